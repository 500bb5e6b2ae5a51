"""Help: where to turn (P.9), and what one can do, always a tap away."""

from collections.abc import Mapping, Sequence

from bot.channel.updates import Chat
from bot.context.context import Context
from bot.context.message import Key, Keys
from bot.context.permissions import Rank, asked_anew, rank_of
from bot.features.help import help_lines, phone_numbers, town_facts
from bot.views.process import process_outline
from flows.enums import Field, Mark
from messages.voice import TemplateFacts
from storage.records.records import Group, Person

URGENT = 2  # contacts that come before the town's own: 112 and the police


def turn_facts(ctx: Context, emergency: str = "") -> TemplateFacts:
    """Return where to turn, 112 first. `emergency`: how to reach the town's social emergency service, if known."""
    words = ctx.services.voice.book("help")
    contacts = [dict(one) for one in ctx.services.voice.contacts]
    contacts[URGENT:URGENT] = _emergency(ctx, emergency)
    told = {"title": words["turn.title"], "lead": words["turn.lead"], "contacts": contacts, "emergency": emergency}
    lines = ctx.services.voice.help_lines
    talk = ctx.services.voice.label("talk", {"line": lines})
    to_talk_to = {"talk": talk, "lines": help_lines.to_talk_to(ctx), "men": lines["men"]}
    return {**told, **to_talk_to, "english": lines.in_tongue("en")}


def _emergency(ctx: Context, reach: str) -> list[dict[str, str]]:
    words = ctx.services.voice.book("help")
    return [{"name": words["turn.emergency"], "reach": reach, "about": words["turn.emergency_about"]}] if reach else []


async def _emergency_of(ctx: Context, group: Group | None) -> str:
    return (await town_facts.known(ctx, group)).get(Field.EMERGENCY, "") if group else ""


async def turn_of(ctx: Context, group: Group | None) -> TemplateFacts:
    """Return where to turn, with the group's own number of its town's social emergency service."""
    return turn_facts(ctx, await _emergency_of(ctx, group))


async def own_numbers(ctx: Context, groups: Sequence[Group]) -> list[TemplateFacts]:
    """Return the groups' own numbers for this hour: the routine's, and the town's social emergency service's."""
    return [
        {
            "town": group.title if len(groups) > 1 else "",
            "emergency": _emergency(ctx, await _emergency_of(ctx, group)),
            **await phone_numbers.at_hand(ctx, group),
        }
        for group in groups
    ]


def way_facts(ctx: Context) -> TemplateFacts:
    """Return the facts of the whole way: what it is for, and how one goes it."""
    return process_outline(ctx.services.voice, ctx.services.process)


Lines = Sequence[Mapping[str, str]]  # of the help: the commands, with what they do


async def help_person(
    ctx: Context,
    person: Person,
    commands: Lines,
    home: str = "nobody",
    group: Group | None = None,
    keys: Keys = (),
) -> None:
    """Tell a person what they can do, by their role in this group (`home`); without commands, how to join."""
    towns = [one.title for one in await groups_of(ctx, person)]
    own = group if home in ("core", "network") and len(towns) < 2 else None  # members alone get the town's numbers
    turn = await turn_of(ctx, own)
    facts: TemplateFacts = {"turn": turn, "commands": commands, "way": way_facts(ctx), "home": home}
    facts = {**facts, "town": group.title if group else None, "towns": towns if len(towns) > 1 else []}
    await ctx.to_person(person.id, "help", facts, keys, about=group.id if group else None)


async def turn_person(ctx: Context, person: Person) -> None:
    """Tell a person where to turn, with the numbers of their present group; also without a group."""
    group = await group_of(ctx, person)
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    keeps = member is not None and group is not None and rank_of(member, group) >= Rank.MEMBER
    empties = await ways_to_empty(ctx, person)
    numbers, copied = await _numbers(ctx, group)
    facts = {**numbers, "keeps": keeps, "empties": bool(empties)}
    await ctx.to_person(person.id, "where_to_turn", facts, [*copied, *empties], about=group.id if group else None)


