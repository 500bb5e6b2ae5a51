"""What all sections of the measurement have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.towns import Towns


@dataclass(frozen=True)
class Setting:
    """Where and how it is measured."""

    folder: Path  # empty, and so again after each run
    towns: Towns
    definitions: Path  # see `bots.ours.write_definitions`
    runs: int
    full: bool  # in full size, which takes longer
    tell: Callable[[str], None]
