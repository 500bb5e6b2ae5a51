"""Strangers: people or groups that find the bot, or flood it, and of whom nothing is kept.

They get a fixed text – with where to turn, as it may be someone in need – which is sent directly and not through the
outbox; no row is made for them, and what they wrote is forgotten; that they cried for help is in memory for ten
minutes. A person becomes known by a link that the bot has given out, a group by a code.
"""

from bot.assembly import command_keys
from bot.assembly.chat_commands import ALWAYS, RING, help_lines
from bot.assembly.private_text import Arrived
from bot.channel.updates import Written
from bot.context import invitations
from bot.context.context import Context
from bot.context.sealed_actions import LINK, Action
from bot.features.help import menus
from bot.features.members import activation, arrival, membership, moving
from bot.features.registers import printed_card
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen, listen_at_last
from storage.records.records import Reach, is_own_number


async def in_need(ctx: Context, arrived: Arrived) -> bool:
    """Answer a stranger in need, or who has seen somebody who is; a link is followed instead."""
    said = arrived.said
    begins = said.command == "start" and ctx.services.buttons.open(LINK, said.arguments) is not None
    if arrived.person is not None or begins:
        return False
    text = said.arguments if said.command is not None else said.text
    heard = listen(text, generously=True) or listen_at_last(text)
    if heard is None:
        return said.command is None and not said.edited and care.follows_of_stranger(ctx, said.chat.id)
    care.stranger(ctx, said.chat.id, heard)
    return True


async def link(ctx: Context, arrived: Arrived) -> bool:
    """Say of a stranger's link why it leads nowhere; one of ours makes them known."""
    said = arrived.said
    if arrived.person is not None or said.command != "start" or not said.arguments or said.edited:
        return False
    action = ctx.services.buttons.open(LINK, said.arguments)
    if refusal := await _refusal(ctx, action, said.arguments):
        ctx.to_stranger(said.chat.id, refusal)
        return True
    arrived.person = await ctx.work.people.ensure(said.sender.user_id)
    return False


async def _refusal(ctx: Context, action: Action | None, token: str) -> str | None:
    """Return the name of the message that answers a link which leads no further; None for one that does."""
    if action is None:
        return "start.bad_link"
    if action.verb == activation.VERB:
        return "start.code_here"
    if action.verb == printed_card.VERB:  # which needs nobody to be known
        return f"card.{await printed_card.state(ctx, action)}"
    if action.verb != invitations.VERB:
        return None
    found = await ctx.work.links.find(token)
    if found is not None and found.state == "valid":
        return None
    return "link.used" if found is not None and found.state == "used" else "link.expired"


async def anything(ctx: Context, arrived: Arrived) -> bool:
    """Tell a stranger where to turn, and by a command how people come to us. Whoever is known can be reached now."""
    said = arrived.said
    if arrived.person is not None:  # they may have pressed Start before they were known
        arrived.person = await membership.reach(ctx, arrived.person, Reach.REACHABLE)
        return False
    if said.command is None and not said.edited:
        own, abroad = command_keys.asks_for_own(ctx, said.text), care.abroad(ctx, said.text)
        menus.answer_stranger(ctx, said.chat.id, own=own, abroad=abroad)
    elif not said.edited:
        menus.help_stranger(ctx, said.chat, None if said.command == RING else [])
    return True


async def in_group(ctx: Context, said: Written) -> None:
    """Answer a command in a group that the bot does not serve, or not yet."""
    chat, thread, command = said.chat, said.thread, said.command
    if command is None or said.edited:
        return
    if not said.sender.known:
        ctx.to_stranger(chat.id, "group.be_yourself", thread=thread)
    elif command in ("start", "aktivera") and said.arguments:
        if not await moving.arrive(ctx, chat, said.arguments, said.sender, thread):
            await arrival.try_code(ctx, chat, said.arguments, said.sender, thread)
    elif command not in ALWAYS and (moved := await moving.went_from(ctx, chat.id)):
        facts = {"title": moved.title, "url": None, "back": False, "page": is_own_number(moved.chat_id)}
        ctx.to_stranger(chat.id, "move.left", facts, thread=thread)
    elif command in ALWAYS:
        lines = None if command == RING else help_lines(ctx.services.voice)
        menus.help_stranger(ctx, chat, lines, thread)
    else:
        ctx.to_stranger(chat.id, "group.needs_code", {"bot": ctx.services.username}, thread=thread)
