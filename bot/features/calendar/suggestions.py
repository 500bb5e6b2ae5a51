"""What somebody wants to be taken up when the network meets next: put up at the meeting's page by anybody it calls.

Each stands there, and in the agenda of a session, until its author or whoever coordinates takes it off, or somebody of
the core group makes it a to-do; so what there was no time for stands at the meeting after.
"""

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import WORDS, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.views.names import cut
from flows.answers import clean, unfit
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Row

WANT = "suggestion"
OPEN, DONE = "open", "done"  # a row that stands, or was taken off
TITLE = 40  # characters of one on a button


def register(ctx: Context) -> Exercise:
    """Return the register of what is suggested, as it is defined now."""
    return ctx.services.process.with_role(ExerciseRole.SUGGESTIONS)


async def _standing(ctx: Context, group: Group) -> list[Row]:
    return list(await ctx.work.rows.all(group.id, register(ctx).id, state=OPEN))


async def standing(ctx: Context, group: Group) -> list[TemplateFacts]:
    """Return what is suggested for the network's next meeting: what, and by whom unless they are gone."""
    people = {m.id: m.name for m in await ctx.work.members.of_group(group.id, roles=("core", "network"))}
    rows = await _standing(ctx, group)
    return [{"what": register(ctx).told(r.values, Field.WHAT), "by": people.get(r.author or 0)} for r in rows]


def ways(ctx: Context, actor: Actor, *, standing: bool) -> list[Key]:
    """Return the button to suggest something, for the meeting's page; with it the core group sees to what stands."""
    name = "suggestion.see_to" if standing and actor.member.role == "core" else "suggestion.make"
    return [ctx.key(name, "suggest", actor.group.id)]


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show what is suggested and take one more as a text; "12:done" takes one off, and "12:open" puts it back.

    A text is only taken right after the button: whatever is written later may be about something else.
    """
    number, _, state = action.arg.partition(":")
    row = await ctx.work.rows.lookup(int(number)) if number.isdecimal() else None
    if row is not None:
        ours = row.group_id == actor.group.id and row.register == register(ctx).id
        demand(ours and _may(actor, row) and state in (OPEN, DONE))
        row = await put(ctx, row, state)
    await _page(ctx, actor, asks=row is None, off=row if row and row.state == DONE else None)


async def put(ctx: Context, row: Row, state: str) -> Row:
    """Take a suggestion off, or put it back; it stays its author's."""
    return await ctx.work.rows.change(row.id, None, row.author, state=state)


async def said(ctx: Context, actor: Actor, text: str, _context: MessageContext) -> None:
    """Take a suggestion."""
    text = clean(text)
    if not unfit(text):
        values = {register(ctx).field(Field.WHAT).id: text}
        await ctx.work.rows.add(actor.group.id, register(ctx).id, values, author=actor.member.id)
    await _page(ctx, actor, asks=bool(unfit(text)))


def _may(actor: Actor, row: Row) -> bool:
    return actor.member.coordinator or row.author == actor.member.id


async def _page(ctx: Context, actor: Actor, *, asks: bool, off: Row | None = None) -> None:
    group = actor.group
    town = await ctx.town_for(actor.person.id, group)
    facts = {"saved": not asks and off is None, "asks": asks, "standing": await standing(ctx, group), "town": town}
    facts["guide"] = ctx.services.voice.exercise(register(ctx).id)["guide"]
    keys = [[_key(ctx, group, off, OPEN)]] if off else []
    for row in await _standing(ctx, group):
        if actor.member.role == "core":
            keys.append([ctx.key("suggestion.todo", "todo_of", group.id, str(row.id), title=_title(ctx, row))])
        if _may(actor, row):
            keys.append([_key(ctx, group, row, DONE)])
    more = [] if asks else [ctx.key("suggestion.more", "suggest", group.id)]
    keys.append([*more, ctx.key("home.calendar", "calendar", group.id)])
    context = MessageContext(page=True, want=WANT, group=group.id) if asks else MessageContext(page=True)
    await ctx.reply(actor, "suggestion.page", facts, keys, context=context)


def _key(ctx: Context, group: Group, row: Row, state: str) -> Key:
    return ctx.key(f"suggestion.{state}", "suggest", group.id, f"{row.id}:{state}", title=_title(ctx, row))


def _title(ctx: Context, row: Row) -> str:
    return cut(str(register(ctx).told(row.values, Field.WHAT)), TITLE)


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, suggest=show),
    *texts(Rank.NETWORK, WORDS, suggestion=said),
)
