"""The sender: everything that is to be said is said, in order, and nobody waits for anybody else."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram.network import BrokenOff, NotSent
from storage.errors import DiskFull
from storage.records.message_notes import AnswerNote, MessageContext, Purpose
from storage.records.records import OutboxKind
from tests.durability.conftest import PostOffice, raising


# -- in order, and side by side ----------------------------------------------------------------------------------------
async def test_order_within_a_chat(office: PostOffice) -> None:
    """Messages to one person arrive in the order in which they were said, whatever happens on the way."""
    alva = await office.person()
    said = [f"Nummer {n}" for n in range(12)]
    for text in said:
        await office.put(alva, text)
    office.line.trouble(alva.user_id, raising(RetryAfter, 3))
    office.line.trouble(alva.user_id, raising(NetworkError, "Bad Gateway"), times=2)
    await office.send(60)
    assert office.texts(alva) == said


async def test_a_chat_that_hangs_holds_up_no_other(office: PostOffice) -> None:
    """While Telegram does not answer about one chat, all others get theirs."""
    slow, *others = [await office.person(f"Person {n}") for n in range(6)]
    answer = office.line.hold(slow.user_id)
    for person in (slow, *others):
        await office.put(person, "Hej")
    await office.bot.sender.round()
    for call in [c for chat, c in office.bot.sender._calls.items() if chat != f"p:{slow.id}"]:
        await call
    await office.put(others[0], "Hej igen")
    await office.bot.sender.round()
    await office.bot.sender._calls[f"p:{others[0].id}"]
    assert office.texts(slow) == []
    assert office.texts(others[0]) == ["Hej", "Hej igen"]
    assert all(office.texts(person) for person in others)
    answer.set()
    await office.send()
    assert office.texts(slow) == ["Hej"]


async def test_a_chat_that_hangs_hides_no_other(office: PostOffice) -> None:
    """A message that has been asked to wait is looked at in time also while a call about another chat hangs."""
    slow, other = await office.person("Alva"), await office.person("Bo")
    answer = office.line.hold(slow.user_id)
    await office.put(slow, "Hej")
    await office.put(slow, "Hej igen")
    office.line.trouble(other.user_id, raising(RetryAfter, 3))
    await office.put(other, "Hej")
    await office.bot.sender.round()
    await office.bot.sender._calls[f"p:{other.id}"]
    began = office.sandbox.now()
    while not office.texts(other) and office.sandbox.now() - began < timedelta(seconds=6):
        wait = await office.bot.sender.round()
        office.sandbox.wind(60 if wait is None else max(wait, 0.1))
        if (call := office.bot.sender._calls.get(f"p:{other.id}")) is not None:
            await call
    assert office.texts(other) == ["Hej"]
    assert office.sandbox.now() - began < timedelta(seconds=8)
    answer.set()
    await office.send(10)


async def test_telegram_asks_one_chat_to_wait(office: PostOffice) -> None:
    """When Telegram asks us to wait with one chat (429) that one waits so long, and the others not at all."""
    alva, bo = await office.person("Alva"), await office.person("Bo")
    office.sandbox.wind(0.9)  # the outbox keeps whole seconds
    office.line.trouble(alva.user_id, raising(RetryAfter, 30))
    await office.put(alva, "Hej")
    await office.put(bo, "Hej")
    await office.send(1)
    assert (office.texts(alva), office.texts(bo)) == ([], ["Hej"])
    await office.send(60)
    assert office.texts(alva) == ["Hej"]
    first, second = office.line.times(alva.user_id)
    assert 30 <= second - first < 32


# -- trouble -----------------------------------------------------------------------------------------------------------
async def test_blocked_by_a_person(office: PostOffice) -> None:
    """Somebody who has blocked the bot is marked unreachable, what waits for them is given up, and others hear."""
    alva, bo = await office.person("Alva"), await office.person("Bo")
    office.sandbox.act(alva.user_id, "block_bot")
    items = [await office.put(alva, f"Nummer {n}") for n in range(5)]
    await office.put(bo, "Hej")
    await office.send(3600)
    assert len(office.line.times(alva.user_id)) == 1
    assert [(await office.item(id)).error for id in items] == ["blocked"] * 5
    assert office.texts(bo) == ["Hej"]
    async with office.bot.store.work() as work:
        assert (await work.people.get(alva.id)).reach == "blocked"


async def test_many_have_blocked(office: PostOffice) -> None:
    """When every third of fifty people has blocked the bot, all others get theirs, and nobody is tried again."""
    people = [await office.person(f"Person {n}") for n in range(50)]
    for person in people[::3]:
        office.sandbox.act(person.user_id, "block_bot")
    for text in ("Hej", "Hej igen"):
        for person in people:
            await office.put(person, text)
    await office.send(3600)
    blocked = {person.id for person in people[::3]}
    for person in people:
        assert office.texts(person) == ([] if person.id in blocked else ["Hej", "Hej igen"])
        assert len(office.line.times(person.user_id)) == (1 if person.id in blocked else 2)


async def test_thrown_out_of_a_group(office: PostOffice) -> None:
    """A group that has thrown the bot out waits for it to come back; nothing more is sent there."""
    group = await office.group()
    await office.put(group, "Hej")
    await office.put(group, "Hej igen")
    office.sandbox.act(office.owner(group), "remove_bot", chat=group.chat_id)
    await office.send(3600)
    assert len(office.line.times(group.chat_id)) == 1
    async with office.bot.store.work() as work:
        assert (await work.groups.get(group.id)).state == "away"


@pytest.mark.parametrize(("kind", "message"), [(NetworkError, "Bad Gateway"), (BrokenOff, "ServerDisconnectedError")])
async def test_tried_again_ever_more_seldom(office: PostOffice, kind: type[NetworkError], message: str) -> None:
    """While Telegram is away or the connection is lost, a message is tried again, each time after a longer pause."""
    alva = await office.person()
    office.line.trouble(alva.user_id, raising(kind, message), times=6)
    await office.put(alva, "Hej")
    await office.send(600)
    assert office.texts(alva) == ["Hej"]
    times = office.line.times(alva.user_id)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == sorted(pauses)
    assert [round(pause) for pause in pauses] == [1, 2, 5, 10, 30, 60]


async def test_a_call_that_always_fails_is_given_up(office: PostOffice) -> None:
    """A message that Telegram fails at for a day does not keep its chat waiting for ever."""
    alva = await office.person()
    office.line.trouble(alva.user_id, raising(NetworkError, "Internal Server Error"), times=301)
    first = await office.put(alva, "Hej")
    await office.put(alva, "Hej igen")
    await office.send(86_400)
    assert office.texts(alva) == []
    await office.send(86_400)
    assert office.texts(alva) == ["Hej igen"]
    assert (await office.item(first)).state == "failed"


@pytest.mark.parametrize("times", [1, 2, 9])
async def test_delivered_but_no_answer(office: PostOffice, times: int) -> None:
    """A message that Telegram took without telling us so (time-out) comes twice at most, and the next one goes on."""
    alva = await office.person()
    office.line.trouble(alva.user_id, TimedOut, times=times, done=True)
    await office.put(alva, "Hej")
    await office.send(300)
    await office.put(alva, "Nästa")
    await office.send(300)
    assert office.texts(alva).count("Hej") == 2
    assert office.texts(alva)[-1] == "Nästa"


async def test_waiting_does_not_count_as_a_copy(office: PostOffice) -> None:
    """A time-out after many refusals still is the first one: the message is sent once more."""
    alva = await office.person()
    office.line.trouble(alva.user_id, raising(RetryAfter, 1), times=5)
    office.line.trouble(alva.user_id, TimedOut)
    await office.put(alva, "Hej")
    await office.send(300)
    assert office.texts(alva) == ["Hej"]


@pytest.mark.parametrize("error", [TimedOut, raising(BrokenOff, "ServerDisconnectedError")])
@pytest.mark.parametrize("done", [True, False])
async def test_a_reminder_never_comes_twice(office: PostOffice, error: type[TelegramError], done: bool) -> None:
    """A reminder that may have arrived is not sent again."""
    alva = await office.person()
    office.line.trouble(alva.user_id, error, done=done)
    await office.put(alva, "Påminnelse", context=MessageContext(once=True))
    await office.put(alva, "Nästa")
    await office.send(300)
    assert office.texts(alva) == (["Påminnelse"] if done else []) + ["Nästa"]


@pytest.mark.parametrize("error", [raising(RetryAfter, 2), raising(NetworkError, "Bad Gateway"), raising(NotSent, "")])
async def test_a_reminder_that_was_not_taken_is_sent(office: PostOffice, error: Callable[[], TelegramError]) -> None:
    """A reminder that cannot have arrived is tried again until it has."""
    alva = await office.person()
    office.line.trouble(alva.user_id, error, times=3)
    await office.put(alva, "Påminnelse", context=MessageContext(once=True))
    await office.send(300)
    assert office.texts(alva) == ["Påminnelse"]


async def test_a_question_to_telegram_is_asked_until_answered(office: PostOffice) -> None:
    """A call that only asks or edits is repeated after any number of time-outs, since that does no harm."""
    group = await office.group()
    office.line.trouble(group.chat_id, TimedOut, times=5)
    question = {"question": "administrators"}
    async with office.bot.store.work() as work:
        item = await work.outbox.put(f"g:{group.id}", OutboxKind.ASK, question, about=group.id)
    await office.send(300)
    assert (await office.item(item)).state == "sent"


async def test_an_exception_of_any_kind(office: PostOffice) -> None:
    """A call that raises something unforeseen is given up, and the chat goes on."""
    alva = await office.person()
    office.line.trouble(alva.user_id, lambda: RuntimeError("unforeseen"))
    item = await office.put(alva, "Hej")
    await office.put(alva, "Nästa")
    await office.send(60)
    assert office.texts(alva) == ["Nästa"]
    assert (await office.item(item)).state == "failed"


async def test_an_answer_that_nobody_can_take(office: PostOffice) -> None:
    """A fault in what is done with Telegram's answer neither stops the sender nor asks Telegram again and again."""
    group = await office.group()
    async with office.bot.store.work() as work:
        item = await work.outbox.put(
            f"g:{group.id}",
            OutboxKind.ASK,
            {"question": "administrators"},
            about=None,
            reply=AnswerNote("nonsense", group.id),  # type: ignore[arg-type] # as another version may have noted
        )
    await office.put(group, "Nästa")
    await office.send(60)
    assert (await office.item(item)).state == "sent"
    assert office.texts(group) == ["Nästa"]
    assert len(office.line.times(group.chat_id)) == 2


