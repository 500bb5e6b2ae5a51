"""The page beside the phones: people in browser windows of their own, and a mailbox for the bot's mail.

Each person has a name of this machine's for their window (`p3.localhost`), as browsers keep cookies by name: several
people can be signed in at once.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from aiohttp import web
from markupsafe import Markup, escape

from bot.app import Bot
from bot.context.context import Context
from bot.features.members import sign_in
from bot.operations.servers import listening
from bot.page.mail import Mailer
from bot.page.templates import HEADERS, looks_of
from bot.page.web_app import LARGEST_BODY, door_of
from bot.sandbox.errors import ActError
from bot.sandbox.sandbox import Sandbox
from bot.settings import Address, MailServer
from storage.records.mail import Mail
from storage.records.records import Person, private_chat

HERE: Final = "127.0.0.1"
SERVER: Final = MailServer("localhost", 0, "stad@example.se", "none")  # that nothing is sent to
MAILBOX: Final = "/brevlada"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as the mailbox shows it."""

    to: str
    subject: str
    text: Markup


class Mailbox(Mailer):
    """Receives the mails in the place of a server."""

    def __init__(self, bot: Bot, sandbox: Sandbox) -> None:
        super().__init__(bot.store, bot.services, SERVER, sandbox.now)
        self.letters: list[ReceivedMail] = []

    async def _send(self, mail: Mail) -> None:
        message = self.message(mail)
        text = self._at_home(message, mail)
        self.letters.insert(0, ReceivedMail(mail.address, str(message["Subject"]), text))

    def _at_home(self, message: EmailMessage, mail: Mail) -> Markup:
        """The text, with links that lead to the window of whom it is to."""
        base, home = self._services.page_url, at_home(self._services.page_url, mail.person_id)
        parts = re.split(rf"({re.escape(base)}\S+)", str(message.get_content()))  # every second one is a link
        links = [Markup('<a href="{0}">{0}</a>').format(link.replace(base, home)) for link in parts[1::2]]
        return Markup().join(escape(text) + link for text, link in zip(parts[::2], [*links, Markup()], strict=True))


def free_address() -> str:
    """Return a free address of this machine for the page."""
    with socket.socket() as tried:
        tried.bind((HERE, 0))
        return f"http://localhost:{tried.getsockname()[1]}"


def at_home(page_url: str, person_id: int) -> str:
    """The same page under a person's own name."""
    return page_url.replace("://", f"://p{person_id}.", 1)


class Windows:
    """Opens people's windows."""

    def __init__(self, bot: Bot, sandbox: Sandbox) -> None:
        self._bot, self._sandbox = bot, sandbox

    async def open(self, user: int) -> str:
        """Return the address where a person signs in; 0 is the mailbox. Raises ActError if the bot never met them."""
        url = self._bot.services.page_url
        if not user:
            return f"{url}{MAILBOX}"
        async with self._bot.store.work() as work:
            person: Person | None = await work.people.by_user(user)
            if person is None or person.reach == "new":
                raise ActError(self._bot.services.voice.label("page.window.unknown"))
            ctx = Context(self._bot.services, work, self._sandbox.now())
            link = await sign_in.make(ctx, person, sign_in.GOOD_FOR, of=sign_in.PROVES)
            await work.chat_copies.keep_chat(private_chat(person.id))
        return link.replace(url, at_home(url, person.id))


@asynccontextmanager
async def opened(bot: Bot, sandbox: Sandbox) -> AsyncIterator[Windows]:
    """Serve the page and the mailbox while the block runs."""
    door = door_of(bot.store, bot.services, bot.poller, sandbox.now, mail=True)
    mailbox, looks = Mailbox(bot, sandbox), looks_of(bot.services.voice)

    async def letters(_request: web.Request) -> web.Response:
        response = looks.page("mailbox", {"letters": mailbox.letters})
        response.headers.update(HEADERS)
        return response

    port = int(bot.services.page_url.rpartition(":")[2])
    mailing = asyncio.create_task(mailbox.run())
    try:
        async with listening([web.get(MAILBOX, letters), *door.routes()], Address(HERE, port), LARGEST_BODY):
            yield Windows(bot, sandbox)
    finally:
        mailing.cancel()
