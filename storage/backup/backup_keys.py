"""The file of group keys in a folder of backups, and what it held before.

Without these keys no backup can be read, so none leaves because it is missing somewhere: what is not in the folder
beside the database is lost, and kept here. A key goes by an erasure alone, and then from every file of keys at once.

What was replaced is kept beside it, one file for each backup that it was made with, until that backup goes.
"""

import io
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from storage.backup.backup_files import KEYS, numbers_in, private_file, to_disk
from storage.database_files import keys_of
from storage.errors import BackupDamaged, StorageError, WrongBackupKey
from storage.vault import sealed_file
from storage.vault.vault import KeyFolder, Keyring, sync_folder

_EARLIER = re.compile(r"group-keys\.earlier-(\d{6})(?:-[0-9a-f]{8})?")

Keys = dict[str, bytes]  # by their ids, sealed with the master key; empty for a destroyed one


def all_in(folder: Path) -> list[Path]:
    """The files of keys in a folder: the earlier ones, the oldest first, and the one of now, if it is there."""
    earlier = sorted(path for path in folder.iterdir() if _EARLIER.fullmatch(path.name))
    return [path for path in (*earlier, folder / KEYS) if path.exists()]


def renew(path: Path, folder: Path, keyring: Keyring) -> Keys:
    """Put the keys of now into the file, in a folder that is locked, and return all that it holds then.

    What this database has erased goes from it and from the earlier ones, which are overwritten on disk; what is merely
    not beside the database stays. A file that another master key has sealed becomes an earlier one as it is.
    """
    place, held = folder / KEYS, dict[Path, Keys]()
    for file in all_in(folder):
        try:
            held[file] = opened(file, keyring)
        except BackupDamaged:  # of no use to a restore, and an erasure could not reach into it
            _wipe(file)
        except WrongBackupKey:
            if file == place:
                file.rename(_earlier(folder, token_hex(4)))
    now = joined(*held.values(), KeyFolder(keys_of(path), keyring).export())
    wanted = {file: {id: now[id] for id in keys} for file, keys in held.items()}
    if place in held and held[place] != now:
        wanted[_earlier(folder)] = wanted.get(_earlier(folder), {}) | wanted[place]
    for file, keys in {**wanted, place: now}.items():
        if held.get(file) != keys:
            _write(file, keys, keyring)
    return now


def read(folder: Path, keyring: Keyring, made_with: Keyring | None = None) -> Keys:
    """Return all keys in a folder of backups, sealed with the master key that holds now.

    `made_with` is the one that they may have been sealed with. Raises WrongBackupKey or BackupDamaged when there are
    files of keys and none can be opened.
    """
    found, failures = list[Keys](), list[StorageError]()
    for file in all_in(folder):
        try:
            found.append(_opened_by_either(file, keyring, made_with))
        except (WrongBackupKey, BackupDamaged) as failure:
            failures.append(failure)
    if failures and not found:
        raise failures[-1]
    return joined(*found)


def reseal(folder: Path, old: Keyring, new: Keyring) -> None:
    """Seal the files of keys anew when the master key changes, so that erasures go on to reach into them."""
    for file in all_in(folder):
        try:
            _write(file, _opened_by_either(file, new, old), new)
        except (WrongBackupKey, BackupDamaged):
            continue  # neither's: `renew` sees to it


def drop_earlier(folder: Path) -> None:
    """Delete earlier files whose backups are gone."""
    oldest = min(numbers_in(folder), default=0)
    for file in all_in(folder):
        found = _EARLIER.fullmatch(file.name)
        if found and int(found[1]) < oldest:
            _wipe(file)


def joined(*several: Keys) -> Keys:
    """Join keys; the last one that has a key counts. One that is destroyed anywhere is destroyed."""
    gone = {id for keys in several for id, key in keys.items() if not key}
    return {id: b"" if id in gone else key for keys in several for id, key in keys.items()}


def _earlier(folder: Path, mark: str = "") -> Path:
    """Where the keys as they were with the newest backup are kept; with a mark, where a file as it was is."""
    number = max(numbers_in(folder), default=0)
    return folder / "-".join(filter(None, (f"group-keys.earlier-{number:06}", mark)))


def opened(file: Path, keyring: Keyring) -> Keys:
    """Return the keys in a file. Raises WrongBackupKey, BackupDamaged."""
    opened = io.BytesIO()
    with file.open("rb") as source:
        sealed_file.unseal(source, opened, keyring, "keys")
    return {id: bytes.fromhex(key) for id, key in json.loads(opened.getvalue()).items()}


def _opened_by_either(file: Path, keyring: Keyring, other: Keyring | None) -> Keys:
    """Open a file that one of two master keys has sealed, and return its keys sealed with the first."""
    try:
        return opened(file, keyring)
    except WrongBackupKey:
        if other is None:
            raise
        return {id: key and other.rewrap(id, key, keyring) for id, key in opened(file, other).items()}


def _write(place: Path, keys: Mapping[str, bytes], keyring: Keyring) -> None:
    """Write a file of keys. What was there is then overwritten on disk: a destroyed key must not live on in it."""
    part = place.with_name(f"{place.name}.part")  # `alone_in` removes what a killed process has left of it
    content = json.dumps({id: key.hex() for id, key in keys.items()}).encode()
    with private_file(part) as target:
        sealed_file.seal(io.BytesIO(content), target, keyring, "keys")
        to_disk(target)
    old = place.open("r+b") if place.exists() else None
    part.replace(place)
    sync_folder(place.parent)
    if old is not None:
        _overwrite(old)


def _wipe(file: Path) -> None:
    old = file.open("r+b")
    file.unlink()
    _overwrite(old)


def _overwrite(old: BinaryIO) -> None:
    with old:
        old.write(bytes(os.fstat(old.fileno()).st_size))
        to_disk(old)
