"""Passkeys in the file: whose they are, who used one, and that they go with their owner."""

from pathlib import Path

from storage.backup.rekey import rekey
from storage.store import Store
from storage.vault.vault import Keyring
from tests.storage.conftest import MASTER, START, Clock, Open, make_group

TODAY = START.date()


async def rows(store: Store) -> list[tuple[object, ...]]:
    """What lies in the file of each key."""
    async with store.work() as work:
        return [tuple(row) for row in await work._session.rows("SELECT * FROM passkeys ORDER BY id")]


async def with_keys(store: Store) -> list[int]:
    """Two people, each with a key."""
    async with store.work() as work:
        _, seats = await make_group(work, -1, 2)
        for seat in seats:
            await work.passkeys.add(seat.person_id, (f"id{seat.person_id}", "public"), 0, name="Telefon", made=TODAY)
    return [seat.person_id for seat in seats]


async def test_nobody_sees_whose_key_was_used(store: Store) -> None:
    """When one is used all rows change, at one length, and none says whose it is; its own count is kept."""
    people = await with_keys(store)
    before = await rows(store)
    assert len(before[0]) == 2, "an id, and what is sealed"
    async with store.work() as work:
        key = await work.passkeys.find(f"id{people[1]}")
        assert key is not None
        await work.passkeys.used(key.id, 7, TODAY)
    after = await rows(store)
    assert not set(before) & set(after)
    assert len({len(sealed) for _, sealed in after if isinstance(sealed, bytes)}) == 1
    async with store.work() as work:
        assert [(one.counter, one.used) for one in await work.passkeys.of_person(people[1])] == [(7, TODAY.isoformat())]
        assert [(one.counter, one.used) for one in await work.passkeys.of_person(people[0])] == [(0, "")]


async def test_keys_go_with_their_owner(store: Store, clock: Clock) -> None:
    """Whoever is erased, or never got a seat, leaves none behind."""
    one, other = await with_keys(store)
    async with store.work() as work:
        passer_by = await work.people.add_own()
        await work.passkeys.add(passer_by.id, ("idx", "public"), 0, name="Telefon", made=TODAY)
        clock.wind(days=40)
        await work.people.prune(clock.now)
        for seat in await work.members.of_person(one):
            await work.erasure.member(seat)
        await work.erasure.person(one)
    async with store.work() as work:
        assert [key.person_id for key in await work.passkeys._every()] == [other]


async def test_a_new_master_key_keeps_them(open_store: Open, path: Path) -> None:
    """Whoever has one signs in with it afterwards, too."""
    people = await with_keys(await open_store())
    await open_store.close()
    new = bytes(range(32, 64))
    rekey(path, Keyring(MASTER), Keyring(new))
    async with (await open_store(new)).work() as work:
        assert await work.passkeys.find(f"id{people[0]}")
