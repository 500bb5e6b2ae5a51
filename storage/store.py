"""The store: one database, one process, one writer. Everything is read and written inside a unit of work."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Generic, Self, TypeVar

from storage.database_files import copy_database, keys_of, lock_database, make_private
from storage.errors import Damaged, KeysMissing, WrongKey
from storage.migrations import keyed_migrations, schema
from storage.records.access_log import AccessLog
from storage.records.activity_state import ActivityStates
from storage.records.answers import Answers
from storage.records.ballots import Ballots
from storage.records.chat_copies import ChatCopies
from storage.records.check_ins import CheckIns, Wishes
from storage.records.document_jobs import DocumentJobs, Uploads
from storage.records.earlier_years import EarlierYears
from storage.records.erasure import Erasure
from storage.records.exercise_versions import ExerciseVersions
from storage.records.groups import Groups
from storage.records.incidents import Incidents
from storage.records.links import Links
from storage.records.mail import MailAddresses, Mails
from storage.records.meetings import Meetings
from storage.records.members import Members
from storage.records.notification_preferences import Absences, NotificationPreferences
from storage.records.open_items import OpenItems
from storage.records.outbox import Outbox
from storage.records.passkeys import Passkeys
from storage.records.people import People
from storage.records.prefetch import Prefetch
from storage.records.prompts import HeldTexts, Prompts
from storage.records.published import Published
from storage.records.repository import Caches, Clock
from storage.records.retention import Retention
from storage.records.rows import Rows
from storage.records.runs import Runs
from storage.records.schedule import Schedule
from storage.records.sign_ins import SignIns
from storage.records.stats import Stats
from storage.records.update_log import UpdateLog
from storage.session import Connection, Session, connect
from storage.vault.vault import KeyFolder, Keyring

T = TypeVar("T")

SYNCED = "PRAGMA synchronous = FULL"  # a commit is on the disk when it returns
UNSYNCED = "PRAGMA synchronous = OFF"
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",  # nothing leaks into temporary files
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -10000",  # kB; what is not in it lies in the system's own cache, which costs us no memory
)
CHECKPOINT = ("PRAGMA wal_checkpoint(TRUNCATE)", ())  # what is in the log goes into the database, and leaves the log
CANARY = b"the master key fits"


class _Lazily(Generic[T]):
    """A repository of a unit of work, made when it is first asked for, as most units need few of them."""

    def __init__(self, kind: Callable[[Session, Caches], T]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type["UnitOfWork"], name: str) -> None:
        self._name = name

    def __get__(self, work: "UnitOfWork", owner: type["UnitOfWork"]) -> T:
        made = vars(work)[self._name] = self._kind(work._session, work._memory)  # noqa: SLF001 - it is a part of the unit
        return made


class UnitOfWork:
    """A unit of work: all of it happens, or nothing. Its repositories may be used until it ends."""

    groups = _Lazily(Groups)
    people = _Lazily(People)
    members = _Lazily(Members)
    runs = _Lazily(Runs)
    answers = _Lazily(Answers)
    rows = _Lazily(Rows)
    outbox = _Lazily(Outbox)
    schedule = _Lazily(Schedule)
    links = _Lazily(Links)
    update_log = _Lazily(UpdateLog)
    stats = _Lazily(Stats)
    incidents = _Lazily(Incidents)
    access_log = _Lazily(AccessLog)
    earlier_years = _Lazily(EarlierYears)
    published = _Lazily(Published)
    exercise_versions = _Lazily(ExerciseVersions)
    retention = _Lazily(Retention)
    erasure = _Lazily(Erasure)
    prefetch = _Lazily(Prefetch)
    meetings = _Lazily(Meetings)
    open_items = _Lazily(OpenItems)
    notification_preferences = _Lazily(NotificationPreferences)
    absences = _Lazily(Absences)
    check_ins = _Lazily(CheckIns)
    wishes = _Lazily(Wishes)
    activity_states = _Lazily(ActivityStates)
    ballots = _Lazily(Ballots)
    prompts = _Lazily(Prompts)
    held_texts = _Lazily(HeldTexts)
    document_jobs = _Lazily(DocumentJobs)
    uploads = _Lazily(Uploads)
    chat_copies = _Lazily(ChatCopies)
    sign_ins = _Lazily(SignIns)
    passkeys = _Lazily(Passkeys)
    mail_addresses = _Lazily(MailAddresses)
    mails = _Lazily(Mails)

    def __init__(self, session: Session, memory: Caches) -> None:
        self._session, self._memory = session, memory

    @property
    def after_commit(self) -> list[Callable[[], object]]:
        """Functions to call after the commit; none is called after a rollback."""
        return self._session.after_commit

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Run a part that can fail alone: an error inside undoes that part and is raised, and the work can go on."""
        return self._session.savepoint()


