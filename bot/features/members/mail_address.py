"""Another mail address: it waits a day, and one tap of its owner's undoes it.

Who gets somebody's mail signs in as them. So an address that is given when there is something to lose is told at the
earlier one and in the person's own conversation, and until a day has passed the earlier one is theirs, and *Det var
inte jag* takes it back (`not_me`).
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.context.abuse_limits import MAILS
from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from bot.features.members import not_me, sign_in
from storage.records.mail import COUNTS, MailAddress
from storage.records.records import Person
from storage.table import seconds

CONFIRM: Final = "mailok"  # the verb of its link in mails
CONFIRM_WITHIN: Final = timedelta(days=1)
WAITS: Final = timedelta(days=1)  # until a change counts
FIRST_DAY: Final = timedelta(days=1)  # from the first seat on: who leaves an address meanwhile is asked nothing


def fingerprint(address: str) -> str:
    """Return a mark of an address, from which it cannot be read."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:12]


def may_go(ctx: Context, whose: str) -> bool:
    """True, and counted, unless so many mails were asked for to this address, or by this person, that no more go."""
    return ctx.services.limits.allows(ctx.now, (MAILS, int(fingerprint(whose), 16)))


async def change(ctx: Context, person: Person, address: str, *, vouches: bool) -> bool:
    """Give a person another address, which counts once they follow a link that is sent there, or (empty) none.

    `vouches`: they have shown who they are without another's help. Returns False, and changes nothing, if they have to
    wait, as many mails were asked for. Raises NotProved where they must show first who they are.
    """
    every = await ctx.work.mail_addresses.every(person.id)
    if not address and not every:
        return True
    same = [one for one in every if one.address.casefold() == address.casefold()]
    guarded = await _has_to_lose(ctx, person, every)
    if guarded and not same:
        ctx.prove()
    if not address:
        await _remove(ctx, person.id, every, at_once=not guarded)
        return True
    if not (may_go(ctx, address) and may_go(ctx, str(person.id))):
        return False
    vouched = vouches or not guarded or any(one.vouched for one in same)
    waits = next((one for one in same if one.state == "asked" and one.vouched == vouched), None)
    given = waits or await ctx.work.mail_addresses.give(person.id, address, vouched=vouched)
    url = await not_me.made_link(ctx, CONFIRM, f"{person.id}:{given.id}", ctx.now + CONFIRM_WITHIN)
    await ctx.work.mails.put(person.id, "confirm", address, url)
    return True


async def confirm(ctx: Context, token: str) -> bool:
    """Confirm the address that a mail with this link came to; False for an expired link."""
    if (link := await not_me.good_link(ctx, token, CONFIRM)) is None:
        return False
    person, _, number = str(link.ref).partition(":")  # a link of an earlier version has no number
    every = await ctx.work.mail_addresses.every(int(person))
    given = [one for one in every if number in ("", str(one.id))]
    if not given:
        return False
    await ctx.work.links.use(link.id)
    new, counted = given[-1], [one for one in every if one.state != "asked"]
    if any(one.address.casefold() == new.address.casefold() for one in counted):
        await ctx.work.mail_addresses.confirm(new)
    elif not await _has_to_lose(ctx, await ctx.work.people.get(int(person)), counted):
        await _counts(ctx, new, first=not counted)
    else:
        await _waits(ctx, new, counted)
    return True


async def take_effect(ctx: Context) -> None:
    """Let each change count whose day has passed. One that lies further ahead was asked for by a wrong clock."""
    for one in await ctx.work.mail_addresses.waiting():
        from_then = datetime.fromtimestamp(one.counts_from, UTC)
        if from_then > ctx.now + WAITS:
            await ctx.work.mail_addresses.update(one.id, counts_from=seconds(ctx.now + WAITS))
        elif from_then <= ctx.now:
            before = await ctx.work.mail_addresses.of_person(one.person_id)
            await sign_in.revoke(ctx, one.person_id)  # what is on its way to the earlier one
            await _counts(ctx, one, first=before is None or before.id == one.id)


async def _has_to_lose(ctx: Context, person: Person, addresses: Sequence[MailAddress]) -> bool:
    """True if somebody else at the person's browser could take something of theirs with an address: their way in by
    mail or passkey, or a seat. Whoever has just come in, or is only on their way, has none yet."""
    if any(one.vouched and one.state in COUNTS for one in addresses) or await ctx.work.passkeys.of_person(person.id):
        return True
    for member in await ctx.work.members.of_person(person.id):
        seated = rank_of(member, await ctx.work.groups.get(member.group_id)) >= Rank.NETWORK
        if seated and ctx.now - member.joined_at >= FIRST_DAY:
            return True
    return False


async def _remove(ctx: Context, person_id: int, every: Sequence[MailAddress], *, at_once: bool) -> None:
    counted = [one for one in every if one.state != "asked"]
    if at_once or not counted:
        await ctx.work.mail_addresses.forget(person_id)
        await ctx.to_person(person_id, "mail.changed", {"removed": True, "first": False})
    else:
        await _waits(ctx, await ctx.work.mail_addresses.give(person_id, ""), counted)


async def _waits(ctx: Context, new: MailAddress, counted: Sequence[MailAddress]) -> None:
    """Let a change wait its day, and tell its owner wherever they may be."""
    from_then = ctx.now + WAITS
    await ctx.work.mail_addresses.update(new.id, counts_from=seconds(from_then))
    await not_me.mail(ctx, new.person_id, "changed", from_then)
    facts = {"removed": not new.address, "first": not counted}
    await ctx.to_person(new.person_id, "mail.changing", facts, await not_me.button(ctx, new.person_id))


async def _counts(ctx: Context, new: MailAddress, *, first: bool) -> None:
    if new.address:
        await ctx.work.mail_addresses.confirm(new)
    else:
        await ctx.work.mail_addresses.forget(new.person_id)
    await ctx.to_person(new.person_id, "mail.changed", {"removed": not new.address, "first": first})
