"""Start the bot on Telegram, and keep it going until it is told to stop."""

import argparse
import gc

from bot import logs
from bot.commands import Arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add that a new bot is meant; all else is in the settings."""
    parser.add_argument("--new", action="store_true", help="begin anew where backups of a lost database are")


def main(args: Arguments) -> int:
    """Read the settings, set up the logs, and run."""
    settings = args.settings()
    logs.set_up(settings.log_level)
    gc.disable()  # imported modules stay to the end: garbage collection over them would take a tenth of the start
    from bot.service import run  # imported here, as other commands do not need Telegram's library

    gc.freeze()
    gc.enable()
    return run(settings, args.clock, new=args.new)
