"""No file and no public class of the product has the name of another without a reason."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("bot", "flows", "storage", "messages")
# Rooms in which a name says what the same thing is there, and why that is the best name for it.
LAYERS: Final[Mapping[str, str]] = {
    "storage/records": "what is remembered of it",
    "bot/commands": "the operator's command for it",
    "bot/sandbox": "Telegram's side of it, by Telegram's own name",
    "bot/page": "it, at that door",
    "bot/telegram": "it, at that door",
    "bot/channel": "it, at any door",
    "bot/doctor": "what the doctor examines of it",
    "bot/views": "how it is shown in a chat",
    "messages/documents": "how it looks on paper",
    "messages/documents/pictures": "how it is drawn",
    "flows/ballots": "the ballots' own small engine, whose names are the engine's",
}
FILES: Final[Mapping[str, str]] = {
    "errors": "each room's errors",
    "events": "what happens to a round, and what features tell each other",
    "figures": "what is counted, and how a number is written",
    "handlers": "what they are, which there are, and those of documents' requests",
    "help_lines": "where they are shown, and their numbers",
    "own_words": "what is done with a text, and what it means",
    "results": "what the feature shows, and how answers add up",
    "statistics": "what the feature shows, and how incidents add up",
}
CLASSES: Final[Mapping[str, str]] = {
    "Asked": "somebody who asks in their own words, and one who is asked to guide a town",
    "Band": "of a verdict on answers, and of how everyone is: both are bands of a scale",
    "Beside": "a process beside the bot, and a field beside another",
    "Heard": "what was heard in a text: a yes, a cry, what its writer means",
    "Kind": "of a question, and of what is open",
    "Line": "of a result, and the bot's line to Telegram",
    "Mailbox": "the settings of a mailbox, and one that is played",
    "Need": "what somebody in distress needs, and what a role needs of an exercise",
    "Outcome": "what comes of a question, and of a cry that was heard",
    "Place": "where somebody stands in a dialogue, and where a changed number stands",
    "Rule": "of identities, of retention, of definitions, of people's own words",
    "RuleRow": "a rule as the file has it: of identities, of people's own words",
}


def homes(names: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Return names that stand in several places which are no layer of each other, with those places."""
    found = defaultdict[str, set[str]](set)
    for name, home in names:
        found[name].add("a layer" if home in LAYERS else home)
    return {name: sorted(places) for name, places in found.items() if len(places - {"a layer"}) > 1}


def files() -> Iterator[Path]:
    """All files of the product's Python, without those that Python calls by itself."""
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if not path.name.startswith("__"))


def classes() -> Iterator[tuple[str, str]]:
    """All public classes, with the room that each stands in; a file is a room where `LAYERS` says so."""
    for path in files():
        place = path.relative_to(ROOT)
        home = place.with_suffix("").as_posix()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, home if home in LAYERS else place.parent.as_posix()


def test_no_file_is_called_like_another() -> None:
    """Whoever opens a file by its name opens the one that is meant, or knows by its room which of them it is."""
    found = homes((path.stem, path.parent.relative_to(ROOT).as_posix()) for path in files())
    assert {name: places for name, places in found.items() if name not in FILES} == {}
    assert FILES.keys() - found.keys() == set(), "these stand once by now: take the reason away"


def test_no_class_is_called_like_another() -> None:
    """Whoever reads a class's name knows which it is, but for those that are named here with their reason."""
    found = homes(classes())
    assert {name: places for name, places in found.items() if name not in CLASSES} == {}
    assert CLASSES.keys() - found.keys() == set(), "these stand once by now: take the reason away"
