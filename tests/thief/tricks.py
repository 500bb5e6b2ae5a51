"""What the thief tries. Each trick names people from plain columns, order, length and time; what it says may be wrong.

A trick on reporters is given all states in the order of time and says for incidents who logged them, where it is sure
of one person. Those on notes and check-ins say whose a note or an answer is; some of them have the key too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any

from storage.records.sign_ins import STAYS
from storage.table import pack
from tests.thief.loot import Row, Tables

Named = dict[int, int]  # person by incident, or member by answer
DAY = 86_400
NEAR = 2  # seconds: what lies so near belongs together
WHO = ("person_id", "member_id", "author", "assignee", "to_member")


def day_of(stored: int) -> str:
    """The day of a stored time."""
    return datetime.fromtimestamp(stored, UTC).date().isoformat()


def _people(state: Tables) -> dict[int, int]:
    """Person by member."""
    return {member["id"]: member["person_id"] for member in state.get("members", [])}


def _private(state: Tables) -> Iterator[tuple[int, Row]]:
    """Everything about a private chat, with the person whose it is."""
    for row in state.get("outbox", []):
        if row["chat"].startswith("p:"):
            yield int(row["chat"][2:]), row


def _runs(state: Tables) -> set[int]:
    return {run["id"] for run in state.get("runs", []) if run["exercise"] == "incident"}


def _sure(said: Iterable[tuple[int, int]]) -> Named:
    """Of all that speaks for somebody, what speaks for one only."""
    found: dict[int, set[int]] = {}
    for what, who in said:
        found.setdefault(what, set()).add(who)
    return {what: next(iter(who)) for what, who in found.items() if len(who) == 1}


def _came(states: Sequence[Tables]) -> Iterator[tuple[Tables, Tables, Row]]:
    """The two states between which each incident came, or was corrected or withdrawn by who logged it, or who logged it
    was told what became of it; and its row."""
    known: dict[int, bytes] = {}
    for before, after in pairwise(states):
        for incident in after.get("incidents", []):
            if incident["sealed"] != known.get(incident["id"]):
                known[incident["id"]] = incident["sealed"]
                yield before, after, incident


# -- who logged it -----------------------------------------------------------------------------------------------------
def by_slot(states: Sequence[Tables]) -> Named:
    """The slot of a message in private names the run, the run is the incidents', and the day is the same."""
    said = []
    for state in states:
        runs = _runs(state)
        for person, row in _private(state):
            if row["slot"] and any(row["slot"] == f"visit:{run}" for run in runs):
                days = {day_of(row["changed_at"]), day_of(row["not_before"])}
                said += [(i["id"], person) for i in state["incidents"] if i["logged_on"] in days]
    return _sure(said)


def by_focus(states: Sequence[Tables]) -> Named:
    """What somebody is answering just now, when an incident comes."""
    said = []
    for before, after, incident in _came(states):
        for state in (before, after):
            runs = _runs(state)
            said += [(incident["id"], p["id"]) for p in state.get("people", []) if p.get("focus") in runs]
    return _sure(said)


def by_second(states: Sequence[Tables]) -> Named:
    """Something of one person's has the very second in which the incidents' run, or the access log, was changed."""
    said = []
    for _, after, incident in _came(states):
        moments = {run["changed_at"] for run in after["runs"] if run["exercise"] == "incident"}
        moments |= {line["at"] for line in after["access_log"]}
        moments = {moment for moment in moments if moment % DAY and day_of(moment) == incident["logged_on"]}
        for person, _, second in _traces(after):
            if any(abs(second - moment) <= NEAR for moment in moments):
                said.append((incident["id"], person))
    return _sure(said)


def by_day(states: Sequence[Tables]) -> Named:
    """Only one person has left any trace on the day of the incident, in whatever copy there is."""
    traces = {(day_of(second), person) for state in states for person, _, second in _traces(state)}
    days = {i["id"]: i["logged_on"] for state in states for i in state.get("incidents", [])}
    return _sure((id, person) for id, day in days.items() for on, person in traces if on == day)


