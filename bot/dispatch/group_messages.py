"""Messages in a group's chat: commands, and replies to the bot's messages. Ordinary talk is ignored."""

from dataclasses import replace
from typing import Final

from bot.channel.updates import Chat, Written
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import May, Rank, asked_anew, may, rank_of
from bot.context.plain_text import fingerprint
from bot.context.routes import Command
from bot.context.sealed_actions import Action
from bot.dispatch import button_questions, chat_commands, dispatch_commands, edited_texts, held_texts, strangers
from bot.dispatch.chat_commands import ALWAYS, COMMANDS
from bot.dispatch.dispatch_texts import give
from bot.dispatch.feature_routes import TEXTS
from bot.exercises import runner
from bot.exercises.turn_context import MessageSource
from bot.features.approvals import written_consent
from bot.features.help import help_lines, menus
from bot.features.identities import identified
from bot.features.members import arrival, joining, moving
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import Sure, listen
from bot.features.wellbeing.hearing import Outcome, Where, decide
from bot.views.shared_buttons import join_key, our_chat_key
from flows.events import Edited, Wrote
from flows.state import Phase
from storage.message_notes import MessageContext
from storage.records import Group, Member, Outgoing, Reach, group_chat

RECENT: Final = 50  # messages among which a copy is looked for


async def heard(ctx: Context, said: Written) -> None:
    """Handle a message in a group's chat."""
    if said.command is None and said.reply_to is None:
        return  # ordinary talk, which the bot does not even get with privacy mode on
    group = await ctx.work.groups.by_chat(said.chat.id)
    lost = group.state == "away" if group else said.command is not None and await _is_new(ctx, said.chat)
    if lost:  # the bot hears it, so it is in the chat: the update that it was added must have been lost
        await arrival.added(ctx, said.chat, said.sender)
        group = await ctx.work.groups.by_chat(said.chat.id)
    if group is None or group.state != "active":
        await strangers.in_group(ctx, said)
        return
    if not said.sender.known:
        if said.command is not None and _is_ours(said):
            await ctx.to_group(group, "group.be_yourself", thread=said.thread)
        return
    if said.thread != group.thread_id and said.command is not None and _is_ours(said):
        group = await ctx.work.groups.update(group.id, thread_id=said.thread)
    ctx.written = said.message_id
    if said.command is not None and not said.edited:
        await _command(ctx, group, said)
    elif said.edited and await _edited(ctx, group, said):
        pass
    elif said.reply_to is not None:
        await _replied(ctx, group, said)


async def _is_new(ctx: Context, chat: Chat) -> bool:
    """True if the bot may serve a chat that it does not know, and that no group of its own has moved away from."""
    return arrival.is_welcome(ctx, chat) and await moving.went_from(ctx, chat.id) is None


def _is_ours(said: Written) -> bool:
    """True if a command is one of ours, or addressed to us; any other may be meant for another bot in the group."""
    return said.addressed or said.command in COMMANDS


async def _command(ctx: Context, group: Group, said: Written) -> None:
    assert said.command is not None
    command = COMMANDS.get(said.command)
    if said.command in ("start", "aktivera") and said.arguments:
        if await moving.arrive(ctx, said.chat, said.arguments, said.sender, said.thread):
            return
        await ctx.to_group(group, "group.already_active")
        return
    if said.command in ALWAYS:
        await chat_commands.help_group(ctx, group, said.command)
        return
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    if await _met(ctx, group, member, said, said.arguments) and not dispatch_commands.goes_on_after_cry(said.command):
        return
    if command is None:
        if said.addressed:
            await ctx.to_group(group, "unknown_command")
    elif (member is None or member.state == "left") and await joining.proven(ctx, group, said.sender):
        return
    elif member is None or rank_of(member, group) < _least_in_chat(command):
        await _join_first(ctx, group, said)
    elif command.in_group and command.handler is not None:
        person = await ctx.work.people.get(member.person_id)
        text = said.arguments or (said.quoted if command.quotes else "")
        await command.handler(ctx, Actor(person, group, member, in_group=True), text)
    elif command.name == "incident":  # not here: what is written in a group stays on everybody's phone
        key = Key(ctx.services.voice.label("log"), url=ctx.link(Action("log", group.id)))
        facts = {"turn": await menus.turn_of(ctx, group), "written": bool(said.arguments)}
        await ctx.to_group(group, "group.incident", facts, [[key]])
    else:
        await ctx.to_group(
            group,
            "group.in_private",
            {"command": ctx.services.voice.rules.called(command.name), "written": bool(said.arguments)},
            [[our_chat_key(ctx, group)]],
        )


