"""A link for a device at work: an incident in half a minute, signed in nowhere."""

import re

import pytest

from tests.page.reader import Browser
from tests.page.test_both import Both, both

__all__ = ["both"]


async def given(both: Both) -> str:
    """Where a new link of Alva's leads."""
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Länkar för jobbets datorer")
    await both.town.tap("Alva", "Gör en ny länk")
    if "Välj först vem som läser händelser." in both.town.last("Alva"):
        await both.town.tap("Alva", "Välj vem som ska läsa")
        await both.town.tap("Alva", "☐ Bo")
        return await given(both)
    return str(re.findall(r"/l/[\w-]+", both.town.last("Alva"))[-1])


async def logged(both: Both) -> int:
    """How many incidents there are."""
    async with both.town.bot.store.work() as work:
        (group,) = await work.groups.all_active()
        return len(await work.incidents.all_of(group.id))


async def log(browser: Browser, **fields: str) -> Browser:
    """Fill in the form and send it."""
    form = browser.form("Spara händelsen")
    entered = {name.replace("_", ":"): value for name, value in fields.items()}
    data = {**form.fields, "t:when": "i dag", "p:kind": "labour", **entered}
    async with browser.client.post(form.action, data=data) as answer:
        await browser.read(answer)
    assert browser.status == 200, browser.text
    return browser


async def read_by_bo(both: Both) -> Browser:
    """A desk's browser at its link, in a town where Bo reads incidents."""
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Vem läser")
    await both.town.tap("Alva", "☐ Bo")
    desk = both.page.browser()
    await desk.open(await given(both))
    return desk


async def test_logged_at_a_desk(both: Both) -> None:
    """Whoever stands there answers two questions, gets a receipt, and is signed in nowhere; the reader hears of it."""
    desk = await read_by_bo(both)
    assert desk.path.startswith("/logga/")
    assert "Ring 112" in desk.text
    assert "Logga en händelse i Exempelstad" in desk.text
    assert "Bara de som är valda läser det du loggar. Ingen ser vem som har loggat." in desk.text
    asked = re.findall(r"\d+\. ([^?\n]+\?)", desk.text)
    assert asked[:4] == [
        "När hände det?",
        "Vad tror du att det handlar om?",
        "Är någon i fara nu?",
        "Kan något barn vara utsatt?",
    ]
    await log(desk)
    receipt = re.findall(r"Kvitto: (\w{6})", desk.text)
    assert receipt
    await desk.open("/samtal")
    assert desk.path == "/", "nobody is signed in"
    await both.town.wind(days=1)
    await both.town.tap("Bo", "Öppna")
    assert "Exploatering i arbete" in both.town.last("Bo")
    assert receipt[0] in both.town.last("Bo")
    assert "kontakt" not in both.town.last("Bo").lower()


async def test_a_child_and_nobody_there(both: Both) -> None:
    """A child is reported to social services too, and whoever logs at a desk hears when nobody is there to read it."""
    desk = await read_by_bo(both)
    await log(desk, p_minors="yes")
    assert "gör genast en orosanmälan också. Ring socialtjänsten i kommunen, eller polisen, 114 14." in desk.text
    assert "är borta eller svarar inte just nu" not in desk.text
    await both.town.write("Bo", "/franvaro i dag")
    await desk.open(desk.links["Logga en händelse till"])
    await log(desk)
    assert "orosanmälan" not in desk.text.partition("Logga en händelse till")[0]
    assert "De som läser händelser är borta eller svarar inte just nu." in desk.text


async def test_who_it_is_about_is_not_taken(both: Both) -> None:
    """What points somebody out is refused at its question as in the chat, and nothing of the form is kept."""
    desk = both.page.browser()
    await desk.open(await given(both))
    await log(desk, t_when="i går med Zorica Petrovic, 070-174 06 50")
    assert "Inget är sparat" in desk.text
    assert await logged(both) == 0
    await log(desk)
    assert await logged(both) == 1


async def test_a_cry_instead_of_a_day(both: Both) -> None:
    """Whoever writes what happens where the day is asked for reads what to do, and never that it was not understood."""
    desk = both.page.browser()
    await desk.open(await given(both))
    await log(desk, t_when="rum 308 skriker nån om hjälp nu")
    assert "Ring 112 nu om någon är i fara." in desk.text
    assert "Vilken dag var det?" in desk.text
    assert "förstod inte" not in desk.text
    assert await logged(both) == 0


