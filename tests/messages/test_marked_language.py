"""A made-up language, whose words are marked: its dates, lists and titles are read and written by its own rules."""

import shutil
from pathlib import Path

import pytest

from messages.documents import invented_town
from messages.language import HERE, Language, WordsError

MARK = "ж"


def test_dates_lists_and_towns_are_the_languages(tmp_path: Path) -> None:
    """Another language writes and reads its own dates, joins its own lists, and knows its own titles and tag."""
    shutil.copytree(HERE / "sv", tmp_path / "xx")
    file = tmp_path / "xx" / "language.toml"
    text = (
        file.read_text(encoding="utf-8")
        .replace("sv-SE", "xx")
        .replace(" och ", " жoch ")
        .replace("{count} till", "{count} жtill")
    )
    for word in (*Language("sv").months, *Language("sv").weekday_names):
        text = text.replace(f'"{word}"', f'"{MARK + word}"')
    file.write_text(text.replace('"i dag" =', '"жidag" =').replace("nätverket", "жnät"), encoding="utf-8")
    made = Language("xx", tmp_path)
    on = invented_town.material().today
    assert made.tag == "xx"
    assert MARK in made.long_date(on)
    assert made.dates.read_date(made.long_date(on), on) == [on]
    assert made.dates.read_date("жidag", on) == [on]
    assert made.dates.read_date(Language("sv").long_date(on), on) == []
    assert made.joined(["a", "b", made.more(2)]) == "a, b жoch 2 жtill"
    assert made.town_of("жnät i Småstad") == "Småstad"


@pytest.mark.parametrize(
    "title",
    [
        "Norrby",
        "Kärngruppen i Norrby",
        "Arbetsgrupp i Norrby",
        "nätverket i Norrby",
        "Stad för stad Norrby",
        "Stad för stad i Norrby",
        "Stad för stad – Norrby",
        "Stad för stad, Norrby",
        "Stad för stad: kärngruppen i Norrby",
    ],
)
def test_a_town_goes_by_its_name_however_its_chat_is_called(title: str) -> None:
    """The titles that groups give their chats are not read as the town's name: "gruppen i Stad för stad Norrby"."""
    assert Language("sv").town_of(title) == "Norrby"


def test_check_tells_what_a_language_lacks(tmp_path: Path) -> None:
    """A language without some of its rules is refused, each of them named with its file and the cure."""
    (tmp_path / "xx").mkdir()
    text = (HERE / "sv" / "language.toml").read_text(encoding="utf-8")
    (tmp_path / "xx" / "language.toml").write_text(text.replace("tag =", "tog =").replace("towns =", "town ="))
    with pytest.raises(WordsError) as told:
        Language("xx", tmp_path)
    assert str(told.value).splitlines() == [
        "xx/language.toml: “tag” is missing; add it",
        "xx/language.toml: “towns” is missing; add it",
    ]
