"""The demonstration: a small town in the browser, with Telegram played on this machine and the unchanged bot behind it.

What the visitor does lies in a temporary folder, and is gone when the demonstration ends. It begins on the day on which
the finished town's transcript ends, so that all dates agree, whenever it is played.
"""

import asyncio
import contextlib
import errno
import secrets
import signal
import sys
import tempfile
import time
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import Bot, Line, Setup, assembled
from bot.demo import in_browser, snapshot
from bot.demo.film import Projector
from bot.demo.in_browser import Windows
from bot.demo.invented import Invented
from bot.demo.opening import Opening
from bot.demo.others import Others
from bot.demo.recorder import Recorder
from bot.demo.snapshot import Snapshot
from bot.demo.waiting import WaitingPage
from bot.reminders.next_message import DAY
from bot.reminders.run_deadlines import TIMER
from bot.sandbox.http import serve as serve_sandbox
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.stage import Demo
from bot.service import serve
from storage.errors import DiskFull
from storage.json_records import Json

FIRST_TIME = "Första gången spelas en hel stad upp, på ungefär en halv minut. Se hur långt den har kommit: {}"
JUMP = timedelta(seconds=1)  # a step of the sandbox clock that nobody's waiting explains
LOOK = 0.005  # seconds between looks at what waits to be sent
MOST_LOOKS = 400  # before the clock goes on all the same, as when the network is made to fail
PATIENT_LOOKS = 4  # looks after which what waits is held by Telegram's limits, and a second of the town's may go by


class TownClock:
    """Seconds as `monotonic` counts them, and those that were skipped: the town's time, and that of its limits.

    As both skip together, what falls due on a day that is wound past is also sent on that day.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic, self._skipped = monotonic, 0.0

    def __call__(self) -> float:
        """Return the seconds that it shows."""
        return self._monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        """Skip so many seconds."""
        self._skipped += max(0.0, seconds)


def begin(sandbox: Sandbox, invented: Invented) -> Recorder:
    """Let the first of the people add the bot to their group, and record all that happens there."""
    chat = next(chat for chat in sandbox.world.chats.values() if chat.title == invented.group)
    names = {user: sandbox.world.users[user].first_name for user in chat.members}
    recorder = Recorder(sandbox, chat.id, names)
    sandbox.act(next(iter(names)), "add_bot", chat=chat.id)
    return recorder


def follow_clock(sandbox: Sandbox, bot: Bot) -> None:
    """Set the scheduler again whenever the sandbox's clock is wound, as APScheduler goes by the machine's own."""
    ahead = sandbox.now() - datetime.now(UTC)

    def changed(_version: int) -> None:
        nonlocal ahead
        now_ahead = sandbox.now() - datetime.now(UTC)
        if abs(now_ahead - ahead) > JUMP:
            ahead = now_ahead
            bot.scheduler.aim()

    sandbox.subscribe(changed)


async def pass_by(sandbox: Sandbox, bot: Bot, clock: TownClock, seconds: float) -> None:
    """Let time pass with all that falls due on the way at its time; a jump would be an outage."""
    end = sandbox.now() + timedelta(seconds=seconds)
    while (due := await bot.scheduler.earliest()) is not None and due <= end:
        clock.skip((due - sandbox.now()).total_seconds())
        sandbox.touch()  # the page follows the clock
        await bot.scheduler.ring()
        await _sent(bot, clock)
    clock.skip((end - sandbox.now()).total_seconds())
    sandbox.touch()


async def _sent(bot: Bot, clock: TownClock) -> None:
    """Wait until the bot's messages are sent; where its limits delay them, the clock goes on second by second."""
    for look in range(1, MOST_LOOKS):
        async with bot.store.work() as work:
            if await work.outbox.earliest() is None:
                return
        if look % PATIENT_LOOKS == 0:
            clock.skip(1.0)
        bot.sender.wake()
        await asyncio.sleep(LOOK)


@asynccontextmanager
async def hurried(bot: Bot, clock: TownClock) -> AsyncIterator[None]:
    """Let the clock go on, while the block runs, whenever the bot's limits delay what it has to say."""

    async def hurry() -> None:
        while True:
            await _sent(bot, clock)
            await asyncio.sleep(LOOK)

    hurrying = asyncio.create_task(hurry())
    try:
        yield
    finally:
        hurrying.cancel()


