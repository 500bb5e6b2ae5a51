"""A yes or an objection that is written under the question whether all stand behind a decision, instead of tapped."""

from enum import StrEnum
from typing import Final

from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.permissions import Role, role_of
from bot.exercises import consents
from bot.features.approvals import consent
from bot.features.journey import wanted_texts
from storage.message_notes import MessageContext
from storage.records import Group, Member, Person

LONGEST: Final = 10  # words of a no: a longer one may be about more
BARE: Final = 2  # words of a no that gives no reason: "nej tack"


class Heard(StrEnum):
    """What came of a text that was written under such a question."""

    TAKEN = "taken"
    WITH_REASON = "with reason"  # taken as an objection, for which the text holds the reason, too
    UNCLEAR = "unclear"  # the question is put once more, with its buttons


async def in_private(ctx: Context, person: Person, said: Written) -> Heard | None:
    """Take a text in private, where the message it replies to, or the newest, asks that; None if none does."""
    context = await wanted_texts.under(ctx, person, said.reply_to)
    asked = consent.asked_in(context) if context else None
    group = await ctx.work.groups.get(context.group) if context and asked else None
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    if asked is None or group is None or member is None or role_of(member, group) < Role.LEADER:
        return None
    actor = Actor(person, group, member)
    if await _taken(ctx, actor, asked, said.text):
        reason = len(said.text.split()) > BARE and ctx.services.voice.rules.answer_in(said.text) == "no"
        return Heard.WITH_REASON if reason else Heard.TAKEN
    kept = await consents.of(ctx, group, asked[0])
    if kept is None or kept.over:
        return None
    await ctx.tell(actor, "consent.by_button")
    await consent.show_alone(ctx, group, asked[0], kept, member.id, anew=True)
    return Heard.UNCLEAR


async def in_group(ctx: Context, group: Group, member: Member | None, said: Written, replied: MessageContext) -> bool:
    """Take a reply to the question in the group's chat; False if it is neither a yes nor a no."""
    asked = consent.asked_in(replied)
    if asked is None or member is None or role_of(member, group) < Role.MEMBER:
        return False
    person = await ctx.work.people.get(member.person_id)
    return await _taken(ctx, Actor(person, group, member, in_group=True), asked, said.text)


async def _taken(ctx: Context, actor: Actor, asked: tuple[str, int], text: str) -> bool:
    """Take a text that says yes or no outright as a tap on that button; why it could not be taken is said."""
    yes, (ref, round_) = consent.says_yes(ctx, text), asked
    if not yes and (ctx.services.voice.rules.answer_in(text) != "no" or len(text.split()) > LONGEST):
        return False
    await consent.write(ctx, actor, ref, round_, yes=yes)
    return True
