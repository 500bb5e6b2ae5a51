"""Copies of chats: how they lie in the file, and what stays of them."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from storage.database_files import keys_of
from storage.migrations.schema import MIGRATIONS
from storage.records.chat_copies import BLOCK, BLOCKS
from storage.records.records import OutboxKind, private_chat
from storage.store import Store, UnitOfWork
from storage.table import pack, padded, seconds
from storage.vault.vault import KeyFolder, Keyring
from tests.storage.conftest import MASTER, START, Clock, Open, keep_copy, make_group

Sealed = dict[str, list[bytes]]  # blocks by chat


async def sealed(store: Store) -> Sealed:
    """What lies in the file of each chat."""
    async with store.work() as work:
        return await sealed_in(work)


async def sealed_in(work: UnitOfWork) -> Sealed:
    """The same, within a unit of work."""
    found: Sealed = {}
    for row in await work._session.rows("SELECT chat, sealed FROM copy_blocks ORDER BY id"):
        found.setdefault(row["chat"], []).append(row["sealed"])
    return found


async def town(store: Store, members: int = 3) -> list[str]:
    """A group whose people all read on the page too; their chats."""
    async with store.work() as work:
        _, seats = await make_group(work, -1, members)
        chats = [private_chat(seat.person_id) for seat in seats]
        for chat in chats:
            await work.chat_copies.keep_chat(chat)
            await keep_copy(work, chat, "Välkommen", about=1)
    return chats


async def test_nobody_sees_how_much_was_said(store: Store) -> None:
    """However much is said to somebody, as many blocks of the same length lie in the file."""
    chats = await town(store)
    before = {chat: list(map(len, blocks)) for chat, blocks in (await sealed(store)).items()}
    async with store.work() as work:
        for number in range(300):
            await keep_copy(work, chats[0], f"Meddelande {number} " + "å" * 200, about=1)
        newest = await work.chat_copies.newest(chats[0], 500)
    assert {chat: list(map(len, blocks)) for chat, blocks in (await sealed(store)).items()} == before
    assert {len(lengths) for lengths in before.values()} == {BLOCKS}
    said = [str(copy.content["text"]).split()[1] for copy in newest]
    assert said == [str(number) for number in range(300 - len(said), 300)], "the oldest have gone, in order"
    assert len(said) > 100


async def test_an_incident_hides_to_whom_something_was_said(store: Store) -> None:
    """With an incident, and with its reporter's change of it, the copies of everybody in the group change."""
    chats = await town(store)
    async with store.work() as work:
        person = int(chats[0][2:])
        before = await sealed_in(work)
        incident = await work.incidents.add(1, person, {"kind": ["labour"]}, START.date())
    for act in ("logged", "corrected", "withdrawn"):
        async with store.work() as work:
            if act == "corrected":
                await work.incidents.correct(incident.id, person, {"kind": []})
            elif act == "withdrawn":
                await work.incidents.withdraw(incident.id, person)
            after = await sealed_in(work)
        for chat in chats:
            assert len(after[chat]) == 2 * BLOCKS, "for the group's words, and for the bot's own"
            assert not {*before[chat]} & {*after[chat]}, f"{act}: what lies there of {chat} is as it was"
        before = after
    async with store.work() as work:
        (copy,) = await work.chat_copies.newest(chats[1])
    assert copy.content == {"text": "Välkommen"}


