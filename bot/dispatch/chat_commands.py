"""The table of commands. Telegram's menus, /hjalp, the rights and the permission matrix are made from it.

The order of the table is that of the menus and of the help.
"""

import re
from collections.abc import Iterator, Sequence

from bot.context import permissions
from bot.context.context import Actor, Context
from bot.context.events import MenuOutdated, PromisedAgain
from bot.context.message import Key
from bot.context.permissions import About, Role, role_of
from bot.context.routes import Command, CommandHandler, Menu, Routes, buttons, by_name
from bot.context.sealed_actions import Action
from bot.dispatch import requested_texts
from bot.features.calendar import absence, meetings
from bot.features.digest import preferences
from bot.features.documents import handlers
from bot.features.help import menus, town_facts
from bot.features.incidents import incident_settings, read_incidents, report, statistics
from bot.features.journey import (
    exercise_buttons,
    homes,
    memberships,
    navigation,
    process_leaders,
    status,
    wanted_texts,
    what_waits,
)
from bot.features.members import joining, personal_data, promise, sign_in
from bot.features.outsiders import actor_forms
from bot.features.registers import knowledge, tasks
from bot.features.wellbeing import check_ins
from bot.features.wellbeing.distress import cries_for_help
from bot.reminders.open_items import coordinators
from messages.voice import TemplateFacts, Voice
from storage.message_notes import MessageContext
from storage.records import Group, Member, OutboxKind, Person, private_chat

HELP = "hjalp"
ALWAYS = (HELP, "ring")  # shown to everybody, in whichever group
LETTER = ("start", "svara")  # to whoever was asked from outside and has not begun: what it is
TOWNS = ("start", "steg")  # to whoever guides several towns: all of them
WHATEVER_IS_PROMISED = (*ALWAYS, "mina_uppgifter", "dolj", "avbryt")  # also before a new promise is accepted
BOTH = Menu.PRIVATE | Menu.GROUP
ASIDE = Menu.MORE | Menu.GROUP  # six are enough for a menu on a phone


async def help_person(ctx: Context, person: Person) -> None:
    """Tell a person their role and what they can do; somebody who is in no group, how to join."""
    seat = await homes.seat(ctx, person)
    if seat is None:
        await menus.help_person(ctx, person, [], [], "waits" if await memberships.waits(ctx, person) else "nobody")
        return
    group, member = seat
    role = max(role_of(m, g) for g, m in await homes.seats(ctx, person))
    lines, more = (help_lines(ctx.services.voice, which, role) for which in (Menu.PRIVATE, Menu.MORE))
    keys = await homes.keys(ctx, person, group, member)
    await menus.help_person(ctx, person, lines, more, homes.home_of(member, group), group, keys)


async def start(ctx: Context, person: Person) -> None:
    """Greet a person who has no seat anywhere."""
    await help_person(ctx, person)


def _kept_as(want: str) -> CommandHandler:
    """Return the handler of a command whose text is kept: what points somebody out is held until it is to stand."""

    async def give(ctx: Context, actor: Actor, text: str) -> None:
        asked = MessageContext(want=want, group=actor.group.id)
        await requested_texts.give(ctx, actor, text, asked, cries=cries_for_help(text))

    return give


COMMANDS = by_name(
    (
        Command("start", Role.STRANGER, Menu.STRANGER, homes.start, alone=start),
        Command("aktivera", Role.STRANGER, Menu.NONE, homes.start),
        Command("incident", Role.LOGGER, BOTH, report.begin),
        Command("svara", Role.NETWORK, Menu.PRIVATE, None, alone=what_waits.what_waits),
        Command("steg", Role.LEADER, BOTH, navigation.show_map, in_group=True),
        Command("kalender", Role.LEADER, ASIDE, meetings.show, in_group=True),
        Command("vantar", Role.MEMBER, ASIDE, status.awaited, in_group=True),
        Command("atgard", Role.MEMBER, ASIDE, _kept_as("todo"), in_group=True, quotes=True),
        Command("beslut", Role.MEMBER, ASIDE, _kept_as("decision"), in_group=True, quotes=True),
        Command("dokument", Role.INVITED, BOTH, handlers.show, in_group=True),
        Command("deltagare", Role.NETWORK, ASIDE, status.roster, in_group=True),
        Command("kunskap", Role.NETWORK, Menu.MORE, knowledge.asked),
        Command("uppgifter", Role.NETWORK, Menu.MORE, tasks.show),
        Command("maende", Role.NETWORK, Menu.MORE, check_ins.show),
        Command("staden", Role.MEMBER, Menu.MORE, town_facts.show),
        Command("franvaro", Role.NETWORK, Menu.MORE, absence.show, whole_chat=True),
        Command("paminnelser", Role.NETWORK, Menu.MORE, preferences.show, whole_chat=True),
        Command("mig", Role.NETWORK, Menu.MORE, joining.show_profile),
        Command("avbryt", Role.INVITED, Menu.MORE, None, alone=exercise_buttons.pause),
        Command("statistik", Role.NETWORK, Menu.MORE, statistics.show),
        Command("mina_uppgifter", Role.FORMER, Menu.MORE, personal_data.mine),
        Command("dolj", Role.FORMER, Menu.MORE, personal_data.hide, whole_chat=True),
        Command("sidan", Role.INVITED, Menu.NONE, None, alone=sign_in.offer),
        Command("handelser", Role.READER, Menu.NONE, read_incidents.opening),
        Command("skydd", Role.COORDINATOR, Menu.MORE, incident_settings.page),
        Command(HELP, Role.STRANGER, Menu.ALL, None, alone=help_person),
        Command("ring", Role.STRANGER, Menu.ALL, None, alone=menus.turn_person),
    )
)


