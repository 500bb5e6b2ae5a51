"""Ballots, held against an observer who keeps the raw log and counts in other words, and laws for any course of events.

The observer knows nothing of how a ballot is kept: what it says is read from the log from the beginning, each time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import ballots
from flows.ballots import Asked, Ballot, Outcome, Phase, Purpose, Rules, Turn, Unfit, Voter

START = date(2027, 3, 1)
PEOPLE = tuple(Voter(f"m:{n}") for n in range(1, 7))
TIMES = ("2027-03-02T13:00", "2027-03-06T09:00", "2027-03-20T10:00")
TEXTS = ("We meet on Mondays.", "We meet on Tuesdays.")
Line = tuple[Any, ...]  # what the log says: the day, what happened, and to whom or what


@dataclass(frozen=True)
class Observer:
    """What somebody would say who was there all the time and wrote everything down."""

    purpose: str
    log: tuple[Line, ...]

    def at(self, n: int) -> "Observer":
        """The same, before line `n` was written."""
        return watching(self.purpose, self.log[:n])

    @cached_property
    def question(self) -> int:
        """The line in which what is asked now was put."""
        for n in range(len(self.log) - 1, 0, -1):
            if self.log[n][1] == "ask":
                return n
            if self.log[n][1] == "text" and self.purpose != "poll":
                then = self.at(n)
                other = self.log[n][2] != then.log[then.question][2]
                if other and (then.state == "open" or (then.state == "over" and then.against)):
                    return n
        return 0

    @cached_property
    def since(self) -> tuple[Line, ...]:
        """What has happened to the question."""
        return self.log[self.question + 1 :]

    @cached_property
    def rounds(self) -> int:
        """How often everybody was asked again."""
        return 0 if self.question == 0 else 1 + self.at(self.question).rounds

    def answer(self, who: str) -> set[str] | None:
        """What somebody has said to this question, and not lost again; None for nothing."""
        said: set[str] | None = None
        for _, what, *rest in self._heard:
            if what == "went" and rest == [who] and self.purpose in ("poll", "attendance"):
                said = None
            if what == "vote" and rest[0] == who:
                instead = self.purpose != "poll" or rest[1] == ""
                said = {rest[1]} - {""} if instead else (said or set()) ^ {rest[1]}
        return said

    @cached_property
    def _heard(self) -> list[Line]:
        """The lines since the question that counted: an answer to an earlier one, or to one that is over, does not."""
        heard, before = [], self.question + 1
        for n, line in enumerate(self.since, before):
            if self.at(n).state == "open" and (line[1] != "vote" or line[4] == self.rounds):
                heard.append(line[:4])
        return heard

    @cached_property
    def against(self) -> bool:
        """Whether anybody says no."""
        return any(self.answer(who) == {"no"} for who in PEOPLE)

    @cached_property
    def waits(self) -> set[str]:
        """Who was asked, is here, and has said nothing to this wording."""
        goes = {"went", "away"} if self.purpose == "poll" else {"went"}
        asked, here = set(self.log[self.question][3]), dict[str, str]()
        for _, what, *rest in self._heard:
            if what in ("went", "away", "came", "joins") and what not in {"away"} - goes:
                here[rest[0]] = what
            if what == "joins":
                asked.add(rest[0])
        return {who for who in asked if here.get(who) not in goes and self.answer(who) is None}

    @cached_property
    def state(self) -> str:
        """Whether it is open, over, or was taken back."""
        if len(self.log) == self.question + 1:
            return "open"
        before, line = self.at(len(self.log) - 1), self.log[-1]
        if before.state != "open":
            return before.state
        if line[1] == "withdrawn":
            return "withdrawn"
        if line[1] == "chose" or (line[1] == "day over" and self.purpose == "consent"):
            return "over"
        if line[1] == "text" and self.purpose == "poll" and line[2] != self.log[self.question][2]:
            return "over"
        return "over" if self.settled else "open"

    @cached_property
    def settled(self) -> bool:
        """Whether all that were to answer have, and agree."""
        said = [answer for who in PEOPLE if (answer := self.answer(who)) is not None]
        if self.purpose in ("admission", "number", "attendance"):
            return bool(said) and self.purpose != "attendance"
        if not said or self.waits:
            return False
        if self.purpose == "consent":
            return all(answer == {"yes"} for answer in said)
        ahead = {time for time in TIMES if date.fromisoformat(time[:10]) > self.log[-1][0]}
        return bool(ahead.intersection(*said))


@lru_cache(500)
def watching(purpose: str, log: tuple[Line, ...]) -> Observer:
    """The observer of this log, who need not read twice what was read once."""
    return Observer(purpose, log)


SEATS: Mapping[str, Callable[[Voter], ballots.SeatEvent]] = {
    "came": ballots.Came,
    "went": ballots.Went,
    "away": ballots.TurnedAway,
}


def happened(line: Line, ballot: Ballot) -> ballots.Event:
    """The event that a line of the log tells of."""
    day, what, *rest = line
    match what:
        case "ask":
            return Asked(rest[0], day, rest[1], ballot.choices)
        case "text":
            return ballots.TextNow(rest[0], day, rest[1])
        case "vote":
            return ballots.Voted(rest[0], rest[1], rest[2])
        case "joins":
            return ballots.Came(rest[0], joins=True)
        case "came" | "went" | "away":
            return SEATS[what](rest[0])
        case "chose":
            return ballots.Chose(rest[0])
        case "withdrawn":
            return ballots.Withdrew()
    return ballots.DayOver()


@st.composite
def courses(draw: st.DrawFn, purpose: str) -> tuple[Line, ...]:
    """A log of up to forty lines, the first of which puts the question."""
    people, times = st.sampled_from(PEOPLE), st.sampled_from((*TIMES, ""))
    some = st.lists(people, unique=True, max_size=6).map(tuple)
    choice = times if purpose == "poll" else st.sampled_from(("yes", "yes", "yes", "no"))
    kinds = [
        *[st.tuples(st.just("vote"), people, choice, st.sampled_from((0, 0, 0, 0, 1)))] * 6,
        *[st.tuples(st.sampled_from(("went", "came", "away", "joins")), people)] * 3,
        st.tuples(st.just("text"), st.sampled_from(TEXTS), some),
        st.tuples(st.just("ask"), st.sampled_from(TEXTS), some),
        st.sampled_from((("day over",), ("withdrawn",))),
    ]
    if purpose == "poll":
        kinds.append(st.tuples(st.just("chose"), times))
    day, log = START, list[Line]([(START, "ask", TEXTS[0], draw(some))])
    lines: list[tuple[Any, ...]] = draw(st.lists(st.one_of(kinds), max_size=39))
    for what, *rest in lines:
        day += timedelta(draw(st.sampled_from((0, 0, 0, 1, 5))))
        if what == "vote":
            rest[2] = watching(purpose, tuple(log)).rounds - rest[2]
        log.append((day, what, *rest))
    return tuple(log)


def begun(purpose: str, log: tuple[Line, ...]) -> Ballot:
    """The ballot of the first line."""
    day, _, text, asked = log[0]
    return ballots.put(Asked(text, day, asked, TIMES if purpose == "poll" else ()))


@pytest.mark.parametrize("purpose", Purpose)
@given(st.data())
def test_it_is_as_somebody_would_say_who_was_there(purpose: Purpose, data: st.DataObject) -> None:
    """Phase, who is waited for and what each has said are what the raw log tells, after each event; nothing raises, no
    way leads where the table has none, and each round ends once, and asks at most once that somebody choose."""
    log = data.draw(courses(purpose.value))
    ballot, told = begun(purpose.value, log), list[tuple[int, Outcome]]()
    for n, line in enumerate(log[1:], 2):
        event, before = happened(line, ballot), ballot
        turn = ballots.advance(ballots.RULES[purpose], ballot, event, line[0])
        ballot, seen = turn.ballot, watching(purpose.value, log[:n])
        assert ballot.phase == seen.state
        assert ballot.round == seen.rounds
        assert set(ballots.awaited(ballot)) == (seen.waits if seen.state == "open" else set())
        said = {who: set(voice.choice) for who, voice in ballot.voices.items()}
        assert said == {who: answer for who in PEOPLE if (answer := seen.answer(who)) is not None}
        ways = ballots.PHASES[type(event)]
        assert ballot.phase in ways.get(before.phase, {before.phase})
        if turn.unfit:
            assert ballot == before
        assert purpose is Purpose.POLL or turn.outcome is not Outcome.TO_CHOOSE
        if turn.outcome:
            told.append((ballot.round, turn.outcome))
    assert len(told) == len(set(told))


@pytest.mark.parametrize("purpose", Purpose)
@given(st.data())
def test_silent_and_gone_is_as_never_asked(purpose: Purpose, data: st.DataObject) -> None:
    """Whoever leaves without a word changes nothing in what comes of it."""
    log = data.draw(courses(purpose.value))
    absent = PEOPLE[-1]
    lines = [line for line in log[1:] if absent not in line and line[1] not in ("ask", "text")]
    rules, day = ballots.RULES[purpose], log[0][0]
    first = replace(begun(purpose.value, log), asked=PEOPLE[:-1])
    with_them, without = replace(first, asked=PEOPLE), first
    with_them = ballots.advance(rules, with_them, ballots.Went(absent), day).ballot
    for line in lines:
        with_them = ballots.advance(rules, with_them, happened(line, with_them), line[0]).ballot
        without = ballots.advance(rules, without, happened(line, without), line[0]).ballot
    assert replace(with_them, asked=without.asked, excused=without.excused) == without


# -- single promises ---------------------------------------------------------------------------------------------------
def turns(rules: Rules, ballot: Ballot, *events: ballots.Event) -> list[Turn]:
    """What comes of each of these events, one after another."""
    found = []
    for event in events:
        found.append(ballots.advance(rules, ballot, event, START))
        ballot = found[-1].ballot
    return found


CONSENT, POLL = ballots.RULES[Purpose.CONSENT], ballots.RULES[Purpose.POLL]


def test_an_objection_is_never_outvoted() -> None:
    """With one no it stays open until its day, whatever the others say; a reason that is missing can still be added."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:2]))
    no, yes, over, why, more = turns(
        CONSENT,
        ballot,
        ballots.Voted(PEOPLE[0], "no", 0),
        ballots.Voted(PEOPLE[1], "yes", 0),
        ballots.DayOver(),
        ballots.Reasoned(PEOPLE[0], "Too early."),
        ballots.Reasoned(PEOPLE[0], "Too late."),
    )
    assert (no.ballot.phase, yes.ballot.phase, yes.outcome) == (Phase.OPEN, Phase.OPEN, None)
    assert over.outcome is Outcome.OVER
    assert why.ballot.voices[PEOPLE[0]].why == "Too early."
    assert more.unfit is Unfit.OVER


