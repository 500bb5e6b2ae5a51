"""Phone numbers of the group's own routine (7.3): whom to call now, and at other times."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.ballots import number_changes
from bot.context.context import Context
from bot.context.message import Key
from bot.exercises import approved_texts
from bot.exercises.row_links import row_names
from bot.reminders.holidays import is_holiday
from bot.views.names import RowName
from flows.enums import ExerciseRole, Field, Mark
from flows.values import parts
from messages.voice import TemplateFacts
from storage.records.records import Group

TIMES: Final = (Mark.DAYTIME, Mark.EVENING, Mark.NIGHT, Mark.WEEKEND)
MOST_COPIED: Final = 6  # as many keys as still leave the text on a phone's screen
_NUMBER: Final = re.compile(r"\+?\d[\d –-]{3,}\d")  # five signs and more: not 112
WORKING, EVENING = range(8, 17), range(17, 22)  # hours of a weekday; the others are the night


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call, for what, in which link of the chain; `otherwise` says what to do if nobody answers."""

    link: str
    name: str
    what: str
    reach: str
    otherwise: str = ""


Lines = Sequence[Mapping[str, str]]  # numbers in words: link, name, what, reach, otherwise


@dataclass(frozen=True, slots=True)
class Whole:
    """All numbers to call by the routine: the first of this hour, all of this hour, and what differs at other times."""

    draft: bool
    changed: bool
    time: str  # what this hour is called
    first: Number | None
    now: Lines
    otherwise: str  # what to do if nobody answers, where it is the same for all numbers of this hour
    others: Sequence[tuple[Sequence[str], Lines]]  # times with the same numbers stand together


def time_of(ctx: Context) -> Mark:
    """Return which of the routine's times it is now: weekend or holiday, working hours, evening, or night."""
    here = ctx.now.astimezone(ctx.services.zone)
    if here.weekday() > 4 or is_holiday(here.date()):
        return Mark.WEEKEND
    return Mark.DAYTIME if here.hour in WORKING else Mark.EVENING if here.hour in EVENING else Mark.NIGHT


async def numbers(ctx: Context, group: Group) -> dict[Mark, list[Number]]:
    """Return the numbers by time, link by link."""
    exercise = ctx.services.process.with_role(ExerciseRole.ROUTINE)
    hours, links = exercise.field(Field.HOURS), exercise.field(Field.LINK).options
    names = await row_names(ctx, group, exercise)
    rows = await ctx.work.rows.all(group.id, exercise.id)
    told = ((exercise.told(row.values, Field.LINK), row.values) for row in rows)
    called = exercise.field(Field.LINK).marked(Mark.CALLED)  # whom one calls stands before whoever calls
    known = sorted(
        ((link, values) for link, values in told if link in links),
        key=lambda one: (one[0] not in called, links.index(one[0])),
    )
    found: dict[Mark, list[Number]] = {time: [] for time in TIMES}
    for link, values in known:
        name, what = _name(exercise.told(values, Field.ACTOR), names), str(exercise.told(values, Field.WHAT) or "")
        there = parts(exercise.told(values, Field.HOURS))
        for time in TIMES:
            reach = values.get(hours.option(time))  # the question that holds the number then has the option's name
            if reach and (not there or hours.option(time) in there):
                otherwise = str(exercise.told(values, Field.OTHERWISE) or "")
                found[time].append(Number(link, name, what, str(reach), otherwise))
    return found


def _name(actor: object, names: Mapping[int, RowName]) -> str:
    """Return who does it: a row's title, or a name that is no row."""
    told = actor if isinstance(actor, dict) else {}
    row = names.get(told.get("id", 0))
    return row.title if row else str(told.get("name", ""))


async def at_hand(ctx: Context, group: Group | None) -> TemplateFacts:
    """Return whom to call at this hour when something has been seen, and whether the routine still is a draft.

    Where the links in which one is called have no number, whoever is told of what was seen is called. Who does several
    things under one number stands there once, with all of them.
    """
    if group is None:
        return {"routine": [], "draft": False, "changed": False}
    routine = ctx.services.process.with_role(ExerciseRole.ROUTINE)
    link, now = routine.field(Field.LINK), (await numbers(ctx, group))[time_of(ctx)]
    called = [one for one in now if one.link in link.marked(Mark.CALLED)]
    found: dict[tuple[str, str], list[str]] = {}
    for number in called or [one for one in now if one.link not in link.marked(Mark.FOLLOW_UP)]:
        found.setdefault((number.name, number.reach), []).append(number.what)
    lines = [{"name": name, "reach": reach, "what": " · ".join(what)} for (name, reach), what in found.items()]
    return {"routine": lines, **await _standing(ctx, group)}


async def _standing(ctx: Context, group: Group) -> dict[str, bool]:
    """Return whether the routine still is a draft, and whether it was changed after it was adopted."""
    routine = ctx.services.process.with_role(ExerciseRole.ROUTINE).id
    draft = not await approved_texts.adopted(ctx, group, routine)
    return {"draft": draft, "changed": not draft and await approved_texts.changed_since(ctx, group, routine)}


async def changing(ctx: Context, group: Group | None) -> list[dict[str, str]]:
    """Return the numbers that are being changed, the old and the new one: nobody can say yet which one is answered."""
    found = await number_changes.open_of(ctx, group) if group else []
    return [{"old": change.old, "new": change.new} for change in found]


def copy_keys(ctx: Context, known: Sequence[str]) -> list[list[Key]]:
    """Return keys that copy the first numbers in these texts: those that are read before anything is unfolded.

    They also stand in the text, for apps that know no such key. 112 needs none.
    """
    found = list(dict.fromkeys(number[0] for text in known for number in [_NUMBER.search(text)] if number))
    keys = [Key(ctx.services.voice.label("copy_number", {"number": one}), copy=one) for one in found[:MOST_COPIED]]
    return [keys[place : place + 2] for place in range(0, len(keys), 2)]


async def whole(ctx: Context, group: Group) -> Whole:
    """Return all numbers to call. Whoever follows up and evaluates is not among them."""
    now, exercise = time_of(ctx), ctx.services.process.with_role(ExerciseRole.ROUTINE)
    links, hours = exercise.field(Field.LINK), exercise.field(Field.HOURS)
    words = ctx.services.voice.exercise(exercise.id)
    after = links.marked(Mark.FOLLOW_UP)
    found = {time: [one for one in its if one.link not in after] for time, its in (await numbers(ctx, group)).items()}

    otherwise = {number.otherwise for number in found[now]}
    same = otherwise.pop() if len(otherwise) == 1 and len(found[now]) > 1 else ""

    def told(some: Sequence[Number]) -> list[dict[str, str]]:
        """Return the lines; several things under one number stand in one, and what is said once is left out."""
        lines: dict[Number, list[str]] = {}
        for number in some:
            lines.setdefault(replace(number, what=""), []).append(number.what)
        return [
            {
                "link": words.option(links.id, number.link),
                "name": number.name,
                "what": " · ".join(what),
                "reach": number.reach,
                "otherwise": "" if number.otherwise == same else number.otherwise,
            }
            for number, what in lines.items()
        ]

    others = dict[tuple[Number, ...], list[str]]()
    for time in TIMES:
        if its := tuple(number for number in found[time] if number not in found[now]):
            others.setdefault(its, []).append(words.option(hours.id, hours.option(time)))
    return Whole(
        **await _standing(ctx, group),
        time=words.option(hours.id, hours.option(now)),
        first=found[now][0] if found[now] else None,
        now=told(found[now]),
        otherwise=same,
        others=[(times, told(its)) for its, times in others.items()],
    )
