"""Exercises are data: no exercise, question or option is looked up in Python by its id, but by a role (`roles`).

Many ids are everyday words ("name", "kind", "yes"), which stand in Python for other things. So what is refused is where
an id is *used*: as a key to what was answered, as the argument of what looks an exercise or its words up, beside an
exercise or a question that it is compared with, and in a table of ids.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.definitions.loader import the_process
from flows.enums import Field
from storage.records import incidents

HERE = Path(__file__).parents[2]
ROOMS = ("bot", "flows", "messages", "storage")
INVENTED = (
    "bot/demo/",
    "bot/sandbox/",
    "messages/documents/invented_town.py",
)  # what people are made to answer, in data's stead
EXERCISES = frozenset(the_process().exercises)
QUESTIONS = frozenset(q.id for exercise in the_process().exercises.values() for q in exercise.questions)
OPTIONS = frozenset(o for exercise in the_process().exercises.values() for q in exercise.questions for o in q.options)
IDS = EXERCISES | QUESTIONS | OPTIONS

# What is keyed by ids, what takes one, and what is one.
KEYED = frozenset({"values", "profile", "answers", "stored", "draft", "exercises", "rounds", "registers"})
BY_KEY = frozenset({"get", "pop", "setdefault"})
TAKING = frozenset({"exercise", "read_exercise", "of_exercise", "step_of", "question", "option", "rows", "stored"})
TAKING |= {"round", "spoken", "short", "raw", "answer", "every", "comments", "items", "share"}
BEING = frozenset({"exercise", "question", "register"})
WRITING = frozenset({("rows", "add"), ("rows", "change"), ("incidents", "add"), ("incidents", "correct")})

# What is spelt the same and is something else: (file, the constant's name or the word itself).
SEATS = "what a seat is: in the core group, or in the network"
FOLLOWED = "what came of an incident, in a follow-up's values"
KEPT = "what an incident keeps under a role's name, as this room knows no roles (held below)"
OTHERWISE = {
    (
        "bot/features/incidents/follow_ups.py",
        "HANDED",
    ): "who a matter was handed to, of the ways an incident is followed up",
    ("bot/features/incidents/follow_ups.py", "what"): FOLLOWED,
    ("bot/features/incidents/read_incidents.py", "what"): FOLLOWED,
    ("storage/records/incidents.py", "what"): FOLLOWED,
    ("bot/features/incidents/report.py", "LOGGERS"): SEATS,
    ("flows/definitions/consistency.py", "ROLES"): SEATS,
    ("bot/exercises/row_links.py", "OWN"): "what names an item that the group adds; no question there may have this id",
    ("storage/records/incidents.py", "WHEN"): KEPT,
    ("storage/records/incidents.py", "NOTE"): KEPT,
    ("storage/records/incidents.py", "CONTACT"): KEPT,
    (
        "bot/features/outsiders/event_link.py",
        "VERB",
    ): "the verb of a deep link, which stands in links that were printed",
}


class Finder(ast.NodeVisitor):
    """Finds the places of one module where an id is used; `found` holds line and id."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.file, self.found = file, set[tuple[int, str]]()
        self.constants: dict[str, ast.expr] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    self._remember(target, node.value)
        self.visit(tree)

    def _remember(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=True):
                self._remember(one, its)
        elif isinstance(target, ast.Name) and (self.file, target.id) not in OTHERWISE:
            self.constants[target.id] = value
            self._table(value)

    def _table(self, value: ast.expr) -> None:
        """A constant that is an exercise's id, or a table of nothing but ids of questions or options."""
        if isinstance(value, ast.Constant) and value.value in EXERCISES:
            self._note(value)
        if isinstance(value, ast.Tuple | ast.List | ast.Set) and len(value.elts) > 1:
            texts = [e.value for e in value.elts if isinstance(e, ast.Constant)]
            if len(texts) == len(value.elts) and (set(texts) <= QUESTIONS or set(texts) <= OPTIONS):
                self._note(value)
        if isinstance(value, ast.Dict) and value.keys:
            keys = {key.value for key in value.keys if isinstance(key, ast.Constant)}
            if len(keys) == len(value.keys) and keys <= EXERCISES and isinstance(value.values[0], ast.Constant):
                self._note(value)

    def _note(self, node: ast.AST | None) -> None:
        """Note the ids that an expression holds, also through a constant of the module."""
        if isinstance(node, ast.Name) and node.id in self.constants:
            held = self.constants[node.id]
            if isinstance(held, ast.Constant) and held.value in IDS:
                self.found.add((node.lineno, str(held.value)))
        elif isinstance(node, ast.Constant) and node.value in IDS and (self.file, node.value) not in OTHERWISE:
            self.found.add((node.lineno, node.value))
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            for element in node.elts:
                self._note(element)
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                self._note(key)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Look at the node; the base class calls this by its name."""
        if _name(node.value) in KEYED:
            self._note(node.slice)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Look at the node; the base class calls this by its name."""
        called, on = _name(node.func), _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if called in TAKING or (called in BY_KEY and on in KEYED):
            for argument in node.args:
                self._note(argument)
        if (on, called) in WRITING:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                self._note(argument)
        for keyword in node.keywords:
            if keyword.arg in BEING:
                self._note(keyword.value)
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        """Look at the node; the base class calls this by its name."""
        if len(node.elts) > 1 and all(isinstance(e, ast.Constant) and e.value in EXERCISES for e in node.elts):
            self._note(node)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Look at the node; the base class calls this by its name."""
        sides = (node.left, *node.comparators)
        if any(_name(side) in BEING or (_name(side) == "id" and _owner(side) in BEING) for side in sides):
            for side in sides:
                self._note(side)
        if isinstance(node.ops[0], ast.In | ast.NotIn) and _name(node.comparators[0]) in KEYED:
            self._note(node.left)
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        """Look at the node; the base class calls this by its name."""
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            if name in BEING and isinstance(pattern, ast.MatchValue):
                self._note(pattern.value)
        self.generic_visit(node)


def _name(node: ast.AST) -> str:
    """The last part of a dotted name, or of the call or the key it is looked at through; empty for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Call(func=inner):
            return _name(inner)
    return ""