def _least_in_chat(command: Command) -> Rank:
    """Return the rank from which somebody who writes a command in the group's chat is no newcomer there."""
    needs = command.needs
    return Rank.MEMBER if isinstance(needs, May) else min(max(needs, Rank.NETWORK), Rank.MEMBER)


async def _join_first(ctx: Context, group: Group, said: Written) -> None:
    """Tell somebody who has no seat how to join, and where to turn, as they may need help."""
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    if member is not None and asked_anew(member):
        written = said.command is None or bool(said.arguments or said.quoted)
        await _promise_first(ctx, group, member, written=written)
        return
    facts = {"name": said.sender.name, "turn": await menus.turn_of(ctx, group)}
    await ctx.to_group(group, "group.join_first", facts, [[join_key(ctx, group)]])


def _asks(context: MessageContext) -> bool:
    """True if a message with this context asked for a text."""
    return context.want in TEXTS or bool(context.key and context.run)


async def _copied(ctx: Context, group: Group, said: Written) -> MessageContext:
    """Return the context of a bot's message whose number is unknown, as when Telegram took it but no result came.

    The newest one with the same words is meant.
    """
    words = fingerprint(said.quoted)
    copies = (one.context for one in await _asked_in(ctx, group) if one.context.words == words)
    return next(copies, MessageContext())


async def _asked_in(ctx: Context, group: Group) -> list[Outgoing]:
    """Return the latest messages in a group's chat that ask for a text, the newest first."""
    return [one for one in await ctx.work.outbox.recent(group_chat(group.id), RECENT) if _asks(one.context)]


async def _pointed_out(ctx: Context, group: Group, said: Written) -> bool:
    """Point out the open question to whoever has replied to a message that is unknown; False if there is none."""
    for one in await _asked_in(ctx, group):
        if one.message_id is not None and await _is_open(ctx, one.context):
            await ctx.to_group(group, "group.reply_here", thread=said.thread, reply_to=one.message_id)
            return True
    return False


async def _is_open(ctx: Context, context: MessageContext) -> bool:
    """True if the question is still open."""
    record = await ctx.work.runs.lookup(context.run) if context.run else None
    return record is None or record.phase in (Phase.OPEN, Phase.REVEALED)


async def _edited(ctx: Context, group: Group, said: Written) -> bool:
    """Take the edit of a command, or of a reply that gave a decision or a to-do; False for any other reply."""
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    if said.command is not None and await _met(ctx, group, member, said, said.text):
        return True
    if member is not None and await edited_texts.in_group(ctx, group, member, said):
        return True
    return said.command is not None


async def _met(
    ctx: Context, group: Group, member: Member | None, said: Written, text: str, where: Where = Where.NOTHING
) -> bool:
    """Answer somebody in need with numbers, in private as well if they can be reached; it becomes no answer.

    What only leans to fear is said to all there already, and is no cry. Nothing can be shown back here unseen.
    """
    heard = listen(text)
    if heard is None or heard.sure is Sure.LEANS or decide(heard, where) is Outcome.KEEP:
        return False
    facts = {"seen": heard.seen, "lines": help_lines.to_talk_to(ctx)}
    await ctx.to_group(group, "care.in_group", facts, thread=said.thread, reply_to=said.message_id)
    if member is not None and (person := await ctx.work.people.get(member.person_id)).reach == Reach.REACHABLE:
        await care.answer(ctx, person, heard)
    return True


