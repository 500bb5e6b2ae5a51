"""A store in a folder of its own, and a town in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.records.records import Attachment, Group, Member, OutboxKind, SeatState
from storage.store import Store, UnitOfWork
from storage.vault.vault import Keyring

MASTER = bytes(range(32))
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is wound."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def wind(self, **time: float) -> datetime:
        """Let time pass, and say what it is then."""
        self.now += timedelta(**time)
        return self.now


class Open:
    """Opens the database at a path, each time closing it first if it was open."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._opened: list[Store] = []

    async def __call__(self, master: bytes = MASTER) -> Store:
        """Open it with this master key."""
        await self.close()
        self._opened.append(await Store.open(self._path, keyring=Keyring(master), clock=self._clock))
        return self._opened[-1]

    async def close(self) -> None:
        """Close it if it is open."""
        while self._opened:
            await self._opened.pop().close()


@pytest.fixture
def clock() -> Clock:
    """The time of the test."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be; its folder does not exist yet."""
    return tmp_path / "data" / "town.db"


@pytest.fixture
async def open_store(path: Path, clock: Clock) -> AsyncIterator[Open]:
    """A way to open the database, which is closed at the end of the test."""
    opener = Open(path, clock)
    yield opener
    await opener.close()


@pytest.fixture
async def store(open_store: Open) -> Store:
    """An empty database, open."""
    return await open_store()


async def users(store: Store) -> set[int]:
    """Whom the database knows, read past all caches."""
    rows = await store._connection.run([("SELECT user_id FROM people", ())])
    return {row[0] for row in rows}


async def make_group(
    work: UnitOfWork, chat_id: int, members: int = 0, first_user: int = 1000
) -> tuple[Group, list[Member]]:
    """A group with active members, the first of whom coordinates."""
    group = await work.groups.add(chat_id, "Påhittade stad")
    made = []
    for n in range(members):
        person = await work.people.ensure(first_user + n)
        member = await work.members.add(group.id, person.id, "core")
        made.append(
            await work.members.update(member.id, name=f"Person {n}", state=SeatState.ACTIVE, coordinator=n == 0)
        )
    return group, made


async def keep_copy(work: UnitOfWork, chat: str, text: str, *, about: int | None, file: str = "") -> int:
    """Keep a copy of a message that is being sent, in a chat that is kept; the message's number."""
    files = [Attachment("document", "file.txt", file.encode())] if file else []
    id = await work.outbox.put(chat, OutboxKind.MESSAGE, {"text": text}, about=about)
    await work.chat_copies.take(await work.outbox.get(id), id, files)
    await work.outbox.sent(id, id)
    return id
