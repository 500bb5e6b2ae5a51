"""Examines the numbers of the national help lines: has somebody looked within a year whether they still hold."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from bot.doctor.finding import Finding, ok, warning
from messages.help_lines import FILE, HelpLines

HOLDS: Final = timedelta(days=365)  # how long a number is taken to hold after it was last looked at


def look(lines: HelpLines, today: date) -> Iterator[Finding]:
    """Examine every line; one finding for all that hold, and one for each that is to be looked at."""
    old = {name: line for name, line in lines.lines.items() if not _holds(line.checked_on, today)}
    for name, line in old.items():
        seen = f"was last checked on {line.checked}" if line.checked_on else "has never been checked"
        cure = f"Look it up at its own page, and set “line.{name}.checked” in {FILE} to the day you did."
        yield warning("numbers", f"{line} {seen}.", cure)
    if not old:
        yield ok("numbers", f"All {len(lines.lines)} numbers were checked within a year.")


def _holds(checked: date | None, today: date) -> bool:
    return checked is not None and today - checked <= HOLDS
