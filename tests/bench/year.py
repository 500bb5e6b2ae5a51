"""Play a year in one process and draw what became of its memory: `make year`, or

python -m tests.bench.year [--days 365] [--draw]

The year itself is `tests/operations/test_year.py`, which leaves the figures of each week; with `--draw` those that are
there already are drawn anew.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
FIGURES, PICTURE = HERE / "year.csv", HERE / "year.svg"
TEST = "tests/operations/test_year.py"
WIDTH, LEFT, RIGHT = 720, 70, 20
PANEL, GAP, TOP = 150, 50, 34
MARKS = 4  # lines in each panel
BLUE, RED, GREY = "#1b6ca8", "#b3261e", "#8a8a8a"


def main() -> int:
    """Play the year if it is to be played, and draw it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.year", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--draw", action="store_true", help="draw the figures that are there")
    options = parser.parse_args()
    if not options.draw:
        told = {"STADSBOT_YEAR_DAYS": str(options.days), "STADSBOT_YEAR_TO": str(FIGURES)}
        played = subprocess.run([sys.executable, "-m", "pytest", "-q", TEST], env={**os.environ, **told}, check=False)
        if played.returncode:
            return played.returncode
    with FIGURES.open(encoding="utf-8", newline="") as file:
        weeks = [{name: int(figure) for name, figure in row.items()} for row in csv.DictReader(file)]
    PICTURE.write_text(drawn(weeks), encoding="utf-8")
    return 0


def drawn(weeks: Sequence[dict[str, int]]) -> str:
    """Two panels, one above the other: the process's memory with the most that is allowed, and the database."""
    days = [week["day"] for week in weeks]
    memory = [week["memory_bytes"] / 1e6 for week in weeks]
    database = [week["database_bytes"] / 1e6 for week in weeks]
    warm = next(n for n, day in enumerate(days) if day >= days[-1] / 4)
    allowed = memory[warm] * 1.1
    upper, lower = Panel(TOP, days[-1], max(*memory, allowed)), Panel(TOP + PANEL + GAP, days[-1], max(database))
    height = TOP + 2 * PANEL + GAP + 40
    last, answers, updates = days[-1], weeks[-1]["answers"], weeks[-1]["updates"]
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" ',
            f'font-family="sans-serif" font-size="12"><rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            upper.frame("Memory of the process, MB (with the sandbox in it)"),
            upper.line(days[warm:], [allowed] * len(days[warm:]), RED, dashed=True),
            _text(WIDTH - RIGHT, upper.y(allowed) - 5, "a tenth above the first quarter's end", RED, "end"),
            upper.line(days, memory, BLUE),
            lower.frame("Database, MB"),
            lower.line(days, database, BLUE),
            _text(LEFT, height - 14, "day 0"),
            _text(WIDTH - RIGHT, height - 14, f"day {last}: {updates} updates, {answers} answers", anchor="end"),
            "</svg>\n",
        ]
    )


class Panel:
    """Where things lie in one of the two."""

    def __init__(self, top: int, days: int, most: float) -> None:
        self._top, self._days = top, days
        tens = 10.0 ** math.floor(math.log10(most / MARKS))
        self._step: float = next(tens * n for n in (1, 2, 2.5, 5, 10) if tens * n * MARKS >= most)
        self._most = self._step * MARKS

    def y(self, value: float) -> float:
        """How far down a value lies."""
        return self._top + PANEL * (1 - value / self._most)

    def _x(self, day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / self._days

    def frame(self, title: str) -> str:
        """The lines behind, with what they stand for."""
        parts = [_text(LEFT, self._top - 12, title, "#222")]
        for n in range(MARKS + 1):
            value = self._step * n
            parts.append(f'<path d="M{LEFT} {self.y(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
            parts.append(_text(LEFT - 8, self.y(value) + 4, f"{value:g}", anchor="end"))
        return "".join(parts)

    def line(self, days: Sequence[float], values: Sequence[float], colour: str, *, dashed: bool = False) -> str:
        """A curve."""
        points = " ".join(f"{self._x(day):.1f},{self.y(value):.1f}" for day, value in zip(days, values, strict=True))
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        stroke = f'stroke="{colour}" stroke-width="{1 if dashed else 2}"{dashes}'
        return f'<polyline fill="none" {stroke} points="{points}"/>'


def _text(x: float, y: float, words: str, colour: str = GREY, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


if __name__ == "__main__":
    sys.exit(main())
