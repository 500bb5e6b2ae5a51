"""A form counts on what it was opened on: what has changed since is not overwritten, and what is sent is not lost."""

from dataclasses import dataclass

import pytest

from bot.demo.player import Player
from bot.demo.town import GROUP
from tests.page.reader import Browser
from tests.page.test_both import Both, both
from tests.page.test_device import log, logged, read_by_bo
from tests.page.test_exercise import begun, fill
from tests.page.test_guest import EVENT, answer, link, listed
from tests.page.test_mail import Mailed, mailed

__all__ = ["both", "mailed"]

UNSAVED = "inte sparat"
TIMES = "I gång: Tidsplan för kartläggningen"
ASKED = "Alva gör: «/svara» [Tidsplan]"
UNNAMED = "I gång: Hur skapar vi en modig miljö?"
SHOWN = "Alva trycker i gruppen [Visa svaren nu] [Visa ändå]"
ASIDE = "Alva trycker i gruppen under «Engagemang» [Ångra starten]"
APPROVED = """
I gång: Rutin: kedjan
Bo gör: «/svara» [Rutin: kedjan] [Lägg till] [Upptäckt] «Ringa den som kan hjälpa»
    [Polisen] [☐ Dagtid] [Klar] «010-000 00 01» [Spara nu]
I gång: Godkänn rutinen
"""
CHANGED = """
Bo gör: «/svara» [Rutin: kedjan] [1. Ringa den] [Ändra] [Att göra] «Ringa den som kan hjälpa, och stanna kvar»
"""


@dataclass(slots=True)
class Tab:
    """A page as a browser's tab still shows it, whatever the other tabs have done since."""

    browser: Browser
    path: str
    html: str

    def show(self) -> Browser:
        """Turn to it, or come back to it by the button of the browser."""
        self.browser.path, self.browser.html = self.path, self.html
        return self.browser


def tab(browser: Browser) -> Tab:
    """What the browser shows now."""
    return Tab(browser, browser.path, browser.html)


def asked(browser: Browser) -> list[str]:
    """The questions of a sheet that has a yes to each."""
    return [name.partition(":")[2] for name, value in browser.form("Spara").options if value == "yes"]


async def kept(tab: Tab) -> Browser:
    """The same page anew, as it is kept."""
    return await tab.browser.open(tab.path)


async def on_times(both: Both, name: str = "Alva") -> Browser:
    """Somebody with the page of what the group writes together."""
    browser = await both.signed_in(name)
    await browser.open("/")
    return await browser.open(browser.links["Tidsplan för kartläggningen"])


async def handed_in(both: Both, name: str, first: str = "Ja") -> None:
    """Somebody answers in Telegram, and hands in."""
    await both.town.tap(name, "Börja")
    for label in (first, *["Ja"] * 6, "Lämna in"):
        await both.town.tap(name, label)


# -- the mistakes ------------------------------------------------------------------------------------------------------
async def test_a_sheet_sent_again_with_other_words(both: Both) -> None:
    """Back, changed, and sent again: the second words come back beside the first ones, and one more tap saves them."""
    bo = await begun(both)
    one, opened = asked(bo)[0], tab(bo)
    await fill(bo, "keep", (f"p:{one}", "yes"), **{f"k:{one}": "Det första"})
    await fill(opened.show(), "keep", (f"p:{one}", "yes"), **{f"k:{one}": "Det andra"})
    assert bo.form("Spara").written[f"k:{one}"] == "Det andra"
    assert UNSAVED in bo.text
    assert "Det första" in bo.text, "what stands is shown beside"
    assert "✓ Sparat" not in bo.text
    again = tab(bo)
    await kept(opened)
    assert bo.form("Spara").written[f"k:{one}"] == "Det första"
    await fill(again.show(), "keep")
    assert "✓ Sparat" in bo.text
    assert bo.form("Spara").written[f"k:{one}"] == "Det andra"


async def test_saved_and_then_handed_in_by_the_same_page(both: Both) -> None:
    """Who goes back after *Spara*, and taps *Lämna in* there, has handed in."""
    bo = await begun(both)
    opened, ticks = tab(bo), [(f"p:{one}", "yes") for one in asked(bo)]
    await fill(bo, "keep", *ticks)
    await fill(opened.show(), "done", *ticks)
    await kept(opened)
    assert "Svaren är inlämnade" in bo.text


