"""Anybody, at any address of the page and with any form, about anything of two finished towns: nobody is shown what is
not for them.

As `tests/triples` has it for buttons and commands in the chat, so here for all that the page has, with marks that are
sealed for whoever tries and name anything of either town. `STADSBOT_TEST_TRIPLES` says how many (half of it), and
`STADSBOT_TEST_SEED` others; `make triples ARGS="folder --page"` a million.
"""

from pathlib import Path

import pytest

from bot.assembly.routing import BUTTONS
from tests.triples.doors import doors
from tests.triples.test_triples import MANY, SEED

REQUESTS = MANY // 2  # a page takes longer than a button


@pytest.mark.slow
async def test_nobody_is_shown_what_is_not_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People of every kind at any door see and cause only what is for them; every route and every verb is reached."""
    async with doors(tmp_path) as people:
        first = await people.each_verb(SEED)
        chosen = await people.by_chance(SEED, REQUESTS)
        reached = people.reached.routes
    assert first.wrong + chosen.wrong == []
    assert first.reached | chosen.reached == set(BUTTONS), set(BUTTONS) - first.reached - chosen.reached
    assert [route for route, answers in reached.items() if not answers] == []
    assert chosen.told["core"] > MANY // 150, "those whose town it is see it"
    with capsys.disabled():
        print(f"\npage, by {len(people.people)} people: each verb: {first}; by chance: {chosen}\n{people.reached}")  # noqa: T201
