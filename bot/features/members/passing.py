"""What is said in passing: a message that leaves its chat by itself within a minute or so.

Until then a row of the schedule waits, which tells nobody's chat: whose it is and which message is sealed in it.
"""

from datetime import timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.sealed_actions import Action
from messages.voice import TemplateFacts
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import OutboxKind, private_chat
from storage.records.schedule import Due

KIND: Final = "passing"
STAYS: Final = timedelta(minutes=1)


async def say(ctx: Context, actor: Actor, name: str, facts: TemplateFacts) -> None:
    """Say it in the person's private chat, in Telegram alone; no telephone sounds."""
    note = AnswerNote(Purpose.PASSING, group=actor.group.id, person=actor.person.id)
    await ctx.to_person(actor.person.id, name, facts, aside=True, silent=True, reply=note)


async def said(ctx: Context, note: AnswerNote, message_id: int) -> None:
    """Note that it stands there, under this number."""
    ref = ctx.services.buttons.seal(KIND, Action(KIND, message_id, note.person))
    await ctx.work.schedule.put(KIND, ctx.now + STAYS, ref=ref)


async def over(ctx: Context, due: Due) -> None:
    """Take it away; nothing of it stays in the schedule."""
    await ctx.work.schedule.forget(due.id)
    if action := ctx.services.buttons.open(KIND, due.ref):
        chat = private_chat(action.ask)
        await ctx.work.outbox.put(chat, OutboxKind.DELETE, {}, about=None, message_id=action.run)
