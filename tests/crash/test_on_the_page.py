"""The bot, killed with people on the page: each answer that the page told them is saved is there, and there once.

`STADSBOT_TEST_KILLS` says how often (12).
"""

import asyncio
import os
import random
import signal
import socket
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import CookieJar

from bot.context.sealed_actions import Buttons
from bot.features.members.activation import new_code
from bot.page.templates import form_number
from storage.store import Store
from storage.vault.vault import Keyring
from tests.durability.process import MASTER_KEY, BotProcess, bot_process
from tests.page.reader import Browser, Form
from tests.page.test_alone import invited, join

KILLS = int(os.environ.get("STADSBOT_TEST_KILLS", "12"))
SAVES = (3, 15)  # between two kills


class Site:
    """The page of a process, with browsers to open it in."""

    def __init__(self, address: str) -> None:
        self._address, self._sessions = address, list[aiohttp.ClientSession]()
        self.page = self
        self.up, self.saving = asyncio.Event(), asyncio.Condition()
        self.begun = 0  # saves that were sent, whatever became of them

    def browser(self) -> Browser:
        """A new browser, in which nobody is signed in."""
        session = aiohttp.ClientSession(self._address, cookie_jar=CookieJar(unsafe=True))
        self._sessions.append(session)
        return Browser(_Client(session))  # type: ignore[arg-type]

    async def opened(self) -> None:
        """Wait until it answers."""
        async with aiohttp.ClientSession(self._address) as session, asyncio.timeout(30):
            while True:
                try:
                    async with session.get("/tillganglighet") as answer:
                        assert answer.status == 200
                        self.up.set()
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)

    async def saves(self, count: int) -> None:
        """Wait until so many more were sent."""
        until = self.begun + count
        async with self.saving:
            await self.saving.wait_for(lambda: self.begun >= until)

    async def close(self) -> None:
        """Close all browsers."""
        for session in self._sessions:
            await session.close()


class _Client:
    """As the client of aiohttp's tests is."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session, self.get, self.post = session, session.get, session.post


async def writes(site: Site, browser: Browser, name: str, enough: asyncio.Event) -> list[str]:
    """Somebody changes an answer over and over, each time on the page that came back; what the page said is saved. What
    had no answer is sent once more, as is."""
    await browser.open("/")
    path, told = browser.links["Engagemang"], list[str]()
    form = await opens(site, browser, path)
    comment = next(field for field in form.asked if field.startswith("k:"))
    pick = next((field, value) for field, value in form.options if value == "yes")
    while not enough.is_set():
        said = f"{name} säger {len(told)}"
        data = {**form.fields, **dict([pick]), comment: said, "keep": "1", "number": str(form_number())}
        while True:
            await site.up.wait()
            async with site.saving:
                site.begun += 1
                site.saving.notify_all()
            try:
                async with browser.client.post(form.action, data=data, allow_redirects=False) as answer:
                    assert answer.status == 303, await answer.text()
                    assert answer.headers["Location"].endswith("?sparat")
                    break
            except (aiohttp.ClientError, ConnectionError):
                await asyncio.sleep(0)
        told.append(said)
        form = await opens(site, browser, path)
    return told


async def opens(site: Site, browser: Browser, path: str) -> Form:
    """Open the page with the sheet, as soon as it is there."""
    while True:
        await site.up.wait()
        try:
            await browser.open(path)
            return browser.form("Spara")
        except (aiohttp.ClientError, ConnectionError):
            await asyncio.sleep(0)


async def kills(site: Site, bot: BotProcess, enough: asyncio.Event) -> None:
    """Kill it in the midst of their saves, and start it anew."""
    luck = random.Random(4)
    for _ in range(KILLS):
        await site.saves(luck.randint(*SAVES))
        site.up.clear()
        await bot.send(signal.SIGKILL)
        await bot.start()
        await site.opened()
    enough.set()


@pytest.mark.slow
async def test_killed_with_people_on_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that the page said is saved is lost or kept twice, whenever the process is killed."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{tried.getsockname()[1]}"
    site, enough = Site(f"http://{listen}"), asyncio.Event()
    async with bot_process(tmp_path, "", "", PAGE_URL=f"http://{listen}", PAGE_LISTEN=listen) as bot:
        await bot.start()
        await site.opened()
        code = new_code(Buttons(Keyring(MASTER_KEY).button_key), datetime.now(UTC))
        alva = site.browser()
        await alva.open(f"/ny/{code}")
        await alva.press("Börja", town="Exempelstad", name="Alva")
        await join(alva, "Alva")
        people = {"Alva": alva}
        for name in ("Bo", "Cia"):
            people[name] = await invited(site, alva, name)  # type: ignore[arg-type]
        await alva.write("/steg")
        await alva.press("Nästa: Engagemang")
        await alva.press("Sätt i gång")
        ends = asyncio.create_task(kills(site, bot, enough))
        told = await asyncio.gather(*(writes(site, one, name, enough) for name, one in people.items()))
        await ends
        assert await bot.send(signal.SIGTERM) == 0
        await site.close()
    kept = await stored(bot.database)
    lost = [said for one in told for said in one if kept.count(said) != 1]
    assert lost == [], f"{len(lost)} lost or twice: {lost[:5]}"
    saves = sum(map(len, told))
    assert saves > KILLS * SAVES[0] // 2
    with capsys.disabled():
        print(f"\npage: {KILLS} kills, {site.begun} saves sent, {saves} told that they are saved, each there once")


async def stored(database: Path) -> list[str]:
    """Every version of every comment."""
    store = await Store.open(database, keyring=Keyring(MASTER_KEY), clock=lambda: datetime.now(UTC))
    found = []
    try:
        async with store.work() as work:
            for run in await work.runs.all_of(1):
                for member in await work.members.of_group(1):
                    for answer in await work.answers.of_owner(run.id, f"m:{member.id}"):
                        found += [version.comment or "" for version in await work.answers.history(answer.id)]
    finally:
        await store.close()
    return found
