"""What lies on the disk: nobody's words, and nothing at all of a group that was erased."""

# Nothing else goes on in the loop of a test, so it may block; names of tables stand in the test itself.
# ruff: noqa: ASYNC240, PT012, S608

import logging
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import Damaged, KeysMissing, WrongKey
from storage.records.group_settings import GroupSettings
from storage.records.message_notes import CommandAsked, MessageContext
from storage.records.records import Attachment, GivenAnswer, OutboxKind, private_chat
from storage.store import Store, UnitOfWork
from storage.vault.vault import KeyFolder, Keyring, VaultKey
from tests.storage.conftest import MASTER, START, Open, make_group

contexts = st.text(st.characters(codec="utf-8"))


@given(data=st.binary(), here=contexts, there=contexts)
def test_sealed_for_one_place(data: bytes, here: str, there: str) -> None:
    """What is sealed can be opened where it was sealed for and nowhere else, and never looks the same twice."""
    key = VaultKey(bytes(32))
    sealed = key.seal(here, data)
    assert key.open(here, sealed) == data
    assert key.seal(here, data) != sealed
    if here != there:
        with pytest.raises(Damaged):
            key.open(there, sealed)


@given(data=st.binary(), at=st.integers(0, 27), other=st.binary(min_size=32, max_size=32))
def test_any_change_is_noticed(data: bytes, at: int, other: bytes) -> None:
    """A changed byte, a shortened text or another key: all are noticed."""
    key = VaultKey(bytes(range(32)))
    sealed = bytearray(key.seal("here", data))
    whole = bytes(sealed)
    sealed[at] ^= 1
    for broken in (bytes(sealed), whole[:-1], b""):
        with pytest.raises(Damaged):
            key.open("here", broken)
    if other != bytes(range(32)):
        with pytest.raises(Damaged):
            VaultKey(other).open("here", whole)


def test_master_key_has_one_length() -> None:
    """A master key that was cut short is refused."""
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")


def test_keys_of_different_purposes_differ() -> None:
    """Whoever learns the key of the buttons has learnt nothing else."""
    keyring = Keyring(MASTER)
    assert keyring.button_key not in (MASTER, keyring.link_hash(""), Keyring(bytes(32)).button_key)
    assert keyring.link_hash("token") != Keyring(bytes(32)).link_hash("token")


BIRD = "kanariefågel"


def canaries() -> list[str]:
    """A thousand strings that people could have written, each with the same beginning."""
    return [f"{BIRD}{n:04}å" for n in range(1000)]


async def fill(work: UnitOfWork, words: list[str]) -> int:
    """Write the words everywhere that people's words go, and return the group."""
    word = iter(words)
    group, (member,) = await make_group(work, -5, 1)
    await work.groups.update(group.id, title=next(word), settings=GroupSettings(lists={"areas": (next(word),)}))
    await work.members.add_organisation(group.id, next(word), next(word))
    await work.members.add_organisation(group.id, next(word))
    await work.members.update(member.id, name=next(word), profile={"roll": next(word)})
    run = await work.runs.add(group.id, "0.1", "hash", {"utkast": next(word)})
    await work.runs.update(run.id, state={"utkast": next(word)})
    await work.links.add(next(word), "join", group_id=group.id)
    await work.update_log.dead_letter(1, {"text": next(word)}, "ValueError")
    sheet = Attachment("document", next(word), next(word).encode())
    await work.outbox.put(private_chat(member.person_id), OutboxKind.DOCUMENT, {}, about=group.id, files=[sheet])
    for text in word:
        await work.answers.keep(run.id, GivenAnswer(f"m:{member.id}", "q", "", text, text, "group", False), member.id)
        row = await work.rows.add(group.id, "0.3", {"namn": text}, author=member.id)
        await work.rows.change(row.id, None, member.id, values={"namn": text.upper()})
        await work.outbox.put(
            private_chat(member.person_id),
            OutboxKind.MESSAGE,
            {"text": text},
            about=group.id,
            context=MessageContext(about=CommandAsked("todo", text)),
        )
    return group.id


