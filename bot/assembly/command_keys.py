"""The button of a command for whoever may use it; and which command is meant by a name that is none."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from bot.assembly.chat_commands import COMMANDS
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import May, Rank, may
from bot.features.network import memberships
from bot.views.shared_buttons import in_town
from storage.records.records import Group, Person

BEGUN: Final = 3  # letters of a name by which the whole is found
ALIKE: Final = 0.75  # how like a name is, from 0 to 1, that is taken for a slip


async def seats_of(ctx: Context, person: Person) -> list[Actor]:
    """Return this person's seats but those of a guest, that of the town they turned to last first."""
    every = await memberships.of(ctx, person, Rank.INVITED)
    mine = [Actor(person, group, member) for group, member in every if member.role != "guest"]
    return sorted(mine, key=lambda one: one.group.id != person.current_group)


def ways_to(ctx: Context, seats: Sequence[Actor], name: str) -> list[list[Key]]:
    """Return the button of a command, in each town where these seats may use it."""
    command = COMMANDS.get(name)
    there = [one for one in seats if command and may(command.needs, one.member, one.group)]
    if command is None or command.handler is None or command.whole_chat:
        there = there[:1]
    several = len(there) > 1
    return [[in_town(ctx, _key(ctx, one.group, name), one.group.title if several else None)] for one in there]


def _key(ctx: Context, group: Group, name: str) -> Key:
    if COMMANDS[name].needs is May.LOG:
        return ctx.key("log", "log", group.id)
    return ctx.key(f"command.{name}", "town", group.id, name)


def nearest(ctx: Context, written: str, names: Iterable[str]) -> str | None:
    """Return which of these commands is meant by a name that is none: one begun so, or one with a slip in it."""
    called = {ctx.services.voice.rules.called(name): name for name in names}
    begun = [one for one in called if len(written) >= BEGUN and one.startswith(written)]
    found = begun if len(begun) == 1 else get_close_matches(written, called, 1, ALIKE)
    return called[found[0]] if found else None


async def unknown(ctx: Context, person: Person, written: str) -> None:
    """Say that there is no such command, with the nearest one that this person may use and its button."""
    seats = await seats_of(ctx, person)
    menu = [one for one in COMMANDS.values() if one.menus]
    usable = [one.name for one in menu if one.needs is Rank.STRANGER or ways_to(ctx, seats, one.name)]
    near = nearest(ctx, written, usable)
    called = ctx.services.voice.rules.called(near) if near else None
    await ctx.to_person(person.id, "unknown_command", {"near": called}, ways_to(ctx, seats, near) if near else [])