async def test_a_message_sent_again_with_other_words(both: Both) -> None:
    """The question has been answered, and another one is asked: the words wait in the field, and are not its answer."""
    alva = await both.signed_in("Alva")
    await Player(both.town).play("times", f"{TIMES}\n{ASKED}")
    opened = tab(await alva.open("/samtal"))
    await both.press(alva, "Skicka", text="1 mars")
    stands = both.town.last("Alva")
    await opened.show().press("Skicka", text="En halvtimme var tredje vecka")
    assert "inte skickat" in alva.text
    assert alva.form("Skicka").written["text"] == "En halvtimme var tredje vecka"
    await both.town.settle()
    assert both.town.last("Alva") == stands
    await both.press(alva, "Skicka", text="1 juni")
    assert "inte skickat" not in alva.text
    assert both.town.last("Alva") != stands


async def test_a_message_to_a_question_answered_elsewhere(both: Both) -> None:
    """What was asked on the page was answered in Telegram meanwhile: the words are no answer to what is asked now."""
    alva = await both.signed_in("Alva")
    await Player(both.town).play("times", f"{TIMES}\n{ASKED}")
    opened = tab(await alva.open("/samtal"))
    await both.town.write("Alva", "1 mars")
    stands = both.town.last("Alva")
    await opened.show().press("Skicka", text="2 mars")
    assert "inte skickat" in alva.text
    assert both.town.last("Alva") == stands


@pytest.mark.parametrize(("text", "told"), [("hjälp, min man slår mig", "Ring 112 nu"), ("/ring", "114 14")])
async def test_what_is_sent_at_any_rate(both: Both, text: str, told: str) -> None:
    """A cry for help, and a command, wait for nothing."""
    alva = await both.signed_in("Alva")
    await Player(both.town).play("times", f"{TIMES}\n{ASKED}")
    opened = tab(await alva.open("/samtal"))
    await both.town.write("Alva", "1 mars")
    await opened.show().press("Skicka", text=text)
    await both.seen(alva)
    assert told in both.town.last("Alva").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("button", ["keep", "done"])
async def test_handed_in_elsewhere(both: Both, button: str) -> None:
    """What was handed in in Telegram stands, the words that are sent too, and one more tap lets them hold instead."""
    bo = await begun(both)
    one, opened = asked(bo)[0], tab(bo)
    await handed_in(both, "Bo")
    await fill(opened.show(), button, (f"p:{one}", "doubtful"), **{f"k:{one}": "Det är nytt för oss"})
    assert "Svaren är inlämnade" in bo.text
    assert UNSAVED in bo.text
    assert bo.form("Spara").written[f"k:{one}"] == "Det är nytt för oss"
    again = tab(bo)
    await kept(opened)
    assert "Svaren är inlämnade" in bo.text
    assert "Det är nytt för oss" not in bo.html
    await fill(again.show(), "keep")
    assert "✓ Sparat" in bo.text
    await fill(bo, "done")
    await kept(opened)
    assert "Svaren är inlämnade" in bo.text
    await both.town.write("Bo", "/svara")
    assert "Engagemang – du har svarat" in both.town.last("Bo")


async def test_shown_to_all_meanwhile(both: Both) -> None:
    """What everybody has seen is not changed; what was written meanwhile is there to be copied."""
    bo = await begun(both)
    one, opened = asked(bo)[0], tab(bo)
    for name in ("Bo", "Alva"):
        await handed_in(both, name)
    await Player(both.town).play("shown", SHOWN)
    assert "så här svarade ni" in "\n".join(both.town.texts("Bo", GROUP))
    await fill(opened.show(), "done", (f"p:{one}", "doubtful"), **{f"k:{one}": "Det är nytt för oss"})
    assert UNSAVED in bo.text
    assert "Det är nytt för oss" in bo.text
    assert "Det är nytt för oss" not in (await kept(opened)).html


