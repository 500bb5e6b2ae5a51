"""The bot as a whole: assembled, started, run, and stopped within seconds."""

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import uvloop

from bot import logs
from bot.config import Address, MailServer, Settings
from bot.context.context import Context, Services
from bot.context.sealed_actions import Buttons
from bot.dispatch import chat_commands, routing
from bot.dispatch.polling import Poller
from bot.dispatch.scheduler import Scheduler
from bot.dispatch.sender import OutboxSender
from bot.errors import StartError
from bot.exercises import versions as exercise_versions
from bot.features.documents.job_runner import JobRunner
from bot.features.documents.worker import Worker
from bot.operations import systemd
from bot.operations.maintenance import BackupPlan, Maintenance
from bot.operations.watchdog import Watchdog
from bot.page.channel import Channels
from bot.telegram import older_messages as earlier_calls
from bot.telegram.channel import Away, Channel, Myself, Unusable
from bot.telegram.client import Fate, Telegram, Transport, client
from bot.telegram.rate_limit import Pace
from flows.loader import the_process
from flows.model import Process
from messages.voice import Voice, the_voice
from storage import seats
from storage.store import Store
from storage.vault import Keyring

# Servers are imported only if an operator wants them: an HTTP server takes 0.2 s to load, and a tenth of the memory.
if TYPE_CHECKING:
    from bot.dispatch.webhook import Webhook

log = logs.Log(__name__)

Clock = Callable[[], datetime]
NEW_OBJECTS = 10_000  # new objects before the next garbage collection; a few dozen updates make as many
CONFLICT_EXIT = 75  # EX_TEMPFAIL: another process polls with this token
TOKEN_EXIT = 78  # EX_CONFIG
PARTING = 3.0  # seconds that a part of the bot is waited for at the end
NO_TOKEN = "0:none"  # noqa: S105 - for the library, where the bot is on the page alone
FIRST_TRIES = (1, 2, 5, 10, 30, 60)  # seconds between tries to reach Telegram at start


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a bot is assembled from: the operator's settings, or what tests and the demo use instead."""

    token: str | None  # None: no Telegram, only the page at `page_url`
    master_key: bytes
    database: Path
    zone: ZoneInfo
    language: str
    api_url: str
    clock: Clock
    needs_activation: bool
    allowed_groups: frozenset[int] = frozenset()
    allowed: frozenset[str] = frozenset()
    backups: BackupPlan | None = None
    page_url: str = ""
    mail: bool = False
    towns: Path | None = None  # see Services
    request: Transport | None = None
    pace_clock: Callable[[], float] = time.monotonic
    process: Process | None = None  # if not the one that ships with the program
    voice: Voice | None = None  # the same
    worker: Worker | None = None  # shared with other bots, and not closed
    agreement: str = ""  # the version of the promise, if not that of the words


@asynccontextmanager
async def assembled(setup: Setup) -> AsyncIterator[Bot]:
    """Assemble a bot, ready to run, and close all of it afterwards. Raises StorageError, StartError."""
    keyring, clock = Keyring(setup.master_key), setup.clock
    store = await Store.open(setup.database, keyring=keyring, clock=clock)
    if store.migrated_from and store.migrated_from < seats.MIGRATION:
        log.warning("older_backups_name_reporters")  # OPERATIONS.md says until when they stand
    own_worker = Worker()
    try:
        async with client(setup.token or NO_TOKEN, setup.api_url, setup.request) as telegram:
            channel = Channel(telegram)
            me = await _introduce(channel) if setup.token else Myself(0, "", reads_all=False)
            async with store.work() as work:
                await work.outbox.translate(earlier_calls.KINDS, earlier_calls.content_of)
            voice = setup.voice or the_voice(setup.language)
            present, earlier = await exercise_versions.load_versions(store, setup.process or the_process(), voice)
            services = Services(
                process=present,
                exercise_versions=earlier,
                voice=voice,
                buttons=Buttons(keyring.button_key),
                zone=setup.zone,
                username=me.username,
                user_id=me.user_id,
                needs_activation=setup.needs_activation,
                allowed_groups=setup.allowed_groups,
                allowed=setup.allowed,
                rights=routing.BUTTON_RIGHTS,
                agreement=setup.agreement or voice.book("agreement")["version"],
                page_url=setup.page_url.rstrip("/"),
                towns=setup.towns,
            )

            async def nudge(person_id: int) -> None:
                from bot.page.mail import tell_that_something_waits  # noqa: PLC0415 - see above

                async with store.work() as work:
                    await tell_that_something_waits(Context(services, work, clock()), person_id)

            watchdog = Watchdog()
            pace = Pace(setup.pace_clock)
            channels = Channels(channel if setup.token else None, store, nudge if setup.mail else None)
            sender = OutboxSender(store, channels, services, clock, pace)
            job_runner = JobRunner(store, services, clock, setup.worker or own_worker)
            scheduler = Scheduler(store, services, clock)
            poller = Poller(store, channel, services, clock, watchdog.alive, pace.spare)
            store.watch("outbox", sender.wake)
            store.watch("agenda", scheduler.aim)
            store.watch("makings", job_runner.wake)
            versions = {exercise.version for exercise in present.exercises.values()}
            maintenance = Maintenance(store, poller, keyring, clock, setup.zone, setup.backups, versions)
            yield Bot(
                store,
                telegram,
                channel,
                bool(setup.token),
                services,
                poller,
                sender,
                job_runner,
                scheduler,
                watchdog,
                maintenance,
            )
    finally:
        own_worker.close()
        await store.close()


