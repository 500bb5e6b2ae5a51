"""A text in its writer's own words, with what was heard in it and where they sit: what each answer to it is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.assembly.asked_questions import OpenQuestion
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import Rank, rank_of
from messages.own_words import Heard
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Person

Keys = list[list[Key]]
Found = tuple[TemplateFacts, Keys]


@dataclass(frozen=True, slots=True)
class Asked:
    """A text in its writer's own words: what was heard, their seats, and what it stands under."""

    person: Person
    text: str
    heard: Heard
    name: str  # of the answer
    seats: list[Actor]  # where they ask as what they are; the one it is about first
    questions: list[OpenQuestion]  # what it would answer
    under: MessageContext
    only: int | None = None  # the group in whose chat it is asked, of which alone is spoken there

    @property
    def above(self) -> MessageContext:
        """What the question, or else the message, is about under which it stands."""
        return self.questions[-1].prompt.context if self.questions else self.under

    @property
    def run(self) -> int | None:
        """The round whose question it stands under."""
        return self.above.run if self.questions and not self.above.want else None


Answerer = Callable[[Context, Asked], Awaitable[Found | None]]


def towns(asked: Asked, least: Rank = Rank.LEADER) -> list[Actor]:
    """Return the seats in which the writer may at least this."""
    return [actor for actor in asked.seats if rank_of(actor.member, actor.group) >= least]


def told(asked: Asked, actor: Actor) -> str | None:
    """Return the town's name beside a line about it, if there are several."""
    return actor.group.title if len(asked.seats) > 1 else None
