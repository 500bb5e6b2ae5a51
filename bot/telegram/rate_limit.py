"""Telegram's limits, kept a little inside: 30 messages a second in all, one a second in a chat, 20 a minute in a group.

(Bot API FAQ, "My bot is hitting limits".) A chat may get a few messages at once, so that a dialogue does not stutter,
and then one a second: nobody who taps waits longer. A group that gets many within a minute gets the rest evenly, rather
than none until the minute is over. Over all chats a few messages go at once, and more of them evenly, one by one: of
thirty at once some would take longer on the way, and arrive together with the next thirty.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

ALL_PER_SECOND = 30
SECOND = 1.02  # messages may arrive closer together than they left
EASE = 10  # so many in a second go at once
EVENLY = 1 / 29.25  # seconds between two, beyond that
LATE = 0.1  # seconds: a timer rings late, and the database has others to serve; so much of that is made good
TICK = 0.001  # seconds
CHAT_BURST, CHAT_SECOND = 5, 1 + TICK  # a chat gets so many at once, and one more in so many seconds
GROUP_PER_MINUTE, MINUTE = 18, 60.0
GROUP_EASE = 10  # so many within a minute go as quickly as in any chat, those after them evenly


@dataclass(slots=True)
class Departure:
    """The time at which a call leaves, and the chat against whose limit it counts."""

    at: float
    chat: str | None = None


@dataclass(slots=True)
class ChatPace:
    """The pace in one chat: a bucket that gets one back each second; in a group also what the last minute held."""

    group: bool
    full_at: float = 0.0  # when everything is back in the bucket
    lately: deque[float] = field(default_factory=deque)  # when what a group was told within a minute left

    def wait(self, now: float) -> float:
        """Return the seconds until the next message may go; 0 for at once."""
        waits = [0.0, self.full_at - (CHAT_BURST - 1) * CHAT_SECOND - now]
        while self.lately and self.lately[0] <= now - MINUTE:
            self.lately.popleft()
        if (told := len(self.lately)) >= GROUP_EASE:
            over, last = self.lately[0] + MINUTE, self.lately[-1]
            waits.append(last + (over - last) / (GROUP_PER_MINUTE + 1 - told) - now)
        return max(waits)

    def take(self, now: float) -> None:
        """Count a message that goes now."""
        self.full_at = max(now, self.full_at) + CHAT_SECOND
        if self.group:
            self.lately.append(now)

    def arrived(self, now: float) -> None:
        """Note that the last one has arrived by now, from which Telegram counts."""
        self.full_at = max(self.full_at, now + CHAT_SECOND)
        if self.lately:
            self.lately[-1] = now

    def idle(self, now: float) -> bool:
        """True if nothing of the chat needs to be remembered."""
        return self.full_at <= now and (not self.lately or self.lately[-1] <= now - MINUTE)


class Pace:
    """Tells when the next message may go. `clock` is in seconds and only ever goes forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all: deque[Departure] = deque()
        self._next = 0.0  # when the next may go, by even intervals
        self._chats: dict[str, ChatPace] = {}

    def room(self) -> int:
        """Return how many more messages may go now."""
        now = self._clock()
        while self._all and self._all[0].at <= now - SECOND:
            self._all.popleft()
        if len(self._all) < EASE:
            return EASE - len(self._all)
        if len(self._all) >= ALL_PER_SECOND:
            self._next = max(self._next, self._all[0].at + SECOND)
        due = int((now - max(self._next, now - LATE)) / EVENLY + 1)
        return max(0, min(ALL_PER_SECOND - len(self._all), due))

    def full(self) -> float:
        """Return the seconds until there is room, if there is none; no less than a timer's resolution."""
        return max(TICK, self._next - self._clock())

    def spare(self) -> bool:
        """True if there is room for a message besides those of the outbox, which is then counted."""
        if self.room() <= 0:
            return False
        self._all.append(Departure(self._clock()))
        return True

    def wait(self, chat: str) -> float:
        """Return the seconds until this chat may get its next message; 0 for at once."""
        return pace.wait(self._clock()) if (pace := self._chats.get(chat)) else 0.0

    def count(self, chat: str, *, message: bool = True) -> Departure:
        """Count a call that goes now. Only messages and edits count against the chat's own limit."""
        now = self._clock()
        self._next = (now if len(self._all) < EASE else max(self._next, now - LATE)) + EVENLY
        self._all.append(departure := Departure(now))
        if message:
            departure.chat = chat
            self._of(chat).take(now)
        return departure

    def leaves(self, departure: Departure) -> None:
        """Note that a call leaves only now, as others were under way, so that the next ones are spaced from now."""
        departure.at = self._clock()

    def arrived(self, departure: Departure) -> None:
        """Note that a call has arrived, so that the next one to the same chat is spaced from now."""
        if departure.chat is not None:
            self._of(departure.chat).arrived(self._clock())

    def _of(self, chat: str) -> ChatPace:
        return self._chats.setdefault(chat, ChatPace(chat.startswith("g:")))

    def resting(self) -> dict[str, float]:
        """Return the chats that must wait, with the seconds."""
        now, waits = self._clock(), {}
        for chat, pace in list(self._chats.items()):
            if pace.idle(now):
                del self._chats[chat]
            elif (seconds := pace.wait(now)) > 0:
                waits[chat] = seconds
        return waits
