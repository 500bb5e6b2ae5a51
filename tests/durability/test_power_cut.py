"""The power goes, and with it all that was not synced: nothing that was told, or confirmed to Telegram, is missing.

At each moment it goes once with all that was loose lost, and once with a part of it: `STADSBOT_TEST_CUTS=9` tries
nine parts.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.durability.powercut import TRACE, Disk, replay
from tests.durability.process import BotProcess, telegram_over_http, until
from tests.durability.resident import EACH, START, Resident

TIMES = int(os.environ.get("STADSBOT_TEST_CUTS", "1"))
QUEUED = ("sendMessage", "editMessageText", "editMessageReplyMarkup")  # methods whose calls go through the outbox

MOMENTS = (*QUEUED, "getUpdates")


class Traced(BotProcess):
    """The process, with its system calls noted down."""

    def trace(self, into: Path) -> None:
        """Note them down there, from the start on."""
        self._command = (*TRACE, str(into), *self._command)  # type: ignore[assignment]


def switch_off(tracer: int) -> None:
    """Kill what strace traces."""
    (child,) = Path(f"/proc/{tracer}/task/{tracer}/children").read_text(encoding="ascii").split()
    os.kill(int(child), signal.SIGKILL)


async def conversation(folder: Path, trace: Path) -> Path:
    """Somebody comes in and answers, and then the machine is switched off; the folder that the bot wrote to."""
    async with telegram_over_http() as (sandbox, address):
        alva = Resident(sandbox, "Alva", luck=random.Random(2))
        alva.group = sandbox.create_group("Exempelstad", alva.id, [])
        bot = Traced(folder, address, sandbox.token, ALLOWED_GROUPS=str(alva.group))
        bot.trace(trace)
        await bot.start()
        try:
            await until(sandbox, lambda: sandbox.poll > 0, 60)
            sandbox.act(alva.id, "add_bot", chat=alva.group)
            await alva.join()
            await alva.begin(EACH, START)
            await alva.answer()
            await alva.hand_in()
        finally:
            assert bot._process is not None
            switch_off(bot._process.pid)
            await bot.ended()
    return bot.database.parent


def after(disk: Disk, folder: Path, luck: random.Random | None) -> tuple[int, int]:
    """Put the disk together and open the database as SQLite does after a power cut: next update, messages queued."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in disk.left(luck):
        if not name.endswith(("-shm", ".lock")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    with closing(sqlite3.connect(folder / "stadsbot.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (offset,) = database.execute("SELECT next_offset FROM intake").fetchone()
        (queued,) = database.execute(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'"
        ).fetchone()
    return offset, queued or 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace notes down what is written and synced")
async def test_nothing_told_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whenever the power goes, each update that Telegram was told to forget is taken, and each message that was sent
    has its row, and so what it told of; whether what was loose was lost whole or in part."""
    trace, luck = tmp_path / "trace", random.Random(5)
    folder = await conversation(tmp_path, trace)
    sent, moments, cuts, loose = 0, 0, 0, 0
    for told, disk in replay(trace, folder):
        if told.method not in MOMENTS:
            continue
        moments += 1
        sent += told.method in QUEUED
        loose += any(disk.loose.values())
        for lost in (None, *[luck] * TIMES):
            offset, queued = after(disk, tmp_path / "left", lost)
            assert offset >= told.params.get("offset", 0)
            assert queued >= sent
            cuts += 1
    assert moments > 40
    assert loose, "at some moments something was on its way to the disk"
    with capsys.disabled():
        sys.stdout.write(f"\npower cuts: {cuts}, at {moments} moments; nothing told was missing\n")
