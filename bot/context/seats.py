"""Finding somebody's seats, and the thing that a button names."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from storage.records.records import Group, Member


class HasNumber(Protocol):
    """A thing with a number of its own."""

    @property
    def id(self) -> int:
        """The number."""


Thing = TypeVar("Thing", bound=HasNumber)


async def seats(ctx: Context, person_id: int, least: Rank = Rank.FORMER) -> list[tuple[Group, Member]]:
    """Return the seats in which a person has at least this rank, each with its group, where the bot is at work."""
    every = [(await ctx.work.groups.get(m.group_id), m) for m in await ctx.work.members.of_person(person_id)]
    return [(group, m) for group, m in every if group.state == "active" and rank_of(m, group) >= least]


def pick(things: Iterable[Thing], number: int | str | None) -> Thing | None:
    """Return the one of these things that has the number which a button carries; None if it is not among them."""
    return next((thing for thing in things if str(thing.id) == str(number)), None)
