"""Try a million in pieces: `python -m tests.triples FOLDER [--page] [--pieces N] [--piece ATTEMPTS] [--seed S]`.

Each piece is a seed. Those that are done are noted in the folder, with their figures, and not done again: it can be
ended at any time and begun again, and several may run beside each other with seeds of their own. With `--page` they
stand at the page's doors; tables tell which of its routes were asked and what they answered, and how often each promise
was judged at each door.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.triples.doors import Doors, doors
from tests.triples.trial import trial


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> int:
    """Do all pieces that are not done; 1 if anybody was told, in one of them, what is not theirs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where it is noted what is done")
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--piece", type=int, default=10_000, help="attempts in each")
    parser.add_argument("--seed", type=int, default=1, help="of the first piece; each further one has the next")
    parser.add_argument("--page", action="store_true", help="at the page's doors")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    notes = {seed: given.folder / f"{seed}.txt" for seed in range(given.seed, given.seed + given.pieces)}
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        async with (doors if given.page else trial)(Path(folder)) as people:
            for seed in (seed for seed, note in notes.items() if not note.exists()):
                began = time.monotonic()
                tally = await people.by_chance(seed, given.piece)
                _say(f"seed {seed}: {tally}, in {time.monotonic() - began:.0f} s")
                notes[seed].write_text("\n".join([f"{tally}", *tally.wrong, ""]), encoding="utf-8")
            if isinstance(people, Doors):
                _say(f"{people.reached}\n{people.verdicts}")
    for note in notes.values():
        _, *wrong = note.read_text(encoding="utf-8").splitlines()
        found += len(wrong)
        for line in wrong:
            _say(f"{note}: {line}")
    _say(f"{len(notes)} pieces of {given.piece}: {found} told what is not theirs")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
