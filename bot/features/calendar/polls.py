"""A poll about the time of a meeting: the times that it asks about, who can come at each, and how it is kept."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from bot.context.context import Context
from bot.features.calendar import lifecycle
from bot.reminders import kinds, open_items
from storage import records
from storage.json_records import codec, dump
from storage.records import Group

POLL: Final = "timepoll"  # the kind of the activity state (by the meeting's id), and of the row in the schedule


@dataclass(frozen=True, slots=True, order=True)
class Hour:
    """A day, and the hour on it (wall time)."""

    on: date
    at: time


def hour_of(record: records.Meeting) -> Hour:
    """Return when a meeting is."""
    return Hour(record.day, record.at)


@dataclass(frozen=True, slots=True)
class Poll:
    """The times of a meeting that is now at `was`, and which of them (by place) each member can."""

    was: Hour
    times: tuple[Hour, ...]
    until: date
    asked: tuple[int, ...]  # the members who are waited for
    said: dict[int, tuple[int, ...]] = field(default_factory=dict)
    over: bool = False

    def who(self, place: int) -> list[int]:
        """The members who can come at a time."""
        return [member for member, can in self.said.items() if place in can]

    @property
    def all_in(self) -> bool:
        """True if everybody who is awaited has answered."""
        return set(self.asked) <= set(self.said)

    @property
    def suits_all(self) -> int | None:
        """Return the place of the earliest time that suits all who have answered."""
        fitting = (place for place in range(len(self.times)) if len(self.who(place)) == len(self.said))
        return min(fitting, key=lambda place: self.times[place], default=None) if self.said else None

    def goes_on(self, meeting: records.Meeting) -> bool:
        """True while another time is sought for this meeting, and it has not been moved in another way."""
        return not self.over and hour_of(meeting) == self.was


async def of(ctx: Context, group: Group, meeting: int) -> Poll | None:
    """Return the poll about a meeting."""
    state = await ctx.work.activity_states.state(group.id, POLL, str(meeting))
    read = codec(Poll)
    assert read is not None  # it is a dataclass
    found: Poll | None = read.load(state) if state else None
    return found


async def meeting_of(ctx: Context, group: Group, id: int) -> records.Meeting | None:
    """Return the meeting with this number, as the calendar keeps it."""
    return next((m for m in await lifecycle.records_of(ctx, group) if m.id == id), None)


async def going_on(ctx: Context, group: Group, meeting: int) -> tuple[records.Meeting, Poll] | None:
    """Return a meeting for which another time is sought, with the poll."""
    record, poll = await meeting_of(ctx, group, meeting), await of(ctx, group, meeting)
    return (record, poll) if record is not None and poll is not None and poll.goes_on(record) else None


async def keep(ctx: Context, group: Group, meeting: int, poll: Poll) -> None:
    """Keep a poll, with an item for each who has not answered, who hears of it on the day before the last."""
    await ctx.work.activity_states.keep(group.id, POLL, str(meeting), dump(poll))
    silent = [m for m in poll.asked if m not in poll.said and not poll.over]
    await open_items.reconcile(ctx, group, f"poll:{meeting}", {(kinds.POLL, member): poll.until for member in silent})
