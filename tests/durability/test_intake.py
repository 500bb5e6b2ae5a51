"""The intake: every update is taken once, whatever Telegram, the disk or the handlers do."""

import random
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import handlers
from bot.channel.outcomes import Away
from bot.channel.updates import Update, Written
from bot.context.context import Context
from bot.dispatch.polling import ANEW, LIMIT, TOGETHER
from storage.errors import DiskFull
from storage.records.records import Person
from tests.durability.conftest import PostOffice
from tests.durability.intake_loop import running, until, write

WORDS = "Zanzibarfyren"  # stands for what somebody wrote


# -- once, and in order ------------------------------------------------------------------------------------------------
async def test_served_again_and_in_any_order(office: PostOffice, alva: Person, heard: list[str]) -> None:
    """Updates that Telegram serves several times and in any order are taken once each, in the order they happened."""
    office.sandbox.faults.add("duplicate")
    office.sandbox.faults.add("reorder")
    luck, said = random.Random(1), [f"Nummer {n}" for n in range(60)]
    left = list(said)
    while left:
        count = luck.randint(1, 9)
        write(office, alva, *left[:count])
        del left[:count]
        await office.bot.poller.poll(0)
    for _ in range(3):
        await office.bot.poller.poll(0)
    assert heard == said
    await office.send(120)
    assert office.texts(alva) == [f"Du skrev: {text}" for text in said]


async def test_an_answer_that_was_lost_on_the_way(office: PostOffice, alva: Person, heard: list[str]) -> None:
    """Updates whose delivery broke off are served again, since they were not confirmed, and then taken."""
    write(office, alva, "Ett", "Två")
    office.sandbox.faults.add("drop_after", methods=("getUpdates",), times=1)
    with pytest.raises(Away):
        await office.bot.poller.poll(0)
    write(office, alva, "Tre")
    await office.bot.poller.poll(0)
    assert heard == ["Ett", "Två", "Tre"]


@pytest.mark.parametrize("jump", [-ANEW - 5, -700_000_000, 700_000_000])
async def test_telegram_counts_anew(office: PostOffice, alva: Person, heard: list[str], jump: int) -> None:
    """After a week of silence Telegram may number its updates from anywhere: they are taken as they come, once each."""
    write(office, alva, "Före")
    await office.bot.poller.poll(0)
    office.sandbox.world.updates.clear()
    office.sandbox.world.updates._next_id += jump
    for text in ("Efter", "Strax efter"):
        write(office, alva, text)
        (update,) = office.sandbox.pending(0)
        await office.bot.poller.take([update])
        await office.bot.poller.take([update])
        office.sandbox.world.updates.clear()
    assert heard == ["Före", "Efter", "Strax efter"]
    assert office.bot.poller.offset == update["update_id"] + 1


