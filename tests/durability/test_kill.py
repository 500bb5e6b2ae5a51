"""The bot's real process is killed again and again in the midst of a busy conversation, and nobody notices."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.updates import FIRST_ID
from storage.records import Answer
from storage.store import Store, Work
from storage.vault import Keyring
from tests.durability.process import MASTER_KEY, BotProcess, bot_process, telegram_over_http, until
from tests.durability.resident import EACH, REGISTER, START, VOICE, Resident, all_of

KILLS = int(os.environ.get("STADSBOT_TEST_KILLS", "12"))
SEED = int(os.environ.get("STADSBOT_TEST_SEED", "1"))
GROUPS = {"Ettstad": ("Alva", "Bo", "Cia"), "Tvåstad": ("David", "Elin", "Farid")}


class Doubles:
    """Counts the messages that were sent, and those that came twice: the same words and keys as the one before."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sent, self.doubled = 0, 0
        self._last: dict[Any, Any] = {}
        self._call = sandbox.call
        sandbox.call = self._counted  # type: ignore[method-assign]

    def _counted(self, method: str, given: Any, **more: Any) -> Any:
        result = self._call(method, given, **more)
        if method == "sendMessage":
            said = given["text"], given.get("reply_markup")
            self.sent += 1
            self.doubled += self._last.get(given["chat_id"]) == said
            self._last[given["chat_id"]] = said
        return result


async def kill_now_and_then(bot: BotProcess, sandbox: Sandbox, luck: random.Random, enough: asyncio.Event) -> None:
    """Kill the process at random moments – after some time, or in the midst of the so-manieth call – and start it."""
    for _ in range(KILLS):
        if luck.random() < 0.4:
            await asyncio.sleep(luck.uniform(0, 2))
        else:
            calls = sandbox._call_count + luck.randint(1, 25)
            await until(sandbox, lambda calls=calls: sandbox._call_count >= calls)  # type: ignore[misc]
            await asyncio.sleep(luck.uniform(0, 0.01))
        assert bot.running, f"the bot has ended by itself:\n{bot.errors}"
        await bot.send(signal.SIGKILL)
        await bot.start()
    enough.set()


async def coordinate(person: Resident, all_in: asyncio.Barrier) -> None:
    """Join, begin both exercises, answer, and wait with handing in, so that the others can change theirs until then."""
    await person.join()
    await person.begin(EACH, START)
    await person.begin(REGISTER, VOICE.label("card.rows"))
    await person.answer()
    await all_in.wait()
    await person.hand_in_late()


async def take_part(person: Resident, all_in: asyncio.Barrier, enough: asyncio.Event) -> None:
    """Join, answer, hand in, and then add rows to the register and change answers until it is enough."""
    await person.join()
    await person.answer()
    await person.hand_in()
    await person.open_register()
    while True:
        await person.add_row()
        await person.change()
        if enough.is_set():
            break
    await all_in.wait()


@pytest.mark.slow
async def test_killed_in_the_midst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a person was told is saved is there, once and as it was said, however often the process was killed;
    nobody is stuck, no update is taken twice or put aside, and each can go on and hand in."""
    luck = random.Random(SEED)
    began = time.monotonic()
    async with telegram_over_http() as (sandbox, address):
        doubles = Doubles(sandbox)
        towns = {
            title: [Resident(sandbox, name, luck=random.Random(luck.random())) for name in names]
            for title, names in GROUPS.items()
        }
        for title, people in towns.items():
            chat = sandbox.create_group(title, people[0].id, [person.id for person in people[1:]])
            for person in people:
                person.group = chat
        allowed = ",".join(str(people[0].group) for people in towns.values())
        async with bot_process(tmp_path, address, sandbox.token, ALLOWED_GROUPS=allowed) as bot:
            await bot.start()
            for people in towns.values():
                sandbox.act(people[0].id, "add_bot", chat=people[0].group)
            enough, deeds = asyncio.Event(), []
            for people in towns.values():
                all_in = asyncio.Barrier(len(people))
                deeds += [coordinate(people[0], all_in), *(take_part(p, all_in, enough) for p in people[1:])]
            await all_of(kill_now_and_then(bot, sandbox, luck, enough), *deeds)
            for people in towns.values():
                await until(sandbox, lambda chat=people[0].group: _sees_the_picture(sandbox, chat))  # type: ignore[misc]
            assert await bot.send(signal.SIGTERM) == 0
        last_update = sandbox.world.updates._next_id - 1
        everybody = [person for people in towns.values() for person in people]
        store = await Store.open(bot.database, keyring=Keyring(MASTER_KEY), clock=lambda: datetime.now(UTC))
        async with store.work() as work:
            assert await work.intake.next_offset() == last_update + 1
            assert await work.intake.dead_letters() == []
            for people in towns.values():
                await compare(work, people)
        await store.close()
    with capsys.disabled():
        told = sum(person.told.count for person in everybody)
        figures = f"{last_update - FIRST_ID + 1} updates, {told} answers told saved and found once"
        sent = f"{doubles.sent} messages of which {doubles.doubled} came twice"
        print(f"\n{KILLS} kills in {time.monotonic() - began:.0f} s: {figures}, {sent}")  # noqa: T201 - what it is run for
    assert doubles.doubled <= KILLS * (len(everybody) + len(towns))  # at most what was on its way at a kill


def _sees_the_picture(sandbox: Sandbox, chat: int) -> bool:
    label = VOICE.label("write")
    shown = sandbox.chat(chat).messages.values()
    keys = (key for m in shown for row in (m.markup or {}).get("inline_keyboard", []) for key in row)
    return any(key["text"] == label for key in keys)


async def compare(work: Work, people: list[Resident]) -> None:
    """Hold what the database has of a group against what its people were told, version by version."""
    group = await work.groups.by_chat(people[0].group)
    assert group is not None
    organisations = {o.id: o.name for o in await work.members.organisations(group.id)}
    assert max(Counter(organisations.values()).values()) == 1
    kept = {}
    for run in await work.runs.all_of(group.id):
        for person in people:
            member = await work.members.find(group.id, person.id)
            assert member is not None
            for answer in await work.answers.of_owner(run.id, f"m:{member.id}"):
                versions = await work.answers.history(answer.id)
                kept[person.name, run.exercise, answer.question] = [_said(v, organisations) for v in versions]
    told = {(p.name, *place): history for p in people for place, history in p.told.answers.items()}
    assert kept == told
    rows, total = await work.rows.list(group.id, REGISTER.id, limit=100_000)
    assert total == len(rows)
    found = [{q: _plain(value, organisations) for q, value in row.values.items()} for row in rows]
    wanted = [row for person in people for row in person.told.rows]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def _said(answer: Answer, organisations: dict[int, str]) -> tuple[Any, str | None]:
    return _plain(answer.value, organisations), answer.comment


def _plain(value: Any, organisations: dict[int, str]) -> Any:
    """A value as it was written or chosen."""
    if not isinstance(value, dict):
        return value
    return organisations[value["id"]] if "id" in value else value["name"]
