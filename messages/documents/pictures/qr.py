"""The link where guests answer, as a QR code."""

import segno

from flows.model import ExerciseRole
from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """The code of the event's link, with the link below it."""
    link = facts.material.links.get(ExerciseRole.EVENT)
    if not link:
        return None
    rows = ["".join("1" if dark else "0" for dark in row) for row in segno.make(link, error="m", micro=False).matrix]
    data = {"rows": rows, "link": link, "caption": facts.words("picture.qr.caption")}
    return Figure("qr", data, facts.words("picture.qr.alt", link=link))
