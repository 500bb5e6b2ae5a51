"""Work out when someone is reminded: late in a long window, in good time before an end, and never too often.

Laws
1. A person is reminded of an open item at most three times; then the coordinator is told, once.
2. The intervals between grow. They are counted in the person's own days, so a holiday or an absence is no time passed.
3. The first reminder comes late in a long window, and before the end of any in which the person has a day.
4. Nobody is reminded on a weekday that is not theirs, on a closed day, or while they are away.
5. What can wait comes along in a message that goes anyway, and by itself only when it has waited for as long as it can.

Everything is worked out anew from what has been sent, so a day that the bot was down moves a reminder and doubles none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

Closed = Callable[[date], bool]

MOST = 3  # reminders of one item
JULY = 7
WORKDAYS = frozenset(range(5))
EARLIEST = time(8)  # the first hour that anybody can choose
USUAL, LATEST = time(9), time(17)  # a message that could not go at its hour goes later that day, but not after 17
SHARE = 4  # the first reminder comes when one part of so many of the window is left …
LONGEST_LEAD = 5  # … but no earlier than so many of the person's days before its end
GATHER = timedelta(2)  # a first reminder that would come so soon comes along in a message that goes anyway
HORIZON = 800  # days; someone away for longer is not reminded


class ReminderManner(StrEnum):
    """How a person is reminded of an open item."""

    REMIND = "remind"  # until it is done, by the laws above
    TELL = "tell"  # once, on the day
    AHEAD = "ahead"  # once, on the person's last day before


@dataclass(frozen=True, slots=True)
class Hours:
    """When a person wants to hear from the bot. `away`: the first and the last day of each absence."""

    at: time = USUAL  # wall time
    weekdays: frozenset[int] = WORKDAYS
    away: tuple[tuple[date, date], ...] = ()

    def reachable(self, day: date, closed: Closed) -> bool:
        """True if the person may be reminded that day."""
        return day.weekday() in self.weekdays and not self.absent(day) and not closed(day)

    def absent(self, day: date) -> bool:
        """True if the person has said that they are away that day."""
        return any(first <= day <= last for first, last in self.away)


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that a person has to do, and the reminders that were sent about it."""

    key: str
    opened: date
    due: date
    manner: ReminderManner = ReminderManner.REMIND
    sent: int = 0  # reminders
    last: date | None = None  # the day of the latest
    snoozed: date | None = None  # "remind me on this day"
    most: int = MOST  # reminders
    rests: bool = False  # nothing is said of it in July
    patience: timedelta = timedelta()  # how long what is told once may wait for a message that goes anyway

    @property
    def spent(self) -> bool:
        """True when all reminders were sent in vain, so that the coordinator is to be told."""
        return self.sent >= self.most


@dataclass(frozen=True, slots=True)
class NextMessage:
    """A person's next message: the items it names, the nearest end first, and those the coordinator is told of."""

    day: date
    open_items: tuple[DueItem, ...]
    handed: tuple[DueItem, ...]


def next_message(open_items: Iterable[DueItem], hours: Hours, closed: Closed, today: date) -> NextMessage | None:
    """Return the next message, today at the earliest; None if nothing is due within the days looked at."""
    days = [
        (day, open_item) for open_item in open_items if (day := next_day(open_item, hours, closed, today)) is not None
    ]
    if not days:
        return None
    last = {m.key: next_day(replace(m, due=m.due + m.patience), hours, closed, today) or day for day, m in days}
    first = min(last.values())
    soon = [m for day, m in days if last[m.key] == first or (_is_new(m, first) and day <= first + GATHER)]
    if not all(m.spent for m in soon):  # else nothing is said to the person that day
        soon += [m for day, m in days if day <= first < last[m.key]]
    soon.sort(key=lambda open_item: open_item.due)  # of the same end in the order they came
    return NextMessage(first, tuple(m for m in soon if not m.spent), tuple(m for m in soon if m.spent))


def next_day(open_item: DueItem, hours: Hours, closed: Closed, today: date) -> date | None:
    """Return the day of the next reminder (or word to the coordinator, if the item is spent), today at the earliest."""
    closed = _with_july(closed) if open_item.rests else closed
    day = max(_wanted(open_item, hours, closed), today)
    for _ in range(HORIZON):
        if hours.reachable(day, closed):
            return day
        day += timedelta(1)
    return None


def _with_july(closed: Closed) -> Closed:
    """Count July as closed, for what nobody has booked: most people are away, and the bot is quiet too (P.3)."""
    return lambda day: day.month == JULY or closed(day)


def first_free_day(now: datetime, spoken: date | None) -> date:
    """The first day on which something can be said; `now`: the town's wall time; `spoken`: the latest message's day."""
    today = now.date()
    return today if now.time() < LATEST and spoken != today else today + timedelta(1)


def at_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, of a wall time on a day.

    Of a time that summer time skips it is the end of the gap; of one that comes twice in autumn, the first.
    """
    wanted = datetime.combine(day, at, tzinfo=zone)
    while (moment := wanted.astimezone(UTC)).astimezone(zone).time() != wanted.time():
        wanted += timedelta(minutes=1)  # skipped
    return moment


def lead(opened: date, due: date) -> int:
    """Return how many of the person's days before the end the first reminder comes,
    by `SHARE` and `LONGEST_LEAD`, and at least one."""
    return max(1, min(LONGEST_LEAD, (due - opened).days // SHARE))


def _wanted(open_item: DueItem, hours: Hours, closed: Closed) -> date:
    """Return the day on which the item's next reminder should come, even if that is past."""
    match open_item.manner:
        case ReminderManner.TELL:
            return open_item.due
        case ReminderManner.AHEAD:
            return _earlier(open_item.due, 1, hours, closed, open_item.opened) or open_item.due
    if open_item.snoozed is not None and (open_item.last is None or open_item.snoozed > open_item.last):
        return open_item.snoozed
    days = lead(open_item.opened, open_item.due)
    if open_item.last is not None:
        return _later(open_item.last, days * open_item.sent, hours, closed)
    return _earlier(open_item.due, days, hours, closed, open_item.opened) or max(
        open_item.due, open_item.opened + timedelta(1)
    )


def _is_new(open_item: DueItem, day: date) -> bool:
    """True if the item's first reminder may come along in a message that goes out this day anyway."""
    return (
        open_item.manner is ReminderManner.REMIND
        and not open_item.sent
        and open_item.snoozed is None
        and open_item.opened < day
        and not (open_item.rests and day.month == JULY)
    )


def _later(day: date, count: int, hours: Hours, closed: Closed) -> date:
    """Return the day that is `count` of the person's days later."""
    for _ in range(HORIZON):
        if not count:
            break
        day += timedelta(1)
        count -= hours.reachable(day, closed)
    return day


def _earlier(due: date, count: int, hours: Hours, closed: Closed, opened: date) -> date | None:
    """Return the day `count` of the person's days before the end, or the first one since the opening; None if none."""
    found, day, far = (
        None,
        due - timedelta(1),
        due - timedelta(3 * count),
    )  # whoever has few days is not told weeks ahead
    while count and day > opened and (found is None or day >= far):
        if hours.reachable(day, closed):
            found, count = day, count - 1
        day -= timedelta(1)
    return found
