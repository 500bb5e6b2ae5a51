"""The commands of `stadsbot`, a module each: `add_arguments(parser)`, and `main(args)` which returns the exit code.

The first line of a module's docstring is the command's help.
"""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from bot.config import gather, read
from bot.secret_files import SecretRefused, decode_key, read_secret
from bot.settings import Settings, SettingsError


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

    def key(self, path: Path) -> bytes:
        """Return the master key in a file that `stadsbot key` made, or in a credential of that name.

        Raises SettingsError, which tells a file that may not be read from one that holds no key.
        """
        credentials = self.environment.get("CREDENTIALS_DIRECTORY", "")
        handed = Path(credentials) / path.name
        try:
            key = decode_key(read_secret(handed if credentials and handed.exists() else path, credentials))
        except SecretRefused as refused:
            raise SettingsError([f"{path} {refused}"]) from None
        if key is None:
            raise SettingsError([f"{path} holds no master key: name a file that `stadsbot key FILE` made."])
        return key

    def settings(self) -> Settings:
        """Return the operator's settings; raises SettingsError."""
        return read(self.values())
