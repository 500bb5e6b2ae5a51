"""The demonstration puts any of its people on the page, beside the phones, and shows the mail that they get."""

import time
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.conftest import DESKTOP, resize
from tests.browser.test_accessible import faults
from tests.browser.town_page import PATIENCE, TownPage

pytestmark = pytest.mark.browser


@pytest.fixture
def town(driver: webdriver.Chrome, demo: str) -> Iterator[TownPage]:
    """The demo; the tabs that were opened are closed afterwards."""
    resize(driver, *DESKTOP)
    first = driver.current_window_handle
    yield TownPage(driver, demo).open()
    for tab in driver.window_handles:
        if tab != first:
            driver.switch_to.window(tab)
            driver.close()
    driver.switch_to.window(first)


def newest(town: TownPage, reads: str, seen: set[str]) -> None:
    """Go on in the tab that has just been opened, once this stands there."""
    driver = town.driver
    town.until(lambda: set(driver.window_handles) - seen)
    driver.switch_to.window((set(driver.window_handles) - seen).pop())
    town.until(lambda: reads in driver.find_element(By.TAG_NAME, "body").text)


def window_of(town: TownPage, name: str, first: str) -> None:
    """Open somebody's window from the list of people, and sign in there."""
    driver = town.driver
    driver.switch_to.window(first)
    seen = set(driver.window_handles)
    person = town.until(lambda: town.people().get(name))
    more = f'#people li:has([data-person="{person}"]) [data-part="person-menu"]'
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", town.find(more))
    town.press(more)
    town.until(lambda: town.click_with_text(".menu button", "Öppna i en webbläsare"))
    newest(town, "Länken loggar in", seen)
    town.press("main button.main")
    town.until(lambda: "Hem" in driver.find_element(By.TAG_NAME, "main").text)


def test_two_people_and_their_mail(town: TownPage) -> None:
    """Two people are signed in side by side; one gives an address, and the link comes to the mailbox and works."""
    town.dismiss_welcome()
    driver, first = town.driver, town.driver.current_window_handle
    window_of(town, "Gunnel", first)
    gunnels = driver.current_window_handle
    assert "Färdigstad" in driver.find_element(By.TAG_NAME, "nav").text
    window_of(town, "Hamid", first)
    driver.switch_to.window(gunnels)
    driver.get(driver.current_url.partition("/#")[0].rstrip("/") + "/konto")
    town.find("#address").send_keys("gunnel@example.se")
    town.until(lambda: town.click_with_text("main button", "Spara adressen"))
    town.until(lambda: "Jag har skickat" in driver.find_element(By.TAG_NAME, "main").text)
    driver.switch_to.window(first)
    seen = set(driver.window_handles)
    town.press("#mail")
    newest(town, "Brevlådan", seen)
    given_up = time.monotonic() + PATIENCE
    while "Bekräfta din e-postadress" not in driver.find_element(By.TAG_NAME, "main").text:  # it may be on its way
        assert time.monotonic() < given_up, "no mail came"
        driver.refresh()
    assert faults(driver) == []
    town.press(".message a")
    town.until(lambda: town.click_with_text("main button", "Det är min adress"))
    town.until(lambda: "Adressen är bekräftad" in driver.find_element(By.TAG_NAME, "main").text)
