"""Updates of every shape that no Telegram ever sent: none stops the intake, and none harms what comes after it.

The usual run takes some thousands, `STADSBOT_TEST_FUZZ=1000000` a million.
"""

import copy
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.demo.town import GROUP, Town
from tests.durability.test_faults import at_work, story

MANY = int(os.environ.get("STADSBOT_TEST_FUZZ", "3000"))
BATCH = 50
SAMPLE = 400  # of the updates of a real conversation
JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        3.5,
        2**31,
        2**63,
        -(2**63),
        2**64,
        10**40,
        "",
        " ",
        "0",
        "hej",
        "/start",
        "å" * 5000,
    ),
    *("\ud83d", "\x00", "\u202etxet", [], [None], [[]], {}, {"id": None}, {"id": 10**30}, {"type": "private"}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a piece of JSON."""
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for name, child in children:
        yield (*path, name)
        yield from places(child, (*path, name))


def mutated(update: Mapping[str, Any], luck: random.Random, others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The update with one to three places put wrong: junk in them, gone, or with what stands elsewhere."""
    made: dict[str, Any] = copy.deepcopy(dict(update))
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        paths = [path for path in places(made) if path != ("update_id",)]
        if not paths:
            break
        *way, last = luck.choice(paths)
        place: Any = made
        for step in way:
            place = place[step]
        match luck.random():
            case chance if chance < 0.6:
                place[last] = copy.deepcopy(luck.choice(JUNK))
            case chance if chance < 0.8:
                del place[last]
            case _:
                other = luck.choice(others)
                place[last] = copy.deepcopy(other.get("message") or other)
    return made


async def conversation(played: Town) -> list[dict[str, Any]]:
    """The updates of a group at work."""
    taken: list[dict[str, Any]] = []
    take = played.bot.poller.take

    async def noted(updates: Sequence[dict[str, Any]], **more: Any) -> None:
        taken.extend(copy.deepcopy(updates))
        await take(updates, **more)

    played.bot.poller.take = noted  # type: ignore[method-assign]
    await story(played)
    await played.act("Bo", "send_photo", chat=played.person("Bo"))
    await played.act("Cia", "send_location", chat=played.person("Cia"))
    played.bot.poller.take = take  # type: ignore[method-assign]
    return taken[-SAMPLE:]


@pytest.mark.slow
async def test_any_update(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever an update looks like, it is taken or put aside, the next one is taken, and people are answered."""
    luck = random.Random(7)
    async with at_work(tmp_path) as played:
        sample = await conversation(played)
        kinds = {next(name for name in update if name != "update_id") for update in sample}
        assert kinds >= {"message", "callback_query"}
        intake = played.bot.poller
        for start in range(0, MANY, BATCH):
            batch = [mutated(luck.choice(sample), luck, sample) for _ in range(min(BATCH, MANY - start))]
            numbered = [{**update, "update_id": intake.offset + n} for n, update in enumerate(batch)]
            offset = intake.offset
            await intake.take(numbered)
            played.sandbox.wind(60)  # nobody writes so fast, and whoever does is told to wait
            assert intake.offset == offset + len(batch)
            if start % (20 * BATCH) == 0:
                await intake.settle()
                await played.bot.sender.drain()
        async with played.bot.store.work() as work:
            letters = len(await work.update_log.dead_letters())
            (sound,) = await work._session.rows("PRAGMA integrity_check")
            assert sound[0] == "ok"
        played.sandbox.world.updates.clear()
        played.sandbox.world.updates._next_id = intake.offset
        for name in ("Alva", "Bo", "Cia"):
            await played.write(name, "/start")
            assert name in played.last(name)
        await played.write("Bo", "/ring", chat=GROUP)
        assert "112" in played.last("Bo", GROUP)
    with capsys.disabled():
        print(f"\nfuzz: {MANY} updates, {letters} put aside, none unhandled")  # noqa: T201 - what it is run for
