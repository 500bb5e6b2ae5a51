"""Passkeys: the key in somebody's telephone proves who they are, and nothing else that looks like it."""

import html
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.context.context import Actor
from bot.demo.town import MASTER_KEY, START
from bot.features.members.data_export import stored_about
from storage.backup import backup
from storage.vault.vault import Keyring
from tests.page.authenticator import Device
from tests.page.conftest import OnThePage
from tests.page.reader import Browser
from tests.page.test_both import Both, both
from tests.page.test_mail import Mailed, mailed, with_mail
from tests.page.test_proof import code_for

__all__ = ["both", "mailed"]

IS_IT_YOU, FAILED = "Är det du?", "Ingen nyckel svarade"


def asked(browser: Browser) -> str:
    """What the page asks of the device, as JSON."""
    return html.unescape(re.findall(r'data-key="([^"]+)"', browser.html)[-1])


async def add(browser: Browser, device: Device, name: str = "Min telefon") -> Browser:
    """Somebody who has lately proved who they are adds a key."""
    await browser.open("/konto")
    await browser.press("Lägg till en nyckel", new_key=name)
    return await browser.press("Skapa nyckeln", key=device.makes(asked(browser)))


async def remove(browser: Browser) -> Browser:
    """Somebody who has lately proved who they are removes their key."""
    await browser.open("/konto")
    return await browser.press("Ta bort", removed_key=browser.form("Ta bort").fields["removed_key"])


async def sensitive(browser: Browser) -> Browser:
    """Somebody does what asks for a proof."""
    await browser.open("/konto")
    return await browser.press("Lägg till en nyckel", new_key="En till")


async def comes_in(browser: Browser, device: Device) -> Browser:
    """Somebody signs in with a key."""
    await browser.open("/")
    await browser.press("Logga in med nyckel")
    return await browser.press("Använd nyckeln", key=device.shows(asked(browser)))


@pytest.fixture
async def bo(both: Both) -> tuple[Browser, Device]:
    """Bo, from Telegram, with a key in his telephone; it is a while ago that he proved who he is."""
    browser, device = await both.signed_in("Bo"), Device()
    await add(browser, device)
    await both.town.wind(minutes=16)
    return browser, device


# -- what a key does ---------------------------------------------------------------------------------------------------
async def test_a_key_is_the_proof(both: Both, bo: tuple[Browser, Device]) -> None:
    """Whoever has one is asked for it, and gets no code; shown, it counts for a quarter of an hour."""
    browser, device = bo
    told = len(both.town.texts("Bo"))
    await sensitive(browser)
    assert IS_IT_YOU in browser.text
    assert "Därför frågar jag efter din nyckel" in browser.text
    await both.town.settle()
    assert len(both.town.texts("Bo")) == told, "no code is on its way"
    await browser.press("Använd nyckeln", key=device.shows(asked(browser)))
    assert "Nyckeln En till sparas" in browser.text, "what was wanted is done at once"
    await both.town.wind(minutes=16)
    assert IS_IT_YOU in (await sensitive(browser)).text


async def test_a_key_signs_in(both: Both, bo: tuple[Browser, Device]) -> None:
    """On a new browser too, with no name; no code is asked for then. The page tells when it was used."""
    _, device = bo
    fresh = await comes_in(both.page.browser(), device)
    assert "Det som väntar på dig" in fresh.text
    assert IS_IT_YOU not in (await sensitive(fresh)).text
    await fresh.open("/konto")
    assert "Min telefon, sedan 11 januari 2027, använd 11 januari 2027" in fresh.text


async def test_a_link_proves_nothing_beside_a_key(both: Both, bo: tuple[Browser, Device]) -> None:
    """Who reads somebody's Telegram or mail signs in as them, but does nothing sensitive: that takes the key."""
    thief = await both.signed_in("Bo")
    assert IS_IT_YOU in (await sensitive(thief)).text
    assert "Därför frågar jag efter din nyckel" in thief.text


async def test_a_lost_key(both: Both, bo: tuple[Browser, Device]) -> None:
    """Whoever coordinates is given a code for them, and rings; then the key is removed, and codes come as before."""
    browser, device = bo
    await browser.open("/konto")
    await browser.press("Ta bort")
    assert IS_IT_YOU in browser.text
    await browser.press("Jag har inte nyckeln här")
    assert "ringer upp dig" in browser.text
    await both.town.settle()
    assert "Ring upp Bo" in both.town.last("Alva")
    await both.press(browser, "Fortsätt", code=code_for(both, "Alva"))
    assert "Min telefon" not in (await browser.open("/konto")).text
    assert "Du har ingen nyckel till webbsidan längre" in both.town.last("Bo")
    assert FAILED in (await comes_in(both.page.browser(), device)).text
    await both.town.wind(minutes=16)
    assert "i Telegram" in (await sensitive(browser)).text