# -- dead letters ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["fel", "fel okänd"])
async def test_dead_letter(
    office: PostOffice,
    alva: Person,
    heard: list[str],
    kind: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An update that cannot be handled leaves nothing but a sealed copy; its sender is told, and others are taken."""
    bo = await office.person("Bo")
    write(office, alva, "Före", f"{kind} {WORDS}", "Efter")
    write(office, bo, "Hej")
    await office.bot.poller.poll(0)
    await office.send(60)
    assert heard == ["Före", "Efter", "Hej"]
    assert [text.split(".")[0] for text in office.texts(alva)] == [
        "Du skrev: Före",
        "Något gick fel hos mig när jag skulle ta emot det där",
        "Du skrev: Efter",
    ]
    assert office.texts(bo) == ["Du skrev: Hej"]
    async with office.bot.store.work() as work:
        (letter,) = await work.update_log.dead_letters()
        assert letter.raw["message"]["text"] == f"{kind} {WORDS}"
    assert any(record.levelname == "ERROR" for record in caplog.records)
    assert WORDS not in caplog.text
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or WORDS.encode() not in file.read_bytes()


async def test_dead_letter_from_a_tap(
    office: PostOffice, alva: Person, monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    """Whoever tapped a button that could not be handled is told in a notice, so that the button does not spin."""
    keys = {"keyboard": [[{"label": "Ja", "action": "yes"}]]}
    await office.put(alva, "Hej", content=keys)
    await office.send()

    async def handle(ctx: Context, what: Update) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.assembly.handlers.handle", handle)
    (message,) = office.shown(alva)
    office.sandbox.act(alva.user_id, "press", chat=alva.user_id, message_id=message.id, data="yes")
    await office.bot.poller.poll(0)
    await office.bot.poller.settle()
    (notice,) = office.sandbox.toasts
    assert notice["alert"]
    assert "Något gick fel" in notice["text"]
    assert heard == []


async def test_dead_letter_from_a_group(office: PostOffice, heard: list[str]) -> None:
    """A command that could not be handled is answered where it was written; talk that is none of ours is not."""
    group = await office.group()
    owner = office.owner(group)
    office.sandbox.privacy = False  # so that the talk comes at all
    office.sandbox.act(owner, "send_text", chat=group.chat_id, text="fel i vanligt prat")
    await office.bot.poller.poll(0)
    await office.send(60)
    assert office.texts(group) == []

    office.sandbox.act(owner, "send_text", chat=group.chat_id, text="/fel")
    await office.bot.poller.poll(0)
    await office.send(60)
    assert len(office.texts(group)) == 1
    assert heard == []


async def test_nothing_can_be_told_either(
    office: PostOffice, alva: Person, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when the sentence about a fault cannot be said, the update is put aside and the others are taken."""
    to_person = Context.to_person

    async def said(ctx: Context, person_id: int, name: str, *rest: Any, **more: Any) -> None:
        if name == "dead_letter":
            raise KeyError(name)
        await to_person(ctx, person_id, name, *rest, **more)

    monkeypatch.setattr(Context, "to_person", said)
    write(office, alva, "fel", "Efter")
    await office.bot.poller.poll(0)
    assert heard == ["Efter"]
    async with office.bot.store.work() as work:
        assert len(await work.update_log.dead_letters()) == 1


async def test_dead_letter_found_late(
    office: PostOffice, alva: Person, monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    """What the database refuses long after it was handed over is blamed on the one update that it came from."""
    handle = handlers.handle  # what the fixture has put there

    async def careless(ctx: Context, what: Update) -> None:
        await handle(ctx, what)
        if isinstance(what, Written) and what.text == "Två":
            ctx.work._session.write("INSERT INTO intake VALUES (1, 0, NULL)")

    monkeypatch.setattr("bot.assembly.handlers.handle", careless)
    write(office, alva, "Ett", "Två", "Tre")
    await office.bot.poller.poll(0)
    assert heard == ["Ett", "Tre"]
    async with office.bot.store.work() as work:
        assert [letter.raw["message"]["text"] for letter in await work.update_log.dead_letters()] == ["Två"]


async def test_what_is_damaged_about_one(office: PostOffice, alva: Person, heard: list[str]) -> None:
    """A record of one person's that cannot be read any more keeps nobody from being heard who has no need of it."""
    group, bo = await office.group(), await office.person("Bo")
    async with office.bot.store.work() as work:
        for person in (alva, bo):
            await work.members.add(group.id, person.id, "core")
    async with office.bot.store.work() as work:
        work._session.write("UPDATE members SET sealed = x'00' WHERE person_id = ?", (alva.id,))
        office.bot.store._caches.forget()
    write(office, alva, "Hej")
    write(office, bo, "Hej själv")
    await office.bot.poller.poll(0)
    assert heard == ["Hej", "Hej själv"]


async def test_half_a_character(office: PostOffice, alva: Person, heard: list[str]) -> None:
    """A text that is no text at all (half a surrogate pair) harms neither the intake nor what comes after it."""
    write(office, alva, "fel", "Efter")
    first, second = office.sandbox.pending(0)
    first["message"]["text"] = "fel \ud83d"
    await office.bot.poller.take([first, second])
    assert heard == ["Efter"]
    async with office.bot.store.work() as work:
        (letter,) = await work.update_log.dead_letters()
        assert (letter.update_id, letter.raw) == (first["update_id"], {})


# -- the disk ----------------------------------------------------------------------------------------------------------
async def test_disk_full(office: PostOffice, alva: Person, heard: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """While the disk is full nothing is taken and nothing confirmed to Telegram; with room again all is taken once."""
    store, offset = office.bot.store, office.bot.poller.offset
    long_ones = [f"Nummer {n} " + "mycket text " * 300 for n in range(40)]
    pages = (await store._connection.run([("PRAGMA page_count", ())]))[0][0]
    await store._connection.run([(f"PRAGMA max_page_count = {pages + 3}", ())])
    write(office, alva, *long_ones)
    with pytest.raises(DiskFull):
        await office.bot.poller.poll(0)
    assert (heard, office.bot.poller.offset) == ([], offset)
    assert len(office.sandbox.world.updates) == 40
    tries = 0

    def another() -> None:
        nonlocal tries
        tries += 1

    async with running(office, monkeypatch, another) as task:
        await until(task, lambda: tries >= 3)
        assert heard == []
        await store._connection.run([("PRAGMA max_page_count = 100000", ())])
        await until(task, lambda: len(heard) >= 40)
    assert heard == [text.strip() for text in long_ones]
    async with store.work() as work:
        assert await work.update_log.next_offset() == office.sandbox.world.updates._next_id
        assert await work.update_log.dead_letters() == []


async def test_commit_that_fails(
    office: PostOffice, alva: Person, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the very last step, the commit, fails, the offset stays where it was, as if the poll had never been."""
    write(office, alva, "Ett", "Två")
    run = office.bot.store._connection.call

    async def failing(function: Any, *arguments: Any) -> Any:
        if arguments and ("COMMIT", ()) in list(arguments[0]):
            raise DiskFull
        return await run(function, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(office.bot.store._connection, "call", failing)
        with pytest.raises(DiskFull):
            await office.bot.poller.poll(0)
    assert heard == []
    async with office.bot.store.work() as work:
        assert await work.update_log.next_offset() == office.bot.poller.offset == 0
        assert await work.outbox.due(office.sandbox.now(), 10) == []
    await office.bot.poller.poll(0)
    assert heard == ["Ett", "Två"]


async def test_a_large_poll_is_taken_in_parts(
    office: PostOffice, alva: Person, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a hundred updates that come at once in any order the first are not kept waiting for the last; a disk that is
    full in the midst of them loses none, and none is taken twice."""
    said = [f"Nummer {n}" for n in range(LIMIT)]
    write(office, alva, *said)
    office.sandbox.faults.add("reorder")
    transact, left = office.bot.poller._transact, [2]

    async def until_full(*arguments: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise DiskFull
        return await transact(*arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(office.bot.poller, "_transact", until_full)
        with pytest.raises(DiskFull):
            await office.bot.poller.poll(0)
    assert heard == said[: 2 * TOGETHER]
    await office.bot.poller.poll(0)
    assert heard == said


# -- muted -------------------------------------------------------------------------------------------------------------
async def test_muted_and_allowed_to_speak_again(office: PostOffice) -> None:
    """A group in which the bot may not write for a while is served again when it may, without being added anew."""
    group = await office.group(supergroup=True)
    owner = office.owner(group)
    office.sandbox.act(owner, "mute_bot", chat=group.chat_id)
    await office.bot.poller.poll(0)
    await office.put(group, "Ohört")
    await office.send(60)
    assert office.texts(group) == []
    office.sandbox.act(owner, "demote", chat=group.chat_id, who=office.sandbox.bot.id)
    await office.bot.poller.poll(0)
    await office.put(group, "Hört")
    await office.send(60)
    assert office.texts(group)[-1] == "Hört"
    async with office.bot.store.work() as work:
        assert (await work.groups.get(group.id)).state == "active"
