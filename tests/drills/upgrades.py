"""From each released version with a small database in `released/` to this one, and back by the copy made before."""

import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.demo.town import MASTER_KEY
from storage.migrations import schema
from storage.store import Store
from storage.vault.vault import Keyring
from tests.drills.drills import see
from tests.drills.operator import Machine

RELEASED = Path(__file__).parent / "released"
ROOT = Path(__file__).parents[2]
VERSIONS = sorted((file.name.removesuffix(".tar.xz") for file in RELEASED.glob("*.tar.xz")), key=len)


def lay_out(version: str, machine: Machine) -> dict[str, Any]:
    """Put the database of a version on a machine; what its people had answered, and the commit."""
    machine.key.write_text(base64.urlsafe_b64encode(MASTER_KEY).decode())
    machine.database.parent.mkdir(mode=0o700)
    with tarfile.open(RELEASED / f"{version}.tar.xz") as tar:
        tar.extractall(machine.database.parent, filter="data")
    told = machine.database.parent / "told.json"
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    told.unlink()
    return found


async def answers(machine: Machine) -> list[Any]:
    """What people had answered, read with this version."""
    store = await Store.open(machine.database, keyring=Keyring(MASTER_KEY), clock=machine.sandbox.now)
    async with store.work() as work:
        rows = await work._session.rows("SELECT DISTINCT run_id, owner FROM answers WHERE owner LIKE 'm:%'")
        sheets = [await work.answers.of_owner(row["run_id"], row["owner"]) for row in rows]
    await store.close()
    return sorted([answer.owner, answer.question, answer.value] for sheet in sheets for answer in sheet)


async def upgraded(version: str, machine: Machine) -> None:
    """A released version's database: the new one starts on it, nothing is lost, and a backup of it can be put back."""
    told = lay_out(version, machine)
    await machine.up()
    await machine.there(lambda: bool(list(machine.backups.glob("stadsbot-*"))), "a backup")
    await machine.down()
    see(await answers(machine) == told["answers"], f"what was answered with {version} is there")
    await machine.sb("restore", "--replace")
    see(await answers(machine) == told["answers"], "and in the backup")


async def back_again(version: str, machine: Machine) -> None:
    """Its own backup, an upgrade, a rollback: the old version refuses the new layout, and takes its own copy."""
    old = machine.folder / "old"
    told = lay_out(version, machine)
    old.mkdir()
    sb = program_of(told["commit"], old, machine)

    see(sb("backup").returncode == 0, f"{version} makes a backup")
    (before,) = machine.backups.glob("*-*Z.backup")
    shutil.copytree(machine.database.parent, machine.folder / "as it was")
    await upgraded_from(machine)
    if layout(machine.folder / "as it was" / "stadsbot.db") < schema.NEWEST:
        see("start the newer version" in sb("run").stderr, f"{version} refuses the new layout")
    done = sb("restore", "--replace", str(before))
    see(done.returncode == 0, done.stderr)
    see("can be read" in done.stdout, done.stdout)
    see(await answers(machine) == told["answers"], "nothing is lost on the way back")


def program_of(commit: str, place: Path, machine: Machine) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Take the program of then out of git's history; how commands are given to it."""
    packed = subprocess.run(["git", "-C", ROOT, "archive", commit], capture_output=True, check=True)
    subprocess.run(["tar", "x", "-C", place], input=packed.stdout, check=True)

    def sb(*command: str) -> subprocess.CompletedProcess[str]:
        run = [sys.executable, "-m", "bot", "--env-file", "no.env", *command]
        return subprocess.run(run, cwd=place, env=machine.environment, capture_output=True, text=True, check=False)

    return sb


async def upgraded_from(machine: Machine) -> None:
    """Let this version start on it once."""
    await machine.up()
    await machine.down()


def layout(path: Path) -> int:
    """The number of a database's layout."""
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])
