"""Composes a document from its template, with its version and what differs from the one before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from flows.definitions.loader import the_process
from flows.enums import ExerciseRole, Field, Picture
from messages.documents import changes
from messages.documents.adopted import report_year
from messages.documents.blocks import Block, Document, Figure, Missing, PageBreak, Source, laid
from messages.documents.catalogue import DOCUMENTS, CatalogueEntry, Reader, completeness, needs
from messages.documents.facts import Facts
from messages.documents.helpers import helpers
from messages.documents.material import Approval, Material, Version
from messages.documents.parts import Parts
from messages.documents.pictures import foot
from messages.documents.standing import (
    CHAT,
    LAW,
    Correction,
    as_adopted,
    awaiting,
    checked,
    corrections,
    latest,
    numbers,
    standing_of,
)
from messages.documents.template import cleaned, isolated, render
from messages.structure.blocks import Body, Heading, Paragraph, Span, restored

NAMING = (
    Picture.MAP,
    Picture.INFLUENCE,
)  # pictures with firms by name: those that are sent by themselves are forwarded
PART_OF: Mapping[str, str] = {Picture.FLOW: "routine"}  # pictures that tell what a document lays down


def compose(document: str, material: Material) -> Document:
    """A document as data, from its template. Raises KeyError for an unknown one."""
    recipe, held = DOCUMENTS[document], held_version(document, material)
    material = as_adopted(material, held)
    facts = Parts(material)
    blocks = render(material.language, document, helpers(facts), facts.kept)
    # Dated by its newest part, so that it is the same file until something changes.
    on = max(facts.dates, default=material.today)
    at_hand = _at_hand(document, facts, blocks) if recipe.numbered else None
    corrected = corrections(facts, held)
    put_right = facts.dated(right) if (right := latest(corrected)) else ""
    edition, differing = _edition(recipe, facts, at_hand, put_right) if at_hand else ("", ())
    log = _change_log(recipe, facts, blocks, at_hand, corrected) if at_hand and recipe.layout == "report" else ()
    approval = _approval(document, material) if recipe.numbered else None
    if approval and approval.final:  # with its gaps, which it does not print for ever: the log and the chat know them
        blocks = tuple(block for block in blocks if not isinstance(block, Missing))
    body, annex = _annex(blocks)
    title = facts.words(f"document.{document}.title", year=report_year(facts))
    meanwhile = _meanwhile(recipe, facts)
    shown = tuple(_with_sources_last(recipe, facts, (*body, *log, *annex)))
    if recipe.layout != "slides":
        shown = tuple(_sourced_once(shown))
    approved = adopted_on(recipe.id, material) if recipe.page_of else None  # a page on a wall says from when it holds
    told = _checked(facts) if approved else ""
    dated = _held_from(facts, approved, put_right) if approved else facts.dated(on)
    registered = recipe.record or recipe.numbered
    return Document(
        id=document,
        title=title,
        town=isolated(cleaned(material.town)),
        on=max(filter(None, (on, right))),
        dated=dated,
        edition="" if recipe.to_guests else edition or dated,
        line=" · ".join(filter(None, (*_line(recipe, facts, edition, dated, put_right), meanwhile))),
        meanwhile=" · ".join(filter(None, (meanwhile, told))),
        language=facts.voice.rules.tag,
        layout=recipe.layout,
        draft=facts.words("label.draft_mark") if unfinished(document, material) else "",
        contents=facts.words("label.contents") if recipe.contents else "",
        apart=recipe.apart,
        footer=_footer(recipe, facts, shown),
        blocks=tuple(_titled_once(title, (*differing, *_filled(shown)), always=recipe.layout == "slides")),
        labels=facts.words.table("label"),
        own=material.own,
        reference=str(facts.raw(*facts.place(ExerciseRole.TOWN, Field.REFERENCE)) or "") if registered else "",
    )


def _checked(facts: Parts) -> str:
    """Return how many of the numbers that people call were called right, and when one last was; "" for none."""
    done = checked(facts.material)
    missing = len(numbers(facts.material)) - len(done)
    return facts.words("label.checked", on=max(done.values()), count=len(done), missing=missing) if done else ""


def _held_from(facts: Parts, approved: date, put_right: str) -> str:
    """Return from when a page holds, and when it was put right since."""
    held = f"{facts.words('facts.holds_from')} {facts.dated(approved)}"
    corrected = facts.words("label.corrected", on=put_right) if put_right else ""
    return " · ".join(filter(None, (held, corrected)))


def _footer(recipe: CatalogueEntry, facts: Parts, shown: Sequence[Block]) -> str:
    """Return the line at each page's foot; it tells what the small numbers are where there are any."""
    if recipe.layout == "form":
        return facts.words("label.form_footer")
    footer = facts.words("label.footer", town=facts.material.town)
    sourced = recipe.contents and any(isinstance(block, Source) and block.exercises for block in shown)
    return f"{footer} {facts.words('label.sources')}" if sourced else footer


