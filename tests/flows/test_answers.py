"""What a person taps or writes becomes a value, or a reason why not; never an error."""

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import LONGEST, at_place, clean, whole
from flows.definitions.model import Question
from flows.enums import Audience
from flows.fields import DateField, MomentField, NumberField, ScaleField
from flows.input_errors import Problem, Trouble
from flows.values import number
from tests.flows.sample import QUESTIONS, SWEDISH, TODAY

TEXT, CHOICE, SCALE, MANY, DATE, NUMBER, PERSON, ORGANISATION, _ = QUESTIONS
MOMENT = Question("q", MomentField(), Audience.GROUP)
AHEAD = Question("q", DateField(day="ahead"), Audience.GROUP)
FAMILY = "👩\u200d👩\u200d👧"  # one emoji of five code points, held together by joiners


def trouble(name: str, **facts: Any) -> Trouble:
    """A trouble as it is told."""
    return Trouble(Problem(f"trouble.{name}"), facts)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (TEXT, "  Hej \r\n du ", "Hej \n du"),
        (TEXT, "rad\rrad", "rad\nrad"),
        (TEXT, FAMILY, FAMILY),
        (TEXT, "x" * LONGEST, "x" * LONGEST),
        (TEXT, "x" * (LONGEST + 1), trouble("too_long", most=LONGEST)),
        (TEXT, "a\u202eb\u2066c\u200fd\x00e\x1bf", "abcdef"),
        (TEXT, "\ud83d halv", "halv"),
        (TEXT, "", trouble("empty")),
        (TEXT, " \n\t ", trouble("empty")),
        (TEXT, "\u200b\u2060\ufeff", trouble("empty")),
        (CHOICE, "Ja", trouble("choose")),
        (MANY, "a", trouble("choose")),
        (SCALE, "4", 4),
        (SCALE, " (4)! ", 4),
        (SCALE, "6", trouble("number", low=1, high=5)),
        (SCALE, "-3", trouble("number", low=1, high=5)),
        (SCALE, "4/5", trouble("number", low=1, high=5)),
        (SCALE, "Vi är 3 som tvekar", trouble("choose")),
        (NUMBER, "14 månader", 14),
        (NUMBER, "ungefär 14", 14),
        (NUMBER, "12–18", trouble("number", low=1, high=60)),
        (NUMBER, "12-18", trouble("number", low=1, high=60)),
        (NUMBER, "61", trouble("number", low=1, high=60)),
        (NUMBER, "9" * 5000, trouble("number", low=1, high=60)),
        (NUMBER, "ett år", trouble("number", low=1, high=60)),
        (DATE, "14 mars", "2027-03-14"),
        (DATE, "snart", trouble("date")),
        (DATE, "nästa torsdag", trouble("date_two_ways", dates=["2027-03-11", "2027-03-18"], been=False)),
        (MOMENT, "14 mars kl 13", "2027-03-14T13:00"),
        (MOMENT, "2027-03-14 13:05", "2027-03-14T13:05"),
        (MOMENT, "14 mars", trouble("hour", moments=["2027-03-14"])),
        (MOMENT, "snart", trouble("moment")),
        (MOMENT, "2026-03-14 kl 9", trouble("moment_two_ways", moments=["2027-03-14T09:00", "2026-03-14T09:00"])),
        (MOMENT, "2026-03-01 kl 9", trouble("moment_two_ways", moments=["2028-03-01T09:00", "2026-03-01T09:00"])),
        (AHEAD, "2026-03-14", trouble("date_been", dates=["2026-03-14"])),
        (AHEAD, "14 mars", "2027-03-14"),
        (MOMENT, "fredag kl 2", trouble("moment_two_ways", moments=["2027-03-12T14:00", "2027-03-12T02:00"])),
        (PERSON, " Kim \n Lund ", {"name": "Kim Lund"}),
        (ORGANISATION, "å" * 300, {"name": "å" * 120}),
    ],
)
def test_written(question: Question, text: str, value: Any) -> None:
    """A text is read as the question's kind wants it; what does not do says what to do instead."""
    assert question.field.read(text, TODAY, SWEDISH.dates) == value


