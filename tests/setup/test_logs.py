"""Logs: they tell what happened, and never what anyone wrote nor the bot's token."""

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from datetime import date
from pathlib import Path

import pytest

from bot import logs
from bot.config import gather
from bot.features.documents.worker import Worker
from bot.settings import SettingsError
from messages.documents.typeset import typeset

TOKEN = "123456789:" + "canaryToken_canaryToken-canaryToken"
WORDS = "canary: hon heter Anna och bor på Storgatan 1"


@pytest.fixture
def out() -> io.StringIO:
    """Logs set up at their loudest into a buffer."""
    stream = io.StringIO()
    logs.set_up("DEBUG", stream)
    return stream


def lines(out: io.StringIO) -> list[dict[str, object]]:
    """Return what was logged, and check on the way that nothing of it gives anything away."""
    text = out.getvalue()
    assert "canary" not in text
    assert "Anna" not in text
    return [json.loads(line) for line in text.splitlines()]


def raised(error: Exception) -> Exception:
    """Return an exception with a traceback, as if a handler had raised it."""
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - any of them
        return caught


def test_event_with_fields(out: io.StringIO) -> None:
    """An event is one JSON object with time, level, place of origin and its fields."""
    logs.Log("bot.dispatch.polling").info("updates_taken", count=3, seconds=1.5)
    (line,) = lines(out)
    assert str(line.pop("at")).endswith("Z")
    assert line == {
        "level": "info",
        "logger": "bot.dispatch.polling",
        "event": "updates_taken",
        "count": 3,
        "seconds": 1.5,
    }


def test_what_an_error_was_about(out: io.StringIO) -> None:
    """A failure tells exercise, verb and run where they were noted, the innermost of each; other notes are not told."""
    error = raised(ValueError(WORDS))
    error.add_note(WORDS)
    error.add_note(f"exercise={WORDS}")
    inner, outer = logs.noted(exercise="direction", verb="pick", run_id=7), logs.noted(verb="close")
    with pytest.raises(ValueError, match="canary"), outer, inner:
        raise error
    logs.Log("bot.dispatch.polling").failure("dead_letter", error, update_id=5)
    (line,) = lines(out)
    assert {name: line[name] for name in ("error_type", "exercise", "verb", "run_id", "update_id")} == {
        "error_type": "ValueError",
        "exercise": "direction",
        "verb": "pick",
        "run_id": 7,
        "update_id": 5,
    }


def test_each_level(out: io.StringIO) -> None:
    """The four levels are told apart."""
    log = logs.Log("bot")
    for write in (log.debug, log.info, log.warning, log.error):
        write("something_happened")
    assert [line["level"] for line in lines(out)] == ["debug", "info", "warning", "error"]


def test_text_in_a_field(out: io.StringIO) -> None:
    """A field that holds free text by mistake tells only its length."""
    logs.Log("bot").warning("refused", reason=WORDS, kind=TOKEN)
    (line,) = lines(out)
    assert line["reason"] == f"<{len(WORDS)} characters>"
    assert line["kind"] == f"<{len(TOKEN)} characters>"


def test_unlisted_field(out: io.StringIO) -> None:
    """A field that nobody allowed is left out."""
    logging.getLogger("storage").info("kept", extra={"text": WORDS, "run_id": 7})
    (line,) = lines(out)
    assert line["run_id"] == 7
    assert "text" not in line


@pytest.mark.parametrize("name", ["bot.assembly.route_update", "telegram.ext", "py.warnings", "made.up"])
def test_text_of_a_line(out: io.StringIO, name: str) -> None:
    """A log line that is more than an event's name is written as its place in the code only, whoever wrote it."""
    logging.getLogger(name).warning("Processing update %s", {"text": WORDS})
    logging.getLogger(name).warning(WORDS)
    first, _ = lines(out)
    assert str(first["place"]).startswith("test_logs.py:")


def test_event_of_a_stranger(out: io.StringIO) -> None:
    """One word in a library's line may be what somebody wrote, so it is not written."""
    logging.getLogger("made.up").warning("canary")
    lines(out)


def test_exception(out: io.StringIO) -> None:
    """Of an exception the type and the place are told, never its message."""
    error = raised(ValueError(WORDS + TOKEN))
    logs.Log("bot").failure("update_failed", error, update_id=5)
    (line,) = lines(out)
    assert line["error_type"] == "ValueError"
    assert str(line["place"]).startswith("test_logs.py:")
    assert line["update_id"] == 5


