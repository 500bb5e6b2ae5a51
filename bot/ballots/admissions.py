"""Who is let into a group by those who coordinate it, as Telegram does not know them: a ballot under the person's id.

The first answer decides. What is decided is asked anew when they follow a link after a no, and when a quarter of a year
has passed since somebody last said that they are in. Nobody is reminded of it: it stands in the list of what waits.
"""

from datetime import date, timedelta
from typing import Final

from bot.ballots import box
from bot.ballots.box import BallotOwner
from bot.context.context import Context
from flows import ballots
from flows.ballots import ELSEWHERE, NO, YES, Asked, Ballot, Phase, Purpose, Voted, Voter
from storage.records.records import Group
from storage.store import UnitOfWork

GOOD_FOR: Final = timedelta(days=92)  # a yes: a quarter


async def of(work: UnitOfWork, group_id: int, person_id: int) -> Ballot | None:
    """Return what was asked and answered about a person, under the name that they gave (`text`); None for nothing."""
    kept = await work.ballots.find(group_id, Purpose.ADMISSION, str(person_id))
    return box.read(kept) if kept else None


async def of_group(work: UnitOfWork, group_id: int) -> dict[int, Ballot]:
    """Return all that was asked about people, by their ids, in the order in which they first asked to come in."""
    kept = await work.ballots.of_group(group_id, Purpose.ADMISSION)
    return {int(one.ref): box.read(one) for one in kept}


async def waits(work: UnitOfWork, person_id: int) -> bool:
    """True if a person has asked to join a group, and nobody has answered yet."""
    kept = await work.ballots.everywhere(Purpose.ADMISSION, str(person_id))
    return any(box.read(one).phase is Phase.OPEN for one in kept)


def is_in(ballot: Ballot | None) -> bool:
    """True if whoever it is about was let in, as the latest answer has it."""
    return ballot is not None and ballot.phase is Phase.OVER and not ballots.objections(ballot)


def is_fresh(ballot: Ballot, today: date) -> bool:
    """True if somebody has said within a quarter of a year that they are in the group."""
    return confirmed(ballot) + GOOD_FOR > today


def confirmed(ballot: Ballot) -> date:
    """Return the day of the latest answer; long ago if there is none."""
    return max((voice.on for voice in ballot.voices.values()), default=date.min)


def vouched_by(ballot: Ballot | None) -> Voter | None:
    """Return which member said last that somebody is in; None where it is known otherwise, or not at all."""
    voters = [voter for voter, voice in ballot.voices.items() if voice.yes] if ballot is not None else []
    return next((voter for voter in voters if voter != ballots.ELSEWHERE), None)


async def ask(ctx: Context, group: Group, person_id: int, name: str) -> Ballot:
    """Ask about a person, under this name, unless they are in or are asked about already."""
    before = await of(ctx.work, group.id, person_id)
    if before is not None and (is_in(before) or before.phase is Phase.OPEN):
        return before
    return await box.put(ctx, group, OWNER, str(person_id), Asked(name, None, ()))


async def answer(
    ctx: Context, group: Group, person_id: int, name: str, *, by: Voter = ELSEWHERE, yes: bool = True
) -> None:
    """Take an answer about a person; where it was decided before, it is an answer to the same question once more."""
    ballot, ref = await ask(ctx, group, person_id, name), str(person_id)
    if ballot.phase is Phase.OVER:
        ballot = await box.put(ctx, group, OWNER, ref, Asked(ballot.text, None, ()))
    await box.tell(ctx, group, OWNER, ref, Voted(by, YES if yes else NO, ballot.round))


async def end(ctx: Context, group: Group, person_id: int) -> None:
    """Let a yes end with the seat that it gave: whoever comes back is asked about anew."""
    before = await of(ctx.work, group.id, person_id)
    if before is not None and is_in(before):
        await answer(ctx, group, person_id, before.text, yes=False)


OWNER: Final = BallotOwner(Purpose.ADMISSION)
