"""What an exercise lacks before its round is ended: of a list, a board, an approval or a text, in sentences."""

from bot.context.context import Context
from bot.exercises import approved_texts, unnamed_notes
from bot.exercises.runner import load, present_of, scene_of, values_of_group
from flows.definitions.model import Exercise
from flows.dialogue.days_in_order import goes_by, out_of_order
from flows.enums import How
from storage.records.records import Group


async def gaps_of(ctx: Context, group: Group, exercise: Exercise) -> list[str]:
    """Return what a list or a board lacks, who has said no to a text, or days that do not fit, a sentence each."""
    if exercise.approves:
        scene, label = await scene_of(ctx, group), ctx.services.voice.label
        against = await approved_texts.refused(ctx, group, ctx.services.process.exercises[exercise.id])
        return [label("approval.refused", {"who": scene.owner(owner)}) for owner in against]
    if exercise.board:
        return await unnamed_notes.left_on_board(ctx, group, exercise)
    if exercise.how is How.GROUP:
        return await _days_astray(ctx, group, exercise)
    if exercise.register is None:
        return []
    rows = await ctx.work.rows.all(group.id, exercise.id)
    found = (await present_of(ctx, group, exercise)).gaps(rows, ctx.today)
    return found if rows or found else [ctx.services.voice.label("empty_list")]


async def _days_astray(ctx: Context, group: Group, exercise: Exercise) -> list[str]:
    """Return the days that do not fit each other in what the group has written, a sentence each."""
    record = await ctx.work.runs.latest(group.id, exercise.id)
    given = await values_of_group(ctx, load(ctx, record)) if record else {}
    words, label = ctx.services.voice.exercise(exercise.id), ctx.services.voice.label
    return [
        label(
            "out_of_order",
            {
                "why": why,
                "short": words[f"question.{id}.short"],
                "than": words[f"question.{goes_by(exercise, id)}.short"],
            },
        )
        for id, why in out_of_order(exercise, given, ctx.today).items()
    ]
