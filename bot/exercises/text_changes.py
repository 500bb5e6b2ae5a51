"""Changes of a text since an organisation answered about it, read from the history of its parts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.context.context import Context
from bot.exercises import approved_texts
from bot.exercises.row_links import row_names
from bot.views.changes import replaced
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, answer_key, cut
from flows.run.state import Phase, Run
from flows.values import Value
from messages.structure.blocks import Inline, Span
from storage.records.records import Row

WORDS = 200  # characters of an answer that is shown as it was and as it is; of a longer one only that it has changed
TITLE = 60


async def since_answer(ctx: Context, scene: Scene, run: Run, member: int) -> list[Inline]:
    """Return what the text says otherwise since this member's organisation answered last, a line each.

    Nothing if it has been changed back, or was answered under a version that did not keep when.
    """
    then, found = await approved_texts.answered_at(ctx, scene.group, run, member), list[Inline]()
    if then is None:
        return found
    for part in (ctx.services.process.exercises[name] for name in run.exercise.approves):
        named = replace(scene, rows=await row_names(ctx, scene.group, part))
        view = ExerciseView(ctx.services.voice, named, part)
        of_part = _in_answers if part.register is None else _in_list
        found += [(Span(f"{view.words['title']} – "), *line) for line in await of_part(ctx, view, then)]
    return found


async def _in_list(ctx: Context, view: ExerciseView, then: datetime) -> list[Inline]:
    lines = []
    for row in await ctx.work.rows.of_registers(view.scene.group.id, [view.exercise.id]):
        olds = [version for version in await ctx.work.rows.history(row.id) if version.changed_at <= then]
        old, new = _there(olds[-1] if olds else None), _there(row)
        if old is not None and new is not None:
            changes = _changes(view, old.values, new.values)
            lines += [(Span(f"{cut(view.row_title(new), TITLE)}, "), *one) for one in changes]
        elif old is not None or new is not None:
            lines.append(replaced(*(cut(view.row_title(one), TITLE) if one else None for one in (new, old))))
    return lines


def _there(row: Row | None) -> Row | None:
    return None if row is None or row.state == "removed" else row


async def _in_answers(ctx: Context, view: ExerciseView, then: datetime) -> list[Inline]:
    """Return the lines about what the group writes together; a new round takes the place of the one before."""
    before, now = dict[str, Value](), dict[str, Value]()
    for record in await ctx.work.runs.of_exercise(view.scene.group.id, view.exercise.id):
        answers = await ctx.work.answers.for_group(record.id) if record.phase != Phase.ASIDE else []
        olds = {answer_key(a): [v for v in await ctx.work.answers.history(a.id) if v.at <= then] for a in answers}
        before = {key: versions[-1].value for key, versions in olds.items() if versions} or before
        now = {answer_key(answer): answer.value for answer in answers} or now
    return _changes(view, before, now)


def _changes(view: ExerciseView, before: Mapping[str, Value], now: Mapping[str, Value]) -> list[Inline]:
    """Return each field of the text that differs, as it was and as it is."""
    texts, lines = approved_texts.texts_of(view.exercise), []
    for key in dict.fromkeys((*before, *now)):
        question = key.partition("@")[0]
        if question not in texts or before.get(key) == now.get(key):
            continue
        new, old = (
            view.value(view.exercise.question(question), values[key]) if values.get(key) is not None else None
            for values in (now, before)
        )
        short = view.short(key, ", ")
        brief = max(len(new or ""), len(old or "")) <= WORDS
        lines.append((Span(f"{short}: "), *replaced(new, old)) if brief else (Span(short),))
    return lines
