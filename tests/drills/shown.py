"""The program as `python -m bot` starts it, with another clock, without a pace for each chat or a minute between looks.

    python -m tests.drills.shown '{"days": 2, "turn": 1}' --env-file … run

`days`: how far the machine's clock is off. `turn`: seconds between two looks of the maintenance.
"""

import json
import sys
from datetime import datetime, timedelta, tzinfo
from typing import Self

from bot import __main__ as program
from bot.operations import maintenance
from bot.telegram.rate_limit import Pace


def show(days: float) -> None:
    """Let the program's clock be off; it reads it here and nowhere else."""

    class Shown(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(days=days)

    program.datetime = Shown  # type: ignore[attr-defined]


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    Pace.resting = lambda self: {}  # type: ignore[method-assign]
    maintenance.TURN = told.get("turn", maintenance.TURN)
    if days := told.get("days"):
        show(days)
    sys.exit(program.main(sys.argv[2:]))
