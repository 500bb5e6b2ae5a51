"""The table of promises × doors × whoever sits there has no empty cell, names no test that is not there, and knows
every way into the bot."""

import tomllib
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot.__main__ import COMMANDS
from bot.assembly.routing import INVITATIONS
from bot.page.web_app import Door
from tests.promises import NOT_PROMISED, TABLE, Cell, cells, main, there

CELLS = list(cells())
WORDS = Path(__file__).parents[2] / "messages" / "sv" / "interface" / "page.toml"
LEAST = 15  # signs of a reason


def ways() -> set[str]:
    """Every way into the bot that code has: routes of the page, purposes of links, kinds of mail, commands."""
    nobody = Mock()
    routes = Door(nobody, nobody, nobody, nobody, (nobody, nobody, nobody)).routes()
    mails = tomllib.loads(WORDS.read_text(encoding="utf-8"))["label"]["mail"]
    return {
        *(f"{route.method} {route.path}" for route in routes),
        *(f"link {purpose}" for purpose in INVITATIONS),
        *(f"mail {kind}" for kind, said in mails.items() if "subject" in said),
        *(f"stadsbot {command}" for command in COMMANDS),
    }


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.promise}-{cell.door}-{cell.who}")
def test_every_cell_is_played_or_says_why_not(cell: Cell) -> None:
    """Whoever sits at a door, each promise is played there, or it says why that cannot arise, or is not promised."""
    assert [test for test in cell.tests if there(test) is None] == []
    assert cell.tests or len(cell.why.removeprefix(NOT_PROMISED)) >= LEAST


def test_every_way_in_is_at_a_door() -> None:
    """A new page, link, mail or command belongs to a door of the table, and so meets each promise."""
    known = [way for door in TABLE["doors"].values() for way in door["ways"]]
    assert ways() ^ set(known) == set()


def test_what_is_not_promised_says_so_where_it_is_read() -> None:
    """Each cell that is not promised names where SECURITY.md, or what operators read, tells it."""
    silent = [cell for cell in CELLS if cell.why.startswith(NOT_PROMISED) and "(" not in cell.why]
    assert silent == []


def test_nothing_stands_beside_the_table() -> None:
    """A promise at a door that there is not, or with somebody who is nobody, is a mistake in writing."""
    for rows in TABLE["promises"].values():
        assert set(rows) - {"says"} <= set(TABLE["doors"])
        for said in (row for door, row in rows.items() if door != "says"):
            assert set(said) <= {*TABLE["who"], "all", "others"}


def test_a_part_can_be_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The tests of one promise at one door are named as pytest takes them; without a part the cells are counted."""
    main(["account", "mail"])
    assert "tests/page/test_taken_accounts.py::test_it_was_not_me_from_the_mailbox" in capsys.readouterr().out
    main([])
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(TABLE["promises"])
