"""Telegram's limits, kept a little inside: 30 messages a second in all, one a second in a chat, 20 a minute in a group.

(Bot API FAQ, "My bot is hitting limits".) A chat may be written to a few times at once, so that a dialogue does not
stutter, and then once a second: nobody who taps waits longer than that. A group that is told much within a minute hears
the rest of it evenly, rather than falling silent until the minute is over. And a few messages to many go at once. When
there is more to say, messages go one by one, evenly: of thirty at once some take longer on the way than others, and
arrive together with the next thirty.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

ALL_PER_SECOND = 30
SECOND = 1.02  # what arrives within a second of Telegram's may have left within a little more of ours
EASE = 10  # so many in a second go at once
EVENLY = 1 / 29.25  # seconds between two, beyond that
LATE = 0.1  # seconds: a timer rings late, and the database has others to serve; so much of that is made good
TICK = 0.001  # seconds
CHAT_BURST, CHAT_SECOND = 5, 1 + TICK  # a chat gets so many at once, and one more in so many seconds
GROUP_PER_MINUTE, MINUTE = 18, 60.0
GROUP_EASE = 10  # so many within a minute go as quickly as in any chat, those after them evenly


@dataclass(slots=True)
class Departure:
    """When a call leaves, and the chat in whose pace it is counted."""

    at: float
    chat: str | None = None


@dataclass(slots=True)
class ChatPace:
    """The pace in one chat: a bucket that gets one back each second; in a group also what the last minute held."""

    group: bool
    full_at: float = 0.0  # when everything is back in the bucket
    lately: deque[float] = field(default_factory=deque)  # when what a group was told within a minute left

    def wait(self, now: float) -> float:
        """Seconds until the next message may go; 0 for at once."""
        waits = [0.0, self.full_at - (CHAT_BURST - 1) * CHAT_SECOND - now]
        while self.lately and self.lately[0] <= now - MINUTE:
            self.lately.popleft()
        if (told := len(self.lately)) >= GROUP_EASE:
            over, last = self.lately[0] + MINUTE, self.lately[-1]
            waits.append(last + (over - last) / (GROUP_PER_MINUTE + 1 - told) - now)
        return max(waits)

    def take(self, now: float) -> None:
        """One goes now."""
        self.full_at = max(now, self.full_at) + CHAT_SECOND
        if self.group:
            self.lately.append(now)

    def arrived(self, now: float) -> None:
        """The last one has arrived by now, and not earlier for all we know: Telegram counts from there."""
        self.full_at = max(self.full_at, now + CHAT_SECOND)
        if self.lately:
            self.lately[-1] = now

    def idle(self, now: float) -> bool:
        """Whether nothing is left to remember."""
        return self.full_at <= now and (not self.lately or self.lately[-1] <= now - MINUTE)


class Pace:
    """When the next message may go. `clock` is in seconds and only ever goes forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all: deque[Departure] = deque()
        self._next = 0.0  # when the next may go, by even intervals
        self._chats: dict[str, ChatPace] = {}

    def room(self) -> int:
        """How many more messages may go now."""
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
        """Seconds until there is room again, if there is none; no less than a timer can tell from nothing."""
        return max(TICK, self._next - self._clock())

    def spare(self) -> bool:
        """Whether there is room for one more message beside those of the outbox; if so it is counted."""
        if self.room() <= 0:
            return False
        self._all.append(Departure(self._clock()))
        return True

    def wait(self, chat: str) -> float:
        """Seconds until this chat may get its next message; 0 for at once."""
        return pace.wait(self._clock()) if (pace := self._chats.get(chat)) else 0.0

    def count(self, chat: str, *, message: bool = True) -> Departure:
        """A call goes now. The chat's own limit is for messages (and edits); a question about the chat is none."""
        now = self._clock()
        self._next = (now if len(self._all) < EASE else max(self._next, now - LATE)) + EVENLY
        self._all.append(departure := Departure(now))
        if message:
            departure.chat = chat
            self._of(chat).take(now)
        return departure

    def leaves(self, departure: Departure) -> None:
        """It really leaves only now, as something else was under way: whatever follows keeps its distance from this."""
        departure.at = self._clock()

    def arrived(self, departure: Departure) -> None:
        """It has arrived; the next one to the same chat, which has waited for that, keeps its distance from this."""
        if departure.chat is not None:
            self._of(departure.chat).arrived(self._clock())

    def _of(self, chat: str) -> ChatPace:
        return self._chats.setdefault(chat, ChatPace(chat.startswith("g:")))

    def resting(self) -> dict[str, float]:
        """The chats that must wait, with the seconds."""
        now, waits = self._clock(), {}
        for chat, pace in list(self._chats.items()):
            if pace.idle(now):
                del self._chats[chat]
            elif (seconds := pace.wait(now)) > 0:
                waits[chat] = seconds
        return waits
