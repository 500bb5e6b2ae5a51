"""The way on: nobody's chat ends in a message without a button while something waits for them.

This holds for all that the bot says in private, unasked or in answer. It is seen to at the end of a turn, when it is
known what was said last and what waits.
"""

from bot.assembly import asked_questions, inbox
from bot.context.context import Context
from bot.context.sealed_actions import private_scope
from bot.context.stored_messages import keyboard
from storage.records.records import Person


async def show(ctx: Context) -> None:
    """Put the way to what waits under the last message of everybody who was told something that leads nowhere."""
    for person_id, id in ctx.last_told.items():
        item = await ctx.work.outbox.lookup(id) if id is not None else None
        person = await ctx.work.people.get(person_id)
        if item is None or item.state != "queued" or not await _something_waits(ctx, person):
            continue
        keys = keyboard(ctx.services.buttons, private_scope(person), [[ctx.key("what_waits", "answers")]])
        await ctx.work.outbox.update(item.id, content={**item.content, "keyboard": keys})
    ctx.last_told.clear()


async def _something_waits(ctx: Context, person: Person) -> bool:
    """True if something waits for this person; not if they are just being asked for a text, which comes first."""
    questions = await asked_questions.open_questions(ctx, person)
    if any(not question.prompt.interrupted for question in asked_questions.asked_now(ctx, questions)):
        return False
    return bool(questions) or await inbox.anything(ctx, person)
