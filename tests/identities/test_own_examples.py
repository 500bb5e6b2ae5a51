"""What the bot itself offers as an answer is not asked back as something that points somebody out."""

import pytest

from bot.identities.finder import kinds_in
from flows.definitions.loader import the_process
from flows.definitions.model import Question
from messages.voice import the_voice

EXAMPLES = [
    pytest.param(question, example.text, id=f"{exercise.id}.{question.id}.{example.number}")
    for exercise in the_process().exercises.values()
    for question in exercise.questions
    for example in the_voice().exercise(exercise.id).examples(question.id)
]


@pytest.mark.parametrize(("question", "example"), EXAMPLES)
def test_an_example_points_nobody_out(question: Question, example: str) -> None:
    """An example of a group or an actor that is taken over, or written in its words, is saved at once."""
    assert question.identities.concerns(kinds_in(example)) == ()
