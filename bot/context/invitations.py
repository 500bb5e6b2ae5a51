"""Links for people who are not in the group: each has one purpose, expires, and can be revoked.

A link is sealed like a button's action, and stored as a keyed hash with its purpose: it cannot be guessed, and a copy
of the database opens none. As the link's number is sealed in it, it can be made and shown again while it is valid,
though it is stored nowhere.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.channel.updates import Sender
from bot.context.context import Context
from bot.context.sealed_actions import LINK, Action
from messages.codes import png
from messages.structure.blocks import said
from storage.records.links import Link
from storage.records.records import Attachment, Group, Person

VERB: Final = "invite"
GOOD_FOR: Final = timedelta(days=30)

LinkHandler = Callable[[Context, Person, Link, Sender], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A link as it is given out: its address, when it expires, and whether somebody has claimed it."""

    url: str
    until: datetime
    taken: bool = False


async def make(ctx: Context, group: Group, purpose: str, ref: str, good_for: timedelta = GOOD_FOR) -> GivenLink:
    """Make a new link for this purpose; the one before is revoked."""
    await ctx.work.links.revoke(group.id, purpose, ref)
    number, until = ctx.work.links.reserve(), ctx.now + good_for
    token = _token(ctx, group, number)
    await ctx.work.links.add(token, purpose, id=number, group_id=group.id, ref=ref, expires_at=until)
    return GivenLink(_address(ctx, token), until)


async def given(ctx: Context, group: Group, purpose: str, ref: str) -> GivenLink | None:
    """Return the valid link for this purpose; None if there is none that can be shown."""
    link = await valid(ctx, group, purpose, ref)
    if link is None or link.expires_at is None:
        return None
    token = _token(ctx, group, link.id)
    if await ctx.work.links.find(token) is None:  # made before links could be shown again, or with an earlier key
        return None
    return GivenLink(_address(ctx, token), link.expires_at, taken=link.person_id is not None)


async def given_or_made(
    ctx: Context, group: Group, purpose: str, ref: str, good_for: timedelta = GOOD_FOR
) -> GivenLink:
    """Return the valid link for this purpose, or make one."""
    return await given(ctx, group, purpose, ref) or await make(ctx, group, purpose, ref, good_for)


async def prolong(ctx: Context, group: Group, purpose: str, until: datetime) -> None:
    """Let the valid links for this purpose expire at that time at the earliest."""
    for link in await ctx.work.links.of_group(group.id, purpose):
        if link.state == "valid" and link.expires_at is not None and link.expires_at < until:
            await ctx.work.links.update(link.id, expires_at=until)


def _token(ctx: Context, group: Group, number: int) -> str:
    return ctx.services.buttons.seal(LINK, Action(VERB, group.id, number))


def _address(ctx: Context, token: str) -> str:
    return ctx.services.address(token, outside=True)


async def valid(ctx: Context, group: Group, purpose: str, ref: str) -> Link | None:
    """Return the record of the valid link for this purpose."""
    found = await ctx.work.links.of_group(group.id, purpose)
    return next((link for link in found if link.ref == ref and link.state == "valid"), None)


async def show_code(ctx: Context, person: Person, group: Group, url: str, caption: str) -> None:
    """Send the link as a QR code."""
    picture = Attachment("photo", "qr.png", png(url))
    await ctx.send_file(person.id, picture, said(caption), about=group.id)
