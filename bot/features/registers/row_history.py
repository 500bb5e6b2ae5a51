"""Shows what a row of a register has been: its versions, and what each of them changed."""

from collections.abc import Sequence

from bot.context.context import Actor, Context
from bot.exercises import runner
from bot.views.changes import replaced
from bot.views.exercise import ExerciseView
from bot.views.rows import NOTES, FieldLine
from flows.run.state import Run
from messages.language import SEPARATOR
from messages.voice import TemplateFacts
from storage.records.records import Row


async def show_history(ctx: Context, actor: Actor, run: Run, row: Row) -> None:
    """Show the versions of a row, with the fields that each of them changed."""
    present = await runner.present_of(ctx, actor.group, run.exercise)
    kept = await ctx.work.rows.history(row.id)
    register = run.exercise.register
    assert register is not None  # only registers have rows
    name = present.words[f"question.{register.title}.short"]
    shown = [
        [FieldLine(name, present.row_title(version)), *present.row_fields(version), *_beside(ctx, present, version)]
        for version in kept
    ]
    told = zip(kept, shown, [[], *shown], strict=False)
    versions = [
        {
            "n": version.version,
            "by": present.scene.member(version.author) if version.author else None,
            "on": version.changed_at.astimezone(ctx.services.zone).date(),
            "fields": _against(fields, before),
            "state": version.state,
        }
        for version, fields, before in told
    ]
    keys = [[ctx.key("back", "row", run.number, str(row.id))]]
    await ctx.reply(actor, "row.history", {"title": present.row_title(row), "versions": versions}, keys)


def _beside(ctx: Context, present: ExerciseView, version: Row) -> list[FieldLine]:
    """Return what a version has beside its answers: who has taken it on and until when, and what was said about it."""
    label = ctx.services.voice.label
    taken = present.scene.member(version.assignee) if version.assignee else None
    until = ctx.services.voice.rules.short_day(version.due) if version.due else None
    said = SEPARATOR.join(f"{note['by']}: {note['text']}" for note in version.values.get(NOTES, []))
    return [FieldLine(label("given_to"), taken), FieldLine(label("given_until"), until), FieldLine(label("said"), said)]


def _against(fields: Sequence[FieldLine], before: Sequence[FieldLine]) -> list[TemplateFacts]:
    """Return the fields of a version, with those marked that differ from the one before."""
    was = {field.short: field.value for field in before if field.value}
    found = list[TemplateFacts]()
    for field in fields:
        old, now = was.get(field.short), field.value
        if not (now or old):
            continue
        found.append({"short": field.short, "value": now if not before or now == old else replaced(now, old)})
    return found