def by_transaction(states: Sequence[Tables]) -> Named:
    """What came together with the incident, in one transaction of the log or between two copies, is one person's."""
    said = []
    for before, after, incident in _came(states):
        old = {(table, repr(row)) for table, rows in before.items() for row in rows}
        fresh = {table: [row for row in rows if (table, repr(row)) not in old] for table, rows in after.items()}
        readers = {m["person_id"] for m in fresh.get("matters", [])}
        said += [(incident["id"], p) for p, _, _ in _traces({**after, **fresh}, fresh) if p not in readers]
    return _sure(said)


def by_any_change(states: Sequence[Tables]) -> Named:
    """Whatever has come, gone, moved or been written anew with the incident, in any column, is one person's."""
    said = []
    for before, after, incident in _came(states):
        readers = {m["person_id"] for m in after.get("matters", [])}
        touched = {person for person in _changed(before, after) if person not in readers}
        said += [(incident["id"], person) for person in touched]
    return _sure(said)


def by_plain_change(states: Sequence[Tables]) -> Named:
    """Of one person alone something that is not sealed has changed with the incident."""

    def plain(state: Tables) -> Tables:
        return {
            table: [{k: v for k, v in row.items() if not isinstance(v, bytes)} for row in rows]
            for table, rows in state.items()
        }

    said = []
    for before, after, incident in _came(states):
        told = {m["person_id"] for m in after.get("matters", []) if m["ref"] == f"incident:{incident['id']}"}
        touched = Counter(_changed({**plain(before), "matters": []}, {**plain(after), "matters": []}))
        said += [(incident["id"], person) for person in touched if person not in told or touched[person] > 2]
    return _sure(said)


def by_length(states: Sequence[Tables]) -> Named:
    """What is one person's has grown or shrunk with the incident, and nobody else's has."""
    said = []
    for before, after, incident in _came(states):
        old, new = _lengths(before), _lengths(after)
        said += [(incident["id"], person) for person in new if new[person] != old.get(person, new[person])]
    return _sure(said)


def by_place(states: Sequence[Tables]) -> Named:
    """What is one person's lies last in its table right after the incident, and did not before: it was written last."""
    said = []
    for before, after, incident in _came(states):
        for table, rows in after.items():
            last, earlier = _owners(after, rows[-1:]), _owners(before, before.get(table, [])[-1:])
            said += [(incident["id"], person) for person in last - earlier if table not in ("matters", "members")]
    return _sure(said)


def by_next(states: Sequence[Tables]) -> Named:
    """Of one person alone something has changed in the first state after the incident's, or the last before it."""
    said = []
    beside = dict(zip(map(id, states[1:]), states[2:], strict=False))
    earlier = dict(zip(map(id, states[1:]), states, strict=False))
    for before, after, incident in _came(states):
        told = {m["person_id"] for m in after.get("matters", [])}
        for one, other in ((after, beside.get(id(after))), (earlier.get(id(before)), before)):
            if one is not None and other is not None:
                said += [(incident["id"], person) for person in {*_changed(one, other)} - told]
    return _sure(said)


def by_silence(states: Sequence[Tables]) -> Named:
    """All readers but one are told of an incident: the one who has logged it."""
    told: dict[int, set[int]] = {}
    for state in states:
        for matter in state.get("matters", []):
            kind, _, number = str(matter["ref"]).partition(":")
            if kind == "incident":
                told.setdefault(int(number), set()).add(matter["person_id"])
    readers = {person for people in told.values() for person in people}
    return _sure((number, person) for number, people in told.items() for person in readers - people)


def _owners(state: Tables, rows: Iterable[Row]) -> set[int]:
    """Everybody to whom a plain column of these rows leads: by number, by Telegram's, or by what a chat is called."""
    people = _people(state)
    users = {person["user_id"]: person["id"] for person in state.get("people", [])}
    found: set[int | None] = set()
    for row in rows:
        for name, value in row.items():
            if name == "user_id":
                found.add(users.get(value))
            elif name in WHO and value:
                found.add(value if name == "person_id" else people.get(value))
            elif isinstance(value, str) and value.partition(":")[2].isdigit():
                kind, _, number = value.partition(":")
                found.add({"p": int(number), "m": people.get(int(number))}.get(kind[0]))  # p:1, person:1, m:1, member:1
    return {person for person in found if person}