class Store:
    """The open database of one bot, made by `Store.open`.

    Without `durable`, as in most tests, a commit does not wait until it is on the disk.
    """

    durable = True

    def __init__(self, path: Path, connection: Connection, memory: Caches, lock: int) -> None:
        self.path = path
        self._connection = connection
        self._caches = memory
        self._lock = lock
        self.migrated_from: int | None = None  # the layout found at the start, if it was an earlier one
        self._writer = asyncio.Lock()
        self._watchers: dict[str, Callable[[], None]] = {}

    @classmethod
    async def open(cls, path: Path, *, keyring: Keyring, clock: Clock, backup_before_migrating: bool = True) -> Self:
        """Open the database, making or migrating it if need be.

        Beside it lie `<name>.lock` and `<name>.keys/`, the folder of group keys. Raises AlreadyRunning, FolderExposed,
        NewerDatabase, WrongKey, KeysMissing, DiskFull, Damaged.
        """
        make_private(path)
        lock = lock_database(path)
        connection = connect(path)
        try:
            await connection
            await connection.run((pragma, ()) for pragma in (SYNCED if cls.durable else UNSYNCED, *PRAGMAS))
            version = await schema.version(connection)
            if backup_before_migrating and 0 < version < schema.NEWEST:
                await asyncio.to_thread(copy_database, path, path.with_name(f"{path.name}.v{version}.backup"))
            if version:
                await _prove_key(connection, keyring)
            keys = KeyFolder(keys_of(path), keyring)
            known = await asyncio.to_thread(keys.settle)
            if version:
                await _find_keys(connection, path, known)
            await schema.migrate(connection, version, keyed_migrations.steps(keyring, keys))
            if version < schema.NEWEST:
                await connection.run([CHECKPOINT])  # what the migration deleted leaves the write-ahead log too
            await _prove_key(connection, keyring)
            last_ids = {
                row["name"]: row["seq"] for row in await connection.run([("SELECT * FROM sqlite_sequence", ())])
            }
            store = cls(path, connection, Caches(keyring, keys, clock, last_ids), lock)
            store.migrated_from = version if 0 < version < schema.NEWEST else None
            await store._finish_erasures(keys, known)
            async with store.work() as work:
                await work.answers.gather()
                await work.check_ins.gather()
        except BaseException:
            await connection.close()
            os.close(lock)
            raise
        return store

    def watch(self, table: str, told: Callable[[], None]) -> None:
        """Call `told` after each commit that brought new rows to a table, as "outbox" or "agenda" (the schedule).

        "keys" are the groups' keys, of which the commit has destroyed one; nobody has been told of it yet.
        """
        self._watchers[table] = told

    def changed_chats(self) -> set[str]:
        """Return the copied chats that have changed since the last call."""
        changed, self._caches.changed_chats = self._caches.changed_chats, set()
        return changed

    async def close(self) -> None:
        """Wait for the unit of work that is going on, and close the database."""
        async with self._writer:
            await self._connection.run([CHECKPOINT])
            await self._connection.close()
            os.close(self._lock)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """Begin a unit of work, one at a time. Leaving it commits; an exception undoes all of it, and is raised.

        Raises DiskFull, Busy or Damaged when it could not be committed, and then nothing of it has happened.
        """
        async with self._writer:
            session = Session(self._connection, self._caches.forget)
            try:
                yield UnitOfWork(session, self._caches)
            except BaseException:
                await _uninterrupted(session.rollback())
                raise
            await _uninterrupted(self._commit(session))

    async def _commit(self, session: Session) -> None:
        try:
            await session.commit()
        except BaseException:
            await session.rollback()
            raise
        for callback in session.after_commit:
            callback()
        for table in session.touched & self._watchers.keys():
            self._watchers[table]()
        if session.wipe_log:
            await self._connection.run([CHECKPOINT])

    async def backup(self, target: Path) -> None:
        """Copy the database while it is in use. It holds no group keys: keep the newest copy of their folder too."""
        await asyncio.to_thread(copy_database, self.path, target)

    async def _finish_erasures(self, keys: KeyFolder, known: Mapping[str, bool]) -> None:
        """Erase groups whose keys are destroyed (an older database was put back), and keys of erased groups."""
        for row in await self._connection.run([("SELECT id, key_id, state FROM groups", ())]):
            if row["state"] == "erased" and known[row["key_id"]]:
                await asyncio.to_thread(keys.destroy, row["key_id"])
            elif row["state"] != "erased" and not known[row["key_id"]]:
                async with self.work() as work:
                    await work.groups.erase(row["id"])


async def _uninterrupted(step: Coroutine[None, None, None]) -> None:
    """Finish the step even if the task that waits for it is cancelled, and raise the cancellation afterwards."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _find_keys(connection: Connection, path: Path, known: Mapping[str, bool]) -> None:
    """Check that no group's key is missing. Raises KeysMissing."""
    rows = await connection.run([("SELECT key_id FROM groups", ())])
    if missing := [row for row in rows if row["key_id"] not in known]:
        raise KeysMissing(len(missing), keys_of(path))


async def _prove_key(connection: Connection, keyring: Keyring) -> None:
    rows = await connection.run([("SELECT value FROM meta WHERE name = 'canary'", ())])
    if not rows:
        sealed = keyring.house.seal("meta/canary", CANARY)
        await connection.run([("INSERT INTO meta VALUES ('canary', ?)", (sealed,))])
        return
    try:
        keyring.house.open("meta/canary", rows[0][0])
    except Damaged:
        raise WrongKey from None
