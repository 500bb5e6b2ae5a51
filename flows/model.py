"""The process as the definition files describe it. All of it is frozen; the words are in `messages/`."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import Any

from flows.fields import AnyField, ChoiceField, Feed, TextField
from flows.fields.choice import HINT
from flows.fields.day import OnADay
from flows.identities import Handling
from flows.values import Value, Values
from flows.vocabulary import ALWAYS, DRAWN, PRIVATE, Afterwards, Audience, ExerciseRole, Field, How, Kind, Mark, Picture


@dataclass(frozen=True, slots=True)
class When:
    """A condition: an earlier choice, here or in another shared exercise, was answered with one of these options."""

    question: str
    options: tuple[str, ...]
    exercise: str = ""

    @property
    def place(self) -> str:
        """Return the name of the choice: "question", or "exercise.question" if another exercise asks it."""
        return f"{self.exercise}.{self.question}" if self.exercise else self.question

    def holds(self, value: Value) -> bool:
        """True if this answer is one of the options, or several with one of them."""
        return any(one in self.options for one in (value if isinstance(value, list | tuple) else (value,)))


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or one field of a register's row. What only its kind has stands in `field`."""

    id: str
    field: AnyField
    audience: Audience
    comment: bool = False  # an optional comment is offered
    ask_comment: bool = False  # … and asked for, before the next question
    ask_after: tuple[str, ...] = ()  # … or asked for after these options alone
    reasons: tuple[str, ...] = ()  # options that are not taken without a reason
    required: bool = True
    needs: str = ""  # left out unless the operator allows this
    default: str = ""  # a new row gets the day it is made ("today") or who makes it ("me"), and is not asked
    follow_up: bool = False  # tells how it goes: no part of a text that is approved, see also `later`
    when: When | None = None  # asked only if this holds
    identities: Handling = Handling.ASK  # what becomes of a text that points somebody out
    authors: tuple[tuple[str, tuple[str, ...]], ...] = ()  # only they answer it: who said this of themselves on joining
    timer: int = 0  # minutes to work before it, once the one before it is answered; of the first, to think alone
    role: Field | None = None
    confides: bool = False  # fear, or a case, is what is asked for: a text that speaks of it is its answer

    @property
    def kind(self) -> Kind:
        """What sort of answer it takes."""
        return self.field.kind

    @property
    def options(self) -> tuple[str, ...]:
        """The options of a choice, in order; none of another kind."""
        return self.field.options

    @property
    def many(self) -> bool:
        """True if it takes several answers."""
        return self.field.many

    @property
    def milestone(self) -> bool:
        """True for a day that stands in the calendar, and of which those who take part are reminded."""
        return isinstance(self.field, OnADay) and self.field.milestone

    @property
    def later(self) -> bool:
        """True if a row is made without it, and asked for it when it is done."""
        return self.follow_up and not self.required

    @property
    def recurs(self) -> bool:
        """True for a day that tells how it goes: once it has been, how it went and the next one are asked for."""
        return self.milestone and self.follow_up

    @property
    def feeds(self) -> Feed | None:
        """Where the lines of a text can go."""
        return self.field.feeds if isinstance(self.field, TextField) else None

    @property
    def listed(self) -> str:
        """The name of the group's own list whose entries are the options; empty for none."""
        return self.field.listed if isinstance(self.field, ChoiceField) else ""

    def with_options(self, options: Sequence[str]) -> "Question":
        """The question with the options that the group has listed, if it asks for these."""
        if not isinstance(self.field, ChoiceField) or not self.listed:
            return self
        return replace(self, field=replace(self.field, options=tuple(options)))

    @property
    def reaches(self) -> bool:
        """True if it asks by what somebody is reached: a number, or an address."""
        return isinstance(self.field, TextField) and self.field.form == "reach"

    @property
    def kept_as(self) -> str:
        """The name that a private row keeps its answer under: the role's, so that the id can change."""
        return self.role or self.id

    def marked(self, mark: Mark) -> tuple[str, ...]:
        """The options with this mark."""
        return self.field.marked(mark)

    def option(self, mark: Mark) -> str:
        """The one option with this mark. Raises ValueError if there is none, or are several."""
        (option,) = self.marked(mark)
        return option

    def says(self, value: Value, mark: Mark) -> bool:
        """True if an answer is an option with this mark."""
        return value in self.marked(mark)

    def advice(self, value: Value) -> str | None:
        """The name of the advice that this answer is met with; None for none."""
        advice = self.field.advice(value)
        return f"hint.{self.id}.{value}" if advice == HINT else advice or None

    def applies(self, values: Values) -> bool:
        """True if it is asked about a row with these answers."""
        return self.when is None or bool(self.when.exercise) or self.when.holds(values.get(self.when.question))


