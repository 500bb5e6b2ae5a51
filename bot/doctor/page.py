"""Examines the page and its mail: the address, its certificate, the headers that protect people, the mail server.

Asked as a browser anywhere would ask, and without signing in; no mail is sent.
"""

import asyncio
import imaplib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import aiosmtplib
import httpx

from bot.doctor.finding import Finding, error, ok, warning
from bot.page import bounces
from bot.settings import Mailbox, MailServer, Operator

SOON = timedelta(days=14)  # automatic renewal comes a month before a certificate's end
PATIENCE = 10  # seconds
NEEDED = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
}
NOBODY_BEHIND = (502, 503, 504)  # a reverse proxy's answers while it reaches nobody
PROXY = "See the reverse proxy (OPERATIONS.md, A page in the browser), its certificate and the bot's log."


async def examine(
    client: httpx.AsyncClient, url: str, mail: MailServer | None, now: datetime, *, running: bool
) -> AsyncIterator[Finding]:
    """Examine the page at this address, and the mail server."""
    yield await _page(client, url, running=running)
    if url.startswith("https:"):
        yield await _certificate(url, now)
    yield await _mail(mail)
    if mail is not None and mail.bounces is not None:
        yield await examine_bounces(mail.bounces)


async def _page(client: httpx.AsyncClient, url: str, *, running: bool) -> Finding:
    try:
        answer = await client.get(f"{url}/tillganglighet", timeout=PATIENCE)
    except httpx.HTTPError as failure:
        told = f"The page at {url} could not be reached ({type(failure).__name__})."
        return error("page", told, PROXY) if running else warning("page", told, "Start the bot, and look again.")
    if answer.status_code in NOBODY_BEHIND and not running:
        told = f"The page at {url} answers {answer.status_code}, as no bot runs behind the proxy."
        return warning("page", told, "Start the bot, and look again.")
    if answer.status_code != 200:
        return error("page", f"The page at {url} answers {answer.status_code}.", PROXY)
    lacks = [name for name, value in NEEDED.items() if value not in answer.headers.get(name, "")]
    if url.startswith("https:") and "strict-transport-security" not in answer.headers:
        lacks.append("strict-transport-security")
    if lacks:
        cure = "Let the reverse proxy hand on the bot's headers as they are."
        return error("page", f"Headers that keep people safe are missing or changed: {', '.join(lacks)}.", cure)
    return ok("page", f"{url} answers, with its headers.")


def examine_statement(operator: Operator) -> Finding:
    """Examine whether the statement of accessibility says whose page it is (lag 2018:1937)."""
    if operator.is_known:
        return ok("statement", f"The statement of accessibility names {operator.name}.")
    told = "The statement of accessibility names nobody who answers for the page; the law asks an authority for that."
    return warning("statement", told, "Set STADSBOT_OPERATOR_NAME and STADSBOT_OPERATOR_CONTACT.")


async def _certificate(url: str, now: datetime) -> Finding:
    """Examine how long the certificate is valid; an invalid one has already made the request fail."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 443, ssl=ssl.create_default_context()
            )
    except ssl.SSLCertVerificationError as failure:
        told = f"Browsers refuse the certificate: {failure.verify_message}."
        return error("certificate", told, "Let the reverse proxy renew it; until then nobody can open the page.")
    except (OSError, TimeoutError) as failure:
        return error("certificate", f"No connection with a valid certificate ({type(failure).__name__}).", PROXY)
    end = writer.get_extra_info("peercert")["notAfter"]
    writer.close()
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
    if until - now < SOON:
        return warning("certificate", f"The certificate ends on {until:%Y-%m-%d}.", "Let the reverse proxy renew it.")
    return ok("certificate", f"The certificate is good until {until:%Y-%m-%d}.")


async def _mail(mail: MailServer | None) -> Finding:
    """Examine whether the mail server lets the bot log in. Nothing is sent."""
    if mail is None:
        cure = "Set STADSBOT_MAIL_SERVER and STADSBOT_MAIL_FROM. Until then whoever coordinates lets people in again."
        return warning(
            "mail", "There is no mail server: nobody can come in again by mail, and nobody is reminded.", cure
        )
    server = aiosmtplib.SMTP(
        hostname=mail.host,
        port=mail.port,
        use_tls=mail.tls == "tls",
        start_tls=mail.tls == "starttls",
        timeout=PATIENCE,
    )
    try:
        async with server:
            if mail.user:
                await server.login(mail.user, mail.password)
            answer = await server.mail(mail.sender)
            await server.rset()
    except aiosmtplib.SMTPAuthenticationError:
        return error("mail", "The mail server does not let the bot in.", "Check STADSBOT_MAIL_USER and _PASSWORD.")
    except aiosmtplib.SMTPSenderRefused:
        return error("mail", "The mail server refuses the sender.", "Check STADSBOT_MAIL_FROM.")
    except (aiosmtplib.SMTPException, OSError) as failure:
        return error("mail", f"The mail server could not be used ({type(failure).__name__}).", "Check STADSBOT_MAIL_*.")
    return ok("mail", f"{mail.host} takes mail from {mail.sender} ({answer.code}).")


async def examine_bounces(mailbox: Mailbox) -> Finding:
    """Examine whether the mailbox can be opened. Nothing in it is read."""
    try:
        await asyncio.to_thread(_open_once, mailbox)
    except imaplib.IMAP4.error:
        told = "The mailbox does not let the bot in."
        return error("bounces", told, "Check STADSBOT_MAIL_BOUNCES_USER and _PASSWORD.")
    except OSError as failure:
        told = f"The mailbox could not be opened ({type(failure).__name__})."
        return error("bounces", told, "Check STADSBOT_MAIL_BOUNCES: the port is that of IMAP over TLS, often 993.")
    return ok("bounces", f"{mailbox.host} opens the mailbox of {mailbox.user}.")


def _open_once(mailbox: Mailbox) -> None:
    with bounces.opened(mailbox):
        pass
