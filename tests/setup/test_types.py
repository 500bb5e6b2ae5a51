"""How far the types reach: what escapes them is counted, so that it cannot grow unseen.

Whoever brings a number down lowers its ceiling; whoever needs more says in DECISIONS.md why nothing closer would do.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from flows.run.state import Phase
from storage.records.records import GroupState, Reach, SeatState

ROOT = Path(__file__).parents[2]
# Lines with the word, anywhere in the product's Python.
CEILINGS = {
    r"\bAny\b": 106,
    r"\b(Json|JsonObject|Wire|Given|Toml|Entity)\b(?!.*\bimport\b)": 381,  # JSON and TOML as they come in
    r"\bobject\b": 57,
    r"\b(?<!_)cast\(": 1,
}
# What a field of a record can be: its enum or, of several records, what `storage.records` says beside them.
WORDS = {
    "phase": {*Phase},
    "reach": {*Reach},
    "role": {"core", "network", "guest", "process_leader"},
    "state": {*GroupState, *SeatState}
    | {"open", "done", "removed"}  # a row
    | {"told", "declined", "handed", "closed"}  # an open item
    | {"valid", "expired", "revoked", "used"}  # a link
    | {"waiting", "cancelled", "planned", "withdrawn"}  # the schedule, a meeting, an incident
    | {"queued", "sent", "failed", "replaced"}  # the outbox
    | {"asked", "confirmed", "quiet", "refused"}  # an address
    | {"talk", "now", "later", "next"},  # a stop on the map
}
MOST = 5  # parameters beside the context
CONTEXTS = frozenset({"self", "cls", "ctx", "turn", "t", "work"})
LIBRARY, PARTS, ROW = "the library calls it so", "the parts it is made of, given once", "a column each, written by few"
MANY = {  # functions that take more, and why
    "bot/dispatch/polling.py:__init__": PARTS,
    "bot/dispatch/sender.py:__init__": PARTS,
    "bot/operations/health.py:__init__": PARTS,
    "bot/operations/maintenance.py:__init__": PARTS,
    "bot/sandbox/transport.py:do_request": LIBRARY,
    "bot/telegram/network.py:do_request": LIBRARY,
    "bot/sandbox/speech.py:press": "the fields of a form that the page sends",
    "bot/doctor/telegram.py:examine": "what is set, and what is asked for by flags",
    "flows/timing/calendar.py:propose": "what a coordinator says of a calendar, and what pure code must be told",
    "flows/dialogue/prompts.py:ask": "each is a line of a question that may be missing",
    "messages/documents/helpers.py:empty_rows": "the look of a table to write in by hand",
    "storage/backup/latest.py:make": "where it lies, what it rests on, and what may stand open in it",
    "storage/records/document_jobs.py:put": ROW,
    "storage/records/prompts.py:hold": ROW,
    "storage/records/runs.py:add": ROW,
}


def product() -> Iterator[Path]:
    """Return the Python files that people run."""
    return (file for top in ("bot", "flows", "messages", "storage") for file in sorted((ROOT / top).rglob("*.py")))


@pytest.mark.parametrize("escape", CEILINGS)
def test_what_escapes_the_types_does_not_grow(escape: str) -> None:
    """A new line that takes anything at all is looked at twice."""
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in product()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(escape, line) and not line.lstrip().startswith(("from ", "import "))
    ]
    assert found, "the pattern finds what it counts"
    assert len(found) <= CEILINGS[escape], "\n".join(found)


@cache
def compared_and_defined() -> tuple[list[tuple[str, ast.Compare]], list[tuple[str, str, int]]]:
    """Return the comparisons of states and roles with their files, and the functions with how much they take."""
    compared, defined = [], []
    for file in product():
        place = str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr in WORDS:
                compared.append((place, node))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                defined.append((place, node.name, _parameters(node)))
    return compared, defined


def test_states_and_roles_are_spelt_as_they_are_kept() -> None:
    """A state, role or phase is compared only with a word that there is: a slip would never hold, and show nowhere."""
    strange = [
        f"{place}:{compare.lineno} .{compare.left.attr}: {word.value}"
        for place, compare in compared_and_defined()[0]
        if "/sandbox/" not in place and isinstance(compare.left, ast.Attribute)  # Telegram's own words
        for other in compare.comparators
        for word in ast.walk(other)
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
        if word.value not in WORDS[compare.left.attr]
    ]
    assert strange == []


def test_few_functions_take_many_parameters() -> None:
    """What belongs together comes together: whatever takes more than five things beside its context says here why."""
    found = {f"{place}:{name}" for place, name, taken in compared_and_defined()[1] if taken > MOST}
    assert found == MANY.keys()


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return len(names) - (names[:1] != [] and names[0] in CONTEXTS)
