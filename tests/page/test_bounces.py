"""Mail that comes back later: read from the sender's mailbox, and told as a refusal at once is."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from bot.context.services import Services
from bot.doctor import page as doctor
from bot.doctor.finding import Level
from bot.page import bounces
from bot.page.bounces import BounceReader
from bot.page.reports import may_be_report
from bot.settings import Mailbox
from storage.records.repository import Clock
from storage.store import Store
from tests.page.imap import Inbox
from tests.page.test_both import both
from tests.page.test_mail import Mailed, mailed
from tests.setup.test_doctor_page import certificate

__all__ = ["both", "mailed"]


@dataclass(slots=True)
class Bounced:
    """A town with mail, and the mailbox to which it comes back."""

    mailed: Mailed
    inbox: Inbox
    mailbox: Mailbox
    made_of: tuple[Store, Services, Mailbox, Clock]
    reader: BounceReader

    async def told(self) -> str:
        """Look into the mailbox; return what the coordinator has read last."""
        await self.reader.look()
        await self.mailed.both.town.settle()
        return self.mailed.both.town.last("Alva")


@pytest.fixture
async def bounced(mailed: Mailed) -> AsyncIterator[Bounced]:
    """The town, with a mailbox."""
    inbox = Inbox()
    server, mailbox = await inbox.listen()
    bot = mailed.both.town.bot
    made_of = bot.store, bot.services, mailbox, mailed.both.town.clock
    yield Bounced(mailed, inbox, mailbox, made_of, BounceReader(*made_of))
    server.close()


def report(mail: Message, action: str = "failed", *, whole: bool = True) -> bytes:
    """What a mail server sends about a mail that it could not deliver (RFC 3464)."""
    made = MIMEMultipart("report", report_type="delivery-status")
    made["Subject"] = "Undeliverable"
    made["Message-ID"] = "<report@mx.example.se>"
    made.attach(MIMEText("It could not be delivered."))
    status = Message()
    status.set_type("message/delivery-status")
    of_mail, of_recipient = Message(), Message()
    of_mail["Reporting-MTA"] = "dns; mx.example.se"
    of_recipient["Final-Recipient"] = "rfc822; somebody.else@example.se"
    of_recipient["Action"], of_recipient["Status"] = action, "5.1.1"
    status.set_payload([of_mail, of_recipient])
    made.attach(status)
    if whole:
        made.attach(MIMEMessage(mail))
    else:
        headers = MIMEText(f"Message-ID: {mail['Message-ID']}\nSubject: x\n")
        headers.set_type("text/rfc822-headers")
        made.attach(headers)
    return made.as_bytes()


async def test_a_mail_that_came_back(bounced: Bounced) -> None:
    """Owner and coordinator are told once, whichever form the report has; the report is read, other mail is not."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    sent = bounced.mailed.post.came[0]
    question = EmailMessage()
    question["Subject"], question["In-Reply-To"] = "Vad är det här?", sent["Message-ID"]
    question.set_content("Jag är på semester.")
    bounced.inbox.mails += [question.as_bytes(), report(sent, "delayed")]
    assert "kommer inte fram" not in await bounced.told(), "neither a holiday nor a delay is a refusal"
    bounced.inbox.mails += [report(sent, whole=False), report(sent)]
    assert "kommer inte fram" in await bounced.told()
    town = bounced.mailed.both.town
    assert sum("kommer inte fram" in text for text in town.texts("Alva")) == 1
    await cia.open("/samtal")
    assert "Rätta den under Personuppgifter" in cia.text
    assert bounced.inbox.read == {3, 4}
    await bounced.told()
    assert bounced.inbox.fetched == [1, 2, 3, 4], "what nobody has read is not fetched again"


async def test_a_message_id_grows_old(bounced: Bounced) -> None:
    """Whoever has a mail of last spring cannot have its address taken for one that does not work."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    await bounced.mailed.both.town.wind(days=31)
    bounced.inbox.mails += [report(bounced.mailed.post.came[0])]
    assert "kommer inte fram" not in await bounced.told()


async def test_a_mailbox_made_anew(bounced: Bounced) -> None:
    """Where the mails' numbers begin anew, what comes then is read."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    bounced.inbox.mails += [b"Subject: x\r\n\r\n"] * 3
    await bounced.told()
    bounced.inbox.mails[:] = [report(bounced.mailed.post.came[0])]
    bounced.inbox.validity += 1
    assert "kommer inte fram" in await bounced.told()


