"""A word to a person by name, passed on and answered by the bot: what is meant for a human being reaches one.

Its writer is shown it first, with who will read it and that it bears their name. Until then it lies, sealed, with that
message alone. What was passed on is a wish (`wishes`): whoever gets it is reminded until they have answered or read it,
and if nothing comes of it, its writer is asked whom else.
"""

from dataclasses import replace
from typing import Final

from bot.context import abuse_limits
from bot.context.confirmation import beside
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import WORDS, Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.exercises.mentions import name_of
from bot.features.wellbeing import wishes
from bot.reminders.next_message import hears
from bot.views.shared_buttons import in_town, told_apart
from flows.answers import clean, unfit
from flows.identities import Handling
from storage.records.check_ins import Wish
from storage.records.message_notes import AboutMember, MessageContext
from storage.records.records import Group, Member, Person, private_chat

INSIDE: Final = "direct"  # the text that is asked for, to somebody of the core group …
LATEST: Final = 300  # messages of a chat in which a text is looked for that nobody has been sent
OUTSIDE: Final = "direct_out"  # … or to somebody else


async def way_for(ctx: Context, person: Person, group: Group, member: Member, *, text: bool = False) -> list[Key]:
    """Return the button with which somebody writes to whoever waits for them, else to whoever coordinates, or passes on
    the `text` that they have written (its message has to hold it, see `holding`); none where nobody can be told now, or
    they have no seat."""
    if member.state == "left" or (member.state != "active" and member.role != "guest"):
        return []
    if not await name_of(ctx, member):  # who answers a form from outside, or has not said who they are
        return []
    label, verb = ("direct.pass_on", "say_to") if text else ("direct.write", "direct")
    if waiting := await wishes.open_to(ctx, member):
        wish = waiting[-1]
        to, answers = await ctx.work.members.get(wish.member_id), str(wish.id)
    elif there := await wishes.there(ctx, await wishes.can_be_asked(ctx, group, member, written=True)):
        to, answers = there[0], ""
    else:
        return []
    key = ctx.key(label, verb, group.id, f"{to.id}:{answers}", name=await name_of(ctx, to))
    return [in_town(ctx, key, await ctx.town_for(person.id, group))]


def holding(text: str) -> MessageContext:
    """Return the context of a message that has the button to pass a text on, and so holds it."""
    return MessageContext(held=text)


async def forget_held(ctx: Context, person: Person) -> None:
    """Forget what the messages of a chat hold and nobody has been sent, as when it is emptied."""
    for shown in await ctx.work.outbox.recent(private_chat(person.id), LATEST):
        if shown.context.holds:
            await ctx.work.outbox.update(shown.id, context=MessageContext())


async def held_by(ctx: Context, actor: Actor) -> MessageContext | None:
    """Return the context of the message whose button was tapped, if it still holds a text; else say that it is old."""
    shown = await ctx.work.outbox.by_message(private_chat(actor.person.id), actor.message_id)
    if shown is None or shown.context.held is None:
        ctx.toast("direct.gone", alert=True)
        return None
    return shown.context


async def asking(ctx: Context, actor: Actor, arg: str) -> MessageContext | None:
    """Return what a text to the member in a button is asked with; None if they are not to be written to (any more)."""
    number, _, answered = arg.partition(":")
    to = await ctx.work.members.lookup(int(number or 0))
    if to is None or to.group_id != actor.group.id or to.state == "left" or to.id == actor.member.id:
        return None
    want = INSIDE if to.role == "core" else OUTSIDE
    return MessageContext(want=want, group=actor.group.id, about=AboutMember(to.id), what=answered)


