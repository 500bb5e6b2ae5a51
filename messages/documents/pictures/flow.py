"""The routine's chain (7.3) as a flow chart: from discovery to follow-up, who does what and how they are reached."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.documents.material import RegisterRow

PAGE = 60  # lines of a piece, as wide as the text: what fills an A4 page, so that what goes on does so on the next one
ACROSS = 75  # letters on a line of it


@dataclass(frozen=True, slots=True)
class Box:
    """A thing to do: who does it, and at which hours which number is answered."""

    what: str
    who: str
    reach: tuple[tuple[str, str], ...]

    @property
    def tall(self) -> int:
        """Return how many lines of text the box takes."""
        return 1 + sum(-(-len(text) // ACROSS) for text in (f"{self.who} – {self.what}", *map(": ".join, self.reach)))


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A link of the chain, or on paper so much of it as has room."""

    number: int
    name: str
    boxes: tuple[Box, ...]
    after: bool = False  # an arrow leads here from the link before, which is drawn apart


def figure(facts: Facts) -> Figure | None:
    """The four links, one under the other, with a box for each thing to do."""
    links = _links(facts)
    return _drawn(facts, links) if any(link.boxes for link in links) else None


def on_paper(facts: Facts) -> tuple[Figure, ...]:
    """Return the chain for pages: a piece for each link, and as many as it needs for one that is taller than a page.

    So a page ends between links, and nothing has to be drawn smaller than it can be read.
    """
    links = _links(facts)
    if not any(link.boxes for link in links):
        return ()
    pieces = [piece for link in links for piece in _paged(facts, link)]
    drawn = [_drawn(facts, [piece]) for piece in pieces]
    return tuple(
        piece if not place else replace(piece, data={k: v for k, v in piece.data.items() if k != "title"})
        for place, piece in enumerate(drawn)
    )


def _paged(facts: Facts, link: ChainLink) -> Iterator[ChainLink]:
    """Divide a link into pieces that each fit on a page; those after the first say that they are continued."""
    boxes: list[Box] = []
    begun = False
    for whole in link.boxes:
        fits = whole.tall <= PAGE - 2
        box = whole if fits else replace(whole, reach=(("", facts.words("picture.flow.in_table")),))
        if boxes and sum(b.tall for b in boxes) + box.tall + 2 > PAGE:
            yield _piece(facts, link, boxes, begun=begun)
            boxes, begun = [], True
        boxes.append(box)
    yield _piece(facts, link, boxes, begun=begun)


def _piece(facts: Facts, link: ChainLink, boxes: Iterable[Box], *, begun: bool) -> ChainLink:
    name = f"{link.name} ({facts.words('label.continued')})" if begun else link.name
    return replace(link, name=name, boxes=tuple(boxes), after=not begun and link.number > 1)


def _drawn(facts: Facts, links: Iterable[ChainLink]) -> Figure:
    data = {
        "title": facts.words("picture.flow.title", town=facts.material.town),
        "links": [asdict(link) for link in links],
        "empty": facts.words("picture.flow.empty"),
    }
    return Figure(Picture.FLOW, data, facts.words("picture.flow.alt", links=data["links"]))


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
        yield Box(_short(row[what.id]), _short(row[actor.id]), reach(facts, row["stored"]))


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


def _short(text: str, most: int = 90) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"
