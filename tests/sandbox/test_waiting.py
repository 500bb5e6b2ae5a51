"""While the finished town is played for the first time, the demonstration's address says how far it has come."""

import json
import socket
import urllib.error
import urllib.request

import pytest

from bot.demo.waiting import PROGRESS, WaitingPage


def read(waiting: WaitingPage, path: str) -> str:
    """What is at a path there."""
    with urllib.request.urlopen(waiting.address + path, timeout=10) as answer:  # noqa: S310 - this machine's own
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        return str(answer.read().decode())


def test_how_far_it_has_come() -> None:
    """The page and its files are there, the share follows the play, and nothing else is answered."""
    with WaitingPage(0) as waiting:
        assert "Strax finns staden här" in read(waiting, "/")
        assert "progress" in read(waiting, "/waiting.js")
        assert json.loads(read(waiting, PROGRESS)) == 0.0
        waiting.passed(0.25)
        assert json.loads(read(waiting, PROGRESS)) == 0.25
        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(waiting, "/world")


def test_a_taken_port_gives_way() -> None:
    """It takes the next free port, and frees it for the town at the end."""
    with WaitingPage(0) as first:
        taken = first.port
        with WaitingPage(taken) as second:
            assert second.port > taken
    with socket.create_server(("127.0.0.1", taken)):
        pass