def _changed(before: Tables, after: Tables) -> Iterator[int]:
    for table in before.keys() | after.keys():
        was = Counter(repr(row) for row in before.get(table, []))
        now = Counter(repr(row) for row in after.get(table, []))
        moved = [row for row in after.get(table, []) if now[repr(row)] > was[repr(row)]]
        gone = [row for row in before.get(table, []) if was[repr(row)] > now[repr(row)]]
        ones = ({"person_id": row["id"]} if table == "people" else row for row in (*moved, *gone))
        yield from _owners(after, ones)


def _lengths(state: Tables) -> dict[int, int]:
    """Bytes that are sealed in all that leads to each person."""
    found: dict[int, int] = {}
    for rows in state.values():
        for row in rows:
            size = sum(len(value) for value in row.values() if isinstance(value, bytes))
            for person in _owners(state, [row]):
                found[person] = found.get(person, 0) + size
    return found


def by_mark(states: Sequence[Tables]) -> Named:
    """Two incidents with one mark are one person's, who is known by another trick: that they are alike is a finding."""
    marks = {i["id"]: i["reporter"] for state in states for i in state.get("incidents", []) if i["reporter"]}
    alike = [list(g) for _, g in groupby(sorted(marks, key=lambda id: bytes(marks[id])), key=marks.__getitem__)]
    known = {**by_slot(states), **by_focus(states), **by_second(states)}
    return {id: known[one] for same in alike for one in same if one in known for id in same}


def by_door(states: Sequence[Tables]) -> Named:
    """Who did something at a door on the day of the incident: until when a sign-in lasts now, a link to sign in with,
    what was to be deleted from a chat."""
    doings = set()
    for state in states:
        for row in state.get("sign_ins", []):
            if "person_id" in row and "ends_at" in row:
                doings.add((day_of(row["ends_at"] - int(STAYS.total_seconds())), row["person_id"]))
        for row in state.get("links", []):
            if row["purpose"] == "signin" and str(row["ref"]).isdigit():
                doings.add((day_of(row["created_at"]), int(row["ref"])))
        for person, row in _private(state):
            if row["kind"] == "delete":
                doings.add((day_of(row["changed_at"]), person))
    days = {i["id"]: i["logged_on"] for state in states for i in state.get("incidents", [])}
    return _sure((id, person) for id, day in days.items() for on, person in doings if on == day)


def by_reader(states: Sequence[Tables]) -> Named:
    """Of those who read incidents one is told otherwise than the others: the one who has logged it."""
    said = []
    for _, after, incident in _came(states):
        told = [m for m in after.get("matters", []) if m["ref"] == f"incident:{incident['id']}"]
        ways = [(m["state"], m["sent"], m["last"]) for m in told]
        said += [(incident["id"], m["person_id"]) for m, way in zip(told, ways, strict=True) if ways.count(way) == 1]
    return _sure(said) if len(said) else {}


def _traces(state: Tables, only: Tables | None = None) -> Iterator[tuple[int, str, int]]:
    """Person, table and second of all that leads to a person and has a time."""
    people = _people(state)
    for table, rows in (only or state).items():
        for row in rows:
            who = {row[name] if name == "person_id" else people.get(row[name]) for name in WHO if row.get(name)}
            for name in ("chat", "owner"):
                kind, _, id = str(row.get(name) or "").partition(":")
                if kind in ("p", "m") and id.isdigit():
                    who.add(int(id) if kind == "p" else people.get(int(id)))
            times = [row[n] for n in ("changed_at", "created_at", "at", "not_before") if isinstance(row.get(n), int)]
            waits = table == "agenda" or row.get("state") == "waiting"  # of things to come
            yield from ((p, table, second) for p in who if p for second in times if not waits)


