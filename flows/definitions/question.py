"""One question as a definition file describes it, and the condition on which it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from flows.enums import Audience, Field, Kind, Mark
from flows.fields import AnyField, ChoiceField, Feed, TextField
from flows.fields.choice import HINT
from flows.fields.day import OnADay
from flows.identities import Handling
from flows.values import Value, Values, parts


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
    needs: Literal["", "notes"] = ""  # left out unless the operator allows this
    default: Literal["", "today", "me"] = ""  # a new row gets the day it is made, or who makes it, and is not asked
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
        """Of a field of a row: true if the row is made without it, and asked for it when it is done."""
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
        """True if an answer is an option with this mark, or one of several that are."""
        return any(part in self.marked(mark) for part in parts(value))

    def advice(self, value: Value) -> str | None:
        """The name of the advice that this answer is met with; None for none."""
        advice = self.field.advice(value)
        return f"hint.{self.id}.{value}" if advice == HINT else advice or None

    def applies(self, values: Values) -> bool:
        """True if it is asked about a row with these answers."""
        return self.when is None or bool(self.when.exercise) or self.when.holds(values.get(self.when.question))


def left_out(when: When | None, said: Values) -> bool:
    """True where a condition on another exercise's answer is known not to hold."""
    return when is not None and when.place in said and bool(when.exercise) and not when.holds(said[when.place])