# -- words -------------------------------------------------------------------------------------------------------------
def menu(voice: Voice, which: Menu, role: Role | None = None) -> list[tuple[str, str]]:
    """Return a menu: the commands that `role` (None: everybody) may use, each with its label."""
    return [(voice.rules.called(c.name), voice.label(f"command.{c.name}")) for c in _shown(which, role)]


def _shown(which: Menu, role: Role | None) -> list[Command]:
    def may(command: Command) -> bool:
        return role is None or command.role is Role.STRANGER or role >= permissions.seat_for(command.role)

    return [c for c in COMMANDS.values() if which in c.menus and may(c)]


def help_lines(voice: Voice, which: Menu, role: Role | None = None) -> list[dict[str, str]]:
    """Return the commands of a menu that `role` (None: everybody) may use, each with its line of help."""
    names = (c.name for c in _shown(which, role) if c.name != HELP)
    return [{"name": voice.rules.called(name), "line": voice.label(f"{_HELPS[which]}.{name}")} for name in names]


_HELPS = {Menu.PRIVATE: "help", Menu.MORE: "help", Menu.GROUP: "group_help"}


def mistakes(voice: Voice) -> list[str]:
    """Return a sentence for each word of a command that is missing, or unused, for `stadsbot check`."""
    needed, there, called = set(_needed_words()), voice.names(), voice.rules.commands.keys()
    rules = f"{voice.language}/language.toml"
    owned = tuple(f"label.{table}." for table in ("command", *_HELPS.values()))
    unused = sorted(name for name in there - needed if name.startswith(owned))
    file = f"{voice.language}/interface/help.toml"
    return [
        *(f"{rules}: “commands.{name}” is missing; say what /{name} is called" for name in COMMANDS.keys() - called),
        *(
            f"{rules}: no command is “commands.{name}”; take it away, or mend its name"
            for name in called - COMMANDS.keys()
        ),
        *(f"{rules}: nobody can write /{name}: it is another command's name" for name in _hidden(voice)),
        *(f"{voice.language}/{told}" for told in _unknown(voice)),
        *(f"{file}: “{name}” is missing; say there what /{name.rpartition('.')[2]} does" for name in needed - there),
        *(f"{file}: no command asks for “{name}”; take it away, or mend its name" for name in unused),
    ]


def _hidden(voice: Voice) -> Iterator[str]:
    """Yield a mistake for each command whose Swedish name this language gives to another."""
    yield from (name for name, called in voice.rules.commands.items() if called in COMMANDS and called != name)


def _unknown(voice: Voice) -> Iterator[str]:
    """Yield a mistake for each text that names a command which is called otherwise in this language."""
    for name, text in sorted(voice.texts().items()):
        for written in _WRITTEN.findall(text):
            if written not in voice.rules.commands.values():
                yield f"interface: “{name}” speaks of /{written}, and no command is called so; mend it"


_WRITTEN = re.compile(r"(?<![\w/<.])/([a-z][a-z0-9_]+)")  # no closing mark of bold, and no part of an address


def _needed_words() -> Iterator[str]:
    for command in COMMANDS.values():
        if command.menus:
            yield f"label.command.{command.name}"
        for which, table in _HELPS.items():
            if which in command.menus and command.name != HELP:
                yield f"label.{table}.{command.name}"


# -- the menus --------------------------------------------------------------------------------------------------
def house_menus(voice: Voice) -> dict[str, list[tuple[str, str]]]:
    """Return the menus for everybody, in private chats and in groups."""
    return {"private": menu(voice, Menu.STRANGER), "groups": menu(voice, Menu.GROUP)}


async def set_menu(ctx: Context, happened: MenuOutdated) -> None:
    """Set the menu of commands in a member's private chat: those that they may use."""
    member = await ctx.work.members.get(happened.member)
    commands = {"commands": menu(ctx.services.voice, Menu.PRIVATE, role_of(member))}
    await ctx.work.outbox.put(private_chat(member.person_id), OutboxKind.MENU, commands, about=None)


