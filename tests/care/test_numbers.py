"""The numbers of help lines stand in one file, and every other place says the same."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from messages.voice import the_voice

WORDS = Path(__file__).parents[2] / "messages" / "sv"
NUMBER = re.compile(r"(?<![\d-])(?:020-\d[\d ]*\d|90101|116 111|1177)(?!\d)")
INVENTED = ("demo", "finished-town")  # names of files with sample people


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Each number of a help line that stands in the words, with its file."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".toml", ".j2") and not path.stem.startswith(INVENTED) and path.stem != "helplines":
            yield from ((path.stem, found[0]) for found in NUMBER.finditer(path.read_text(encoding="utf-8")))


def test_every_number_is_one_of_the_file() -> None:
    """No text that people read has a help line's number that the file does not have."""
    lines = the_voice().help_lines.lines.values()
    assert {number for _, number in written(WORDS)} <= {line.number for line in lines}


def test_templates_ask_the_file() -> None:
    """What the bot itself says has no number of its own, so that a new one is changed in one place."""
    assert list(written(WORDS / "interface")) == []


def test_whoever_writes_in_another_language_can_ring() -> None:
    """What is said in another language has 112 and the line with interpreters, and every tongue that is heard has it
    or English."""
    lines = the_voice().help_lines
    number = lines["violence"].number
    assert all("112" in said and number in said for said in lines.abroad.values())
    heard = tomllib.loads((WORDS / "distress.toml").read_text(encoding="utf-8"))
    assert all(lines.in_tongue(tongue) for tongue in (*heard["foreign"], *heard["scripts"].values()))
