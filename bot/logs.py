"""Structured logs: one JSON object a line on standard error, with nothing in it that a person wrote.

Three safeguards, as any single one may fail by mistake:

1. Only the fields named in `Fields` are written, and text in them only when it looks like a name.
2. The text of a log line is written only when it comes from this project and is a plain event name. What a library
   says may hold anything, so of its lines only the logger and the place in the code are written.
3. Every log record is cleaned where it is made, before any handler sees it: bot tokens are blotted out, and an
   exception becomes its type and place. No handler, of whatever library, can write its message or its locals.
"""

import asyncio
import json
import logging
import re
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TextIO, TypedDict, Unpack, cast

from storage.json_records import Json, JsonObject

ROOMS = ("bot", "flows", "storage", "messages")
NOISY = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite", "aiohttp", "asyncio")

_TOKEN = re.compile(r"(?:bot)?[0-9]{6,}:[A-Za-z0-9_-]{30,}")
_EVENT = re.compile(r"[a-z][a-z0-9_]{1,60}")
_NAME = re.compile(r"[A-Za-z0-9_.:<>-]{1,80}")
_NOTE = re.compile(r"(exercise|verb|run_id)=([A-Za-z0-9_.-]{1,60})")
_plain_record = logging.LogRecord


class Ids(TypedDict, total=False):
    """The program's own ids."""

    update_id: int
    group_id: int
    person_id: int
    member_id: int
    run_id: int
    outgoing_id: int


class Figures(TypedDict, total=False):
    """How much and how long."""

    status: int
    tries: int
    count: int
    length: int
    seconds: float
    layout: int
    reminders_due: int
    sent: int
    unreachable: int


class Fields(Ids, Figures, total=False):
    """The fields of a log line besides its event: ids, figures, and names from the code."""

    exercise: str
    verb: str
    phase: str
    kind: str
    state: str
    reason: str
    error_type: str
    place: str
    version: str
    head: str
    day: str


class Log:
    """Writes events with allow-listed fields; the type checker refuses any other field."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: Unpack[Fields]) -> None:
        """Log what matters only when searching for a fault."""
        self._logger.debug(event, extra=dict(fields))

    def info(self, event: str, **fields: Unpack[Fields]) -> None:
        """Log what happens on an ordinary day."""
        self._logger.info(event, extra=dict(fields))

    def warning(self, event: str, **fields: Unpack[Fields]) -> None:
        """Log what went wrong and was dealt with."""
        self._logger.warning(event, extra=dict(fields))

    def error(self, event: str, **fields: Unpack[Fields]) -> None:
        """Log what an operator must look at."""
        self._logger.error(event, extra=dict(fields))

    def failure(self, event: str, error: BaseException, **fields: Unpack[Fields]) -> None:
        """Log an exception: its type and the place in the code, never its message."""
        self._logger.error(event, extra=fields | describe(error))


class At(TypedDict, total=False):
    """Where in an exercise something failed, by ids."""

    exercise: str
    verb: str
    run_id: int


class noted:  # noqa: N801 - a context manager, used like a function
    """Add notes (ids only) to a passing exception about where it happened; `describe` reads them."""

    def __init__(self, **at: Unpack[At]) -> None:
        self._at = at

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            for name, value in self._at.items():
                error.add_note(f"{name}={value}")


def describe(error: BaseException) -> Fields:
    """Return what may be logged of an exception: type, file and line where it was raised, and its notes.

    An error from a worker, or about a template, has its place as `place`. Of several notes of one kind the innermost
    counts; a note of another form may hold anything, and is left out.
    """
    told: Fields = {"error_type": type(error).__name__}
    if place := getattr(error, "place", "") or _place(error.__traceback__):
        told["place"] = place
    for note in reversed(getattr(error, "__notes__", ())):
        if isinstance(note, str) and (found := _NOTE.fullmatch(note)):
            told |= cast(
                Fields, {found[1]: int(found[2]) if found[2].isdecimal() and found[1] == "run_id" else found[2]}
            )
    return told


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error if none) as JSON lines, from `level` up."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(_Lines())
    logging.setLogRecordFactory(_clean_record)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Log exceptions that nobody awaited in `loop`, by type and place."""
    loop.set_exception_handler(_unawaited)


class _Lines(logging.Formatter):
    """Makes a record one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: JsonObject = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if _is_event(record):
            line["event"] = record.msg
        else:
            line["place"] = f"{Path(record.pathname).name}:{record.lineno}"
        told = vars(record)
        line |= {name: _harmless(told[name]) for name in Fields.__annotations__ if name in told}
        return json.dumps(line, ensure_ascii=True)


class _Handler(logging.StreamHandler[TextIO]):
    """Standard handler, except that a line that cannot be written is not shown with its content instead."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        error_type = getattr(sys.exc_info()[0], "__name__", "unknown")
        sys.stderr.write(f'{{"level": "error", "event": "log_line_lost", "error_type": "{error_type}"}}\n')


def _is_event(record: logging.LogRecord) -> bool:
    ours = record.name.partition(".")[0] in ROOMS
    return ours and not record.args and isinstance(record.msg, str) and _EVENT.fullmatch(record.msg) is not None


def _harmless(value: object) -> int | float | str | None:
    """Return a value that cannot be something that a person wrote; free text becomes its length."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if _NAME.fullmatch(text) and not _TOKEN.search(text) else f"<{len(text)} characters>"


def _clean_record(*args: Json, **kwargs: Json) -> logging.LogRecord:
    """Make a log record that holds no token, and of an exception only type and place."""
    record = _plain_record(*args, **kwargs)
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - arguments that do not fit; a handler would show them in its complaint
        record.msg, record.args = "malformed log line", ()
    else:
        if _TOKEN.search(text):
            record.msg, record.args = _TOKEN.sub("<token>", text), ()
    if record.exc_info and record.exc_info[1] is not None:
        told = describe(record.exc_info[1])
        vars(record).update(told)
        # Formatters write exc_text where it is set, rather than the traceback with its messages.
        record.exc_info, record.exc_text = None, " at ".join(str(value) for value in told.values())
    return record


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("bot").critical("uncaught_exception", extra={"error_type": kind.__name__, "place": _place(trace)})


def _unawaited(_loop: asyncio.AbstractEventLoop, context: JsonObject) -> None:
    error = context.get("exception")
    logging.getLogger("bot").error("unawaited_exception", extra=describe(error) if error else {})


def _place(trace: TracebackType | None) -> str:
    """Return file and line of the innermost frame of this project, or of the innermost frame of all."""
    inner = own = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        here = f"{path.name}:{trace.tb_lineno}"
        room = next((room for room in ROOMS if room in path.parts and "site-packages" not in path.parts), None)
        inner, own = here, f"{room}.{here}" if room else own
        trace = trace.tb_next
    return own or inner
