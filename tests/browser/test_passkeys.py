"""Passkeys in a real browser, with an authenticator as the telephone has one (WebDriver's virtual one)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import Protocol, Transport, VirtualAuthenticatorOptions

from tests.browser.test_roles import Somebody, somebody
from tests.browser.test_taken_account import writes_address
from tests.page.reader import ADDRESS
from tests.page.test_mail import CODE

__all__ = ["somebody"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def device(driver: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser, in a telephone whose owner unlocks it."""
    options = VirtualAuthenticatorOptions(
        protocol=Protocol.CTAP2,
        transport=Transport.INTERNAL,
        has_resident_key=True,
        has_user_verification=True,
        is_user_verified=True,
    )
    driver.add_virtual_authenticator(options)
    yield driver
    driver.remove_virtual_authenticator()


@pytest.mark.parametrize("somebody", ["at its address"], indirect=True)
async def test_a_key_is_added_shown_and_lost(somebody: Somebody, device: webdriver.Chrome) -> None:
    """Cia adds a key, proves with it who she is, and signs in with it. When it is gone, Alva is told a code for her,
    and she removes it."""
    somebody.page.asking.mail = True
    await somebody.plays("Med: Alva, Bo, Cia\nKlockan går 2 dagar\nCia: /sidan")
    await somebody.opens(somebody.town.button("Cia", "Logga in")[3]["url"].removeprefix(ADDRESS))
    await somebody.presses("Logga in")
    await somebody.reads("Det som väntar på dig")
    await somebody.opens("/konto")
    device.find_element(By.ID, "nyckel").send_keys("Min telefon")
    await somebody.looks("account-with-keys")
    await somebody.presses("Lägg till en nyckel")
    await somebody.reads("Nyckeln Min telefon sparas i telefonen eller datorn")
    await somebody.looks("new-key")
    await somebody.presses("Skapa nyckeln")
    await somebody.reads("Min telefon, sedan")
    assert "Det finns en ny nyckel till webbsidan: Min telefon" in somebody.town.last("Cia")

    await somebody.town.wind(minutes=16)
    await writes_address(somebody, "cia@example.se")
    await somebody.reads("Är det du?", "efter din nyckel")
    await somebody.looks("proof-by-key")
    await somebody.presses("Använd nyckeln")
    await somebody.reads("Jag har skickat ett mejl till cia@example.se")

    await somebody.presses("Logga ut")
    await somebody.reads("Kom in")
    await somebody.looks("welcome-with-key")
    await somebody.presses("Logga in med nyckel")
    await somebody.presses("Använd nyckeln")
    await somebody.reads("Det som väntar på dig")

    await somebody.town.wind(minutes=16)
    device.remove_all_credentials()
    await somebody.opens("/konto")
    await somebody.presses("Ta bort")
    await somebody.reads("Är det du?")
    await somebody.presses("Jag har inte nyckeln här")
    await somebody.reads("Hen ringer upp dig")
    device.find_element(By.ID, "code").send_keys(CODE.findall(somebody.town.last("Alva"))[-1])
    await somebody.presses("Fortsätt")
    await somebody.reads("Här är du inloggad")
    await somebody.opens("/samtal")
    await somebody.reads("Du har ingen nyckel till webbsidan längre")
