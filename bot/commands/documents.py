"""Write the invented town's documents, tables and pictures into a folder, and tell how long each took."""

import argparse
from pathlib import Path

from bot.commands import Arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder to write to."""
    parser.add_argument("--demo", type=Path, metavar="DIR", required=True, help="the folder; made if it is not there")


def main(args: Arguments) -> int:
    """Write all documents, and print a line for each with milliseconds and kilobytes."""
    from messages.documents.invented_town import write_all

    count, whole = 0, 0.0
    for name, seconds, size in write_all(args.demo):
        print(f"{seconds * 1000:6.0f} ms {size / 1024:6.0f} kB  {name}", flush=True)
        count, whole = count + 1, whole + seconds
    print(f"{count} files in {whole:.1f} s: {args.demo}")
    return 0
