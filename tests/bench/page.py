"""The page of results, written from what was measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import growing, paging, reminding, starting, talking
from tests.bench.figures import Goal, Raw, Told
from tests.bench.machine import QUIET
from tests.bench.setting import Setting

HERE = Path(__file__).parent
FIGURES, PAGE = HERE / "results.json", HERE / "RESULTS.md"

INTRO = """\
# Measured

The bot as it runs, over HTTP against a fast stand-in for Telegram, beside plain bots on the same library, built as
its guide would have them (`bots/plain.py`) and asked the same: ten questions with three buttons, and then handing in.
Ours keeps every answer sealed and on the disk before it is acknowledged; afterwards it is killed, and what was
acknowledged is counted in its database.

This page is written by `make bench`; `make bench ARGS=--full` measures in full size. Figures are medians, with least
and most in brackets; the bots are measured in turn, never two at a time, and a ratio (×) is taken within each turn. See
[README.md](README.md).
"""

THEN_AND_NOW = """\
## What an answer costs, then and now

Instructions of the processor for an answer, on a machine that was too busy to measure time on: 24 people who answer
ten questions, all templates compiled before. Without the network it is the bot in one process with a stand-in that
answers at once. Counted by valgrind's callgrind on 2026-11-26, at the commits that are named; each once.

| | without the network | over HTTP, with all threads |
|---|---:|---:|
| `4f80b8a6`, where it was first measured | 5.14 million | 5.66 million |
| `40a351e3`, before it was made cheaper | 7.33 million | |
| `829336bf`, now | 5.50 million | 5.44 million |
"""

YEAR = """\
## A simulated year

![Memory and database over 365 days](year.svg)

Three groups of five do whatever they like with the bot, day after day, in one process with the sandbox; the figures of
each week are in [year.csv](year.csv). `make year` plays it again.
"""


@dataclass(frozen=True)
class Section:
    """A part of the measurement."""

    title: str
    measure: Callable[[Setting], Raw]
    told: Callable[[Raw], Told]


SECTIONS: Mapping[str, Section] = {
    "talk": Section("Answers", talking.measure, talking.told),
    "far": Section("Answers, with a network between", talking.measure_far, talking.told_far),
    "page": Section("A page, beside a tap in the chat", paging.measure, paging.told),
    "start": Section("Start", starting.measure, starting.told),
    "growth": Section("The cost of an answer as the database grows", growing.measure, growing.told),
    "remind": Section("Reminders within Telegram's limits", reminding.measure, reminding.told),
}


def read() -> dict[str, Any]:
    """What was measured so far, by section."""
    return dict(json.loads(FIGURES.read_text(encoding="utf-8"))) if FIGURES.exists() else {}


def keep(measured: Mapping[str, Any]) -> None:
    """Keep the figures, and write the page from them."""
    FIGURES.write_text(json.dumps(_rounded(measured), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(written(measured), encoding="utf-8")


def written(measured: Mapping[str, Any]) -> str:
    """The page."""
    goals: list[Goal] = []
    parts: list[str] = []
    machines: list[Mapping[str, str]] = []
    for name, section in SECTIONS.items():
        if name not in measured:
            continue
        found = measured[name]
        told = section.told(found["raw"])
        goals += told.goals
        if found["machine"] not in machines:
            machines.append(found["machine"])
        which = f" on machine {machines.index(found['machine']) + 1}" if len(machines) > 1 else ""
        size = "in full size" if found["full"] else "in the smaller size"
        parts.append(f"## {section.title}\n\n" + "\n".join(told.lines))
        took = f"{found['seconds'] / 60:.1f} minutes"
        parts.append(f"*Measured {found['on']}{which}, {size}, within {took}{_unrest(found)}.*")
    return (
        "\n\n".join([INTRO.rstrip(), _goals(goals), _machines(machines), *parts, THEN_AND_NOW.rstrip(), *_year()])
        + "\n"
    )


def _goals(goals: list[Goal]) -> str:
    lines = ["| Goal | wanted | measured | |", "|---|---:|---:|---|"]
    lines += [f"| {g.what} | {g.wanted} | {g.measured} | {'reached' if g.met else '**not reached**'} |" for g in goals]
    return "## Goals\n\n" + "\n".join(lines)


def _machines(machines: list[Mapping[str, str]]) -> str:
    title = "## The machine" if len(machines) == 1 else "## The machines"
    lists = ["\n".join(f"- {name}: {what}" for name, what in machine.items()) for machine in machines]
    return title + "\n\n" + "\n\n".join(lists)


def _unrest(found: Mapping[str, Any]) -> str:
    """Said when the machine was not left in peace."""
    others = found["others_cores"]
    if others <= QUIET:
        return ""
    return f"; others used up to {others:.1f} cores meanwhile: the ratios may hold, the figures themselves are too low"


def _year() -> list[str]:
    """The picture of the year, which `make year` draws."""
    if not (HERE / "year.svg").exists():
        return []
    return [YEAR.rstrip()]


def _rounded(value: Any) -> Any:
    """Figures with as many digits as mean something."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
