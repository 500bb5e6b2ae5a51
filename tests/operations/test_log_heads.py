"""The head of the log of who has read what leaves the machine, and shows later whether the log was tampered with."""

import asyncio
import base64
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.demo.town import MASTER_KEY, STOCKHOLM, Town
from bot.doctor.database import look
from bot.doctor.finding import Level
from bot.operations.maintenance import BackupPlan, Maintenance
from storage.backup import backup
from storage.records.access_log import Head
from tests.incidents.conftest import loudest
from tests.incidents.scene import log, watched

__all__ = ["loudest"]  # the fixture


async def read(played: Town) -> Head:
    """Let an incident be logged and opened; the log's head now."""
    await log(played, "Bo")
    await played.tap("Cia", "Öppna")
    async with played.bot.store.work() as work:
        head = await work.access_log.head(1)
    assert head is not None
    return head


def cut(database: Path) -> None:
    """Take the newest line out, as somebody may who has the file."""
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("DELETE FROM access_log WHERE id = (SELECT max(id) FROM access_log)")


async def test_it_leaves_the_machine_each_day(tmp_path: Path, loudest: io.StringIO) -> None:
    """Once a day the head stands in the log that may be shipped, and with each backup in a file beside it."""
    async with watched(tmp_path) as played:
        head = await read(played)
        bot = played.bot
        plan = BackupPlan(tmp_path / "backups", 3, 14)
        keyring = bot.store._caches.keyring
        keeper = Maintenance(bot.store, bot.poller, keyring, played.sandbox.now, STOCKHOLM, plan)
        for _ in range(2):
            await keeper.look()
            played.sandbox.wind(86_400)
        lines = [json.loads(line) for line in loudest.getvalue().splitlines()]
        told = [line for line in lines if line.get("event") == "access_log_head"]
        assert [(line["group_id"], line["head"]) for line in told] == [(1, str(head))] * 2
        assert backup.kept_heads(tmp_path / "backups") == [head, head]


async def test_the_doctor_holds_the_log_against_the_kept_heads(tmp_path: Path) -> None:
    """With the heads beside the backups, the doctor finds lines that were cut off, which the chain alone cannot."""
    async with watched(tmp_path) as played:
        await read(played)
        path, keyring = played.bot.store.path, played.bot.store._caches.keyring
        backup.make(path, tmp_path / "backups", keyring, played.sandbox.now(), 14)
        for expected in (Level.OK, Level.ERROR):
            found = await look(path, MASTER_KEY, played.sandbox.now, tmp_path / "backups")
            (finding,) = [f for f in found.findings if f.about == "access log"]
            assert finding.level is expected
            cut(path)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot verify-log` prints the heads of now, and later says of each that was kept what has become of it."""

    async def play() -> Head:
        async with watched(tmp_path) as played:
            return await read(played)

    head = asyncio.run(play())
    database = tmp_path / "data" / "stadsbot.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STADSBOT_TOKEN", "123456789:" + "canaryToken_canaryToken-canaryToken")
    monkeypatch.setenv("STADSBOT_DATABASE", str(database))
    monkeypatch.setenv("STADSBOT_MASTER_KEY", base64.urlsafe_b64encode(MASTER_KEY).decode())
    assert main(["verify-log"]) == 0
    assert capsys.readouterr().out == f"{head}\n"
    (tmp_path / "kept.txt").write_text(f"20270111T080000Z {head}\n")
    assert main(["verify-log", "--file", "kept.txt"]) == 0
    assert "stands" in capsys.readouterr().out
    assert main(["verify-log", str(head).replace("1-", "9-", 1)]) == 0
    assert "not here" in capsys.readouterr().out
    assert main(["verify-log", "nonsense"]) == 1
    cut(database)
    assert main(["verify-log", str(head)]) == 1
    assert "IS GONE" in capsys.readouterr().out
