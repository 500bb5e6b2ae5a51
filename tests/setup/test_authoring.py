"""What an editor does without Python: begin an exercise, add an option, make a mistake, see it in a document."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import flows
import messages
from bot.__main__ import main
from bot.app import Contents
from bot.demo.player import Player
from bot.demo.town import town
from flows.definitions.loader import DefinitionError, load_process
from flows.definitions.register_rules import gaps
from messages.completeness import of_process
from messages.language import WordsError
from messages.voice import Voice, broken_files

ADDED = [("flows/2.2-actors.toml", '"association", "other"', '"association", "gym", "other"')]
GYM = """
Med: Alva, Bo
I gång: Hitta kontaktytan
Alva: /svara
Alva trycker [Hitta kontaktytan] [Lägg till]
Alva: Exempelgymmet
Alva trycker [Gym]
Alva: Ungdomar
Alva trycker [Klar] [Hoppa över] [Lite] [Hoppa över]
I gång: Perspektiv på samverkansaktörer i stort, Utforska motivation och kommunikation
Alva: /svara
Alva trycker [Perspektiv på samverkansaktörer] [☐ Gym] [Klar]
> Alva: Gym
Alva: De ser vem som tränar ensam.
Alva: Fråga vad de ser.
Alva trycker [Pausa]
> gruppen någonstans: ✓ Gym: 2 av 2
Bo: /svara
Bo trycker [Utforska motivation] [☐ Gym] [Klar]
> Bo: Gym
"""
Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the definitions (flows) and of the words (words)."""
    shutil.copytree(Path(flows.__file__).parent / "process", tmp_path / "flows")
    shutil.copytree(Path(messages.__file__).parent / "sv", tmp_path / "words" / "sv")
    return tmp_path


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Change a text in a file, as an editor would."""

    def change(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def begin(folder: Path, served: str, name: str) -> int:
    """Run `stadsbot new` on the copy."""
    return main(["new", served, name, "--process", str(folder / "flows"), "--messages", str(folder / "words")])


def test_a_new_exercise_lacks_only_its_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot new 3.4 managers` puts an exercise into step 3 of which check names just what is to be filled in."""
    assert begin(folder, "3.4", "managers") == 0
    assert "3.4-managers.toml" in capsys.readouterr().out
    process, voice = load_process(folder / "flows"), Voice("sv", folder / "words")
    assert process.step(3).exercises[-1] == "managers"
    assert '",\n    "managers",\n]' in (folder / "flows" / "process.toml").read_text(encoding="utf-8"), (
        "a line of its own"
    )
    told = of_process(process, voice)
    places: tuple[str, ...] = ("title", "lead", "guide", "discuss", "conclusion")
    places += tuple(f"question.{question}.{word}" for question in ("first", "second") for word in ("text", "short"))
    assert sorted(told) == sorted(f"sv/3.4-managers.toml: “{p}” is not written yet; fill it in" for p in places)
    words = folder / "words" / "sv" / "3.4-managers.toml"
    words.write_text(words.read_text(encoding="utf-8").replace("FYLL I", "Chefer"), encoding="utf-8")
    assert of_process(process, Voice("sv", folder / "words")) == []


