"""Taps on an exercise that goes on: one's own dialogue with it, the pen, and the coordinator's steps."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, TapHandler
from bot.process import coordinating, registers
from bot.process.status import status
from bot.turn import linking, turns
from flows.events import Began, Concluded, Event, Joined, Moved, Opened, Picked, Revealed, Undid
from flows.keyboards import CONCLUSION
from flows.state import Phase

DIALOGUE = (
    "start",
    "pick",
    "on",
    "off",
    "ok",
    "back",
    "skip",
    "remark",
    "pause",
    "go",
    "send",
    "redo",
    "save",
    "cancel",
    "rest",
    "discard",
    "new",
    "page",
    "own",
    "over",
    "choose",
)


async def open_run(desk: Desk, actor: Actor, action: Action) -> None:
    """Take part, or go on where one was."""
    record = await desk.work.runs.get(action.run)
    run = turns.load(desk, record)
    seat = run.seats.get(actor.member.id)
    if seat is not None and not seat.awaited and not actor.in_group:  # away, but here all the same
        await turns.take(desk, actor.group, record, Joined(replace(seat, awaited=True), quiet=True), by=actor.member)
        record = await desk.work.runs.get(action.run)
    if actor.in_group:
        desk.toast("open_in_private", alert=True)
    elif run.exercise.register is not None:
        await registers.answer_or_list(desk, actor, run)
    else:
        await turns.take(desk, actor.group, record, Opened(actor.member.id, introduced=True), by=actor.member)


async def talk(desk: Desk, actor: Actor, action: Action) -> None:
    """A button of the dialogue: the engine knows what it means, and whether it still does."""
    if actor.in_group:
        desk.toast("old_button")
        return
    record = await desk.work.runs.get(action.run)
    event = Picked(actor.member.id, action.ask, action.verb, action.arg, desk.today)
    await turns.take(desk, actor.group, record, event, by=actor.member)


async def step(desk: Desk, actor: Actor, action: Action) -> None:
    """A step of the coordinator's: show, close, undo, take out again, give more time."""
    record = await desk.work.runs.get(action.run)
    event = await _event(desk, action)
    if event is None:
        desk.toast("old_button")
        return
    after = await turns.take(desk, actor.group, record, event, by=actor.member)
    if not actor.in_group and not desk.notices[-1].text:
        desk.toast("see_group")
    if after.phase != record.phase:
        await status(desk, await desk.work.groups.get(actor.group.id))


async def _event(desk: Desk, action: Action) -> Event | None:
    match action.verb:
        case "reveal":
            return Revealed()
        case "close":
            run = turns.load(desk, await desk.work.runs.get(action.run))
            return Concluded(await turns.values_of_group(desk, run), anyway=action.arg == "anyway")
        case "undo":
            return Undid()
        case "resume":
            return Began()
        case "move" if (until := date.fromisoformat(action.arg)) > desk.today:
            desk.toast("moved", {"until": until})
            return Moved(until)
    return None


async def pen(desk: Desk, actor: Actor, action: Action) -> None:
    """Someone takes the pen: a message to reply to, in the group, with the writing field open."""
    record = await desk.work.runs.get(action.run)
    if record.phase != Phase.REVEALED:
        desk.toast("unfit.over")
        return
    words = desk.house.voice.exercise(record.exercise)
    facts = {
        "name": actor.member.name,
        "user_id": actor.member.user_id,
        "prompt": words.get("conclusion"),
        "title": words["title"],
    }
    concluded = (await linking.written(desk, turns.load(desk, record), actor.member.id, CONCLUSION)).get(CONCLUSION)
    context = {"run": record.id, "key": CONCLUSION, "seen": concluded.version if concluded else 0}
    hint = desk.house.voice.label("conclusion_hint")
    await desk.to_group(actor.group, "run.pen", facts, context=context, write_for=hint, reply_to=actor.message_id)


async def nudge(desk: Desk, actor: Actor, action: Action) -> None:
    """The coordinator asks the bot to remind those who have not answered, and nobody else."""
    record = await desk.work.runs.get(action.run)
    if record.phase != Phase.OPEN:
        desk.toast("unfit.over")
        return
    count, unreachable = await coordinating.remind_missing(desk, actor.group, turns.load(desk, record))
    desk.toast("nudged", {"count": count, "unreachable": unreachable}, alert=bool(unreachable))


TAPS: Mapping[str, TapHandler] = {
    "open": open_run,
    **dict.fromkeys(DIALOGUE, talk),
    **dict.fromkeys(("reveal", "close", "undo", "resume", "move"), step),
    "pen": pen,
    "nudge": nudge,
}
