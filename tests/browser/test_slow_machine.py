"""The door into the new town on a slow machine: it waits for what it needs, and says what it does meanwhile."""

import pytest
from selenium import webdriver

from bot.demo import opening, others
from tests.browser.conftest import DESKTOP, resize
from tests.browser.town_page import PLENTY, TownPage

pytestmark = pytest.mark.browser

SLOW = 0.2  # seconds that each of the bot's calls takes
SHORT = 2.0  # seconds of patience: more than a step needs here, less than all of them


def slow(town: TownPage) -> None:
    """Let all that the bot says and hears take its time."""
    town.driver.execute_async_script(
        "fetch('/faults', {method: 'POST', headers: {'Content-Type': 'application/json'}, "
        "body: JSON.stringify({delay: arguments[0]})}).then(arguments[1])",
        SLOW,
    )


def press_others(town: TownPage) -> None:
    """Let the others answer, on a phone."""
    town.press("#open-town")
    town.press("#others")


def test_the_others_are_heard_of(driver: webdriver.Chrome, demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a phone the button is out of sight once it is pressed: the page says that the others answer, until they have,
    or that they got nowhere yet."""
    resize(driver, 390, 844)
    town = TownPage(driver, demo).open()
    slow(town)
    with monkeypatch.context() as impatient:
        impatient.setattr(others, "PATIENCE", 0.0)
        press_others(town)
        town.until(lambda: "Tryck en gång till" in town.find("#notices").text)
    press_others(town)
    town.until(lambda: town.find("#notices").text == "De andra svarar …")
    town.until(lambda: "har svarat" in town.find("#notices").text, PLENTY)
    assert "De andra svarar" not in town.find("#notices").text
    assert town.complaints() == []


def test_never_halfway(driver: webdriver.Chrome, demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the door opens when three have joined and the first exercise is there, and not
    before; meanwhile the guide says what it does. Where nothing moves at all it says so, and the next press goes on."""
    resize(driver, *DESKTOP)
    town = TownPage(driver, demo).open()
    for module in (opening, others):
        monkeypatch.setattr(module, "PATIENCE", 0.0)
    town.press("#door-new")
    town.until(lambda: "Tryck en gång till" in town.find("#notices").text)
    assert town.find("#welcome").is_displayed()
    assert town.find("#meanwhile").text == ""
    for module in (opening, others):
        monkeypatch.setattr(module, "PATIENCE", SHORT)
    slow(town)
    town.press("#door-new")
    assert "Tre personer går med" in town.until(lambda: town.find("#meanwhile").text)
    town.until(lambda: not town.find("#welcome").is_displayed(), PLENTY)
    town.phone("Alva").wait_for_last("Engagemang")
    town.phone("Alva").press("Börja")
    town.phone("Alva").wait_for("1 av 7")
    assert town.complaints() == []
