"""Whom somebody can talk to who is in need: the national help lines by what it is about, and for a child this hour."""

from bot.context.context import Context
from bot.features.help import phone_numbers, town_facts
from flows.enums import Field, Mark
from storage.records.records import Group


def to_talk_to(ctx: Context, *, violence: bool = True, despair: bool = True, child: bool = False) -> str:
    """Return the lines as a sentence: those for violence, for despair or, where that is not known, for both."""
    both, lines = violence == despair, ctx.services.voice.help_lines
    facts = {"violence": violence or both, "despair": despair or both, "child": child, "line": lines}
    return ctx.services.voice.label("care.lines", facts)


async def for_child(ctx: Context, group: Group | None) -> str:
    """Return whom to ring at this hour about a child: by day the council, else the town's social emergency service."""
    known = await town_facts.known(ctx, group) if group else {}
    facts = {
        "day": phone_numbers.time_of(ctx) is Mark.DAYTIME,
        "council": known.get(Field.CHILDREN, ""),
        "emergency": known.get(Field.EMERGENCY, ""),
    }
    return ctx.services.voice.label("child", facts)
