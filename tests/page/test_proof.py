"""What is sensitive asks for a fresh one-time code on the page, which a stolen browser alone does not get."""

import re

from bot.demo.town import GROUP
from tests.page.test_both import Both, both
from tests.page.test_mail import Mailed, mailed

__all__ = ["both", "mailed"]

CODE = re.compile(r"\b(\d{3} \d{3})\b")


def code_for(both: Both, name: str) -> str:
    """The newest code that somebody has in Telegram."""
    return str(CODE.findall("\n".join(both.town.texts(name)))[-1])


async def reads(both: Both, name: str) -> None:
    """Alva names a reader."""
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Vem läser")
    await both.town.tap("Alva", f"☐ {name}")


async def log(both: Both, name: str) -> None:
    """Somebody logs an incident in Telegram."""
    await both.town.write(name, "/incident")
    for label in ("I går", "☐ Exploatering i arbete", "Klar", "Nej", "Hoppa över resten", "Spara"):
        await both.town.tap(name, label)


async def test_a_stolen_browser_reads_nothing(both: Both) -> None:
    """Whoever has opened a reader's browser meets the question for a code that lies in Telegram alone."""
    await reads(both, "Bo")
    await log(both, "Alva")
    bo = await both.signed_in("Bo")
    await both.town.wind(minutes=16)
    await bo.write("/handelser")
    assert "Är det du?" in bo.text
    assert "i Telegram" in bo.text
    await both.town.settle()
    code = code_for(both, "Bo")
    await bo.press("Fortsätt", code="000 000" if code != "000 000" else "000 001")
    assert "stämmer inte" in bo.text
    thief = await bo.open("/samtal")
    assert code not in thief.html, "the code stands in Telegram alone"
    await bo.write("/sidan")
    await both.town.settle()
    await bo.open("/samtal")
    link = f"/l/{bo.form('Logga in').fields['follow']}"
    other = both.page.browser()
    await other.open(link)
    await other.press("Logga in")
    await other.write("/handelser")
    assert "Är det du?" in other.text, "a link that was had in the browser proves nothing"
    assert "Exploatering" not in other.html


async def test_read_with_a_code(both: Both) -> None:
    """With the code what was asked for is done at once, for a quarter of an hour; then what was read is shut again."""
    await reads(both, "Bo")
    await log(both, "Alva")
    bo = await both.signed_in("Bo")
    await both.town.wind(minutes=16)
    await bo.write("/handelser")
    await both.town.settle()
    await both.press(bo, "Fortsätt", code=code_for(both, "Bo"))
    await bo.open("/samtal")
    assert "Exploatering i arbete" in bo.text
    await both.town.wind(minutes=16)
    await bo.open("/samtal")
    assert "Exploatering i arbete" not in bo.html
    await bo.press("Visa")
    await both.town.settle()
    await both.press(bo, "Fortsätt", code=code_for(both, "Bo"))
    await bo.open("/samtal")
    assert "Exploatering i arbete" in bo.text


async def test_a_code_is_good_once_and_five_times_tried(both: Both) -> None:
    """Guessing ends after five tries, and asking for more codes after five in an hour."""
    await reads(both, "Bo")
    bo = await both.signed_in("Bo")
    await both.town.wind(minutes=16)
    await bo.write("/handelser")
    await both.town.settle()
    right = code_for(both, "Bo")
    for guess in range(5):
        await bo.press("Fortsätt", code=f"{(int(right.replace(' ', '')) + 1 + guess) % 1000000:06}")
    await bo.write("/handelser")
    await both.town.settle()
    assert right != code_for(both, "Bo"), "another is sent"
    await bo.press("Fortsätt", code=right)
    assert "stämmer inte" in bo.text
    for _ in range(4):
        await bo.press("Skicka en ny kod")
    assert "många koder" in bo.text


async def test_told_by_another_who_coordinates(both: Both) -> None:
    """Who is on the page alone and has no address is rung by whoever coordinates, and told the code."""
    cia = await both.invited("Cia")
    await reads(both, "Cia")
    await both.town.wind(minutes=16)
    await cia.write("/handelser")
    assert "ringer upp dig" in cia.text
    await both.town.settle()
    assert "Ring upp Cia" in both.town.last("Alva")
    await both.press(cia, "Fortsätt", code=code_for(both, "Alva"))
    await cia.open("/samtal")
    assert "Varje läsning står" in cia.text


async def test_by_mail(mailed: Mailed) -> None:
    """The address that one left when one came in gets codes; the mail names nobody and no town."""
    both, post = mailed.both, mailed.post
    cia = await both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await reads(both, "Cia")
    await cia.write("/handelser")
    assert "i ett mejl" in cia.text
    await mailed.mailer.drain()
    mail = post.came[-1]
    assert GROUP not in mail.as_string()
    await both.press(cia, "Fortsätt", code=CODE.findall(mail.get_content())[-1])
    await cia.open("/samtal")
    assert "Varje läsning står" in cia.text


async def test_the_archive_takes_two(both: Both) -> None:
    """On the page nobody takes the archive out alone where another coordinates; what is fetched asks for a code."""
    town = both.town
    await town.write("Alva", "/deltagare")
    await town.tap("Alva", "Dela eller lämna över")
    await town.tap("Alva", "Bo")
    await town.tap("Alva", "Ja, dela med Bo")
    alva = await both.signed_in("Alva")
    await both.write(alva, "/skydd")
    await both.press(alva, "Ta ut allt")
    assert "Sedan bekräftar någon annan som samordnar, för på webbsidan krävs alltid två." in alva.text
    assert "räcker det att du bekräftar" not in alva.text
    await town.write("Alva", "/skydd")
    await town.tap("Alva", "Ta ut allt")
    await town.tap("Alva", "Be om arkivet")
    await town.wind(days=7)
    alva = await both.signed_in("Alva")
    await both.write(alva, "/skydd")
    await both.press(alva, "Ta ut allt")
    assert "På webbsidan krävs alltid två" in alva.text
    assert not [label for label in alva.labels if "Ta ut arkivet" in label]
    await town.write("Bo", "/skydd")
    await town.tap("Bo", "Väntar på bekräftelse: 1")
    await town.tap("Bo", "Bekräfta: arkivet")
    await alva.open("/samtal")
    path = re.findall(r"/fil/\d+/\d+", alva.html)[-1]
    await town.wind(minutes=16)
    await alva.open("/samtal")
    assert path not in alva.html
    async with alva.client.get(path) as answer:
        assert answer.status == 404
    await alva.press("Visa")
    await town.settle()
    await both.press(alva, "Fortsätt", code=code_for(both, "Alva"))
    async with alva.client.get(path) as answer:
        assert answer.status == 200
        assert len(await answer.read()) > 1000


async def test_erasing_asks_for_a_code(both: Both) -> None:
    """A stolen browser cannot even ask for the group to be erased."""
    alva = await both.signed_in("Alva")
    await both.town.wind(minutes=16)
    await both.write(alva, "/skydd")
    await alva.press("Radera gruppen")
    assert "Är det du?" in alva.text
    await both.town.settle()
    await both.press(alva, "Fortsätt", code=code_for(both, "Alva"))
    assert "Radera hela" in alva.text
