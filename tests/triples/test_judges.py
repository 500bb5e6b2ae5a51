"""Whoever judges what the page answers sees what breaks a promise, and leaves what keeps it."""

from dataclasses import replace

import pytest

from storage.records.records import private_chat
from tests.promises import TABLE
from tests.triples.judges import ELSEWHERE, HIDE, JUDGES, PRIVATE, Seen, who_sits_there
from tests.triples.towns import WORDS, Somebody

BO = Somebody(7, "core", frozenset())
OWN, ALVAS = private_chat(7), private_chat(8)
FOOT = '<html><p>112</p><a href="/ring">'
SEEN = Seen(BO, "GET /", "", True, False, 200, FOOT, (), (), False, frozenset(), "", ("Cia",))
READ = replace(SEEN, proved=True, noted=True, said=((OWN, WORDS["incident"]),))
HIDES = replace(SEEN, text=f"/{HIDE} ", status=303)
# For each promise a request that keeps it, and one that breaks it.
EXAMPLES = {
    "reporter": (READ, replace(READ, said=((OWN, f"{WORDS['incident']}, skrivet av Cia"),))),
    "incident": (READ, replace(READ, proved=False)),
    "private": (replace(SEEN, shown=f"{PRIVATE}7."), replace(SEEN, shown=f"{PRIVATE}8.")),
    "account": (
        replace(SEEN, gained=frozenset({("browser", "7", "12")})),
        replace(SEEN, gained=frozenset({("reader", "7", "1")})),
    ),
    "hidden": (HIDES, replace(HIDES, kept=f"{PRIVATE}7.")),
    "quiet": (replace(SEEN, said=((ALVAS, "Något väntar"),)), replace(SEEN, said=((ALVAS, WORDS["incident"]),))),
    "left": (SEEN, replace(SEEN, one=replace(BO, kind="left"), shown=WORDS["core"] + "1")),
    "help": (SEEN, replace(SEEN, shown="<html>")),
}


def test_each_promise_has_a_judge() -> None:
    """What would break a promise at a door is written down for each, or why no answer can show it."""
    assert {*JUDGES, *ELSEWHERE} == set(TABLE["promises"])


@pytest.mark.parametrize("promise", JUDGES)
def test_a_judge_sees_what_breaks_a_promise(promise: str) -> None:
    """An answer that breaks a promise is seen, and one that keeps it is not taken for one."""
    kept, broken = EXAMPLES[promise]
    assert JUDGES[promise](kept) == ""
    assert JUDGES[promise](broken)


@pytest.mark.parametrize("wrong", [{"noted": False}, {"proved": False}])
def test_an_incident_is_read_with_a_code_and_noted(wrong: dict[str, bool]) -> None:
    """A reading without a code, or without its line in the log, is seen."""
    assert JUDGES["incident"](replace(READ, **wrong))  # type: ignore[arg-type]


def test_whoever_may_sit_there() -> None:
    """A browser without a code may be another's hands; one with it, those of whoever has her telephone."""
    assert who_sits_there(BO, signed_in=True, proved=False) == ("device",)
    assert who_sits_there(BO, signed_in=True, proved=True) == ("right", "partner")
    assert who_sits_there(BO, signed_in=False, proved=True) == ("stranger",)
    assert who_sits_there(replace(BO, kind="left and back"), signed_in=True, proved=True) == ("left",)
