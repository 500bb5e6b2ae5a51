"""THIRD-PARTY.md: whoever passes the program on can see under which licences its libraries come."""

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTED = dict(re.findall(r"^\| ([a-z0-9.-]+) \| (.+) \|$", (ROOT / "THIRD-PARTY.md").read_text("utf-8"), re.MULTILINE))
LOCKED = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
SPDX = re.compile(r"(AND|OR|Apache-2\.0|BSD-[23]-Clause|LGPL-3\.0-only|MIT(-0|-CMU)?|MPL-2\.0|OFL-1\.1|PSF-2\.0|\s)+")


def test_each_locked_library_is_listed() -> None:
    """No library comes along unseen, and none is listed that no longer does."""
    assert set(LISTED) == LOCKED


@pytest.mark.parametrize("name", sorted(LISTED))
def test_the_licence_is_the_one_it_declares(name: str) -> None:
    """What is listed is one of the licences we have looked at, and what the library itself declares, if it does so."""
    assert SPDX.fullmatch(LISTED[name]), "a licence that nobody has looked at: does it fit the EUPL?"
    assert metadata(name).json.get("license_expression", LISTED[name]) == LISTED[name]
