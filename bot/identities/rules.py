"""The rules of messages/<language>/identity-rules.toml, which says what its fields mean: finding by a table's rows."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.identities.checks import CHECKS, Span
from bot.identities.words import RuleRow, listed, pattern, rule_rows
from flows.identities import Identity

REACH = 160  # characters from what a rule needs to the ends of what is said around it
_DIGIT = r"\d+"


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
    near: re.Pattern[str] | None
    found: tuple[str, ...]
    passes: tuple[str, ...]

    def spans(self, text: "Searched") -> Iterator[Span]:
        """Yield what the rule finds in a text."""
        for start, end in text.around(self.near):
            for match in self.pattern.finditer(text.text, start, end):
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
    return tuple(_rule(row) for row in rule_rows(kind))


def _rule(row: RuleRow) -> Rule:
    """Return a row as a rule; a name that is no list, cue or check raises `KeyError`."""
    return Rule(
        why=row["why"],
        pattern=pattern(row["pattern"], case=row.get("case", False)),
        must=_asked(row.get("must")),
        unless=_asked(row.get("unless")),
        not_behind=_asked(row.get("not_behind")),
        none_of=listed(*row.get("none_of", ())),
        check=CHECKS[row["check"]] if "check" in row else None,
        near=None if row.get("words") else pattern(row.get("near", _DIGIT)),
        found=tuple(row["found"]),
        passes=tuple(row["passes"]),
    )


def _asked(text: str | None) -> re.Pattern[str] | None:
    return pattern(text) if text else None


class Searched:
    """A text that rules look through, each only around what it needs: most need a digit nearby."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts: dict[re.Pattern[str] | None, Sequence[Span]] = {None: ((0, len(text)),)}

    def around(self, needed: re.Pattern[str] | None) -> Sequence[Span]:
        """Return the parts of the text that lie near a match, none overlapping; all of it if nothing is needed."""
        if needed is not None and needed not in self._parts:
            self._parts[needed] = list(_merged(match.span() for match in needed.finditer(self.text)))
        return self._parts[needed]


def _merged(matches: Iterable[Span]) -> Iterator[Span]:
    start = end = -1
    for first, last in matches:
        if start >= 0 and first - REACH <= end:
            end = last + REACH
            continue
        if start >= 0:
            yield start, end
        start, end = max(0, first - REACH), last + REACH
    if start >= 0:
        yield start, end
