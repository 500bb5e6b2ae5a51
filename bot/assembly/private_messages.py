"""Messages in a private chat: what readers at the door leave is heard as a text, or as the edit of one."""

from bot.assembly import edited_texts, reader_lists, to_asker
from bot.assembly.private_text import Arrived, private_text
from bot.channel.updates import Written
from bot.context.context import Context
from bot.context.events import TextPlaced
from bot.context.message import Message
from bot.dispatch.readers import hear
from bot.features.members import joining


async def heard(ctx: Context, said: Written) -> None:
    """Handle a message in a private chat."""
    if not said.sender.known:
        return
    ctx.written = said.message_id
    arrived = Arrived(said, await ctx.work.people.by_user(said.sender.user_id))
    taken, person = await hear(ctx, reader_lists.AT_THE_DOOR, arrived), arrived.person
    if person is None:
        return
    if not taken and said.edited:
        await hear(ctx, reader_lists.EDITED, await edited_texts.edited_text(ctx, person, said))
    elif not taken:
        text = await private_text(ctx, person, said)
        await hear(ctx, reader_lists.IN_PRIVATE, text)
        for group, member in text.promises:
            await joining.show_agreement(ctx, group, member)
    if (line := ctx.beside.pop(person.id, ())) and said.command is None:  # under no receipt, as none was given
        await ctx.tell_person(person.id, Message(line, silent=True), beside=True)


async def placed(ctx: Context, happened: TextPlaced) -> None:
    """Take a held text, now that the person has said what it answers."""
    person = await ctx.work.people.get(happened.person)
    if (said := await to_asker.placed(ctx, person, happened)) is not None:
        text = await private_text(ctx, person, said)
        text.answers_nothing()
        await hear(ctx, reader_lists.IN_PRIVATE, text)
