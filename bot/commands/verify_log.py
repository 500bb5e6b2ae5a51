"""Print the heads of the log of who has read what, or check heads that were kept elsewhere against the log."""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.commands import Arguments
from bot.features.incidents.log_anchors import BROKEN, verdicts
from storage.backup.read_only import copied
from storage.errors import NoDatabase
from storage.records.access_log import Head, HeadVerdict
from storage.vault.vault import Keyring

SAYS = {
    HeadVerdict.STANDS: "stands, and what came after it is whole",
    HeadVerdict.AGED: "is older than the group keeps its log",
    HeadVerdict.CUT: "IS GONE: lines were cut off",
    HeadVerdict.CHANGED: "DOES NOT FIT: lines were changed",
    None: "is of a group that is not here, or was erased",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the heads to check; without any, those of now are printed."""
    parser.add_argument("heads", nargs="*", metavar="HEAD", help="a head that was kept")
    parser.add_argument("--file", type=Path, help="a file of heads, such as access-log-heads.txt beside the backups")


def main(args: Arguments) -> int:
    """Print the heads of now, or check the given ones; return 1 if a log has been tampered with."""
    words = [*args.heads, *(args.file.read_text(encoding="utf-8").split() if args.file else ())]
    heads = {word: Head.parse(word) for word in words}  # the file has times in it too
    strange = [word for word in args.heads if heads[word] is None]
    if strange:
        print(f"This is no head: {strange[0]}", file=sys.stderr)
        return 1
    return asyncio.run(_verify(args, [head for head in heads.values() if head], every=not words))


async def _verify(args: Arguments, heads: list[Head], *, every: bool) -> int:
    settings, wrong = args.settings(), 0
    if not settings.database.exists():
        raise NoDatabase(settings.database)
    async with copied(settings.database, Keyring(settings.master_key), args.clock) as store, store.work() as work:
        for head, became in (await verdicts(work, heads, args.clock().date())).items():
            wrong += became in BROKEN
            print(f"{head}  {SAYS[became]}")
        for group in await work.groups.all_active() if every else ():
            last, whole = await work.access_log.head(group.id), await work.access_log.is_whole(group.id)
            wrong += not whole
            print(f"{last or f'group {group.id}: nothing was read yet'}{'' if whole else '  DOES NOT FIT'}")
    return 1 if wrong else 0