@pytest.mark.parametrize(
    ("question", "arg", "value"),
    [
        (CHOICE, "1", "no"),
        (CHOICE, "2", trouble("choose")),
        (CHOICE, "-1", trouble("choose")),
        (CHOICE, "", trouble("choose")),
        (MANY, "0", trouble("choose")),
        (TEXT, "0", trouble("choose")),
        (SCALE, "5", 5),
        (SCALE, "0", trouble("number", low=1, high=5)),
        (SCALE, "²", trouble("choose")),
        (NUMBER, "18", 18),
        (NUMBER, "9" * 5000, trouble("choose")),
        (DATE, "0", "2027-03-10"),
        (DATE, "1", "2027-03-17"),
        (DATE, "2", "2027-03-24"),
        (DATE, "3", "2027-04-10"),
        (DATE, "4", trouble("date")),
        (DATE, "x", trouble("date")),
        (PERSON, "7", {"id": 7}),
        (ORGANISATION, "10", {"id": 10}),
        (ORGANISATION, "Polisen", trouble("choose")),
    ],
)
def test_tapped(question: Question, arg: str, value: Any) -> None:
    """A button gives its value; one that is forged or out of date gives trouble."""
    assert question.field.tap(arg, TODAY) == value


@given(
    st.sampled_from(QUESTIONS),
    st.one_of(st.text(), st.integers().map(str)),
    st.dates(date(2020, 1, 1), date(2099, 1, 1)),
)
def test_nothing_is_an_error(question: Question, text: str, today: date) -> None:
    """Whatever is written or forged is taken or explained, as plain JSON that can be stored."""
    for value in (question.field.read(text, today, SWEDISH.dates), question.field.tap(text, today)):
        if not isinstance(value, Trouble):
            json.dumps(value, ensure_ascii=False).encode()
            if isinstance(question.field, ScaleField | NumberField):
                assert question.field.low <= number(value) <= question.field.high


@given(st.text(st.characters(exclude_categories=[])))
def test_cleaned_text_is_harmless(text: str) -> None:
    """No control and no direction-changing character survives; cleaning twice changes nothing more."""
    cleaned = clean(text)
    assert not [c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]
    assert not [
        c
        for c in cleaned
        if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]
    assert clean(cleaned) == cleaned
    cleaned.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_what_can_be_seen_is_kept(text: str) -> None:
    """Letters, figures, signs and emoji are never changed."""
    assert clean(text) == text


@pytest.mark.parametrize(
    ("value", "name"), [(11, "advice.low"), (12, None), (18, None), (19, "advice.high"), ("x", None)]
)
def test_advice_at_the_bounds(value: Any, name: str | None) -> None:
    """Advice is given just outside of what is recommended, and not within."""
    assert NUMBER.advice(value) == name
    assert SCALE.advice(value) is None


def test_options_by_place() -> None:
    """An option is found by its place and by nothing else."""
    assert [at_place(CHOICE.options, arg) for arg in ("0", "1", "2", "yes", "-1", "")] == [
        "yes",
        "no",
        None,
        None,
        None,
        None,
    ]
    assert [whole(arg) for arg in ("0", "42", "-1", "1.0", "", "²", "9" * 19)] == [0, 42, None, None, None, None, None]


@given(st.dates(date(2020, 1, 1), date(2099, 1, 1)))
def test_every_date_button_is_a_date(today: date) -> None:
    """The dates on offer exist on every day of the calendar and lie ahead in order."""
    field = DateField()
    offered: list[Any] = [field.tap(str(place), today) for place in range(len(field.offered))]
    assert offered == sorted(offered)
    assert offered[0] == today.isoformat()
