import asyncio
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.identities.identity_search import identities_in
from bot.identities.finder import MOST, Find, find
from flows.identities import Identity
from tests.incidents.corpus import Note, notes

WORDS = Path(__file__).parents[2] / "messages" / "sv"
SEEDS = (5, 17, 2026)
FLOORS = {
    Identity.NUMBER: 0.99,
    Identity.PHONE: 0.99,
    Identity.MAIL: 0.99,
    Identity.LINK: 0.99,
    Identity.ACCOUNT: 0.99,
    Identity.PLATE: 0.95,
    Identity.NAME: 0.9,
}


def is_found(note: Note) -> bool:
    """The whole of what points somebody out is covered, by whatever kind it was taken for."""
    start = note.text.index(note.secret)
    covered = {place for f in find(note.text) for place in range(f.start, f.end)}
    return all(place in covered for place in range(start, start + len(note.secret)) if note.text[place].isalnum())


def test_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    """Of invented notes nearly all that point somebody out are found, and few others are refused."""
    all_of, found, refused, clean = Counter[str](), Counter[str](), 0, 0
    for seed in SEEDS:
        corpus = list(notes(seed))
        assert len(corpus) >= 300
        for note in corpus:
            if note.kind is None:
                clean += 1
                refused += bool(find(note.text))
            else:
                all_of[note.kind] += 1
                found[note.kind] += is_found(note)
    shares = {kind: found[kind] / all_of[kind] for kind in FLOORS}
    with capsys.disabled():
        told = ", ".join(f"{kind} {share:.1%} of {all_of[kind]}" for kind, share in shares.items())
        sys.stdout.write(f"\nidentities found: {told}; wrongly refused: {refused / clean:.1%} of {clean} notes\n")
    assert {kind: share for kind, share in shares.items() if share < FLOORS[kind]} == {}
    assert refused / clean <= 0.05


def test_texts_that_are_about_nobody() -> None:
    """Ordinary Swedish prose on the subject, written for something else, is hardly ever refused."""
    paragraphs = [p for text in exercise_texts() for p in text.split("\n") if len(p) > 20]
    refused = [p for p in paragraphs if any(f.kind is not Identity.LINK for f in find(p))]
    assert len(paragraphs) > 1000
    assert len(refused) / len(paragraphs) <= 0.01


def exercise_texts() -> Iterator[str]:
    """Yield every text of the exercises; the demo's, with its invented people, aside."""
    for path in sorted(WORDS.glob("[0-9]*.toml")):
        yield from leaves(tomllib.loads(path.read_text(encoding="utf-8")))


def leaves(data: Any) -> Iterator[str]:
    """Yield the strings of nested tables and lists."""
    match data:
        case str():
            yield data
        case dict():
            for value in data.values():
                yield from leaves(value)
        case list():
            for value in data:
                yield from leaves(value)


UNITS = (
    "Anna Svensson ",
    "a.",
    "0",
    "1 2 3 ",
    "A",
    "A: ",
    "+46 ",
    "a-a @",
    "ABC 123 ",
    "ett ",
    "sista fyra ",
    "född 1 ",
    "Det var en gång. ",
    "hundra ",
    "en som heter som ",
    "Anna på ",
    "12 Long ",
    "c/o Ab.g. ",
    "Анна ",
    "0,7,0,",
    "850412 ",
)


def steps(text: str) -> int:
    """How many calls, of Python and of what is built in, looking through a text takes."""
    count = 0

    def step(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(step)
    try:
        find(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length(unit: str) -> None:
    """However a long note is made up, four times the length takes no more than some four times the work."""
    find(unit)  # the lists are read
    short, long = (steps((unit * length)[:length]) for length in (2_000, 8_000))
    assert long <= 5 * short


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_growth_within_one_run(unit: str) -> None:
    """What a pattern does unseen grows no faster either: of several looks the quickest of each length is compared."""
    find(unit)

    def quickest(length: int) -> int:
        text = (unit * length)[:length]
        return min(_measured(text) for _ in range(2))

    assert quickest(8_000) <= 10 * quickest(2_000)  # growth by the square would be sixteen times


def _measured(text: str) -> int:
    began = time.process_time_ns()
    find(text)
    return time.process_time_ns() - began


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Vilhelmina Berg bor i Vilhelmina.", ["Vilhelmina Berg"]),
        ("I Vilhelmina och i Berg var det lugnt.", []),
        ("Vi talade med Erik Lund på Lunds station.", ["Erik Lund"]),
        ("Bussen gick från Lund till Malmö.", []),
        ("Maria kyrka ligger vid Mariatorget, där Maria Holm väntade.", ["Maria Holm"]),
    ],
)
def test_a_name_that_is_also_a_place(text: str, found: list[str]) -> None:
    """A name that is a place as well is found where it is somebody's, and the place may be written."""
    assert [text[f.start : f.end] for f in find(text)] == found


@pytest.mark.parametrize("text", ["De kom 150 i taget.", "Hon bor 300 meter bort", "Vi ger 500 kr", "tre 100-lappar"])
def test_words_before_a_number_are_no_plate(text: str) -> None:
    """A short word and a number that stand side by side are taken for no car."""
    assert find(text) == []


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """Whatever is written, findings lie in order inside the text and do not overlap."""
    found = find(text)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


async def test_all_else_goes_on_while_a_long_text_is_searched() -> None:
    """Whoever sends as much as one can, made to be slow, holds up nobody else: the others' turns come meanwhile."""
    turns, over = 0, asyncio.Event()

    async def others() -> None:
        nonlocal turns
        while not over.is_set():
            turns += 1
            await asyncio.sleep(0)

    going_on = asyncio.create_task(others())
    await asyncio.sleep(0)
    before, nobody = turns, Mock()
    assert await identities_in(nobody, nobody, "a: " * 5_333) == ()
    assert turns > before
    over.set()
    await going_on


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("850412\u200e-9801", Identity.NUMBER),
        ("\uff18\uff15\uff10\uff14\uff11\uff12-\uff19\uff18\uff10\uff11", Identity.NUMBER),
        ("Ring 070\u200b-174 06 05", Identity.PHONE),
        ("lena\u2060.ek@example.com", Identity.MAIL),
        ("Bilen AB\u200dC 123", Identity.PLATE),
        ("Hon heter Mirela\u00ad Popescu", Identity.NAME),
    ],
)
def test_invisible_signs(text: str, kind: Identity) -> None:
    """A sign that nobody sees, and a wide digit, hide nothing: the text is looked through as it would be kept."""
    assert [found.kind for found in find(text)] == [kind]


def test_the_end_of_a_long_text() -> None:
    """The longest answer that is taken at all is looked through to its end."""
    text = "Lugnt. " * (MOST // 7 - 10) + "Ring 070-1740612"
    assert [f.kind for f in find(text)] == [Identity.PHONE]


def test_a_finding_holds_no_text() -> None:
    """What was found cannot slip into a log or an error, as a finding knows only where it stands."""
    assert [f.name for f in fields(Find)] == ["kind", "start", "end"]
