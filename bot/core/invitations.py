"""Links for people who are not in the group: one link is for one thing, ends by itself, and can be taken back.

A link is sealed like a button's action and noted down by a keyed hash, with what it is for: it cannot be guessed, and a
copy of the database opens none.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from secrets import token_hex
from typing import Final

from bot.core.buttons import LINK, Action
from bot.core.desk import Desk
from bot.wire.updates import Sender
from messages.codes import png
from storage.records import Attachment, Group, Link, Person, private_chat

VERB: Final = "invite"
GOOD_FOR: Final = timedelta(days=30)

LinkHandler = Callable[[Desk, Person, Link, Sender], Awaitable[None]]


async def make(desk: Desk, group: Group, purpose: str, ref: str) -> str:
    """A new link for this, as an address; the one before ends."""
    await desk.work.links.revoke(group.id, purpose, ref)
    token = desk.house.buttons.seal(LINK, Action(VERB, group.id, 0, token_hex(6)))
    await desk.work.links.add(token, purpose, group_id=group.id, ref=ref, expires_at=desk.now + GOOD_FOR)
    return f"https://t.me/{desk.house.username}?start={token}"


async def valid(desk: Desk, group: Group, purpose: str, ref: str) -> Link | None:
    """The link for this that still can be followed."""
    found = await desk.work.links.of_group(group.id, purpose)
    return next((link for link in found if link.ref == ref and link.state == "valid"), None)


async def show_code(desk: Desk, person: Person, group: Group, url: str, caption: str) -> None:
    """The link as a picture to point a phone at."""
    await desk.work.outbox.put(
        private_chat(person.id),
        "sendPhoto",
        {"caption": caption},
        about=group.id,
        files=[Attachment("photo", "qr.png", png(url))],
    )
