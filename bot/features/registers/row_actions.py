"""Actions on one row of a register: open, change, assign, finish, remove, restore it, and begin a new one.

Filling in a row is a dialogue of the engine's; this module shows a row and changes what is kept beside its fields.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final, Unpack

from bot.context import confirmation
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.offer import OfferMade
from bot.context.permissions import holds
from bot.context.refusals import demand, refuse, required
from bot.context.row_events import MeetingListed, RowChanged, TextChanged
from bot.context.sealed_actions import Action
from bot.exercises import consents, drafts, initial_rows, preconditions, runner
from bot.exercises.approved_texts import approvals_of, approving
from bot.exercises.drafts import ANEW, GO_ON
from bot.exercises.mentions import newly_named
from bot.exercises.row_links import closed_in
from bot.features.registers.assigned_rows import tell, unheard
from bot.features.registers.removed_rows import removed_line
from bot.features.registers.row_history import show_history
from bot.reminders import open_items
from bot.reminders.holidays import off_holidays
from bot.reminders.kinds import CHANGED
from bot.reminders.run_deadlines import schedule_row
from bot.views.exercise import ExerciseView
from bot.views.shared_buttons import paged, row_keys, told_apart, unfilled
from flows.enums import ExerciseRole
from flows.fields.day import AHEAD, day_at
from flows.run.events import Joined, Opened
from flows.run.state import Phase, Run, Seat
from flows.timing import yearly
from storage.json_records import JsonObject
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.records import Group, Member, Row
from storage.records.rows import RowChanges
from storage.records.runs import Run as Record

# Actions of those who may write the register.
WRITING: Final = frozenset({"edit", "fill", "field", "drop", "undrop", "rowback"})
# Actions that the network may do with its own rows only.
HOLDING: Final = frozenset({"give", "to", "when", "done", "undone", "drop", "undrop"})
GIVING: Final = frozenset({"give", "to", "when"})  # … and with those only that are not done
# What one tap changes in a text that others stand behind, and the label of the button that says so again.
SURE_OF: Final = {"drop": "drop_sure", "undrop": "undrop", "rowback": "row_back"}
SURE: Final = "!"  # ends the argument of that button
PEOPLE: Final = 12  # people to a page, where a row is assigned


async def tapped(ctx: Context, actor: Actor, run: Run, action: Action) -> None:
    """Handle a button about one row."""
    row_id, _, more = action.arg.removesuffix(SURE).partition(":")
    row = required(await _row(ctx, actor, run, row_id), "no_row", alert=True)
    if (row.state == "removed" and action.verb not in ("undrop", "hist")) or (
        row.state == "done" and action.verb in GIVING
    ):
        await _show(ctx, actor, run, row)  # somebody was faster; it can be taken up again from here
        return
    refuse(await _refusal(ctx, actor, run, row, action.verb, more), alert=True)
    if action.verb in SURE_OF and not action.arg.endswith(SURE) and await _asked_first(ctx, actor, run, row, action):
        return
    if action.verb in PAGES:
        await PAGES[action.verb](ctx, actor, run, row)
    elif action.verb in SETTLING:
        await _settle(ctx, actor, run, row, action.verb)
    else:
        await TAPS[action.verb](ctx, actor, run, row, more)


async def _fill_in(ctx: Context, actor: Actor, run: Run, row: Row, _more: str) -> None:
    if missing := unfilled(run, row):
        await _ask(ctx, actor, run, row, *missing)


async def _change_field(ctx: Context, actor: Actor, run: Run, row: Row, place: str) -> None:
    await _ask(ctx, actor, run, row, run.exercise.questions[int(place)].id)


async def _assign(ctx: Context, actor: Actor, run: Run, row: Row, member: str) -> None:
    if given := _date_given(actor, run, row):
        await _change(ctx, actor, run, row, assignee=int(member), due=given)
    else:
        await _change(ctx, actor, run, row, assignee=int(member), show=False)
        await _choose_date(ctx, actor, run, await ctx.work.rows.get(row.id))
    await tell(ctx, actor, run, await ctx.work.rows.get(row.id))  # now, as a date may never be chosen


async def _set_date(ctx: Context, actor: Actor, run: Run, row: Row, place: str) -> None:
    day = day_at(list(AHEAD.values())[int(place)], ctx.today, off_holidays) if place else None
    await _change(ctx, actor, run, row, due=day)
    await tell(ctx, actor, run, await ctx.work.rows.get(row.id))


async def _asked_first(ctx: Context, actor: Actor, run: Run, row: Row, action: Action) -> bool:
    """Ask whether a tap is meant that would undo what others have settled; False if it would not.

    That is a yes to a text as it stands and, where a row is removed, a list that the group has ended.
    """
    scene = await runner.scene_of(ctx, actor.group)
    names = [scene.owner(owner) for owner in await approving(ctx, actor.group, run.exercise.id)]
    ended = action.verb == "drop" and run.phase is Phase.CONCLUDED
    if names or ended:
        facts = {"title": (await _present(ctx, actor, run)).row_title(row), "names": names, "ended": ended}
        sure = ctx.key(SURE_OF[action.verb], action.verb, run.number, f"{action.arg}{SURE}")
        leave = ctx.key("leave_row", "row", run.number, str(row.id))
        asked = OfferMade(sure.action, leave.action, until=confirmation.ends(ctx.now)).beside(MessageContext())
        facts |= {"removes": action.verb == "drop"}
        await ctx.reply(actor, "row.sure", facts, [[sure], [leave]], context=asked)
    return bool(names or ended)


async def _settle(ctx: Context, actor: Actor, run: Run, row: Row, verb: str) -> None:
    """Finish, reopen, remove or restore a row; one of several years goes on as the next year's task."""
    if verb == "undone" and row.state == "open":
        await _last_year(ctx, actor, run, row)
    elif verb == "done" and (after := yearly.following(run.exercise, row.values)):
        await _next_year(ctx, actor, run, row, after)
    elif verb == "done" and (later := _asked_when_done(run, row)):
        await _change(ctx, actor, run, row, show=False, state="done", values=_said(run, row, verb))
        await _ask(ctx, actor, run, row, *later)
    else:
        state = await _state_after(ctx, row, verb)
        await _change(ctx, actor, run, row, state=state, values=_said(run, row, verb))


