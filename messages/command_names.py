"""What the commands are called in a language, by `[commands]` in its language.toml."""

import re
from collections.abc import Mapping

from flows.answers import folded

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # the Bot API's limit, BotCommand


class CommandNames:
    """The names of the commands in one language. Raises ValueError for one that cannot be, or that two have."""

    def _read_commands(self, data: Mapping[str, Mapping[str, str]]) -> None:
        """Read what each command is called, and what else is understood as its name or leads to it."""
        self.commands = dict(data["commands"])  # what each is called, by the program's name for it
        self._called: dict[str, str] = {name: command for command, name in self.commands.items()}
        for command, name in self.commands.items():
            if not _COMMAND.fullmatch(name) or self._called[name] != command:
                raise ValueError(
                    f"“commands.{command}” is “{name}”; give it a name of its own, of at most 32 letters "
                    "a to z, digits and _, as Telegram demands"
                )
        for other, command in data.get("other_commands", {}).items():
            if command not in self.commands:
                raise ValueError(f"“other_commands.{other}” is “{command}”; name a command that is there")
            if other in self._called:
                raise ValueError(
                    f"/{other} is what “{self._called[other]}” is called, and “other_commands.{other}” "
                    f"makes it another name of “{command}”; take one of them away"
                )
            self._called[other] = command
        # … and what is not understood so, but leads to the one that may be meant
        self.near_commands: dict[str, str] = {**data.get("near_commands", {}), **self._called}
        if unknown := set(self.near_commands.values()) - self.commands.keys():
            raise ValueError(f"“near_commands” names “{min(unknown)}”; name a command that is there")

    def called(self, command: str) -> str:
        """Return a command's name in this language, from the program's name for it."""
        return self.commands.get(command, command)

    def command(self, written: str) -> str:
        """Return the program's name of a command, from its name in this language; either is understood."""
        return self._called.get(written, written)

    def command_in(self, text: str) -> str | None:
        """Return the program's name of the command that a text names and says nothing else: "Åtgärd!" is /atgard.

        None for one with its sign, as it would have been taken for one, were it not passed on from elsewhere.
        """
        return None if text.startswith("/") else self._called.get(" ".join(re.findall(r"\w+", folded(text))))
