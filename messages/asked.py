"""Finds which of the bot's words the code asks for, by reading the code: what is missing, and what nothing asks for.

A name is asked for where it is handed to something that says it (`SAID_BY`), or to a function that hands its own
parameter `name`, `label` or `caption` on to that. It may be a literal, one of two literals (`a if x else b`), or an
f-string, whose computed pieces stand for anything; what begins with neither cannot be followed and is left alone.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# What says a name: the call, with the argument's place or keyword, and what its names begin with in the words.
SAID_BY: Mapping[tuple[str, int | str], str] = {
    ("render", 0): "",
    ("label", 0): "label.",
    ("toast", 0): "toast.",
    ("Say", 1): "",
    ("Button", 2): "label.",
    ("Button", "label"): "label.",
    ("Trouble", 0): "label.",
    ("Toast", 0): "toast.",
}
OF_THE_VOICE = ("render", "label")  # other things have methods of these names
HANDED_ON = ("name", "label", "caption")
KINDS = ("", "label.", "toast.")


def of_code(sources: Iterable[Path], written: set[str], drawn: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each name that code asks for and the words lack, and for each that nothing asks for.

    `written` holds the names of the words, `drawn` labels that the code draws from elsewhere under these names.
    """
    nodes = {path: list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in sources}
    places = _places(node for found in nodes.values() for node in found)
    asked = {name: path for path, found in nodes.items() for name in _asked(found, places)}
    patterns = {name: re.compile(re.escape(name).replace(r"\*", ".+")) for name in sorted(asked) if "*" in name}
    missing = sorted(asked.keys() - patterns.keys() - {*drawn} - written)
    empty = [name for name, pattern in patterns.items() if not any(map(pattern.fullmatch, written))]
    literals = {text for found in nodes.values() for text in _texts(found)}
    unread = (name for name in sorted(written) if not literals.intersection(map(name.removeprefix, KINDS)))
    return [
        *(f"{asked[name].name}: “{name}” is asked for, and missing in the words; add it" for name in missing),
        *(
            f"{asked[name].name}: asks for “{name}”, and no words have such a name; mend it, or add them"
            for name in empty
        ),
        *(
            f"nothing asks for “{name}”; take it away, or mend its name"
            for name in unread
            if not any(pattern.fullmatch(name) for pattern in patterns.values())
        ),
    ]


def _places(nodes: Iterable[ast.AST]) -> dict[tuple[str, int | str], str]:
    """Return the arguments that name words, by call: those of `SAID_BY`, and those handed on to one of them."""
    places, before = dict(SAID_BY), -1
    functions = [
        (node, [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)])
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in OF_THE_VOICE
    ]
    while len(places) != before:
        before = len(places)
        for function, calls in functions:
            taken = [a.arg for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in ("self", "cls")]
            for call in calls:
                for begins, given in _given(call, places):
                    if isinstance(given, ast.Name) and given.id in HANDED_ON:
                        places.setdefault((function.name, given.id), begins)
                        if given.id in taken:
                            places.setdefault((function.name, taken.index(given.id)), begins)
    return places


def _given(call: ast.Call, places: Mapping[tuple[str, int | str], str]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the arguments of a call that name words, each with the prefix of its names."""
    called = call.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    if name in OF_THE_VOICE and isinstance(called, ast.Attribute) and not ast.unparse(called.value).endswith("voice"):
        return
    arguments: list[tuple[int | str, ast.expr]] = [*enumerate(call.args)]
    arguments += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    for place, given in arguments:
        if (name, place) in places:
            yield places[name, place], given


def _asked(nodes: Iterable[ast.AST], places: Mapping[tuple[str, int | str], str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call):
            for begins, given in _given(node, places):
                yield from (begins + name for name in _names(given))


def _names(given: ast.expr) -> Iterator[str]:
    """Return the names that an expression can have, with a star for each computed piece."""
    match given:
        case ast.Constant(value=str(name)) if name:
            yield name
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_names(body), *_names(orelse))
        case ast.JoinedStr(values=values):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in values)


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
