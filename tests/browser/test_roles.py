"""Each role does on the page, in a real browser, what it comes for; each screen is fit for all at three sizes.

The core group is on Telegram, and its part is a transcript. With `STADSBOT_SCREENSHOTS=<folder>` a picture of every
screen at each size is left there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from bot.demo.player import Player
from bot.demo.town import Town, town
from bot.page import post
from tests.browser.conftest import resize
from tests.browser.test_accessible import SIZES, faults, keep, show
from tests.browser.town_page import PATIENCE, unless_replaced
from tests.page.reader import ADDRESS, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVENT = """
I gång: Beslut
Alva trycker i gruppen [Skriv gruppens svar]
Alva trycker [Börja] [Ja, vi vill] [Ja, det har vi] [Vi börjar] [14]
Alva: 18 januari
Alva trycker [Klart]
Alva trycker i gruppen [Avsluta övningen]
I gång: Anordna ett event: upplägget
Alva trycker i gruppen [Skriv gruppens svar]
Alva trycker [Börja]
Alva: Vi vill bli fler
Alva: 25 januari kl 13
Alva: Folkets hus
Alva trycker [Pausa]
I gång: Anordna ett event: gästerna
Alva: /svara
Alva trycker [Anordna ett event: gästerna] [Lägg till]
Alva: Greta Gäst
Alva: Hotell Exempel
Alva trycker [Hoppa över] [Inte än] [Inget svar än] [Spara nu]
Alva trycker [Inbjudan som länk]
"""


LEAVES = "addEventListener('submit', (event) => { window.leaves = !event.defaultPrevented; }, { once: true });"


class Somebody:
    """Somebody in a browser window, who is on no other channel."""

    def __init__(self, driver: webdriver.Chrome, played: Town, page: Page) -> None:
        self.driver, self.town, self.page = driver, played, page
        self.player = Player(played)

    async def plays(self, lines: str) -> None:
        """Let the group do this meanwhile, on Telegram."""
        await self.player.play("group", lines)

    async def follows(self, whose: str) -> None:
        """Open the newest link that the bot gave somebody to pass on."""
        links = re.findall(r"/l/[\w-]+", "\n".join(self.town.texts(whose)))
        await self.opens(links[-1])

    async def opens(self, path: str) -> None:
        """Open a page."""
        await asyncio.to_thread(self.driver.get, f"{self.page.address}{path}")

    async def goes(self, label: str) -> None:
        """Follow a link of the page."""
        await self._does(lambda: self._newest("a", label).click())

    async def presses(self, label: str) -> None:
        """Press the newest button of this label, or that has it in its label."""
        await self._does(lambda: self._newest("button, label.option", label).click())

    async def writes(self, text: str, words: str = "") -> None:
        """Write in the field of the message with these words, or in that below all."""

        def write() -> None:
            form = self._newest("article", words) if words else self.driver.find_element(By.ID, "skriv")
            form.find_element(By.TAG_NAME, "textarea").send_keys(text)
            form.find_element(By.CSS_SELECTOR, "button.main").click()

        await self._does(write)

    async def reads(self, *texts: str) -> None:
        """Wait until all of this stands on the page; what comes in meanwhile comes by itself.

        What the town has to say with it is said then: a press may end before the server has had it, a page may not.
        """
        await asyncio.to_thread(self._wait, lambda: all(text in self.text for text in texts), texts)
        await self.town.settle()

    async def looks(self, state: str) -> None:
        """Look at the page at each size, light and dark: axe-core finds nothing; nothing is wider than the window."""
        assert await asyncio.to_thread(self._found, state) == {}

    @property
    def text(self) -> str:
        """All words of the page."""
        return self.driver.find_element(By.TAG_NAME, "main").text

    def _found(self, state: str) -> dict[str, list[str]]:
        found = {}
        for size, measures in SIZES.items():
            resize(self.driver, *measures)
            for scheme in ("dark", "light"):
                show(self.driver, scheme)
                told = faults(self.driver)
                if self.driver.execute_script("return document.documentElement.scrollWidth > innerWidth"):
                    told.append("wider than the window")
                if told:
                    found[f"{state}-{size}-{scheme}"] = told
                keep(self.driver, f"role-{state}-{size}-{scheme}")
        return found

    async def _does(self, deed: Callable[[], None]) -> None:
        """Do this, and wait for the page that it leads to: a press may come back before the browser has left for it."""

        def done() -> bool:
            self.driver.execute_script(LEAVES)
            deed()
            return True

        def there() -> bool:
            leaves = self.driver.execute_script("return window.leaves")  # another page knows nothing of it
            return not leaves and not self.driver.find_elements(By.CSS_SELECTOR, "[aria-busy]")

        await asyncio.to_thread(self._wait, done)
        await asyncio.to_thread(self._wait, there)
        await self.town.settle()

    def _newest(self, css: str, label: str) -> WebElement:
        there = [one for one in self.driver.find_elements(By.CSS_SELECTOR, f"main {css}") if label in one.text]
        found = [one for one in there if one.text == label] or there
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found[-1])
        return found[-1]

    def _wait(self, look: Callable[[], bool], what: object = "") -> None:
        try:
            WebDriverWait(self.driver, PATIENCE, ignored_exceptions=[IndexError]).until(lambda _: unless_replaced(look))
        except TimeoutException:
            raise AssertionError(f"{what} in vain, at {self.driver.current_url}:\n{self.text}") from None


@pytest.fixture
async def somebody(
    driver: webdriver.Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Somebody]:
    """A browser in which nobody is signed in, beside a town on Telegram with nobody in it yet.

    With "at its address" as its parameter the page is where it says that it is.
    """
    monkeypatch.setattr(post, "PATIENCE", 0.0)  # the town says what it has to say when it is settled
    monkeypatch.setattr(Town, "kept", None)  # a town that goes on from a kept one has another bot than the page
    port = unused_port() if getattr(request, "param", "") == "at its address" else None
    async with town(tmp_path, page_url=ADDRESS, mail=True) as played, Page(played.bot, played.clock, port) as page:
        there = Somebody(driver, played, page)
        await there.opens("/sida.svg")
        await asyncio.to_thread(driver.delete_all_cookies)
        yield there
        await asyncio.to_thread(driver.get, "about:blank")


async def test_a_process_leader(somebody: Somebody) -> None:
    """Comes by a link, sees how far the group has come and none of its answers, and answers a question."""
    await somebody.plays("""
