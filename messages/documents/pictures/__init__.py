"""Pictures: one module a kind says what it shows (and the same in words), one Typst file beside it draws it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flows.enums import Picture
from messages.documents.blocks import Block, Figure
from messages.documents.facts import Facts
from messages.documents.pictures import (
    answers,
    calendar,
    checkins,
    flow,
    indicators,
    influence,
    levels,
    mapping,
    measures,
    progress,
    qr,
    readiness,
    rings,
    stairs,
    statistics,
    swot,
)
from messages.documents.template import isolated
from messages.documents.typeset import typeset

KINDS: Mapping[str, Callable[[Facts], Figure | None]] = {
    "progress": progress.figure,
    "calendar": calendar.figure,
    Picture.READINESS: readiness.figure,
    Picture.MAP: mapping.figure,
    Picture.INDICATORS: indicators.figure,
    Picture.INFLUENCE: influence.figure,
    Picture.LEVELS: levels.figure,
    Picture.SWOT: swot.figure,
    Picture.STAIRS: stairs.figure,
    Picture.FLOW: flow.figure,
    Picture.MEASURES: measures.figure,
    Picture.RINGS: rings.figure,
    "statistics": statistics.figure,
    "checkins": checkins.figure,
    "qr": qr.figure,
    "log": qr.log,
    qr.CARD: qr.card,
}
# What a group shows to others. The other pictures are the core group's own, and are had where they came to be.
TO_SHOW = (
    "progress",
    Picture.MAP,
    Picture.INDICATORS,
    Picture.SWOT,
    Picture.STAIRS,
    Picture.FLOW,
    Picture.MEASURES,
    Picture.RINGS,
    "statistics",
    "qr",
    "log",
)
ON_PAPER: Mapping[str, Callable[..., tuple[Block, ...]]] = {
    "calendar": calendar.on_paper,
    Picture.MAP: mapping.on_paper,
    Picture.STAIRS: stairs.on_paper,
    "statistics": statistics.on_paper,
}


def figure(kind: str, facts: Facts) -> Figure | None:
    """Return the picture of a kind, None while there is nothing to draw. Raises KeyError for an unknown kind."""
    name, _, exercise = kind.partition(".")
    if name == answers.NAME and exercise in facts.process.exercises:
        return answers.figure(facts, exercise)
    return KINDS[kind](facts)


def on_paper(kind: str, facts: Facts, **least: int) -> tuple[Block, ...]:
    """Return the pictures of a kind for a page: several, or a table, if one would be too small to read; none if it
    would show nothing."""
    if kind in ON_PAPER:
        return ON_PAPER[kind](facts, **least)
    whole = figure(kind, facts)
    return (whole,) if whole else ()


@dataclass(frozen=True, slots=True)
class Frame:
    """How a picture alone is framed: points wide, points of white around it, and what stands under it."""

    width: int = 360
    inset: int = 14
    foot: str = ""


def png(shown: Figure, on: date, pixels_per_point: float = 3, frame: Frame | None = None) -> bytes:
    """The picture as PNG; 360 points wide, so 1080 pixels as a phone shows it, and 6 for print."""
    data: dict[str, Any] = {"kind": shown.kind, "data": shown.data, **asdict(frame or Frame())}
    return typeset("picture", data, "png", on, pixels_per_point)


def height_of(content: bytes) -> int:
    """Return how many pixels tall a PNG is, from its header (bytes 21 to 24)."""
    return int.from_bytes(content[20:24], "big")


def foot(facts: Facts, standing: str = "", *, draft: bool = False, working: bool = False) -> str:
    """Return the line under a picture that is sent by itself: town, day of its newest part, and who made it.

    `standing`: the version of the adopted text that it is a part of, instead of the day. `draft`: of a text that nobody
    has adopted as it stands. `working`: it names firms as the core group talks of them among themselves, and says so.
    """
    on = facts.dated(max(facts.dates, default=facts.material.today))
    return facts.words(
        "label.picture_foot", town=isolated(facts.material.town), on=on, standing=standing, draft=draft, working=working
    )
