"""The table of commands. Telegram's menus, /hjalp, the rights and the permission matrix are made from it.

The order of the table is that of the menu and of the help's groups. `dispatch_commands` carries a command out.
"""

from bot.assembly import dispatch_texts, inbox
from bot.context import permissions
from bot.context.context import Actor, Context
from bot.context.events import MenuOutdated
from bot.context.message import Key
from bot.context.permissions import About, May, Rank, rank_of
from bot.context.routes import Command, CommandHandler, Menu, Routes, buttons, by_name
from bot.context.sealed_actions import Action
from bot.features.calendar import absence, meetings
from bot.features.documents import handlers
from bot.features.help import menus, town_facts
from bot.features.home import exercise_buttons, start_page
from bot.features.incidents import incident_settings, read_incidents, report, statistics
from bot.features.members import joining, personal_data, sign_in
from bot.features.network import memberships
from bot.features.process import navigation, roster, status
from bot.features.registers import knowledge
from bot.features.wellbeing import check_in_curve
from bot.features.wellbeing.hearing import is_meant_for_us
from messages.voice import Voice
from storage.records.message_notes import MessageContext
from storage.records.records import Group, OutboxKind, Person, private_chat

HELP, RING = ALWAYS = ("hjalp", "ring")  # answered to everybody, wherever they are
SHELVES = {"me": Menu.ME, "us": Menu.US, "town": Menu.TOWN}  # the help's groups, by what their buttons carry


async def help_person(ctx: Context, person: Person) -> None:
    """Tell a person their role and what they can do; somebody who is in no group, how to join."""
    seat = await start_page.seat(ctx, person)
    if seat is None:
        await menus.help_person(ctx, person, [], "waits" if await memberships.waits(ctx, person) else "nobody")
        return
    group, member = seat
    role = max(rank_of(m, g) for g, m in await start_page.seats(ctx, person))
    lines, keys = help_lines(ctx.services.voice, role), await start_page.keys(ctx, person, group, member)
    await menus.help_person(ctx, person, lines, start_page.home_of(member, group), group, keys)


async def help_group(ctx: Context, group: Group, name: str) -> None:
    """Answer /hjalp or /ring in a group's chat, also to those who have no seat."""
    await menus.help_group(ctx, group, None if name == RING else help_lines(ctx.services.voice))


def _kept_as(want: str) -> CommandHandler:
    """Return the handler of a command whose text is kept: what points somebody out is held until it is to stand."""

    async def give(ctx: Context, actor: Actor, text: str) -> None:
        asked = MessageContext(want=want, group=actor.group.id)
        await dispatch_texts.give(ctx, actor, text, asked, cries=is_meant_for_us(text))

    return give


