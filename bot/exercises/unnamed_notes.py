"""Notes for a board, from unnamed answers: each line of each answer is one, by question.

If people write in small groups, a note also holds its group, so that what several groups have in common shows.
"""

from collections.abc import Iterable, Mapping

from bot.context.context import Context
from flows import board
from flows.answers import lines
from flows.board import Cluster
from flows.definitions.model import Exercise
from storage.records.records import Group

BOARD = "board"  # the kind of the activity state in which a board is kept, by its round
# Its phases: a question's notes are put together and then voted on, until all questions have been.
GROUPING, VOTING, DONE = "grouping", "voting", "done"

Notes = Mapping[str, list[tuple[str, str]]]  # by question: each note, and whose it is ("" where that is not told)


async def notes_of(ctx: Context, exercise: Exercise, run: int) -> Notes:
    """Return the notes that the group has been shown; questions without answers are left out."""
    said: dict[str, list[tuple[str, str]]] = {question.id: [] for question in exercise.questions}
    for answer in await ctx.work.answers.for_group(run):
        if answer.question in said:
            owner = answer.owner if exercise.teams else ""
            said[answer.question] += [(line, owner) for line in lines(str(answer.value))]
    return {question: notes for question, notes in said.items() if notes}


def in_common(cluster: Cluster, notes: Iterable[tuple[str, str]]) -> int:
    """Return how many small groups have a note in this cluster; several make it a common denominator."""
    return len({owner for note, owner in notes if owner and note in cluster.notes})


async def left_on_board(ctx: Context, group: Group, exercise: Exercise) -> list[str]:
    """Return what the latest round's board still waits for, a sentence each: this question, and those after it."""
    record = await ctx.work.runs.latest(group.id, exercise.id)
    state = await ctx.work.activity_states.state(group.id, BOARD, str(record.id)) if record else None
    if state is None or state["phase"] == DONE:
        return []
    words, label = ctx.services.voice.exercise(exercise.id), ctx.services.voice.label
    this, *rest = state["order"][state["at"] :]
    dots = sum(len(mine) for mine in board.from_json(state["boards"][this]).dots.values())
    most = board.DOTS * len(await ctx.work.members.active(group.id, roles=exercise.who))
    facts = {"short": words[f"question.{this}.short"], "voting": state["phase"] == VOTING, "dots": dots, "most": most}
    to_come = [label("board_to_come", {"short": words[f"question.{question}.short"]}) for question in rest]
    return [label("board_open", facts), *to_come]


async def boards_laid(ctx: Context, group: Group) -> list[int]:
    """Return the rounds whose notes lie on a board that is not done."""
    boards = await ctx.work.activity_states.of_kind(group.id, BOARD)
    return [int(run) for run, state in boards.items() if state["phase"] != DONE]