@dataclass(frozen=True, slots=True)
class ForEach:
    """The questions are asked once for each item: named items, items the group adds, or the rows of a register."""

    items: tuple[str, ...] = ()
    add: bool = False
    register: str | None = None
    pick: bool = False  # the group ticks which items it takes up; nothing is asked about the others
    items_from: str = ""  # the options of a register's choice ("register.question") are items too, after those named …
    items_except: tuple[str, ...] = ()  # … but for these
    first: str = ""  # the items that some row of a register has chosen ("register.question") come before the others


@dataclass(frozen=True, slots=True)
class Band:
    """One range of a verdict's measure, up to and including `up_to` (None: no upper end)."""

    id: str
    up_to: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers add up to.

    `sum`: of all scales, the mean over members. `share`: one option's share of all answers, in per cent. `shared`: the
    share of the questions, in per cent, in which that option has more than `weak` per cent of the answers.
    """

    measure: str
    bands: tuple[Band, ...]
    option: str | None = None
    weak: float | None = None  # a part whose mean (shared: the option's share in per cent) is at or below this is weak
    plan: str | None = None  # the register in which a plan for each weak part is made


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule about a register (or the core group itself) that tells what is still missing. See `flows.gaps`."""

    id: str
    rule: str  # one of `flows.gaps.GAP_RULES`
    question: str | None = None
    options: tuple[str, ...] = ()
    along: str | None = None  # covers: each option together with every option of this question …
    along_options: tuple[str, ...] = ()  # … or with these of them
    but: tuple[str, ...] = ()  # covers: every option of the question but these
    options_from: str = ""  # covers: only the options ticked in this shared exercise's question ("exercise.question")
    low: int = 0
    high: int = 0
    per: str = ""  # count: in each year from the first of these dates on …
    first: int = 0  # … at least so many in the first year, and `low` in every later one
    members: bool = False  # count, covers: those who are in the group already count too, by what they said on joining


@dataclass(frozen=True, slots=True)
class Outcome:
    """What concluding the exercise sets in motion when `question` was answered with `option`."""

    question: str
    option: str
    opens: int  # the step that opens
    start: str | None = None  # the questions whose answers lay the calendar: from when …
    months: str | None = None  # … and for how long
    again: str | None = None  # the question whose answer says when it is taken up again, with another option


@dataclass(frozen=True, slots=True)
class Shaping:
    """What an exercise has to do with the group's calendar: which answers alter it, and what it begins before."""

    step: int | None = None  # the step whose meetings the first three are about:
    spread: tuple[tuple[str, tuple[str, ...]], ...] = ()  # with these answers its whole days are spread out
    days: str = ""  # the question about the days, in plain words
    until: str = ""  # … and about the last one there may be
    meetings: tuple[str, ...] = ()  # how often the network meets: the first year, and every later one
    review: str = ""  # the day of the yearly look
    before: str = ""  # "review": a new round begins by itself before each yearly look