def test_a_late_reason_belongs_to_the_text_that_it_was_about() -> None:
    """Who objects to the new text as well has not given the reason again that was asked for about the old one."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:2]))
    *_, late, now = turns(
        CONSENT,
        ballot,
        ballots.Voted(PEOPLE[0], "no", 0),
        ballots.TextNow(TEXTS[1], START, PEOPLE[:2]),
        ballots.Voted(PEOPLE[0], "no", 1),
        ballots.Reasoned(PEOPLE[0], "Mondays do not suit.", 0),
        ballots.Reasoned(PEOPLE[0], "Nor do Tuesdays.", 1),
    )
    assert late.unfit is Unfit.OTHER_ROUND
    assert now.ballot.voices[PEOPLE[0]].why == "Nor do Tuesdays."


def test_the_last_one_awaited_who_leaves_decides_it() -> None:
    """Who has left is not waited for: all who remain have agreed, so it is over at once, and said once."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:2]))
    _, gone, again = turns(
        CONSENT, ballot, ballots.Voted(PEOPLE[0], "yes", 0), ballots.Went(PEOPLE[1]), ballots.Went(PEOPLE[1])
    )
    assert gone.outcome is Outcome.OVER
    assert again.unfit is Unfit.OVER


def test_who_chooses_is_asked_once() -> None:
    """Where no time fits all, somebody is asked to choose; neither another tap nor the last day asks them again."""
    ballot = ballots.put(Asked("now", START, PEOPLE[:2], TIMES))
    found = turns(
        POLL,
        ballot,
        ballots.Voted(PEOPLE[0], TIMES[0], 0),
        ballots.Voted(PEOPLE[1], TIMES[1], 0),
        ballots.Voted(PEOPLE[1], TIMES[2], 0),
        ballots.DayOver(),
    )
    assert [turn.outcome for turn in found] == [None, Outcome.TO_CHOOSE, None, None]


