"""List the updates that could not be taken, and take them again after a fix. What anybody wrote is never shown."""

import argparse
import asyncio
import json
import sys

from bot import logs
from bot.commands import Arguments
from bot.settings import Settings
from bot.telegram.updates import NUMBERS
from storage.backup.read_only import dead_letters
from storage.json_records import Json, JsonObject
from storage.records.update_log import DeadLetter
from storage.store import Store
from storage.vault.vault import Keyring

EVERY = 0  # what --retry without a number stands for; ids begin at 1
# Fields whose text may be shown: they hold Telegram's own words.
WORDS = ("type", "status")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to do with dead letters; without any option they are listed."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--retry", type=int, nargs="?", const=EVERY, metavar="ID", help="take one, or all, again (bot stopped)"
    )
    what.add_argument("--show", type=int, metavar="ID", help="print how one is built, without what anybody wrote")
    what.add_argument("--drop", type=int, metavar="ID", help="throw one away for good (bot stopped)")


def main(args: Arguments) -> int:
    """List, show, retry or drop; return 1 if one could not be taken or there is none of that number."""
    settings = args.settings()
    if not settings.database.exists():
        print("There is no database yet, so nothing was put aside.")
        return 0
    letters = dead_letters(settings.database, Keyring(settings.master_key))
    number = next((n for n in (args.retry, args.show, args.drop) if n is not None), EVERY)
    every = number == EVERY and args.show is None and args.drop is None
    chosen = [letter for letter in letters if every or letter.id == number]
    if not every and not chosen:
        print(f"There is no {number} among what was put aside: see `stadsbot letters`.", file=sys.stderr)
        return 1
    if args.show is not None:
        return _show(chosen[0])
    if args.drop is not None:
        return asyncio.run(_drop(settings, args, chosen[0]))
    if args.retry is not None:
        return asyncio.run(_retry(settings, args, chosen))
    return _list(settings, chosen)


def _list(settings: Settings, letters: list[DeadLetter]) -> int:
    if not letters:
        print("Nothing was put aside: every update could be taken.")
        return 0
    print(f"{'id':>6}  {'when':16}  {'kind':16}  error")
    for letter in letters:
        at = letter.at.astimezone(settings.time_zone)
        print(f"{letter.id:6}  {at:%Y-%m-%d %H:%M}  {kind(letter.raw):16}  {letter.error_type}")
    print("\nThe log tells where in the code each failed (event dead_letter). After a fix, stop the bot and run")
    print("`stadsbot letters --retry`.")
    return 0


def kind(update: JsonObject) -> str:
    """Return the kind of an update, in Telegram's word."""
    return next((name for name in update if name != "update_id"), "unreadable")


def _show(letter: DeadLetter) -> int:
    print(json.dumps(build(letter.raw), ensure_ascii=False, indent=2))
    return 0


def build(value: Json, name: str = "") -> Json:
    """Return an update's structure: its fields and the lengths of its texts, but no content and nobody's number."""
    match value:
        case dict():
            return {field: build(content, field) for field, content in value.items()}
        case list():
            return [build(content, name) for content in value]
        case str() if name not in WORDS:
            return f"text of {len(value)} characters"
        case int() if type(value) is int and name not in NUMBERS:
            return "number"
        case _:
            return value


async def _drop(settings: Settings, args: Arguments, letter: DeadLetter) -> int:
    store = await Store.open(settings.database, keyring=Keyring(settings.master_key), clock=args.clock)
    try:
        async with store.work() as work:
            await work.update_log.remove_letter(letter.id)
    finally:
        await store.close()
    print(f"{letter.id} is gone.")
    return 0


async def _retry(settings: Settings, args: Arguments, letters: list[DeadLetter]) -> int:
    """Retry updates in the order in which they came. Messages wait in the outbox until the bot is started."""
    from bot.app import introduce, opened  # imported here, as the other options do not need Telegram's library

    logs.set_up(settings.log_level)
    failed = 0
    async with opened(settings, args.clock) as bot:
        await introduce(bot)
        await bot.poller.begin()
        for letter in letters:
            taken = await bot.poller.retake(letter)
            failed += not taken
            print(f"{letter.id} {'is taken' if taken else 'still cannot be taken; the log tells where it fails'}.")
    print("Start the bot: it sends what is to be said." if letters else "Nothing was put aside.")
    return 1 if failed else 0
