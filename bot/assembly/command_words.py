"""Checks a language's words for the commands: names, labels, lines of help, and what speaks of one or leads to it."""

import re
from collections.abc import Iterator

from bot.assembly.chat_commands import COMMANDS
from bot.context.routes import Menu
from messages.own_words import FILE
from messages.voice import Voice

_WRITTEN = re.compile(r"(?<![\w/<.])/([a-z][a-z0-9_]+)")  # no closing mark of bold, and no part of an address


def mistakes(voice: Voice) -> list[str]:
    """Return a sentence for each word of a command that is missing, or unused, for `stadsbot check`."""
    needed, there, called = set(_needed_words()), voice.names(), voice.rules.commands.keys()
    rules = f"{voice.language}/language.toml"
    owned = ("label.command.", "label.help.")
    unused = sorted(name for name in there - needed if name.startswith(owned))
    file = f"{voice.language}/interface/help.toml"
    return [
        *_own_words(voice),
        *(f"{rules}: “commands.{name}” is missing; say what /{name} is called" for name in COMMANDS.keys() - called),
        *(
            f"{rules}: no command is “commands.{name}”; take it away, or mend its name"
            for name in called - COMMANDS.keys()
        ),
        *(f"{rules}: nobody can write /{name}: it is another command's name" for name in _hidden(voice)),
        *(f"{voice.language}/{told}" for told in _unknown(voice)),
        *(f"{file}: “{name}” is missing; say there what /{name.rpartition('.')[2]} does" for name in needed - there),
        *(f"{file}: no command asks for “{name}”; take it away, or mend its name" for name in unused),
    ]


def _own_words(voice: Voice) -> Iterator[str]:
    """Yield a mistake for each rule of people's own words that hears what it must not, or leads nowhere."""
    own = voice.rules.own_words
    yield from (f"{voice.language}/{told}" for told in own.mistakes())
    for rule in own.rules:
        if rule.command and rule.command not in COMMANDS:
            yield f"{voice.language}/{FILE}: “{rule.id}” leads to /{rule.command}, which is no command; mend it"
        if (rule.asked or not rule.shrugged) and f"own.{rule.words}" not in voice.names():
            yield f"{voice.language}/interface: “own.{rule.words}” is missing; say what “{rule.id}” is answered"


def _hidden(voice: Voice) -> Iterator[str]:
    """Yield a mistake for each command whose Swedish name this language gives to another."""
    yield from (name for name, called in voice.rules.commands.items() if called in COMMANDS and called != name)


def _unknown(voice: Voice) -> Iterator[str]:
    """Yield a mistake for each text that names a command which is called otherwise in this language."""
    for name, text in sorted(voice.texts().items()):
        for written in _WRITTEN.findall(text):
            if written not in voice.rules.commands.values():
                yield f"interface: “{name}” speaks of /{written}, and no command is called so; mend it"


def _needed_words() -> Iterator[str]:
    for command in COMMANDS.values():
        if command.menus:
            yield f"label.command.{command.name}"
        if Menu.MENU in command.menus:
            yield f"label.help.{command.name}"
