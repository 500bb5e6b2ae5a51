"""Telegram's limits: never beyond them, and near them when there is much to say."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from telegram.error import Forbidden, RetryAfter

from bot.channel.updates import Sender
from bot.context.context import Context
from bot.context.sealed_actions import Action
from bot.features.members import joining
from storage.records.records import Group, Person
from tests.durability.conftest import PostOffice, raising
from tests.durability.process import until

SECONDS = 60


async def test_many_chats(office: PostOffice) -> None:
    """Messages to many people at once go out at nearly 30 a second, with not one refusal for going too fast."""
    people = [await office.person(f"Person {n}") for n in range(150)]
    for round_ in range(4):
        for person in people:
            await office.put(person, f"Nummer {round_}")
    began = office.sandbox.now()
    await office.send(SECONDS)
    last = max(at for at, _, _ in office.line.calls)
    assert office.bot.sender.outcomes == {"sent": 600}
    assert all(office.texts(person) == [f"Nummer {n}" for n in range(4)] for person in people)
    per_second = Counter(int(at) for at, _, _ in office.line.calls)
    assert max(per_second.values()) <= 30
    assert 600 / (last - began.timestamp()) > 29


async def test_one_chat_of_each_kind(office: PostOffice) -> None:
    """A person gets a message a second after a short burst, a group 18 in a minute, and nobody is refused."""
    person, group = await office.person(), await office.group()
    for n in range(80):
        await office.put(person, f"Nummer {n}")
        await office.put(group, f"Nummer {n}")
    await office.send(SECONDS - 1)
    assert set(office.bot.sender.outcomes) == {"sent"}
    assert SECONDS - 1 <= len(office.texts(person)) <= SECONDS + 5
    assert len(office.texts(group)) == 18
    await office.send(5 * SECONDS)
    assert set(office.bot.sender.outcomes) == {"sent"}
    assert office.texts(person) == office.texts(group) == [f"Nummer {n}" for n in range(80)]


async def follow_the_link(office: PostOffice, group: Group, name: str) -> Person:
    """Somebody in a group's chat follows its link."""
    person = await office.person(name)
    office.sandbox.act(person.user_id, "join", chat=group.chat_id)
    office.sandbox.world.updates.clear()
    async with office.bot.store.work() as work:
        ctx = Context(office.bot.services, work, office.sandbox.now())
        link = Action("join", group.id, group.settings.link)
        await joining.follow_join(ctx, person, link, Sender(person.user_id, name, known=True))
    return person


async def test_joining_does_not_wait_for_the_group(office: PostOffice) -> None:
    """Whoever follows the link is met at once, though the group's own chat has minutes of messages to come."""
    group = await office.group()
    for n in range(80):
        await office.put(group, f"Nummer {n}")
    await office.send(1)
    cia = await follow_the_link(office, group, "Cia")
    await office.send(1)
    assert "Jag sparar namn, svar och hur jag når dig" in office.texts(cia)[-1]
    assert len(office.texts(group)) < 18


async def test_a_question_that_cannot_be_asked(office: PostOffice) -> None:
    """Where the bot has been thrown out of the chat, the one who asks gets an answer, and has not blocked anybody."""
    group = await office.group()
    office.line.trouble(group.chat_id, raising(Forbidden, "bot was kicked from the group chat"))
    cia = await follow_the_link(office, group, "Cia")
    await office.send(1)
    assert "Telegram säger inte om du är med i" in office.texts(cia)[-1]
    async with office.bot.store.work() as work:
        assert (await work.people.get(cia.id)).reach == "reachable"


async def test_short_burst(office: PostOffice) -> None:
    """A dialogue does not stutter: a few messages to one person go at once."""
    person = await office.person()
    for n in range(4):
        await office.put(person, f"Nummer {n}")
    await office.send()
    assert len(office.texts(person)) == 4


async def test_a_busy_town_with_trouble(office: PostOffice) -> None:
    """With lost connections, errors and refusals at random, everything is sent all the same, in order in each chat."""
    people = [await office.person(f"Person {n}") for n in range(20)]
    for fault, chance in (("drop_before", 0.05), ("error", 0.05), ("flood", 0.02)):
        office.sandbox.faults.add(fault, probability=chance, methods=("sendMessage",))
    said = [f"Nummer {n}" for n in range(10)]
    for text in said:
        for person in people:
            await office.put(person, text)
    await office.send(600)
    assert all(office.texts(person) == said for person in people)
    assert office.bot.sender.outcomes["wait"] > 0


@pytest.mark.parametrize("waiting", [1, 300])
async def test_one_slow_chat_slows_nobody(office: PostOffice, waiting: int) -> None:
    """A chat that Telegram asks us to leave alone for a while costs the others nothing of their speed."""
    slow, *others = [await office.person(f"Person {n}") for n in range(60)]
    office.line.trouble(slow.user_id, raising(RetryAfter, waiting))
    for person in (slow, *others):
        await office.put(person, "Hej")
    await office.send(3)
    assert all(office.texts(person) == ["Hej"] for person in others)


@pytest.mark.parametrize("turns", range(6))
async def test_can_always_be_cancelled(office: PostOffice, turns: int) -> None:
    """The sender ends when it is told to, also when something to send comes in that very moment."""
    person = await office.person()
    await office.put(person, "Hej")
    await office.put(person, "Hej i morgon", not_before=office.sandbox.now() + timedelta(days=1))
    running = asyncio.create_task(office.bot.sender.run())
    await until(office.sandbox, lambda: bool(office.texts(person)))
    await asyncio.sleep(0.05)  # until it waits for tomorrow
    office.bot.sender.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
