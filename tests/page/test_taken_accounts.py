"""Attempts to take an account: a minute at an open browser, a puppet, another site; and the honest case beside each."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.context.context import Context
from bot.demo.player import Player
from bot.demo.town import GROUP
from bot.features.members import sign_in
from bot.settings import Operator
from storage.backup.backup import LEFT_OUT
from tests.page.conftest import OnThePage
from tests.page.reader import ADDRESS, Browser
from tests.page.test_alone import invited, join
from tests.page.test_both import Both, both
from tests.page.test_guest import EVENT, POSTER
from tests.page.test_mail import CODE, Mailed, mailed, with_mail
from tests.page.test_proof import code_for, reads

__all__ = ["both", "mailed"]

IS_IT_YOU = "Är det du?"
THIEF = "thief@example.org"
EVIL = {"Origin": "https://evil.example"}
LATELY = {"days": 2}  # after which somebody who came in is no newcomer any more


def shown_link(browser: Browser) -> str:
    """The newest link that stands on a page."""
    return str(re.findall(r"/l/[\w-]+", browser.text)[-1])


# -- another address ---------------------------------------------------------------------------------------------------
async def test_a_minute_at_an_open_browser_gives_no_address(mailed: Mailed) -> None:
    """Whoever sits there is asked for a code, which goes to the owner's mailbox: nothing is changed or removed."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await mailed.both.town.wind(**LATELY)
    mailed.post.came.clear()
    for address in (THIEF, ""):
        await cia.open("/konto")
        await cia.press("Spara adressen", address=address)
        assert IS_IT_YOU in cia.text
        await mailed.mailer.drain()
        assert {mail["To"] for mail in mailed.post.came} == {"cia@example.se"}
        await cia.press("Fortsätt", code="000 000" if mailed.code() != "000 000" else "000 001")
        assert "stämmer inte" in cia.text
    assert not await mailed.signs_in(THIEF)
    assert await mailed.signs_in("cia@example.se")


async def test_an_address_is_changed_by_its_owner(mailed: Mailed) -> None:
    """She takes the code from her mailbox. The old address and her conversation are told; a day later the new one
    counts, and the old one is nobody's."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await mailed.both.town.wind(**LATELY)
    await mailed.given(cia, "cia@example.org")
    await mailed.mailer.drain()
    told = mailed.post.came[-1]
    assert told["To"] == "cia@example.se"
    assert "Var det inte du? Tryck på länken" in told.get_content()
    assert GROUP not in told.as_string()
    await mailed.both.town.settle()
    await cia.open("/samtal")
    assert "Om ett dygn går mejlen till dig till en ny adress" in cia.text
    await cia.open("/konto")
    assert "cia@example.org börjar gälla när ett dygn har gått" in cia.text
    assert not await mailed.signs_in("cia@example.org")
    assert await mailed.signs_in("cia@example.se")
    sent, a_day_later = mailed.post.links()[0], {"hours": 24}
    await mailed.both.town.wind(**a_day_later)
    assert await mailed.signs_in("cia@example.org")
    assert not await mailed.signs_in("cia@example.se")
    await mailed.both.town.settle()
    await cia.open("/samtal")
    assert "Mejlen till dig går nu till en ny adress." in cia.text
    await cia.press("Det var inte jag")
    assert "Ingen ändring av adressen väntar" in cia.text
    late = await mailed.both.page.browser().open(sent)
    assert "Logga in" not in late.labels


async def changing(mailed: Mailed, to: str = THIEF) -> tuple[Browser, str]:
    """Cia, whose mail is read by a thief at her browser for a moment: a change of her address is on its way. Her
    browser, and the link in the mail to her address."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await mailed.both.town.wind(**LATELY)
    await mailed.given(cia, to)
    await mailed.mailer.drain()
    assert mailed.post.came[-1]["To"] == "cia@example.se"
    return cia, mailed.post.links()[0]