async def test_closed_meanwhile(both: Both) -> None:
    """Nothing is answered any more: what was written is there to be copied."""
    alva = await begun(both)
    one, opened = asked(alva)[0], tab(alva)
    await Player(both.town).play("aside", ASIDE)
    await fill(opened.show(), "keep", (f"p:{one}", "yes"), **{f"k:{one}": "Det är nytt för oss"})
    assert "Inget är sparat" in alva.text
    assert "Det är nytt för oss" in alva.text


async def test_of_two_tabs_the_older_overwrites_nothing(both: Both) -> None:
    """What it has not touched is as the newer one saved it; what both have changed is asked about."""
    bo = await begun(both)
    one, other, *_ = asked(bo)
    await fill(bo, "keep", (f"p:{one}", "yes"), **{f"k:{one}": "Från början"})
    older = tab(await bo.open(bo.path))
    await fill(bo, "keep", **{f"k:{one}": "I den nyare"})
    await fill(older.show(), "keep", (f"p:{other}", "yes"))
    assert "✓ Sparat" in bo.text
    assert bo.form("Spara").written[f"k:{one}"] == "I den nyare"
    assert (f"p:{other}", "yes") in bo.form("Spara").ticked
    await fill(older.show(), "keep", **{f"k:{one}": "I den äldre"})
    assert UNSAVED in bo.text
    assert "I den nyare" in bo.text
    await fill(bo, "keep")
    assert bo.form("Spara").written[f"k:{one}"] == "I den äldre"


async def test_a_row_of_two_tabs(both: Both) -> None:
    """Two rows begun in two tabs are two rows."""
    await Player(both.town).play("rows", "I gång: Hitta kontaktytan")
    bo = await both.signed_in("Bo")
    await bo.open("/")
    opened = tab(await bo.open(bo.links["Hitta kontaktytan"]))
    name = next(name for name in bo.form("Spara").asked if name.startswith("t:"))
    needed = {name.partition(":")[2]: (name, value) for name, value in bo.form("Spara").options}
    for title in ("Hotell Ett", "Hotell Två", "Hotell Två"):
        await fill(opened.show(), "done", *needed.values(), **{name: title, "t:groups": "Alla"})
    await both.town.settle()
    await Player(both.town).play("looked", "Bo gör: «/svara» [Hitta kontaktytan]")
    assert both.town.last("Bo").count("Hotell Ett") == 1
    assert both.town.last("Bo").count("Hotell Två") == 1


async def test_an_approval_of_a_text_that_has_changed(both: Both) -> None:
    """Whoever approves on a page that was opened before the text was changed is asked to read it first."""
    await Player(both.town).play("approved", APPROVED)
    alva = await both.signed_in("Alva")
    await alva.open("/")
    opened = tab(await alva.open(alva.links["Godkänn rutinen"]))
    await Player(both.town).play("changed", CHANGED)
    yes = next((name, value) for name, value in alva.form("Spara").options if value == "approve")
    await fill(opened.show(), "done", yes)
    assert "Texten har ändrats" in alva.text
    assert UNSAVED in alva.text
    assert yes in alva.form("Spara").ticked
    await fill(alva, "done", yes)
    await kept(opened)
    assert "Svaren är inlämnade" in alva.text


async def test_an_address_changed_in_another_tab(mailed: Mailed) -> None:
    """The older page of one's account takes no address back; what was written there waits in the field."""
    alva = await mailed.both.signed_in("Alva")
    older = tab(await alva.open("/konto"))
    await alva.press("Spara adressen", address="ny@example.se")
    await older.show().press("Spara adressen", address="gammal@example.se")
    assert "inte sparad" in alva.text
    assert "ny@example.se" in alva.text
    assert alva.form("Spara adressen").written["address"] == "gammal@example.se"
    async with mailed.both.town.bot.store.work() as work:
        person = await work.people.by_user(mailed.both.town.person("Alva"))
        assert person is not None
        assert [one.address for one in await work.mail_addresses.every(person.id)] == ["ny@example.se"]


