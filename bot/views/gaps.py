"""What a register lacks by its rules, in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.views.rows import RowWording
from flows.definitions.model import Gap
from flows.definitions.register_rules import MissingParts, TaskState, gaps
from flows.fields import OrganisationField
from flows.values import Values, parts
from messages.language import SEPARATOR
from messages.voice import ExerciseWords, Voice
from storage.records.records import Row

NAMED = 12  # rows named in one sentence


class GapWording(RowWording):
    """The words for what a register lacks."""

    def gaps(self, rows: Sequence[Row], today: date) -> list[str]:
        """Return the register's gaps, a sentence each."""
        counting = [row for row in rows if self.exercise.counts(row.values)]
        options = {q.id: q.options for q in self.exercise.questions}
        missing = gaps(
            [self._fitted(gap, options) for gap in self.register.gaps],
            options,
            [row.values for row in counting],
            linked={q.id: self._there(q.field.register) for q in self.exercise.questions if q.field.register},
            standing=[TaskState(self._taken(row), self._due(row), row.state == "done") for row in counting],
            today=today,
            members=self._inside(counting),
        )
        named = Named(
            [self.row_title(row) for row in counting],
            {g.id: tuple(filter(None, (g.question, g.along))) for g in self.register.gaps},
            self.words,
            {number: name.title for number, name in self.scene.rows.items()},
            {number: member.name for number, member in self.scene.members.items()},
        )
        return gap_sentences(self.voice, self.words, self._of_others(missing, counting), named)

    def loose(self, rows: Sequence[Row]) -> int:
        """Return how many open rows lack an assignee or a day, if the register requires these."""
        wanted = {gap.rule for gap in self.register.gaps}
        left = [row for row in rows if row.state == "open"]
        return sum(
            ("taken" in wanted and not self._taken(row)) or ("dated" in wanted and self._due(row) is None)
            for row in left
        )

    def _there(self, register: str) -> list[int]:
        """Return the rows of another register that can be pointed at."""
        return [number for number, name in self.scene.rows.items() if name.register == register and not name.gone]

    def _of_others(self, missing: Iterable[MissingParts], rows: Sequence[Row]) -> list[MissingParts]:
        """Leave out what rows lack that are about people who are or were in the group: the whole group reads this."""
        here = self._here(rows)
        left = [replace(gap, rows=tuple(place for place in gap.rows if rows[place] not in here)) for gap in missing]
        return [gap for gap, before in zip(left, missing, strict=True) if gap.rows or not before.rows]

    def _here(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows about those who are or were core members, in a register that counts its rows with them."""
        known = self._core("active", "left").values() if self._counts_members else ()
        return [row for row in rows if self._known_as(row) in known]

    def _inside(self, rows: Sequence[Row]) -> dict[int, Values]:
        """Return the core group's members, with what they have said of themselves.

        If they are counted besides the rows, those who are among these are not counted twice.
        """
        twice = {self._known_as(row) for row in rows} if self._counts_members else set()
        core = self._core("active")
        return {id: self.scene.members[id].profile for id, known_as in core.items() if known_as not in twice}

    @property
    def _counts_members(self) -> bool:
        return any(gap.members for gap in self.register.gaps)

    def _core(self, *states: str) -> dict[int, tuple[str, int | None]]:
        """Return as whom a row would know each core member in these states."""
        core = (m for m in self.scene.members.values() if m.state in states and m.role == "core")
        return {m.id: (_first_name(m.name), m.organisation_id) for m in core}

    def _known_as(self, row: Row) -> tuple[str, int | None]:
        """Return whom a row is about: a first name, and the organisation if the register asks for it."""
        asked = next((q.id for q in self.exercise.questions if isinstance(q.field, OrganisationField)), "")
        return _first_name(self.row_title(row)), (row.values.get(asked) or {}).get("id")

    def _fitted(self, gap: Gap, options: Mapping[str, Sequence[str]]) -> Gap:
        """Limit a rule to what the group has chosen in another exercise, once it has."""
        chosen = self.scene.said.get(gap.options_from) if gap.options_from else None
        if chosen is None:
            return gap
        among = gap.options or options[str(gap.question)]
        return replace(
            gap, options=tuple(option for option in among if option in parts(chosen) and option not in gap.but)
        )


def _first_name(name: str) -> str:
    return next(iter(name.casefold().split()), "")


@dataclass(frozen=True, slots=True)
class Named:
    """The names of things that rules can find missing."""

    titles: Sequence[str]  # of the rows that were looked at, in that order
    questions: Mapping[str, tuple[str, ...]]  # of each rule, whose options are missed
    options: ExerciseWords  # where those are called something
    rows: Mapping[int, str] = field(default_factory=dict)  # that could be pointed at
    people: Mapping[int, str] = field(default_factory=dict)


def gap_sentences(voice: Voice, words: ExerciseWords, missing: Iterable[MissingParts], named: Named) -> list[str]:
    """Return what rules found missing, in the words of `words`."""
    return [words[f"gap.{gap.gap}.text"].replace("{missing}", _filling(voice, gap, named)) for gap in missing]


def _filling(voice: Voice, gap: MissingParts, named: Named) -> str:
    """Return what is missing: a rule finds one kind of thing."""
    if gap.count is not None:
        return str(gap.count)
    if gap.years:
        years = ({"year": year, "count": count, "least": least} for year, count, least in gap.years)
        return voice.rules.joined(voice.label("tally.year", facts) for facts in years)
    if gap.members:
        return voice.rules.joined(named.people[number] for number in gap.members)
    if gap.unlinked or gap.rows:
        found = [named.rows[number] for number in gap.unlinked] or [named.titles[place] for place in gap.rows]
        more = len(found) - NAMED
        return SEPARATOR.join([*found[:NAMED], *([voice.rules.more(more)] if more > 0 else [])])
    return _options(named.options, named.questions[gap.gap], gap.options)


def _options(words: ExerciseWords, questions: Sequence[str], options: Iterable[tuple[str, ...]]) -> str:
    """Return options by name; of two combined questions, what is missing of the second is in brackets."""
    found: dict[str, list[str]] = {}
    for first, *second in options:
        found.setdefault(words.option(questions[0], first), []).extend(
            words.option(questions[1], option).lower() for option in second
        )
    return SEPARATOR.join(f"{name} ({', '.join(lacking)})" if lacking else name for name, lacking in found.items())