async def test_it_was_not_me_from_the_mailbox(mailed: Mailed) -> None:
    """The link to the old address takes the change back, signs everybody out, and voids the links and codes of
    meanwhile; she comes in by the old address, and what the thief had leads nowhere, on that day and later."""
    cia, not_me = await changing(mailed)
    assert await mailed.signs_in("cia@example.se")
    on_its_way = mailed.post.links()[0]
    reader = await mailed.both.page.browser().open(not_me)
    assert (await cia.open("/konto")).path == "/konto", "to look at the link does nothing"
    await reader.press("Det var inte jag")
    assert "Inget är ändrat" in reader.text
    assert (await cia.open("/konto")).path == "/", "whoever sat there is out"
    thief = await mailed.both.page.browser().open(on_its_way)
    assert "Logga in" not in thief.labels
    await mailed.both.town.wind(**LATELY)
    assert not await mailed.signs_in(THIEF)
    assert await mailed.signs_in("cia@example.se")
    await cia.open(mailed.post.links()[0])
    await cia.press("Logga in")
    await cia.open("/samtal")
    assert "Det blir ingen ändring av din e-postadress" in cia.text
    await cia.open("/konto")
    assert THIEF not in cia.html


async def test_it_was_not_me_from_the_conversation(mailed: Mailed) -> None:
    """The button there asks for no code. Her own browser stays signed in, without what was proved in it."""
    cia, _ = await changing(mailed)
    assert await mailed.signs_in("cia@example.se")
    thief = await mailed.both.page.browser().open(mailed.post.links()[0])
    await thief.press("Logga in")
    await mailed.both.town.settle()
    await cia.open("/samtal")
    await mailed.both.press(cia, "Det var inte jag")
    await cia.open("/samtal")
    assert "Det blir ingen ändring av din e-postadress" in cia.text
    assert (await thief.open("/konto")).path == "/"
    await cia.open("/konto")
    await cia.press("Spara adressen", address=THIEF)
    assert IS_IT_YOU in cia.text, "the code of before does not hold any more"


async def test_it_was_not_me_from_telegram(mailed: Mailed) -> None:
    """Whoever is in Telegram too is told there, and undoes it there: no browser is left."""
    town = mailed.both.town
    bo = await mailed.both.signed_in("Bo")
    await town.wind(**LATELY)
    await bo.open("/konto")
    await bo.press("Spara adressen", address=THIEF)
    await town.settle()
    await bo.press("Fortsätt", code=code_for(mailed.both, "Bo"))
    await mailed.mailer.drain()
    await bo.open(mailed.post.links()[0])
    await bo.press("Det är min adress")
    await town.settle()
    assert "kan du logga in på webbsidan med adressen" in "\n".join(town.texts("Bo"))
    await town.tap("Bo", "Det var inte jag")
    assert (await bo.open("/konto")).path == "/"
    await town.wind(**LATELY)
    assert not await mailed.signs_in(THIEF)


async def test_the_newest_change_is_the_one_that_waits(mailed: Mailed) -> None:
    """Two changes in a row: the first never counts, its link is dead, and one tap takes both back."""
    cia, _ = await changing(mailed, "first@example.org")
    await cia.open("/konto")
    await cia.press("Spara adressen", address="second@example.org")
    await mailed.mailer.drain()
    await mailed.both.town.wind(hours=23)
    await cia.open(mailed.post.links()[0])
    await cia.press("Det är min adress")
    await mailed.both.town.wind(hours=2)
    assert not await mailed.signs_in("first@example.org")
    assert await mailed.signs_in("cia@example.se"), "the second has not waited its day"
    await mailed.both.town.wind(hours=22)
    assert await mailed.signs_in("second@example.org")


async def test_a_removal_waits_as_well(mailed: Mailed) -> None:
    """Whoever wants no mail any more gets none after a day, and can change their mind until then."""
    cia, _ = await changing(mailed, "cia@example.org")
    await mailed.both.town.wind(**LATELY)
    assert await mailed.signs_in("cia@example.org")
    await mailed.saved(cia, "")
    assert "Adressen tas bort när ett dygn har gått" in (await cia.open("/konto")).text
    assert await mailed.signs_in("cia@example.org")
    await mailed.both.town.wind(days=1)
    assert not await mailed.signs_in("cia@example.org")
    assert "Om du lämnar din e-postadress" in (await cia.open("/konto")).text


