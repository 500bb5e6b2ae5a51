"""The page of promises names a test for every row, and every test that it names is there."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS / "PROMISES.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:[a-z]+/)?[a-z_]+)\.(\w+)`")
ROWS = [str(number) for number in range(1, 41)] + [f"T{number}" for number in range(1, 23)]


def row(id: str) -> str:
    """The page's line about a row."""
    (line,) = re.findall(rf"^\| {id} \|.*$", PAGE, flags=re.MULTILINE)
    return str(line)


@pytest.mark.parametrize("id", ROWS)
def test_every_row_has_a_test(id: str) -> None:
    """Each way to fail and each threat is held by at least one test."""
    assert NAMED.search(row(id))


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(PAGE))))
def test_every_test_that_is_named_is_there(file: str, name: str) -> None:
    """A promise that names a test which has been renamed or taken away is found."""
    folder, _, stem = file.rpartition("/")
    path = TESTS / folder / f"{stem if stem.startswith('test_') else f'test_{stem}'}.py"
    assert re.search(rf"^(?:async )?def test_{name}\(", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
