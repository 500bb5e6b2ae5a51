"""The bot in service: its doors opened, run until it is told to stop, and stopped within seconds."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import uvloop

from bot import logs
from bot.app import CONFLICT_EXIT, TOKEN_EXIT, Bot, Clock, introduce, opened
from bot.assembly import chat_commands
from bot.channel.outcomes import Away, Fate, Unusable
from bot.errors import StartError
from bot.operations import systemd
from bot.settings import Address, MailServer, Settings
from storage.vault.vault import Keyring

# Servers are imported only if an operator wants them: an HTTP server takes 0.2 s to load, and a tenth of the memory.
if TYPE_CHECKING:
    from bot.dispatch.webhook import Webhook

log = logs.Log(__name__)

NEW_OBJECTS = 10_000  # new objects before the next garbage collection; a few dozen updates make as many
PARTING = 3.0  # seconds that a part of the bot is waited for at the end


async def set_menus(bot: Bot) -> None:
    """Set Telegram's menus of commands, for private chats and groups. The next start makes good a failure."""
    for audience, commands in chat_commands.house_menus(bot.services.voice).items():
        try:
            await bot.channel.offer(commands, audience)
        except (Away, Unusable) as error:
            log.warning("command_menus_failed", error_type=str(error))


async def serve(
    bot: Bot, stop: asyncio.Event, webhook: "Webhook | None" = None, page: tuple[str, int] | None = None
) -> None:
    """Run until `stop` is set, or until a part of the bot fails for good. Raises Unusable, StartError.

    Updates are fetched, or brought by `webhook` if there is one; `page` tells that the page is open, and where.
    """
    await bot.poller.begin()
    await bot.scheduler.start()
    bot.watchdog.start()
    if page is not None:
        bot.watchdog.ready()
    running = [
        asyncio.create_task(_chat_door(bot, webhook), name="poller"),
        asyncio.create_task(bot.sender.run(), name="sender"),
        asyncio.create_task(bot.job_runner.run(), name="job_runner"),
        asyncio.create_task(stop.wait(), name="stop"),
    ]
    aside = [asyncio.create_task(bot.maintenance.run())]
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
        await bot.maintenance.stop()
        log.info("stopped")


async def _chat_door(bot: Bot, webhook: "Webhook | None") -> None:
    """Open the door to Telegram, once it has answered, and take what comes in there; all else goes on meanwhile."""
    if not bot.on_telegram:
        return await bot.poller.rest()
    await introduce(bot)
    bot.watchdog.ready()
    menus = asyncio.create_task(set_menus(bot))
    try:
        await (webhook or bot.poller).run()
    finally:
        menus.cancel()


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

    health = Health(bot.store, bot.poller, bot.sender, bot.maintenance, bot.watchdog, bot.beside, clock)
    async with listening(health.routes(), address):
        measuring = asyncio.create_task(health.run())
        try:
            yield
        finally:
            measuring.cancel()


@asynccontextmanager
async def brought(bot: Bot, settings: Settings) -> AsyncIterator["Webhook | None"]:
    """Serve the webhook, if the operator wants updates brought by Telegram. Raises StartError."""
    if settings.webhook.url is None:
        yield None
        return
    from bot.dispatch.webhook import LARGEST_BODY, Webhook  # noqa: PLC0415 - see above
    from bot.operations.servers import listening  # noqa: PLC0415 - see above

    secret = Keyring(settings.master_key).webhook_secret()
    webhook = Webhook(bot.poller, bot.channel, settings.webhook.url, secret, bot.watchdog.alive)
    async with listening(webhook.routes(), settings.webhook.listen, LARGEST_BODY):
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
    from bot.page.web_app import LARGEST_BODY, door_of  # noqa: PLC0415 - see above

    door = door_of(bot.store, bot.services, bot.poller, clock, mail=mail is not None)
    tasks = []
    if mail is not None:
        from bot.page.mail import Mailer  # noqa: PLC0415 - see above

        mailer = Mailer(bot.store, bot.services, mail, clock)
        tasks.append(asyncio.create_task(bot.beside.keep("mail", mailer.run)))
    if mail is not None and mail.bounces is not None:
        from bot.page.bounces import BounceReader  # noqa: PLC0415 - see above

        reader = BounceReader(bot.store, bot.services, mail.bounces, clock)
        tasks.append(asyncio.create_task(bot.beside.keep("bounces", reader.run)))
    async with listening(door.routes(), address, LARGEST_BODY, headers=door.headers) as where:
        try:
            yield where
        finally:
            for task in tasks:
                task.cancel()


def settle_in() -> None:
    """Exempt all objects of now from garbage collection. They stay to the end, and looking through them again and again
    would take a twentieth of the time of an answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


async def _run(settings: Settings, clock: Clock, *, new: bool) -> int:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    logs.watch(loop)
    try:
        async with opened(settings, clock, new=new) as bot:
            for name in (signal.SIGTERM, signal.SIGINT):  # before, they end the process at once
                loop.add_signal_handler(name, stop.set)
            settle_in()
            bot.watchdog.tell = partial(systemd.notify, settings.notify_socket)
            async with (
                watched(bot, clock, settings.metrics),
                paged(bot, clock, settings.page.listen, settings.mail) as page,
                brought(bot, settings) as webhook,
            ):
                await serve(bot, stop, webhook, page)
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


def run(settings: Settings, clock: Clock, *, new: bool = False) -> int:
    """Run the bot until SIGTERM or SIGINT; the exit code. `new`: see `opened`. Raises StorageError, StartError."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(settings, clock, new=new))
