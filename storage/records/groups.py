"""Groups: the towns' chats."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from sqlite3 import Row
from typing import TypedDict, Unpack

from storage.errors import Damaged, Unknown
from storage.records.chat_copies import ChatCopies
from storage.records.group_settings import GroupSettings, Part
from storage.records.members import Members
from storage.records.outbox import LIVE
from storage.records.records import OWN_NUMBERS, Group, GroupState, group_chat
from storage.records.repository import REMEMBERED, Records
from storage.table import RecordTable, listed, moment

# Proved by the seal: the group's chat and its state. Whoever writes another chat into the file gains nothing.
GROUPS = RecordTable("groups", Group, sealed=("title", "settings"), bound=("chat_id", "state"))

# Everything that belongs to a group, in an order that respects the references between tables.
CONTENT = (
    "DELETE FROM dead_letters WHERE about = :id",
    "DELETE FROM dead_letters WHERE person_id IN (SELECT person_id FROM members WHERE group_id = :id)",
    "DELETE FROM outbox WHERE about = :id",
    "DELETE FROM copied_files WHERE about = :id",
    "DELETE FROM copy_blocks WHERE about = :id",
    "DELETE FROM kept_chats WHERE chat = 'g:' || :id",
    "DELETE FROM prompts WHERE group_id = :id",
    "DELETE FROM held_texts WHERE group_id = :id",
    "DELETE FROM links WHERE group_id = :id",
    "DELETE FROM agenda WHERE group_id = :id",
    "DELETE FROM rows WHERE group_id = :id",
    "DELETE FROM follow_ups WHERE group_id = :id",
    "DELETE FROM incidents WHERE group_id = :id",
    "DELETE FROM access_log WHERE group_id = :id",
    "DELETE FROM earlier_years WHERE group_id = :id",
    "DELETE FROM published WHERE group_id = :id",
    "DELETE FROM meetings WHERE group_id = :id",
    "DELETE FROM matters WHERE group_id = :id",
    "DELETE FROM check_in_answers WHERE group_id = :id",
    "DELETE FROM check_ins WHERE group_id = :id",
    "DELETE FROM wishes WHERE group_id = :id",
    "DELETE FROM gatherings WHERE group_id = :id",
    "DELETE FROM ballots WHERE group_id = :id",
    "DELETE FROM makings WHERE group_id = :id",
    "DELETE FROM uploads WHERE group_id = :id",
    "DELETE FROM runs WHERE group_id = :id",
    "DELETE FROM members WHERE group_id = :id",
    "DELETE FROM organisations WHERE group_id = :id",
    "UPDATE people SET current_group = NULL WHERE current_group = :id",
    "UPDATE groups SET chat_id = 0, thread_id = NULL, state = 'erased', sealed = NULL WHERE id = :id",
)


class GroupChanges(TypedDict, total=False):
    """The fields of a group that can be changed."""

    chat_id: int
    title: str
    thread_id: int | None
    state: GroupState
    settings: GroupSettings


class Groups(Records[Group]):
    """The towns' groups."""

    table = GROUPS
    owner = "id"
    cached = REMEMBERED

    async def update(self, id: int, **changes: Unpack[GroupChanges]) -> Group:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def settle(self, group: Group, *parts: Part) -> Group:
        """Change parts of a group's settings, as this record has them, and return it as it is now. Raises Unknown."""
        return await self.update(group.id, settings=group.settings.having(*parts))

    async def add(self, chat_id: int, title: str) -> Group:
        """Begin a group with a key of its own."""
        return await self._begin(self._caches.new_id("groups"), chat_id, title)

    async def add_own(self, title: str) -> Group:
        """Begin a group that has no chat elsewhere."""
        id = self._caches.new_id("groups")
        group = await self._begin(id, -OWN_NUMBERS - id, title)
        await self.own_chat(id)
        return group

    async def own_chat(self, id: int) -> int:
        """The number of a group's chat with us, which is kept from now on."""
        await ChatCopies(self._session, self._caches).keep_chat(group_chat(id))
        return -OWN_NUMBERS - id

    async def by_chat(self, chat_id: int) -> Group | None:
        """The group that has this chat."""
        ids = self._caches.cache("groups by chat")
        if chat_id in ids:
            return await self.get(ids[chat_id])
        found = await self._select("WHERE chat_id = ? AND chat_id <> 0", (chat_id,))
        if not found:
            return None
        ids[chat_id] = found[0].id
        return found[0]

    async def with_people(self, person_ids: Collection[int]) -> list[Group]:
        """The groups in which any of these people has or had a seat."""
        seats = "SELECT group_id FROM members WHERE person_id IN (SELECT value FROM json_each(?))"
        return await self._select(f"WHERE id IN ({seats}) ORDER BY id", (listed(person_ids),))

    async def all_active(self) -> list[Group]:
        """Return the groups whose chat the bot is in, without the `forged` ones, for which nothing is done."""
        ids = await self._session.rows(
            "SELECT id FROM groups WHERE state IN ('new', 'active') AND chat_id <> 0 ORDER BY id"
        )
        opened = [await self._opened(row["id"]) for row in ids]
        return [group for group in opened if group is not None]

    async def numbers(self) -> list[int]:
        """Return the numbers of all groups that are not erased."""
        return [
            row["id"] for row in await self._session.rows("SELECT id FROM groups WHERE state <> 'erased' ORDER BY id")
        ]

    async def forged(self, after: int = 0, most: int = -1) -> tuple[list[int], int | None]:
        """Return the groups whose row was changed from outside the program, so that its seal does not fit.

        With `most`, in batches: the second part is the id to go on after, None at the end. What is looked at is not
        remembered, as it is all groups.
        """
        rows = await self._session.rows(f"{self.table.select} WHERE id > ? ORDER BY id LIMIT ?", (after, most))
        found, keys = [], self._caches.group_keys
        for row in rows:
            known = row["id"] in keys
            try:
                await self._record(row)
            except Damaged:
                found.append(row["id"])
            if not known:
                keys.pop(row["id"], None)
        return found, rows[-1]["id"] if len(rows) == most else None

    async def _opened(self, id: int) -> Group | None:
        try:
            return await self.get(id)
        except Damaged:
            return None

    async def migrate(self, old_chat: int, new_chat: int) -> Group | None:
        """Follow a group to its new chat (a supergroup gets a new id). It may be called twice, and in either order.

        Message ids of the old chat mean nothing in the new one: they are dropped, and edits that wait become messages.
        If the new chat was taken for another group before, the one that has done more goes on: an empty one is merged
        into it, one with runs of its own is kept without a chat. Returns None if neither chat is known.
        """
        old, new = await self.by_chat(old_chat), await self.by_chat(new_chat)
        if old is None or new is old:
            return new
        if new is None:
            return await self._move(old, new_chat)
        kept, other = (new, old) if await self._has_runs(new) and not await self._has_runs(old) else (old, new)
        if await self._has_runs(other):
            await self._save(other.id, other, replace(other, chat_id=0, state=GroupState.AWAY))
        else:
            await self._adopt_members(kept, other)
            await self.erase(other.id)
        return await self._move(kept, new_chat)

    async def erase(self, id: int) -> None:
        """Delete all that belongs to the group and, once committed, its key: older copies become unreadable too.

        Raises Unknown.
        """
        row = await self._session.row("SELECT key_id FROM groups WHERE id = ?", (id,))  # its key may be gone already
        if row is None:
            raise Unknown("groups", id)
        for statement in CONTENT:
            self._session.write(statement, {"id": id})
        self._caches.forget()
        self._session.after_commit.append(partial(self._caches.destroy_key, id, row["key_id"]))
        self._session.touched.add("keys")
        self._session.wipe_log = True

    async def _begin(self, id: int, chat_id: int, title: str) -> Group:
        key_id = await asyncio.to_thread(self._caches.keys.create)
        self._caches.group_keys[id] = self._caches.keys.load(key_id)
        return await self._add(
            id, Group(id, chat_id, title, None, GroupState.NEW, GroupSettings(), self._now(), key_id)
        )

    async def _record(self, row: Row) -> Group:
        if row["sealed"] is None:
            return Group(
                row["id"], 0, "", None, GroupState.ERASED, GroupSettings(), moment(row["created_at"]), row["key_id"]
            )
        if row["id"] not in self._caches.group_keys:
            self._caches.group_keys[row["id"]] = self._caches.keys.load(row["key_id"])
        return await super()._record(row)

    async def _has_runs(self, group: Group) -> bool:
        return await self._session.row("SELECT 1 FROM runs WHERE group_id = ? LIMIT 1", (group.id,)) is not None

    async def _adopt_members(self, kept: Group, other: Group) -> None:
        members = Members(self._session, self._caches)
        for member in await members.of_group(other.id, include_left=True, roles=None):
            if await members.find(kept.id, member.user_id):
                continue
            organisation_id = None
            if member.organisation_id is not None:
                theirs = await members.organisation(member.organisation_id)
                organisation_id = (await members.add_organisation(kept.id, theirs.name, theirs.kind)).id
            await members.update(member.id, group_id=kept.id, organisation_id=organisation_id)
        self._session.write("UPDATE people SET current_group = ? WHERE current_group = ?", (kept.id, other.id))
        self._caches.forget()

    async def _move(self, group: Group, new_chat: int) -> Group:
        self._caches.forget()
        if group.chat_id == new_chat:
            return group
        chat = (group_chat(group.id),)
        self._session.write(
            "UPDATE outbox SET state = 'replaced' "
            f"WHERE chat = ? AND message_id IS NOT NULL AND {LIVE} AND state = 'sent'",
            chat,
        )
        self._session.write(
            "UPDATE outbox SET kind = 'message', message_id = NULL "
            "WHERE chat = ? AND state = 'queued' AND kind = 'edit'",
            chat,
        )
        self._session.write(
            "UPDATE outbox SET state = 'replaced' WHERE chat = ? AND state = 'queued' AND message_id IS NOT NULL", chat
        )
        return await self.update(group.id, chat_id=new_chat)
