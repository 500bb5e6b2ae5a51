"""Requirements: the single things that each part of the process asks for, with the transcript line that shows each.

They stand in `tests/requirements/*.toml`: an id of the process, and under it a list of requirements. One that is met is
written `["what", "transcript", "line"]`, one that is not is written `["what"]`:

    "0.1" = [
        ["Each answers alone, and can say why", "0.1-commitment", "Vill du säga varför?"],
        ["The talk is steered to the statement that nobody said yes to"],
    ]

A line is a part of what the bot shows in `tests/transcripts/<transcript>.txt`: what it says or offers, with what led
to it where that is needed. What people write or tap shows nothing alone: what a button does is shown by what comes
after it. `tests/test_transcripts.py` plays all of them, so what stands there was seen. A line that does not show the
requirement, or only promises that it will come, is worse than none.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

SHOWN = re.compile(r">|  ")  # what the bot says or offers, in a transcript; a line that goes on begins with spaces


@dataclass(frozen=True, slots=True)
class Requirement:
    """A single thing that a part of the process (`served`) asks for, and where it is shown, if anywhere."""

    served: str
    what: str
    transcript: str = ""
    line: str = ""

    @property
    def met(self) -> bool:
        """True if it names a transcript that shows it."""
        return bool(self.transcript)


class RequirementsError(ValueError):
    """The list of requirements cannot be read, or names what is not there; the message names place and cure."""


def load(folder: Path, ids: Collection[str]) -> list[Requirement]:
    """Return all requirements, by the ids of the process in their order.

    Raises RequirementsError for a file that cannot be read, an id that the process has not, or an id without any.
    """
    found: dict[str, list[Requirement]] = {served: [] for served in ids}
    for path in sorted(folder.glob("*.toml")):
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RequirementsError(f"{path.name}: cannot be read ({error})") from error
        for served, entries in tables.items():
            if served not in found:
                raise RequirementsError(f"{path.name}: “{served}” is no id of the process; see process.toml")
            found[served] += [_read(path.name, served, entry) for entry in entries]
    if empty := [served for served, its in found.items() if not its]:
        raise RequirementsError(f"no requirement is written down for {', '.join(empty)}; add them in {folder}")
    return [one for its in found.values() for one in its]


def _read(file: str, served: str, entry: object) -> Requirement:
    parts = [part for part in entry if isinstance(part, str) and part] if isinstance(entry, list) else []
    if not isinstance(entry, list) or len(parts) != len(entry) or len(parts) not in (1, 3):
        raise RequirementsError(f'{file}, {served}: write ["what"] or ["what", "transcript", "line"], not {entry!r}')
    return Requirement(served, *parts)


def not_there(requirements: Collection[Requirement], transcripts: Path) -> Iterator[str]:
    """Yield requirements whose line is not in the transcript, and those that are written twice."""
    played = {path.stem: _without_comments(path) for path in transcripts.glob("*.txt")}
    seen: set[tuple[str, str]] = set()
    for one in requirements:
        if (one.served, one.what) in seen:
            yield f"{one.served}: “{one.what}” is written down twice"
        seen.add((one.served, one.what))
        if one.met and not _is_shown(one.line, played.get(one.transcript, "")):
            yield f"{one.served}: “{one.what}” – in {one.transcript}.txt the bot shows no “{one.line}”"


def _is_shown(line: str, text: str) -> bool:
    """True if the bot says or offers this in a transcript; also as a part of several lines."""
    at = text.find(line)
    while at >= 0:
        whole = text[text.rfind("\n", 0, at) + 1 : at + len(line)] + text[at + len(line) :].partition("\n")[0]
        if any(map(SHOWN.match, whole.splitlines())):
            return True
        at = text.find(line, at + 1)
    return False


def _without_comments(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))
