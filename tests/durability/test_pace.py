"""The pace at which messages leave, and what Telegram sees of it."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.rate_limit import EASE, SECOND, Pace

MANY = 400
lateness = st.lists(st.integers(0, 5), min_size=1, max_size=50)  # milliseconds, of timers
held = st.lists(st.sampled_from([0, 0, 0, 0.003, 0.06, 0.4]), min_size=1, max_size=50)
way = st.lists(st.floats(0, SECOND - 1), min_size=1, max_size=50)  # seconds until a message has arrived


class Watch:
    """A clock that somebody moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """What it shows."""
        return self.now


def leaving(count: int, late: list[int], held: Sequence[float] = (0,)) -> list[float]:
    """When so many messages leave that wait all at once, each to a chat of its own; `held`: seconds that something else
    takes between a message being counted and its leaving."""
    watch, left = Watch(), list[float]()
    pace = Pace(watch)
    while len(left) < count:
        going = [pace.count(f"p:{len(left) + n}") for n in range(min(pace.room(), count - len(left)))]
        full = not pace.room()
        watch.now += held[len(left) % len(held)] if going else 0
        for departure in going:
            pace.leaves(departure)
            left.append(watch.now)
        if full:
            watch.now += pace.full() + late[len(left) % len(late)] / 1000
    return left


@given(lateness, way, held)
def test_never_more_than_thirty(late: list[int], way: list[float], held: list[float]) -> None:
    """However long each message is on its way, and whatever else the bot has to do before it leaves, Telegram never
    gets more than thirty within a second."""
    arrived = sorted(at + way[n % len(way)] for n, at in enumerate(leaving(MANY, late, held)))
    assert all(later - at > 1 for at, later in zip(arrived, arrived[30:], strict=False))


@given(lateness)
def test_near_the_limit(late: list[int]) -> None:
    """When there is much to say, more than twenty-nine go in a second, though every timer rings late."""
    left = leaving(MANY, late)
    assert (MANY - 1) / (left[-1] - left[0]) > 29


def test_few_at_once() -> None:
    """A few messages go at once; when there are many, they soon go one by one."""
    left = leaving(100, [0])
    assert len({*left[:EASE]}) == 1
    assert all(later - at > 0.03 for at, later in pairwise(left[40:]))
