"""The context of a turn: where and by whom it happens, and what applying its effects has found out so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.context.context import Context
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, answer_key
from flows.run.state import Run
from flows.values import Values
from storage.records import records
from storage.records.records import Answer, Group, Member


@dataclass(frozen=True, slots=True)
class MessageSource:
    """The message that an answer came in, so that editing it edits the answer."""

    chat_id: int
    message_id: int


@dataclass(slots=True)
class TurnContext:
    """What the modules that apply effects share. `before` and `run`: the run before the event and now.

    The group, and the scene with its presenter, change by the methods below only; `row` and `given` are put here when a
    row is kept.
    """

    ctx: Context
    group: Group
    scene: Scene
    before: Run
    run: Run
    by: Member | None = None  # who tapped or wrote
    source: MessageSource | None = None
    in_group: bool = False  # where they tapped …
    under: int = 0  # … and under which message
    key: str = ""  # to what they wrote, which is shut away until they have said that it is to stand
    present: ExerciseView = field(init=False)
    row: records.Row | None = None  # the row that this turn made or changed
    town: str | None = None  # the group's name, for whoever is written to and sits in several
    made: list[records.Row] = field(default_factory=list)  # several rows that this turn made at once …
    were_there: int = 0  # … and how many it did not, as they were there
    was_there: bool = False  # the new row was in the list by its name already, and has been filled in
    namesake: int | None = None  # … or the number of one of that name, which says other things
    given: Values | None = None  # … or what was given to a private register

    def __post_init__(self) -> None:
        self.see(self.scene)

    def see(self, scene: Scene) -> None:
        """Replace the scene, so that messages from now on can name what is new in it."""
        self.scene = scene
        self.present = ExerciseView(self.ctx.services.voice, scene, self.run.exercise)

    @property
    def steps(self) -> set[int]:
        """The steps that are open to the group."""
        return set(self.group.settings.steps)

    async def open_steps(self, steps: Iterable[int]) -> None:
        """Open these steps to the group, and close all others."""
        settings = replace(self.group.settings, steps=tuple(sorted(steps)))
        self.group = await self.ctx.work.groups.update(self.group.id, settings=settings)

    async def answer(self, owner: str, key: str) -> Answer | None:
        """The answer that stands on a sheet now, also if this turn put it there."""
        answers = await self.ctx.work.answers.of_owner(self.run.number, owner)
        return next((a for a in answers if answer_key(a) == key), None)

    @property
    def by_guest(self) -> bool:
        """True for someone outside of the group who fills in a form."""
        return self.by is not None and self.by.role == "guest"
