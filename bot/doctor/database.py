"""Examines the database: does it open, is it whole, does the key fit, and does a bot run on it now.

All is tried on a copy, opened exactly as the bot opens it. So a wrong key, damage, a newer version or a migration that
would fail are found without changing anything, also while the bot runs.
"""

import fcntl
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.doctor.finding import Finding, error, obstacle, ok, warning
from bot.features.incidents.log_anchors import BROKEN, verdicts
from storage.backup.backup import kept_heads, refuse_to_begin_anew
from storage.backup.backup_files import HEADS
from storage.backup.read_only import copied
from storage.errors import Damaged, DatabaseLost, KeysMissing, StorageError, WrongKey
from storage.records.access_log import Head
from storage.vault.vault import Keyring

RESTORE = "Stop the bot, keep the file aside, and put the latest backup in its place."


@dataclass(frozen=True, slots=True)
class Examined:
    """The result: findings, each group's own id and chat id, and whether a bot runs."""

    findings: list[Finding]
    groups: list[tuple[int, int]]
    running: bool = False


async def look(
    path: Path,
    master_key: bytes,
    clock: Callable[[], datetime],
    backups: Path | None = None,
    latest: Path | None = None,
) -> Examined:
    """Examine the database and its files, and whether its access log fits the heads beside the backups."""
    try:
        refuse_to_begin_anew(path, backups, latest)
    except DatabaseLost as failure:
        return Examined([_failed(failure, path)], [])
    if not path.exists():  # noqa: ASYNC240 - nothing else goes on in this program
        return Examined([ok("database", "There is none yet; it is made at the first start.")], [])
    running = _in_use(path.with_name(f"{path.name}.lock"))
    try:
        async with copied(path, Keyring(master_key), clock) as store, store.work() as work:
            groups = [(group.id, group.chat_id) for group in await work.groups.all_active()]
            forged, _ = await work.groups.forged()
            letters = (await work.stats.at(clock())).dead_letters
            broken = [id for id, _ in groups if not await work.access_log.is_whole(id)]
            kept = await verdicts(work, kept_heads(backups) if backups else [], clock().date())
    except (StorageError, sqlite3.Error, OSError) as failure:
        return Examined([_failed(failure, path)], [], running)
    state = "The bot runs on it now" if running else "No bot runs on it now"
    findings = [
        ok("database", f"It opens, is whole, and serves {len(groups)} groups. {state}."),
        ok("key", "The master key fits the database."),
    ]
    if forged:
        says = f"Somebody has written into the file: the seal of group {', '.join(map(str, forged))} does not fit."
        findings.append(error("groups", says, "It stands still. Tell the data protection officer; put a backup back."))
    findings.append(_access_log(len(groups), broken, [head for head, became in kept.items() if became in BROKEN]))
    if letters:
        cure = (
            "See `stadsbot letters`; after a fix, `stadsbot letters --retry` takes them again. They go after two weeks."
        )
        findings.append(warning("letters", f"{letters} updates could not be taken and were put aside.", cure))
    return Examined(findings, groups, running)


def _access_log(groups: int, broken: list[int], gone: list[Head]) -> Finding:
    """Examine the access log: is it whole, and does it fit the heads beside the backups."""
    if not broken and not gone:
        says = f"The log of who has read what is whole in {groups} groups. `stadsbot verify-log` prints its heads."
        return ok("access log", says)
    if broken:
        says = f"Lines of it were changed or taken out in group {', '.join(map(str, broken))}."
        return error("access log", says, "Somebody had access to the file: tell the data protection officer.")
    says = f"{len(gone)} heads that lie with the backups stand in it no longer; the last one is {gone[-1]}."
    cure = f"If a backup was put back since then, put {HEADS} there aside. Otherwise tell the data protection officer."
    return error("access log", says, cure)


def _in_use(lock: Path) -> bool:
    """True if a bot holds the lock beside the database."""
    if not lock.exists():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _failed(failure: Exception, path: Path) -> Finding:
    match failure:
        case WrongKey():
            return obstacle("key", "The master key does not fit the database.", "Set the key that it was made with.")
        case KeysMissing():
            cure = f"Put the folder {path.name}.keys back beside the database, or `stadsbot restore --replace`."
            return obstacle("key", "Keys of groups are missing: what those groups wrote cannot be read.", cure)
        case sqlite3.OperationalError():  # a full disk, or a file that is locked or another's: nothing is damaged
            cure = f"See that there is room on the disk of {path.parent}, and that this user may read and write there."
            return error("database", f"It could not be looked at ({failure}).", cure)
        case Damaged() | sqlite3.DatabaseError():
            return obstacle("database", "It is damaged, or is no database of the bot's.", RESTORE)
        case StorageError():
            says, _, cure = str(failure).partition(": ")
            return obstacle("database", f"{says}.", cure[:1].upper() + cure[1:])
        case _:
            cure = f"Let this user read and write {path.parent}, and see that there is room."
            return error("database", f"It could not be copied to be looked at ({type(failure).__name__}).", cure)
