"""Live updates: open pages are told that a chat has changed, and no more."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from storage.store import Store

MOST_WAITING = 2_000  # open pages; others see changes when they are loaded again


class Live:
    """Tells open pages that one of their chats has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        store.watch("chat_copies", self._changed)

    def _changed(self) -> None:
        for chat in self._store.changed_chats():
            for event in self._waiting.get(chat, ()):
                event.set()

    @property
    def full(self) -> bool:
        """True if no more pages may wait."""
        return sum(map(len, self._waiting.values())) >= MOST_WAITING

    @asynccontextmanager
    async def waiting(self, chats: Collection[str]) -> AsyncIterator[asyncio.Event]:
        """Yield an event that is set whenever one of the chats changes."""
        event = asyncio.Event()
        for chat in chats:
            self._waiting[chat].add(event)
        try:
            yield event
        finally:
            for chat in chats:
                self._waiting[chat].discard(event)
                if not self._waiting[chat]:
                    del self._waiting[chat]
