"""A machine with a bot on it, and the hands of whoever runs it."""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox import Sandbox
from bot.secret_files import new_master_key
from storage.database_files import keys_of
from tests.durability.process import PATIENCE, ROOT, BotProcess, telegram_over_http, until
from tests.durability.resident import EACH, START, Resident

LOOK = 0.05  # seconds between looks at what no event tells


class Failed(AssertionError):
    """A drill did not go as OPERATIONS.md says."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command."""

    code: int
    said: str


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


class Machine(BotProcess):
    """One machine: folders for data, backups and the latest copy, settings, and at most one bot."""

    def __init__(self, folder: Path, sandbox: Sandbox, address: str) -> None:
        self.folder, self.sandbox, self.address = folder, sandbox, address
        self.backups, self.latest = folder / "backups", folder / "latest"
        self.port, self.page = free_port(), free_port()
        self.key = folder / "master-key"
        self.key.touch(0o600)
        self.key.write_text(new_master_key())
        self._set: dict[str, str] = {}
        self._shown: dict[str, float] = {}
        self._inside: list[str] = []
        super().__init__(folder, address, sandbox.token)
        self.clock()
        self.set(
            TOKEN=sandbox.token,
            MASTER_KEY="",
            MASTER_KEY_FILE=str(self.key),
            DATABASE=str(self.database),
            BACKUPS=str(self.backups),
            METRICS=str(self.port),
            API_URL=address,
        )

    def set(self, **settings: str) -> None:
        """Change settings, named without their prefix; an empty one is taken away."""
        self._set |= settings
        bare = {name: value for name, value in os.environ.items() if not name.startswith("STADSBOT_")}
        self._environment = bare | {f"STADSBOT_{name}": value for name, value in self._set.items() if value}

    @property
    def environment(self) -> dict[str, str]:
        """What the program finds there."""
        return self._environment

    def trust(self, chain: Path) -> None:
        """Let the machine trust a certificate."""
        self._environment["SSL_CERT_FILE"] = str(chain)

    def clock(self, days: float = 0, turn: float = 60) -> None:
        """Let the machine's clock be off, and its bot look after its backups every `turn` seconds."""
        self._shown = {"days": days, "turn": turn}
        self._command = tuple(self._with("run"))  # type: ignore[assignment]

    def small_disks(self, **sizes: int) -> None:
        """Put folders on disks of so many bytes each, which only the bot sees; `disk` is the way there."""
        mounts = [f"mount -t tmpfs -o mode=700,size={size} tmpfs {self.folder / name}" for name, size in sizes.items()]
        for name in sizes:
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        self._inside = ["unshare", "--mount", "sh", "-c", f'{" && ".join(mounts)} && exec "$@"', "sh"]
        self.clock()

    def disk(self, name: str) -> Path:
        """Such a folder, as the running bot sees it."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/root{self.folder / name}")

    def _with(self, *command: str) -> list[str]:
        program = ["tests.drills.shown", json.dumps(self._shown)]
        inside = self._inside
        if inside and self._process is not None and self.running:  # beside the bot, on the disks that it sees
            inside = ["nsenter", "--mount", f"--target={self._process.pid}", f"--wdns={ROOT}"]
        return [*inside, sys.executable, "-m", *program, "--env-file", str(self.folder / "no.env"), *command]

    async def sb(self, *command: str, code: int | None = 0) -> Done:
        """Give the program a command. Raises Failed if it ends otherwise than it should; None: as it likes."""
        process = await asyncio.create_subprocess_exec(
            *self._with(*command),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        done = Done(process.returncode or 0, said.decode())
        if code is not None and done.code != code:
            raise Failed(f"{' '.join(command)} ended with {done.code}, not {code}:\n{done.said}")
        return done

    async def up(self) -> None:
        """Start the bot, and wait until it answers for itself."""
        await self.start()
        await self.waits_for(bool)

    async def down(self) -> None:
        """Stop it in good order."""
        if code := await self.send(signal.SIGTERM):
            raise Failed(f"the bot ended with {code}:\n{self.errors[-2000:]}")

    async def killed(self) -> None:
        """Let the power fail."""
        await self.send(signal.SIGKILL)

    async def refused(self, *command: str) -> str:
        """Start it where it must not start: it ends by itself with 74. What it says."""
        done = await self.sb("run", *command, code=74)
        return done.said

    async def waits_for(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until somebody answers at /health, and it is so."""
        async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
            while (found := await self._health(client)) is None or not holds(found):
                if not self.running:
                    raise Failed(f"the bot has ended:\n{self.errors[-2000:]}")
                await asyncio.sleep(LOOK)

    async def _health(self, client: httpx.AsyncClient) -> dict[str, Any] | None:
        try:
            answer = await client.get(f"http://127.0.0.1:{self.port}/health")
        except httpx.HTTPError:
            return None
        return {**answer.json(), "status": answer.status_code}

    async def figures(self) -> dict[str, float]:
        """What /metrics says."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"http://127.0.0.1:{self.port}/metrics")).text
        lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name.removeprefix("stadsbot_"): float(value) for name, _, value in lines}

    async def there(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something lies where it should. Raises Failed."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():  # noqa: ASYNC110 - what another process does on the disk wakes nobody here
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise Failed(f"{what} did not come:\n{self.errors[-2000:]}") from None

    async def copied(self) -> None:
        """Wait until the latest copy has been seen to hold all that it may of now."""
        since = time.monotonic()
        async with asyncio.timeout(2 * PATIENCE + self._shown.get("turn", 60)):
            while (await self.figures()).get("latest_copy_age_seconds", since) >= time.monotonic() - since:  # noqa: ASYNC110 - likewise
                await asyncio.sleep(LOOK)

    def lose_disk(self) -> None:
        """Lose the disk on which the database was."""
        shutil.rmtree(self.database.parent)

    def keys(self) -> list[Path]:
        """The files of group keys beside the database."""
        return sorted(keys_of(self.database).iterdir())


class Town:
    """A group with one person in it, who has begun an exercise and answers."""

    def __init__(self, machine: Machine) -> None:
        sandbox = machine.sandbox
        self.alva = Resident(sandbox, "Alva", luck=random.Random(3))
        self.machine, self.group = machine, sandbox.create_group("Exempelstad", self.alva.id, [])
        self.alva.group = self.group
        machine.set(ALLOWED_GROUPS=str(self.group))

    async def begin(self) -> None:
        """Let the bot in, join, begin an exercise, and answer it."""
        self.machine.sandbox.act(self.alva.id, "add_bot", chat=self.group)
        await self.alva.join()
        await self.alva.begin(EACH, START)
        await self.alva.answer()
        await self.alva.hand_in()

    async def answers(self) -> None:
        """Change one answer, and read that it is saved."""
        await self.alva.change()

    def writes(self) -> None:
        """Write something, without waiting for the answer."""
        self.machine.sandbox.act(self.alva.id, "send_text", chat=self.alva.id, text="/svara")

    async def is_answered(self) -> None:
        """Write, and read the answer."""
        before = self._last()
        self.writes()
        await until(self.machine.sandbox, lambda: self._last() > before + 1)

    def _last(self) -> int:
        return max(self.machine.sandbox.chat(self.alva.id).messages, default=0)


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """A machine, and Telegram; its bot does not outlive the block."""
    async with telegram_over_http() as (sandbox, address):
        made = Machine(folder, sandbox, address)
        try:
            yield made
        except BaseException as error:
            error.add_note(f"the end of the bot's log:\n{made.errors[-3000:]}")
            raise
        finally:
            if made.running:
                await made.killed()