async def test_what_lacks_is_told(both: Both) -> None:
    """A form without what it is about comes back with what was entered."""
    desk = both.page.browser()
    await desk.open(await given(both))
    await log(desk, p_kind="", p_danger="yes")
    assert "behöver ses över" in desk.text
    assert ("p:danger", "yes") in desk.form("Spara händelsen").ticked
    assert await logged(both) == 0


async def test_sent_twice_is_one(both: Both) -> None:
    """A double tap or the back button logs it once, and says the same; once that is long ago, that it is saved."""
    desk = both.page.browser()
    await desk.open(await given(both))
    form = desk.form("Spara händelsen")
    said = []
    for _ in range(3):
        async with desk.client.post(form.action, data={**form.fields, "t:when": "i dag", "p:kind": "labour"}) as answer:
            said.append((await desk.read(answer)).text)
        if len(said) > 1:
            both.town.bot.poller._came_of.clear()
    assert said[0] == said[1]
    assert "Kvitto" in said[0]
    assert "redan sparat" in said[2]
    assert await logged(both) == 1


async def test_too_many(both: Both) -> None:
    """More in an hour than anybody sees is told to wait; what was entered stays."""
    desk = both.page.browser()
    link = await given(both)
    for _ in range(6):
        await desk.open(link)
        await log(desk)
    assert "Din händelse är inte sparad än" in desk.text
    assert await logged(both) == 5


async def test_taken_back(both: Both) -> None:
    """Who coordinates takes the link back, and it opens nothing; another one goes on."""
    first, second = await given(both), await given(both)
    assert first != second
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Länkar för jobbets datorer")
    await both.town.tap("Alva", "Länk 1")
    await both.town.tap("Alva", "Ta tillbaka")
    desk = both.page.browser()
    await desk.open(first)
    assert desk.status == 404
    assert "Ring 112 om någon är i fara." in desk.text
    assert "inget är sparat" in desk.text
    assert "114 14" in desk.text
    assert "Exempelstad" not in desk.text
    await desk.open(second)
    assert desk.status == 200


@pytest.mark.slow
async def test_good_for_a_year(both: Both) -> None:
    """It ends by itself after a year."""
    link, desk = await given(both), both.page.browser()
    await both.town.wind(days=364)
    await desk.open(link)
    assert desk.status == 200
    await both.town.wind(days=2)
    await desk.open(link)
    assert desk.status == 404


async def test_nobody_reads_yet(both: Both) -> None:
    """No link is given out while nobody is chosen to read; whoever coordinates is led to choosing. Who chose nobody
    later is told so on the page, in one true sentence."""
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Länkar för jobbets datorer")
    await both.town.tap("Alva", "Gör en ny länk")
    assert "Välj först vem som läser händelser." in both.town.last("Alva")
    assert "/l/" not in both.town.last("Alva")
    desk = await read_by_bo(both)
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Vem läser")
    await both.town.tap("Alva", "☑ Bo")
    await desk.open(desk.path)
    assert "Ingen är vald att läsa händelser, så det du loggar räknas bara." in desk.text
    assert "Bara de som är valda" not in desk.text


async def test_a_name_and_a_sheet(both: Both) -> None:
    """A link is told from others by a name, and a sheet for the wall has its code, and whom to ring."""
    await both.town.write("Alva", "/staden")
    for said in ("Exempelstad", "0123-45 67 89"):
        await both.town.write("Alva", said)
    await both.town.tap("Alva", "Pausa")
    desk = await read_by_bo(both)
    await both.town.tap("Alva", "Ge länken ett namn")
    await both.town.write("Alva", "hon heter Zorica Petrovic")
    assert "Skriv bara var datorn eller telefonen står" in both.town.last("Alva")
    await both.town.write("Alva", "Receptionen")
    assert "Länk 1: Receptionen" in both.town.last("Alva")
    await both.town.tap("Alva", both.town.keys("Alva")[-1])
    assert "Länk 1: Receptionen" in both.town.keys("Alva")
    await desk.open(f"{desk.path}/blad")
    assert "Receptionen" in desk.text
    assert "Ring 112" in desk.text
    assert "0123-45 67 89" in desk.text
    async with desk.client.get(desk.path.replace("blad", "qr.svg")) as picture:
        assert (picture.status, picture.content_type) == (200, "image/svg+xml")
        assert (await picture.text()).startswith("<svg")
    await both.town.tap("Alva", "Länk 1: Receptionen")
    await both.town.tap("Alva", "Ta tillbaka")
    await desk.open(desk.path)
    assert desk.status == 404
    assert "Receptionen" not in desk.text
