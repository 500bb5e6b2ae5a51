"""The log of a text's versions: when each was given out or adopted, what changed in it, and what was put right."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from messages.documents import changes
from messages.documents.blocks import Block, Source, by_part, laid
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.material import Version
from messages.structure.blocks import Heading


def change_log(edition: Edition) -> tuple[Block, ...]:
    """The versions that were given out, with the one at hand: when, what changed, and in which exercises that is
    answered, and last what was corrected in it; none while there is but one, and that is a draft, or before
    organisations are asked about their text."""
    if edition.at_hand.draft:
        return ()
    kept = _told(edition)
    if len(kept) == 1 and not edition.final:
        return ()
    words = edition.facts.words
    first = words("changes.first" if kept[0].number == 1 else "changes.first_given")
    begun = (str(kept[0].number), _dated(edition.facts, kept[0]), first, "–")
    rows = (begun, *_since(edition, kept), *_put_right(edition))
    header = words.each("changes", "version", "on", "what", "source")
    return (Heading(1, words("changes.title")), laid(header, rows, (0.1, 0.2, 0.44, 0.26)))


def _told(edition: Edition) -> tuple[Version, ...]:
    """Return what was given out, with the one at hand; the newest with the day on which it was adopted."""
    kept, at_hand = edition.given_out(draft=False), edition.at_hand
    if not kept or (at_hand.number > kept[-1].number and not changes.alike(kept[-1].parts, at_hand.parts)):
        answers = (line.on for line in edition.approval.lines if line.on) if edition.approval else ()
        on = edition.adopted or min((edition.newest, *answers))  # no later than an answer to it
        kept = (*kept, replace(at_hand, on=on))
    if kept[-1].number == at_hand.number and edition.adopted:
        kept = (*kept[:-1], replace(kept[-1], adopted=edition.adopted))
    return kept


def _since(edition: Edition, kept: tuple[Version, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each version after the first."""
    facts, called, answered_in = edition.facts, changes.names(edition.blocks), _exercises_of_parts(edition)
    for before, after in pairwise(kept):
        differing = changes.changed_parts(before.parts, after.parts)
        exercises = dict.fromkeys(name for part in differing for name in answered_in.get(part, ()))
        lines = changes.told(facts, before.parts, after.parts, called)
        if skipped := [str(number) for number in range(before.number + 1, after.number)]:
            lines.append(facts.words("changes.skipped", numbers=skipped))
        yield str(after.number), _dated(facts, after), "\n".join(lines), facts.voice.rules.joined(exercises) or "–"


def _put_right(edition: Edition) -> Iterator[tuple[str, ...]]:
    """Yield a row for each day on which something was corrected."""
    facts = edition.facts
    for on, those in groupby(sorted(edition.corrections, key=lambda one: one.on), key=lambda one: one.on):
        what = facts.words("changes.corrected", what=[one.what for one in those])
        yield str(edition.at_hand.number), facts.words("changes.corrected_on", on=facts.dated(on)), what, "–"


def _exercises_of_parts(edition: Edition) -> dict[str, list[str]]:
    """Return in which exercises what stands under each heading is answered, by their names and steps."""
    facts, found = edition.facts, dict[str, list[str]]()
    for here, block in by_part(edition.blocks, facts.words("label.beginning")):
        if isinstance(block, Source):
            found.setdefault(here, []).extend(map(facts.placed, block.exercises))
    return found


def _dated(facts: Facts, version: Version) -> str:
    """Return the day of a version in the log; if it was adopted, that day, and that it was."""
    adopted = version.adopted
    return facts.words("changes.adopted", on=facts.dated(adopted)) if adopted else facts.dated(version.on)
