"""The access log: who has read which incident and when, never what it said.

Lines are only added. Each carries a mark made with the group's key from itself and the line before, so that a line
taken away, changed or slipped in shows.
"""

from dataclasses import replace

from storage.records import Access
from storage.repository import Records
from storage.table import Table, pack, seconds
from storage.vault import Key


class AccessLog(Records[Access]):
    """Who has read what."""

    table = Table("access_log", Access, sealed=("member_id", "what", "incident_id"))

    async def add(self, group_id: int, member_id: int | None, what: str, incident_id: int | None = None) -> None:
        """Write a line: `what` is list, open, follow_up, export, readers or withdrawn (which names nobody)."""
        before = await self._session.row(
            "SELECT chain FROM access_log WHERE group_id = ? ORDER BY id DESC LIMIT 1", (group_id,)
        )
        id = self._memory.new_id("access_log")
        line = Access(id, group_id, self._now(), b"", member_id, what, incident_id)
        chain = _chain(await self._key(group_id), before["chain"] if before else b"", line)
        await self._add(id, replace(line, chain=chain))

    async def lines(self, group_id: int, *, offset: int = 0, limit: int = 8) -> tuple[list[Access], int]:
        """A page of the log, newest first, and how many lines there are."""
        total = await self._session.row("SELECT count(*) FROM access_log WHERE group_id = ?", (group_id,))
        assert total is not None
        page = await self._select("WHERE group_id = ? ORDER BY id DESC LIMIT ? OFFSET ?", (group_id, limit, offset))
        return page, total[0]

    async def was_opened(self, group_id: int, incident_id: int) -> bool:
        """True if somebody has opened this incident. Every line is opened for it, newest first."""
        lines = await self._select("WHERE group_id = ? ORDER BY id DESC", (group_id,))
        return any(line.what == "open" and line.incident_id == incident_id for line in lines)

    async def is_whole(self, group_id: int) -> bool:
        """True if no line in the midst was taken away, changed or slipped in since it was written.

        The first one there is taken on trust, as those before it are removed in time.
        """
        key, previous = await self._key(group_id), None
        for line in await self._select("WHERE group_id = ? ORDER BY id", (group_id,)):
            if previous is not None and line.chain != _chain(key, previous, line):
                return False
            previous = line.chain
        return True


def _chain(key: Key, previous: bytes, line: Access) -> bytes:
    content = pack([line.id, line.group_id, seconds(line.at), line.member_id, line.what, line.incident_id])
    return key.mark("access_log", previous + content)
