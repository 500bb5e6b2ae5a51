"""Links that sign a person in to the page in a browser: valid once, for a quarter of an hour."""

from datetime import timedelta
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
GOOD_FOR: Final = timedelta(minutes=15)


async def offer(ctx: Context, person: Person) -> None:
    """Send such a link, if there is a page; the one before is revoked.

    It is left out of the chat's copy: somebody who has opened another's browser must not find it there.
    """
    if not ctx.services.page_url:
        await ctx.to_person(person.id, "sign_in.none", keys=await memberships.way_back(ctx, person))
        return
    elsewhere = ctx.proof is Proof.NOT_ASKED
    await revoke(ctx, person.id)
    url = await make(ctx, person, GOOD_FOR, proves=elsewhere)
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


async def make(ctx: Context, person: Person, good_for: timedelta, *, proves: bool = False) -> str:
    """Return the address of a new link.

    `proves`: it is sent where nobody else reads, so that following it counts as a one-time code.
    """
    whose = _mark(ctx, person.id)
    number = ctx.work.links.reserve()
    token = ctx.services.buttons.seal(LINK, Action(VERB, number, person.id, PROVES if proves else ""))
    await ctx.work.links.add(token, PURPOSE, id=number, ref=whose, expires_at=ctx.now + good_for)
    return ctx.services.address(token, outside=True)


async def whose(work: UnitOfWork, buttons: Buttons, token: str) -> tuple[Person, Link] | None:
    """Return whom a link signs in; None for one that is used, expired or unknown."""
    link, action = await work.links.find(token), buttons.open(LINK, token)
    if link is None or link.purpose != PURPOSE or link.state != "valid" or action is None:
        return None
    person = await work.people.lookup(action.ask)
    return (person, link) if person is not None else None
