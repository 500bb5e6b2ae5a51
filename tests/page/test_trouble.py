"""What goes wrong at the page, and what becomes of it: nothing is lost, and nobody sees what is not theirs."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.demo.player import Player
from bot.demo.town import GROUP
from bot.page.conversation import shown, token_in
from bot.page.templates import looks_of
from storage.records.records import ChatCopy
from tests.page.reader import ADDRESS
from tests.page.test_both import Both, both
from tests.page.test_doors import state
from tests.page.test_guest import EVENT, POSTER, answer, link

__all__ = ["both"]


async def test_a_group_moves_to_the_page_and_back(both: Both) -> None:
    """Whoever coordinates takes the group from Telegram to the page; all goes on there, and back again with one tap."""
    cia, bo = await both.invited("Cia"), await both.signed_in("Bo")
    await both.begin()
    await both.town.write("Alva", "/deltagare")
    await both.town.tap("Alva", "Flytta")
    await both.town.tap("Alva", "Flytta till webbsidan")
    assert "har flyttat till webbsidan" in both.town.last("Bo")
    assert "har flyttat till webbsidan" in both.town.last("Alva", GROUP)
    await both.seen(cia)
    assert "För dig är allt som förut." in cia.text
    silent = both.town.texts("Alva", GROUP)
    for name in ("Alva", "Bo"):
        await both.town.tap(name, "Börja")
        for _ in range(7):
            await both.town.tap(name, "Ja")
        await both.town.tap(name, "Lämna in")
    await both.seen(cia)
    for label in ("Börja", *["Ja"] * 7, "Lämna in"):
        await both.press(cia, label)
    await bo.open("/")
    await bo.open(bo.links[GROUP].partition("#")[0])
    assert "så här svarade ni" in bo.text
    assert both.town.texts("Alva", GROUP) == silent, "the chat that was left hears nothing more"
    await both.town.write("Bo", "/steg", chat=GROUP)
    assert "har flyttat till webbsidan" in both.town.last("Bo", GROUP), "and no other group begins there"
    await both.town.wind(hours=2)
    await both.town.tap("Alva", "Ångra flytten")
    assert "är tillbaka i chatten" in both.town.last("Bo")
    assert any("Med: Alva, Bo och Cia" in text for text in both.town.texts("Bo", GROUP)[-3:])
    await both.town.wind(days=8)
    told = "\n".join(both.town.texts("Alva"))
    assert not re.search("(Alva|Bo|Cia)[^.]* har slutat", told), "nobody has left by that"


async def test_a_group_moves_to_another_chat(both: Both) -> None:
    """Whoever is on the page alone is in no chat, and need not be added to the new one: they read on as before."""
    cia = await both.invited("Cia")
    script = "Alva: /deltagare\nAlva trycker [Flytta till ny chatt] [Ge mig koden]\nAlva: flyttar gruppen"
    await Player(both.town).play("moves", script)
    assert "Be någon lägga till dig" in both.town.last("Bo")
    await both.seen(cia)
    assert "Du följer den på webbsidan som förut." in cia.text
    assert "lägga till dig" not in cia.text
    await both.town.wind(days=9)
    await both.town.write("Alva", "/deltagare")
    assert "✓ Cia, Kvinnojouren, insläppt av Alva (webbsidan)" in both.town.last("Alva")


async def test_a_link_that_was_passed_on(both: Both) -> None:
    """A stranger with somebody else's link sees no town; a no of whoever coordinates is the end of it, for all."""
    await both.town.write("Alva", "/start")
    await both.town.tap("Alva", "Bjud in till webbsidan")
    given = re.findall(r"/l/[\w-]+", both.town.last("Alva"))[-1]
    stranger, late = both.page.browser(), both.page.browser()
    await stranger.open(given)
    assert GROUP not in stranger.text
    await both.press(stranger, "Be att få", name="Okänd")
    await both.town.tap("Alva", "Nej")
    await both.seen(stranger)
    assert "har sagt nej till att släppa in dig" in stranger.text
    await stranger.open("/")
    assert GROUP not in stranger.text
    await late.open(given)
    assert late.status == 404


