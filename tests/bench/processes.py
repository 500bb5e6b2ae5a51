"""The processes of a measurement: the stand-in and a bot, started, watched and stopped."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

START_PATIENCE = 60.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


class Trouble(Exception):
    """A process did not do what it is there for; the message holds what it said last."""


class Child:
    """A process of Python, with its standard error kept for when it fails."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process is stopped
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, **environment} if environment else None,
        )
        self._name = " ".join(arguments[1:2])
        self._unread = b""

    def line(self, patience: float) -> str:
        """The next line that it prints. Raises Trouble."""
        assert self._process.stdout is not None
        end = time.monotonic() + patience
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self._process.stdout.fileno(), 1 << 16) if ready else b""
            if not more:
                raise Trouble(f"{self._name} {'ended' if ready else 'says nothing'}:\n{self.complaint()}")
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def write(self, line: str) -> None:
        """Hand it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def complaint(self) -> str:
        """The end of what it has written to standard error."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")[-3000:]

    def cpu(self) -> float:
        """User and system seconds used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_mb(self) -> float:
        """The most memory that it has had in use."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def stop(self, patience: float = 0.0) -> None:
        """End it: with SIGTERM if it gets some seconds for that, else at once."""
        if patience:
            self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._said):
            assert stream is not None
            stream.close()


class StandIn(Child):
    """The stand-in for Telegram."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(["-m", "tests.bench.standin", json.dumps(options)])
        self.url = f"http://127.0.0.1:{json.loads(self.line(START_PATIENCE))['port']}"

    def ask(self, word: str, patience: float = START_PATIENCE) -> dict[str, Any]:
        """Say a word and wait for the answer (see `standin.Control`)."""
        self.write(word)
        answer: dict[str, Any] = json.loads(self.line(patience))
        return answer


@contextmanager
def standing_in(**options: Any) -> Iterator[StandIn]:
    """A stand-in, ended afterwards."""
    telegram = StandIn(options)
    try:
        yield telegram
    finally:
        telegram.stop()


@contextmanager
def running(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None, *, grace: float = 0.0
) -> Iterator[Child]:
    """A bot, ended afterwards, with so many seconds to do it in good order. One that says "up" is waited for."""
    bot = Child(arguments, environment)
    try:
        if environment is None and bot.line(START_PATIENCE).strip() != "up":
            raise Trouble(f"{arguments} did not start:\n{bot.complaint()}")
        yield bot
    finally:
        bot.stop(grace)


class Watch:
    """How much of the processor some processes use from now on, and how much everybody else."""

    def __init__(self, *children: Child) -> None:
        self._children, self._began = children, time.monotonic()
        self._before, self._machine, self._mine = [child.cpu() for child in children], _busy(), time.process_time()

    def cpu(self) -> list[float]:
        """Seconds used by each."""
        return [child.cpu() - before for child, before in zip(self._children, self._before, strict=True)]

    def others(self) -> float:
        """Cores used by whoever is no part of the measurement."""
        used = _busy() - self._machine - sum(self.cpu()) - (time.process_time() - self._mine)
        return max(0.0, used / (time.monotonic() - self._began))


def _busy() -> float:
    """Processor seconds of the whole machine since it was started."""
    user, nice, system, _idle, _wait, *interrupts = Path("/proc/stat").read_text().splitlines()[0].split()[1:8]
    return sum(map(int, (user, nice, system, *interrupts))) / TICKS
