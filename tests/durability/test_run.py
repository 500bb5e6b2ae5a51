"""`stadsbot run` as a process: what an operator can mend is told in a sentence, with a code that supervisors know."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from bot import service
from bot.channel.outcomes import Fate, Unusable
from bot.config import read
from bot.errors import StartError
from bot.sandbox import Sandbox
from storage.store import Store
from storage.vault.vault import Keyring
from tests.durability.process import MASTER_KEY, ROOT, BotProcess, bot_process, telegram_over_http, until

pytestmark = pytest.mark.slow  # real processes, of which each takes a second to start

OTHER_KEY = base64.urlsafe_b64encode(b"x" * 32).decode()
WELL, STORAGE, AGAIN, SETTINGS, BITTEN = 0, 74, 75, 78, 70  # exit codes, as in sysexits.h


@pytest.fixture
async def telegram() -> AsyncIterator[tuple[Sandbox, str]]:
    """Telegram, and its address."""
    async with telegram_over_http() as played:
        yield played


async def make_database(path: Path, *, version: int | None = None) -> None:
    """A database of ours, perhaps made by a later version of the program."""
    store = await Store.open(path, keyring=Keyring(MASTER_KEY), clock=lambda: datetime.now(UTC))
    if version is not None:
        await store._connection.run([(f"PRAGMA user_version = {version}", ())])
    await store.close()


def sentences(bot: BotProcess) -> list[str]:
    """What was told on standard error beside the log's lines."""
    return [line for line in bot.errors.splitlines() if not line.startswith("{")]


@pytest.mark.parametrize(
    ("settings", "code", "told"),
    [
        ({"TOKEN": ""}, SETTINGS, "STADSBOT_TOKEN is missing: set it to the token that @BotFather gave you"),
        ({"TOKEN": "7000000001:" + "o" * 35}, SETTINGS, "Telegram does not know this token"),
        ({"MASTER_KEY": ""}, SETTINGS, "STADSBOT_MASTER_KEY is missing: make one with `stadsbot key`"),
        ({"MASTER_KEY": OTHER_KEY}, STORAGE, "The master key does not fit this database"),
        ({"ALLOWED_GROUPS": "alla"}, SETTINGS, "STADSBOT_ALLOWED_GROUPS is not a list of groups"),
    ],
    ids=["no token", "unknown token", "no key", "wrong key", "malformed groups"],
)
async def test_settings_that_are_wrong(
    telegram: tuple[Sandbox, str], tmp_path: Path, settings: dict[str, str], code: int, told: str
) -> None:
    """A setting that is missing or wrong is named in one sentence with its cure; nothing is started."""
    sandbox, address = telegram
    async with bot_process(tmp_path, address, **({"token": sandbox.token} | settings)) as bot:
        await make_database(bot.database)
        await bot.start()
        assert await bot.ended() == code
        (sentence,) = sentences(bot)
        assert sentence.startswith(told)


async def test_newer_database(telegram: tuple[Sandbox, str], tmp_path: Path) -> None:
    """A database of a later version is left as it is, and the operator is told to start that version."""
    sandbox, address = telegram
    async with bot_process(tmp_path, address, sandbox.token) as bot:
        await make_database(bot.database, version=999)
        before = bot.database.read_bytes()
        await bot.start()
        assert await bot.ended() == STORAGE
        (sentence,) = sentences(bot)
        assert "start the newer version of the bot" in sentence
        assert bot.database.read_bytes() == before


async def test_two_processes_on_one_database(telegram: tuple[Sandbox, str], tmp_path: Path) -> None:
    """The second one refuses to start and says why; the first one goes on undisturbed."""
    sandbox, address = telegram
    async with (
        bot_process(tmp_path, address, sandbox.token) as first,
        bot_process(tmp_path, address, sandbox.token) as second,
    ):
        await first.start()
        await until(sandbox, lambda: sandbox.poll > 0)
        await second.start()
        assert await second.ended() == STORAGE
        (sentence,) = sentences(second)
        assert sentence.startswith("Another process already uses")
        assert first.running
        assert await first.send(signal.SIGTERM) == WELL


