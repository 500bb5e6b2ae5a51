"""What is needed to run it elsewhere says the same as the program, and gives away nothing."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.app import CONFLICT_EXIT, TOKEN_EXIT
from bot.config import NAMES
from bot.operations.watchdog import PATIENCE

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = (ROOT / "stadsbot.service").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "stadsbot.service", "OPERATIONS.md"])
def test_settings_exist(name: str) -> None:
    """Every setting that is named is one."""
    named = set(re.findall(r"STADSBOT_([A-Z_]+)", (ROOT / name).read_text(encoding="utf-8")))
    assert named
    assert named <= set(NAMES)


def test_the_image_is_closed() -> None:
    """In the container nobody is root, nothing but two volumes can be written, and rights that are given up stay so."""
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert 'VOLUME ["/data", "/backups"]' in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert line in COMPOSE
    assert "ports:" not in COMPOSE


def test_the_image_holds_no_secret() -> None:
    """What is sent to the builder is a list of what may be; settings, keys and databases are not on it."""
    first, *others = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert first == "*"
    assert {line.removeprefix("!") for line in others if line.startswith("!")} == {
        *("bot", "flows", "storage", "messages"),
        *("pyproject.toml", "requirements.lock", "README.md", "LICENSE"),
    }


def test_the_image_holds_all_that_is_needed() -> None:
    """Every room of the program is copied into the image."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    rooms = {pattern.rstrip("*") for pattern in packages["find"]["include"]}
    assert rooms == {room for room in rooms if f"COPY {room} {room}" in DOCKERFILE}


def test_supervisors_wait_for_a_person() -> None:
    """What a person must mend is not started again and again; and the two watchdogs bite in the right order."""
    (codes,) = re.findall(r"^RestartPreventExitStatus=(.*)$", UNIT, re.MULTILINE)
    assert codes.split() == [str(CONFLICT_EXIT), str(TOKEN_EXIT)]
    (patience,) = re.findall(r"^WatchdogSec=(\d+)$", UNIT, re.MULTILINE)
    assert int(patience) > PATIENCE