def _line(recipe: CatalogueEntry, facts: Parts, edition: str, dated: str, put_right: str) -> Iterator[str]:
    """Yield the parts of the line below the title. An approved text has the day of that, and of what was `put_right`
    since; a later day is that of its figures, as it is in a role's paper of what is told beside the text.
    """
    on = adopted_on(recipe.id, facts.material)
    newest = max(facts.dates, default=on or facts.material.today)
    if on is not None:
        lacking = [facts.approved_without(asked) for asked in _asked(recipe.id, facts.material.language)]
        plain = facts.words("label.edition", number=approved_version(recipe.id, facts.material), corrected="")
        yield facts.words("label.approved", edition=plain, on=facts.dated(on), without="".join(lacking))
        if put_right and not recipe.page_of:
            yield facts.words("label.corrected", on=put_right)
        if newest > on:
            yield facts.words("label.as_of", on=dated)
    elif not recipe.to_guests:
        yield facts.words("label.subject") if recipe.layout == "slides" else ""
        yield dated
        yield edition
        yield facts.words("label.working") if recipe.working else ""
        yield facts.words("label.unfinished") if not edition and unfinished(recipe.id, facts.material) else ""
        beside = max(facts.beside_dates, default=newest)
        yield facts.words("label.as_of", on=facts.dated(beside)) if recipe.numbered and beside > newest else ""


def _meanwhile(recipe: CatalogueEntry, facts: Parts) -> str:
    """Say of a text that is changed which version holds until this one is approved; nothing if none does, or if it is
    this one, which somebody no longer approves, or has yet to.
    """
    kept = facts.material.versions.get(recipe.id, ())
    holds = next((version for version in reversed(kept) if version.adopted), None)
    if holds is None or holds.adopted is None or _is_final(recipe.id, facts.material):
        return ""
    if holds.number == approved_version(recipe.id, facts.material):
        return ""
    return facts.words("label.meanwhile", number=holds.number, on=facts.dated(holds.adopted))


