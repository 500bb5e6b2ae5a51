"""Play a small town's people in the browser, with Telegram played on this machine."""

import argparse

from bot import logs
from bot.commands import Arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the page is served, and whether it is opened."""
    parser.add_argument("--port", type=int, default=8080, help="port on this machine (default: 8080)")
    parser.add_argument("--no-browser", action="store_true", help="only print the page's address")


def main(args: Arguments) -> int:
    """Open the door of the sandbox's page, with the unchanged bot behind it."""
    logs.set_up("WARNING")
    from bot.demo.serve import open_town  # the other commands need not wait for the servers to load

    return open_town(args.port, browser=not args.no_browser)
