"""The finished town on the page: three exercises of each part, the calendar's picture, and reminders side by side.

With `STADSBOT_SCREENSHOTS=<folder>` each test leaves a picture of what it saw there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from flows.definitions.loader import load_process
from flows.enums import How
from messages.voice import Voice
from tests.browser.conftest import DESKTOP, resize
from tests.browser.town_page import PhonePage, TownPage

pytestmark = pytest.mark.browser

GROUP = "Kärngruppen i Färdigstad"
BOT = "Stad för stad"
EXERCISES = (
    *("scenarios", "actors", "actor_matrix"),  # Utforska, steps 1-3
    *("knowledge", "branches", "guests"),  # Utrusta, steps 4-5
    *("swot", "subgoals", "chain"),  # Utföra, steps 6-7
)
TOO_WIDE = "return [...document.querySelectorAll('.key, .bubble')].filter((e) => e.scrollWidth > e.clientWidth).length"


@pytest.fixture(scope="module")
def finished(driver: webdriver.Chrome, demo: str) -> str:
    """The demo's address, once Gunnel, who coordinates the finished town, and Hamid have opened their chats."""
    resize(driver, *DESKTOP)
    town = TownPage(driver, demo).open()
    if driver.find_element(By.ID, "welcome-close").is_displayed():
        town.dismiss_welcome()
    for name in ("Gunnel", "Hamid"):
        phone = town.choose(name)
        phone.open_chat(BOT)
        phone.write("/start")
        phone.wait_for("Färdigstad")
    return demo


@pytest.fixture
def town(driver: webdriver.Chrome, finished: str) -> Iterator[TownPage]:
    """The page with Gunnel's and Hamid's phones on show; the console must stay without errors."""
    resize(driver, *DESKTOP)
    page = TownPage(driver, finished).open()
    for name in ("Gunnel", "Hamid"):
        page.choose(name)
    yield page
    assert page.complaints() == []


@pytest.fixture
def picture(driver: webdriver.Chrome, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Keep a picture of the page, if a folder is named for it."""

    def keep() -> None:
        folder = os.environ.get("STADSBOT_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            driver.save_screenshot(str(Path(folder) / f"{request.node.name.removeprefix('test_')}.png"))

    return keep


def open_exercise(phone: PhonePage, id: str) -> str:
    """From the map to the page of an exercise; its title."""
    process, title = load_process(), Voice("sv").exercise(id)["title"]
    step = process.step_of(id)
    assert step is not None
    phone.open_chat(BOT)
    phone.write("/steg")
    phone.wait_for_last("Delmålen")
    phone.press(f"Steg {step.number}")
    phone.wait_for_last("Det här får ni")
    phone.press(title)
    phone.wait_for_last("Stegen")
    return title


@pytest.mark.parametrize("id", EXERCISES)
def test_exercise(town: TownPage, picture: Callable[[], None], id: str) -> None:
    """An exercise of the finished town: its page, what it came to or its list, and nothing cut or too wide."""
    gunnel, hamid = town.choose("Gunnel"), town.choose("Hamid")
    hamid.open_chat(GROUP)
    title = open_exercise(gunnel, id)
    if load_process().exercises[id].how is How.ROWS:
        gunnel.press("Öppna listan")
        gunnel.wait_for_last("1. ")
    else:
        gunnel.press("Så här blev det")
        gunnel.wait_for_last(title)
    assert town.driver.execute_script(TOO_WIDE) == 0
    picture()


def test_exercise_again(town: TownPage, picture: Callable[[], None]) -> None:
    """A new round begins beside the old one: its card in the group on one phone, its question on the other."""
    gunnel, hamid = town.choose("Gunnel"), town.choose("Hamid")
    title = open_exercise(gunnel, "reflection_routine")
    gunnel.press("Gör övningen igen")
    gunnel.wait_for(f"I gång: {title}")
    hamid.open_chat(GROUP)
    hamid.wait_for_last(title)
    gunnel.press("Börja")
    gunnel.wait_for_last("1 av ")
    picture()


def test_calendar(town: TownPage, picture: Callable[[], None]) -> None:
    """The calendar in words and as a picture."""
    gunnel = town.phone("Gunnel")
    gunnel.open_chat(BOT)
    gunnel.write("/kalender")
    gunnel.wait_for_last("Visa som bild")
    gunnel.press("Visa som bild")
    gunnel.wait_for_last("Kalender. 1.")
    town.until(lambda: town.driver.find_element(By.CSS_SELECTOR, f"{gunnel.root} img").is_displayed())
    picture()


def reminded(phone: PhonePage) -> bool:
    """Whether the newest message is the one of the day: of one thing, or a list of several."""
    return any(phone.gets(words, within=2) for words in ("väntar på ditt svar", "aktuellt"))


def test_reminders_side_by_side(town: TownPage, picture: Callable[[], None]) -> None:
    """What waits is told on each one's own phone, in one message, when the clock is wound to it."""
    gunnel, hamid = town.choose("Gunnel"), town.choose("Hamid")
    title = open_exercise(gunnel, "reflection_equip")
    gunnel.press("Gör övningen igen")
    gunnel.wait_for(f"I gång: {title}")
    for phone in (gunnel, hamid):
        phone.open_chat(BOT)
    for _ in range(8):  # what somebody else waits for may fall due before
        town.wind("Till nästa påminnelse")
        if reminded(gunnel) and reminded(hamid):
            picture()
            return
    pytest.fail("no reminder came to both")
