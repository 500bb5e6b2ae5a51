"""A town in a made-up language, each of whose words is marked: whatever a person meets there is of that language.

The language is made of the Swedish files by putting a mark in the place of each word's first letter, so that nothing
gets longer than Telegram takes. What the bot says and that bears no mark has come from somewhere else: from code.
"""

import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.app import Contents
from bot.commands.check import of_language
from bot.demo.player import Player
from bot.demo.screen import labels, of_bot, said
from bot.demo.town import GROUP, NoSuchButton, Town, town
from bot.sandbox.world import Message
from flows.definitions.loader import load_process
from messages.language import HERE
from messages.voice import Voice

MARK = "ж"
# What is no word: what a template computes, bold and the like, an address, a command, what the program calls a fact.
LEFT_ALONE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>|&\w+;|https?://\S+|[\w.]+@[\w.]+|(?<![\w/])/\w+|\{\w+\}", re.DOTALL
)
WORD = re.compile(r"[^\W\d_]+")
LITERAL = re.compile(r'(?<![=!]= )(?<!\w\[)(?<!in \()"([^"]*)"')  # in a template, but for what it compares with
SEEN = re.compile(r"(?<![\w/.@])[^\W\d_]{2,}(?![\w@])")
RULES = "language.toml"
HEARD = "own_words.toml"  # nothing of it is said

PLAYED = """
Med: Alva, Bo, Cia
I gång: Engagemang
Alva gör: [Börja] [Ja] [Ja] [Ja] [Ja] [Ja] [Ja] [Ja] [Lämna in]
Bo gör: [Börja] [Ja] [Pausa] «/nu»
Klockan går 5 dagar
Alva trycker i gruppen [Visa svaren nu] [Visa ändå]
Alva trycker i gruppen [Skriv vad ni kom fram till]
I gång: Rekrytera till kärngruppen
Bo gör: «/nu» [Rekrytera till kärngruppen] [Lägg till] «Zelda» «Zirkus»
I gång: Hitta kontaktytan
I gång: Jag & min organisation
Cia gör: «/nu» [Jag & min organisation] «Zork» [Pausa]
Alva gör: «/start» «/vagen» «/kalender» «/vantar» «/gruppen» «/dokument»
Alva gör: «/skydd» [Vem läser] [☐ Cia]
Bo gör: «/handelse» [Nu] [☐ Exploatering i arbete] [Klar] [Nej] [Hoppa över resten] [Spara]
Klockan går 2 dagar
Cia gör: «/handelser» «/statistik» «/mig» «/paminnelser» «/uppgifter» «/personuppgifter» «/ring» «/hjalp» «zzz»
Alva i gruppen: /hjalp
Alva i gruppen: /vagen
Klockan går 30 dagar
"""


def mark(text: str) -> str:
    """The words of a text, marked; what is no word is left alone, but for the literals that a template says."""
    parts, at = [], 0
    for left in LEFT_ALONE.finditer(text):
        parts += [WORD.sub(_marked, text[at : left.start()]), _literals(left[0])]
        at = left.end()
    return "".join([*parts, WORD.sub(_marked, text[at:])])


def _marked(word: re.Match[str]) -> str:
    return MARK + word[0][1:]


def _literals(computed: str) -> str:
    if not computed.startswith("{{"):
        return computed
    return LITERAL.sub(lambda found: f'"{WORD.sub(_marked, found[1])}"', computed)


