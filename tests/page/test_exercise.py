"""An exercise as one page: every question at once, saved as one goes, in Telegram and on the page alike."""

import re

from bot.demo.player import Player
from tests.page.reader import Browser
from tests.page.test_both import Both, both

__all__ = ["both"]

CHANGED = """
I gång: Rutin: kedjan
Bo gör: «/svara» [Rutin: kedjan] [Lägg till] [Upptäckt] «Ringa den som kan hjälpa»
    [Polisen] [☐ Dagtid] [Klar] «010-000 00 01» [Spara nu]
I gång: Godkänn rutinen
Bo gör: «/svara» [Godkänn rutinen] [Ja, vi godkänner den] [Hoppa över] [Lämna in]
Klockan går 5 minuter
Bo gör: «/svara» [Rutin: kedjan] [1. Ringa den] [Ändra] [Att göra] «Ringa den som kan hjälpa, och stanna kvar»
"""

FORM = """
I gång: Hitta kontaktytan, Branscher och kontaktytor
Bo gör: «/svara» [Hitta kontaktytan] [Lägg till] «Hotell Exempel» [Hotell] «Alla» [Klar]
    [Hoppa över] [Lite] [Hoppa över]
Bo gör: «/svara» [Branscher] [Länkar till dem] [Hotell Exempel] [Skapa länk]
"""

TIMES = """
I gång: Tidsplan för kartläggningen
Alva gör: «/svara» [Tidsplan] «1 mars» «1 juni» «En halvtimme var tredje vecka» «Läsa rapporten»
"""


async def begun(both: Both) -> Browser:
    """Bo, signed in, with the page of an exercise that has just begun."""
    bo = await both.signed_in("Bo")
    await both.begin()
    return await both.at_exercise(bo)


async def fill(browser: Browser, button: str, *answers: tuple[str, str], **texts: str) -> Browser:
    """Fill in the form of the page: what is ticked there already stays, but for the questions answered now."""
    form = browser.form("Spara" if any(label.startswith("Spara") for label in browser.labels) else "Lämna in")
    asked = {name for name, _ in answers}
    written = {**form.written, **texts}
    data = [*form.fields.items(), *(one for one in form.ticked if one[0] not in asked), *answers, *written.items()]
    async with browser.client.post(browser.path, data=[*data, (button, "1")]) as answer:
        return await browser.read(answer)


async def test_saved_and_finished_in_telegram(both: Both) -> None:
    """What is filled in on the page is an answer in Telegram too, where one goes on with what is left."""
    bo = await begun(both)
    questions = [name for name, value in bo.form("Spara").options if value == "yes"]
    assert len(questions) == 7, bo.form("Spara").options
    await fill(bo, "keep", *((name, "yes") for name in questions[:3]))
    assert "✓ Sparat" in bo.text
    await both.town.tap("Bo", "Börja")
    assert "4 av 7" in both.town.last("Bo")
    for _ in range(4):
        await both.town.tap("Bo", "Ja")
    await bo.open(bo.path)
    assert len(bo.form("Spara").ticked) == 7


async def test_handed_in_on_the_page(both: Both) -> None:
    """Whoever hands in is told so once, and the group's card counts them."""
    bo = await begun(both)
    path, questions = bo.path, [name for name, value in bo.form("Spara").options if value == "yes"]
    await fill(bo, "done", *((name, "yes") for name in questions[:6]))
    assert "behöver ses över" in bo.text, "one is not answered"
    assert len(bo.form("Spara").ticked) == 6, "the others are kept"
    await fill(bo, "done", *((name, "yes") for name in questions))
    await both.seen(bo)
    assert "Inlämnat" in bo.text
    await bo.open(path)
    assert "Svaren är inlämnade" in bo.text


async def test_what_points_somebody_out(both: Both) -> None:
    """What points somebody out is asked about at its question, and what was written stays in the field."""
    bo = await begun(both)
    question = next(name for name, value in bo.form("Spara").options if value == "yes").partition(":")[2]
    written = {f"k:{question}": "Fråga Anna Svensson, 070-174 06 50"}
    await fill(bo, "keep", (f"p:{question}", "yes"), **written)
    assert "peka ut någon" in bo.text
    assert "070-174 06 50" in bo.html
    await fill(bo, "keep", (f"p:{question}", "yes"), (f"ok:{question}", "1"), **written)
    assert "✓ Sparat" in bo.text


async def test_another_ones_page(both: Both) -> None:
    """The address of one's own page opens nothing for anybody else."""
    bo, alva = await begun(both), await both.signed_in("Alva")
    await alva.open(bo.path)
    assert alva.status == 404


