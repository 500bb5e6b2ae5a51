"""What the tests of incidents share."""

import io

import pytest

from bot import logs
from bot.demo.town import Town


@pytest.fixture
def loudest(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The bot's own logging at its loudest, from a town's first day on."""
    monkeypatch.setattr(Town, "kept", None)
    stream = io.StringIO()
    logs.set_up("DEBUG", stream)
    return stream
