"""The figures that OPERATIONS.md shows are those that were measured."""

import json
from pathlib import Path
from statistics import median
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "OPERATIONS.md").read_text(encoding="utf-8")
MEASURED = json.loads((ROOT / "tests" / "bench" / "results.json").read_text(encoding="utf-8"))


def of(part: str, *path: str, figure: str) -> float:
    """The median of a figure over the runs that were measured."""
    found: Any = MEASURED[part]["raw"]
    for name in path:
        found = found[name]
    return float(median(run[figure] for run in found))


def tens(figure: float) -> int:
    """Rounded, as nobody needs it closer."""
    return round(figure, -1).__trunc__()


OURS = of("talk", "near", "200", "ours", figure="answers_per_second")
PLAIN = of("talk", "near", "200", "plain, in memory", figure="answers_per_second")
FEW, MANY = (of("growth", "runs", size, figure="answers_per_second") for size in ("few", "many"))
START = {figure: of("start", "runs", "many", figure=figure) for figure in ("seconds", "at_poll_mb")}


@pytest.mark.parametrize(
    "told",
    [
        f"about {tens(OURS)} for two hundred people at once, {OURS / PLAIN:.1f} times a plain bot",
        f"about {tens(MANY)}, where it is {tens(FEW)} with ten groups",
        f"{START['seconds']:.1f} seconds, {START['at_poll_mb']:.0f} MB",
        f"{MEASURED['remind']['raw']['per_second']:.0f}, none of {MEASURED['remind']['raw']['reminders']:_} refused",
        f"ten thousand groups with a million answers are {MEASURED['start']['raw']['sizes']['many']['mb']} MB",
    ],
)
def test_as_measured(told: str) -> None:
    """The page says what `make bench` has written into results.json; after new ones, mend the page."""
    assert MEASURED["remind"]["raw"]["refused"] == 0
    assert told.replace("_", " ") in PAGE
