"""Telegram and the page at once: a group in which nobody need know who sits where."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.demo.player import Player
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import PEOPLE, gathered
from bot.page import post
from tests.page.reader import ADDRESS, Browser, Page

FORM = """
I gång: Hitta kontaktytan, Branscher och kontaktytor
Bo: /svara
Bo trycker [Hitta kontaktytan] [Lägg till]
Bo: Hotell Exempel
Bo trycker [Hotell]
Bo: Alla
Bo trycker [Klar] [Hoppa över] [Lite] [Hoppa över]
Bo: /svara
Bo trycker [Branscher] [Länkar till dem] [Hotell Exempel] [Skapa länk]
"""


@dataclass(slots=True)
class Both:
    """A town on Telegram with a page beside it."""

    town: Town
    page: Page

    async def press(self, browser: Browser, label: str, **filled: str) -> None:
        """Press a button on the page, and see what the bot says to it."""
        await browser.press(label, **filled)
        await self.seen(browser)

    async def tap(self, browser: Browser, label: str) -> None:
        """Press the newest button that says just this, but for an arrow: beside *Spara* there is *Spara inte*."""
        form = next(one for one in reversed(browser.forms) if one.label.rstrip(" \u203a") == label)
        async with browser.client.post(form.action, data=form.fields) as answer:
            await browser.read(answer)
        await self.seen(browser)

    async def write(self, browser: Browser, text: str) -> None:
        """Write on the page, and see what the bot says to it."""
        await browser.write(text)
        await self.seen(browser)

    async def seen(self, browser: Browser) -> None:
        """Look at the same page again once the bot has said all that it wants to say."""
        await self.town.settle()
        await browser.open(browser.path)

    async def signed_in(self, name: str) -> Browser:
        """Somebody from Telegram, in a browser too."""
        await self.town.write(name, "/sidan")
        url = self.town.button(name, "Logga in")[3]["url"]
        browser = self.page.browser()
        await browser.open(url)
        await browser.press("Logga in")
        return browser

    async def begin(self) -> None:
        """Alva begins the first exercise."""
        await self.town.tap("Alva", "Nästa: Engagemang")
        await self.town.tap("Alva", "Sätt i gång")

    async def at_exercise(self, browser: Browser) -> Browser:
        """The page of that exercise."""
        await browser.open("/")
        return await browser.open(browser.links["Engagemang"])

    async def invited(self, name: str) -> Browser:
        """Somebody who is on the page alone, let in by Alva and joined."""
        await self.town.write("Alva", "/start")
        await self.town.tap("Alva", "Bjud in till webbsidan")
        link = re.findall(r"/l/[\w-]+", self.town.last("Alva"))[-1]
        browser = self.page.browser()
        await browser.open(link)
        await self.press(browser, "Be att få", name=name)
        await self.town.tap("Alva", "Släpp in")
        await self.seen(browser)
        organisation, sector, levels, children = PEOPLE[name]
        await self.press(browser, "Jag lovar")
        await self.write(browser, name)
        await self.write(browser, organisation)
        for label in (sector, *(f"☐ {level}" for level in levels), "Klar", children, "Lämna in"):
            await self.press(browser, label)
        return browser


@pytest.fixture
async def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    """Alva and Bo, on Telegram; the page is open."""
    monkeypatch.setattr(post, "PATIENCE", 0.0)  # the town says what it has to say when it is settled
    async with town(tmp_path, page_url=ADDRESS, mail=True) as people:
        await gathered(people, ["Alva", "Bo"])
        async with Page(people.bot, people.clock) as page:
            yield Both(people, page)


async def test_a_mixed_group(both: Both) -> None:
    """Somebody on the page answers with those on Telegram; what the group sees, each sees where they are."""
    cia = await both.invited("Cia")
    await both.begin()
    for name in ("Alva", "Bo"):
        await both.town.tap(name, "Börja")
        for _ in range(7):
            await both.town.tap(name, "Ja")
        await both.town.tap(name, "Lämna in")
    await both.seen(cia)
    await both.press(cia, "Börja")
    for _ in range(7):
        await both.press(cia, "Ja")
    await both.press(cia, "Lämna in")
    assert "så här svarade ni" in "\n".join(both.town.texts("Bo", GROUP))
    await cia.open("/")
    await cia.open(cia.links[GROUP])
    assert "så här svarade ni" in cia.text


async def test_what_is_promised_of_telegram(both: Both) -> None:
    """Whoever is on the page alone reads, before the yes, that what they write is shown in Telegram to those who are
    there; so it is, and no paper of ours says that it stays on the page."""
    cia = await both.invited("Cia")
    shown = "Är någon i gruppen på Telegram visas det du skriver på webbsidan också där."
    assert shown in cia.text
    await both.begin()
    await both.seen(cia)
    await both.press(cia, "Börja")
    await both.press(cia, "Tveksam")
    await both.write(cia, "Det är nytt för oss på jouren")
    for _ in range(6):
        await both.press(cia, "Ja")
    await both.press(cia, "Lämna in")
    for name in ("Alva", "Bo"):
        await both.town.tap(name, "Börja")
        for _ in range(7):
            await both.town.tap(name, "Ja")
        await both.town.tap(name, "Lämna in")
    assert "Det är nytt för oss på jouren" in "\n".join(both.town.texts("Bo", GROUP))
    root = Path(__file__).parents[2]
    for paper in (*root.glob("*.md"), *(root / "messages").rglob("*.toml")):
        said = paper.read_text(encoding="utf-8")
        assert "bara till er server" not in said, paper
        assert not re.search("Telegram kan läsa det du svarar där", said), paper


async def test_begun_in_telegram_and_finished_on_the_page(both: Both) -> None:
    """Whoever is in both places goes on in the one where the other stopped, and both show the same."""
    bo = await both.signed_in("Bo")
    await both.begin()
    await both.town.tap("Bo", "Börja")
    await both.town.tap("Bo", "Ja")
    await bo.open("/samtal")
    assert "2 av 7" in bo.text
    await both.press(bo, "Ja")
    assert "3 av 7" in both.town.last("Bo")


async def test_a_form_without_an_account(both: Both) -> None:
    """Whoever gets a link from the group answers on one page, with no account, is thanked, and is gone."""
    town = both.town
    await Player(town).play("form", FORM)
    link = re.findall(r"/l/[\w-]+", next(text for text in town.texts("Bo") if "/l/" in text))[-1]
    vera = both.page.browser()
    await vera.open(link)
    assert "Exempelstad" not in vera.text, "a preview tells no town"
    await both.press(vera, "Börja")
    await both.press(vera, "Börja")
    assert vera.path.startswith("/ovning/")
    form = vera.form("Spara")
    first = dict(reversed(form.options))
    data = [*form.fields.items(), *first.items(), ("done", "1")]
    async with vera.client.post(vera.path, data=data) as answer:
        await vera.read(answer)
    await both.seen(vera)
    assert "Tack!" in vera.text, vera.text
    assert "1 i listan" in "\n".join(town.texts("Bo", GROUP))
    late = both.page.browser()
    await late.open(link)
    assert late.status == 404


async def test_a_link_that_is_none(both: Both) -> None:
    """A made-up link is told to be none, and leads nowhere."""
    stranger = both.page.browser()
    await stranger.open("/l/nonsense")
    assert stranger.status == 404
    assert "fungerar inte" in stranger.text


async def test_a_sign_in_is_good_once(both: Both) -> None:
    """A link that signs in does so once; who finds it later is told so, and signed in nowhere."""
    await both.town.write("Bo", "/sidan")
    url = both.town.button("Bo", "Logga in")[3]["url"]
    first, second = both.page.browser(), both.page.browser()
    await first.open(url)
    await second.open(url)
    await first.press("Logga in")
    assert "Exempelstad" in first.text
    await second.press("Logga in")
    assert "gäller inte längre" in second.text
    assert "Exempelstad" not in second.text
    assert "Bo" not in second.text.split()
    await second.open("/samtal")
    assert second.path == "/"


async def test_a_sign_in_ends_by_itself(both: Both) -> None:
    """Who has done nothing for thirty days signs in anew from the next Monday on; who has, stays."""
    bo, alva = await both.signed_in("Bo"), await both.signed_in("Alva")
    await both.town.wind(days=30)
    await both.write(alva, "/ring")
    assert (await bo.open("/samtal")).path == "/samtal"
    await both.town.wind(days=7)
    assert (await alva.open("/samtal")).path == "/samtal"
    await bo.open("/samtal")
    assert bo.path == "/"
    assert "Kom in" in bo.text


async def test_signing_out(both: Both) -> None:
    """Whoever signs out is out, also in another window that still shows a page."""
    bo = await both.signed_in("Bo")
    await bo.open("/samtal")
    form = bo.form("Skicka")
    await bo.open("/konto")
    await bo.press("Logga ut")
    async with bo.client.post(form.action, data={**form.fields, "text": "Hej"}) as answer:
        assert answer.status == 401
        told = await answer.text()
        assert "Hej" in told, "what was written is given back"
        assert GROUP not in told


async def test_a_form_sent_twice(both: Both) -> None:
    """A second press while the first is under way, or after the back button, is the same one."""
    bo = await both.signed_in("Bo")
    await both.town.write("Bo", "/atgard Ringa kommunen")
    await bo.open("/samtal")
    form = bo.form("Skicka")
    for _ in range(2):
        async with bo.client.post(form.action, data={**form.fields, "text": "/atgard Boka lokal"}) as answer:
            assert answer.status == 200
    await both.town.settle()
    async with both.town.bot.store.work() as work:
        group = (await work.groups.all_active())[0]
        rows = await work.rows.all(group.id, "todos")
    assert sum("Boka lokal" in str(row.values) for row in rows) == 1


async def test_a_form_from_elsewhere(both: Both) -> None:
    """A form that is none of ours does nothing, however signed in one is."""
    bo = await both.signed_in("Bo")
    await bo.open("/samtal")
    form = bo.form("Skicka")
    for csrf in ("", "0" * 32, "åäö"):
        async with bo.client.post("/gor", data={**form.fields, "csrf": csrf, "text": "/atgard Nej"}) as answer:
            assert answer.status == 403
            assert "/atgard Nej" in await answer.text(), "what was written is not lost"


async def test_a_window_from_before_one_came_in_again(both: Both) -> None:
    """What is sent from a window of an earlier sign-in is given back, and said to be old; a link opens there anew."""
    bo = await both.signed_in("Bo")
    await bo.open("/samtal")
    older = bo.form("Skicka")
    await bo.open("/konto")
    await bo.press("Logga ut")
    url = str(both.town.button("Bo", "Logga in")[3]["url"])
    async with bo.client.post("/gor", data={**older.fields, "text": "Mitt svar"}) as answer:
        assert "Du är utloggad" in await answer.text()
    async with bo.client.post("/gor", data=older.fields) as answer:
        assert "Det du gjorde nu är inte sparat." in await answer.text()
    again = await both.signed_in("Bo")
    async with again.client.post("/gor", data={**older.fields, "text": "Mitt svar"}) as answer:
        told = await answer.text()
    assert "Sidan är gammal" in told
    assert "Mitt svar" in told
    async with again.client.post(url.removeprefix(ADDRESS), data={"number": "-7"}) as answer:
        await again.read(answer)
    assert again.status < 500
    assert "Sidan finns inte" not in again.text


async def test_what_every_answer_carries(both: Both) -> None:
    """Nothing is stored by browser or proxy, nothing is loaded from elsewhere, and no address is passed on."""
    bo = await both.signed_in("Bo")
    for path in ("/", "/samtal", "/konto", "/tillganglighet", "/l/x", "/sida.css", "/fil/1/0", "/nowhere-else"):
        await bo.open(path)
        if path == "/nowhere-else":
            continue
        assert bo.headers["Cache-Control"] == "no-store", path
        assert "default-src 'none'" in bo.headers["Content-Security-Policy"], path
        assert bo.headers["Referrer-Policy"] == "no-referrer", path


async def test_somebody_elses(both: Both) -> None:
    """The mark of a group opens for the one it was made for; a file, for whoever is in its chat."""
    alva, bo = await both.signed_in("Alva"), await both.signed_in("Bo")
    await alva.open("/")
    await bo.open(alva.links[GROUP])
    assert bo.status == 404
    stranger = both.page.browser()
    await stranger.open(alva.links[GROUP])
    assert stranger.path == "/"
