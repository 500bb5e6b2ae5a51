"""One bot, killed again and again: its folder, its Telegram, its people, and the evidence."""

import asyncio
import random
import re
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox import Sandbox
from storage.backup import backup
from storage.vault.vault import Keyring
from tests.crash import quiet, reading
from tests.crash.evidence import Evidence, Reminder
from tests.crash.judge import Verdict, judge
from tests.crash.killer import Blow, Victim, blows
from tests.crash.people import NAMES, TOWNS, Town
from tests.crash.points import MIGRATING, POINTS
from tests.crash.telegram import Telegram
from tests.durability.process import MASTER_KEY, PATIENCE
from tests.durability.resident import Stuck

SHOWN = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)  # a Tuesday, ten o'clock in Stockholm
AHEAD, EVERY = 8, 1.0  # seconds to the first reminder, and between two
ENOUGH = 2  # reminders for each kill; those that fall due after the end are left out
LOOK = 0.2  # seconds between looks into the outbox
TELL_EVERY = 30  # seconds
_LEVELS = re.compile(r"\"level\": \"(warning|error|critical)\"")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of one bot. `people`: in each town; `hurry`: without a pace for each chat."""

    kills: int
    seed: int
    name: str = "bot 1"
    towns: int = len(TOWNS)
    people: int = len(NAMES)
    hurry: bool = False


class Run:
    """One bot and all around it."""

    def __init__(self, plan: Plan, folder: Path, tell: Callable[[str], None]) -> None:
        self._plan, self._folder, self._tell = plan, folder, tell
        self._luck = random.Random(plan.seed)
        self._began = time.monotonic()
        sandbox = Sandbox(start=SHOWN, monotonic=time.monotonic)
        sandbox.limits.enabled = False
        self.telegram = Telegram(sandbox)
        self.evidence = Evidence(wanted=tuple(POINTS))
        self._quiet: list[quiet.Quiet] = []
        self._before = 0  # rows of the outbox up to this one were never called
        self._towns = [
            Town(
                sandbox,
                title,
                [f"{name} {number}" for name in NAMES[: plan.people]],
                random.Random(self._luck.random()),
            )
            for number, title in enumerate(TOWNS[: plan.towns], 1)
        ]

    def now(self) -> datetime:
        """What the bot's clock shows."""
        return SHOWN + timedelta(seconds=time.monotonic() - self._began)

    async def play(self) -> Evidence:
        """All of it, from the empty folder to the last look into the database."""
        allowed = ",".join(str(town.chat) for town in self._towns)
        planned = blows(self._plan.kills, self._luck)
        async with self.telegram.served() as address:
            always = {"shows": (SHOWN.isoformat(), self._began), "hurry": self._plan.hurry}
            victim = Victim(self._folder, address, self.telegram, always, ALLOWED_GROUPS=allowed)
            try:
                await self._before_anybody_comes(victim, [blow for blow in planned if blow.point == MIGRATING])
                await self._talk(victim, [blow for blow in planned if blow.point != MIGRATING])
            except* (Stuck, TimeoutError) as errors:
                waits = "the bot has not polled, or has not said all that it had to say"
                self.evidence.stuck = [str(error) or waits for error in errors.exceptions]
                self.evidence.starved = max(starved("self"), starved(victim.process_id))
            except* AssertionError as errors:
                self.evidence.trouble = [str(error) for error in errors.exceptions]
            finally:
                if victim.running:
                    await victim.send(signal.SIGKILL)
        await self._gather(victim)
        return self.evidence

    async def _before_anybody_comes(self, victim: Victim, planned: Sequence[Blow]) -> None:
        """The very first starts; when the bot is up, it is stopped in good order, and the quiet ones are put in."""
        for blow in planned:
            await victim.struck(blow)
        await victim.live()
        await victim.polls()
        assert await victim.send(signal.SIGTERM) == 0, "the bot does not stop in good order"
        count = ENOUGH * self._plan.kills
        moments = [self.now() + timedelta(seconds=AHEAD + EVERY * n) for n in range(count)]
        sandbox = self.telegram.sandbox
        reading.prepare(victim.database)
        self._quiet, self._before = await quiet.settle(victim.database, sandbox, self.now, moments, self._luck)
        self.evidence.first_update = sandbox.world.updates._next_id

    async def _talk(self, victim: Victim, planned: Sequence[Blow]) -> None:
        """Everybody talks, and the bot is killed, until both are done."""
        enough = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._kill(victim, planned, enough))
            for town in self._towns:
                for deed in town.deeds(enough):
                    tasks.create_task(deed)
        await self._all_is_said(victim)
        assert await victim.send(signal.SIGTERM) == 0, "the bot does not stop in good order"

    async def _all_is_said(self, victim: Victim) -> None:
        """Wait until nothing is left to be said; what falls due after that is not looked at."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.evidence.ended = time.monotonic()
                if not (reading.overdue(victim.database, self.now()) or reading.queued(victim.database)):
                    return
                await asyncio.sleep(LOOK)

    async def _kill(self, victim: Victim, planned: Sequence[Blow], enough: asyncio.Event) -> None:
        """Strike every blow, those once more that have found nothing to strike at; then leave the bot alone."""
        told = time.monotonic()
        for blow in planned:
            await victim.struck(blow)
            if time.monotonic() > told + TELL_EVERY:
                told = time.monotonic()
                updates = self.telegram.sandbox.world.updates._next_id - self.evidence.first_update
                self._tell(f"{len(victim.kills)} kills, {updates} updates, {len(self.telegram.calls)} calls")
        for blow in planned:
            if all(kill.point != blow.point for kill in victim.kills):
                await victim.struck(blow)
        await victim.live()
        enough.set()

    async def _gather(self, victim: Victim) -> None:
        """Look at what there is at the end."""
        evidence, updates = self.evidence, self.telegram.sandbox.world.updates
        evidence.ended = evidence.ended or time.monotonic()
        evidence.seconds = time.monotonic() - self._began
        victim.recovered()
        evidence.kills, evidence.calls = victim.kills, self.telegram.calls
        evidence.last_update = updates._next_id - 1
        evidence.groups, evidence.people = len(self._towns), sum(len(town.people) for town in self._towns)
        left = reading.overdue(victim.database, self.now())
        evidence.reminders = [
            Reminder(q.name, q.user, self._began + (q.at - SHOWN).total_seconds(), f"person:{q.person}" in left)
            for q in self._quiet
        ]
        reading.told(self._towns, evidence)
        await reading.read(victim.database, self._towns, self._before, evidence)
        evidence.trouble = [*evidence.trouble, *self._backup_trouble(victim), *complaints(victim.errors)]

    def _backup_trouble(self, victim: Victim) -> list[str]:
        """Whether the newest backup can be put back."""
        try:
            newest = backup.chosen(victim.backups, datetime.now(UTC))
            backup.restore(newest, self._folder / "restored" / "stadsbot.db", Keyring(MASTER_KEY))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return [f"the backup cannot be put back: {error!r}"]
        return []


def starved(process: str) -> float:
    """What share of the time in which it wanted to run a process has waited for a processor; 0 where nobody counts."""
    try:
        ran, waited, _ = map(int, Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return 0.0
    return waited / (ran + waited or 1)


def complaints(log: str) -> list[str]:
    """What the bot's log holds that should not be there."""
    return [line for line in log.splitlines() if not line.startswith("{") or _LEVELS.search(line)][:5]


def run(plan: Plan) -> Verdict:
    """Play and judge, in a folder that is gone afterwards."""

    def tell(text: str) -> None:
        print(f"{plan.name}: {text}", flush=True)

    with TemporaryDirectory() as folder:
        return judge(asyncio.run(Run(plan, Path(folder), tell).play()))
