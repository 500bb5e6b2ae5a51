"""Start the bot on Telegram, and keep it going until it is told to stop."""

import argparse
import gc

from bot import logs
from bot.commands import Arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The settings say it all."""


def main(args: Arguments) -> int:
    """Read the settings, set up the logs, and run."""
    settings = args.settings()
    logs.set_up(settings.log_level)
    gc.disable()  # what is loaded now stays to the end: looking through it for what could go is a tenth of the start
    from bot.app import run  # the other commands need not wait for Telegram's library to load

    gc.freeze()
    gc.enable()
    return run(settings, args.clock)
