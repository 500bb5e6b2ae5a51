"""The voice: what people wrote is always escaped, and what is missing is an error before anything is sent."""

from pathlib import Path
from shutil import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.language import HERE, WordsError
from messages.line_breaks import NO_BREAK
from messages.structure.blocks import Paragraph
from messages.structure.layout import laid_out
from messages.voice import Voice

MEMBERS = '''
[enter]
welcome = """
{% if lines %}

Rader:
{% for line in lines %}
– {{ line }}
{% endfor %}

{% endif %}


Slut
"""
when = "Den {{ date|day }}, {{ count|plural('fråga', 'frågor') }}"
'''
CONVERSATION = """
greeting = "Hej {{ name }}!"
[label]
open = "Öppna {{ title }}"
[toast.unfit]
over = "Det är avslutat"
"""
INTERFACE = {"members": MEMBERS, "conversation": CONVERSATION}
TALK = """
title = "Samtal"
tips = ["Ett", "Två"]
options = { yes = "Ja", no = "Nej" }
question.sure = { text = "Säkert?", options = { yes = "Jo" } }
examples.list = ["Ett exempel"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the words of a small language."""
    folder = tmp_path_factory.mktemp("messages")
    (folder / "sv" / "interface").mkdir(parents=True)
    for feature, words in INTERFACE.items():
        (folder / "sv" / "interface" / f"{feature}.toml").write_text(words, encoding="utf-8")
    copy(HERE / "sv" / "language.toml", folder / "sv")
    (folder / "sv" / "0.1-talk.toml").write_text(TALK, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def voice(folder: Path) -> Voice:
    """The voice in that language."""
    return Voice("sv", folder)


@given(st.text())
def test_what_people_wrote_is_escaped(voice: Voice, name: str) -> None:
    """Nothing that a person writes becomes markup or breaks a message."""
    (greeting,) = voice.render("greeting", {"name": f"a{name}z"})
    assert isinstance(greeting, Paragraph)
    (said,) = greeting.text
    kept = "".join(sign for sign in name if not "\ue000" <= sign < "\ue020" and sign != "\r")
    assert "".join(said.text.split()) == "".join(f"Hej a{kept}z!".split())


def test_labels_are_plain(voice: Voice) -> None:
    """Buttons and notices are shown as they are, so nothing in them is escaped."""
    assert voice.label("open", {"title": "Du & jag <3"}) == "Öppna Du & jag <3"
    assert voice.toast("unfit.over") == "Det är avslutat"


def test_tidy(voice: Voice) -> None:
    """Conditions leave no gaps: never more than one empty line, none at the ends."""
    assert laid_out(voice.render("enter.welcome", {"lines": ["a", "b"]})) == "Rader:\n– a\n– b\n\nSlut"
    assert laid_out(voice.render("enter.welcome", {"lines": []})) == "Slut"


def test_filters(voice: Voice) -> None:
    """Dates and numbers are written as Swedes write them."""
    asked = voice.render("enter.when", {"date": "2027-03-14", "count": 2})
    assert laid_out(asked) == f"Den söndag 14{NO_BREAK}mars 2027, 2{NO_BREAK}frågor"


@pytest.mark.parametrize("name", ["greeting", "enter.gone", "label.open", "enter"])
def test_missing_words_and_facts(voice: Voice, name: str) -> None:
    """An unknown message, or a fact that it asks for and does not get, names the file and the message."""
    with pytest.raises(WordsError, match=rf"sv/interface.*{name}"):
        voice.render(name)


def test_missing_labels(voice: Voice) -> None:
    """The same holds for labels and notices, and what was given is never in the error."""
    for call in (voice.label, voice.toast):
        with pytest.raises(WordsError, match=r"sv/interface.*gone"):
            call("gone", {"secret": "hemligt"})
    with pytest.raises(WordsError) as caught:
        voice.label("open", {"name": "hemligt"})
    assert "hemligt" not in str(caught.value)


def test_words_of_an_exercise(voice: Voice) -> None:
    """Words are found by path; an option has its own word or the one it shares."""
    words = voice.exercise("talk")
    assert words["title"] == "Samtal"
    assert words["question.sure.text"] == "Säkert?"
    assert (words.option("sure", "yes"), words.option("sure", "no")) == ("Jo", "Nej")
    assert (words.list("tips"), words.list("examples.list"), words.list("gone.list")) == (
        ["Ett", "Två"],
        ["Ett exempel"],
        [],
    )
    assert [words.get(path) for path in ("gone", "title.more", "question", "tips")] == [None] * 4


def test_missing_words_of_an_exercise(voice: Voice) -> None:
    """A missing word, option or file is told with file and cure."""
    words = voice.exercise("talk")
    with pytest.raises(WordsError, match=r"sv/0\.1-talk\.toml: “lead” is missing; add it"):
        _ = words["lead"]
    with pytest.raises(WordsError, match=r"options\.maybe"):
        words.option("sure", "maybe")
    with pytest.raises(WordsError, match="no file holds the words of “gone”"):
        voice.exercise("gone")
    with pytest.raises(WordsError, match=r"sv/agreement\.toml is missing"):
        voice.book("agreement")


@pytest.mark.parametrize(
    ("text", "told"),
    [('a = "', "is not TOML"), ('a = "{{ b"', "the template cannot be read"), ('a = "{{ b|gone }}"', "cannot be read")],
)
def test_broken_files(tmp_path: Path, text: str, told: str) -> None:
    """A file that cannot be read stops the start, a template `stadsbot check`, with the place of the mistake."""
    (tmp_path / "sv" / "interface").mkdir(parents=True)
    copy(HERE / "sv" / "language.toml", tmp_path / "sv")
    (tmp_path / "sv" / "interface" / "help.toml").write_text(text)
    with pytest.raises(WordsError, match=rf"sv/interface/help\.toml.*{told}"):
        Voice("sv", tmp_path).compile_all()


def test_a_name_stands_once(tmp_path: Path) -> None:
    """The same name in the files of two features is refused, and both files are named."""
    folder = tmp_path / "sv" / "interface"
    folder.mkdir(parents=True)
    copy(HERE / "sv" / "language.toml", tmp_path / "sv")
    (folder / "day.toml").write_text('label.open = "Öppna"')
    (folder / "map.toml").write_text('[label]\nopen = "Visa"')
    with pytest.raises(WordsError, match=r"sv/interface/day\.toml and sv/interface/map\.toml: “label\.open” stands in"):
        Voice("sv", tmp_path)


def test_names(voice: Voice) -> None:
    """All names are told, for the search for unused ones."""
    assert voice.names() == {"greeting", "enter.welcome", "enter.when", "label.open", "toast.unfit.over"}