def test_a_new_exercise_outside_of_the_steps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What serves something around the process must be placed by hand, and that is said."""
    assert begin(folder, "P.7", "breathing") == 0
    assert "put “breathing” into the exercises" in capsys.readouterr().out


@pytest.mark.parametrize(("served", "name"), [("3.5", "managers"), ("3.4", "Chefer"), ("3.4", "actors")])
def test_a_new_exercise_that_cannot_be(folder: Path, served: str, name: str) -> None:
    """No such id, no such name, or a name that is taken: nothing is written."""
    before = sorted(folder.rglob("*.toml"))
    assert begin(folder, served, name) == 1
    assert sorted(folder.rglob("*.toml")) == before


def test_an_option_is_added_once(folder: Path, edit: Edit) -> None:
    """ "Gym" added to the kinds of actors in 2.2 is missed there, and is one of the items of 3.1 and of 5.1."""
    before = load_process(folder / "flows")
    edit(*ADDED[0])
    edit("words/sv/2.2-actors.toml", 'other = "Något annat"', 'gym = "Gym"\nother = "Något annat"')
    process, voice = load_process(folder / "flows"), Voice("sv", folder / "words")
    assert of_process(process, voice) == []
    actors = process.exercises["actors"]
    assert actors.register is not None
    kinds = actors.question("kind").options
    seen = [{"kind": kind} for kind in kinds if kind not in ("gym", "other")]
    (missed,) = gaps(actors.register.gaps, {"kind": kinds}, seen)
    assert missed.options == (("gym",),)
    for name in ("actor_perspectives", "branches"):
        exercise, words = process.exercises[name], voice.exercise(name)
        assert exercise.for_each is not None
        assert "gym" in exercise.for_each.items
        assert "other" not in exercise.for_each.items
        assert voice.item(exercise, words, "gym") == "Gym"
        assert exercise.version != before.exercises[name].version, "rounds that have begun keep their own items"
        assert '"gym"' in exercise.source


async def test_an_added_option_is_played(folder: Path, edit: Edit) -> None:
    """A gym that the group has written in 2.2 comes first in 3.1, and in 5.1, by the name that it has in 2.2."""
    edit(*ADDED[0])
    edit("words/sv/2.2-actors.toml", 'other = "Något annat"', 'gym = "Gym"\nother = "Något annat"')
    process, voice = load_process(folder / "flows"), Voice("sv", folder / "words")
    async with town(folder, contents=Contents(process, voice)) as played:
        await Player(played).play("gym.txt", GYM)


@pytest.mark.parametrize(
    ("break_", "named"),
    [
        (('"Hotell"', '"Hotell'), "a quotation mark that is not closed"),
        (('"Hotell"', "“Hotell”"), "curly quotes"),
        (('"Hotell"', '"Ett "fint" hotell"'), "a straight quote within a text"),
    ],
)
def test_a_broken_file_is_told_once(folder: Path, edit: Edit, break_: tuple[str, str], named: str) -> None:
    """The three commonest errors of an editor give one sentence, with the file, the line and what to look for."""
    edit("words/sv/2.2-actors.toml", *break_)
    (told,) = broken_files("sv", folder / "words")
    assert told.startswith("sv/2.2-actors.toml: ")
    assert "line 2" in told
    assert named in told


def test_a_broken_definition_hides_nothing_and_adds_nothing(folder: Path, edit: Edit) -> None:
    """That nobody finds what a broken file defines is not told as well."""
    edit("flows/2.2-actors.toml", 'how = "rows"', 'how = "rows')
    with pytest.raises(DefinitionError) as told:
        load_process(folder / "flows")
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("markup", ["<b>fet</b>", "{{ chef }}", "{% if chef %}"])
def test_no_markup_in_the_words_of_an_exercise(folder: Path, edit: Edit, markup: str) -> None:
    """What would be shown to people as it stands is refused, also in a tip."""
    edit("words/sv/2.2-actors.toml", "Vad heter verksamheten?", f"Vad heter {markup}?")
    edit("words/sv/2.2-actors.toml", "Skriv verksamhetens namn", f"Skriv {markup}")
    told = of_process(load_process(folder / "flows"), Voice("sv", folder / "words"))
    assert len(told) == 2
    assert "“question.name.text” has “" in told[1]
    assert "“tips” has “" in told[0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('serves = ["2.2"]\n', "", "2.2-actors.toml, serves: is missing"),
        ('serves = ["2.2"]', 'serves = ["2.1"]', "2.2-actors.toml: begins with 2.2, and serves 2.1"),
    ],
)
def test_serves_is_demanded(folder: Path, edit: Edit, old: str, new: str, told: str) -> None:
    """An exercise serves a part of the process, and the file is named by it."""
    edit("flows/2.2-actors.toml", old, new)
    with pytest.raises(DefinitionError, match=told):
        load_process(folder / "flows")


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ('items_from = "actors.contacts"', "“actors.contacts” must be a choice in a register"),
        ('items_from = "actors.kind"\nitems_except = ["gym"]', "“gym” is no option of “actors.kind”"),
        ('register = "actors"\nitems_except = ["other"]', "only what is taken from another list can be left out"),
    ],
)
def test_items_from_nowhere(folder: Path, edit: Edit, new: str, told: str) -> None:
    """A list that is not there, or an option that it does not have, is told."""
    edit("flows/3.1-actor_perspectives.toml", 'items_from = "actors.kind"\nitems_except = ["other"]', new)
    with pytest.raises(DefinitionError, match=told):
        load_process(folder / "flows")


def test_all_facts_of_a_template_are_demanded(folder: Path) -> None:
    """In the tests a fact that a view forgets is an error, also where the branch that asks for it is not taken."""
    (folder / "words" / "sv" / "interface" / "extra.toml").write_text('extra = "{% if a %}{{ b }}{% endif %}"')
    voice = Voice("sv", folder / "words")
    assert voice.render("extra", {"a": False, "b": 1}) == ()
    with pytest.raises(WordsError, match="is not given b"):
        voice.render("extra", {"a": False})