def _said(run: Run, row: Row, verb: str) -> JsonObject:
    """Return the row's answers after a tap: what tells that it is done says so, or is to be answered anew."""
    done = dict(run.exercise.register.done) if run.exercise.register else {}
    match verb:
        case "done":
            return {**row.values, **{name: options[0] for name, options in done.items() if len(options) == 1}}
        case "undone":
            return {name: said for name, said in row.values.items() if said not in done.get(name, ())}
    return row.values


async def _next_year(ctx: Context, actor: Actor, run: Run, row: Row, after: str) -> None:
    """Let a row that is done for this year go on as the next year's task."""
    now, done = yearly.current(run.exercise, row.values), yearly.done(run.exercise, row.values)
    due = yearly.later(run.exercise, row.due, now, after) if row.due else None
    await _change(ctx, actor, run, row, values={**row.values, yearly.DONE: [*done, now]}, due=due)
    present = await _present(ctx, actor, run)
    facts = {"now": present.year(now), "after": present.year(after), "due": due}
    ctx.toast("task.next_year", facts)


async def _last_year(ctx: Context, actor: Actor, run: Run, row: Row) -> None:
    """Take back that the latest year was done."""
    done, now = yearly.done(run.exercise, row.values), yearly.current(run.exercise, row.values)
    demand(done)
    due = yearly.later(run.exercise, row.due, now, done[-1]) if row.due else None
    await _change(ctx, actor, run, row, values={**row.values, yearly.DONE: list(done[:-1])}, due=due)


