"""The owners of the group's ballots, for what concerns all of them: who comes and goes, and days that are over."""

from typing import Final

from bot.ballots import admissions, box
from bot.ballots.box import BallotOwner
from bot.context.context import Context
from bot.context.events import BotBack, SeatChanged
from bot.features.approvals import consent
from bot.features.calendar import time_poll
from bot.features.journey import network_meetings
from flows.ballots import DayOver, Extended
from storage.records import Group

OWNERS: Final[tuple[BallotOwner, ...]] = (consent.OWNER, time_poll.OWNER, network_meetings.OWNER, admissions.OWNER)


async def seat_changed(ctx: Context, happened: SeatChanged) -> None:
    """Count anew in every open ballot in which this person is asked or has answered, and show it as it is now."""
    group = await ctx.work.groups.get(happened.group)
    for owner in OWNERS:
        for ref, ballot in (await box.open_of(ctx, group, owner.purpose)).items():
            if happened.event.voter in (*ballot.asked, *ballot.voices):
                turn = await box.tell(ctx, group, owner, ref, happened.event)
                if turn is not None and turn.ballot == ballot:
                    await owner.show(ctx, group, ref, ballot, False)  # who was erased stands there without a name


async def bot_back(ctx: Context, happened: BotBack) -> None:
    """Set a new last day where the bot was out of the chat on the old one: nobody could answer."""
    group = await ctx.work.groups.get(happened.group)
    for owner in OWNERS:
        for ref, ballot in (await box.open_of(ctx, group, owner.purpose)).items():
            if ballot.until is not None and ballot.until < ctx.today and not ballot.handed:
                until = box.last_day(ctx, choices=ballot.choices)
                await box.tell(ctx, group, owner, ref, Extended(until))


async def day_over(ctx: Context, group: Group, place: str) -> None:
    """Tell a ballot, by its purpose and reference, that its last day is over."""
    purpose, _, ref = place.partition(":")
    owner = next(owner for owner in OWNERS if owner.purpose == purpose)
    await box.tell(ctx, group, owner, ref, DayOver())
