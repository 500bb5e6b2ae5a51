"""Restore a database from a backup, or try in a drill whether it could be."""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.commands import Arguments
from bot.settings import Settings
from storage.backup import backup, backup_files
from storage.store import Store
from storage.vault.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which backup, and the key that it was made with."""
    parser.add_argument(
        "backup",
        type=Path,
        nargs="?",
        help="the backup, or a folder whose newest it is (default: the newest of STADSBOT_BACKUPS and STADSBOT_LATEST)",
    )
    parser.add_argument(
        "--made-with", type=Path, metavar="FILE", help="the master key of then, if it has been changed since"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--replace", action="store_true", help="set aside, for two weeks, a database that is there")
    how.add_argument(
        "--drill", action="store_true", help="put it into a folder that goes again, and tell what is in it"
    )


def main(args: Arguments) -> int:
    """Restore the backup, open it as the bot would, and print what is in it."""
    settings = args.settings()
    kept = settings.backups
    named = [args.backup] if args.backup else [kept.folder, kept.latest]
    sources = [folder for folder in named if folder]
    if not sources:
        print("Which backup? Name a file or a folder, or set STADSBOT_BACKUPS.", file=sys.stderr)
        return 1
    made_with = Keyring(args.key(args.made_with)) if args.made_with else None
    database, keyring = settings.database, Keyring(settings.master_key)
    now = args.clock()
    used = backup.chosen(sources[0], now, *sources[1:])
    if not args.drill:
        backup.restore(used, database, keyring, made_with, aside=now if args.replace else None)
        if args.replace:  # else the doctor would take readings noted since the backup for lines that were cut off
            backup.set_aside(
                {folder / backup_files.HEADS for folder in (used.parent, settings.backups.folder) if folder}, now
            )
        print(f"{used} now is {database}.")
        print(asyncio.run(_look(settings, args, database)))
        print("Tell the groups that what was written after that is gone, and start the bot.")
        return 0
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with backup_files.workroom(database, "drill") as folder:
        backup.restore(used, folder / database.name, keyring, made_with)
        print(f"{used} can be put back.")
        print(asyncio.run(_look(settings, args, folder / database.name)))
    print("That was a drill: what is in use was not touched, and the copy is gone.")
    return 0


async def _look(settings: Settings, args: Arguments, database: Path) -> str:
    """Open the database as the bot would, and say what is in it."""
    store = await Store.open(database, keyring=Keyring(settings.master_key), clock=args.clock)
    try:
        async with store.work() as work:
            groups, last = await work.groups.all_active(), await work.update_log.last_heartbeat()
            owners = await work.mail_addresses.people() | await work.passkeys.people()
    finally:
        await store.close()
    then = f"it was at {last.astimezone(settings.time_zone):%Y-%m-%d %H:%M}" if last else "the backup was made of it"
    named = sum(bool(group.title) for group in groups)  # a title is sealed with its group's own key
    return (
        f"It opens, holds {len(groups)} groups, and the sealed names of {named} of them can be read. It is as {then}, "
        f"but for groups erased since then, which are erased in it too. {len(owners)} people have a mail address or a "
        "passkey that is as it was: once the bot is started, it tells each of them to change again what they have "
        "changed since, under Personuppgifter."
    )
