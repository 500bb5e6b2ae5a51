"""A round goes on as it began, though the files of its exercise change while the bot is down."""

import shutil
from pathlib import Path

import pytest

from bot.demo.town import GROUP, town
from bot.demo.transcript import begin, gathered
from flows.definitions import loader
from flows.definitions.loader import load_process
from messages import language
from messages.voice import Voice

NEW = """
[[question]]
id = "new"
kind = "text"
"""


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the definitions and the words in which an exercise has a question more, and another wording."""
    structure, words = tmp_path / "process", tmp_path / "words" / "sv"
    shutil.copytree(loader.HERE, structure)
    shutil.copytree(language.HERE / "sv", words)
    file = structure / "0.4-city.toml"
    file.write_text(file.read_text(encoding="utf-8") + NEW, encoding="utf-8")
    file = words / "0.4-city.toml"
    text = file.read_text(encoding="utf-8").replace(
        "[question.", '[question.new]\ntext = "Nytt?"\nshort = "Nytt"\n\n[question.', 1
    )
    file.write_text(text.replace('text = "Vilka är', 'text = "Säg vilka som är'), encoding="utf-8")
    return structure, words.parent


async def test_a_round_keeps_its_questions_and_words(
    tmp_path: Path, changed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun asks what it asked; what is begun afterwards asks what the files say now."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Staden")
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        asked = played.last("Alva")
        assert "1 av 3" in asked
        structure, words = changed
        monkeypatch.setattr("bot.app.the_process", lambda: load_process(structure))
        monkeypatch.setattr("bot.app.the_voice", lambda language: Voice(language, words))
        await played.restart()
        await played.write("Alva", "Många som vill")
        assert "2 av 3" in played.last("Alva")
        await played.tap("Bo", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Bo", "Börja")
        await played.tap("Bo", "\u2039 Tillbaka")
        assert asked.splitlines()[2] in played.last("Bo")
        await played.tap("Alva", "Avsluta övningen", chat=GROUP)
        await played.tap("Alva", "Avsluta ändå", chat=GROUP)
        await played.press("Alva", "begin", run=2)
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        assert "2 av 4" in played.last("Alva")


async def test_nobody_else_is_asked_than_was_said(
    tmp_path: Path, changed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a round comes to is put to those to whom it was to be put when it began: nobody, though it is now."""
    structure, words = changed
    file = structure / "0.4-city.toml"
    file.write_text("consent = 3\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Staden")
        monkeypatch.setattr("bot.app.the_process", lambda: load_process(structure))
        monkeypatch.setattr("bot.app.the_voice", lambda language: Voice(language, words))
        for asked in (False, True):
            await played.restart()
            await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
            await played.tap("Alva", "Börja")
            await played.write("Alva", "Många som vill")
            await played.tap("Alva", "Avsluta övningen", chat=GROUP)
            await played.tap("Alva", "Avsluta ändå", chat=GROUP)
            assert ("Står alla bakom det här?" in played.last("Alva", GROUP)) is asked
            await played.press("Alva", "begin", run=2)
