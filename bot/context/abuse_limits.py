"""Limits on how much one person may send in a time. Over a limit they are told once, and wait; nobody is shut out.

Kept in memory, so a restart resets them, which does no harm. Only times are remembered of a person.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

MESSAGES: Final = "messages"
LINKS: Final = "links"  # links and codes that lead nowhere
INCIDENTS: Final = "incidents"
GROUP_INCIDENTS: Final = "group_incidents"
LOGGED: Final = "logged"  # having logged an incident: what is written right after it is about it
STRANGER: Final = "stranger"  # answers to one unknown chat
URGENT: Final = "urgent"  # where to turn, to one unknown chat that asks, or in which somebody cries for help
URGENTS: Final = "urgents"  # and to all of them together
STRANGERS: Final = "strangers"  # and to all unknown chats together
PAGE_CALLS: Final = "page_calls"  # requests to the page from one address; a whole town hall may share one
PAGE_LINKS: Final = "page_links"  # links and codes followed there, and mails asked for, from one address
MAILS: Final = "mails"  # mails that one address gets as somebody on the page asks for it, or one person asks for
PAGE_GUESTS: Final = "page_guests"  # answers through one link to an event, and addresses: a full hall, but no flood
PROOFS: Final = "proofs"  # one-time codes asked for in one browser
ALL_PROOFS: Final = "all_proofs"  # and in all browsers of one person
CLOSED: Final = "closed"  # telling that the bot may not write in a group's chat
CARED: Final = "cared"  # telling where to turn, after a cry for help
TOLD_IN_FULL: Final = "told_in_full"  # the same, all of it: it stands right above
CRIED: Final = "cried"  # having written to somebody who helps: what is written right after it may be, too
WITNESSED: Final = "witnessed"  # having written of somebody else in danger: a question right after it is about that
DIRECT: Final = "direct"  # words to a person by name
TICKED: Final = "ticked"  # telling that somebody has ticked who reads: one choice is several ticks

RULES: Mapping[str, tuple[int, timedelta]] = {
    MESSAGES: (240, timedelta(minutes=1)),
    LINKS: (10, timedelta(hours=1)),
    INCIDENTS: (5, timedelta(hours=1)),
    GROUP_INCIDENTS: (10, timedelta(hours=1)),
    LOGGED: (1, timedelta(minutes=10)),
    CLOSED: (1, timedelta(hours=1)),
    PAGE_CALLS: (1200, timedelta(minutes=1)),
    PAGE_LINKS: (60, timedelta(hours=1)),
    MAILS: (3, timedelta(hours=1)),
    PAGE_GUESTS: (300, timedelta(hours=1)),
    PROOFS: (5, timedelta(hours=1)),
    ALL_PROOFS: (30, timedelta(hours=1)),
    CARED: (1, timedelta(days=1)),
    TOLD_IN_FULL: (3, timedelta(minutes=10)),
    CRIED: (1, timedelta(minutes=10)),
    WITNESSED: (1, timedelta(minutes=10)),
    DIRECT: (10, timedelta(days=1)),
    TICKED: (1, timedelta(minutes=10)),
    STRANGER: (3, timedelta(minutes=10)),
    STRANGERS: (5, timedelta(seconds=5)),
    URGENT: (30, timedelta(minutes=10)),
    URGENTS: (50, timedelta(seconds=5)),
}
MOST = 10_000  # people remembered; the ones silent for longest are forgotten first


@dataclass(slots=True)
class AbuseLimits:
    """Counts of what people have done lately; one for each process."""

    _times: dict[tuple[str, int], deque[datetime]] = field(default_factory=dict)
    _told: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def over(self, what: str, who: int, now: datetime) -> timedelta | None:
        """Return how long someone has to wait who has reached the limit; None if they need not."""
        most, within = RULES[what]
        times = self._recent(what, who, now)
        return times[0] + within - now if len(times) >= most else None

    def allows(self, now: datetime, *asked: tuple[str, int]) -> bool:
        """Count that someone did it under all of these limits, if none of them is reached; False if one is."""
        if any(self.over(what, who, now) is not None for what, who in asked):
            return False
        for what, who in asked:
            self.count(what, who, now)
        return True

    def count(self, what: str, who: int, now: datetime) -> None:
        """Count that someone did it."""
        times = self._recent(what, who, now)
        times.append(now)
        self._times.pop((what, who), None)
        self._times[what, who] = times  # moved to the end, so that the first one has been silent for longest
        while len(self._times) > MOST:
            self._times.pop(next(iter(self._times)))

    def forget(self, what: str, who: int) -> None:
        """Forget the counts of somebody who has looked, so that the next one is told again."""
        self._times.pop((what, who), None)

    def should_tell(self, what: str, who: int, now: datetime) -> bool:
        """True the first time in a while that someone is over the limit, so that a flood gets one answer."""
        last = self._told.get((what, who))
        if last is not None and abs(now - last) < RULES[what][1]:
            return False
        if len(self._told) > MOST:
            self._told.clear()
        self._told[what, who] = now
        return True

    def _recent(self, what: str, who: int, now: datetime) -> deque[datetime]:
        within = RULES[what][1]
        times = self._times.get((what, who), deque())
        while times and not timedelta(0) <= now - times[0] < within:  # times in the future: the clock has been set back
            times.popleft()
        return times