async def test_a_wrong_clock_delays_a_change_by_a_day(mailed: Mailed) -> None:
    """A change that was asked for while the clock stood in another year waits a day from when it is right again."""
    await changing(mailed, "cia@example.org")
    async with mailed.both.town.bot.store.work() as work:
        (waits,) = await work.mail_addresses.waiting()
        await work.mail_addresses.update(waits.id, counts_from=waits.counts_from + 400 * 86_400)
    await mailed.mailer.drain()
    await mailed.both.town.wind(hours=23)
    assert not await mailed.signs_in("cia@example.org")
    await mailed.both.town.wind(hours=1)
    assert await mailed.signs_in("cia@example.org")


async def test_no_backup_brings_a_change_back(mailed: Mailed) -> None:
    """A backup from the day in between holds the old address alone: the change may have been taken back since."""
    await changing(mailed)
    async with mailed.both.town.bot.store.work() as work:
        for statement in LEFT_OUT:
            work._session.write(statement, {"today": "2000-01-01"})
    await mailed.both.town.wind(**LATELY)
    assert not await mailed.signs_in(THIEF)
    assert await mailed.signs_in("cia@example.se")


async def test_wrong_guesses_lock_nobody_out_elsewhere(mailed: Mailed) -> None:
    """A thief at one browser of hers who guesses until no code is sent there: in another she gets hers. Thirty an hour
    go to one person, wherever they are asked for."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await mailed.both.town.wind(**LATELY)
    for _ in range(6):
        await cia.write("/personuppgifter")
        await cia.open("/konto")
        await cia.press("Spara adressen", address=THIEF)
        await cia.press("Skicka en ny kod")
    assert "många koder" in cia.text
    assert await mailed.signs_in("cia@example.se")
    other = await mailed.both.page.browser().open(mailed.post.links()[0])
    await other.press("Logga in")
    await mailed.both.town.wind(minutes=16)
    await other.open("/konto")
    await other.press("Spara adressen", address="cia@example.org")
    assert "i ett mejl" in other.text
    await mailed.mailer.drain()
    await other.press("Fortsätt", code=mailed.code())
    assert IS_IT_YOU not in other.text


async def test_a_first_address_is_left_when_one_comes_in(mailed: Mailed) -> None:
    """A newcomer is asked nothing, and the address gets codes. Later it is as sensitive as another one is."""
    david, cia = await mailed.both.invited("David"), await mailed.both.invited("Cia")
    await mailed.given(david, "david@example.se")
    await mailed.both.town.settle()
    await david.open("/samtal")
    assert "Din e-postadress på webbsidan är bekräftad." in david.text, "he is told all the same"
    await mailed.both.town.wind(**LATELY)
    mailed.post.came.clear()
    await cia.open("/konto")
    await cia.press("Spara adressen", address=THIEF)
    assert "ringer upp dig" in cia.text
    await mailed.mailer.drain()
    assert mailed.post.came == []


async def test_a_code_told_by_another_vouches_for_no_address(mailed: Mailed) -> None:
    """An address that is given with such a code is one to sign in with; the next code is told by mouth again."""
    both = mailed.both
    cia = await both.invited("Cia")
    await reads(both, "Cia")
    await both.town.wind(**LATELY)
    await cia.open("/konto")
    await cia.press("Spara adressen", address="cia@example.se")
    await both.town.settle()
    await cia.press("Fortsätt", code=code_for(both, "Alva"))
    await mailed.mailer.drain()
    await cia.open(mailed.post.links()[0])
    await cia.press("Det är min adress")
    await both.town.wind(days=1)
    assert await mailed.signs_in("cia@example.se")
    other = both.page.browser()
    await other.open(mailed.post.links()[0])
    await other.press("Logga in")
    await other.write("/handelser")
    assert "ringer upp dig" in other.text
    await both.town.wind(minutes=16)
    await cia.write("/handelser")
    assert "ringer upp dig" in cia.text


# -- a puppet ----------------------------------------------------------------------------------------------------------
async def waits(alone: OnThePage, coordinator: Browser, name: str) -> Browser:
    """Somebody has followed a link of the coordinator's, and waits for her yes."""
    await coordinator.write("/start")
    await coordinator.press("Bjud in till webbsidan")
    browser = alone.page.browser()
    await browser.open(shown_link(coordinator))
    await browser.press("Be att få", name=name)
    await coordinator.open("/samtal")
    return browser


