"""The routine's chain (7.3) as a flow chart: from discovery to follow-up, who does what and how they are reached."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.documents.material import RegisterRow
from messages.structure.blocks import shortened

LONGEST = 90  # letters in a box


@dataclass(frozen=True, slots=True)
class Box:
    """A thing to do: who does it, and at which hours which number is answered."""

    what: str
    who: str
    reach: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A link of the chain."""

    number: int
    name: str
    boxes: tuple[Box, ...]


def figure(facts: Facts) -> Figure | None:
    """The four links, one under the other, with a box for each thing to do."""
    links = _links(facts)
    if not any(link.boxes for link in links):
        return None
    said = {"links": [asdict(link) for link in links]}
    return facts.drawn(Picture.FLOW, said, ["empty"], **said)


def _links(facts: Facts) -> tuple[ChainLink, ...]:
    routine = facts.process.with_role(ExerciseRole.ROUTINE)
    link, spoken = routine.field(Field.LINK), facts.spoken(routine.id)
    return tuple(
        ChainLink(place, spoken.option(link.id, option), tuple(_boxes(facts, option)))
        for place, option in enumerate(link.options, 1)
    )


def _boxes(facts: Facts, option: str) -> Iterator[Box]:
    routine = facts.process.with_role(ExerciseRole.ROUTINE)
    link, what, actor = (routine.field(field) for field in (Field.LINK, Field.WHAT, Field.ACTOR))
    for row in facts.rows(routine.id, **{link.id: option}):
        yield Box(shortened(row[what.id], LONGEST), shortened(row[actor.id], LONGEST), reach(facts, row["stored"]))


def reach(facts: Facts, row: RegisterRow) -> tuple[tuple[str, str], ...]:
    """At which hours which number is answered; hours with the same number stand together. No number is shortened."""
    routine = facts.process.with_role(ExerciseRole.ROUTINE)
    found: dict[str, list[str]] = {}
    for hour in routine.field(Field.HOURS).options:
        number = " ".join(facts.value(routine.id, routine.question(hour), row.values.get(hour)).split())
        if number:
            found.setdefault(number, []).append(facts.short(routine.id, hour).lower())
    named = ((facts.voice.rules.joined(hours), number) for number, hours in found.items())
    return tuple((name[:1].upper() + name[1:], number) for name, number in named)
