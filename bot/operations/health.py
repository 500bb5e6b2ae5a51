"""Health of the bot, for monitoring: `/health` for a yes or no, `/metrics` for Prometheus.

Numbers only: no name, no id of a person or group, no text. They still tell how much goes on; so nothing is served
unless the operator sets STADSBOT_METRICS, and to other machines only if it names a host.
"""

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot.dispatch.polling import Poller
from bot.dispatch.sender import OutboxSender
from bot.operations.maintenance import Maintenance
from bot.operations.supervisor import Beside
from bot.operations.watchdog import PATIENCE, Watchdog
from storage.errors import StorageError
from storage.records.repository import Clock
from storage.records.stats import Counts
from storage.store import Store

TICK = 1.0  # seconds between two looks at how late the event loop is
BORNE = 60.0  # seconds in which nothing could be committed, as on a full disk, until that is told as not well
LATEST_COPY_AGE = "Seconds since the latest copy was seen to hold all it may."
FADE = 0.98  # a tick; the highest lag seen is forgotten within a few minutes
PAGE = os.sysconf("SC_PAGE_SIZE")

Sample = tuple[dict[str, str], float]
Metric = tuple[str, str, str, list[Sample]]  # name, type, what it means, samples


class Health:
    """Answers for the parts of the bot; reads the database at each request."""

    def __init__(
        self,
        store: Store,
        poller: Poller,
        sender: OutboxSender,
        maintenance: Maintenance,
        watchdog: Watchdog,
        beside: Beside,
        clock: Clock,
    ) -> None:
        self._store, self._poller, self._sender, self._maintenance = store, poller, sender, maintenance
        self._watchdog, self._beside, self._clock = watchdog, beside, clock
        self._lag, self._started = 0.0, clock()

    def routes(self) -> Iterable[web.RouteDef]:
        """Return where the server's watch asks how the bot is, and where Prometheus does."""
        return [web.get("/health", self.health), web.get("/metrics", self.metrics)]

    async def run(self) -> None:
        """Measure for ever how late the event loop is."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self._lag = max(loop.time() - due, self._lag * FADE, 0.0)

    async def health(self, _request: web.Request) -> web.Response:
        """Answer 200 while updates are being polled or awaited, can be committed, and the database answers; else 503.

        `resting` names what the bot does without for a while: what runs beside it (its mail) and has failed, until it
        is begun again, and Telegram while that does not answer.
        """
        idle, answers = self._watchdog.idle(), True
        try:
            await self._counts()
        except StorageError:
            answers = False
        refusing = self._refusing()
        well = idle < PATIENCE and answers and refusing < BORNE
        resting = sorted(self._beside.resting | ({"telegram"} if self._poller.away else set()))
        told = {
            "well": well,
            "seconds_since_turn": round(idle, 1),
            "seconds_refusing": round(refusing, 1),
            "database": answers,
            "resting": resting,
        }
        return web.json_response(told, status=200 if well else 503)

    def _refusing(self) -> float:
        """Return for how many seconds nothing that came in could be committed."""
        return self._since(self._poller.refusing_since)

    def _since(self, moment: datetime | None) -> float:
        return max(0.0, (self._clock() - moment).total_seconds()) if moment else 0.0

    async def metrics(self, _request: web.Request) -> web.Response:
        """Answer with all metrics, in Prometheus' text format 0.0.4."""
        try:
            metrics = [*self._measured(), *self._counted(await self._counts()), await self._administered()]
        except StorageError:
            metrics = [*self._measured(), _gauge("database_answers", "Whether the database answers.", 0)]
        return web.Response(
            text="".join(_written(metric) for metric in metrics),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    async def _counts(self) -> Counts:
        async with self._store.work() as work:
            return await work.stats.at(self._clock())

    async def _administered(self) -> Metric:
        async with self._store.work() as work:
            groups = await work.groups.all_active()
        count = sum(group.settings.chat.administrator for group in groups)
        return _gauge("groups_administered", "Groups that the bot administers, and is sent all that is said in.", count)

    def _measured(self) -> Iterator[Metric]:
        yield "polls_total", "counter", "Polls that Telegram has answered.", [({}, self._poller.polls)]
        yield "updates_total", "counter", "Updates taken.", [({}, self._poller.updates)]
        calls = [({"outcome": outcome}, float(count)) for outcome, count in sorted(self._sender.outcomes.items())]
        yield "calls_total", "counter", "Calls made to send, edit or ask, by what came of them.", calls
        failures = [({"part": part}, float(count)) for part, count in sorted(self._beside.failures.items())]
        if failures:
            yield "part_failures_total", "counter", "Times that a part beside the bot has failed.", failures
        idle = self._watchdog.idle()
        yield _gauge("last_turn_seconds", "Seconds since updates were last asked for; a poll lasts up to 40.", idle)
        yield _gauge("refusing_seconds", "For how long nothing that came in could be committed.", self._refusing())
        yield _gauge(
            "telegram_away_seconds", "For how long Telegram has not answered.", self._since(self._poller.away_since)
        )
        yield _gauge(
            "start_time_seconds", "When the bot was started, in seconds since 1970.", self._started.timestamp()
        )
        yield _gauge("loop_lag_seconds", "How late the event loop was at worst in the last minutes.", self._lag)
        yield _gauge("memory_bytes", "Memory that the process has in use.", _memory())
        size = sum(file.stat().st_size for file in _files_of(self._store.path) if file.exists())
        yield _gauge("database_bytes", "The database with its log.", size)
        folders = {name: folder for name, folder in self._maintenance.folders.items() if folder.exists()}
        free = [({"folder": name}, float(shutil.disk_usage(folder).free)) for name, folder in folders.items()]
        yield "disk_free_bytes", "gauge", "What is free on the disks of database, backups and latest copy.", free
        for name, meaning, at in (
            ("backup_age_seconds", "Seconds since the newest backup was made.", self._maintenance.last_backup()),
            ("latest_copy_age_seconds", LATEST_COPY_AGE, self._maintenance.latest_copy()),
        ):
            if at is not None:
                yield _gauge(name, meaning, (self._clock() - at).total_seconds())

    def _counted(self, counts: Counts) -> Iterator[Metric]:
        yield _gauge("database_answers", "Whether the database answers.", 1)
        yield _gauge("outbox_waiting", "Messages that wait to be sent.", counts.outbox_waiting)
        yield _gauge("outbox_failed", "Messages given up within the last week.", counts.outbox_failed)
        overdue = (self._clock() - counts.outbox_oldest).total_seconds() if counts.outbox_oldest else 0.0
        yield _gauge("outbox_overdue_seconds", "How late the most overdue message is.", max(0.0, overdue))
        yield _gauge("schedule_due", "Reminders and deadlines that are due and not seen to.", counts.schedule_due)
        yield _gauge("agenda_waiting", "Reminders and deadlines to come.", counts.agenda_waiting)
        yield _gauge("dead_letters", "Updates that could not be taken; see `stadsbot letters`.", counts.dead_letters)
        states = [({"state": state}, float(count)) for state, count in sorted(counts.groups.items())]
        yield "groups", "gauge", "Groups, by state.", states
        reach = [({"reach": reach}, float(count)) for reach, count in sorted(counts.people.items())]
        yield "people", "gauge", "People whom the bot has met, by whether it can write to them.", reach


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return name, "gauge", meaning, [({}, value)]


def _written(metric: Metric) -> str:
    name, kind, meaning, samples = metric
    lines = [f"# HELP stadsbot_{name} {meaning}", f"# TYPE stadsbot_{name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
        lines.append(f"stadsbot_{name}{{{inside}}} {value:.15g}" if inside else f"stadsbot_{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _files_of(path: Path) -> Iterator[Path]:
    yield path
    yield path.with_name(f"{path.name}-wal")


def _memory() -> int:
    """Return the resident bytes, as Linux tells them; 0 elsewhere."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text(encoding="ascii").split()[1]) * PAGE if statm.exists() else 0
