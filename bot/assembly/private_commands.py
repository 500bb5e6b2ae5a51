"""Who takes a command in a private chat, in which order and why: by the seats in which it may be used, one, several or
none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.assembly import command_keys, dispatch_commands
from bot.assembly.chat_commands import ALWAYS, COMMANDS
from bot.context import permissions
from bot.context.context import Actor, Context
from bot.context.permissions import Rank, rank_of
from bot.context.routes import Command
from bot.dispatch.readers import Reader, Readers, hear
from bot.features.home import start_page
from bot.features.members import joining, promise
from bot.features.network import memberships
from bot.features.outsiders import actor_forms
from bot.features.process import looking_on, process_leaders
from bot.features.registers import knowledge
from storage.records.records import Group, Member, Person

WHATEVER_IS_PROMISED: Final = (*ALWAYS, "mina_uppgifter", "dolj", "avbryt")  # also before a new promise is accepted
Seats = Sequence[tuple[Group, Member]]


@dataclass(slots=True)
class PrivateCommand:
    """A command in a private chat, with the seats in which its writer may use it."""

    person: Person
    command: Command
    arguments: str  # what was written after it
    message_id: int
    mine: Seats
    anew: Seats  # those that wait for a new promise
    unasked: bool = False

    @property
    def logs(self) -> bool:
        """True if it logs an incident."""
        return dispatch_commands.logs(self.command.name)

    @property
    def read_by_all(self) -> bool:
        """True if what follows it is kept for all to read: it may be for the other town, too."""
        return self.command.quotes and bool(self.arguments)

    @property
    def seats(self) -> Seats:
        """Return the seats in which it can be used; also those that wait, where it cannot."""
        return [*self.mine, *(self.anew if self.logs or self.read_by_all else ())]


async def in_private(ctx: Context, person: Person, name: str, arguments: str, message_id: int) -> None:
    """Carry out a command in a private chat; if the person is in several groups, ask which one it is about."""
    command = COMMANDS.get(name)
    if command is None:
        await command_keys.unknown(ctx, person, name)
        return
    least = permissions.seat_for(command.needs)
    starts = command.needs is Rank.STRANGER and command.handler is not None  # for whatever one is
    mine = await start_page.seats(ctx, person) if starts else await memberships.of(ctx, person, least)
    anew = await promise.asked(ctx, person, least)
    await hear(ctx, IN_PRIVATE, PrivateCommand(person, command, arguments, message_id, mine, anew))


async def from_outside(ctx: Context, text: PrivateCommand) -> bool:
    """Tell whoever was asked from outside, and has not begun, what that is."""
    if not text.command.greets:
        return False
    outside = all(member.role == "guest" for _, member in await memberships.of(ctx, text.person, Rank.INVITED))
    return outside and await actor_forms.greeted_again(ctx, text.person)


async def promise_first(ctx: Context, text: PrivateCommand) -> bool:
    """Show the new promise to whoever has no seat without it; what is kept for all to read waits for its town."""
    if text.mine or text.logs or text.command.name in WHATEVER_IS_PROMISED:
        return False
    asked = await promise.asked(ctx, text.person)
    if asked and text.read_by_all and text.anew:
        await dispatch_commands.which_town(ctx, text.person, text.command, text.anew, text.arguments, promise=True)
    for group, member in asked:
        await joining.show_agreement(ctx, group, member)
    return bool(asked)


async def shut_out(ctx: Context, text: PrivateCommand) -> bool:
    """Refuse whoever has no seat, as their groups are shut, or who waits at a door."""
    command = text.command
    shut = command.name not in ALWAYS and bool(await memberships.shut(ctx, text.person))
    out = not text.seats and (shut or (command.greets and await memberships.waits(ctx, text.person)))
    if out:
        await memberships.refuse(ctx, text.person, "not_a_member")
    return out


async def alone(ctx: Context, text: PrivateCommand) -> bool:
    """Carry out what is about no group."""
    command = text.command
    if command.alone is None or (text.seats and command.handler is not None):
        return False
    await command.alone(ctx, text.person)
    return True


async def no_seat(ctx: Context, text: PrivateCommand) -> bool:
    """Refuse whoever may use it nowhere."""
    if not text.seats:
        await start_page.refuse(ctx, text.person, log=text.logs)
    return not text.seats


async def all_towns(ctx: Context, text: PrivateCommand) -> bool:
    """Show all of their towns to whoever guides several, and is nothing else."""
    guides = all(member.role == looking_on.ROLE for _, member in text.seats)
    if len(text.seats) == 1 or not text.command.of_all_towns or not guides:
        return False
    await process_leaders.towns(ctx, Actor(text.person, *text.seats[0], message_id=text.message_id))
    return True


async def several(ctx: Context, text: PrivateCommand) -> bool:
    """Take the town that is named after it, or ask which; words of an incident leave the chat."""
    command = text.command
    if len(text.seats) == 1 or command.whole_chat:
        return False
    if text.logs and text.arguments:
        await ctx.delete(text.person.id, text.message_id, about=text.seats[0][0].id)
    named = memberships.named(text.seats, text.arguments)
    if named and not command.quotes and command.handler is not knowledge.asked:  # there it is a word like any other
        actor = Actor(text.person, *named, message_id=text.message_id)
        await dispatch_commands.about_a_group(ctx, actor, command, "")
    else:
        await dispatch_commands.which_town(ctx, text.person, command, text.seats, text.arguments)
    return True


async def one(ctx: Context, text: PrivateCommand) -> bool:
    """Carry it out in the one town, or from the highest seat of several."""
    group, member = max(text.seats, key=lambda seat: rank_of(seat[1], seat[0]))
    actor = Actor(text.person, group, member, message_id=text.message_id)
    await dispatch_commands.about_a_group(ctx, actor, text.command, text.arguments)
    return True


IN_PRIVATE: Final[Readers[PrivateCommand]] = Readers(
    "command in a private chat",
    (
        Reader("from outside", from_outside, "who is asked from outside has no seat, and is greeted"),
        Reader("promise first", promise_first, "nothing is done before a new promise is answered"),
        Reader("shut out", shut_out, "who is in no open group has no other way"),
        Reader("alone", alone, "it is about no group"),
        Reader("no seat", no_seat, "it may be used nowhere"),
        Reader("all towns", all_towns, "who guides several towns sees them together"),
        Reader("several", several, "which town it is about must be known"),
        Reader("one", one, "its town is known"),
    ),
)
