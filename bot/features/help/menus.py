"""Help that is always a tap away: where to turn (P.9), what one can do, and Telegram's menus of commands."""

from typing import Any

from bot.context import permissions
from bot.context.context import Context
from bot.features.help import phone_numbers
from bot.telegram.updates import Chat
from messages.voice import Voice
from storage.records import Group, Member, Person, private_chat

# Which commands each menu shows. Their words stand in common.toml under label.command.
GROUP_COMMANDS = (
    "incident",
    "steg",
    "vantar",
    "kalender",
    "atgard",
    "beslut",
    "dokument",
    "deltagare",
    "hjalp",
    "ring",
)
PRIVATE_COMMANDS = (
    "incident",
    "svara",
    "steg",
    "kalender",
    "vantar",
    "atgard",
    "beslut",
    "dokument",
    "deltagare",
    "uppgifter",
    "maende",
    "franvaro",
    "paminnelser",
    "mig",
    "avbryt",
    "statistik",
    "mina_uppgifter",
    "dolj",
    "hjalp",
    "ring",
)
STRANGER_COMMANDS = ("start", "hjalp", "ring")


def turn_facts(ctx: Context) -> dict[str, Any]:
    """Where to turn: 112 first."""
    words = ctx.services.voice.book("help")
    return {"title": words["turn.title"], "lead": words["turn.lead"], "contacts": words.data["turn"]["contact"]}


async def help_person(ctx: Context, person: Person, command: str, *, member: bool) -> None:
    """What one can do here, or where to turn: in the group the person is in now; also for someone who is in none."""
    group = await _group_of(ctx, person)
    facts = {
        "turn": turn_facts(ctx),
        "routine": await phone_numbers.whole(ctx, group) if group else None,
        "member": member,
    }
    await ctx.to_person(person.id, _name(command), facts, about=group.id if group else None)


def help_stranger(ctx: Context, chat: Chat, command: str | None, thread: int | None = None) -> None:
    """The same to someone, or in a group, of whom we know nothing and keep nothing."""
    facts = {"turn": turn_facts(ctx), "routine": None, "member": False}
    ctx.to_stranger(chat.id, _name(command, in_group=not chat.private), facts, thread=thread)


def _name(command: str | None, *, in_group: bool = False) -> str:
    return "where_to_turn" if command == "ring" else "group.help" if in_group else "help"


async def _group_of(ctx: Context, person: Person) -> Group | None:
    """The group whose numbers a person gets: the one they were in last, or their only one."""
    mine = [m for m in await ctx.work.members.of_person(person.id) if m.state == "active"]
    current = [m.group_id for m in mine if m.group_id == person.current_group] or [m.group_id for m in mine]
    group = await ctx.work.groups.get(current[0]) if current else None
    return group if group and group.state == "active" else None


async def help_group(ctx: Context, group: Group, command: str) -> None:
    """What one can do in the group, or where to turn."""
    facts = {"turn": turn_facts(ctx), "routine": await phone_numbers.whole(ctx, group)}
    await ctx.to_group(group, _name(command, in_group=True), facts)


async def set_commands(ctx: Context, member: Member) -> None:
    """The menu of commands in this member's private chat: those that they may use."""
    names = (name for name in PRIVATE_COMMANDS if permissions.role_of(member) >= permissions.seat_for(name))
    commands = _described(ctx.services.voice, tuple(names))
    params = {"commands": commands, "scope": {"type": "chat", "chat_id": member.user_id}}
    await ctx.work.outbox.put(private_chat(member.person_id), "setMyCommands", params, about=None)


def house_commands(voice: Voice) -> list[dict[str, Any]]:
    """The menus that everybody has, in private chats and in groups: parameters of setMyCommands."""
    menus = ((STRANGER_COMMANDS, "all_private_chats"), (GROUP_COMMANDS, "all_group_chats"))
    return [{"commands": _described(voice, names), "scope": {"type": scope}} for names, scope in menus]


def _described(voice: Voice, commands: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"command": command, "description": voice.label(f"command.{command}")} for command in commands]
