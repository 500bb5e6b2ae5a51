"""Show how much of what each part of the process asks for is shown by a conversation, and what is not.

For each id: its title, how many of its single requirements (`bot/commands/requirements.py`) a transcript shows, how
many transcripts cover it (they say so in a line `# covers: `), and the exercises that serve it. Then the requirements
that no transcript shows, and last "N of M" over all.
"""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bot.commands import Arguments, requirements
from bot.commands.requirements import Requirement, RequirementsError
from bot.config import languages
from flows.definitions.loader import DefinitionError, load_process
from flows.definitions.model import Exercise, Process
from messages import completeness
from messages.language import WordsError
from messages.voice import Voice

COVERS = re.compile(r"^# covers: (.+)$", re.MULTILINE)
COMPLETE, LACKING = "complete", "lacking"
AROUND = ("P", "I")  # ids that no exercise need serve
TRANSCRIPTS = Path(__file__).parents[2] / "tests" / "transcripts"
REQUIREMENTS = TRANSCRIPTS.with_name("requirements")


class CoverageRow(NamedTuple):
    """An id of the process, what it lacks, how many transcripts cover it, and the exercises that serve it."""

    served: str
    title: str
    state: str
    transcripts: str
    exercises: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folders of transcripts and requirements."""
    parser.add_argument(
        "--transcripts", type=Path, default=TRANSCRIPTS, help="folder of transcripts (default: the source tree's own)"
    )
    parser.add_argument(
        "--requirements", type=Path, default=REQUIREMENTS, help="folder of requirements (default: likewise)"
    )


def main(args: Arguments) -> int:
    """Print the table, what is not met, and "N of M".

    Returns 1 if something is missing without which a part cannot be served at all, if a line that should show a
    requirement is not there, or if definitions, words or requirements cannot be read. What is not met is told, and
    no failure.
    """
    try:
        process = load_process()
        voices = [Voice(language) for language in languages()]
        wanted = requirements.load(args.requirements, process.ids)
    except (DefinitionError, WordsError, RequirementsError) as error:
        print(error)
        return 1
    if not args.transcripts.is_dir():
        print(f"There are no transcripts in {args.transcripts}: run this in the source tree, or name their folder.")
        return 1
    rows = [_counted(row, wanted) for row in table(process, voices, transcripts(args.transcripts))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(CoverageRow._fields))]
    for row in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip())
    false = list(requirements.not_there(wanted, args.transcripts))
    _print_list("Said to be shown, but not there:", false)
    _print_list("Not met:", [f"{one.served}: {one.what}" for one in wanted if not one.met])
    print(f"\n{sum(one.met for one in wanted)} of {len(wanted)}")
    return 1 if false or any(row.state.split(": ")[0] == LACKING for row in rows) else 0


def _counted(row: CoverageRow, wanted: list[Requirement]) -> CoverageRow:
    """Return the row with the number of its requirements that are met, after what it lacks, if anything."""
    its = [one.met for one in wanted if one.served == row.served]
    told = f"{sum(its)} of {len(its)}"
    return row._replace(state=told if row.state == COMPLETE else f"{LACKING}: {row.state}, {told}")


def _print_list(title: str, lines: list[str]) -> None:
    if lines:
        print(f"\n{title}", *(f"  {line}" for line in lines), sep="\n")


def transcripts(folder: Path) -> dict[str, list[str]]:
    """Return the names of the transcripts by the ids that they say they cover."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        for line in COVERS.findall(path.read_text(encoding="utf-8")):
            for served in line.split(", "):
                found.setdefault(served, []).append(path.stem)
    return found


def table(process: Process, voices: list[Voice], covered: Mapping[str, list[str]]) -> Iterator[CoverageRow]:
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
        count = len(covered.get(served, ()))
        yield CoverageRow(
            served, title, "; ".join(lacks) or COMPLETE, f"{count} transcript{'' if count == 1 else 's'}", names
        )


def _lacks(exercise: Exercise, process: Process, voices: list[Voice]) -> Iterator[str]:
    if not exercise.private and not exercise.always and process.step_of(exercise.id) is None:
        yield f"{exercise.id} is in no step"
    for voice in voices:
        mistakes = completeness.of_exercise(exercise, voice)
        if mistakes:
            yield f"{exercise.id} has {len(mistakes)} wrong or missing words in {voice.language}"