def test_who_is_away_is_not_waited_for_and_who_is_back_is() -> None:
    """An absence excuses whoever is silent, for as long as it lasts; what somebody has said before it stands."""
    ballot = ballots.put(Asked("now", START, PEOPLE[:3], TIMES))
    said, away, _, back = turns(
        POLL,
        ballot,
        ballots.Voted(PEOPLE[0], TIMES[0], 0),
        ballots.TurnedAway(PEOPLE[1]),
        ballots.TurnedAway(PEOPLE[0]),
        ballots.Came(PEOPLE[1]),
    )
    assert ballots.awaited(said.ballot) == PEOPLE[1:3]
    assert ballots.awaited(away.ballot) == PEOPLE[2:3]
    assert ballots.awaited(back.ballot) == PEOPLE[1:3]
    assert PEOPLE[0] in back.ballot.voices
    assert back.ballot.excused == ()


def test_a_time_of_today_is_no_time_to_move_to() -> None:
    """What suits all but has come is left out; the next one is taken that suits all as well."""
    ballot = ballots.put(Asked("now", START, PEOPLE[:1], (f"{START}T18:00", TIMES[0])))
    ballot = replace(ballot, voices={PEOPLE[1]: ballots.Voice((f"{START}T18:00", TIMES[0]), START)})
    (one,) = turns(POLL, ballot, ballots.Voted(PEOPLE[0], f"{START}T18:00", 0))
    both = ballots.advance(POLL, one.ballot, ballots.Voted(PEOPLE[0], TIMES[0], 0), START)
    assert (one.outcome, both.outcome, both.ballot.chosen) == (Outcome.TO_CHOOSE, Outcome.OVER, TIMES[0])