async def test_privacy_mode_is_off(telegram: tuple[Sandbox, str], tmp_path: Path) -> None:
    """A bot that would hear all talk in groups does not start."""
    sandbox, address = telegram
    sandbox.privacy = False
    async with bot_process(tmp_path, address, sandbox.token) as bot:
        await bot.start()
        assert await bot.ended() == SETTINGS
        (sentence,) = sentences(bot)
        assert sentence.startswith("Privacy mode is off")
        assert "/setprivacy" in sentence


async def test_somebody_else_looks(telegram: tuple[Sandbox, str], tmp_path: Path) -> None:
    """When another process asks Telegram once for our updates this one says so, and goes on."""
    sandbox, address = telegram
    async with bot_process(tmp_path, address, sandbox.token) as bot, httpx.AsyncClient() as other:
        await bot.start()
        await until(sandbox, lambda: sandbox.poll > 0)
        poll = asyncio.create_task(other.get(f"{address}/bot{sandbox.token}/getUpdates", params={"timeout": 1}))
        async with asyncio.timeout(20):
            while "somebody_else_polls" not in bot.errors:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        await poll
        assert bot.running
        assert await bot.send(signal.SIGTERM) == WELL
        assert not sentences(bot)


def test_somebody_else_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it does not stop, the program ends with the code for "try again later", and says why."""

    def taken(*_: object, **__: object) -> NoReturn:
        raise Unusable(Fate.CONFLICT)

    monkeypatch.setattr(service, "opened", taken)
    with pytest.raises(StartError, match="Somebody else asks Telegram for this bot's messages") as ended:
        service.run(read({"STADSBOT_TOKEN": "7000000001:" + "o" * 35, "STADSBOT_MASTER_KEY": OTHER_KEY}), _now)
    assert ended.value.code == AGAIN


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stopped_while_telegram_is_away(tmp_path: Path, number: signal.Signals) -> None:
    """A bot that waits for Telegram to be there can be stopped all the same."""
    async with bot_process(tmp_path, "http://127.0.0.1:9", "7000000001:" + "o" * 35) as bot:  # nothing listens there
        await bot.start()
        async with asyncio.timeout(20):
            while "telegram_unreachable" not in bot.errors:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        assert await bot.send(number) == WELL


@pytest.mark.slow
async def test_telegram_comes_late(tmp_path: Path) -> None:
    """A bot that is started before its network is there begins to work when it is."""
    async with telegram_over_http() as (sandbox, address):
        sandbox.faults.add("error", times=2)
        async with bot_process(tmp_path, address, sandbox.token) as bot:
            await bot.start()
            await until(sandbox, lambda: sandbox.poll > 0)
            assert await bot.send(signal.SIGTERM) == WELL


@pytest.mark.parametrize("way", ["time.sleep(30)", "asyncio.run(asyncio.sleep(30))"])
def test_the_watchdog_bites(way: str) -> None:
    """A process whose intake gives no sign of life is ended, also when its event loop stands still, and says so."""
    program = f"""
import asyncio, time
from bot import logs
from bot.operations.watchdog import Watchdog
logs.set_up("INFO")
dog = Watchdog(patience=0.3)
dog.start()
{way}
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False
    )
    assert ended.returncode == BITTEN
    assert b"watchdog_timeout" in ended.stderr


def test_the_watchdog_is_calm() -> None:
    """A process that gives signs of life, or has been told to stop, is left alone."""
    program = """
import threading, types
from bot.operations import watchdog
now, looked = 0.0, threading.Semaphore(0)

def clock():
    if threading.current_thread().name == "watchdog":
        looked.release()
    return now

watchdog.time = types.SimpleNamespace(monotonic=clock)
dog = watchdog.Watchdog(patience=0.01)
dog.start()
for _ in range(12):
    now += 0.009
    dog.alive()
    looked.acquire()
dog.stop()
for thread in threading.enumerate():
    if thread.name == "watchdog":
        thread.join()
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (WELL, b"")
