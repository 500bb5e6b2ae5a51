"""What is done several years is a task for each of them."""

from datetime import date

from flows.definitions.loader import the_process
from flows.timing import yearly

ACTIVITIES = the_process().exercises["activities"]
CANDIDATES = the_process().exercises["candidates"]
JUNE = date(2027, 6, 15)


def test_a_year_after_the_other() -> None:
    """The first year that is not done is the one it is about, and its day is the same day that year."""
    row = {"year": ["year3", "year1"]}
    assert yearly.years(ACTIVITIES, row) == ("year1", "year3")
    assert (yearly.current(ACTIVITIES, row), yearly.following(ACTIVITIES, row)) == ("year1", "year3")
    assert yearly.due(ACTIVITIES, row, JUNE) == JUNE
    row |= {yearly.DONE: ["year1"]}
    assert yearly.done(ACTIVITIES, row) == ("year1",)
    assert (yearly.current(ACTIVITIES, row), yearly.following(ACTIVITIES, row)) == ("year3", "")
    assert yearly.due(ACTIVITIES, row, JUNE) == date(2029, 6, 15)
    assert yearly.later(ACTIVITIES, JUNE, "year3", "year1") == date(2025, 6, 15)


def test_one_year_or_none() -> None:
    """What is done once, and what knows no years, is a task as any other."""
    for exercise, row in ((ACTIVITIES, {"year": ["year2"]}), (ACTIVITIES, {}), (CANDIDATES, {"year": ["year1"]})):
        assert (yearly.current(exercise, row), yearly.following(exercise, row)) == ("", "")
        assert yearly.due(exercise, row, JUNE) == JUNE


def test_all_done() -> None:
    """When every year has been done it is about the last one still, and nothing follows."""
    row = {"year": ["year1", "year2"], yearly.DONE: ["year1", "year2"]}
    assert (yearly.current(ACTIVITIES, row), yearly.following(ACTIVITIES, row)) == ("year2", "")