async def write(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for a word to the member in the button, who may have written first (its second number is their wish).

    A button without one, as in the group's chat, is to whoever coordinates.
    """
    others = [] if action.arg else await _others(ctx, actor, 0)
    context = await asking(ctx, actor, action.arg or f"{others[0].id if others else 0}:")
    if actor.in_group:
        ctx.toast("direct.in_private")
    if context is None:
        await ctx.tell(actor, "direct.gone" if action.arg else "direct.nobody")
        return
    to = await ctx.work.members.get(context.the(AboutMember).to)
    facts = {"name": await name_of(ctx, to), "answers": bool(context.what)}
    others = [] if context.what else await _others(ctx, actor, to.id)
    keys = [[ctx.key("direct.other", "direct_whom", actor.group.id)]] if others else []
    await ctx.tell(actor, "direct.write", facts, keys, context=context)


async def _others(ctx: Context, actor: Actor, but: int) -> list[Member]:
    asked = await wishes.can_be_asked(ctx, actor.group, actor.member, written=True)
    return [member for member in await wishes.there(ctx, asked) if member.id != but]


async def written(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Show somebody what they have written before it is sent, with who will read it."""
    text = clean(text)
    if trouble := unfit(text):
        await ctx.tell(actor, "direct.unfit", {"most": trouble.facts.get("most")}, context=context)
        return
    await _show(ctx, actor, replace(context, want="", held=text))


async def _show(ctx: Context, actor: Actor, context: MessageContext) -> None:
    number = context.the(AboutMember).to
    to = await ctx.work.members.lookup(number)
    others = await _others(ctx, actor, number)
    reached = to is not None and to.state != "left" and await hears(ctx, to.person_id)
    facts = {
        "name": await name_of(ctx, to) if to else "",
        "reached": reached,
        "text": context.held,
        "others": bool(others),
    }
    facts["away"] = reached and to is not None and not await wishes.there(ctx, [to])
    yes = ctx.key("direct.send", "direct_send", actor.group.id, name=facts["name"])
    no = ctx.key("direct.drop", "direct_drop", actor.group.id)
    keys = [[yes]] if reached else []
    keys.append(when(others and not context.what, ctx.key("direct.other", "direct_whom", actor.group.id)))
    keys.append([no])
    context = beside(context, yes, no) if reached else context
    await ctx.reply(actor, "direct.preview", facts, keys, context=context)


async def whom(ctx: Context, actor: Actor, action: Action) -> None:
    """Let somebody choose who is to read it: what they have written stays with the message, if they have already."""
    shown = await ctx.work.outbox.by_message(private_chat(actor.person.id), actor.message_id)
    context = shown.context if shown and shown.context.held is not None else MessageContext()
    others = await _others(ctx, actor, 0)
    chosen = pick(others, action.arg)
    if chosen is None:
        labels = await told_apart(ctx, others)
        keys = [[Key(labels[m.id], Action("direct_whom", actor.group.id, 0, str(m.id)))] for m in others]
        await ctx.reply(actor, "direct.whom", {"any": bool(others), "text": context.held}, keys, context=context)
    elif context.held is None:
        await write(ctx, actor, replace(action, arg=f"{chosen.id}:"))
    else:
        await _show(ctx, actor, replace(context, about=AboutMember(chosen.id), what=""))


async def send(ctx: Context, actor: Actor, _action: Action) -> None:
    """Pass on what the message under the button holds, once; whoever answers is waited for no more."""
    context = await held_by(ctx, actor)
    if context is None or context.held is None:
        return
    await _let_go(ctx, actor)
    to = await ctx.work.members.lookup(context.the(AboutMember).to)
    if to is None or to.state == "left" or not await hears(ctx, to.person_id):
        await _show(ctx, actor, context)
        return
    demand(ctx.services.limits.allows(ctx.now, (abuse_limits.DIRECT, actor.person.id)), "direct.many", alert=True)
    answered = await _answered(ctx, actor, context)
    if answered is not None and answered.text:  # who wants to hear from somebody waits until they have
        await wishes.end(ctx, actor.group, answered)
    facts = {"name": await name_of(ctx, to), "read": None, "due": None}
    if answered is not None or to.role != "core":
        await _answer(ctx, actor, to, context.held)
        again = [[ctx.key("direct.more", "direct", actor.group.id, f"{to.id}:", name=facts["name"])]]
        await ctx.reply(actor, "direct.sent", facts, again, context=MessageContext())
        return
    wish = await wishes.make(ctx, actor, to, context.held)
    keys = [[replace(ctx.key("direct.take_back", "unwish", actor.group.id, str(wish.id)), says="undo")]]
    await ctx.reply(
        actor, "direct.sent", {**facts, "due": wish.due}, keys, context=MessageContext(), slot=wishes.ref_of(wish)
    )


async def _let_go(ctx: Context, actor: Actor) -> None:
    """Let the message hold its text no more: its button may have been meant by a word, and stands there still."""
    shown = await ctx.work.outbox.by_message(private_chat(actor.person.id), actor.message_id)
    if shown is not None:
        await ctx.work.outbox.update(shown.id, context=MessageContext())


async def _answered(ctx: Context, actor: Actor, context: MessageContext) -> Wish | None:
    """Return what this answers, if it still waits for this person."""
    mine = await wishes.open_to(ctx, actor.member)
    return next(
        (one for one in mine if str(one.id) == context.what and one.member_id == context.the(AboutMember).to), None
    )


async def _answer(ctx: Context, actor: Actor, to: Member, text: str) -> None:
    name = await name_of(ctx, actor.member)
    facts = {"name": name, "text": text, "town": await ctx.town_for(to.person_id, actor.group)}
    key = ctx.key("direct.answer", "direct", actor.group.id, f"{actor.member.id}:", name=name)
    await ctx.to_person(to.person_id, "direct.answer", facts, [[key]], about=actor.group.id)


async def drop(ctx: Context, actor: Actor, _action: Action) -> None:
    """Send nothing, and keep nothing of it."""
    if await held_by(ctx, actor) is not None:
        await _let_go(ctx, actor)
        await ctx.reply(actor, "direct.dropped", context=MessageContext())


ROUTES: Routes = (
    *buttons(Rank.INVITED, About.GROUP, direct=write, direct_whom=whom, direct_send=send, direct_drop=drop),
    *texts(Rank.INVITED, WORDS, direct=written),
    *texts(Rank.INVITED, Takes(Handling.ASK, sent_out=True), direct_out=written),
)