async def test_two_who_coordinate_answer(both: Both) -> None:
    """Whoever answers second reads what was answered, in place of the question."""
    await both.town.write("Alva", "/deltagare")
    for label in ("Dela eller lämna över", "Bo", "Ja, dela"):
        await both.town.tap("Alva", label)
    await both.town.write("Alva", "/start")
    await both.town.tap("Alva", "Bjud in till webbsidan")
    cia = await both.page.browser().open(re.findall(r"/l/[\w-]+", both.town.last("Alva"))[-1])
    await both.press(cia, "Be att få", name="Cia")
    await both.town.tap("Alva", "Släpp in")
    await both.town.tap("Bo", "Nej", under="Känner du Cia?")
    assert "✓ Ni har släppt in Cia." in both.town.last("Bo")


async def test_who_waits_to_be_let_in(both: Both) -> None:
    """Whatever they write they read that the answer comes here, and no way that is not theirs; the link that they came
    by says that they are in already, as it may be what they keep to find back."""
    await both.town.write("Alva", "/start")
    await both.town.tap("Alva", "Bjud in till webbsidan")
    given = re.findall(r"/l/[\w-]+", both.town.last("Alva"))[-1]
    cia = both.page.browser()
    await cia.open(given)
    await both.press(cia, "Be att få", name="Cia")
    for text in ("Hej, när får jag svar?", "/svara", "/start", "/incident", "/steg", "/hjalp"):
        await both.write(cia, text)
        newest = cia.text.rpartition("Den som samordnar har inte bestämt än")[2]
        assert newest.startswith(" om du får komma in. Du får svaret här."), text
        assert "Be om länken" not in cia.text
        assert "Svara på frågan ovanför" not in cia.text
    await both.write(cia, "/mina_uppgifter")
    await cia.open(given)
    assert "redan inloggad" in cia.text
    await both.town.tap("Alva", "Släpp in")
    await cia.open("/samtal")
    assert "Svara på frågan ovanför" in cia.text


async def test_both_channels_at_once(both: Both) -> None:
    """The same question, tapped in Telegram and then on a page that still shows it, is answered once."""
    bo = await both.signed_in("Bo")
    await both.begin()
    await both.town.tap("Bo", "Börja")
    await bo.open("/samtal")
    await both.town.tap("Bo", "Ja")
    await both.press(bo, "Nej")
    assert "2 av 7" in both.town.last("Bo"), "the next question has not been answered by that"
    await both.town.tap("Bo", "Ja")
    assert "3 av 7" in bo.text or "3 av 7" in both.town.last("Bo")


@pytest.mark.slow
async def test_a_thousand_look_at_a_poster(both: Both) -> None:
    """A poster that a thousand open within the hour shows itself to each and writes nothing; then one answers."""
    await link(both, EVENT)
    poster = await link(both, POSTER)
    before, browser = state(both), both.page.browser()
    for number in range(1000):
        if not number % 50:
            await both.town.wind(minutes=2)
            before = state(both)
        await browser.open(poster)
        assert browser.status == 200, number
    assert state(both) == before
    await answer(browser, name="Nils Ny", coming="yes")
    assert "Tack!" in browser.text


async def test_the_address_changes(both: Both) -> None:
    """With a new address, what was given out before still leads in by its end, and so do buttons in old messages."""
    services = both.town.bot.services
    await both.town.write("Bo", "/sidan")
    path = both.town.button("Bo", "Logga in")[3]["url"].removeprefix(ADDRESS)
    services = both.page.asking.services = replace(services, page_url="https://ny.example.se")
    both.page.asking.secure = False  # no TLS in a test
    bo = both.page.browser()
    await bo.open(path)
    await bo.press("Logga in")
    await bo.open("/samtal")
    assert bo.status == 200
    assert token_in(services, f"{ADDRESS}{path}") == path.removeprefix("/l/")
    assert token_in(services, "https://annan.example.se/l/nonsens") is None


async def test_a_picture_is_told_by_its_own_words(both: Both) -> None:
    """What a picture shows is read aloud from its first word, also where that is folded under words of the page."""
    alt = "Engagemang. Svårt, men vi vill: Ja 3"
    at = both.town.clock()
    content = {"text": f"<blockquote expandable>{alt} &amp; Nej 1</blockquote>"}
    copy = ChatCopy(1, "p:1", 1, None, False, at, "photo", content, ["bild.png"])
    there = shown(both.town.bot.services, copy, proved=True)
    assert there.files[0].picture
    parts: Any = looks_of(both.town.bot.services.voice)._environment.get_template("parts.html").module
    assert f'alt="{alt} &amp; Nej 1"' in parts.message(None, there)