async def test_an_invitation_in_two_tabs_of_one_browser(both: Both) -> None:
    """Signed in or not: the older page asks once more."""
    invitation = await link(both, EVENT)
    greta = both.page.browser()
    await greta.open(invitation)
    await answer(greta, coming="yes")
    older = tab(await greta.open(invitation))
    await answer(greta, coming="no")
    await answer(older.show(), coming="maybe")
    assert "Du har redan svarat från ett annat fönster" in greta.text
    assert greta.form("Svara").ticked == [("coming", "maybe")]
    assert "Nej" in await listed(both)
    await answer(greta, coming="maybe")
    assert "Kanske" in await listed(both)


async def test_an_incident_sent_again(both: Both) -> None:
    """The same words are the same incident, with the same receipt; other words are not lost, but logged as well."""
    desk = await read_by_bo(both)
    opened, receipts = tab(desk), []
    for kind in ("labour", "labour", "sexual"):
        await log(opened.show(), p_kind=kind)
        receipts.append(desk.text.partition("Kvitto: ")[2][:6])
    assert await logged(both) == 2
    assert receipts[0] == receipts[1] != receipts[2]


# -- what is not disturbed ---------------------------------------------------------------------------------------------
async def test_saved_three_times(both: Both) -> None:
    """In a row, with more words each time and several lines: none is asked about."""
    bo = await begun(both)
    one, words = asked(bo)[0], ""
    for more in ("Ett", "Två", "Tre"):
        words = f"{words}\r\n{more}".strip()
        await fill(bo, "keep", (f"p:{one}", "yes"), **{f"k:{one}": words})
        assert "✓ Sparat" in bo.text
        assert bo.form("Spara").written[f"k:{one}"] == words.replace("\r\n", "\n")


async def test_saved_as_one_goes_and_then_as_a_whole(both: Both) -> None:
    """A script sends what was changed, and notes what stands by then; the whole form is no other one for that."""
    bo = await begun(both)
    one, opened = asked(bo)[0], tab(bo)
    form = bo.form("Spara")
    for words in ("Ett", "Ett och två"):
        part = {name: form.fields[name] for name in ("csrf", "on", f"s:{one}")}
        async with bo.client.post(bo.path, data={**part, f"p:{one}": "yes", f"k:{one}": words}) as answered:
            await bo.read(answered)
        assert "✓ Sparat" in bo.text
        form.fields[f"s:{one}"] = bo.form("Spara").fields[f"s:{one}"]
    written = {**form.written, f"k:{one}": "Ett, två och tre", f"p:{one}": "yes", "keep": "1"}
    async with bo.client.post(opened.path, data={**form.fields, **written}) as answered:
        await bo.read(answered)
    assert "✓ Sparat" in bo.text
    assert bo.form("Spara").written[f"k:{one}"] == "Ett, två och tre"


@pytest.mark.parametrize("button", ["keep", "done"])
async def test_a_double_tap(both: Both, button: str) -> None:
    """The same twice is the same once, and says the same: what was taken, and what was not."""
    bo = await begun(both)
    opened, questions = tab(bo), asked(bo)
    said = []
    for _ in range(2):
        await fill(opened.show(), button, (f"p:{questions[0]}", "yes"), **{f"k:{questions[0]}": "Anna, 070-174 06 50"})
        said.append((bo.status, bo.path, bo.text))
    assert said[0] == said[1]
    assert "070-174 06 50" in bo.form("Spara").written[f"k:{questions[0]}"]
    there = both.town.texts("Bo")
    for _ in range(2):
        await fill(opened.show(), button, *((f"p:{one}", "yes") for one in questions))
        await both.town.settle()
    assert bo.path == ("/samtal" if button == "done" else opened.path)
    assert len(both.town.texts("Bo")) - len(there) <= 1
    await kept(opened)
    assert ("Svaren är inlämnade" in bo.text) == (button == "done")


async def test_a_double_tap_on_what_the_group_writes(both: Both) -> None:
    """It is done once."""
    await Player(both.town).play("times", TIMES)
    opened = tab(await on_times(both))
    texts = {"t:start": "1 mars", "t:ready": "1 juni", "t:rhythm": "Varje fredag", "t:next": "Läsa rapporten"}
    said = []
    for _ in range(2):
        await fill(opened.show(), "done", **texts)
        await both.town.settle()
        said.append((opened.browser.path, len(both.town.texts("Alva"))))
    assert said[0] == said[1]
    assert said[0][0] == "/samtal"


