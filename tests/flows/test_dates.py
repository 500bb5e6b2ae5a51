"""Dates and times in plain words are read as people mean them, and what can be read in two ways gives both."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.dates.months import add_months
from flows.fields.day import DateField
from messages.language import Language

SWEDISH = Language("sv")
TODAY = date(2027, 3, 9)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("14 mars kl 13", date(2027, 3, 14), time(13)),
        ("14 mars kl. 13.00", date(2027, 3, 14), time(13)),
        ("14 mars", date(2027, 3, 14), None),
        ("den 14 mars, klockan 9", date(2027, 3, 14), time(9)),
        ("14/3 13:15", date(2027, 3, 14), time(13, 15)),
        ("14.3 9.30", date(2027, 3, 14), time(9, 30)),
        ("2027-03-14 kl 8", date(2027, 3, 14), time(8)),
        ("nästa onsdag 9.30", date(2027, 3, 17), time(9, 30)),
        ("torsdag 13-15", date(2027, 3, 11), time(13)),
        ("på torsdag kl 13.30 till 15", date(2027, 3, 11), time(13, 30)),
        ("om två veckor", date(2027, 3, 23), None),
        ("om två veckor kl tio", date(2027, 3, 23), time(10)),
        ("i morgon kl. 8", date(2027, 3, 10), time(8)),
        ("imorgon halv tio", date(2027, 3, 10), time(9, 30)),
        ("fredag kvart över nio", date(2027, 3, 12), time(9, 15)),
        ("fredag kvart i tio", date(2027, 3, 12), time(9, 45)),
        ("kl 13 den 14 mars", date(2027, 3, 14), time(13)),
        ("13.00 på torsdag", date(2027, 3, 11), time(13)),
        ("14 mars 2028 kl 13", date(2028, 3, 14), time(13)),
        ("14 mars 27", date(2027, 3, 14), None),
        ("14 mars 13", date(2027, 3, 14), time(13)),  # 2013 has been
        ("I MORGON KL 06.00.", date(2027, 3, 10), time(6)),
        ("29 februari kl 9", date(2028, 2, 29), time(9)),
        ("söndagen den 14 mars kl 13", date(2027, 3, 14), time(13)),
        ("söndag 14/3 kl 13", date(2027, 3, 14), time(13)),
        ("den 3:e", date(2027, 4, 3), None),
        ("senast den 3:e", date(2027, 4, 3), None),
        ("den 14 kl 9", date(2027, 3, 14), time(9)),
        ("torsdag den 11:e kl 9", date(2027, 3, 11), time(9)),
        ("om fjorton dagar kl 14.30", date(2027, 3, 23), time(14, 30)),
        ("tisdag nästa vecka kl 9", date(2027, 3, 16), time(9)),
        ("nästa vecka på fredagen kl 9", date(2027, 3, 19), time(9)),
        ("v 12 torsdag 10.00", date(2027, 3, 25), time(10)),
        ("tisdag vecka 2 kl 10", date(2028, 1, 11), time(10)),
        ("tors 13", date(2027, 3, 11), time(13)),
        ("ons. 17/3 8:15", date(2027, 3, 17), time(8, 15)),
        ("kvart över nio på torsdag", date(2027, 3, 11), time(9, 15)),
        ("fredag tio i elva", date(2027, 3, 12), time(10, 50)),
        ("i morgon halv åtta på kvällen", date(2027, 3, 10), time(19, 30)),
        ("i morgon kl 7 på morgonen", date(2027, 3, 10), time(7)),
        ("i kväll kl 7", date(2027, 3, 9), time(19)),
        ("i eftermiddag halv tre", date(2027, 3, 9), time(14, 30)),
        ("fredag eftermiddag", date(2027, 3, 12), None),
        ("den femtonde kl 9", date(2027, 3, 15), time(9)),
        ("fredag den tjugosjätte mars", date(2027, 3, 26), None),
        ("första måndagen i april kl 13", date(2027, 4, 5), time(13)),
        ("sista fredagen i januari", date(2028, 1, 28), None),
        ("den tredje onsdagen i april 2029", date(2029, 4, 18), None),
        ("sista torsdagen i månaden halv tio", date(2027, 3, 25), time(9, 30)),
        ("första tisdagen i månaden", date(2027, 4, 6), None),  # this month's has been
        ("andra tisdagen i nästa månad", date(2027, 4, 13), None),
        ("den sista mars", date(2027, 3, 31), None),
        ("om ett par veckor kl tio", date(2027, 3, 23), time(10)),
        ("på torsdag vid 22-tiden", date(2027, 3, 11), time(22)),
        ("vid tiotiden på torsdag", date(2027, 3, 11), time(10)),
        ("torsdag 9.10", date(2027, 3, 11), time(9, 10)),  # an hour, and not the ninth of October
    ],
)
def test_read_in_one_way(text: str, day: date, at: time | None) -> None:
    """What is plain to a person is plain to the bot."""
    found = [(d, t) for d, t in SWEDISH.dates.read_moment(text, TODAY)]
    assert found == ([(day, at)] if text != "nästa onsdag 9.30" else [(day - timedelta(7), at), (day, at)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nästa torsdag 9.30", [(date(2027, 3, 11), time(9, 30)), (date(2027, 3, 18), time(9, 30))]),
        ("i morgon kl 2", [(date(2027, 3, 10), time(14)), (date(2027, 3, 10), time(2))]),
        ("i morgon halv sju", [(date(2027, 3, 10), time(18, 30)), (date(2027, 3, 10), time(6, 30))]),
        ("14 april 28", [(date(2028, 4, 14), None)]),
        ("torsdag 12 mars kl 9", [(date(2027, 3, 12), time(9)), (date(2027, 3, 11), time(9))]),  # a Friday
        ("söndag 10 mars", [(date(2027, 3, 10), None)]),  # the Sunday near it has been
    ],
)
def test_read_in_several_ways(text: str, expected: list[tuple[date, time | None]]) -> None:
    """Where a person would have to ask, all readings come back, the likeliest first."""
    assert SWEDISH.dates.read_moment(text, TODAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13",
        "kl 13",
        "på tisda",
        "31 februari",
        "14 mars kl 25",
        "14 mars 9.75",
        "hej",
        "vecka",
        "efter jul",
        "femte måndagen i april",
        "i mars",
        "vid 3",
    ],
)
def test_not_read(text: str) -> None:
    """What is no day gives nothing rather than a guess."""
    assert SWEDISH.dates.read_moment(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("kl 14", [time(14)]), ("9", [time(9)]), ("14.30-16", [time(14, 30)]), ("24", []), ("nej", [])],
)
def test_times_alone(text: str, expected: list[time]) -> None:
    """A time on its own is read by itself, for a meeting that keeps its day."""
    assert SWEDISH.dates.read_time(text) == expected


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)), st.times(), st.integers(0, 300))
def test_what_is_written_plainly_is_read_back(today: date, at: time, ahead: int) -> None:
    """Any coming day and time, written as the bot itself writes them, is read as just that."""
    day = today + timedelta(ahead)
    text = f"{day.day} {SWEDISH.months[day.month - 1]} {day.year} kl. {at.hour:02}.{at.minute:02}"
    assert SWEDISH.dates.read_moment(text, today) == [(day, at.replace(second=0, microsecond=0))]


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)), st.integers(0, 364), st.integers(1, 23), st.data())
def test_an_hour_beside_a_day_is_of_the_same_day(today: date, ahead: int, hour: int, data: st.DataObject) -> None:
    """A coming day, however it is said, is the same day with an hour before or after it, also over the new year."""
    day = today + timedelta(ahead)
    month, weekday = SWEDISH.months[day.month - 1], SWEDISH.weekday_names[day.weekday()]
    said = data.draw(
        st.sampled_from(
            [f"{day.day} {month}", f"den {day.day} {month}", f"{weekday} {day.day} {month}", weekday, f"{day:%-d/%-m}"]
        )
    )
    alone = SWEDISH.dates.read_date(said, today)
    assert alone == [day] or (said == weekday and len(alone) == 1 and today < alone[0] <= day + timedelta(7))
    for with_hour in (f"{said} kl {hour}", f"{said} {hour}.30", f"kl {hour} {said}"):
        assert SWEDISH.dates.read_date(with_hour, today) == alone


@pytest.mark.parametrize("said", ["27 januari", "14 april", "20 januari", "fredag"])
def test_an_hour_makes_no_day_last_years(said: str) -> None:
    """A date that is asked for is the coming one in every kind of question, whether an hour follows or not."""
    for field in (DateField(), DateField(day="ahead")):
        alone = field.read(said, TODAY, SWEDISH.dates)
        assert isinstance(alone, str)
        assert field.read(f"{said} kl 9", TODAY, SWEDISH.dates) == alone


@given(st.text(max_size=40), st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_any_text_is_survived(text: str, today: date) -> None:
    """Nothing that a person can write makes the reading fail, and a day alone is read as before."""
    assert {(day, None) for day in SWEDISH.dates.read_date(text, today) if day >= today} <= set(
        SWEDISH.dates.read_moment(text, today)
    )


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)), st.integers(0, 60))
def test_months_later(start: date, months: int) -> None:
    """So many months later is in the right month, on the same day of it or on its last."""
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(1)).day == 1


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1–31 juli", date(2027, 7, 1), date(2027, 7, 31)),
        ("1-31 juli", date(2027, 7, 1), date(2027, 7, 31)),
        ("1 - 31 juli", date(2027, 7, 1), date(2027, 7, 31)),
        ("den 15 till den 20 juli", date(2027, 7, 15), date(2027, 7, 20)),
        ("den femtonde till den tjugonde juli", date(2027, 7, 15), date(2027, 7, 20)),
        ("1 juli till 15 augusti", date(2027, 7, 1), date(2027, 8, 15)),
        ("från 1 juli t.o.m. 15 augusti", date(2027, 7, 1), date(2027, 8, 15)),
        ("20 december – 6 januari", date(2027, 12, 20), date(2028, 1, 6)),
        ("1/7-15/7", date(2027, 7, 1), date(2027, 7, 15)),
        ("2027-07-01 – 2027-07-31", date(2027, 7, 1), date(2027, 7, 31)),
        ("2027-07-01", date(2027, 7, 1), date(2027, 7, 1)),
        ("i morgon", date(2027, 3, 10), date(2027, 3, 10)),
        ("i morgon till fredag", date(2027, 3, 10), date(2027, 3, 12)),
        ("i dag till och med torsdag", date(2027, 3, 9), date(2027, 3, 11)),
        ("1 juli-15 augusti", date(2027, 7, 1), date(2027, 8, 15)),
        ("2027-07-01--2027-07-31", date(2027, 7, 1), date(2027, 7, 31)),
        ("till 1 juli", date(2027, 3, 9), date(2027, 7, 1)),
        ("fram till och med fredag", date(2027, 3, 9), date(2027, 3, 12)),
        ("den 8:e", date(2027, 4, 8), date(2027, 4, 8)),
    ],
)
def test_stretches_of_days(text: str, first: date, last: date) -> None:
    """An absence as people write one, over the new year too."""
    assert SWEDISH.dates.read_range(text, TODAY) == [(first, last)]


def test_a_beginning_alone() -> None:
    """A beginning without an end can be the one day, or lead on for some months."""
    day = date(2027, 7, 1)
    assert SWEDISH.dates.read_range("från 1 juli", TODAY) == [(day, day), (day, date(2027, 10, 1))]


@pytest.mark.parametrize("text", ["", "snart", "8", "31 juli 2027 till 1 juli 2027", "1–", "–", "1-40 juli"])
def test_no_stretch(text: str) -> None:
    """What is no stretch of days gives nothing."""
    assert SWEDISH.dates.read_range(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 mars", [(12, None)]),
        ("12 mars och 19 mars", [(12, None), (19, None)]),
        ("19, 26 och 12 mars", [(12, None), (19, None), (26, None)]),
        ("12, 19 och 26 mars kl 10", [(12, time(10)), (19, time(10)), (26, time(10))]),
        ("den 12:e och 14:e mars", [(12, None), (14, None)]),
        ("12/3 kl 9\n19/3 13.30", [(12, time(9)), (19, time(13, 30))]),
        ("12 mars, kl 9, och 19 mars kl 10", [(12, time(9)), (19, time(10))]),
        ("fredag 12 mars 9-16 samt lördag 13 mars", [(12, time(9)), (13, None)]),
        ("Vi börjar 12 mars; 19 mars", [(19, None)]),
        ("Vi ses på torsdagar.", []),
        ("", []),
    ],
)
def test_lists_of_days(text: str, expected: list[tuple[int, time | None]]) -> None:
    """Days written one after the other are read as a list, and what is no day is passed over."""
    assert SWEDISH.dates.read_days(text, TODAY) == [(date(2027, 3, day), at) for day, at in expected]


@given(st.text(max_size=60), st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_any_list_is_survived(text: str, today: date) -> None:
    """Whatever is written, the days that are found lie ahead and in order."""
    found = [day for day, _ in SWEDISH.dates.read_days(text, today)]
    assert found == sorted(set(found))
    assert all(day >= today for day in found)


@pytest.mark.parametrize(
    ("text", "days_ago"),
    [
        ("I går", 1),
        ("i går kväll vid halv tolv", 1),
        ("i förrgår på kvällen, kl. 22.30", 2),
        ("i tisdags natt", 1),
        ("natten till i dag", 0),
        ("för tre dagar sedan.", 3),
        ("för 2 veckor sedan", 14),
        ("för en månad sedan", 28),
        ("den 3:e", 7),
        ("den 28 kl 22", 10),
        ("natten mot den 9:e", 1),
        ("i torsdags förra veckan", 6),
        ("fre", 5),
        ("den tredje", 7),
        ("i går vid 22-tiden", 1),
        ("för ett par dagar sedan", 2),
        ("första måndagen i mars runt tio", 9),
        ("första måndagen i månaden", 9),
        ("andra onsdagen i mars", 0),
        ("sista dagen i månaden", 10),
        ("sista fredagen i mars", 348),
    ],
)
def test_days_that_have_been(text: str, days_ago: int) -> None:
    """What has been seen lies behind: yesterday, three days ago."""
    today = date(2027, 3, 10)  # a Wednesday
    assert SWEDISH.dates.read_past(text, today) == [today - timedelta(days=days_ago)]


@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)), st.integers(1, 12), st.integers(1, 5), st.integers(0, 6))
def test_places_in_a_month(today: date, month: int, place: int, weekday: int) -> None:
    """ "Andra tisdagen i mars" is a Tuesday of the next such month, the second one; the last one has none after it."""
    names = SWEDISH.weekday_names[weekday], SWEDISH.months[month - 1]
    nth = ("första", "andra", "tredje", "fjärde", "femte")[place - 1]
    found = SWEDISH.dates.read_date(f"{nth} {names[0]}en i {names[1]}", today)
    assert place == 5 or found
    assert all((day.month, day.weekday(), (day.day + 6) // 7) == (month, weekday, place) for day in found)
    (last,) = SWEDISH.dates.read_date(f"sista {names[0]}en i {names[1]}", today)
    assert (last.month, last.weekday()) == (month, weekday)
    assert (last + timedelta(days=7)).month != month
    assert all(today <= day <= add_months(today, 24) for day in (last, *found))


def test_a_past_weekday_or_date() -> None:
    """A weekday is the latest that has been, never today; a date without a year likewise; what is to come is none."""
    today = date(2027, 3, 10)
    assert SWEDISH.dates.read_past("i tisdags", today) == [date(2027, 3, 9)]
    assert SWEDISH.dates.read_past("i onsdags", today) == [date(2027, 3, 3)]
    assert SWEDISH.dates.read_past("förra torsdagen", today) == [date(2027, 3, 4)]
    assert SWEDISH.dates.read_past("tis", today) == [date(2027, 3, 9)]
    assert SWEDISH.dates.read_past("ons kväll", today) == [date(2027, 3, 3)]
    assert SWEDISH.dates.read_past("den 14 mars", today) == [date(2026, 3, 14)]
    assert SWEDISH.dates.read_past("2027-04-01", today) == []
    assert SWEDISH.dates.read_past("tisdag 8 mars", today) == [date(2027, 3, 8), date(2027, 3, 9)]
    assert SWEDISH.dates.read_past("någon gång", today) == []


def test_days_in_a_sentence() -> None:
    """A day is found among other words, with its hour as one, and each has its readings."""
    today = date(2027, 1, 11)
    said = [
        ("jag kan komma den femtonde", [15]),
        ("ja, den 25 januari kl 13!", [25]),
        ("i morgon eller på fredag", [12, 15]),
    ]
    for text, days in said:
        assert SWEDISH.dates.read_in(text, today) == [[date(2027, 1, day)] for day in days]
    assert SWEDISH.dates.read_in("jag kommer gärna", today) == []


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("jag kan tyvärr inte den 21:a", True),
        ("söndag den 21:a går bra", True),
        ("inte den 21 januari", False),
        ("inte den 21 februari", False),
        ("inte den 22:a", False),
    ],
)
def test_a_number_alone_can_be_the_day_that_is_spoken_of(text: str, can_be: bool) -> None:
    """Of whatever month it is; a day with its month is that one only."""
    today, about = date(2027, 1, 11), date(2027, 3, 21)
    [days] = SWEDISH.dates.read_in(text, today, about)
    assert (about in days) == can_be
