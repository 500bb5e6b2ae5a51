"""The words of documents and pictures themselves: titles, labels, text alternatives. One file a language."""

import tomllib
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, StrictUndefined

from messages.documents.template import SPOKEN
from messages.language import Language, WordsError
from messages.voice import Voice


class Words:
    """The words by dotted path, filled in with facts. What comes out is plain text, never markup."""

    def __init__(self, language: str) -> None:
        self._file = f"{language}/documents/words.toml"
        self.data = tomllib.loads((SPOKEN / self._file).read_text(encoding="utf-8"))
        self._environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text
        self._environment.filters.update(Language(language, SPOKEN).filters)
        self._compiled = cache(self._environment.from_string)

    def __call__(self, path: str, **facts: object) -> str:
        """The words at a path. Raises WordsError if there are none."""
        text = self.get(path)
        if text is None:
            raise WordsError(f"{self._file}: “{path}” is missing; add it")
        return self._compiled(text).render(facts) if "{" in text else text

    def each(self, path: str, *names: str) -> tuple[str, ...]:
        """The words of these names under a path, such as those of a table's columns."""
        return tuple(self(f"{path}.{name}") for name in names)

    def get(self, path: str) -> str | None:
        """The words at a path as they stand, None if there are none."""
        here: object = self.data
        for part in path.split("."):
            if not isinstance(here, Mapping) or part not in here:
                return None
            here = here[part]
        return here if isinstance(here, str) else None

    def table(self, path: str) -> dict[str, str]:
        """All words under a path, in their order."""
        here = self.data
        for part in path.split("."):
            here = here[part]
        return {key: text for key, text in here.items() if isinstance(text, str)}


@cache
def words_of(language: str) -> Words:
    """The documents' words in a language, read once."""
    return Words(language)


@cache
def voice_of(language: str) -> Voice:
    """The exercises' words in a language, read once."""
    return Voice(language, SPOKEN)
