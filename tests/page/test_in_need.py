"""Somebody in need is heard in the page's forms as in the chat, and an honest answer is kept beside it."""

from bot.demo.player import Player
from bot.demo.town import GROUP
from tests.page.reader import Browser
from tests.page.test_both import Both, both
from tests.page.test_device import given, log, logged
from tests.page.test_exercise import begun, fill
from tests.page.test_guest import EVENT, POSTER, answer, link, listed

__all__ = ["both"]

CRY = "hjälp, min man slår mig"
TOWN = "Alva gör: «/staden» «Exempelstad» «010-000 00 77» [Pausa]"
IN_DOUBT = "Jag är så rädd"


def first_question(browser: Browser) -> str:
    """The key of the exercise's first question."""
    return next(name for name, value in browser.form("Spara").options if value == "yes").partition(":")[2]


async def test_a_cry_in_a_comment(both: Both) -> None:
    """Numbers come at the top of the page, the cry is kept nowhere and stands in its field, and nothing is handed in;
    the honest answers beside it are kept."""
    bo = await begun(both)
    path, questions = bo.path, [name for name, value in bo.form("Spara").options if value == "yes"]
    cry, honest = (f"k:{name.partition(':')[2]}" for name in questions[:2])
    answers = [(name, "yes") for name in questions]
    await fill(bo, "done", *answers, **{cry: CRY, honest: "Vi har en hamn"})
    top, _, rest = bo.text.partition("Engagemang")
    assert "Ring 112 nu om någon är i fara" in top
    assert "Kvinnofridslinjen" in top
    assert "Jag vill bli kontaktad" in bo.labels
    assert "Det här är inte sparat, och ingen annan har sett det." in rest
    assert bo.form("Spara").written[cry] == CRY
    assert "Kvinnofridslinjen" not in both.town.last("Bo"), "the page says it, and no phone that somebody may hold"
    await bo.press("Jag vill bli kontaktad")
    await both.seen(bo)
    assert "Vem ska höra av sig?" in bo.text
    await bo.open(path)
    assert "Svaren är inlämnade" not in bo.text
    assert CRY not in bo.html
    assert bo.form("Spara").written[honest] == "Vi har en hamn"
    assert len(bo.form("Spara").ticked) == 6, "all but the one whose comment was a cry"


async def test_shown_back_before_anybody_sees_it(both: Both) -> None:
    """What may be a cry comes back with who would see it, and is kept once its writer says that it is the answer."""
    bo = await begun(both)
    question = first_question(bo)
    said = {f"k:{question}": IN_DOUBT}
    await fill(bo, "keep", (f"p:{question}", "yes"), **said)
    assert "Ring 112 nu" in bo.text
    assert "Är det här ditt svar? Ingen annan har sett det. När svaren visas ser gruppen" in bo.text
    await bo.open(bo.path)
    assert IN_DOUBT not in bo.html
    await fill(bo, "keep", (f"p:{question}", "yes"), (f"m:{question}", "1"), **said)
    await bo.open(bo.path)
    assert bo.form("Spara").written[f"k:{question}"] == IN_DOUBT


async def test_shown_back_and_points_somebody_out(both: Both) -> None:
    """That it is an answer does not let a name stand that is in it: that is asked for itself."""
    bo = await begun(both)
    question = first_question(bo)
    said, pick = {f"k:{question}": f"{IN_DOUBT}. Fråga Anna Svensson, 070-174 06 50"}, (f"p:{question}", "yes")
    await fill(bo, "keep", pick, (f"m:{question}", "1"), **said)
    assert "peka ut någon" in bo.text
    await fill(
        bo,
        "keep",
        pick,
        (f"ok:{question}", "1"),
        *((n, v) for n, v in bo.form("Spara").ticked if n[:2] == "m:"),
        **said,
    )
    assert "✓ Sparat" in bo.text


async def test_what_only_leans_is_kept(both: Both) -> None:
    """An answer about fear is kept as it is, with one quiet line; one without any has none."""
    bo = await begun(both)
    question = first_question(bo)
    await fill(bo, "keep", (f"p:{question}", "yes"), **{f"k:{question}": "Jag är orolig för tiden"})
    assert "✓ Sparat" in bo.text
    assert "Vill du prata med någon?" not in bo.text
    await fill(bo, "keep", (f"p:{question}", "yes"), **{f"k:{question}": "Jag är lite rädd för vad det väcker"})
    assert "✓ Sparat" in bo.text
    assert "Vill du prata med någon?" in bo.text
    await bo.open(bo.path)
    assert "Jag är lite rädd för vad det väcker" in bo.html


