"""Ballots: a question that is put to named people, what each of them says, and what comes of it.

Laws. `RULES` has a line for each purpose, and says where they differ.

1. An answer counts for the round in which it was asked for; one to an earlier round changes nothing, and says so.
2. Silence is never a yes.
3. `awaited` holds nobody who has answered, who was never asked, or who has gone in silence.
4. It is decided once: no answer changes a ballot that is over. That somebody must choose is told once a round.
5. `Ends.ALL_YES` ends before its day only when nobody is awaited, and nobody who was asked or answered has said no.
6. No answer moves a day.
7. Whoever goes, comes or goes away: it is counted anew in the same event.
8. An event that does not fit changes nothing: the ballot that comes back is the one that went in, with the reason.

`PHASES` below says which event fits when, and where it may lead; no other way leads from one phase to another. It is
drawn by `stadsbot chart ballots`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

Voter = NewType("Voter", str)  # "m:3", a member; as the owner of a sheet (`Run.owner`)
ELSEWHERE: Final = Voter("-")  # it is known without an answer: the operator vouches, or the chat that a group had
YES: Final = "yes"
NO: Final = "no"
NONE: Final = ""  # where several can be chosen: that none of them suits


class Purpose(StrEnum):
    """What a ballot is for."""

    CONSENT = "consent"  # a decision is put to everybody: a yes or an objection
    POLL = "poll"  # when to meet: the times that suit each
    ATTENDANCE = "attendance"  # who comes to a meeting
    ADMISSION = "admission"  # whether somebody is let into the group, and is in it still
    NUMBER = "number"  # whether a telephone number that people go by is to be another one


class Phase(StrEnum):
    """Where a ballot stands."""

    OPEN = "open"
    OVER = "over"
    WITHDRAWN = "withdrawn"  # the question was taken back before it was decided


class Ends(StrEnum):
    """What ends a ballot."""

    ALL_YES = "all yes"  # everybody has said yes; else its day, when silence and objections are told
    ALL_FIT = "all fit"  # everybody has answered and one time suits them all; else somebody chooses, at its day too
    FIRST = "first"  # the first answer decides, whoever gives it of those who may
    NEVER = "never"  # it is a list, and each can change their answer as long as they may


class Away(StrEnum):
    """What it means that somebody goes away for some days before they have answered."""

    ASKED = "asked"  # they are waited for all the same: a tap from anywhere will do
    NOT_WAITED_FOR = "not waited for"


class Gone(StrEnum):
    """What it means that somebody leaves who has answered; one who leaves in silence is never waited for."""

    VOICE_STAYS = "voice stays"
    VOICE_FALLS = "voice falls"


class Changed(StrEnum):
    """What it means that something else is asked about by now."""

    ASKS_ANEW = "asks anew"  # while it is open, or somebody has said no
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the ballots of a purpose."""

    ends: Ends
    away: Away
    gone: Gone
    changed: Changed
    several: bool = False  # each chooses as many as they like, and a second tap takes one back


