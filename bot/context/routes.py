"""Routes: the buttons, texts and commands of a feature, each with the least role. A feature lists its own as `ROUTES`.

`bot.assembly` collects the lists; what is in none of them is refused.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import Final, TypeVar

from bot.channel.updates import Sender
from bot.context.context import Actor, Context
from bot.context.invitations import LinkHandler
from bot.context.permissions import About, Needed, Rank
from bot.context.sealed_actions import Action
from flows.answers import clean
from flows.identities import Handling
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Person

ButtonHandler = Callable[[Context, Actor, Action], Awaitable[None]]
StrangerHandler = Callable[[Context, Group, Sender], Awaitable[None]]
# A text that a feature asked for, and the context of the message that did.
TextHandler = Callable[[Context, Actor, str, MessageContext], Awaitable[None]]
# Whether a text that is given in a group (by its id) is just what was asked for, such as a day or a name.
TextCheck = Callable[[Context, int, str], Awaitable[bool]]
CommandHandler = Callable[[Context, Actor, str], Awaitable[None]]  # the text is what follows the command
PersonHandler = Callable[[Context, Person], Awaitable[None]]


class RouteError(Exception):
    """A button, text or command is routed twice, or not to a function; the message names it and the cure."""


@dataclass(frozen=True, slots=True)
class ButtonRoute:
    """A button, by its verb; `about` is what the number in it is."""

    name: str
    needs: Needed
    about: About
    handler: ButtonHandler


@dataclass(frozen=True, slots=True)
class StrangerButtonRoute:
    """A button in the group's chat for everybody there, also for those who have no seat in the group."""

    name: str
    handler: StrangerHandler
    needs: Needed = Rank.STRANGER
    about: About = About.GROUP


@dataclass(frozen=True, slots=True)
class Takes:
    """What kind of text a feature asks for, and what becomes of it.

    `handling`: how one that points somebody out is handled; None if no word of it is kept, as of a day.
    `says`: one that says just what is asked for answers it, whatever else is asked.
    `noted`: what it was given to is noted, so that an edit can be given to the same once more. `rewritten`: an edit
    changes at once what it became. `sent_out`: it goes to somebody outside the group. `unseen`: no other member reads
    it by name. `at_once`: the whole group reads it at once, so absence or a question is heard there as in a round.
    `reason`: so it does, but not to be there may be just the reason, so a text is heard that is nothing else.
    """

    handling: Handling | None = None
    says: TextCheck | None = None
    noted: bool = False
    rewritten: bool = False
    sent_out: bool = False
    unseen: bool = False
    at_once: bool = False
    reason: bool = False


async def _says_day(ctx: Context, _group: int, text: str) -> bool:
    return bool(ctx.dates.read_date(clean(text), ctx.today))


NOTHING_KEPT: Final = Takes()
DAY: Final = Takes(says=_says_day)
WORDS: Final = Takes(Handling.ASK)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a feature asked for, by what the asking message's context says it wants."""

    name: str
    needs: Needed
    takes: Takes
    handler: TextHandler


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for somebody who is not in the group, by its purpose. Whoever holds it may follow it."""

    name: str
    handler: LinkHandler


class Menu(Flag):
    """Where a command is found: in Telegram's menu of commands, or as a button in one of the help's three groups."""

    NONE = 0  # only for those who are told of it
    STRANGER = auto()  # Telegram's menu in a private chat with somebody who is in no group
    MENU = auto()  # that of everybody else, in private and in the groups: what one must learn
    ME = auto()
    US = auto()
    TOWN = auto()
    MORE = ME | US | TOWN


@dataclass(frozen=True, slots=True)
class Command:
    """A command. Its words are `label.command.NAME` in the menu or on its button, and `label.help.NAME` in the help of
    what is in the menu.

    `handler` is for the group that the command is about; `alone`, where there is one, for what is about none.
    `in_group`: it is answered in the group's chat itself; elsewhere people are asked into their private chat.
    `quotes`: written as a reply in the group, it takes the text that was replied to. `whole_chat`: in private it is
    about the chat or the person and not about one of their groups, so that nobody is asked which. `greets`: to whoever
    was asked from outside and has not begun it tells what that is. `of_all_towns`: to whoever guides several towns it
    shows all of them.
    """

    name: str
    needs: Needed
    menus: Menu
    handler: CommandHandler | None
    alone: PersonHandler | None = None
    in_group: bool = False
    quotes: bool = False
    whole_chat: bool = False
    greets: bool = False
    of_all_towns: bool = False


Routes = Sequence[ButtonRoute | StrangerButtonRoute | Text | Invitation]
Route = TypeVar("Route", ButtonRoute, StrangerButtonRoute, Text, Command, Invitation, ButtonRoute | StrangerButtonRoute)


def buttons(needs: Needed, about: About, /, **handlers: ButtonHandler) -> tuple[ButtonRoute, ...]:
    """Buttons of the same need and subject, each verb with its handler."""
    return tuple(ButtonRoute(verb, needs, about, handler) for verb, handler in handlers.items())


def texts(needs: Needed, takes: Takes, /, **handlers: TextHandler) -> tuple[Text, ...]:
    """Wanted texts of the same need and kind, each with its handler."""
    return tuple(Text(want, needs, takes, handler) for want, handler in handlers.items())


def by_name(routes: Iterable[Route]) -> Mapping[str, Route]:
    """The routes by name. Raises RouteError for one that is declared twice, or whose handler is no function."""
    found: dict[str, Route] = {}
    for route in routes:
        if route.name in found:
            raise RouteError(f"“{route.name}” is routed twice; give one of the two another name.")
        if not any(map(callable, (route.handler, getattr(route, "alone", None)))):
            raise RouteError(f"“{route.name}” has no handler; give it one.")
        found[route.name] = route
    return found
