"""A yes or an objection that is written under the question whether all stand behind a decision, instead of tapped."""

from enum import StrEnum
from typing import Final

from bot.ballots.box import voter
from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.permissions import Rank, asked_anew, rank_then
from bot.exercises import consents
from bot.features.approvals import consent, consent_messages
from bot.features.network import memberships
from bot.reminders.kinds import SAY
from bot.views.ways import ways
from flows.answers import BARE
from flows.ballots import Phase
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member, Person

LONGEST: Final = 10  # words of a no: a longer one may be about more


class Heard(StrEnum):
    """What came of a text that was written under such a question."""

    TAKEN = "taken"
    WITH_REASON = "with reason"  # taken as an objection, for which the text holds the reason, too
    UNCLEAR = "unclear"  # the question is put once more, with its buttons
    PROMISE_FIRST = "promise first"  # it waits until its writer has answered to a new promise


async def in_private(
    ctx: Context, person: Person, text: str, under: MessageContext, *, meant: bool = False
) -> Heard | None:
    """Take a yes or a no in private, where the message under which it is written asks that; None for anything else.

    Under a reminder, which does not say what was decided, it has the decision shown. So it does where something else
    has been sent since, and from whoever has answered already: that answer is changed by a tap, or a text that is
    `meant` for it.
    """
    if under.once and ctx.services.voice.rules.answer_in(text):
        found = await _reminded_of(ctx, person)
        return await put_again(ctx, *found) if found else None
    asked = consent_messages.asked_in(under)
    actor = await memberships.seat(ctx, person, under.group, Rank.LEADER) if asked else None
    if actor is None or asked is None:
        return None
    kept = await consents.of(ctx, actor.group, asked[0])
    if kept and kept.phase is Phase.OPEN and (under.passed or voter(actor.member.id) in kept.voices) and not meant:
        return await put_again(ctx, actor, asked[0]) if ctx.services.voice.rules.answer_in(text) else None
    return await _taken(ctx, actor, asked, text)


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, str] | None:
    """Return which decision a message asks this person about, or reminds them of, while it can be answered."""
    if under.once:
        return await _reminded_of(ctx, person)
    asked = consent_messages.asked_in(under)
    actor = await memberships.seat_asked(ctx, person, under.group, Rank.LEADER) if asked else None
    kept = await consents.of(ctx, actor.group, asked[0]) if actor and asked else None
    return (actor, asked[0]) if actor and asked and kept and kept.phase is Phase.OPEN else None


async def _reminded_of(ctx: Context, person: Person) -> tuple[Actor, str] | None:
    """Return the one decision of which somebody was reminded today; None if there is none, or are several."""
    seats = {member.id: member for member in await ctx.work.members.of_person(person.id)}
    items = [one for seat in seats for one in await ctx.work.open_items.of_member(seat)]
    told = [one for one in items if one.kind == SAY and one.last == ctx.today and one.state != "closed"]
    if len(told) != 1:
        return None
    group = await ctx.work.groups.get(told[0].group_id)
    return Actor(person, group, seats[told[0].member_id]), told[0].ref.partition(":")[2]


async def put_again(ctx: Context, actor: Actor, ref: str) -> Heard | None:
    """Put the question once more, with its buttons; None if it is over."""
    kept = await consents.of(ctx, actor.group, ref)
    if kept is None or kept.phase is not Phase.OPEN:
        return None
    await ctx.tell(actor, "consent.by_button", keys=await ways(ctx, actor.person, actor.group.id))
    await consent_messages.show_alone(ctx, actor.group, ref, kept, actor.member.id, anew=True)
    return Heard.UNCLEAR


async def put_beside(ctx: Context, person: Person, why: MessageContext) -> None:
    """Put the question once more to somebody whose reason is waited for, as they may have changed their mind."""
    if actor := await memberships.seat(ctx, person, why.group, Rank.LEADER):
        await put_again(ctx, actor, why.what)


async def in_group(
    ctx: Context, group: Group, member: Member | None, said: Written, replied: MessageContext
) -> Heard | None:
    """Take a reply to the question in the group's chat; None if it is neither a yes nor a no."""
    asked = consent_messages.asked_in(replied)
    if asked is None or member is None or rank_then(member, group) < Rank.MEMBER:
        return None
    if asked_anew(member):
        return Heard.PROMISE_FIRST if _said(ctx, said.text) else None
    person = await ctx.work.people.get(member.person_id)
    return await _taken(ctx, Actor(person, group, member, in_group=True), asked, said.text)


async def _taken(ctx: Context, actor: Actor, asked: tuple[str, int], text: str) -> Heard | None:
    """Take a text that says yes or no outright as a tap on that button; why it could not be taken is said."""
    said, (ref, round_) = _said(ctx, text), asked
    if said is None:
        return None
    await consent.write(ctx, actor, ref, round_, yes=said == "yes")
    return Heard.TAKEN if said == "yes" or len(text.split()) <= BARE else Heard.WITH_REASON


def _said(ctx: Context, text: str) -> str | None:
    """Return "yes" or "no" if a text says that outright, and is short enough to be about nothing else."""
    if consent.says_yes(ctx, text):
        return "yes"
    return "no" if ctx.services.voice.rules.answer_in(text) == "no" and len(text.split()) <= LONGEST else None
