"""A town that is robbed: six people who log incidents, write notes without names and tell how they are, for months.

They log in Telegram, on the page and at a work device's link, sign in and out, and hide what was said at either door.
"""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.context.context import Context
from bot.demo.town import GROUP, MASTER_KEY, town
from bot.exercises import rounds, runner
from bot.page import post, sessions
from flows.run.events import Entry, Filled, Opened, Wrote
from flows.run.state import Phase
from storage.database_files import keys_of
from storage.records.records import SeatState
from storage.table import unpack
from storage.vault.vault import KeyFolder, Keyring
from tests.flows.sample import SWEDISH
from tests.incidents.scene import SIX
from tests.page import test_device
from tests.page.reader import ADDRESS, Browser, Page
from tests.page.test_both import Both
from tests.thief.loot import Reader, Row, Tables, carry_away

NAMES = ("Alva", "Bo", "Cia", "David", "Elin", "Farid")
READERS = ("Cia", "David")
NOTES = "brave_environment"


@dataclass
class Truth:
    """What the thief wants to know."""

    reporters: dict[int, int] = field(default_factory=dict)  # person by incident
    drafts: dict[tuple[int, int], list[str]] = field(default_factory=dict)  # by round and member
    notes: dict[tuple[int, int], dict[tuple[str, str], Any]] = field(default_factory=dict)  # by round and member
    feelings: dict[tuple[int, int], int] = field(default_factory=dict)  # score by round and member


