"""The Bot API's methods and types as a table of facts, `bot_api.txt`, and what is wrong with a value by it.

A line is a name and what it holds. After a method's name stands what it gives; `*` marks what must be there, `[]` a
list, `|` alternatives, `=` the one word that a field may hold. A newer table is made of `api.json` from the public
repository PaulSonOfLars/telegram-bot-api-spec:

    python -m tests.sandbox.bot_api api.json
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_suffix(".txt")
HEAD = """# {version} ({release_date}): methods and types. How to read and renew this table stands in bot_api.py.
# From the data of PaulSonOfLars/telegram-bot-api-spec (MIT License, Copyright (c) 2020 Paul Larsen).
"""
_CONSTANT = re.compile(r"(?:always|must be) [“\"]?(\w+)")
_CONSTANTS = ("status", "type", "source")  # fields that tell which of several types an object is
_FIELD = re.compile(r"(\w+)(\*?):([^=]+)(?:=(\w+))?")
_SIMPLE: dict[str, Any] = {"Integer": int, "Float": (int, float), "String": str, "Boolean": bool}


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a method or a field of a type."""

    name: str
    required: bool
    kinds: list[str]
    constant: str | None


@dataclass(frozen=True, slots=True)
class Declared:
    """A method with what it gives, or a type with the types that it stands for, if it is a mere name for those."""

    name: str
    kinds: list[str]
    fields: dict[str, Field]


class BotApi:
    """Methods and types as Telegram declares them."""

    def __init__(self) -> None:
        lines = TABLE.read_text(encoding="utf-8").splitlines()
        declared = [_read(line) for line in lines if not line.startswith("#")]
        self.methods = {one.name: one for one in declared if one.name[0].islower()}
        self.types = {one.name: one for one in declared if one.name[0].isupper()}

    def faults(self, value: Any, kind: str, where: str) -> list[str]:
        """What is wrong with a value that should be of a type."""
        if kind.endswith("[]"):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is no list"]
            return [fault for n, one in enumerate(value) for fault in self.faults(one, kind[:-2], f"{where}[{n}]")]
        if kind in _SIMPLE:
            right = isinstance(value, _SIMPLE[kind]) and isinstance(value, bool) == (kind == "Boolean")
            return [] if right else [f"{where}: {value!r} is no {kind}"]
        declared = self.types[kind]
        return self.any_of(value, declared.kinds, where) if declared.kinds else _object(self, value, declared, where)

    def any_of(self, value: Any, kinds: list[str], where: str) -> list[str]:
        """What is wrong with a value that should be of one of several types; the best fit tells."""
        return min((self.faults(value, kind, where) for kind in kinds), key=len)


def _object(api: BotApi, value: Any, declared: Declared, where: str) -> list[str]:
    """Missing, unknown and wrong fields of an object."""
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no {declared.name}"]
    fields = declared.fields
    found = [f"{where}.{name}: unknown in {declared.name}" for name in value.keys() - fields.keys()]
    found += [f"{where}.{name}: missing" for name, field in fields.items() if field.required and name not in value]
    for name in value.keys() & fields.keys():
        found += api.any_of(value[name], fields[name].kinds, f"{where}.{name}")
        constant = fields[name].constant
        if constant and value[name] != constant:
            found.append(f"{where}.{name}: {value[name]!r} is not {constant!r}")
    return found


def _read(line: str) -> Declared:
    head, *rest = line.split(" ")
    name, _, kinds = head.partition(":")
    found = (_FIELD.fullmatch(one) for one in rest)
    fields = [Field(m[1], bool(m[2]), m[3].split("|"), m[4]) for m in found if m]
    assert len(fields) == len(rest), line
    return Declared(name, kinds.split("|") if kinds else [], {field.name: field for field in fields})


def _written(declared: dict[str, Any]) -> str:
    """The line of a method or a type as `api.json` has it."""
    kinds = _kinds(declared.get("returns") or declared.get("subtypes") or [])
    head = f"{declared['name']}:{kinds}" if kinds else declared["name"]
    return " ".join([head, *map(_written_field, declared.get("fields", ()))])


def _written_field(field: dict[str, Any]) -> str:
    constant = _CONSTANT.search(field["description"]) if field["name"] in _CONSTANTS else None
    written = f"{field['name']}{'*' * field['required']}:{_kinds(field['types'])}"
    return f"{written}={constant[1]}" if constant else written


def _kinds(kinds: list[str]) -> str:
    return "|".join(kind.replace("Array of ", "") + "[]" * kind.count("Array of ") for kind in kinds)


def main() -> None:
    """Make the table anew of the file that is named."""
    data = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = [_written(declared) for part in ("methods", "types") for declared in data[part].values()]
    TABLE.write_text(HEAD.format(**data) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
