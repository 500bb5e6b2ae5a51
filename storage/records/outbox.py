"""The outbox: messages and other calls to the channel, in order per chat, until it has taken them.

What an item holds (`content`), by its kind:
- message, edit: `text` in our small HTML (with `plain` no HTML), `keyboard` (rows of `label` with `action` or `url`) or
  `write` (`hint`, `only` for the one replied to), and `folded`; a new message also `topic` and `reply_to`.
- edit_keyboard: the `keyboard` alone.
- photo, document: `text`, `topic`, and `file`, the channel's name for a file that it has already.
- delete: nothing, or `messages`. pin: nothing. activity: what is being done (`what`), `topic`.
- ask: the `question`, and the `user` it is about. menu: the `commands`, each with name and description.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TypedDict, Unpack

from storage.json_records import JsonObject
from storage.records.message_notes import AnswerNote, MessageContext
from storage.records.records import OWN_NUMBERS, Attachment, OutboxKind, Outgoing
from storage.records.repository import Records
from storage.table import RecordTable, listed, midnight, moment, pack, seconds, unpack
from storage.vault.vault import VaultKey

KEYBOARD = ("keyboard", "write")  # an edit may change it alone, and removes it by leaving it out
WITH_TEXT = ("plain",)  # belongs to the text it came with
FOLDED = "folded"  # unix seconds from which the page does not show it any more
SHOWN, MARK = "shown", 16  # the content of what was sent: a mark of so many signs
OF_NEW_ONES = ("topic", "reply_to", "silent")  # an edited message stays where it is

EDITS = frozenset({OutboxKind.EDIT, OutboxKind.EDIT_KEYBOARD})

MOST_HOLDING = 20  # messages in a row that only hold what nothing asked for
NOTHING = MessageContext()  # the context of a message that is about nothing, so that a reply to it answers nothing

HIDDEN = "~"  # begins the mark that stands for a slot

BATCH = 1_000  # rows looked at in one transaction: nobody else can write meanwhile
LIVE = "state IN ('queued', 'sent')"  # as the partial indexes have it

# Of every chat the oldest that waits: all of them, or in order, so that the first few are found without the others. An
# edit that somebody waits for who has tapped overtakes what its own chat is told, unless the channel rests that chat.
HEADS = "SELECT min(id), not_before FROM outbox WHERE state = 'queued' GROUP BY chat"  # the time is that of the oldest
URGENT = "{0}.priority > 0 AND {0}.kind GLOB 'edit*' AND {0}.message_id IS NOT NULL"
_NEXT = f"""
    SELECT id, chat FROM outbox AS head {{index}}
    WHERE state = 'queued' AND not_before <= :at AND chat NOT IN (SELECT value FROM json_each(:resting)) AND NOT EXISTS
        (SELECT 1 FROM outbox AS older WHERE chat = head.chat AND state = 'queued' AND id < head.id
        AND (not_before > :at OR NOT ({URGENT.format("head")}) OR ({URGENT.format("older")})))
    AND (({URGENT.format("head")}) OR NOT EXISTS (SELECT 1 FROM outbox AS newer
        WHERE chat = head.chat AND state = 'queued' AND id > head.id AND {URGENT.format("newer")}))
    ORDER BY {{order}} LIMIT :most
"""
NEXT = _NEXT.format(index="", order="priority DESC, id")
# What has waited too long for a place among the others, the longest first.
LONGEST = _NEXT.format(index="INDEXED BY outbox_longest", order="id")
PATIENCE = timedelta(seconds=3)  # until something has waited too long


def hidden_slot(key: VaultKey, chat: str, slot: str) -> str:
    """Return the mark that stands for a private chat's slot in the unsealed column."""
    return HIDDEN + key.mark("slot", f"{chat}/{slot}".encode()).hex()[:32]


class OutgoingChanges(TypedDict, total=False):
    """The fields of an item that can be changed."""

    content: JsonObject
    context: MessageContext
    kind: OutboxKind


