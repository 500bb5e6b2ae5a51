"""Hears a text: an ordered list of readers decides, and the first that takes it ends its way.

Each row of a list says why it stands where it stands; who hears what is written in `bot.assembly.reader_lists`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.context.context import Context
from bot.context.trace import Trace


class Readable(Protocol):
    """A text with where it was written."""

    unasked: bool  # it is certainly no answer to what is asked: only those who answer that are still asked


T = TypeVar("T", bound=Readable)


@dataclass(frozen=True, slots=True)
class Reader(Generic[T]):
    """One row: who may take a text. `why` it stands in this place of the order."""

    name: str
    take: Callable[[Context, T], Awaitable[bool]]  # False: it lets the text pass, and has kept nothing of it
    why: str
    unasked: bool = False  # it answers what nothing asks for


@dataclass(frozen=True, slots=True)
class Readers(Generic[T]):
    """Those who hear what is written in one kind of place, in their order."""

    place: str
    rows: tuple[Reader[T], ...]


async def hear(ctx: Context, readers: Readers[T], text: T) -> bool:
    """Offer a text to the readers in their order, until one takes it; False if none does."""
    passed, unasked_by = list[str](), ""
    for reader in readers.rows:
        if text.unasked and not reader.unasked:
            continue
        asked = not text.unasked
        if await reader.take(ctx, text):
            ctx.services.trace(Trace(readers.place, tuple(passed), unasked_by, reader.name, reader.why))
            return True
        passed.append(reader.name)
        if asked and text.unasked:
            unasked_by = reader.name
    return False