def _owner(node: ast.AST) -> str:
    return _name(node.value) if isinstance(node, ast.Attribute) else ""


def used(file: str, text: str) -> list[str]:
    """Where a module uses ids, a line each."""
    return [f"{file}:{line} {id}" for line, id in sorted(Finder(file, ast.parse(text)).found)]


def modules() -> Iterator[tuple[str, str]]:
    """Every module of the product, with its text, but those in which people are invented."""
    for room in ROOMS:
        for path in sorted((HERE / room).rglob("*.py")):
            if not (file := path.relative_to(HERE).as_posix()).startswith(INVENTED):
                yield file, path.read_text(encoding="utf-8")


def test_no_id_is_used() -> None:
    """What Python needs of an exercise has a role there; add one to `definitions.roles` rather than an id here."""
    assert [place for file, text in modules() for place in used(file, text)] == []


@pytest.mark.parametrize(
    "text",
    [
        'told = row.values["coming"]',
        'told = row.values.get("coming") == "no"',
        'COMING = "coming"\ntold = row.values.get(COMING)',
        'there = "join" in row.values',
        'JOINING = "joining"',
        'LEVELS = ("networking", "coordination", "cooperation")',
        'PICTURES = {"readiness": "readiness", "swot": "swot"}',
        'start = Entry("start", 0, ("decision", "commitment"))',
        'kind = exercise.question("kind")',
        'rounds = await desk.work.runs.of_exercise(group.id, "event")',
        'found = desk.house.process.exercises["joining"]',
        'if record.exercise != "joining":\n    pass',
        'if run.exercise.id == "joining":\n    pass',
        'said = [s for s in said if s.question == "desired"]',
        'await desk.work.rows.add(group.id, register, {"what": text})',
        'rows = facts.rows("chain")',
        'match event:\n    case PrivateRow(exercise="incident"):\n        pass',
    ],
)
def test_each_way_to_use_one_is_seen(text: str) -> None:
    """An id that slips in is found, whichever way it is used."""
    assert used("bot/new.py", text)


def test_what_is_let_through_is_still_there() -> None:
    """What may be spelt like an id is there, and storage's names of an incident's values are those of the roles."""
    texts = dict(modules())
    assert [place for place in OTHERWISE if place[1] not in texts[place[0]]] == []
    assert (incidents.WHEN, incidents.NOTE, incidents.CONTACT) == (Field.WHEN, Field.NOTE, Field.CONTACT)
