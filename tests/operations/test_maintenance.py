"""Kept-keeping while the bot runs: backups by night, keys by the minute, old rows by the day."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.operations import maintenance
from bot.operations.maintenance import BackupPlan, Maintenance
from storage.backup import backup, backup_files, backup_keys
from storage.errors import DiskFull
from storage.records.exercise_versions import ExerciseVersion
from storage.records.message_notes import MessageContext
from storage.records.records import OutboxKind
from tests.operations.conftest import KEYRING, STOCKHOLM, Kept, Taken, open_at
from tests.operations.test_backup import keys_in
from tests.storage.conftest import START, Clock, make_group


async def test_every_night(house: Kept) -> None:
    """One at the first start, then one each night at the hour, and none in between."""
    first = await house.after()
    assert len(first) == 1
    assert await house.after(hours=16, minutes=59) == first, "one minute to three"
    made = await house.after(minutes=1)
    assert made[0].astimezone(STOCKHOLM).hour == 3
    assert await house.after(hours=1) == made
    assert len(await house.after(days=1)) == 3
    assert len(await house.after(days=1)) == 3, "the fourth has pushed out the first"
    assert house.maintenance.last_backup() == backup_files.made_at(backup_files.all_in(house.folder, house.clock())[0])


async def test_a_night_slept_through(house: Kept) -> None:
    """After days of absence one backup is made at once, and not one for each night."""
    await house.after()
    assert len(await house.after(days=5)) == 2
    assert len(await house.after(minutes=1)) == 2


@pytest.mark.parametrize("change", [datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)])
async def test_when_the_clocks_change(house: Kept, change: datetime) -> None:
    """Also in the nights when the clocks go forward and back there is one backup each."""
    house.clock.now = change
    made = await house.after()
    for _ in range(24 * 3):
        made = await house.after(hours=1)
    assert [at.astimezone(STOCKHOLM).date().day - change.day for at in reversed(made)] == [1, 2, 3]
    assert all(at.astimezone(STOCKHOLM).hour == 3 for at in made)


async def test_failure_is_tried_again(house: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that failed stops nothing, and is tried again an hour later."""
    calls = 0

    def fail(*_: object) -> Path:
        nonlocal calls
        calls += 1
        raise DiskFull

    with monkeypatch.context() as patch:
        patch.setattr(backup, "make", fail)
        for _ in range(30):
            assert await house.after(minutes=1) == []
        assert calls == 1
    assert len(await house.after(minutes=31)) == 1


