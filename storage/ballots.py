"""Ballots: what many have said and nobody is to be known by. A list is sealed as a whole, sorted and padded.

Neither the order of what stands in it nor its length tells who said what or when. It is rewritten whole each time, in a
log that is emptied after the commit: who has the file and its key finds only what everybody was going to read.
"""

from collections.abc import Iterable

from storage.json_records import Json
from storage.table import pack, unpack
from storage.vault import Key

BLOCK = 16_384  # bytes; a list is as long as a whole number of blocks


def seal(key: Key, place: str, said: Iterable[Json]) -> bytes:
    """Seal what was said, in the order of its own text."""
    packed = pack(sorted(said, key=pack))
    return key.seal(place, packed.ljust(-(-len(packed) // BLOCK) * BLOCK))


def open_sealed(key: Key, place: str, sealed: bytes) -> list[Json]:
    """What was sealed; nothing where it was left out of a backup. Raises Damaged."""
    return list(unpack(key.open(place, sealed))) if sealed else []
