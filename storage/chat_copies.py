"""Copies of chats, for people who read them on the bot's own page and not (or not only) in Telegram.

A copy shows what a message shows there now: an edit changes it, a deletion takes it away. What people write is no
part of it. Sealed with the key of the group whose words it carries, and erased with that group.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypedDict, Unpack

from storage.json_records import JsonObject
from storage.records import OWN_NUMBERS, Attachment, ChatCopy, OutboxKind, Outgoing
from storage.repository import Records
from storage.table import RecordTable, midnight, pack, padded, seconds, unpack

MOST = 200  # copies in a chat; the oldest go
IN_A_CHAT = 24  # bits of a copy's number that count within its chat
NO_END = (1 << 63) - 1  # above every copy's number
NEW = frozenset({OutboxKind.MESSAGE, OutboxKind.PHOTO, OutboxKind.DOCUMENT})


class ChatCopyChanges(TypedDict, total=False):
    """The fields of a copy that can be changed."""

    pinned: bool
    content: JsonObject
    about: int | None


class ChatCopies(Records[ChatCopy]):
    """The messages of the chats that are copied."""

    table = RecordTable("chat_copies", ChatCopy, sealed=("kind", "content", "files"), least=512)
    owner = "about"

    async def update(self, id: int, **changes: Unpack[ChatCopyChanges]) -> ChatCopy:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def keep_chat(self, chat: str) -> None:
        """Keep this chat from now on."""
        if chat not in await self._kept():
            self._session.write("INSERT OR IGNORE INTO kept_chats (chat) VALUES (?)", (chat,))
            (await self._kept()).add(chat)

    async def end_chat(self, chat: str) -> None:
        """Stop keeping a copy of this chat, and delete it."""
        (await self._kept()).discard(chat)
        self._session.write("DELETE FROM kept_chats WHERE chat = ?", (chat,))

    async def is_kept(self, chat: str) -> bool:
        """True if a copy of this chat is kept, as somebody reads it on the page."""
        return chat in await self._kept()

    async def take(self, item: Outgoing, message_id: int | None, files: Iterable[Attachment] = ()) -> None:
        """Do to the copy what the item has just done in the chat."""
        message_id = message_id or item.message_id
        if message_id is None or item.content.get("aside") or item.chat not in await self._kept():
            return
        self._session.touched.add("chat_copies")
        self._session.after_commit.append(partial(self._caches.changed_chats.add, item.chat))
        if item.kind in NEW:
            await self._new(item, message_id, files)
        elif item.kind == OutboxKind.DELETE:
            gone = item.content.get("messages") or [message_id]
            for one in gone:
                self._session.write("DELETE FROM chat_copies WHERE chat = ? AND message_id = ?", (item.chat, one))
            self._session.wipe_log = True
        elif (copy := await self.of_message(item.chat, message_id)) is not None:
            await self._change(item, copy)
        elif item.kind == OutboxKind.EDIT:  # of a message from before the chat was kept
            await self._new(replace(item, kind=OutboxKind.MESSAGE), message_id, files)

    async def of_message(self, chat: str, message_id: int) -> ChatCopy | None:
        """The copy of one message."""
        found = await self._select("WHERE chat = ? AND message_id = ?", (chat, message_id))
        return found[0] if found else None

    async def newest(self, chat: str, most: int = 50, *, before: int = NO_END) -> list[ChatCopy]:
        """The newest messages of a chat, or the newest before a copy: the oldest of them first."""
        return (await self._select("WHERE chat = ? AND id < ? ORDER BY id DESC LIMIT ?", (chat, before, most)))[::-1]

    async def file(self, copy: ChatCopy, number: int) -> Attachment | None:
        """A file of a message, by its place among them."""
        rows = await self._session.rows(
            "SELECT * FROM copied_files WHERE copy_id = ? ORDER BY id LIMIT 1 OFFSET ?", (copy.id, number)
        )
        for row in rows:
            key = await self._key(row["about"])
            field, name = unpack(key.open(f"copied_files/{row['id']}/name", row["sealed"]))
            return Attachment(field, name, key.open(f"copied_files/{row['id']}/content", row["content"]))
        return None

    async def prune(self, before: datetime) -> None:
        """Delete copies of messages from before that day, and of Telegram's chats that nobody reads here any more."""
        self._session.write("DELETE FROM chat_copies WHERE at < ? AND pinned = 0", (seconds(before),))
        unread = await self._session.rows(
            "SELECT chat FROM kept_chats JOIN people ON chat = 'p:' || people.id WHERE people.user_id < ? "
            "AND NOT EXISTS (SELECT 1 FROM sign_ins WHERE person_id = people.id)",
            (OWN_NUMBERS,),
        )
        for row in unread:
            await self.end_chat(row["chat"])

    async def _new(self, item: Outgoing, message_id: int, files: Iterable[Attachment]) -> None:
        if await self.of_message(item.chat, message_id) is not None:  # told twice
            return
        id, files = await self._number(item.chat), tuple(files)
        names = [file.filename for file in files]
        at = midnight(self._now()) if item.person_id is not None else self._now()
        await self._add(
            id, ChatCopy(id, item.chat, message_id, item.about, False, at, str(item.kind), item.content, names)
        )
        key = await self._key(item.about)
        for file in files:
            number = self._caches.new_id("copied_files")
            self._session.write(
                "INSERT INTO copied_files (id, copy_id, about, sealed, content) VALUES (?, ?, ?, ?, ?)",
                (
                    number,
                    id,
                    item.about,
                    key.seal(f"copied_files/{number}/name", padded(pack([file.field, file.filename]))),
                    key.seal(f"copied_files/{number}/content", file.content),
                ),
            )
        self._session.write(
            "DELETE FROM chat_copies WHERE chat = ? AND pinned = 0 AND id <= "
            "(SELECT id FROM chat_copies WHERE chat = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (item.chat, item.chat, MOST),
        )

    async def _number(self, chat: str) -> int:
        """Return the next number in a chat.

        Each chat has numbers of its own, and so lies by itself in the file: numbered together, the last copy would tell
        whose chat was last written to, such as with the receipt of an incident.
        """
        base = ((int(chat[2:]) << 1) + chat.startswith("g:")) << IN_A_CHAT
        found = await self._session.rows(
            "SELECT max(id) FROM chat_copies WHERE id BETWEEN ? AND ?", (base, base + (1 << IN_A_CHAT) - 1)
        )
        return (found[0][0] or base) + 1

    async def _change(self, item: Outgoing, copy: ChatCopy) -> None:
        content = dict(copy.content)
        if item.kind == OutboxKind.EDIT:
            content = dict(item.content)
        elif item.kind == OutboxKind.EDIT_KEYBOARD:
            content = {name: value for name, value in content.items() if name not in ("keyboard", "write")}
            content |= item.content
        elif item.kind == OutboxKind.PIN:
            self._session.write("UPDATE chat_copies SET pinned = 0 WHERE chat = ?", (item.chat,))
            await self.update(copy.id, pinned=True)
            return
        else:
            return
        await self.update(copy.id, content=content, about=item.about if item.about is not None else copy.about)

    async def _kept(self) -> set[str]:
        cache = self._caches.cache("kept chats")
        if "all" not in cache:
            cache["all"] = {row[0] for row in await self._session.rows("SELECT chat FROM kept_chats")}
        kept: set[str] = cache["all"]
        return kept
