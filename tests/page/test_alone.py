"""A town without Telegram: from the operator's code to the first reveal, in browsers alone."""

import re

from bot.context.sealed_actions import Buttons
from bot.demo.town import MASTER_KEY
from bot.demo.transcript import PEOPLE
from bot.features.members.activation import WAY_BACK, new_code
from storage.vault.vault import Keyring
from tests.page.conftest import OnThePage
from tests.page.reader import Browser


async def join(browser: Browser, name: str) -> None:
    """Promise, and answer the joining questions."""
    organisation, sector, levels, children = PEOPLE[name]
    await browser.press("Jag lovar")
    await browser.write(name)
    await browser.write(organisation)
    await browser.press(sector)
    for level in levels:
        await browser.press(f"☐ {level}")
    await browser.press("Klar")
    await browser.press(children)
    await browser.press("Lämna in")


async def invited(alone: OnThePage, coordinator: Browser, name: str) -> Browser:
    """Somebody who came with a link of the coordinator's, was let in and has joined."""
    await coordinator.write("/start")
    await coordinator.press("Bjud in till webbsidan")
    link = re.findall(r"/l/[\w-]+", coordinator.text)[-1]
    browser = alone.page.browser()
    await browser.open(link)
    await browser.press("Be att få", name=name)
    assert "Exempelstad" not in browser.text, "nothing of the town before the yes"
    await coordinator.open("/samtal")
    await coordinator.press("Släpp in")
    await browser.open("/samtal")
    await join(browser, name)
    return browser


async def test_a_town_on_the_page_alone(alone: OnThePage) -> None:
    """Whoever has the operator's code begins a town, invites the others one by one; they answer, and see it."""
    alva = await alone.founded()
    assert alva.path == "/samtal"
    await join(alva, "Alva")
    assert "Bjud först in de andra" in alva.text
    await alva.open("/")
    await alva.open(alva.links["Exempelstad"])
    assert "Här skriver bara jag." in alva.text, "there is no chat where people talk"
    assert "Jag är med" not in alva.labels, "whoever reads it is in"
    await alva.open("/samtal")
    bo, cia = await invited(alone, alva, "Bo"), await invited(alone, alva, "Cia")

    await alva.write("/steg")
    await alva.press("Nästa: Engagemang")
    await alva.press("Sätt i gång")
    for browser, answers in ((alva, ["Ja"] * 7), (bo, ["Ja", "Nej", *["Ja"] * 5]), (cia, ["Ja"] * 7)):
        await browser.open("/samtal")
        await browser.press("Börja")
        for answer in answers:
            await browser.press(answer)
            if answer == "Nej":  # it is asked why, and one need not say
                await browser.press("Ingen kommentar")
        await browser.press("Lämna in")

    await bo.open("/")
    await bo.open(bo.links["Exempelstad"])
    assert "så här svarade ni" in bo.text
    assert "där det skiljer mest" in bo.text
    await bo.open("/samtal")
    assert "Ångra visningen" not in bo.labels


async def test_the_coordinator_leaves(alone: OnThePage) -> None:
    """Where a group has no chat, and so no administrators, anybody of it is asked to take over."""
    alva = await alone.founded()
    await join(alva, "Alva")
    bo = await invited(alone, alva, "Bo")
    await alva.write("/personuppgifter")
    await alva.press("Radera mig")
    await alva.press("Ja, radera mig")
    await bo.open("/")
    await bo.open(bo.links["Exempelstad"])
    assert "Nu är det ingen som samordnar. Kan du ta över? Tryck på Jag samordnar." in bo.text
    await bo.press("Jag samordnar så länge")
    await bo.press("Jag samordnar")
    await bo.write("/deltagare")
    assert "Bo, Polisen – samordnar (webbsidan)" in bo.text, "in earnest, and no more for the time being"


