"""Documents, the calendar and one's own data as pages of their own."""

import re

import pytest

from bot.demo.player import Player
from bot.demo.town import GROUP
from storage.records.records import private_chat
from tests.page.test_both import Both, both
from tests.page.test_guest import EVENT, NEXT, answer, link

__all__ = ["both"]


async def said_to(both: Both, name: str) -> int:
    """How many messages have been said to somebody, and kept."""
    async with both.town.bot.store.work() as work:
        person = await work.people.by_user(both.town.person(name))
        assert person is not None
        return len(await work.chat_copies.newest(private_chat(person.id), 500))


@pytest.mark.parametrize(
    ("page", "reads", "button"),
    [
        ("Dokument", "Kartläggning", "Protokoll"),
        ("Kalender", "Kalendern kommer när ni i övningen", "Stegen"),
        ("Personuppgifter", "Här är du inloggad", "Få allt som fil"),
    ],
)
async def test_looked_at_without_a_word_in_the_chat(both: Both, page: str, reads: str, button: str) -> None:
    """Each page has what the command answers, with its buttons, and nothing is said in the chat for it."""
    bo = await both.signed_in("Bo")
    await both.town.settle()
    before = await said_to(both, "Bo")
    await bo.open("/")
    await bo.open(bo.links[page])
    assert bo.status == 200
    assert reads in bo.text, bo.text
    assert any(label.startswith(button) for label in bo.labels), bo.labels
    await both.town.settle()
    assert await said_to(both, "Bo") == before
    await both.press(bo, button)
    assert bo.path == "/samtal"
    assert await said_to(both, "Bo") > before


async def test_a_guest_sees_what_is_theirs(both: Both) -> None:
    """Who is on the way in has neither a calendar nor a town's documents."""
    stranger = both.page.browser()
    for path in ("/dokument", "/kalender", "/konto"):
        await stranger.open(path)
        assert stranger.path == "/"


async def test_the_home_of_who_is_not_in_the_group(both: Both) -> None:
    """A process leader's and a former member's *Hem* say who they are here and show what they can do, and no more."""
    await Player(both.town).play("leader", "Alva: /deltagare\nAlva trycker [Processledare] [Bjud in en processledare]")
    petra = both.page.browser()
    await petra.open(re.findall(r"/l/[\w-]+", "\n".join(both.town.texts("Alva")))[-1])
    await both.press(petra, "Börja")
    await both.press(petra, "Jag är med")
    await petra.open("/")
    assert "Du är processledare för" in petra.text
    assert "Stegen" in petra.labels
    assert "Logga en händelse" not in petra.labels
    assert "Kalender" in petra.links
    await petra.open("/kalender")
    assert "Inget är inbokat just nu." in petra.text
    await Player(both.town).play("leaves", "Bo: lämnar")
    bo = await both.signed_in("Bo")
    await bo.open("/")
    assert "Du har varit med i" in bo.text
    assert bo.labels == ["Det som är sparat om mig"]
    assert not {"Kalender", "Dokument"} & bo.links.keys()


async def test_the_home_of_the_network(both: Both) -> None:
    """*Hem* says who they are here and when the network meets; what they have answered waits no more."""
    greta = both.page.browser()
    await greta.open(await link(both, EVENT + NEXT))
    await answer(greta, coming="yes")
    await both.town.wind(days=14, hours=5)
    await greta.open("/samtal")
    await greta.open(greta.path)
    await both.write(greta, "/start")
    await both.press(greta, "Min inbjudan")
    for said in ("Ja", "Ja", "Ja", "Jag lovar"):
        await both.press(greta, said)
    await greta.open("/")
    assert "Du är med i nätverket i Exempelstad." in greta.text
    assert "Nätverkets nästa träff i Exempelstad" in greta.text
    assert "måndag 8 februari 2027, kl. 9.00" in greta.text
    assert "Det som väntar på dig" in greta.text
    assert "väntar på ditt svar" not in greta.text
    await both.press(greta, "Så fungerar boten")
    assert "Vägen" in set(re.findall("<summary>([^<]+)</summary>", greta.html))


async def test_who_is_reached_how(both: Both) -> None:
    """Whoever coordinates sees where each reads; the others do not."""
    cia = await both.invited("Cia")
    await both.signed_in("Bo")
    await both.town.write("Alva", "/deltagare")
    told = both.town.last("Alva")
    assert "Alva, Socialtjänsten – samordnar (Telegram)" in told
    assert "(Telegram och webbsidan)" in told
    assert "(webbsidan)" in told
    await both.write(cia, "/deltagare")
    assert "Alva" in cia.text
    assert "(webbsidan)" not in cia.text
    assert GROUP in cia.text
