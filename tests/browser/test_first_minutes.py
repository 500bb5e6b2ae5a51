"""A visitor's first minutes: what they see without scrolling, and how far the first answer is.

With `STADSBOT_SCREENSHOTS=<folder>` a picture of each state is left there, in light and dark.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser.conftest import resize
from tests.browser.test_accessible import show
from tests.browser.town_page import TownPage

pytestmark = pytest.mark.browser

MOST_TAPS = 6  # to the first answer
SIZES = ((1280, 720), (390, 844))
DOORS = ("#door-new", "#door-finished")


def test_the_first_answer(driver: webdriver.Chrome, demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What it is and both doors are seen without scrolling; the first answer is at most six taps away; it is printed
    how long it took."""
    resize(driver, *SIZES[0])
    began = time.monotonic()
    town = TownPage(driver, demo).open()
    for size in SIZES:
        resize(driver, *size)
        for door in DOORS:
            place = town.find(door).rect
            assert place["y"] + place["height"] <= size[1], f"{door} lies below the fold at {size}"
        assert "människohandel" in town.find("#welcome").text
        picture(town, "arrival", size)
    town.press("#door-new")
    taps, alva = 1, town.phone("Alva")
    for label in ("Börja", "Ja"):
        alva.press(label)
        taps += 1
        picture(town, f"after-{taps}", SIZES[-1])
    alva.wait_for("2 av 7")
    took = time.monotonic() - began
    assert taps <= MOST_TAPS
    assert town.complaints() == []
    with capsys.disabled():
        sys.stdout.write(f"\nfirst answer: {taps} taps, {took:.1f} s from the page's opening\n")


def picture(town: TownPage, name: str, size: tuple[int, int]) -> None:
    """Save what is seen, light and dark, where somebody wants it."""
    if folder := os.environ.get("STADSBOT_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for scheme in ("dark", "light"):
            show(town.driver, scheme)
            assert town.driver.save_screenshot(str(Path(folder) / f"{name}-{size[0]}-{scheme}.png"))
