"""`/dolj`: whoever picks up a phone, or sits down at a browser, finds nothing of what was said there (threat T2)."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channel.outcomes import Fate, SendOutcome
from bot.demo.town import GROUP, Town
from bot.page import post
from storage.records.records import Attachment, Outgoing, SeatState
from tests.incidents.scene import SIX, watched
from tests.page.reader import ADDRESS, Browser, Page
from tests.page.test_both import Both, both
from tests.page.test_proof import code_for

__all__ = ["both"]

GOES = "Det här försvinner om en minut."
OWN = ("Kvitto", "Ändra ett svar", "Ta tillbaka")  # of an incident that one has logged


@pytest.fixture
async def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    """Alva, Bo and Cia, who reads incidents, on Telegram; the page is open."""
    monkeypatch.setattr(post, "PATIENCE", 0.0)
    async with watched(tmp_path, page_url=ADDRESS, mail=True) as played, Page(played.bot, played.clock) as page:
        yield Both(played, page)


async def log(both: Both, browser: Browser) -> None:
    """Log an incident on the page."""
    await both.write(browser, "/incident")
    for label in SIX:
        await both.tap(browser, label)
    assert "✓ Sparat. Kvitto" in browser.text, browser.text
    assert "Ändra ett svar" in browser.labels


def said(browser: Browser) -> int:
    """How many messages the conversation shows."""
    return browser.html.count("<article")


def empty(browser: Browser) -> bool:
    """True if the conversation holds nothing, and nothing of an incident can be tapped there."""
    assert browser.path == "/samtal"
    assert not [label for label in browser.labels if label.startswith(OWN)]
    return not said(browser) and not any(word in browser.text for word in OWN)


@pytest.mark.parametrize("command", ["/dolj", "/dölj"])
async def test_what_was_logged_on_the_page_leaves_it(read: Both, command: str) -> None:
    """Somebody in both places logs in the browser and hides: both are empty at once, and it is said in numbers."""
    bo = await read.signed_in("Bo")
    await log(read, bo)
    there = said(bo)
    assert read.town.texts("Bo")
    await bo.write(command)
    assert f"Samtalet är tömt. {there} meddelanden är borta." in bo.text
    assert "I Telegram tar jag bort det vi har skrivit de senaste två dygnen." in bo.text
    await read.seen(bo)
    assert empty(bo)
    assert "Samtalet är tömt" not in bo.text, "what is said in passing stands nowhere afterwards"
    assert read.town.texts("Bo") == []
    await bo.write(command)
    assert "Samtalet var redan tomt." in bo.text


async def test_hiding_in_telegram_empties_the_page(read: Both) -> None:
    """The same from the other door."""
    bo = await read.signed_in("Bo")
    await log(read, bo)
    await read.town.write("Bo", "/dolj")
    assert [text for text in read.town.texts("Bo") if GOES not in text] == []
    assert empty(await bo.open("/samtal"))


async def test_hiding_in_telegram_says_what_went(read: Both) -> None:
    """In numbers where they are known, and what is for oneself to remove; silently, on the telephone alone. A minute
    later these words are gone too, also after a restart, and neither schedule nor queue tells that they were there."""
    bo = await read.signed_in("Bo")
    await log(read, bo)
    there = said(bo)
    await read.town.wind(days=10)
    await read.town.write("Bo", "/dolj")
    told = read.town.find("Bo", GOES)
    assert f"På webbsidan är {there} meddelanden borta." in told.content["text"]
    assert "Det som är äldre får jag inte ta bort i Telegram." in told.content["text"]
    assert told.silent
    assert empty(await bo.open("/samtal"))
    await read.town.restart()
    await read.town.wind(minutes=1)
    assert not [text for text in read.town.texts("Bo") if GOES in text]
    async with read.town.bot.store.work() as work:
        assert await work._session.rows("SELECT 1 FROM agenda WHERE kind = 'passing'") == []
        assert await work._session.rows("SELECT 1 FROM outbox WHERE kind = 'delete'") == []


async def test_a_receipt_of_last_week_leaves_too(read: Both) -> None:
    """What Telegram no longer lets a bot delete leaves the page all the same, and what is newer leaves Telegram."""
    bo = await read.signed_in("Bo")
    await log(read, bo)
    old = read.town.texts("Bo")
    await read.town.wind(days=10)
    await read.write(bo, "/ring")
    assert len(read.town.texts("Bo")) > len(old)
    await read.write(bo, "/dolj")
    assert empty(bo)
    assert read.town.texts("Bo") == old


async def test_somebody_on_the_page_alone(both: Both) -> None:
    """Whoever has no Telegram empties their conversation; others keep theirs, and later words come as ever."""
    cia = await both.invited("Cia")
    await both.write(cia, "/ring")
    there = said(cia)
    alva = both.town.texts("Alva")
    await cia.write("/dolj")
    assert f"Samtalet är tömt. {there} meddelanden är borta." in cia.text
    assert "Telegram" not in cia.text
    await both.seen(cia)
    assert empty(cia)
    assert both.town.texts("Alva") == alva
    await both.write(cia, "/ring")
    assert said(cia) == 1
    assert "112" in cia.text


async def contacts(both: Both) -> bool:
    """True if Cia, who reads, sees that somebody wants to be contacted."""
    await both.town.write("Cia", "/svara")
    await both.town.tap("Cia", "Läs händelser")
    return "vill bli kontaktad" in both.town.texts("Cia")[-1]


async def test_a_wish_in_an_incident_is_taken_back_later(read: Both) -> None:
    """Bo wants to be contacted, and hides: he is told that it lives on, and where he takes it back. There the receipt
    is still his, and nobody is to ring any more. On the page the same is said."""
    town = read.town
    await town.write("Bo", "/incident")
    for label in (*SIX[:-1], "11", "Ja", "Spara"):
        await town.tap("Bo", label)
    assert await contacts(read)
    await town.write("Bo", "/dolj")
    lives = "Har du bett om att bli kontaktad gäller det fortfarande. Det tar du tillbaka med /handelse"
    assert [text for text in town.texts("Bo") if lives in text]
    bo = await read.signed_in("Bo")
    await bo.write("/dolj")
    assert lives in bo.text
    await town.write("Bo", "/incident")
    await town.tap("Bo", "Det jag har loggat")
    (receipt,) = re.findall(r"^(\w{6}), ", "\n".join(town.texts("Bo")), re.MULTILINE)
    for label in (receipt, "Vill bli kontaktad", "Nej"):
        await town.tap("Bo", label)
    assert not await contacts(read)


async def test_one_s_own_incident_folds_away(read: Both) -> None:
    """Ten minutes after the receipt neither it nor that one has begun to log stands on the page, and to change or take
    back the incident asks for a code, also with a button of a page left open. In the chat it stands as ever."""
    bo = await read.signed_in("Bo")
    await log(read, bo)
    change, back = (next(f for f in bo.forms if f.label == label) for label in ("Ändra ett svar", "Ta tillbaka"))
    await read.town.wind(minutes=9)
    assert "Kvitto" in (await bo.open("/samtal")).text
    assert 0 < int(re.findall(r'data-folds="(\d+)"', bo.html)[0]) <= 60, "an open page looks again then"
    await read.town.wind(minutes=7)
    assert empty(await bo.open("/samtal")), bo.text
    for form, then in ((change, "Handlar om"), (back, "Ja, ta bort den")):
        async with bo.client.post(form.action, data=form.fields) as answer:
            await bo.read(answer)
        await read.seen(bo)
        await bo.press(then)
        assert "Är det du?" in bo.text
    await read.town.settle()
    await bo.press("Fortsätt", code=code_for(read, "Bo"))
    await read.town.settle()
    assert "är borttagen" in "\n".join(read.town.texts("Bo"))


async def test_an_answer_does_not_bring_it_back(read: Both) -> None:
    """What a receipt says later, that it is read, stands in Telegram's chat; on the page it stays folded away."""
    bo = await read.signed_in("Bo")
    await log(read, bo)
    await read.town.wind(days=1)
    await read.town.tap("Cia", "Öppna")
    await read.town.wind(days=1)
    assert "Läst av någon som läser händelser." in "\n".join(read.town.texts("Bo"))
    await bo.open("/samtal")
    assert not any(word in bo.text for word in ("Läst av någon", *OWN)), bo.text


