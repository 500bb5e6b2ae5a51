"""Mail that came back: reports in the sender's mailbox that a mail could not be delivered, told as a refusal is.

A report counts if it says that delivery has failed (RFC 3464) and returns the Message-ID that the mail went out with,
in which is sealed to whom: nobody else can make one. Such reports are marked as read; other mail is left to whoever
reads the mailbox.
"""

import asyncio
import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Final

from bot.context.context import Context, Services
from bot.errors import passes
from bot.logs import Log
from bot.page.mail import mailed_to, tell_of_refusal
from bot.settings import Mailbox
from storage.errors import StorageError
from storage.store import Store

log = Log(__name__)

EVERY: Final = 600.0  # seconds between looks
PATIENCE: Final = 20.0  # seconds for each step with the server
MOST: Final = 200  # unread mails in one look, the newest
LARGEST: Final = 256 * 1024  # bytes of a mail that are read


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """Log in to the mailbox and open its inbox. It blocks. Raises imaplib.IMAP4.error, OSError."""
    with _connected(mailbox) as client:
        client.login(mailbox.user, mailbox.password)
        status, _ = client.select("INBOX")
        if status != "OK":
            raise imaplib.IMAP4.error("no inbox")
        yield client


def _connected(mailbox: Mailbox) -> imaplib.IMAP4:
    if not mailbox.tls:
        return imaplib.IMAP4(mailbox.host, mailbox.port, timeout=PATIENCE)
    trusted = ssl.create_default_context()  # imaplib's own would give the password to whoever answers
    return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=trusted, timeout=PATIENCE)


def returned_id(raw: bytes) -> str:
    """Return the Message-ID of the mail that a report says could not be delivered; empty for all other mail.

    Raises RecursionError for parts within parts within parts.
    """
    report = message_from_bytes(raw)
    if report.get_content_type() != "multipart/report":
        return ""
    failed, returned = False, ""
    for part in _parts(report):
        match part.get_content_type():
            case "message/delivery-status":
                failed |= any(str(block["Action"]).strip().casefold() == "failed" for block in _parts(part))
            case "message/rfc822":
                returned = "".join(str(mail["Message-ID"] or "") for mail in _parts(part))
            case "text/rfc822-headers":
                headers = part.get_payload(decode=True)
                assert isinstance(headers, bytes)
                returned = str(message_from_bytes(headers)["Message-ID"] or "")
    return returned.strip() if failed else ""


def _parts(message: Message) -> list[Message]:
    """Return the parts of a message; none where it is not made of any, whatever it says of itself."""
    parts = message.get_payload()
    return [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []


class BounceReader:
    """Reads the mailbox every ten minutes, beside everything else."""

    def __init__(self, store: Store, services: Services, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        self._store, self._services, self._mailbox, self._clock = store, services, mailbox, clock
        self._looked_at = 0  # the latest mail's UID: what nobody has read is not fetched again
        self._validity: Sequence[bytes | None] = ()  # of the UIDs: another one where the mailbox has been made anew

    async def run(self) -> None:
        """Read for ever. Raises Damaged."""
        while True:
            try:
                await self.look()
            except (imaplib.IMAP4.error, OSError) as error:
                log.warning("mailbox_failed", error_type=type(error).__name__)
            except StorageError as error:
                if not passes(error):
                    raise
                log.warning("mailbox_failed", error_type=type(error).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Take the new reports. Raises imaplib.IMAP4.error, OSError, StorageError."""
        unread = await asyncio.to_thread(self._unread)
        reports = []
        for uid, raw in unread:
            try:
                token = returned_id(raw)
            except Exception as error:  # noqa: BLE001 - anybody can send anything there, and the next is read
                log.failure("mail_unreadable", error)
                continue
            if token and await self._settle(token):
                reports.append(uid)
        self._looked_at = max([self._looked_at, *(uid for uid, _ in unread)])
        if reports:  # they are told, also where they cannot be marked
            await asyncio.to_thread(self._mark_as_read, reports)

    def _unread(self) -> list[tuple[int, bytes]]:
        with opened(self._mailbox) as client:
            _, validity = client.response("UIDVALIDITY")
            if validity != self._validity:
                self._validity, self._looked_at = validity, 0
            status, found = client.uid("SEARCH", "UNSEEN", "UID", f"{self._looked_at + 1}:*")
            if status != "OK":  # what comes with it is a sentence, and no numbers
                raise imaplib.IMAP4.error("no search")
            # The range always holds the newest mail, however low its number.
            new = [int(uid) for uid in (found[0] or b"").split() if int(uid) > self._looked_at]
            return [(uid, _fetched(client, uid)) for uid in new[-MOST:]]

    def _mark_as_read(self, uids: list[int]) -> None:
        with opened(self._mailbox) as client:
            client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")

    async def _settle(self, message_id: str) -> bool:
        """Tell of a mail that came back; False if it was not ours."""
        mailed = mailed_to(self._services, message_id)
        if mailed is None:
            return False
        async with self._store.work() as work:
            for address in await work.mail_addresses.every(mailed.person_id):
                if mailed.fits(address.address):
                    log.info("mail_bounced")
                    await tell_of_refusal(Context(self._services, work, self._clock()), address)
        return True


def _fetched(client: imaplib.IMAP4, uid: int) -> bytes:
    _, parts = client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")
