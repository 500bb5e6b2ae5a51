"""Hands wanted texts to the features that asked for them; one that points somebody out is held until confirmed."""

from collections.abc import Iterable
from dataclasses import replace

from bot.assembly.feature_routes import TEXTS
from bot.context import permissions
from bot.context.context import Actor, Context
from bot.context.message import matter_of
from bot.context.permissions import About, Rank
from bot.context.refusals import refusals_told
from bot.context.routes import Routes, Text, buttons
from bot.context.sealed_actions import Action
from bot.exercises import given_texts
from bot.features.identities import identity_search
from bot.features.network import memberships
from bot.features.process import unsaved_texts
from bot.features.wellbeing import care, direct_messages
from bot.features.wellbeing.hearing import is_meant_for_us
from flows.identities import NEVER_SENT, Identity
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Person, group_chat, private_chat


async def give(ctx: Context, actor: Actor, text: str, context: MessageContext, *, cries: bool = False) -> None:
    """Hand a text to the feature that asked for it; one that points somebody out is held until it is confirmed, or
    where that is refused asked for anew, without a word of it.

    It is kept, sealed, with the message that asks for confirmation, which names only the kinds found. So is one that
    `cries` for help, as it may be meant for the bot alone: then nothing is said of how it was written.
    """
    route, asked = TEXTS[context.want], replace(context, held=None)
    kinds = await _concerns(ctx, actor.group, route, text)
    if route.takes.handling is not None and route.takes.handling.refuses(kinds) and ctx.written is not None:
        await ctx.delete(actor.person.id, ctx.written, about=actor.group.id)
        await ctx.tell(actor, "not_kept", context=asked)
        return
    if not kinds and not cries:
        if route.takes.noted:
            await given_texts.note(ctx, actor, asked)
        ctx.untold = ""
        with refusals_told(ctx):
            await route.handler(ctx, actor, text, asked)
        if ctx.untold and not actor.in_group:  # why the text could not be taken, said as a notice over no tap
            await ctx.to_person(actor.person.id, "notice_lost", {"text": ctx.untold}, about=actor.group.id)
        return
    await _ask_whether(ctx, actor, text, context, kinds, cries=cries)


async def _concerns(ctx: Context, group: Group, route: Text, text: str) -> tuple[Identity, ...]:
    """Return the kinds of what points somebody out in a text that are to be asked about."""
    handling = route.takes.handling
    return handling.concerns(await identity_search.identities_in(ctx, group, text)) if handling is not None else ()


async def _ask_whether(
    ctx: Context, actor: Actor, text: str, context: MessageContext, kinds: Iterable[Identity], *, cries: bool
) -> None:
    """Ask whether a text is to stand as it was written, which is kept until then."""
    cries = cries or is_meant_for_us(text)  # also where no other member reads it by name, as in a check-in
    sends, kinds = TEXTS[context.want].takes.sent_out, tuple(kinds)
    never = sends and not NEVER_SENT.isdisjoint(kinds)
    keys = [[ctx.key("rewrite", "reword", actor.group.id)]]
    if not never:
        keys[0].append(ctx.key("send_as_is" if sends else "save_as_is", "stands", actor.group.id))
    found = [ctx.services.voice.label(f"identity.{kind}") for kind in kinds]
    facts = {"kinds": found, "in_group": actor.in_group, "sends": sends, "never": never}
    held, name = replace(context, held=text), "care.read_by_others" if cries else "visit.identity"
    if cries and not actor.in_group:
        keys += await care.ways_to_ask(ctx, actor.person)
    if actor.in_group:
        await ctx.to_group(actor.group, name, facts, keys, context=held)
    else:
        await ctx.tell(actor, name, facts, keys, context=held, slot=_slot(held))


def _slot(context: MessageContext) -> str:
    return f"held:{matter_of(context)}"


