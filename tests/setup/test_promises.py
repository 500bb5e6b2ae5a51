"""The page of promises names a test for every row, and every test that it names is there."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS / "PROMISES.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:[a-z]+/)?[a-z_]+)\.(\w+)`")
MOST = {
    "": 40,
    "T": 22,
    "C": 25,
    "S": 15,
    "R": 11,
    "W": 18,
    "N": 11,
    "F": 4,
    "M": 8,
    "I": 7,
    "Q": 2,
    "L": 10,
    "O": 5,
    "B": 8,
}
ROWS = [f"{table}{number}" for table, most in MOST.items() for number in range(1, most + 1)]
TRANSCRIPT = re.compile(r"`test_transcripts\.transcript` \(([^)]+)\)")


def row(id: str) -> str:
    """The page's line about a row."""
    (line,) = re.findall(rf"^\| {id} \|.*$", PAGE, flags=re.MULTILINE)
    return str(line)


@pytest.mark.parametrize("id", ROWS)
def test_every_row_has_a_test(id: str) -> None:
    """Each way to fail, each threat and each promise is held by at least one test."""
    assert NAMED.search(row(id))


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(PAGE))))
def test_every_test_that_is_named_is_there(file: str, name: str) -> None:
    """A promise that names a test which has been renamed or taken away is found."""
    folder, _, stem = file.rpartition("/")
    path = TESTS / folder / f"{stem if stem.startswith('test_') else f'test_{stem}'}.py"
    assert re.search(rf"^(?:async )?def test_{name}\(", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_transcript_that_is_named_is_there() -> None:
    """The same for transcripts, which are named in brackets."""
    named = {name for names in TRANSCRIPT.findall(PAGE) for name in names.split(", ")}
    assert {name for name in named if not (TESTS / "transcripts" / f"{name}.txt").exists()} == set()
