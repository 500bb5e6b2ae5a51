"""Deep links: what an unguessable token leads to. Only its keyed hash is stored: a copied database opens none."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict, Unpack

from storage.records.repository import Records
from storage.table import RecordTable, seconds


@dataclass(frozen=True, slots=True)
class Link:
    """A deep link. The token itself is not stored."""

    id: int
    purpose: str  # join | answer | activate ...
    group_id: int | None
    ref: str | None
    person_id: int | None
    state: str  # valid | expired | revoked | used
    created_at: datetime
    expires_at: datetime | None


class LinkChanges(TypedDict, total=False):
    """The fields of a link that can be changed."""

    state: str
    person_id: int | None
    expires_at: datetime


class LinkTarget(TypedDict, total=False):
    """What a link is about; see Link."""

    group_id: int
    ref: str
    person_id: int


class Links(Records[Link]):
    """The links of all groups, by token."""

    table = RecordTable("links", Link)
    owner = None

    def reserve(self) -> int:
        """Reserve the id of a link that will be added, for a token that is made from it."""
        return self._caches.new_id("links")

    async def update(self, id: int, **changes: Unpack[LinkChanges]) -> Link:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def add(
        self,
        token: str,
        purpose: str,
        *,
        id: int | None = None,
        expires_at: datetime | None = None,
        **leads_to: Unpack[LinkTarget],
    ) -> None:
        """Add a link for the token. `id` is the one that was reserved for it, if one was."""
        self._session.write(
            "INSERT INTO links (id, token_hash, purpose, group_id, ref, person_id, state, created_at, expires_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 'valid', ?, ?)",
            (
                id if id is not None else self.reserve(),
                self._caches.keyring.link_hash(token),
                purpose,
                leads_to.get("group_id"),
                leads_to.get("ref"),
                leads_to.get("person_id"),
                seconds(self._now()),
                seconds(expires_at) if expires_at else None,
            ),
        )

    async def find(self, token: str) -> Link | None:
        """Return the link of a token, None for one that was made up. The caller checks its state."""
        found = await self._select("WHERE token_hash = ?", (self._caches.keyring.link_hash(token),))
        if not found:
            return None
        link = found[0]
        if link.state == "valid" and link.expires_at is not None and link.expires_at <= self._now():
            return replace(link, state="expired")
        return link

    async def of_group(self, group_id: int, purpose: str) -> list[Link]:
        """The links of this purpose to a group that can still be followed."""
        found = await self._select("WHERE group_id = ? AND purpose = ? AND state = 'valid'", (group_id, purpose))
        return [link for link in found if link.expires_at is None or link.expires_at > self._now()]

    async def revoke(self, group_id: int | None, purpose: str, ref: str | None = None) -> None:
        """Revoke the valid links of this purpose (and ref, when given) to a group, or to no group."""
        self._session.write(
            "UPDATE links SET state = 'revoked' "
            "WHERE state = 'valid' AND group_id IS ? AND purpose = ? AND ref IS coalesce(?, ref)",
            (group_id, purpose, ref),
        )

    async def use(self, id: int) -> None:
        """Mark a link for one use as used."""
        self._session.write("UPDATE links SET state = 'used' WHERE id = ? AND state = 'valid'", (id,))

    async def prune(self, before: datetime) -> None:
        """Delete links that ended before that time. One without an end stays, as a used one must stay used."""
        self._session.write("DELETE FROM links WHERE expires_at < ?", (seconds(before),))
