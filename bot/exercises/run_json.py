"""A run as the plain JSON that storage keeps of it, and back."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from flows.definitions.model import Exercise
from flows.run.state import Phase, Run, Seat, Sheet, Supplied, Visit
from flows.values import Json
from storage.json_records import spread


def to_json(run: Run, since: tuple[Run, Json] | None = None) -> Json:
    """The run as plain JSON, without the exercise and what the group supplies anew at each load.

    `since`: the run as it was, with its JSON, from which is taken over what has not changed: most people's visits.
    """
    before, written = since or (Run(run.exercise, run.number), {})
    return {
        "phase": run.phase,
        "seats": written["seats"]
        if run.seats is before.seats
        else [[s.member, s.organisation, s.awaited, s.team, *([True] * s.away)] for s in run.seats.values()],
        "sheets": {
            owner: written["sheets"][owner] if sheet is before.sheets.get(owner) else _sheet_to_json(sheet)
            for owner, sheet in run.sheets.items()
        },
        "visits": {
            str(member): written["visits"][str(member)] if visit is before.visits.get(member) else VISIT.dump(visit)
            for member, visit in run.visits.items()
        },
        "items": list(run.items),
        "picked": list(run.picked),
        "trail": list(run.trail),
        "answer_by": run.answer_by.isoformat() if run.answer_by else None,
        **({"carried": True} if run.carried else {}),
        **({"hidden": sorted(run.hidden)} if run.hidden else {}),
        **({"admitted": run.admitted, "spoken": run.spoken} if run.exercise.anonymous else {}),
    }


def from_json(exercise: Exercise, number: int, data: Json, organisations: tuple[int, ...] = ()) -> Run:
    """The run that `to_json` wrote down. Raises KeyError or ValueError for data that it did not write."""
    phase = Phase(data["phase"])
    shown = 0  # of runs from before unnamed answers were counted: all that were handed in by then
    if exercise.anonymous and phase in (Phase.REVEALED, Phase.CONCLUDED):
        shown = sum(sheet[1] for owner, sheet in data["sheets"].items() if owner != "g")
    return Run(
        exercise=exercise,
        number=number,
        phase=phase,
        seats={seat[0]: Seat(*seat) for seat in data["seats"]},
        sheets={owner: _sheet_from_json(*sheet) for owner, sheet in data["sheets"].items()},
        visits={int(member): VISIT.load(v) for member, v in data["visits"].items()},
        items=tuple(data["items"]),
        picked=tuple(data.get("picked", ())),
        trail=tuple(Phase(p) for p in data["trail"]),
        answer_by=date.fromisoformat(data["answer_by"]) if data["answer_by"] else None,
        admitted=data.get("admitted", shown),
        carried=data.get("carried", False),
        hidden=frozenset(data.get("hidden", ())),
        spoken=data.get("spoken", False),
        given=Supplied(organisations),
    )


# What a visit is made of stands among its own fields in JSON, as it did before there were records for it.
VISIT: Final = spread(
    Visit,
    new={"values": "draft", "fixed": "fixed", "told": "told", "reminded": "reminded"},
    remark={"text": "remark", "message": "remark_from", "left": "remarks_left"},
    last={"key": "last_key", "at": "last_at", "long": "last_long"},
    offered={"page": "page", "query": "query", "readings": "readings"},
)


def _sheet_to_json(sheet: Sheet) -> list[list[str] | bool]:
    return [sorted(sheet.answered), sheet.handed_in, sorted(sheet.also_asked)]


def _sheet_from_json(answered: list[str], handed_in: bool, also_asked: Sequence[str] = ()) -> Sheet:
    """A sheet; those written before there were conditions have none of these."""
    return Sheet(frozenset(answered), handed_in, frozenset(also_asked))
