"""The operator's folder of towns: a folder with a group's number gives its documents their own look.

A file that can't be used is left out of documents; `stadsbot doctor` says which and why.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.logs import Log
from messages.documents.own_look import NAMES, OwnLook, Piece, UnusableFile, largest, look_of, refuse

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class TownFile:
    """A file that was examined: `piece` is None if nothing reads it; `wrong` says why it can't be used."""

    path: Path
    piece: Piece | None
    content: bytes = b""
    wrong: UnusableFile | None = None


def look_at(folder: Path) -> Iterator[TownFile]:
    """Read every file of a town's folder that is needed. Raises OSError."""
    for path in sorted(folder.iterdir()):
        piece = NAMES.get(path.name.lower())
        if piece is None or not path.is_file():
            yield TownFile(path, None)
            continue
        try:
            with path.open("rb") as file:
                content = file.read(largest(piece) + 1)
            refuse(piece, content, path.stat().st_size)
        except UnusableFile as wrong:
            yield TownFile(path, piece, wrong=wrong)
        except OSError as error:
            cure = "Let the user that the bot runs as read it."
            yield TownFile(path, piece, wrong=UnusableFile(f"cannot be read ({type(error).__name__}).", cure))
        else:
            yield TownFile(path, piece, content)


def own_look(towns: Path | None, number: int, town: str) -> OwnLook | None:
    """Return the look of a group's documents, from the folder whose name begins with its number ("3 Exempelstad"), or
    else is the town's; None if there is none.

    `town`: empty where another group is called so, too: a group writes its name itself, and could wear another's
    letterhead. No path is made of it: it is compared with the folders that are there.
    """
    if towns is None:
        return None
    try:
        named = _folder(towns, number, town)
        files = _pieces(named) if named else {}
    except OSError as error:
        log.failure("town_folder_failed", error)
        return None
    return look_of(files) if files else None


def _folder(towns: Path, number: int, town: str) -> Path | None:
    """Return the folder of a group, by its number, or else by the town's name; None if there is none."""
    folders = [folder for folder in sorted(towns.iterdir()) if folder.is_dir()]
    numbered = (folder for folder in folders if number_of(folder) == number)
    named = (folder for folder in folders if town and named_alike(folder.name, town))
    return next(numbered, None) or next(named, None)


def _pieces(folder: Path) -> dict[Piece, bytes]:
    """Return what can be used of a folder: the first file of each kind."""
    found: dict[Piece, bytes] = {}
    for looked in look_at(folder):
        if looked.wrong:
            log.warning("town_file_refused", kind=looked.path.suffix)
        elif looked.piece:
            found.setdefault(looked.piece, looked.content)
    return found


def number_of(folder: Path) -> int | None:
    """Return the number of the group that a folder is for; None if its name begins with none."""
    number = folder.name.partition(" ")[0]
    return int(number) if number.isascii() and number.isdigit() else None


def named_alike(one: str, other: str) -> bool:
    """True if two towns are called the same, as folders have it."""
    return _same(one) == _same(other)


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()
