"""Files that are sealed as a whole, however large: in chunks, none of which can be changed, moved, added or left out.

A header with a random salt, from which and the master key comes a key for this file alone; then chunks of a mebibyte,
AES-256-GCM, whose nonces are their number and whether they are the last.
"""

import hmac
from collections.abc import Iterator
from secrets import token_bytes
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import BackupDamaged, WrongBackupKey
from storage.vault.vault import Keyring

MAGIC = b"stadsbot sealed file 1\n"
SALT_BYTES, PROOF_BYTES, TAG_BYTES = 32, 16, 16
CHUNK = 1 << 20


def seal(source: BinaryIO, target: BinaryIO, keyring: Keyring, kind: str) -> None:
    """Write all of the source to the target, sealed; `kind` says what it is, and must be said again to open it."""
    salt = token_bytes(SALT_BYTES)
    key, proof = keyring.file_keys(salt)
    cipher = AESGCM(key)
    target.write(MAGIC + salt + proof)
    target.writelines(cipher.encrypt(nonce, chunk, kind.encode()) for nonce, chunk in _chunks(source, CHUNK))


def unseal(source: BinaryIO, target: BinaryIO, keyring: Keyring, kind: str) -> None:
    """Write what was sealed to the target, which is good only once this has returned.

    Raises WrongBackupKey when another master key sealed it, BackupDamaged when it is something else, not whole or
    changed.
    """
    if source.read(len(MAGIC)) != MAGIC:
        raise BackupDamaged
    key, proof = keyring.file_keys(source.read(SALT_BYTES))
    if not hmac.compare_digest(source.read(PROOF_BYTES), proof):
        raise WrongBackupKey
    cipher = AESGCM(key)
    try:
        chunks = _chunks(source, CHUNK + TAG_BYTES)
        target.writelines(cipher.decrypt(nonce, chunk, kind.encode()) for nonce, chunk in chunks)
    except (InvalidTag, ValueError):
        raise BackupDamaged from None


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Nonce and content of each chunk; at least one, which may be empty."""
    number, chunk = 0, source.read(size)
    while following := source.read(size):
        yield number.to_bytes(11, "big") + b"\0", chunk
        number, chunk = number + 1, following
    yield number.to_bytes(11, "big") + b"\1", chunk
