"""The page for authors, followed to the letter, leads to an exercise that works."""

import re
import shutil
from pathlib import Path

import pytest

from flows.loader import HERE, DefinitionError, load_process
from messages import completeness
from messages.voice import HERE as MESSAGES
from messages.voice import Voice

PAGE = (Path(__file__).parents[2] / "AUTHORING.md").read_text(encoding="utf-8")
BLOCKS = [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
COMPLAINTS = re.findall(r"```\n(0\.4-city.*?)```", PAGE, re.DOTALL)[0].strip().split("\n")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the definitions and of the words, to be changed."""
    process, words = tmp_path / "process", tmp_path / "messages"
    shutil.copytree(HERE, process)
    shutil.copytree(MESSAGES / "sv", words / "sv")
    return process, words


def add_exercise(process: Path, words: Path, *, place: bool = True) -> None:
    """Do what “Add an exercise” says."""
    (process / "3.5-neighbours.toml").write_text(BLOCKS[1], encoding="utf-8")
    (words / "sv" / "3.5-neighbours.toml").write_text(BLOCKS[2], encoding="utf-8")
    if place:
        outline = process / "process.toml"
        text = outline.read_text(encoding="utf-8")
        outline.write_text(
            text.replace('"reflection_explore"', '"neighbours",\n    "reflection_explore"', 1), encoding="utf-8"
        )


def test_an_exercise_is_added(folders: tuple[Path, Path]) -> None:
    """The two files on the page, put into a step, are an exercise without a mistake."""
    add_exercise(*folders)
    process = load_process(folders[0])
    step = process.step_of("neighbours")
    assert step is not None
    assert step.number == 3
    assert completeness.of_exercise(process.exercises["neighbours"], Voice("sv", folders[1])) == []


def test_a_language_is_added(folders: tuple[Path, Path]) -> None:
    """A copied folder is a language, with everything in it that the process asks for."""
    shutil.copytree(folders[1] / "sv", folders[1] / "fi")
    assert completeness.of_process(load_process(folders[0]), Voice("fi", folders[1])) == []


def test_mistakes_are_told_as_the_page_says(folders: tuple[Path, Path]) -> None:
    """A wrong kind, a word that is missing and an exercise without a step are told with file, place and cure."""
    process, words = folders
    add_exercise(process, words, place=False)
    city = process / "0.4-city.toml"
    text = city.read_text(encoding="utf-8")
    head, tail = text.split('id = "challenges"\nkind = "text"')
    city.write_text(f'{head}id = "challenges"\nkind = "txt"{tail}', encoding="utf-8")
    with pytest.raises(DefinitionError) as told:
        load_process(process)
    assert COMPLAINTS[0] in str(told.value)
    assert COMPLAINTS[2] in str(told.value)
    said = words / "sv" / "0.4-city.toml"
    lines = said.read_text(encoding="utf-8").split("[question.challenges]")
    said.write_text(f"{lines[0]}[question.challenges]{re.sub('short = .*', '', lines[1], count=1)}", encoding="utf-8")
    assert COMPLAINTS[1] in completeness.of_exercise(load_process().exercises["city"], Voice("sv", words))


def test_the_page_names_what_there_is() -> None:
    """Every field and rule that the page tells of is one that the loader reads."""
    files = ("definitions.py", "consistency.py")
    loader = "".join((HERE.parent / file).read_text(encoding="utf-8") for file in files)
    tables = re.findall(r"^\| `\[?\[?([a-z_]+)", PAGE, re.MULTILINE)
    fields = set(tables) - {
        "each",
        "org",
        "group",
        "rows",
        "text",
        "choice",
        "scale",
        "number",
        "date",
        "person",
        "row",
    }
    assert len(fields) > 15
    assert {name for name in fields if f'"{name}"' not in loader} <= {"flows", "messages"}