async def _refusal(ctx: Context, actor: Actor, run: Run, row: Row, verb: str, more: str) -> str | None:
    """Return why somebody may not do this with a row; None if they may."""
    if verb in WRITING:
        closed = await preconditions.why_not_write(ctx, actor.group, run.exercise, actor.member)
        if closed is not None:
            return closed
    if verb in HOLDING and not holds(row, actor.member):
        return "not_your_row"
    if verb == "field" and run.exercise.questions[int(more)].id in await closed_in(ctx, run.exercise, row):
        return "from_outside"
    takes = verb != "to" or int(more) in {member.id for member in await _takers(ctx, actor.group, run)}
    return None if takes else "unfit.no_seat"


async def _take_back(ctx: Context, actor: Actor, run: Run, row: Row, version: str) -> None:
    """Undo one's own latest change of a row, unless somebody has changed it since."""
    versions = await ctx.work.rows.history(row.id)
    if str(row.version) != version or row.author != actor.member.id or len(versions) < 2:
        ctx.toast("row_changed", alert=True)
        await _show(ctx, actor, run, row)
        return
    was = versions[-2]
    await _change(ctx, actor, run, row, values=was.values, state=was.state, assignee=was.assignee, due=was.due)


def _date_given(actor: Actor, run: Run, row: Row) -> date | None:
    """Return the date that a row has already: from its own field, or that of the whole register."""
    register = run.exercise.register
    if register is None:
        return None
    if register.one_date:
        return row.due or actor.group.settings.times.one_date.get(run.exercise.id)
    said = row.values.get(register.due) if register.due else None
    return yearly.due(run.exercise, row.values, date.fromisoformat(said)) if said else None


def _asked_when_done(run: Run, row: Row) -> tuple[str, ...]:
    """Return the questions that are asked once the row is done."""
    return tuple(q.id for q in run.exercise.questions if q.later and q.id not in row.values and q.applies(row.values))


async def add(ctx: Context, actor: Actor, run: Run, like: str = "") -> None:
    """Begin a new row, unless a precondition of the register is no longer met. `like`: a row whose answers it repeats.

    A draft of more than a day ago may be about something else: the person says whether to go on with it (`GO_ON`), or
    to start over (`ANEW`), which drops it.
    """
    refuse(await preconditions.why_not_write(ctx, actor.group, run.exercise, actor.member), alert=True)
    if needed := await preconditions.unconfirmed(ctx, actor.group, run.exercise, actor.member):
        names = {name: ctx.services.voice.title_of(name) for name in needed}
        ctx.toast("needs_first", {"names": [*names.values()]}, alert=True)
        keys = [[Key(title, Action("view", 0, actor.group.id, name))] for name, title in names.items()]
        facts = {"title": ctx.services.voice.title_of(run.exercise.id), "needs": [*names.values()]}
        await ctx.tell(actor, "gate.needs", facts, keys)
        return
    record = await _seated(ctx, actor, run)
    if like == ANEW:
        record = await drafts.forget(ctx, actor.member, record)
    elif like != GO_ON and await drafts.is_old(ctx, actor, record):
        await _begun_before(ctx, actor, run)
        return
    given = initial_rows.defaults(ctx, run.exercise, actor.member)
    before = await _row(ctx, actor, run, like)
    if before is not None:
        given |= {name: before.values[name] for name in run.exercise.repeated if name in before.values}
    event = Opened(actor.member.id, introduced=True, given=given)
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


async def _begun_before(ctx: Context, actor: Actor, run: Run) -> None:
    text = (await _present(ctx, actor, run)).begun_title(run.visit(actor.member.id).begun_row)
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "text": text}
    keys = [
        [ctx.key("resume", "add", run.number, GO_ON)],
        [ctx.key("row_anew", "add", run.number, ANEW)],
    ]
    await ctx.tell(actor, "register.begun_before", facts, keys)


