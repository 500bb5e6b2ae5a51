"""Make a backup now, beside those that the running bot makes by night; it may run meanwhile."""

import argparse
import sys
from pathlib import Path

from bot.commands import Arguments
from storage.backup import backup, backup_files
from storage.vault.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder to back up to."""
    parser.add_argument("folder", type=Path, nargs="?", help="folder for it (default: STADSBOT_BACKUPS)")


def main(args: Arguments) -> int:
    """Make a backup, read it back, and print where it is."""
    settings = args.settings()
    folder = args.folder or settings.backups.folder
    if folder is None:
        print("Where should the backup go? Name a folder, or set STADSBOT_BACKUPS.", file=sys.stderr)
        return 1
    made = backup.make(settings.database, folder, Keyring(settings.master_key), args.clock(), settings.backups.keep)
    kept = len(backup_files.numbers_in(folder))
    print(f"{made} is made and was read back whole ({made.stat().st_size / 1e6:.1f} MB). Kept there: {kept}.")
    print(
        f"With it belongs {made.parent / backup_files.KEYS}, of which only the newest may be kept: copy both elsewhere."
    )
    return 0
