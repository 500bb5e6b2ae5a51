"""What is said once, and kept nowhere: not even that it was said, or to whom.

It is for what would name its reader to somebody who has the file, or holds a key that no file is to have. It goes after
the commit: what is lost or refused is not said again. Whoever tells of an incident so seals the group's copies of chats
anew (`incidents.hide`).
"""

from dataclasses import replace
from functools import partial

from bot.context.context import PATIENT, Context
from bot.context.message import Message, numbered
from bot.context.sealed_actions import private_scope
from bot.context.stored_messages import content, for_seat, under_receipt
from storage.records.message_notes import MessageContext
from storage.records.outbox import FOLDED
from storage.records.records import OutboxKind, Outgoing, is_own_number, private_chat


async def tell_in_passing(ctx: Context, person_id: int, message: Message) -> None:
    """Say something to a person in passing."""
    person, chat = await ctx.work.people.get(person_id), private_chat(person_id)
    message = under_receipt(message, ctx.beside.pop(person_id, ()))
    message = await for_seat(ctx.services, ctx.work, person, message.with_keys(numbered(message.keys)))
    edit = message.edit
    item = Outgoing(
        id=ctx.work.outbox.reserve(),
        chat=chat,
        about=message.about,
        kind=OutboxKind.MESSAGE if edit is None else OutboxKind.EDIT,
        content=content(ctx.services.buttons, ctx.now, private_scope(person), message),
        slot=None,
        state="queued",
        priority=PATIENT,
        tries=0,
        not_before=ctx.now,
        message_id=edit,
        context=MessageContext(),
        reply=None,
        error=None,
        with_files=False,
        changed_at=ctx.now,
    )
    copies = ctx.work.chat_copies
    shown = None if edit is None else await copies.of_message(chat, edit)
    if shown is not None:  # what the page no longer shows does not come back to it
        folded = {name: at for name, at in shown.content.items() if name == FOLDED}
        await copies.take(replace(item, content=item.content | folded), edit)
    elif edit is None and is_own_number(person.user_id):
        await copies.take(item, item.id)
    ctx.work.after_commit.append(partial(ctx.services.in_passing, item))
