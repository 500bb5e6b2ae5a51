"""The demonstration's finished town: a transcript, played once on a machine and kept for the next start.

To play a year and a half takes half a minute, which nobody should wait for twice. The real bot's database and
the played Telegram are kept, so that the town goes on as if it had never stopped. They are in the user's cache, with
their key beside them, as nobody in them exists. The town is played again when the transcript, the exercises, the words
or the storage's layout have changed; other changes of the program are met as by any bot with an older database.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

import uvloop

from bot.demo.invented import Invented
from bot.demo.one_thread import on_this_thread
from bot.demo.player import Player
from bot.demo.town import town
from bot.demo.transcript import Differs, begins
from bot.sandbox import keeping
from bot.sandbox.world import World

TRANSCRIPT = "finished-town.txt"
DATA, WORLD, KEY = "data", "world", "key"
UNFINISHED = "unfinished"
LONGEST = 160  # characters that are told of a line that does not hold, and of the reason
_KINDS = {".toml", ".txt", ".sql"}  # what the town is made of
_SHAPES = ("world.py", "updates.py")  # what the played Telegram is kept as


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A town that has been played: its folder, to be copied from."""

    folder: Path

    @property
    def master_key(self) -> bytes:
        """The key that its storage is sealed with."""
        return (self.folder / KEY).read_bytes()

    def world(self) -> World:
        """The played Telegram, with its clock as it stood."""
        return keeping.loads((self.folder / WORLD).read_bytes())

    def copy_data(self, to: Path) -> Path:
        """Copy the storage into a new folder; return the path of the database in it. Raises OSError."""
        to.mkdir(mode=0o700, parents=True)
        for file in (self.folder / DATA).rglob("*"):  # (copytree tells of a full disk only in words)
            there = to / file.relative_to(self.folder / DATA)
            if file.is_dir():
                there.mkdir(mode=0o700)
            else:
                shutil.copy(file, there)
        return to / "stadsbot.db"


def transcript(language: str = "sv") -> str:
    """Return the town's transcript."""
    return (files("messages") / language / TRANSCRIPT).read_text(encoding="utf-8")


def there(language: str = "sv") -> Snapshot | None:
    """Return the town if it has been played, and nothing that it is made of has changed since."""
    folder = _cache() / _fingerprint(language)
    return Snapshot(folder) if folder.is_dir() else None


def played(
    language: str = "sv", *, strict: bool = True, passed: Callable[[float], None] = lambda _share: None
) -> Snapshot:
    """Return the town, played now unless it has been before. To be called outside of an event loop.

    While it is played `passed` is called with the share that is done.

    Raises Differs at a line that does not hold any more; unless `strict`, the town is then as far as it has come, a
    sentence on standard error says so, and the next start plays it anew.
    """
    _cache().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (_cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever starts meanwhile waits and finds it there
        if found := there(language):
            return found
        for earlier in _cache().iterdir():
            if earlier.is_dir():
                shutil.rmtree(earlier)
        made, name = Path(tempfile.mkdtemp(dir=_cache())), _fingerprint(language)
        with on_this_thread(), patch("storage.store.Store.durable", False):  # cut short, it is played anew
            differs = uvloop.run(_play(made, language, passed))
        if differs and strict:
            raise differs
        if differs:
            print(told(differs), file=sys.stderr)  # noqa: T201 - the command's answer
            name = UNFINISHED
        return Snapshot(made.rename(_cache() / name))


def told(differs: Differs) -> str:
    """Say where the town stops and why, without all that its people see then."""
    place, _, why = str(differs).partition("\n")
    line, first = (textwrap.shorten(text, LONGEST, placeholder=" …") for text in (place, why.partition("\n")[0]))
    return f"The finished town stops here; the new one can be played all the same.\n{line}\n{first}"


async def _play(folder: Path, language: str, passed: Callable[[float], None]) -> Differs | None:
    """Play the town into a folder; return the line that did not hold, if any."""
    key, text, differs = secrets.token_bytes(32), transcript(language), None
    async with town(folder, start=begins(text), master_key=key) as finished:
        invented = Invented(language)
        people = [finished.sandbox.add_person(person["name"]) for person in invented.people]  # first on the page
        finished.sandbox.create_group(invented.group, people[0], people[1:])
        try:
            await Player(finished).play(TRANSCRIPT, text, passed)
        except Differs as error:
            differs = error
        world = finished.sandbox.world
    (folder / WORLD).write_bytes(keeping.dumps(world))
    (folder / KEY).write_bytes(key)
    return differs


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stadsbot"


def _fingerprint(language: str) -> str:
    """Return a hash of all that the town is made of."""
    found = hashlib.sha256()
    for path in _sources(language):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _sources(language: str) -> Iterator[Path]:
    root = Path(__file__).parents[2]
    for room in (root / "flows" / "process", root / "messages" / language, root / "storage" / "migrations"):
        yield from sorted(path for path in room.rglob("*") if path.suffix in _KINDS)
    yield from (root / "bot" / "sandbox" / name for name in _SHAPES)