def _toml(data: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """The same file with marked words; keys stay."""
    tables = {key: value for key, value in data.items() if isinstance(value, Mapping)}
    if name:
        yield f"[{name}]"
    yield from (f"{_quoted(key)} = {_value(value)}" for key, value in data.items() if key not in tables)
    for key, value in tables.items():
        yield from _toml(value, f"{name}.{_quoted(key)}".lstrip("."))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_quoted(key)} = {_value(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _quoted(mark(value)) if isinstance(value, str) else str(value).lower()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


@pytest.fixture
def language(words: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the made-up language, xx, in which documents look for their words too."""
    for module in ("document_words", "template"):
        monkeypatch.setattr(f"messages.documents.{module}.SPOKEN", words)
    return words


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up language, made of the Swedish files."""
    folder = tmp_path_factory.mktemp("words")
    shutil.copytree(HERE / "sv", folder / "xx")
    for path in (folder / "xx").rglob("*.toml"):
        if path.name not in (RULES, HEARD) and "demo" not in path.name:
            path.write_text("\n".join(_toml(tomllib.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
    rules = folder / "xx" / RULES
    text = rules.read_text(encoding="utf-8").replace("sv-SE", "xx")
    for word in re.findall(r'"([a-zåäö]+)"', "\n".join(re.findall(r"^(?:months|weekdays) = .*", text, re.MULTILINE))):
        text = text.replace(f'"{word}"', f'"{mark(word)}"')
    text = text.replace('" och "', f'" {mark("och")} "').replace("} till", "} жill").replace('"kl. {', '"жl. {')
    text = text.replace("}en den {", "}жn жen {")
    before, heading, after = text.partition("[commands]\n")
    commands, end, after = after.partition("\n\n")
    text = "".join([before, heading, re.sub(r' = "(\w+)"', r' = "x\1"', commands), end, after])
    rules.write_text(text, encoding="utf-8")
    return folder


def translated(line: str) -> str:
    """A line of the transcript as people write it in that language: titles are marked, commands have other names."""
    beginning, begins, titles = line.partition("I gång: ")
    return f"{beginning}{begins}{mark(titles)}" if begins else re.sub(r"(?<=[«: ])/(\w+)", r"/x\1", line)


def in_that_language(played: Town) -> Town:
    """The town, whose buttons are asked for in Swedish and found in the made-up language."""
    found = played.button

    def button(
        name: str, label: str, chat: str = "privat", under: str = ""
    ) -> tuple[Message, int, int, dict[str, Any]]:
        try:
            return found(name, mark(label), chat, under)
        except NoSuchButton:
            return found(name, label, chat, under)

    played.button = button  # type: ignore[method-assign]
    return played


def shown(played: Town) -> Iterator[str]:
    """All that people see of the bot."""
    for chat in played.sandbox.world.chats:
        for message in of_bot(played.sandbox, chat):
            yield said(message)
            yield from labels(message)
            yield str((message.markup or {}).get("input_field_placeholder", ""))
    yield from (str(toast["text"]) for toast in played.sandbox.toasts)
    for commands in played.sandbox.world.commands.values():
        yield from (command["description"] for command in commands)
    yield from played.sandbox.world.descriptions.values()


def own_words(played: Town) -> set[str]:
    """What people have written, and what they and their group are called."""
    written = [GROUP, "Stad för stad", *(user.first_name for user in played.sandbox.world.users.values())]
    for chat in played.sandbox.world.chats.values():
        written += [str(m.content.get("text", "")) for m in chat.messages.values() if m.sender != played.sandbox.bot.id]
    return {word for text in written for word in WORD.findall(text)}


async def test_a_town_in_another_language(language: Path, tmp_path: Path) -> None:
    """Nothing that people meet while they join, answer, are shown, reminded, and log an incident is Swedish."""
    async with town(tmp_path, contents=Contents(voice=Voice("xx", language))) as played:
        player = Player(in_that_language(played))
        await player.play("marked", "\n".join(map(translated, PLAYED.strip().splitlines())))
        own = own_words(played)
        swedish = {
            f"{word} – in: {text[:120]}"
            for text in shown(played)
            for word in SEEN.findall(text)
            if MARK not in word and word not in own and not word.isupper()
        }
        assert swedish == set()
        assert len(list(shown(played))) > 200


async def test_people_join_in_that_language(language: Path, tmp_path: Path) -> None:
    """`Med:` and `I gång:` of a transcript hold whatever language the bot speaks, as in `stadsbot play --language`."""
    async with town(tmp_path, contents=Contents(voice=Voice("xx", language))) as played:
        await Player(played).play("joined", f"Med: Alva, Bo\nI gång: {mark('Engagemang')}")
        assert mark("Engagemang") in played.last("Alva", GROUP)


async def test_commands_have_the_languages_names(language: Path, tmp_path: Path) -> None:
    """A command is called as the language says, in the menus too; the names of before are understood as well."""
    async with town(tmp_path, contents=Contents(voice=Voice("xx", language))) as played:
        await Player(in_that_language(played)).play("commands", "Med: Alva, Bo")
        menus = [command["command"] for menu in played.sandbox.world.commands.values() for command in menu]
        assert "xvagen" in menus
        assert "vagen" not in menus
        for written in ("/xring", "/ring"):
            await played.write("Alva", written)
            assert "112" in played.last("Alva")


@pytest.mark.slow
def test_check_tells_what_a_language_lacks(tmp_path: Path) -> None:
    """Each word that the other language lacks is named with its file, as is a command without a name."""
    shutil.copytree(HERE / "sv", tmp_path / "xx")
    process = load_process()
    assert of_language(process, Voice("xx", tmp_path)) == []
    rules, city = tmp_path / "xx" / RULES, next((tmp_path / "xx").glob("0.4-*.toml"))
    text = (
        rules.read_text(encoding="utf-8").replace('kunskap = "kunskap"\n', "").replace('mig = "mig"', 'mig = "svara2"')
    )
    rules.write_text(text, encoding="utf-8")
    city.write_text(city.read_text(encoding="utf-8").replace("guide = ", "gide = "), encoding="utf-8")
    told = of_language(process, Voice("xx", tmp_path))
    assert "xx/language.toml: “commands.kunskap” is missing; say what /kunskap is called" in told
    assert any("0.4-city.toml: “guide” is missing" in one for one in told)
    assert any("speaks of /mig, and no command is called so" in one for one in told)
