"""The drills that need no clock to pass; `make drills` plays all of them, and the way back to each released version."""

import os
import shutil
from pathlib import Path

import pytest

from tests.drills import drills, upgrades
from tests.drills.operator import machine

mounts = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None, reason="a disk of its own needs root and util-linux"
)


@pytest.mark.slow
@pytest.mark.parametrize("drill", [*drills.SHORT, *(pytest.param(d, marks=mounts) for d in drills.AS_ROOT)])
async def test_drill(drill: drills.Drill, tmp_path: Path) -> None:
    """Each bad day goes as OPERATIONS.md says; what each promises is its first line."""
    async with machine(tmp_path) as made:
        await drill(made)


@pytest.mark.slow
@pytest.mark.parametrize("version", upgrades.VERSIONS)
async def test_upgraded_from_each_release(version: str, tmp_path: Path) -> None:
    """This program starts on the database that a released one has left, and nothing that was answered is lost."""
    async with machine(tmp_path) as made:
        await upgrades.upgraded(version, made)