async def test_half_logged_goes_at_night(both: Both) -> None:
    """What asked is gone from the page in the morning, as from the chat, however often it did: a text is refused, and
    the question put again. Where to turn folds away before."""
    cia = await both.invited("Cia")
    await both.write(cia, "/incident")
    await both.press(cia, "Nu")
    await both.write(cia, "det är en tjej på rum 12")
    await both.write(cia, "jag vill ändra")
    assert cia.text.count("handlar om?") == 3
    await both.town.wind(hours=17)
    await cia.open("/samtal")
    assert "handlar om?" not in cia.text
    assert "Välj med en av knapparna" not in cia.text


async def test_half_logged_and_hidden(read: Both) -> None:
    """An incident in the midst of which one hides asks no more; it waits under /svara."""
    bo = await read.signed_in("Bo")
    await read.write(bo, "/incident")
    await read.press(bo, "Nu")
    await read.write(bo, "/dolj")
    assert empty(bo)
    await read.write(bo, "Skolan")
    assert "Skolan" not in re.sub(r"<textarea.*?</textarea>", "", bo.html)
    await read.write(bo, "/svara")
    assert "påbörjat, inte klart" in bo.text


async def test_what_cannot_be_deleted_leaves_no_trace(read: Both, caplog: pytest.LogCaptureFixture) -> None:
    """Telegram refuses what is too old: neither a row nor a line of the log tells who hid something, and when."""
    bo = await read.signed_in("Bo")
    await read.write(bo, "/ring")
    await read.town.wind(days=3)
    caplog.clear()
    with caplog.at_level("DEBUG"):
        await read.town.write("Bo", "/dolj")
    assert [call for call in read.town.sandbox.calls if call["method"] == "deleteMessages" and call["error"]]
    async with read.town.bot.store.work() as work:
        rows = await work._session.rows("SELECT chat, kind, state, error FROM outbox WHERE state <> 'sent'")
    assert [tuple(row) for row in rows if row["chat"].startswith("p:")] == []
    assert not [one for one in caplog.records if one.name.startswith("bot") and "delete" in str(vars(one))]


