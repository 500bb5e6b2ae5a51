"""Decisions and to-dos: /beslut and /atgard, with a text, in reply to what somebody wrote, or of what was suggested.

They are rows of a register that is always there. A to-do is assigned with a date in two taps, where it was written.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, Unpack

from bot.context.context import Actor, Context
from bot.context.message import Key, Keys
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.row_events import RowChanged
from bot.context.sealed_actions import Action
from bot.exercises import consents, given_texts, rounds, runner
from bot.features.calendar import suggestions
from bot.features.registers import assigned_rows, registers
from bot.reminders.holidays import off_holidays, working_day_before
from bot.reminders.run_deadlines import schedule_row
from bot.views.shared_buttons import told_apart
from flows.answers import clean, folded, named_option, unfit
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from flows.fields.day import AHEAD, day_at
from flows.identities import Handling
from flows.run.state import Phase, Run
from flows.values import Value
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.records import Group, Member, Row
from storage.records.rows import RowChanges

SUGGESTED = "suggested"  # beside a row's answers: the suggestion that it was made of
WHO, WHEN = "todo_who", "todo_due"  # the texts that are asked for
OPEN, DONE, REMOVED = "open", "done", "removed"  # the states of a row: just written down, done, taken back


def todos(ctx: Context) -> Exercise:
    """Return the register, as it is defined now."""
    return ctx.services.process.with_role(ExerciseRole.TODOS)


async def register_of(ctx: Context, group: Group) -> Run:
    """Return the group's round of the register, which begins with the first row and never ends."""
    records = await ctx.work.runs.of_exercise(group.id, todos(ctx).id)
    if records and records[-1].phase != Phase.ASIDE:
        return runner.load(ctx, records[-1])
    return await rounds.begin(ctx, group, todos(ctx))


