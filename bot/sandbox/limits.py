"""How much a bot may say (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).

30 calls a second in all, one a second in a private chat with short bursts, 20 a minute in a group.
"""

import math
from collections import deque

from .errors import flood

OVERALL_PER_SECOND = 30
PRIVATE_BURST = 5
GROUP_PER_MINUTE = 20
COUNTED = ("send", "edit", "delete", "pin", "unpin")


class Window:
    """At most `most` events in any `span` seconds."""

    def __init__(self, most: int, span: float) -> None:
        self._most = most
        self._span = span
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until another event fits; 0 if it fits now."""
        while self._times and self._times[0] <= now - self._span:
            self._times.popleft()
        return 0.0 if len(self._times) < self._most else self._times[0] + self._span - now

    def take(self, now: float) -> None:
        """Count an event."""
        self._times.append(now)


class Bucket:
    """One event a second, with a few saved up for a burst."""

    def __init__(self, burst: int, now: float) -> None:
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until another event fits; 0 if it fits now."""
        self._left = min(self._burst, self._left + now - self._at)
        self._at = now
        return 0.0 if self._left >= 1 else 1 - self._left

    def take(self, now: float) -> None:
        """Count an event."""
        self._left -= 1


class Limits:
    """The limits of one bot. `enabled = False` switches them off, for tests that are about something else."""

    def __init__(self) -> None:
        self.enabled = True
        self._overall = Window(OVERALL_PER_SECOND, 1.0)
        self._chats: dict[int, Window | Bucket] = {}

    def count(self, method: str, chat_id: int, now: float) -> None:
        """Count a call that goes to a chat. Raises ApiError 429 when it is one too many (then it is not counted)."""
        if not self.enabled or not method.startswith(COUNTED) or method == "sendChatAction":
            return
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = Bucket(PRIVATE_BURST, now) if chat_id > 0 else Window(GROUP_PER_MINUTE, 60.0)
            self._chats[chat_id] = chat
        wait = max(self._overall.wait(now), chat.wait(now))
        if wait > 0:
            raise flood(max(1, math.ceil(wait)))
        self._overall.take(now)
        chat.take(now)
