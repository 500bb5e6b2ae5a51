"""The doctor says which help line's number nobody has looked at for a year."""

from datetime import date
from pathlib import Path

import pytest

from bot.doctor import help_lines
from bot.doctor.finding import Level
from messages.help_lines import HelpLines
from messages.language import WordsError

LINE = """
[line.{name}]
name = "Linjen"
number = "020-00 00 00"
hours = "dygnet runt"
checked = "{checked}"
seen_at = "linjen.example"
"""


def lines(folder: Path, **checked: str) -> HelpLines:
    """Help lines that were checked on these days."""
    (folder / "xx").mkdir()
    text = "".join(LINE.format(name=name, checked=day) for name, day in checked.items())
    text += '\n[abroad]\nen = "Call 112."\n[abroad_seen]\nen = "Call 112."\n[abroad_despair]\nen = "Call a line."\n'
    (folder / "xx" / "helplines.toml").write_text(text, encoding="utf-8")
    return HelpLines("xx", folder)


def test_a_number_is_to_be_looked_at_each_year(tmp_path: Path) -> None:
    """A number that was checked more than a year ago, or never, is warned of by name; one that holds is not."""
    some = lines(tmp_path, new="2026-06-01", old="2025-05-31", never="unchecked")
    found = list(help_lines.look(some, date(2026, 6, 1)))
    assert [one.level for one in found] == [Level.WARNING, Level.WARNING]
    assert ["line.old" in found[0].cure, "line.never" in found[1].cure] == [True, True]


def test_all_hold(tmp_path: Path) -> None:
    """Where all were checked within a year, that is said in one line."""
    (found,) = help_lines.look(lines(tmp_path, new="2026-06-01"), date(2027, 6, 1))
    assert found.level is Level.OK


def test_a_line_that_is_not_there(tmp_path: Path) -> None:
    """A text that names an unknown line is refused, with those there are."""
    with pytest.raises(WordsError, match="use one of new"):
        lines(tmp_path, new="2026-06-01")["gone"]
