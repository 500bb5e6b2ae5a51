"""Examines the machine: is there room on the disk, and who else can read the files."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding, error, obstacle, ok, warning
from storage.errors import mount_of

MEGABYTE = 1_000_000
LITTLE_ROOM, NO_ROOM = 1000 * MEGABYTE, 200 * MEGABYTE


def disks(database: Path, backups: Path | None, latest: Path | None = None) -> Iterator[Finding]:
    """Examine the free space where the database lies, and where the backups and the latest copy do."""
    yield _disk(database.resolve().parent, "the database lies", "on a full disk the bot takes no answers.")
    if backups is not None:
        yield _disk(backups.resolve(), "the backups lie", "on a full disk none is made.")
    if latest is not None:
        yield _disk(latest.resolve(), "the latest copy lies", "on a full disk none is made.")


def _disk(folder: Path, what: str, why: str) -> Finding:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    room = f"{free // MEGABYTE} MB are free where {what} (the disk mounted at {mount_of(folder)})."
    cure = f"Free some space there, or use another disk: {why}"
    if free < NO_ROOM:
        return error("disk", f"Only {room}", cure)
    if free < LITTLE_ROOM:
        return warning("disk", f"Only {room}", cure)
    return ok("disk", room)


def modes(database: Path) -> Iterator[Finding]:
    """Examine whether other users of the machine can read the database; for secrets the settings check it."""
    folder = database.resolve().parent
    exposed = [path for path in (folder, database) if path.exists() and _others_can(path)]
    for path in exposed:
        says = f"Other users of this machine can reach {path}."
        yield (
            obstacle("files", says, f"chmod 700 {path}") if path.is_dir() else error("files", says, f"chmod 600 {path}")
        )
    if not exposed:
        yield ok("files", "Only this user can reach the database and the secrets.")


def _others_can(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
