"""Sealing: one master key, a key for the house, a key for each group.

Group keys lie in a folder of their own beside the database and never inside it, so that no copy of the database can
bring back a group that was erased. Each is itself sealed ("wrapped") with the master key.
"""

import hmac
import os
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import Damaged, DiskFull

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16  # AES-GCM's tag


class VaultKey:
    """AES-256-GCM with a random nonce in front; `context` names the place and is proved with the data."""

    __slots__ = ("_cipher", "_mark_key", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._cipher = AESGCM(raw)
        self._raw = raw
        self._mark_key: bytes | None = None  # derived when the first mark is made

    def seal(self, context: str, data: bytes) -> bytes:
        """Encrypt the data, bound to this place."""
        nonce = token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, context.encode())

    def open(self, context: str, sealed: bytes) -> bytes:
        """Decrypt. Raises Damaged if the data was sealed with another key or for another place, or has been changed."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):
            raise Damaged(context) from None

    def mark(self, context: str, data: bytes) -> bytes:
        """Return a keyed hash: the same for the same data; without the key it tells nothing and cannot be made."""
        if self._mark_key is None:
            self._mark_key = derive(self._raw, "marks")
        return hmac.digest(self._mark_key, context.encode() + b"\0" + data, "sha256")


class Keyring:
    """The keys derived from the operator's master key of 32 bytes."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"The master key must be {KEY_BYTES} bytes.")
        self.house = VaultKey(derive(master, "house"))
        self.button_key = derive(master, "buttons")
        self._link_key = derive(master, "links")
        self._groups = VaultKey(derive(master, "groups"))
        self._files = derive(master, "files")
        self._webhook_secret = derive(master, "webhook")

    def new_group_key(self, key_id: str) -> bytes:
        """A fresh group key, sealed with the master key."""
        return self.wrap(key_id, token_bytes(KEY_BYTES))

    def wrap(self, key_id: str, raw: bytes) -> bytes:
        """Seal a group key with the master key."""
        return self._groups.seal(key_id, raw)

    def group_key(self, key_id: str, wrapped: bytes) -> VaultKey:
        """Open a key that `new_group_key` made. Raises Damaged."""
        return VaultKey(self._groups.open(key_id, wrapped))

    def rewrap(self, key_id: str, wrapped: bytes, to: "Keyring") -> bytes:
        """Seal a group key with another master key. Raises Damaged."""
        return to.wrap(key_id, self._groups.open(key_id, wrapped))

    def file_keys(self, salt: bytes) -> tuple[bytes, bytes]:
        """Return the key of one sealed file, and 16 bytes by which the right key is recognised when it is opened."""
        both = HKDF(algorithm=SHA256(), length=KEY_BYTES + 16, salt=salt, info=b"sealed file").derive(self._files)
        return both[:KEY_BYTES], both[KEY_BYTES:]

    def webhook_secret(self) -> str:
        """Return the secret that Telegram sends with each update to the webhook, so that nobody else can bring one."""
        return self._webhook_secret.hex()

    def link_hash(self, token: str) -> bytes:
        """Return the hash that is stored of a deep link's token; no working link can be made from it."""
        return hmac.digest(self._link_key, token.encode(), "sha256")


class KeyFolder:
    """A file for each group's key. The file of a destroyed key stays, empty: an erased group is no lost key.

    While the master key is being changed, a file holds the group's key twice, sealed with the old master key and with
    the new one; so with either of the two all groups can be read.
    """

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring
        folder.mkdir(mode=0o700, exist_ok=True)

    def create(self) -> str:
        """Make a key that is safely on disk, and return its id. Raises DiskFull."""
        key_id = token_hex(16)
        try:
            with open(self._folder / key_id, "xb", opener=_private) as file:
                _overwrite(file, self._keyring.new_group_key(key_id))
            sync_folder(self._folder)
        except OSError:
            (self._folder / key_id).unlink(missing_ok=True)  # an empty file would be the mark of an erasure
            raise DiskFull(self._folder) from None
        return key_id

    def load(self, key_id: str) -> VaultKey:
        """Return a key. Raises Damaged if there is none, or no more."""
        try:
            content = (self._folder / key_id).read_bytes()
        except FileNotFoundError:
            raise Damaged("its group keys") from None
        return self._keyring.group_key(key_id, self._mine(key_id, content))

    def destroy(self, key_id: str) -> None:
        """Overwrite and empty the key's file. It may be called twice."""
        path = self._folder / key_id
        with path.open("r+b") as file:
            _overwrite(file, bytes(path.stat().st_size))
            _cut(file, 0)

    def export(self) -> dict[str, bytes]:
        """Return every key, sealed with the master key; empty for a destroyed one."""
        return {path.name: path.read_bytes() for path in self._folder.iterdir()}

    def merge(self, exported: dict[str, bytes]) -> None:
        """Add keys that are missing here. A key destroyed on either side is destroyed: an erasure is for good."""
        here = self.known()
        part = self._folder.with_name(f"{self._folder.name}.part")
        for key_id, content in exported.items():
            if key_id not in here:
                part.unlink(missing_ok=True)
                with open(part, "xb", opener=_private) as file:
                    _overwrite(file, content)
                part.replace(self._folder / key_id)  # never half there: an empty file would mean an erasure
            elif not content and here[key_id]:
                self.destroy(key_id)
        sync_folder(self._folder)

    def add_wraps(self, new: Keyring) -> None:
        """Seal every key with another master key too; both open it until `settle`."""
        for key_id, usable in self.known().items():
            if usable:
                with (self._folder / key_id).open("r+b") as file:
                    mine = self._mine(key_id, file.read())
                    _overwrite(file, mine + self._keyring.rewrap(key_id, mine, new))

    def settle(self) -> dict[str, bool]:
        """Keep of each key only the part that this master key opens, after a change of master keys, finished or not.

        Returns what `known` does, so as to look at ten thousand files only once.
        """
        sizes = self._sizes()
        for key_id in (key_id for key_id, size in sizes.items() if size > WRAPPED_BYTES):
            with (self._folder / key_id).open("r+b") as file:
                _overwrite(file, self._mine(key_id, file.read()))  # the other is safe behind it until it is cut off
                _cut(file, WRAPPED_BYTES)
        return {key_id: size > 0 for key_id, size in sizes.items()}

    def _mine(self, key_id: str, content: bytes) -> bytes:
        for start in range(0, len(content), WRAPPED_BYTES):
            wrapped = content[start : start + WRAPPED_BYTES]
            try:
                self._keyring.group_key(key_id, wrapped)
            except Damaged:
                continue
            return wrapped
        raise Damaged("its group keys")

    def known(self) -> dict[str, bool]:
        """Return the ids of all keys, and whether each still can be used."""
        return {key_id: size > 0 for key_id, size in self._sizes().items()}

    def _sizes(self) -> dict[str, int]:
        with os.scandir(self._folder) as entries:
            return {entry.name: entry.stat().st_size for entry in entries}


def derive(master: bytes, purpose: str) -> bytes:
    """Return the key for a purpose that follows from a secret."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(master)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _overwrite(file: BinaryIO, content: bytes) -> None:
    """Write over the beginning of the file in place, on the same disk blocks where the file system does so."""
    file.seek(0)
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _cut(file: BinaryIO, length: int) -> None:
    file.truncate(length)
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Write a folder's list of files to disk, so that a power cut does not undo a file's coming or going."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
