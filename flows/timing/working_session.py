"""A working session (arbetspass): an agenda with minutes that fit, one point after the other, time kept gently.

Pure: times are handed in as unix seconds. The handbook's sessions are 90 minutes, and whole days in steps 6 and 7; the
points share what time there is, and a long session has pauses and, over midday, lunch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.values import Json

MINUTES = 90
WHOLE_DAY = 240  # minutes; so long a session has a lunch
OPENING, CLOSING = "opening", "closing"  # the points around the exercises
PAUSE, LUNCH = "pause", "lunch"  # … and between them
AROUND = 5  # minutes for the opening, and for the closing …
AROUND_DAY = 15  # … of a whole day
REST, MEAL = 15, 60  # minutes of a pause, and of a lunch
UNBROKEN = 100  # minutes that people can sit without a pause
STRETCH = 3  # so many times the minutes that it wants an exercise can have, where the day is long enough
LEAST = 5  # minutes for any exercise
MORE = 5  # minutes added by "more time"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the agenda: an exercise's id, or the opening or closing."""

    what: str
    minutes: int


@dataclass(frozen=True, slots=True)
class WorkingSession:
    """Where a session is. `now` is the place of the point that goes on; len(points) when it is over.

    `passed` are the places that were gone past in one step, straight to the closing.
    """

    points: tuple[Point, ...]
    now: int = 0
    began_point: int = 0  # unix seconds
    passed: range = range(0)

    @property
    def point(self) -> Point | None:
        """Return what goes on now, None when the session is over."""
        return self.points[self.now] if self.now < len(self.points) else None

    @property
    def exercises(self) -> tuple[str, ...]:
        """The ids of the exercises on the agenda, in order."""
        return tuple(p.what for p in self.points if p.what not in (OPENING, CLOSING, PAUSE, LUNCH))

    @property
    def over(self) -> bool:
        """True when the last point is done."""
        return self.now >= len(self.points)


