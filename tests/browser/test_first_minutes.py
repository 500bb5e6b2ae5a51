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
from tests.browser.town_page import PLENTY, TownPage

pytestmark = pytest.mark.browser

PIXEL = 1  # of a layout's rounding, which nobody sees
MOST_TAPS = 6  # to the first answer
SIZES = ((1280, 720), (768, 1024), (390, 844))
BEGINS = """
    const message = [...document.querySelectorAll(`${arguments[0]} [data-message]`)]
        .findLast((one) => new RegExp(arguments[1]).test(one.textContent));
    return message ? message.getBoundingClientRect().top - message.parentElement.getBoundingClientRect().top : -1;
"""  # how far below the top of the chat what is asked begins
EMPTY = "return getComputedStyle(document.getElementById('phone-row'), '::after').content"
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
            assert place["y"] + place["height"] < size[1] + PIXEL, f"{door} lies below the fold at {size}"
        guide, plan = town.find("#welcome").rect, town.find("#welcome > img").rect
        assert plan["x"] + plan["width"] < guide["x"] + guide["width"] + PIXEL, f"the picture is cut off at {size}"
        assert "människohandel" in town.find("#welcome").text
        picture(town, "arrival", size)
    resize(driver, *SIZES[0])
    town.press("#door-new")
    taps, alva = 1, town.phone("Alva")
    town.until(lambda: not town.find("#welcome").is_displayed())
    said = str(alva.find("toast").get_attribute("textContent"))
    for label in ("Börja", "Ja"):
        alva.press(label)
        town.until(lambda taps=taps: driver.execute_script(BEGINS, alva.root, f"{taps}.av.7") >= 0)  # type: ignore[misc]
        taps += 1
        picture(town, f"after-{taps}", SIZES[-1])
    alva.wait_for("2 av 7")
    assert "I gång" not in said, "what the others were told on the way is shown as an answer"
    took = time.monotonic() - began
    assert taps <= MOST_TAPS
    assert town.complaints() == []
    with capsys.disabled():
        sys.stdout.write(f"\nfirst answer: {taps} taps, {took:.1f} s from the page's opening\n")


def test_back_to_the_guide(driver: webdriver.Chrome, demo: str) -> None:
    """Nothing is unread on arrival, and one phone shows. A door is one step: the way back leads to the guide."""
    resize(driver, *SIZES[0])
    town = TownPage(driver, demo).open()
    driver.execute_script("localStorage.clear(); sessionStorage.clear(); location.replace('about:blank')")
    town.open()  # as somebody who has never been here
    arrived, shown = driver.current_url, town.shown()
    assert len(shown) == 1
    assert not [badge.text for badge in driver.find_elements("css selector", ".badge") if badge.text]
    assert "receptionist" in town.find("#people").text
    town.press("#door-finished")
    town.until(lambda: not town.find("#welcome").is_displayed())
    assert town.shown() != shown
    driver.back()
    town.until(lambda: town.find("#welcome").is_displayed())
    assert driver.current_url == arrived
    assert town.shown() == shown
    driver.get(f"{demo}/built.txt")
    assert "Rooms, from the ground up" in driver.page_source


def test_a_film_is_one_step(driver: webdriver.Chrome, demo: str) -> None:
    """Its first person's phone shows as soon as there is one; the way back, and its button, lead to where one was."""
    resize(driver, *SIZES[-1])
    town = TownPage(driver, demo).open()
    town.press("#bar .help")
    town.press("#door-finished")
    town.until(lambda: not town.find("#welcome").is_displayed())
    here = driver.current_url
    for leave in (driver.back, lambda: town.press("#film-end")):
        town.press("#bar .help")
        town.press("#door-film")
        town.until(lambda: town.find("#film").is_displayed(), PLENTY)
        assert "Välj" not in driver.execute_script(EMPTY), "there is nobody to choose yet"
        town.until(lambda: town.people() and "Alva" not in town.people(), PLENTY)
        assert driver.execute_script("return document.querySelectorAll('#phone-row .phone').length")
        assert not town.find("#bar .help").is_displayed(), "what does nothing meanwhile is not there"
        town.until(lambda: town.driver.current_url != here)
        leave()
        town.until(lambda: not town.find("#film").is_displayed())
        town.until(lambda: driver.current_url == here)
    assert town.complaints() == []


def picture(town: TownPage, name: str, size: tuple[int, int]) -> None:
    """Save what is seen, light and dark, where somebody wants it."""
    if folder := os.environ.get("STADSBOT_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for scheme in ("dark", "light"):
            show(town.driver, scheme)
            assert town.driver.save_screenshot(str(Path(folder) / f"{name}-{size[0]}-{scheme}.png"))
