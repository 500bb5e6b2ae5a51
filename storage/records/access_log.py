"""The access log: who has read which incident and when, never what it said.

Lines are only added. Each carries a mark, made with the group's key from itself and the line before, so a line that
was removed, changed or inserted shows. If the newest lines are cut off, or somebody who has the key writes the whole
log again, it shows only to those who have kept a head: the number, day and mark of what was once the last line.
"""

import dataclasses
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from storage.records.repository import Records
from storage.table import RecordTable, midnight, moment, pack, seconds
from storage.vault.vault import VaultKey


@dataclass(frozen=True, slots=True)
class Access:
    """A line of the access log."""

    id: int
    group_id: int
    at: datetime
    chain: bytes = dataclasses.field(repr=False)  # proves this line and the one before
    member_id: int | None
    what: str  # one of label.access in the words
    incident_id: int | None


MARK = 16  # hexadecimal digits of a mark in a head: 64 bits, which nobody can hit without the key
_HEAD = re.compile(rf"(\d{{1,18}})-(\d{{1,18}})-(\d{{8}})-([0-9a-f]{{{MARK}}})")


@dataclass(frozen=True, slots=True)
class Head:
    """The line that was a group's last one at some time. It tells nothing of what was read: keep it anywhere."""

    group_id: int
    line: int
    day: date
    mark: str

    def __str__(self) -> str:
        return f"{self.group_id}-{self.line}-{self.day:%Y%m%d}-{self.mark}"

    @classmethod
    def parse(cls, text: str) -> "Head | None":
        """Return the head that this text writes, None for any other text."""
        found = _HEAD.fullmatch(text.strip())
        try:
            return cls(int(found[1]), int(found[2]), date.fromisoformat(found[3]), found[4]) if found else None
        except ValueError:
            return None


class HeadVerdict(StrEnum):
    """Whether a head that was kept still fits the log."""

    STANDS = "stands"
    AGED = "aged"  # removed in time, as the group has decided
    CUT = "cut"  # gone before its time
    CHANGED = "changed"  # another line stands in its place, or what came after it does not fit


HEADS = (
    "SELECT group_id, id, at, chain FROM access_log WHERE id IN (SELECT max(id) FROM access_log GROUP BY group_id) "
    "ORDER BY group_id"
)


def heads_in(database: sqlite3.Connection) -> list[Head]:
    """The heads of all groups in a database that is read without any key."""
    return [_head(*row) for row in database.execute(HEADS)]


class AccessLog(Records[Access]):
    """The log of who has read what."""

    table = RecordTable("access_log", Access, sealed=("member_id", "what", "incident_id"))

    async def add(self, group_id: int, member_id: int | None, what: str, incident_id: int | None = None) -> None:
        """Write a line: `what` says what was done; `withdrawn` names nobody, and tells the day only."""
        before = await self._session.row(
            "SELECT chain FROM access_log WHERE group_id = ? ORDER BY id DESC LIMIT 1", (group_id,)
        )
        id = self._caches.new_id("access_log")
        at = midnight(self._now()) if member_id is None else self._now()  # a time would tell whose it was
        line = Access(id, group_id, at, b"", member_id, what, incident_id)
        chain = _chain(await self._key(group_id), before["chain"] if before else b"", line)
        await self._add(id, replace(line, chain=chain))

    async def lines(self, group_id: int, *, offset: int = 0, limit: int = 8) -> tuple[list[Access], int]:
        """A page of the log, newest first, and how many lines there are."""
        total = await self._session.row("SELECT count(*) FROM access_log WHERE group_id = ?", (group_id,))
        assert total is not None
        page = await self._select("WHERE group_id = ? ORDER BY id DESC LIMIT ? OFFSET ?", (group_id, limit, offset))
        return page, total[0]

    async def of_member(self, group_id: int, member_id: int) -> list[Access]:
        """Return what a member has done, the oldest first. Every line of the group is opened for it."""
        lines = await self._select("WHERE group_id = ? ORDER BY id", (group_id,))
        return [line for line in lines if line.member_id == member_id]

    async def opened_by(self, group_id: int, incident_id: int) -> set[int | None]:
        """Return the members who have opened this incident, None for those erased. Every line is opened for it."""
        lines = await self._select("WHERE group_id = ?", (group_id,))
        return {line.member_id for line in lines if line.what == "open" and line.incident_id == incident_id}

    async def head(self, group_id: int) -> Head | None:
        """Return the last line as it is now, to be kept elsewhere; None if nothing has been read yet."""
        row = await self._session.row(
            "SELECT group_id, id, at, chain FROM access_log WHERE group_id = ? ORDER BY id DESC LIMIT 1", (group_id,)
        )
        return _head(*row) if row else None

    async def heads(self) -> list[Head]:
        """The last lines of all groups, for which no group's key is needed."""
        return [_head(*row) for row in await self._session.rows(HEADS)]

    async def check(self, group_id: int, heads: Iterable[Head], kept_from: date) -> dict[Head, HeadVerdict]:
        """Check heads of this group that were kept. Lines from before `kept_from` are removed as they age."""
        lines = await self._select("WHERE group_id = ? ORDER BY id", (group_id,))
        whole = await self._fits(group_id, lines)
        standing = {line.id: _head(group_id, line.id, seconds(line.at), line.chain) for line in lines}

        def became(head: Head) -> HeadVerdict:
            if head.line not in standing:
                return HeadVerdict.AGED if head.day < kept_from else HeadVerdict.CUT
            return HeadVerdict.STANDS if whole and standing[head.line] == head else HeadVerdict.CHANGED

        return {head: became(head) for head in heads}

    async def is_whole(self, group_id: int) -> bool:
        """True if no line was removed, changed or inserted between the first and the last one.

        The first one is taken on trust, as those before it are removed in time.
        """
        return await self._fits(group_id, await self._select("WHERE group_id = ? ORDER BY id", (group_id,)))

    async def _fits(self, group_id: int, lines: Sequence[Access]) -> bool:
        key = await self._key(group_id)
        return all(after.chain == _chain(key, before.chain, after) for before, after in pairwise(lines))


def _head(group_id: int, id: int, at: int, chain: bytes) -> Head:
    return Head(group_id, id, moment(at).date(), chain.hex()[:MARK])


def _chain(key: VaultKey, previous: bytes, line: Access) -> bytes:
    content = pack([line.id, line.group_id, seconds(line.at), line.member_id, line.what, line.incident_id])
    return key.mark("access_log", previous + content)
