"""Examines the backups: is there one of today, with the group keys beside it."""

from datetime import datetime, timedelta
from pathlib import Path

from bot.doctor.finding import Finding, error, ok, warning
from storage import backup, backup_files

STALE = timedelta(hours=26)  # one is made each day
CURE = "Let the bot run by night, or run `stadsbot backup`; the log tells what failed (event maintenance_failed)."


def look(folder: Path | None, database: Path, now: datetime) -> Finding:
    """Examine the folder of backups."""
    if folder is None:
        cure = "Set STADSBOT_BACKUPS to a folder, best one that another machine copies."
        return warning("backups", "None are made: if this disk is lost, all is lost.", cure)
    made = backup.all_in(folder)
    if not made:
        if not database.exists():
            return ok("backups", "The first one is made when the bot has started.")
        return error("backups", f"There is none in {folder}.", CURE)
    if not (folder / backup_files.KEYS).exists():
        cure = "Run `stadsbot backup`, which writes it anew."
        return error("backups", f"{backup_files.KEYS} is missing in {folder}: no backup can be read without it.", cure)
    age = now - backup.made_at(made[0])
    says = f"The newest of {len(made)} is {age / timedelta(hours=1):.0f} hours old."
    return ok("backups", says) if age < STALE else warning("backups", says, CURE)
