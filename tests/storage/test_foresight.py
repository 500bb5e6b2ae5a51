"""Foresight: what is known of many people at once."""

from storage.records.records import GivenAnswer
from storage.store import Store
from tests.remembered import assert_remembered_rightly
from tests.storage.conftest import Open, make_group


async def test_many_who_come_back_at_once(store: Store, open_store: Open, trips: list[str]) -> None:
    """A hundred people who write after a restart are known as quickly as one, and nobody is known otherwise."""
    async with store.work() as work:
        towns = [await make_group(work, -number, members=10, first_user=1000 * number) for number in range(1, 11)]
        groups = [group for group, _ in towns]
        for group, sitting in towns:
            run = await work.runs.add(group.id, "e", "1", {})
            for member in sitting:
                await work.people.update(member.person_id, focus=run.id, current_group=group.id)
            for member in sitting[:7]:
                owner = f"m:{member.id}"
                await work.answers.keep(
                    run.id, GivenAnswer(owner, "q", "", member.name, None, "self", False), member.id
                )
        await work.members.add_organisation(groups[0].id, "Påhittat")
        twice = await work.people.ensure(1000)
        await work.members.add(groups[1].id, twice.id, "core")
    users = [1000 * number + n for number in range(1, 11) for n in range(10)]
    store = await open_store()
    trips.clear()
    async with store.work() as work:
        await work.prefetch.of_users([*users, 7, 8])
        read = len(trips)
        assert read <= 9
        for user in users:
            person = await work.people.by_user(user)
            assert person is not None
            seats_of = await work.members.of_person(person.id)
            seats = [(await work.groups.get(seat.group_id)).id for seat in seats_of]
            assert seats == ([groups[0].id, groups[1].id] if user == 1000 else [groups[user // 1000 - 1].id])
            assert len(await work.members.of_group(seats[0])) == 10 + (seats[0] == groups[1].id)
            await work.members.organisations(seats[0])
            assert await work.held_texts.newest(person.id) is None
            said = await work.answers.of_owner(person.focus or 0, f"m:{seats_of[0].id}")
            assert [answer.value for answer in said] == ([seats_of[0].name] if user % 1000 < 7 else [])
        assert await work.people.by_user(7) is None
        assert len(trips) == read
        await work.prefetch.of_users(users)
        assert len(trips) == read
        assert (await work.people.ensure(8)).user_id == 8
        assert await work.people.by_user(8) is not None
    await assert_remembered_rightly(store)
