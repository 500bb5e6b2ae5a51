"""Draw the process, one exercise, the phases of a run or of a ballot, or a person's dialogue, as Mermaid text."""

import argparse
import sys

from bot.commands import Arguments
from flows import chart
from flows.loader import DefinitionError, load_process

TABLES = {
    "phases": chart.phases,
    "ballots": chart.ballots,
    "dialogue": chart.dialogue,
}  # drawn from the program's own tables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the name of what to draw."""
    what = f"process (the default), {', '.join(TABLES)}, or an exercise's id"
    parser.add_argument("what", nargs="?", default="process", help=what)


def main(args: Arguments) -> int:
    """Print the drawing, which any Mermaid viewer shows; return 1 if there is no such thing to draw."""
    if table := TABLES.get(args.what):
        print(table())
        return 0
    try:
        process = load_process()
    except DefinitionError as error:
        print(error, file=sys.stderr)
        return 1
    if args.what == "process":
        print(chart.whole(process))
        return 0
    exercise = process.exercises.get(args.what)
    if exercise is None:
        print(f"There is no exercise “{args.what}”: {', '.join(sorted(process.exercises))}.", file=sys.stderr)
        return 1
    print(chart.exercise(exercise))
    return 0
