"""What the tests of incidents share."""

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from bot import logs
from bot.demo.town import Town


@pytest.fixture
def loudest(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The bot's own logging at its loudest, from a town's first day on; the test's comes back afterwards."""
    monkeypatch.setattr(Town, "kept", None)
    root = logging.getLogger()
    kept = root.handlers[:], root.level, logging.getLogRecordFactory(), sys.excepthook, threading.excepthook
    stream = io.StringIO()
    logs.set_up("DEBUG", stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:], level, factory, sys.excepthook, threading.excepthook = kept
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
