"""Sign-ins to the page: how long they last, and that the file names nobody by them."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from storage.migrations import keyed_migrations
from storage.migrations.schema import MIGRATIONS
from storage.records.sign_ins import STAYS
from storage.store import Store
from storage.table import pack, padded, seconds
from storage.vault.vault import Keyring
from tests.storage.conftest import MASTER, START, Clock, Open, make_group

WEEK = timedelta(days=7)


async def rows(store: Store) -> list[tuple[object, ...]]:
    """What lies in the file of each sign-in."""
    async with store.work() as work:
        return [tuple(row) for row in await work._session.rows("SELECT * FROM sign_ins ORDER BY id")]


async def signed_in(store: Store, count: int) -> list[int]:
    """So many people, each in a browser whose secret is their number."""
    async with store.work() as work:
        _, seats = await make_group(work, -1, count)
        for seat in seats:
            await work.sign_ins.begin(str(seat.person_id), seat.person_id, begun="2027-01-11", device="Firefox")
    return [seat.person_id for seat in seats]


async def test_whoever_uses_the_page_stays(store: Store, clock: Clock) -> None:
    """At least thirty days, to the end of a week, from the latest day on which something was done, also before the
    night has noted it; the others are out, and gone from the file that night."""
    one, other = await signed_in(store, 2)
    async with store.work() as work:
        first = await work.sign_ins.find(str(one))
        assert first is not None
        ends = first.ends_at
        assert (ends.weekday(), ends.hour) == (0, 0)
        assert START + STAYS < ends <= START + STAYS + WEEK
        clock.now = ends - timedelta(hours=1)
        assert work.sign_ins.prolong(first.id)
        assert not work.sign_ins.prolong(first.id), "once a day is enough"
    clock.now = ends + timedelta(hours=1)
    for settled in (False, True):
        async with store.work() as work:
            assert await work.sign_ins.find(str(one))
            assert not await work.sign_ins.find(str(other))
            assert await work.sign_ins.people() == {one}
            if not settled:
                await work.sign_ins.settle()
    assert len(await rows(store)) == 1
    clock.now = ends + STAYS + WEEK
    async with store.work() as work:
        assert not await work.sign_ins.of_person(one)


async def test_nobody_sees_who_did_something(store: Store) -> None:
    """A thing done changes no row; at night all change at once, and none says whose it is, or until when."""
    people = await signed_in(store, 3)
    before = await rows(store)
    async with store.work() as work:
        found = await work.sign_ins.find(str(people[1]))
        assert found is not None
        work.sign_ins.prolong(found.id)
    assert await rows(store) == before
    async with store.work() as work:
        await work.sign_ins.settle()
        columns = [row["name"] for row in await work._session.rows("PRAGMA table_info(sign_ins)")]
    after = await rows(store)
    assert not {*before} & {*after}
    assert len({len(bytes(row[-1])) for row in after}) == 1  # type: ignore[call-overload]
    assert columns == ["id", "mark", "sealed"]


async def test_signed_in_before_it_was_sealed(store: Store, open_store: Open, path: Path, clock: Clock) -> None:
    """Whoever was signed in before the upgrade is so after it, until then and in that browser; links to sign in with
    that named somebody are gone."""
    (person,) = await signed_in(store, 1)
    await open_store.close()
    number, house = keyed_migrations.SIGN_INS, Keyring(MASTER).house
    ends = clock.now.replace(microsecond=0) + timedelta(days=9)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE sign_ins")
        database.executescript("DROP TABLE ballots; DROP TABLE passkeys;")  # of later layouts
        database.execute("ALTER TABLE wishes DROP COLUMN sealed")
        script = MIGRATIONS[16].read_text(encoding="utf-8")
        database.executescript(script[script.index("CREATE TABLE sign_ins") :])  # and admissions, of that layout too
        sealed = house.seal("sign_ins/7", padded(pack(["2027-01-02", "Chrome", 5])))
        mark = Keyring(MASTER).link_hash("secret")
        database.execute("INSERT INTO sign_ins VALUES (7, ?, ?, ?, ?)", (person, mark, seconds(ends), sealed))
        database.execute(
            "INSERT INTO links (token_hash, purpose, ref, state, created_at) VALUES (x'00', 'signin', ?, 'valid', 0)",
            (str(person),),
        )
        database.execute(f"PRAGMA user_version = {number - 1}")
        database.commit()
    store = await open_store()
    async with store.work() as work:
        found = await work.sign_ins.find("secret")
        assert found is not None
        assert await work._session.rows("SELECT * FROM links") == []
    assert (found.id, found.person_id, found.ends_at) == (7, person, ends)
    assert (found.begun, found.device, found.proved) == ("2027-01-02", "Chrome", 5)
