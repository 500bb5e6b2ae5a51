"""Examines the operator's folder of towns: which files documents use, and which can't be used."""

from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding, error, ok, warning
from bot.features.documents.town_folder import TownFile, look_at, number_of
from messages.documents.own_look import NAMES, OwnLook, Piece, look_of
from messages.documents.pdf import drawable_logo
from messages.documents.word_base import opened

ABOUT = "towns"


def look(towns: Path) -> Iterator[Finding]:
    """Examine each file of each town's folder. One that can't be used is left out of documents, and so is no error."""
    try:
        folders = sorted(path for path in towns.iterdir() if path.is_dir())
    except OSError as failed:
        cure = "Let the user that the bot runs as read it."
        yield error(ABOUT, f"{towns} cannot be read ({type(failed).__name__}).", cure)
        return
    if not folders:
        yield warning(
            ABOUT,
            f"There is no folder in {towns}.",
            "Make one for each town, named with its group's number and name, as in “3 Exempelstad”.",
        )
    for folder in folders:
        yield from _town(folder)


def _town(folder: Path) -> Iterator[Finding]:
    try:
        found = list(look_at(folder))
    except OSError as failed:
        cure = "Let the user that the bot runs as read it."
        yield warning(ABOUT, f"{folder} cannot be read ({type(failed).__name__}).", cure)
        return
    used: dict[Piece, Path] = {}
    for looked in found:
        name = f"{folder.name}/{looked.path.name}"
        if looked.piece is None:
            cure = f"Name it as one of {', '.join(NAMES)}, or take it away."
            yield warning(ABOUT, f"{name} is not read.", cure)
        elif looked.wrong:
            yield warning(ABOUT, f"{name} {looked.wrong}", looked.wrong.cure)
        elif looked.piece in used:
            yield warning(ABOUT, f"{name} is not read, as {used[looked.piece].name} is.", "Keep one of them.")
        elif looked.piece is Piece.LOGO and not drawable_logo(look_of({Piece.LOGO: looked.content})):
            yield warning(ABOUT, f"{name} can't be drawn.", "Open the logo in a picture program and save it as PNG.")
        elif not _opens(looked):
            cure = "Open the letterhead in Word, look that it is whole, and save it as a Word document (*.docx)."
            yield warning(ABOUT, f"{name} can't be written into.", cure)
        else:
            used[looked.piece] = looked.path
    if found and number_of(folder) is None:
        cure = "Put its group's number before it, as in “3 Exempelstad”: the log has it as group_id."
        yield warning(ABOUT, f"{folder.name} has no number: where two groups are called so, neither gets it.", cure)
    if used:
        yield ok(ABOUT, f"{folder.name}: {', '.join(path.name for path in used.values())}.")
    elif not found:
        yield warning(ABOUT, f"{folder.name} is empty.", f"Put one of {', '.join(NAMES)} there, or take it away.")


def _opens(looked: TownFile) -> bool:
    """Check that a letterhead can be opened and emptied, as for each document."""
    look: OwnLook = look_of({looked.piece: looked.content}) if looked.piece else OwnLook()
    return looked.piece is not Piece.REFERENCE or opened(look) is not None
