"""Change the master key, while the bot is stopped: all or nothing."""

import argparse
import asyncio
from pathlib import Path

from bot.commands import Arguments
from bot.settings import Settings
from storage.backup import backup
from storage.backup.rekey import rekey
from storage.errors import NoDatabase, WrongKey
from storage.store import Store
from storage.vault.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the new key's file. The old key is that of the settings."""
    parser.add_argument(
        "new", type=Path, metavar="NEW-KEY-FILE", help="file with the new key, from `stadsbot key FILE`"
    )


def main(args: Arguments) -> int:
    """Change the key, make a backup with the new one, and print what to do now and what the old key is still for."""
    settings = args.settings()
    if not settings.database.exists():
        raise NoDatabase(settings.database)
    old, new = Keyring(settings.master_key), Keyring(args.key(args.new))
    try:
        asyncio.run(_see_that_it_opens(settings, args, old))
        rekey(settings.database, old, new)
    except WrongKey:  # called again after an interruption, when the change was already done
        asyncio.run(_see_that_it_opens(settings, args, new))
    print(
        "The database is sealed with the new master key. Put that key in the old one's place before you start the bot."
    )
    if settings.backups.folder is not None:
        for folder in filter(None, (settings.backups.folder, settings.backups.latest)):
            backup.reseal_keys(folder, old, new)
        made = backup.make(settings.database, settings.backups.folder, new, args.clock(), settings.backups.keep)
        print(f"{made} is made with the new key.")
    else:
        print("Make a backup when the new key is set: `stadsbot backup FOLDER`.")
    print("Keep the old key for as long as you keep backups made with it: `stadsbot restore --made-with` needs it.")
    print("Buttons and links that were sent before work no more: whoever taps one is shown the way (/start).")
    return 0


async def _see_that_it_opens(settings: Settings, args: Arguments, keyring: Keyring) -> None:
    """Migrate the database first, and check that nobody has it open and the key fits."""
    await (await Store.open(settings.database, keyring=keyring, clock=args.clock)).close()
