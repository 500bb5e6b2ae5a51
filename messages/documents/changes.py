"""What differs between two versions of a text: its parts and, in the log, also what was written in them.

Of a version that is given out only digests are kept: of each part (what stands under a heading of the first level),
and of each piece of it, a paragraph, a point or a row, but for rows that are only counted. A piece is named by how it
begins, as far as it stands in the text at hand; of others only is told how many they are, for nobody shall read what
was taken away.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from messages.documents.blocks import Block, Source, by_part
from messages.documents.facts import Facts
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Table, plain, shortened

PIECE = "\N{INFORMATION SEPARATOR ONE}"  # between the name of a part and that of a piece of it
LONGEST, MOST = 60, 3  # characters of a piece's name, and pieces that the log names one by one
NUMBER = re.compile(r"\w+\.\d+")  # of a row, which another one may have tomorrow


def digests(blocks: Sequence[Block], beginning: str, apart: Collection[Block] = ()) -> dict[str, str]:
    """A digest of each part and of its pieces; sources, and what is `apart`, do not count."""
    found: dict[str, list[str]] = {}
    pieces: dict[str, str] = {}
    for here, block in by_part(blocks, beginning):
        if not isinstance(block, Source) and block not in apart:
            found.setdefault(here, []).append(repr(block))
            pieces |= {f"{here}{PIECE}{_digest(name)}": _digest(whole) for name, whole in _named(block)}
    return {part: _digest("\n".join(texts)) for part, texts in found.items()} | pieces


def names(blocks: Sequence[Block]) -> dict[str, str]:
    """What the pieces of a text are called, by the digests of their names."""
    return {_digest(name): name for block in blocks for name, _ in _named(block)}


def parts_of(digests: Mapping[str, str]) -> dict[str, str]:
    """The digests of the parts alone: by these a text is the same or another one."""
    return {part: digest for part, digest in digests.items() if PIECE not in part}


def alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """True if two texts are the same, by the digests of their parts."""
    return parts_of(one) == parts_of(other)


def differences(facts: Facts, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name the parts that differ; those that came or went say so."""
    changed = _compared(parts_of(before), parts_of(after))
    return _with_new_and_gone(facts, changed.other, changed)


def told(facts: Facts, before: Mapping[str, str], after: Mapping[str, str], called: Mapping[str, str]) -> list[str]:
    """A line for each part that differs, with what is new, another or gone in it. `called`: the pieces' `names`."""
    lines, changed = [], _compared(parts_of(before), parts_of(after))
    for part in changed.other:
        old, now = _of(part, before), _of(part, after)
        found = _compared(old, now) if old and now else _Compared()
        new, other = _few(facts, found.new, called), _few(facts, found.other, called)
        lines.append(facts.words("changes.part", part=part, new=new, other=other, gone=_few(facts, found.gone, {})))
    return [line[:1].upper() + line[1:] for line in _with_new_and_gone(facts, lines, changed)]


def _with_new_and_gone(facts: Facts, lines: Sequence[str], changed: "_Compared") -> list[str]:
    """Add to what is told of changed parts those that came or went; if there is nothing at all, that is said."""
    new = (facts.words("label.new_part", part=part) for part in changed.new)
    gone = (facts.words("label.gone_part", part=part) for part in changed.gone)
    return [*lines, *new, *gone] or [facts.words("label.unchanged_parts")]


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The parts that differ, came or went."""
    return [part for parts in _compared(parts_of(before), parts_of(after)) for part in parts]


class _Compared(NamedTuple):
    """The names of what is another now, has come, or has gone."""

    other: Sequence[str] = ()
    new: Sequence[str] = ()
    gone: Sequence[str] = ()


def _compared(old: Mapping[str, str], now: Mapping[str, str]) -> _Compared:
    other = [name for name in now if name in old and old[name] != now[name]]
    return _Compared(other, [name for name in now if name not in old], [name for name in old if name not in now])


def _of(part: str, digests: Mapping[str, str]) -> dict[str, str]:
    begins = f"{part}{PIECE}"
    return {piece.removeprefix(begins): digest for piece, digest in digests.items() if piece.startswith(begins)}


def _few(facts: Facts, pieces: Sequence[str], called: Mapping[str, str]) -> str:
    """Join the first names that are known; of all others only how many they are."""
    quoted = [facts.words("changes.piece", text=called[piece]) for piece in pieces if piece in called]
    if len(pieces) > MOST + 1:  # "and one more" is no shorter than its name
        quoted = quoted[:MOST]
    if more := len(pieces) - len(quoted):
        quoted.append(facts.words("changes.more" if quoted else "changes.count", count=more))
    return facts.voice.rules.joined(quoted)


def _named(block: Block) -> Iterator[tuple[str, str]]:
    """The pieces of a block by their names."""
    return ((shortened(said, LONGEST), whole) for said, whole in _pieces(block))


def _pieces(block: Block) -> Iterator[tuple[str, str]]:
    """What a block is made of: how it reads, and all of it."""
    match block:
        case Heading(level, text) if level > 1:
            yield text, text
        case Paragraph() | Quote():
            yield plain(block.text), plain(block.text)
        case Bullets():
            yield from ((plain(item), plain(item)) for item in block.items)
        case Table() if not _counts_rows(block):
            alike, told = Counter(row[0] for row in block.rows), Counter[str]()
            for row in block.rows:
                name = shortened(_row(row, alone=alike[row[0]] == 1), LONGEST)
                told[name] += 1
                yield f"{name} ({told[name]})" if told[name] > 1 else name, repr(row)


def _counts_rows(table: Table) -> bool:
    """True for an order of calls, drawn from a longer table in which the log names what changed: a corrected number can
    join or part the hours here, and then each line would be another one.
    """
    return [row[0] for row in table.rows] == [str(n) for n in range(1, len(table.rows) + 1)]


def _row(row: Sequence[str], *, alone: bool) -> str:
    """What a row is called: by its first words; by a number or a word that others have too, and who stands there."""
    first, second = row[0], row[1].partition("\n")[0] if len(row) > 1 else ""
    if second and NUMBER.fullmatch(first):
        return row[1]
    return first if alone or not second else f"{first}: {second}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
