"""Strangers: people or groups that find the bot, or flood it, and of whom nothing is kept.

They get a fixed text – with where to turn, as it may be someone in need – which is sent directly and not through the
outbox; no row is made for them, and what they wrote is forgotten. A person becomes known by a link that the bot has
given out, a group by a code.
"""

from bot.assembly.chat_commands import ALWAYS, RING, help_lines
from bot.channel.updates import Written
from bot.context import invitations
from bot.context.context import Context
from bot.context.routes import Menu
from bot.context.sealed_actions import LINK
from bot.features.help import menus
from bot.features.members import activation, arrival, moving
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from storage.records import Person, is_own_number


async def in_private(ctx: Context, said: Written) -> Person | None:
    """Answer an unknown person. Returns the person if they bring a link of the bot's."""
    chat = said.chat
    if _cries(ctx, said):
        return None
    if said.command == "start" and said.arguments and not said.edited:
        action = ctx.services.buttons.open(LINK, said.arguments)
        link = await ctx.work.links.find(said.arguments) if action and action.verb == invitations.VERB else None
        if action is None:
            ctx.to_stranger(chat.id, "start.bad_link")
        elif action.verb == activation.VERB:
            ctx.to_stranger(chat.id, "start.code_here")
        elif action.verb == invitations.VERB and (link is None or link.state != "valid"):
            ctx.to_stranger(chat.id, "link.used" if link and link.state == "used" else "link.expired")
        else:
            return await ctx.work.people.ensure(said.sender.user_id)
    elif not said.edited:
        menus.help_stranger(ctx, chat, None if said.command == RING else [])
    return None


def _cries(ctx: Context, said: Written) -> bool:
    """Answer a stranger in need, or who has seen somebody who is; False for anything else, and for a link."""
    begins = said.command == "start" and ctx.services.buttons.open(LINK, said.arguments) is not None
    heard = None if begins else listen(said.arguments if said.command is not None else said.text)
    if heard is not None:
        care.stranger(ctx, said.chat.id, heard)
    return heard is not None


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
        lines = None if command == RING else help_lines(ctx.services.voice, Menu.GROUP)
        menus.help_stranger(ctx, chat, lines, thread)
    else:
        ctx.to_stranger(chat.id, "group.needs_code", {"bot": ctx.services.username}, thread=thread)
