"""The outbox: in order, each once, edits where they belong."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.records.message_notes import MessageContext
from storage.records.outbox import Outbox
from storage.records.records import Attachment, OutboxKind, group_chat, private_chat
from storage.store import Store
from tests.remembered import assert_remembered_rightly
from tests.storage.conftest import START, Clock, make_group

CHATS = [private_chat(n) for n in (1, 2, 3)]
actions = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(CHATS), st.integers(0, 2)),
    st.tuples(st.just("send"), st.integers(1, 3)),
    st.tuples(st.just("retry"), st.integers(1, 3)),
    st.tuples(st.just("fail"), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.integers(0, 3)),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(actions, max_size=30))
async def test_order_is_kept_in_each_chat(store: Store, story: list[tuple[Any, ...]]) -> None:
    """Whatever is sent, retried or given up, each chat hears its messages in the order they were said, none twice."""
    async with store.work() as work:
        work._session.write("DELETE FROM outbox")
    now = START
    heard: dict[str, list[int]] = {chat: [] for chat in CHATS}
    waiting: dict[str, list[tuple[int, datetime]]] = {chat: [] for chat in CHATS}
    rank: dict[int, int] = {}
    for action in story:
        async with store.work() as work:
            match action:
                case ("put", chat, priority):
                    id = await work.outbox.put(chat, OutboxKind.MESSAGE, {"text": "hej"}, about=None, priority=priority)
                    waiting[chat].append((id, START))
                    rank[id] = priority
                case ("wait", minutes):
                    now += timedelta(minutes=minutes)
                case (what, limit):
                    items = await work.outbox.due(now, limit)
                    heads = [queue[0][0] for queue in waiting.values() if queue and queue[0][1] <= now]
                    expected = sorted(heads, key=lambda id: (-rank[id], id))[:limit]
                    assert [item.id for item in items] == expected
                    for item in items:
                        queue = waiting[item.chat]
                        if what == "send":
                            await work.outbox.sent(item.id, item.id)
                            heard[item.chat].append(queue.pop(0)[0])
                        elif what == "retry":
                            later = now + timedelta(minutes=2)
                            await work.outbox.retry(item.id, later)
                            queue[0] = (item.id, later)
                        else:
                            await work.outbox.failed(item.id, "forbidden")
                            queue.pop(0)
    assert all(ids == sorted(set(ids)) for ids in heard.values())
    async with store.work() as work:
        earliest = min((queue[0][1] for queue in waiting.values() if queue), default=None)
        assert await work.outbox.earliest() == earliest


async def test_urgent_goes_first(store: Store) -> None:
    """What is urgent overtakes what other chats wait for, and not what its own chat was told before."""
    async with store.work() as work:
        ids = [
            await work.outbox.put(chat, OutboxKind.MESSAGE, {}, about=None, priority=priority)
            for chat, priority in ((CHATS[0], 0), (CHATS[1], 0), (CHATS[2], 5), (CHATS[0], 9))
        ]
        assert [item.id for item in await work.outbox.due(START, 1)] == [ids[2]]
        assert [item.id for item in await work.outbox.due(START, 9)] == [ids[2], ids[0], ids[1]]


async def test_nothing_waits_for_ever(store: Store) -> None:
    """What has waited too long has its share of the calls, whatever of higher priority other chats wait for."""
    async with store.work() as work:
        outbox = work.outbox
        reminder = await outbox.put(CHATS[0], OutboxKind.MESSAGE, {}, about=None, priority=-1)
        answer = await outbox.put(CHATS[1], OutboxKind.MESSAGE, {}, about=None, priority=1)
        soon, later = START + timedelta(seconds=2), START + timedelta(seconds=3)
        assert [item.id for item in await outbox.due(soon, 1, longest=1)] == [answer]
        assert [item.id for item in await outbox.due(later, 1, longest=0)] == [answer]
        assert [item.id for item in await outbox.due(later, 1, longest=1)] == [reminder]
        assert [item.id for item in await outbox.due(later, 2, longest=1)] == [reminder, answer]
        assert [item.id for item in await outbox.due(later, 2, [CHATS[0]], longest=2)] == [answer]


async def test_blocked_chat_is_given_up_whole(store: Store) -> None:
    """When a person has blocked the bot, all that waits for them is given up at once, and for nobody else."""
    for chat in (CHATS[0], CHATS[0], CHATS[1]):
        async with store.work() as work:
            await work.outbox.put(chat, OutboxKind.MESSAGE, {"text": "hej"}, about=None)
    async with store.work() as work:
        first, _ = await work.outbox.due(START, 9)
        await work.outbox.failed(first.id, "blocked", whole_chat=True)
    async with store.work() as work:
        assert [item.chat for item in await work.outbox.due(START, 9)] == [CHATS[1]]
        assert await work.outbox.due(START, 9, exclude_chats=[CHATS[1]]) == []


async def test_files_go_along_and_go_away(store: Store) -> None:
    """A document is there until it is sent, and not longer."""
    async with store.work() as work:
        sheet = Attachment("document", "blad.pdf", b"%PDF".ljust(5000, b"."))
        await work.outbox.put(CHATS[0], OutboxKind.DOCUMENT, {}, about=None, files=[sheet])
    async with store.work() as work:
        (item,) = await work.outbox.due(START, 1)
        assert item.with_files
        assert await work.outbox.files(item.id) == [sheet]
        await work.outbox.sent(item.id, 50)
        assert await work._session.rows("SELECT * FROM attachments") == []


async def test_what_is_done_is_pruned(store: Store, clock: Clock) -> None:
    """What was given up is deleted in time; messages that can be replied to are kept.

    What asks for nothing more goes at once in a private chat: that somebody was told something, and when, names people.
    """
    async with store.work() as work:
        ids = [
            await work.outbox.put(CHATS[0], OutboxKind.MESSAGE, {}, about=None),
            await work.outbox.put(CHATS[1], OutboxKind.MESSAGE, {}, about=None, slot="card"),
            await work.outbox.put(CHATS[2], OutboxKind.MESSAGE, {}, about=None),
        ]
        await work.outbox.sent(ids[0], 50)
        await work.outbox.sent(ids[1], 51)
        await work.outbox.failed(ids[2], "forbidden")
        await work.outbox.prune(START - timedelta(days=1))
        assert len(await work._session.rows("SELECT * FROM outbox")) == 2
        await work.outbox.prune(clock.wind(days=1))
        assert [row["id"] for row in await work._session.rows("SELECT id FROM outbox")] == [ids[1]]


async def test_sent_long_ago_is_forgotten(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent long ago goes, batch by batch; the newest of each card in a group stays, and so does what waits."""
    monkeypatch.setattr("storage.records.outbox.BATCH", 3)
    async with store.work() as work:
        group, _ = await make_group(work, -1)
        chat, sent = group_chat(group.id), {}
        for number in range(20):
            for where, slot in ((chat, "card"), (chat, "status"), (CHATS[1], "visit:1"), (chat, None)):
                id = await work.outbox.put(
                    where, OutboxKind.MESSAGE, {}, about=group.id, slot=slot, context=MessageContext(1)
                )
                await work.outbox.sent(id, number + 1)
                sent[where, slot] = id
        waits = await work.outbox.put(
            CHATS[2], OutboxKind.MESSAGE, {}, about=None, not_before=clock.now + timedelta(days=999)
        )
    clock.wind(days=300)
    async with store.work() as work:
        late = await work.outbox.put(
            CHATS[1], OutboxKind.MESSAGE, {}, about=None, slot="visit:2", context=MessageContext(2)
        )
        await work.outbox.sent(late, 99)
    before = clock.wind(days=100) - timedelta(days=365)
    rounds, place = 0, await store_prune(store, before, 0)
    while place is not None:
        rounds, place = rounds + 1, await store_prune(store, before, place)
    assert rounds > 20
    async with store.work() as work:
        left = {row["id"] for row in await work._session.rows("SELECT id FROM outbox")}
        assert left == {sent[chat, "card"], sent[chat, "status"], waits, late}
        card = await work.outbox.latest(chat, "card")
        assert card is not None
        assert card.message_id == 20


