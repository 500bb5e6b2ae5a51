"""Reading beside a running bot: a connection that can change nothing, for those who only look."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import NoDatabase, translate
from storage.intake import Intake
from storage.records import DeadLetter
from storage.rekey import prove_key
from storage.vault import Keyring


def dead_letters(path: Path, keyring: Keyring) -> list[DeadLetter]:
    """All updates that were put aside, the oldest first. Raises NoDatabase, WrongKey, Damaged."""
    if not path.exists():
        raise NoDatabase(path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            prove_key(database, keyring)
            rows = database.execute(f"{Intake.table.select} ORDER BY id").fetchall()
    except sqlite3.Error as error:
        raise translate(error) from error
    return [Intake.table.record(row, keyring.house) for row in rows]
