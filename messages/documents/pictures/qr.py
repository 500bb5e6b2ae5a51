"""A link as a QR code: where guests answer, and where the group logs what somebody has seen."""

from io import BytesIO

import segno

from flows.enums import ExerciseRole
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

CARD = "card"


def figure(facts: Facts) -> Figure | None:
    """The code of the event's link, with the link below it."""
    return _code(facts, ExerciseRole.EVENT)


def log(facts: Facts) -> Figure | None:
    """The code of the link to the log, which is open to those of the group and its network alone."""
    return _code(facts, ExerciseRole.INCIDENT)


def card(facts: Facts) -> Figure | None:
    """The code that tells whether a card which hangs somewhere still holds."""
    return _code(facts, CARD)


def svg(link: str) -> str:
    """The code of a link, as a picture by itself."""
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, nl=False)
    return out.getvalue().decode()


def _code(facts: Facts, role: str) -> Figure | None:
    link = facts.material.links.get(role)
    if not link:
        return None
    rows = ["".join("1" if dark else "0" for dark in row) for row in segno.make(link, error="m", micro=False).matrix]
    data = {"rows": rows, "link": link, "caption": facts.words(f"picture.qr.{role}")}
    return Figure("qr", data, facts.words(f"picture.qr.alt_{role}", link=link))
