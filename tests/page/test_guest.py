"""The event's invitation and its poster on the page: answered without an account, as on paper."""

import re
from datetime import timedelta

import pytest

from bot.context import abuse_limits
from bot.context.abuse_limits import PAGE_GUESTS
from bot.demo.player import Player
from bot.demo.town import GROUP
from tests.page.reader import Browser
from tests.page.test_both import Both, both

__all__ = ["both"]

EVENT = """
I gång: Anordna ett event: gästerna, Anordna ett event: upplägget
Alva trycker i gruppen [Skriv gruppens svar]
Alva trycker [Börja]
Alva: Vi vill bli fler
Alva: 25 januari kl 13
Alva: Folkets hus
Alva: /svara
Alva trycker [Anordna ett event: gästerna] [Lägg till]
Alva: Greta Gäst
Alva: Hotell Exempel
Alva trycker [Hoppa över] [Inte än] [Inget svar än] [Spara nu] [Inbjudan som länk]
"""
NEXT = """
Alva gör: «/svara» [Anordna ett event: upplägget] [Ett par timmar] «Kort om läget» «Tre saker vi vet» [Hoppa över]
    [Hoppa över] [Hoppa över] [Hoppa över] «Välkommen och tack» «Vi söker er som vill hjälpa till» «8 februari kl 9»
"""
POSTER = """
Alva: /svara
Alva trycker [Anordna ett event: gästerna] [Länken på affischen]
"""
LIST = """
Alva: /svara
Alva trycker [Anordna ett event: gästerna]
"""
AGAIN = """
Alva: /svara
Alva trycker [Anordna ett event: gästerna] [1] [Inbjudan som länk]
"""
LINK = re.compile(r"/l/[\w-]+")


async def link(both: Both, script: str) -> str:
    """The link that stands in Alva's chat after playing this."""
    await Player(both.town).play("guests", script)
    return str(next(LINK.findall(text)[-1] for text in reversed(both.town.texts("Alva")) if LINK.search(text)))


async def answer(browser: Browser, **said: str) -> Browser:
    """Send the form of the page."""
    form = browser.form("Svara")
    async with browser.client.post(form.action, data={**form.fields, **said}) as answered:
        return await browser.read(answered)


async def listed(both: Both) -> str:
    """The group's list of guests."""
    await Player(both.town).play("guests", LIST)
    return both.town.last("Alva")


async def test_an_invitation_on_one_page(both: Both) -> None:
    """A guest sees when and where, answers, is thanked, and changes their mind in the same browser."""
    invitation = await link(both, EVENT)
    greta = both.page.browser()
    await greta.open(invitation)
    assert greta.path.startswith("/inbjudan/")
    assert "Folkets hus" in greta.text
    assert "25 januari" in greta.text
    assert "Öppna Telegram" in greta.text
    await answer(greta, coming="yes")
    assert "Vad roligt att du kommer" in greta.text
    assert "Ja" in (await listed(both)).partition("Greta")[2]
    await greta.open(invitation)
    assert ("coming", "yes") in greta.form("Svara").ticked
    await answer(greta, coming="no")
    assert "Bra att du sa till" in greta.text
    assert "Nej" in (await listed(both)).partition("Greta")[2]


async def test_written_on_the_page(both: Both) -> None:
    """Who writes what a guest may in Telegram is answered alike: in her own language what this is and whom to ring, and
    both ways out, so that she is neither counted nor kept."""
    invitation = await link(both, EVENT)
    greta = both.page.browser()
    await greta.open(invitation)
    await answer(greta, coming="yes")
    await both.write(greta, "Sorry, what is this? I don't speak Swedish")
    assert "I am a bot, used by people who invite you to a meeting" in greta.text
    assert "In danger? Call 112. English is spoken." in greta.text
    await both.write(greta, "jag vill inte vara med längre")
    assert {"Jag kan ändå inte komma", "Det som är sparat om mig"} <= set(greta.labels)
    await both.press(greta, "Jag kan ändå inte komma")
    assert "Nej" in (await listed(both)).partition("Greta")[2]


