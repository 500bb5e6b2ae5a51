"""Mail to people on the page, brought to a real mail server on this machine."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from bot.app import Bot
from bot.page.mail import Mailer, is_address
from bot.settings import MailServer
from storage.records.repository import Clock
from tests.page.reader import ADDRESS, Browser, Page
from tests.page.test_both import Both, both

__all__ = ["both"]

FROM = "stad@example.se"
CODE = re.compile(r"\b\d{3} \d{3}\b")


@dataclass
class Post:
    """A mail server, and what came to it."""

    came: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""  # the answer to every recipient, if any

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        """Take a recipient, or not."""
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.came.append(mail)
        return "250 OK"

    def links(self, place: int = -1) -> list[str]:
        """The links in a mail, the newest unless told otherwise, as paths of the page."""
        return re.findall(rf"{ADDRESS}(/\S+)", self.came[place].get_content())


@dataclass(slots=True)
class Mailed:
    """A town with a page and a mail server."""

    both: Both
    post: Post
    mailer: Mailer

    async def signs_in(self, address: str) -> bool:
        """True if a link to sign in comes to an address."""
        await self.mailer.drain()
        browser, before = self.both.page.browser(), len(self.post.came)
        await browser.open("/")
        await browser.press("Skicka en länk", address=address)
        await self.mailer.drain()
        return [mail["To"] for mail in self.post.came[before:]] == [address]

    async def saved(self, browser: Browser, address: str) -> None:
        """Somebody writes an address; one who had another is asked for a code, which is mailed there."""
        await browser.open("/konto")
        await browser.press("Spara adressen", address=address)
        await self.mailer.drain()
        if "Är det du?" in browser.text:
            await browser.press("Fortsätt", code=self.code())
            await self.mailer.drain()

    def code(self) -> str:
        """The newest one-time code that was mailed."""
        return str(CODE.findall("".join(mail.get_content() for mail in self.post.came))[-1])

    async def given(self, browser: Browser, address: str) -> None:
        """Somebody gives an address, and confirms it."""
        await self.saved(browser, address)
        await browser.open(self.post.links()[0])
        await browser.press("Det är min adress")


@asynccontextmanager
async def with_mail(page: Page, bot: Bot, clock: Clock) -> AsyncIterator[tuple[Post, Mailer]]:
    """Give a page a mail server."""
    post = Post()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(post, loop=loop, ident="test"), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    page.asking.mail = True
    try:
        yield post, Mailer(bot.store, bot.services, MailServer("127.0.0.1", port, FROM, "none"), clock)
    finally:
        listening.close()


@pytest.fixture
async def mailed(both: Both) -> AsyncIterator[Mailed]:
    """The town, with mail."""
    async with with_mail(both.page, both.town.bot, both.town.clock) as (post, mailer):
        yield Mailed(both, post, mailer)


async def test_an_address_is_confirmed(mailed: Mailed) -> None:
    """An address counts once whoever reads mail there has said that it is theirs; the mail names no town and nobody."""
    cia = await mailed.both.invited("Cia")
    await cia.open("/")
    assert "Lämna din e-postadress" in cia.text
    await mailed.given(cia, "cia@example.se")
    assert "Adressen är bekräftad" in cia.text
    await cia.open("/")
    assert "Lämna din e-postadress" not in cia.text
    whole = mailed.post.came[0].as_string()
    assert "Exempelstad" not in whole
    assert "Cia" not in whole.replace("cia@", "")
    await cia.open("/konto")
    assert "högst ett mejl om dagen" in cia.text


async def test_signed_in_by_mail(mailed: Mailed) -> None:
    """Whoever has given their address comes in again with a link; others are told the same, and get none."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    other = mailed.both.page.browser()
    await other.open("/")
    await other.press("Skicka en länk", address="nobody@example.se")
    told = other.text
    await mailed.mailer.drain()
    assert len(mailed.post.came) == 1
    await other.open("/")
    await other.press("Skicka en länk", address="Cia@Example.se")
    assert other.text == told
    await mailed.mailer.drain()
    await other.open(mailed.post.links()[0])
    await other.press("Logga in")
    assert "Kärngruppen i Exempelstad" in other.text


async def test_two_share_a_mailbox(mailed: Mailed) -> None:
    """Each gets a link of their own; no mail names anybody, so the page says whose it is before a button signs in."""
    for name in ("Cia", "David"):
        await mailed.given(await mailed.both.invited(name), "jouren@example.se")
    mailed.post.came.clear()
    browser = mailed.both.page.browser()
    await browser.open("/")
    await browser.press("Skicka en länk", address="jouren@example.se")
    await mailed.mailer.drain()
    whose = []
    for place in range(len(mailed.post.came)):
        assert not {"Cia", "David"} & set(re.findall(r"\w+", mailed.post.came[place].as_string()))
        await browser.open(mailed.post.links(place)[0])
        whose += re.findall(r"Länken loggar in (\w+)\.", browser.text)
    assert sorted(whose) == ["Cia", "David"]


