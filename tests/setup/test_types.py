"""How far the types reach: what escapes them is counted, so that it cannot grow unseen.

Whoever brings a number down lowers its ceiling; whoever needs more says in DECISIONS.md why nothing closer would do.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Lines with the word, anywhere in the product's Python.
CEILINGS = {
    r"\bAny\b": 107,
    r"\b(Json|JsonObject|Wire|Given|Toml|Entity)\b(?!.*\bimport\b)": 362,  # JSON and TOML as they come in
    r"\bobject\b": 55,
    r"\b(?<!_)cast\(": 1,
}
MOST, LONG = 5, 47  # parameters beside the context; functions that have more
CONTEXTS = frozenset({"self", "cls", "ctx", "turn", "t"})


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


def test_few_functions_take_many_parameters() -> None:
    """What belongs together comes together: a function that takes more than five things beside its context is rare."""
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {count}"
        for file in product()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (count := _parameters(node)) > MOST
    ]
    assert len(found) <= LONG, "\n".join(found)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return len(names) - (names[:1] != [] and names[0] in CONTEXTS)
