"""The program `stadsbot` (also `python -m bot`): finds the command and hands it the environment and the clock."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bot.commands import (
    Arguments,
    access,
    backup,
    chart,
    check,
    coverage,
    demo,
    doctor,
    documents,
    groups,
    invite,
    key,
    letters,
    new,
    play,
    preview,
    rekey,
    restore,
    run,
    verify_log,
    vouch,
)
from bot.errors import StartError
from bot.settings import SettingsError
from storage.errors import StorageError

COMMANDS = {
    "run": run,
    "demo": demo,
    "play": play,
    "doctor": doctor,
    "check": check,
    "coverage": coverage,
    "access": access,
    "chart": chart,
    "preview": preview,
    "new": new,
    "documents": documents,
    "groups": groups,
    "invite": invite,
    "vouch": vouch,
    "key": key,
    "backup": backup,
    "restore": restore,
    "rekey": rekey,
    "letters": letters,
    "verify-log": verify_log,
}
# From sysexits.h, so that a supervisor can tell them apart and need not start again what a person must mend.
EXIT_FILE, EXIT_STORAGE, EXIT_SETTINGS = 73, 74, 78
# As a shell reports a program that a signal ended: 128 and the signal's number.
EXIT_INTERRUPTED, EXIT_BROKEN_PIPE = 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; whatever an operator can mend is told in a sentence each."""
    surroundings = Arguments(environment=os.environ, clock=lambda: datetime.now(UTC))
    args = _parser().parse_args(argv, namespace=surroundings)
    try:
        code = int(COMMANDS[args.command].main(args))
        sys.stdout.flush()  # here, so that a reader who has gone is met below and not at exit
        return code
    except SettingsError as error:
        return _give_up(error.problems, EXIT_SETTINGS)
    except StartError as error:
        return _give_up([str(error)], error.code)
    except StorageError as error:
        return _give_up([str(error)], EXIT_STORAGE)
    except BrokenPipeError:  # as in `stadsbot chart | head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except OSError as error:
        if error.filename is None:
            raise
        return _give_up([f"{error.filename} cannot be used: {error.strerror}."], EXIT_FILE)
    except KeyboardInterrupt:
        return _give_up(["Stopped."], EXIT_INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stadsbot", description="Stad för stad, as a bot on Telegram.")
    parser.add_argument("--version", action="version", version=f"stadsbot {version('stadsbot')}")
    parser.add_argument(
        "--env-file", type=Path, default=Path(".env"), help="settings that the environment lacks (default: .env)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        line = (command.__doc__ or "").partition("\n")[0]
        command.add_arguments(commands.add_parser(name, help=line, description=line))
    return parser


def _give_up(sentences: list[str], code: int) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201 - the program's own voice
    return code


if __name__ == "__main__":
    sys.exit(main())
