"""What the dispatcher asks of those it hands over to; it knows no feature, and names none (`bot.assembly.handlers`)."""

from collections.abc import Iterable
from typing import Protocol

from bot.channel.outcomes import Answer
from bot.channel.updates import Update
from bot.context.context import Context
from storage.json_records import JsonObject
from storage.records.message_notes import AnswerNote
from storage.records.records import Group, Person
from storage.records.schedule import Due


class Handlers(Protocol):
    """All of these act in the transaction of their context."""

    async def begin(self, ctx: Context) -> None:
        """See, at the start, to what has changed while the bot was down."""

    async def handle(self, ctx: Context, heard: Update) -> None:
        """Take an update, with what follows from it."""

    async def due(self, ctx: Context, due: Due) -> None:
        """Take a row of the schedule."""

    async def answered(self, ctx: Context, note: AnswerNote, result: Answer | None) -> None:
        """Go on with what a call was for; None if the channel has refused it."""

    async def settle(self, ctx: Context) -> None:
        """Carry out what follows from what has happened."""

    async def refresh(self, ctx: Context, dirty_runs: Iterable[int]) -> None:
        """Show these rounds as they are now."""

    async def way_on(self, ctx: Context) -> None:
        """Put a way on under what was said last."""

    async def may_lie_aside(self, ctx: Context, update: JsonObject) -> JsonObject:
        """Return what may be kept of an update that could not be taken."""

    async def blocked(self, ctx: Context, person: Person) -> None:
        """Note that a person has blocked the bot."""

    async def no_topic(self, ctx: Context, group: Group) -> None:
        """Note that the topic is gone in which the bot wrote."""