def lay(exercises: Sequence[tuple[str, int]], *, minutes: int = MINUTES, days: int = 1) -> tuple[Point, ...]:
    """Lay out an agenda of these exercises (id, minutes they want) in `minutes`, on the first of so many `days`.

    Minutes are shared in proportion, rounded to five, none below five; what does not fit even so is left for another
    session, the last first. A whole day gives more than is wanted, and has a lunch; two hours have a pause.
    """
    around = AROUND_DAY if minutes >= WHOLE_DAY else AROUND
    chosen = _todays(exercises, days)
    rests = _rests(minutes)[: len(chosen) - 1]  # they lie between exercises
    room = minutes - 2 * around - sum(_length(kind) for kind, _ in rests)
    chosen = chosen[: max(1, room // LEAST)]
    wanted = sum(m for _, m in chosen)
    scale = min(float(STRETCH if minutes >= WHOLE_DAY else 1), room / wanted) if wanted else 1.0
    chosen = [(what, max(m, int(m * scale))) for what, m in chosen]
    shrunk = min(1.0, scale)
    points = [Point(what, max(LEAST, int(m * shrunk) // 5 * 5)) for what, m in chosen]
    while (over := sum(p.minutes for p in points) - room) > 0:
        longest = max(range(len(points)), key=lambda place: points[place].minutes)
        points[longest] = replace(points[longest], minutes=points[longest].minutes - LEAST)
    while over <= -LEAST:  # what rounding has left goes to whoever has least of what it wants
        lacking = [n for n, (_, m) in enumerate(chosen) if m - points[n].minutes >= LEAST]
        if not lacking:
            break
        shortest = min(lacking, key=lambda n: points[n].minutes / chosen[n][1])
        points[shortest] = replace(points[shortest], minutes=points[shortest].minutes + LEAST)
        over += LEAST
    return (Point(OPENING, around), *_with_rests(points, rests), Point(CLOSING, around))


def _todays(exercises: Sequence[tuple[str, int]], days: int) -> list[tuple[str, int]]:
    """Those that come first, as long as they are about one day's share of what is wanted; one at least."""
    share, found, used = sum(m for _, m in exercises) / max(1, days), list[tuple[str, int]](), 0
    for what, wanted in exercises:
        if found and days > 1 and used + wanted / 2 > share:
            break
        found.append((what, wanted))
        used += wanted
    return found


def _rests(minutes: int) -> tuple[tuple[str, float], ...]:
    """The pauses of a session of so many minutes, the one that matters most first.

    Each has where it comes: the share of the work that lies before it.
    """
    if minutes >= WHOLE_DAY:
        return ((LUNCH, 0.5), (PAUSE, 0.25), (PAUSE, 0.75))
    return ((PAUSE, 0.5),) if minutes > UNBROKEN else ()


def _length(kind: str) -> int:
    return MEAL if kind == LUNCH else REST


def _with_rests(points: Sequence[Point], rests: Sequence[tuple[str, float]]) -> tuple[Point, ...]:
    """The points with the pauses between them, each where it comes nearest to its time; no two in one place."""
    whole = sum(point.minutes for point in points)
    ends = [sum(point.minutes for point in points[:n]) for n in range(len(points) + 1)]
    laid: dict[int, Point] = {}
    for kind, share in rests:
        free = [n for n in range(1, len(points)) if n not in laid]
        if free:
            laid[min(free, key=lambda n: abs(ends[n] - share * whole))] = Point(kind, _length(kind))
    found = list[Point]()
    for n, point in enumerate(points):
        found += [laid[n], point] if n in laid else [point]
    return tuple(found)


def begin(points: tuple[Point, ...], at: int) -> WorkingSession:
    """Begin a session at `at` (unix seconds)."""
    return WorkingSession(points, 0, at)


def go_on(session: WorkingSession, at: int) -> WorkingSession:
    """Go on to the next point; after the last one the session is over."""
    return session if session.over else replace(session, now=session.now + 1, began_point=at)


def to_talk(session: WorkingSession, at: int, minutes: int) -> WorkingSession:
    """Give the group so many minutes from now to talk about the point's answers, which have been shown."""
    if session.point is None:
        return session
    talked = replace(session.point, minutes=minutes)
    return replace(
        session, points=(*session.points[: session.now], talked, *session.points[session.now + 1 :]), began_point=at
    )


def to_closing(session: WorkingSession, at: int) -> WorkingSession:
    """Go straight to the closing; the points before it are left for another session."""
    last = len(session.points) - 1
    if session.now >= last:
        return session
    return replace(session, now=last, began_point=at, passed=range(session.now + 1, last))


def end(session: WorkingSession) -> WorkingSession:
    """End the session where it stands; the points after the present one were not reached."""
    if session.over:
        return session
    return replace(session, now=len(session.points), passed=range(session.now + 1, len(session.points)))


def more_time(session: WorkingSession) -> WorkingSession:
    """Give this point five minutes more."""
    if session.point is None:
        return session
    longer = replace(session.point, minutes=session.point.minutes + MORE)
    points = (*session.points[: session.now], longer, *session.points[session.now + 1 :])
    return replace(session, points=points)


def minutes_left(session: WorkingSession, at: int) -> int:
    """Whole minutes left of this point, rounded up; 0 when its time is out, and never below."""
    if session.point is None:
        return 0
    seconds = session.began_point + session.point.minutes * 60 - at
    return max(0, -(-seconds // 60))


def time_is_out(session: WorkingSession) -> int:
    """Return when this point's time is out (unix seconds); 0 when the session is over."""
    return session.began_point + session.point.minutes * 60 if session.point else 0


def to_json(session: WorkingSession) -> Json:
    """The session as plain JSON."""
    points = [[p.what, p.minutes] for p in session.points]
    passed = [session.passed.start, session.passed.stop]
    return {"points": points, "now": session.now, "began": session.began_point, "passed": passed}


def from_json(data: Json) -> WorkingSession:
    """The session that `to_json` wrote down."""
    points = tuple(Point(what, minutes) for what, minutes in data["points"])
    return WorkingSession(points, data["now"], data["began"], range(*data.get("passed", (0, 0))))
