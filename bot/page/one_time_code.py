"""One-time codes for what is sensitive: the visitor proves again who they are.

A code is sent where somebody who has opened another's browser cannot read it: to Telegram, or to a vouched mail
address. A person without either, or whose passkey is not at hand (`passkeys`), gets it from another coordinator, by
telephone; and where there is nobody whom it can be trusted to, from the operator, as the answer to a number that stands
on their page.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from bot.ballots import admissions, box
from bot.context.abuse_limits import ALL_PROOFS, PROOFS
from bot.context.context import Context
from bot.context.permissions import Proof, Rank, rank_of
from bot.context.sealed_actions import Action, Buttons
from bot.features.network import memberships
from bot.page.sessions import PROVED_FOR, Visitor
from storage.records.records import Member, Person, is_own_number
from storage.records.sign_ins import SignIn

SETTLED: Final = timedelta(days=30)  # after which somebody who was let in can be told another's code
WITHIN: Final = timedelta(minutes=15)  # how long a code is valid, as somebody may have to ring
TRIES: Final = 5
DIGITS: Final = 6
_OPERATOR: Final = "operator"


class Way(StrEnum):
    """The way in which a code reaches its owner."""

    TELEGRAM = "telegram"
    MAIL = "mail"
    OTHERS = "others"
    OPERATOR = "operator"  # nobody else is there to tell it
    LATER = "later"  # too many were asked for


@dataclass(frozen=True, slots=True)
class Sent:
    """How a code was sent. `number`: what the operator is told for it, by whom nobody else can tell it."""

    way: Way
    number: str = ""


@dataclass(slots=True)
class _Code:
    code: str
    until: datetime
    sent: Sent
    tries: int = 0


@dataclass(slots=True)
class Codes:
    """The valid codes, by sign-in. In memory: after a restart one asks for another."""

    _sent: dict[int, _Code] = field(default_factory=dict)

    def sent(self, visitor: Visitor, now: datetime) -> Sent | None:
        """Return how a code that is still valid was sent."""
        code = self._sent.get(visitor.sign_in.id)
        return code.sent if code is not None and now < code.until and code.tries < TRIES else None

    async def send(self, ctx: Context, visitor: Visitor, *, mail: bool) -> Sent:
        """Send a new code; the one before is void. `mail`: whether the operator has a mail server."""
        person = visitor.person
        if not ctx.services.limits.allows(ctx.now, (PROOFS, visitor.sign_in.id), (ALL_PROOFS, person.id)):
            return Sent(Way.LATER)
        code, sent = _random(), Sent(Way.OPERATOR, _random())
        if (way := await _hand_over(ctx, person, code, mail=mail)) is not None:
            sent = Sent(way)
        else:
            code = operators_code(ctx.services.buttons, sent.number)
        self._sent = {id: one for id, one in self._sent.items() if ctx.now < one.until}
        self._sent[visitor.sign_in.id] = _Code(code, ctx.now + WITHIN, sent)
        return sent

    async def take(self, ctx: Context, visitor: Visitor, given: str) -> bool:
        """True if this is the code; it is valid once."""
        code = self._sent.get(visitor.sign_in.id)
        if code is None or ctx.now >= code.until or code.tries >= TRIES:
            return False
        code.tries += 1
        if not hmac.compare_digest(digits(given), code.code):
            return False
        del self._sent[visitor.sign_in.id]
        vouches = code.sent.way is not Way.OTHERS
        await ctx.work.sign_ins.prove(visitor.sign_in.id, ctx.now + PROVED_FOR, vouches=vouches)
        return True


def digits(given: str) -> str:
    """Return the digits of a code or number, however it is written."""
    return "".join(sign for sign in given if sign.isascii() and sign.isdigit())


def _random() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def operators_code(buttons: Buttons, number: str) -> str:
    """Return the code that answers a number on somebody's page, which only the operator's key can tell."""
    sealed = buttons.seal(_OPERATOR, Action(_OPERATOR, arg=number))  # of the same always the same
    return f"{int.from_bytes(sha256(sealed.encode()).digest()[:8], 'big') % 10**DIGITS:0{DIGITS}}"


def spaced(code: str) -> str:
    """Return a code or number as it is read out."""
    return f"{code[:3]} {code[3:]}"


def proof_of(sign_in: SignIn, now: datetime) -> Proof:
    """Return whether the person has lately shown in this browser who they are."""
    left = datetime.fromtimestamp(sign_in.proved, now.tzinfo) - now
    return Proof.GIVEN if timedelta(0) < left <= PROVED_FOR else Proof.LACKING


async def _hand_over(ctx: Context, person: Person, code: str, *, mail: bool) -> Way | None:
    """Send a code on its way; return None if there is none."""
    if not await ctx.work.passkeys.of_person(person.id) and (way := await _send(ctx, person, code, mail=mail)):
        return way
    others = await _others(ctx, person)
    for other, name, town, group_id in others:
        facts = {"code": spaced(code), "name": name, "town": town}
        await ctx.to_person(other.person_id, "proof.pass_on", facts, about=group_id)
    return Way.OTHERS if others else None


async def _send(ctx: Context, person: Person, code: str, *, mail: bool) -> Way | None:
    """Send a code to its owner; return None if it cannot be sent."""
    if not is_own_number(person.user_id) and ctx.services.username and person.reach == "reachable":
        await ctx.to_person(person.id, "proof.code", {"code": spaced(code)}, aside=True)
        return Way.TELEGRAM
    address = await ctx.work.mail_addresses.of_person(person.id)
    if mail and address is not None and address.vouched and address.state not in ("asked", "refused"):
        await ctx.work.mails.put(person.id, "code", address.address, spaced(code))
        return Way.MAIL
    return None


async def _others(ctx: Context, person: Person) -> list[tuple[Member, str, str, int]]:
    """Return who can be told their code, with the person's name there: the other coordinators of the group that they
    have been in the longest, or else its core members.

    Nobody is a puppet whom somebody else at their browser has let in, nor of a town that has lured them into it.
    """
    seats = [(one, await ctx.work.groups.get(one.group_id)) for one in await ctx.work.members.of_person(person.id)]
    known = [(one, group) for one, group in seats if rank_of(one, group) >= Rank.NETWORK]
    # Who has left is known there still; what they have a seat in goes first.
    known = known or [(one, group) for one, group in seats if one.state == "left" and one.name]
    for member, group in sorted(known, key=lambda pair: (pair[0].joined_at, pair[0].id)):
        if group.state == "active":
            core = [one for one in await ctx.work.members.active(group.id) if await _is_trusted(ctx, one, person)]
            told = [one for one in core if one.coordinator] or core
            return [(other, member.name, group.title, group.id) for other in told]
    return []


async def _is_trusted(ctx: Context, other: Member, person: Person) -> bool:
    """True if this member can be told a person's code: somebody else, for whom they have not vouched, and who has been
    there for a while."""
    if other.person_id == person.id or await memberships.signed_out(ctx, other):
        return False
    by = admissions.vouched_by(await admissions.of(ctx.work, other.group_id, other.person_id))
    if by is None:
        return True  # Telegram says who is in its chat, and the operator's invitation who begins a town
    (number,) = box.members([by])
    vouches = await ctx.work.members.get(number)
    return vouches.person_id != person.id and (other.joined_at + SETTLED).date() <= ctx.today
