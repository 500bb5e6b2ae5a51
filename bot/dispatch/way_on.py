"""The way on: nobody's chat ends in a message without a button while something waits for them.

This holds for all that the bot says in private, unasked or in answer. It is seen to at the end of a turn, when it is
known what was said last and what waits.
"""

from datetime import date

from bot.context.context import Context
from bot.context.sealed_actions import private_scope
from bot.dispatch import asked_questions
from bot.reminders.kinds import MANNER, POLL, SAY, UNMET
from flows.pacing import ReminderManner
from storage.records import OpenItem, Person, SeatState


async def show(ctx: Context) -> None:
    """Put the way to what waits under the last message of everybody who was told something that leads nowhere."""
    for person_id, id in ctx.last_told.items():
        item = await ctx.work.outbox.lookup(id) if id is not None else None
        person = await ctx.work.people.get(person_id)
        if item is None or item.state != "queued" or not await _something_waits(ctx, person):
            continue
        keyboard = ctx.keyboard(private_scope(person), [[ctx.key("what_waits", "answers")]])
        await ctx.work.outbox.update(item.id, content={**item.content, "keyboard": keyboard})
    ctx.last_told.clear()


async def _something_waits(ctx: Context, person: Person) -> bool:
    """True if something waits for this person; not if they are just being asked for a text, which comes first.

    What is about a round that was just handed in is brought up to date at the end of the transaction: it waits no more.
    """
    questions = await asked_questions.open_questions(ctx, person)
    if any(not question.prompt.interrupted for question in asked_questions.asked_now(ctx, questions)):
        return False
    if questions or await ctx.work.held_texts.of(person.id, ctx.today):
        return True
    handed_in = {f"run:{number}" for number in ctx.dirty_runs or ()}
    for item in await ctx.work.open_items.of_person(person.id):
        member, group = await ctx.work.members.get(item.member_id), await ctx.work.groups.get(item.group_id)
        if (
            member.state != SeatState.LEFT
            and group.state == "active"
            and item.ref not in handed_in
            and waits(item, ctx.today)
        ):
            return True
    return False


def waits(item: OpenItem, today: date) -> bool:
    """True if an open item waits for its person already, and is not of what will first be told on its day."""
    return item.due <= today or MANNER[item.kind] is ReminderManner.REMIND or item.kind in (SAY, POLL, UNMET)
