"""Dead letters: told without their words, and taken again after a fix, exactly once."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.assembly.route_update import handle
from bot.demo.town import GROUP, MASTER_KEY, Town, town
from bot.demo.transcript import gathered
from bot.dispatch.dead_letters import MOST_OF_STRANGERS
from bot.secret_files import decode_key, new_master_key
from storage.backup.read_only import dead_letters
from storage.database_files import lock_database
from storage.store import Store
from storage.vault.vault import Keyring
from tests.operations.conftest import CANARY
from tests.storage.conftest import Clock

WORDS = {
    "update_id": 7,
    "message": {
        "message_id": 3,
        "from": {"id": 4711, "is_bot": False, "first_name": "Asta"},
        "chat": {"id": 4711, "type": "private"},
        "text": CANARY,
        "entities": [{"type": "bold", "offset": 0, "length": 5}],
    },
}


def _break(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Let a fault in the program meet every message that holds these words."""

    async def faulty(ctx: Any, heard: Any) -> None:
        await handle(ctx, heard)
        if words in getattr(heard, "text", ""):
            raise ZeroDivisionError(heard.text)

    monkeypatch.setattr("bot.assembly.handlers.handle", faulty)


async def _put_aside(people: Town) -> int:
    """Let somebody write what cannot be taken; the number of the letter."""
    people.group(GROUP, "Asta")
    await people.act("Asta", "add_bot", chat=people.groups[GROUP])
    await people.act("Asta", "start")
    await people.write("Asta", "/hjalp trasigt")
    async with people.bot.store.work() as work:
        (letter,) = await work.update_log.dead_letters()
    return letter.id


async def test_taken_after_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is put aside, taken once the program is mended, answered then, and gone from the list."""
    async with town(tmp_path) as people:
        with monkeypatch.context() as patch:
            _break(patch, "trasigt")
            number = await _put_aside(people)
            before = len(people.texts("Asta"))
            async with people.bot.store.work() as work:
                letter = await work.update_log.get(number)
            assert not await people.bot.poller.retake(letter), "still broken: it stays"
            await people.settle()
            assert len(people.texts("Asta")) == before, "and nobody is told once more"
        assert await people.bot.poller.retake(letter)
        await people.settle()
        assert len(people.texts("Asta")) == before + 1
        assert dead_letters(people.bot.store.path, Keyring(MASTER_KEY)) == []


async def _letter(people: Town) -> int:
    """How many letters there are."""
    async with people.bot.store.work() as work:
        return len(await work.update_log.dead_letters())


async def test_sealed_with_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote about their group is sealed with its key, in private and in the group, and can be listed."""
    async with town(tmp_path) as people:
        await gathered(people, ["Alva", "Bo"])
        _break(monkeypatch, "trasigt")
        await people.write("Alva", "trasigt")
        await people.write("Bo", "/steg trasigt", chat=GROUP)
        await people.act("Zlatan", "start", payload="trasigt")
        async with people.bot.store.work() as work:
            letters = await work.update_log.dead_letters()
            alva, bo = [await work.people.ensure(people.person(name)) for name in ("Alva", "Bo")]
        assert [(letter.person_id, letter.about) for letter in letters] == [(alva.id, 1), (bo.id, 1), (None, None)]
        assert dead_letters(people.bot.store.path, Keyring(MASTER_KEY)) == letters


async def test_erased_with_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks to be erased is erased from what was put aside as well, and nobody else is."""
    async with town(tmp_path) as people:
        await gathered(people, ["Alva", "Bo"])
        with monkeypatch.context() as patch:
            _break(patch, "trasigt")
            for name in ("Alva", "Bo"):
                await people.write(name, "trasigt")
        assert await _letter(people) == 2
        await people.write("Bo", "/mina_uppgifter")
        await people.tap("Bo", "Radera")
        await people.tap("Bo", "Ja, radera")
        assert await _letter(people) == 1


async def test_erased_with_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that is erased takes along what was put aside in it, and what its people wrote in private."""
    async with town(tmp_path) as people:
        await gathered(people, ["Alva", "Bo"])
        with monkeypatch.context() as patch:
            _break(patch, "trasigt")
            await people.write("Alva", "trasigt")
            await people.write("Bo", "/steg trasigt", chat=GROUP)
        async with people.bot.store.work() as work:
            await work.groups.erase(1)
        assert await _letter(people) == 0


async def test_strangers_fill_no_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of updates from strangers that cannot be taken a hundred are put aside at most; of members all are."""
    async with town(tmp_path) as people:
        await gathered(people, ["Alva"])
        _break(monkeypatch, "trasigt")
        for number in range(MOST_OF_STRANGERS + 20):
            people.sandbox.act(people.person(f"Z{number}"), "start", payload="trasigt")
        await people.settle()
        assert await _letter(people) == MOST_OF_STRANGERS
        await people.write("Alva", "trasigt")
        assert await _letter(people) == MOST_OF_STRANGERS + 1


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock) -> Path:
    """A database with one letter, and the settings that lead to it."""
    key, path = new_master_key(), tmp_path / "private" / "town.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STADSBOT_TOKEN", "123456789:" + "canaryToken_canaryToken-canaryToken")
    monkeypatch.setenv("STADSBOT_MASTER_KEY", key)
    monkeypatch.setenv("STADSBOT_DATABASE", str(path))
    monkeypatch.setenv("STADSBOT_API_URL", "http://127.0.0.1:9")

    async def fill() -> None:
        store = await Store.open(path, keyring=Keyring(decode_key(key) or b""), clock=clock)
        async with store.work() as work:
            await work.update_log.dead_letter(7, WORDS, "ZeroDivisionError")
        await store.close()

    asyncio.run(fill())
    return path


def test_list(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list tells number, time, kind of update and kind of error, and nothing that anyone wrote."""
    assert main(["letters"]) == 0
    told = capsys.readouterr()
    (row,) = [line.split() for line in told.out.splitlines() if line.strip().startswith("1 ")]
    assert row == ["1", "2026-03-02", "10:00", "message", "ZeroDivisionError"]
    assert CANARY not in told.out + told.err


def test_show(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How an update is built can be seen, to find the fault by; what somebody wrote, and who, cannot."""
    assert main(["letters", "--show", "1"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == {
        "update_id": 7,
        "message": {
            "message_id": 3,
            "from": {"id": "number", "is_bot": False, "first_name": "text of 4 characters"},
            "chat": {"id": "number", "type": "private"},
            "text": f"text of {len(CANARY)} characters",
            "entities": [{"type": "bold", "offset": 0, "length": 5}],
        },
    }


def test_drop(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that can never be taken can be thrown away; a number that is none is told."""
    assert main(["letters", "--drop", "9"]) == 1
    assert main(["letters", "--drop", "1"]) == 0
    assert main(["letters"]) == 0
    assert "Nothing was put aside" in capsys.readouterr().out


def test_retry_while_the_bot_runs(database: Path, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """A retry beside a running bot is refused with the sentence of the lock, and changes nothing."""
    lock = lock_database(database)
    try:
        assert main(["letters", "--retry"]) == 74
    finally:
        os.close(lock)
    assert "stop that one first" in capsys.readouterr().err


def test_doctor_counts_them(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor says how many wait, and what to do."""
    main(["doctor"])
    told = capsys.readouterr().out
    assert "1 updates could not be taken" in told
    assert "two weeks" in told
    assert "stadsbot letters --retry" in told
