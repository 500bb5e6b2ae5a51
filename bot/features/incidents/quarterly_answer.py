"""Each quarter those who read incidents tell everybody who may log what it led to: it is what keeps people logging.

They choose among ready words that point out nobody, or write two lines of their own, of which nothing is kept that
points somebody out. Everybody hears the same, whether or not they have logged anything, in a message that they get
anyway; so nothing says who has.
"""

from datetime import date, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, May, Rank, may
from bot.context.refusals import demand, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.features.incidents import incident_readers, statistics
from bot.reminders import open_items
from bot.reminders.kinds import LEARNT, QUARTER
from flows.answers import clean, unfit
from flows.identities import Handling
from storage.json_records import JsonObject
from storage.records.message_notes import MessageContext
from storage.records.records import Group

KIND: Final = "quarterly_answer"  # of the activity states, by quarter: what readers have ticked and written
WANT: Final = "quarter_lines"
READY: Final = ("passed_on", "watched", "helped", "learnt", "nothing_yet")  # words under `label.quarter`
LONGEST: Final = 280  # characters of two lines


async def look(ctx: Context, group: Group) -> None:
    """Ask the readers, once, when a quarter is over in which something was logged."""
    quarter, first, after = _before(ctx.today)
    known = await ctx.work.activity_states.of_kind(group.id, KIND)
    count = ctx.work.incidents.count_logged
    if quarter in known or await count(group.id, first) == await count(group.id, after):
        return
    readers = await incident_readers.able(ctx, group)
    if readers:
        for earlier in known:
            await ctx.work.activity_states.drop(group.id, KIND, earlier)
            await open_items.reconcile(ctx, group, _ref(earlier), {})
        await ctx.work.activity_states.keep(group.id, KIND, quarter, {"ticked": [], "text": ""})
        wanted = {(QUARTER, member.id): ctx.today for member in readers}
        await open_items.reconcile(ctx, group, _ref(quarter), wanted)


def _before(today: date) -> tuple[str, date, date]:
    """Return the last quarter that is over, its first day, and the first day after it."""
    after = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last = after - timedelta(days=1)
    return f"{last.year}-{(last.month + 2) // 3}", last.replace(month=last.month - 2, day=1), after


def _ref(quarter: str) -> str:
    return f"quarter:{quarter}"


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Let a reader tick what it led to, and see what is ticked; all who read see and change the same."""
    quarter, _, chosen = action.arg.partition(":")
    state = await _waiting(ctx, actor, quarter)
    if state is None:
        return
    if chosen in READY:
        ticked = set(state["ticked"]) ^ {chosen}
        state = {**state, "ticked": [one for one in READY if one in ticked]}
        await ctx.work.activity_states.keep(actor.group.id, KIND, quarter, state)
    await ctx.reply(
        actor, "quarter.ask", await _facts(ctx, actor.group, quarter, state), _keys(ctx, actor, quarter, state)
    )


def _keys(ctx: Context, actor: Actor, quarter: str, state: JsonObject) -> list[list[Key]]:
    group, keys = actor.group.id, list[list[Key]]()
    for one in READY:
        name = ctx.services.voice.label(f"quarter.{one}")
        tick = "ticked" if one in state["ticked"] else "unticked"
        keys.append([ctx.key(tick, "quarter", group, f"{quarter}:{one}", option=name)])
    keys.append([ctx.key("quarter.write", "quarterwrite", group, quarter)])
    keys.append(when(state["ticked"] or state["text"], ctx.key("quarter.tell", "quartertell", group, quarter)))
    return [*keys, [ctx.key("quarter.not", "quarternot", group, quarter)]]


async def _waiting(ctx: Context, actor: Actor, quarter: str) -> JsonObject | None:
    """Return what is said of a quarter so far, if it is not told yet; else say that the button is old."""
    state = await ctx.work.activity_states.state(actor.group.id, KIND, quarter)
    if state is None or state.get("told"):
        ctx.toast("day.settled")
        return None
    return state


async def _facts(ctx: Context, group: Group, quarter: str, state: JsonObject) -> JsonObject:
    year, _, number = quarter.partition("-")
    return {
        "quarter": int(number),
        "year": int(year),
        "said": [ctx.services.voice.label(f"quarter.{one}") for one in state["ticked"]],
        "text": state["text"],
        "count": await statistics.reported_in(ctx, group, quarter),
    }


async def write(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for two lines in a reader's own words."""
    if await _waiting(ctx, actor, action.arg) is not None:
        context = MessageContext(want=WANT, group=actor.group.id, what=action.arg)
        await ctx.tell(actor, "quarter.write", {"long": False}, context=context)


async def wrote(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the two lines, in which nothing points anybody out."""
    state = await _waiting(ctx, actor, context.what)
    if state is None:
        return
    text = clean(text)
    if unfit(text) or len(text) > LONGEST:
        await ctx.tell(actor, "quarter.write", {"long": True}, context=context)
        return
    state = {**state, "text": text}
    await ctx.work.activity_states.keep(actor.group.id, KIND, context.what, state)
    facts = await _facts(ctx, actor.group, context.what, state)
    await ctx.tell(actor, "quarter.ask", facts, _keys(ctx, actor, context.what, state))


async def tell(ctx: Context, actor: Actor, action: Action) -> None:
    """Let everybody who may log know, in their next message."""
    group, quarter = actor.group, action.arg
    state = await _waiting(ctx, actor, quarter)
    if state is None or not (state["ticked"] or state["text"]):
        return
    await ctx.work.activity_states.keep(group.id, KIND, quarter, {**state, "told": True})
    there = await ctx.work.members.active(group.id, roles=None)
    wanted = {(LEARNT, one.id): ctx.today for one in there if may(May.LOG, one, group) and one.id != actor.member.id}
    await open_items.reconcile(ctx, group, _ref(quarter), wanted)
    await ctx.reply(actor, "quarter.told", {"count": len(wanted)})


async def nothing(ctx: Context, actor: Actor, action: Action) -> None:
    """Tell nobody of this quarter."""
    if await _waiting(ctx, actor, action.arg) is not None:
        await ctx.work.activity_states.keep(actor.group.id, KIND, action.arg, {"ticked": [], "text": "", "told": True})
        await open_items.reconcile(ctx, actor.group, _ref(action.arg), {})
        await ctx.reply(actor, "quarter.left")


async def learnt(ctx: Context, actor: Actor, action: Action) -> None:
    """Show what it led to, to somebody who may log."""
    state = await ctx.work.activity_states.state(actor.group.id, KIND, action.arg)
    await open_items.seen(ctx, actor.member, LEARNT, _ref(action.arg))
    state = required(state, "day.settled")
    demand(state["ticked"] or state["text"], "day.settled")
    keys = [[ctx.key("log", "log", actor.group.id)]]
    await ctx.tell(actor, "quarter.learnt", await _facts(ctx, actor.group, action.arg, state), keys)


ROUTES: Routes = (
    *buttons(May.READ, About.GROUP, quarter=show, quarterwrite=write, quartertell=tell, quarternot=nothing),
    *buttons(Rank.NETWORK, About.GROUP, learnt=learnt),
    *texts(May.READ, Takes(Handling.REFUSE), **{WANT: wrote}),
)
