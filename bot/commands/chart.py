"""Draw the process, an exercise, phases of a run or a ballot, a dialogue, or who hears a text, as Mermaid text."""

import argparse
import sys

from bot.commands import Arguments
from flows.definitions.loader import DefinitionError, load_process
from flows.engine import chart


def _texts() -> str:
    """The readers of a text in their order, each with its reason, for each place where one is written."""
    from bot.assembly.reader_lists import LISTS

    lines = ["flowchart TD"]
    for at, readers in enumerate(LISTS):
        lines.append(f'    subgraph s{at}["{readers.place}"]')
        lines += [f'        r{at}_{row}["{one.name}: {one.why}"]' for row, one in enumerate(readers.rows)]
        lines.append(f"        {' --> '.join(f'r{at}_{row}' for row in range(len(readers.rows)))}")
        lines.append("    end")
    return "\n".join(lines)


TABLES = {
    "phases": chart.phases,
    "ballots": chart.ballots,
    "dialogue": chart.dialogue,
    "texts": _texts,
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
