"""Attempts to take an account in a real browser, which decides itself what it sends along."""

from __future__ import annotations

import asyncio
from html import escape
from urllib.parse import quote

import pytest
from selenium.webdriver.common.by import By

from tests.browser.test_roles import Somebody, somebody
from tests.page.reader import ADDRESS
from tests.page.test_mail import CODE

__all__ = ["somebody"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_another_site_signs_nobody_in(somebody: Somebody) -> None:
    """It sends its own link's form from its own page: refused. Opened and pressed by oneself, the link signs in."""
    await somebody.plays("Med: Alva, Bo, Cia\nCia: /sidan")
    path = somebody.town.button("Cia", "Logga in")[3]["url"].removeprefix(ADDRESS)
    await somebody.opens(path)
    await somebody.reads("Länken loggar in Cia.")
    target = escape(f"{somebody.page.address}{path}")
    site = f"<main><form method=post action='{target}'><button>Vinn en resa</button></form></main>"
    await asyncio.to_thread(somebody.driver.get, f"data:text/html,{quote(site)}")
    await somebody.presses("Vinn en resa")
    await somebody.reads("Sidan finns inte")
    await somebody.opens("/")
    await somebody.reads("Kom in")
    await somebody.opens(path)
    await somebody.presses("Logga in")
    await somebody.reads("Det som väntar på dig")


async def test_an_open_browser_gives_no_address(somebody: Somebody) -> None:
    """A while after signing in another address asks for a code, which its owner has in Telegram; then it is taken."""
    somebody.page.asking.mail = True
    await somebody.plays("Med: Alva, Bo, Cia\nKlockan går 2 dagar\nCia: /sidan")
    path = somebody.town.button("Cia", "Logga in")[3]["url"].removeprefix(ADDRESS)
    await somebody.opens(path)
    await somebody.presses("Logga in")
    await somebody.reads("Det som väntar på dig")
    await somebody.town.wind(minutes=16)
    await somebody.opens("/konto")
    somebody.driver.find_element(By.ID, "address").send_keys("thief@example.org")
    await somebody.presses("Spara adressen")
    await somebody.reads("Är det du?", "Koden finns i ditt samtal med boten i Telegram.")
    await somebody.looks("proof-of-address")
    somebody.driver.find_element(By.ID, "code").send_keys(CODE.findall("\n".join(somebody.town.texts("Cia")))[-1])
    await somebody.presses("Fortsätt")
    await somebody.reads("Jag har skickat ett mejl till thief@example.org")


async def signed_in(somebody: Somebody) -> None:
    """Cia, who has been in for two days, signs in with a link from her chat."""
    await somebody.plays("Med: Alva, Bo, Cia\nKlockan går 2 dagar\nCia: /sidan")
    await somebody.opens(somebody.town.button("Cia", "Logga in")[3]["url"].removeprefix(ADDRESS))
    await somebody.presses("Logga in")
    await somebody.reads("Det som väntar på dig")


async def writes_address(somebody: Somebody, address: str) -> None:
    """Whoever sits there writes an address."""
    await somebody.opens("/konto")
    field = somebody.driver.find_element(By.ID, "address")
    field.clear()
    field.send_keys(address)
    await somebody.presses("Spara adressen")


async def test_guesses_at_an_open_browser(somebody: Somebody) -> None:
    """Whoever sits there tries codes: none opens, and soon none is sent there any more; the address stays as it was."""
    somebody.page.asking.mail = True
    await signed_in(somebody)
    await somebody.town.wind(minutes=16)
    await writes_address(somebody, "thief@example.org")
    for code in ("000000", "111111", "123123", "999999", "424242"):
        await somebody.reads("Är det du?")
        somebody.driver.find_element(By.ID, "code").send_keys(code)
        await somebody.presses("Fortsätt")
        await somebody.reads("stämmer inte")
    assert "thief@example.org" not in "".join(somebody.town.texts("Cia"))
    await somebody.opens("/konto")
    assert "thief@example.org" not in somebody.driver.page_source


@pytest.mark.parametrize("where", ["in Telegram", "by mail"])
async def test_it_was_not_me(somebody: Somebody, where: str) -> None:
    """A thief at her open browser changes her address, and confirms it as theirs. Cia is told in Telegram and at her
    old address; a tap in either undoes it: the old one is hers, the thief is signed out, and their link is dead."""
    somebody.page.asking.mail = True
    await signed_in(somebody)
    async with somebody.town.bot.store.work() as work:
        (cia,) = await work.sign_ins.people()
        await work.mail_addresses.confirm(await work.mail_addresses.give(cia, "cia@example.se", vouched=True))
    await writes_address(somebody, "thief@example.org")
    await somebody.reads("Jag har skickat ett mejl till thief@example.org")
    await somebody.opens((await mailed_link(somebody, "confirm")).removeprefix(ADDRESS))
    await somebody.presses("Det är min adress")
    await somebody.reads("börjar den gälla om ett dygn")
    link = (await mailed_link(somebody, "changed")).removeprefix(ADDRESS)
    await somebody.town.settle()
    thief = somebody.driver.get_cookies()
    somebody.driver.delete_all_cookies()
    if where == "in Telegram":
        await somebody.town.tap("Cia", "Det var inte jag")
        assert "Det blir ingen ändring av din e-postadress" in somebody.town.last("Cia")
    else:
        await somebody.opens(link)
        await somebody.looks("not-me")
        await somebody.presses("Det var inte jag")
        await somebody.reads("Inget är ändrat")
    for cookie in thief:
        somebody.driver.add_cookie(cookie)
    await somebody.opens("/konto")
    await somebody.reads("Kom in")
    await somebody.town.wind(days=2)
    async with somebody.town.bot.store.work() as work:
        assert [one.address for one in await work.mail_addresses.every(cia)] == ["cia@example.se"]


async def mailed_link(somebody: Somebody, kind: str) -> str:
    """The link in the mail of this kind that waits to be sent."""
    async with somebody.town.bot.store.work() as work:
        (found,) = [mail.url for mail in await work.mails.due(somebody.town.clock()) if mail.kind == kind]
    return found
