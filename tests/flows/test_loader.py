"""Definition files: what is wrong in them is told all at once, each with file, place and cure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.definitions.loader import DefinitionError, exercise_id, load_process, read_exercise, the_process
from flows.enums import Audience, How, Kind
from flows.fields import ScaleField

OUTLINE = """
goals = ["plan"]
parts = ["prepare"]
ids = ["0.1"]

[[step]]
number = 0
part = "prepare"
goals = ["plan"]
exercises = ["talk", "people"]
"""
TALK = """
serves = ["0.1"]
how = "each"
minutes = 5
audience = "self"
conclusion = true

[[question]]
id = "sure"
kind = "choice"
options = ["yes", "no"]
comment = "ask"

[[question]]
id = "need"
kind = "scale"

[verdict]
measure = "sum"
plan = "people"
[[verdict.band]]
id = "low"
up_to = 3
[[verdict.band]]
id = "high"
"""
PEOPLE = """
serves = ["0.1"]
how = "rows"
minutes = 5

[[question]]
id = "name"
kind = "text"

[[question]]
id = "styles"
kind = "choice"
options = ["a", "b"]
many = true

[register]
title = "name"
columns = ["styles"]
done = { styles = ["a"] }

[[register.gap]]
id = "size"
rule = "count"
low = 4
high = 8

[[register.gap]]
id = "styles"
rule = "covers"
question = "styles"
options = ["a"]
"""
FILES = {"process.toml": OUTLINE, "0.1-talk.toml": TALK, "0.1-people.toml": PEOPLE}
Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a small process, with some of its files changed, into a folder."""

    def _write(changed: dict[str, str]) -> Path:
        for name, text in (FILES | changed).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return _write


def mistakes(folder: Path) -> list[str]:
    """What the loader says is wrong, a line each."""
    with pytest.raises(DefinitionError) as caught:
        load_process(folder, ())
    return str(caught.value).split("\n")


def test_sound(write: Write) -> None:
    """Sound files become the model, with what they leave out filled in."""
    process = load_process(write({}), ())
    talk, people = process.exercises["talk"], process.exercises["people"]
    assert (talk.how, people.how) == (How.EACH, How.ROWS)
    sure, need = talk.questions
    assert (sure.kind, sure.comment, sure.ask_comment, sure.audience) == (Kind.CHOICE, True, True, Audience.SELF)
    assert (need.field, need.required, need.audience) == (ScaleField(1, 5), True, Audience.SELF)
    assert people.register is not None
    assert people.register.done == (("styles", ("a",)),)
    assert talk.version != people.version
    assert process.step_of("talk") == process.step(0)


def cases() -> list[tuple[str, str, str, str]]:
    """File, words, other words in their place, and what is told: as in `mistakes.txt`."""
    text = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if not line.startswith("#")]
    found = []
    for change, told in zip(lines[::2], lines[1::2], strict=True):
        file, _, words = change.partition(": ")
        old, _, new = words.partition(" →")
        found.append((file, old.replace("\\n", "\n"), new.strip().replace("\\n", "\n"), told))
    return found


@pytest.mark.parametrize(("file", "old", "new", "told"), cases())
def test_a_mistake(write: Write, file: str, old: str, new: str, told: str) -> None:
    """A mistake is told with the file and the place it stands in, and what to do about it."""
    assert old in FILES[file]
    lines = mistakes(write({file: FILES[file].replace(old, new, 1)}))
    assert any(told in line for line in lines), lines
    assert all(line.partition(":")[0].partition(",")[0].partition(" ")[0] in FILES for line in lines), lines


def test_several_at_once(write: Write) -> None:
    """Whoever mends files sees every mistake in every file, not one at a time."""
    talk = TALK.replace("minutes = 5", "minutes = 0.5").replace('kind = "scale"', 'kind = "scale"\nlow = 9')
    lines = mistakes(write({"0.1-talk.toml": talk, "0.1-people.toml": "how =", "process.toml": OUTLINE + "more = 1"}))
    files = [line.partition(",")[0].partition(":")[0].partition(" ")[0] for line in lines]
    assert {"0.1-talk.toml", "0.1-people.toml", "process.toml"} <= set(files)
    assert sum(name == "0.1-talk.toml" for name in files) >= 2


def test_not_utf_8(write: Write) -> None:
    """A file in an old encoding is told as such."""
    folder = write({})
    (folder / "0.1-talk.toml").write_bytes("# å".encode("latin-1"))
    assert any("0.1-talk.toml: is not TOML in UTF-8" in line for line in mistakes(folder))


def test_no_outline(write: Write) -> None:
    """Without the process file nothing can be said about the rest but that it is missing."""
    folder = write({})
    (folder / "process.toml").unlink()
    assert mistakes(folder) == [f"process.toml: is missing in {folder.name}/; put it back"]


def test_two_files_of_one_id(write: Write) -> None:
    """Two files for the same exercise are told, whatever step their names begin with."""
    assert any("has the id “talk”" in line for line in mistakes(write({"0.9-talk.toml": TALK})))


@pytest.mark.parametrize(
    ("file", "wanted"), [("0.5-readiness.toml", "readiness"), ("joining.toml", "joining"), ("1.2-a-b.toml", "a-b")]
)
def test_ids(file: str, wanted: str) -> None:
    """An exercise's id is its file's name without the number in front."""
    assert exercise_id(file) == wanted


def test_what_we_ship() -> None:
    """The process is whole: nine steps, every id served by an exercise or by the bot itself, read once."""
    process = the_process()
    assert process is the_process()
    assert [step.number for step in process.steps] == list(range(9))
    served = {served for exercise in process.exercises.values() for served in exercise.serves}
    assert {name for name in process.ids if name[0] not in "PI"} <= served


def test_an_exercise_of_an_older_version() -> None:
    """A round goes on as it began: its exercise is read from the text that was kept, or it is told why not."""
    kept = read_exercise("talk", TALK, "v1")
    assert (kept.id, kept.version, kept.source) == ("talk", "v1", TALK)
    with pytest.raises(DefinitionError, match="talk: cannot be read"):
        read_exercise("talk", "how = ", "v1")
    with pytest.raises(DefinitionError, match="how: is missing"):
        read_exercise("talk", TALK.replace('how = "each"', ""), "v1")
