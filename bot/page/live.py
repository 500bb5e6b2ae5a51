"""Live updates: open pages are told that a chat has changed, and no more."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager

from storage.store import Store

MOST_WAITING = 2_000  # open pages; others see changes when they are loaded again …
OF_ONE = 10  # … and of one person


class Live:
    """Tells open pages that one of their chats has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._streams: defaultdict[int, list[Callable[[], bool]]] = defaultdict(list)  # by person
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        store.watch("chat_copies", self._changed)

    def _changed(self) -> None:
        for chat in self._store.changed_chats():
            for event in self._waiting.get(chat, ()):
                event.set()

    def is_full_for(self, person_id: int) -> bool:
        """True if no more pages may wait, of this person or of all. One that was left is found out by the next write
        to it only, and is not counted: whoever looks at a dozen pages in a row has one open."""
        mine = sum(is_open() for is_open in self._streams.get(person_id, ()))
        return mine >= OF_ONE or sum(map(len, self._waiting.values())) >= MOST_WAITING

    @contextmanager
    def stream(self, person_id: int, is_open: Callable[[], bool]) -> Iterator[None]:
        """Count a page of this person's, as long as it is open."""
        self._streams[person_id].append(is_open)
        try:
            yield
        finally:
            self._streams[person_id].remove(is_open)
            if not self._streams[person_id]:
                del self._streams[person_id]

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