async def store_prune(store: Store, before: datetime, place: int) -> int | None:
    """Forget one batch, in a transaction of its own."""
    async with store.work() as work:
        return await work.outbox.prune_sent(before, place)


async def test_an_outcome_after_the_erasure(store: Store) -> None:
    """A message on its way when its group is erased does no harm when it arrives."""
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        for chat in (group_chat(group.id), private_chat(member.person_id)):
            await work.outbox.put(chat, OutboxKind.MESSAGE, {"text": "hej"}, about=group.id, slot="card")
    async with store.work() as work:
        one, other = await work.outbox.due(START, 9)
    async with store.work() as work:
        await work.groups.erase(group.id)
    async with store.work() as work:
        await work.outbox.sent(one.id, 50)
        await work.outbox.retry(other.id, START)
        await work.outbox.failed(other.id, "forbidden")
        assert await work.outbox.due(START, 9) == []


async def test_words_of_a_group_are_sealed_with_its_key(store: Store) -> None:
    """Whatever carries a group's words goes with the group when it is erased, also where an edit brought them in."""
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        private = private_chat(member.person_id)
        await work.outbox.put(group_chat(group.id), OutboxKind.MESSAGE, {"text": "ett"}, about=None)
        await work.outbox.put(private, OutboxKind.EDIT, {"text": "ett"}, about=None, message_id=7)
        await work.outbox.put(private, OutboxKind.EDIT, {"text": "två"}, about=group.id, message_id=7)
        await work.outbox.put(private_chat(99), OutboxKind.MESSAGE, {"text": "ett"}, about=None)
        await work.groups.erase(group.id)
        assert [item.chat for item in await work.outbox.due(START, 9)] == [private_chat(99)]


