"""The bot as a whole, assembled (`bot.service` runs it)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import logs
from bot.assembly import handlers, openly, routing
from bot.channel.outcomes import Away, Unusable
from bot.context.context import Context
from bot.context.sealed_actions import Buttons
from bot.context.services import Services
from bot.context.trace import Tracer, untraced
from bot.dispatch.polling import Poller
from bot.dispatch.scheduler import Scheduler
from bot.dispatch.sender import OutboxSender
from bot.errors import StartError
from bot.exercises import versions as exercise_versions
from bot.features.documents.job_runner import JobRunner
from bot.features.documents.worker import Worker
from bot.operations.maintenance import BackupPlan, Maintenance
from bot.operations.supervisor import Beside
from bot.operations.watchdog import Watchdog
from bot.page.channel import Channels
from bot.settings import Operator, Settings
from bot.telegram import older_messages as earlier_calls
from bot.telegram.channel import Channel
from bot.telegram.client import Telegram, Transport, client
from bot.telegram.rate_limit import Pace
from flows.definitions.loader import the_process
from flows.definitions.model import Process
from messages.voice import Voice, the_voice
from storage.backup import backup
from storage.migrations import keyed_migrations, schema
from storage.store import Store
from storage.vault.vault import Keyring

log = logs.Log(__name__)

Clock = Callable[[], datetime]
CONFLICT_EXIT = 75  # EX_TEMPFAIL: another process polls with this token
TOKEN_EXIT = 78  # EX_CONFIG
NO_TOKEN = "0:none"  # noqa: S105 - for the library, where the bot is on the page alone
FIRST_TRIES = (1, 2, 5, 10, 30)  # seconds between tries to reach Telegram at start; the watchdog is more patient


@dataclass(frozen=True, slots=True)
class Bot:
    """The running parts of one bot."""

    store: Store
    telegram: Telegram
    channel: Channel
    on_telegram: bool  # False: on the page alone, and neither of the two above is ever called
    services: Services
    poller: Poller
    sender: OutboxSender
    job_runner: JobRunner
    scheduler: Scheduler
    watchdog: Watchdog
    maintenance: Maintenance
    beside: Beside


@dataclass(frozen=True, slots=True)
class Line:
    """The way to Telegram; the later two as tests and the demo have them."""

    token: str | None  # None: no Telegram, only the page at `page_url`
    api_url: str
    request: Transport | None = None
    pace_clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Contents:
    """What is asked and said, where that is not what ships with the program."""

    process: Process | None = None
    voice: Voice | None = None
    agreement: str = ""  # the version of the promise, if not that of the words


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a bot is assembled from: the operator's settings, or what tests and the demo use instead."""

    line: Line
    master_key: bytes
    database: Path
    zone: ZoneInfo
    language: str
    clock: Clock
    needs_activation: bool
    allowed_groups: frozenset[int] = frozenset()
    allowed: frozenset[str] = frozenset()
    backups: BackupPlan | None = None
    page_url: str = ""
    operator: Operator = Operator()  # noqa: RUF009 - it never changes
    mail: bool = False
    towns: Path | None = None  # see Services
    contents: Contents = Contents()
    worker: Worker | None = None  # shared with other bots, and not closed
    trace: Tracer = untraced  # see Services


