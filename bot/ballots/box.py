"""The group's ballots: each event is kept, shown, and taken note of by open items and the schedule, in one transaction.

`flows.ballots` decides what an event means. A feature owns the ballots of a purpose: it shows them, and does what
follows from them.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.context.context import Context
from bot.reminders import open_items
from bot.reminders.holidays import working_days_from
from flows import ballots
from flows.ballots import RULES, Asked, Ballot, Event, Phase, Purpose, Turn, Voter
from flows.timing.pacing import USUAL, at_wall
from storage.json_records import dump, load
from storage.records.ballots import KeptBallot
from storage.records.records import Group, Member

DUE: Final = "ballot"  # the kind of the row in the schedule, under the purpose and the reference
DAYS: Final = 3  # working days to answer in, where nothing else is said


async def _not_shown(_ctx: Context, _group: Group, _ref: str, _ballot: Ballot, _anew: bool) -> None:
    pass


async def _nothing_follows(_ctx: Context, _group: Group, _ref: str, _turn: Turn, _by: Member | None) -> None:
    pass


@dataclass(frozen=True, slots=True)
class BallotOwner:
    """Who owns the ballots of a purpose. `kind`: of the open items of those who are waited for.

    `show`: where they are shown already, or `anew`. `decided`: does what follows; `by`: whose answer or choice it was.
    Without them nothing stands in a chat for longer, and whoever takes the answer does what follows.
    """

    purpose: Purpose
    kind: str = ""
    show: Callable[[Context, Group, str, Ballot, bool], Awaitable[None]] = _not_shown
    decided: Callable[[Context, Group, str, Turn, Member | None], Awaitable[None]] = _nothing_follows


async def of(ctx: Context, group: Group, purpose: Purpose, ref: str) -> Ballot | None:
    """Return a ballot, None if nobody was asked."""
    kept = await ctx.work.ballots.find(group.id, purpose, ref)
    return read(kept) if kept else None


async def open_of(ctx: Context, group: Group, purpose: Purpose) -> dict[str, Ballot]:
    """Return the open ballots of this purpose, by reference."""
    return {ref: ballot for ref, ballot in (await all_of(ctx, group, purpose)).items() if ballot.phase is Phase.OPEN}


async def all_of(ctx: Context, group: Group, purpose: Purpose) -> dict[str, Ballot]:
    """Return the ballots of this purpose, by reference, in the order in which they were first put."""
    return {kept.ref: read(kept) for kept in await ctx.work.ballots.of_group(group.id, purpose)}


def read(kept: KeptBallot) -> Ballot:
    """Return a ballot as it is kept."""
    return load(Ballot, kept.content)


async def put(ctx: Context, group: Group, owner: BallotOwner, ref: str, question: Asked) -> Ballot:
    """Put a question, for the first time or instead of what was asked under this reference before, and return it."""
    if turn := await tell(ctx, group, owner, ref, question):
        return turn.ballot
    await _keep(ctx, group, owner, ref, ballot := ballots.put(question))
    await owner.show(ctx, group, ref, ballot, True)
    return ballot


async def tell(
    ctx: Context, group: Group, owner: BallotOwner, ref: str, event: Event, by: Member | None = None
) -> Turn | None:
    """Tell a ballot of an event, and do what follows from it; None if nobody was asked. `by`: whose doing it is."""
    before = await of(ctx, group, owner.purpose, ref)
    if before is None:
        return None
    turn = ballots.advance(RULES[owner.purpose], before, event, ctx.today)
    if turn.ballot == before:
        return turn
    anew = turn.ballot.round != before.round
    if anew and before.phase is Phase.OPEN:  # nobody answers beneath the old question any more
        await owner.show(ctx, group, ref, replace(before, phase=Phase.OVER), False)
    await _keep(ctx, group, owner, ref, turn.ballot)
    await owner.show(ctx, group, ref, turn.ballot, anew)
    if turn.outcome:
        await owner.decided(ctx, group, ref, turn, by)
    return turn


async def _keep(ctx: Context, group: Group, owner: BallotOwner, ref: str, ballot: Ballot) -> None:
    """Keep a ballot; those it waits for are reminded on the day before the last, and after that it is told its end."""
    await ctx.work.ballots.keep(group.id, owner.purpose, ref, dump(ballot))
    place, wanted = f"{owner.purpose}:{ref}", dict[tuple[str, int], date]()
    if ballot.phase is Phase.OPEN and ballot.until is not None:
        wanted = {(owner.kind, member): ballot.until for member in members(ballots.awaited(ballot))}
        closes = at_wall(ballot.until + timedelta(1), USUAL, ctx.services.zone)
        await ctx.work.schedule.put(DUE, closes, group_id=group.id, ref=place)
    else:
        await ctx.work.schedule.cancel(kind=DUE, group_id=group.id, ref=place)
    await open_items.reconcile(ctx, group, place, wanted)


def last_day(ctx: Context, days: int = DAYS, choices: Iterable[str] = ()) -> date:
    """Return the last day to answer: so many working days from now, at the latest the day before the first choice."""
    first = min((datetime.fromisoformat(choice).date() for choice in choices), default=date.max)
    return max(ctx.today, min(working_days_from(ctx.today, days), first - timedelta(1)))


def voter(member: int) -> Voter:
    """Return a member as a voter."""
    return Voter(f"m:{member}")


def members(voters: Iterable[Voter]) -> list[int]:
    """Return who these voters are, as members."""
    return [int(one.partition(":")[2]) for one in voters]
