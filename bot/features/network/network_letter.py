"""The letter to the network: what has been opened to it, and the results of what it took part in.

The network is not in the group's chat. New things are told at once, unless a letter was sent in the last four weeks:
then that one is edited, so that nobody's phone rings, and the next one is sent when they are over. So the network gets
at most one letter a month, and nothing is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.context.context import Context
from bot.context.events import ExerciseConcluded, OpenedToNetwork
from bot.context.message import Key
from bot.context.sealed_actions import Action
from bot.exercises import earlier_results, runner
from bot.reminders.next_message import by_daylight, hearing, spoken
from bot.views.shared_buttons import open_key
from flows.enums import How
from flows.run.state import Phase, Run
from flows.timing.pacing import USUAL, at_wall
from messages.voice import TemplateFacts
from storage.json_records import dump, load
from storage.records.records import Group, Member

LETTER: Final = "letter"  # the kind of the activity state, and of the row in the schedule
BETWEEN: Final = timedelta(days=28)  # between one letter and the next
LINES: Final = 6  # characters of a result; the rest can be read in the exercise
SHOWN: Final = 8  # exercises in a letter, the newest


Entry = tuple[TemplateFacts, Key, Run]  # an exercise in the letter, with its button


@dataclass(frozen=True, slots=True)
class Letter:
    """The latest letter, with all that it tells by now; `fresh` is what was added by edits."""

    sent: date | None = None
    runs: tuple[int, ...] = ()
    fresh: tuple[int, ...] = ()


async def _kept(ctx: Context, group: Group) -> Letter:
    return load(Letter, await ctx.work.activity_states.state(group.id, LETTER) or {})


async def opened(ctx: Context, group: Group, happened: OpenedToNetwork) -> None:
    """Add to the letter what has been opened to the network."""
    kept = await _kept(ctx, group)
    if kept.sent is None or kept.sent + BETWEEN <= ctx.today:
        await _send(ctx, group, (*kept.fresh, happened.run))
    else:
        await _add(ctx, group, kept, happened.run)


async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Add to the letter the result of what the network took part in, tomorrow at the earliest."""
    run = runner.load(ctx, await ctx.work.runs.get(happened.run))
    exercise = run.exercise
    if "network" not in exercise.who or exercise.how is How.EACH or exercise.private:
        return  # they have been shown what each answered alone
    if await _readers(ctx, group):
        await _add(ctx, group, await _kept(ctx, group), happened.run)


async def _add(ctx: Context, group: Group, kept: Letter, run: int) -> None:
    kept = replace(kept, runs=_with(kept.runs, run), fresh=_with(kept.fresh, run))
    await ctx.work.activity_states.keep(group.id, LETTER, "", dump(kept))
    if kept.sent is not None:
        await _write(ctx, group, kept, anew=False)
    day = max(ctx.today + timedelta(1), kept.sent + BETWEEN if kept.sent else ctx.today)
    at = at_wall(day, USUAL, ctx.services.zone)
    await ctx.work.schedule.put(LETTER, at, group_id=group.id, ref=f"group:{group.id}")


def _with(runs: tuple[int, ...], run: int) -> tuple[int, ...]:
    return (*(one for one in runs if one != run), run)


async def due(ctx: Context, group: Group) -> None:
    """Send the next letter after four weeks, on a working day, if there is something new."""
    kept, later = await _kept(ctx, group), by_daylight(ctx)
    if later > ctx.now:
        await ctx.work.schedule.put(LETTER, later, group_id=group.id, ref=f"group:{group.id}")
    elif kept.fresh:
        await _send(ctx, group, kept.fresh)


async def _send(ctx: Context, group: Group, runs: tuple[int, ...]) -> None:
    letter = Letter(ctx.today, runs)
    await ctx.work.schedule.cancel(kind=LETTER, ref=f"group:{group.id}")
    if await _write(ctx, group, letter, anew=True):
        await ctx.work.activity_states.keep(group.id, LETTER, "", dump(letter))


async def _readers(ctx: Context, group: Group) -> list[Member]:
    return await ctx.work.members.active(group.id, roles=("network",))


async def _write(ctx: Context, group: Group, letter: Letter, *, anew: bool) -> bool:
    """Send or edit the letter for each who can be reached; True if there was anything to tell."""
    told = [one for number in letter.runs[-SHOWN:] if (one := await _told(ctx, group, number)) is not None]
    if not told:
        return False
    assert letter.sent is not None  # it was sent, or is being sent
    for member in await hearing(ctx, await _readers(ctx, group)):
        mine = [(facts, key, run) for facts, key, run in told if member.id in run.seats or facts["done"]]
        if not mine:
            continue
        name, facts, keys = _as_told(ctx, mine)
        slot = f"letter:{letter.sent.isoformat()}"
        await ctx.to_member(member, name, {**facts, "town": group.title}, keys, slot=slot, living=not anew)
        if anew:
            await spoken(ctx, member.person_id)
    return True


def _as_told(ctx: Context, mine: Sequence[Entry]) -> tuple[str, TemplateFacts, list[list[Key]]]:
    """Return a reader's message: of one exercise that is open its invitation, else a letter with a line for each."""
    (facts, _, run), *more = mine
    if more or facts["done"]:
        return "network.letter", {"lines": [one for one, _, _ in mine]}, [[key] for _, key, _ in mine]
    return "run.opened", facts, [[open_key(ctx, run.exercise, run.number, in_group=False)]]


async def _told(ctx: Context, group: Group, number: int) -> Entry | None:
    """Return an exercise's entry in the letter, with a button; None if it was set aside or is just being shown."""
    record = await ctx.work.runs.lookup(number)
    if record is None or record.phase not in (Phase.OPEN, Phase.CONCLUDED):
        return None
    run, done = runner.load(ctx, record), record.phase == Phase.CONCLUDED
    facts: TemplateFacts = {
        **(await runner.present_of(ctx, group, run.exercise)).outline(run),
        "done": done,
        "lines": (),
    }
    if done and run.exercise.how is How.GROUP:
        kept = await earlier_results.of_exercise(ctx, await runner.scene_of(ctx, group), run.exercise, most=LINES)
        facts = {**facts, "lines": kept.lines if kept else ()}
    action = Action("view", 0, group.id, record.exercise) if done else Action("open", number)
    return facts, Key(str(facts["title"]), action), run
