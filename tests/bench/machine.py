"""The machine that is measured on: what it is, told without naming it, and whether it is left in peace."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from importlib.metadata import version
from pathlib import Path

from tests.bench.processes import Watch

LIBRARIES = ("python-telegram-bot", "pyreqwest", "httpx", "aiosqlite", "uvloop", "cryptography")
WRITES = 50  # of a page each, every one waited for
QUIET = 0.1  # cores that others may use while something is measured


def described(folder: Path) -> dict[str, str]:
    """What matters for the figures."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "processor": f"{cores} cores, {_processor()}",
        "memory": f"{memory:.0f} GB",
        "disk": f"{_file_system(folder)}; a page is on it after {1000 * _write(folder):.1f} ms (median of {WRITES})",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}",
        "libraries": libraries,
    }


def others_now() -> float:
    """How many cores others use in this second."""
    watch = Watch()
    time.sleep(1)
    return watch.others()


def _processor() -> str:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on."""
    mounts = [line.split()[1:3] for line in _lines("/proc/mounts")]
    holding = [(len(place), kind) for place, kind in mounts if folder.resolve().is_relative_to(place)]
    return max(holding)[1] if holding else "unknown"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _write(folder: Path) -> float:
    """Seconds until a page that was written is on the disk."""
    path, taken = folder / "write", []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for _ in range(WRITES):
            began = time.perf_counter()
            os.write(descriptor, bytes(4096))
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(taken)
