"""Kill the bot many times over, and say what became of what people were told.

Exit code 1 if a promise was broken, 75 if the machine was too slow to judge all of them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from tests.bench import machine
from tests.crash import page
from tests.crash.judge import Verdict, recovery
from tests.crash.points import POINTS, RANDOM
from tests.crash.run import Plan, run

FULL = 1000
SLOW = 75  # EX_TEMPFAIL: nothing was broken, and not all of it could be judged


def main() -> int:
    """Run what is asked for, and judge it."""
    options = _options()
    shares = [len(range(n, options.kills, options.bots)) for n in range(options.bots)]
    plans = [Plan(share, options.seed + n, f"bot {n + 1}") for n, share in enumerate(shares)]
    with ProcessPoolExecutor(options.bots, mp_context=get_context("spawn")) as pool:
        verdict = sum(pool.map(run, plans), Verdict())
    _show(verdict)
    if options.write:
        where = machine.described(Path(tempfile.gettempdir()))
        asked = page.Asked(options.kills, options.seed, options.bots, datetime.now(UTC).date(), where)
        page.PAGE.write_text(page.written(verdict, asked), encoding="utf-8")
        print(f"written: {page.PAGE.name}")
    if verdict.slow and not verdict.findings:
        print("Not judged to the end: the machine was busy with others. Again, alone or with --bots 1.")
        return SLOW
    return int(not verdict.held)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=FULL, help=f"of all bots together ({FULL})")
    parser.add_argument("--seed", type=int, default=7, help="of all that is left to chance (7)")
    parser.add_argument("--bots", type=int, default=2, help="side by side (2)")
    parser.add_argument("--write", action="store_true", help=f"write {page.PAGE.name}")
    return parser.parse_args()


def _show(verdict: Verdict) -> None:
    median, most = recovery(verdict)
    print(
        f"\n{verdict.kills.total()} kills in {verdict.seconds:.0f} s; back after {median:.2f} s, {most:.2f} s at most"
    )
    for place in (*RANDOM, *POINTS):
        print(f"  {verdict.kills[place]:4}  {place}")
    for what in verdict.slow:
        print(f"SLOW    {what}")
    for what, found, kept in page.lines(verdict):
        print(f"{'kept  ' if kept else 'BROKEN'}  {what}: {found}")


if __name__ == "__main__":
    sys.exit(main())