# -- doing them --------------------------------------------------------------------------------------------------------
async def in_private(ctx: Context, person: Person, name: str, arguments: str, message_id: int) -> None:
    """Carry out a command in a private chat; if the person is in several groups, ask which one it is about."""
    command = COMMANDS.get(name)
    if command is None:
        await ctx.to_person(person.id, "unknown_command")
        return
    if command.role is Role.STRANGER and command.handler is not None:  # the start, for whatever one is
        mine = await homes.seats(ctx, person)
    else:
        mine = await memberships.of(ctx, person, permissions.seat_for(command.role))
    outside = all(member.role == "guest" for _, member in await memberships.of(ctx, person, Role.INVITED))
    if name in LETTER and outside and await actor_forms.greeted_again(ctx, person):
        return
    anew = await promise.asked(ctx, person)
    theirs = await promise.asked(ctx, person, permissions.seat_for(command.role))
    read_by_all = command.quotes and bool(arguments)  # it may be for the other town, too
    if anew and not mine and command.role is not Role.LOGGER and command.name not in WHATEVER_IS_PROMISED:
        if read_by_all and theirs:
            await _which_town(ctx, person, command, theirs, arguments, promise=True)
        for group, member in anew:
            await joining.show_agreement(ctx, group, member)
        return
    if command.role is Role.LOGGER or read_by_all:
        mine += theirs
    if not mine and (
        (name not in ALWAYS and await memberships.shut(ctx, person))
        or (name in LETTER and await memberships.waits(ctx, person))
    ):
        await memberships.refuse(ctx, person, "not_a_member")
    elif command.alone is not None and (command.handler is None or not mine):
        await command.alone(ctx, person)
    elif not mine:
        await homes.refuse(ctx, person, log=_logs(command))
    elif len(mine) > 1 and command.name in TOWNS and all(member.role == process_leaders.ROLE for _, member in mine):
        await process_leaders.towns(ctx, Actor(person, *mine[0], message_id=message_id))
    elif len(mine) > 1 and not command.whole_chat:
        if _logs(command) and arguments:
            await ctx.delete(person.id, message_id, about=mine[0][0].id)
        named = memberships.named(mine, arguments)
        if named and not command.quotes and command.handler is not knowledge.asked:  # there it is a word like any other
            await _about_a_group(ctx, Actor(person, *named, message_id=message_id), command, "")
            return
        await _which_town(ctx, person, command, mine, arguments)
    else:
        group, member = max(mine, key=lambda seat: role_of(seat[1], seat[0]))
        await _about_a_group(ctx, Actor(person, group, member, message_id=message_id), command, arguments)


def goes_on_after_cry(name: str) -> bool:
    """True for a command that keeps what follows it, or logs an incident; after a cry for help all others are still."""
    command = COMMANDS.get(name)
    return command is not None and (command.quotes or _logs(command))


def _logs(command: Command) -> bool:
    return command.handler is report.begin


async def _which_town(
    ctx: Context,
    person: Person,
    command: Command,
    mine: Sequence[tuple[Group, Member]],
    arguments: str,
    *,
    promise: bool = False,
) -> None:
    """Ask which group a command is about; with what it kept, or an incident to log, it waits in /svara until then.

    `promise`: a new one waits in all of them, and must be answered first.
    """
    kept = "" if _logs(command) else arguments
    context = MessageContext(command=command.name, arguments=kept, promised=promise)
    waits = context if kept or _logs(command) else None
    facts = {**_asked_for(ctx, command, None, dropped=arguments != kept), "promise": promise}
    keys = [[ctx.key("town", "town", group.id, command.name, town=group.title)] for group, _ in mine]
    await ctx.to_person(person.id, "which_town", facts, keys, context=waits)


