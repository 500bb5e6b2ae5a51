"""Starts the bot, and kills it: at random, or at the point where it was told to die."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.evidence import Kill
from tests.crash.points import BACKUPS, INSIDE, MIGRATING, OUTSIDE, POINTS, RANDOM
from tests.crash.telegram import Telegram
from tests.durability.process import BotProcess, until

REACHED = 24.0  # seconds that a point is waited for, on a slow machine too; the kill then counts as one at random
MOST = 8.0  # seconds that calls are waited for
BY_TIME, BY_CALL, STARTING = RANDOM


@dataclass(frozen=True, slots=True)
class Blow:
    """How a life is to end. `after`: seconds, or how many calls, or the how-manieth time that the point is reached."""

    point: str
    after: float


def blows(count: int, luck: random.Random) -> list[Blow]:
    """So many: first those while the tables are made, then half at random and half at the points, all as often."""
    places = [place for place in POINTS if place != MIGRATING]
    first = max(1, count // (2 * len(POINTS)))
    at_points = max(len(places), (count - first) // 2)
    chosen = [places[n % len(places)] for n in range(at_points)]
    weights = (5, 3, 2)
    chosen += luck.choices((BY_TIME, BY_CALL, STARTING), weights, k=max(0, count - first - at_points))
    luck.shuffle(chosen)
    return [Blow(place, _after(place, luck)) for place in [MIGRATING] * first + chosen]


def _after(point: str, luck: random.Random) -> float:
    if point == BY_TIME:
        return luck.uniform(0, 1.2)
    if point == STARTING:
        return luck.uniform(0, 1.1)
    if point == BY_CALL:
        return luck.randint(1, 25)
    return luck.randint(1, 4) if point.startswith(("intake.", "sender.")) else 1


class Victim(BotProcess):
    """The bot's process, in one life after the other."""

    def __init__(self, folder: Path, address: str, telegram: Telegram, always: Mapping[str, Any], **more: str) -> None:
        """`always` is told to each life (see `victim`), `more` are settings."""
        self.backups = folder / "backups"
        token = telegram.sandbox.token
        super().__init__(folder, address, token, BACKUPS=str(self.backups), **more)
        self._telegram, self._always, self._killed = telegram, always, folder / "killed.json"
        self._plain = self._command[3:]
        self.life = 0
        self.kills: list[Kill] = []

    async def live(self, point: str = "", nth: int = 1) -> None:
        """Start the next life, with a point armed if one is named."""
        self.life += 1
        self._killed.unlink(missing_ok=True)
        if point in BACKUPS:  # one that is there already would do for today
            for old in self.backups.glob("*.backup"):
                old.unlink()
        told = {**self._always, "life": self.life, "killed": str(self._killed)}
        told |= {"point": point, "nth": nth} if point in INSIDE else {}
        self._command = (sys.executable, "-m", "tests.crash.victim", json.dumps(told), *self._plain)  # type: ignore[assignment]
        await self.start()
        self._telegram.trap(point if point in OUTSIDE else "", nth, self.kill)

    def kill(self, point: str) -> None:
        """Kill it, now."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        self._note(time.monotonic(), point)

    @property
    def process_id(self) -> str:
        """Of the present life."""
        return str(self._process.pid) if self._process else ""

    async def polls(self) -> None:
        """Wait until this life has polled. Raises TimeoutError."""
        await until(self._telegram.sandbox, lambda: self.life in self._telegram.polled_at)

    async def struck(self, blow: Blow) -> None:
        """Live until that blow has ended it. Raises AssertionError if it ended by itself."""
        await self.live(blow.point, int(blow.after))
        if blow.point in POINTS:
            with suppress(TimeoutError):
                async with asyncio.timeout(REACHED):
                    await self.ended()
            if self.running:
                self.kill(BY_TIME)
        else:
            await self._wait(blow)
            if self.running:
                self.kill(blow.point)
        code = await self.ended()
        if self._killed.exists():
            self._note(json.loads(self._killed.read_text(encoding="ascii"))["at"], blow.point)
        if code != -signal.SIGKILL or self.kills[-1].life != self.life:
            raise AssertionError(f"life {self.life} has ended by itself, with {code}")

    async def _wait(self, blow: Blow) -> None:
        if blow.point == STARTING:
            await asyncio.sleep(blow.after)
            return
        await self.polls()
        if blow.point == BY_TIME:
            await asyncio.sleep(blow.after)
            return
        wanted = self._telegram.arrived + blow.after
        with suppress(TimeoutError):
            await until(self._telegram.sandbox, lambda: self._telegram.arrived >= wanted, MOST)
        await asyncio.sleep(blow.after % 3 / 500)

    def _note(self, at: float, point: str) -> None:
        if not self.kills or self.kills[-1].life != self.life:
            self.kills.append(Kill(at, self.life, point, self.life in self._telegram.polled_at))

    def recovered(self) -> None:
        """Note for each kill how long it took until somebody polled again."""
        polls = self._telegram.polled_at
        for kill in self.kills:
            following = polls.get(kill.life + 1)
            kill.recovered = following - kill.at if following is not None else None