@dataclass(frozen=True, slots=True)
class Area:
    """Scales of a register that belong together: their mean is told for each row, and over all rows."""

    id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """How the rows of a register are shown and looked after."""

    title: str  # the question whose answer names the row
    columns: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()  # what a row says where a later exercise recalls it; none: what the columns say
    assign: bool = False
    gaps: tuple[Gap, ...] = ()
    done: tuple[tuple[str, tuple[str, ...]], ...] = ()  # with these answers the row is done
    areas: tuple[Area, ...] = ()
    link: str = ""
    """People outside answer by it: "form", one for each row pointed at; "invitation", one a row; or come in: "seat"."""
    withheld: tuple[tuple[str, tuple[str, ...]], ...] = ()  # rows with these answers stay within the core group …
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()  # … and in the chat, where this is given, those without these
    figures: bool = False  # of its rows others than the core group are told figures alone
    due: str = ""  # the question that says until when a row is to be done, by whom see `Exercise.taker`
    yearly: str = ""  # a choice of years, each of which is a task of its own, see `flows.yearly`
    seed: str = ""  # a row for each option of this choice (or each member, of a person) stands there from the start
    narrow: tuple[str, ...] = ()  # the list can be narrowed to one answer to these
    authors: tuple[tuple[str, tuple[str, ...]], ...] = ()  # who writes: those who said this of themselves on joining
    lasting: tuple[str, ...] = ()  # what stays of a row when the rest is thinned out by date
    months: int = 0  # after so many, rows nobody has changed are removed, or thinned to what is `lasting`; 0: kept

    @property
    def one_date(self) -> bool:
        """True if one date is set for all rows, and moved for all that are open: they can be late, and say no day."""
        return self.assign and not self.due and any(gap.rule == "late" for gap in self.gaps)

    def leaves_core(self, values: Values) -> bool:
        """True if the network may read a row with these answers."""
        return not _says(values, self.withheld) and (not self.shared or _says(values, self.shared))