async def test_no_puppet_is_let_in(alone: OnThePage) -> None:
    """Whoever sits at the browser of a lone coordinator lets nobody in: the code is the operator's to tell."""
    operator = Operator("Exempelstads kommun", "08-123 45 67")
    alone.page.asking.services = replace(alone.page.asking.services, operator=operator)
    alva = await alone.founded()
    await join(alva, "Alva")
    alone.clock.wind(hours=7)
    puppet = await waits(alone, alva, "Vera")
    await alva.press("Släpp in")
    assert IS_IT_YOU in alva.text
    assert "Ring den som driver boten och läs upp numret" in alva.text
    assert "Exempelstads kommun: 08-123 45 67" in alva.text
    await alva.press("Fortsätt", code="123 456")
    await puppet.open("/samtal")
    assert "Jag lovar" not in puppet.labels
    assert "Exempelstad" not in puppet.text


async def test_no_puppet_is_told_a_code(alone: OnThePage) -> None:
    """Whom somebody has let in never gets their codes, and nobody gets another's in the first month."""
    alva = await alone.founded()
    await join(alva, "Alva")
    bo, cia = await invited(alone, alva, "Bo"), await invited(alone, alva, "Cia")
    await alva.write("/deltagare")
    for label in ("Dela eller lämna över", "Bo", "Ja, dela med Bo"):
        await alva.press(label)
    alone.clock.wind(days=2)
    await cia.write("/deltagare")
    await cia.open("/samtal")
    assert re.search(r"Bo, .*insläppt av Alva", cia.text), "the group sees who let in whom"
    await cia.open("/konto")
    alone.page.asking.mail = True
    await cia.open("/konto")
    await cia.press("Spara adressen", address=THIEF)
    assert "ringer upp dig" in cia.text
    await alva.open("/samtal")
    assert "Ring upp Cia" in alva.text, "she has begun the town"
    await bo.open("/samtal")
    assert "Ring upp Cia" not in bo.text, "he came the other day"
    alone.clock.wind(days=20)
    for browser in (alva, bo, cia):
        await browser.write("/ring")
    alone.clock.wind(days=11)
    await cia.open("/konto")
    await cia.press("Spara adressen", address=THIEF)
    await bo.open("/samtal")
    assert "Ring upp Cia" in bo.text, "by now he is known"
    await alva.write("/skydd")
    await alva.press("Vem läser")
    assert "läs upp numret" in alva.text, "both others were let in by her"


async def test_no_town_is_told_the_codes_of_whom_it_has_lured(alone: OnThePage) -> None:
    """Whoever begins a town and asks somebody into it is not rung by them: those of the older town are."""
    alva = await alone.founded()
    await join(alva, "Alva")
    cia = await invited(alone, alva, "Cia")
    alone.clock.wind(days=2)
    mallory = await alone.founded("Fjärrstad", "Bo")
    await join(mallory, "Bo")
    await mallory.write("/start")
    await mallory.press("Bjud in till webbsidan")
    await cia.open(re.findall(r"/l/[\w-]+", mallory.text)[-1])
    await cia.press("Be att få", name="Cia")
    await mallory.open("/samtal")
    await mallory.press("Släpp in")
    alone.page.asking.mail = True
    await cia.open("/konto")
    await cia.press("Spara adressen", address=THIEF)
    await alva.open("/samtal")
    await mallory.open("/samtal")
    assert "Ring upp Cia" in alva.text
    assert "Ring upp Cia" not in mallory.text


