"""The texts that organisations approve (plan and routine): what they say now, and which version that is.

A text is what the group has written in several exercises. Its version follows from its words and nothing else: put back
as it was, it is that version again.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from bot.context.context import Context
from flows.model import Exercise, Process
from flows.state import Phase
from storage.records import Group


def approvals_of(process: Process, part: str) -> Iterator[Exercise]:
    """The exercises in which a text is approved that this exercise is a part of."""
    return (exercise for exercise in process.exercises.values() if part in exercise.approves)


async def mark(ctx: Context, group: Group, approval: Exercise) -> str:
    """What tells this wording of the text from every other."""
    words = [await _words(ctx, group, ctx.services.process.exercises[part]) for part in approval.approves]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]


async def _words(ctx: Context, group: Group, part: Exercise) -> list[Any]:
    """All of a part that is its text; how it goes (`follow_up`) and who has taken it on are not."""
    texts = [question.id for question in part.questions if not question.follow_up]
    if part.register is not None:
        rows = await ctx.work.rows.all(group.id, part.id)
        return [[row.number, {name: row.values.get(name) for name in texts}] for row in rows]
    for record in reversed(await ctx.work.runs.of_exercise(group.id, part.id)):
        answers = await ctx.work.answers.for_group(record.id) if record.phase != Phase.ASIDE else []
        if answers:  # a new round is the text from its first word on
            return [[answer.question, answer.item, answer.value] for answer in answers if answer.question in texts]
    return []
