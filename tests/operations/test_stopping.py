"""The real program as a service: it starts, tells systemd so, and stops when it is told to, whatever is under way."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.operations.systemd import notify
from bot.sandbox import Sandbox
from bot.sandbox.http import serve
from bot.secret_files import decode_key, new_master_key
from storage.store import Store
from storage.vault.vault import Keyring

ROOT = Path(__file__).parents[2]
PATIENCE = 20  # seconds, the unit's TimeoutStopSec


@contextmanager
def program(folder: Path, address: str, token: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program, with nothing of this machine's environment but where Python is."""
    environment = {
        "PATH": os.environ["PATH"],
        "STADSBOT_TOKEN": token,
        "STADSBOT_MASTER_KEY": new_master_key(),
        "STADSBOT_DATABASE": str(folder / "data" / "stadsbot.db"),
        "STADSBOT_API_URL": address,
        **more,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "--env-file", str(folder / ".env"), "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def until(process: subprocess.Popen[bytes], event: str) -> None:
    """Wait until the program logs an event."""
    assert process.stderr
    while event.encode() not in (line := await asyncio.to_thread(process.stderr.readline)):
        assert line, f"the program ended with {process.poll()} before it said {event}"


async def stopped(process: subprocess.Popen[bytes]) -> int:
    """Tell it to stop; its exit code."""
    process.send_signal(signal.SIGTERM)
    return await asyncio.to_thread(process.wait, PATIENCE)


async def answered(sandbox: Sandbox, people: Sequence[int]) -> None:
    """Wait until each of these people, who have written once, has an answer; long enough for a busy machine."""
    async with asyncio.timeout(60):
        while any(len(sandbox.chat(person).messages) < 2 for person in people):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.05)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket as systemd's."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    door.bind(str(tmp_path / "notify"))
    door.setblocking(False)
    yield door
    door.close()


def words(door: socket.socket) -> set[bytes]:
    """What was told so far."""
    found = set()
    while True:
        try:
            found.add(door.recv(100))
        except BlockingIOError:
            return found


async def test_a_service(tmp_path: Path, told: socket.socket) -> None:
    """It says READY and WATCHDOG to systemd, takes what comes, and on SIGTERM ends with 0."""
    sandbox = Sandbox(start=datetime.now(UTC), monotonic=time.monotonic)
    async with serve(sandbox, page=False) as address:
        with program(tmp_path, address, sandbox.token, NOTIFY_SOCKET=str(tmp_path / "notify")) as process:
            await until(process, '"started"')
            asta = sandbox.add_person("Asta")
            sandbox.act(asta, "start")
            await answered(sandbox, [asta])
            assert {b"READY=1", b"WATCHDOG=1"} <= words(told)
            assert await stopped(process) == 0
    assert b"STOPPING=1" in words(told)


def test_a_supervisor_that_does_not_listen(told: socket.socket, tmp_path: Path) -> None:
    """When nobody reads what systemd is told, the bot does not stand still over it."""
    for _ in range(10_000):
        notify(str(tmp_path / "notify"), "WATCHDOG=1")
    assert words(told) == {b"WATCHDOG=1"}


async def test_stopped_while_telegram_is_away(tmp_path: Path) -> None:
    """A bot that cannot reach Telegram yet can be stopped as well."""
    with program(tmp_path, "http://127.0.0.1:9", "123456789:" + "invented_invented-invented-invented") as process:
        await until(process, "telegram_unreachable")
        assert await stopped(process) == 0


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.mark.slow
async def test_started_while_telegram_is_away(tmp_path: Path, told: socket.socket) -> None:
    """The page opens, the service is ready, backups are made and /health says who is away; when Telegram answers at
    last, the chats are served too."""
    telegram, page, health = free_port(), free_port(), free_port()
    sandbox = Sandbox(start=datetime.now(UTC), monotonic=time.monotonic)
    settings = {
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "STADSBOT_PAGE_URL": f"http://127.0.0.1:{page}",
        "STADSBOT_PAGE_LISTEN": str(page),
        "STADSBOT_METRICS": str(health),
        "STADSBOT_BACKUPS": str(tmp_path / "backups"),
    }
    with program(tmp_path, f"http://127.0.0.1:{telegram}", sandbox.token, **settings) as process:
        await until(process, "backup_made")
        async with httpx.AsyncClient() as client:

            async def resting() -> list[str]:
                return list((await client.get(f"http://127.0.0.1:{health}/health")).json()["resting"])

            async with asyncio.timeout(PATIENCE):
                while await resting() != ["telegram"]:  # noqa: ASYNC110 - another process changes it
                    await asyncio.sleep(0.05)
            assert (await client.get(f"http://127.0.0.1:{page}/tillganglighet")).status_code == 200
            assert b"READY=1" in words(told)
            async with serve(sandbox, port=telegram, page=False):
                asta = sandbox.add_person("Asta")
                sandbox.act(asta, "start")
                await answered(sandbox, [asta])
                assert await resting() == []
                assert await stopped(process) == 0


@pytest.mark.slow
async def test_ready_when_a_door_is_open(tmp_path: Path, told: socket.socket) -> None:
    """Without a page nobody can reach the bot until Telegram answers: it says so, and is not ready."""
    settings = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
    token = "123456789:" + "invented_invented-invented-invented"
    with program(tmp_path, "http://127.0.0.1:9", token, **settings) as process:
        await until(process, "telegram_unreachable")
        assert await stopped(process) == 0
    said = words(told)
    assert b"STATUS=Telegram does not answer; it is asked again and again." in said
    assert b"READY=1" not in said


@pytest.mark.slow
async def test_stopped_in_the_midst_of_a_flood(tmp_path: Path) -> None:
    """With a hundred people being answered it stops in time, and after a start each has got every answer."""
    sandbox = Sandbox(start=datetime.now(UTC), monotonic=time.monotonic)
    sandbox.limits.enabled = False
    key = new_master_key()
    people = [sandbox.add_person(f"Person {n}") for n in range(100)]
    store = await Store.open(
        tmp_path / "data" / "stadsbot.db", keyring=Keyring(decode_key(key) or b""), clock=lambda: datetime.now(UTC)
    )
    async with store.work() as work:
        for person in people:
            await work.people.ensure(person)
    await store.close()
    async with serve(sandbox, page=False) as address:
        with program(tmp_path, address, sandbox.token, STADSBOT_MASTER_KEY=key) as process:
            await until(process, '"started"')
            for person in people:
                sandbox.act(person, "start")
            await asyncio.sleep(0.4)
            assert await stopped(process) == 0
        with program(tmp_path, address, sandbox.token, STADSBOT_MASTER_KEY=key) as process:
            await until(process, '"started"')
            await answered(sandbox, people)
            await stopped(process)
    assert {len(sandbox.chat(person).messages) for person in people} == {2}, "none was answered twice"
