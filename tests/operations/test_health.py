"""What can be seen from outside of how the bot is: numbers that help, and nothing that anyone said or is called."""

import asyncio
import errno
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.config import read
from bot.demo.town import GROUP, MASTER_KEY, Town, town
from bot.dispatch import polling
from bot.errors import StartError
from bot.operations import health as module
from bot.operations.health import Health
from bot.operations.maintenance import BackupPlan, Maintenance
from bot.operations.servers import listening
from bot.operations.watchdog import PATIENCE
from bot.secret_files import new_master_key
from bot.settings import Address, SettingsError
from storage.errors import Busy, DiskFull
from storage.records.records import OutboxKind, Reach
from storage.records.update_log import UpdateLog
from storage.store import Store
from storage.vault.vault import Keyring

SAMPLE = re.compile(r'([a-z_]+)(?:\{([a-z]+="[a-z_]+")\})? (-?[0-9.e+]+)')
GOOD = {"STADSBOT_TOKEN": "123456789:" + "canaryToken_canaryToken-canaryToken", "STADSBOT_MASTER_KEY": new_master_key()}


@asynccontextmanager
async def asked(people: Town, keeper: Maintenance | None = None) -> AsyncIterator[TestClient[Any, Any]]:
    """A client of the health door."""
    bot = people.bot
    health = Health(
        bot.store,
        bot.poller,
        bot.sender,
        keeper or bot.maintenance,
        bot.watchdog,
        bot.beside,
        people.sandbox.now,
    )
    app = web.Application()
    app.add_routes(health.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def metrics(client: TestClient[Any, Any]) -> dict[str, float]:
    """All samples, checked against the form that Prometheus reads."""
    async with client.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = (await answer.text()).splitlines()
    found: dict[str, float] = {}
    for line in lines:
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP [a-z_]+ \S.*|TYPE [a-z_]+ (counter|gauge))", line), line
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        name = sample[1] + (f"{{{sample[2]}}}" if sample[2] else "")
        assert name not in found
        found[name] = float(sample[3])
    return found


async def test_metrics(tmp_path: Path) -> None:
    """Counted are polls, updates and calls, what waits and is due, groups and people, and the size of it all."""
    async with town(tmp_path) as people, asked(people) as client:
        people.group(GROUP, "Asta", "Bo")
        await people.act("Asta", "add_bot", chat=people.groups[GROUP])
        await people.act("Asta", "start")
        await people.act("Bo", "start")
        await people.act("Bo", "block_bot")
        async with people.bot.store.work() as work:
            bo = await work.people.ensure(people.person("Bo"))
            await work.people.update(bo.id, reach=Reach.BLOCKED)
            now = people.sandbox.now()
            await work.outbox.put(f"p:{bo.id}", OutboxKind.MESSAGE, {"text": "x"}, about=None)
            await work.schedule.put("remind", now - timedelta(minutes=1), group_id=1, ref="run:1")
            await work.schedule.put("remind", now + timedelta(days=1), group_id=1, ref="run:2")
            await work.update_log.dead_letter(5, {"update_id": 5}, "ValueError")
        people.sandbox.wind(120)
        found = await metrics(client)
        wanted = {
            'stadsbot_groups{state="active"}': 1,
            'stadsbot_people{reach="blocked"}': 1,
            "stadsbot_outbox_waiting": 1,
            "stadsbot_outbox_overdue_seconds": 120,
            "stadsbot_schedule_due": 1,
            "stadsbot_dead_letters": 1,
            "stadsbot_database_answers": 1,
        }
        assert {name: found[name] for name in wanted} == wanted
        assert found["stadsbot_agenda_waiting"] >= 2
        assert "stadsbot_outbox_failed" in found
        assert found["stadsbot_updates_total"] >= 4
        assert found["stadsbot_polls_total"] >= found["stadsbot_updates_total"] / 100
        assert found['stadsbot_calls_total{outcome="sent"}'] >= 3
        assert found["stadsbot_database_bytes"] > 100_000
        assert found["stadsbot_memory_bytes"] > 10_000_000
        assert "stadsbot_backup_age_seconds" not in found


