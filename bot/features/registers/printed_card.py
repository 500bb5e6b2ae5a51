"""The code on the card that hangs on a wall: whoever scans it reads whether it holds, or is replaced.

It opens nothing and tells no name, no number and no town: it may be photographed and passed on. What it was printed
from is in the code itself, so no card need be remembered: it holds while the routine and the town's numbers read so.
"""

import hashlib
from enum import StrEnum
from typing import Final

from bot.context.context import Context
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts
from bot.features.help import town_facts
from flows.enums import ExerciseRole, Field
from storage.records.records import Group

VERB: Final = "card"  # of the link
DIGITS: Final = 7  # of a hash, which tells readings of one routine apart


class CardState(StrEnum):
    """What somebody reads who scans the code."""

    HOLDS = "holds"
    REPLACED = "replaced"


async def link(ctx: Context, group: Group) -> str | None:
    """Return the code's address on a card of the adopted routine; None while none is adopted, or it reads otherwise."""
    held, now = await _reading(ctx, group)
    return ctx.link(Action(VERB, group.id, held), outside=True) if held and held == now else None


async def state(ctx: Context, action: Action) -> CardState:
    """Return whether the card that has this code holds; one of a town that has ended is replaced by nothing."""
    group = await ctx.work.groups.lookup(action.run)
    if group is None or group.state != "active":
        return CardState.REPLACED
    held, _ = await _reading(ctx, group)
    return CardState.HOLDS if held == action.ask else CardState.REPLACED


async def _reading(ctx: Context, group: Group) -> tuple[int, int]:
    """Return what the routine in force and the town's numbers read, and what the routine reads now; 0 for nothing.

    While another text waits for its yes, the one in force is as it was put right last.
    """
    routine = ctx.services.process.with_role(ExerciseRole.ROUTINE)
    for approval in approved_texts.approvals_of(ctx.services.process, routine.id):
        kept = await approved_texts.of(ctx, group, approval)
        if kept.told:
            known, now = await town_facts.known(ctx, group), await approved_texts.mark(ctx, group, approval)
            readings = kept.versions[kept.told - 1].readings
            numbers = [known.get(field, "") for field in (Field.EMERGENCY, Field.CHILDREN)]
            held = now if now in readings else readings[-1]
            return _number(held, numbers), _number(now, numbers)
    return 0, 0


def _number(reading: str, numbers: list[str]) -> int:
    return int(hashlib.sha256(repr((reading, numbers)).encode()).hexdigest()[:DIGITS], 16)
