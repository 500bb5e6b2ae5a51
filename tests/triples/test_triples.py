"""Anybody, with any button or command, about anything of two finished towns: nobody is told what is not for them.

Each text carries a word that says whose it is: another town's, the core group's, the network's, an incident's. People
of every kind try whatever there is a route for, also with buttons of an earlier seat, and listen for words that are not
theirs. The usual run tries some thousands of (who, what, about what), `STADSBOT_TEST_TRIPLES` other numbers and
`STADSBOT_TEST_SEED` others of them; `make triples` a million.
"""

import os
from pathlib import Path

import pytest

from bot.assembly.routing import BUTTONS
from tests.triples.trial import trial

MANY, SEED = int(os.environ.get("STADSBOT_TEST_TRIPLES", "3000")), int(os.environ.get("STADSBOT_TEST_SEED", "11"))


@pytest.mark.slow
async def test_nobody_is_told_what_is_not_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People of every kind who hold any button about anything hear only what is for them; every verb is reached, in
    private and in the group's chat."""
    async with trial(tmp_path) as people:
        first, there = [await people.each_verb(SEED, in_group=in_group) for in_group in (False, True)]
        chosen = await people.by_chance(SEED, MANY)
    assert first.wrong + there.wrong + chosen.wrong == []
    assert first.told["core"] + chosen.told["core"] > MANY // 500, "those whose town it is hear of it"
    assert [verb for verb in BUTTONS if verb not in first.reached & there.reached] == []
    with capsys.disabled():
        print(f"\ntriples, by {len(people.people)} people: each verb: {first}; by chance: {chosen}")  # noqa: T201