async def _state_after(ctx: Context, row: Row, verb: str) -> str:
    """Return the state that a tap leads to; a restored row has the state from before it was removed."""
    if verb == "undrop":  # a date or a note may have been added since it was removed
        states = [version.state for version in await ctx.work.rows.history(row.id) if version.state != "removed"]
        return states[-1] if row.state == "removed" and states else row.state
    return {"done": "done", "undone": "open", "drop": "removed"}[verb]


async def _ask(ctx: Context, actor: Actor, run: Run, row: Row, key: str, *rest: str) -> None:
    """Ask for a field of a row, and then for the others."""
    record = await _seated(ctx, actor, run)
    event = Opened(actor.member.id, introduced=True, row=row.id, key=key, rest=rest)
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


async def _seated(ctx: Context, actor: Actor, run: Run) -> Record:
    """Return the round with a seat for this member, who may have come after the list was ended."""
    record = await ctx.work.runs.get(run.number)
    if actor.member.id not in run.seats and actor.member.role in run.exercise.who:
        seat = Seat(actor.member.id, actor.member.organisation_id)
        await runner.apply(ctx, actor.group, record, Joined(seat, quiet=True), by=actor.member)
    return await ctx.work.runs.get(run.number)


async def _row(ctx: Context, actor: Actor, run: Run, row_id: str) -> Row | None:
    if not row_id.isdecimal():
        return None
    row = await ctx.work.rows.lookup(int(row_id))
    return row if row and row.group_id == actor.group.id and row.register == run.exercise.id else None


async def _present(ctx: Context, actor: Actor, run: Run) -> ExerciseView:
    return await runner.present_of(ctx, actor.group, run.exercise)


async def _show(ctx: Context, actor: Actor, run: Run, row: Row) -> None:
    await open_items.seen(ctx, actor.member, CHANGED, f"changed:{row.id}")
    said = await consents.in_words(ctx, actor.group, f"row:{row.id}")
    card = (await _present(ctx, actor, run)).row_card(row)
    facts = {**card, "saved": False, "said": said, **await removed_line(ctx, row, actor.member.id)}
    facts["adopted"] = await preconditions.whom_to_tell(ctx, actor.group, run.exercise, actor.member)
    writes = await preconditions.may_write(ctx, actor.group, run.exercise, actor.member)
    keys = row_keys(ctx, run, row, actor.member, writes=writes)
    if writes and row.version > 1 and row.author == actor.member.id and row.state != "removed":
        keys.insert(0, [replace(ctx.key("row_back", "rowback", run.number, f"{row.id}:{row.version}"), says="undo")])
    await ctx.reply(actor, "row.card", facts, keys)


async def change(ctx: Context, actor: Actor, run_id: int, row_id: int, **changes: Unpack[RowChanges]) -> None:
    """Change what is kept beside a row's fields, and show it."""
    run = runner.load(ctx, await ctx.work.runs.get(run_id))
    row = await _row(ctx, actor, run, str(row_id))
    if row is not None and not holds(row, actor.member):
        await ctx.tell(actor, "task.not_yours")
    elif row is not None:
        await _change(ctx, actor, run, row, **changes)


async def _change(
    ctx: Context, actor: Actor, run: Run, row: Row, *, show: bool = True, **changes: Unpack[RowChanges]
) -> None:
    if run.phase not in (Phase.OPEN, Phase.CONCLUDED):  # rows of a closed register can still be changed
        ctx.toast("unfit.over")
        return
    ctx.events.append(RowChanged(actor.group.id, run.number, row.id, actor.member.id, row.assignee))
    before, row = row, await ctx.work.rows.change(row.id, None, actor.member.id, **changes)
    ctx.events += newly_named(ctx, run, before, row, actor.member.id)
    await schedule_row(ctx, actor.group, row)
    if run.exercise.role is ExerciseRole.MEETINGS:
        ctx.events.append(MeetingListed(actor.group.id, row.id, actor.member.id))
    if "state" in changes and any(approvals_of(ctx.services.process, run.exercise.id)):
        ctx.events.append(TextChanged(actor.group.id, run.exercise.id, actor.member.id))
    record = await ctx.work.runs.get(run.number)
    await runner.refresh_card(ctx, actor.group, record)
    if show:
        await _show(ctx, actor, run, row)


