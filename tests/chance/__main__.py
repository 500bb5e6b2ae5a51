"""Play towns by chance: `python -m tests.chance [--acts N] [--seed S] [--life ACTS]` prints findings and figures."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chance.players import life
from tests.chance.promises import Finding


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> int:
    """Live one life after the other until enough has been done; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=200_000, help="in all")
    parser.add_argument("--life", type=int, default=2_000, help="acts in the life of two towns")
    parser.add_argument("--seed", type=int, default=1, help="of the first life; each further one has the next")
    parser.add_argument("--folder", type=Path, help="where the databases lie meanwhile, such as /dev/shm")
    parser.add_argument("--verbose", action="store_true", help="with what came before each finding")
    given = parser.parse_args()
    acts, seed, began = 0, given.seed, time.monotonic()
    found: list[Finding] = []
    did, outcomes, checked = Counter[str](), Counter[str](), Counter[str]()
    while acts < given.acts:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            async with life(Path(folder), seed) as players:
                await players.live(min(given.life, given.acts - acts))
        acts += players.acts
        did += players.did
        outcomes += players.promises.outcomes
        checked += players.promises.checked
        for finding in players.found:
            _say(str(finding))
            if given.verbose:
                _say("".join(f"    {line}\n" for line in finding.before))
        found += players.found
        _say(f"seed {seed}: {len(players.found)} found; {acts} acts in {time.monotonic() - began:.0f} s")
        seed += 1
    _say(f"\n{acts} acts, seeds {given.seed}–{seed - 1}, {len(found)} findings")
    for title, counts in (("done", did), ("texts in private", outcomes), ("looked at", checked)):
        _say(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