async def test_a_double_tap_in_the_conversation(both: Both) -> None:
    """It answers one question, not two."""
    alva = await both.signed_in("Alva")
    await Player(both.town).play("times", f"{TIMES}\n{ASKED}")
    opened = tab(await alva.open("/samtal"))
    for _ in range(2):
        await opened.show().press("Skicka", text="1 mars")
        await both.town.settle()
    assert "inte skickat" not in alva.text
    assert alva.path == "/samtal"


async def test_back_and_saved_again(both: Both) -> None:
    """The same words again are what stands."""
    bo = await begun(both)
    one, opened = asked(bo)[0], tab(bo)
    for button in ("keep", "keep"):
        await fill(opened.show(), button, (f"p:{one}", "yes"), **{f"k:{one}": "Det första"})
        assert "✓ Sparat" in bo.text
    await fill(opened.show(), "keep", (f"p:{one}", "yes"), (f"p:{asked(bo)[1]}", "yes"), **{f"k:{one}": "Det första"})
    assert "✓ Sparat" in bo.text
    assert len(bo.form("Spara").ticked) == 2


async def test_two_exercises_open(both: Both) -> None:
    """Each in its tab: neither is in the other's way."""
    await Player(both.town).play("times", TIMES)
    bo = await begun(both)
    one, first = asked(bo)[0], tab(bo)
    await bo.open("/")
    second = tab(await bo.open(bo.links["Tidsplan för kartläggningen"]))
    await fill(first.show(), "keep", (f"p:{one}", "yes"))
    assert "✓ Sparat" in bo.text
    await fill(second.show(), "keep", **{"t:next": "Läsa rapporten"})
    assert "✓ Sparat" in bo.text
    assert bo.form("Spara").written["t:next"] == "Läsa rapporten"


async def test_somebody_else_answers_what_one_has_not_touched(both: Both) -> None:
    """What two write together holds the words of both; where both write, the second reads the first's beside."""
    await Player(both.town).play("times", TIMES)
    alva, bo = await on_times(both), await on_times(both, "Bo")
    await fill(bo, "keep", **{"t:next": "Läsa rapporten", "t:rhythm": "Varje fredag"})
    opened = tab(await alva.open(alva.path))
    await fill(bo, "keep", **{"t:next": "Läsa lagen"})
    await fill(opened.show(), "keep", **{"t:rhythm": "Varje torsdag"})
    assert "✓ Sparat" in alva.text
    assert alva.form("Spara").written["t:next"] == "Läsa lagen"
    await fill(opened.show(), "keep", **{"t:next": "Läsa boken"})
    assert "Läsa lagen" in alva.text
    assert alva.form("Spara").written["t:next"] == "Läsa boken"
    await fill(alva, "keep")
    assert (await bo.open(bo.path)).form("Spara").written["t:next"] == "Läsa boken"


@pytest.mark.parametrize("unnamed", [False, True])
async def test_something_is_lacking(both: Both, unnamed: bool) -> None:
    """A hand-in that comes back has all that was written in it, and is handed in again."""
    if unnamed:
        await Player(both.town).play("unnamed", UNNAMED)
        bo = await both.signed_in("Bo")
        await bo.open("/")
        await bo.open(bo.links["Hur skapar vi en modig miljö?"])
    else:
        bo = await begun(both)
    opened, form = tab(bo), bo.form("Lämna in" if unnamed else "Spara")
    texts = {name: f"Svar {n}" for n, name in enumerate(form.asked) if name.startswith("t:")}
    first: dict[str, str] = {}
    for name, value in form.options:
        first.setdefault(name, value)
    ticks = list(first.items())
    lacking = dict(list(texts.items())[1:]) if unnamed else texts
    await fill(bo, "done", *(ticks if unnamed else ticks[1:]), **lacking)
    assert "behöver ses över" in bo.text
    again = bo.form("Lämna in" if unnamed else "Spara")
    assert {name: again.written[name] for name in lacking} == lacking
    assert set(again.ticked) >= set(ticks if unnamed else ticks[1:])
    await fill(bo, "done", *ticks, **texts)
    await kept(opened)
    assert "Svaren är inlämnade" in bo.text or bo.status == 404
