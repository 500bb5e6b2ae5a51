"""Tables of the routine and its card, from the chain: whom to call in which order, and the whole chain."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.enums import ExerciseRole, Field, Mark
from flows.fields.text import can_be_reached
from messages.documents.blocks import LINE, Block, Source, laid
from messages.documents.facts import RowInWords
from messages.documents.material import RegisterRow
from messages.documents.parts import Parts
from messages.documents.pictures.flow import reach
from messages.documents.template import Markdown, cleaned
from messages.structure.blocks import Bullets, Heading, Paragraph, Span

MOST = 5  # lines for each part of the day: as many as somebody who is afraid can take in
IN_VIEW = 12  # lines on the whole card, and on the routine's first page: as many as can be read with what to do
ON_LINE, CLAUSE = 44, re.compile("[,.;:(]| – ")  # letters of what somebody does, and where its first clause ends
NUMBER = 24  # letters of a cell with a number or two; what is longer takes room from the names
HALF_A_LINE = 50  # letters: the card is folded in the middle


@dataclass(frozen=True, slots=True)
class CardCall:
    """A line of the card: whom to call, for what, and how."""

    who: str
    what: str
    number: str


def _calls(parts: Parts, hour: str) -> list[CardCall]:
    """Return whom to call at an hour, in the chain's order: those who act, not those who discover or follow up.

    Whoever shares a number with another shares the line; who has words instead of a number cannot be called.
    """
    routine = parts.process.with_role(ExerciseRole.ROUTINE)
    link, what, actor = (routine.field(field).id for field in (Field.LINK, Field.WHAT, Field.ACTOR))
    found: dict[tuple[str, str], list[str]] = {}
    for option in routine.question(link).marked(Mark.CALLED):
        for row in parts.rows(routine.id, **{link: option}):
            if can_be_reached(row[hour]):
                found.setdefault((row[actor], " ".join(row[hour].split())), []).append(row[what])
    return [CardCall(who, _task(done), number) for (who, number), done in found.items()]


def _task(done: Iterable[str]) -> str:
    """Return what somebody does, on a line: the first clause of what is longer; nothing rather than half a sentence."""
    told = ""
    for what in done:
        clause = " ".join(what.split()) if len(what) <= ON_LINE else CLAUSE.split(" ".join(what.split()), 1)[0]
        longer = f"{told} · {clause}" if told else clause
        told = longer if len(longer) <= ON_LINE else told
    return told


def _hours(parts: Parts) -> Iterator[tuple[str, list[CardCall]]]:
    """Return the parts of the day with their calls; parts with the same calls are joined."""
    routine = parts.process.with_role(ExerciseRole.ROUTINE)
    alike: list[tuple[list[str], list[CardCall]]] = []
    for hour in routine.field(Field.HOURS).options:
        calls, name = _calls(parts, hour), parts.short(routine.id, hour)
        same = next((names for names, told in alike if told == calls), None)
        if same is None:
            alike.append(([name], calls))
        else:
            same.append(name.lower())
    for names, calls in alike:
        whole = len(alike) == 1
        yield parts.words("card.whole_day") if whole else parts.voice.rules.joined(names), calls


def calls(parts: Parts) -> Markdown:
    """Show whom to call, a block for each part of the day; whoever has no room on the page stands in the chain."""
    most = _room(parts)
    more = len(left_out(parts, most))
    told = parts.keep(Source(parts.words("routine.more", more=more), ())) if more else ""
    return Markdown(_called(parts, most) + told)


def card_calls(parts: Parts) -> Markdown:
    """Show whom to call on the card, which is folded in the middle; the group is told of calls that do not fit."""
    return _called(parts, _room(parts), HALF_A_LINE)


def _room(parts: Parts) -> int:
    """Return how many lines each part of the day has."""
    return min(MOST, IN_VIEW // max(1, len(list(_hours(parts)))))


def _called(parts: Parts, most: int, line: int = LINE) -> Markdown:
    made = ""
    if not parts.given(parts.process.with_role(ExerciseRole.ROUTINE).id):
        return Markdown("")
    hours = list(_hours(parts))
    long = any(len(c.number) > NUMBER for _, found in hours for c in found[:most])  # one width for all parts of the day
    for name, found in hours:
        rows = [(str(n), f"{c.who}\n{c.what}".rstrip(), c.number) for n, c in enumerate(found[:most], 1)]
        rows = rows or [("–", parts.words("card.none"), "114 14")]
        header = (parts.words("plan.number"), name, parts.words("routine.reach"))
        made += parts.keep(laid(header, rows, (0.08, 0.42, 0.5) if long else (0.08, 0.56, 0.36), line=line))
    return Markdown(made)


def too_full(parts: Parts) -> list[str]:
    """Return those who do not fit on the card, and are in the routine only."""
    return left_out(parts, _room(parts))


def left_out(parts: Parts, most: int) -> list[str]:
    """Return those who have no place among so many lines of a part of the day."""
    return list(dict.fromkeys(call.who for _, found in _hours(parts) for call in found[most:]))


def chain_table(parts: Parts) -> Markdown:
    """The whole chain as one table: what is done by whom, how they are reached, and what to do when nobody answers.

    What to do when nobody answers is told once, above the table, if it is the same for all. Where nothing was decided
    it is the social emergency service, or the police while its number is not known or is the one that nobody answers:
    a night has no room for a dash. What follows up can wait.
    """
    routine = parts.process.with_role(ExerciseRole.ROUTINE)
    link, what, actor, otherwise = (
        routine.field(field) for field in (Field.LINK, Field.WHAT, Field.ACTOR, Field.OTHERWISE)
    )
    emergency = parts.answer(*parts.place(ExerciseRole.TOWN, Field.EMERGENCY))
    waits = link.marked(Mark.FOLLOW_UP)
    rows = []
    for option in link.options:
        for row in parts.rows(routine.id, **{link.id: option}):
            reached = "\n".join(f"{hours}: {number}" for hours, number in reach(parts, row["stored"]))
            nobody = "–" if option in waits else ""
            nobody = nobody or parts.words("routine.fallback", emergency="" if emergency in reached else emergency)
            who = f"{row[actor.id]}\n{row[what.id]}"
            rows.append((row[link.id], who, reached or "–", row[otherwise.id] or nobody))
    if not rows:
        return Markdown("")
    name, named, does, told = (parts.short(routine.id, question.id) for question in (link, actor, what, otherwise))
    header = (name, f"{named}\n{does}", parts.words("routine.reach"), told)
    said = {row[-1] for row in rows if row[-1] != "–"}
    if len(said) > 1:
        return parts.keep(laid(header, rows, (0.14, 0.28, 0.36, 0.22)))
    once = (Paragraph((Span(f"{header[-1]}: ", strong=True), Span(text))) for text in said)
    return parts.keep(*once, laid(header[:-1], (row[:-1] for row in rows), (0.17, 0.38, 0.45)))


def roles(parts: Parts) -> Markdown:
    """Show for each who stands in the chain what they do in it, and whom they hand over to, with the number."""
    routine = parts.process.with_role(ExerciseRole.ROUTINE)
    link, what, actor = (routine.field(field) for field in (Field.LINK, Field.WHAT, Field.ACTOR))
    links = [parts.rows(routine.id, **{link.id: option}) for option in link.options]
    doing: dict[str, list[tuple[int, RowInWords]]] = {}  # by who, with the place of the link
    for place, rows in enumerate(links):
        for row in rows:
            doing.setdefault(row[actor.id], []).append((place, row))
    doing.pop("", None)
    named = [parts.spoken(routine.id).option(link.id, option) for option in link.options]
    blocks: list[Block] = []
    for who, does in doing.items():
        told = ((Span(f"{named[place]}: ", strong=True), Span(row[what.id])) for place, row in does)
        blocks += [Heading(2, who), Bullets(tuple(told))]
        later = filter(None, links[does[-1][0] + 1 :])
        following = dict.fromkeys(_reached(parts, row[actor.id], row["stored"]) for row in next(later, ()))
        if following:
            handed = Paragraph((Span(parts.words("routine.hands_over"), strong=True),))
            blocks += [handed, Bullets(tuple((Span(said),) for said in following))]
    return parts.keep(*blocks)


def _reached(parts: Parts, who: str, row: RegisterRow) -> str:
    """Return who somebody is and at which hours which number of theirs is answered."""
    numbers = "; ".join(f"{hours.lower()} {number}" for hours, number in reach(parts, row) if can_be_reached(number))
    return f"{who}: {numbers}" if numbers else who


def law(parts: Parts) -> str:
    """Return what the operator's lawyer adds, from the town's folder; empty if nothing."""
    return cleaned(parts.material.law)
