"""A town without Telegram: from the operator's code to the first reveal, in browsers alone."""

import re

from bot.demo.transcript import PEOPLE
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
    await coordinator.press("Bjud in till sidan")
    link = re.findall(r"/l/[\w-]+", coordinator.text)[-1]
    browser = alone.page.browser()
    await browser.open(link)
    await browser.press("Be om", name=name)
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
                await browser.press("Gå vidare utan")
        await browser.press("Lämna in")

    await bo.open("/")
    await bo.open(bo.links["Exempelstad"])
    assert "så här svarade ni" in bo.text
    assert "här skiljer det mest" in bo.text
    await bo.open("/samtal")
    assert "Ångra visningen" not in bo.labels