async def test_no_word_on_the_disk_or_in_a_log(store: Store, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of a thousand strings written everywhere none is in the database, its log, a backup or the program's own log."""
    caplog.set_level(logging.DEBUG)
    words = canaries()
    async with store.work() as work:
        await fill(work, words)
    await store.backup(path.with_name("backup.db"))
    files = [file for file in path.parent.rglob("*") if file.is_file()]
    assert {"town.db", "town.db-wal", "backup.db"} <= {file.name for file in files}
    found = b"\0".join([*(file.read_bytes() for file in files), caplog.text.encode()])
    needles = [BIRD.encode(), BIRD.upper().encode()]  # of which each of them is made
    assert [needle for needle in needles if needle in found or needle.hex().encode() in found] == []
    assert len(found) > 500_000


async def test_swapped_rows_are_noticed(store: Store, open_store: Open, path: Path) -> None:
    """Whoever moves a sealed text to another row with a database editor, or an old version to now, is found out."""
    async with store.work() as work:
        group, members = await make_group(work, -5, 2)
        run = await work.runs.add(group.id, "0.1", "hash", {})
        for member in members:
            for value in ("ett", "två"):
                await work.answers.keep(
                    run.id, GivenAnswer(f"m:{member.id}", "q", "", value, None, "group", False), member.id
                )
    await store._connection.run([("PRAGMA wal_checkpoint(TRUNCATE)", ())])
    whole = path.read_bytes()
    swaps = (
        "UPDATE answers SET sealed = (SELECT sealed FROM answers o WHERE o.id <> answers.id)",
        "UPDATE answers SET sealed = (SELECT sealed FROM answer_versions o WHERE o.id = answers.id)",
        "UPDATE answers SET sealed = (SELECT sealed FROM members WHERE id = 1)",
    )
    for swap in swaps:
        await open_store.close()
        path.write_bytes(whole)
        with closing(sqlite3.connect(path, isolation_level=None)) as editor:
            editor.execute(swap)
        store = await open_store()
        async with store.work() as work:
            with pytest.raises(Damaged):
                await work.answers.of_owner(run.id, f"m:{members[0].id}")


async def test_wrong_master_key(store: Store, open_store: Open) -> None:
    """With another master key the database does not open and says which is needed; with the right one it still does."""
    async with store.work() as work:
        await work.groups.add(-5, "Stad")
    with pytest.raises(WrongKey, match="the key that the database was created with"):
        await open_store(bytes(32))
    again = await open_store()
    async with again.work() as work:
        assert len(await work.groups.all_active()) == 1


async def test_erased_group_cannot_be_read_from_an_older_copy(store: Store, open_store: Open, path: Path) -> None:
    """After an erasure no older copy of the database gives a word of it, even with the master key; others are whole."""
    async with store.work() as work:
        erased = await fill(work, canaries()[:30])
        other, _ = await make_group(work, -6, 1, first_user=5000)
    await store.backup(path.with_name("older.db"))
    key_file = path.with_name("town.db.keys") / (await group_key(store, erased))
    wrapped = key_file.read_bytes()
    async with store.work() as work:
        await work.groups.erase(erased)
    assert key_file.read_bytes() == b""
    counted = (
        "members",
        "runs",
        "answers",
        "answer_versions",
        "rows",
        "row_versions",
        "outbox",
        "attachments",
        "links",
    )
    with closing(sqlite3.connect(path)) as reader:
        left = {table: reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in counted}
    assert left == dict.fromkeys(counted, 0) | {"members": 1}
    assert path.with_name("town.db-wal").stat().st_size == 0
    assert wrapped not in b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())

    await open_store.close()
    shutil.copy(path.with_name("older.db"), path)
    restored = await open_store()
    async with restored.work() as work:
        assert (await work.groups.get(erased)).state == "erased"
        assert await work.runs.all_of(erased) == []
        assert [group.id for group in await work.groups.all_active()] == [other.id]
        assert [member.name for member in await work.members.of_group(other.id)] == ["Person 0"]


async def group_key(store: Store, group_id: int) -> str:
    """The name of the file of a group's key."""
    async with store.work() as work:
        return (await work.groups.get(group_id)).key_id


def test_key_is_overwritten_before_it_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A destroyed key does not stay on the disk in blocks that were only let go."""
    keys = KeyFolder(tmp_path / "keys", Keyring(MASTER))
    file = tmp_path / "keys" / keys.create()
    size, seen = file.stat().st_size, list[bytes]()
    monkeypatch.setattr("os.fsync", lambda _: seen.append(file.read_bytes()))
    for _ in range(2):
        keys.destroy(file.name)
    assert seen[:2] == [bytes(size), b""]


async def test_erasure_that_is_rolled_back(store: Store) -> None:
    """An erasure whose work fails has not happened: the key is there and everything can be read."""
    async with store.work() as work:
        group, _ = await make_group(work, -5, 2)
    with pytest.raises(RuntimeError):
        async with store.work() as work:
            await work.groups.erase(group.id)
            assert (await work.groups.get(group.id)).state == "erased"
            raise RuntimeError
    async with store.work() as work:
        assert await work.groups.get(group.id) == group
        assert len(await work.members.of_group(group.id)) == 2


async def test_erasure_cut_short_is_finished(store: Store, open_store: Open, path: Path) -> None:
    """When the power goes between the erasure and the end of its key, the next start ends the key."""
    async with store.work() as work:
        group, _ = await make_group(work, -5)
        await work.groups.erase(group.id)
        work.after_commit.clear()
    key_file = path.with_name("town.db.keys") / group.key_id
    assert key_file.read_bytes()
    await open_store()
    assert key_file.read_bytes() == b""


async def test_lost_folder_of_keys(store: Store, open_store: Open, path: Path) -> None:
    """A database put back without its folder of keys does not start, rather than take its groups for erased."""
    async with store.work() as work:
        await make_group(work, -5)
    keys = path.with_name("town.db.keys")
    keys.rename(path.with_name("elsewhere"))
    with pytest.raises(KeysMissing, match="put the folder of group keys back"):
        await open_store()
    shutil.rmtree(keys)
    path.with_name("elsewhere").rename(keys)
    again = await open_store()
    async with again.work() as work:
        assert len(await work.groups.all_active()) == 1


async def test_links_open_nothing_without_the_key(store: Store) -> None:
    """A link works until it ends, is used or revoked, and made-up ones never."""
    async with store.work() as work:
        group, _ = await make_group(work, -5)
        for token in ("a", "b", "c"):
            await work.links.add(token, "join", group_id=group.id, expires_at=START + timedelta(days=1))
        await work.links.add("old", "answer", ref="7", expires_at=START)
        states = {token: link.state for token in ("a", "old") if (link := await work.links.find(token))}
        assert states == {"a": "valid", "old": "expired"}
        assert await work.links.find("made up") is None
        used = await work.links.find("a")
        assert used is not None
        await work.links.use(used.id)
        await work.links.revoke(group.id, "join")
        await work.links.use(used.id + 1)
        found = [await work.links.find(token) for token in ("a", "b", "c", "old")]
        assert [link.state for link in found if link] == ["used", "revoked", "revoked", "expired"]
