"""A lock whose key is kept nowhere: whoever made it gives the key away, and holds what it shuts without being able to
open it again. More can be put behind the same lock later, as the phone splits a long text."""

import base64
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from storage.errors import Damaged
from storage.vault.vault import VaultKey, derive

KEY_BYTES: Final = 12  # as many as a button holds beside what it is about; a key opens one lock
PUBLIC_BYTES: Final = 32
LEAST: Final = 256  # bytes; what is shut is padded to a power of two from there, so that its length tells little
PLACE: Final = "one_time_lock"


def new_lock() -> tuple[str, str]:
    """Return a lock, and the key to it in so few letters that a button can hold it."""
    key = secrets.token_bytes(KEY_BYTES)
    return _written(_private(key).public_key().public_bytes_raw()), _written(key)


def shut(lock: str, text: str) -> str:
    """Shut a text behind a lock."""
    once, data = X25519PrivateKey.generate(), text.encode()
    room = max(LEAST, 1 << len(data).bit_length())
    secret = once.exchange(X25519PublicKey.from_public_bytes(_read(lock)))
    return _written(once.public_key().public_bytes_raw() + _cipher(secret).seal(PLACE, data.ljust(room, b"\0")))


def opened(key: str, sealed: str) -> str | None:
    """Return the text; None if this is not its key."""
    try:
        data = _read(sealed)
        secret = _private(_read(key)).exchange(X25519PublicKey.from_public_bytes(data[:PUBLIC_BYTES]))
        return _cipher(secret).open(PLACE, data[PUBLIC_BYTES:]).rstrip(b"\0").decode()
    except (Damaged, InvalidTag, ValueError):
        return None


def _private(key: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(derive(key, "private"))


def _cipher(secret: bytes) -> VaultKey:
    return VaultKey(derive(secret, "text"))


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
