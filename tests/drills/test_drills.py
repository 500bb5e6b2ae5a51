"""The drills that need neither time nor mounts; `make drills` plays all, and the way back to released versions."""

from pathlib import Path

import pytest

from tests.drills import drills, upgrades
from tests.drills.operator import machine


@pytest.mark.slow
@pytest.mark.parametrize("drill", drills.SHORT)
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
