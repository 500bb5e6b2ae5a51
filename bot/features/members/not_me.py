"""*Det var inte jag*: one tap takes back what somebody else may have done to a person's ways in.

It is told in the person's own conversation and, where they have one, at the mail address that counts. Whoever taps it
need not show who they are. It takes back a change of address that waits, and keys that were added lately; signs out
every other browser; and voids the links, mails and proofs of meanwhile.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Keys
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import LINK, Action
from bot.features.members import sign_in
from storage.records.links import Link
from storage.records.mail import COUNTS

NOT_ME: Final = "mailno"  # the verb of its link in mails
LATELY: Final = timedelta(days=1)  # as long as a change of address waits


async def button(ctx: Context, person_id: int, key_id: int = 0) -> Keys:
    """Return its button. It belongs to one of the person's groups, whichever it is. `key_id`: a passkey to take back
    however old it is."""
    seats = await ctx.work.members.of_person(person_id)
    return [[ctx.key("mail.not_me", "undomail", seat.group_id, str(key_id or ""))] for seat in seats[:1]]


async def mail(ctx: Context, person_id: int, kind: str, until: datetime, key_id: int = 0) -> None:
    """Send its link to the person's address, if one counts, in a mail of this kind."""
    for one in await ctx.work.mail_addresses.every(person_id):
        if one.state in COUNTS:
            url = await made_link(ctx, NOT_ME, f"{person_id}:{key_id}", until)
            await ctx.work.mails.put(person_id, kind, one.address, url)


async def undo(ctx: Context, person_id: int, key_id: int = 0) -> bool:
    """Take all of it back, and sign out all but whoever does this; False, and nothing is done, if nothing is new."""
    key = await _remove_keys(ctx, person_id, key_id)
    changing = await ctx.work.mail_addresses.withdraw(person_id)
    if not (key or changing):
        return False
    await sign_in.revoke(ctx, person_id)
    for one in await ctx.work.sign_ins.of_person(person_id):
        if one.id != ctx.browser:
            await ctx.work.sign_ins.end(one.id)
        else:
            await ctx.work.sign_ins.prove(one.id, datetime.fromtimestamp(0, UTC), vouches=False)
    await ctx.to_person(person_id, "mail.undone", {"changing": changing, "key": key})
    return True


async def undo_by_link(ctx: Context, token: str) -> bool:
    """Do so by the link in a mail; False for a link that has ended, or if nothing is new."""
    if (link := await good_link(ctx, token, NOT_ME)) is None:
        return False
    person, _, key = str(link.ref).partition(":")  # a link of an earlier version has no key
    return await undo(ctx, int(person), int(key or 0))


async def not_me(ctx: Context, actor: Actor, action: Action) -> None:
    """Do so by the button in one's own conversation."""
    if not await undo(ctx, actor.person.id, int(action.arg or 0)):
        ctx.toast("mail_not_waiting", alert=True)


async def made_link(ctx: Context, verb: str, ref: str, until: datetime) -> str:
    """Return the address of a new link for a mail."""
    number = ctx.work.links.reserve()
    token = ctx.services.buttons.seal(LINK, Action(verb, number))
    await ctx.work.links.add(token, verb, id=number, ref=ref, expires_at=until)
    return ctx.services.address(token, outside=True)


async def good_link(ctx: Context, token: str, verb: str) -> Link | None:
    """Return the link of this verb; None for one that is not good."""
    link = await ctx.work.links.find(token)
    return link if link is not None and link.purpose == verb and link.state == "valid" else None


async def _remove_keys(ctx: Context, person_id: int, key_id: int) -> bool:
    lately = (ctx.today - LATELY).isoformat()
    new = [one for one in await ctx.work.passkeys.of_person(person_id) if one.id == key_id or one.made >= lately]
    for one in new:
        await ctx.work.passkeys.remove(one.id)
    return bool(new)


ROUTES: Routes = buttons(Rank.FORMER, About.GROUP, undomail=not_me)
