"""What the engine can say is worded, all of it, and who sees an answer is said as it is."""

from typing import cast

from bot.exercises.message_views import VIEWS
from bot.views.exercise import ExerciseView
from bot.views.names import Scene
from flows.definitions.loader import the_process
from flows.enums import Audience, How
from flows.run import effects
from flows.run.effects import Finished, Say
from messages.voice import the_voice
from storage.records.records import Group

# Said in another way: to the group, or as a sentence beside the dialogue.
ELSEWHERE = {effects.ShowMissing, effects.ConclusionWritten, effects.Talked, effects.Refused}


def test_each_kind_of_message_has_a_view() -> None:
    """A kind of message that nobody words would fail only when it is first said."""
    kinds = {kind for kind in vars(effects).values() if isinstance(kind, type) and issubclass(kind, Say)}
    assert kinds - {Say, Finished} == VIEWS.keys() | ELSEWHERE


def test_whoever_shares_a_sheet_is_told_that_others_read_along() -> None:
    """Under each question for the group it says that it is seen at once if somebody else has the same sheet, and not if
    everybody has one of their own; in full, too."""
    told, nobody = set[How | bool](), Scene(cast("Group", None), {}, {})  # who sees an answer is asked of no group
    for exercise in the_process().exercises.values():
        view, alone = ExerciseView(the_voice("sv"), nobody, exercise), exercise.how is How.EACH and not exercise.teams
        for question in exercise.questions:
            if question.audience is Audience.GROUP and not exercise.private:
                told |= {exercise.how, bool(exercise.teams)}
                for said in (view.mark(question), view.audience(question)):
                    assert ("direkt" in said) is not alone, (exercise.id, question.id, said)
    assert told == {How.EACH, How.ORG, How.GROUP, How.ROWS, False, True}