async def test_own_data(both: Both, bo: tuple[Browser, Device]) -> None:
    """Whoever takes out what is stored about them reads of each key its name, and when it was added and used."""
    async with both.town.bot.store.work() as work:
        ctx = both.page.asking.context(work)
        (group,) = await work.groups.all_active()
        member = next(one for one in await work.members.of_group(group.id) if one.name == "Bo")
        actor = Actor(await work.people.get(member.person_id), group, member)
        stored = await stored_about(ctx, actor)
    assert stored["keys"] == [{"name": "Min telefon", "since": "2027-01-11", "used": ""}]


async def test_alone_without_the_key(alone: OnThePage) -> None:
    """Where nobody else is there, the operator is rung and answers the number on the page."""
    alva = await alone.founded()
    await add(alva, Device())
    alone.clock.wind(minutes=16)
    await sensitive(alva)
    await alva.press("Jag har inte nyckeln här")
    await alva.press("Fortsätt", code=alone.told_by_operator(alva))
    assert IS_IT_YOU not in alva.text


async def test_without_script(both: Both, bo: tuple[Browser, Device]) -> None:
    """The page says that this browser cannot, shows no button for it, and leaves the other way."""
    browser, _ = bo
    await sensitive(browser)
    assert "Den här webbläsaren kan inte använda nycklar" in browser.text
    assert all(" data-with-key hidden>" in form for form in re.findall(r"<form[^>]*data-key[^>]*>", browser.html))
    assert "Jag har inte nyckeln här" in browser.labels


async def test_restored_from_before(both: Both, bo: tuple[Browser, Device], tmp_path: Path) -> None:
    """A backup from before a key was removed has it again, and does not say whose: it signs in until removed anew."""
    browser, device = bo
    store, keyring = both.town.bot.store, Keyring(MASTER_KEY)
    (tmp_path / "kept").mkdir(mode=0o700)
    kept = backup.make(store.path, tmp_path / "kept", keyring, START, keep=1)
    backup.restore(kept, tmp_path / "again" / store.path.name, keyring)
    with closing(sqlite3.connect(tmp_path / "again" / store.path.name)) as copy:
        copy.row_factory = sqlite3.Row
        rows = [dict(row) for row in copy.execute("SELECT * FROM passkeys")]
    assert [set(row) for row in rows] == [{"id", "sealed"}], "no copy says whose it is"
    await sensitive(browser)
    await browser.press("Använd nyckeln", key=device.shows(asked(browser)))
    await remove(browser)
    assert FAILED in (await comes_in(both.page.browser(), device)).text
    async with store.work() as work:
        for row in rows:
            work._session.write("INSERT INTO passkeys (id, sealed) VALUES (:id, :sealed)", row)
    back = await comes_in(both.page.browser(), device)
    assert "Min telefon" in (await back.open("/konto")).text
    await remove(back)
    assert FAILED in (await comes_in(both.page.browser(), device)).text


# -- what a thief does -------------------------------------------------------------------------------------------------
async def test_a_key_is_no_secret_gift(mailed: Mailed) -> None:
    """A new key is told by mail and in the conversation; a tap in either takes it away, and whoever made it is out."""
    cia, device = await mailed.both.invited("Cia"), Device()
    await mailed.given(cia, "cia@example.se")
    await mailed.both.town.wind(days=2)
    await cia.open("/konto")
    await cia.press("Lägg till en nyckel", new_key="Tjuvens")
    assert IS_IT_YOU in cia.text, "another key takes a proof"
    await mailed.mailer.drain()
    await cia.press("Fortsätt", code=mailed.code())
    await cia.press("Skapa nyckeln", key=device.makes(asked(cia)))
    thief = await comes_in(mailed.both.page.browser(), device)
    await mailed.both.town.wind(days=5)
    await mailed.mailer.drain()
    told = next(mail for mail in reversed(mailed.post.came) if "nyckel" in mail["Subject"])
    assert told["To"] == "cia@example.se"
    await mailed.both.town.settle()
    await cia.open("/samtal")
    assert "Det finns en ny nyckel till webbsidan: Tjuvens" in cia.text
    reader = await mailed.both.page.browser().open(mailed.post.links(mailed.post.came.index(told))[0])
    await reader.press("Det var inte jag")
    assert "nya nycklar är borta" in reader.text
    assert (await thief.open("/konto")).path == "/"
    assert FAILED in (await comes_in(thief, device)).text


