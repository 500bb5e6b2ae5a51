"""Help that is always a tap away: where to turn (P.9), and what one can do."""

from collections.abc import Mapping, Sequence

from bot.context.context import Context, Keys
from bot.features.help import phone_numbers, town_facts
from bot.telegram.updates import Chat
from bot.views.exercise import process_outline
from flows.model import Field
from messages.voice import TemplateFacts
from storage.records import Group, Person

URGENT = 2  # contacts that come before the town's own: 112 and the police


def turn_facts(ctx: Context, emergency: str = "") -> TemplateFacts:
    """Where to turn: 112 first. `emergency`: how the town's social emergency service is reached, if it is known."""
    words = ctx.services.voice.book("help")
    contacts = [dict(one) for one in words.data["turn"]["contact"]]
    if emergency:
        own = {"name": words["turn.emergency"], "reach": emergency, "about": words["turn.emergency_about"]}
        contacts.insert(URGENT, own)
    return {"title": words["turn.title"], "lead": words["turn.lead"], "contacts": contacts, "emergency": emergency}


async def turn_of(ctx: Context, group: Group | None) -> TemplateFacts:
    """Where to turn, with the number that this group has given for its town's social emergency service."""
    return turn_facts(ctx, (await town_facts.known(ctx, group)).get(Field.EMERGENCY, "") if group else "")


def way_facts(ctx: Context) -> TemplateFacts:
    """What the whole way is for, and how one goes it."""
    return process_outline(ctx.services.voice, ctx.services.process)


Lines = Sequence[Mapping[str, str]]  # of the help: the commands, with what they do


async def help_person(
    ctx: Context,
    person: Person,
    commands: Lines,
    more: Lines,
    home: str = "nobody",
    group: Group | None = None,
    keys: Keys = (),
) -> None:
    """What one can do here, as what one is to this group (`home`), and `more` that stands in no menu; without
    commands, how to come in.
    """
    turn = await turn_of(ctx, group if home in ("core", "network") else None)  # theirs alone are the town's own numbers
    facts: TemplateFacts = {
        "turn": turn,
        "commands": commands,
        "more": more,
        "way": way_facts(ctx),
        "home": home,
        "town": group.title if group else None,
    }
    await ctx.to_person(person.id, "help", facts, keys, about=group.id if group else None)


async def turn_person(ctx: Context, person: Person) -> None:
    """Where to turn, with the numbers of the group that the person is in now; also for someone who is in none."""
    group = await group_of(ctx, person)
    facts = {"turn": await turn_of(ctx, group), "routine": await phone_numbers.whole(ctx, group) if group else None}
    await ctx.to_person(person.id, "where_to_turn", facts, about=group.id if group else None)


def help_stranger(ctx: Context, chat: Chat, commands: Lines | None, thread: int | None = None) -> None:
    """Help, or (without `commands`) where to turn, for those of whom we know nothing and keep nothing."""
    name = "where_to_turn" if commands is None else "help" if chat.private else "group.help"
    facts = {"turn": turn_facts(ctx), "routine": None, "commands": commands, "bot": ctx.services.username}
    facts |= {"way": way_facts(ctx), "home": "nobody", "town": None, "more": []}
    ctx.to_stranger(chat.id, name, facts, thread=thread)


async def help_group(ctx: Context, group: Group, commands: Lines | None) -> None:
    """What one can do in the group, or (without `commands`) where to turn."""
    routine = await phone_numbers.whole(ctx, group)
    turn = await turn_of(ctx, group)
    facts = {"turn": turn, "routine": routine, "commands": commands, "bot": ctx.services.username}
    await ctx.to_group(group, "where_to_turn" if commands is None else "group.help", facts)


async def group_of(ctx: Context, person: Person) -> Group | None:
    """The group whose numbers a person gets: the one they were in last, or their only one."""
    mine = [m for m in await ctx.work.members.of_person(person.id) if m.state == "active"]
    current = [m.group_id for m in mine if m.group_id == person.current_group] or [m.group_id for m in mine]
    group = await ctx.work.groups.get(current[0]) if current else None
    return group if group and group.state == "active" else None
