"""The thief with the file and its key: what is said without a name leads to nobody, by order, time, length or owner."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from storage.backup import backup
from storage.records import sealed_lists
from storage.records.records import GivenAnswer, Member
from storage.store import Store, UnitOfWork
from storage.table import unpack
from storage.vault.vault import Keyring, VaultKey
from tests.storage.conftest import MASTER, START, Clock, Open, make_group

WORDS = ("zebra", "åsna", "bi", "hermelin", "lo")
MONDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 8)


async def ballot(work: UnitOfWork, run: int, member: Member, word: str) -> None:
    """A member's answer without a name: a draft that is changed, and handed in."""
    for version, text in enumerate((f"{word} först", word)):
        await work.answers.keep(
            run, GivenAnswer(f"m:{member.id}", "q", "", text, None, "group", True), member.id, (member.id, version)
        )
    await work.answers.hand_in(run, f"m:{member.id}")


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the raw file answers."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


async def key_of(work: UnitOfWork, group: int) -> VaultKey:
    """The thief's key."""
    return await work.answers._key(group)


async def test_handed_in_without_a_name_is_one_sorted_padded_row(store: Store, path: Path) -> None:
    """Five people in turn: one row without owner, time or source, and in it five texts in the order of the alphabet."""
    lengths = set()
    async with store.work() as work:
        group, members = await make_group(work, -1, 5)
        run = await work.runs.add(group.id, "1.3", "hash", {}, phase="open")
    for member, word in zip(members, WORDS, strict=True):
        async with store.work() as work:
            await ballot(work, run.id, member, word)
        lengths |= {len(sealed) for (sealed,) in rows(path, "SELECT sealed FROM unnamed_answers")}
        assert path.with_name(f"{path.name}-wal").stat().st_size == 0  # no earlier row can be read from the log
    assert len(lengths) == 1
    assert rows(path, "SELECT count(*) FROM answers") == rows(path, "SELECT count(*) FROM answer_versions") == [(0,)]
    ((run_id, shown, sealed),) = rows(path, "SELECT * FROM unnamed_answers")
    async with store.work() as work:
        opened = (await key_of(work, group.id)).open(f"unnamed_answers/{run_id}/{shown}", sealed)
        assert [said[2] for said in unpack(opened)] == sorted(WORDS)
        assert await work.answers.for_group(run.id) == []
        await work.answers.admit(run.id)
        await work.runs.update(run.id, phase="revealed")
        seen = await work.answers.visible(run.id, members[0])
        assert sorted(str(answer.value) for answer in seen) == sorted(WORDS)
        assert {(a.owner, a.member_id, a.source, a.at) for a in seen} == {("", None, None, run.opened_at)}
        assert await work.answers.of_owner(run.id, f"m:{members[0].id}") == []


async def test_each_line_lies_by_itself(store: Store, path: Path) -> None:
    """Notes of one hand are not found together by whoever has the key, nor among what is shown; nor those that an
    earlier version kept together."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 5)
        run = await work.runs.add(group.id, "1.3", "hash", {}, phase="revealed")
        for member, words in zip(members, ("zebra\nbi", "åsna", "hermelin\n\n  lo ", "bi"), strict=False):
            await ballot(work, run.id, member, words)
        key = await key_of(work, group.id)
    (sealed,) = rows(path, "SELECT sealed FROM unnamed_answers")[0]
    notes = ["bi", "bi", "hermelin", "lo", "zebra", "åsna"]
    assert [said[2] for said in unpack(key.open(f"unnamed_answers/{run.id}/0", sealed))] == notes
    async with store.work() as work:
        whole = sealed_lists.seal(key, f"unnamed_answers/{run.id}/1", [["q", "", "katt\nalg", None, "group"]])
        work._session.write("INSERT INTO unnamed_answers VALUES (?, 1, ?)", (run.id, whole))
        assert [answer.value for answer in await work.answers.for_group(run.id)] == ["alg", "katt"]
        await work.answers.admit(run.id)
        assert [answer.value for answer in await work.answers.for_group(run.id)] == sorted([*notes, "alg", "katt"])


async def test_talking_instead_erases_what_was_written(store: Store, path: Path) -> None:
    """Neither what was handed in nor a draft can be found afterwards, be it with the key."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 2)
        run = await work.runs.add(group.id, "1.3", "hash", {}, phase="open")
        await ballot(work, run.id, members[0], "zebra")
        await work.answers.keep(
            run.id, GivenAnswer(f"m:{members[1].id}", "q", "", "utkast", None, "group", True), members[1].id
        )
    async with store.work() as work:
        await work.answers.erase_unnamed(run.id)
    assert rows(path, "SELECT * FROM unnamed_answers UNION ALL SELECT id, 0, sealed FROM answers") == []