async def move_all(ctx: Context, actor: Actor, run: Run, day: date) -> int:
    """Give every open row this date, by which assignees are reminded; return how many rows there were."""
    every = await ctx.work.rows.all(actor.group.id, run.exercise.id, state="open")
    for row in every:
        changed = await ctx.work.rows.change(row.id, None, actor.member.id, due=day)
        await schedule_row(ctx, actor.group, changed)
    await runner.refresh_card(ctx, actor.group, await ctx.work.runs.get(run.number))
    return len(every)


async def _choose_field(ctx: Context, actor: Actor, run: Run, row: Row) -> None:
    present, closed = await _present(ctx, actor, run), await closed_in(ctx, run.exercise, row)
    keys = [
        [Key(present.words[f"question.{q.id}.short"], Action("field", run.number, 0, f"{row.id}:{place}"))]
        for place, q in enumerate(run.exercise.questions)
        if q.applies(row.values) and q.id not in closed
    ]
    keys.append([ctx.key("back", "row", run.number, str(row.id))])
    await ctx.reply(actor, "row.edit", {"title": present.row_title(row)}, keys)


async def _takers(ctx: Context, group: Group, run: Run) -> list[Member]:
    """Return who can be assigned a row: the core group, and the network if the register is open to it."""
    core = await ctx.work.members.active(group.id)
    if "network" not in run.exercise.who:
        return core
    return [*core, *await ctx.work.members.active(group.id, roles=("network",))]


async def _choose_person(ctx: Context, actor: Actor, run: Run, row: Row, number: str) -> None:
    members = await _takers(ctx, actor.group, run)
    labels = await told_apart(ctx, members)
    shown, page = paged(members, int(number or 0), PEOPLE)
    keys = [[Key(labels[m.id], Action("to", run.number, 0, f"{row.id}:{m.id}"))] for m in shown]
    keys.append(page.keys(ctx, "give", run.number, f"{row.id}:{{}}"))
    keys.append([ctx.key("back", "row", run.number, str(row.id))])
    facts = {"title": (await _present(ctx, actor, run)).row_title(row)}
    await ctx.reply(actor, "row.give", facts, keys)


async def _choose_date(ctx: Context, actor: Actor, run: Run, row: Row) -> None:
    offered = enumerate(AHEAD)
    dates = [ctx.key(f"date.{name}", "when", run.number, f"{row.id}:{place}") for place, name in offered]
    keys = [dates[:2], dates[2:], [ctx.key("no_date", "when", run.number, str(row.id))]]
    title, why = (await _present(ctx, actor, run)).row_title(row), await unheard(ctx, actor.member, row)
    facts = {"title": title, **why}
    context = MessageContext(
        want="due", group=actor.group.id, run=run.number, about=AboutRow(row.id)
    )  # a date can be written, too
    await ctx.reply(actor, "row.when", facts, keys, context=context)


PAGES: Final[Mapping[str, Callable[[Context, Actor, Run, Row], Awaitable[None]]]] = {
    "row": _show,
    "edit": _choose_field,
    "hist": show_history,
}
TAPS: Final[Mapping[str, Callable[[Context, Actor, Run, Row, str], Awaitable[None]]]] = {
    "fill": _fill_in,
    "field": _change_field,
    "give": _choose_person,
    "to": _assign,
    "when": _set_date,
    "rowback": _take_back,
}
SETTLING: Final = ("done", "undone", "drop", "undrop")
VERBS: Final = (*PAGES, *TAPS, *SETTLING)
