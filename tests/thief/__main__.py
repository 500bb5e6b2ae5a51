"""Rob a town: `python -m tests.thief [MONTHS]` plays it (four months by default) and prints the table."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.thief.judge import findings, table
from tests.thief.victims import robbed


async def main(months: int) -> int:
    """Play, rob, and say what was found: 1 if any reporter was."""
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        async with robbed(Path(here)) as victims, robbed(Path(there), another=True) as others:
            for _ in range(months):
                await victims.month()
                await others.month()
            found = list(findings(victims, others))
    sys.stdout.write(f"{table(found)}\n{months} months, {victims.copies} copies\n")
    return int(any(f.right for f in found if f.wanted))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 4)))
