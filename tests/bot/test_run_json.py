"""A run as it is stored: what an older database has of where people stand is read, and written as it was."""

from bot.exercises.run_json import from_json, to_json
from flows.enums import How
from flows.fields import Offered
from flows.run.state import Latest, NewRow, Place, Remark, Visit
from tests.flows.sample import begun, exercise

KEPT = {
    "place": "ask", "key": "why", "ask": 4, "ticked": ["a"], "rest": ["why"], "paused": True,
    "draft": {"why": "Hamnen"},
    "fixed": ["why"], "told": ["how"], "reminded": True, "remark": "Kanske", "remark_from": [7, 12], "last_key": "why",
    "last_at": 1_800_000_000, "last_long": True, "page": 2, "query": "hotell", "readings": ["2027-03-12"],
}  # fmt: skip


def test_where_people_stood_before_is_read_and_written_as_it_was() -> None:
    """What 0.11.0 kept of somebody amid a question is where they stand now, stored in the same way."""
    run = begun(exercise(How.ROWS))
    run = from_json(run.exercise, run.number, {**to_json(run), "visits": {"1": KEPT}})
    assert run.visits[1] == Visit(
        Place.ASK, "why", 4, ("a",), rest=("why",), paused=True,
        new=NewRow({"why": "Hamnen"}, ("why",), ("how",), reminded=True),
        remark=Remark("Kanske", (7, 12)),
        last=Latest("why", 1_800_000_000, long=True),
        offered=Offered(2, "hotell", ("2027-03-12",)),
    )  # fmt: skip
    assert to_json(run)["visits"] == {"1": KEPT}
