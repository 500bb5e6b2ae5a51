"""Mail to people on the page: that something waits, or a link. Never the content, and never a name.

It is sent by the operator's server, and retried for a day while that is down. A refusal for good is told to the
coordinators; what comes back later is in the sender's mailbox (`bounces`).
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

import aiosmtplib

from bot.assembly import fallback_buttons
from bot.context.context import Context
from bot.context.sealed_actions import LINK, Action
from bot.context.services import Services
from bot.errors import passes
from bot.features.members import bot_permissions, handover, mail_address, sign_in
from bot.features.network import memberships
from bot.logs import Log, describe
from bot.settings import MailServer
from storage.errors import StorageError
from storage.records.mail import WANTED, Mail, MailAddress
from storage.store import Store

log = Log(__name__)

PATIENCE: Final = 20.0  # seconds for one mail
AGAIN: Final = (1, 5, 15, 60, 180)  # minutes between tries
MOST_TRIES: Final = 12  # about a day
LOOK: Final = 30.0  # seconds between looks while something waits for its time
SIGN_IN_WITHIN: Final = timedelta(minutes=30)
OFF: Final = "mailoff"  # the verb of a link in mails
_MAILED: Final = "mail"  # the verb and scope of what the end of a Message-ID holds, sealed
REPORTED_WITHIN: Final = 30  # days after a mail in which a report of it counts: servers give up within five
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}", re.IGNORECASE | re.ASCII)


def is_address(text: str) -> bool:
    """True if this can be a mail address."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


async def send_sign_in(ctx: Context, address: str) -> None:
    """Send a sign-in link to the owner of this address; silently to nobody, if it has none or got many lately. Links
    that it got stay good until their time."""
    if not mail_address.may_go(ctx, address):
        return
    for known in await ctx.work.mail_addresses.owners(address):
        person = await ctx.work.people.get(known.person_id)
        url = await sign_in.make(ctx, person, SIGN_IN_WITHIN, of=sign_in.PROVES if known.vouched else "")
        await ctx.work.mails.put(person.id, "sign_in", known.address, url)


async def tell_that_something_waits(ctx: Context, person_id: int) -> None:
    """Mail a person that something waits on the page, at most once a day."""
    address = await ctx.work.mail_addresses.of_person(person_id)
    if address is None or address.state not in WANTED or not await ctx.work.mail_addresses.told(address.id, ctx.today):
        return
    token = ctx.services.buttons.seal(LINK, Action(OFF, person_id))
    off = ctx.services.address(token, outside=True)
    await ctx.work.mails.put(person_id, "waits", address.address, f"{ctx.services.page_url}/samtal", off)


async def end_reminders(ctx: Context, person_id: int) -> None:
    """End mails that something waits; sign-in links can still be sent."""
    address = await ctx.work.mail_addresses.of_person(person_id)
    if address is not None and address.state in WANTED:
        await ctx.work.mail_addresses.update(address.id, state="quiet")


@dataclass(frozen=True, slots=True)
class Mailed:
    """To whom a mail went, and to which address of theirs."""

    person_id: int
    fingerprint: str

    def fits(self, address: str) -> bool:
        """True if it went to this address."""
        return self.fingerprint == mail_address.fingerprint(address)


def _day(now: datetime) -> int:
    return now.toordinal()


def mailed_to(services: Services, message_id: str, now: datetime) -> Mailed | None:
    """Return to whom the mail with this Message-ID went lately; None for one that is not ours, or is long ago.

    Whoever has an old mail could else have its address taken for one that does not work.
    """
    token = message_id.strip("<> ").partition("@")[0].rpartition(".")[2]
    action = services.buttons.open(_MAILED, token)
    lately = action is not None and 0 <= _day(now) - action.ask <= REPORTED_WITHIN
    return Mailed(action.run, action.arg) if action is not None and lately else None


