"""Measure, keep the figures, and write the page of results: `make bench`, or

python -m tests.bench [talk] [far] [page] [start] [growth] [remind] [--full] [--runs N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import growing, machine, page, reminding
from tests.bench.bots.ours import write_definitions
from tests.bench.figures import Raw
from tests.bench.page import SECTIONS
from tests.bench.processes import Trouble
from tests.bench.setting import Setting
from tests.bench.towns import Towns

RUNS = 5
CACHE = Path(tempfile.gettempdir(), "stadsbot-bench")


def main() -> int:
    """Measure what is asked for, one thing at a time."""
    options = _options()
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {text}", flush=True)

    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        empty, definitions = Path(scratch, "runs"), Path(scratch, "definitions")
        empty.mkdir(mode=0o700)
        definitions.mkdir()
        towns = Towns(options.cache, tell)
        setting = Setting(empty, towns, write_definitions(definitions), options.runs, options.full, tell)
        tell("making the towns that are measured in, if they are not there")
        _make_towns(setting, options.sections)
        about = machine.described(empty)
        measured = page.read()
        failed = False
        for name in options.sections:
            try:
                measured[name] = _measured(name, setting, about)
            except Trouble as trouble:
                failed = True
                print(f"{SECTIONS[name].title}: {trouble}", file=sys.stderr)
                continue
            page.keep(measured)
    _show(measured, options.sections)
    tell(f"done: see {page.PAGE.relative_to(Path.cwd()) if page.PAGE.is_relative_to(Path.cwd()) else page.PAGE}")
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; all if none is named"
    )
    parser.add_argument("--full", action="store_true", help="five million answers, ten thousand reminders")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of each bot ({RUNS})")
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured (default: for temporary files)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where towns are kept for the next time")
    options = parser.parse_args()
    if unknown := [name for name in options.sections if name not in SECTIONS]:
        parser.error(f"there is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    options.sections = options.sections or list(SECTIONS)
    return options


def _make_towns(setting: Setting, sections: list[str]) -> None:
    """All at first, so that nothing that is measured comes just after a lot of writing."""
    if {"start", "growth"} & set(sections):
        for shape in (growing.few(setting), growing.many(setting)):
            setting.towns.get(shape)
    if "remind" in sections:
        setting.towns.get(reminding.shape(setting))


def _measured(name: str, setting: Setting, about: dict[str, str]) -> dict[str, Any]:
    """One section, with when and how it was measured."""
    others = machine.others_now()
    setting.tell(f"{SECTIONS[name].title} ({name})")
    if others > machine.QUIET:
        setting.tell(f"somebody else uses {others:.1f} cores: the figures will be worse than they are")
    began = time.monotonic()
    raw = SECTIONS[name].measure(setting)
    return {
        "on": datetime.now(UTC).date().isoformat(),
        "full": setting.full,
        "machine": about,
        "seconds": time.monotonic() - began,
        "others_cores": max(others, *_all(raw, "others_cores")),
        "raw": raw,
    }


def _all(raw: Raw | list[Raw] | Any, key: str) -> list[float]:
    """Every figure of this name, wherever it is."""
    if isinstance(raw, dict):
        return [float(raw[key])] if key in raw else [found for value in raw.values() for found in _all(value, key)]
    return [found for value in raw for found in _all(value, key)] if isinstance(raw, list) else [0.0]


def _show(measured: dict[str, Any], sections: list[str]) -> None:
    for name in sections:
        if name in measured:
            for goal in SECTIONS[name].told(measured[name]["raw"]).goals:
                print(f"{'reached    ' if goal.met else 'NOT REACHED'}  {goal.what}: {goal.measured} ({goal.wanted})")


if __name__ == "__main__":
    sys.exit(main())
