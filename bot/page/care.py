"""Somebody in need is heard in a form of the page by the rules of the chat (`hearing`), and told on the page itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Heard
from bot.features.wellbeing.hearing import Outcome, Where, decide, is_told_at_once
from bot.page.command_answers import CollectingContext
from flows.run.events import Entry
from messages.voice import Voice
from storage.records.records import ChatCopy, Person

NOBODY: Final = 0  # the chat of somebody who has none


@dataclass(frozen=True, slots=True)
class HeardIn:
    """What was heard in a form: the fields that are not taken, with what becomes of them, what is told in full at the
    top of the page, and what has a quiet line."""

    held: Mapping[str, Outcome] = field(default_factory=dict)
    told: Heard | None = None
    beside: Heard | None = None

    @property
    def shows(self) -> bool:
        """True if the page has something to tell of it."""
        return self.told is not None or self.beside is not None


def words_of(entry: Entry) -> str:
    """Return what somebody has written in a field and beside it."""
    return f"{entry.text}\n{entry.comment}"


def hear(written: Mapping[str, tuple[str, Where]], mine: Collection[str] = ()) -> HeardIn:
    """Return what is heard in a form's fields. `mine`: those that were shown back, and whose writer has said that it is
    their answer."""
    held, told, beside = dict[str, Outcome](), list[Heard](), list[Heard]()
    for key, (text, where) in written.items():
        if (heard := listen(text)) is None:
            continue
        outcome = decide(heard, where)
        if outcome is Outcome.ASK and key in mine:
            beside.append(heard)
            continue
        if outcome is not Outcome.KEEP:
            held[key] = outcome
        if is_told_at_once(heard, where):
            told.append(heard)
        elif where is not Where.LOGGING:
            beside.append(heard)
    return HeardIn(held, _gravest(told), _gravest(beside))


def _gravest(found: list[Heard]) -> Heard | None:
    return max(found, key=lambda one: (one.sure, not one.seen), default=None)


async def card(ctx: CollectingContext, person: Person | None, found: HeardIn) -> list[ChatCopy]:
    """Return where to turn, by what was told in full, as the chat has it; for somebody unknown the same as there."""
    ctx.said = []
    if found.told is not None and person is not None:
        await care.in_full(ctx, person, found.told, unsaved=Outcome.ANSWER in found.held.values())
    elif found.told is not None:
        care.stranger(ctx, NOBODY, found.told)
    return ctx.said


def line(voice: Voice, found: HeardIn) -> str:
    """Return the quiet line; empty where more is told, or nothing."""
    return care.line(voice, found.beside) if found.beside is not None and found.told is None else ""
