"""Show which exercises and conversations serve each part of the process, and what is missing for it to be complete."""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bot.commands import Arguments
from bot.config import languages
from flows.loader import DefinitionError, load_process
from flows.model import Exercise, Process
from messages import completeness
from messages.language import WordsError
from messages.voice import Voice

COVERS = re.compile(r"^# covers: (.+)$", re.MULTILINE)
AROUND = ("P", "I")  # what the bot does around the exercises is proved by conversations alone
TRANSCRIPTS = Path(__file__).parents[2] / "tests" / "transcripts"


class Row(NamedTuple):
    """An id of the process, the exercises that serve it, the transcripts that cover it, and how complete it is."""

    served: str
    title: str
    exercises: str
    transcripts: str
    state: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the conversations are."""
    parser.add_argument(
        "--transcripts", type=Path, default=TRANSCRIPTS, help="folder of transcripts (default: the source tree's own)"
    )


def main(args: Arguments) -> int:
    """Print the table; return 1 if anything is missing, or if definitions or words cannot be read at all."""
    try:
        process = load_process()
        voices = [Voice(language) for language in languages()]
    except (DefinitionError, WordsError) as error:
        print(error)
        return 1
    if not args.transcripts.is_dir():
        print(f"There are no transcripts in {args.transcripts}: run this in the source tree, or name their folder.")
        return 1
    rows = list(table(process, voices, transcripts(args.transcripts)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(Row._fields) - 1)]
    for row in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=False)), f" {row.state}")
    return 0 if all(row.state == "complete" for row in rows) else 1


def transcripts(folder: Path) -> dict[str, list[str]]:
    """Return the names of the transcripts by the ids that they say they cover."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        for line in COVERS.findall(path.read_text(encoding="utf-8")):
            for served in line.split(", "):
                found.setdefault(served, []).append(path.stem)
    return found


def table(process: Process, voices: list[Voice], covered: Mapping[str, list[str]]) -> Iterator[Row]:
    """Yield a row for each id of the process."""
    for served in process.ids:
        exercises = [exercise for exercise in process.exercises.values() if served in exercise.serves]
        lacks = [lack for exercise in exercises for lack in _lacks(exercise, process, voices)]
        if not exercises and not served.startswith(AROUND):
            lacks.append("no exercise yet")
        if served not in covered:
            lacks.append("no transcript yet")
        names = ", ".join(exercise.id for exercise in exercises)
        title = voices[0].book("process").get(completeness.title_of(served)) or "–"
        yield Row(
            served, title, names or "–", ", ".join(covered.get(served, ())) or "–", "; ".join(lacks) or "complete"
        )


def _lacks(exercise: Exercise, process: Process, voices: list[Voice]) -> Iterator[str]:
    if not exercise.private and not exercise.always and process.step_of(exercise.id) is None:
        yield f"{exercise.id} is in no step"
    for voice in voices:
        mistakes = completeness.of_exercise(exercise, voice)
        if mistakes:
            yield f"{exercise.id} has {len(mistakes)} wrong or missing words in {voice.language}"
