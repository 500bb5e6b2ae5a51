"""The run under way through one event of a person's dialogue, with the effects so far."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flows.buttons import Button
from flows.dialogue.days_in_order import out_of_order
from flows.enums import How
from flows.input_errors import Problem
from flows.run.effects import Done, Effect, Keep, Say, Toast, Unfit
from flows.run.state import NewRow, Place, Remark, Run, Visit
from flows.values import Value, Values


@dataclass(slots=True)
class DialogueState:
    """The run under way through one event, with the effects so far.

    Where the person stands changes several times on the way, and is put into the run at the end (`outcome`).
    """

    run: Run
    member: int
    today: date
    tapped: bool = False
    entered: bool = False  # this person has just come in, or come back
    as_one: bool = False  # several lines are one row: that has been said
    effects: list[Effect] = field(default_factory=list)
    visit: Visit = field(init=False)  # where this person stands

    def __post_init__(self) -> None:
        self.visit = self.run.visit(self.member)

    @property
    def outcome(self) -> Run:
        """The run as it has become."""
        unmoved = self.visit is self.run.visit(self.member)
        return self.run if unmoved else self.run.with_visit(self.member, self.visit)

    @property
    def owner(self) -> str:
        """Return whose sheet this person writes on, as `Run.owner` names it."""
        return self.run.owner(self.member)

    @property
    def rows(self) -> bool:
        """True if a register's row is filled in, not a sheet."""
        return self.run.exercise.how is How.ROWS

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of what this person is asked.

        Left out is what only others answer, what a new row had from the start, and questions whose condition fails.
        """
        closed = self.run.given.closed
        if not self.rows:
            asked = self.run.asked(self.owner)
            return tuple(key for key in asked if key.partition("@")[0] not in closed) if closed else asked
        visit, questions = self.visit, self.run.exercise.questions
        if visit.row is not None:
            return tuple(key for key in self.run.keys() if key not in closed)
        return tuple(q.id for q in questions if q.id not in visit.new.fixed and not q.later and q.applies(visit.draft))

    def after(self, key: str) -> tuple[str, ...]:
        """Return the keys that are asked after this one; all of them after none."""
        keys = self.keys
        return keys[keys.index(key) + 1 :] if key in keys else keys

    def stand(self, **changes: Any) -> None:
        """Change where this person stands: fields of `Visit`."""
        self.visit = replace(self.visit, **changes)

    def remarked(self, text: str | None = None, message: tuple[int, int] | None = None) -> Remark:
        """Return what is remarked where this person stands now; what they left at other questions waits there."""
        return Remark(text, message, self.visit.remark.left)

    def leave_remark(self) -> None:
        """Let what is remarked here wait until this person comes back to the question."""
        if (said := self.visit.remark.text) and not self.rows:
            self.stand(remark=Remark(left={**self.visit.remark.left, self.visit.key: said}))

    def remarked_before(self, key: str) -> Remark:
        """Return what this person left there when they went back."""
        left = dict(self.visit.remark.left)
        return Remark(left.pop(key, None), left=left)

    def write(self, row: Values) -> None:
        """Note what stands in the new row."""
        self.stand(new=replace(self.visit.new, values=row))

    def leave_row(self, message: Say) -> None:
        """Say what became of the new row, which is filled in no more."""
        self.stand(place=Place.DONE, key="", new=NewRow(), ticked=(), paused=False)
        self.say(message)

    def settle(self, key: str, value: Value) -> None:
        """Note that the answer to `key` now is `value`, as later questions may be asked or not because of it."""
        depending = self.run.depending(key)
        if not depending:
            return
        sheet = self.run.sheet(self.member)
        holding = {other for other, when in depending.items() if when.holds(value)}
        changed = replace(sheet, also_asked=(sheet.also_asked - depending.keys()) | holding)
        self.run = self.run.with_sheet(self.owner, changed)

    def take_up(self, key: str) -> None:
        """Count the item that this key is about among those the group has picked, where it picks among them."""
        item = key.partition("@")[2]
        if self.picks and item not in self.run.picked:
            self.run = replace(self.run, picked=(*self.run.picked, item))

    def say(self, message: Say, *, again: bool = False) -> None:
        """Say something to this person. It is a new asking, unless it is only said `again`.

        A text that was held goes with that; pasted lines wait (`flows.dialogue.several_lines`).
        """
        if not again:
            self.stand(ask=self.visit.ask + 1, held=None, pasted=self.visit.waits_apart)
        self.effects.append(replace(message, to=self.member, in_place=self.tapped, ask=self.visit.ask))

    def aside(self, message: Say) -> None:
        """Say something beside the dialogue, with its own buttons and a way back into it, while it can go on."""
        if self.run.locked(self.member):  # not even as its newest asking: a text that follows is none of its business
            self.effects.append(replace(message, to=self.member))
            return
        self.say(replace(message, keyboard=(*message.keyboard, (Button("open", "", "resume"),))), again=True)

    def toast(self, name: Unfit | Done | Problem, **facts: object) -> None:
        """Show this person a short notice."""
        self.effects.append(Toast(name, facts))

    @property
    def answered(self) -> frozenset[str]:
        """The keys that have an answer: of the new row, or of the sheet."""
        return frozenset(self.visit.draft) if self.rows else self.run.sheet(self.member).answered

    def version(self, key: str) -> int:
        """The version of the answer that several can write, 0 while there is none."""
        written = self.run.given.written.get(key)
        return written.version if written else 0

    @property
    def can_save(self) -> bool:
        """True if a new row has all that it needs."""
        return self.visit.row is None and not self.missing

    @property
    def out_of_order(self) -> dict[str, str]:
        """The days of a shared sheet that do not fit each other, each with why (`flows.dialogue.days_in_order`)."""
        given = {key: written.value for key, written in self.run.given.written.items()}
        kept = {one.key: one.value for one in self.effects if isinstance(one, Keep) and one.owner == self.owner}
        return {} if self.rows else out_of_order(self.run.exercise, {**given, **kept}, self.today)

    @property
    def items(self) -> tuple[str, ...]:
        """The items that this person is asked about."""
        return tuple(dict.fromkeys(key.partition("@")[2] for key in self.keys))

    @property
    def gone(self) -> bool:
        """True if what this person was asked is asked no more: somebody has removed its row, or answered otherwise."""
        return self.visit.place is Place.ASK and self.visit.key not in self.keys

    @property
    def picks(self) -> bool:
        """True if the group picks which items it takes up."""
        return self.run.exercise.for_each is not None and self.run.exercise.for_each.pick

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the required keys without an answer: in the new row, or on the sheet."""
        answered = self.answered
        return tuple(key for key in self.keys if self.run.question(key).required and key not in answered)

    @property
    def row_values(self) -> Values:
        """Return the new row, without answers to questions whose condition no longer holds."""
        visit, keys = self.visit, self.keys
        return {key: value for key, value in visit.draft.items() if key in keys or key in visit.new.fixed}

    @property
    def reviewed(self) -> bool:
        """True if a new row is shown as a whole before it is saved."""
        return self.run.exercise.reviewed
