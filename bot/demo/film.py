"""The film: the finished town's transcript played before the visitor's eyes, with speed and pause.

It is a town of its own beside the visitor's, with the real bot in it, and nothing is recorded: a visitor who stops it
goes on by hand. All that the bot does there happens in one task, a deed at a time: film and visitor never move it
at once.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from bot.demo import snapshot
from bot.demo.invented import Invented
from bot.demo.others import Others
from bot.demo.player import Player
from bot.demo.town import Town, town
from bot.demo.transcript import begins, joined
from bot.reminders.next_message import DAY
from bot.reminders.run_deadlines import TIMER
from bot.sandbox.errors import ActError
from bot.sandbox.exchange import Exchange
from bot.sandbox.stage import Played, Stage

LENGTH = 118.0  # seconds that the whole takes at speed 1, if the machine can play it in that time
SPEEDS = (0.0, 0.5, 1.0, 3.0)  # 0 is a pause
LOOK = 1.2  # seconds at speed 1 that a new picture or document stands before anything else happens
PASSING = 10  # as many deeds as the going by of time is worth
_DEEDS = re.compile(r"\[[^\]]+\]|«[^»]+»")

Deed = Callable[[], Awaitable[None]]


class Film:
    """One showing. `begin` gives its stage; `end` takes all of it away."""

    def __init__(self, invented: Invented, number: int, text: str = "", length: float = LENGTH) -> None:
        """`number`: which showing this is, as each is a town of its own; `text`: what is played, if not the usual, in
        `length` seconds at speed 1."""
        self._invented, self._number = invented, number
        self._text = text or snapshot.transcript()
        self._lines = [(number, line) for number, line in joined(self._text) if not line.startswith(">")]
        self._whole = sum(weight(line) for _, line in self._lines)
        self._done = 0.0
        self._due = 0.0  # when the next deed may happen, by the machine's clock …
        self._left = length  # … and the seconds at speed 1 that remain from then on
        self._speed = 1.0
        self._queue: asyncio.Queue[Deed] = asyncio.Queue()
        self._played = Played()
        self._seen: dict[int, int] = {}  # the newest message of each chat that was stood before
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> Stage:
        """Make the town, and begin to play it."""
        opened: asyncio.Future[Stage] = asyncio.get_running_loop().create_future()
        self._due = time.monotonic()
        self._task = asyncio.create_task(self._run(opened), name="film")
        return await opened

    async def end(self) -> None:
        """Stop, and delete the town."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def pace(self, speed: float) -> None:
        """Set the speed. Raises ActError for a speed that does not exist."""
        if speed not in SPEEDS:
            raise ActError("Den farten finns inte.")
        self._speed, self._due = speed, time.monotonic()
        self._queue.put_nowait(_nothing)

    def _pause(self) -> None:
        """Pause, as somebody does something by hand."""
        if self._speed:
            self.pace(0.0)

    def _state(self) -> Played:
        return self._played

    async def _run(self, opened: "asyncio.Future[Stage]") -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="stadsbot-film-") as folder:
                async with town(Path(folder), start=begins(self._text)) as playing:
                    playing.after = self._after
                    playing.sandbox.subscribe(lambda _: self._by_hand(playing))
                    opened.set_result(self._stage(playing))
                    await self._play(playing)
                    self._speed = 0.0
                    while True:  # what follows is the visitor's
                        await (await self._queue.get())()
        except OSError as error:
            if opened.done():
                raise
            opened.set_exception(ActError(f"Staden får inte plats: {error.strerror}. Frigör utrymme och försök igen."))

    async def _play(self, playing: Town) -> None:
        player, headings = Player(playing), _headings(self._text)
        for number, line in self._lines:
            self._played.title = headings.get(number, self._played.title)
            before = self._done
            try:
                await player.take(line, looks=False)
            except (AssertionError, ActError):  # the visitor has changed what the line counts on
                self._played.stopped = True
                break
            await self._wait(playing, before + weight(line) - self._done)
        self._played.ended = True
        playing.sandbox.touch()

    async def _after(self, playing: Town, person: int, chat: int) -> None:
        """Wait after a deed and the bot's answer, so that there is time to look."""
        self._played.person, self._played.chat = person, chat
        await self._wait(playing, 1)

    async def _wait(self, playing: Town, deeds: float) -> None:
        """Wait for a share of the time that is left; what the machine has been slow with is taken from the rest."""
        ahead = max(1.0, self._whole - self._done)
        self._done += max(0.0, deeds)
        self._played.share = min(1.0, self._done / self._whole)
        await asyncio.sleep(0)
        while self._speed == 0:
            self._played.speed = 0.0
            playing.sandbox.touch()
            await (await self._queue.get())()
        self._played.speed = self._speed
        seconds = max(0.0, deeds) * self._left / ahead + (LOOK if self._new_picture(playing) else 0.0)
        self._due += seconds / self._speed
        late = max(0.0, time.monotonic() - self._due)
        self._due += late
        self._left = max(0.0, self._left - seconds - late * self._speed)
        if not late:
            await self._sleep(self._due - time.monotonic())

    async def _sleep(self, seconds: float) -> None:
        """Wait so long, unless the speed is changed meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await (await self._queue.get())()
        except TimeoutError:
            return

    def _new_picture(self, playing: Town) -> bool:
        place = playing.sandbox.world.chats.get(self._played.chat)
        newest = next(reversed(place.messages.values()), None) if place else None
        if place is None or newest is None or self._seen.get(place.id) == newest.id:
            return False
        self._seen[place.id] = newest.id
        return newest.sender == playing.sandbox.bot.id and bool({"photo", "document"} & newest.content.keys())

    def _by_hand(self, playing: Town) -> None:
        if self._speed == 0 and self._queue.empty() and playing.sandbox.pending(playing.bot.poller.offset):
            self._queue.put_nowait(playing.settle)

    def _stage(self, playing: Town) -> Stage:
        async def next_reminder() -> datetime | None:
            return await playing.bot.scheduler.earliest(DAY, TIMER)

        async def pass_by(seconds: float) -> None:
            self._pause()
            done = asyncio.Event()

            async def wind() -> None:
                after, playing.after = playing.after, None
                try:
                    await playing.wind(minutes=seconds / 60)
                finally:
                    playing.after = after
                    done.set()

            self._queue.put_nowait(wind)
            await done.wait()

        async def others(spared: list[int]) -> dict[str, int]:
            self._pause()
            return await Others(playing.sandbox, playing.bot, self._invented).answer(spared)

        return Stage(
            f"film-{self._number}",
            playing.sandbox,
            Exchange(playing.sandbox, real_time=True),
            next_reminder=next_reminder,
            others=others,
            pass_by=pass_by,
            acted=self._pause,
            film=self._state,
        )


def weight(line: str) -> float:
    """Return a line's share of the film, in deeds."""
    return len(_DEEDS.findall(line)) or PASSING


def _headings(text: str) -> dict[int, str]:
    """The heading above each line that has one of its own, by the number of the first line beneath it."""
    found: dict[int, str] = {}
    heading = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# ") and not line.startswith("# covers"):
            heading = line[2:]
        elif line.strip() and heading and not line.startswith("#"):
            found[number] = heading.partition(":")[0]
            heading = ""
    return found


async def _nothing() -> None:
    """Do nothing but wake the task that waits for something to do."""


class Projector:
    """Shows one film at a time."""

    def __init__(self, invented: Invented) -> None:
        self._invented, self._shown = invented, 0
        self._film: Film | None = None

    async def begin(self) -> Stage:
        """Begin a new showing."""
        await self.end()
        self._shown += 1
        self._film = Film(self._invented, self._shown)
        return await self._film.begin()

    def pace(self, speed: float) -> None:
        """Set the film's speed. Raises ActError if none is shown."""
        if self._film is None:
            raise ActError("Ingen stad spelas upp just nu.")
        self._film.pace(speed)

    async def end(self) -> None:
        """End the film, if there is one."""
        if self._film is not None:
            film, self._film = self._film, None
            await film.end()
