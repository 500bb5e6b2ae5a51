"""A link as a picture to point a phone at (a QR code)."""

import io

import segno

DOT = 10  # pixels to a square: to be shown on a screen, or printed on a note
QUIET = 4  # squares of white around it, as ISO/IEC 18004 wants them


def png(link: str) -> bytes:
    """Return the QR code of a link as a PNG file."""
    picture = io.BytesIO()
    segno.make(link, error="m", micro=False).save(picture, kind="png", scale=DOT, border=QUIET)
    return picture.getvalue()
