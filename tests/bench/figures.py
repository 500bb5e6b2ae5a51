"""Figures: medians with their spread, ratios within a run, goals, and tables of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Raw = dict[str, Any]
"""What a section has measured, as JSON."""


@dataclass(frozen=True)
class Goal:
    """What was to be reached, and what was."""

    what: str
    wanted: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Told:
    """A section of the page."""

    lines: list[str]
    goals: list[Goal] = field(default_factory=list)


def column(runs: Iterable[Raw], key: str) -> list[float]:
    """One figure of all runs."""
    return [float(run[key]) for run in runs]


def ratios(some: Sequence[float], others: Sequence[float]) -> list[float]:
    """Run by run, since what disturbs the machine disturbs neighbouring runs alike."""
    return [one / other for one, other in zip(some, others, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def shown(values: Sequence[float], unit: str = "") -> str:
    """Median, and least to most in brackets where there are several."""
    middle = f"{number(statistics.median(values))}{unit}"
    if len(values) == 1:
        return middle
    return f"{middle} ({number(min(values))}–{number(max(values))})"


def number(value: float) -> str:
    """Three digits that say something, or a count as it is."""
    if abs(value) >= 100 or isinstance(value, int):
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def paragraph(*sentences: str) -> str:
    """Sentences, one after the other."""
    return " ".join(sentences)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown: the first column is words, the others are figures."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows)]
