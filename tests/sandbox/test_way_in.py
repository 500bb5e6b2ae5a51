"""What goes wrong on the way into the demonstration is told in a sentence, with what helps."""

from __future__ import annotations

import argparse
import asyncio
import errno
import shutil
import socket
from pathlib import Path

import aiohttp
import pytest

from bot.commands import demo
from bot.demo import snapshot
from bot.demo.serve import cure, open_town
from bot.demo.snapshot import Snapshot
from bot.demo.town import START
from bot.sandbox.http import serve
from bot.sandbox.sandbox import Sandbox
from storage.errors import DiskFull


async def test_a_port_that_is_taken_gives_way_to_the_next() -> None:
    """Where another program listens at the wanted port, the page is served at one above it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        async with serve(Sandbox(start=START), port=taken) as address, aiohttp.ClientSession() as session:
            assert taken < int(address.rpartition(":")[2]) <= taken + 20
            async with session.get(address) as response:
                assert response.status == 200


@pytest.mark.parametrize("port", ["99999", "-1", "åtta"])
def test_an_impossible_port_is_named(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A port that there cannot be is refused with the range there is, and nothing is started."""
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--port", port] if port != "-1" else ["--port=-1"])
    assert f"{port} is no port: choose one from 1024 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Disken är full. Frigör"),
        (DiskFull(), "Disken är full. Frigör"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/cache"), "skriva i /srv/cache. Låt XDG_CACHE_HOME"),
        (OSError(errno.ENOTDIR, "Not a directory", "/dev/null/x"), "skriva i /dev/null/x. Låt XDG_CACHE_HOME"),
        (OSError(errno.ENOENT, "No such file", "/proc/x"), "skriva i /proc/x. Låt XDG_CACHE_HOME"),
        (PermissionError(errno.EACCES, "Permission denied"), "Port 80 får bara systemet använda. Välj en annan"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "når inte sig själv på 127.0.0.1. Slå på"),
        (OSError(errno.EADDRINUSE, "Address already in use"), "Port 80 och de närmaste ovanför är upptagna. Välj"),
    ],
)
def test_each_obstacle_has_its_cure(error: OSError | DiskFull, words: str) -> None:
    """The sentence names the obstacle and what to do; no traceback, and no cure for something else."""
    assert words in cure(error, 80)


def test_a_cache_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Already when it is looked for, what was played before may lie where one has no business."""

    def refused() -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/cache")

    monkeypatch.setattr(snapshot, "there", refused)
    assert open_town(0, browser=False) == 1
    assert "skriva i /srv/cache. Låt XDG_CACHE_HOME" in capsys.readouterr().err


def test_a_disk_that_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the town does not fit, it is said as anywhere else that the disk is full, without paths."""
    (tmp_path / "kept" / "data").mkdir(parents=True)
    (tmp_path / "kept" / "data" / "stadsbot.db").touch()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space") as caught:
        Snapshot(tmp_path / "kept").copy_data(tmp_path / "copy")
    assert cure(caught.value, 80) == "Disken är full. Frigör några hundra megabyte och försök igen."


async def test_a_machine_that_does_not_reach_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A door that no browser can come to is not opened: the bot would knock at it for a day, in silence."""

    async def unreachable(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(asyncio, "open_connection", unreachable)
    with pytest.raises(OSError, match="unreachable"):
        async with serve(Sandbox(start=START)):
            raise AssertionError
