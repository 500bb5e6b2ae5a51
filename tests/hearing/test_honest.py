"""An honest answer passes undisturbed, though it sounds like something else: one for each exercise that takes words."""

import tomllib
from pathlib import Path

import pytest

from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Sure
from bot.identities.finder import kinds_in
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Question
from flows.enums import ExerciseRole
from flows.fields import TextField
from messages.language import Language

HONEST: dict[str, str] = tomllib.loads(Path(__file__).with_name("honest.toml").read_text(encoding="utf-8"))
SWEDISH = Language("sv")


def takes_words(exercise: Exercise) -> Question | None:
    """The first question of an exercise that is answered in words, or that words can be said about."""
    words = [question for question in exercise.questions if isinstance(question.field, TextField)]
    return next(iter([*words, *(question for question in exercise.questions if question.comment)]), None)


ASKED = {
    exercise.id: question
    for exercise in the_process().exercises.values()
    if exercise.role is not ExerciseRole.JOINING and (question := takes_words(exercise))
}


def test_each_exercise_has_one() -> None:
    """Whoever adds an exercise says what must not be disturbed in it."""
    assert HONEST.keys() == ASKED.keys()


@pytest.mark.parametrize("exercise", HONEST)
def test_it_is_an_answer_and_nothing_else(exercise: str) -> None:
    """It is kept at once: no cry, nobody who is away or asks for something, no command, no button's word, nobody who is
    pointed out."""
    said, question = HONEST[exercise], ASKED[exercise]
    heard = listen(said, generously=question.confides)
    assert heard is None or heard.sure is Sure.LEANS
    assert SWEDISH.own_words.heard(said, asked=True) is None
    assert not SWEDISH.command_in(said)
    assert not SWEDISH.moves(said)
    assert not SWEDISH.thanks(said)
    assert question.identities.concerns(kinds_in(said)) == ()
