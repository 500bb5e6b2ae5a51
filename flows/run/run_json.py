"""A run as the plain JSON that storage keeps of it, and back."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from operator import attrgetter

from flows.definitions.model import Exercise
from flows.identities import Identity
from flows.run.state import Held, Met, Phase, Place, Run, Seat, Sheet, Supplied, Visit
from flows.values import Json


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
            str(member): written["visits"][str(member)] if visit is before.visits.get(member) else _visit_to_json(visit)
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
        visits={int(member): _visit_from_json(v) for member, v in data["visits"].items()},
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


_EMPTY = Visit()
# Where in a visit stands what has another name in its JSON, which is older than the records that a visit is made of.
_APART = {
    "draft": "new.values",
    "fixed": "new.fixed",
    "told": "new.told",
    "reminded": "new.reminded",
    "remark": "remark.text",
    "remark_from": "remark.message",
    "last_key": "last.key",
    "last_at": "last.at",
    "last_long": "last.long",
    "page": "offered.page",
    "query": "offered.query",
    "readings": "offered.readings",
}
_PARTS = {path.partition(".")[0] for path in _APART.values()}
_READ = {name: attrgetter(name) for name in (f.name for f in fields(Visit)) if name not in _PARTS}
_READ |= {name: attrgetter(path) for name, path in _APART.items()}
_USUAL = {name: read(_EMPTY) for name, read in _READ.items()}


def _sheet_to_json(sheet: Sheet) -> list[list[str] | bool]:
    return [sorted(sheet.answered), sheet.handed_in, sorted(sheet.also_asked)]


def _visit_to_json(visit: Visit) -> Json:
    """Only what differs from a fresh visit: a run with many people stays small."""
    found = {name: value for name, read in _READ.items() if (value := read(visit)) != _USUAL[name]}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: object) -> object:
    """Return the value as it comes back from JSON: lists for tuples."""
    if isinstance(value, Met | Held):
        return {name: _plain(part) for name, part in asdict(value).items()}
    return list(value) if isinstance(value, tuple) else value


def _sheet_from_json(answered: list[str], handed_in: bool, also_asked: Sequence[str] = ()) -> Sheet:
    """A sheet; those written before there were conditions have none of these."""
    return Sheet(frozenset(answered), handed_in, frozenset(also_asked))


def _visit_from_json(data: Json) -> Visit:
    given = {name: value for name, value in data.items() if name in _USUAL}  # a later version asks for less
    if "place" in given:
        given["place"] = Place(given["place"])
    for name in ("ticked", "rest", "fixed", "told", "readings", "remark_from"):
        if name in given:
            given[name] = tuple(given[name])
    if "met" in given:
        met = given["met"]
        back = (Place(met["back"][0]), met["back"][1]) if met.get("back") else None
        given["met"] = Met(met["mine"], met["theirs"], met["both"], met["by"], back)
    for name in ("held", "pasted"):
        if name in given:
            held = given[name]
            message = tuple(held["message"]) if held.get("message") else None
            kinds = tuple(map(Identity, held["kinds"]))
            parts = {part: tuple(held.get(part, ())) for part in ("rows", "shut")}
            given[name] = Held(**{**held, "message": message, "kinds": kinds, **parts})
    for part in _PARTS:
        paths = {path: name for name, path in _APART.items() if path.startswith(f"{part}.") and name in given}
        if own := {path.partition(".")[2]: given.pop(name) for path, name in paths.items()}:
            given[part] = replace(getattr(_EMPTY, part), **own)
    return Visit(**given)