class Victims:
    """Plays the town, and lets the thief in after each thing that happens.

    With `another` all is the same but that each incident is logged by another than there. What the thief says here and
    there alike is said of somebody who happened to be near, such as whoever coordinates and is reminded on that day.
    """

    def __init__(self, both: Both, folder: Path, *, another: bool = False) -> None:
        self.another, self.both, self.browsers = another, both, dict[str, Browser]()
        self.desk = ""  # where a work device's link leads
        played = both.town
        self.town, self.truth, self.folder, self.luck = played, Truth(), folder, random.Random(5)
        self.copies = 0
        self.order: list[tuple[int, list[int]]] = []  # in which order members answered a round
        self._reader = Reader(played.bot.store.path.name)
        self._read: dict[Path, list[tuple[bytes, Tables]]] = {}  # the states that each copy holds

    async def month(self) -> None:
        """An incident that is left over night, on days when nobody else does anything; another on a day when others do
        this and that, corrected later; a round of notes, and a check-in."""
        for busy, name in enumerate(self.luck.sample(NAMES, 2)):
            other = NAMES[NAMES.index(name) - 1]
            who = other if self.another else name
            await self.town.wind(days=2)
            for beside in self.luck.sample([n for n in NAMES if n not in (name, other)], 2 * busy):
                await self.town.write(beside, "/svara")
            await (self.log(who) if busy else self.log_over_night(who))
            await self.town.wind(hours=12)
            self.steal("backup")
            if busy:
                await self.town.wind(days=1)
                await self.correct(who)
                await self.town.wind(hours=12)
                self.steal("backup")
        ways = (self.log_on_page, self.log_and_leave, self.log_at_desk, self.log_and_hide, self.log_and_wait)
        for way in ways:
            name = self.luck.choice(NAMES)
            await self.town.wind(days=2)
            await way(NAMES[NAMES.index(name) - 1] if self.another else name)
            await self.night()
        await self.notes()
        await self.check_in()
        await self.town.wind(days=20)
        self.steal("backup")

    async def log(self, name: str) -> None:
        """Somebody logs; copies are made in the midst of it and right after the receipt."""
        await self.town.write(name, "/start")
        await self.town.tap(name, "Logga en händelse")
        for label in SIX:
            await self.town.tap(name, label)
            self.steal("midst")
        await self.logged_by(name)

    async def log_on_page(self, name: str) -> None:
        """Somebody logs in the browser in which they have long been signed in, and empties the chat there."""
        known = self.browsers.get(name)
        if known is None or (await known.open("/samtal")).path != "/samtal":  # signed out since
            self.browsers[name] = await self.both.signed_in(name)
            await self.town.wind(days=8)
            await self.night()
        await self._logged_in(self.browsers[name], name)
        await self.both.write(self.browsers[name], "/dolj")
        self.steal("receipt")

    async def log_and_leave(self, name: str) -> None:
        """Somebody signs in, logs, and signs out."""
        browser = await self.both.signed_in(name)
        self.steal("receipt")
        await self._logged_in(browser, name)
        await browser.open("/konto")
        await browser.press("Logga ut")
        self.steal("receipt")

    async def log_at_desk(self, name: str) -> None:
        """Somebody logs at a device at work, and empties the chat in Telegram; what is older stays there."""
        browser = self.both.page.browser()
        if not self.desk or not (await browser.open(self.desk)).forms:  # a year has gone since
            self.desk = await test_device.given(self.both)
            await self.town.wind(days=8)
            await self.night()
        await test_device.log(await browser.open(self.desk))
        await self.town.settle()
        await self.logged_by(name)
        await self.town.write(name, "/dolj")
        self.steal("receipt")

    async def log_and_hide(self, name: str) -> None:
        """Somebody logs in Telegram and empties the chat there, where some of it is too old to be deleted."""
        await self.log(name)
        await self.town.write(name, "/dolj")
        self.steal("receipt")

    async def log_and_wait(self, name: str) -> None:
        """Somebody logs danger, hears that nobody was reached, and then that it is read, and a reply to it."""
        await self.town.write(name, "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Ja", "Hoppa över resten", "Spara"):
            await self.town.tap(name, label)
        await self.logged_by(name)
        for _ in range(30):
            await self.town.wind(hours=1)
            self.steal("receipt")
        assert any("Ingen har läst det än." in text for text in self.town.texts(name))
        await self.town.write("Cia", "/handelser")
        await self.town.tap("Cia", self.town.keys("Cia")[0])  # what presses stands first
        for label in ("Svara den som loggade", "Svar: någon har fått hjälp"):
            await self.town.tap("Cia", label)
        for _ in range(6):  # over a weekend, too
            await self.night()
            self.steal("receipt")
        assert any("svarar: Någon har fått hjälp." in text for text in self.town.texts(name))

    async def night(self) -> None:
        """What is done by night, and the copy that is made then."""
        await self.town.wind(hours=12)
        async with self.town.bot.store.work() as work:
            await work.sign_ins.settle()
        self.steal("backup")

    async def _logged_in(self, browser: Browser, name: str) -> None:
        await self.both.write(browser, "/incident")
        for label in SIX:
            await self.both.tap(browser, label)
            self.steal("midst")
        await self.logged_by(name)

    async def logged_by(self, name: str) -> None:
        """Note who has logged the newest incident, and copy what lies there right after its receipt."""
        async with self.town.bot.store.work() as work:
            person = await work.people.by_user(self.town.person(name))
            assert person is not None
            newest = (await work.incidents.all_of(1))[-1]
        assert newest.id not in self.truth.reporters
        self.truth.reporters[newest.id] = person.id
        self.steal("receipt")

    async def log_over_night(self, name: str) -> None:
        """Somebody begins to log, is called away, is reminded the next working day and goes on."""
        await self.town.write(name, "/start")
        await self.town.tap(name, "Logga en händelse")
        for label in SIX[:2]:
            await self.town.tap(name, label)
        now = self.town.sandbox.now()
        night = (now + timedelta(days=1)).replace(hour=2, minute=0)  # when backups are made
        await self.town.wind(hours=(night - now).total_seconds() / 3600)
        self.steal("backup")
        await self.town.wind(days=3)
        await self.town.write(name, "/incident")  # what asked has left the chat
        await self.town.tap(name, "Fortsätt")
        for label in SIX[2:]:
            await self.town.tap(name, label)
            self.steal("midst")
        await self.logged_by(name)

    async def correct(self, name: str) -> None:
        """Somebody who has logged answers one question anew."""
        for label in ("Ändra ett svar", "Handlar om", "☐ Tvingas tigga", "Klar"):
            await self.town.tap(name, label)
            self.steal("midst")
        assert "✓ Din rättelse är sparad." in self.town.texts(name)[-3:]  # who reads is told of it, too
        self.steal("receipt")

    async def notes(self) -> None:
        """Everybody writes notes without names in 1.3."""
        async with self.town.bot.store.work() as work:
            ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
            group = await work.groups.get(1)
            run = await rounds.begin(ctx, group, ctx.services.process.exercises[NOTES])
        members = list(run.seats)
        self.luck.shuffle(members)
        today, dates = self.town.sandbox.now().date(), SWEDISH.dates
        for member in members:
            said = {key: f"{member} skriver om {key} i {run.number}" for key in run.keys()}
            for event, when in (
                (Opened(member, introduced=True), ""),
                (Wrote(member, said[run.keys()[0]], 0, today, dates), "draft"),
                (
                    Filled(member, {key: Entry(text=text) for key, text in said.items()}, today, dates, done=True),
                    "answer",
                ),
            ):
                async with self.town.bot.store.work() as work:
                    ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
                    group, by = await work.groups.get(1), await work.members.get(member)
                    record = await work.runs.get(run.number)
                    if record.phase == Phase.OPEN:
                        await runner.apply(ctx, group, record, event, by=by)
                await self.town.settle()
                if when:
                    self.steal(when)
            self.truth.drafts[run.number, member] = [said[run.keys()[0]]]
            self.truth.notes[run.number, member] = {(key, ""): [key, "", text] for key, text in said.items()}

    async def check_in(self) -> None:
        """Everybody tells how they are, in an order made by chance."""
        async with self.town.bot.store.work() as work:
            members = [m.id for m in await work.members.active(1)]
            self.luck.shuffle(members)
            today = self.town.sandbox.now().date()
            round_ = await work.check_ins.open(1, sorted(members), today, today + timedelta(days=7))
        self.order.append((round_.id, members))
        for place, member in enumerate(members):
            score = place % 5 + 1
            async with self.town.bot.store.work() as work:
                assert await work.check_ins.answer(round_, member, score)
            self.truth.feelings[round_.id, member] = score
            self.steal("answer")

    def steal(self, when: str) -> None:
        """Copy file and log as they lie."""
        self.copies += 1
        carry_away(self.town.bot.store.path, self.folder / f"{self.copies:04}-{when}")

    def loot(self, *whens: str) -> Iterator[Tables]:
        """What the copies of these moments hold, and the file with its log at the end, in the order of time."""
        seen: set[bytes] = set()
        for folder in self._copies():
            last = folder == self._copies()[-1]
            if last or folder.name.partition("-")[2] in whens:
                found = self._states(folder)
                for mark, state in found if last or not folder.name.endswith("backup") else found[-1:]:
                    if mark not in seen:
                        yield state
                    seen.add(mark)

    def logs(self) -> Iterator[list[Tables]]:
        """Of each copy by itself: the file, and what its log tells of the moments before."""
        return ([state for _, state in self._states(folder)] for folder in self._copies())

    def _copies(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def _states(self, folder: Path) -> list[tuple[bytes, Tables]]:
        if folder not in self._read:
            self._read[folder] = list(self._reader.states(folder))
        return self._read[folder]

    def opened(self, table: str, place: str, row: Row) -> Any:
        """What a sealed value of the group says, for a thief who has the key too."""
        folder = KeyFolder(keys_of(self.town.bot.store.path), Keyring(MASTER_KEY))
        (key_id,) = folder.known()
        return unpack(folder.load(key_id).open(f"{table}/{place}", row["sealed"]))


@asynccontextmanager
async def robbed(folder: Path, *, another: bool = False) -> AsyncIterator[Victims]:
    """Six people are in, two of whom read; each is signed in to the page too, which keeps their chats, and has mail.

    How people come in is tested elsewhere.
    """
    no_patience = patch.object(post, "PATIENCE", 0.0)  # the town says what it has to say when it is settled
    async with town(folder, page_url=ADDRESS, mail=True) as played, Page(played.bot, played.clock) as page:
        played.group(GROUP, *NAMES)
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        async with played.bot.store.work() as work:
            readers = []
            for name in NAMES:
                person = await work.people.ensure(played.person(name))
                member = await work.members.add(1, person.id, "core")
                await work.members.update(member.id, name=name, state=SeatState.ACTIVE, agreed_at=played.sandbox.now())
                readers += [member.id] if name in READERS else []
                await sessions.begin(Context(played.bot.services, work, played.sandbox.now()), person.id, "")
                given = await work.mail_addresses.give(person.id, f"{name.lower()}@example.se", vouched=True)
                await work.mail_addresses.update(given.id, state="confirmed")
            group = await work.groups.get(1)
            await work.groups.update(1, settings=replace(group.settings, readers=tuple(readers)))
        for name in NAMES:
            await played.act(name, "start")
        (folder / "loot").mkdir()
        with no_patience:
            yield Victims(Both(played, page), folder / "loot", another=another)