def _annex(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Split the text from its annex: what begins with a page of its own, after what was decided on."""
    at = next((place for place, block in enumerate(blocks) if isinstance(block, PageBreak)), len(blocks))
    return blocks[:at], blocks[at:]


def _with_sources_last(recipe: CatalogueEntry, facts: Parts, blocks: Sequence[Block]) -> Iterator[Block]:
    """Of a text that organisations approve, tell last where its parts come from, each source once."""
    asked = [facts.exercise(name) for name in _asked(recipe.id, facts.material.language)] if recipe.numbered else []
    if not any(approval.approves for approval in asked):
        yield from blocks
        return
    here, told = facts.words("label.beginning"), dict[str, tuple[Source, list[str]]]()
    for block in blocks:
        here = block.text if isinstance(block, Heading) and block.level == 1 else here
        if isinstance(block, Source) and block.exercises:
            told.setdefault(block.text, (block, []))[1].append(here)
        else:
            yield block
    if told:
        yield Heading(1, facts.words("label.sources_title"))
    for source, parts in told.values():
        named = {"parts": list(dict.fromkeys(parts)), "source": source.text}
        yield replace(source, text=facts.words("label.sourced", **named))


def _sourced_once(blocks: Sequence[Block]) -> Iterator[Block]:
    """Of sources that say the same with no other between them, keep the last."""
    texts = [block.text for block in blocks if isinstance(block, Source)]
    after = iter([*texts[1:], ""])
    yield from (block for block in blocks if not isinstance(block, Source) or block.text != next(after))


def _filled(blocks: Sequence[Block]) -> Iterator[Block]:
    """Drop headings that have nothing below them, and pages that nothing stands on."""
    below: list[Block] = []
    for block in reversed(blocks):
        after = below[-1] if below else PageBreak()
        if isinstance(block, PageBreak) and isinstance(after, PageBreak):
            continue
        if isinstance(block, Heading) and (
            isinstance(after, PageBreak) or (isinstance(after, Heading) and after.level <= block.level)
        ):
            continue
        below.append(block)
    yield from reversed(below)


def _titled_once(title: str, blocks: tuple[Block, ...], *, always: bool = False) -> Iterator[Block]:
    """Drop the title of a picture that a part begins with, or under a heading that begins it, or first in a document
    of that title; on slides (`always`), of every picture.
    """
    before: Block | None = None
    for block in blocks:
        shown = str(block.data.get("title", "")) if isinstance(block, Figure) else ""
        same = title.startswith(shown) if before is None else False
        if isinstance(before, Heading):
            same = before.level == 1 or shown.startswith(before.text)  # "Kedjan", and "Kedjan i Exempelstad"
        if isinstance(block, Figure) and (same or always):
            yield replace(block, data={key: value for key, value in block.data.items() if key != "title"})
        else:
            yield block
        before = block


# -- versions ----------------------------------------------------------------------------------------------------
def version(document: str, material: Material) -> Version:
    """Return the version to keep when a document is given out, so that the next one can tell what differs.

    The number is the last one's if nothing has changed since.
    """
    facts = Parts(as_adopted(material, held_version(document, material)))
    return _at_hand(document, facts, render(material.language, document, helpers(facts), facts.kept))


def _at_hand(document: str, facts: Parts, blocks: tuple[Block, ...]) -> Version:
    """Return the version of these blocks: the one that the organisations approve, the last one, or the next."""
    now = changes.digests(blocks, facts.words("label.beginning"), facts.apart)
    if number := approved_version(document, facts.material):
        standing = standing_of(facts.material) if adopted_on(document, facts.material) else None
        return Version(number, facts.material.today, now, standing=standing)
    draft = _is_draft(document, facts.material)
    kept = _given_out(document, facts.material, draft=draft)
    if kept and _reads_alike(kept[-1].parts, now):
        return kept[-1]
    return Version(kept[-1].number + 1 if kept else 1, facts.material.today, now, draft=draft)


def _given_out(document: str, material: Material, *, draft: bool) -> tuple[Version, ...]:
    """Return the versions that were given out, or else the drafts from before there was a version."""
    return tuple(version for version in material.versions.get(document, ()) if version.draft == draft)


def _reads_alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return changes.parts_of(one) == changes.parts_of(other)


def _change_log(
    recipe: CatalogueEntry,
    facts: Parts,
    blocks: tuple[Block, ...],
    at_hand: Version,
    corrected: Sequence[Correction],
) -> tuple[Block, ...]:
    """The versions that were given out, with the one at hand: when, what changed, and in which exercises that is
    answered, and last what was corrected in it; none while there is but one, and that is a draft, or before
    organisations are asked about their text."""
    if at_hand.draft:
        return ()
    kept = _versions_told(recipe, facts, at_hand)
    if len(kept) == 1 and not _is_final(recipe.id, facts.material):
        return ()
    answered_in = _exercises_of_parts(facts, blocks)
    first = facts.words("changes.first" if kept[0].number == 1 else "changes.first_given")
    rows = [(str(kept[0].number), _dated(facts, kept[0]), first, "–")]
    called = changes.names(blocks)
    for before, after in pairwise(kept):
        differing = changes.changed_parts(before.parts, after.parts)
        exercises = dict.fromkeys(name for part in differing for name in answered_in.get(part, ()))
        lines = changes.told(facts, before.parts, after.parts, called)
        if skipped := [str(number) for number in range(before.number + 1, after.number)]:
            lines.append(facts.words("changes.skipped", numbers=skipped))
        what = "\n".join(lines)
        rows.append((str(after.number), _dated(facts, after), what, facts.voice.rules.joined(exercises) or "–"))
    for on in sorted({one.on for one in corrected}):
        what = facts.words("changes.corrected", what=[one.what for one in corrected if one.on == on])
        rows.append((str(at_hand.number), facts.words("changes.corrected_on", on=facts.dated(on)), what, "–"))
    header = (facts.words(f"changes.{name}") for name in ("version", "on", "what", "source"))
    return (Heading(1, facts.words("changes.title")), laid(header, rows, (0.1, 0.2, 0.44, 0.26)))


def _versions_told(recipe: CatalogueEntry, facts: Parts, at_hand: Version) -> tuple[Version, ...]:
    """Return what was given out, with the one at hand; the newest with the day on which it was adopted."""
    kept = _given_out(recipe.id, facts.material, draft=False)
    if not kept or (at_hand.number > kept[-1].number and not _reads_alike(kept[-1].parts, at_hand.parts)):
        kept = (*kept, replace(at_hand, on=_written_on(recipe.id, facts)))
    if kept[-1].number == at_hand.number and (on := adopted_on(recipe.id, facts.material)):
        kept = (*kept[:-1], replace(kept[-1], adopted=on))
    return kept


def _exercises_of_parts(facts: Parts, blocks: Iterable[Block]) -> dict[str, list[str]]:
    """Return in which exercises what stands under each heading is answered, by their names and steps."""
    here, found = facts.words("label.beginning"), dict[str, list[str]]()
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            here = block.text
        if isinstance(block, Source):
            named = (f"{facts.name(exercise)} ({facts.exercise(exercise).serves[0]})" for exercise in block.exercises)
            found.setdefault(here, []).extend(named)
    return found


def _dated(facts: Parts, version: Version) -> str:
    """Return the day of a version in the log; if it was adopted, that day, and that it was."""
    return (
        facts.words("changes.adopted", on=facts.dated(version.adopted)) if version.adopted else facts.dated(version.on)
    )


def unfinished(document: str, material: Material) -> bool:
    """True if a document that others than the core group read, or that is decided on, still lacks something."""
    recipe = DOCUMENTS.get(document)
    if recipe is None or recipe.step is None:
        return False
    marked = recipe.numbered or recipe.sent_out or recipe.reader is not Reader.CORE
    return marked and not _is_final(document, material)


def _approval(document: str, material: Material) -> Approval | None:
    """Return the approval of this document's text by the organisations; None before they are asked."""
    asked = _asked(document, material.language)
    return next((material.approvals[exercise] for exercise in asked if exercise in material.approvals), None)


def _asked(document: str, language: str) -> Iterator[str]:
    """Return the exercises of a document, and of the one that it is a page of."""
    yield from needs(document, language)
    if whole := DOCUMENTS[document].page_of:
        yield from needs(whole, language)


def approved_in(exercise: str, language: str) -> tuple[str, ...]:
    """Return the documents whose text is approved in this exercise."""
    return tuple(d for d, recipe in DOCUMENTS.items() if recipe.numbered and exercise in _asked(d, language))


def adopted_on(document: str, material: Material) -> date | None:
    """Return the day of the last organisation's answer to a document's text as it stands; None before all have."""
    approval = _approval(document, material) if DOCUMENTS[document].numbered else None
    return approval.on() if approval else None


def is_called_by(document: str) -> bool:
    """True for the routine and the page of it that hangs on a wall: what people call by."""
    entry = DOCUMENTS.get(document)
    return PART_OF[Picture.FLOW] in (document, entry.page_of if entry else "")


def held_version(document: str, material: Material) -> Version | None:
    """Return the version that is in force and kept as it was adopted; None where none is, or not of this text."""
    if not DOCUMENTS[document].numbered or adopted_on(document, material) is None:
        return None
    number = approved_version(document, material)
    return next((v for v in material.versions.get(document, ()) if v.adopted and v.number == number), None)


def corrected_on(document: str, material: Material) -> date | None:
    """Return the day on which something was last put right in the version that is in force; None if nothing was."""
    if (held := held_version(document, material)) is None:
        return None
    facts = Parts(as_adopted(material, held))
    render(material.language, document, helpers(facts), facts.kept)
    return latest(corrections(facts, held))


def checked_since(document: str, material: Material) -> bool:
    """Return whether a paper that tells when its numbers were called right tells more than when it was adopted."""
    held = held_version(document, material) if document in DOCUMENTS and DOCUMENTS[document].page_of else None
    return held is not None and any(held.adopted is None or on > held.adopted for on in checked(material).values())


def as_read(document: str, material: Material) -> Body:
    """Return an adopted text as it was read in the chat when it was adopted, while nothing in it was put right; empty
    where that was not kept."""
    held = held_version(document, material) if document in DOCUMENTS else None
    if held is None or held.standing is None or corrected_on(document, material) or checked_since(document, material):
        return ()
    kept = held.standing.get(CHAT)
    return restored(kept) if isinstance(kept, list) else ()


def for_the_next(document: str, material: Material) -> list[str]:
    """Return what reads otherwise by now, in words, and is printed once the organisations approve another version."""
    facts = Facts(material)
    town = the_process().with_role(ExerciseRole.TOWN).id
    found = awaiting(material, held_version(document, material))
    return [facts.words("routine.law") if name == LAW else facts.short(town, name) for name in found]


def replaced(document: str, material: Material) -> dict[int, date]:
    """Return the adopted versions that do not hold any more, with the day on which another one took their place.

    Another one is also the same version once something in it was put right.
    """
    kept = [(version.number, version.adopted) for version in material.versions.get(document, ()) if version.adopted]
    if not kept:
        return {}
    on, last = adopted_on(document, material), kept[-1][0]
    holds = approved_version(document, material) if on else last
    gone = {number: after for (number, _), (_, after) in pairwise(kept)}
    if on and holds != last:  # the newest is not kept yet, or the text reads again as it did before
        gone[last] = on
    gone = {number: day for number, day in gone.items() if number != holds}
    return gone | ({holds: right} if holds and (right := corrected_on(document, material)) else {})


def below(kind: str, facts: Facts) -> str:
    """Return the line under a picture: whose it is, and of when; where people act by it, of which adopted text, or that
    it is not adopted."""
    whole = PART_OF.get(kind, "")
    on = adopted_on(whole, facts.material) if whole else None
    if on is None:
        return foot(facts, draft=bool(whole), working=kind in NAMING)
    edition = facts.words("label.edition", number=approved_version(whole, facts.material), corrected="")
    return foot(facts, facts.words("label.approved", edition=edition, on=facts.dated(on), without=""))


def _is_final(document: str, material: Material) -> bool:
    """True if the organisations have approved it, with the gaps that they saw; without approval, if it has no gaps."""
    approval = _approval(document, material)
    return approval.final if approval else completeness(document, material).share == 1


def approved_version(document: str, material: Material) -> int | None:
    """Return the version of the text that organisations approve, which is the document's too; else None."""
    approval = _approval(document, material)
    return approval.version if approval else None


def _is_draft(document: str, material: Material) -> bool:
    """True for a text that has no version yet: one that organisations are to approve, and have not been asked about;
    or one that nobody approves, and that lacks something.
    """
    if not DOCUMENTS[document].numbered or _approval(document, material):
        return False
    to_approve = any(the_process().exercises[exercise].approves for exercise in _asked(document, material.language))
    return to_approve or not _is_final(document, material)


def _written_on(document: str, facts: Parts) -> date:
    """Return the day of a version: of its approval, else of its newest part, but no later than an answer to it."""
    approval, newest = _approval(document, facts.material), max(facts.dates, default=facts.material.today)
    answers = (line.on for line in approval.lines if line.on) if approval else ()
    return adopted_on(document, facts.material) or min((newest, *answers))


def _edition(recipe: CatalogueEntry, facts: Parts, at_hand: Version, put_right: str) -> tuple[str, tuple[Block, ...]]:
    """Return the line with the version's number, "draft" while something is missing, since when it is `put_right`, and
    what differs."""
    kept, draft = _given_out(recipe.id, facts.material, draft=at_hand.draft), at_hand.draft
    earlier = [version for version in kept if version.number < at_hand.number]
    final = _is_final(recipe.id, facts.material) and not draft
    name, said = "label.edition" if final else "label.draft", {"number": at_hand.number, "asked": not draft}
    edition = facts.words(name, corrected=put_right, **said) if final else facts.words(name, **said)
    if not earlier or recipe.page_of:  # what hangs on a wall begins with what one does
        return edition, ()
    differing = changes.differences(facts, earlier[-1].parts, at_hand.parts)
    sentence = facts.words("label.changed", before=earlier[-1].number, asked=not draft, parts=differing)
    return edition, (Paragraph((Span(sentence, emphasis=True),)),)


def differences(document: str, material: Material) -> str:
    """Return what differs from the last version that was given out, in words; empty if there is none."""
    kept = material.versions.get(document, ())
    if not kept:
        return ""
    facts = Facts(material)
    named = changes.differences(facts, kept[-1].parts, version(document, material).parts)
    if DOCUMENTS[document].layout == "card":  # which has whom to call before its first heading
        calls = {facts.words("label.beginning"): facts.words("label.calls")}
        named = [calls.get(part, part) for part in named]
    return facts.voice.rules.joined(named)