async def test_approved_anew(both: Both) -> None:
    """Whoever approves anew a text that has changed sees on the page, too, what has."""
    await Player(both.town).play("changed", CHANGED)
    bo = await both.signed_in("Bo")
    await bo.open("/")
    await bo.open(bo.links["Godkänn rutinen"])
    assert "Ändrat i texten sedan ni svarade" in bo.text
    assert "och stanna kvar" in bo.text


async def test_emptied(both: Both) -> None:
    """What is emptied on the page is gone in Telegram too; what somebody else wrote stands, and the page says so."""
    await Player(both.town).play("begun", TIMES)
    alva, bo = await both.signed_in("Alva"), await both.signed_in("Bo")
    for person in (alva, bo):
        await person.open("/")
        await person.open(person.links["Tidsplan för kartläggningen"])
    await fill(bo, "keep", **{"t:next": ""})
    assert "någon annan skrivit" in bo.text
    assert "Läsa rapporten" in bo.html, "what stands is shown"
    await fill(alva, "keep", **{"t:next": ""})
    assert "✓ Sparat" in alva.text
    await alva.open(alva.path)
    assert "Läsa rapporten" not in alva.html
    await both.town.write("Alva", "/svara")
    await both.town.tap("Alva", "Tidsplan")
    assert "Läsa rapporten" not in both.town.last("Alva")


async def test_a_comment_is_emptied(both: Both) -> None:
    """Its answer stands without it."""
    bo = await begun(both)
    question = next(name for name, value in bo.form("Spara").options if value == "yes").partition(":")[2]
    await fill(bo, "keep", (f"p:{question}", "yes"), **{f"k:{question}": "Det behövs"})
    await bo.open(bo.path)
    assert "Det behövs" in bo.html
    await fill(bo, "keep", **{f"k:{question}": ""})
    await bo.open(bo.path)
    assert "Det behövs" not in bo.html
    assert len(bo.form("Spara").ticked) == 1


async def test_a_form_from_before_empties_nothing(both: Both) -> None:
    """What was answered in Telegram after the page was opened stands, though the page's field is empty."""
    await Player(both.town).play("begun", "I gång: Tidsplan för kartläggningen")
    alva = await both.signed_in("Alva")
    await alva.open("/")
    await alva.open(alva.links["Tidsplan för kartläggningen"])
    await Player(both.town).play("answered", "\n".join(TIMES.splitlines()[2:]))
    await fill(alva, "keep", **{"t:rhythm": "Varje fredag"})
    await alva.open(alva.path)
    assert "Läsa rapporten" in alva.html


async def test_what_was_written_on_the_page_is_emptied_there(both: Both) -> None:
    """Where several write together, one's own answer goes though no message gave it."""
    await Player(both.town).play("begun", "I gång: Tidsplan för kartläggningen")
    alva = await both.signed_in("Alva")
    await alva.open("/")
    await alva.open(alva.links["Tidsplan för kartläggningen"])
    await fill(alva, "keep", **{"t:next": "Läsa rapporten"})
    await alva.open(alva.path)
    assert "Läsa rapporten" in alva.html
    await fill(alva, "keep", **{"t:next": ""})
    assert "någon annan skrivit" not in alva.text
    await alva.open(alva.path)
    assert "Läsa rapporten" not in alva.html


async def test_a_form_from_outside(both: Both) -> None:
    """Whoever has a link to the form (2.7) has it whole on one page, in its own words, and as it was begun when they
    come back before a first answer: never the group's own list, with what is for the group and all of its actors."""
    await Player(both.town).play("form", FORM)
    link = next(found for text in reversed(both.town.texts("Bo")) for found in re.findall(r"/l/[\w-]+", text))
    vera = both.page.browser()
    await vera.open(link)
    await both.press(vera, "Börja")
    await both.press(vera, "Börja")
    for _ in range(2):
        assert vera.path.startswith("/ovning/"), vera.text
        assert "Vad märker du på jobbet?" in vera.text
        assert "men inte vem du är" in vera.text
        for groups in ("Branscher och kontaktytor", "Vilken aktör", "Om övningen", "kan ändra", "Hotell Exempel"):
            assert groups not in vera.text
        await vera.open("/")
        await both.press(vera, "Fortsätt: Vad märker du")
    scales = [(name, value) for name, value in vera.form("Spara").options if value == "3"]
    await fill(vera, "done", *scales)
    await both.seen(vera)
    assert "Ditt svar hjälper oss" in vera.text
    assert "Hotell Exempel" in await said_of_actors(both)


async def said_of_actors(both: Both) -> str:
    """What the group sees of the forms."""
    await Player(both.town).play("forms", "Bo gör: «/svara» [Branscher] [Länkar till dem]")
    return both.town.last("Bo").partition("✓")[2]
