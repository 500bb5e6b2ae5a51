"""Sealed lists: answers of many that must not lead to anybody. A list is sealed as a whole, sorted and padded.

Neither its order nor its length tells who said what or when. It is rewritten whole each time, and the write-ahead log
is emptied after the commit: whoever has the file and its key finds only what everybody was going to read.
"""

from collections.abc import Iterable

from storage.json_records import Json
from storage.table import pack, unpack
from storage.vault.vault import VaultKey

BLOCK = 16_384  # bytes; a list is as long as a whole number of blocks


def seal(key: VaultKey, place: str, said: Iterable[Json]) -> bytes:
    """Seal the list, sorted by its own text."""
    packed = pack(sorted(said, key=pack))
    return key.seal(place, packed.ljust(-(-len(packed) // BLOCK) * BLOCK))


def open_sealed(key: VaultKey, place: str, sealed: bytes) -> list[Json]:
    """Return the list that was sealed; empty where a backup left it out. Raises Damaged."""
    return list(unpack(key.open(place, sealed))) if sealed else []