async def test_what_waits_is_known(store: Store, clock: Clock) -> None:
    """Whatever is queued, sent, tried again, given up or undone: that nothing waits in a chat is believed rightly."""
    luck = random.Random(7)
    async with store.work() as work:
        group, _ = await make_group(work, -5)
    chats = [group_chat(group.id), "p:1", "p:2"]
    context = MessageContext(1)
    known = at_hand = 0
    for number in range(400):
        try:
            async with store.work() as work:
                back = luck.sample(sorted(store._caches.in_flight.on_its_way), len(store._caches.in_flight.on_its_way))
                for _ in range(luck.randint(1, 4)):
                    await _something(work.outbox, back, luck.choice(chats), luck, clock.wind(seconds=1))
                await work.outbox.put(
                    luck.choice(chats), OutboxKind.EDIT, {"text": "x"}, about=None, slot="s", message_id=number + 1,
                    context=context,
                )  # fmt: skip
                if luck.random() < 0.1:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        known += store._caches.in_flight.waits("p:1") is not None
        at_hand += len(store._caches.in_flight._at_hand)
        await assert_remembered_rightly(store)
    assert known > 100, "it is known at all"
    assert at_hand > 100, "something is at hand at all"


async def test_ids_of_four_digits(store: Store) -> None:
    """The thousandth message is sent as the first was. (SQLite took the bytes of a list of one such id for its own
    binary JSON.)"""
    store._caches._last_ids["outbox"] = 1233
    async with store.work() as work:
        await work.outbox.put(private_chat(1), OutboxKind.MESSAGE, {"text": "ett"}, about=None)
    async with store.work() as work:
        assert [item.id for item in await work.outbox.due(START, 9)] == [1234]
    store._caches.in_flight.forget()
    async with store.work() as work:
        await work.outbox.put(
            private_chat(1),
            OutboxKind.EDIT,
            {"text": "två"},
            about=None,
            slot="a",
            message_id=5,
            context=MessageContext(1),
        )
        assert await work.people.prefetch("user_id", [1234]) == []


async def _something(outbox: Outbox, back: list[int], chat: str, luck: random.Random, now: datetime) -> None:
    """One of the things that happen to an outbox; something comes once of each item that is on its way (`back`)."""
    match luck.randint(0, 6):
        case 0 | 1:
            await outbox.put(chat, OutboxKind.MESSAGE, {"text": "x"}, about=None, slot=luck.choice(["s", None]))
        case 2:
            busy = [item.chat for item in outbox._caches.in_flight.on_its_way.values()]
            await outbox.due(now, luck.randint(1, 3), busy)
        case 3 if back:
            await outbox.sent(back.pop(), luck.randint(1, 9))
        case 4 if back:
            await outbox.retry(back.pop(), now)
        case 5 if back:
            await outbox.failed(back.pop(), "refused", whole_chat=luck.random() < 0.3)
        case 6:
            waiting = await outbox._session.row("SELECT id FROM outbox WHERE state = 'queued' ORDER BY id DESC")
            if waiting and luck.random() < 0.3:
                await outbox.sent(waiting["id"], luck.randint(1, 9))