async def test_what_only_leans_is_handed_in(both: Both) -> None:
    """An answer about fear holds nothing back: the sheet is handed in, and the quiet line stands on the page after."""
    bo = await begun(both)
    path, questions = bo.path, [name for name, value in bo.form("Spara").options if value == "yes"]
    said = {f"k:{first_question(bo)}": "Jag är lite rädd för vad det väcker"}
    await fill(bo, "done", *((name, "yes") for name in questions), **said)
    assert "Vill du prata med någon?" in bo.text
    await bo.open(path)
    assert "Svaren är inlämnade" in bo.text


async def test_a_cry_in_the_conversation(both: Both) -> None:
    """What is written in a field of the conversation is heard as in Telegram, also where it answers a question."""
    bo = await begun(both)
    await both.town.tap("Bo", "Börja")
    await bo.open("/samtal")
    await both.write(bo, CRY)
    assert "Kvinnofridslinjen" in bo.text


async def test_what_follows_a_cry_in_the_conversation(both: Both) -> None:
    """What is written after a cry is no answer without a tap on the page either, and the ways stand under it and lead
    somewhere."""
    await Player(both.town).play(
        "sheet", "I gång: Staden\nBo trycker i gruppen [Skriv gruppens svar]\nBo trycker [Börja]"
    )
    bo = await both.signed_in("Bo")
    await bo.open("/samtal")
    await both.write(bo, "hjälp mig")
    await both.write(bo, "Vi har en hamn")
    assert "Är det här ditt svar? Ingen annan har sett det." in bo.text
    assert {"Jag behöver hjälp", "Jag är borta", "Nå Alva eller någon annan"} <= set(bo.labels)
    assert not any("hamn" in text for text in both.town.texts(GROUP))
    await both.press(bo, "Jag behöver hjälp")
    await bo.open("/samtal")
    assert bo.text.count("Ring 112 nu om någon är i fara. Kan du inte prata?") == 2


async def test_a_cry_in_a_guest_s_form(both: Both) -> None:
    """A guest who cries for help instead of giving a name is told where to turn, and nobody else hears of it; whoever
    gives a name is a guest."""
    poster, guest = await link(both, EVENT + POSTER), both.page.browser()
    await guest.open(poster)
    await answer(guest, name="hjälp mig jag är inlåst", coming="yes")
    assert "Ring 112 nu om någon är i fara" in guest.text.partition("Välkommen")[0]
    assert "Det här är inte sparat, och ingen annan har sett det." in guest.text
    assert guest.links["/ring"] == "/ring"
    assert 'value="hjälp mig jag är inlåst"' in guest.html
    assert "inlåst" not in await listed(both)
    await answer(guest, name="Gunnar Gäst", coming="yes")
    assert "Vad roligt att du kommer" in guest.text
    assert "Gunnar" in await listed(both)


async def test_whom_to_ring_from_every_page(both: Both) -> None:
    """The foot of each page leads to whom one can ring, for a stranger too; a town's numbers are its people's."""
    await Player(both.town).play("town", TOWN)
    bo, stranger = await both.signed_in("Bo"), both.page.browser()
    for browser in (bo, stranger):
        await browser.open("/")
        await browser.open(browser.links["Fler nummer"])
        places = [browser.text.index(words) for words in ("Ring 112", "114 14", "Självmordslinjen", "Råd och stöd")]
        assert places == sorted(places)
        assert "In danger? Call 112." in browser.text
    assert "010-000 00 77" in bo.text.partition("114 14")[0]
    assert "010-000 00 77" not in stranger.text


async def test_a_cry_where_an_incident_is_logged(both: Both) -> None:
    """At a desk whoever cries for help themselves is told where to turn above all else; what they have seen of others
    is what the form is for, and it is logged as ever."""
    desk = both.page.browser()
    await desk.open(await given(both))
    await log(desk, t_when="hjälp, min chef slår mig")
    assert "Kvinnofridslinjen" in desk.text.partition("Logga en händelse")[0]
    await log(desk, t_when="nu, en tjej är inlåst här")
    assert "Lägg inte på" not in desk.text
    await log(desk)
    assert await logged(both) == 1
