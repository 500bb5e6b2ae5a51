"""Mail that came back: reports in the sender's mailbox that a mail could not be delivered, told as a refusal is.

A report counts if it says that delivery has failed (RFC 3464) and returns the Message-ID that the mail went out with,
in which is sealed to whom: nobody else can make one. Such reports are marked as read; other mail is left to whoever
reads the mailbox. Anybody can send mail there, so it is read in a process of its own, and none twice.
"""

import asyncio
import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from bot.context.context import Context
from bot.context.services import Services
from bot.errors import passes
from bot.features.documents.worker import Died, Worker
from bot.logs import Log
from bot.page.mail import mailed_to, tell_of_refusal
from bot.page.reports import may_be_report, returned_id
from bot.settings import Mailbox
from storage.errors import StorageError
from storage.store import Store

log = Log(__name__)

EVERY: Final = 600.0  # seconds between looks
PATIENCE: Final = 20.0  # seconds for each step with the server
MOST: Final = 200  # unread mails in one look, the newest
LARGEST: Final = 256 * 1024  # bytes of a mail that are read
DEADLINE: Final = (
    20.0  # seconds that one mail may take; a report takes a few thousandths, and the process a second to start
)


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


class BounceReader:
    """Reads the mailbox every ten minutes, beside everything else."""

    def __init__(self, store: Store, services: Services, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        self._store, self._services, self._mailbox, self._clock = store, services, mailbox, clock
        self._worker = Worker(DEADLINE)

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
        async with self._store.work() as work:
            looked_at = await work.update_log.mailbox()
        validity, unread = await asyncio.to_thread(self._unread, *looked_at)
        reports = []
        try:
            for uid, raw in unread:
                token, died = await self._returned(raw)
                if await self._settle(token, validity, uid):
                    reports.append(uid)
                if died:
                    break  # what comes after one that took so long is read at the next look
        finally:
            self._worker.close()  # there is seldom a report
        if reports:  # they are told, also where they cannot be marked
            await asyncio.to_thread(self._mark_as_read, reports)

    async def _returned(self, raw: bytes) -> tuple[str, bool]:
        """Return the Message-ID that a report returns, and whether this mail was too much for our reader."""
        try:
            return await self._worker.do(returned_id, raw) if may_be_report(raw) else "", False
        except Exception as error:  # noqa: BLE001 - anybody can send anything there, and the next is read
            log.failure("mail_unreadable", error)
            return "", isinstance(error, Died)

    def _unread(self, validity: str, looked_at: int) -> tuple[str, list[tuple[int, bytes]]]:
        """Return what is new since that UID, and the validity of UIDs: another where the mailbox has been made anew."""
        with opened(self._mailbox) as client:
            _, told = client.response("UIDVALIDITY")
            valid = (told[0] or b"").decode("ascii", "replace") if told else ""
            first = looked_at + 1 if valid == validity else 1
            status, found = client.uid("SEARCH", "UNSEEN", "UID", f"{first}:*")
            if status != "OK":  # what comes with it is a sentence, and no numbers
                raise imaplib.IMAP4.error("no search")
            # The range always holds the newest mail, however low its number.
            new = [int(uid) for uid in (found[0] or b"").split() if int(uid) >= first]
            return valid, [(uid, _fetched(client, uid)) for uid in new[-MOST:]]

    def _mark_as_read(self, uids: list[int]) -> None:
        with opened(self._mailbox) as client:
            client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")

    async def _settle(self, message_id: str, validity: str, uid: int) -> bool:
        """Tell of a mail that came back; False if it was not ours. With it is noted how far the mailbox is read."""
        mailed = mailed_to(self._services, message_id, self._clock())
        async with self._store.work() as work:
            await work.update_log.set_mailbox(validity, uid)
            for address in await work.mail_addresses.every(mailed.person_id) if mailed else ():
                if mailed is not None and mailed.fits(address.address):
                    log.info("mail_bounced")
                    await tell_of_refusal(Context(self._services, work, self._clock()), address)
        return mailed is not None


def _fetched(client: imaplib.IMAP4, uid: int) -> bytes:
    _, parts = client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")
