"""A town's own look, given by the operator: a logo, a Word file with its styles, and its lawyer's words."""

import hashlib
import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEGABYTE = 1_000_000
LARGEST_LOGO, LARGEST_REFERENCE, LONGEST_LAW = 1 * MEGABYTE, 5 * MEGABYTE, 8_000  # bytes, bytes, characters
UNPACKED = 50 * MEGABYTE  # of a reference; more is no letterhead
LEAST_SIDE, MOST_SIDE = 60, 6_000  # pixels of a logo
ROOM = (6.0, 1.6)  # centimetres, the most that a logo takes across and down
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
JPEG_SIZE = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(....)", re.DOTALL)


class UnusableFile(Exception):
    """A file that can't be used. The message says why, and `cure` what to do."""

    def __init__(self, says: str, cure: str) -> None:
        super().__init__(says)
        self.cure = cure


class Piece(StrEnum):
    """The purpose of a file of the folder, by its name."""

    LOGO = "logo"
    REFERENCE = "reference"
    LAW = "law"


NAMES: Mapping[str, Piece] = {
    "logo.png": Piece.LOGO,
    "logo.jpg": Piece.LOGO,
    "reference.docx": Piece.REFERENCE,
    "law.txt": Piece.LAW,
}


@dataclass(frozen=True, slots=True)
class OwnLook:
    """A town's own look; what it does not have is empty. `mark` changes with the files, and stands for them."""

    logo: bytes = field(default=b"", repr=False)
    reference: bytes = field(default=b"", repr=False)
    law: str = ""
    mark: str = ""


def look_of(files: Mapping[Piece, bytes]) -> OwnLook:
    """Make a look of files that `refuse` has let pass."""
    digest = hashlib.sha256()
    for piece in sorted(files):
        digest.update(piece.encode() + hashlib.sha256(files[piece]).digest())
    return OwnLook(
        files.get(Piece.LOGO, b""),
        files.get(Piece.REFERENCE, b""),
        files.get(Piece.LAW, b"").decode("utf-8-sig").strip(),
        digest.hexdigest()[:16] if files else "",
    )


def largest(piece: Piece) -> int:
    """The most bytes that are read of a file."""
    return {Piece.LOGO: LARGEST_LOGO, Piece.REFERENCE: LARGEST_REFERENCE, Piece.LAW: LONGEST_LAW * 4}[piece]


def refuse(piece: Piece, content: bytes, length: int = 0) -> None:
    """Check a file of the folder. `length`: its size in bytes, if not all of it was read. Raises UnusableFile."""
    length = length or len(content)
    if not length:
        raise UnusableFile("is empty.", "Put the right file there, or take it away.")
    if length > largest(piece):
        raise UnusableFile(
            f"is {length / MEGABYTE:.1f} MB, and {largest(piece) / MEGABYTE:g} MB is the most.",
            "Save it smaller: 1000 pixels across are enough for a logo."
            if piece is Piece.LOGO
            else "Take out pictures and pages that are not needed.",
        )
    looks: Mapping[Piece, Callable[[bytes], None]] = {Piece.LOGO: _logo, Piece.REFERENCE: _reference, Piece.LAW: _law}
    looks[piece](content)


def size(logo: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG, in pixels; None if it is neither."""
    if logo.startswith(b"\x89PNG\r\n\x1a\n") and logo[12:16] == b"IHDR" and len(logo) > 24:
        width, height = struct.unpack(">II", logo[16:24])
        return int(width), int(height)
    if logo.startswith(b"\xff\xd8\xff"):
        found = list(JPEG_SIZE.finditer(logo))
        if found:  # a thumbnail may come before the picture itself
            height, width = struct.unpack(">HH", found[-1][1])
            return int(width), int(height)
    return None


def on_page(logo: bytes) -> float:
    """Return a logo's width on the page in centimetres, as large as there is room; 0 if it is no picture."""
    width, height = size(logo) or (0, 1)
    return min(ROOM[0], ROOM[1] * width / height)


def _logo(content: bytes) -> None:
    sides = size(content)
    if sides is None:
        raise UnusableFile("is neither PNG nor JPEG.", "Save the logo as PNG.")
    if min(sides) < LEAST_SIDE or max(sides) > MOST_SIDE:
        raise UnusableFile(
            f"is {sides[0]} × {sides[1]} pixels, and {LEAST_SIDE} to {MOST_SIDE} are taken.",
            "Save it with about 1000 pixels across.",
        )


def _reference(content: bytes) -> None:
    cure = "Open the letterhead in Word and save it as a Word document (*.docx)."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED:
                raise UnusableFile("unpacks to more than 50 MB.", "Take out pictures and pages that are not needed.")
            names = set(packed.namelist())
            kinds = packed.read("[Content_Types].xml").decode("utf-8", "replace")
            damaged = packed.testzip()
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnusableFile("is no Word document.", cure) from error
    if damaged or not {"word/document.xml", "word/styles.xml"} <= names:
        raise UnusableFile("is no whole Word document.", cure)
    if WORD not in kinds:
        raise UnusableFile("is a template or holds macros, and only documents are taken.", cure)


def _law(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableFile("is no text in UTF-8.", "Save it as plain text, with UTF-8 as its encoding.") from error
    if not text.strip():
        raise UnusableFile("is empty.", "Put the right file there, or take it away.")
    if len(text) > LONGEST_LAW:
        raise UnusableFile(
            f"has {len(text)} characters, and {LONGEST_LAW} are the most.", "Say what the routine needs."
        )
