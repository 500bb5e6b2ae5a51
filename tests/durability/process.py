"""The bot's real process, `stadsbot run`, with Telegram played on this machine over HTTP."""

import asyncio
import base64
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.sandbox import Sandbox
from bot.sandbox.http import serve

ROOT = Path(__file__).parents[2]
MASTER_KEY = bytes(range(32))
PATIENCE = 30.0  # seconds until something that should happen is taken not to


class BotProcess:
    """`python -m bot run`, started and ended as often as one likes; what it writes on standard error is kept."""

    def __init__(self, folder: Path, address: str, token: str, **settings: str) -> None:
        """`settings` are STADSBOT_ settings, named without the prefix; they win over what is given here."""
        self.database = folder / "data" / "stadsbot.db"
        self._errors = folder / "errors.txt"
        given = {
            "TOKEN": token,
            "MASTER_KEY": base64.urlsafe_b64encode(MASTER_KEY).decode(),
            "DATABASE": str(self.database),
            "API_URL": address,
        } | settings
        bare = {name: value for name, value in os.environ.items() if not name.startswith("STADSBOT_")}
        self._environment = bare | {f"STADSBOT_{name}": value for name, value in given.items() if value}
        self._command = (sys.executable, "-m", "bot", "--env-file", str(folder / "no.env"), "run")
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it; it is up when it polls."""
        # What a shell or a runner of tests has told us to ignore, the bot would ignore as well.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with self._errors.open("ab") as errors:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, cwd=ROOT, env=self._environment, stderr=errors
                )
        finally:
            signal.signal(signal.SIGINT, before)

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def errors(self) -> str:
        """All that it ever wrote on standard error."""
        return self._errors.read_text(encoding="utf-8") if self._errors.exists() else ""

    async def send(self, number: signal.Signals) -> int:
        """Send a signal, which ends it; its exit code (negative: the signal's number)."""
        assert self._process is not None
        if self.running:
            self._process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()


@asynccontextmanager
async def telegram_over_http() -> AsyncIterator[tuple[Sandbox, str]]:
    """Telegram, with a clock that runs, and its address. Its limits are tested elsewhere."""
    sandbox = Sandbox(start=datetime.now(UTC), monotonic=time.monotonic)
    sandbox.limits.enabled = False
    async with serve(sandbox, page=False) as address:
        yield sandbox, address


@asynccontextmanager
async def bot_process(folder: Path, address: str, token: str, **settings: str) -> AsyncIterator[BotProcess]:
    """The process, not yet started; it does not outlive the block."""
    bot = BotProcess(folder, address, token, **settings)
    try:
        yield bot
    except BaseException as error:
        error.add_note(f"the end of the bot's log:\n{bot.errors[-3000:]}")
        raise
    finally:
        if bot.running:
            await bot.send(signal.SIGKILL)


async def until(sandbox: Sandbox, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds in the sandbox. Raises TimeoutError."""
    changed = asyncio.Event()
    unsubscribe = sandbox.subscribe(lambda _version: changed.set())
    try:
        async with asyncio.timeout(seconds):
            while not holds():
                changed.clear()
                await changed.wait()
    finally:
        unsubscribe()