async def test_what_stays(store: Store, clock: Clock) -> None:
    """An edit changes a copy, a deletion takes it and its file away; what is old goes, but for what is pinned."""
    (chat, *_) = await town(store)
    async with store.work() as work:
        first = await keep_copy(work, chat, "Kort", about=1)
        second = await keep_copy(work, chat, "Fil", about=1, file="innehåll")
        for kind, content in (
            (OutboxKind.EDIT, {"text": "Långt " * 1000}),
            (OutboxKind.EDIT_KEYBOARD, {"keyboard": [[{"label": "Ja"}]]}),
            (OutboxKind.PIN, {}),
        ):
            id = await work.outbox.put(chat, kind, content, about=1, message_id=first)
            await work.chat_copies.take(await work.outbox.get(id), first)
        _, copy, with_file = await work.chat_copies.newest(chat)
        assert copy.content == {"text": "Långt " * 1000, "keyboard": [[{"label": "Ja"}]]}
        assert copy.pinned
        file = await work.chat_copies.file(with_file, 0)
        assert file is not None
        assert file.content == "innehåll".encode()
        assert await work.chat_copies.lookup(with_file.id) == with_file
        id = await work.outbox.put(chat, OutboxKind.DELETE, {}, about=1, message_id=second)
        await work.chat_copies.take(await work.outbox.get(id), second)
        assert await work.chat_copies.lookup(with_file.id) is None
        assert await work._session.rows("SELECT * FROM copied_files") == []
    before, place = await sealed(store), 0
    clock.wind(days=400)
    async with store.work() as work:
        while (after := await work.chat_copies.prune(clock.now - timedelta(days=365), place)) is not None:
            place = after
        assert await work.chat_copies.newest(chat) == [copy]
    assert not {*before[chat]} & {*(await sealed(store))[chat]}, "whose was old is not to be seen"


async def test_copies_of_earlier_layouts(store: Store, open_store: Open, path: Path) -> None:
    """The copies that lay in rows of their own lie in blocks after the migration, readable, with their files."""
    chats = await town(store)
    async with store.work() as work:
        for chat in chats:
            await work.chat_copies.end_chat(chat)
    await open_store.close()
    key_id, (chat, *_) = next(iter(KeyFolder(keys_of(path), Keyring(MASTER)).known())), chats
    keys = {1: KeyFolder(keys_of(path), Keyring(MASTER)).load(key_id), None: Keyring(MASTER).house}
    with closing(sqlite3.connect(path)) as database:
        database.executescript("DROP TABLE copied_files; DROP TABLE copy_blocks; DROP TABLE kept_chats;")
        for later in ("agreement", "mailbox"):
            database.execute(f"ALTER TABLE intake DROP COLUMN {later}")
        database.executescript("DROP TABLE ballots; DROP TABLE passkeys;")  # of later layouts
        database.execute("ALTER TABLE wishes DROP COLUMN sealed")
        script = MIGRATIONS[16].read_text(encoding="utf-8")
        database.execute("DROP TABLE sign_ins")
        database.executescript(script)
        database.execute("INSERT INTO kept_chats VALUES (?)", (chat,))
        for id, about in ((5, 1), (6, None), (7, 1)):
            content = padded(pack(["document", {"text": f"Nummer {id}"}, ["file.txt"]]))
            sealed_row = keys[about].seal(f"chat_copies/{id}", content)
            values = (id, chat, id, about, id == 6, seconds(START), sealed_row)
            database.execute("INSERT INTO chat_copies VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            name = keys[about].seal(f"copied_files/{id}/name", pack(["document", "file.txt"]))
            file = keys[about].seal(f"copied_files/{id}/content", b"innehall")
            database.execute("INSERT INTO copied_files VALUES (?, ?, ?, ?, ?)", (id, id, about, name, file))
        database.execute("PRAGMA user_version = 22")
        database.commit()
    store = await open_store()
    async with store.work() as work:
        copies = await work.chat_copies.newest(chat)
        files = [await work.chat_copies.file(copy, 0) for copy in copies]
    assert [(copy.id, copy.about, copy.pinned, copy.content["text"]) for copy in copies] == [
        (5, 1, False, "Nummer 5"),
        (6, None, True, "Nummer 6"),
        (7, 1, False, "Nummer 7"),
    ]
    assert [file and file.content for file in files] == [b"innehall"] * 3
    assert all(copy.at == START for copy in copies)
    assert {len(block) for block in (await sealed(store))[chat]} == {BLOCK + 28}
    assert len((await sealed(store))[chat]) == 2 * BLOCKS
