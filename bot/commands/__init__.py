"""The commands of `stadsbot`, a module each: `add_arguments(parser)`, and `main(args)` which returns the exit code.

The first line of a module's docstring is the command's help.
"""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from bot.config import Settings, SettingsError, decode_key, gather, read


def read_key(path: Path) -> bytes:
    """Return the master key in a file that `stadsbot key` made; raises SettingsError."""
    try:
        key = decode_key(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        key = None
    if key is None:
        raise SettingsError([f"{path} holds no master key: name a file that `stadsbot key FILE` made."])
    return key


class Arguments(argparse.Namespace):
    """What a command is given: its own arguments, and the world outside, which only bot/__main__ touches.

    `clock` returns the present time, aware, in UTC.
    """

    environment: Mapping[str, str]
    env_file: Path
    clock: Callable[[], datetime]

    def values(self) -> Mapping[str, str]:
        """Return the environment with what the .env file adds to it; raises SettingsError."""
        return gather(self.environment, self.env_file)

    def settings(self) -> Settings:
        """Return the operator's settings; raises SettingsError."""
        return read(self.values())