async def test_a_new_address_counts_once_it_is_confirmed(mailed: Mailed) -> None:
    """A new address that is misspelt shuts nobody out: the earlier one counts until the new one is confirmed."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    for address in ("cai@example.se", "cia@example.org"):
        await mailed.saved(cia, address)
    mailed.post.came[:] = mailed.post.came[-2:]
    assert "Påminnelser går till cia@example.se, högst ett mejl om dagen" in cia.text
    assert "Jag har skickat ett mejl till cia@example.org" in cia.text
    assert await mailed.signs_in("cia@example.se")
    assert not await mailed.signs_in("cia@example.org")
    misspelt, new = mailed.post.links(0)[0], mailed.post.links(1)[0]
    await cia.open(misspelt)
    await cia.press("Det är min adress")
    assert "Adressen är bekräftad" not in cia.text
    await cia.open(new)
    await cia.press("Det är min adress")
    assert "Adressen är bekräftad" in cia.text
    await mailed.both.town.wind(days=1)
    assert await mailed.signs_in("cia@example.org")
    assert not await mailed.signs_in("cia@example.se")


async def test_reminded_by_mail(mailed: Mailed) -> None:
    """Something waits: one mail a day, without what it is, ended by one click of the mail program."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    town = mailed.both.town
    await town.tap("Alva", "Nästa: Engagemang")
    await town.tap("Alva", "Sätt i gång")
    mailed.post.came.clear()
    for _ in range(8):
        await town.wind(days=1)
        await mailed.mailer.drain()
    assert 1 <= len(mailed.post.came) <= 4
    mail = mailed.post.came[0]
    assert "Engagemang" not in mail.as_string()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    off = mail["List-Unsubscribe"].strip().strip("<>").removeprefix(ADDRESS)
    elsewhere = mailed.both.page.browser()
    await elsewhere.open(off)
    count = len(mailed.post.came)
    async with elsewhere.client.post(off, data={"List-Unsubscribe": "One-Click"}) as answer:
        assert answer.status == 200
    for _ in range(8):
        await town.wind(days=1)
        await mailed.mailer.drain()
    assert len(mailed.post.came) == count
    await cia.open("/konto")
    assert "bara när du vill logga in" in cia.text


async def test_refused(mailed: Mailed) -> None:
    """An address that takes no mail is told to its owner and to whoever coordinates; no log has it."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    mailed.post.refuses = "550 No such user"
    stranger = mailed.both.page.browser()
    await stranger.open("/")
    await stranger.press("Skicka en länk", address="cia@example.se")
    await mailed.mailer.drain()
    await mailed.both.town.settle()
    assert "kommer inte fram" in mailed.both.town.last("Alva")
    await cia.open("/samtal")
    assert "Rätta den under Personuppgifter" in cia.text
    alva = await mailed.both.signed_in("Alva")
    await alva.open("/konto")
    await alva.press("Spara adressen", address="skrivfel@example.se")
    await mailed.mailer.drain()
    await mailed.both.town.settle()
    assert "Rätta den under Personuppgifter" in mailed.both.town.last("Alva"), "she need not ring herself"


async def test_refused_and_signed_out(mailed: Mailed) -> None:
    """Whoever takes no mail and is signed out is let in again by a link, to which the message leads."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    await cia.open("/konto")
    await cia.press("Logga ut")
    mailed.post.refuses = "550 No such user"
    await cia.open("/")
    await cia.press("Skicka en länk", address="cia@example.se")
    await mailed.mailer.drain()
    await mailed.both.town.settle()
    assert "Cia är utloggad och behöver en länk för att komma in." in mailed.both.town.last("Alva")
    await mailed.both.town.tap("Alva", "Länk för att Cia ska komma in")
    assert "Är det Cia själv som ska in igen? Skicka länken till hen." in mailed.both.town.last("Alva")


async def test_a_new_address_is_refused(mailed: Mailed) -> None:
    """While an earlier address counts, only its owner is told of a new one that takes no mail."""
    cia = await mailed.both.invited("Cia")
    await mailed.given(cia, "cia@example.se")
    before = mailed.both.town.last("Alva")
    await cia.open("/konto")
    await cia.press("Spara adressen", address="cai@example.se")
    await mailed.mailer.drain()
    mailed.post.refuses = "550 No such user"
    await cia.press("Fortsätt", code=mailed.code())
    await mailed.mailer.drain()
    await mailed.both.town.settle()
    await cia.open("/samtal")
    assert "din nya adress kommer inte fram. Den gamla gäller så länge. Rätta den nya" in cia.text
    assert mailed.both.town.last("Alva") == before
    mailed.post.refuses = ""
    assert await mailed.signs_in("cia@example.se")


async def test_away(mailed: Mailed) -> None:
    """While the server is busy the mail waits, and goes later."""
    cia = await mailed.both.invited("Cia")
    mailed.post.refuses = "450 Try again later"
    await cia.open("/konto")
    await cia.press("Spara adressen", address="cia@example.se")
    await mailed.mailer.drain()
    assert mailed.post.came == []
    mailed.post.refuses = ""
    await mailed.both.town.wind(minutes=2)
    await mailed.mailer.drain()
    assert len(mailed.post.came) == 1


@pytest.mark.parametrize(
    "text", ["cia", "cia@", "a@b", "a b@c.se", "a@c.se\nBcc: d@e.se", "x" * 260 + "@c.se", "<a@c.se>"]
)
def test_no_address(text: str) -> None:
    """What is no address is not written to, and breaks into no header."""
    assert not is_address(text)
