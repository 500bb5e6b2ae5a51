"""What can go wrong with the storage; every message says what to do about it."""

import sqlite3
from pathlib import Path


class StorageError(Exception):
    """Base of all errors of this room. The message is a sentence for the operator, and holds nobody's words."""


class WrongKey(StorageError):
    """The master key does not open this database."""

    def __init__(self) -> None:
        super().__init__("The master key does not fit this database: give the key that the database was created with.")


class NewerDatabase(StorageError):
    """A later version of the program has migrated the database."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"The database has schema {found} and this program knows up to {known}: start the newer version of the bot."
        )


class AlreadyRunning(StorageError):
    """Another process has the database open for writing."""

    def __init__(self, path: object) -> None:
        super().__init__(f"Another process already uses {path}: stop that one first, two would answer in turns.")


class DiskFull(StorageError):
    """A file could not be written: no room, or a fault of the disk. `folder`: where, if that is known."""

    def __init__(self, folder: Path | None = None) -> None:
        disk = f"The disk of {folder}, mounted at {mount_of(folder)}," if folder else "The disk"
        super().__init__(
            f"{disk} is full or cannot be written: free some space there; what was confirmed earlier is kept."
        )


class NotOurs(StorageError):
    """A file or folder belongs to somebody else, as after copying as root."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"{path} may not be used by the bot's user: give it to that user (chown), and no other.")


class Busy(StorageError):
    """A program other than the bot has locked the database."""

    def __init__(self) -> None:
        super().__init__(
            "Another program holds the database locked: close it (a database browser, perhaps) and try again."
        )


class Damaged(StorageError):
    """Something in the database is not what was written there; nothing of it is given out."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The database is damaged at {what}: stop the bot and restore the latest backup.")


class KeysMissing(StorageError):
    """Groups in the database have no key in the folder of group keys."""

    def __init__(self, count: int, folder: object) -> None:
        super().__init__(
            f"{count} groups have no key in {folder}: put the folder of group keys back beside the database, "
            "or restore the latest backup (`stadsbot restore --replace`)."
        )


class DatabaseLost(StorageError):
    """There is no database where it should be, but backups of one are there."""

    def __init__(self, path: Path, folder: Path) -> None:
        super().__init__(
            f"There is no database at {path}, but {folder} holds backups of one: see that its disk is mounted and "
            "STADSBOT_DATABASE is right, or put the newest back with `stadsbot restore`. If a new bot is to begin "
            "there, start it once with `stadsbot run --new`; the backups stay."
        )


class WrongBackupKey(StorageError):
    """Another master key sealed the backup."""

    def __init__(self) -> None:
        super().__init__("The backup was sealed with another master key: give the key that held when it was made.")


class BackupDamaged(StorageError):
    """The file is no backup, or was cut off or changed."""

    def __init__(self) -> None:
        super().__init__("The backup is no backup, not whole, or was changed: take another one.")


class BackupBusy(StorageError):
    """Another process is making a backup in the same folder."""

    def __init__(self, folder: object) -> None:
        super().__init__(f"Another backup is being made in {folder}: wait until it is done.")


class NoBackup(StorageError):
    """There is no backup to restore."""

    def __init__(self, folder: object) -> None:
        super().__init__(f"There is no backup in {folder}: name the file or the folder that holds one.")


class NoDatabase(StorageError):
    """There is no database to read or back up."""

    def __init__(self, path: object) -> None:
        super().__init__(f"There is no database at {path}: start the bot once, or see where STADSBOT_DATABASE points.")


class DatabaseThere(StorageError):
    """A restore would overwrite a database."""

    def __init__(self, files: str) -> None:
        super().__init__(f"A database is there, and is not written over: move it away first ({files}).")


class FolderExposed(StorageError):
    """Other users of the machine can read the folder."""

    def __init__(self, folder: object) -> None:
        super().__init__(f"Other users of this machine can reach {folder}: make it yours alone (chown, chmod 700).")


class LinkThere(StorageError):
    """A symbolic link stands where a folder is to be."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} is a link, which leads who knows where: name the folder itself, or take the link away."
        )


class TransactionLost(StorageError):
    """An earlier statement of the same transaction failed and was not rolled back to a savepoint."""

    def __init__(self) -> None:
        super().__init__(
            "An earlier step of this unit of work failed, so nothing more can be written in it: roll it back."
        )


class Unknown(StorageError, LookupError):
    """There is no record with this id."""

    def __init__(self, what: str, id: int) -> None:
        super().__init__(f"There is no {id} among the {what}: it was removed, or the number was made up.")


class Outdated(StorageError):
    """Somebody else changed the row since it was shown."""

    def __init__(self) -> None:
        super().__init__("The row has been changed by somebody else meanwhile: show it again before changing it.")


class NotAllowed(StorageError):
    """Somebody asked for what they may not read or change."""

    def __init__(self) -> None:
        super().__init__("This person may not read or change that: let the group's coordinator name its readers.")


def mount_of(folder: Path) -> Path:
    """Return where the disk is mounted that a folder lies on."""
    place = folder.absolute()
    while not place.is_mount() and place != place.parent:
        place = place.parent
    return place


def translate(error: sqlite3.Error, folder: Path | None = None) -> Exception:
    """Return the StorageError that an error of SQLite stands for; the same error when it is a fault of the program.

    `folder` is where the database lies.
    """
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # the low byte is the primary result code
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return DiskFull(folder)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy()
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Damaged("its file")
    return error
