"""Texts written under what asks with its buttons (`button_questions`).

One that says its answer outright is taken. Of any other its writer is asked what it is about if something else is open
too (`held_texts`); else the buttons come once more.
"""

from bot.assembly import ambiguous_texts, confirmations
from bot.assembly.button_questions import summed_up
from bot.channel.updates import Written
from bot.context.context import Context
from bot.features.approvals import written_consent
from bot.features.calendar import attendance, time_poll
from bot.features.home import exercise_buttons
from bot.features.process import unsaved_texts
from storage.records.message_notes import MessageContext
from storage.records.records import Person, private_chat


async def takes(ctx: Context, person: Person, said: Written, under: MessageContext, *, chosen: bool = False) -> bool:
    """Take a text that says outright what the message asks under which it is written; False for any other, and where
    something else has been sent since.

    `chosen`: they have said that it is meant for this, as by a reply. What comes with a no to a decision may be its
    reason, and is held until they say so.
    """
    meant = chosen or bool(said.reply_to)
    heard = await written_consent.in_private(ctx, person, said.text, under, meant=meant)
    if heard is written_consent.Heard.WITH_REASON:
        await ambiguous_texts.hold_reason(ctx, person, said, under)
    if heard is not None or (under.passed and not meant):
        return heard is not None
    if await _confirms(ctx, person, said, under):
        return True
    return await attendance.heard(ctx, person, said.text, under) or (
        await summed_up(ctx, person, under) is not None
        and await exercise_buttons.said_move(ctx, person, under.run, said.text, asked=False)
    )


async def _confirms(ctx: Context, person: Person, said: Written, under: MessageContext) -> bool:
    """Take a yes or no to what the message asks; not where a newer one offers to pass on what came after it."""
    above = await unsaved_texts.above(ctx, person, said.reply_to)
    latest = await ctx.work.outbox.recent(private_chat(person.id), 1)
    if under.holds and not said.reply_to and (above is None or above.id != latest[0].id):
        return False
    asks = above if above and above.context == under else None
    return await confirmations.heard(ctx, person, said.text, under, asks)


async def put_again(ctx: Context, person: Person, under: MessageContext, *, chosen: bool = False) -> bool:
    """Ask once more what a text did not answer outright; False if its writer hears in another way what there is.

    `chosen`: they have said that it is meant for this.
    """
    if decision := await written_consent.asking(ctx, person, under):
        if under.once and not chosen:
            return False  # a reminder, which may be of more than that
        await written_consent.put_again(ctx, *decision)
    elif poll := await time_poll.asking(ctx, person, under):
        await time_poll.put_again(ctx, *poll)
    elif chosen and (meeting := await attendance.asking(ctx, person, under)):
        await attendance.put_again(ctx, *meeting)
    elif (
        not (under.want or under.held)
        and (chosen or not under.passed)
        and (sure := await confirmations.asking(ctx, person, under))
    ):
        await confirmations.put_again(ctx, *sure)
    else:
        return False
    return True
