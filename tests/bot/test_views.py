"""What the engine can say is worded, all of it."""

from bot.exercises.message_views import VIEWS
from flows.run import effects
from flows.run.effects import Finished, Say

# Said in another way: to the group, or as a sentence beside the dialogue.
ELSEWHERE = {effects.ShowMissing, effects.ConclusionWritten, effects.Talked, effects.Refused}


def test_each_kind_of_message_has_a_view() -> None:
    """A kind of message that nobody words would fail only when it is first said."""
    kinds = {kind for kind in vars(effects).values() if isinstance(kind, type) and issubclass(kind, Say)}
    assert kinds - {Say, Finished} == VIEWS.keys() | ELSEWHERE