async def test_whatever_goes_wrong(house: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that nobody has thought of ends no night's backup but that one's."""

    def fail(*_: object) -> Path:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(backup, "make", fail)
        assert await house.after() == []
    assert len(await house.after(hours=1)) == 1


async def test_erased_key_leaves_within_a_minute(house: Kept) -> None:
    """A group that is erased in the day does not live on in the file of keys until the night."""
    await house.after()
    async with house.store.work() as work:
        key_id = (await work.groups.get(1)).key_id
        await work.groups.erase(1)
    assert keys_in(house.folder)[key_id]
    await house.after(minutes=1)
    assert keys_in(house.folder)[key_id] == ""


async def test_a_new_groups_key_is_kept_too(house: Kept) -> None:
    """The key of a group that is new today is not lost with the disk tonight."""
    await house.after()
    async with house.store.work() as work:
        group, _ = await make_group(work, -9)
    await house.after(minutes=1)
    assert group.key_id in keys_in(house.folder)


async def test_old_rows_go(house: Kept) -> None:
    """What has been done with is kept for a while and then goes; what waits or must be remembered stays."""
    async with house.store.work() as work:
        for user in range(3):
            person = await work.people.ensure(9000 + user)
            item = await work.outbox.put(f"p:{person.id}", OutboxKind.MESSAGE, {"text": "x"}, about=None)
            await work.outbox.failed(item, "forbidden")
        await work.schedule.put("remind", START + timedelta(days=2), group_id=2, ref="run:2")
        await work.links.add("spent", "activate", group_id=1, expires_at=START + timedelta(days=7))
        await work.links.add("for good", "join", group_id=1)
        await work.update_log.note_taken([1, 2, 3])
    async with house.store.work() as work:
        for due in await work.schedule.take_due(START + timedelta(days=2)):
            if due.ref == "run:2":
                await work.schedule.done(due.id)
    tables = ("outbox", "agenda", "links", "taken", "dead_letters")
    begun = {table: house.count(table) for table in tables}
    assert begun["dead_letters"] == 1
    await house.after(hours=1)
    assert {table: house.count(table) for table in tables} == begun
    await house.after(days=3)
    assert house.count("taken") == 0
    await house.after(days=5)
    assert house.count("outbox") == begun["outbox"] - 3, "what still waits is kept"
    assert house.count("dead_letters") == 1
    await house.after(days=6)
    assert house.count("dead_letters") == 0, "nobody's words lie there for ever"
    await house.after(days=40)
    assert house.count("links") == 1
    await house.after(days=60)
    assert house.count("agenda") == 1, "the one that waits"


async def test_years_leave_no_heap(house: Kept) -> None:
    """What was said, closed, over or replaced years ago is gone; what a group edits, or a round rests on, is there."""
    today = START.date()
    async with house.store.work() as work:
        group, (member, *_) = await make_group(work, -5, members=2, first_user=7000)
        chat, mine = f"g:{group.id}", f"p:{member.person_id}"
        for number in range(50):
            for where, slot in ((chat, "status"), (mine, "visit:1"), (mine, None)):
                id = await work.outbox.put(
                    where, OutboxKind.MESSAGE, {}, about=group.id, slot=slot, context=MessageContext(1)
                )
                await work.outbox.sent(id, number + 1)
            await work.open_items.put(member, "answer", f"run:{number}", today, today)
            day = today + timedelta(days=3 * number)
            await work.absences.add(member.person_id, day, day)
        await work.open_items.close(member_id=member.id)
        await work.open_items.put(member, "task", "row:1", today, today)
        await work.exercise_versions.keep(
            [ExerciseVersion(version, "x", "", "") for version in ("old", "begun", "now")]
        )
        await work.runs.add(group.id, "x", "begun", {})
    house.maintenance._editions = {"now"}
    waiting = house.count("outbox WHERE state = 'queued'")
    await house.after(days=364)
    assert house.count("matters") == 51
    assert house.count("outbox") == waiting + 150
    await house.after(days=250)
    assert house.count("outbox") == waiting + 1, "the status message, which is edited"
    assert house.count("matters") == 1, "what is open"
    assert house.count("absences") == 0
    assert house.count("editions") == 2


async def test_passers_by_are_forgotten(house: Kept) -> None:
    """Whoever came with a link and got no seat is forgotten after a month; who has a seat or is waited for is not."""
    async with house.store.work() as work:
        passing, waiting = await work.people.ensure(9001), await work.people.ensure(9002)
        await work.notification_preferences.change(passing.id, spoken=date(2026, 3, 2))
        said = await work.outbox.put(f"p:{passing.id}", OutboxKind.MESSAGE, {"text": "x"}, about=None, slot="visit:1")
        await work.outbox.put(f"p:{waiting.id}", OutboxKind.MESSAGE, {"text": "x"}, about=None)
        await work.outbox.sent(said, 5)
    seated = house.count("people") - 2
    await house.after(days=29)
    assert house.count("people") == seated + 2
    await house.after(days=2)
    async with house.store.work() as work:
        assert await work.people.by_user(9001) is None
        assert await work.people.by_user(9002) is not None
    assert house.count("people") == seated + 1
    assert house.count("habits") == 0


async def test_copies_made_before_a_migration_go(house: Kept) -> None:
    """They hold what has been deleted since; so they are not kept for ever."""
    old, new = (house.store.path.with_name(f"town.db.v{n}.backup") for n in (1, 2))
    for copy, age in ((old, 15), (new, 13)):
        copy.touch()
        stamp = (START - timedelta(days=age)).timestamp()
        os.utime(copy, (stamp, stamp))
    await house.after()
    assert not old.exists()
    assert new.exists()


async def test_without_a_plan(house: Kept, clock: Clock) -> None:
    """An operator who wants no backups gets none, and no error."""
    intake: Any = Taken(house.store)
    maintenance = Maintenance(house.store, intake, KEYRING, clock, STOCKHOLM, None)
    await maintenance.look()
    assert maintenance.last_backup() is None
    assert not house.folder.exists()


async def test_a_clock_that_was_ahead(house: Kept) -> None:
    """A backup made while the clock was ahead stops no later one: each night has its own, the older ones go, the newest
    by order of making is the newest, and its age is never less than nothing."""
    await house.after()
    await house.after(days=400)
    assert len(await house.after(days=-400, hours=1)) == 3, "what lies ahead of now is no newest"
    nights = [await house.after(days=1) for _ in range(3)]
    assert [made[0] for made in nights] == [house.clock() - timedelta(days=ago) for ago in (2, 1, 0)]
    assert nights[-1] == [house.clock() - timedelta(days=ago) for ago in (0, 1, 2)], "it has gone by its turn"
    assert house.maintenance.last_backup() == house.clock()
    house.clock.wind(days=-1)
    assert house.maintenance.last_backup() == house.clock(), "the one of then"


@pytest.mark.parametrize("ahead", ["stadsbot-20271203T020000Z.backup", "stadsbot-000001-20271203T020000Z.backup"])
async def test_the_one_that_lies_ahead_is_warned_of(house: Kept, ahead: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever version made the one that lies ahead, the next is made at once, and the log says why."""
    house.folder.mkdir(mode=0o700)
    (house.folder / ahead).touch()
    await house.after()
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == ["backup_ahead_of_clock"]
    newest, *_ = backup_files.all_in(house.folder, house.clock())
    assert backup_files.made_at(newest) == house.clock()
    assert len(await house.after(hours=1)) == 2, "once"


async def test_the_latest_copy(path: Path, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each minute, and each five above a size, the copy is made where something has changed; a folder that cannot be
    used costs no nightly backup, and is tried again the next minute."""
    store, plan = await open_at(path, clock), BackupPlan(tmp_path / "backups", 3, 3, tmp_path / "latest")
    intake: Any = Taken(store)
    kept = Kept(store, Maintenance(store, intake, KEYRING, clock, STOCKHOLM, plan), clock, plan.folder)

    async def after(minutes: int) -> list[datetime]:
        async with store.work() as work:
            await work.members.update(1, name=f"Invented {clock()}")
        await kept.after(minutes=minutes)
        return [backup_files.made_at(made) for made in backup_files.copies_in(tmp_path / "latest")]

    assert await after(1) == [clock()]
    assert await after(1) == [clock()]
    await kept.after(minutes=1)
    assert (
        backup_files.made_at(*backup_files.copies_in(tmp_path / "latest")) < clock() == kept.maintenance.latest_copy()
    )
    monkeypatch.setattr(maintenance, "SMALL", 0)
    assert await after(4) != [clock()]
    assert await after(1) == [clock()]
    (tmp_path / "latest").chmod(0o755)
    assert await after(5) != [clock()]
    (tmp_path / "latest").chmod(0o700)
    assert await after(1) == [clock()]
    assert len(await kept.after()) == 1, "of nightly ones"
    async with store.work() as work:
        key_id = (await work.groups.get(1)).key_id
        await work.groups.erase(1)
    kept.maintenance.take_out_erased()
    for folder in plan.folders:
        assert backup_keys.read(folder, KEYRING)[key_id] == b"", "at once, from both"
    await store.close()
