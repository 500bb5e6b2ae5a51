"""Print the one-time code for somebody whose page asks for one that nobody in their group can tell them."""

import argparse

from bot.commands import Arguments
from bot.context.sealed_actions import Buttons
from bot.page.one_time_code import DIGITS, digits, operators_code, spaced
from storage.vault.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the number that stands on their page."""
    parser.add_argument("number", nargs="+", metavar="NUMBER", help="the six figures that they read out")


def main(args: Arguments) -> int:
    """Print the code, and whom to give it to."""
    number = digits("".join(args.number))
    if len(number) != DIGITS:
        print(f"The number has {DIGITS} figures: ask for it once more.")
        return 1
    code = operators_code(Buttons(Keyring(args.settings().master_key).button_key), number)
    print("Ring them on a number that you had before. Only if it is they, and they ask for it, tell them:")
    print(f"\n  {spaced(code)}\n")
    print(
        "It counts once, in that browser, for a quarter of an hour after they asked. It opens what they may see and do."
    )
    return 0
