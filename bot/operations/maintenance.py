"""Maintenance of the running bot: backups each night, their keys and the latest copy each minute, old rows each day.

What is due follows from the present state, not from memory: the newest backup's name tells whether one is due, so a
night that the machine slept through is made good at the next start. A newest that lies ahead of now tells that a clock
was wrong, and one is due.
"""

import asyncio
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.context.context import ANSWERABLE
from bot.dispatch.polling import Poller
from bot.logs import Log
from bot.reminders.next_message import PAST_ABSENCES
from flows.figures.wellbeing import FEWEST
from storage.backup import backup, backup_files, latest
from storage.database_files import keys_of
from storage.errors import BackupBusy
from storage.store import Store
from storage.vault.vault import KeyFolder, Keyring

log = Log(__name__)

TURN = 60.0  # seconds between looks
SMALL = 20_000_000  # bytes of a database up to which the latest copy is made each minute …
SELDOM = timedelta(minutes=5)  # … and else as often as this
AGAIN = timedelta(hours=1)  # until a backup that failed is tried again
PRUNE_EVERY = timedelta(days=1)
GROUPS_AT_ONCE = 100  # whose seals are looked at before answers are taken again
PAUSE = 0.5  # seconds until the next ones: after a start people wait for answers, and nobody for this
# How long finished rows are kept, in case somebody asks what became of a message or reminder.
KEEP_OUTBOX = timedelta(days=7)
KEEP_MATTERS = timedelta(days=365)
KEEP_LINKS = timedelta(days=30)
KEEP_PASSERS_BY = timedelta(days=30)  # people who followed a link and never got a seat
KEEP_LETTERS = timedelta(days=14)  # they hold what somebody wrote, and its sender was told
KEEP_WORDS = timedelta(
    days=30
)  # what somebody wrote to a person by name, after the day on which they should have heard
KEEP_AGENDA = timedelta(days=90)
KEEP_UPLOADS = timedelta(days=90)
KEEP_COPIES = timedelta(days=365)  # of chats that people read on the page
MONDAY = 0  # when old copies go: all of them are sealed anew with it
KEEP_TAKEN = timedelta(days=2)  # Telegram brings an update again for one day
KEEP_ASIDE = timedelta(days=14)  # copies from before a migration, and what a restore has set aside: as for backups


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The plan of backups: where they go, at which full hour of the town's day, and how many are kept.

    `latest`: the folder of the latest copy, if there is to be one.
    """

    folder: Path
    hour: int
    keep: int
    latest: Path | None = None

    @property
    def folders(self) -> list[Path]:
        """The folders in which keys of groups lie."""
        return [self.folder, self.latest] if self.latest else [self.folder]


class Maintenance:
    """Does the maintenance; one for each process. Without a plan it makes no backups."""

    def __init__(
        self,
        store: Store,
        poller: Poller,
        keyring: Keyring,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        plan: BackupPlan | None,
        editions: Collection[str] = (),
        openly: latest.Openly = latest.NOTHING,
    ) -> None:
        """`editions`: the versions of the exercises that can be begun now. `openly`: see `storage.backup.latest`."""
        self._store, self._poller, self._keyring = store, poller, keyring
        self._clock, self._zone, self._plan, self._editions = clock, zone, plan, editions
        self._openly = openly
        self._latest: datetime | None = None  # when the latest copy was last made, or found to be as the bot is
        self._keys_saved: dict[Path, dict[str, bool]] = {}
        self._pruned: datetime | None = None
        self._told_of: date | None = None  # the day whose reminders were counted last
        self._not_before: datetime | None = None  # after a backup that failed

    async def run(self) -> None:
        """Do maintenance for ever. An error here does not stop the bot; it is logged, and the work is tried again."""
        while True:
            await self.look()
            await asyncio.sleep(TURN)

    async def stop(self) -> None:
        """Keep what is only remembered until the night, before the process ends: who stays signed in."""
        try:
            async with self._store.work() as work:
                await work.sign_ins.settle()
        except Exception as error:  # noqa: BLE001 - some sign in anew sooner, and the rest is stopped
            log.failure("maintenance_failed", error)

    async def look(self) -> None:
        """Do what is due now."""
        now = self._clock()
        try:
            if self._pruned is None or now - self._pruned >= PRUNE_EVERY:
                await self._prune(now)
                self._pruned = now
            await self._tell_of_reminders(now.astimezone(self._zone).date() - timedelta(days=1))
            if self._plan is not None:
                await _aside(self._keep_backups, self._plan, now)
                await _aside(self._keep_latest, self._plan, now)
        except BackupBusy:
            log.info("backup_busy")
        except Exception as error:  # noqa: BLE001 - whatever it is, tonight's backup must be tried
            log.failure("maintenance_failed", error)

    def last_backup(self) -> datetime | None:
        """Return when the newest backup was made. One that lies ahead of now tells nothing: a clock was wrong."""
        now = self._clock()
        made = map(backup_files.made_at, backup_files.all_in(self._plan.folder, now) if self._plan else ())
        return next((at for at in made if at <= now), None)

    def latest_copy(self) -> datetime | None:
        """Return when the latest copy was last made, or found to be as the bot is; None before."""
        return self._latest

    def take_out_erased(self) -> None:
        """Take the key of a group that has just been erased out of the backups, before anybody is told that it is gone.

        What fails is logged and tried again each minute.
        """
        if self._plan is None:
            return
        for folder in self._plan.folders:
            try:
                backup.renew_keys(self._store.path, folder, self._keyring)
            except Exception as error:  # noqa: BLE001 - the erasure itself is done
                log.failure("erased_key_in_backups", error)

    @property
    def folders(self) -> dict[str, Path]:
        """The folders of database, backups and latest copy, by what lies in them."""
        names = dict(zip(("backups", "latest"), self._plan.folders if self._plan else (), strict=False))
        return {"database": self._store.path.parent, **names}

    async def _tell_of_reminders(self, day: date) -> None:
        """Log once a day, and at the start, how many people of each group were to be reminded on the day before.

        Of what everybody in a group may know of: incidents and how people are have no part in it.
        """
        if self._told_of == day:
            return
        async with self._store.work() as work:
            found = await work.stats.reminders(day, day, self._openly.matters)
        for group_id, count in sorted(found.items()):
            log.info(
                "reminders",
                group_id=group_id,
                day=day.isoformat(),
                reminders_due=count.due,
                sent=count.sent,
                unreachable=count.unreachable,
            )
        self._told_of = day

    async def _prune(self, now: datetime) -> None:
        today = now.astimezone(self._zone).date()
        async with self._store.work() as work:
            await work.outbox.prune(now - KEEP_OUTBOX)
            await work.schedule.prune(now - KEEP_AGENDA)
            await work.links.prune(now - KEEP_LINKS)
            await work.open_items.prune(today - KEEP_MATTERS)
            await work.absences.prune(today - PAST_ABSENCES)
            await work.check_ins.settle(today, FEWEST)
            await work.held_texts.prune(today)
            await work.wishes.prune(today - KEEP_WORDS)
            await work.exercise_versions.prune(self._editions)
            await work.uploads.prune(now - KEEP_UPLOADS)
            await work.sign_ins.settle()
            await work.chat_copies.end_unread()
            await work.people.prune(now - KEEP_PASSERS_BY)
            letters = await work.update_log.prune_letters(now - KEEP_LETTERS)
            heads = await work.access_log.heads()
        group: int | None = 0
        while group is not None:
            async with self._store.work() as work:
                forged, group = await work.groups.forged(group, GROUPS_AT_ONCE)
            for group_id in forged:  # those groups are not served; all others are
                log.error("seal_does_not_fit", group_id=group_id)
            if group is not None:
                await asyncio.sleep(PAUSE)
        place: int | None = 0
        while place is not None:
            async with self._store.work() as work:
                place = await work.outbox.prune_sent(now - ANSWERABLE, place)
        block: int | None = 0 if today.weekday() == MONDAY else None
        while block is not None:
            async with self._store.work() as work:
                block = await work.chat_copies.prune(now - KEEP_COPIES, block)
        if letters:
            log.warning("dead_letters_expired", count=letters)
        for head in heads:  # once a day, so that heads leave the machine with its log
            log.info("access_log_head", group_id=head.group_id, head=str(head))
        await self._poller.forget_taken(now - KEEP_TAKEN)
        for folder in self.folders.values():
            await asyncio.to_thread(backup.drop_aside, folder, now - KEEP_ASIDE)

    def _keep_backups(self, plan: BackupPlan, now: datetime) -> None:
        path = self._store.path
        self._save_keys(plan.folder)
        newest = next(map(backup_files.made_at, backup_files.all_in(plan.folder, now)), None)
        if newest is not None and newest > now:
            log.warning("backup_ahead_of_clock", seconds=(newest - now).total_seconds())
        elif newest is not None and newest >= self._last_due(plan, now):
            return
        if self._not_before is not None and now < self._not_before:
            return
        self._not_before = now + AGAIN
        made = backup.make(path, plan.folder, self._keyring, now, plan.keep)
        self._not_before = None
        log.info("backup_made", length=made.stat().st_size)

    def _save_keys(self, folder: Path) -> None:
        """Renew the keys there, if a group was erased, and its key must leave the backups; or one is new."""
        known = KeyFolder(keys_of(self._store.path), self._keyring).known()
        if known != self._keys_saved.get(folder):
            backup.renew_keys(self._store.path, folder, self._keyring)
            self._keys_saved[folder] = known

    def _keep_latest(self, plan: BackupPlan, now: datetime) -> None:
        path, place = self._store.path, plan.latest
        waits = path.stat().st_size > SMALL and self._latest is not None and now - self._latest < SELDOM
        if place is None or waits:
            return
        renew = partial(backup.make, path, plan.folder, self._keyring, now, plan.keep)
        try:
            self._save_keys(place)
            latest.make(path, place, plan.folder, self._keyring, now, self._openly, renew)
            self._latest = now
        except BackupBusy:
            log.info("backup_busy")
        except Exception as error:  # noqa: BLE001 - the next minute's is tried, whatever it is
            log.failure("latest_copy_failed", error)

    def _last_due(self, plan: BackupPlan, now: datetime) -> datetime:
        local = now.astimezone(self._zone)
        due = local.replace(hour=plan.hour, minute=0, second=0, microsecond=0, fold=0)
        return due if due <= local else due - timedelta(days=1)


async def _aside(work: Callable[..., None], *arguments: Any) -> None:
    """Do slow work on a thread that the process does not wait for at its end, as half a backup is none."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work(*arguments)
        except BaseException as raised:  # noqa: BLE001 - it is raised where it is waited for
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
            loop.call_soon_threadsafe(finish, error)

    threading.Thread(target=run, name="backup", daemon=True).start()
    await done