RULES: Final[Mapping[Purpose, Rules]] = {
    Purpose.CONSENT: Rules(Ends.ALL_YES, Away.ASKED, Gone.VOICE_STAYS, Changed.ASKS_ANEW),
    Purpose.ATTENDANCE: Rules(Ends.NEVER, Away.ASKED, Gone.VOICE_FALLS, Changed.ASKS_ANEW),
    Purpose.ADMISSION: Rules(Ends.FIRST, Away.ASKED, Gone.VOICE_STAYS, Changed.ASKS_ANEW),
    Purpose.NUMBER: Rules(Ends.FIRST, Away.ASKED, Gone.VOICE_STAYS, Changed.ASKS_ANEW),
    Purpose.POLL: Rules(Ends.ALL_FIT, Away.NOT_WAITED_FOR, Gone.VOICE_FALLS, Changed.ENDS, several=True),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody has answered, and on which day; of a no, also why."""

    choice: tuple[str, ...]
    on: date
    why: str = ""

    @property
    def yes(self) -> bool:
        """True unless it is a no."""
        return NO not in self.choice


@dataclass(frozen=True, slots=True)
class Ballot:
    """A question, who is asked, and what each has answered. Another `text` is another question.

    `choices`: days with their hours (ISO), in order, where one of them is to be found. `until`: the last day to answer,
    None where it waits as long as it takes.
    """

    text: str
    until: date | None
    asked: tuple[Voter, ...]
    choices: tuple[str, ...] = ()
    voices: Mapping[Voter, Voice] = field(default_factory=dict)
    phase: Phase = Phase.OPEN
    round: int = 0  # how often everybody has been asked again
    excused: tuple[Voter, ...] = ()  # who were asked, and have gone without an answer
    handed: bool = False  # somebody has been told that they must choose
    chosen: str = ""  # of the choices


class Unfit(StrEnum):
    """Why an event changes nothing."""

    OVER = "over"
    WITHDRAWN = "withdrawn"
    OTHER_ROUND = "other round"
    NOT_ASKED = "not asked"  # there is nothing that it could be about


class Outcome(StrEnum):
    """What an event has led to beside what it changes."""

    OVER = "over"
    TO_CHOOSE = "to choose"  # it is for somebody to choose, as nothing suits all or not all have answered


@dataclass(frozen=True, slots=True)
class Turn:
    """The ballot after an event; what came of it, or why it changed nothing."""

    ballot: Ballot
    outcome: Outcome | None = None
    unfit: Unfit | None = None


# -- events ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Asked:
    """Everybody is asked: for the first time, or anew."""

    text: str
    until: date | None
    asked: tuple[Voter, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextNow:
    """This is what it is about by now; `until` and `asked` are of the question that follows from it, if one does."""

    text: str
    until: date | None
    asked: tuple[Voter, ...] = ()


@dataclass(frozen=True, slots=True)
class Voted:
    """Somebody has answered the question of this round."""

    voter: Voter
    choice: str
    round: int


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Somebody says why they have said no; empty: they take that back, and the no stands.

    `round`: that they were asked why in; None where that is not known.
    """

    voter: Voter
    why: str
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who is to be asked has come, or is back. `joins`: also if they were not there at the beginning."""

    voter: Voter
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Went:
    """Somebody has left."""

    voter: Voter


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Somebody is away from now on."""

    voter: Voter


@dataclass(frozen=True, slots=True)
class Extended:
    """There is a new last day, as nobody could answer on the one before."""

    until: date


@dataclass(frozen=True, slots=True)
class DayOver:
    """The last day to answer is over."""


@dataclass(frozen=True, slots=True)
class Chose:
    """Whoever may choose has chosen one, or `NONE`: that all stays as it is."""

    choice: str


@dataclass(frozen=True, slots=True)
class Withdrew:
    """What is asked about stands no more."""


Event = Asked | TextNow | Voted | Reasoned | Came | Went | TurnedAway | Extended | DayOver | Chose | Withdrew
SeatEvent = Came | Went | TurnedAway
_STAYS, _MAY_END = frozenset({Phase.OPEN}), frozenset({Phase.OPEN, Phase.OVER})
PHASES: Final[Mapping[type[Event], Mapping[Phase, frozenset[Phase]]]] = {
    Asked: {Phase.OPEN: _STAYS, Phase.OVER: _STAYS, Phase.WITHDRAWN: _STAYS},
    TextNow: {Phase.OPEN: _MAY_END, Phase.OVER: _MAY_END},
    Voted: {Phase.OPEN: _MAY_END},
    Reasoned: {Phase.OPEN: _STAYS, Phase.OVER: frozenset({Phase.OVER})},
    Came: {Phase.OPEN: _STAYS},
    Went: {Phase.OPEN: _MAY_END},
    TurnedAway: {Phase.OPEN: _MAY_END},
    Extended: {Phase.OPEN: _STAYS},
    DayOver: {Phase.OPEN: _MAY_END},
    Chose: {Phase.OPEN: frozenset({Phase.OVER})},
    Withdrew: {Phase.OPEN: frozenset({Phase.WITHDRAWN})},
}


# -- the engine --------------------------------------------------------------------------------------------------------
def put(question: Asked) -> Ballot:
    """Return a question as it is first put."""
    return Ballot(question.text, question.until, question.asked, question.choices)


def advance(rules: Rules, ballot: Ballot, event: Event, today: date) -> Turn:
    """Return the ballot after an event. Never raises."""
    if ballot.phase not in PHASES[type(event)]:
        return Turn(ballot, unfit=Unfit.WITHDRAWN if ballot.phase is Phase.WITHDRAWN else Unfit.OVER)
    after = _after(rules, ballot, event, today)
    if isinstance(after, Unfit):
        return Turn(ballot, unfit=after)
    after = _counted(rules, after, today) if after != ballot else ballot
    return Turn(after, _outcome(ballot, after))


def _outcome(before: Ballot, after: Ballot) -> Outcome | None:
    if before.phase is Phase.OPEN and after.phase is Phase.OVER:
        return Outcome.OVER
    return Outcome.TO_CHOOSE if after.handed and not before.handed else None


def _after(rules: Rules, ballot: Ballot, event: Event, today: date) -> Ballot | Unfit:
    match event:
        case Asked() | TextNow():
            return _question(rules, ballot, event)
        case Voted():
            return _voted(rules, ballot, event, today)
        case Reasoned():
            return _reasoned(ballot, event)
        case Came():
            return _came(ballot, event)
        case Went() | TurnedAway():
            return _gone(rules, ballot, event)
        case Extended(until):
            return replace(ballot, until=until)
        case DayOver():
            return _day_over(rules, ballot)
        case Chose(choice):
            return replace(ballot, phase=Phase.OVER, chosen=choice)
        case Withdrew():
            return replace(ballot, phase=Phase.WITHDRAWN)


def _day_over(rules: Rules, ballot: Ballot) -> Ballot:
    if rules.ends is Ends.ALL_YES:
        return replace(ballot, phase=Phase.OVER)
    return replace(ballot, handed=True) if rules.ends is Ends.ALL_FIT else ballot


def _question(rules: Rules, ballot: Ballot, event: Asked | TextNow) -> Ballot | Unfit:
    if isinstance(event, TextNow):
        if event.text == ballot.text:
            return ballot
        if rules.changed is Changed.ENDS:
            return replace(ballot, phase=Phase.OVER)
        if ballot.phase is Phase.OVER and not objections(ballot):
            return Unfit.OVER
        event = Asked(event.text, event.until, event.asked)
    return replace(put(event), round=ballot.round + 1)


def _voted(rules: Rules, ballot: Ballot, event: Voted, today: date) -> Ballot | Unfit:
    if event.round != ballot.round:
        return Unfit.OTHER_ROUND
    before = ballot.voices.get(event.voter)
    choice: tuple[str, ...] = (event.choice,) if event.choice != NONE else ()
    if rules.several and before is not None and choice:
        choice = tuple(sorted({*before.choice} ^ {*choice}))
    if before is not None and before.choice == choice:
        return ballot  # said twice, the reason stays
    return replace(ballot, voices={**ballot.voices, event.voter: Voice(choice, today)})


def _reasoned(ballot: Ballot, event: Reasoned) -> Ballot | Unfit:
    voice = ballot.voices.get(event.voter)
    if event.round not in (None, ballot.round):
        return Unfit.OTHER_ROUND
    if voice is None or voice.yes:
        return Unfit.NOT_ASKED
    if ballot.phase is Phase.OVER and (voice.why or not event.why):
        return Unfit.OVER  # late, only a reason that is missing can be added
    return replace(ballot, voices={**ballot.voices, event.voter: replace(voice, why=event.why)})


def _came(ballot: Ballot, event: Came) -> Ballot:
    joins = event.joins and event.voter not in ballot.asked
    excused = tuple(one for one in ballot.excused if one != event.voter)
    return replace(ballot, asked=(*ballot.asked, *[event.voter] * joins), excused=excused)


def _gone(rules: Rules, ballot: Ballot, event: Went | TurnedAway) -> Ballot:
    """Wait no longer for somebody who has said nothing, or whose answer falls."""
    who, went = event.voter, isinstance(event, Went)
    if not went and rules.away is Away.ASKED:
        return ballot
    if went and rules.gone is Gone.VOICE_FALLS:
        ballot = replace(ballot, voices={voter: voice for voter, voice in ballot.voices.items() if voter != who})
    return replace(ballot, excused=(*ballot.excused, who)) if who in silent(ballot) else ballot


def _counted(rules: Rules, ballot: Ballot, today: date) -> Ballot:
    """Return the ballot, ended if nothing is to be waited for any more: the only place where that is decided."""
    waits = rules.ends is Ends.NEVER or (rules.ends is not Ends.FIRST and awaited(ballot))
    if ballot.phase is not Phase.OPEN or waits or not ballot.voices:
        return ballot
    if rules.ends is Ends.FIRST:
        return replace(ballot, phase=Phase.OVER)
    if rules.ends is Ends.ALL_YES:
        return ballot if objections(ballot) else replace(ballot, phase=Phase.OVER)
    fitting = fit(ballot, today)
    return replace(ballot, phase=Phase.OVER, chosen=fitting) if fitting else replace(ballot, handed=True)


# -- to read -----------------------------------------------------------------------------------------------------------
def awaited(ballot: Ballot) -> tuple[Voter, ...]:
    """Return those whose answer is waited for while a ballot is open, in the order in which they were asked."""
    return silent(ballot) if ballot.phase is Phase.OPEN else ()


def silent(ballot: Ballot) -> tuple[Voter, ...]:
    """Return those who were asked, and have neither answered nor gone."""
    return tuple(voter for voter in ballot.asked if voter not in ballot.voices and voter not in ballot.excused)


def objections(ballot: Ballot) -> Mapping[Voter, Voice]:
    """Return what those have said who have said no."""
    return {voter: voice for voter, voice in ballot.voices.items() if not voice.yes}


def supporters(ballot: Ballot, choice: str) -> tuple[Voter, ...]:
    """Return those who have chosen this."""
    return tuple(voter for voter, voice in ballot.voices.items() if choice in voice.choice)


def fit(ballot: Ballot, today: date) -> str:
    """Return the earliest time after today that suits everybody who has answered; empty if there is none."""
    ahead = (choice for choice in ballot.choices if datetime.fromisoformat(choice).date() > today)
    return next((one for one in ahead if len(supporters(ballot, one)) == len(ballot.voices)), "")
