"""The demonstration: a small town in the browser, with Telegram played on this machine and the unchanged bot behind it.

What the visitor does lies in a temporary folder, and is gone when the demonstration ends. It begins on the day on which
the finished town's transcript ends, so that all dates agree, whenever it is played.
"""

import asyncio
import contextlib
import secrets
import signal
import tempfile
import time
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import Bot, assembled, serve
from bot.demo import snapshot
from bot.demo.invented import Invented
from bot.demo.others import Others
from bot.demo.recorder import Recorder
from bot.demo.snapshot import Snapshot
from bot.reminders.next_message import DAY
from bot.reminders.run_deadlines import TIMER
from bot.sandbox.http import serve as serve_sandbox
from bot.sandbox.sandbox import Sandbox

JUMP = timedelta(seconds=1)  # a step of the sandbox clock that nobody's waiting explains
LOOK, MOST_LOOKS = 0.05, 20  # seconds between looks at what waits to be sent, and how many


def begin(sandbox: Sandbox, invented: Invented) -> Recorder:
    """Let the first of the people who have done nothing yet add the bot to their group, of which all is recorded."""
    chat = next(chat for chat in sandbox.world.chats.values() if chat.title == invented.group)
    names = {user: sandbox.world.users[user].first_name for user in chat.members}
    recorder = Recorder(sandbox, chat.id, names)
    sandbox.act(next(iter(names)), "add_bot", chat=chat.id)
    return recorder


def follow_clock(sandbox: Sandbox, bot: Bot) -> None:
    """When somebody winds the sandbox's clock, the alarm is aimed anew: APScheduler waits on the machine's own."""
    ahead = sandbox.now() - datetime.now(UTC)

    def changed(_version: int) -> None:
        nonlocal ahead
        now_ahead = sandbox.now() - datetime.now(UTC)
        if abs(now_ahead - ahead) > JUMP:
            ahead = now_ahead
            bot.alarm.aim()

    sandbox.subscribe(changed)


async def pass_by(sandbox: Sandbox, bot: Bot, seconds: float) -> None:
    """Let so much time go by as it would, with what falls due on the way at its time: no jump, which is an outage."""
    end = sandbox.now() + timedelta(seconds=seconds)
    while (due := await bot.alarm.earliest()) is not None and due <= end:
        sandbox.wind(max(0.0, (due - sandbox.now()).total_seconds()))
        await bot.alarm.ring()
        for _ in range(MOST_LOOKS):  # what it made the bot say shall be sent before the clock goes on
            async with bot.store.work() as work:
                if await work.outbox.earliest() is None:
                    break
            await asyncio.sleep(LOOK)
    sandbox.wind(max(0.0, (end - sandbox.now()).total_seconds()))


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
    sandbox = Sandbox(start=world.now(), monotonic=monotonic, token=token, world=world)
    invented = Invented()
    recorder = begin(sandbox, invented)
    played: list[tuple[Bot, Others]] = []  # the bot needs the door to be open first

    async def next_reminder() -> datetime | None:
        return await played[0][0].alarm.earliest(DAY, TIMER)

    async def passing(seconds: float) -> None:
        recorder.wound(seconds)
        await pass_by(sandbox, played[0][0], seconds)

    async def answer(spared: list[int]) -> dict[str, int]:
        return await played[0][1].answer(spared)

    with tempfile.TemporaryDirectory(prefix="stadsbot-demo-") as folder:
        async with (
            serve_sandbox(
                sandbox,
                port=port,
                next_reminder=next_reminder,
                others=answer,
                pass_by=passing,
                transcript=recorder.transcript,
            ) as address,
            assembled(
                token=sandbox.token,
                master_key=finished.master_key,
                database=finished.copy_data(Path(folder) / "data"),
                zone=ZoneInfo("Europe/Stockholm"),
                language="sv",
                api_url=address,
                clock=sandbox.now,
                needs_activation=False,
                pace_clock=monotonic,
            ) as bot,
        ):
            played.append((bot, Others(sandbox, bot, invented)))
            follow_clock(sandbox, bot)
            opened(address)
            await serve(bot, stop)


def open_town(port: int, *, browser: bool = True) -> int:
    """Play until Ctrl+C; the exit code."""

    if snapshot.there() is None:
        print("Första gången spelas en hel stad upp, och det tar en liten stund.", flush=True)  # noqa: T201
    finished = snapshot.played(strict=False)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await play(port, finished, stop=stop, opened=lambda address: _opened(address, browser=browser))

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(until_stopped())
    return 0


def _opened(address: str, *, browser: bool) -> None:
    print(f"Staden finns på {address} – avsluta med Ctrl+C.", flush=True)  # noqa: T201 - this is the command's answer
    if browser:
        webbrowser.open(address)