async def add_todo(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Add a to-do. Who and when is asked at once; both can wait. With a row in the context, its text is edited."""
    await _write_down(ctx, actor, text, context, Mark.TODO)


async def add_decision(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Add a decision. With a row in the context, its text is edited."""
    await _write_down(ctx, actor, text, context, Mark.DECISION)


async def _write_down(ctx: Context, actor: Actor, text: str, context: MessageContext, kind: Mark) -> None:
    if about := context.of(AboutRow):
        await _rewrite(ctx, actor, text, about.row)
    elif (row := await _add(ctx, actor, text, kind)) is not None:
        await _say(ctx, actor, row, await _keys(ctx, actor.group, row))


async def of_suggestion(ctx: Context, actor: Actor, action: Action) -> None:
    """Make what somebody has suggested for the network's next meeting a to-do; it is then no more to be taken up."""
    register = suggestions.register(ctx)
    row = required(await ctx.work.rows.lookup(int(action.arg)), "no_row", alert=True)
    ours = row.group_id == actor.group.id and row.register == register.id
    demand(ours and row.state == suggestions.OPEN, "no_row", alert=True)
    made = await _add(ctx, actor, str(register.told(row.values, Field.WHAT)), Mark.TODO, {SUGGESTED: row.id})
    if made is not None:
        await suggestions.put(ctx, row, suggestions.DONE)
        await _say(ctx, actor, made, await _keys(ctx, actor.group, made))


async def _keys(ctx: Context, group: Group, row: Row) -> list[list[Key]]:
    """Return the buttons under what was just written down."""
    undo = [_undo(ctx, group, row)]
    if todos(ctx).says(row.values, Field.KIND, Mark.TODO):
        return [*await _people(ctx, group, row), undo]
    to_todo = ctx.key("to_todo", "todo", group.id, str(row.id))
    return [[to_todo], [ctx.key("consent.ask", "c_ask", group.id, str(row.id))], undo]


def _undo(ctx: Context, group: Group, row: Row) -> Key:
    """Return the button that takes back what was just written down, or that takes it up again."""
    wanted = OPEN if row.state == REMOVED else REMOVED
    return replace(ctx.key(f"todo_undo.{wanted}", "todo_undo", group.id, f"{row.id}:{wanted}"), says="undo")


async def _add(
    ctx: Context, actor: Actor, text: str, kind: Mark, beside: Mapping[str, Value] = MappingProxyType({})
) -> Row | None:
    """Add a row; without a text show the list, under which one can be written, or in the group how to write one."""
    text, want = clean(text), "todo" if kind is Mark.TODO else "decision"
    if unfit(text):
        run = await register_of(ctx, actor.group)
        if actor.in_group:
            await ctx.to_group(actor.group, "todo.how", {"kind": kind})
        else:
            await registers.show_list(ctx, actor, run, want=want)
        return None
    run = await register_of(ctx, actor.group)
    register = todos(ctx)
    values = {register.field(Field.WHAT).id: text, **_kind(ctx, kind), **beside}
    row = await ctx.work.rows.add(actor.group.id, register.id, values, author=actor.member.id)
    await given_texts.note(ctx, actor, MessageContext(want=want, group=actor.group.id, about=AboutRow(row.id)))
    await runner.refresh_card(ctx, actor.group, await ctx.work.runs.get(run.number))
    return row


async def _rewrite(ctx: Context, actor: Actor, text: str, id: int) -> None:
    """Change a row's text, as the message that gave it was edited; not one that everybody is asked about."""
    row, text = await ctx.work.rows.lookup(id), clean(text)
    if row is None or row.state == "removed" or unfit(text):
        await ctx.tell(actor, "todo.not_changed", {"asked": False})
    elif await consents.of(ctx, actor.group, f"row:{row.id}") is not None:
        await ctx.tell(actor, "todo.not_changed", {"asked": True})
    else:
        what = todos(ctx).field(Field.WHAT).id
        row = await _change(ctx, actor, row, values={**row.values, what: text})
        await _say(ctx, actor, row, (), note="changed")


def _kind(ctx: Context, kind: Mark) -> dict[str, str]:
    question = todos(ctx).field(Field.KIND)
    return {question.id: question.option(kind)}


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Handle a button: make a decision a to-do, assign a to-do, set its date."""
    row_id, _, arg = action.arg.partition(":")
    row = required(await ctx.work.rows.lookup(int(row_id)), "no_row", alert=True)
    undoes = action.verb == "todo_undo"
    demand(row.group_id == actor.group.id and row.register == todos(ctx).id, "no_row", alert=True)
    demand(row.state != REMOVED or undoes, "no_row", alert=True)
    for prompt in await ctx.work.prompts.of(actor.person.id):
        if prompt.context.want in (WHO, WHEN) and prompt.context.about == AboutRow(row.id):  # not that of another to-do
            await ctx.work.prompts.end(actor.person.id, prompt.matter)
    if not undoes and await _is_done(ctx, actor, row):
        return
    row, keys = await TAPS[action.verb](ctx, actor, row, arg)
    await _say(ctx, actor, row, keys, edit=actor.message_id)


async def _make_todo(ctx: Context, actor: Actor, row: Row, _arg: str) -> tuple[Row, Keys]:
    row = await _change(ctx, actor, row, values={**row.values, **_kind(ctx, Mark.TODO)})
    return row, await _people(ctx, actor.group, row)


async def _give_to(ctx: Context, actor: Actor, row: Row, arg: str) -> tuple[Row, Keys]:
    member = required(await ctx.work.members.lookup(int(arg)), "unfit.no_seat")
    demand(member.group_id == actor.group.id and member.state == "active", "unfit.no_seat")
    return await _give(ctx, actor, row, member)


async def _put_back(ctx: Context, actor: Actor, row: Row, state: str) -> tuple[Row, Keys]:
    if row.state != state:
        run = await register_of(ctx, actor.group)
        ctx.events.append(RowChanged(actor.group.id, run.number, row.id, actor.member.id, row.assignee))
        row = await _change(ctx, actor, row, state=state)
    return row, [[_undo(ctx, actor.group, row)]] if row.state == REMOVED else await _keys(ctx, actor.group, row)


async def _set_date(ctx: Context, actor: Actor, row: Row, arg: str) -> tuple[Row, Keys]:
    return await _set_due(ctx, actor, row, _due(ctx, arg)), ()


# What a button does, by its verb: the row as it is then, and the buttons for what is asked next.
TAPS: Final[Mapping[str, Callable[[Context, Actor, Row, str], Awaitable[tuple[Row, Keys]]]]] = {
    "todo": _make_todo,
    "todo_who": _give_to,
    "todo_undo": _put_back,
    "todo_when": _set_date,
}


# -- said in words -----------------------------------------------------------------------------------------------------
async def said_who(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take in words who does a to-do; a name that nobody has here, or several, is asked about once more."""
    if (row := await _still_asked(ctx, actor, context)) is None:
        return
    found = [actor.member] if ctx.services.voice.rules.means_me(text) else await _named(ctx, actor.group.id, text)
    if len(found) == 1:
        await _say(ctx, actor, *await _give(ctx, actor, row, found[0]))
    else:
        keys = [*await _people(ctx, actor.group, row, found), [_undo(ctx, actor.group, row)]]
        await _say(ctx, actor, row, keys, note="several" if found else "nobody")


async def says_who(ctx: Context, group: int, text: str) -> bool:
    """True if a text names somebody who can do a to-do, and says nothing else; "klar" is not a call for Klara."""
    rules = ctx.services.voice.rules
    return rules.means_me(text) or (not rules.says_by_the_way(text) and bool(await _named(ctx, group, text)))


async def _named(ctx: Context, group: int, text: str) -> list[Member]:
    """Return the members whom a text names, by how a part of their name begins."""
    said, members = folded(text).strip(" .!"), await ctx.work.members.active(group)
    whole = [member for member in members if folded(member.name) == said]
    return whole or [member for member in members if said and f" {said}" in f" {folded(member.name)}"]


async def says_when(ctx: Context, _group: int, text: str) -> bool:
    """True if a text is a day, which may have been, or says that there is none."""
    return bool(_days_in(ctx, text) or ctx.dates.read_past(clean(text), ctx.today)) or _says_never(ctx, text)


def _days_in(ctx: Context, text: str) -> list[date]:
    """Return the days by which a to-do can be done according to a text: a day, or the last working day of a week."""
    spans = ctx.services.voice.rules.spans.read(clean(text), ctx.today)
    return ctx.dates.read_date(clean(text), ctx.today) or [working_day_before(last + timedelta(1)) for _, last in spans]


def _says_never(ctx: Context, text: str) -> bool:
    """True if a text says what stands on the button for no date."""
    return named_option({"": ctx.services.voice.label("no_date")}, text) is not None


async def said_when(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take in words when a to-do is to be done; what is no day to come, or can be several, is asked about once more."""
    if (row := await _still_asked(ctx, actor, context)) is None:
        return
    days = _days_in(ctx, text)
    ahead = [day for day in days if day >= ctx.today]
    if _says_never(ctx, text):
        await _say(ctx, actor, await _set_due(ctx, actor, row, None), ())
    elif len(ahead) == 1:
        await _say(ctx, actor, await _set_due(ctx, actor, row, ahead[0]), ())
    elif ahead:
        keys = [[ctx.key("day.until", "todo_when", actor.group.id, f"{row.id}:{day}", day=day)] for day in ahead]
        await _say(ctx, actor, row, keys, note="which")
    else:
        past = days or ctx.dates.read_past(clean(text), ctx.today)
        await _say(ctx, actor, row, _dates(ctx, actor.group, row), note="past" if past else "unread")


async def _still_asked(ctx: Context, actor: Actor, context: MessageContext) -> Row | None:
    """Return the row that a text answers about; None, and say so, if it has been removed or done since."""
    row = await ctx.work.rows.lookup(context.the(AboutRow).row)
    if row is None or row.state == REMOVED:
        await ctx.tell(actor, "todo.not_changed", {"asked": False})
        return None
    return None if await _is_done(ctx, actor, row) else row


async def _is_done(ctx: Context, actor: Actor, row: Row) -> bool:
    """True if somebody has marked a row done since it was asked who does it, and when; the answer is told so."""
    if row.state == DONE:
        await _say(ctx, actor, row, (), edit=ctx.tapped)
    return row.state == DONE


async def _give(ctx: Context, actor: Actor, row: Row, member: Member) -> tuple[Row, Keys]:
    """Give a to-do to a member, who hears of it at once, as a date may never be chosen; return the dates to choose."""
    row = await _change(ctx, actor, row, assignee=member.id)
    await assigned_rows.tell(ctx, actor, await register_of(ctx, actor.group), row)
    return row, _dates(ctx, actor.group, row)


async def _set_due(ctx: Context, actor: Actor, row: Row, due: date | None) -> Row:
    """Set when a to-do is to be done, and tell whoever has it."""
    row = await _change(ctx, actor, row, due=due)
    await assigned_rows.tell(ctx, actor, await register_of(ctx, actor.group), row)
    return row


async def _change(ctx: Context, actor: Actor, row: Row, **changes: Unpack[RowChanges]) -> Row:
    row = await ctx.work.rows.change(row.id, None, actor.member.id, **changes)
    await schedule_row(ctx, actor.group, row)
    run = await register_of(ctx, actor.group)
    await runner.refresh_card(ctx, actor.group, await ctx.work.runs.get(run.number))
    return row


async def row_changed(ctx: Context, _group: Group, happened: RowChanged) -> None:
    """Let a suggestion be taken up again if the to-do that was made of it is removed, until that is undone."""
    row = await ctx.work.rows.get(happened.row)
    of = row.values.get(SUGGESTED)
    point = await ctx.work.rows.lookup(of) if isinstance(of, int) else None
    if point is None:
        return
    gone = [version.state == REMOVED for version in await ctx.work.rows.history(row.id)][-2:]
    if len(set(gone)) > 1:
        await suggestions.put(ctx, point, suggestions.OPEN if gone[-1] else suggestions.DONE)


async def _say(ctx: Context, actor: Actor, row: Row, keys: Keys, *, edit: int | None = None, note: str = "") -> None:
    """Show a row as it is now, with what is asked about it. `note`: "changed" after its text was written anew; why what
    was written is asked about again: a day "unread", "past" or one of several ("which"), a name "nobody" or "several".
    """
    scene = await runner.scene_of(ctx, actor.group)
    is_todo = todos(ctx).says(row.values, Field.KIND, Mark.TODO)
    gone = row.state == REMOVED
    facts = {
        "kind": Mark.TODO if is_todo else Mark.DECISION,
        "what": todos(ctx).told(row.values, Field.WHAT),
        "who": scene.member(row.assignee) if row.assignee and not gone else None,
        "due": row.due,
        "gone": gone,
        "done": row.state == DONE,
        "today": ctx.today,
        "note": note,
        "town": None if actor.in_group else await ctx.town_for(actor.person.id, actor.group),
        "asks": ("who" if row.assignee is None else "when") if keys and is_todo and not gone else None,
        **await assigned_rows.unheard(ctx, actor.member, row),
    }
    want = {"who": WHO, "when": WHEN}.get(facts["asks"] or "")  # a text can answer it
    context = MessageContext(want=want, group=actor.group.id, about=AboutRow(row.id)) if want else None
    if actor.in_group:
        await ctx.to_group(actor.group, "todo.noted", facts, keys, edit=edit, context=context)
    else:
        onward = keys or [[ctx.key("what_waits", "answers", actor.group.id)]]
        await ctx.tell(actor, "todo.noted", facts, onward, edit=edit, context=context)


async def _people(ctx: Context, group: Group, row: Row, members: Sequence[Member] = ()) -> list[list[Key]]:
    members = members or await ctx.work.members.active(group.id)
    labels = await told_apart(ctx, members)
    buttons = [Key(labels[m.id], Action("todo_who", group.id, 0, f"{row.id}:{m.id}")) for m in members]
    return [buttons[start : start + 3] for start in range(0, len(buttons), 3)]


def _due(ctx: Context, arg: str) -> date | None:
    """Return the date that a button stands for: a day itself, or the place of a distance; None for no date."""
    if arg.isdecimal():
        return day_at(list(AHEAD.values())[int(arg)], ctx.today, off_holidays)
    return date.fromisoformat(arg) if arg else None


def _dates(ctx: Context, group: Group, row: Row) -> list[list[Key]]:
    offered = enumerate(AHEAD)
    buttons = [ctx.key(f"date.{name}", "todo_when", group.id, f"{row.id}:{place}") for place, name in offered]
    return [buttons[:2], buttons[2:], [ctx.key("no_date", "todo_when", group.id, str(row.id))]]


ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.GROUP, **dict.fromkeys(TAPS, tapped)),
    *buttons(Rank.MEMBER, About.GROUP, todo_of=of_suggestion),
    *texts(Rank.MEMBER, Takes(Handling.ASK, rewritten=True), todo=add_todo, decision=add_decision),
    *texts(Rank.MEMBER, Takes(says=says_who), **{WHO: said_who}),
    *texts(Rank.MEMBER, Takes(says=says_when), **{WHEN: said_when}),
)
