"""`/uppgifter`: every row that somebody has taken on – one's own, the group's, and those that are late."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, Key, TapHandler, TextHandler
from bot.process import rows
from bot.turn import turns
from bot.turn.present import Presenter, cut
from flows.answers import clean, unfit
from flows.dates import read_date
from storage.records import Row

MINE, ALL, LATE = "mine", "all", "late"
SHOWN = 12
NOTES = "notes"  # beside a row's answers: what has been said about it (shown by `Presenter.row_card`)


async def show(desk: Desk, actor: Actor, _arguments: str = "") -> None:
    """One's own tasks."""
    await _list(desk, actor, MINE)


async def tapped(desk: Desk, actor: Actor, action: Action) -> None:
    """Another of the three lists."""
    await _list(desk, actor, action.arg if action.arg in (ALL, LATE) else MINE)


async def _list(desk: Desk, actor: Actor, which: str) -> None:
    group, today = actor.group, desk.today.isoformat()
    every = await desk.work.rows.taken_on(group.id)
    mine = [row for row in every if row.assignee == actor.member.id]
    late = [row for row in every if row.due is not None and row.due < today]
    rows = {MINE: mine, ALL: every, LATE: late}[which]
    lines, keys = await _lines(desk, actor, rows[:SHOWN])
    facts = {"which": which, "town": group.title, "tasks": lines, "more": max(len(rows) - SHOWN, 0), "today": today}
    counts = {MINE: len(mine), ALL: len(every), LATE: len(late)}
    keys.append([desk.key(f"task.{w}", "tasks", group.id, w, count=counts[w]) for w in counts if w != which])
    await desk.to_person(actor.person.id, "tasks", facts, keys, about=group.id, edit=desk.tapped)


async def _lines(desk: Desk, actor: Actor, rows: Sequence[Row]) -> tuple[list[dict[str, Any]], list[list[Key]]]:
    scene = await turns.scene_of(desk, actor.group)
    lines, keys = [], []
    for row in rows:
        rounds = await desk.work.runs.of_exercise(actor.group.id, row.register)
        line = Presenter(desk.house.voice, scene, desk.house.process.exercises[row.register]).row_line(row)
        lines.append(line)
        if rounds:
            keys.append([Key(cut(line["title"], 40), Action("row", rounds[-1].id, 0, str(row.id)))])
    return lines, keys


# -- about one task ----------------------------------------------------------------------------------------------------
async def ask_note(desk: Desk, actor: Actor, action: Action) -> None:
    """What is there to say about it?"""
    context = {"want": "note", "group": actor.group.id, "run": action.run, "row": int(action.arg)}
    await desk.to_person(actor.person.id, "task.note", {}, about=actor.group.id, context=context)


async def ask_due(desk: Desk, actor: Actor, action: Action) -> None:
    """Until when instead?"""
    context = {"want": "due", "group": actor.group.id, "run": action.run, "row": int(action.arg)}
    await desk.to_person(actor.person.id, "nudge.until", {"readings": None}, about=actor.group.id, context=context)


async def note(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """Keep what was said with the row, by name and day."""
    text = clean(text)
    if unfit(text):
        return
    row = await desk.work.rows.get(context["row"])
    said = {"by": actor.member.name, "on": desk.today.isoformat(), "text": text}
    values = {**row.values, NOTES: [*row.values.get(NOTES, []), said]}
    await rows.change(desk, actor, context["run"], row.id, values=values)


async def due(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """Keep the new date; ask which, where it can be read in two ways."""
    readings = read_date(clean(text), desk.today)
    if len(readings) != 1:
        keys = [
            [desk.key("day.until", "dated", context["run"], f"{context['row']}:{day.toordinal()}", day=day)]
            for day in readings
        ]
        facts = {"readings": len(readings)}
        await desk.to_person(actor.person.id, "nudge.until", facts, keys, about=actor.group.id, context=dict(context))
        return
    await rows.change(desk, actor, context["run"], context["row"], due=readings[0].isoformat())


async def dated(desk: Desk, actor: Actor, action: Action) -> None:
    """One of the readings was meant."""
    row_id, _, day = action.arg.partition(":")
    await rows.change(desk, actor, action.run, int(row_id), due=date.fromordinal(int(day)).isoformat())


TAPS: Mapping[str, TapHandler] = {"tasks": tapped, "note": ask_note, "postpone": ask_due, "dated": dated}
COMMANDS: Mapping[str, CommandHandler] = {"uppgifter": show}
TEXTS: Mapping[str, TextHandler] = {"note": note, "due": due}