@asynccontextmanager
async def assembled(setup: Setup) -> AsyncIterator[Bot]:
    """Assemble a bot, ready to run, and close all of it afterwards. Raises StorageError, StartError."""
    keyring, clock, line, contents = Keyring(setup.master_key), setup.clock, setup.line, setup.contents
    store = await Store.open(setup.database, keyring=keyring, clock=clock)
    for layout in range(store.migrated_from or schema.NEWEST, schema.NEWEST):
        log.info("migrated", layout=layout + 1)
    if store.migrated_from and store.migrated_from < keyed_migrations.MIGRATION:
        log.warning("older_backups_name_reporters")  # OPERATIONS.md says until when they stand
    own_worker = Worker()
    try:
        async with client(line.token or NO_TOKEN, line.api_url, line.request) as telegram:
            channel = Channel(telegram)
            async with store.work() as work:
                await work.outbox.translate(earlier_calls.KINDS, earlier_calls.content_of)
                user_id, username = await work.update_log.account() if line.token else (0, "")
            voice = contents.voice or the_voice(setup.language)
            present, earlier = await exercise_versions.load_versions(store, contents.process or the_process(), voice)
            services = Services(
                process=present,
                exercise_versions=earlier,
                voice=voice,
                buttons=Buttons(keyring.button_key),
                zone=setup.zone,
                username=username,
                user_id=user_id,
                free_groups=setup.allowed_groups if setup.needs_activation else None,
                allowed=setup.allowed,
                rights=routing.BUTTON_RIGHTS,
                agreement=contents.agreement or voice.book("agreement")["version"],
                page_url=setup.page_url.rstrip("/"),
                operator=setup.operator,
                towns=setup.towns,
                trace=setup.trace,
            )

            async def nudge(person_id: int) -> None:
                from bot.page.mail import tell_that_something_waits  # noqa: PLC0415 - as a server is, only where it is wanted

                async with store.work() as work:
                    await tell_that_something_waits(Context(services, work, clock()), person_id)

            watchdog = Watchdog()
            pace = Pace(line.pace_clock)
            channels = Channels(channel if line.token else None, store, clock, nudge if setup.mail else None)
            sender = OutboxSender(store, channels, services, clock, pace, handlers)
            services.in_passing = sender.in_passing
            job_runner = JobRunner(store, services, clock, setup.worker or own_worker)
            scheduler = Scheduler(store, services, clock, handlers)
            poller = Poller(store, channel, services, clock, watchdog.alive, pace.spare, handlers)
            store.watch("outbox", sender.wake)
            store.watch("agenda", scheduler.aim)
            store.watch("makings", job_runner.wake)
            versions = {exercise.version for exercise in present.exercises.values()}
            maintenance = Maintenance(
                store, poller, keyring, clock, setup.zone, setup.backups, versions, openly.to_all(present)
            )
            store.watch("keys", maintenance.take_out_erased)
            yield Bot(
                store,
                telegram,
                channel,
                bool(line.token),
                services,
                poller,
                sender,
                job_runner,
                scheduler,
                watchdog,
                maintenance,
                Beside(),
            )
    finally:
        own_worker.close()
        await store.close()


def opened(settings: Settings, clock: Clock, *, new: bool = False) -> AbstractAsyncContextManager[Bot]:
    """Assemble the bot by the operator's settings. Raises StorageError, StartError.

    `new`: a database is to begin, though backups of one are there; where one is, that is refused.
    """
    kept = settings.backups
    if new:
        backup.refuse_to_overwrite(settings.database)
    else:
        backup.refuse_to_begin_anew(settings.database, kept.folder, kept.latest)
    setup = Setup(
        line=Line(settings.token, settings.api_url),
        master_key=settings.master_key,
        database=settings.database,
        zone=settings.time_zone,
        language=settings.language,
        clock=clock,
        needs_activation=True,
        allowed_groups=settings.allowed_groups,
        allowed=frozenset({"notes"} if settings.notes else ()),
        page_url=settings.page.url or "",
        operator=settings.operator,
        mail=settings.mail is not None,
        towns=settings.towns,
        backups=BackupPlan(kept.folder, kept.hour, kept.keep, kept.latest) if kept.folder else None,
    )
    return assembled(setup)


async def introduce(bot: Bot) -> None:
    """Ask Telegram who the bot is, for as long as it takes, and check that privacy mode is on. Raises StartError.

    Until then the bot goes by what Telegram told it last, and all that does not come from there goes on.
    """
    tries = 0
    while True:
        bot.watchdog.alive()
        try:
            me = await bot.channel.myself()
            break
        except Unusable:
            raise StartError("Telegram does not know this token: copy it anew from @BotFather.", TOKEN_EXIT) from None
        except Away as error:
            log.warning("telegram_unreachable", error_type=error.error)
            bot.poller.away = True
            bot.watchdog.tell("STATUS=Telegram does not answer; it is asked again and again.")
            await asyncio.sleep(FIRST_TRIES[min(tries, len(FIRST_TRIES) - 1)])
            tries += 1
    if me.reads_all:
        raise StartError(
            "Privacy mode is off, so the bot would read all talk in groups: turn it on with @BotFather, /setprivacy.",
            TOKEN_EXIT,
        )
    bot.poller.away = False
    bot.watchdog.tell("STATUS=")
    if (bot.services.user_id, bot.services.username) != (me.user_id, me.username):
        bot.services.user_id, bot.services.username = me.user_id, me.username
        async with bot.store.work() as work:
            await work.update_log.set_account(me.user_id, me.username)
