"""The drills: each plays one bad day by what OPERATIONS.md says, and fails where that does not hold.

Its first line says what is promised.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx

from tests.drills.certificates import certificate, served_with
from tests.drills.operator import LOOK, Failed, Machine, Town
from tests.durability.process import PATIENCE

Drill = Callable[[Machine], Awaitable[None]]


def see(holds: object, what: str) -> None:
    """Raise Failed, with what should have been, unless it holds."""
    if not holds:
        raise Failed(what)


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    """All rows of a table."""
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608


async def folder_lost(machine: Machine) -> None:
    """The disk is lost in the midst of work: the bot refuses to begin anew, and a restore costs a minute at most."""
    machine.set(LATEST=str(machine.latest))
    machine.clock(turn=1)
    town = Town(machine)
    await machine.up()
    await town.begin()
    await town.answers()
    kept = rows(machine.database, "answer_versions")
    await machine.copied()
    await machine.killed()
    machine.lose_disk()
    for _ in range(3):  # as its supervisor tries again and again
        see("holds backups of one" in await machine.refused(), "what to do is said")
    see((await machine.sb("doctor", "--before-start", code=1)).code, "the doctor calls it an error")
    said = (await machine.sb("restore")).said
    see("latest-" in said, f"the latest copy is taken: {said}")
    see(rows(machine.database, "answer_versions") == kept, "every answer is there")
    await machine.up()
    await town.is_answered()
    await machine.down()


async def clock_wrong(machine: Machine) -> None:
    """A clock that is ahead, behind, and right again: each time a backup is made, and the newest is the newest."""
    await _town(machine)
    for days in (2, -400, 0):
        machine.clock(days)
        count = len(_backups(machine))
        await machine.up()
        if days <= 0:  # what was made ahead of now is no newest
            await machine.there(lambda count=count: len(_backups(machine)) > count, "a backup")  # type: ignore[misc]
        await machine.down()
    await machine.sb("backup")
    newest = _backups(machine)[-1].name
    see(newest in (await machine.sb("restore", "--drill")).said, "the one that was made last is taken")
    see("ahead of this machine's clock" not in (await machine.sb("doctor", code=None)).said, "nothing is ahead")


def _backups(machine: Machine) -> list[Path]:
    return sorted(machine.backups.glob("stadsbot-*")) if machine.backups.exists() else []


async def _town(machine: Machine) -> Town:
    """A town that has answered, on a bot that is stopped, with a backup."""
    town = Town(machine)
    await machine.up()
    await town.begin()
    await machine.there(lambda: bool(_backups(machine)), "the first backup")
    await machine.down()
    return town


async def telegram_away(machine: Machine) -> None:
    """Telegram is away at the start, in the middle, and for a day: page and health stay, and what was written comes."""
    machine.set(PAGE_URL=f"http://127.0.0.1:{machine.page}", PAGE_LISTEN=str(machine.page))
    town = Town(machine)
    machine.sandbox.faults.add("drop_before")
    await machine.up()
    await machine.waits_for(lambda found: found["resting"] == ["telegram"] and found["well"])
    await _page_answers(machine)
    machine.sandbox.faults.clear()
    await town.begin()
    machine.sandbox.faults.add("drop_before")
    town.writes()
    await machine.waits_for(lambda found: found["resting"] == ["telegram"])
    await _page_answers(machine)
    machine.sandbox.faults.clear()
    await town.is_answered()
    await machine.waits_for(lambda found: found["resting"] == [])
    await machine.down()
    machine.clock(days=1.1)  # and a day later
    await machine.up()
    await town.is_answered()
    await machine.down()


async def _page_answers(machine: Machine) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{machine.page}/tillganglighet")
    see(answer.status_code == 200, f"the page answers {answer.status_code}")


async def master_key_changed(machine: Machine) -> None:
    """A new master key: older backups ask for the old one and come back with it, also what was copied a minute ago."""
    machine.set(LATEST=str(machine.latest))
    town = await _town(machine)
    old, first = machine.key, _backups(machine)[-1]
    new = machine.folder / "new-key"
    await machine.sb("key", str(new))
    await machine.sb("rekey", str(new))
    await machine.sb("doctor", code=1)
    machine.set(MASTER_KEY_FILE=str(new))
    machine.clock(turn=1)
    await machine.up()
    await town.is_answered()
    await machine.copied()
    await machine.down()
    see("give the key that held" in (await machine.sb("restore", str(first), "--replace", code=74)).said, "says which")
    await machine.sb("restore", str(first), "--replace", "--made-with", str(old))
    see("latest-" in (await machine.sb("restore", "--replace")).said, "the newest is the copy with the new key")
    await machine.up()
    await town.is_answered()
    await machine.down()


async def page_alone(machine: Machine) -> None:
    """Without a token, and with a mail server that is away, the page is served, and the bot may be started."""
    machine.set(TOKEN="", PAGE_URL=f"http://127.0.0.1:{machine.page}", PAGE_LISTEN=str(machine.page))
    machine.set(MAIL_SERVER="127.0.0.1:9", MAIL_FROM="stad@example.se", MAIL_TLS="none")
    await machine.sb("doctor", "--before-start")
    await machine.up()
    await _page_answers(machine)
    await machine.waits_for(lambda found: found["well"])
    told = await machine.sb("doctor", code=1)
    see("The mail server could not be used" in told.said, "the doctor tells of the mail server")
    await machine.sb("doctor", "--before-start")
    see("http" in (await machine.sb("invite")).said, "a town can be begun")
    await machine.down()


async def two_services(machine: Machine) -> None:
    """A second bot by mistake, on the same database: it is refused."""
    town = await _town(machine)
    await machine.up()
    see("Another process already uses" in await machine.refused(), "a second one on this database")
    await town.is_answered()
    await machine.down()


async def two_machines(machine: Machine) -> None:
    """The old machine was left running: a minute later one of the two ends with 75, and the other goes on alone."""
    town = await _town(machine)
    folder = machine.folder / "old"
    folder.mkdir()
    old = Machine(folder, machine.sandbox, machine.address)
    await machine.up()
    await old.up()
    try:
        async with asyncio.timeout(4 * PATIENCE):
            while machine.running and old.running:  # noqa: ASYNC110 - what another process does wakes nobody here
                await asyncio.sleep(LOOK)
        see(machine.running is not old.running, "one of the two goes on")
        gone = old if machine.running else machine
        see(await gone.ended() == 75, f"the other ends with 75:\n{gone.errors[-2000:]}")
        if gone is machine:  # as whoever moved the town stops the wrong one, and starts the right one again
            await old.down()
            await machine.up()
    finally:
        if old.running:
            await old.killed()
    await town.is_answered()
    await machine.down()


async def group_erased(machine: Machine) -> None:
    """A group is erased: its key is in no file of keys any more, and no copy however old brings it back."""
    machine.set(LATEST=str(machine.latest))
    machine.clock(turn=1)
    town = Town(machine)
    await machine.up()
    await town.begin()
    await machine.there(lambda: bool(_backups(machine)) and machine.latest.exists(), "a backup")
    await machine.copied()
    await machine.down()
    (key,) = machine.keys()
    see("Exempelstad" in (await machine.sb("groups")).said, "it is in the list")
    see("/skydd" in (await machine.sb("groups", "--end", "1", code=1)).said, "people are there: it is theirs to end")
    await machine.up()
    machine.sandbox.act(town.alva.id, "remove_bot", chat=town.group)
    await machine.there(lambda: "away" in str(rows(machine.database, "groups")), "the end of the bot in the chat")
    await machine.down()
    await machine.sb("groups", "--end", "1")
    see(key.stat().st_size == 0, "its key is gone")
    for copy in (*_backups(machine), *machine.latest.glob("latest-*")):
        said = (await machine.sb("restore", "--replace", str(copy))).said
        see("holds 0 groups" in said, f"{copy.name} brings it back: {said}")
        see(key.stat().st_size == 0, f"its key is back with {copy.name}")


async def backups_not_ours(machine: Machine) -> None:
    """The folder of backups is open to others, a link, or away: it is said which, and no backup goes anywhere else."""
    await _town(machine)
    machine.backups.chmod(0o755)
    see("chmod 700" in (await machine.sb("backup", code=78)).said, "an open folder")
    machine.backups.chmod(0o700)
    moved = machine.backups.rename(machine.folder / "elsewhere")
    machine.backups.symlink_to(moved)
    see("is a link" in (await machine.sb("backup", code=78)).said, "a link")


async def disk_full(machine: Machine) -> None:
    """The disk of the database is full, then that of the backups: it is said where, and goes on when there is room."""
    machine.small_disks(data=12_000_000, backups=3_000_000)
    town = Town(machine)
    await machine.up()
    await town.begin()
    ballast = machine.disk("data") / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    town.writes()
    await machine.waits_for(lambda found: found["seconds_refusing"] > 0)
    ballast.unlink()
    await machine.waits_for(lambda found: found["seconds_refusing"] == 0 and found["well"])
    await town.is_answered()
    free = (await machine.figures())['disk_free_bytes{folder="backups"}']
    see(free < 3_000_000, "what is free for backups is a figure")
    full = machine.disk("backups") / "ballast"
    full.write_bytes(bytes(int(free) // 4096 * 4096))
    see((await machine.figures())['disk_free_bytes{folder="backups"}'] < 10_000, "it is nothing now")
    told = await machine.sb("backup", code=None)
    see(told.code and "full" in told.said, f"a backup that finds no room says so: {told.code} {told.said}")
    see((await machine.sb("doctor", code=None)).code, "the doctor does not call it well")
    full.unlink()
    await machine.sb("backup")
    await town.is_answered()
    await machine.down()


async def certificate_ends(machine: Machine) -> None:
    """A certificate that ends soon is warned of, one that has ended is an error, and neither stops a start."""
    for left, says in ((5, "The certificate ends on"), (-1, "Browsers refuse the certificate")):
        chain = certificate(machine.folder, timedelta(days=left))
        server = await asyncio.start_server(_slams, "127.0.0.1", 0, ssl=served_with(chain))
        port = server.sockets[0].getsockname()[1]
        machine.set(PAGE_URL=f"https://localhost:{port}", PAGE_LISTEN=str(machine.page))
        machine.trust(chain)
        told = await machine.sb("doctor", code=0 if left > 0 else 1)
        see(says in told.said, f"{says!r}: {told.said}")
        server.close()
        await machine.sb("doctor", "--before-start")


async def _slams(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


SHORT: tuple[Drill, ...] = (
    folder_lost,
    clock_wrong,
    telegram_away,
    master_key_changed,
    page_alone,
    certificate_ends,
    two_services,
    group_erased,
    backups_not_ours,
)
LONG: tuple[Drill, ...] = (two_machines,)  # they wait for what takes a minute
AS_ROOT: tuple[Drill, ...] = (disk_full,)
