"""The rules of messages/<language>/identity-rules.toml, which says what its fields mean: finding by a table's rows."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.identities.checks import CHECKS, Span
from bot.identities.words import listed, pattern, rule_book
from flows.identities import Identity

REACH = 160  # characters from a digit to the ends of what is said around it
_DIGITS = re.compile(rf"\d(?:.{{0,{2 * REACH}}}\d)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. `found` and `passes` are examples for it and against it."""

    why: str
    pattern: re.Pattern[str]
    must: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    not_behind: re.Pattern[str] | None
    none_of: frozenset[str]
    check: Callable[[re.Match[str]], Span | None] | None
    words: bool
    found: tuple[str, ...]
    passes: tuple[str, ...]

    def spans(self, text: str, windows: Sequence[Span]) -> Iterator[Span]:
        """Yield what the rule finds in these parts of a text."""
        for start, end in ((0, len(text)),) if self.words else windows:
            for match in self.pattern.finditer(text, start, end):
                if self._counts(match) and (span := self.check(match) if self.check else it(match)):
                    yield span

    def _counts(self, match: re.Match[str]) -> bool:
        start, end = it(match)
        said, groups = match.string[start:end], match.groupdict()
        return not (
            (self.none_of and (groups.get("word") or said).lower() in self.none_of)
            or (self.must and not self.must.search(said))
            or (self.unless and self.unless.match(said))
            or (self.not_behind and self.not_behind.search(match.string[max(0, start - 30) : start]))
        )


def it(match: re.Match[str]) -> Span:
    """Return where the group `it` is, or the whole match."""
    return match.span("it" if "it" in match.re.groupindex else 0)


@cache
def rules(kind: Identity) -> tuple[Rule, ...]:
    """Return the rules of a kind, in their order."""
    return tuple(_rule(row) for row in rule_book().get(kind, ()))


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        row["why"],
        pattern(row["pattern"], case=row.get("case", False)),
        *(pattern(row[name]) if name in row else None for name in ("must", "unless", "not_behind")),
        listed(*row.get("none_of", ())),
        CHECKS[row["check"]] if "check" in row else None,
        row.get("words", False),
        tuple(row["found"]),
        tuple(row["passes"]),
    )


def around_digits(text: str) -> list[Span]:
    """Return the parts of a text that lie near a digit, none overlapping: most rules need not look elsewhere."""
    parts: list[Span] = []
    for match in _DIGITS.finditer(text):
        start, end = max(0, match.start() - REACH), min(len(text), match.end() + REACH)
        if parts and start <= parts[-1][1]:
            start = parts.pop()[0]
        parts.append((start, end))
    return parts
