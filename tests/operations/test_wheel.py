"""What is packed for servers holds all that the program needs."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "flows", "messages", "storage")
READ_BY_PEOPLE = (".py", ".md", ".pyc")


@pytest.mark.slow
def test_all_is_in_the_wheel(tmp_path: Path) -> None:
    """Definitions, words, templates, migrations, alert rules and scripts are in it: every kind of file is named."""
    source = tmp_path / "source"
    for name in ROOMS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, source], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("stadsbot-*.whl")
    with ZipFile(wheel) as packed:
        names = set(packed.namelist())
    files = (path for room in ROOMS for path in (source / room).rglob("*") if path.is_file())
    needed = {str(path.relative_to(source)) for path in files if not path.name.endswith(READ_BY_PEOPLE)}
    assert len(needed) > 100
    assert needed - names == set()
