"""A working session (arbetspass): an agenda with minutes that fit, one point after the other, time kept gently.

Pure: times are handed in as unix seconds. The handbook's sessions are 90 minutes; the points share what time there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

MINUTES = 90
OPENING, CLOSING = "opening", "closing"  # the points around the exercises
AROUND = 5  # minutes for each of them
LEAST = 5  # minutes for any exercise
MORE = 5  # minutes added by "more time"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the agenda: an exercise's id, or the opening or closing."""

    what: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Session:
    """Where a session is. `now` is the place of the point that goes on; len(points) when it is over."""

    points: tuple[Point, ...]
    now: int = 0
    began_point: int = 0  # unix seconds

    @property
    def point(self) -> Point | None:
        """What goes on now, None when the session is over."""
        return self.points[self.now] if self.now < len(self.points) else None

    @property
    def over(self) -> bool:
        """True when the last point is done."""
        return self.now >= len(self.points)


def lay(exercises: Sequence[tuple[str, int]], *, minutes: int = MINUTES) -> tuple[Point, ...]:
    """An agenda of these exercises (id, minutes they want) that fits in `minutes`.

    Minutes are shared in proportion, rounded to five, none below five; what does not fit even so is left for another
    session, the last first.
    """
    room = minutes - 2 * AROUND
    chosen = list(exercises)[: max(1, room // LEAST)]
    wanted = sum(m for _, m in chosen)
    scale = min(1.0, room / wanted) if wanted else 1.0
    points = [Point(what, max(LEAST, int(m * scale) // 5 * 5)) for what, m in chosen]
    while (over := sum(p.minutes for p in points) - room) > 0:
        longest = max(range(len(points)), key=lambda place: points[place].minutes)
        points[longest] = replace(points[longest], minutes=points[longest].minutes - LEAST)
    while over <= -LEAST:  # what rounding has left goes to whoever lacks the most
        lacks = [m - p.minutes for p, (_, m) in zip(points, chosen, strict=True)]
        shortest = lacks.index(max(lacks))
        if lacks[shortest] < LEAST:
            break
        points[shortest] = replace(points[shortest], minutes=points[shortest].minutes + LEAST)
        over += LEAST
    return (Point(OPENING, AROUND), *points, Point(CLOSING, AROUND))


def begin(points: tuple[Point, ...], at: int) -> Session:
    """A session that begins now."""
    return Session(points, 0, at)


def go_on(session: Session, at: int) -> Session:
    """On to the next point; past the last one the session is over."""
    return session if session.over else replace(session, now=session.now + 1, began_point=at)


def to_closing(session: Session, at: int) -> Session:
    """Straight to the closing; what lies before it is left for another session."""
    last = len(session.points) - 1
    return session if session.now >= last else replace(session, now=last, began_point=at)


def more_time(session: Session) -> Session:
    """Five minutes more for this point."""
    if session.point is None:
        return session
    longer = replace(session.point, minutes=session.point.minutes + MORE)
    points = (*session.points[: session.now], longer, *session.points[session.now + 1 :])
    return replace(session, points=points)


def minutes_left(session: Session, at: int) -> int:
    """Whole minutes left of this point, rounded up; 0 when its time is out, and never below."""
    if session.point is None:
        return 0
    seconds = session.began_point + session.point.minutes * 60 - at
    return max(0, -(-seconds // 60))


def time_is_out(session: Session) -> int:
    """When this point's time is out (unix seconds); 0 when the session is over."""
    return session.began_point + session.point.minutes * 60 if session.point else 0


def to_json(session: Session) -> dict[str, Any]:
    """The session as plain JSON."""
    return {"points": [[p.what, p.minutes] for p in session.points], "now": session.now, "began": session.began_point}


def from_json(data: Mapping[str, Any]) -> Session:
    """The session that `to_json` wrote down."""
    return Session(tuple(Point(what, minutes) for what, minutes in data["points"]), data["now"], data["began"])
