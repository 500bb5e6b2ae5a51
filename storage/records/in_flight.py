"""What is known of the outbox without asking the database: what is being sent, and what else waits."""

from collections import Counter
from collections.abc import Iterable

from storage.records.records import Outgoing

AT_HAND = 500  # items


class InFlight:
    """Tracks which items are in flight, that is between `due` and their outcome: nothing may be folded into those.

    What is in flight changes at commits only. How many wait in which chat is counted once, and then kept up to date;
    after a rollback, and whenever many items change at once, it is unknown until it is counted again. An item that was
    queued just now is kept as it was, and need not be read and decrypted to be sent.
    """

    def __init__(self) -> None:
        self.on_its_way: dict[int, Outgoing] = {}
        self._waiting: Counter[str] | None = None
        self._at_hand: dict[int, Outgoing] = {}

    def counted(self, waiting: Iterable[tuple[str, int]]) -> None:
        """Note how many items wait in these chats; in all others none do."""
        self._waiting = Counter(dict(waiting))

    def forget(self) -> None:
        """Forget what waits: it is to be counted again."""
        self._waiting = None
        self._at_hand.clear()

    def waits(self, chat: str) -> bool | None:
        """Return whether anything waits in a chat; None if that is unknown."""
        return None if self._waiting is None else chat in self._waiting

    def queued(self, chat: str, item: Outgoing | None = None) -> None:
        """Note that one more item waits in a chat; `item`, if it is new."""
        if self._waiting is not None:
            self._waiting[chat] += 1
        if item is not None:
            self._at_hand[item.id] = item
            if len(self._at_hand) > AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]

    def at_hand(self, id: int) -> Outgoing | None:
        """Return a waiting item as it is now; None if it must be read from the database."""
        return self._at_hand.get(id)

    def changed(self, id: int) -> None:
        """Note that an item is no longer as it was queued."""
        self._at_hand.pop(id, None)

    def changed_in(self, chat: str) -> None:
        """Note that items of a chat may no longer be as they were queued."""
        self._at_hand = {id: item for id, item in self._at_hand.items() if item.chat != chat}

    def take_off(self, items: Iterable[Outgoing]) -> None:
        """Note that the sender is sending these now."""
        for item in items:
            self._at_hand.pop(item.id, None)
            if self._waiting is not None and item.id not in self.on_its_way:
                self._waiting[item.chat] -= 1
                if not self._waiting[item.chat]:
                    del self._waiting[item.chat]
            self.on_its_way[item.id] = item

    def land(self, id: int, *, again: bool = False) -> None:
        """Note an item's outcome; `again`: it waits as before."""
        item = self.on_its_way.pop(id, None)
        if item is not None and again:
            self.queued(item.chat)

    def drop(self, group_id: int) -> None:
        """Forget all items about a group, which has been erased."""
        self.on_its_way = {id: item for id, item in self.on_its_way.items() if item.about != group_id}