async def test_forged_and_outdated(bounced: Bounced) -> None:
    """A report of a mail that was not ours, or to an address that has been changed since, says nothing of anybody."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cai@example.se")
    sent = bounced.mailed.post.came[0]
    forged = EmailMessage()
    forged["Message-ID"] = str(sent["Message-ID"]).replace("@", "x@")
    await bounced.mailed.given(cia, "cia@example.se")
    await bounced.mailed.both.town.wind(days=1)
    await bounced.mailed.mailer.drain()
    bounced.inbox.mails += [report(forged), report(sent), b"", b"Content-Type: multipart/report\r\n\r\nnothing"]
    assert "kommer inte fram" not in await bounced.told()
    await cia.open("/samtal")
    assert "Rätta den" not in cia.text
    assert bounced.inbox.read == {2}, "what is not ours is left to whoever reads there"


async def test_doctor(bounced: Bounced) -> None:
    """The doctor logs in and reads nothing; a wrong password and a closed port are told apart."""
    bounced.inbox.mails.append(b"Subject: x\r\n\r\n")
    wrong = replace(bounced.mailbox, password="another")
    nowhere = replace(bounced.mailbox, port=1)
    found = [await doctor.examine_bounces(one) for one in (bounced.mailbox, wrong, nowhere)]
    assert [finding.level for finding in found] == [Level.OK, Level.ERROR, Level.ERROR]
    assert "_PASSWORD" in found[1].cure
    assert "port" in found[2].cure
    assert bounced.inbox.fetched == []


async def test_a_server_that_nobody_vouches_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not given the password; one with a certificate that is trusted is."""
    paths, inbox = certificate(tmp_path, datetime.now(UTC) + timedelta(days=90)), Inbox()
    tls, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=paths[0])
    tls.load_cert_chain(*paths)
    server, mailbox = await inbox.listen(tls)
    assert (await doctor.examine_bounces(mailbox)).level is Level.ERROR
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    assert (await doctor.examine_bounces(mailbox)).level is Level.OK
    server.close()


async def test_a_mailbox_that_is_away(bounced: Bounced, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailbox that cannot be opened, or searched, is tried again, and what lies in it then is told."""
    monkeypatch.setattr(bounces, "EVERY", 0.0)
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    bounced.inbox.refuses = bounced.inbox.busy = 2
    bounced.inbox.mails.append(report(bounced.mailed.post.came[0]))
    reading = asyncio.create_task(bounced.reader.run())
    async with asyncio.timeout(20):
        await bounced.inbox.marked.wait()
    reading.cancel()
    await bounced.mailed.both.town.settle()
    assert "kommer inte fram" in bounced.mailed.both.town.last("Alva")


async def test_a_report_that_cannot_be_marked(bounced: Bounced, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told once all the same: an address that is not confirmed yet would else be told of at each look."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    bounced.inbox.mails.append(report(bounced.mailed.post.came[0]))

    def away(_self: BounceReader, _uids: list[int]) -> None:
        raise OSError("away")

    monkeypatch.setattr(BounceReader, "_mark_as_read", away)
    with pytest.raises(OSError, match="away"):
        await bounced.reader.look()
    await bounced.reader.look()
    assert bounced.inbox.fetched == [1]


async def test_no_report_breaks_it(bounced: Bounced) -> None:
    """Whatever is sent to the mailbox, also parts within thousands of parts, the mail after it is read."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    bounced.inbox.mails += [
        b"\xff\xfe",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n--x--",
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"".join(b"Content-Type: multipart/report; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3000)),
        report(bounced.mailed.post.came[0]),
    ]
    assert "kommer inte fram" in await bounced.told()
    assert bounced.inbox.read == {len(bounced.inbox.mails)}


def nested(parts: int) -> bytes:
    """A report of parts within parts, as large as is read, that Python's parser works on for seconds."""
    heads = b"".join(b"Content-Type: multipart/report; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(parts))
    return (heads + b"x\r\n" * bounces.LARGEST)[: bounces.LARGEST]


async def test_a_mail_made_to_hold_us_up(bounced: Bounced) -> None:
    """What no mail server makes is not even parsed, what may be a report only in another process, none of it twice."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    sent = bounced.mailed.post.came[0]
    assert may_be_report(report(sent))
    assert may_be_report(report(sent, whole=False))
    assert not may_be_report(nested(300))
    assert not may_be_report(report(sent) + b"\r\n--x" * 100)
    bounced.inbox.mails += [nested(300), nested(12), report(sent)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounces, "returned_id", of_process)
        elsewhere = await bounced.reader._returned(report(sent))
    assert elsewhere != (str(os.getpid()), False)
    assert "kommer inte fram" in await bounced.told()
    assert bounced.inbox.read == {3}
    again = BounceReader(*bounced.made_of)
    await again.look()
    assert bounced.inbox.fetched == [1, 2, 3], "a restart reads nothing again"


def of_process(_raw: bytes) -> str:
    """Tell in which process a mail is read."""
    return str(os.getpid())


async def test_a_mail_that_takes_too_long(bounced: Bounced, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the look, and is never read again, also after a restart; what came after it is read at the next look."""
    cia = await bounced.mailed.both.invited("Cia")
    await bounced.mailed.given(cia, "cia@example.se")
    bounced.inbox.mails += [report(bounced.mailed.post.came[0])] * 2
    monkeypatch.setattr(bounces, "DEADLINE", 0.0)
    await BounceReader(*bounced.made_of).look()
    assert bounced.inbox.read == set()
    monkeypatch.undo()
    assert "kommer inte fram" in await bounced.told()
    assert bounced.inbox.fetched == [1, 2, 2]
    assert bounced.inbox.read == {2}
