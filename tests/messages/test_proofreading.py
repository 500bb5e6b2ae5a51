"""What an editor would mark: another name for a thing, a text, sentence or file too heavy, a needless exception."""

import re
from pathlib import Path

import pytest

from bot.config import languages
from messages import proofreading
from messages.language import WordsError

LIST = """
[limit]
lix = 30
guide = 40
message = 20
sentence = 5

[[name]]
use = "träff"
avoid = ["möte(?:t)?"]
files = ["interface/"]
except = ["interface/b.toml: known"]
"""
ALLOWED = '\n[[allowed]]\nwhy = "en sanning"\nplaces = ["0.1-a.toml: lead"]\n'


def told(folder: Path, files: dict[str, str], listed: str = LIST) -> list[str]:
    """What is marked in a language that has these files."""
    for file, text in {**files, "words.toml": listed}.items():
        path = folder / "xx" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return proofreading.mistakes(list(proofreading.passages("xx", folder)), proofreading.word_list("xx", folder))


def test_one_name_for_one_thing(tmp_path: Path) -> None:
    """Another name is marked where the list holds, as a whole word, and not where it is excepted."""
    files = {
        "interface/b.toml": 'known = "Ett möte"\nnew = "Mötet är i dag."\nother = "Möteslokal"',
        "0.1-a.toml": 'lead = "Ett möte."',
    }
    assert told(tmp_path, files) == ["interface/b.toml: new: “Mötet”; write “träff”"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Kort och gott.", ""),
        ("En mening. En till.", ""),
        ("A b c d e f.", "a sentence of 6 words"),
        ("Kort. Kort. Kort. Kort. Kort.", "29 characters before anything is unfolded"),
        ("Ja.>>> Kort. Kort. Kort. Kort.<<<", ""),
        ("{% if x %}Kort. Kort. Kort.{% else %}Lång. Lång. Lång.{% endif %}", ""),
        ("{{ name|a_very_long_filter_of_a_name }} kom.", ""),
    ],
)
def test_what_is_too_long(tmp_path: Path, text: str, marked: str) -> None:
    """What is seen at once and what is read in one breath have a limit; template code and what unfolds do not count."""
    found = told(tmp_path, {"interface/b.toml": f'one = "{text}"\nknown = ""'})
    assert [line.removeprefix("interface/b.toml: one: ").startswith(marked) for line in found] == [True] * bool(marked)


def test_exceptions_have_reasons_and_an_end(tmp_path: Path) -> None:
    """An allowed place is not marked; once it needs no allowance, or is gone, that is."""
    listed = LIST.replace('except = ["interface/b.toml: known"]', "") + ALLOWED
    assert told(tmp_path, {"0.1-a.toml": 'lead = "En två tre fyra fem sex."'}, listed) == []
    assert told(tmp_path, {"0.1-a.toml": 'lead = "Kort."'}, listed) == [
        "words.toml: “0.1-a.toml: lead” is allowed more than it needs; take it away"
    ]
    assert told(tmp_path, {"0.1-a.toml": 'lead = "Kort."'}) == [
        "words.toml: there is no “interface/b.toml: known” any more; take the exception away"
    ]


def test_a_heavy_exercise(tmp_path: Path) -> None:
    """The readability index is Björnsson's: words a sentence, and long words in percent; addresses are no words."""
    text = "Samverkansöverenskommelser förutsätter gemensamma beslut. Se www.exempel.se/information."
    files = {"0.1-a.toml": f'lead = "{text}"'}
    assert told(
        tmp_path,
        files,
        LIST.replace('except = ["interface/b.toml: known"]', "").replace("message = 20", "message = 200"),
    ) == ["0.1-a.toml: LIX 62; make it 30 at most, with shorter sentences and words"]


def test_a_list_that_lacks_something(tmp_path: Path) -> None:
    """A word list without limits is refused with its name."""
    with pytest.raises(WordsError, match=r"xx/words.toml: 'limit' is missing"):
        told(tmp_path, {}, '[[name]]\nuse = "a"\navoid = ["b"]')


def test_what_we_ship() -> None:
    """An editor finds nothing to mark in any language."""
    for language in languages():
        texts = list(proofreading.passages(language))
        assert sum(count.words for count in proofreading.measured(texts).values()) > 20_000
        assert proofreading.mistakes(texts, proofreading.word_list(language)) == []


@pytest.mark.parametrize("language", languages())
def test_what_one_reads_to_join(language: str) -> None:
    """What is read on joining, before anything is unfolded, is sixty words at most: what is kept, and the promise."""
    texts = {p.path: p.text for p in proofreading.passages(language) if p.file == "agreement.toml"}
    assert len(re.findall(r"\w+", texts["notice.text"] + " " + texts["agreement.text"])) <= 60
    assert "112" in texts["notice.text"]
