"""Telegram's limits, kept a little inside: 30 messages a second in all, one a second in a chat, 20 a minute in a group.

(Bot API FAQ, "My bot is hitting limits".) Short bursts in a private chat are allowed, so that a dialogue does not
stutter; and a few messages to many go at once. When there is more to say, messages go one by one, evenly: of thirty at
once some take longer on the way than others, and arrive together with the next thirty.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

ALL_PER_SECOND = 30
SECOND = 1.02  # what arrives within a second of Telegram's may have left within a little more of ours
EASE = 10  # so many in a second go at once
EVENLY = 1 / 29.25  # seconds between two, beyond that
LATE = 0.1  # seconds: a timer rings late, and the database has others to serve; so much of that is made good
TICK = 0.001  # seconds
PRIVATE_BURST, PRIVATE_SECONDS = 5, 5.0
GROUP_PER_MINUTE = 18
GROUP_BURST, GROUP_SECONDS = 5, 5.0


@dataclass(slots=True)
class Departure:
    """When a call leaves."""

    at: float


class Pace:
    """When the next message may go. `clock` is in seconds and only ever goes forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all: deque[Departure] = deque()
        self._next = 0.0  # when the next may go, by even intervals
        self._chats: defaultdict[str, deque[float]] = defaultdict(deque)

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
        now, sent = self._clock(), self._chats.get(chat)
        if not sent:
            return 0.0
        group = chat.startswith("g:")
        keep = 60.0 if group else PRIVATE_SECONDS
        while sent and sent[0] <= now - keep:
            sent.popleft()
        if not sent:
            del self._chats[chat]
            return 0.0
        waits = [0.0]
        burst, seconds = (GROUP_BURST, GROUP_SECONDS) if group else (PRIVATE_BURST, PRIVATE_SECONDS)
        if len(sent) >= burst:
            waits.append(sent[-burst] + seconds - now)
        if group and len(sent) >= GROUP_PER_MINUTE:
            waits.append(sent[-GROUP_PER_MINUTE] + 60.0 - now)
        return max(waits)

    def count(self, chat: str, *, message: bool = True) -> Departure:
        """A call goes now. The chat's own limit is for messages (and edits); a question about the chat is none."""
        now = self._clock()
        self._next = (now if len(self._all) < EASE else max(self._next, now - LATE)) + EVENLY
        self._all.append(departure := Departure(now))
        if message:
            self._chats[chat].append(now)
        return departure

    def leaves(self, departure: Departure) -> None:
        """It really leaves only now, as something else was under way: whatever follows keeps its distance from this."""
        departure.at = self._clock()

    def resting(self) -> dict[str, float]:
        """The chats that must wait, with the seconds."""
        waits = {chat: self.wait(chat) for chat in list(self._chats)}
        return {chat: seconds for chat, seconds in waits.items() if seconds > 0}
