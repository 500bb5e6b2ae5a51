"""One-time codes for what is sensitive: the visitor proves again who they are.

A code is sent where somebody who has opened another's browser cannot read it: to Telegram, or to a vouched mail
address. A person without either gets it from another coordinator, by telephone.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.context.abuse_limits import PROOFS
from bot.context.context import Context
from bot.context.permissions import Proof, Rank, rank_of
from bot.page.sessions import Visitor
from bot.reminders import open_items
from storage.mail import WANTED
from storage.records import Member, Person, SignIn, is_own_number

GOOD_FOR: Final = timedelta(minutes=15)  # how long a code counts
WITHIN: Final = timedelta(minutes=15)  # how long a code is valid, as somebody may have to ring
TRIES: Final = 5
DIGITS: Final = 6


class Way(StrEnum):
    """The way in which a code reaches its owner."""

    TELEGRAM = "telegram"
    MAIL = "mail"
    OTHERS = "others"
    NOBODY = "nobody"  # nobody is there to tell it
    LATER = "later"  # too many were asked for


@dataclass(slots=True)
class _Code:
    code: str
    until: datetime
    way: Way
    tries: int = 0


@dataclass(slots=True)
class Codes:
    """The valid codes, by sign-in. In memory: after a restart one asks for another."""

    _sent: dict[int, _Code] = field(default_factory=dict)

    def sent(self, visitor: Visitor, now: datetime) -> Way | None:
        """Return how a code that is still valid was sent."""
        code = self._sent.get(visitor.sign_in.id)
        return code.way if code is not None and now < code.until and code.tries < TRIES else None

    async def send(self, ctx: Context, visitor: Visitor, *, mail: bool) -> Way:
        """Send a new code; the one before is void. `mail`: whether the operator has a mail server."""
        person, limits = visitor.person, ctx.services.limits
        if limits.over(PROOFS, person.id, ctx.now) is not None:
            return Way.LATER
        limits.count(PROOFS, person.id, ctx.now)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        way = await _hand_over(ctx, person, code, mail=mail)
        self._sent = {id: one for id, one in self._sent.items() if ctx.now < one.until}
        self._sent[visitor.sign_in.id] = _Code(code, ctx.now + WITHIN, way)
        return way

    async def take(self, ctx: Context, visitor: Visitor, given: str) -> bool:
        """True if this is the code; it is valid once. One told by another person vouches for the mail address, too."""
        code = self._sent.get(visitor.sign_in.id)
        if code is None or ctx.now >= code.until or code.tries >= TRIES:
            return False
        code.tries += 1
        typed = "".join(sign for sign in given if sign.isascii() and sign.isdigit())
        if not hmac.compare_digest(typed, code.code):
            return False
        del self._sent[visitor.sign_in.id]
        await ctx.work.sign_ins.prove(visitor.sign_in.id)
        address = await ctx.work.mail_addresses.of_person(visitor.person.id)
        if address is not None and address.state in WANTED:
            await ctx.work.mail_addresses.update(address.id, vouched=True)
        return True


def proof_of(sign_in: SignIn, now: datetime) -> Proof:
    """Return whether a code was given in this browser lately."""
    since = now - datetime.fromtimestamp(sign_in.proved, now.tzinfo)
    return Proof.GIVEN if timedelta(0) <= since < GOOD_FOR else Proof.LACKING


async def _hand_over(ctx: Context, person: Person, code: str, *, mail: bool) -> Way:
    shown = f"{code[:3]} {code[3:]}"
    if not is_own_number(person.user_id) and ctx.services.username and person.reach == "reachable":
        await ctx.to_person(person.id, "proof.code", {"code": shown}, aside=True)
        return Way.TELEGRAM
    address = await ctx.work.mail_addresses.of_person(person.id)
    if mail and address is not None and address.vouched and address.state not in ("asked", "refused"):
        await ctx.work.mails.put(person.id, "code", address.address, shown)
        return Way.MAIL
    others = await _others(ctx, person)
    for other, name, town, group_id in others:
        facts = {"code": shown, "name": name, "town": town}
        await ctx.to_person(other.person_id, "proof.pass_on", facts, about=group_id)
    return Way.OTHERS if others else Way.NOBODY


async def _others(ctx: Context, person: Person) -> list[tuple[Member, str, str, int]]:
    """Return the other coordinators of their groups, or else core members, each once, with the person's name there."""
    found: dict[int, tuple[Member, str, str, int]] = {}
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        if group.state != "active" or rank_of(member, group) < Rank.NETWORK:
            continue
        others = [one for one in await open_items.coordinators(ctx, group) if one.person_id != person.id]
        core = [one for one in await ctx.work.members.active(group.id) if one.person_id != person.id]
        for other in others or core:
            found.setdefault(other.person_id, (other, member.name, group.title, group.id))
    return list(found.values())
