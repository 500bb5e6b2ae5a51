"""Small faults that can be made in a module's functions: each is one that a tired person might make."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Final

ROOT: Final = Path(__file__).parents[2]
OTHER: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Fields whose nodes say what something is, and do nothing when the function is called.
SAID: Final = ("annotation", "returns", "decorator_list", "args", "type_params")


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of one place. `node` and `choice` find it again in the same text."""

    path: str
    line: int
    function: str
    what: str
    source: str  # the line as it stands
    node: int
    choice: int

    @property
    def place(self) -> str:
        """The place without its line number, which moves: `path function | the line | the change`."""
        return f"{self.path} {self.function} | {self.source} | {self.what}"

    def put(self) -> CodeType:
        """Return the code of the whole module with this fault in it."""
        file = ROOT / self.path
        tree = ast.parse(file.read_text(encoding="utf-8"))
        wrong = list(ast.walk(tree))[self.node]
        _, instead = list(_instead(wrong))[self.choice]
        whole = _Replace(wrong, instead).visit(tree)
        assert isinstance(whole, ast.Module)
        code: CodeType = compile(ast.fix_missing_locations(whole), str(file), "exec")
        return code


def faults(path: str) -> list[Fault]:
    """Return all that can be made in the functions of a module, in the order of its text."""
    text = (ROOT / path).read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    found = [
        Fault(path, line, function, what, lines[line - 1].strip(), numbers[id(node)], choice)
        for function, node in _done(tree, "")
        for choice, (what, _) in enumerate(_instead(node))
        for line in [_line(node)]
    ]
    return sorted(found, key=lambda fault: (fault.line, fault.node, fault.choice))


def _line(node: ast.AST) -> int:
    """Return where a node stands; a condition within brackets has no place of its own."""
    return int(getattr(node, "lineno", 0) or next(_line(child) for child in ast.iter_child_nodes(node)))


def _done(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Give what is done when functions are called, with the name of the outermost function or method."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _done(child, function)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in child.body:
                yield from _all(statement, function or child.name)


def _all(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Give a node and those in it, without what is only said: types, and the words of an error or of the log."""
    if isinstance(node, (ast.Assert, ast.Raise)) or (isinstance(node, ast.Expr) and _only_said(node.value)):
        return
    yield function, node
    for name, value in ast.iter_fields(node):
        if name not in SAID or isinstance(node, ast.Call):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _all(child, function)


def _only_said(value: ast.expr) -> bool:
    logged = isinstance(value, ast.Call) and ast.unparse(value.func).startswith(("log.", "LOG.", "assert_never"))
    return logged or isinstance(value, ast.Constant)


def _instead(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Give what could stand in a node's place by mistake, each with words for it."""
    return _other_value(node) if isinstance(node, ast.expr) else _other_step(node)


def _other_value(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(left, [operator], [right]):
            other = OTHER[type(operator)]()
            yield "compared the other way", ast.Compare(left, [other], [right])
        case ast.BoolOp(operator, values):
            other_way = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield ("or for and" if isinstance(operator, ast.And) else "and for or"), ast.BoolOp(other_way, values)
            for number in range(len(values)):
                left_out = ast.BoolOp(operator, values[:number] + values[number + 1 :])
                yield f"without condition {number + 1}", left_out if len(left_out.values) > 1 else left_out.values[0]
        case ast.UnaryOp(ast.Not(), operand):
            yield "without not", operand
        case ast.BinOp(left, ast.Add(), right) if not _is_text(left) and not _is_text(right):
            yield "minus for plus", ast.BinOp(left, ast.Sub(), right)
        case ast.BinOp(left, ast.Sub(), right):
            yield "plus for minus", ast.BinOp(left, ast.Add(), right)
        case ast.Constant(bool() as value):
            yield f"{not value} for {value}", ast.Constant(not value)
        case ast.Constant(int() as value):
            yield f"{value + 1} for {value}", ast.Constant(value + 1)
        case ast.IfExp(_, body, orelse):
            yield "always the first", body
            yield "always the second", orelse


def _other_step(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.If(_, body, orelse):
            yield "done always", ast.If(ast.Constant(True), body, orelse)
            yield "done never", ast.If(ast.Constant(False), body, orelse)
        case ast.comprehension(target, iterable, [_, *_], is_async):
            yield "without the condition", ast.comprehension(target, iterable, [], is_async)
        case ast.match_case(pattern, guard, body) if guard is not None:
            yield "without the guard", ast.match_case(pattern, None, body)
        case ast.Return(value) if value is not None and not isinstance(value, (ast.Constant, ast.Tuple)):
            yield "None returned", ast.Return(ast.Constant(None))
        case ast.Expr(ast.Await() | ast.Call()):
            yield "not done", ast.Pass()
        case ast.Continue():
            yield "break for continue", ast.Break()
        case ast.Break():
            yield "continue for break", ast.Continue()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


class _Replace(ast.NodeTransformer):
    """Put another node in the place of one."""

    def __init__(self, wrong: ast.AST, instead: ast.AST) -> None:
        self._wrong, self._instead = wrong, instead

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace it, or look for it in what this one holds."""
        if node is self._wrong:
            return ast.copy_location(self._instead, node) if hasattr(node, "lineno") else self._instead
        return self.generic_visit(node)
