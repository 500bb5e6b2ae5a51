"""Sees to what turns have set in motion beyond their own run, still in the same transaction, until nothing is left."""

from collections.abc import Iterable

from bot.calendar import checkins, laying, shaping
from bot.core.desk import Desk
from bot.core.happenings import (
    Concluded,
    CoordinatorsChanged,
    GuestRow,
    HandedIn,
    ItemAdded,
    PrivateRow,
    ProfileGiven,
    RegisterNeeded,
    RowAdded,
    TextChanged,
    TookOver,
)
from bot.incidents import reporting
from bot.people import entering, forms, handover
from bot.process import approvals, coordinating, wayfinding
from bot.turn import turns
from flows.events import Opened
from flows.state import Phase, key_of


async def catch_up(desk: Desk, behind: Iterable[int]) -> None:
    """Bring the cards of these runs, and what people have open, up to date: once for all who handed in within one
    transaction."""
    for number in behind:
        record = await desk.work.runs.lookup(number)
        if record is not None:
            await turns.catch_up(desk, await desk.work.groups.get(record.group_id), record)


async def see_to(desk: Desk) -> None:
    """Everything that has happened at this desk, and what that makes happen in turn."""
    while desk.happened:
        match desk.happened.pop(0):
            case ProfileGiven() as given:
                await entering.completed(desk, given)
                await laying.announce(desk, await desk.work.groups.get(given.group))
            case PrivateRow(exercise=reporting.INCIDENT) as row:
                await reporting.given(desk, row)
            case Concluded() as concluded:
                await laying.after_conclusion(desk, concluded)
                await checkins.after_conclusion(desk, concluded)
                await coordinating.again_later(desk, concluded)
                await wayfinding.after_conclusion(desk, concluded)
                await shaping.after_conclusion(desk, concluded)
            case HandedIn() | TextChanged() as happened:
                await approvals.see_to(desk, happened)
            case CoordinatorsChanged(group_id):
                await coordinating.changed(desk, await desk.work.groups.get(group_id))
            case GuestRow() as given_by_guest:
                await forms.done(desk, given_by_guest)
            case TookOver() as taken:
                await handover.take_over(desk, taken)
            case RowAdded(group_id, exercise_id):
                for record in await desk.work.runs.of_exercise(group_id, exercise_id):
                    if record.phase == Phase.OPEN:
                        await turns.refresh_card(desk, await desk.work.groups.get(group_id), record)
            case ItemAdded() as added:
                record, member = await desk.work.runs.get(added.run), await desk.work.members.get(added.member)
                first = turns.load(desk, record).exercise.questions[0].id
                event = Opened(member.id, introduced=True, key=key_of(first, added.item))
                await turns.take(desk, await desk.work.groups.get(added.group), record, event, by=member)
            case RegisterNeeded(group_id, exercise_id):
                rounds = await desk.work.runs.of_exercise(group_id, exercise_id)
                if not any(r.phase == Phase.OPEN for r in rounds):
                    group = await desk.work.groups.get(group_id)
                    await turns.begin(desk, group, desk.house.process.exercises[exercise_id])