async def test_an_answer_that_cannot_be_read(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question whose answer makes no sense is asked again; a message that has arrived is not sent again for that."""
    alva, group = await office.person(), await office.group()
    call, strange = office.line.call, [{"user": {}}, {"result": "?"}]

    async def garbled(method: str, *rest: Any) -> Any:
        found = await call(method, *rest)
        return strange.pop() if strange else found

    monkeypatch.setattr(office.line, "call", garbled)
    pin, asked = AnswerNote(Purpose.PIN, group.id), AnswerNote(Purpose.ROLL, group.id, member=1)
    await office.put(alva, "Hej", reply=pin)
    await office.send(60)
    async with office.bot.store.work() as work:
        question = {"question": "member", "user": office.owner(group)}
        item = await work.outbox.put(f"g:{group.id}", OutboxKind.ASK, question, about=group.id, reply=asked)
    await office.send(60)
    assert office.texts(alva) == ["Hej"]
    assert (await office.item(item)).state == "sent"
    assert len(office.line.times(group.chat_id)) == 2


async def test_a_group_erased_meanwhile(office: PostOffice) -> None:
    """A group that is erased while something is on its way to it does not disturb the sender, whatever comes of it."""
    bo = await office.person("Bo")
    for error in (None, raising(Forbidden, "bot was kicked from the group chat"), raising(BadRequest, "no"), TimedOut):
        group = await office.group()
        if error is not None:
            office.line.trouble(group.chat_id, error)
        answer = office.line.hold(group.chat_id)
        await office.put(group, "Hej", slot="card")
        await office.bot.sender.round()
        async with office.bot.store.work() as work:
            await work.groups.erase(group.id)
        answer.set()
        await office.put(bo, "Hej")
        await office.send(60)
        async with office.bot.store.work() as work:
            assert (await work.groups.get(group.id)).state == "erased"
    assert office.texts(bo) == ["Hej"] * 4


async def test_disk_full(office: PostOffice) -> None:
    """While nothing can be written down nothing is sent; what was on its way is written down when there is room again,
    and not sent a second time."""
    alva, bo = await office.person("Alva"), await office.person("Bo")
    await office.put(alva, "Hej")
    await office.put(bo, "Hej")
    answer = office.line.hold(alva.user_id)
    await office.bot.sender.round()
    store = office.bot.store
    await store._connection.run([("PRAGMA query_only = ON", ())])
    answer.set()
    await office.bot.sender._calls[f"p:{alva.id}"]
    with pytest.raises(DiskFull):
        await office.bot.sender.round()
    await store._connection.run([("PRAGMA query_only = OFF", ())])
    await office.send(60)
    assert (office.texts(alva), office.texts(bo)) == (["Hej"], ["Hej"])
    assert len(office.line.calls) == 2


async def test_what_is_held_up_goes_when_the_channel_is_back(office: PostOffice) -> None:
    """After an outage the first success anywhere wakes all chats that wait for it; nobody waits five minutes more."""
    group, alva, bo = await office.person("Gruppen"), await office.person("Alva"), await office.person("Bo")
    for person in (group, alva):
        await office.put(person, "Svaren")
        office.line.trouble(person.user_id, raising(NetworkError, "Bad Gateway"), times=7)
    await office.send(130)
    assert (office.texts(group), office.texts(alva)) == ([], [])
    await office.put(bo, "Hej")
    await office.send(1)
    assert (office.texts(bo), office.texts(group), office.texts(alva)) == (["Hej"], ["Svaren"], ["Svaren"])


async def test_what_fails_by_itself_is_not_hurried_for_ever(office: PostOffice) -> None:
    """A chat that alone does not get through is tried once more when others do, and then waits as before."""
    lonely, bo = await office.person("Alva"), await office.person("Bo")
    await office.put(lonely, "Hej")
    office.line.trouble(lonely.user_id, raising(NetworkError, "Bad Gateway"), times=9)
    for _ in range(12):
        await office.put(bo, "Hej")
        await office.send(1)
    assert len(office.line.times(lonely.user_id)) < 7  # at 0, 1, 3 and 8 seconds, and once because another got through
