"""Messages in a private chat: commands, links followed, texts, edits, and what is not text."""

from bot.assembly import (
    deep_links,
    dispatch_commands,
    edited_texts,
    held_texts,
    reader_lists,
    strangers,
    to_asker,
    unasked_readers,
)
from bot.assembly.private_text import private_text
from bot.channel.updates import Written
from bot.context import abuse_limits
from bot.context.context import Context
from bot.context.events import TextPlaced
from bot.context.message import Message
from bot.context.sealed_actions import LINK
from bot.dispatch.readers import hear
from bot.features.journey import homes, memberships
from bot.features.members import membership
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from storage.records import Person, Reach


async def heard(ctx: Context, said: Written) -> None:
    """Handle a message in a private chat."""
    if not said.sender.known:
        return
    ctx.written = said.message_id
    person = await ctx.work.people.by_user(said.sender.user_id)
    if await _too_much(ctx, said, person):
        return
    person = person or await strangers.in_private(ctx, said)
    if person is None:
        return
    person = await membership.reach(ctx, person, Reach.REACHABLE)  # they may have pressed Start before they were known
    if said.command is not None and not said.edited:
        await _command(ctx, said, person)
    elif said.media is not None:
        if not said.edited:  # such as a position that moves on
            await care.met(ctx, person, said.text)
            await unasked_readers.media(ctx, person, said)
    elif said.edited:
        await hear(ctx, reader_lists.EDITED, await edited_texts.edited_text(ctx, person, said))
    else:
        await hear(ctx, reader_lists.IN_PRIVATE, await private_text(ctx, person, said))
    if (line := ctx.beside.pop(person.id, "")) and said.command is None:  # under no receipt, as none was given
        await ctx.tell_person(person.id, Message(line, silent=True), beside=True)


async def _too_much(ctx: Context, said: Written, person: Person | None) -> bool:
    """True for more messages than anybody writes by hand, or links tried one after the other. It is told once."""
    bad_link = (
        said.command == "start" and bool(said.arguments) and ctx.services.buttons.open(LINK, said.arguments) is None
    )
    what = abuse_limits.LINKS if bad_link else abuse_limits.MESSAGES
    who = said.sender.user_id
    if ctx.services.limits.over(what, who, ctx.now) is None:
        ctx.services.limits.count(what, who, ctx.now)
        return False
    if person is not None and ctx.services.limits.should_tell(what, who, ctx.now):
        await ctx.to_person(person.id, "slower")
    return True


async def _goes_on(ctx: Context, person: Person, said: Written) -> bool:
    """Answer a cry for help after a command; False if that is then still. What logs what was seen goes on."""
    assert said.command is not None
    logs = dispatch_commands.logs(said.command) and (heard := listen(said.arguments)) is not None and heard.seen
    cries = not logs and await care.met(ctx, person, said.arguments) is not None
    return not cries or dispatch_commands.goes_on_after_cry(said.command)


async def _command(ctx: Context, said: Written, person: Person) -> None:
    assert said.command is not None
    await held_texts.end_pieces(ctx, person)
    begins = said.command == "start" and bool(said.arguments)
    if begins and (action := ctx.services.buttons.open(LINK, said.arguments)):
        await deep_links.follow(ctx, person, said, action)
        return
    if not await _goes_on(ctx, person, said):
        return
    if begins and not memberships.named(await homes.seats(ctx, person), said.arguments):
        await ctx.to_person(person.id, "start.bad_link")
        return
    await dispatch_commands.in_private(ctx, person, said.command, said.arguments, said.message_id)


async def placed(ctx: Context, happened: TextPlaced) -> None:
    """Take a held text, now that the person has said what it answers."""
    person = await ctx.work.people.get(happened.person)
    if (said := await to_asker.placed(ctx, person, happened)) is not None:
        text = await private_text(ctx, person, said)
        text.answers_nothing()
        await hear(ctx, reader_lists.IN_PRIVATE, text)