class Delivery(TypedDict, total=False):
    """How an item is queued; each key can be left out."""

    slot: str | None  # the place in its chat, for a message that will be edited
    living: bool  # edits what was sent in its slot, if anything was
    priority: int  # the higher goes first
    not_before: datetime | None
    message_id: int | None  # what it edits, deletes or pins
    context: MessageContext | None
    reply: AnswerNote | None  # who hears what came of it
    files: Iterable[Attachment]


class Outbox(Records[Outgoing]):
    """Items that wait or were sent: messages, and other calls to the channel."""

    table = RecordTable("outbox", Outgoing, sealed=("content", "context", "reply"), least=512)
    owner = "about"

    async def update(self, id: int, **changes: Unpack[OutgoingChanges]) -> Outgoing:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def put(
        self,
        chat: str,
        kind: OutboxKind,
        content: JsonObject,
        *,
        about: int | None,
        **how: Unpack[Delivery],
    ) -> int:
        """Queue an item for the channel and return its id.

        `about` is the group whose words it carries, and with which it is erased; None for the bot's own words. An item
        for a group's own chat is always about that group.

        An edit names its message by `message_id`, or by the slot it was sent in. It is folded into an item for that
        message that still waits, and keeps slot and context unless given others; but what it asked with two buttons is
        asked no more. One that changes nothing is not queued. Raises ValueError when there is nothing to edit. A
        message that is `living` edits the one that was sent in its slot, if there is one.
        """
        self._session.touched.add("outbox")
        how["files"] = tuple(how.get("files", ()))
        about = int(chat[2:]) if chat.startswith("g:") else about
        slot = await self._hidden(chat, how.get("slot"), about)
        message = await self._to_change(chat, kind, slot, how)
        context, message_id = how.get("context"), how.get("message_id")
        if message is not None:
            if how.get("living"):
                kind, content, how["reply"] = OutboxKind.EDIT, _without(content, *OF_NEW_ONES), None
            context, message_id = context or message.context.settled, message_id or message.message_id
            slot = slot or message.slot
            changed = replace(message, kind=kind, content=content, about=about, context=context)
            if await self._is_taken_in(message, changed, how):
                return message.id
        item = Outgoing(
            id=self._caches.new_id("outbox"),
            chat=chat,
            about=about,
            kind=kind,
            content=content,
            slot=slot,
            state="queued",
            priority=how.get("priority", 0),
            tries=0,
            not_before=how.get("not_before") or self._now(),
            message_id=message_id,
            context=context or NOTHING,
            reply=how.get("reply"),
            error=None,
            with_files=bool(how["files"]),
            changed_at=self._noted(chat),
        )
        await self._add(item.id, item)
        self._caches.in_flight.queued(chat, item)
        await self._attach(item, how["files"])
        return item.id

    async def _to_change(self, chat: str, kind: OutboxKind, slot: str | None, how: Delivery) -> Outgoing | None:
        """Return what an edit changes, or a living message if it was sent before; None if that need not be known.

        Raises ValueError when there is nothing to edit.
        """
        if how.get("living"):
            return await self._to_edit(chat, slot, None)
        if kind not in EDITS:
            return None
        message_id, message = how.get("message_id"), None
        if not (message_id and slot and how.get("context")) or await self._waits(chat):  # else there is little to find
            message = await self._to_edit(chat, slot, message_id)
        if message is None and message_id is None:
            raise ValueError("nothing has been sent in this slot that could be edited")
        return message

    async def _is_taken_in(self, message: Outgoing, changed: Outgoing, how: Delivery) -> bool:
        """True if an edit needs no item of its own: it changes nothing, or is folded into one that still waits."""
        files = how.get("files")
        if message.state == "sent" and not files and message.content.get(SHOWN) == _shown(changed.content):
            await self._save(message.id, message, replace(message, context=changed.context))
            return True
        on_its_way = message.id in self._caches.in_flight.on_its_way
        folded = None if files or on_its_way else _fold(message, changed.kind, changed.content)
        if folded is None:
            return False
        first, now = max(how.get("priority", 0), folded.priority), self._noted(message.chat)
        folded = replace(folded, about=changed.about, context=changed.context, priority=first, changed_at=now)
        await self._save(message.id, message, folded)
        return True

    def reserve(self) -> int:
        """Reserve an id for a message that does not pass through the outbox."""
        return self._caches.new_id("outbox")

    async def waits(self, chat: str) -> bool:
        """True if anything waits in a chat or is on its way there."""
        return await self._session.row("SELECT 1 FROM outbox WHERE chat = ? AND state = 'queued'", (chat,)) is not None

    async def due(
        self, now: datetime, limit: int, exclude_chats: Collection[str] = (), *, longest: int = 0
    ) -> list[Outgoing]:
        """Return the first waiting item of each chat whose time has come; higher priority first, then the older.

        Up to `longest` of them are those that have waited for over PATIENCE instead, so that nothing waits for ever
        while there is always something of a higher priority. They are in flight from the commit on, until `sent`,
        `retry` or `failed` is called.
        """
        in_flight = self._caches.in_flight
        resting = listed(exclude_chats)
        rows = []
        if longest:
            since = seconds(now - PATIENCE)
            rows = await self._session.rows(LONGEST, {"at": since, "resting": resting, "most": longest})
        if len(rows) < limit:
            chats = listed([*exclude_chats, *(chat for _, chat in rows)])
            rows += await self._session.rows(NEXT, {"at": seconds(now), "resting": chats, "most": limit - len(rows)})
        found = {row["id"]: in_flight.at_hand(row["id"]) for row in rows}
        if to_read := [id for id, item in found.items() if item is None]:
            read = await self._select("WHERE id IN (SELECT value FROM json_each(?))", (listed(to_read),))
            found.update({item.id: item for item in read})
        items = [item for item in found.values() if item is not None]
        self._session.after_commit.append(partial(in_flight.take_off, items))
        return items

    async def earliest(self) -> datetime | None:
        """Return when the next item may be sent, which may be in the past."""
        row = await self._session.row(f"SELECT min(not_before) FROM ({HEADS})")
        return moment(row[0]) if row and row[0] is not None else None

    async def files(self, id: int) -> list[Attachment]:
        """The files of an item that has some."""
        item = await self.get(id)
        key = await self._key(item.about)
        rows = await self._session.rows("SELECT * FROM attachments WHERE outbox_id = ? ORDER BY id", (id,))
        attachments = []
        for row in rows:
            field, filename = unpack(key.open(f"attachments/{row['id']}/name", row["sealed"]))
            content = key.open(f"attachments/{row['id']}/content", row["content"])
            attachments.append(Attachment(field, filename, content))
        return attachments

    async def sent(self, id: int, message_id: int | None = None) -> None:
        """Note that the channel has taken an item. Its content is deleted but for a mark, by which an edit that would
        change nothing is recognised; its context is kept as long as it can be needed.

        This, `retry` and `failed` do nothing when the item was erased meanwhile.
        """
        item = await self._landed(id)
        if item is None:
            return
        message_id = message_id or item.message_id
        wanted = message_id is not None and (item.slot is not None or item.context != NOTHING)
        private = item.person_id is not None
        noted = self._noted(item.chat)
        done = replace(
            item,
            state="sent",
            content={SHOWN: _shown(item.content)}
            if wanted and item.kind in (OutboxKind.MESSAGE, OutboxKind.EDIT)
            else {},
            reply=None,
            with_files=False,
            message_id=message_id if wanted else None,
            not_before=noted if private else item.not_before,
            changed_at=noted,
        )
        if private and not wanted:  # nothing needs to know that this person was written to, and when
            self._caches.in_flight.changed(id)
            self._wipe("WHERE id = ?", (id,))
        else:
            await self._save(id, item, done)
        if item.with_files:
            self._session.write("DELETE FROM attachments WHERE outbox_id = ?", (id,))
        if item.is_edit:
            done_with = "DELETE FROM outbox" if private else "UPDATE outbox SET state = 'replaced'"
            self._session.write(
                f"{done_with} WHERE chat = ? AND message_id = ? AND {LIVE} AND state = 'sent' AND id <> ?",
                (item.chat, message_id, id),
            )
        elif item.slot is not None:
            self._caches.in_flight.changed_in(item.chat)
            self._session.write(
                "UPDATE outbox SET message_id = ? WHERE chat = ? AND slot = ? AND state = 'queued' AND id > ? "
                "AND message_id IS NULL AND kind LIKE 'edit%'",
                (message_id, item.chat, item.slot, id),
            )

    async def retry(self, id: int, not_before: datetime) -> None:
        """Put an item back that did not get through, to be tried at that time. Its chat waits for it."""
        self._caches.in_flight.changed(id)
        self._session.after_commit.append(partial(self._caches.in_flight.land, id, again=True))
        self._session.write(
            "UPDATE outbox SET tries = tries + 1, not_before = ?, changed_at = ? WHERE id = ? AND state = 'queued'",
            (seconds(not_before), seconds(midnight(self._now())), id),
        )

    async def hasten(self, ids: Iterable[int], now: datetime) -> None:
        """Let these items wait no longer, as what they waited for is over."""
        for id in ids:
            self._caches.in_flight.changed(id)
            self._session.write(
                "UPDATE outbox SET not_before = ? WHERE id = ? AND state = 'queued' AND not_before > ?",
                (seconds(now), id, seconds(now)),
            )

    async def not_later_than(self, now: datetime) -> None:
        """Let no item wait beyond this time: the clock has been set back, so that the times noted are wrong."""
        self._caches.in_flight.forget()
        self._session.write(
            "UPDATE outbox SET not_before = :now WHERE state = 'queued' AND not_before > :now", {"now": seconds(now)}
        )

    async def failed(self, id: int, error: str, whole_chat: bool = False) -> None:
        """Give an item up, with a code that says why; with `whole_chat` all else that waits for the chat too."""
        item = await self._landed(id)
        if item is None:
            return
        where = "id = :id"
        if whole_chat:
            where = "chat = :chat AND state = 'queued'"
            self._caches.in_flight.forget()
        elif item.slot is not None and not item.is_edit:  # edits that wait for it have nothing to edit
            where = "id = :id OR chat = :chat AND slot = :slot AND state = 'queued' AND message_id IS NULL AND id > :id"
            self._caches.in_flight.forget()
        self._session.write(
            "UPDATE outbox SET state = 'failed', error = :error, not_before = min(not_before, :now), changed_at = :now "
            f"WHERE {where}",
            {"id": id, "chat": item.chat, "slot": item.slot, "error": error, "now": seconds(self._noted(item.chat))},
        )
        if item.person_id is not None:  # what could not be deleted would tell who hides something, and when
            self._session.write(
                "DELETE FROM outbox WHERE chat = ? AND state = 'failed' AND kind = ?", (item.chat, OutboxKind.DELETE)
            )
            self._session.wipe_log = True

    async def latest(self, chat: str, slot: str, about: int | None = None) -> Outgoing | None:
        """Return the newest item that was sent or waits in the slot: edits change its message once that is sent.

        `about`: as it was given to `put`.
        """
        return await self._first(
            f"WHERE chat = ? AND slot = ? AND {LIVE} ORDER BY id DESC LIMIT 1",
            (chat, await self._hidden(chat, slot, about)),
        )

    async def newest(self, chat: str) -> Outgoing | None:
        """Return the latest message or edit of a chat, sent or not, but for those that only hold a text."""
        return (await self.latest_two(chat))[1]

    async def latest_two(self, chat: str) -> tuple[Outgoing | None, Outgoing | None]:
        """Return the latest message or edit of a chat whatever it is, and the one that is `newest`."""
        shown = await self.recent(chat, 1)
        if shown and shown[0].context.only_holds:  # seldom; to unseal each of them for every text would take longest
            shown = await self.recent(chat, MOST_HOLDING)
        return next(iter(shown), None), next((one for one in shown if not one.context.only_holds), None)

    async def recent(self, chat: str, most: int) -> list[Outgoing]:
        """Return the latest messages and edits of a chat, sent or not, the newest first."""
        return await self._select(
            f"WHERE chat = ? AND kind IN ('message', 'edit') AND {LIVE} ORDER BY id DESC LIMIT ?", (chat, most)
        )

    async def take_back(self, chat: str) -> None:
        """Delete all that waits to be shown in a chat, or is on its way there: the sender deletes it where it lands."""
        self._caches.in_flight.forget()
        self._wipe("WHERE chat = ? AND state = 'queued' AND kind NOT IN ('delete', 'ask', 'menu')", (chat,))

    async def newest_number(self) -> int:
        """Return the newest number of a message in private that is known; Telegram counts over all those chats."""
        query = "SELECT max(message_id) FROM outbox JOIN people ON chat = 'p:' || people.id WHERE user_id < ?"
        row = await self._session.row(query, (OWN_NUMBERS,))
        return (row and row[0]) or 0

    async def sent_since(self, chat: str, since: datetime) -> list[int]:
        """The ids of the messages that were sent to a chat since that time, oldest first."""
        rows = await self._session.rows(
            "SELECT DISTINCT message_id FROM outbox WHERE chat = ? AND state = 'sent' AND message_id IS NOT NULL "
            "AND (kind IN ('message', 'photo', 'document') OR kind LIKE 'edit%') AND changed_at >= ? "
            "ORDER BY message_id",
            (chat, seconds(midnight(since))),
        )
        return [row[0] for row in rows]

    async def by_message(self, chat: str, message_id: int) -> Outgoing | None:
        """Return the item of a message in a chat, as of its last edit."""
        return await self._first(
            f"WHERE chat = ? AND message_id = ? AND {LIVE} AND state = 'sent' ORDER BY id DESC LIMIT 1",
            (chat, message_id),
        )

    async def translate(
        self, kinds: Mapping[str, OutboxKind], content: Callable[[str, JsonObject], JsonObject]
    ) -> None:
        """Convert items that an earlier version kept under other kinds, with the content of those that wait."""
        oldest = await self._session.row("SELECT kind FROM outbox ORDER BY id LIMIT 1")
        if oldest is None or oldest["kind"] not in kinds:  # what is older would come before it
            return
        named = pack(kinds).decode()
        for item in await self._select("WHERE state = 'queued' AND kind IN (SELECT key FROM json_each(?))", (named,)):
            translated = replace(item, kind=kinds[item.kind], content=content(item.kind, item.content))
            await self._save(item.id, item, translated)
        self._session.write(
            "UPDATE outbox SET kind = (SELECT value FROM json_each(:kinds) WHERE key = kind) "
            "WHERE state <> 'queued' AND kind IN (SELECT key FROM json_each(:kinds))",
            {"kinds": named},
        )

    async def drop_sent(self, chat: str, slot: str, about: int) -> list[int]:
        """Forget the messages that were sent in a slot, so that none is edited again; return their numbers."""
        place, which = (chat, await self._hidden(chat, slot, about)), "WHERE chat = ? AND slot = ? AND state = 'sent'"
        rows = await self._session.rows(f"SELECT DISTINCT message_id FROM outbox {which} AND message_id > 0", place)
        self._session.write(f"DELETE FROM outbox {which}", place)
        return [row[0] for row in rows]

    async def prune(self, before: datetime) -> None:
        """Delete items that were finished before that time and that nothing can refer to."""
        self._session.write(
            "DELETE FROM outbox WHERE changed_at < ? "
            "AND (state IN ('failed', 'replaced') OR (state = 'sent' AND message_id IS NULL))",
            (seconds(before),),
        )

    async def prune_sent(self, before: datetime, after: int = 0) -> int | None:
        """Forget a batch of the messages sent before that time; return the id to go on after, None at the end.

        The newest of each slot in a group's chat stays: it may be edited for as long as there is a group.
        """
        row = await self._session.row(
            "SELECT max(id), min(changed_at) FROM (SELECT id, changed_at FROM outbox WHERE id > ? ORDER BY id LIMIT ?)",
            (after, BATCH),
        )
        if row is None or row[0] is None or row[1] >= seconds(before):
            return None
        self._session.write(
            "DELETE FROM outbox WHERE id > ? AND id <= ? AND state = 'sent' AND changed_at < ? AND "
            "(chat GLOB 'p:*' OR slot IS NULL OR EXISTS (SELECT 1 FROM outbox newer WHERE newer.chat = outbox.chat "
            "AND newer.slot = outbox.slot AND newer.id > outbox.id AND newer.state IN ('queued', 'sent')))",
            (after, row[0], seconds(before)),
        )
        return int(row[0])

    def _noted(self, chat: str) -> datetime:
        """Return the time to note: for a private chat only the day, as more would tell who did what."""
        return midnight(self._now()) if chat.startswith("p:") else self._now()

    async def _hidden(self, chat: str, slot: str | None, about: int | None) -> str | None:
        """Return the slot as it is stored unsealed: for a private chat a keyed mark, as slots tell who does what."""
        if slot is None or not chat.startswith("p:") or slot.startswith(HIDDEN):
            return slot
        return hidden_slot(await self._key(about), chat, slot)

    async def _save(self, id: int, before: Outgoing, after: Outgoing) -> None:
        self._caches.in_flight.changed(id)
        await super()._save(id, before, after)

    async def _to_edit(self, chat: str, slot: str | None, message_id: int | None) -> Outgoing | None:
        message = await self.latest(chat, slot) if slot else None
        if message_id is None or (message is not None and message.message_id == message_id):
            return message
        return await self._first(
            f"WHERE chat = ? AND message_id = ? AND {LIVE} ORDER BY id DESC LIMIT 1", (chat, message_id)
        )

    async def _waits(self, chat: str) -> bool:
        """True if anything waits in a chat, besides what is in flight."""
        in_flight = self._caches.in_flight
        if in_flight.waits(chat) is None:
            rows = await self._session.rows(
                "SELECT chat, count(*) FROM outbox WHERE state = 'queued' "
                "AND id NOT IN (SELECT value FROM json_each(?)) GROUP BY chat",
                (listed(in_flight.on_its_way),),
            )
            in_flight.counted((row[0], row[1]) for row in rows)
        return bool(in_flight.waits(chat))

    async def _landed(self, id: int) -> Outgoing | None:
        """Return the item whose outcome is known; None if it was erased meanwhile."""
        in_flight = self._caches.in_flight
        self._session.after_commit.append(partial(in_flight.land, id))
        item = in_flight.on_its_way.get(id)
        if item is None:  # it never was on its way, or was handed out just now
            in_flight.forget()
            self._session.after_commit.append(in_flight.forget)
            item = await self.lookup(id)
        return item

    async def _attach(self, item: Outgoing, files: Iterable[Attachment]) -> None:
        key = await self._key(item.about)
        for file in files:
            id = self._caches.new_id("attachments")
            name = key.seal(f"attachments/{id}/name", pack([file.field, file.filename]))
            content = key.seal(f"attachments/{id}/content", file.content)
            insert = "INSERT INTO attachments (id, outbox_id, sealed, content) VALUES (?, ?, ?, ?)"
            self._session.write(insert, (id, item.id, name, content))


def _shown(content: JsonObject) -> str:
    """Return a mark of all that a message shows."""
    return sha256(pack(sorted(_without(content, *OF_NEW_ONES, FOLDED).items()))).hexdigest()[:MARK]


def _fold(waiting: Outgoing, kind: OutboxKind, content: JsonObject) -> Outgoing | None:
    """Fold an edit into a waiting item; None if none waits, or if the two must go one after the other."""
    if waiting.state != "queued":
        return None
    if not content.keys() - {*KEYBOARD}:
        return replace(waiting, content=_without(waiting.content, *KEYBOARD) | content)
    if waiting.with_files:
        return None
    if waiting.is_edit:
        return replace(waiting, kind=kind, content=content)
    if waiting.kind == OutboxKind.MESSAGE:
        return replace(waiting, content=_without(waiting.content, *KEYBOARD, *WITH_TEXT) | content)
    return None


def _without(content: JsonObject, *names: str) -> JsonObject:
    return {name: value for name, value in content.items() if name not in names}