async def test_the_network_is_let_in_with_a_code(both: Both) -> None:
    """So are guests of the event, and a colleague on one's own seat, who needs nobody's yes."""
    await Player(both.town).play("guests", EVENT + POSTER)
    guest = both.page.browser()
    await guest.open(re.findall(r"/l/[\w-]+", "\n".join(both.town.texts("Alva")))[-1])
    form = guest.form("Svara")
    async with guest.client.post(form.action, data={**form.fields, "name": "Nils Ny", "coming": "yes"}) as answer:
        await guest.read(answer)
    await both.town.wind(days=14, hours=8)
    alva = await both.signed_in("Alva")
    await guest.open(guest.path)
    form = guest.form("Svara")
    said = {"join": "yes", "shape": "no", "start": "no"}
    async with guest.client.post(form.action, data={**form.fields, **said}) as answer:
        await guest.read(answer)
    await both.town.wind(minutes=16)
    await alva.open("/samtal")
    await alva.press("Släpp in")
    assert IS_IT_YOU in alva.text
    await guest.open("/samtal")
    assert "Jag lovar" not in guest.labels
    await both.town.settle()
    await both.press(alva, "Fortsätt", code=code_for(both, "Alva"))
    await guest.open("/samtal")
    await both.press(guest, "Jag lovar")
    await both.town.wind(**LATELY)
    await both.write(guest, "/deltagare")
    await guest.press("Lämna över min plats")
    assert IS_IT_YOU in guest.text


# -- a new town --------------------------------------------------------------------------------------------------------
async def test_a_lone_coordinator_with_mail(alone: OnThePage) -> None:
    """She leaves her address where she begins the town. Days later one mailed code lets in three who wait."""
    async with with_mail(alone.page, alone.bot, alone.clock) as (post, mailer):  # type: ignore[arg-type]
        alva = alone.page.browser()
        await alva.open(alone.founding())
        await alva.press("Börja", town="Exempelstad", name="Alva", address="alva@example.se")
        await mailer.drain()
        await alone.page.browser().open("/")
        phone = await alone.page.browser().open(post.links()[0])
        await phone.press("Det är min adress")
        await join(alva, "Alva")
        alone.clock.wind(**LATELY)
        waiting = [await waits(alone, alva, name) for name in ("Bo", "Cia", "David")]
        await alva.press("Släpp in")
        assert "i ett mejl" in alva.text
        await mailer.drain()
        code = CODE.findall(post.came[-1].get_content())[-1]
        await alva.press("Fortsätt", code=code)
        for _ in waiting[1:]:
            await alva.open("/samtal")
            await alva.press("Släpp in")
            assert IS_IT_YOU not in alva.text
        for newcomer in waiting:
            await newcomer.open("/samtal")
            assert "Jag lovar" in newcomer.labels


async def test_a_lone_coordinator_without_mail(alone: OnThePage) -> None:
    """On the town's first evening she is asked nothing where she lets people in, and for a code where it is more than
    that; later the operator tells her one, for the number on her page and no other."""
    alva = await alone.founded()
    await join(alva, "Alva")
    alone.clock.wind(hours=5)
    await invited(alone, alva, "Bo")
    await alva.write("/skydd")
    await alva.press("Radera gruppen")
    assert IS_IT_YOU in alva.text
    alone.clock.wind(hours=2)
    cia = await waits(alone, alva, "Cia")
    await alva.press("Släpp in")
    before = alone.told_by_operator(alva)
    await alva.press("Skicka en ny kod")
    assert alone.told_by_operator(alva) != before
    await alva.press("Fortsätt", code=before)
    assert "stämmer inte" in alva.text
    await alva.press("Fortsätt", code=alone.told_by_operator(alva))
    await join(await cia.open("/samtal"), "Cia")


# -- another site ------------------------------------------------------------------------------------------------------
async def link_for(both: Both, name: str) -> str:
    """A link that signs somebody in."""
    async with both.town.bot.store.work() as work:
        (group,) = await work.groups.all_active()
        member = next(one for one in await work.members.of_group(group.id) if one.name == name)
        ctx = Context(both.town.bot.services, work, both.town.clock())
        url = await sign_in.make(ctx, await work.people.get(member.person_id), timedelta(hours=1))
    return url.removeprefix(ADDRESS)


@pytest.mark.parametrize(
    "told", [{}, EVIL, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}]
)
async def test_another_site_signs_nobody_in(both: Both, told: dict[str, str]) -> None:
    """A form that it sends with the thief's own link does nothing, whatever the browser says of it, also where the
    victim has looked at that link before; from the page of the link it signs in."""
    path, victim = await link_for(both, "Bo"), both.page.browser()
    own = await both.page.browser().open(path)
    for looked in (False, True):
        if looked:
            await victim.open(path)
        for fields in ({}, own.form("Logga in").fields):
            async with victim.client.post(path, data=fields, headers=told) as answer:
                await victim.read(answer)
            assert "Länken loggar in Bo" in victim.text or victim.status == 403
    await victim.open("/")
    assert "Kom in" in victim.text
    await victim.open(path)
    await victim.press("Logga in")
    assert GROUP in victim.text