async def test_check_in_is_one_tally(store: Store, path: Path) -> None:
    """Scores and words of five are one row of one length, in no order of theirs; who said a word is forgotten."""
    lengths = set()
    async with store.work() as work:
        group, members = await make_group(work, -1, 5)
        check_in = await work.check_ins.open(group.id, [m.id for m in members], MONDAY, SUNDAY)
    for score, (member, word) in enumerate(zip(members, WORDS, strict=True), 1):
        async with store.work() as work:
            assert not await work.check_ins.say(check_in, member.id, word)  # a word stands by a score
            assert await work.check_ins.answer(check_in, member.id, 6 - score)
            assert await work.check_ins.say(check_in, member.id, word)
            assert not await work.check_ins.say(check_in, member.id, "ett till")
        ((number, sealed),) = rows(path, "SELECT id, sealed FROM check_in_answers")
        lengths.add(len(sealed))
        assert path.with_name(f"{path.name}-wal").stat().st_size == 0
    assert len(lengths) == 1
    async with store.work() as work:
        opened = unpack((await key_of(work, group.id)).open(f"check_in_answers/{number}", sealed))
        assert opened == [*sorted(WORDS), 1, 2, 3, 4, 5]
        await work.check_ins.settle(date(2026, 3, 9), 4)
        assert await work.check_ins.answers(check_in) == ([1, 2, 3, 4, 5], sorted(WORDS))
    assert {said for (said,) in rows(path, "SELECT said FROM check_in_turns")} == {0}


async def test_what_few_have_answered_goes_when_the_round_is_over(store: Store) -> None:
    """Three answers are never shown, so they are not kept either."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 5)
        check_in = await work.check_ins.open(group.id, [m.id for m in members], MONDAY, SUNDAY)
        for member in members[:3]:
            await work.check_ins.answer(check_in, member.id, 2)
        await work.check_ins.settle(SUNDAY, 4)
        assert await work.check_ins.answers(check_in) == ([2, 2, 2], [])
        await work.check_ins.settle(date(2026, 3, 9), 4)
        assert await work.check_ins.answers(check_in) == ([], [])


async def test_open_rounds_are_not_in_backups(store: Store, path: Path, tmp_path: Path, open_store: Open) -> None:
    """Two backups tell nothing of who came between them; what was left out is known to be missing after a restore."""
    folder, keyring = tmp_path / "backups", Keyring(MASTER)
    async with store.work() as work:
        group, members = await make_group(work, -1, 5)
        going_on, shown = [
            await work.runs.add(group.id, name, "hash", {}, phase="open") for name in ("1.3", "påhittad")
        ]
        check_in = await work.check_ins.open(group.id, [m.id for m in members], MONDAY, SUNDAY)
        for member, word in zip(members[:4], WORDS, strict=False):
            await ballot(work, shown.id, member, word)
            await ballot(work, going_on.id, member, word)
            await work.check_ins.answer(check_in, member.id, 3)
        await work.answers.admit(shown.id)
        await work.runs.update(shown.id, phase="revealed")
        await work.answers.keep(
            going_on.id, GivenAnswer(f"m:{members[4].id}", "q", "", "utkast", None, "group", True), members[4].id
        )
    backup.make(path, folder, keyring, START, 3)
    await open_store.close()
    restored = tmp_path / "restored" / "town.db"
    backup.restore(backup.chosen(folder, START), restored, keyring)
    assert rows(restored, "SELECT count(*) FROM answers") == [(0,)]
    assert rows(restored, "SELECT DISTINCT answered FROM check_in_turns") == [(0,)]
    again = await Store.open(restored, keyring=keyring, clock=Clock())
    async with again.work() as work:
        assert await work.answers.left_out() == [going_on.id]
        assert len(await work.answers.for_group(shown.id)) == 4
        assert await work.check_ins.left_out() == [check_in]
        assert sorted(await work.check_ins.begin_anew(check_in)) == [member.id for member in members]
        await work.answers.erase_unnamed(going_on.id)
        assert await work.answers.left_out() == []
        assert await work.check_ins.answer(check_in, members[0].id, 4)
    await again.close()


async def test_old_rows_are_gathered(store: Store, path: Path, open_store: Open) -> None:
    """What an earlier version kept with owner and order is one row after the next start; words, which one may have said
    all of, are gone."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 4)
        run = await work.runs.add(group.id, "1.3", "hash", {}, phase="revealed")
        check_in = await work.check_ins.open(group.id, [m.id for m in members], MONDAY, SUNDAY)
        key = await key_of(work, group.id)
        for number, (member, word) in enumerate(zip(members, WORDS, strict=False), 100):
            owner = f"m:{member.id}"
            await work.answers.keep(
                run.id, GivenAnswer(owner, "q", "", word, None, "group", True), None, (member.id, 1)
            )
            for id, value in ((number, 2), (number + 100, word)):
                content = f'"{value}"' if isinstance(value, str) else str(value)
                sealed = key.seal(f"check_in_answers/{id}", content.encode().ljust(300))
                work._session.write(
                    "INSERT INTO check_in_answers VALUES (?, ?, ?, ?)", (id, group.id, check_in.id, sealed)
                )
        work._session.write("UPDATE answers SET handed_in = 1")
    store = await open_store()
    async with store.work() as work:
        assert [a.value for a in await work.answers.for_group(run.id)] == sorted(WORDS[:4])
        assert await work.check_ins.answers(check_in) == ([2, 2, 2, 2], [])
    assert rows(path, "SELECT count(*) FROM answers") == [(0,)]
    assert rows(path, "SELECT count(*) FROM check_in_answers") == [(1,)]