async def test_groups_that_send_all_that_is_said(tmp_path: Path) -> None:
    """Groups in which the bot is an administrator are counted, until it is one no more."""
    async with town(tmp_path) as people, asked(people) as client:
        people.group(GROUP, "Asta", "Bo")
        await people.act("Asta", "add_bot", chat=people.groups[GROUP])
        for act, count in (("promote_bot", 1), ("demote_bot", 0)):
            await people.act("Asta", act, chat=people.groups[GROUP])
            assert (await metrics(client))["stadsbot_groups_administered"] == count


async def test_no_names_in_it(tmp_path: Path) -> None:
    """Neither what people are called nor their numbers are told, whoever asks."""
    async with town(tmp_path) as people, asked(people) as client:
        people.group(GROUP, "Asta")
        await people.act("Asta", "add_bot", chat=people.groups[GROUP])
        for place in ("/metrics", "/health"):
            async with client.get(place) as answer:
                text = await answer.text()
            for secret in ("Asta", GROUP, str(people.person("Asta")), str(people.groups[GROUP]), people.sandbox.token):
                assert secret not in text


async def test_alert_rules(tmp_path: Path) -> None:
    """The file of alert rules names figures that there are, and the page's table has a row for each."""
    rules = (Path(module.__file__).with_name("alerts.yml")).read_text(encoding="utf-8")
    page = (Path(__file__).parents[2] / "OPERATIONS.md").read_text(encoding="utf-8")
    named = set(re.findall(r"stadsbot_[a-z_]+", rules))
    async with town(tmp_path) as people:
        bot = people.bot
        plan = BackupPlan(tmp_path / "backups", 3, 3, tmp_path / "latest")
        keeper = Maintenance(bot.store, bot.poller, Keyring(MASTER_KEY), people.sandbox.now, bot.services.zone, plan)
        bot.beside.failures["mail"] = 1
        people.group(GROUP, "Asta")
        await people.act("Asta", "add_bot", chat=people.groups[GROUP])
        await keeper.look()
        bot.poller.away = True
        people.sandbox.wind(90)
        bot.poller.away = True
        async with asked(people, keeper) as client:
            found = await metrics(client)
        assert found["stadsbot_telegram_away_seconds"] == pytest.approx(90, abs=1), "since when, not since last asked"
        assert found["stadsbot_start_time_seconds"] == pytest.approx(people.sandbox.now().timestamp(), abs=5)
    assert len(named) > 10
    assert named <= {name.partition("{")[0] for name in found}
    assert [name for name in named if f"`{name}" not in page] == []


async def test_age_of_the_backup(tmp_path: Path) -> None:
    """How old the newest backup is can be watched, so that nights that fail are noticed."""
    async with town(tmp_path) as people:
        bot, plan = people.bot, BackupPlan(tmp_path / "backups", 3, 3)
        zone = ZoneInfo("Europe/Stockholm")
        keeper = Maintenance(bot.store, bot.poller, Keyring(MASTER_KEY), people.sandbox.now, zone, plan)
        await keeper.look()
        people.sandbox.wind(3600)
        async with asked(people, keeper) as client:
            assert (await metrics(client))["stadsbot_backup_age_seconds"] == pytest.approx(3600, abs=1)


