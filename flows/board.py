"""The board: notes without names that a group puts together, names, and votes on with three dots each.

Laws: a note lies in exactly one cluster; nothing done to clusters loses a note; nobody has more than `DOTS` dots on the
board; who set a dot is remembered only to give it back, and never shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.values import Json

DOTS = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """Notes that belong together, under a name once the group has given it one."""

    id: int
    notes: tuple[str, ...]
    name: str = ""

    @property
    def title(self) -> str:
        """Its name; all its notes while it has none, as a single one would speak for the others."""
        return self.name or " / ".join(_once(self.notes))


@dataclass(frozen=True, slots=True)
class Board:
    """All clusters in the order they lie, and the dots: member → clusters, one entry a dot."""

    clusters: tuple[Cluster, ...]
    dots: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def cluster(self, cluster_id: int) -> Cluster | None:
        """The cluster with this id, None if it has been merged away."""
        return next((c for c in self.clusters if c.id == cluster_id), None)

    def count(self, cluster_id: int) -> int:
        """The dots on a cluster."""
        return sum(mine.count(cluster_id) for mine in self.dots.values())

    def left(self, member: int) -> int:
        """The dots a member has left to set."""
        return DOTS - len(self.dots.get(member, ()))


def lay(notes: Sequence[str]) -> Board:
    """A board where each note lies by itself, notes that say the same (capitals, spaces and end marks aside) together.

    The notes come in the order of their text, which tells nothing of who wrote them.
    """
    alike: dict[str, list[str]] = {}
    for note in sorted(notes, key=lambda text: (_alike(text), text)):
        alike.setdefault(_alike(note), []).append(note)
    return Board(tuple(Cluster(number, tuple(same)) for number, same in enumerate(alike.values(), 1)))


def _alike(note: str) -> str:
    """Return the note without capitals, spaces and end marks: two notes that agree in it say the same."""
    return " ".join(note.casefold().split()).rstrip(" .,;:!?…")


def _once(notes: Iterable[str]) -> dict[str, int]:
    """Return the notes that differ, each with how many say the same."""
    told, counts = dict[str, str](), Counter[str]()
    for note in notes:
        told.setdefault(_alike(note), note)
        counts[_alike(note)] += 1
    return {note: counts[alike] for alike, note in told.items()}


def said_once(notes: Iterable[str]) -> list[str]:
    """Return the notes that differ, with the number behind those that several have written: "Tid (4)"."""
    return [f"{note} ({count})" if count > 1 else note for note, count in _once(notes).items()]


def add(board: Board, notes: Sequence[str]) -> Board:
    """Lay new notes on the board, each by itself; those that are there already stay where they are."""
    lying = Counter(note for cluster in board.clusters for note in cluster.notes)
    new = sorted((Counter(notes) - lying).elements())
    free = max((cluster.id for cluster in board.clusters), default=0) + 1
    return replace(board, clusters=board.clusters + tuple(Cluster(free + n, (note,)) for n, note in enumerate(new)))


def merge(board: Board, into: int, other: int) -> Board:
    """Lay two clusters together; dots follow. Nothing happens if either is gone or they are the same."""
    kept, gone = board.cluster(into), board.cluster(other)
    if kept is None or gone is None or into == other:
        return board
    merged = replace(kept, notes=kept.notes + gone.notes, name=kept.name or gone.name)
    clusters = tuple(merged if c.id == into else c for c in board.clusters if c.id != other)
    dots = {member: tuple(into if c == other else c for c in mine) for member, mine in board.dots.items()}
    return Board(clusters, dots)


def take_apart(board: Board, cluster_id: int) -> Board:
    """Lay each note of a cluster by itself again; dots stay on the first one."""
    cluster = board.cluster(cluster_id)
    if cluster is None or len(cluster.notes) < 2:
        return board
    free = max(c.id for c in board.clusters) + 1
    parts = [Cluster(cluster.id, cluster.notes[:1])]
    parts += [Cluster(free + place, (note,)) for place, note in enumerate(cluster.notes[1:])]
    place = board.clusters.index(cluster)
    return replace(board, clusters=board.clusters[:place] + tuple(parts) + board.clusters[place + 1 :])


def name(board: Board, cluster_id: int, words: str) -> Board:
    """Give a cluster a name."""
    return replace(board, clusters=tuple(replace(c, name=words) if c.id == cluster_id else c for c in board.clusters))


def dot(board: Board, member: int, cluster_id: int) -> Board:
    """Set a dot, if the member has one left and the cluster is there."""
    if board.left(member) == 0 or board.cluster(cluster_id) is None:
        return board
    return replace(board, dots={**board.dots, member: (*board.dots.get(member, ()), cluster_id)})


def take_dots_back(board: Board, member: int) -> Board:
    """Give a member all dots back, to be set again."""
    return replace(board, dots={m: mine for m, mine in board.dots.items() if m != member})


def ranked(board: Board) -> list[Cluster]:
    """The clusters by dots, most first; those with equally many keep their order on the board."""
    return sorted(board.clusters, key=lambda cluster: -board.count(cluster.id))


def to_json(board: Board) -> Json:
    """The board as plain JSON."""
    return {
        "clusters": [[c.id, list(c.notes), c.name] for c in board.clusters],
        "dots": {str(member): list(mine) for member, mine in board.dots.items()},
    }


def from_json(data: Json) -> Board:
    """The board that `to_json` wrote down."""
    clusters = tuple(Cluster(number, tuple(notes), words) for number, notes, words in data["clusters"])
    return Board(clusters, {int(member): tuple(mine) for member, mine in data["dots"].items()})