async def test_hidden_from_a_page_of_a_group_that_was_left(read: Both) -> None:
    """A group's page stays open, and its owner is taken out of the group meanwhile: what they write there gets through.

    `/dolj` empties their conversation, a cry for help is answered in it; a button of the group's is refused as before.
    """
    bo = await read.signed_in("Bo")
    await log(read, bo)
    await bo.open("/")
    mark = bo.links[GROUP].partition("#")[0].rpartition("/")[2]
    form = {**(await bo.open("/samtal")).form("Skicka").fields, "group": mark, "message": "1"}
    async with read.town.bot.store.work() as work:
        seats = [m for m in await work.members.of_group(1) if m.name == "Bo"]
        await work.members.update(seats[0].id, state=SeatState.LEFT)
    for text, number in (("/dolj", "-11"), ("hjälp, min man slår mig", "-12")):
        async with bo.client.post("/gor", data={**form, "number": number, "text": text}) as answer:
            await bo.read(answer)
        await read.seen(bo)
        assert bo.path == "/samtal"
        assert empty(bo) if text == "/dolj" else "Ring 112 nu" in bo.text, bo.text
    async with bo.client.post("/gor", data={**form, "number": "-13", "action": "x"}) as answer:
        assert answer.status == 404


# -- while something is on its way -------------------------------------------------------------------------------------
class Held:
    """The way out to both doors, on which what is shown to one person next is held until it is let go."""

    def __init__(self, town: Town, person_id: int, ends: str) -> None:
        self._channel, self._person, self._ends = town.bot.sender._channel, person_id, ends
        self.there, self.let_go = asyncio.Event(), asyncio.Event()
        town.bot.sender._channel = self

    async def send(self, item: Outgoing, chat_id: int, files: Sequence[Attachment] = ()) -> SendOutcome:
        """As Outlet."""
        if self.there.is_set() or item.person_id != self._person or not (item.kind == "message" or item.is_edit):
            return await self._channel.send(item, chat_id, files)
        early = await self._channel.send(item, chat_id, files) if self._ends in SHOWN else None
        self.there.set()
        await self.let_go.wait()
        match self._ends:
            case "no answer":
                return SendOutcome(Fate.UNSURE, late=True)
            case "asked to wait":
                return SendOutcome(Fate.WAIT, wait=timedelta(seconds=5))
        return early or await self._channel.send(item, chat_id, files)


