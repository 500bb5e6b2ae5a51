"""A night receptionist with a phone in her hand logs what she saw: six taps on the page, and how long they take."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from bot.demo import snapshot
from bot.demo.serve import play
from tests.browser.conftest import on_a_thread, resize
from tests.browser.town_page import TownPage

pytestmark = pytest.mark.browser

PHONE = (390, 844)
BOT = "Stad för stad"
PICTURES = "STADSBOT_SCREENSHOTS"  # names a folder for pictures of what is seen
TAPS = ("Logga en händelse", "Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "Spara")
SEEN = (
    "När hände det?",
    "Vad tror du att det handlar om?",
    "☑",
    "Är någon i fara nu?",
    "Exploatering i arbete",
    "Sparat. Kvitto",
)


@pytest.fixture
def town(driver: webdriver.Chrome) -> Iterator[TownPage]:
    """The real demo on a phone's width, with Telegram's limits at their real pace; the console stays without errors."""
    resize(driver, *PHONE)
    finished = snapshot.played()
    with on_a_thread(lambda stop, opened: play(0, finished, stop=stop, opened=opened)) as url:
        page = TownPage(driver, url).open()
        page.dismiss_welcome()
        yield page
        assert page.complaints() == []
        driver.get("about:blank")


def test_six_taps(town: TownPage, capsys: pytest.CaptureFixture[str]) -> None:
    """Six taps after opening the chat the receipt is there, 112 has stood first, no key is cut; the time is printed."""
    gunnel = town.choose("Gunnel")
    gunnel.open_chat(BOT)
    gunnel.write("/start")
    gunnel.wait_for_last("Du är med i")
    began, waits = time.monotonic(), []
    for number, (tap, seen) in enumerate(zip(TAPS, SEEN, strict=True)):
        tapped = time.monotonic()
        gunnel.press(tap)
        if seen == "☑":
            town.until(
                lambda: any(key.text.startswith(TAPS[2].replace("☐", "☑")) for key in keys(town, gunnel.part("key")))
            )
        else:
            gunnel.wait_for_last(seen)
        waits.append(time.monotonic() - tapped)
        picture(town, number)
    took = time.monotonic() - began
    assert any("Ring 112 nu" in message for message in gunnel.messages())
    assert town.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    with capsys.disabled():
        each = ", ".join(f"{wait:.1f}" for wait in waits)
        sys.stdout.write(f"\nincident on the page: {len(TAPS)} taps in {took:.1f} s (waited {each} s after each)\n")


def keys(town: TownPage, css: str) -> list[webdriver.remote.webelement.WebElement]:
    """The keys that are on show."""
    return town.driver.find_elements("css selector", css)


def picture(town: TownPage, number: int) -> None:
    """Save what is seen, where somebody wants it."""
    if folder := os.environ.get(PICTURES):
        Path(folder).mkdir(parents=True, exist_ok=True)
        assert town.driver.save_screenshot(str(Path(folder) / f"incident-{number + 1}.png"))
