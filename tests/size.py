"""How large the product's Python is, and how hard to follow.

Lines of code proper are those that hold code, without docstrings and imports. The ways through a function are counted
as McCabe does: one, and one more for each branch, loop, operand of and/or, comprehension and case.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "flows", "storage", "messages")
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.IfExp, ast.ExceptHandler, ast.Assert, ast.match_case)
SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Size:
    """The figures that may not grow unseen."""

    code: int  # lines of code proper
    branching: int  # functions with more than ten ways through
    tangled: int  # … with more than twenty
    long_files: int  # of more than 300 lines
    large_records: int  # of more than eighteen fields


def ways(function: ast.AST) -> int:
    """Count the ways through a function; those of a function within it are its own."""
    found, todo = 1, list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            continue
        found += isinstance(node, BRANCHES)
        found += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
        found += 1 + len(node.ifs) if isinstance(node, ast.comprehension) else 0
        todo += ast.iter_child_nodes(node)
    return found


def code_lines(text: str, tree: ast.Module) -> int:
    """Count the lines of code proper."""
    used = set[int]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in SILENT:
            used |= {*range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(tree):
        beside = node if isinstance(node, ast.Import | ast.ImportFrom) else _docstring(node)
        if beside is not None:
            used -= {*range(beside.lineno, (beside.end_lineno or 0) + 1)}
    return len(used)


def _docstring(node: ast.AST) -> ast.stmt | None:
    if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and node.body and ast.get_docstring(node) is not None:
        return node.body[0]
    return None


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield the text and the tree of each file of the product."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            yield text, ast.parse(text)


def measured() -> Size:
    """Return the figures as they are now."""
    files = list(sources())
    nodes = [node for _, tree in files for node in ast.walk(tree)]
    branching = [ways(node) for node in nodes if isinstance(node, FUNCTIONS)]
    records = [sum(isinstance(one, ast.AnnAssign) for one in n.body) for n in nodes if isinstance(n, ast.ClassDef)]
    return Size(
        code=sum(code_lines(text, tree) for text, tree in files),
        branching=sum(count > 10 for count in branching),
        tangled=sum(count > 20 for count in branching),
        long_files=sum(text.count("\n") > 300 for text, _ in files),
        large_records=sum(count > 18 for count in records),
    )