def test_ticks_of_who_has_left_spoil_no_time() -> None:
    """Who has left does not come, so the time that suits all others is the one."""
    ballot = ballots.put(Asked("now", START, PEOPLE[:2], TIMES))
    *_, gone = turns(
        POLL,
        ballot,
        ballots.Voted(PEOPLE[0], TIMES[0], 0),
        ballots.Voted(PEOPLE[1], TIMES[1], 0),
        ballots.Went(PEOPLE[1]),
    )
    assert (gone.outcome, gone.ballot.chosen) == (Outcome.OVER, TIMES[0])


def test_a_tap_too_late_is_told_why() -> None:
    """What was taken back and what is decided are two answers to a tap that comes too late."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:1]))
    _, withdrawn = turns(CONSENT, ballot, ballots.Withdrew(), ballots.Voted(PEOPLE[0], "yes", 0))
    _, over = turns(CONSENT, ballot, ballots.Voted(PEOPLE[0], "yes", 0), ballots.Voted(PEOPLE[0], "no", 0))
    assert (withdrawn.unfit, over.unfit) == (Unfit.WITHDRAWN, Unfit.OVER)


def test_what_changes_nothing_decides_nothing() -> None:
    """The same text once more is no reason to count, even where all have answered."""
    ballot = replace(ballots.put(Asked("now", START, PEOPLE[:1], TIMES)), voices={PEOPLE[0]: ballots.Voice((), START)})
    (same,) = turns(POLL, ballot, ballots.TextNow("now", START, PEOPLE[:1]))
    assert (same.ballot, same.outcome, same.unfit) == (ballot, None, None)


def test_a_new_last_day() -> None:
    """A day on which nobody could answer is moved, and nothing else with it."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:2]))
    (later,) = turns(CONSENT, ballot, ballots.Extended(START + timedelta(7)))
    assert later.ballot == replace(ballot, until=START + timedelta(7))


