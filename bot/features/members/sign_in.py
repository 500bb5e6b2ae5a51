"""Links that sign a person in to the page in a browser: valid once, for a quarter of an hour. Whoever has left on the
page alone gets one that is good for a year, as often as they like, while they have no seat.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.context.context import Context
from bot.context.message import Key
from bot.context.permissions import Proof
from bot.context.sealed_actions import LINK, Action, Buttons
from bot.features.network import memberships
from storage.records.links import Link
from storage.records.records import Person
from storage.store import UnitOfWork

PURPOSE: Final = "signin"
VERB: Final = "signin"
PROVES: Final = "own"
KEEPS: Final = "kept"
GOOD_FOR: Final = timedelta(minutes=15)
KEPT_FOR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class KeptLink:
    """A link to keep, and the last day on which it is good."""

    url: str
    until: date


async def offer(ctx: Context, person: Person) -> None:
    """Send such a link, if there is a page; the one before is revoked.

    It is left out of the chat's copy: somebody who has opened another's browser must not find it there.
    """
    if not ctx.services.page_url:
        await ctx.to_person(person.id, "sign_in.none", keys=await memberships.way_back(ctx, person))
        return
    elsewhere = ctx.proof is Proof.NOT_ASKED
    await revoke(ctx, person.id)
    url = await make(ctx, person, GOOD_FOR, of=PROVES if elsewhere else "")
    minutes = int(GOOD_FOR.total_seconds() // 60)
    await ctx.to_person(
        person.id,
        "sign_in.link",
        {"minutes": minutes},
        [[Key(ctx.services.voice.label("sign_in"), url=url)]],
        aside=elsewhere,
    )


async def revoke(ctx: Context, person_id: int) -> None:
    """Revoke the links that sign a person in."""
    await ctx.work.links.revoke(None, PURPOSE, _mark(ctx, person_id))


def _mark(ctx: Context, person_id: int) -> str:
    """Return by what a person's links are found: sealed, as a number would tell who signs in."""
    return ctx.services.buttons.seal(LINK, Action(VERB, 0, person_id))


async def to_keep(ctx: Context, person: Person) -> KeptLink:
    """Return a link by which somebody who has no seat left sees what is stored about them, as often as they like."""
    url = await make(ctx, person, KEPT_FOR, of=KEEPS)
    return KeptLink(url, (ctx.now + KEPT_FOR).astimezone(ctx.services.zone).date())


async def make(ctx: Context, person: Person, good_for: timedelta, *, of: str = "") -> str:
    """Return the address of a new link.

    `of`: PROVES if it is sent where nobody else reads, so that following it counts as a one-time code; or KEEPS.
    """
    whose = _mark(ctx, person.id)
    number = ctx.work.links.reserve()
    token = ctx.services.buttons.seal(LINK, Action(VERB, number, person.id, of))
    await ctx.work.links.add(token, PURPOSE, id=number, ref=whose, expires_at=ctx.now + good_for)
    return ctx.services.address(token, outside=True)


async def whose(work: UnitOfWork, buttons: Buttons, token: str) -> tuple[Person, Link] | None:
    """Return whom a link signs in; None for one that is used, expired or unknown."""
    link, action = await work.links.find(token), buttons.open(LINK, token)
    if link is None or link.purpose != PURPOSE or link.state != "valid" or action is None:
        return None
    person = await work.people.lookup(action.ask)
    if person is None or (action.arg == KEEPS and await _has_seat(work, person)):
        return None
    return person, link


async def take(work: UnitOfWork, buttons: Buttons, token: str) -> tuple[Person, bool] | None:
    """Use a link: return whom it signs in, and whether it proves who they are; None as `whose`."""
    if (found := await whose(work, buttons, token)) is None:
        return None
    (person, link), action = found, buttons.open(LINK, token)
    kind = action.arg if action is not None else ""
    if kind != KEEPS:
        await work.links.use(link.id)
    return person, kind == PROVES


async def _has_seat(work: UnitOfWork, person: Person) -> bool:
    """True if a link that leads to one's own alone would lead to a group's, too."""
    return any(member.state != "left" for member in await work.members.of_person(person.id))