async def test_two_links_in_two_tabs(both: Both) -> None:
    """A link that was opened first can still be pressed after another was looked at; and after its cookie is gone, once
    the page has come anew."""
    first, second = await link_for(both, "Bo"), await link_for(both, "Alva")
    browser = await both.page.browser().open(first)
    form = browser.form("Logga in")
    await browser.open(second)
    async with browser.client.post(form.action, data=form.fields) as answer:
        await browser.read(answer)
    assert GROUP in browser.text
    later = await both.page.browser().open(second)
    later.client.session.cookie_jar.clear()
    await later.press("Logga in")
    await later.press("Logga in")
    assert GROUP in later.text


@pytest.mark.parametrize("kind", ["founding", "way_back"])
async def test_another_site_begins_no_town(alone: OnThePage, kind: str) -> None:
    """Nor brings anybody back to one."""
    alva = await alone.founded()
    await join(alva, "Alva")
    await alva.open("/konto")
    await alva.press("Logga ut")
    await alva.press("Logga ut ändå")
    address, said = getattr(alone, kind)(), {"town": "Exempelstad", "name": "Alva"}
    browser = alone.page.browser()
    async with browser.client.post(address, data=said) as answer:
        await browser.read(answer)
    assert not any(cookie.key == "stad" for cookie in browser.client.session.cookie_jar)
    assert browser.path == address


async def test_another_site_does_nothing_for_whoever_is_in(both: Both) -> None:
    """Its forms are refused before anything else; the browser's own, which tells its site, are taken."""
    bo = await both.signed_in("Bo")
    await bo.open("/samtal")
    form = bo.form("Skicka")
    for told, status in (
        (EVIL, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ):
        async with bo.client.post("/gor", data={**form.fields, "text": "/ring"}, headers=told) as answer:
            assert answer.status == status


# -- mail --------------------------------------------------------------------------------------------------------------
async def test_three_mails_an_hour(mailed: Mailed) -> None:
    """However often a link is asked for, three mails go to an address; the page says the same each time, and the first
    link still signs in. An hour later the next one comes."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await mailed.both.town.wind(hours=1)
    mailed.post.came.clear()
    stranger, told = mailed.both.page.browser(), set()
    for address in (*["cia@example.se"] * 5, "CIA@example.se", *["nobody@example.se"] * 5):
        await stranger.open("/")
        await stranger.press("Skicka en länk", address=address)
        told.add((stranger.status, stranger.text))
    await mailed.mailer.drain()
    assert [mail["To"] for mail in mailed.post.came] == ["cia@example.se"] * 3
    assert len(told) == 1
    await stranger.open(mailed.post.links(0)[0])
    await stranger.press("Logga in")
    assert GROUP in stranger.text
    await mailed.both.town.wind(hours=1)
    assert await mailed.signs_in("cia@example.se")


async def test_nobodys_mailbox_is_filled_with_confirmations(mailed: Mailed) -> None:
    """Whoever is in cannot have mails sent to others either, and reads that they have to wait."""
    cia = await mailed.both.invited("Cia")
    for number in range(5):
        await cia.open("/konto")
        await cia.press("Spara adressen", address="victim@example.se" if number % 2 else f"other{number}@example.se")
    await mailed.mailer.drain()
    assert len(mailed.post.came) == 3
    assert "många mejl på kort tid" in cia.text


async def test_mails_from_one_place(mailed: Mailed) -> None:
    """Sixty an hour, whichever address of its network a caller chooses; other places go on."""
    browser, stati = mailed.both.page.browser(), []
    for number in range(61):
        whence = {"X-Forwarded-For": f"2001:db8:1:2::{number:x}"}
        async with browser.client.post("/mail", data={"address": f"a{number}@example.se"}, headers=whence) as answer:
            stati.append(answer.status)
    assert stati == [200] * 60 + [429]
    async with browser.client.post("/mail", data={}, headers={"X-Forwarded-For": "2001:db8:1:3::1"}) as answer:
        assert answer.status == 200
