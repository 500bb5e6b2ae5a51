"""Put a backup in the place of a database that is gone; never over one that is there."""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.commands import Arguments, read_key
from bot.config import Settings
from storage import backup
from storage.store import Store
from storage.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which, and with which key it was made."""
    parser.add_argument(
        "backup", type=Path, nargs="?", help="the backup, or a folder whose newest it is (default: STADSBOT_BACKUPS)"
    )
    parser.add_argument(
        "--made-with", type=Path, metavar="FILE", help="the master key of then, if it has been changed since"
    )


def main(args: Arguments) -> int:
    """Put it back, open it as the bot would, and say what is in it."""
    settings = args.settings()
    source = args.backup or settings.backups
    if source is None:
        print("Which backup? Name a file or a folder, or set STADSBOT_BACKUPS.", file=sys.stderr)
        return 1
    made_with = Keyring(read_key(args.made_with)) if args.made_with else None
    used = backup.restore(source, settings.database, Keyring(settings.master_key), made_with)
    print(f"{used} now is {settings.database}.")
    groups, since = asyncio.run(_open(settings, args))
    print(f"It opens, and holds {groups} groups. What was written after {since} is not in it: tell the groups.")
    print("Groups that were erased since the backup was made are erased in it too. Start the bot.")
    return 0


async def _open(settings: Settings, args: Arguments) -> tuple[int, str]:
    store = await Store.open(settings.database, keyring=Keyring(settings.master_key), clock=args.clock)
    try:
        async with store.work() as work:
            groups, last = await work.groups.all_active(), await work.update_log.last_heartbeat()
    finally:
        await store.close()
    since = f"{last.astimezone(settings.time_zone):%Y-%m-%d %H:%M}" if last else "the backup"
    return len(groups), since