async def test_looking_changes_nothing(both: Both) -> None:
    """A preview, or a thousand, makes no guest, binds no link and signs nobody in."""
    invitation = await link(both, EVENT)
    poster = await link(both, POSTER)
    async with both.town.bot.store.work() as work:
        (group,) = await work.groups.all_active()
        before = [m.id for m in await work.members.of_group(group.id, include_left=True, roles=None)]
    crawler = both.page.browser()
    for _ in range(20):
        await crawler.open(invitation)
        await crawler.open(poster)
    assert crawler.status == 200
    assert not list(crawler.client.session.cookie_jar)
    async with both.town.bot.store.work() as work:
        assert [m.id for m in await work.members.of_group(group.id, include_left=True, roles=None)] == before
    greta = both.page.browser()
    await greta.open(invitation)
    assert greta.status == 200, "it still is nobody's"


async def test_a_link_opened_by_two(both: Both) -> None:
    """An invitation belongs to the browser that answered first; another is told that it has ended, and no name."""
    invitation = await link(both, EVENT)
    first, second = both.page.browser(), both.page.browser()
    await first.open(invitation)
    await second.open(invitation)
    form = second.form("Svara")
    await answer(first, coming="yes")
    async with second.client.post(form.action, data={**form.fields, "coming": "no"}) as answered:
        await second.read(answered)
    assert second.status == 404
    assert "gäller inte längre" in second.text
    assert "Vill du också komma? Be den som bjöd in om en egen länk." in second.text
    assert "Greta" not in second.text
    assert "Ja" in (await listed(both)).partition("Greta")[2]


async def test_by_the_poster(both: Both) -> None:
    """Whoever points a phone at the poster says their name and whether they come; without a name nothing is taken."""
    await link(both, EVENT)
    poster = await link(both, POSTER)
    nils = both.page.browser()
    await nils.open(poster)
    assert GROUP in nils.text, "a poster names its town"
    await answer(nils, name="  ", coming="maybe")
    assert "Något saknas" in nils.text
    assert ("coming", "maybe") in nils.form("Svara").ticked
    await answer(nils, name="Nils Ny", coming="maybe")
    assert "Tack!" in nils.text
    assert "Nils Ny" in await listed(both)


async def test_sent_twice(both: Both) -> None:
    """A double tap makes one guest."""
    await link(both, EVENT)
    poster = await link(both, POSTER)
    nils = both.page.browser()
    await nils.open(poster)
    form = nils.form("Svara")
    for _ in range(2):
        async with nils.client.post(form.action, data={**form.fields, "name": "Nils Ny", "coming": "yes"}) as answered:
            assert answered.status == 200
    assert (await listed(both)).count("Nils Ny") == 1


async def test_answered_from_two_windows(both: Both) -> None:
    """Whoever answers in one window and then in another that was opened before loses no word: the second asks once
    more, filled in as it was, and is then taken."""
    await link(both, EVENT)
    poster = await link(both, POSTER)
    nils = both.page.browser()
    await nils.open(poster)
    older = nils.form("Svara")
    await answer(nils, name="Nils Ny", coming="yes")
    async with nils.client.post(older.action, data={**older.fields, "name": "Nils Ny", "coming": "no"}) as answered:
        await nils.read(answered)
    assert "Du har redan svarat från ett annat fönster" in nils.text
    assert nils.form("Svara").ticked == [("coming", "no")]
    assert "Ja" in (await listed(both)).partition("Nils Ny")[2]
    await answer(nils, coming="no")
    assert "Tack!" in nils.text
    said = await listed(both)
    assert "Nej" in said.partition("Nils Ny")[2]
    assert said.count("Nils Ny") == 1


