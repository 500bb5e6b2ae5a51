"""Make a new master key, the one that all that people write is sealed with."""

import argparse
import os
import sys
from pathlib import Path

from bot.commands import Arguments
from bot.secret_files import new_master_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file for the key."""
    parser.add_argument("file", type=Path, nargs="?", help="new file for the key; without it, the key is printed")


def main(args: Arguments) -> int:
    """Print a key, or write it to a new file; never over a file that exists, as that may be the only copy of a key."""
    if args.file is None:
        print(new_master_key())
        return 0
    try:
        descriptor = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        print(f"{args.file} exists and may hold the only copy of a key: name a new file.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{args.file} cannot be written ({error.strerror}): name a file in a folder of yours.", file=sys.stderr)
        return 1
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(new_master_key() + "\n")
    print(f"{args.file.resolve()} holds a new master key; STADSBOT_MASTER_KEY_FILE says which one the bot uses.")
    print("Keep a copy of the file away from this machine, and not with the backups.")
    return 0
