"""Load the process from its definition files. All mistakes are told at once, with file, place and cure."""

import hashlib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from flows.definitions.cross_check import choice_of_rows, cross_check
from flows.definitions.definitions import exercise_of, process_of
from flows.definitions.earlier_keys import as_today
from flows.definitions.model import Exercise, Process
from flows.definitions.roles import check_roles
from flows.enums import ExerciseRole
from flows.toml_table import TomlTable, unreadable

_ITEMS = re.compile(r"^items *= *\[[^\]]*\].*\n", re.MULTILINE)
_ITEMS_FROM = re.compile(r"^items_from *=.*$", re.MULTILINE)
HERE = Path(__file__).parents[1] / "process"


class DefinitionError(Exception):
    """One or several definition files are wrong; the message has a line for each mistake."""


def exercise_id(file_name: str) -> str:
    """The exercise's id: the file's name without its number, so that files sort as the process goes."""
    stem = file_name.removesuffix(".toml")
    return stem.partition("-")[2] or stem


def load_process(folder: Path = HERE, demanded: Collection[ExerciseRole] = tuple(ExerciseRole)) -> Process:
    """Load the whole process. Raises DefinitionError, which lists every mistake in every file.

    `demanded`: the roles that must be there, which are all for the program to run.
    """
    mistakes: list[str] = []
    exercises: dict[str, Exercise] = {}
    broken = False
    files: dict[str, str] = {}  # by exercise, to name the file of a mistake
    for path in sorted(folder.glob("*.toml")):
        if path.name == "process.toml":
            continue
        table = _open(path, mistakes)
        if table is None:
            broken = True
            continue
        text = path.read_text(encoding="utf-8")
        exercise = exercise_of(exercise_id(path.name), table, hashlib.sha256(text.encode()).hexdigest()[:16])
        exercise = replace(exercise, source=text)
        prefix, hyphen, _ = path.stem.partition("-")
        if not exercise.serves:
            mistakes.append(f"{path.name}, serves: is missing; name what it serves (`stadsbot coverage` lists the ids)")
        elif hyphen and prefix not in exercise.serves:
            served = ", ".join(exercise.serves)
            mistakes.append(f"{path.name}: begins with {prefix}, and serves {served}; mend the file's name, or serves")
        if exercise.id in exercises:
            mistakes.append(f"{path.name}: another file has the id “{exercise.id}”; rename one")
        exercises[exercise.id] = exercise
        files[exercise.id] = path.name
    outline = _open(folder / "process.toml", mistakes)
    if outline is None:
        raise DefinitionError("\n".join(mistakes))
    exercises = {name: _with_items(exercise, exercises) for name, exercise in exercises.items()}
    process = process_of(outline, exercises)
    if not broken:  # what is missing for that reason would only hide it
        mistakes += cross_check(process, files)
        mistakes += check_roles(process, files, demanded)
    if mistakes:
        raise DefinitionError("\n".join(mistakes))
    return process


def read_exercise(name: str, text: str, version: str) -> Exercise:
    """An exercise from the text of its file, as it was in this version or an earlier one. Raises DefinitionError."""
    mistakes: list[str] = []
    try:
        exercise = exercise_of(name, TomlTable(as_today(tomllib.loads(text)), name, mistakes), version)
    except (tomllib.TOMLDecodeError, ValueError, LookupError) as error:
        raise DefinitionError(f"{name}: cannot be read ({error})") from None
    if mistakes:
        raise DefinitionError("\n".join(mistakes))
    return replace(exercise, source=text)


def _with_items(exercise: Exercise, exercises: Mapping[str, Exercise]) -> Exercise:
    """Return the exercise with the items that it takes from another's choice after those that it names itself.

    They are written into its source too, as rounds keep that text and must find everything in it later.
    """
    each = exercise.for_each
    choice = choice_of_rows(exercises, each.items_from) if each and each.items_from else None
    if each is None or choice is None:
        return exercise
    items = dict.fromkeys((*each.items, *(option for option in choice.options if option not in each.items_except)))
    listed = "items = [{}]\n".format(", ".join(f'"{item}"' for item in items))
    source = _ITEMS_FROM.sub(lambda found: listed + found[0], _ITEMS.sub("", exercise.source), count=1)
    version = hashlib.sha256(source.encode()).hexdigest()[:16]
    return replace(exercise.having(replace(each, items=tuple(items))), source=source, version=version)


@cache
def the_process() -> Process:
    """The process that this product ships, read once."""
    return load_process()


def _open(path: Path, mistakes: list[str]) -> TomlTable | None:
    try:
        return TomlTable(tomllib.loads(path.read_text(encoding="utf-8")), path.name, mistakes)
    except FileNotFoundError:
        mistakes.append(f"{path.name}: is missing in {path.parent.name}/; put it back")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(unreadable(path.name, error))
    return None