async def test_before_they_go(both: Both) -> None:
    """Until the event begins one can say that one can't come after all. Then the page asks the three questions, the
    last one with its day; a yes to the network leads to the promise."""
    invitation = await link(both, EVENT)
    greta = both.page.browser()
    await greta.open(invitation)
    await answer(greta, coming="yes")
    await Player(both.town).play("guests", NEXT)
    await both.town.wind(days=14)
    await greta.open(invitation)
    assert "nätverket" not in greta.text, "it is the morning of that day"
    await answer(greta, coming="no")
    assert "Nej" in (await listed(both)).partition("Greta")[2]
    await answer(await greta.open(invitation), coming="maybe")
    await both.town.wind(hours=5)
    await greta.open(invitation)
    assert "Innan du går" in greta.text
    assert "Du har varit på träffen" in greta.text
    assert "bjuder in dig" not in greta.text
    assert "Kan du komma nästa gång, måndagen den 8 februari kl. 9.00?" in greta.text.replace("\N{NO-BREAK SPACE}", " ")
    await answer(greta, join="yes", shape="maybe", start="no")
    assert "nått dem som bjöd in dig" in greta.text
    await both.town.settle()
    await greta.open("/samtal")
    assert "Jag lovar" in greta.labels
    for answered in ("Kommer du?", "Vill du vara med i nätverket", "bestämma hur vi arbetar"):
        assert answered not in greta.text, "what the form has answered is asked nowhere else"


@pytest.mark.parametrize(
    ("coming", "lead"),
    [
        ("Nej", "Du kunde inte komma till träffen"),
        ("Inget svar än", "Du var inbjuden till träffen"),
        ("Ja", "Tack för att du ville komma till träffen"),
    ],
)
async def test_asked_months_later(both: Both, coming: str, lead: str) -> None:
    """Tage gets a letter long after the event: nothing says that he was there, or is about to go, and least of all if
    he said that he would not come."""
    await link(both, EVENT.replace("Greta Gäst", "Tage").replace("[Inget svar än]", f"[{coming}]"))
    await both.town.wind(days=270)
    invitation = await link(both, AGAIN)
    tage = both.page.browser()
    await tage.open(invitation)
    assert "Vill du vara med?" in tage.text
    assert lead in tage.text
    assert "Vill du vara med i nätverket?" in tage.text
    for word in ("Innan du går", "Du har varit"):
        assert word not in tage.html


@pytest.mark.parametrize("name", ["coming", "join"])
async def test_what_is_none(both: Both, name: str) -> None:
    """An answer that is none of the three is told, and nothing of it kept."""
    invitation = await link(both, EVENT)
    greta = both.page.browser()
    await greta.open(invitation)
    await answer(greta, **{name: "<b>"})
    assert "Något saknas" in greta.text
    assert "Inget svar än" in (await listed(both)).partition("Greta")[2]


@pytest.mark.slow
async def test_a_thousand_open_the_poster(both: Both) -> None:
    """In an hour, from one hall with one address: each sees it, and nobody has become a guest by that."""
    poster, guest = await link(both, EVENT + POSTER), both.page.browser()
    for minute in range(50):
        for _ in range(20):
            await guest.open(poster)
            assert guest.status == 200
        await both.town.wind(minutes=1)
        assert "Du är inbjuden" in guest.text, minute
    said = await listed(both)
    assert "1. Greta Gäst" in said
    assert "2." not in said, "only whoever was asked by name"


async def test_too_many_answers_are_told(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers after more than a full hall has is told to wait, with all that they wrote; then it is taken."""
    monkeypatch.setattr(abuse_limits, "RULES", {**abuse_limits.RULES, PAGE_GUESTS: (1, timedelta(hours=1))})
    poster = await link(both, EVENT + POSTER)
    first, late = both.page.browser(), both.page.browser()
    for browser, name in ((first, "Nora Ny"), (late, "Otto Ny")):
        await browser.open(poster)
        await answer(browser, name=name, coming="yes")
    assert "Vad roligt" in first.text
    assert late.status == 429
    assert "Det har kommit många svar" in late.text
    assert late.form("Svara").written["name"] == "Otto Ny"
    assert ("coming", "yes") in late.form("Svara").ticked
    assert "Otto" not in await listed(both)
    await both.town.wind(hours=2)
    await answer(late, name="Otto Ny", coming="yes")
    assert "Otto" in await listed(both)
