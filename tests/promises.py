"""The table of promises, doors and whoever sits there (`promises.toml`), and the tests that play its cells.

`python -m tests.promises PROMISE [DOOR]` prints the tests of a part of it as pytest takes them; without a part, how
many cells there are of each kind.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TESTS: Final = Path(__file__).parent
TABLE: Final[dict[str, Any]] = tomllib.loads((TESTS / "promises.toml").read_text(encoding="utf-8"))
NOT_PROMISED: Final = "not promised: "
TRANSCRIPT: Final = "transcript:"


@dataclass(frozen=True, slots=True)
class Cell:
    """A promise at a door, with somebody there: the tests that play it, or (`why`) why none does."""

    promise: str
    door: str
    who: str
    tests: tuple[str, ...] = ()
    why: str = ""


def cells() -> Iterator[Cell]:
    """Yield every cell; one about which the table says nothing has neither tests nor a reason."""
    for promise, rows in TABLE["promises"].items():
        for door in TABLE["doors"]:
            row = rows.get(door, {})
            for who in TABLE["who"]:
                said = row.get(who, row.get("others", row.get("all", "")))
                played = tuple(said) if isinstance(said, list) else ()
                yield Cell(promise, door, who, played, "" if played else str(said))


def there(test: str) -> str | None:
    """Return a named test as pytest takes it, None if there is no such test."""
    if test.startswith(TRANSCRIPT):
        name = test.removeprefix(TRANSCRIPT)
        found = (TESTS / "transcripts" / f"{name}.txt").exists()
        return f"tests/test_transcripts.py::test_transcript[{name}]" if found else None
    file, _, name = test.rpartition(".")
    folder, _, stem = file.rpartition("/")
    path = TESTS / folder / f"test_{stem}.py"
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    found = re.search(rf"^(?:async )?def test_{name}\(", text, flags=re.MULTILINE) is not None
    return f"{path.relative_to(TESTS.parent)}::test_{name}" if found else None


def counts() -> str:
    """Return a line for each promise: its cells that are played, that cannot arise, and that are not promised."""
    lines = [f"{'':10}{'played':>8}{'cannot arise':>14}{'not promised':>14}"]
    for promise, said in TABLE["promises"].items():
        mine = [cell for cell in cells() if cell.promise == promise]
        played, refused = sum(bool(c.tests) for c in mine), sum(c.why.startswith(NOT_PROMISED) for c in mine)
        lines.append(f"{promise:10}{played:8}{len(mine) - played - refused:14}{refused:14}  {said['says']}")
    return "\n".join(lines)


def main(wanted: list[str]) -> None:
    """Print the tests of the cells whose promise and door are wanted; the counts where none is."""
    if not wanted:
        sys.stdout.write(f"{counts()}\n")
        return
    chosen = (cell for cell in cells() if {cell.promise, cell.door} >= set(wanted))
    named = dict.fromkeys(str(there(test)) for cell in chosen for test in cell.tests)
    sys.stdout.write(" ".join(named) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