async def test_health(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Well while the loop turns and the database answers; 503 as soon as either does not."""
    async with town(tmp_path) as people, asked(people) as client:
        async with client.get("/health") as answer:
            assert answer.status == 200
            assert (await answer.json())["well"] is True
        with monkeypatch.context() as patch:
            patch.setattr(people.bot.watchdog, "idle", lambda: PATIENCE + 1)
            async with client.get("/health") as answer:
                assert answer.status == 503

        def busy(_: Store) -> Any:
            raise Busy

        with monkeypatch.context() as patch:
            patch.setattr(Store, "work", busy)
            async with client.get("/health") as answer:
                assert answer.status == 503
                assert (await answer.json())["database"] is False
            assert (await metrics(client))["stadsbot_database_answers"] == 0


async def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When what people do cannot be taken because the disk is full, the bot says within a minute that it is not well;
    it is again when there is room, and what waited is taken."""

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with town(tmp_path) as people, asked(people) as client:
        people.group(GROUP, "Asta")
        with monkeypatch.context() as full:
            full.setattr("storage.vault.vault._overwrite", no_room)
            with pytest.raises(DiskFull, match="mounted at"):
                await people.act("Asta", "add_bot", chat=people.groups[GROUP])
            for seconds, status in ((30, 200), (31, 503)):
                people.sandbox.wind(seconds)
                with pytest.raises(DiskFull):
                    await people.bot.poller.poll(0)
                async with client.get("/health") as answer:
                    assert answer.status == status
                    assert (await answer.json())["well"] is (status == 200)
            assert (await metrics(client))["stadsbot_refusing_seconds"] == pytest.approx(61, abs=1)
        await people.settle()
        async with client.get("/health") as answer:
            assert answer.status == 200
        assert (await metrics(client))["stadsbot_refusing_seconds"] == 0


async def test_the_page_alone_bears_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no Telegram, a full disk ends nothing either: it is told, and passes."""
    async with town(tmp_path) as people, asked(people) as client:
        full, beats = True, 0

        async def beat(_: object, now: datetime) -> None:
            nonlocal beats
            beats += 1
            if full:
                raise DiskFull

        async def sleep(_: float) -> None:
            nonlocal full
            people.sandbox.wind(100)
            async with client.get("/health") as answer:
                assert answer.status == (503 if full else 200)
            full = False
            if beats == 2:
                raise asyncio.CancelledError

        monkeypatch.setattr(UpdateLog, "heartbeat", beat)
        monkeypatch.setattr(polling, "asyncio", SimpleNamespace(sleep=sleep))
        with pytest.raises(asyncio.CancelledError):
            await people.bot.poller.rest()
    assert beats == 2


async def test_room_on_both_disks(tmp_path: Path) -> None:
    """How much is free where the database lies, and where the backups do, can be watched."""
    async with town(tmp_path) as people:
        bot, plan = people.bot, BackupPlan(tmp_path, 3, 3)
        keeper = Maintenance(bot.store, bot.poller, Keyring(MASTER_KEY), people.sandbox.now, bot.services.zone, plan)
        async with asked(people, keeper) as client:
            found = await metrics(client)
        for folder in ("database", "backups"):
            assert found[f'stadsbot_disk_free_bytes{{folder="{folder}"}}'] > 0


async def test_lag_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that blocks the event loop shows, and fades when it is over."""
    shown, late = 0.0, iter([0.0, 0.2, 0.0])

    async def sleep(seconds: float) -> None:
        nonlocal shown
        if (more := next(late, None)) is None:
            raise asyncio.CancelledError
        shown += seconds + more

    loop = SimpleNamespace(time=lambda: shown)
    monkeypatch.setattr(module, "asyncio", SimpleNamespace(get_running_loop=lambda: loop, sleep=sleep))
    async with town(tmp_path) as people:
        bot = people.bot
        health = Health(
            bot.store, bot.poller, bot.sender, bot.maintenance, bot.watchdog, bot.beside, people.sandbox.now
        )
        with pytest.raises(asyncio.CancelledError):
            await health.run()
    assert health._lag == pytest.approx(0.2 * module.FADE)


def test_nobody_is_answered_by_default() -> None:
    """Without the setting there is no door; a bare port is this machine's only."""
    assert read(GOOD).metrics is None
    assert read(GOOD | {"STADSBOT_METRICS": "9464"}).metrics == Address("127.0.0.1", 9464)
    assert read(GOOD | {"STADSBOT_METRICS": "10.0.0.5:9464"}).metrics == Address("10.0.0.5", 9464)
    assert read(GOOD | {"STADSBOT_METRICS": "[::1]:9464"}).metrics == Address("::1", 9464)
    with pytest.raises(SettingsError, match="STADSBOT_METRICS"):
        read(GOOD | {"STADSBOT_METRICS": "everywhere"})


async def test_a_door_that_is_taken() -> None:
    """Two that want the same port: the second is told in a sentence."""
    async with listening([], Address("127.0.0.1", 0)) as (host, port):
        with pytest.raises(StartError, match="cannot listen"):
            async with listening([], Address(host, port)):
                raise AssertionError