COMMANDS = by_name(
    (
        Command("svara", Rank.NETWORK, Menu.MENU, None, alone=inbox.what_waits, greets=True),
        Command("steg", Rank.LEADER, Menu.MENU, navigation.show_map, in_group=True, of_all_towns=True),
        Command("deltagare", Rank.NETWORK, Menu.MENU, roster.roster, in_group=True),
        Command("incident", May.LOG, Menu.MENU, report.begin),
        Command(RING, Rank.STRANGER, Menu.STRANGER | Menu.MENU, None, alone=menus.turn_person),
        Command(
            "start", Rank.STRANGER, Menu.STRANGER, start_page.start, alone=help_person, greets=True, of_all_towns=True
        ),
        Command("aktivera", Rank.STRANGER, Menu.NONE, start_page.start),
        Command("franvaro", Rank.NETWORK, Menu.ME, absence.show, whole_chat=True),
        Command("paminnelser", Rank.NETWORK, Menu.NONE, absence.show, whole_chat=True),
        Command("mig", Rank.NETWORK, Menu.ME, joining.show_profile),
        Command("maende", Rank.NETWORK, Menu.ME, check_in_curve.show),
        Command("mina_uppgifter", Rank.FORMER, Menu.ME, personal_data.mine),
        Command("dolj", Rank.FORMER, Menu.ME, personal_data.hide, whole_chat=True),
        Command("avbryt", Rank.INVITED, Menu.ME, None, alone=exercise_buttons.pause),
        Command("kalender", Rank.LEADER, Menu.US, meetings.show, in_group=True),
        Command("beslut", Rank.MEMBER, Menu.US, _kept_as("decision"), in_group=True, quotes=True),
        Command("dokument", Rank.INVITED, Menu.US, handlers.show, in_group=True),
        Command("atgard", Rank.MEMBER, Menu.US, _kept_as("todo"), in_group=True, quotes=True),
        Command("uppgifter", Rank.NETWORK, Menu.NONE, None, alone=inbox.what_waits),
        Command("vantar", Rank.MEMBER, Menu.US, status.awaited, in_group=True),
        Command("kunskap", Rank.NETWORK, Menu.US, knowledge.asked),
        Command("staden", Rank.MEMBER, Menu.TOWN, town_facts.show),
        Command("statistik", Rank.NETWORK, Menu.TOWN, statistics.show),
        Command("handelser", May.READ, Menu.TOWN, read_incidents.opening),
        Command("skydd", Rank.COORDINATOR, Menu.TOWN, incident_settings.page),
        Command(HELP, Rank.STRANGER, Menu.STRANGER | Menu.TOWN, None, alone=help_person),
        Command("sidan", Rank.INVITED, Menu.NONE, None, alone=sign_in.offer),
    )
)


# -- the menus ---------------------------------------------------------------------------------------------------------
def menu(voice: Voice, which: Menu, rank: Rank | None = None) -> list[tuple[str, str]]:
    """Return a menu: the commands that `rank` (None: everybody) may use, each with its label."""
    return [(voice.rules.called(c.name), voice.label(f"command.{c.name}")) for c in _shown(which, rank)]


def _shown(which: Menu, rank: Rank | None) -> list[Command]:
    def may(command: Command) -> bool:
        return rank is None or command.needs is Rank.STRANGER or rank >= permissions.seat_for(command.needs)

    return [c for c in COMMANDS.values() if which & c.menus and may(c)]


def help_lines(voice: Voice, rank: Rank | None = None) -> list[dict[str, str]]:
    """Return the commands of the menu that `rank` (None: everybody) may use, each with its line of help."""
    return [
        {"name": voice.rules.called(c.name), "line": voice.label(f"help.{c.name}")} for c in _shown(Menu.MENU, rank)
    ]


def house_menus(voice: Voice) -> dict[str, list[tuple[str, str]]]:
    """Return the menus for everybody, in private chats and in groups."""
    return {"private": menu(voice, Menu.STRANGER), "groups": menu(voice, Menu.MENU)}


async def set_menu(ctx: Context, happened: MenuOutdated) -> None:
    """Set the menu of commands in a member's private chat: those that they may use."""
    member = await ctx.work.members.get(happened.member)
    commands = {"commands": menu(ctx.services.voice, Menu.MENU, rank_of(member))}
    await ctx.work.outbox.put(private_chat(member.person_id), OutboxKind.MENU, commands, about=None)


async def more(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the groups of all that is in no menu or, in its place, one of them, each command with its button."""
    voice, group = ctx.services.voice, actor.group.id
    which = SHELVES.get(action.arg)
    if which is None:
        keys = [[ctx.key(f"shelf.{name}", "more", group, name)] for name in SHELVES]
    else:
        shown = [c for c in _shown(which, None) if permissions.may(c.needs, actor.member, actor.group)]
        keys = [[Key(voice.label(f"command.{c.name}"), Action("town", group, 0, c.name))] for c in shown]
        keys.append([ctx.key("back", "more", group, "all")])
    facts = {"town": actor.group.title, "shelf": voice.label(f"shelf.{action.arg}") if which else ""}
    await ctx.tell(actor, "more", facts, keys, edit=ctx.tapped if action.arg else None)


ROUTES: Routes = buttons(Rank.NETWORK, About.GROUP, more=more)
