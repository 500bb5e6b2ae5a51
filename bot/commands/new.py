"""Begin an exercise: write its two files, ready to be filled in, and put it into its step."""

import argparse
import re
import sys
from importlib.resources import files
from pathlib import Path

from bot.commands import Arguments
from bot.config import languages
from flows.definitions.loader import DefinitionError, load_process
from flows.definitions.model import Process

STRUCTURE = """serves = ["{served}"]
how = "each"            # each, org, group or rows: AUTHORING.md says what they are
minutes = 10
conclusion = true       # afterwards the group writes what it has come to

[[question]]
id = "first"
kind = "text"

[[question]]
id = "second"
kind = "choice"
options = ["yes", "no"]
comment = true
"""
WORDS = """title = "FYLL I"
lead = "FYLL I: vad ni gör nu och varför, i en eller två meningar."
guide = \"\"\"FYLL I: två till sex korta stycken för den som vill läsa mer.\"\"\"
discuss = "FYLL I: vad ni pratar om när svaren visas."
conclusion = "FYLL I: vad gruppen ska skriva ner."

[question.first]
text = "FYLL I: frågan?"
short = "FYLL I"

[question.second]
text = "FYLL I: en fråga att välja svar på?"
short = "FYLL I"
options = { yes = "Ja", no = "Nej" }
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the id that it serves, and its own."""
    parser.add_argument("serves", help="the id of the process that it serves, for example 3.4 (`stadsbot coverage`)")
    parser.add_argument("name", help="its own id: small letters a–z, digits and _, for example managers")
    parser.add_argument("--process", type=Path, default=Path(str(files("flows"))) / "process", help=argparse.SUPPRESS)
    parser.add_argument("--messages", type=Path, default=Path(str(files("messages"))), help=argparse.SUPPRESS)


def main(args: Arguments) -> int:
    """Write the files and print their names; return 1, with nothing written, if the name or id is refused."""
    try:
        process = load_process(args.process)
    except DefinitionError as error:
        print(error, file=sys.stderr)
        return 1
    if wrong := _refused(process, args.serves, args.name):
        print(wrong, file=sys.stderr)
        return 1
    file = f"{args.serves}-{args.name}.toml"
    written = {args.process / file: STRUCTURE.format(served=args.serves)}
    written |= {args.messages / language / file: WORDS for language in languages()}
    outline = args.process / "process.toml"
    step, text = args.serves.partition(".")[0], outline.read_text(encoding="utf-8")
    placed = _placed(text, step, args.name)
    if placed != text:
        written[outline] = placed
    for path, content in written.items():
        path.write_text(content, encoding="utf-8")
        print(path)
    if placed == text:
        print(f"{args.serves} belongs to no step: put “{args.name}” into the exercises of one in {outline}.")
    print("Fill in what says FYLL I; `stadsbot check` tells what is left, `stadsbot preview` shows how it looks.")
    return 0


def _placed(outline: str, step: str, name: str) -> str:
    """Put an exercise last into its step's list, on a line of its own where the others have one."""

    def add(found: re.Match[str]) -> str:
        head, space = found.groups()
        return f'{head},\n    "{name}",\n]' if "\n" in space else f'{head}, "{name}"]'

    its_list = rf"(^number = {re.escape(step)}$.*?^exercises = \[[^\]]*?),?(\s*)\]"
    return re.sub(its_list, add, outline, count=1, flags=re.MULTILINE | re.DOTALL)


def _refused(process: Process, served: str, name: str) -> str | None:
    """Return why an exercise cannot have this id or name, in a sentence; None if it can."""
    if served not in process.ids:
        return f"“{served}” is no id of the process; `stadsbot coverage` lists them with their titles."
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        return f"“{name}” is no id: use small letters a–z, digits and _, a letter first, 40 characters at most."
    if name in process.exercises or name == "process":
        return f"There is an exercise called “{name}” already; choose another name."
    return None
