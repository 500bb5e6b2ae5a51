"""The process as the definition files describe it. All of it is frozen; the words are in `messages/`."""

from dataclasses import dataclass

from flows.definitions.exercise import LONG, TOLD, Exercise
from flows.definitions.parts import (
    Approval,
    Area,
    Band,
    ConsentAsked,
    ForEach,
    Gap,
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
from flows.enums import ExerciseRole

__all__ = [
    "LONG",
    "TOLD",
    "Approval",
    "Area",
    "Band",
    "ConsentAsked",
    "Exercise",
    "ForEach",
    "Gap",
    "Guide",
    "InOrder",
    "Outcome",
    "Part",
    "Process",
    "Question",
    "Register",
    "Shaping",
    "Staging",
    "Step",
    "Teams",
    "Verdict",
    "When",
    "left_out",
]


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
