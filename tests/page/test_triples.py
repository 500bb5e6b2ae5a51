"""Anybody, at any address of the page and with any form, about anything of two finished towns: nobody is shown what is
not for them.

As `tests/triples` has it for buttons and commands in the chat, so here for all that the page has, with marks that are
sealed for whoever tries and name anything of either town. What is wrong the table of promises says
(`tests/triples/judges.py`). `STADSBOT_TEST_TRIPLES` says how many (a third of it), and `STADSBOT_TEST_SEED` others;
`make triples ARGS="folder --page"` a million.
"""

from pathlib import Path

import pytest

from bot.assembly.routing import BUTTONS
from tests.triples.doors import doors
from tests.triples.test_triples import MANY, SEED

REQUESTS = MANY // 3  # a page takes longer than a button


@pytest.mark.slow
async def test_nobody_is_shown_what_is_not_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People of every kind at any door see and cause only what is for them: no promise of the table is broken in any of
    its cells; every route, every cell and, in one's own conversation and the group's, every verb is reached."""
    async with doors(tmp_path) as people:
        first, there = [await people.each_verb(SEED, in_group=in_group) for in_group in (False, True)]
        each_door = await people.each_door(SEED)
        chosen = await people.by_chance(SEED, REQUESTS)
        reached = people.reached.routes
    assert first.wrong + there.wrong + each_door.wrong + chosen.wrong == []
    assert [verb for verb in BUTTONS if verb not in first.reached & there.reached] == []
    assert [route for route, answers in reached.items() if not answers] == []
    assert people.verdicts.missing() == []
    assert chosen.told["core"] > REQUESTS // 200, "those whose town it is see it"
    with capsys.disabled():
        print(f"\npage, by {len(people.people)} people: each verb: {first}; {there}; by chance: {chosen}")  # noqa: T201
        print(f"{people.reached}\n{people.verdicts}")  # noqa: T201
