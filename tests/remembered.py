"""What is remembered beside the database, held against what it stands for."""

import json
from typing import Any

from bot.context.services import Services
from bot.exercises.run_json import from_json
from storage.records.repository import Records
from storage.store import Store, UnitOfWork


async def assert_remembered_rightly(store: Store, services: Services | None = None) -> None:
    """Read anew whatever is remembered; each piece must be what the database says."""
    for id, (state, run) in services.run_cache._runs.items() if services else ():
        assert from_json(run.exercise, id, json.loads(json.dumps(state))) == run, "a run is another than its state says"
    memory = store._caches
    caches, waiting = memory._by_name, memory.in_flight._waiting
    memory._by_name = {}
    try:
        async with store.work() as work:
            all_of_them = (getattr(work, name) for name in vars(UnitOfWork))
            repositories = {r.table.name: r for r in all_of_them if isinstance(r, Records) and r.cached}
            repositories["organisations"] = work.members._organisations
            repositories["copy_blocks"] = work.chat_copies.blocks
            for name, cache in caches.items():
                anew: dict[Any, Any]
                match name.split():
                    case ["kept", "chats"]:
                        anew = {at: await work.chat_copies._kept() for at in cache}
                    case ["signed", "in"]:
                        anew = {at: await work.sign_ins._all() for at in cache}
                    case ["sheets"]:
                        anew = {at: {(a.question, a.item): a for a in await work.answers.of_owner(*at)} for at in cache}
                    case [table]:
                        anew = {id: await repositories[table].lookup(id) for id in cache}
                    case [table, "of", column]:
                        anew = {at: [one.id for one in await repositories[table]._all_of(column, at)] for at in cache}
                    case [table, "by", index]:
                        anew = {at: await _id_by(repositories[table], index, at) for at in cache}
                assert anew == cache, f"{name} is remembered otherwise than it is"
            queued = await work._session.rows("SELECT id, chat FROM outbox WHERE state = 'queued'")
            chats = [row["chat"] for row in queued if row["id"] not in memory.in_flight.on_its_way]
            for id, item in memory.in_flight._at_hand.items():
                now = await work.outbox.lookup(id)
                assert now is None or now == item or now.state != "queued", "what is at hand is another"
            assert waiting is None or waiting == {chat: chats.count(chat) for chat in chats}, "what waits is another"
    finally:
        memory._by_name = caches


async def _id_by(records: Records[Any], index: str, at: Any) -> int | None:
    """The id of a record by what it is looked up by: `by_<index>`, or `find` where that takes two."""
    found = await (records.find(*at) if isinstance(at, tuple) else getattr(records, f"by_{index}")(at))  # type: ignore[attr-defined]
    return found.id if found else None