class Mailer:
    """Sends waiting mails by the operator's server."""

    def __init__(self, store: Store, services: Services, server: MailServer, clock: Callable[[], datetime]) -> None:
        self._store, self._services, self._server, self._clock = store, services, server, clock
        self._wake = asyncio.Event()
        store.watch("mails", self._wake.set)

    async def run(self) -> None:
        """Send for ever. Raises Damaged."""
        while True:
            self._wake.clear()
            try:
                await self.drain()
            except StorageError as error:
                if not passes(error):
                    raise
                log.warning("mail_round_failed", error_type=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._wake.wait()

    async def drain(self) -> None:
        """Send all mails that may be sent now, and let addresses count whose time has come."""
        async with self._store.work() as work:
            ctx = Context(self._services, work, self._clock())
            await mail_address.take_effect(ctx)
            await fallback_buttons.show(ctx)
            due = await work.mails.due(self._clock())
        for mail in due:
            error: Exception | None = None
            try:
                await self._send(mail)
            except Exception as failed:  # noqa: BLE001 - whatever is wrong with this one, the others are sent
                error = failed
            await self._settle(mail, error)

    async def _send(self, mail: Mail) -> None:
        server = self._server
        await aiosmtplib.send(
            self.message(mail),
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=PATIENCE,
        )

    def message(self, mail: Mail) -> EmailMessage:
        """Return the mail's message: a sentence and a link."""
        voice, message = self._services.voice, EmailMessage()
        message["From"], message["To"] = self._server.sender, mail.address
        message["Subject"] = voice.label(f"mail.{mail.kind}.subject")
        message["Date"] = format_datetime(self._clock())
        sealed = self._services.buttons.seal(
            _MAILED, Action(_MAILED, mail.person_id, _day(self._clock()), mail_address.fingerprint(mail.address))
        )
        message["Message-ID"] = make_msgid(sealed, self._server.sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"
        if mail.off:
            message["List-Unsubscribe"] = f"<{mail.off}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        message.set_content(voice.label(f"mail.{mail.kind}.text", {"url": mail.url, "off": mail.off}) + "\n")
        return message

    async def _settle(self, mail: Mail, error: Exception | None) -> None:
        """Note a mail's outcome. Neither address nor text reaches the log."""
        async with self._store.work() as work:
            if await work.mails.lookup(mail.id) is None:
                return
            if error is None:
                await work.mails.done(mail.id)
                return
            log.warning("mail_failed", **(describe(error) | {"tries": mail.tries}))
            if not _is_refused(error) and mail.tries < MOST_TRIES:
                minutes = AGAIN[min(mail.tries, len(AGAIN) - 1)]
                await work.mails.update(
                    mail.id, tries=mail.tries + 1, not_before=self._clock() + timedelta(minutes=minutes)
                )
                return
            await work.mails.done(mail.id)
            for address in await work.mail_addresses.every(mail.person_id):
                if address.address == mail.address:
                    await tell_of_refusal(Context(self._services, work, self._clock()), address)


def _is_refused(error: Exception) -> bool:
    """True if the server refuses for good (RFC 5321: codes of 500 and above)."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=refused):
            return all(one.code >= 500 for one in refused)
        case aiosmtplib.SMTPAuthenticationError():
            return False  # the operator's settings are wrong: once corrected, it can be sent
        case aiosmtplib.SMTPResponseException(code=code):
            return code >= 500
    return False


async def tell_of_refusal(ctx: Context, address: MailAddress) -> None:
    """Tell a person whose address takes no mail, and their coordinators, who may have to ring; once for an address.

    Of a new one that is not confirmed only they themselves are told, while an earlier one counts.
    """
    if address.state == "refused":
        return
    await ctx.work.mail_addresses.update(address.id, state="refused" if address.state != "asked" else "asked")
    counts = await ctx.work.mail_addresses.of_person(address.person_id)
    new = counts is not None and counts.id != address.id
    await ctx.to_person(address.person_id, "mail.refused_yours", {"new": new})
    if new:
        return
    for member in await ctx.work.members.of_person(address.person_id):
        group = await ctx.work.groups.get(member.group_id)
        if group.state == "active" and member.state != "left":
            out = member.role in handover.SEATS and await memberships.signed_out(ctx, member)
            facts = {"name": member.name, "town": group.title, "out": out}
            keys = [[ctx.key("way_in_for", "swapped", group.id, str(member.id), name=member.name)]] if out else []
            await bot_permissions.tell_coordinators(ctx, group, "mail.refused", facts, keys, but=address.person_id)
    await fallback_buttons.show(ctx)
