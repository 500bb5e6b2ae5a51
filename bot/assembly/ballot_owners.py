"""The owners of the group's ballots, for what concerns all of them: who comes and goes, and days that are over."""

from typing import Final

from bot.ballots import admissions, box, number_changes
from bot.ballots.box import BallotOwner
from bot.context.context import Context
from bot.context.events import BotBack, SeatChanged
from bot.features.approvals import consent
from bot.features.calendar import time_poll
from bot.features.network import network_meetings
from bot.reminders.next_message import by_daylight
from flows.ballots import DayOver, Extended, TurnedAway, Went
from storage.records.records import Group

AWAY: Final = "ballot away"  # the kind of the row in the schedule for an absence that began at night
OWNERS: Final[tuple[BallotOwner, ...]] = (
    consent.OWNER,
    time_poll.OWNER,
    network_meetings.OWNER,
    admissions.OWNER,
    number_changes.OWNER,
)


async def seat_changed(ctx: Context, group: Group, happened: SeatChanged) -> None:
    """Count anew in every open ballot in which this person is asked or has answered, and show it as it is now.

    An absence begins at night, when nothing is said: what it decides waits for the morning.
    """
    event = happened.event
    if isinstance(event, TurnedAway) and (later := by_daylight(ctx)) > ctx.now:
        (member,) = box.members([event.voter])
        await ctx.work.schedule.put(AWAY, later, group_id=group.id, ref=f"{AWAY}:{member}")
        return
    for owner in OWNERS:
        for ref, ballot in (await box.open_of(ctx, group, owner.purpose)).items():
            if event.voter in (*ballot.asked, *ballot.voices):
                turn = await box.tell(ctx, group, owner, ref, event)
                if isinstance(event, Went) and turn is not None and turn.ballot == ballot:
                    await owner.show(ctx, group, ref, ballot, False)  # who was erased stands there without a name


async def away_by_day(ctx: Context, group: Group, member_id: int) -> None:
    """Count without somebody whose absence began at night, if they are away still."""
    member = await ctx.work.members.lookup(member_id)
    if member is not None and member.person_id in await ctx.work.absences.away_on(ctx.today):
        await seat_changed(ctx, group, SeatChanged(group.id, TurnedAway(box.voter(member_id))))


async def bot_back(ctx: Context, group: Group, happened: BotBack) -> None:
    """Set a new last day where the bot was out of the chat on the old one: nobody could answer."""
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
