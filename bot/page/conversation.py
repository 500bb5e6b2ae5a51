"""A chat as the page shows it: each message with its buttons and fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from zlib import crc32

from markupsafe import Markup

from bot.assembly.chat_commands import COMMANDS, RING
from bot.context.contents import body_of
from bot.context.sealed_actions import LINK
from bot.context.services import Services
from bot.page.contact_links import numbers_in
from bot.page.written import PageWriter
from bot.telegram import links
from messages.structure.blocks import said
from messages.structure.layout import laid_out
from storage.records.records import ChatCopy

TURN = "/ring"  # the address of the page with whom one can ring
PICTURES = frozenset({".png", ".jpg", ".jpeg"})


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A button: an action, a link of the bot's to follow, an address, or words to copy."""

    label: str
    action: str = ""
    follow: str = ""
    url: str = ""
    copy: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file under a message; `number` among them."""

    number: int
    name: str
    picture: bool


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message, ready for the page."""

    copy: int
    message_id: int
    version: str  # of its words, buttons and files, to see whether it has changed
    text: Markup
    keys: list[list[ShownKey]]
    files: list[ShownFile]
    day: date
    pinned: bool
    shut: bool  # asks for a one-time code first
    write: str | None  # it asks for a text: the hint of the field under it
    alt: str = ""  # its words, and none of the page's own among them: what its pictures show


def token_in(services: Services, url: str) -> str | None:
    """Return the token of a link of the bot's, None for any other address."""
    if (token := links.token_of(services.username, url)) is not None:
        return token
    _, ours, token = url.partition("/l/")  # on any host: the page's address may have changed since it was written
    return token if ours and services.page_url and services.buttons.open(LINK, token) is not None else None


def shown(services: Services, copy: ChatCopy, *, proved: bool, outside: bool = False, level: int = 3) -> ShownMessage:
    """Return a message's copy as the page shows it. `proved`: the visitor has lately given a one-time code; `outside`:
    they are not signed in, so that a command leads to its page; `level`: of its first heading, by what stands above."""
    content = copy.content
    day = copy.at.astimezone(services.zone).date()
    if content.get("shut") and not proved:
        told, version = services.voice.label("page.proof.shut"), f"{copy.message_id}-shut"
        text = PageWriter().write(said(told))
        return ShownMessage(
            copy.id, copy.message_id, version, text, [], [], day, copy.pinned, shut=True, write=None, alt=told
        )

    def address(url: str) -> str:
        token = token_in(services, url)
        return url if token is None else f"/l/{token}"

    body = body_of(content)
    unfold = services.voice.label("page.unfold")
    lines = services.voice.help_lines.lines.values()
    everywhere = [*(one["reach"] for one in services.voice.contacts), *(line.number for line in lines)]
    copied = [key["copy"] for row in content.get("keyboard", ()) for key in row if "copy" in key]
    rung = [*everywhere, *(one for one in copied if "://" not in one)]
    called = {services.voice.rules.called(name): TURN if outside and name == RING else "" for name in COMMANDS}
    numbers = [number for reached in rung for number in numbers_in(reached)]
    names = [PurePosixPath(name) for name in copy.files]
    return ShownMessage(
        copy.id,
        copy.message_id,
        f"{copy.message_id}-{crc32(repr((content, copy.files, copy.pinned)).encode()):x}",
        PageWriter(address, unfold, numbers, called, level).write(body),
        [[_key(services, key) for key in row] for row in content.get("keyboard", ())],
        [ShownFile(n, name.name, name.suffix.lower() in PICTURES) for n, name in enumerate(names)],
        day,
        copy.pinned,
        shut=False,
        write=content["write"]["hint"] if "write" in content else None,
        alt=laid_out(body),
    )


def _key(services: Services, key: Mapping[str, str]) -> ShownKey:
    if "copy" in key:
        return ShownKey(key["label"], copy=key["copy"])
    if "action" in key:
        return ShownKey(key["label"], action=key["action"], style=key.get("style", ""))
    token = token_in(services, key["url"])
    return ShownKey(key["label"], follow=token) if token is not None else ShownKey(key["label"], url=key["url"])
