"""Sealed files: what comes out is what went in, or nothing."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import BackupDamaged, WrongBackupKey
from storage.vault import sealed_file
from tests.operations.conftest import KEYRING, OTHER

HEADER = len(sealed_file.MAGIC) + sealed_file.SALT_BYTES + sealed_file.PROOF_BYTES


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of sixteen bytes, so that small files have many."""
    monkeypatch.setattr(sealed_file, "CHUNK", 16)


def seal(content: bytes) -> bytes:
    """The sealed form."""
    target = io.BytesIO()
    sealed_file.seal(io.BytesIO(content), target, KEYRING, "database")
    return target.getvalue()


def unseal(sealed: bytes, kind: str = "database") -> bytes:
    """What it held."""
    target = io.BytesIO()
    sealed_file.unseal(io.BytesIO(sealed), target, KEYRING, kind)
    return target.getvalue()


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 1000])
def test_there_and_back(length: int) -> None:
    """Files of any length come back as they were, also around the edges of chunks."""
    content = bytes(n % 251 for n in range(length))
    sealed = seal(content)
    assert unseal(sealed) == content
    assert length < 15 or content not in sealed


def test_cut_short_anywhere() -> None:
    """A file that ends early, at any byte, is refused whole: also where a chunk ends."""
    sealed = seal(b"x" * 50)
    for length in range(len(sealed)):
        with pytest.raises((BackupDamaged, WrongBackupKey)):
            unseal(sealed[:length])


@settings(max_examples=200)
@given(st.data())
def test_changed_anywhere(data: st.DataObject) -> None:
    """One bit changed anywhere, and it is refused."""
    sealed = bytearray(seal(b"y" * 50))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((BackupDamaged, WrongBackupKey)):
        unseal(bytes(sealed))


def test_chunks_keep_their_order() -> None:
    """Chunks that are swapped, repeated or moved to another file are refused."""
    sealed, other = seal(b"z" * 48), seal(b"z" * 48)
    head, body, size = sealed[:HEADER], sealed[HEADER:], 16 + sealed_file.TAG_BYTES
    first, second, last = body[:size], body[size : 2 * size], body[2 * size :]
    for mixed in (second + first + last, first + first + last, first + last, other[HEADER:]):
        with pytest.raises(BackupDamaged):
            unseal(head + mixed)


def test_another_key_is_told_from_damage() -> None:
    """Whoever gives a wrong master key is told that, and not that the file is broken."""
    with pytest.raises(WrongBackupKey):
        sealed_file.unseal(io.BytesIO(seal(b"words")), io.BytesIO(), OTHER, "database")
    with pytest.raises(BackupDamaged):
        unseal(b"some other file altogether")


def test_kinds_are_not_mixed_up() -> None:
    """A file of keys cannot be passed off as a database."""
    with pytest.raises(BackupDamaged):
        unseal(seal(b"words"), kind="keys")
