"""The run under way through one event of a person's dialogue, with the effects so far."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flows.effects import Button, Effect, Keyboard, Say, Toast
from flows.model import How
from flows.state import Run, Visit


@dataclass(slots=True)
class Talk:
    """The run under way through one event, with the effects so far."""

    run: Run
    member: int
    today: date
    tapped: bool = False
    effects: list[Effect] = field(default_factory=list)

    @property
    def visit(self) -> Visit:
        """Where this person stands."""
        return self.run.visits.get(self.member, Visit())

    @property
    def owner(self) -> str:
        """Whose sheet this person writes on."""
        return self.run.owner(self.member)

    @property
    def rows(self) -> bool:
        """Whether it is a register's row that is filled in."""
        return self.run.exercise.how is How.ROWS

    @property
    def keys(self) -> tuple[str, ...]:
        """What this person is asked: all but what a new row was given from the start."""
        fixed = self.visit.fixed if self.rows and self.visit.row is None else ()
        return tuple(key for key in self.run.keys() if key not in fixed) if fixed else self.run.keys()

    def stand(self, **changes: Any) -> None:
        """Let this person stand elsewhere."""
        self.run = self.run.with_visit(self.member, replace(self.visit, **changes))

    def say(
        self,
        name: str,
        facts: dict[str, Any] | None = None,
        keyboard: Keyboard = (),
        *,
        again: bool = False,
        **more: Any,
    ) -> None:
        """Say something to this person. It is a new asking, unless it is only said `again`."""
        if not again:
            self.stand(ask=self.visit.ask + 1)
        ask = self.visit.ask
        self.effects.append(Say(self.member, name, facts or {}, keyboard, in_place=self.tapped, ask=ask, **more))

    def aside(self, name: str, facts: dict[str, Any] | None = None) -> None:
        """Say something beside the dialogue, with a way back into it."""
        self.say(name, facts, ((Button("open", "", "resume"),),), again=True)

    def toast(self, name: str, **facts: Any) -> None:
        """A notice to this person."""
        self.effects.append(Toast(name, facts))

    @property
    def answered(self) -> frozenset[str]:
        """The keys that have an answer: of the new row, or of the sheet."""
        return frozenset(self.visit.draft) if self.rows else self.run.sheet(self.member).answered

    def version(self, key: str) -> int:
        """The version of the answer that several can write, 0 while there is none."""
        written = self.run.written.get(key)
        return written.version if written else 0

    @property
    def can_save(self) -> bool:
        """Whether a new row has all that it needs."""
        return self.visit.row is None and all(key in self.visit.draft for key in self.run.required())

    @property
    def reviewed(self) -> bool:
        """Whether a new row is looked at once more before it is saved."""
        register = self.run.exercise.register
        return register is not None and register.review
