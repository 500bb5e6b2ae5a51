"""Links for people who are not in the group: one link is for one thing, ends by itself, and can be taken back.

A link is sealed like a button's action and noted down by a keyed hash, with what it is for: it cannot be guessed, and a
copy of the database opens none. What is sealed is the link's number, so whoever may give it out can be shown it again
while it is good, though it is stored nowhere.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Final

from bot.context.context import Context
from bot.context.sealed_actions import LINK, Action
from bot.telegram.updates import Sender
from messages.codes import png
from storage.records import Attachment, Group, Kind, Link, Person

VERB: Final = "invite"
GOOD_FOR: Final = timedelta(days=30)

LinkHandler = Callable[[Context, Person, Link, Sender], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Given:
    """A link as it is given out: its address, until when it is good, whether somebody has made it theirs."""

    url: str
    until: datetime
    taken: bool = False


async def make(ctx: Context, group: Group, purpose: str, ref: str, good_for: timedelta = GOOD_FOR) -> Given:
    """A new link for this; the one before ends."""
    await ctx.work.links.revoke(group.id, purpose, ref)
    number, until = ctx.work.links.reserve(), ctx.now + good_for
    token = _token(ctx, group, number)
    await ctx.work.links.add(token, purpose, id=number, group_id=group.id, ref=ref, expires_at=until)
    return Given(_address(ctx, token), until)


async def given(ctx: Context, group: Group, purpose: str, ref: str) -> Given | None:
    """The link for this that is good now, as it was given out; None where there is none to show."""
    link = await valid(ctx, group, purpose, ref)
    if link is None or link.expires_at is None:
        return None
    token = _token(ctx, group, link.id)
    if await ctx.work.links.find(token) is None:  # from before links could be shown again, or from an earlier key
        return None
    return Given(_address(ctx, token), link.expires_at, taken=link.person_id is not None)


async def given_or_made(ctx: Context, group: Group, purpose: str, ref: str, good_for: timedelta = GOOD_FOR) -> Given:
    """The link for this that is good now; a new one where there is none."""
    return await given(ctx, group, purpose, ref) or await make(ctx, group, purpose, ref, good_for)


async def prolong(ctx: Context, group: Group, purpose: str, until: datetime) -> None:
    """Those of its links that still can be followed are good until then at the least."""
    for link in await ctx.work.links.of_group(group.id, purpose):
        if link.state == "valid" and link.expires_at is not None and link.expires_at < until:
            await ctx.work.links.update(link.id, expires_at=until)


def _token(ctx: Context, group: Group, number: int) -> str:
    return ctx.services.buttons.seal(LINK, Action(VERB, group.id, number))


def _address(ctx: Context, token: str) -> str:
    return ctx.services.address(token, outside=True)


async def valid(ctx: Context, group: Group, purpose: str, ref: str) -> Link | None:
    """The link for this that still can be followed."""
    found = await ctx.work.links.of_group(group.id, purpose)
    return next((link for link in found if link.ref == ref and link.state == "valid"), None)


async def show_code(ctx: Context, person: Person, group: Group, url: str, caption: str) -> None:
    """The link as a picture to point a phone at."""
    picture = Attachment("photo", "qr.png", png(url))
    await ctx.send_file(person.id, picture, escape(caption, quote=False), about=group.id, kind=Kind.PHOTO)