async def ways_to_empty(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the button that empties this person's chat, by any seat that is or was theirs; none for a stranger."""
    seats = await ctx.work.members.of_person(person.id)
    groups = [await ctx.work.groups.get(seat.group_id) for seat in seats]
    served = [group.id for group in groups if group.state in ("active", "away")]
    return [[ctx.key("hidechat", "hidechat", served[0])]] if served else []


async def _numbers(ctx: Context, group: Group | None) -> tuple[TemplateFacts, list[list[Key]]]:
    """Return the numbers of an emergency, those of this group first, and the keys that copy them."""
    emergency, routine = await _emergency_of(ctx, group), await phone_numbers.whole(ctx, group) if group else None
    day, lines = phone_numbers.time_of(ctx) is Mark.DAYTIME, ctx.services.voice.help_lines
    council = (await town_facts.known(ctx, group)).get(Field.CHILDREN, "") if group and day else ""
    own = [routine.first.reach if routine and routine.first else "", emergency, council]
    to_talk_to = [lines[name].number for name in ("despair", "violence", "child")]
    facts: TemplateFacts = {
        "turn": turn_facts(ctx, emergency),
        "routine": routine,
        "changing": await phone_numbers.changing(ctx, group),
        "council": council,
        "day": day,
    }
    return facts, phone_numbers.copy_keys(ctx, [*own, *to_talk_to, ctx.services.voice.contacts[1]["reach"]])


def help_stranger(ctx: Context, chat: Chat, commands: Lines | None, thread: int | None = None) -> None:
    """Send help, or (without `commands`) where to turn, to a stranger, of whom nothing is kept."""
    name = "where_to_turn" if commands is None else "help" if chat.private else "group.help"
    facts: TemplateFacts = {"turn": turn_facts(ctx), "commands": commands, "bot": ctx.services.username, "day": True}
    none: TemplateFacts = {"routine": None, "changing": [], "keeps": False, "empties": False, "council": ""}
    outside: TemplateFacts = {"way": way_facts(ctx), "home": "nobody", "town": None, "towns": []}
    ctx.to_stranger(chat.id, name, {**facts, **none, **outside}, thread=thread)


def answer_stranger(ctx: Context, chat_id: int, *, own: bool, abroad: str = "") -> None:
    """Answer whatever a stranger writes or sends with numbers and whom to talk to; what we are is behind a command.

    `own`: they ask for what is kept of them, which others have written, or they themselves by another way. `abroad`:
    whom to ring, in the language that they write.
    """
    operator = ctx.services.operator
    facts = {"turn": turn_facts(ctx), "own": own, "abroad": abroad, "operator": operator if operator.is_known else None}
    ctx.to_stranger(chat_id, "stranger", facts)


async def help_group(ctx: Context, group: Group, commands: Lines | None) -> None:
    """Send a group what one can do there, or (without `commands`) where to turn."""
    numbers, copied = await _numbers(ctx, group)
    facts = {**numbers, "keeps": True, "empties": False, "commands": commands, "bot": ctx.services.username}
    if commands is None:
        await ctx.to_group(group, "where_to_turn", facts, copied)
        return
    await ctx.to_group(group, "group.help", facts)


async def group_of(ctx: Context, person: Person) -> Group | None:
    """Return the group whose numbers a person gets in the chat: the one they turned to last, or their only one."""
    return next(iter(await groups_of(ctx, person)), None)


async def groups_of(ctx: Context, person: Person) -> list[Group]:
    """Return the groups whose numbers a person may see, first the one they turned to last."""
    seats = await ctx.work.members.of_person(person.id)
    mine = [member.group_id for member in seats if member.state == "active" or asked_anew(member)]
    found = [await ctx.work.groups.get(id) for id in sorted(mine, key=lambda id: id != person.current_group)]
    return [group for group in found if group.state == "active"]
