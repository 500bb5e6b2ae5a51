"""Somebody who has stolen the file and its backups, without the key, learns from them who has logged an incident."""

from pathlib import Path

import pytest

from storage.records.sign_ins import STAYS
from tests.thief.judge import findings, table
from tests.thief.tricks import by_door, by_focus, by_slot, drafts
from tests.thief.victims import robbed


@pytest.mark.slow
async def test_no_copy_names_who_logged(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither the nightly backups nor the file with its log, taken right after each receipt, name one reporter."""
    async with robbed(tmp_path) as victims, robbed(tmp_path_factory.mktemp("others"), another=True) as others:
        await victims.month()
        await others.month()
        found = list(findings(victims, others))
    print(f"\n{table(found)}")  # noqa: T201 (the figures that this test is for)
    assert victims.truth.reporters
    assert [f for f in found if f.wanted and f.right] == []
    assert sum(f.wanted for f in found) > 10


async def test_the_thief_can_find(tmp_path: Path) -> None:
    """Where the file says whose message is about the incidents, as it once did, the thief names them all."""
    async with robbed(tmp_path) as victims:
        await victims.log("Bo")
        states = list(victims.loot("receipt"))
    (run,) = (run["id"] for run in states[-1]["runs"] if run["exercise"] == "incident")
    (bo,) = victims.truth.reporters.values()
    waits = {"runs": [{"id": 7, "sealed": [{"visits": {"3": {"held": {"text": "mitt"}}, "4": {}}}]}]}
    assert drafts([waits], lambda _table, _place, row: row["sealed"]) == {(7, 3): ["mitt"]}
    last = states[-1]
    row = {"chat": f"p:{bo}", "slot": f"visit:{run}", "changed_at": last["runs"][0]["changed_at"], "not_before": 0}
    assert by_slot([*states, {**last, "outbox": [row]}]) == victims.truth.reporters
    asked = [{**person, "focus": run if person["id"] == bo else None} for person in last["people"]]
    assert by_focus([{}, {**last, "people": asked}]) == victims.truth.reporters
    now = max(run["changed_at"] for run in last["runs"])
    for trace in (
        {"sign_ins": [{"person_id": bo, "ends_at": now + STAYS.total_seconds()}]},
        {"sign_ins": [], "links": [{"purpose": "signin", "ref": str(bo), "created_at": now}]},
        {"sign_ins": [], "outbox": [{**row, "kind": "delete", "changed_at": now}]},
    ):
        assert by_door([{**last, "outbox": [], **trace}]) == victims.truth.reporters
