"""The queue of updates that wait for the bot, with getUpdates' rules."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from .wire import Wire

KEPT_FOR = timedelta(hours=24)
"""Telegram drops updates that nobody has fetched for a day."""

KINDS = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
]
ONLY_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
FIRST_ID = 810_000_001


class UpdateQueue:
    """Updates in order; confirmed ones are forgotten, and those older than a day as well."""

    def __init__(self) -> None:
        self._queue: deque[tuple[datetime, Wire]] = deque()
        self._next_id = FIRST_ID
        self.allowed: frozenset[str] = frozenset()
        self.produced: list[Wire] = []

    def allow(self, kinds: Iterable[str]) -> None:
        """Remember allowed_updates; it governs updates created from now on. Unknown names are ignored."""
        self.allowed = frozenset(kinds) & frozenset(KINDS)

    def wants(self, kind: str) -> bool:
        """True if an update of this kind would be queued now."""
        return kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST

    def push(self, kind: str, payload: Wire, now: datetime) -> None:
        """Queue an update if the bot has asked for its kind."""
        if not self.wants(kind):
            return
        update = {"update_id": self._next_id, kind: payload}
        self._next_id += 1
        self._queue.append((now, update))
        self.produced.append(update)

    def take_produced(self) -> list[Wire]:
        """Return what has been queued since the last call; an act hands this to its caller."""
        produced, self.produced = self.produced, []
        return produced

    def fetch(self, offset: int, limit: int, now: datetime) -> list[Wire]:
        """Confirm everything before `offset` (a negative one keeps only the last ones) and give the next updates."""
        while self._queue and (
            now - self._queue[0][0] > KEPT_FOR
            or (offset > 0 and self._queue[0][1]["update_id"] < offset)
            or (offset < 0 and len(self._queue) > -offset)
        ):
            self._queue.popleft()
        return [update for _, update in list(self._queue)[:limit]]

    def clear(self) -> None:
        """Drop everything that waits."""
        self._queue.clear()

    def __len__(self) -> int:
        return len(self._queue)