def opened(settings: Settings, clock: Clock) -> AbstractAsyncContextManager[Bot]:
    """Assemble the bot by the operator's settings. Raises StorageError, StartError."""
    setup = Setup(
        token=settings.token,
        master_key=settings.master_key,
        database=settings.database,
        zone=settings.time_zone,
        language=settings.language,
        api_url=settings.api_url,
        clock=clock,
        needs_activation=True,
        allowed_groups=settings.allowed_groups,
        allowed=frozenset({"notes"} if settings.notes else ()),
        page_url=settings.page_url or "",
        mail=settings.mail is not None,
        towns=settings.towns,
        backups=BackupPlan(settings.backups, settings.backup_hour, settings.backup_keep) if settings.backups else None,
    )
    return assembled(setup)


async def _introduce(channel: Channel) -> Myself:
    """Ask Telegram who the bot is, and check that privacy mode is on. Tried until Telegram can be reached."""
    for wait in (*FIRST_TRIES, *[FIRST_TRIES[-1]] * 1440):
        try:
            me = await channel.myself()
            break
        except Unusable:
            raise StartError("Telegram does not know this token: copy it anew from @BotFather.", TOKEN_EXIT) from None
        except Away as error:
            log.warning("telegram_unreachable", error_type=error.error)
            await asyncio.sleep(wait)
    else:
        raise StartError("Telegram could not be reached for a day: look at the machine's network.", CONFLICT_EXIT)
    if me.reads_all:
        raise StartError(
            "Privacy mode is off, so the bot would read all talk in groups: turn it on with @BotFather, /setprivacy.",
            TOKEN_EXIT,
        )
    return me


async def set_menus(bot: Bot) -> None:
    """Set Telegram's menus of commands, for private chats and groups. The next start makes good a failure."""
    if not bot.on_telegram:
        return
    for audience, commands in chat_commands.house_menus(bot.services.voice).items():
        try:
            await bot.channel.offer(commands, audience)
        except (Away, Unusable) as error:
            log.warning("command_menus_failed", error_type=str(error))


async def serve(bot: Bot, stop: asyncio.Event, webhook: "Webhook | None" = None) -> None:
    """Run until `stop` is set, or until a part of the bot fails for good. Raises Unusable.

    Updates are fetched, or brought by `webhook` if there is one.
    """
    await bot.poller.begin()
    await bot.scheduler.start()
    bot.watchdog.start()
    running = [
        asyncio.create_task(_taking(bot, webhook), name="poller"),
        asyncio.create_task(bot.sender.run(), name="sender"),
        asyncio.create_task(bot.job_runner.run(), name="job_runner"),
        asyncio.create_task(stop.wait(), name="stop"),
    ]
    aside = [asyncio.create_task(set_menus(bot)), asyncio.create_task(bot.maintenance.run())]
    log.info("started")
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _end(*running, *aside)
        bot.watchdog.stop()
        await bot.poller.settle()
        await bot.sender.stop()
        bot.scheduler.stop()
        log.info("stopped")