async def test_a_candidate_is_invited_to_the_page(alone: OnThePage) -> None:
    """Where a group has no chat, a candidate's way in is a link of their own, which whoever coordinates makes."""
    alva = await alone.founded()
    await join(alva, "Alva")
    await alva.write("/steg")
    for label in ("Om steg 0", "Rekrytera", "Sätt i gång"):
        await alva.press(label)
    await alva.press("Öppna listan")
    await alva.press("Lägg till")
    await alva.write("Gunnar Påhittad")
    for label in ("Socialtjänsten", "Socialtjänst", "☐ Operativt", "Klar", "Nej", *["Hoppa över"] * 3, "Har tackat ja"):
        await alva.press(label)
    await alva.press("Länken till gruppen")
    assert "Tryck på Bjud in till webbsidan, så får du en länk som bara Gunnar Påhittad kan använda." in alva.text
    assert "gruppens chatt i Telegram" not in alva.text


async def test_the_only_coordinator_comes_back(alone: OnThePage) -> None:
    """By the operator's code a member of the core group stands in and lets the coordinator, signed out, in again."""
    alva = await alone.founded()
    await join(alva, "Alva")
    bo = await invited(alone, alva, "Bo")
    code = new_code(Buttons(Keyring(MASTER_KEY).button_key), alone.clock.now, WAY_BACK)
    await bo.write(f"/start {code}")
    assert "bara när ingen som samordnar är inloggad" in bo.text, "Alva is there herself"
    await alva.open("/konto")
    await alva.press("Logga ut")
    assert "behöver du en ny länk av den som samordnar" in alva.text, "she has no other way in"
    await alva.open(alva.links["Stanna kvar"])
    await alva.press("Logga ut")
    await alva.press("Logga ut ändå")
    await bo.write(f"/start {code}")
    assert "Du håller i samordningen" in bo.text
    assert "Skicka den här länken till Alva, som då kan komma in på webbsidan igen" in bo.text

    back = alone.page.browser()
    await back.open(re.findall(r"/l/[\w-]+", bo.text)[-1])
    await back.press("Fortsätt", name="Alva")
    await bo.open("/samtal")
    assert "Alva vill komma in igen i gruppen i Exempelstad" in bo.text
    await bo.press("Släpp in")
    await bo.press("Fortsätt", code=alone.told_by_operator(bo))
    await back.open("/samtal")
    assert "Du får tillbaka din plats." in back.text
    assert "Det du skrev för dig själv följer inte med." in back.text
    _, sector, levels, children = PEOPLE["Alva"]
    for label in ("Jag lovar", sector, *(f"☐ {level}" for level in levels), "Klar", children, "Lämna in"):
        await back.press(label)
    await back.write("/deltagare")
    assert "En kollega tar över en plats" in back.labels, "she coordinates again"
    await bo.open("/")
    await bo.open(bo.links["Exempelstad"])
    assert "Alva är med igen." in bo.text
    await bo.open("/samtal")
    before = bo.text.count("bara när ingen som samordnar är inloggad")
    await bo.write(f"/start {code}")
    assert bo.text.count("bara när ingen som samordnar är inloggad") == before + 1, "it counts once"


async def test_nobody_is_in_any_more(alone: OnThePage) -> None:
    """Where all of a core group are signed out, one of them takes over their own seat by the operator's code."""
    alva = await alone.founded()
    await join(alva, "Alva")
    bo, address = await invited(alone, alva, "Bo"), alone.way_back()
    back = alone.page.browser()
    for browser in (alva, bo):
        await back.open(address)
        await back.press("Kom in", town="Exempelstad", name="Alva")
        assert "någon i gruppen inloggad" in back.text
        await browser.open("/konto")
        await browser.press("Logga ut")
        await browser.press("Logga ut ändå")
    await back.press("Kom in", town="Exempelstad", name="Okänd")
    assert "någon i gruppen inloggad" in back.text
    await back.press("Kom in", town="exempelstad", name="alva")
    await back.open("/samtal")
    _, sector, levels, children = PEOPLE["Alva"]
    for label in ("Jag lovar", sector, *(f"☐ {level}" for level in levels), "Klar", children, "Lämna in"):
        await back.press(label)
    await back.write("/deltagare")
    assert "En kollega tar över en plats" in back.labels, "she coordinates again"
    assert "Bo, Polisen, insläppt av Alva (utloggad från webbsidan)" in back.text
    late = alone.page.browser()
    await late.open(address)
    assert late.status == 404, "it counts once"
