"""Copies of chats, for people who read them on the bot's own page and not (or not only) in Telegram.

A copy shows what a message shows there now: an edit changes it, a deletion takes it away. What people write is no
part of it. Sealed with the key of the group whose words it carries, and erased with that group.

They lie in blocks, always as many for a chat and all of one length, and all that a group's people have are sealed
anew with each incident. So nobody without the key sees to whom the bot has said something on that day, as it has to
whoever logged it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from storage.json_records import dump
from storage.records.outbox import EDITS, KEYBOARD
from storage.records.records import (
    OWN_NUMBERS,
    Attachment,
    ChatCopy,
    CopyBlock,
    OutboxKind,
    Outgoing,
    group_chat,
    private_chat,
)
from storage.records.repository import Caches, Records, Repository
from storage.records.sign_ins import SignIns
from storage.session import Session
from storage.table import RecordTable, listed, midnight, pack, padded, unpack

BLOCKS = 16  # of a chat, for the words of one group; when they are full the oldest copies go
BLOCK = 8_192  # bytes of a block's content
BATCH = 200  # blocks looked through in one transaction: nobody else can write meanwhile
IN_A_CHAT = 24  # bits of a copy's number that count within its chat
NO_END = (1 << 63) - 1  # above every copy's number
NEW = frozenset({OutboxKind.MESSAGE, OutboxKind.PHOTO, OutboxKind.DOCUMENT})
OF_GROUP = "WHERE chat IN (SELECT 'p:' || person_id FROM members WHERE group_id = ?)"


class CopyBlocks(Records[CopyBlock]):
    """The blocks in which copies lie."""

    table = RecordTable("copy_blocks", CopyBlock, sealed=("copies",), least=BLOCK)
    owner = "about"
    cached = 512

    async def of_chat(self, chat: str) -> list[CopyBlock]:
        """Return all blocks of a chat."""
        return await self._all_of("chat", chat)

    async def of(self, chat: str, about: int | None) -> list[CopyBlock]:
        """Return a chat's blocks for a group's words, or the bot's own: the one with the newest copy last."""
        found = [block for block in await self.of_chat(chat) if block.about == about]
        if not found:
            for _ in range(BLOCKS):
                id = self._caches.new_id(self.table.name)
                self._joined(id, chat=chat)
                found.append(await self._add(id, CopyBlock(id, chat, about, ())))
        return sorted(found, key=lambda block: max((copy.id for copy in block.copies), default=0))

    async def fill(self, block: CopyBlock, copies: Iterable[ChatCopy]) -> None:
        """Let a block hold these copies instead of its own. The files of those that go, go too."""
        after = replace(block, copies=tuple(copies))
        await self._save_latest(block.id, block, after)
        self.drop_files({copy.id for copy in block.copies if copy.files} - {copy.id for copy in after.copies})

    async def batch(self, after: int) -> list[CopyBlock]:
        """Return some blocks of all chats, in order, from after this one."""
        return await self._select("WHERE id > ? ORDER BY id LIMIT ?", (after, BATCH))

    async def seal_anew(self, group_id: int) -> None:
        """Seal again whatever has been said in private to the people of a group."""
        rows = await self._session.rows(f"{self.table.select} {OF_GROUP}", (group_id,))
        for row in rows:
            key, place = await self._key(row["about"]), self.table.place(dict(row))
            self._session.write(
                "UPDATE copy_blocks SET sealed = ? WHERE id = ?",
                (key.seal(place, key.open(place, row["sealed"])), row["id"]),
            )

    def drop_files(self, copies: set[int]) -> None:
        """Delete the files of copies that are gone."""
        if copies:
            gone = "DELETE FROM copied_files WHERE copy_id IN (SELECT value FROM json_each(?))"
            self._session.write(gone, (listed(copies),))

    def forget(self, chat: str) -> None:
        """Remember no block of a chat any more."""
        for id in self._roster("chat").pop(chat, ()):
            self._remembered.pop(id, None)


