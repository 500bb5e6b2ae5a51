"""What shuts people out of the page: axe-core looks at every state of it, wide and narrow, and finds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest
from selenium import webdriver

from bot.demo import snapshot
from bot.demo.serve import play
from tests.browser.conftest import DESKTOP, on_a_thread, resize
from tests.browser.scripted_bot import QUESTION
from tests.browser.town_page import PLENTY, TownPage

pytestmark = [pytest.mark.browser]

# What fades in or out has another contrast while it does.
STILL = (
    "return document.getAnimations().every(one => one.playState !== 'running' || one.effect.getTiming().iterations > 9)"
)
PHONE = (390, 844)
GROUP = "Kärngruppen"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
LOOK = (  # what has just begun to fade is looked at as it will be
    "document.getAnimations().forEach(one => one.effect.getTiming().iterations > 9 || one.finish());"
    "const done = arguments[0]; axe.run().then(({violations}) => done(JSON.stringify(violations)), done)"
)
Look = Callable[[str], None]


@pytest.fixture
def look(town: TownPage) -> Iterator[Look]:
    """Look at the page as it is now, in a state that is named; at the end nothing has been found in any."""
    yield from looking(town)


def looking(town: TownPage) -> Iterator[Look]:
    """What axe-core finds in each state that it is shown, and that it is nothing."""
    found: list[str] = []

    def at(state: str) -> None:
        town.until(lambda: town.driver.execute_script(STILL))
        town.driver.execute_script(AXE)
        for fault in json.loads(town.driver.execute_async_script(LOOK)):
            where = ", ".join(str(node["target"]) for node in fault["nodes"][:3])
            found.append(f"{state}: {fault['id']} ({fault['impact']}): {where}")

    yield at
    assert found == []


@pytest.mark.parametrize("town", [DESKTOP, PHONE], indirect=True)
def test_every_state_of_a_chat(town: TownPage, look: Look) -> None:
    """Guide, group, list, question, menus, search, commands, a refused act, and the page in the dark."""
    look("guide")
    town.press("#welcome summary")
    look("guide, unfolded")
    town.dismiss_welcome()
    phone = town.choose("Amira Lind")
    look("group")
    phone.press("Jag är med")
    look("start")
    phone.press_part("start")
    phone.wait_for(QUESTION)
    look("question")
    phone.press_part("chat-menu")
    look("chat menu")
    town.until(lambda: town.click_with_text(".menu button", "Sök i chatten"))
    town.find(phone.part("search")).send_keys("e")
    look("search")
    town.press(f'{phone.root} [aria-label="Stäng sökningen"]')
    phone.find("composer").send_keys("/")
    look("commands")
    phone.press_part("back")
    look("chats")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    town.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    look("dark")
    town.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("town", [DESKTOP], indirect=True)
def test_every_state_of_the_town(town: TownPage, look: Look) -> None:
    """The column beside the phones: a person's menu, a group's care, a new group, faults and calls."""
    town.dismiss_welcome()
    town.press('#people [data-part="person-menu"]')
    look("person's menu")
    town.driver.find_element("css selector", "body").click()
    town.press("#groups [data-care]")
    look("group's care")
    town.press('#group-dialog [data-part="close"]')
    town.press("#add-group")
    look("new group")
    town.until(lambda: town.click_with_text("dialog button", "Avbryt"))
    town.press("#calls summary")
    town.press("#faults summary")
    look("calls and faults")


@pytest.mark.slow
def test_the_film_and_the_clock(driver: webdriver.Chrome) -> None:
    """The played town, stopped and left again, and what a wound clock lists; the console stays without errors."""
    resize(driver, *DESKTOP)
    finished = snapshot.played(strict=False)
    with on_a_thread(lambda stop, opened: play(0, finished, stop=stop, opened=opened)) as url:
        town = TownPage(driver, url).open()
        for look in looking(town):
            look("guide with doors")
            town.press("#door-film")
            town.until(lambda: town.find("#film").is_displayed(), PLENTY)
            town.until(lambda: "Gunnel" in town.people(), PLENTY)
            town.press("#film-pause")
            town.until(lambda: "Pausad" in town.find("#film-hint").text)
            look("film, paused")
            stood = town.find("#film-progress").get_attribute("value")
            gunnel = town.choose("Gunnel")
            gunnel.open_chat("Kärngruppen i Färdigstad")
            gunnel.write("Hej från mig")
            gunnel.wait_for("Hej från mig")
            assert town.find("#film-progress").get_attribute("value") == stood
            town.press("#film-end")
            town.until(lambda: not town.find("#film").is_displayed())
            town.press("#town .help")
            town.press("#door-new")
            alva = town.phone("Alva")
            alva.press("Börja")
            look("first question")
            town.wind("+ 1 vecka")
            town.until(lambda: town.find("#happened li").is_displayed())
            look("what happened")
            town.press("#happened li button")
            assert town.driver.current_url.count("#") == 1
        assert town.complaints() == []
        driver.get("about:blank")
