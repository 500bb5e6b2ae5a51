"""From the definition files to the process. Everything wrong in a file is told at once, with file, place and cure."""

import hashlib
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

from flows.consistency import cross_check
from flows.definitions import exercise_of, process_of
from flows.model import Exercise, Process
from flows.toml_table import Table

HERE = Path(__file__).parent / "process"


class DefinitionError(Exception):
    """One or several definition files are wrong; the message has a line for each mistake."""


def exercise_id(file_name: str) -> str:
    """The exercise's id: the file's name without its number, so that files sort as the process goes."""
    stem = file_name.removesuffix(".toml")
    return stem.partition("-")[2] or stem


def load_process(folder: Path = HERE) -> Process:
    """The whole process. Raises DefinitionError that lists every mistake in every file."""
    mistakes: list[str] = []
    exercises: dict[str, Exercise] = {}
    files: dict[str, str] = {}  # by exercise, to name the file of a mistake
    for path in sorted(folder.glob("*.toml")):
        if path.name == "process.toml":
            continue
        table = _open(path, mistakes)
        if table is None:
            continue
        text = path.read_text(encoding="utf-8")
        exercise = exercise_of(exercise_id(path.name), table, hashlib.sha256(text.encode()).hexdigest()[:16])
        exercise = replace(exercise, source=text)
        if exercise.id in exercises:
            mistakes.append(f"{path.name}: another file has the id “{exercise.id}”; rename one")
        exercises[exercise.id] = exercise
        files[exercise.id] = path.name
    outline = _open(folder / "process.toml", mistakes)
    if outline is None:
        raise DefinitionError("\n".join(mistakes))
    process = process_of(outline, exercises)
    mistakes += cross_check(process, files)
    if mistakes:
        raise DefinitionError("\n".join(mistakes))
    return process


def read_exercise(name: str, text: str, version: str) -> Exercise:
    """An exercise from the text of its file, as it was in some version. Raises DefinitionError."""
    mistakes: list[str] = []
    try:
        exercise = exercise_of(name, Table(tomllib.loads(text), name, mistakes), version)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise DefinitionError(f"{name}: cannot be read ({error})") from None
    if mistakes:
        raise DefinitionError("\n".join(mistakes))
    return replace(exercise, source=text)


@cache
def the_process() -> Process:
    """The process that this product ships, read once."""
    return load_process()


def _open(path: Path, mistakes: list[str]) -> Table | None:
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name, mistakes)
    except FileNotFoundError:
        mistakes.append(f"{path.name}: is missing in {path.parent.name}/; put it back")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(f"{path.name}: is not TOML in UTF-8 ({error}); mend the line it names")
    return None