def test_exception_of_a_library(out: io.StringIO) -> None:
    """A library that logs an exception with its traceback gives no message away."""
    try:
        raise KeyError(WORDS) from raised(ValueError(TOKEN))
    except KeyError:
        logging.getLogger("apscheduler").exception("Job %s raised", WORDS)
    (line,) = lines(out)
    assert line["error_type"] == "KeyError"


def test_handler_of_a_library(out: io.StringIO) -> None:
    """A handler that somebody else hung up, in an ordinary format, writes no token and no exception's message."""
    other = io.StringIO()
    handler = logging.StreamHandler(other)
    logger = logging.getLogger("telegram.request")
    logger.addHandler(handler)
    try:
        logger.error("POST https://api.telegram.org/bot%s/getMe", TOKEN, exc_info=raised(OSError(TOKEN + WORDS)))
    finally:
        logger.removeHandler(handler)
    assert "<token>/getMe" in other.getvalue()
    assert "OSError at test_logs.py:" in other.getvalue()
    assert "canary" not in other.getvalue()
    lines(out)


def test_libraries_are_quiet(out: io.StringIO) -> None:
    """What libraries say in the ordinary course of things is not written at all, also at level DEBUG."""
    for name in ("httpx", "httpcore.http11", "telegram.ext.Updater", "apscheduler.scheduler", "aiosqlite", "asyncio"):
        logging.getLogger(name).info("HTTP Request: %s", TOKEN)
        logging.getLogger(name).debug(WORDS)
    assert out.getvalue() == ""


def test_malformed_line(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """A library's line whose arguments do not fit neither ends the program nor shows its arguments."""
    logging.getLogger("made.up").warning("%d updates", WORDS)
    lines(out)
    assert "canary" not in capsys.readouterr().err


def test_line_that_cannot_be_written(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """When the log's own stream fails, standard error hears of it without the line's content."""
    out.close()
    logging.getLogger("made.up").warning(WORDS)
    err = capsys.readouterr().err
    assert json.loads(err)["event"] == "log_line_lost"
    assert "canary" not in err


def test_warning(out: io.StringIO) -> None:
    """A warning by a library is logged by its place."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(WORDS, UserWarning, stacklevel=1)
    assert [line["logger"] for line in lines(out)] == ["py.warnings"]


def test_exception_that_ends_the_program(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody caught ends in the log as type and place, and prints no traceback."""
    error = raised(RuntimeError(WORDS))
    sys.excepthook(RuntimeError, error, error.__traceback__)
    (line,) = lines(out)
    assert (line["event"], line["error_type"]) == ("uncaught_exception", "RuntimeError")
    assert "canary" not in capsys.readouterr().err


def test_exception_in_a_thread(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """The same holds for a thread."""

    def fail() -> None:
        raise RuntimeError(WORDS)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = lines(out)
    assert (line["event"], line["error_type"]) == ("uncaught_exception", "RuntimeError")
    assert "canary" not in capsys.readouterr().err


async def test_exception_that_nobody_awaited(out: io.StringIO) -> None:
    """The same holds for a task that the event loop finds dead."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    loop.call_exception_handler({"message": WORDS, "exception": raised(ValueError(WORDS))})
    (line,) = lines(out)
    assert (line["event"], line["error_type"]) == ("unawaited_exception", "ValueError")


def test_place_is_our_own(out: io.StringIO) -> None:
    """An exception raised deep in a library is placed at our line that led there."""
    with pytest.raises(SettingsError) as caught:
        gather({}, Path("/"))
    assert str(logs.describe(caught.value)["place"]).startswith("bot.config.py:")


def test_level(out: io.StringIO) -> None:
    """The operator's level holds."""
    logs.set_up("ERROR", out)
    logs.Log("bot").warning("something_happened")
    assert out.getvalue() == ""


async def test_a_document_that_could_not_be_made(out: io.StringIO) -> None:
    """Of a page that Typst refuses, the log has the template's line; of what else fails in the worker, the code's."""
    log, bench = logs.Log("bot"), Worker()
    try:
        for work in ((typeset, "flyer", {"canary": WORDS}, "pdf", date(2026, 1, 1)), (logs.set_up, "canary", None)):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - what is told of it is the point
                await bench.do(*work)
            log.failure("document_failed", caught.value)
    finally:
        bench.close()
    told = [(line["error_type"], str(line["place"]).partition(":")[0]) for line in lines(out)]
    assert told == [("NotTypeset", "blocks.typ"), ("ValueError", "bot.logs.py")]
