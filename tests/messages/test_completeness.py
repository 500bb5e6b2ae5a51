"""Words: a missing, unused or too long one is found, and told with file and place."""

from pathlib import Path
from shutil import copy

import pytest

from flows.definitions.loader import load_process
from flows.definitions.model import Band, Exercise, ForEach, Gap, Question, Register, Verdict
from flows.enums import Audience, How
from flows.fields import ChoiceField, ScaleField, TextField
from messages.completeness import of_exercise, of_process
from messages.language import HERE
from messages.voice import Voice

EXERCISE = Exercise(
    id="sample",
    serves=("0.1",),
    how=How.EACH,
    minutes=5,
    conclusion=True,
    questions=(
        Question("sure", ChoiceField(options=("yes", "no")), Audience.GROUP),
        Question("ready", ScaleField(), Audience.GROUP),
        Question("why", TextField(), Audience.GROUP),
    ),
    parts=(
        ForEach(items=("hotel",)),
        Verdict("sum", (Band("low", 3), Band("high", None))),
        Register("sure", gaps=(Gap("size", "count", low=1, high=2),)),
    ),
)
WORDS = """
title = "t"
lead = "l"
guide = "g"
discuss = "d"
conclusion = "c"
options = { yes = "Ja", no = "Nej" }
question.sure = { text = "t", short = "s", help = "h" }
question.why = { text = "t", short = "s" }
question.ready = { text = "t", short = "s", low = "l", high = "h", placeholder = "p" }
item.hotel = { title = "t", text = "t" }
verdict.low.text = "t"
verdict.high.text = "t"
gap.size.text = "t"
examples.why = ["e", { from = "w", text = "e" }]
tips = ["t"]
"""


def found(tmp_path: Path, words: str) -> list[str]:
    """Return what is wrong with these words for the sample exercise."""
    folder = tmp_path / "sv"
    folder.mkdir()
    copy(HERE / "sv" / "language.toml", folder)
    (folder / "0.1-sample.toml").write_text(words, encoding="utf-8")
    return of_exercise(EXERCISE, Voice("sv", tmp_path))


def test_complete(tmp_path: Path) -> None:
    """Nothing is said against words that are all there."""
    assert found(tmp_path, WORDS) == []


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('title = "t"', "title"),
        ('discuss = "d"', "discuss"),
        ('conclusion = "c"', "conclusion"),
        ('low = "l", ', "question.ready.low"),
        ('yes = "Ja", ', "question.sure.options.yes"),
        ('short = "s", help = "h"', "question.sure.short"),
        ('verdict.high.text = "t"', "verdict.high.text"),
        ('gap.size.text = "t"', "gap.size.text"),
        (', text = "t" }\nverdict', "item.hotel.text"),
    ],
)
def test_missing(tmp_path: Path, line: str, path: str) -> None:
    """Each word that an exercise cannot do without is missed."""
    start, line, end = WORDS.partition(line)
    assert line
    kept = " }\nverdict" if line.endswith("verdict") else 'help = "h"' if "help" in line else ""
    assert found(tmp_path, start + kept + end) == [f"sv/0.1-sample.toml: “{path}” is missing; add it"]


def test_unused(tmp_path: Path) -> None:
    """A word that nothing asks for is told, as it is likely a misspelt one."""
    (told,) = found(tmp_path, WORDS.replace('help = "h"', 'hlep = "h"'))
    assert told == "sv/0.1-sample.toml: nothing asks for “question.sure.hlep”; take it away, or mend its name"


@pytest.mark.parametrize(("word", "length"), [("short", 41), ("placeholder", 65)])
def test_too_long(tmp_path: Path, word: str, length: int) -> None:
    """What would be cut on a phone is told with its length."""
    old = f'{word} = "{word[0]}"'
    (told,) = found(tmp_path, WORDS.replace(old, f'{word} = "{"å" * length}"', 1))
    assert f"is {length} characters long; make it {length - 1} at most" in told


def test_file_missing(tmp_path: Path) -> None:
    """An exercise without any words is told once, not word by word."""
    (tmp_path / "sv").mkdir()
    copy(HERE / "sv" / "language.toml", tmp_path / "sv")
    assert len(of_exercise(EXERCISE, Voice("sv", tmp_path))) == 1


def test_what_we_ship() -> None:
    """Every word of every exercise is there, and nothing stands there for nothing."""
    assert of_process(load_process(), Voice("sv")) == []
