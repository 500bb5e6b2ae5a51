"""The button of a command for whoever may use it; and which command is meant by a name that is none."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from bot.assembly.chat_commands import COMMANDS, RING
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import May, Rank, may
from bot.features.network import memberships
from bot.views.shared_buttons import in_town
from flows.answers import folded
from messages.voice import TemplateFacts
from storage.records.records import Group, Person

BEGUN: Final = 3  # letters of a name by which the whole is found
ALIKE: Final = 0.75  # how like a name is, from 0 to 1, that is taken for a slip


async def seats_of(ctx: Context, person: Person, *, own: bool = False) -> list[Actor]:
    """Return this person's seats, that of the town they turned to last first.

    For what is their `own`, those that they have left and a guest's as well.
    """
    every = await memberships.of(ctx, person, Rank.FORMER if own else Rank.INVITED)
    mine = [Actor(person, group, member) for group, member in every if own or member.role != "guest"]
    return sorted(mine, key=lambda one: one.group.id != person.current_group)


def asks_for_own(ctx: Context, text: str) -> bool:
    """True if a text asks for what is kept of its writer, or to have it erased, as whoever has left may, too."""
    heard = ctx.services.voice.rules.own_words.heard(text)
    command = COMMANDS.get(heard.rule.command) if heard else None
    return command is not None and command.needs is Rank.FORMER


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
    """Return which of these commands is meant by a name that is none: what people call it, one begun so or gone on
    with ("ring112"), or one with a slip in it."""
    there, written = set(names), folded(written)
    called = {one: name for one, name in ctx.services.voice.rules.near_commands.items() if name in there}
    if whole := called.get(written):
        return whole
    alike = [one for one in called if one.startswith(written) or written.startswith(one)]
    begun = {called[one] for one in alike if min(len(written), len(one)) >= BEGUN}
    found = get_close_matches(written, called, 1, ALIKE)
    return begun.pop() if len(begun) == 1 else called[found[0]] if found else None


async def unknown(ctx: Context, person: Person, written: str) -> None:
    """Say that there is no such command, with the nearest one that this person may use and its button."""
    seats = await seats_of(ctx, person)
    menu = [one for one in COMMANDS.values() if one.menus]
    usable = [one.name for one in menu if one.needs is Rank.STRANGER or ways_to(ctx, seats, one.name)]
    near = nearest(ctx, written, usable)
    await ctx.to_person(person.id, "unknown_command", said_of(ctx, near), ways_to(ctx, seats, near) if near else [])


def said_of(ctx: Context, near: str | None) -> TemplateFacts:
    """Return what is said of a command that is none: which one may be meant, and whether that is for the numbers."""
    return {"near": ctx.services.voice.rules.called(near) if near else None, "rings": near == RING}
