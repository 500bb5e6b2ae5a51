"""Telephone numbers that people go by and somebody wants to change: a ballot each, which the first answer decides.

Who answers it, and what comes of a yes, is the business of `bot.features.registers.agreed_numbers`. Here is what others
need to know: which numbers are being changed, and which have been.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.ballots import box
from bot.ballots.box import BallotOwner, voter
from bot.context.context import Context
from flows import ballots
from flows.ballots import NO, YES, Asked, Ballot, Phase, Purpose, Voted
from storage.records.records import Group

STATE: Final = "number change"  # the kind of activity state that holds the two numbers, under the ballot's reference
OWNER: Final = BallotOwner(Purpose.NUMBER)


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A number that is to take the place of another, both as written. `by`: the member who wrote it."""

    ref: str
    old: str
    new: str
    by: int
    on: date | None = None  # the day of the yes


async def put(ctx: Context, group: Group, old: str, new: str, by: int) -> NumberChange:
    """Ask whether one number is to take the place of another."""
    known = await ctx.work.activity_states.of_kind(group.id, STATE)
    found = NumberChange(str(max(map(int, known), default=0) + 1), old, new, by)
    await ctx.work.activity_states.keep(group.id, STATE, found.ref, {"old": old, "new": new, "by": by})
    await box.put(ctx, group, OWNER, found.ref, Asked(f"{old} – {new}", None, ()))
    return found


async def answer(ctx: Context, group: Group, ref: str, by: int, *, yes: bool) -> NumberChange | None:
    """Take the answer that decides; None if it was decided before."""
    found = {one.ref: one for one in await open_of(ctx, group)}.get(ref)
    if found is not None:
        await box.tell(ctx, group, OWNER, ref, Voted(voter(by), YES if yes else NO, 0))
    return found


async def open_of(ctx: Context, group: Group) -> list[NumberChange]:
    """Return the numbers that are being changed: until somebody has said yes, nobody knows which one is answered."""
    return [change for change, ballot in await _all(ctx, group) if ballot.phase is Phase.OPEN]


async def settled(ctx: Context, group: Group) -> list[NumberChange]:
    """Return the changes that somebody has said yes to, in the order in which they were wished for."""
    return [
        NumberChange(change.ref, change.old, change.new, change.by, max(voice.on for voice in ballot.voices.values()))
        for change, ballot in await _all(ctx, group)
        if ballot.phase is Phase.OVER and not ballots.objections(ballot)
    ]


async def _all(ctx: Context, group: Group) -> list[tuple[NumberChange, Ballot]]:
    states = await ctx.work.activity_states.of_kind(group.id, STATE)
    kept = await box.all_of(ctx, group, Purpose.NUMBER)
    return [(NumberChange(ref, **states[ref]), kept[ref]) for ref in sorted(kept, key=int) if ref in states]
