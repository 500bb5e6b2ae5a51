"""What holds for all tests."""

import os
import sys

# Modules are compiled once, and not anew by each worker and each process that a test starts: so before the imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import asyncio
import gc
import logging
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

import pytest
import uvloop
from hypothesis import settings

from bot.demo.one_thread import on_this_thread
from bot.demo.town import Town
from bot.exercises import versions
from bot.service import settle_in
from flows.definitions.model import Process
from messages.voice import Voice
from storage.migrations import schema
from storage.records.exercise_versions import ExerciseVersion
from storage.session import Connection
from storage.store import Store

AT_ONCE = {"browser", "crash", "durability", "operations", "storage"}  # folders

# While the tests are read, next to nothing becomes garbage.
gc.disable()

# A busy machine is no fault of the code: how long things take is measured, and not tested.
settings.register_profile("calm", deadline=None)
settings.register_profile("night", deadline=None, max_examples=1000)  # `make fuzz`
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "calm"))

# A fact that a view forgets is an error wherever the template asks for it, also in a branch that no test takes.
Voice.strict = True

# To wait for the disk at each commit would take half the time of a town's test. What holds when the power is cut is
# tested on processes of their own, which wait for it.
Store.durable = False
os.fsync = lambda fd: None

# Where the same people have joined in the same way, the next town goes on from there.
Town.kept = {}

# Which version of each exercise is in use follows from the process and its words, and is the same for most bots.
in_use = versions.in_use
found: dict[tuple[int, int], tuple[Process, list[ExerciseVersion]]] = {}
known: list[object] = []  # kept, so that no others have their ids


def in_use_once(process: Process, voice: Voice) -> tuple[Process, list[ExerciseVersion]]:
    """Find it once for a process and a voice."""
    place = id(process), id(voice)
    if place not in found:
        known.extend((process, voice))
        found[place] = in_use(process, voice)
    return found[place]


versions.in_use = in_use_once

migrate = schema.migrate


laid_out: list[sqlite3.Connection] = []


async def copy_layout(connection: Connection, since: int, steps: Mapping[int, schema.Step]) -> None:
    """Copy the newest layout into a new database, which all migrations have made once; migrate an older one."""
    if since:
        await migrate(connection, since, steps)
        return
    if not laid_out:
        made = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        made.row_factory = sqlite3.Row
        for number, file in schema.MIGRATIONS.items():
            schema._apply(made, number, file.read_text(encoding="utf-8"), steps.get(number))
        laid_out.append(made)
    await connection.call(laid_out[0].backup)


schema.migrate = copy_layout


def pytest_collection_finish() -> None:
    """Collect garbage as the bot does in service: what was loaded to begin with is not looked through again."""
    settle_in()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a test that is skipped has failed: all that tests need is there, or nothing is proved."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longreprtext}"
    return report


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the bot runs on, which is also the faster one."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """After a test that sets up the bot's logging, as each of its commands does, the process's own comes back."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level, logging.getLogRecordFactory(), sys.excepthook, threading.excepthook
    yield
    if logging.getLogRecordFactory() is kept[2]:
        return
    logging.captureWarnings(False)
    root.handlers[:], level, factory, sys.excepthook, threading.excepthook = kept
    root.setLevel(level)
    logging.setLogRecordFactory(factory)


@pytest.fixture(autouse=True)
def _sqlite_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give SQLite a thread of its own, as in the product, only where things happen at once: trips to it take time."""
    if AT_ONCE.isdisjoint(request.path.parts):
        with on_this_thread():
            yield
    else:
        yield


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The trips to the database's thread."""
    made: list[str] = []
    call = Connection.call

    async def counted(self: Any, function: Any, *arguments: Any) -> Any:
        made.append(function.__name__)
        return await call(self, function, *arguments)

    monkeypatch.setattr("storage.session.Connection.call", counted)
    return made