async def test_a_key_of_the_first_day_guards_the_address(alone: OnThePage) -> None:
    """Whoever leaves an address on a town's first day is asked nothing; beside a key that was added there, the key."""
    async with with_mail(alone.page, alone.bot, alone.clock) as (post, mailer):  # type: ignore[arg-type]
        alva, device = await alone.founded(), Device()
        await add(alva, device)
        alone.clock.wind(minutes=16)
        await alva.open("/konto")
        await alva.press("Spara adressen", address="thief@example.org")
        assert IS_IT_YOU in alva.text
        await mailer.drain()
        assert post.came == []
        await alva.press("Använd nyckeln", key=device.shows(asked(alva)))
        await mailer.drain()
        assert [mail["To"] for mail in post.came] == ["thief@example.org"], "what was wanted is done at once"


async def test_it_was_not_me_takes_keys_too(both: Both, bo: tuple[Browser, Device]) -> None:
    """In Telegram one tap takes the new key away, and no browser is left."""
    browser, device = bo
    await both.town.settle()
    await both.town.tap("Bo", "Det var inte jag")
    assert "Den nya nyckeln är borttagen" in both.town.last("Bo")
    assert (await browser.open("/konto")).path == "/"
    assert FAILED in (await comes_in(browser, device)).text


ANOTHER = {"origin": "http://127.0.0.1.evil.example:8444", "unlocks": False, "counter": -1, "id": b"made up"}
ANOTHER["_key"] = Device()._key  # of a thief who has the file, and its key: the id and the count are right, as stored


@pytest.mark.parametrize("what", ANOTHER)
async def test_what_is_not_their_key(both: Both, bo: tuple[Browser, Device], what: str) -> None:
    """Shown to another site, not unlocked, a copy whose count stands still, one that nobody has added, or all that is
    stored of it without the device: none of them proves anything, or signs in."""
    browser, device = bo
    await sensitive(browser)
    await browser.press("Använd nyckeln", key=device.shows(asked(browser)))
    await both.town.wind(minutes=16)
    setattr(device, what, ANOTHER[what] if what != "counter" else device.counter - 1)
    await sensitive(browser)
    await browser.press("Använd nyckeln", key=device.shows(asked(browser)))
    assert IS_IT_YOU in browser.text
    assert FAILED in browser.text
    if what == "counter":
        device.counter -= 1
    assert FAILED in (await comes_in(both.page.browser(), device)).text


async def test_an_answer_is_good_once_and_for_five_minutes(both: Both, bo: tuple[Browser, Device]) -> None:
    """What a key has answered is good in that browser alone, once, and soon: heard by somebody else, it is no use."""
    browser, device = bo
    thief = both.page.browser()
    await sensitive(browser)
    answer = device.shows(asked(browser))
    await thief.open("/")
    await thief.press("Logga in med nyckel")
    assert FAILED in (await thief.press("Använd nyckeln", key=answer)).text
    await browser.press("Använd nyckeln", key=answer)
    assert IS_IT_YOU not in browser.text
    await both.town.wind(minutes=16)
    await sensitive(browser)
    assert FAILED in (await browser.press("Använd nyckeln", key=answer)).text
    late = device.shows(asked(browser))
    await both.town.wind(minutes=6)
    assert FAILED in (await browser.press("Använd nyckeln", key=late)).text
    assert IS_IT_YOU not in (await browser.press("Använd nyckeln", key=device.shows(asked(browser)))).text


async def test_another_s_key(both: Both, bo: tuple[Browser, Device]) -> None:
    """A colleague's own key proves nothing at one's browser, and can be added or removed by nobody else."""
    browser, device = bo
    alva, hers = await both.signed_in("Alva"), Device()
    assert FAILED in (await add(alva, device)).text, "it is Bo's already"
    await add(alva, hers)
    hers_is = (await alva.open("/konto")).form("Ta bort").fields["removed_key"]
    await sensitive(browser)
    assert FAILED in (await browser.press("Använd nyckeln", key=hers.shows(asked(browser)))).text
    await browser.press("Använd nyckeln", key=device.shows(asked(browser)))
    mine = (await browser.open("/konto")).form("Ta bort")
    mine.fields["removed_key"] = hers_is
    async with browser.client.post(mine.action, data=mine.fields):
        pass
    assert "Min telefon" in (await alva.open("/konto")).text


@pytest.mark.parametrize("answer", ["{}", "null", "[]", "{", '{"id": 1}', '{"id":"å","rawId":"å","response":{}}', "0"])
async def test_nonsense(both: Both, bo: tuple[Browser, Device], answer: str) -> None:
    """Whatever else is sent is told as what it is not."""
    browser, _ = bo
    await sensitive(browser)
    assert FAILED in (await browser.press("Använd nyckeln", key=answer)).text
    fresh = await both.page.browser().open("/")
    await fresh.press("Logga in med nyckel")
    assert FAILED in (await fresh.press("Använd nyckeln", key=answer)).text
    owner = await both.signed_in("Alva")
    await owner.open("/konto")
    await owner.press("Lägg till en nyckel", new_key="Min telefon")
    assert FAILED in (await owner.press("Skapa nyckeln", key=answer)).text