Med: Alva, Bo
I gång: Riktning
Alva trycker [Börja] [Ja] [Ja] [Ja] [Ja] [Ja]
Alva trycker [Lämna in]
Alva: /deltagare
Alva trycker [Processledare] [Bjud in en processledare]
""")
    await somebody.follows("Alva")
    await somebody.looks("leader-link")
    await somebody.presses("Börja")
    await somebody.reads("Du är inbjuden som processledare", "Du ser aldrig några svar.")
    await somebody.looks("leader-invited")
    await somebody.presses("Jag är med")
    await somebody.reads("▶ Riktning")
    await somebody.looks("leader-steps")
    await somebody.plays("Alva: /deltagare\nAlva trycker [Processledare] [Ställ en fråga]\nAlva: Hur gör andra?")
    await somebody.reads("frågar:", "Hur gör andra?")
    await somebody.writes("De bokar alla datum på en gång.")
    await somebody.plays("> Alva: De bokar alla datum på en gång.")
    await somebody.reads("Ditt svar är skickat till Alva.")
    await somebody.looks("leader-answered")
    await somebody.opens("/")
    await somebody.reads("Du är processledare för")
    assert "Logga en händelse" not in somebody.text
    await somebody.looks("leader-home")
    await somebody.opens("/kalender")
    await somebody.reads("Inget är inbokat just nu.")


async def test_a_decision_maker(somebody: Somebody) -> None:
    """Comes by a link, objects to the decision with a reason, then stands behind it, and sees what came of it."""
    await somebody.plays("""
Med: Alva, Bo
Alva: /deltagare
Alva trycker [Beslutsfattare] [Bjud in en beslutsfattare]
""")
    await somebody.follows("Alva")
    await somebody.presses("Börja")
    await somebody.presses("Jag är med")
    await somebody.reads("▶ Steg 0")
    await somebody.plays("""
I gång: Beslut
Alva trycker i gruppen [Skriv gruppens svar]
Alva trycker [Börja] [Ja, vi vill] [Ja, det har vi] [Vi börjar] [14] [Om en månad] [Klart] [Avsluta övningen]
""")
    await somebody.reads("Står du bakom gruppens beslut", "Vi börjar med steg 1")
    await somebody.looks("decider-asked")
    await somebody.presses("Nej")
    await somebody.writes("Nämnden behöver se budgeten först.")
    await somebody.plays("> gruppen: Invändning")
    await somebody.looks("decider-objected")
    await somebody.presses("Ja")
    await somebody.reads("Ditt ja är antecknat.")
    await somebody.plays("""
