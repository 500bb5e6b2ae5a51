"""Where a text went that somebody wrote, as long as it can be edited, so that its edit finds the thing.

Answers know the message they came in themselves. This is for the others: a command's text, a text that a feature asked
for, a field of a row. No text is kept here, and nothing of what is given without a name.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.context.context import Actor, Context
from storage.json_records import dump, load
from storage.records.message_notes import AboutMember, Asker, MessageContext
from storage.records.records import Group

KIND: Final = "given_text"  # the kind of the activity states, by chat and message
KEPT: Final = timedelta(days=3)  # Bot API: one's own messages can be edited for 48 hours


@dataclass(frozen=True, slots=True)
class GivenText:
    """The place that a text was given to, and when."""

    to: MessageContext
    on: date


async def note(ctx: Context, actor: Actor, to: MessageContext) -> None:
    """Note that the text that is being handled was given to this, if it is a message that can be edited."""
    if ctx.written is not None:
        asker = to.of(Asker)  # what they have asked is not kept with it
        about = AboutMember(asker.to) if asker else to.about
        kept = GivenText(replace(to, held=None, about=about), ctx.today)
        await ctx.work.activity_states.keep(actor.group.id, KIND, _ref(actor, ctx.written), dump(kept))


async def find(ctx: Context, actor: Actor, message_id: int) -> MessageContext | None:
    """Return what a message of this person's was given to, in their private chat or (`in_group`) the group's."""
    state = await ctx.work.activity_states.state(actor.group.id, KIND, _ref(actor, message_id))
    return load(GivenText, state).to if state else None


async def sweep(ctx: Context, group: Group) -> None:
    """Forget what can no longer be edited."""
    for ref, state in (await ctx.work.activity_states.of_kind(group.id, KIND)).items():
        if load(GivenText, state).on < ctx.today - KEPT:
            await ctx.work.activity_states.drop(group.id, KIND, ref)


def _ref(actor: Actor, message_id: int) -> str:
    return f"group:{message_id}" if actor.in_group else f"{actor.member.id}:{message_id}"
