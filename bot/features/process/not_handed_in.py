"""Tells whoever has answered in an exercise and not handed it in, when it ends, that it is not in the result."""

from bot.context.context import Context
from bot.context.events import ExerciseConcluded
from bot.reminders.next_message import hearing
from storage.records.records import Group


async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Tell them in private, without a sound: it is too late to hand in, but not to say it."""
    record = await ctx.work.runs.get(happened.run)
    exercise = ctx.services.process.exercises[record.exercise]
    for member in await hearing(ctx, [await ctx.work.members.get(number) for number in happened.unsent]):
        facts = {
            "title": ctx.services.voice.title_of(exercise.id),
            "town": await ctx.town_for(member.person_id, group),
            "unnamed": exercise.anonymous,
        }
        await ctx.to_member(member, "run.not_in", facts, silent=True)
