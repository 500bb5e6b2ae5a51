"""The words of the definitions are few, each with its users or a reason; what was said with more is still read."""

import re
import tomllib
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.definitions.definitions import exercise_of
from flows.definitions.loader import HERE, exercise_id, load_process, read_exercise
from flows.definitions.parts import Staging
from flows.toml_table import TomlTable

KEYS, PATHS = 82, 118  # see AUTHORING, “The words there are”, which says why where one of these rises
NAMES = {"when", "authors", "marks", "feeds", "done", "withheld", "shared", "spread", "likely"}
MENDED = {"incident", "1.1-icebreaker_cards", "town"}  # says more today than the same in other words
EARLIER = Path(__file__).parent / "earlier"
AUTHORING = (Path(__file__).parents[2] / "AUTHORING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def users() -> dict[str, set[str]]:
    """Every key that the program asks an exercise's file for, after its tables, and the files that have it.

    `NAMES` hold no keys but names of questions.
    """
    found: dict[str, set[str]] = defaultdict(set)
    get = TomlTable.get

    def noted(self: TomlTable, key: str, *args: Any, **options: Any) -> Any:
        tables = re.findall(r"\[+(\w+)\]+", self.place)
        if not self.place.startswith("process.toml") and not {*tables, self.place.split()[-1]} & NAMES:
            found[".".join([*tables, key])] |= {self.place.split()[0]} if key in self.data else set()
        return get(self, key, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TomlTable, "get", noted)
        load_process()
    return found


def top(users: dict[str, set[str]]) -> set[str]:
    """The keys of an exercise, a question and a register; others come with a table of their own."""
    return {key for key in users if re.fullmatch(r"(question\.|register\.)?\w+", key)}


def test_a_key_of_few_has_its_reason(users: dict[str, set[str]]) -> None:
    """A key that fewer than three exercises use is explained to whoever writes one, and no other is there."""
    told = AUTHORING.partition("| Key | Why it is one |")[2].partition("\n\n")[0]
    reasons = {key for row in told.splitlines() for key in re.findall(r"`([\w.]+)`", row.split("|")[1] if row else "")}
    assert reasons == {key for key in top(users) if len(users[key]) < 3}


def test_there_are_no_more_words_than_there_were(users: dict[str, set[str]]) -> None:
    """A new key takes the place of another, or AUTHORING says why there is one more. No key is nobody's."""
    assert (len(top(users)), len(users)) == (KEYS, PATHS)
    assert not [key for key, files in users.items() if not files]


@pytest.mark.parametrize("path", sorted(EARLIER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_round_begun_under_earlier_words_is_read(path: Path) -> None:
    """What a round keeps is a definition as it was: none of it is a mistake, and it asks what it did."""
    text = path.read_text(encoding="utf-8")
    found = read_exercise(exercise_id(path.name), text, "v1")
    today = read_exercise(exercise_id(path.name), (HERE / path.name).read_text(encoding="utf-8"), "v1")
    assert found.question_ids == today.question_ids
    asked = zip(today.questions, found.questions, strict=True)
    # What is new: what is answered in confidence, after which answers one is asked why, which titles are harmless.
    as_then = (replace(q, confides=False, ask_comment=b.ask_comment, ask_after=b.ask_after) for q, b in asked)
    parts = (replace(part, named=False) if isinstance(part, Staging) else part for part in today.parts)
    known = replace(today, questions=tuple(as_then), parts=tuple(part for part in parts if part != Staging()))
    assert found == known or path.stem in MENDED
    assert found.source == text


@pytest.mark.parametrize("path", sorted(EARLIER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_same_words_are_a_mistake_in_a_file(path: Path) -> None:
    """Whoever writes a definition today is told of a word that has gone."""
    mistakes: list[str] = []
    exercise_of(exercise_id(path.name), TomlTable(tomllib.loads(path.read_text(encoding="utf-8")), "", mistakes), "v1")
    assert mistakes