def _taking(bot: Bot, webhook: "Webhook | None") -> Coroutine[Any, Any, None]:
    if webhook is not None:
        return webhook.run()
    return bot.poller.run() if bot.on_telegram else bot.poller.rest()


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait for them. One that swallows the cancellation is cancelled again, and then abandoned."""
    left = set(tasks)
    for _ in range(2):
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=PARTING)
        for task in ended:
            _ = task.cancelled() or task.exception()  # retrieved, so that asyncio does not complain of it later
        if not left:
            return
    log.error("left_behind", count=len(left))


@asynccontextmanager
async def watched(bot: Bot, clock: Clock, address: Address | None) -> AsyncIterator[None]:
    """Serve `/health` and `/metrics`, if there is an address for that. Raises StartError."""
    if address is None:
        yield
        return
    from bot.operations.health import Health  # noqa: PLC0415 - see above
    from bot.operations.servers import listening  # noqa: PLC0415 - see above

    health = Health(bot.store, bot.poller, bot.sender, bot.maintenance, bot.watchdog, clock)
    async with listening(health.routes(), address):
        measuring = asyncio.create_task(health.run())
        try:
            yield
        finally:
            measuring.cancel()


@asynccontextmanager
async def brought(bot: Bot, settings: Settings) -> AsyncIterator["Webhook | None"]:
    """Serve the webhook, if the operator wants updates brought by Telegram. Raises StartError."""
    if settings.webhook_url is None:
        yield None
        return
    from bot.dispatch.webhook import LARGEST_BODY, Webhook  # noqa: PLC0415 - see above
    from bot.operations.servers import listening  # noqa: PLC0415 - see above

    secret = Keyring(settings.master_key).webhook_secret()
    webhook = Webhook(bot.poller, bot.channel, settings.webhook_url, secret, bot.watchdog.alive)
    async with listening(webhook.routes(), settings.webhook_listen, LARGEST_BODY):
        yield webhook


@asynccontextmanager
async def paged(
    bot: Bot, clock: Clock, address: Address | None, mail: MailServer | None = None
) -> AsyncIterator[tuple[str, int] | None]:
    """Serve the page in the browser and send its mail, if the operator has set an address. Raises StartError."""
    if address is None or not bot.services.page_url:
        yield None
        return
    from bot.operations.servers import listening  # noqa: PLC0415 - see above
    from bot.page.door import LARGEST_BODY, door_of  # noqa: PLC0415 - see above

    door = door_of(bot.store, bot.services, bot.poller, clock, mail=mail is not None)
    mailing: asyncio.Task[None] | None = None
    if mail is not None:
        from bot.page.mail import Mailer  # noqa: PLC0415 - see above

        mailing = asyncio.create_task(Mailer(bot.store, bot.services, mail, clock).run())
    async with listening(door.routes(), address, LARGEST_BODY) as where:
        try:
            yield where
        finally:
            if mailing is not None:
                mailing.cancel()


def settle_in() -> None:
    """Exempt all objects of now from garbage collection. They stay to the end, and looking through them again and again
    would take a twentieth of the time of an answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


async def _run(settings: Settings, clock: Clock) -> int:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    logs.watch(loop)
    try:
        async with opened(settings, clock) as bot:
            for name in (signal.SIGTERM, signal.SIGINT):  # before, they end the process at once
                loop.add_signal_handler(name, stop.set)
            settle_in()
            bot.watchdog.tell = partial(systemd.notify, settings.notify_socket)
            async with (
                watched(bot, clock, settings.metrics),
                paged(bot, clock, settings.page_listen, settings.mail),
                brought(bot, settings) as webhook,
            ):
                await serve(bot, stop, webhook)
    except Unusable as error:
        if error.fate is Fate.BAD_TOKEN:
            raise StartError(
                "Telegram does not know this token any more: copy it anew from @BotFather.", TOKEN_EXIT
            ) from None
        raise StartError(
            "Somebody else asks Telegram for this bot's messages (another process, or a webhook): stop that first.",
            CONFLICT_EXIT,
        ) from None
    return 0


def run(settings: Settings, clock: Clock) -> int:
    """Run the bot on Telegram until SIGTERM or SIGINT; the exit code. Raises StorageError, StartError."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(settings, clock))
