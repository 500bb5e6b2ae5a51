"""Mail to people on the page: that something waits, or a link. Never the content, and never a name.

It is sent by the operator's server, and retried for a day while that is down. A refusal for good is told to the
coordinators; what comes back later is in the sender's mailbox (`bounces`).
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

import aiosmtplib

from bot.assembly import way_on
from bot.context.abuse_limits import MAILS
from bot.context.context import Context, Services
from bot.context.permissions import Rank, rank_of
from bot.context.sealed_actions import LINK, Action
from bot.errors import passes
from bot.features.members import handover, own_rights, sign_in
from bot.logs import Log, describe
from bot.settings import MailServer
from storage.errors import StorageError
from storage.records.mail import WANTED
from storage.records.records import Mail, MailAddress, Person
from storage.store import Store

log = Log(__name__)

PATIENCE: Final = 20.0  # seconds for one mail
AGAIN: Final = (1, 5, 15, 60, 180)  # minutes between tries
MOST_TRIES: Final = 12  # about a day
LOOK: Final = 30.0  # seconds between looks while something waits for its time
CONFIRM_WITHIN: Final = timedelta(days=1)
FIRST_DAY: Final = timedelta(days=1)  # from the first seat on: who leaves an address meanwhile is asked nothing
SIGN_IN_WITHIN: Final = timedelta(minutes=30)
CONFIRM: Final = "mailok"  # verbs of the links in mails
OFF: Final = "mailoff"
_MAILED: Final = "mailed"  # what the end of a Message-ID holds, sealed
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}", re.IGNORECASE | re.ASCII)


def is_address(text: str) -> bool:
    """True if this can be a mail address."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


async def change_address(ctx: Context, person: Person, address: str, *, vouches: bool) -> bool:
    """Give a person another address, which counts once they follow a link that is sent there, or (empty) none.

    `vouches`: they have shown who they are without another's help. Returns False, and changes nothing, if they have to
    wait, as many mails were asked for. Raises NotProved where they must show first who they are.
    """
    every = await ctx.work.mail_addresses.every(person.id)
    if not address and not every:
        return True
    same = [one for one in every if one.address.casefold() == address.casefold()]
    guarded = await _has_to_lose(ctx, person, every)
    if guarded and not same:
        ctx.prove()
    if not address:
        await ctx.work.mail_addresses.forget(person.id)
        await _tell_of_change(ctx, person.id, every)
        return True
    if not (_may_go(ctx, address) and _may_go(ctx, str(person.id))):
        return False
    vouched = vouches or not guarded or any(one.vouched for one in same)
    waits = next((one for one in same if one.state == "asked" and one.vouched == vouched), None)
    given = waits or await ctx.work.mail_addresses.give(person.id, address, vouched=vouched)
    number, ref = ctx.work.links.reserve(), f"{person.id}:{given.id}"
    token = ctx.services.buttons.seal(LINK, Action(CONFIRM, number))
    await ctx.work.links.add(token, CONFIRM, id=number, ref=ref, expires_at=ctx.now + CONFIRM_WITHIN)
    await ctx.work.mails.put(person.id, "confirm", address, ctx.services.address(token, outside=True))
    return True


async def _has_to_lose(ctx: Context, person: Person, addresses: Sequence[MailAddress]) -> bool:
    """True if somebody else at the person's browser could take something of theirs with an address: their way in by
    mail, or a seat. Whoever has just come in, or is only on their way, has neither yet."""
    if any(one.vouched and one.state in ("confirmed", "quiet") for one in addresses):
        return True
    for member in await ctx.work.members.of_person(person.id):
        seated = rank_of(member, await ctx.work.groups.get(member.group_id)) >= Rank.NETWORK
        if seated and ctx.now - member.joined_at >= FIRST_DAY:
            return True
    return False


async def _tell_of_change(ctx: Context, person_id: int, before: Sequence[MailAddress]) -> None:
    """Tell a person in their own conversation, and at their earlier address, that mail no longer goes there."""
    for one in before:
        if one.state in ("confirmed", "quiet"):
            await ctx.work.mails.put(person_id, "changed", one.address, ctx.services.page_url)
    removed = await ctx.work.mail_addresses.of_person(person_id) is None
    await ctx.to_person(person_id, "mail.changed", {"removed": removed, "first": not before})


def _may_go(ctx: Context, whose: str) -> bool:
    """True, and counted, unless so many mails were asked for to this address, or by this person, that no more go."""
    limits, mark = ctx.services.limits, int(_fingerprint(whose), 16)
    if limits.over(MAILS, mark, ctx.now) is not None:
        return False
    limits.count(MAILS, mark, ctx.now)
    return True


async def send_sign_in(ctx: Context, address: str) -> None:
    """Send a sign-in link to the owner of this address; silently to nobody, if it has none or got many lately. Links
    that it got stay good until their time."""
    if not _may_go(ctx, address):
        return
    for known in await ctx.work.mail_addresses.owners(address):
        person = await ctx.work.people.get(known.person_id)
        url = await sign_in.make(ctx, person, SIGN_IN_WITHIN, proves=known.vouched)
        await ctx.work.mails.put(person.id, "sign_in", known.address, url)


async def tell_that_something_waits(ctx: Context, person_id: int) -> None:
    """Mail a person that something waits on the page, at most once a day."""
    address = await ctx.work.mail_addresses.of_person(person_id)
    if address is None or address.state not in WANTED or not await ctx.work.mail_addresses.told(address.id, ctx.today):
        return
    token = ctx.services.buttons.seal(LINK, Action(OFF, person_id))
    off = ctx.services.address(token, outside=True)
    await ctx.work.mails.put(person_id, "waits", address.address, f"{ctx.services.page_url}/samtal", off)


async def confirm(ctx: Context, token: str) -> bool:
    """Confirm the address that a mail with this link came to; False for an expired link."""
    link = await ctx.work.links.find(token)
    if link is None or link.purpose != CONFIRM or link.state != "valid" or link.ref is None:
        return False
    person, _, number = link.ref.partition(":")  # a link of an earlier version has no number
    given = [one for one in await ctx.work.mail_addresses.every(int(person)) if number in ("", str(one.id))]
    if not given:
        return False
    await ctx.work.links.use(link.id)
    counted = [one for one in await ctx.work.mail_addresses.every(int(person)) if one.state != "asked"]
    await ctx.work.mail_addresses.confirm(given[-1])
    if all(one.address.casefold() != given[-1].address.casefold() for one in counted):
        await _tell_of_change(ctx, int(person), counted)
        await way_on.show(ctx)
    return True


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
        return self.fingerprint == _fingerprint(address)


def _fingerprint(address: str) -> str:
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:12]


def mailed_to(services: Services, message_id: str) -> Mailed | None:
    """Return to whom the mail with this Message-ID went; None for one that is not ours."""
    token = message_id.strip("<> ").partition("@")[0].rpartition(".")[2]
    action = services.buttons.open(_MAILED, token)
    return Mailed(action.run, action.arg) if action else None


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
        """Send all mails that may be sent now."""
        async with self._store.work() as work:
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
        sealed = self._services.buttons.seal(_MAILED, Action(_MAILED, mail.person_id, arg=_fingerprint(mail.address)))
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
            out = member.role in handover.SEATS and await handover.signed_out(ctx, member)
            facts = {"name": member.name, "town": group.title, "out": out}
            keys = [[ctx.key("way_in_for", "swapped", group.id, str(member.id), name=member.name)]] if out else []
            await own_rights.tell_coordinators(ctx, group, "mail.refused", facts, keys, but=address.person_id)
    await way_on.show(ctx)
