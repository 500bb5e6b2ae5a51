"""Readers at the door of a private chat: what is told before a message is heard as a text, or is none."""

from bot.assembly import deep_links, dispatch_commands, private_commands, unexpected_readers
from bot.assembly.private_text import Arrived
from bot.channel.updates import Written
from bot.context import abuse_limits
from bot.context.context import Context
from bot.context.refusals import refusals_told
from bot.context.sealed_actions import LINK
from bot.features.home import start_page
from bot.features.network import memberships
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from storage.records.records import Person


async def flood(ctx: Context, arrived: Arrived) -> bool:
    """Take more messages than anybody writes by hand, or links tried one after the other. It is told once."""
    said, person = arrived.said, arrived.person
    bad_link = (
        said.command == "start" and bool(said.arguments) and ctx.services.buttons.open(LINK, said.arguments) is None
    )
    what = abuse_limits.LINKS if bad_link else abuse_limits.MESSAGES
    who = said.sender.user_id
    if ctx.services.limits.allows(ctx.now, (what, who)):
        return False
    if person is not None and ctx.services.limits.should_tell(what, who, ctx.now):
        await ctx.to_person(person.id, "slower")
    return True


async def command(ctx: Context, arrived: Arrived) -> bool:
    """Carry out a command, or follow a link."""
    said, person = arrived.said, arrived.person
    if said.command is None or said.edited or person is None:
        return False
    await _carry_out(ctx, said, person, said.command)
    return True


async def media(ctx: Context, arrived: Arrived) -> bool:
    """Say that what is no text is not taken; the edit of such a thing, as a position that moves on, is nothing."""
    said, person = arrived.said, arrived.person
    if said.media is None or person is None:
        return False
    if not said.edited:
        await care.met(ctx, person, said.text)
        await unexpected_readers.media(ctx, person, said)
    return True


async def _carry_out(ctx: Context, said: Written, person: Person, name: str) -> None:
    care.goes_on(ctx, person)
    begins = name == "start" and bool(said.arguments)
    if begins and (action := ctx.services.buttons.open(LINK, said.arguments)):
        with refusals_told(ctx):
            await deep_links.follow(ctx, person, said, action)
        return
    if not await _goes_on(ctx, person, name, said.arguments):
        return
    if begins and not memberships.named(await start_page.seats(ctx, person), said.arguments):
        await ctx.to_person(person.id, "start.bad_link")
        return
    await private_commands.in_private(ctx, person, name, said.arguments, said.message_id)


async def _goes_on(ctx: Context, person: Person, name: str, arguments: str) -> bool:
    """Answer a cry for help after a command; False if that is then still. What logs what was seen goes on."""
    logs = dispatch_commands.logs(name) and (heard := listen(arguments)) is not None and heard.seen
    cries = not logs and await care.met(ctx, person, arguments) is not None
    return not cries or dispatch_commands.goes_on_after_cry(name)
