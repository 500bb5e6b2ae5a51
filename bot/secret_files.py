"""Secrets: the master key as text, and files with a secret, which nobody else may read or change."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from storage.vault.vault import KEY_BYTES


class SecretRefused(Exception):
    """A file with a secret is refused; the message completes a sentence that begins with the file's name."""


def new_master_key() -> str:
    """Return a fresh master key in the form that STADSBOT_MASTER_KEY wants: 32 random bytes as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def decode_key(text: str) -> bytes | None:
    """Return the master key that `new_master_key` wrote so, or None if it is none."""
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def read_secret(path: Path, credentials: str = "") -> str:
    """Return what a file with a secret holds; `credentials` is the folder of those that systemd hands over.

    Raises SecretRefused when it cannot be read, is a link, or when others can read or change it.
    """
    try:
        with path.open("rb") as file:
            if path.parent != Path(credentials):
                check_private(path, file.fileno())
            return file.read().decode("ascii").strip()
    except PermissionError:
        raise SecretRefused("may not be read by this user: make it theirs (chown), or use a credential.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SecretRefused(f"cannot be read ({type(error).__name__}): make it a readable text file.") from None


def check_private(path: Path, descriptor: int) -> None:
    """Check that nobody but this user (and root) can read or change an open file.

    A container's secrets are on a read-only mount of their own, with modes and links that the engine chose: there the
    engine keeps others away. A service's whole file system may be read-only too, but is no mount of its own.
    """
    state = os.fstat(descriptor)
    if os.fstatvfs(descriptor).f_flag & os.ST_RDONLY and state.st_dev != os.stat("/").st_dev:  # noqa: PTH116
        return
    if not os.path.samestat(state, path.lstat()):
        raise SecretRefused("is a link: name the file itself.")
    if state.st_uid not in (0, os.geteuid()):
        raise SecretRefused("belongs to another user of this machine, who can read and change it: chown it.")
    if state.st_mode & 0o077:
        raise SecretRefused("can be read or changed by other users of this machine: chmod 600 it.")
