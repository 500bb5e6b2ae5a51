"""Play a small town's people in the browser, with Telegram played on this machine."""

import argparse

from bot import logs
from bot.commands import Arguments

HIGHEST_PORT = 65_535  # a port is 16 bits


def _port(given: str) -> int:
    """Read a port number. Raises ArgumentTypeError with a sentence about which there are."""
    if not given.isdecimal() or not 0 <= int(given) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{given} is no port: choose one from 1024 to {HIGHEST_PORT}, or 0 for any")
    return int(given)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the page's port, and whether it is opened in a browser."""
    parser.add_argument(
        "--port",
        type=_port,
        default=8080,
        help="port on this machine (default: 8080); the next free one if it is taken",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the page's address")


def main(args: Arguments) -> int:
    """Serve the sandbox's page, with the real bot behind it."""
    logs.set_up("WARNING")
    from bot.demo.serve import open_town  # the other commands need not wait for the servers to load

    return open_town(args.port, browser=not args.no_browser)
