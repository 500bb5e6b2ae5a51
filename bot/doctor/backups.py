"""Examines the backups: is there one of today, and do the group keys beside it belong to this database."""

from datetime import datetime, timedelta
from pathlib import Path

from bot.doctor.finding import Finding, error, ok, warning
from storage.backup import backup_files, backup_keys
from storage.database_files import keys_of
from storage.errors import StorageError, mount_of
from storage.vault.vault import KeyFolder, Keyring

STALE = timedelta(hours=26)  # one is made each day
VERSIONS = (".snapshot", ".snapshots", ".zfs", "#snapshot", "@Recently-Snapshot", ".versions")  # as disks call them
CURE = "Let the bot run by night, or run `stadsbot backup`; the log tells what failed (event maintenance_failed)."


def look(folder: Path | None, database: Path, keyring: Keyring, now: datetime) -> Finding:
    """Examine the folder of backups."""
    if folder is None:
        cure = "Set STADSBOT_BACKUPS to a folder, best one that another machine copies."
        return warning("backups", "None are made: if this disk is lost, all is lost.", cure)
    made = backup_files.all_in(folder, now)
    if not made:
        if not database.exists():
            return ok("backups", "The first one is made when the bot has started.")
        return error("backups", f"There is none in {folder}.", CURE)
    if not (folder / backup_files.KEYS).exists():
        cure = "Run `stadsbot backup`, which writes it anew."
        return error("backups", f"{backup_files.KEYS} is missing in {folder}: no backup can be read without it.", cure)
    return _keys(folder, database, keyring) or _age(len(made), now - backup_files.made_at(made[0]))


def _keys(folder: Path, database: Path, keyring: Keyring) -> Finding | None:
    """Examine whether the keys are those of this database, and not of one that it has begun in the place of."""
    try:
        kept = backup_keys.read(folder, keyring)
    except (StorageError, OSError) as failure:
        cure = "Let the bot's user read it (chown); if it was copied, copy it anew."
        return error("backups", f"{backup_files.KEYS} cannot be opened ({type(failure).__name__}).", cure)
    if not keys_of(database).exists():
        return None  # which is told of the database
    here = KeyFolder(keys_of(database), keyring).known()
    if not (strange := [id for id, key in kept.items() if key and id not in here]):
        return None
    cure = (
        "If it has begun empty in the place of one that was lost, stop the bot and `stadsbot restore --replace` a "
        f"backup of before. If a new one was meant, take the old backups and {backup_files.KEYS} elsewhere."
    )
    return error("backups", f"They hold the keys of {len(strange)} groups that this database does not know.", cure)


def _age(count: int, age: timedelta) -> Finding:
    hours = age / timedelta(hours=1)
    if age < timedelta(0):
        says = f"The newest of {count} lies {-hours:.0f} hours ahead of this machine's clock, which is or was wrong."
        return error("backups", says, "Set the clock (timedatectl set-ntp true), and run `stadsbot backup`.")
    says = f"The newest of {count} is {hours:.0f} hours old."
    return ok("backups", says) if age < STALE else warning("backups", says, CURE)


def look_at_latest(folder: Path, now: datetime) -> Finding:
    """Examine the folder of the latest copy: there must be one, and nothing may keep the ones before it.

    It is replaced only when something has changed that it may hold, so its age tells nothing.
    """
    if kept := [place / name for place in (folder, mount_of(folder)) for name in VERSIONS if (place / name).exists()]:
        says = f"The disk of {folder} keeps what is replaced there ({kept[0]}): copies in a row tell more than each."
        return error("latest copy", says, "Use a folder of which no versions are kept, and delete those that are.")
    made = backup_files.all_in(folder, now)
    if not made:
        cure = "Let the bot run for a minute; the log tells what fails (event latest_copy_failed)."
        return warning("latest copy", f"There is none in {folder}.", cure)
    at = f"{backup_files.made_at(made[0]):%Y-%m-%d %H:%M} UTC"
    return ok("latest copy", f"It last changed at {at}. See that nothing keeps versions of {folder}.")
