"""A table of a definition file, read so that each mistake in it is told with its place and a cure."""

from collections.abc import Iterable
from typing import Any

from flows.values import Json

USUAL_CAUSES = (
    "a quotation mark that is not closed; curly quotes (“ ”) around a text instead of straight ones; "
    'a straight quote within a text between straight quotes (write ” within it, or put the text between """ and """)'
)


def unreadable(file: str, error: Exception) -> str:
    """Return the sentence about a file that is no TOML in UTF-8: its place, and the three usual causes."""
    return f"{file}: is not TOML in UTF-8 ({error}). Look at that line and the one before it for {USUAL_CAUSES}"


class TomlTable:
    """A table of a definition file that knows where it stands, so that each mistake can be told with its place."""

    def __init__(self, data: Json, place: str, mistakes: list[str]) -> None:
        self.data, self.place, self.mistakes, self.read = data, place, mistakes, set[str]()

    def wrong(self, key: str, cure: str) -> None:
        """Note a mistake at this key, which is read by that."""
        self.read.add(key)
        self.mistakes.append(f"{self.place}, {key}: {cure}")

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None, *, needed: bool = False) -> Any:
        """The value of a key, which must be of this kind."""
        self.read.add(key)
        if key not in self.data:
            if needed:
                self.wrong(key, "is missing; add it")
            return default
        value = self.data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.wrong(key, f"must be {' or '.join(k.__name__ for k in kinds)}, is {type(value).__name__}")
            return default
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None, *, needed: bool = False) -> str:
        """The value of a key, which must be one of these; the first of them for a wrong one without a default."""
        value = self.get(key, str, default, needed=needed)
        allowed = tuple(allowed)
        if value is not None and value not in allowed:
            self.wrong(key, f"is “{value}”; choose one of {', '.join(allowed)}")
            value = default
        return value if value is not None else next(iter(allowed), "")

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of texts, each there once."""
        values = self.get(key, list, [])
        if not all(isinstance(v, str) for v in values):
            self.wrong(key, "must be a list of texts")
            return ()
        if len(set(values)) != len(values):
            self.wrong(key, "has the same entry twice; remove one")
        return tuple(values)

    def table(self, key: str) -> "TomlTable | None":
        """A table within this one, None if it is not there."""
        data = self.get(key, dict)
        return TomlTable(data, f"{self.place} [{key}]", self.mistakes) if data is not None else None

    def tables(self, key: str) -> list["TomlTable"]:
        """Tables of the same kind, each named by its id or its number."""
        rows = self.get(key, list, [])
        if not all(isinstance(r, dict) for r in rows):
            self.wrong(key, f"must be tables: [[{key}]]")
            return []
        return [
            TomlTable(r, f"{self.place} [[{key}]] {r.get('id', number)}", self.mistakes)
            for number, r in enumerate(rows, 1)
        ]

    @property
    def unread(self) -> list[str]:
        """The keys that nothing has asked for so far."""
        return sorted(set(self.data) - self.read)

    def done(self) -> None:
        """Note every key that nothing has asked for as a mistake; to be called last."""
        for key in self.unread:
            self.wrong(key, "is not known here; remove it or mend the spelling")