def test_the_last_day_of_a_poll_asks_for_a_choice() -> None:
    """Where not all have answered by then, somebody chooses; a list of who comes just goes on."""
    asked = Asked("now", START, PEOPLE[:2], TIMES)
    (poll,) = turns(POLL, ballots.put(asked), ballots.DayOver())
    (comes,) = turns(ballots.RULES[Purpose.ATTENDANCE], ballots.put(asked), ballots.DayOver())
    assert (poll.outcome, poll.ballot.phase, poll.ballot.handed) == (Outcome.TO_CHOOSE, Phase.OPEN, True)
    assert (comes.outcome, comes.ballot) == (None, ballots.put(asked))


def test_none_of_the_times_takes_all_ticks_back() -> None:
    """Who has ticked two and then says that none suits has said that none suits."""
    ballot = ballots.put(Asked("now", START, PEOPLE[:2], TIMES))
    *_, none = turns(POLL, ballot, *(ballots.Voted(PEOPLE[0], choice, 0) for choice in (*TIMES[:2], ballots.NONE)))
    assert none.ballot.voices[PEOPLE[0]].choice == ()


def test_a_reason_belongs_to_a_no() -> None:
    """It can be given, changed and taken back while the question is open, and stays if the no is said again. Who has
    said yes, or nothing, gives none."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:3]))
    early, _, why, other, again, yes, back, over, none, late = turns(
        CONSENT,
        ballot,
        ballots.Reasoned(PEOPLE[0], "Too early."),
        ballots.Voted(PEOPLE[0], "no", 0),
        ballots.Reasoned(PEOPLE[0], "Too early."),
        ballots.Reasoned(PEOPLE[0], "Too late."),
        ballots.Voted(PEOPLE[0], "no", 0),
        ballots.Voted(PEOPLE[1], "yes", 0),
        ballots.Reasoned(PEOPLE[0], ""),
        ballots.DayOver(),
        ballots.Reasoned(PEOPLE[0], ""),
        ballots.Reasoned(PEOPLE[0], "After all."),
    )
    said = [turn.ballot.voices[PEOPLE[0]].why for turn in (why, other, again, back, late)]
    assert said == ["Too early.", "Too late.", "Too late.", "", "After all."]
    assert early.unfit is Unfit.NOT_ASKED
    assert (over.outcome, none.unfit) == (Outcome.OVER, Unfit.OVER)
    (agreed,) = turns(CONSENT, yes.ballot, ballots.Reasoned(PEOPLE[1], "Why not?"))
    assert (agreed.unfit, agreed.ballot) == (Unfit.NOT_ASKED, yes.ballot)


def test_who_comes_twice_is_asked_once() -> None:
    """Somebody who is among those asked is not put there again, and who only is back was not asked before."""
    ballot = ballots.put(Asked(TEXTS[0], START, PEOPLE[:1]))
    there, new, back = turns(
        CONSENT,
        ballot,
        ballots.Came(PEOPLE[0], joins=True),
        ballots.Came(PEOPLE[1], joins=True),
        ballots.Came(PEOPLE[2]),
    )
    assert (there.ballot.asked, new.ballot.asked, back.ballot.asked) == (PEOPLE[:1], PEOPLE[:2], PEOPLE[:2])


def test_who_leaves_has_said_what_they_said() -> None:
    """A no to a text stands when its author has left; who has left comes to no meeting."""
    asked = ballots.put(Asked(TEXTS[0], START, PEOPLE[:2]))
    _, text = turns(CONSENT, asked, ballots.Voted(PEOPLE[0], "no", 0), ballots.Went(PEOPLE[0]))
    comes = ballots.RULES[Purpose.ATTENDANCE]
    _, meeting = turns(comes, asked, ballots.Voted(PEOPLE[0], "yes", 0), ballots.Went(PEOPLE[0]))
    assert (set(text.ballot.voices), set(meeting.ballot.voices)) == ({PEOPLE[0]}, set())
