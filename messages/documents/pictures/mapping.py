"""The map of 2.1 and 2.2: which groups can be at which places, and who meets them there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure, laid
from messages.documents.facts import Facts, RowInWords
from messages.documents.material import RegisterRow
from messages.documents.template import cleaned
from messages.language import SEPARATOR
from messages.structure.blocks import Table

GREY = 7  # the last of the palette
LONGEST = 56  # characters of a name in the picture; the text alternative has all of it
COLUMNS = 2  # that a map has at least with names in them
MOST = 18  # names below each other that an A4 page has room for at 7 points


def figure(facts: Facts, *, by_kind: bool = False) -> Figure | None:
    """Three columns under the town's name, with lines between what belongs together.

    `by_kind`: it has kinds of actors instead of their names.
    """
    words = facts.words
    register, group = facts.place(ExerciseRole.VULNERABLE_GROUPS, Field.NAME)
    groups = [str(row[group]) for row in facts.rows(register)]
    (register, place), (_, groups_there) = (facts.place(ExerciseRole.PLACES, f) for f in (Field.NAME, Field.GROUPS))
    places = facts.rows(register)
    register, actor = facts.place(ExerciseRole.ACTORS, Field.NAME)
    actors = kinds_of_actors(facts) if by_kind else facts.rows(register)
    if not (groups or places or actors):
        return None
    names = [str(row[place]) for row in places]
    to_places = [_tied(row, groups_there, groups) for row in places]
    to_actors = [_tied(row, facts.place(ExerciseRole.ACTORS, Field.PLACES)[1], names) for row in actors]
    to_groups = [_tied(row, facts.place(ExerciseRole.ACTORS, Field.GROUPS)[1], groups) for row in actors]
    # Where no place joins the two, the actor is tied to the group itself.
    straight = [
        [g for g in met if not any(g in to_places[p] for p in placed)]
        for placed, met in zip(to_actors, to_groups, strict=True)
    ]
    ties_of_actors = [a or s for a, s in zip(to_actors, straight, strict=True)]
    # Whoever nobody has placed yet would only make the others small, and is named below the picture.
    loose = [n for n, tied in enumerate(ties_of_actors) if not tied] if any(ties_of_actors) else []
    placed = [n for n in _ordered(len(actors), ties_of_actors) if n not in loose]
    order = (_ordered(len(places), to_places), placed)
    unplaced = facts.voice.rules.joined(str(actors[n][actor]) for n in loose)
    ties = [
        {
            "name": name,
            "there": [names[p] for p, tied in enumerate(to_places) if g in tied],
            "met_by": [str(row[actor]) for row, tied in zip(actors, to_groups, strict=True) if g in tied],
        }
        for g, name in enumerate(groups)
    ]
    data = {
        "title": words("picture.map.title", town=facts.material.town),
        "town": facts.material.town,
        "colours": words("picture.map.colours"),
        "dashed": words("picture.map.dashed"),
        "ties": ties,
        "loose": words("picture.map.loose", actors=unplaced) if loose else "",
        "columns": [
            {"name": words("picture.map.groups"), "nodes": [_short(name) for name in groups]},
            {"name": words("picture.map.places"), "nodes": [_short(names[n]) for n in order[0]]},
            {"name": words("picture.map.actors"), "nodes": [_short(str(actors[n][actor])) for n in order[1]]},
        ],
        "lines": [
            *([0, g, 1, order[0].index(p), g, 0] for p, tied in enumerate(to_places) for g in tied),
            *(
                [1, order[0].index(p), 2, order[1].index(a), hue, beside]
                for a, tied in enumerate(to_actors)
                for p in tied
                for beside, hue in enumerate(_met_there(to_groups[a], to_places[p]))
            ),
            *([0, g, 2, order[1].index(a), g, 0] for a, tied in enumerate(straight) for g in tied),
        ],
    }
    counts: dict[str, Any] = {
        "groups": groups,
        "places": names,
        "actors": [str(row[actor]) for row in actors],
        "ties": ties,
    }
    return Figure(
        Picture.MAP, data, words("picture.map.alt", town=facts.material.town, plural=facts.voice.rules.plural, **counts)
    )


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


def _short(name: str) -> str:
    flat = " ".join(name.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"
