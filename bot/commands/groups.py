"""List the groups, with their towns and when each was last heard of; or end one in which nobody is left."""

import argparse
import asyncio
import sys
from datetime import datetime, timedelta

from bot.commands import Arguments
from bot.settings import Settings
from storage.backup import backup
from storage.backup.read_only import copied
from storage.errors import NoDatabase
from storage.records.records import GroupState
from storage.store import Store, UnitOfWork
from storage.vault.vault import Keyring

NOTICE = timedelta(days=30)  # without a sign of life, until a group can be ended from outside


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be done with one."""
    parser.add_argument(
        "--end", type=int, metavar="NUMBER", help="erase this group, its key and its place in every backup, for good"
    )


def main(args: Arguments) -> int:
    """Print the groups, or what came of ending one. Names and answers of people are never shown."""
    settings = args.settings()
    if not settings.database.exists():
        raise NoDatabase(settings.database)
    if args.end is not None:
        return asyncio.run(_end(settings, args, args.end))
    return asyncio.run(_list(settings, args))


async def _list(settings: Settings, args: Arguments) -> int:
    async with copied(settings.database, Keyring(settings.master_key), args.clock) as store, store.work() as work:
        print(f"{'number':>6}  {'state':8}  {'seats':>5}  {'last heard of':13}  town")
        forged, _ = await work.groups.forged()
        for number in await work.groups.numbers():
            if number in forged:
                print(f"{number:6}  forged: its seal does not fit (see `stadsbot doctor`)")
                continue
            group = await work.groups.get(number)
            heard = await work.stats.last_heard(number)
            seats = len(await work.members.active(number))
            day = f"{heard.astimezone(settings.time_zone):%Y-%m-%d}" if heard else "never"
            print(f"{number:6}  {group.state:8}  {seats:5}  {day:13}  {group.title}")
    return 0


async def _end(settings: Settings, args: Arguments, number: int) -> int:
    keyring, now = Keyring(settings.master_key), args.clock()
    store = await Store.open(settings.database, keyring=keyring, clock=args.clock)
    try:
        async with store.work() as work:
            if reason := await _kept(work, number, now):
                print(reason, file=sys.stderr)
                return 1
            await work.groups.erase(number)
        for folder in filter(None, (settings.backups.folder, settings.backups.latest)):
            backup.renew_keys(settings.database, folder, keyring)
    finally:
        await store.close()
    print(f"Group {number} is erased here, and so in every backup: its key is gone from all files of keys.")
    print("Where the folders of backups are copied to, copy `group-keys.backup` anew, in the old one's place.")
    return 0


async def _kept(work: UnitOfWork, number: int, now: datetime) -> str:
    """Why a group cannot be ended from outside; empty if it can."""
    if number not in await work.groups.numbers():
        return f"There is no group {number}: see `stadsbot groups`."
    group = await work.groups.get(number)
    there = await work.members.active(number)
    heard = await work.stats.last_heard(number)
    if group.state != GroupState.AWAY and there and (heard is None or now - heard < NOTICE):
        return (
            f"Group {number} has {len(there)} people, and was heard of within {NOTICE.days} days: whoever coordinates "
            "takes out the archive, and erases it, under /skydd."
        )
    return ""
