"""Office files are zip archives that note when they were written; these do not: same content, same bytes."""

import io
import zipfile
from datetime import UTC, date, datetime, time

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name


def steadied(content: bytes) -> bytes:
    """Return the archive with every entry's time set to the earliest one possible."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, EARLIEST), old.read(entry), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def as_property(text: str) -> str:
    """Return a text as a file's property can hold it: on one line, at most 255 characters (python-docx)."""
    return " ".join(text.split())[:255]


def noon(on: date) -> datetime:
    """The moment that stands in a file's properties."""
    return datetime.combine(on, time(12), UTC)