async def go_on(ctx: Context, actor: Actor, action: Action) -> None:
    """Go on with a text that a feature asked for: it is asked for again, or what was written is shown once more."""
    prompt = await ctx.work.prompts.lookup(int(action.arg))
    if prompt is None or prompt.person_id != actor.person.id or not unsaved_texts.is_awaited(ctx, prompt):
        await ctx.tell(actor, "wanted_over")
        return
    asked = prompt.context
    if not await asked_of(ctx, actor.person, asked):
        await ctx.work.prompts.end(actor.person.id, prompt.matter)
    elif asked.held is None:
        what = await unsaved_texts.called(ctx, asked)
        keys = [[ctx.key("not_needed", "unwanted", actor.group.id, str(prompt.id))]]
        await ctx.tell(actor, "wanted", {"what": what}, keys, context=asked)
    else:
        shown = await ctx.work.outbox.latest(private_chat(actor.person.id), _slot(asked), actor.group.id)
        if shown is not None and shown.message_id and shown.context == asked:  # so that it is not saved twice
            await ctx.tell(actor, "wanted_below", edit=shown.message_id, context=MessageContext())
        kinds = await _concerns(ctx, actor.group, TEXTS[asked.want], asked.held)
        await _ask_whether(ctx, actor, asked.held, asked, kinds, cries=False)


async def not_needed(ctx: Context, actor: Actor, action: Action) -> None:
    """Wait no longer for a text that a feature asked for."""
    prompt = await ctx.work.prompts.lookup(int(action.arg))
    if prompt is None or prompt.person_id != actor.person.id:
        await ctx.reply(actor, "wanted_over")
        return
    await ctx.work.prompts.end(actor.person.id, prompt.matter)
    what = await unsaved_texts.called(ctx, prompt.context)
    await ctx.reply(actor, "cancelled", {"what": what})


async def stands(ctx: Context, actor: Actor, _action: Action) -> None:
    """Take the held text as it was written."""
    chat = group_chat(actor.group.id) if actor.in_group else private_chat(actor.person.id)
    asked = await ctx.work.outbox.by_message(chat, actor.message_id)
    if asked is None or asked.context.held is None:
        ctx.toast("old_button")
    elif wanted := await asked_of(ctx, actor.person, asked.context):
        text, context = asked.context.held, replace(asked.context, held=None)
        for prompt in await ctx.work.prompts.of(actor.person.id):
            if prompt.context == asked.context:
                await ctx.work.prompts.end(actor.person.id, prompt.matter)
        await _no_more_held(ctx, actor, "visit.stands", MessageContext(), sends=TEXTS[context.want].takes.sent_out)
        ctx.tapped = None
        with refusals_told(ctx):
            await TEXTS[context.want].handler(ctx, replace(wanted, in_group=actor.in_group), text, context)


async def reword(ctx: Context, actor: Actor, _action: Action) -> None:
    """Drop the held text, and wait for a new one."""
    chat = group_chat(actor.group.id) if actor.in_group else private_chat(actor.person.id)
    asked = await ctx.work.outbox.by_message(chat, actor.message_id)
    if asked is None or asked.context.held is None:
        ctx.toast("old_button")
        return
    await _no_more_held(ctx, actor, "visit.reword", replace(asked.context, held=None))


async def _no_more_held(ctx: Context, actor: Actor, name: str, context: MessageContext, *, sends: bool = False) -> None:
    facts = {"in_group": actor.in_group, "sends": sends}
    if actor.in_group:
        await ctx.to_group(actor.group, name, facts, edit=actor.message_id, context=context)
    else:
        await ctx.tell(actor, name, facts, edit=actor.message_id, context=context)


async def pass_on(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a text that nothing asked for as one to the person on the button: it goes the way of one that was."""
    shown = await direct_messages.held_by(ctx, actor)
    if shown is None or shown.held is None:
        return
    context = await direct_messages.asking(ctx, actor, action.arg)
    if context is None:
        await direct_messages.whom(ctx, actor, Action("direct_whom", actor.group.id))
        return
    await give(ctx, actor, shown.held, context)


async def asked_of(ctx: Context, person: Person, context: MessageContext) -> Actor | None:
    """Return the actor if this person may give the wanted text; else tell them that they may not."""
    group = await ctx.work.groups.get(context.group)
    member = await ctx.work.members.find(group.id, person.user_id)
    if member is None or group.state != "active" or not permissions.may(TEXTS[context.want].needs, member, group):
        await memberships.refuse(ctx, person, "start.not_yours", group)
        return None
    ctx.prove_for(TEXTS[context.want].needs)
    return Actor(person, group, member)


ROUTES: Routes = buttons(
    Rank.INVITED, About.GROUP, stands=stands, reword=reword, wanted=go_on, unwanted=not_needed, say_to=pass_on
)