SHOWN = ("shown at once", "no answer", "killed")


@pytest.mark.parametrize("ends", [*SHOWN, "shown late", "asked to wait"])
@pytest.mark.parametrize("door", ["page", "telegram"])
@pytest.mark.parametrize("what", ["receipt", "answer"])
async def test_hidden_while_it_is_sent(read: Both, door: str, what: str, ends: str) -> None:
    """A receipt, or an answer, is on its way to Telegram, with more behind it, while its reader hides at either door.

    Whether Telegram shows it before or after, answers late or never, asks to wait, or the process is killed meanwhile:
    nothing of it is left at either door in the end, nor in the queue; and what is said afterwards stays.
    """
    town = read.town
    bo = await read.signed_in("Bo")
    async with town.bot.store.work() as work:
        person = await work.people.by_user(town.person("Bo"))
    assert person is not None
    user = person.user_id
    await town.write("Bo", "/incident")
    for label in SIX[:-1]:
        await town.tap("Bo", label)
    held = Held(town, person.id, ends)
    if what == "receipt":
        message, row, column, _ = town.button("Bo", "Spara")
        town.sandbox.act(user, "press", chat=user, message_id=message.id, row=row, col=column)
    for text in ("/ring", "/hjalp"):
        town.sandbox.act(user, "send_text", chat=user, text=text)
    await town.bot.poller.poll(0)
    sending = asyncio.create_task(town.bot.sender.drain())
    await held.there.wait()
    town.sandbox.calls.clear()
    if door == "page":
        await bo.write("/dolj")
        assert "Samtalet är tömt" in bo.text
    else:
        town.sandbox.act(user, "send_text", chat=user, text="/dolj")
        await town.bot.poller.poll(0)
    if ends == "killed":
        for task in (sending, *town.bot.sender._calls.values()):
            task.cancel()
        await town.restart()
    else:
        held.let_go.set()
        await sending
    for _ in range(3):
        await town.wind(minutes=1)
    assert town.texts("Bo") == []
    shown = [one for one in town.sandbox.calls if one["method"].startswith(("send", "edit")) and one["chat"] == user]
    assert len(shown) <= (ends == "shown late") + (door == "telegram"), "what waited is not even shown for a moment"
    async with town.bot.store.work() as work:
        assert await work.chat_copies.newest(f"p:{person.id}") == []
        left = "SELECT 1 FROM outbox WHERE chat = ? AND state <> 'sent'"
        assert await work._session.rows(left, (f"p:{person.id}",)) == []
    await town.write("Bo", "/ring")
    await town.wind(minutes=3)
    assert "112" in town.last("Bo"), "what is said afterwards stays"


async def test_hidden_while_it_is_said_on_the_page(both: Both) -> None:
    """The same for whoever has no Telegram, with a second page open that is told of changes."""
    cia, other = await both.invited("Cia"), both.page.browser()
    other.client.session.cookie_jar.update_cookies({c.key: c.value for c in cia.client.session.cookie_jar})
    town = both.town
    async with town.bot.store.work() as work:
        (person_id,) = [m.person_id for m in await work.members.active(1) if m.name == "Cia"]
    held = Held(town, person_id, "shown late")
    async with other.client.get("/handelser") as stream:
        await cia.write("/ring")
        sending = asyncio.create_task(town.bot.sender.drain())
        await held.there.wait()
        await cia.write("/dolj")
        assert await stream.content.readline() == b"event: changed\n"
        held.let_go.set()
        await sending
        await both.seen(cia)
        assert empty(cia)
        assert empty(await other.open("/samtal"))
    await both.write(cia, "/ring")
    assert said(cia) == 1
