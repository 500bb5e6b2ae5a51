"""One exercise as its definition file describes it, and what follows from that. It is frozen."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, TypeVar

from flows.definitions.parts import (
    Approval,
    ForEach,
    Guide,
    InOrder,
    Outcome,
    Part,
    Register,
    Shaping,
    Staging,
    Teams,
    Verdict,
)
from flows.definitions.question import Question, When, left_out
from flows.enums import ALWAYS, DRAWN, PRIVATE, Afterwards, Audience, ExerciseRole, Field, How, Kind, Mark, Picture
from flows.identities import Handling
from flows.values import Values

P = TypeVar("P", bound=Part)
LONG = 10  # questions of a row

# What an exercise can have told with its guide, in the words of the help (P.6, P.8).
TOLD = ("learning", "pillars", "companion")


@dataclass(frozen=True)
class Exercise:
    """One exercise of the process: who answers what, who sees it, and what follows."""

    id: str
    serves: tuple[str, ...]
    how: How
    minutes: int  # that it takes
    questions: tuple[Question, ...]
    parts: tuple[Part, ...] = ()  # what it has beside them, one of each type at most
    anonymous: bool = False
    conclusion: bool = False  # the group writes what it concludes
    continues: bool = False  # group: a new round begins with what was written in the one before, but for its days
    who: tuple[str, ...] = ("core",)  # the roles that take part: core, network
    needs: tuple[str, ...] = ()  # shared exercises in which every choice must be "yes" before this one opens
    recall: tuple[str, ...] = ()  # exercises of which what was kept comes back here, see `recalls_for`
    afterwards: Afterwards | None = None  # what the group does with what has been handed in
    identities: Handling = Handling.ASK  # of its questions that say nothing else, and of what is written beside them
    when: When | None = None  # of interest only if this holds; it can be begun all the same
    role: ExerciseRole | None = None
    version: str = ""
    source: str = field(default="", repr=False, compare=False)  # the text of the file that defines it

    def part(self, kind: type[P]) -> P | None:
        """Return what the exercise has of this type; None if it has none."""
        return next((part for part in self.parts if isinstance(part, kind)), None)

    def having(self, part: Part) -> "Exercise":
        """Return the exercise with this in the place of what it has of the type."""
        return replace(self, parts=(*(one for one in self.parts if type(one) is not type(part)), part))

    @cached_property
    def register(self) -> Register | None:
        """How its rows are shown and looked after; None if it has none."""
        return self.part(Register)

    @cached_property
    def for_each(self) -> ForEach | None:
        """What its questions are asked about one by one; None if they are asked once."""
        return self.part(ForEach)

    @property
    def verdict(self) -> Verdict | None:
        """What the answers add up to."""
        return self.part(Verdict)

    @property
    def outcome(self) -> Outcome | None:
        """What concluding it sets in motion."""
        return self.part(Outcome)

    @property
    def calendar(self) -> Shaping | None:
        """What it has to do with the calendar."""
        return self.part(Shaping)

    @property
    def approves(self) -> tuple[str, ...]:
        """The exercises that together are the text to be approved."""
        return approval.of if (approval := self.part(Approval)) else ()

    @property
    def teams(self) -> int:
        """The most people in a small group that writes one sheet; 0 where there are none."""
        return teams.most if (teams := self.part(Teams)) else 0

    @property
    def in_order(self) -> tuple[str, ...]:
        """Its days in order."""
        return order.days if (order := self.part(InOrder)) else ()

    @property
    def shows(self) -> tuple[str, ...]:
        """What is told of the whole way with its guide."""
        return guide.tells if (guide := self.part(Guide)) else ()

    @property
    def staging(self) -> Staging:
        """When it is done, and among whom."""
        return self.part(Staging) or Staging()

    @cached_property
    def question_ids(self) -> tuple[str, ...]:
        """Its questions, in the order they are asked."""
        return tuple(question.id for question in self.questions)

    @cached_property
    def conditional_ids(self) -> frozenset[str]:
        """The questions that are asked because of what is answered before."""
        return frozenset(one.id for one in self.questions if one.when and not one.when.exercise)

    @property
    def unseen(self) -> bool:
        """True if nobody sees any of its answers but who gave it."""
        return all(question.audience is Audience.SELF for question in self.questions)

    @cached_property
    def _by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

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

    @cached_property
    def linked(self) -> frozenset[str]:
        """The registers whose rows are pointed at, by a question or as items; the group's own items have its own id."""
        found = {question.field.register for question in self.questions}
        if self.for_each:
            found |= {self.for_each.register or "", self.id if self.for_each.add else ""}
        return frozenset(found - {""})

    @cached_property
    def looks_at(self) -> frozenset[str]:
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
    def decided(self) -> str:
        """The question whose answer is decided: the one that is proposed, or sets something in motion, or is first."""
        decided = self.outcome.question if self.outcome else self.questions[0].id
        return self.proposal.id if self.proposal else decided

    @property
    def shared(self) -> bool:
        """True when several people write on the same sheet."""
        return self.how in (How.ORG, How.GROUP)
