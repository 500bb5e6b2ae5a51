"""Cells of comma-separated files that no spreadsheet takes for a formula (OWASP, CSV injection)."""

import unicodedata
from typing import Any

SIGNS = frozenset("=+-@")


def defused(cell: Any) -> str:
    """Return the cell as text, with an apostrophe before what a spreadsheet might calculate; numbers stay as they are.

    What stands before the sign and is not seen (blanks, zero-width and control characters) hides nothing, and a
    full-width sign counts as the plain one.
    """
    text = "" if cell is None else str(cell)
    if not isinstance(cell, str):
        return text
    first = next((sign for sign in text if unicodedata.category(sign)[0] not in "ZC"), "")
    hidden = text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if hidden or unicodedata.normalize("NFKC", first) in SIGNS else text