async def ask_town_again(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask anew which group a command is about that waits for that."""
    waiting = [one for one in await wanted_texts.townless(ctx, actor.person) if one.context.command == action.arg]
    command = COMMANDS.get(action.arg)
    if not waiting or command is None:
        await ctx.tell(actor, "wanted_over")
        return
    for one in waiting:
        await ctx.tell(actor, "wanted_below", edit=one.message_id, context=MessageContext())
    mine = await memberships.of(ctx, actor.person, permissions.seat_for(command.role))
    theirs = await promise.asked(ctx, actor.person, permissions.seat_for(command.role))
    for text in dict.fromkeys(one.context.arguments for one in reversed(waiting)):
        await _which_town(ctx, actor.person, command, [*mine, *theirs], text, promise=bool(text) and not mine)


async def _about_a_group(ctx: Context, actor: Actor, command: Command, arguments: str) -> None:
    """Carry out a command whose group is known; some are about no group in particular."""
    if command.handler is None:
        if command.alone is not None:
            await command.alone(ctx, actor.person)
        return
    if permissions.may(command.role, actor.member, actor.group):
        ctx.prove(command.role)
        await command.handler(ctx, actor, arguments)
    elif command.role in (Role.COORDINATOR, Role.READER) and role_of(actor.member, actor.group) >= Role.NETWORK:
        await _leave_to_others(ctx, actor, command.role)
    else:
        await homes.refuse(ctx, actor.person, log=_logs(command))


async def _leave_to_others(ctx: Context, actor: Actor, role: Role) -> None:
    """Say who does what this member may not, and what they can do instead."""
    group = actor.group
    if role is Role.READER:
        chooses = permissions.may(Role.RESPONSIBLE, actor.member, group)
        way = ctx.key("choose_readers", "readers", group.id) if chooses else ctx.key("log", "log", group.id)
        await ctx.to_person(actor.person.id, "readers_only", {"chooses": chooses}, [[way]])
        return
    names = [member.name for member in (await coordinators(ctx, group))[:2]]
    keys = [[ctx.key("home.mine", "mine", group.id), ctx.key("what_waits", "answers")]]
    await ctx.to_person(actor.person.id, "coordinators_only", {"names": names}, keys)


def _asked_for(ctx: Context, command: Command, chosen: str | None, *, dropped: bool = False) -> TemplateFacts:
    """Return what is said beside the towns: which command it is, but not that somebody logs an incident.

    `dropped`: what they wrote after it is not kept.
    """
    log = _logs(command)
    called = None if log else ctx.services.voice.rules.called(command.name)
    return {"chosen": chosen, "log": log and chosen is None, "command": called, "words": dropped, "promise": False}


async def choose_town(ctx: Context, actor: Actor, action: Action) -> None:
    """Carry out a command once a person has chosen the group. The text after the command was kept with the question.

    It stays there while the group's new promise waits for this person.
    """
    command = COMMANDS.get(action.arg)
    if command is None:
        return
    if permissions.asked_anew(actor.member) and not permissions.may(command.role, actor.member, actor.group):
        await promise.refuse(ctx, actor.group, actor.member)
        return
    if not _logs(command):  # leaves no readable trace
        await ctx.work.people.update(actor.person.id, current_group=actor.group.id)
    question = await ctx.work.outbox.by_message(private_chat(actor.person.id), actor.message_id)
    kept = question.context if question else MessageContext()
    if kept.command or kept.arguments:  # removed, so that a second tap does not carry it out twice
        facts = _asked_for(ctx, command, actor.group.title)
        await ctx.reply(actor, "which_town", facts, context=MessageContext())
    await _about_a_group(ctx, actor, command, kept.arguments)


async def after_promise(ctx: Context, happened: PromisedAgain) -> None:
    """Take up again what was written after a command while the promise waited: it is about this group, or asked."""
    member = await ctx.work.members.get(happened.member)
    actor = Actor(await ctx.work.people.get(member.person_id), await ctx.work.groups.get(happened.group), member)
    for waiting in reversed(await wanted_texts.townless(ctx, actor.person)):  # in the order in which it was written
        asked, command = waiting.context, COMMANDS[waiting.context.command]
        if not asked.arguments:
            continue
        mine = await memberships.of(ctx, actor.person, permissions.seat_for(command.role))
        mine += await promise.asked(ctx, actor.person, permissions.seat_for(command.role))
        if actor.group.id not in {group.id for group, _ in mine}:
            continue  # it is about another one, and the question stands
        facts = _asked_for(ctx, command, actor.group.title if len(mine) == 1 else None)
        await ctx.tell(actor, "which_town", facts, edit=waiting.message_id, context=MessageContext())
        if len(mine) == 1:
            await _about_a_group(ctx, actor, command, asked.arguments)
        else:
            await _which_town(ctx, actor.person, command, mine, asked.arguments)


async def in_group(ctx: Context, group: Group, name: str) -> None:
    """Carry out a command in a group's chat: help, or where to turn, also for those who have no seat."""
    await menus.help_group(ctx, group, None if name == "ring" else help_lines(ctx.services.voice, Menu.GROUP))


async def more(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the commands that are in no menu, each as a button with what it does."""
    voice, role = ctx.services.voice, role_of(actor.member, actor.group)
    keys = [
        [Key(voice.label(f"command.{c.name}"), Action("town", actor.group.id, 0, c.name))]
        for c in _shown(Menu.MORE, role)
    ]
    await ctx.tell(actor, "more", {"town": actor.group.title}, keys)


# The role of the command itself is checked when it is carried out.
ROUTES: Routes = (
    *buttons(Role.FORMER, About.GROUP, town=choose_town),
    *buttons(Role.NETWORK, About.GROUP, whichtown=ask_town_again),
    *buttons(Role.NETWORK, About.GROUP, more=more),
)
