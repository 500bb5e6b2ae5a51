"""Findings of the doctor."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The weight of a finding: with an error the bot does not work, or people's words are not safe."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined: its name, what was found, and what to do (empty if nothing).

    `stops`: the bot does not start, or not for long, until that is done.
    """

    level: Level
    about: str
    says: str
    cure: str = ""
    stops: bool = False


def ok(about: str, says: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, about, says)


def warning(about: str, says: str, cure: str) -> Finding:
    """Return a finding that should be looked at."""
    return Finding(Level.WARNING, about, says, cure)


def error(about: str, says: str, cure: str) -> Finding:
    """Return a finding that must be mended."""
    return Finding(Level.ERROR, about, says, cure)


def obstacle(about: str, says: str, cure: str) -> Finding:
    """Return a finding that must be mended before the bot can start."""
    return Finding(Level.ERROR, about, says, cure, stops=True)
