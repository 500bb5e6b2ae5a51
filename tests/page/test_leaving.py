"""Leaving on the page: a receipt, one's own data, and a way back to them; nothing else is left to see."""

import re

from bot.demo.town import GROUP
from tests.page.reader import Browser
from tests.page.test_both import Both, both
from tests.page.test_guest import EVENT, answer, link, listed
from tests.page.test_proof import code_for

__all__ = ["both"]

HERS = "Dina personuppgifter"


async def in_network(both: Both) -> Browser:
    """Greta, who came to the event by a link and is in the network, on the page alone."""
    greta = await asked_into_network(both)
    await both.press(greta, "Jag lovar")
    return greta


async def asked_into_network(both: Both) -> Browser:
    """Greta, who wants to be in the network, and has yet to promise."""
    invitation = await link(both, EVENT)
    greta = both.page.browser()
    await greta.open(invitation)
    await answer(greta, coming="yes")
    await both.town.wind(days=14, hours=5)
    await greta.open(invitation)
    await answer(greta, join="yes", shape="maybe", start="no")
    await both.town.settle()
    return await greta.open("/samtal")


async def has_left(both: Both, browser: Browser, what: str) -> None:
    """Somebody leaves from the page about what is stored about them."""
    await both.write(browser, "/personuppgifter")
    await both.press(browser, f"Lämna {what}")
    await both.press(browser, "Ja, jag lämnar")


async def test_a_member_of_the_core_group_leaves_the_page(both: Both) -> None:
    """She asks how, leaves by a button, reads that she has, takes her data along with a code that Alva tells her, and
    comes back to them by a link of her own; of the group she sees nothing, and Alva hears it."""
    cia = await both.invited("Cia")
    other = await both.signed_in("Bo")
    await both.write(cia, "hur lämnar jag gruppen?")
    assert "Gå ur gruppens chatt" not in cia.text, "she is in none"
    assert "Lämna kärngruppen" in cia.labels
    await has_left(both, cia, "kärngruppen")
    assert cia.path == "/samtal"
    assert (
        f"✓ Du har lämnat kärngruppen i {GROUP}" in cia.text or "✓ Du har lämnat kärngruppen i Exempelstad" in cia.text
    )
    assert "Jag lovar" not in cia.text, "nothing of before stays in her conversation"
    assert GROUP not in cia.links
    assert "Cia (Kvinnojouren) har lämnat kärngruppen" in "\n".join(both.town.texts("Alva"))
    await other.open("/samtal")
    assert other.path == "/samtal", "nobody else is signed out"

    kept = re.findall(r"/l/[\w-]+", cia.text)[-1]
    await cia.press("Det som är sparat om mig")
    await both.seen(cia)
    assert HERS in cia.text
    await cia.press("Få allt som fil")
    await both.town.settle()
    await both.press(cia, "Fortsätt", code=code_for(both, "Alva"))
    assert "Hämta personuppgifter.json" in cia.links

    for _ in range(2):  # it is there to be kept
        back = both.page.browser()
        await back.open(kept)
        await back.press("Logga in")
        await back.open("/konto")
        assert HERS in back.text
        assert GROUP not in back.links


async def test_the_kept_link_ends_with_a_new_seat(both: Both) -> None:
    """Once she is in again the link that was for her own data opens nothing of the group's."""
    cia = await both.invited("Cia")
    await has_left(both, cia, "kärngruppen")
    kept = re.findall(r"/l/[\w-]+", cia.text)[-1]
    await both.town.write("Alva", "/start")
    await both.town.tap("Alva", "Bjud in till webbsidan")
    await cia.open(re.findall(r"/l/[\w-]+", both.town.last("Alva"))[-1])
    await both.press(cia, "Be att få", name="Cia")
    assert "Jag lovar" not in cia.labels, "the yes from before ended with her seat"
    await both.town.tap("Alva", "Släpp in")
    await both.seen(cia)
    thief = both.page.browser()
    await thief.open(kept)
    assert "Länken gäller inte längre" in thief.text
    assert not list(thief.client.session.cookie_jar)


async def test_erased_on_the_page(both: Both) -> None:
    """Whoever erases themselves reads that it is done; a minute later they are nobody here."""
    cia = await both.invited("Cia")
    await both.write(cia, "/personuppgifter")
    await both.press(cia, "Radera mig")
    await cia.press("Ja, radera mig")
    await both.town.settle()
    await both.press(cia, "Fortsätt", code=code_for(both, "Alva"))
    assert "✓ Du är raderad." in cia.text
    await both.town.wind(minutes=2)
    await cia.open("/samtal")
    assert cia.path == "/"
    assert "Kom in" in cia.text


async def test_the_network_is_left_on_the_page(both: Both) -> None:
    """So it is for somebody of the network."""
    greta = await in_network(both)
    await has_left(both, greta, "nätverket")
    assert "✓ Du har lämnat nätverket i Exempelstad" in greta.text
    await greta.open("/konto")
    assert HERS in greta.text


async def test_who_came_by_a_link_erases_herself(both: Both) -> None:
    """A guest takes her data along, and is erased, with the link as her proof: nobody knows her who could be told a
    code. What is left of her reply is who comes; the host can invite her anew."""
    greta = both.page.browser()
    await greta.open(await link(both, EVENT))
    await answer(greta, coming="yes")
    await both.town.wind(hours=1)
    await erases_herself(both, greta)
    assert "Raderad gäst – Kommer: Ja" in await listed(both)


async def test_until_she_promises(both: Both) -> None:
    """So it is on the way into the network; who has promised has more to lose, and shows who she is."""
    greta = await asked_into_network(both)
    await erases_herself(both, greta)


async def test_who_has_promised_shows_who_she_is(both: Both) -> None:
    """From then on somebody at her browser could take more than an answer: a code is told by whoever coordinates."""
    greta = await in_network(both)
    await both.write(greta, "/personuppgifter")
    await greta.press("Få allt som fil")
    assert "ringer upp dig" in greta.text


async def erases_herself(both: Both, browser: Browser) -> None:
    """Take the file, then be erased, and be asked nothing but whether it is meant."""
    await both.write(browser, "/personuppgifter")
    await both.press(browser, "Få allt som fil")
    assert "Hämta personuppgifter.json" in browser.links
    await both.press(browser, "Radera mig")
    await both.press(browser, "Ja, radera mig")
    assert "✓ Du är raderad." in browser.text
    await both.town.wind(minutes=2)
    await browser.open("/samtal")
    assert "Kom in" in browser.text
