"""No word lies in a book that nobody opens."""

from collections.abc import Iterator, Mapping

from bot.views.process import process_outline, step_outline
from flows.definitions.loader import the_process
from messages.voice import Voice


def leaves(data: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    """The dotted paths of all single words."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield f"{prefix}{key}"


def test_what_is_told_of_the_way_is_shown() -> None:
    """The goal, the parts, the learning loop, the pillars and the companion book are read by the help and the steps."""
    voice, process = Voice(), the_process()
    process_outline(voice, process)
    for step in process.steps:
        step_outline(voice, step)
    shown = voice.book("process")._found.keys() | voice.book("help")._found.keys()
    told = {path for path in leaves(voice.book("help").data) if not path.startswith("turn.")}
    way = {
        path for path in leaves(voice.book("process").data) if path.split(".")[0] in ("name", "about", "part", "step")
    }
    assert told | way <= shown


def test_each_is_shown_where_it_belongs() -> None:
    """The learning loop stands with the reflection after step 3, the pillars with 8.1, the book with the knowledge."""
    process, shown = the_process(), set[str]()
    for exercise in process.exercises.values():
        shown |= set(exercise.shows)
    assert shown == {"learning", "pillars", "companion"}
    assert "learning" in next(e for e in process.exercises.values() if "3.4" in e.serves).shows