async def play(
    port: int,
    finished: Snapshot,
    *,
    stop: asyncio.Event,
    opened: Callable[[str], None],
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Serve the page, with the finished town beside the new one, until `stop` is set.

    `opened(address)` is called once it is there. The town's clock and Telegram's limits go by `monotonic`, in seconds;
    a test hands in a faster one.
    """
    # By chance, so that no page elsewhere on the internet can name it.
    token = f"7000000001:{secrets.token_urlsafe(32)}"
    world = finished.world()
    clock = TownClock(monotonic)
    sandbox = Sandbox(start=world.now(), monotonic=clock, token=token, world=world)
    invented = Invented()
    recorder = begin(sandbox, invented)
    projector = Projector(invented)
    played: list[tuple[Bot, Others]] = []  # the bot needs the door to be open first

    async def next_reminder() -> datetime | None:
        return await played[0][0].scheduler.earliest(DAY, TIMER)

    async def passing(seconds: float) -> None:
        recorder.wound(seconds)
        await pass_by(sandbox, played[0][0], clock, seconds)

    async def answer(spared: list[int]) -> dict[str, int]:
        bot, others = played[0]
        async with hurried(bot, clock):
            return await others.answer(spared)

    async def opened_door() -> Json:
        bot, others = played[0]
        async with hurried(bot, clock):
            return await Opening(sandbox, bot, others, recorder.people)()

    windows: list[Windows] = []

    async def window(person: int) -> str:
        return await windows[0].open(person)

    demo = Demo(next_reminder, answer, passing, recorder.transcript, opened_door, projector, window, invented.works)
    with tempfile.TemporaryDirectory(prefix="stadsbot-demo-") as folder:
        async with (
            serve_sandbox(sandbox, port=port, demo=demo) as address,
            assembled(
                Setup(
                    line=Line(sandbox.token, address, pace_clock=clock),
                    master_key=finished.master_key,
                    database=finished.copy_data(Path(folder) / "data"),
                    zone=ZoneInfo("Europe/Stockholm"),
                    language="sv",
                    clock=sandbox.now,
                    needs_activation=False,
                    page_url=in_browser.free_address(),
                    mail=True,
                )
            ) as bot,
            in_browser.opened(bot, sandbox) as on_the_page,
        ):
            windows.append(on_the_page)
            played.append((bot, Others(sandbox, bot, invented)))
            follow_clock(sandbox, bot)
            opened(address)
            try:
                await serve(bot, stop)
            finally:
                await projector.end()


def open_town(port: int, *, browser: bool = True) -> int:
    """Play until Ctrl+C; return the exit code."""

    async def until_stopped(finished: Snapshot, at: int) -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def there(address: str) -> None:
            for name in (signal.SIGINT, signal.SIGTERM):  # before, they end the process at once
                loop.add_signal_handler(name, stop.set)
            _opened(address, port, browser=browser)

        await play(at, finished, stop=stop, opened=there)

    at = port
    try:
        with contextlib.suppress(KeyboardInterrupt):
            finished = snapshot.there()
            if finished is None:
                with WaitingPage(port) as waiting:
                    print(FIRST_TIME.format(waiting.address), flush=True)  # noqa: T201 - as whoever starts it waits
                    if browser:
                        webbrowser.open(waiting.address)
                    at, browser = waiting.port, False
                    finished = snapshot.played(strict=False, passed=waiting.passed)
            asyncio.run(until_stopped(finished, at))
    except (OSError, DiskFull) as error:
        print(cure(error, port), file=sys.stderr)  # noqa: T201 - this is the command's answer
        return 1
    return 0


def cure(error: OSError | DiskFull, port: int) -> str:
    """Return a sentence about why the demo cannot begin, and one about what helps."""
    if isinstance(error, DiskFull):
        error = OSError(errno.ENOSPC, "")
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "Disken är full. Frigör några hundra megabyte och försök igen."
        case errno.EACCES | errno.EPERM | errno.EROFS | errno.ENOTDIR | errno.ENOENT if error.filename:
            return (
                f"Det går inte att skriva i {error.filename}. "
                "Låt XDG_CACHE_HOME och TMPDIR peka på en mapp där du får skriva."
            )
        case errno.EACCES | errno.EPERM:
            return f"Port {port} får bara systemet använda. Välj en annan: --port 8080."
        case errno.ENETUNREACH | errno.EHOSTUNREACH:
            return "Den här datorn når inte sig själv på 127.0.0.1. Slå på dess eget nät: ip link set lo up."
        case errno.EADDRINUSE:
            return f"Port {port} och de närmaste ovanför är upptagna. Välj en annan: --port 9000."
    return f"Det gick inte att börja: {error}. Kontrollera disken och nätverket på den här datorn och försök igen."


def _opened(address: str, wanted: int, *, browser: bool) -> None:
    if wanted and not address.endswith(f":{wanted}"):
        print(f"Port {wanted} är upptagen, så staden tog nästa lediga.")  # noqa: T201
    print(f"Staden finns på {address} – avsluta med Ctrl+C.", flush=True)  # noqa: T201 - this is the command's answer
    if browser:
        webbrowser.open(address)