Alva trycker i gruppen [Ja]
Bo trycker i gruppen [Ja]
> gruppen: Så blev svaren
""")
    await somebody.looks("decider-done")
    await somebody.opens("/")
    await somebody.reads("Du är beslutsfattare för")
    await somebody.looks("decider-home")


async def test_a_guest_who_joins_the_network(somebody: Somebody) -> None:
    """A guest answers the invitation, changes it, joins the network, says whether they come, logs an incident, finds
    where to turn, and is told what is opened for them."""
    await somebody.plays("Med: Alva, Bo\n" + EVENT)
    await somebody.follows("Alva")
    await somebody.looks("guest-invitation")
    await somebody.presses("Kanske")
    await somebody.presses("Svara")
    await somebody.reads("Tack!")
    await somebody.looks("guest-thanks")
    await somebody.goes("Ändra mitt svar")
    await somebody.presses("Ja")
    await somebody.presses("Svara")
    await somebody.reads("Tack!")
    await somebody.opens("/")
    await somebody.reads("Du är inbjuden av")
    await somebody.looks("guest-home")
    await somebody.presses("Min inbjudan")
    await somebody.looks("guest-conversation")
    await somebody.plays("Klockan går 14 dagar")
    await somebody.looks("guest-after")
    await somebody.presses("Innan jag går")
    for asked in ("vara med i nätverket i", "bestämma hur vi arbetar?", "Kan du komma nästa gång?"):
        await somebody.reads(asked)
        await somebody.presses("Ja")
    await somebody.looks("network-promise")
    await somebody.presses("Jag lovar")
    await somebody.reads("Nu är du med i nätverket")
    await somebody.looks("network-joined")
    await somebody.opens("/")
    await somebody.looks("network-home")
    await somebody.opens("/kalender")
    await somebody.looks("network-calendar")
    await somebody.presses("Jag kommer")
    await somebody.reads("Du kommer")
    await somebody.opens("/")
    await somebody.presses("Logga en händelse")
    await somebody.reads("Ring 112 nu om någon är i fara.", "När hände det?")
    await somebody.looks("network-incident")
    for label, seen in (
        ("Nu", "Vad tror du"),
        ("Exploatering i arbete", "☑ Exploatering i arbete"),
        ("Klar", "Är någon i fara nu?"),
        ("Hoppa över resten", "Spara"),
    ):
        await somebody.presses(label)
        await somebody.reads(seen)
    await somebody.looks("network-before-saving")
    await somebody.presses("Spara")
    await somebody.reads("Kvitto")
    await somebody.looks("network-receipt")
    await somebody.opens("/")
    await somebody.presses("Vem ringer jag?")
    await somebody.looks("network-ring")
    await somebody.plays("Steg öppet: 6\nI gång: Samverkansplan: aktiviteter")
    await somebody.reads("har öppnat övningen för nätverket också")
    await somebody.looks("network-opened")


async def test_one_who_has_left(somebody: Somebody) -> None:
    """Whoever has left sees what is their own and nothing of the group's, takes it along, and erases it."""
    await somebody.plays("""
Med: Alva, Bo, Cia
I gång: Riktning
Cia trycker [Börja] [Ja] [Ja] [Ja] [Ja] [Ja]
Cia trycker [Lämna in]
Cia: /sidan
""")
    url = somebody.town.button("Cia", "Logga in")[3]["url"]
    await somebody.opens(url.removeprefix(ADDRESS))
    await somebody.presses("Logga in")
    await somebody.looks("member-home")
    await somebody.plays("Cia: lämnar")
    await somebody.opens("/")
    await somebody.reads("Du kommer in med en egen länk")
    await somebody.plays("Cia: /sidan")
    url = somebody.town.button("Cia", "Logga in")[3]["url"]
    await somebody.opens(url.removeprefix(ADDRESS))
    await somebody.presses("Logga in")
    await somebody.reads("Du har varit med i")
    await somebody.looks("left-home")
    await somebody.presses("Det som är sparat om mig")
    await somebody.reads("Radera mig")
    await somebody.looks("left-data")
    await somebody.presses("Radera mig")
    await somebody.looks("left-erase")
