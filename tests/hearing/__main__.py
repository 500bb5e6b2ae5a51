"""Write down what becomes of each text of the transcripts: `python -m tests.hearing RECORD [NAME…]`.

Of two such records, from before a change and after it, `diff` shows each text of which something else has become. A
line holds its place, prints of what was shown and of how much is kept then, and who took it; never the text.
"""

import argparse
import asyncio
import hashlib
import re
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from random import Random
from unittest.mock import patch

from bot.context.trace import Trace
from bot.demo.one_thread import on_this_thread
from bot.demo.player import Player
from bot.demo.town import Town, town
from bot.demo.transcript import begins, joined
from tests import conftest  # noqa: F401 - with what makes a town quick
from tests.test_transcripts import TRANSCRIPTS

LINK = re.compile(r"https?://\S+")  # has another token each time
TRACES: list[Trace] = []


def print_of(found: object) -> str:
    """A few signs that are the same only for the same."""
    return hashlib.sha256(repr(found).encode()).hexdigest()[:10]


def kept(path: Path) -> list[tuple[str, int]]:
    """How many rows each table has."""
    with closing(sqlite3.connect(path)) as database:
        tables = [
            name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        return [(table, database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables]  # noqa: S608


def shown(played: Town) -> list[object]:
    """What stands in every chat."""
    chats = played.sandbox.world.chats
    return [(id, sorted(chats[id].messages)) for id in sorted(chats)]


async def record(path: Path) -> AsyncIterator[str]:
    """Yield a line for each line of a transcript that is no expectation."""
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    chosen = Random(path.stem).choice  # the same receipts each time
    with tempfile.TemporaryDirectory() as folder, patch("secrets.choice", chosen):
        async with town(Path(folder), start=begins(text), trace=TRACES.append) as played:
            player = Player(played)
            for number, line in joined(text):
                if line.startswith(">"):
                    continue
                TRACES.clear()
                await player.take(line, looks=False)
                changes = [LINK.sub("", said) for said in player.screen.changes()]
                seen = print_of((changes, shown(played)))
                takers = ", ".join(f"{trace.place} {trace.taken_by}" for trace in TRACES)
                yield f"{path.stem}:{number} {seen} {print_of(kept(played.bot.store.path))} {takers}".rstrip()


async def main() -> None:
    """Record all transcripts, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("record", type=Path)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    with given.record.open("w", encoding="utf-8") as file, on_this_thread():
        for path in TRANSCRIPTS:
            if not given.names or path.stem in given.names:
                async for line in record(path):
                    file.write(f"{line}\n")
                file.flush()


if __name__ == "__main__":
    asyncio.run(main())
