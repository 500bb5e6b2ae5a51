"""A thousand known strings go their whole way through the bot, and are then looked for on the disk and in the log."""

import io
import sys
from pathlib import Path

import pytest

from bot.demo.town import MASTER_KEY
from storage.backup import backup, backup_files
from storage.vault.vault import Keyring
from tests.incidents.scene import watched
from tests.incidents.test_notes import parts

KNOWN = [f"kanariefågel{number:04}" for number in range(1000)]


async def test_a_thousand_known_strings_are_found_nowhere(
    tmp_path: Path, loudest: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Database, write-ahead log, keys, both kinds of backup and the loudest log hold none of what was in the notes."""
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        log = played.bot.store.path.with_name(f"{played.bot.store.path.name}-wal")
        logs = b""  # of the database, which is emptied time and again
        for half in (KNOWN[:500], KNOWN[500:]):
            await played.write("Bo", "/incident")
            for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "12"):
                await played.tap("Bo", label)
            for part in parts(" ".join(half), 4090):
                await played.write("Bo", part)
                logs += log.read_bytes()
            await played.tap("Bo", "Spara")
            logs += log.read_bytes()
            await played.write("Cia", "/handelser")
            await played.tap("Cia", played.last("Bo").split()[3])
        shown = "".join(played.texts("Cia"))
        assert all(text in shown for text in KNOWN), "they have gone the whole way"
        await played.bot.store.backup(tmp_path / "data" / "copy.db")
        folder, clock = tmp_path / "data" / "backups", played.sandbox.now
        backup.make(played.bot.store.path, folder, Keyring(MASTER_KEY), clock(), 14)
        files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        held = {file.name: file.read_bytes() for file in files} | {"log": loudest.getvalue().encode()}
        held["stadsbot.db-wal"] += logs
    assert {"stadsbot.db", "stadsbot.db-wal", "copy.db", backup_files.KEYS} <= set(held)
    assert held["stadsbot.db-wal"]
    assert held["log"]
    found = {name: [text for text in KNOWN if text.encode() in content] for name, content in held.items()}
    with capsys.disabled():
        size, number = sum(map(len, held.values())) / 1e6, sum(map(len, found.values()))
        sys.stdout.write(
            f"\nscan: {len(KNOWN)} known strings in {len(files)} files and the log, {size:.1f} MB: {number} found\n"
        )
    assert {name: texts for name, texts in found.items() if texts} == {}


async def test_the_scan_can_find(tmp_path: Path) -> None:
    """A string that is not sealed, such as the state of a group, is found by the same looking."""
    async with watched(tmp_path) as played:
        path = played.bot.store.path
        held = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    assert b"active" in held