class ChatCopies(Repository):
    """The messages of the chats that are copied."""

    def __init__(self, session: Session, memory: Caches) -> None:
        super().__init__(session, memory)
        self.blocks = CopyBlocks(session, memory)

    async def keep_chat(self, chat: str) -> None:
        """Keep this chat from now on."""
        if chat not in await self._kept():
            self._session.write("INSERT OR IGNORE INTO kept_chats (chat) VALUES (?)", (chat,))
            (await self._kept()).add(chat)

    async def end_chat(self, chat: str) -> None:
        """Stop keeping a copy of this chat, and delete it."""
        (await self._kept()).discard(chat)
        self._session.write("DELETE FROM kept_chats WHERE chat = ?", (chat,))
        self.blocks.forget(chat)

    async def is_kept(self, chat: str) -> bool:
        """True if a copy of this chat is kept, as somebody reads it on the page."""
        return chat in await self._kept()

    async def take(self, item: Outgoing, message_id: int | None, files: Iterable[Attachment] = ()) -> None:
        """Do to the copy what the item has just done in the chat."""
        message_id = message_id or item.message_id
        if item.content.get("aside") or item.chat not in await self._kept():
            return
        if item.kind == OutboxKind.DELETE:
            gone = set(item.content.get("messages") or [message_id])
            await self._take_out(item.chat, lambda one: one.message_id in gone)
            return
        if message_id is None:
            return
        self._will_change(item.chat)
        copy = await self.of_message(item.chat, message_id)
        if item.kind in NEW and copy is None:  # else told twice
            await self._new(item, message_id, files)
        elif item.kind == OutboxKind.PIN and copy is not None:
            await self._change_each(item.chat, lambda one: replace(one, pinned=one.message_id == message_id))
        elif item.kind in EDITS and copy is not None:
            await self._edit(item, copy)
        elif item.kind == OutboxKind.EDIT:  # of a message from before the chat was kept
            await self._new(replace(item, kind=OutboxKind.MESSAGE), message_id, files)

    async def empty(self, chat: str) -> list[ChatCopy]:
        """Delete all of a chat's copies, which is kept from now on all the same; return what they were."""
        gone = await self._all(chat)
        await self._take_out(chat, lambda _: True)
        return gone

    async def of_message(self, chat: str, message_id: int) -> ChatCopy | None:
        """The copy of one message."""
        return next((copy for copy in await self._all(chat) if copy.message_id == message_id), None)

    async def lookup(self, id: int) -> ChatCopy | None:
        """Return the copy with this number, None if there is none."""
        number = id >> IN_A_CHAT
        chat = group_chat(number >> 1) if number & 1 else private_chat(number >> 1)
        return next((copy for copy in await self._all(chat) if copy.id == id), None)

    async def newest(self, chat: str, most: int = 50, *, before: int = NO_END) -> list[ChatCopy]:
        """The newest messages of a chat, or the newest before a copy: the oldest of them first."""
        found = [copy for copy in await self._all(chat) if copy.id < before]
        return sorted(found, key=lambda copy: copy.id)[-most:]

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

    async def seal_anew(self, group_id: int) -> None:
        """Seal again whatever was said in private to a group's people, so that nobody can see to whom it was just now.

        As many blocks are written for each of them; those that were not needed yet are made.
        """
        rows = await self._session.rows(f"SELECT chat FROM kept_chats {OF_GROUP}", (group_id,))
        for row in rows:
            for about in (group_id, None):
                await self.blocks.of(row["chat"], about)
        await self.blocks.seal_anew(group_id)

    async def prune(self, before: datetime, after: int = 0) -> int | None:
        """Delete copies of messages from before that time in a batch of blocks; return the block to go on after, None
        at the end. Each block is sealed anew, so that nobody can see to whom something was said at that time."""
        batch = await self.blocks.batch(after)
        for block in batch:
            await self.blocks.fill(block, (copy for copy in block.copies if copy.pinned or copy.at >= before))
        return batch[-1].id if batch else None

    async def end_unread(self) -> None:
        """Delete the copies of Telegram's chats that nobody reads here any more."""
        unread = await self._session.rows(
            "SELECT chat FROM kept_chats JOIN people ON chat = 'p:' || people.id WHERE people.user_id < ? "
            "AND people.id NOT IN (SELECT value FROM json_each(?))",
            (OWN_NUMBERS, listed(await SignIns(self._session, self._caches).people())),
        )
        for row in unread:
            await self.end_chat(row["chat"])

    async def _new(self, item: Outgoing, message_id: int, files: Iterable[Attachment]) -> None:
        chat, files = item.chat, tuple(files)
        names = [file.filename for file in files]
        at = midnight(self._now()) if item.person_id is not None else self._now()
        first = ((int(chat[2:]) << 1) + chat.startswith("g:")) << IN_A_CHAT
        id = max((copy.id for copy in await self._all(chat)), default=first) + 1
        await self._keep(ChatCopy(id, chat, message_id, item.about, False, at, str(item.kind), item.content, names))
        key = await self._key(item.about)
        for file in files:
            number = self._caches.new_id("copied_files")
            self._session.write(
                "INSERT INTO copied_files (id, chat, copy_id, about, sealed, content) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    number,
                    chat,
                    id,
                    item.about,
                    key.seal(f"copied_files/{number}/name", padded(pack([file.field, file.filename]))),
                    key.seal(f"copied_files/{number}/content", file.content),
                ),
            )

    async def _keep(self, copy: ChatCopy) -> None:
        """Put a copy beside the newest or, if it has no room there, into the block of the oldest, which go."""
        oldest, *_, newest = await self.blocks.of(copy.chat, copy.about)
        if fits([*newest.copies, copy]):
            await self.blocks.fill(newest, [*newest.copies, copy])
        else:
            await self.blocks.fill(oldest, [*(one for one in oldest.copies if one.pinned), copy])

    async def _edit(self, item: Outgoing, copy: ChatCopy) -> None:
        content = dict(item.content)
        if item.kind == OutboxKind.EDIT_KEYBOARD:
            content = {name: value for name, value in copy.content.items() if name not in KEYBOARD} | content
        edited = replace(copy, content=content, about=copy.about if item.about is None else item.about)
        block = next(block for block in await self.blocks.of_chat(copy.chat) if copy in block.copies)
        copies = [edited if one.id == copy.id else one for one in block.copies]
        if edited.about == copy.about and fits(copies):
            await self.blocks.fill(block, copies)
        else:
            await self._change_each(copy.chat, lambda one: None if one.id == copy.id else one)
            await self._keep(edited)

    async def _take_out(self, chat: str, gone: Callable[[ChatCopy], bool]) -> None:
        self._will_change(chat)
        await self._change_each(chat, lambda one: None if gone(one) else one)
        self._session.wipe_log = True

    def _will_change(self, chat: str) -> None:
        """Let pages that show the chat know, once this is committed."""
        self._session.touched.add("chat_copies")
        self._session.after_commit.append(partial(self._caches.changed_chats.add, chat))

    async def _change_each(self, chat: str, change: Callable[[ChatCopy], ChatCopy | None]) -> None:
        """Change each copy of a chat; None deletes it."""
        for block in await self.blocks.of_chat(chat):
            after = tuple(one for one in map(change, block.copies) if one is not None)
            if after != block.copies:
                await self.blocks.fill(block, after)

    async def _all(self, chat: str) -> list[ChatCopy]:
        return [copy for block in await self.blocks.of_chat(chat) for copy in block.copies]

    async def _kept(self) -> set[str]:
        cache = self._caches.cache("kept chats")
        if "all" not in cache:
            cache["all"] = {row[0] for row in await self._session.rows("SELECT chat FROM kept_chats")}
        kept: set[str] = cache["all"]
        return kept


def fits(copies: Iterable[ChatCopy]) -> bool:
    """True if a block can hold these copies."""
    return len(pack([[dump(copy) for copy in copies]])) <= BLOCK
