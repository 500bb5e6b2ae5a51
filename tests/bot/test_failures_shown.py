"""A fault of the bot's own shows in the test that met it, as nobody sees it in what the bot says."""

import re
from pathlib import Path

import pytest

from bot.context import context
from bot.demo.player import Player
from bot.demo.town import Town, town
from bot.demo.transcript import Differs
from bot.exercises import save_answers


async def test_a_transcript_shows_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line after which the bot had failed is named, with the error's type and place, and its traceback."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("here")

    monkeypatch.setattr(Town, "kept", None)  # so that they join here
    with pytest.raises(Differs) as caught:  # noqa: PT012 - the note is put on as the town is left
        async with town(tmp_path) as played:
            monkeypatch.setattr(context.Context, "to_person", broken)
            await Player(played).play("x.txt", "Med: Alva, Bo\nAlva: /hjalp\n> Alva: hjälp\n")
    place, failed, *_ = str(caught.value).splitlines()
    assert place == "x.txt:1: Med: Alva, Bo"
    assert re.fullmatch(r"the bot failed: ZeroDivisionError at \S*test_failures_shown.py:\d+", failed)
    note = caught.value.__notes__[0]
    assert "in broken\n" in note
    assert "ZeroDivisionError: here" in note


async def test_a_failing_exercise_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an answer could not be kept, the line says exercise, verb and run, and the log line of it too; no text."""

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Alva skrev Hemligt")

    monkeypatch.setattr(save_answers, "on_sheet", broken)
    monkeypatch.setattr(Town, "kept", None)
    with pytest.raises(Differs) as caught:
        async with town(tmp_path) as played:
            await Player(played).play("x.txt", "Med: Alva, Bo\n")
    _, failed, *_ = str(caught.value).splitlines()
    assert re.fullmatch(r"the bot failed: ZeroDivisionError at \S+ exercise=joining verb=\w+ run_id=\d+", failed)