async def _where(ctx: Context, group: Group, context: MessageContext) -> Where:
    """Return what a reply to a message with this context is written for."""
    if not _asks(context):
        return Where.NOTHING
    record = await ctx.work.runs.lookup(context.run) if context.run else None
    confides = record is not None and runner.load(ctx, record).confides(context.key)
    return Where.MEANT if confides else Where.QUESTION


async def _not_here(ctx: Context, group: Group, said: Written) -> None:
    """Say, once a day, that a reply to a message that asks for none was not kept: it may be meant as an answer."""
    slot = f"not_here:{ctx.today}"
    if await ctx.work.outbox.latest(group_chat(group.id), slot) is None:
        keys = [[our_chat_key(ctx, group)]]
        await ctx.to_group(group, "group.not_here", keys=keys, slot=slot, reply_to=said.message_id)


async def _hold_in_private(
    ctx: Context, group: Group, member: Member, said: Written, asked: MessageContext, heard: written_consent.Heard
) -> None:
    """Hold what a reply to a decision has left to be placed: a reason, or all of it while a new promise waits."""
    person = await ctx.work.people.get(member.person_id)
    apart = replace(said, message_id=0)  # no message of their own chat
    if heard is written_consent.Heard.WITH_REASON:
        await held_texts.hold_reason(ctx, person, apart, asked)
    elif heard is written_consent.Heard.PROMISE_FIRST:
        question = await button_questions.asked(ctx, person, asked)
        kept = question is not None and await held_texts.hold(ctx, person, apart, [question])
        await _promise_first(ctx, group, member, written=True, kept=kept)


async def _promise_first(ctx: Context, group: Group, member: Member, *, written: bool, kept: bool = False) -> None:
    """Tell somebody in the group that a new promise waits for them. `kept`: what they have `written` waits with it."""
    facts = {"name": member.name, "written": written, "kept": kept}
    await ctx.to_group(group, "group.promise_first", facts, [[our_chat_key(ctx, group)]])


async def _replied(ctx: Context, group: Group, said: Written) -> None:
    """Take a reply to a message that asked for a text: the group's conclusion, or a shared answer."""
    assert said.reply_to is not None
    replied = await ctx.work.outbox.by_message(group_chat(group.id), said.reply_to)
    context = replied.context if replied else await _copied(ctx, group, said)
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    wanted = context.want in TEXTS and not said.edited
    if said.media is None and await _met(ctx, group, member, said, said.text, await _where(ctx, group, context)):
        return
    if said.media is not None or not (wanted or (_asks(context) and context.want not in TEXTS)):
        answer = said.media is None and not said.edited
        taken = await written_consent.in_group(ctx, group, member, said, context) if answer else None
        if taken is not None and member is not None:
            await _hold_in_private(ctx, group, member, said, context, taken)
            return
        if answer and (replied or not await _pointed_out(ctx, group, said)):
            await _not_here(ctx, group, said)
        return
    if member is None or rank_of(member, group) < Rank.MEMBER:
        await _join_first(ctx, group, said)
        return
    if wanted:
        if may(TEXTS[context.want].needs, member, group):
            person = await ctx.work.people.get(member.person_id)
            await give(ctx, Actor(person, group, member, in_group=True), said.text, context)
        return
    record = await ctx.work.runs.get(context.run)
    seen = context.seen
    if said.edited:
        given = await runner.given_by(ctx, said.chat.id, said.message_id)
        was, version = (str(given[0].value), given[1]) if given else ("", None)
        event: Wrote | Edited = Edited(member.id, said.text, context.key, ctx.today, ctx.dates, seen=version, was=was)
    else:
        event = Wrote(member.id, said.text, said.at, ctx.today, ctx.dates, context.key, said.long, seen)
    source = MessageSource(said.chat.id, said.message_id)
    event = await identified.seen(ctx, group, event, source)
    await runner.apply(ctx, group, record, event, by=member, source=source)
