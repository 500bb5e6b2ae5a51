"""The map of 2.1 and 2.2: which groups can be at which places, and who meets them there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure, laid
from messages.documents.facts import Facts, RowInWords
from messages.documents.material import RegisterRow
from messages.documents.template import cleaned
from messages.language import SEPARATOR
from messages.structure.blocks import Table, shortened

GREY = 7  # the last of the palette
LONGEST = 56  # characters of a name in the picture; the text alternative has all of it
COLUMNS = 2  # that a map has at least with names in them
MOST = 18  # names below each other that an A4 page has room for at 7 points


@dataclass(frozen=True, slots=True)
class _Map:
    """What stands in the three columns, by name, and which belong together, by place in their column."""

    groups: list[str]
    places: list[str]
    actors: list[str]
    there: list[list[int]]  # for each place, the groups that can be there
    placed: list[list[int]]  # for each actor, the places
    meets: list[list[int]]  # … and the groups

    @property
    def straight(self) -> list[list[int]]:
        """For each actor, the groups that no place joins it with: it is tied to the group itself."""
        return [
            [group for group in met if not any(group in self.there[place] for place in placed)]
            for placed, met in zip(self.placed, self.meets, strict=True)
        ]

    @property
    def ties(self) -> list[dict[str, str | list[str]]]:
        """For each group, at which places it can be and whom it meets, in words."""
        return [
            {"name": name, "there": _named(self.places, self.there, at), "met_by": _named(self.actors, self.meets, at)}
            for at, name in enumerate(self.groups)
        ]


def figure(facts: Facts, *, by_kind: bool = False) -> Figure | None:
    """Three columns under the town's name, with lines between what belongs together.

    `by_kind`: it has kinds of actors instead of their names.
    """
    words, known = facts.words, _mapped(facts, by_kind=by_kind)
    if not (known.groups or known.places or known.actors):
        return None
    tied_to = [placed or met for placed, met in zip(known.placed, known.straight, strict=True)]
    # Whoever nobody has placed yet would only make the others small, and is named below the picture.
    loose = [actor for actor, tied in enumerate(tied_to) if not tied] if any(tied_to) else []
    places = _ordered(len(known.places), known.there)
    actors = [actor for actor in _ordered(len(known.actors), tied_to) if actor not in loose]
    unplaced = facts.voice.rules.joined(known.actors[actor] for actor in loose)
    columns = {
        "groups": known.groups,
        "places": [known.places[place] for place in places],
        "actors": [known.actors[actor] for actor in actors],
    }
    shown = {
        "town": facts.material.town,
        "loose": words("picture.map.loose", actors=unplaced) if loose else "",
        "columns": [
            {"name": words(f"picture.map.{column}"), "nodes": [shortened(name, LONGEST) for name in names]}
            for column, names in columns.items()
        ],
        "lines": list(_lines(known, places, actors)),
    }
    said: dict[str, Any] = {"groups": known.groups, "places": known.places, "actors": known.actors}
    said["plural"] = facts.voice.rules.plural
    return facts.drawn(Picture.MAP, {**said, "ties": known.ties}, ("colours", "dashed"), ties=known.ties, **shown)


def _mapped(facts: Facts, *, by_kind: bool) -> _Map:
    """Read the three lists."""
    register, group = facts.place(ExerciseRole.VULNERABLE_GROUPS, Field.NAME)
    groups = [str(row[group]) for row in facts.rows(register)]
    (register, place), (_, groups_there) = (facts.place(ExerciseRole.PLACES, f) for f in (Field.NAME, Field.GROUPS))
    places = facts.rows(register)
    names = [str(row[place]) for row in places]
    fields = (Field.NAME, Field.PLACES, Field.GROUPS)
    (register, actor), (_, placed), (_, meets) = (facts.place(ExerciseRole.ACTORS, field) for field in fields)
    actors = kinds_of_actors(facts) if by_kind else facts.rows(register)
    return _Map(
        groups,
        names,
        [str(row[actor]) for row in actors],
        [_tied(row, groups_there, groups) for row in places],
        [_tied(row, placed, names) for row in actors],
        [_tied(row, meets, groups) for row in actors],
    )


def _lines(known: _Map, places: Sequence[int], actors: Sequence[int]) -> Iterator[list[int]]:
    """Yield the lines: from which column and place to which, in which colour, and how many lie beside it already."""
    for place, groups in enumerate(known.there):
        yield from ([0, group, 1, places.index(place), group, 0] for group in groups)
    for actor, placed in enumerate(known.placed):
        for place in placed:
            hues = _met_there(known.meets[actor], known.there[place])
            ends = [1, places.index(place), 2, actors.index(actor)]
            yield from ([*ends, hue, beside] for beside, hue in enumerate(hues))
    for actor, groups in enumerate(known.straight):
        yield from ([0, group, 2, actors.index(actor), group, 0] for group in groups)


def _named(names: Sequence[str], tied: Sequence[Sequence[int]], to: int) -> list[str]:
    """Return the names of what is tied to this."""
    return [name for name, ties in zip(names, tied, strict=True) if to in ties]


def kinds_of_actors(facts: Facts) -> list[RowInWords]:
    """The actors of the list as documents tell of them, which others read: a row for each kind, named by it, with
    all that its actors meet. What the group knows of a single firm, and whether it talks with it, is its own.
    """
    register, name = facts.place(ExerciseRole.ACTORS, Field.NAME)
    pointing = [facts.place(ExerciseRole.ACTORS, field)[1] for field in (Field.GROUPS, Field.PLACES)]
    found: dict[str, list[RegisterRow]] = {}
    for row in facts.rows(register):
        found.setdefault(row[facts.place(ExerciseRole.ACTORS, Field.KIND)[1]], []).append(row["stored"])
    kinds = []
    for kind, rows in found.items():
        met = {to: tuple(dict.fromkeys(n for row in rows for n in row.values.get(to) or ())) for to in pointing}
        if kind or any(met.values()):  # else they have only been named
            said = {to: cleaned(SEPARATOR.join(names)) for to, names in met.items()}
            called = kind or facts.words("picture.map.other")
            kinds.append({name: called, **said, "stored": replace(rows[0], values=met)})
    return kinds


def on_paper(facts: Facts, most: int = MOST) -> tuple[Figure | Table, ...]:
    """The picture; or, where more than `most` names below each other would make it too small to be read, a table.

    Whom nobody has placed yet is told to those who can place them, below the picture in the chat, and to no board. With
    a single column there is nothing between which to see anything.
    """
    drawn = figure(facts, by_kind=True)
    if drawn is None or sum(bool(column["nodes"]) for column in drawn.data["columns"]) < COLUMNS:
        return ()
    if max(len(column["nodes"]) for column in drawn.data["columns"]) <= most or not drawn.data["ties"]:
        return (replace(drawn, data={**drawn.data, "loose": ""}),)
    ties = drawn.data["ties"]
    tied = [tie for tie in ties if tie["there"] or tie["met_by"]] or ties
    rows = [(tie["name"], *(_listed(facts, tie[key], most) or "–" for key in ("there", "met_by"))) for tie in tied]
    header = (drawn.data["columns"][0]["name"], drawn.data["columns"][1]["name"], facts.words("picture.map.met_by"))
    return (laid(header, rows, (0.28, 0.34, 0.38)),)


def _listed(facts: Facts, names: Sequence[str], most: int) -> str:
    """Return names in a row; where they are more than `most`, how many more there are."""
    more = facts.words("picture.map.more", count=len(names) - most)
    return SEPARATOR.join(names if len(names) <= most + 1 else [*names[:most], more])


def _met_there(met: Sequence[int], there: Sequence[int]) -> list[int]:
    """A colour for each group that an actor meets at a place; grey where it is there and meets none of them."""
    return [group for group in met if group in there] or [GREY]


def _tied(row: RowInWords, question: str, names: Sequence[str]) -> list[int]:
    """Return which of the names a row points at with its answer to a question."""
    pointed = {cleaned(name) for name in row["stored"].values.get(question) or ()}
    return [place for place, name in enumerate(names) if name in pointed]


def _ordered(count: int, ties: Sequence[Sequence[int]]) -> list[int]:
    """Order things by the middle of what they are tied to, so that few lines cross (barycentre method)."""
    return sorted(range(count), key=lambda n: (sum(ties[n]) / len(ties[n]) if ties[n] else count, n))
