"""The bot as `python -m bot` starts it, with one point armed: reaching it the n-th time, the process kills itself.

    python -m tests.crash.victim '{"life": 3, "point": "intake.committed", "nth": 2, …}' --env-file … run

Nothing of the bot is altered but what is wrapped here from outside: the points, a header by which the sandbox knows
which row of the outbox a call is about, a table in which each update is noted by the transaction that takes it, and the
day that the clock shows, as reminders are sent on working days only.
`killed`: the file that tells when, by the monotonic clock that all processes of a machine share. `shows`: what the
bot's clock shows at which moment of that clock; it goes at the real pace. `hurry`: without a pace for each chat.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

from pyreqwest.request import RequestBuilder

import bot.service
from bot import __main__ as program
from bot.app import introduce
from bot.assembly import handlers
from bot.dispatch.polling import Poller
from bot.dispatch.scheduler import Scheduler
from bot.dispatch.sender import Addressed, OutboxSender
from bot.telegram import network
from bot.telegram.rate_limit import Pace
from storage import session
from storage.backup import backup, backup_files
from storage.database_files import copy_database
from storage.migrations import schema
from storage.session import COMMIT, Session, Statement
from storage.store import Store, UnitOfWork
from tests.crash.points import HEADER, INSIDE, TAKEN


@dataclass
class Around:
    """The two points around the COMMIT of one transaction. (Tasks that are begun meanwhile inherit it, spent.)"""

    before: str
    after: str
    spent: bool = False


_around: ContextVar[Around | None] = ContextVar("around", default=None)
_item: ContextVar[tuple[int, str]] = ContextVar("item", default=(0, ""))  # row and queue


class Trap:
    """Waits for one point."""

    def __init__(self, point: str, nth: int, killed: Path) -> None:
        if point and point not in INSIDE:
            raise ValueError(f"there is no point {point}")
        self._point, self._left, self._killed = point, nth, killed

    def reached(self, point: str) -> None:
        """The process has come here; its end, if this is what it waited for."""
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            self._killed.write_text(json.dumps({"at": time.monotonic()}), encoding="ascii")
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, point: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with this point just after it."""

        def wrapped(*arguments: Any, **named: Any) -> Any:
            result = function(*arguments, **named)
            self.reached(point)
            return result

        return wrapped

    def after_awaiting(self, point: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same for a coroutine."""

        async def wrapped(*arguments: Any, **named: Any) -> Any:
            result = await function(*arguments, **named)
            self.reached(point)
            return result

        return wrapped


def around_commits(trap: Trap) -> None:
    """Points before and after COMMIT, on the thread that runs SQLite. There is one transaction at a time."""
    going_on: list[Around | None] = [None]
    commit, run_inside = Session.commit, session._run_inside

    async def committing(self: Session) -> None:
        around = _around.get()
        going_on[0] = around if around and not around.spent else None
        if around:
            around.spent = True
        await commit(self)

    def running(connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[sqlite3.Row]:
        around = going_on[0]
        if around is None or not statements or statements[-1] is not COMMIT:
            return run_inside(connection, statements)
        run_inside(connection, statements[:-1])
        trap.reached(around.before)
        rows = run_inside(connection, [COMMIT])
        trap.reached(around.after)
        return rows

    Session.commit = committing  # type: ignore[method-assign]
    session._run_inside = running


def in_intake(trap: Trap) -> None:
    """Taking what a poll has brought, and the first poll of all."""
    take, poll, first = Poller.take, Poller.poll, [True]

    async def taking(self: Poller, updates: Sequence[Any], **more: Any) -> None:
        if updates:
            trap.reached("intake.polled")
        _around.set(Around("intake.before_commit", "intake.committed") if updates else None)
        await take(self, updates, **more)

    async def polling(self: Poller, seconds: int) -> int:
        if first.pop() if first else False:
            trap.reached("start.polling")
        return await poll(self, seconds)

    Poller.take, Poller.poll = taking, polling  # type: ignore[method-assign]


def in_sender(trap: Trap) -> None:
    """Each call, and the transaction in which what came of calls is marked."""
    call, exchange = OutboxSender._call, OutboxSender._exchange

    async def calling(self: OutboxSender, letter: Addressed, *more: Any) -> None:
        _item.set((letter.item.id, letter.item.chat))
        trap.reached("sender.fetched")
        await call(self, letter, *more)
        trap.reached("sender.answered")

    async def exchanging(self: OutboxSender, **given: Any) -> Any:
        _around.set(Around("sender.before_mark", "sender.marked") if self._returned else None)
        return await exchange(self, **given)

    OutboxSender._call, OutboxSender._exchange = calling, exchanging  # type: ignore[assignment,method-assign]


def in_alarm() -> None:
    """The transaction in which something that is due is seen to."""
    fire, ring = handlers.due, Scheduler.ring

    async def firing(*given: Any) -> None:
        _around.set(Around("alarm.before_commit", "alarm.committed"))
        await fire(*given)

    async def ringing(self: Scheduler) -> int:
        _around.set(None)
        return await ring(self)

    handlers.due, Scheduler.ring = firing, ringing  # type: ignore[assignment,method-assign]


def at_start(trap: Trap) -> None:
    """Opening the database, and being introduced to Telegram."""

    def applying(connection: sqlite3.Connection, number: int, script: str, step: schema.Step | None) -> None:
        def reached(connection: sqlite3.Connection) -> None:
            if step is not None:
                step(connection)
            trap.reached("start.migrating")

        apply(connection, number, script, reached)

    apply, schema._apply = schema._apply, applying
    opened = trap.after_awaiting("start.opened", Store.open)
    Store.open = opened  # type: ignore[method-assign,assignment]
    bot.service.introduce = trap.after_awaiting("start.introduced", introduce)  # type: ignore[assignment,attr-defined]


def in_backups(trap: Trap) -> None:
    """While a backup is made, on a thread of its own."""
    backup.copy_database = trap.after("backup.copied", copy_database)  # type: ignore[attr-defined]
    backup_files.digest_of_sealed = trap.after("backup.sealed", backup_files.digest_of_sealed)


def note_updates(life: int) -> None:
    """Let the transaction that takes an update note it down, so that one taken twice is seen, whatever came of it."""
    handle = Poller._handle

    async def handling(self: Poller, work: UnitOfWork, update: dict[str, Any], *more: Any) -> Any:
        said = await handle(self, work, update, *more)
        work._session.write(f"INSERT INTO {TAKEN} VALUES (?, ?)", (update["update_id"], life))  # noqa: S608 - a constant
        return said

    Poller._handle = handling  # type: ignore[method-assign,assignment]


def name_calls(life: int) -> None:
    """Let each call tell which life of the process makes it, for which row of the outbox and in which queue."""
    with_body = network._with_body

    def named(call: RequestBuilder, data: Any) -> RequestBuilder:
        row, queue = _item.get()
        return with_body(call, data).header(HEADER, f"{life} {row} {queue}")

    network._with_body = named


def hurry() -> None:
    """Let each chat get its messages as fast as they come; the limit over all chats stays."""
    Pace.resting = lambda self: {}  # type: ignore[method-assign]


def show(then: str, moment: float) -> None:
    """Let the program's clock show this at that moment of the monotonic clock."""
    start = datetime.fromisoformat(then)

    class Shown(datetime):
        """The program reads its clock here and nowhere else."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return start + timedelta(seconds=time.monotonic() - moment)  # type: ignore[return-value]

    program.datetime = Shown  # type: ignore[attr-defined]


def main(options: dict[str, Any], arguments: Sequence[str]) -> int:
    """Arm the point and run the program."""
    trap = Trap(options.get("point", ""), options.get("nth", 1), Path(options["killed"]))
    around_commits(trap)
    in_intake(trap)
    in_sender(trap)
    in_alarm()
    at_start(trap)
    in_backups(trap)
    note_updates(options["life"])
    name_calls(options["life"])
    if options.get("hurry"):
        hurry()
    show(*options["shows"])
    return program.main(arguments)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