def _says(values: Values, wanted: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    """True if one of these questions was answered, or ticked, with one of its options."""
    said = [(values.get(name), options) for name, options in wanted]
    return any(set(value if isinstance(value, list) else [value]) & set(options) for value, options in said)


LONG = 10  # questions of a row

# What an exercise can have told with its guide, in the words of the help (P.6, P.8).
TOLD = ("learning", "pillars", "companion")


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of the process: who answers what, who sees it, and what follows."""

    id: str
    serves: tuple[str, ...]
    how: How
    minutes: int  # that it takes
    questions: tuple[Question, ...]
    anonymous: bool = False
    conclusion: bool = False  # the group writes what it concludes
    for_each: ForEach | None = None
    verdict: Verdict | None = None
    outcome: Outcome | None = None
    calendar: Shaping | None = None
    register: Register | None = None
    outward: bool = False  # an activity that turns to others (P.2), not an exercise of the team among itself
    session: str = ""  # no part of one: "before" those with the network, of the core group alone; "between" them all
    continues: bool = False  # group: a new round begins with what was written in the one before, but for its days
    with_event: bool = False  # prepares the event (5.4): it rests while that is cancelled, and nobody is reminded of it
    who: tuple[str, ...] = ("core",)  # the roles that take part: core, network
    needs: tuple[str, ...] = ()  # shared exercises in which every choice must be "yes" before this one opens
    teams: int = 0  # each: people write in small groups of two to so many, one sheet to a group
    recall: tuple[str, ...] = ()  # exercises of which what was kept comes back here, see `recalls_for`
    shows: tuple[str, ...] = ()  # what is told of the whole way with its guide, see `TOLD`
    afterwards: Afterwards | None = None  # what the group does with what has been handed in
    consent: int = 0  # group: what it decides is put to everybody, with so many working days to say yes or object …
    consents: tuple[str, ...] = ("core",)  # … everybody who has one of these roles
    again: int = 0  # months after which the coordinators are reminded to do it once more
    in_order: tuple[str, ...] = ()  # days, none of them after the next; see `flows.days_in_order`
    approves: tuple[str, ...] = ()  # exercises that together are the text to be approved
    identities: Handling = Handling.ASK  # of its questions that say nothing else, and of what is written beside them
    when: When | None = None  # of interest only if this holds; it can be begun all the same
    role: ExerciseRole | None = None
    version: str = ""
    source: str = field(default="", repr=False, compare=False)  # the text of the file that defines it
    question_ids: tuple[str, ...] = field(init=False, repr=False, compare=False)  # in the order they are asked
    conditional_ids: frozenset[str] = field(init=False, repr=False, compare=False)  # asked by what is answered before
    unseen: bool = field(init=False, repr=False, compare=False)  # nobody sees any of its answers but who gave it
    linked: frozenset[str] = field(init=False, repr=False, compare=False)  # see `_linked`
    looks_at: frozenset[str] = field(init=False, repr=False, compare=False)  # see `_looked_at`
    _by_id: Mapping[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        derived = {
            "question_ids": tuple(q.id for q in self.questions),
            "conditional_ids": frozenset(q.id for q in self.questions if q.when and not q.when.exercise),
            "unseen": all(q.audience is Audience.SELF for q in self.questions),
            "linked": self._linked(),
            "looks_at": self._looked_at(),
            "_by_id": {q.id: q for q in self.questions},
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def recalls_for(self, role: str, other: "Exercise") -> bool:
        """True if those with this role see what is recalled of another exercise.

        It was open to them as well, or it is a list that is gone through here, where they take part.
        """
        return role in other.who or (other.register is not None and role in self.who)

    def question(self, question_id: str) -> Question:
        """The question with this id. Raises KeyError for an id that the exercise does not have."""
        return self._by_id[question_id]

    def field(self, role: Field) -> Question:
        """The question with this role. Raises KeyError if there is none."""
        for question in self.questions:
            if question.role is role:
                return question
        raise KeyError(role)

    def told(self, values: Values, role: Field) -> Any:
        """Return what a row's answers say to the question with this role, None if nothing."""
        return values.get(self.field(role).id)

    def says(self, values: Values, role: Field, mark: Mark) -> bool:
        """True if a row's answer to the question with this role is an option with this mark."""
        return self.field(role).says(self.told(values, role), mark)

    def _linked(self) -> frozenset[str]:
        """The registers whose rows are pointed at, by a question or as items; the group's own items have its own id."""
        found = {question.field.register for question in self.questions}
        if self.for_each:
            found |= {self.for_each.register or "", self.id if self.for_each.add else ""}
        return frozenset(found - {""})

    def _looked_at(self) -> frozenset[str]:
        """The answers of shared exercises that something here depends on, as "exercise.question"."""
        whens = [self.when, *(question.when for question in self.questions)]
        found = {when.place for when in whens if when is not None and when.exercise}
        return frozenset(found | {gap.options_from for gap in (self.register.gaps if self.register else ())} - {""})

    def fitted(
        self, lists: Mapping[str, Sequence[str]], allowed: Container[str], said: Values | None = None
    ) -> "Exercise":
        """The exercise as a group meets it: with the options that it has listed, and only what the operator allows.

        `said` holds the answers that it `looks_at`, as far as they are given; a question that depends on one not given
        yet is asked.
        """
        if not any(q.listed or q.needs or (q.when and q.when.exercise) for q in self.questions):
            return self
        asked = (
            q.with_options(lists.get(q.listed, ()))
            for q in self.questions
            if (not q.needs or q.needs in allowed)
            and (not q.listed or lists.get(q.listed))
            and not left_out(q.when, said or {})
        )
        return replace(self, questions=tuple(asked))

    def alike(self, question: Question) -> tuple[str, ...]:
        """The earlier questions whose answer may be the same: by what somebody is reached, at another time."""
        before = takewhile(lambda one: one.id != question.id, self.questions)
        return tuple(one.id for one in before if one.reaches) if question.reaches else ()

    @property
    def repeated(self) -> tuple[str, ...]:
        """What another row can be begun with as well: what is asked before the row's name, and not known without."""
        before = takewhile(lambda one: self.register is not None and one.id != self.register.title, self.questions)
        return tuple(one.id for one in before if not one.default)

    @property
    def taker(self) -> str:
        """The question that says who takes a row on, where rows are to be done by a day; empty for none."""
        people = (one.id for one in self.questions if one.kind is Kind.PERSON)
        return next(people, "") if self.register is not None and self.register.due else ""

    @property
    def layout(self) -> tuple[str, ...]:
        """The questions that a list goes by, with a heading for each answer to the first; none: by number.

        Moments go by their day; what is done year by year by what it belongs to, and then by the year.
        """
        if self.register is None:
            return ()
        if self.register.yearly:
            belongs = (one.id for one in self.questions if one.kind is Kind.ROW)
            return (*islice(belongs, 1), self.register.yearly)
        return tuple(name for name in self.register.columns[:1] if self.question(name).kind is Kind.MOMENT)

    @property
    def tallied(self) -> tuple[str, ...]:
        """The questions whose answers are counted above the list: the days that stay of a row, or what guests say."""
        if self.register is None:
            return ()
        days = tuple(name for name in self.register.lasting if self.question(name).field.a_day)
        return days or (self.register.narrow if self.register.link == "invitation" else ())

    @property
    def reviewed(self) -> bool:
        """True if a new row is shown as a whole before it is saved, as it is long."""
        return self.register is not None and len(self.questions) >= LONG

    def counts(self, row: Values) -> bool:
        """True if a row counts towards what the register lacks: whoever has said no to a seat brings nothing to it."""
        seat = self.register is not None and self.register.link == "seat"
        return not (seat and self.says(row, Field.COMING, Mark.NO))

    @property
    def private(self) -> bool:
        """True if it belongs to the person (the joining questions), and is never shown as an exercise."""
        return self.role in PRIVATE

    @property
    def always(self) -> bool:
        """True if it is in no step, and there whenever it is needed."""
        return self.role in ALWAYS

    @property
    def picture(self) -> Picture | None:
        """What it can be drawn as."""
        return DRAWN.get(self.role) if self.role else None

    @property
    def deals(self) -> bool:
        """True if people meet two and two over cards that are dealt."""
        return self.role is ExerciseRole.ICEBREAKER

    @property
    def board(self) -> bool:
        """True if what is handed in becomes notes on a board."""
        return self.afterwards is Afterwards.BOARD

    @property
    def signed(self) -> bool:
        """True if who gave each answer, and when, is told beside it: where not everybody may give all of them."""
        return any(question.authors for question in self.questions)

    @property
    def heavy(self) -> bool:
        """True if it wears on people, as what needs precautions does: how all are is asked soon afterwards (P.7)."""
        return bool(self.needs)

    @property
    def thinking(self) -> int:
        """The minutes that everybody thinks alone first; 0 for none."""
        return self.questions[0].timer if self.questions else 0

    @property
    def proposal(self) -> Question | None:
        """The one question that everybody is asked about, where an answer to it has to be there for that."""
        return next((question for question in self.questions if question.role is Field.PROPOSED), None)

    @property
    def shared(self) -> bool:
        """True when several people write on the same sheet."""
        return self.how in (How.ORG, How.GROUP)


def left_out(when: When | None, said: Values) -> bool:
    """True where a condition on another exercise's answer is known not to hold."""
    return when is not None and when.place in said and bool(when.exercise) and not when.holds(said[when.place])


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps 0–7 or the closing (8)."""

    number: int
    part: str
    goals: tuple[str, ...]
    exercises: tuple[str, ...]
    sessions: int = 0  # meetings that the step takes (P.3)
    session_minutes: int = 90
    own_weeks: int = 0  # own work after the sessions, in proportion to the other steps'
    spread_sessions: int = 0  # whole days can be spread out over so many shorter meetings; 0: they cannot
    spread_minutes: int = 90
    gate: str = ""  # the exercise whose verdict says whether the rest of the step should begin
    network: bool = False  # its meetings are the network's, too


@dataclass(frozen=True, slots=True)
class Process:
    """The whole process: five sub-goals, three parts, the steps, the exercises, and what they must serve by `ids`."""

    goals: tuple[str, ...]
    parts: tuple[str, ...]
    steps: tuple[Step, ...]
    exercises: dict[str, Exercise]
    ids: tuple[str, ...]
    group_gaps: tuple[Gap, ...] = ()

    def with_role(self, role: ExerciseRole) -> Exercise:
        """The exercise with this role. Raises KeyError if there is none."""
        for exercise in self.exercises.values():
            if exercise.role is role:
                return exercise
        raise KeyError(role)

    def step_of(self, exercise_id: str) -> Step | None:
        """The step that holds this exercise, None for the ones outside of the steps (the joining questions)."""
        return next((step for step in self.steps if exercise_id in step.exercises), None)

    def step(self, number: int) -> Step:
        """The step with this number. Raises KeyError if there is none."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(number)
