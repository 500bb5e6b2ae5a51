"""What is known of the outbox without asking the database: what the sender has in its hands, and what else waits."""

from collections import Counter
from collections.abc import Iterable

from storage.records import Outgoing

AT_HAND = 500  # items


class InFlight:
    """Between `due` and what comes of it an item is on its way, and nothing may be folded into it; else it waits.

    What is on its way changes at commits only. How many wait in which chat is counted once and kept count of; after a
    rollback, and whenever many items change at once, it is unknown until it is counted anew. What was queued just now
    is at hand as it was put there, and need not be read and opened again to be sent.
    """

    def __init__(self) -> None:
        self.on_its_way: dict[int, Outgoing] = {}
        self._waiting: Counter[str] | None = None
        self._at_hand: dict[int, Outgoing] = {}

    def counted(self, waiting: Iterable[tuple[str, int]]) -> None:
        """So many wait in these chats, and none in others."""
        self._waiting = Counter(dict(waiting))

    def forget(self) -> None:
        """It is no longer known what waits."""
        self._waiting = None
        self._at_hand.clear()

    def waits(self, chat: str) -> bool | None:
        """Whether anything waits there; None when that is unknown."""
        return None if self._waiting is None else chat in self._waiting

    def queued(self, chat: str, item: Outgoing | None = None) -> None:
        """One more waits there; `item`, if it is new."""
        if self._waiting is not None:
            self._waiting[chat] += 1
        if item is not None:
            self._at_hand[item.id] = item
            if len(self._at_hand) > AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]

    def at_hand(self, id: int) -> Outgoing | None:
        """An item that waits, as it is now; None when it must be read."""
        return self._at_hand.get(id)

    def changed(self, id: int) -> None:
        """An item is no longer as it was put."""
        self._at_hand.pop(id, None)

    def changed_in(self, chat: str) -> None:
        """What waits in a chat may no longer be as it was put."""
        self._at_hand = {id: item for id, item in self._at_hand.items() if item.chat != chat}

    def take_off(self, items: Iterable[Outgoing]) -> None:
        """The sender has these in its hands now."""
        for item in items:
            self._at_hand.pop(item.id, None)
            if self._waiting is not None and item.id not in self.on_its_way:
                self._waiting[item.chat] -= 1
                if not self._waiting[item.chat]:
                    del self._waiting[item.chat]
            self.on_its_way[item.id] = item

    def land(self, id: int, *, again: bool = False) -> None:
        """It is known what came of an item; `again`: it waits as before."""
        item = self.on_its_way.pop(id, None)
        if item is not None and again:
            self.queued(item.chat)

    def drop(self, group_id: int) -> None:
        """What is about this group does not exist any more."""
        self.on_its_way = {id: item for id, item in self.on_its_way.items() if item.about != group_id}