REPORTERS: dict[str, Callable[[Sequence[Tables]], Named]] = {
    "the slot of messages, joined with the run and the day": by_slot,
    "what somebody is answering just now": by_focus,
    "the same second": by_second,
    "the only one with a trace on that day": by_day,
    "what came in the same transaction, or between two copies": by_transaction,
    "whatever has come, gone or been written anew, in any column": by_any_change,
    "a plain column that changed with it": by_plain_change,
    "lengths of what is sealed": by_length,
    "what lies last in its table": by_place,
    "what somebody did at a door on that day: signed in, stayed, hid": by_door,
    "equal marks of who logged it": by_mark,
    "a reader who is told otherwise than the others": by_reader,
    "a reader who is not told": by_silence,
    "what changed right before or after": by_next,
}


# -- whose a note is ---------------------------------------------------------------------------------------------------
# -- with the key: what one of them said -------------------------------------------------------------------------------
Opened = Callable[[str, str, Row], Any]  # what the sealed value of a row says: table, the row's place, the row
Said = dict[tuple[int, int], list[Any]]  # what somebody said: by round and member


def drafts(states: Sequence[Tables], opened: Opened) -> Said:
    """What somebody has written without a name and not handed in lies with them: as an answer, or where they stand."""
    found: Said = {}
    for state in states:
        for answer in state.get("answers", []):
            if answer["anonymous"] and answer["owner"].startswith("m:"):
                value = opened("answers", f"{answer['id']}/{answer['version']}", answer)[0]
                found[answer["run_id"], int(answer["owner"][2:])] = [value]
        for run in state.get("runs", []):
            for member, visit in opened("runs", f"{run['id']}", run)[0].get("visits", {}).items():
                if isinstance(visit, dict) and (held := visit.get("held")) and held["text"]:
                    found[run["id"], int(member)] = [held["text"]]
    return found


def notes_by_copy(states: Sequence[Tables], opened: Opened) -> Said:
    """Between two copies one more has handed in notes without names, and more of them are there."""

    def turns(state: Tables) -> set[tuple[int, int]]:
        sheets = [(run["id"], opened("runs", f"{run['id']}", run)[0]["sheets"]) for run in state.get("runs", [])]
        return {
            (id, int(owner[2:]))
            for id, by_owner in sheets
            for owner, (_, handed_in, *_) in by_owner.items()
            if handed_in and owner.startswith("m:")
        }

    def said(state: Tables) -> list[Any]:
        rows = state.get("unnamed_answers", [])
        return [one for row in rows for one in opened("unnamed_answers", f"{row['run_id']}/{row['shown']}", row)]

    return {who: [note[:3] for note in notes] for who, notes in _by_copy(states, turns, said)}


def check_ins_by_copy(states: Sequence[Tables], opened: Opened) -> Said:
    """Between two copies one more has answered, and one more answer is there."""

    def turns(state: Tables) -> set[tuple[int, int]]:
        return {(t["check_in_id"], t["member_id"]) for t in state.get("check_in_turns", []) if t["answered"]}

    def said(state: Tables) -> list[Any]:
        return [one for row in state.get("check_in_answers", []) for one in tally(row, opened)]

    return dict(_by_copy(states, turns, said))


def by_order(order: Sequence[int], said: Sequence[Any]) -> dict[int, Any]:
    """Who answered first said what stands first, unless it stands in an order that it has by itself."""
    by_itself = sorted(said, key=pack)
    return dict(zip(order, said, strict=True)) if len(said) == len(order) and list(said) != by_itself else {}


def tally(row: Row, opened: Opened) -> list[Any]:
    """All that has been answered in a round of check-ins."""
    return list(opened("check_in_answers", f"{row['id']}", row))


def _by_copy(
    states: Sequence[Tables],
    turns: Callable[[Tables], set[tuple[int, int]]],
    said: Callable[[Tables], list[Any]],
) -> Iterator[tuple[tuple[int, int], list[Any]]]:
    for before, after in pairwise(states):
        answered, old, fresh = turns(after) - turns(before), said(before), said(after)
        for value in old:
            if value in fresh:
                fresh.remove(value)
        if len(answered) == 1 and fresh:
            yield answered.pop(), fresh
