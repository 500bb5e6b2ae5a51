"""Words that only code asks for: what is missing and what nothing asks for is found in the code itself."""

from pathlib import Path

import pytest

from messages.asked import of_code

CODE = """
async def tell(context, name, facts):
    await context.outbox(context.voice.render(name, facts))

async def day(context, late):
    await tell(context, "day.late" if late else "day.soon", {})
    context.toast(f"day.{context.what}")
    return context.voice.label("open"), row.label("no_word_of_ours")
"""
WORDS = {"day.late", "day.soon", "toast.day.done", "label.open"}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A module that says something."""
    (tmp_path / "days.py").write_text(CODE)
    return tmp_path / "days.py"


def test_all_is_there(code: Path) -> None:
    """Nothing is said against words that are all there and all asked for."""
    assert of_code([code], WORDS) == []


@pytest.mark.parametrize("word", ["day.late", "day.soon", "label.open"])
def test_missing(code: Path, word: str) -> None:
    """A name is followed through a function that hands it on, and its absence told with the file."""
    assert of_code([code], WORDS - {word}) == [f"days.py: “{word}” is asked for, and missing in the words; add it"]


def test_computed(code: Path) -> None:
    """A computed name must find some word at least."""
    (told,) = of_code([code], WORDS - {"toast.day.done"})
    assert told.startswith("days.py: asks for “toast.day.*”")


def test_nothing_asks(code: Path) -> None:
    """A word that no code asks for is told."""
    assert of_code([code], WORDS | {"day.gone"}) == ["nothing asks for “day.gone”; take it away, or mend its name"]


def test_drawn(code: Path) -> None:
    """A label that is drawn from elsewhere needs no words."""
    assert of_code([code], WORDS - {"label.open"}, ["label.open"]) == []
