"""The national help lines of a language's country: `helplines.toml` in its folder, where alone their numbers stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from messages.language import HERE, WordsError, read_toml

FILE: Final = "helplines.toml"
UNCHECKED: Final = "unchecked"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A help line: what it is called, its number, when it answers, and where and when that was last seen to be so."""

    name: str
    number: str
    hours: str
    checked: str  # an ISO date, or UNCHECKED
    seen_at: str

    def __str__(self) -> str:
        """Its name and number."""
        return f"{self.name} {self.number}"

    @property
    def checked_on(self) -> date | None:
        """The day on which somebody last looked; None if nobody has."""
        return None if self.checked == UNCHECKED else date.fromisoformat(self.checked)


class HelpLines:
    """The lines by what they are for: `{{ line["despair"] }}` in a template. Raises WordsError."""

    def __init__(self, language: str = "sv", folder: Path = HERE) -> None:
        self._file = f"{language}/{FILE}"
        data = read_toml(folder, self._file)
        try:
            self.lines: Mapping[str, HelpLine] = {name: HelpLine(**line) for name, line in data["line"].items()}
            self.abroad: Mapping[str, str] = data["abroad"]  # what is said in other languages than ours
            self.abroad_seen: str = data["abroad_seen"]["en"]  # … in English to a witness
            self.abroad_despair: str = data["abroad_despair"]["en"]  # … and in English of wanting to die
        except (KeyError, TypeError) as error:
            raise WordsError(
                f"{self._file}: {error}; give each line name, number, hours, checked and seen_at"
            ) from None

    def __getitem__(self, line: str) -> HelpLine:
        """Return a line. Raises WordsError for one that is not there."""
        if line not in self.lines:
            raise WordsError(f"{self._file}: “line.{line}” is missing; use one of {', '.join(self.lines)}")
        return self.lines[line]

    def in_tongue(self, tongue: str) -> str:
        """Return what is said to whoever writes in this language; in English, where it is not known."""
        return self.abroad.get(tongue, self.abroad["en"])
