"""Nine o'clock: a thousand people in three hundred groups have something to hear of at the same moment."""

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.context.context import Context
from bot.demo.town import START
from bot.reminders.kinds import PENDING
from bot.reminders.next_message import schedule_next
from storage.records.records import GroupState, SeatState
from tests.durability.conftest import PostOffice

PEOPLE, GROUPS = 1000, 300
TODAY = START.date()


@pytest.mark.slow
async def test_a_thousand_in_three_hundred_groups(office: PostOffice) -> None:
    """Each hears once, the nearest deadlines first, at nearly Telegram's pace and not once beyond it.

    Whoever taps a button meanwhile is answered before all who are yet to be reminded.
    """
    taps = await office.person("Ellen")
    people = [await office.person(f"Person {n}") for n in range(PEOPLE)]
    due: dict[int, date] = {}
    async with office.bot.store.work() as work:
        ctx = Context(office.bot.services, work, office.sandbox.now())
        groups = [await work.groups.add(-n - 1, f"Stad {n}") for n in range(GROUPS)]
        for group in groups:
            await work.groups.update(group.id, state=GroupState.ACTIVE)
        for n, person in enumerate(people):
            member = await work.members.add(groups[n % GROUPS].id, person.id, "core")
            member = await work.members.update(member.id, state=SeatState.ACTIVE, coordinator=True)
            due[person.user_id] = TODAY + timedelta(2 + n * 17 % 41)
            await work.open_items.put(member, PENDING, f"joining:{member.id}", due[person.user_id], TODAY)
            (open_item,) = await work.open_items.of_member(member.id)
            await work.open_items.update(open_item.id, snoozed=TODAY)
            await schedule_next(ctx, person.id)
    office.sandbox.wind(60)
    began = office.sandbox.now()
    assert await office.bot.scheduler.ring() == PEOPLE
    await office.send(2)
    await office.put(taps, "Ditt svar är sparat.")
    await office.send(1)
    assert office.texts(taps) == ["Ditt svar är sparat."]
    await office.send(PEOPLE)
    assert office.bot.sender.outcomes == {"sent": PEOPLE + 1}
    assert all(len(office.texts(person)) == 1 for person in people)
    order = [due[params["chat_id"]] for _, _, params in office.line.calls if params["chat_id"] in due]
    assert order == sorted(order)
    per_second = Counter(int(at) for at, _, _ in office.line.calls)
    assert max(per_second.values()) <= 30
    assert max(per_second) - began.timestamp() < PEOPLE / 25
