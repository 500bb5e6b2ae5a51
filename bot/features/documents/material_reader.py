"""Reads what a group has answered and listed, as the material of its documents."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.context.context import Context
from bot.exercises import approved_texts, consents
from bot.exercises.row_links import OWN
from bot.exercises.run_json import from_json
from bot.exercises.shared_answers import conclusion_in
from bot.views.names import Scene, answer_key
from flows.definitions.model import Exercise, Question
from flows.enums import ExerciseRole, Field, How, Kind
from flows.run.state import Phase
from flows.timing import yearly
from flows.values import Value, pointers
from messages.documents.material import (
    RegisterRow,
    Round,
    Said,
)
from storage.records import records
from storage.records.records import Answer, Group
from storage.records.runs import Run as Record


class MaterialReader:
    """Converts what is stored about a group's exercises into material."""

    def __init__(self, ctx: Context, scene: Scene, numbers: Mapping[int, int], titles: Mapping[int, str]) -> None:
        """`numbers` and `titles` are those of rows, by their ids."""
        self._desk, self._scene, self._numbers, self._titles = ctx, scene, numbers, titles

    async def rounds(self) -> dict[str, Round]:
        """Return for each exercise the latest round with something that the group may see."""
        found: dict[str, Round] = {}
        for record in reversed(await self._desk.work.runs.all_of(self._scene.group.id)):
            exercise = self._desk.services.process.exercises.get(record.exercise)
            if exercise is None or exercise.private or exercise.how is How.ROWS or exercise.id in found:
                continue
            made = await self._round(exercise, record)
            if made.said or made.conclusion:
                found[exercise.id] = made
        return found

    async def outcomes(self) -> dict[int, tuple[int | None, ...]]:
        """Return the outcomes of the plan's measures, by number and year."""
        exercise = self._desk.services.process.with_role(ExerciseRole.FIGURES)
        rounds = [
            (record.opened_at, {said.item: said.value for said in (await self._round(exercise, record)).said})
            for record in await self._desk.work.runs.of_exercise(self._scene.group.id, exercise.id)
            if record.phase != Phase.ASIDE
        ]
        years = yearly.by_year(rounds)
        items = dict.fromkeys(item for said in years for item in said)
        return {int(item[1:]): tuple(said.get(item) for said in years) for item in items}

    async def _round(self, exercise: Exercise, record: Record) -> Round:
        answers = await self._desk.work.answers.for_group(record.id)
        conclusion = conclusion_in(answers)
        run = from_json(exercise, record.id, record.state)
        asked = {owner: run.asked(owner) for owner in run.sheets}  # where conditions hold
        known = [a for a in answers if answer_key(a) in asked.get(a.owner, run.keys())]
        said = tuple(self._said(exercise, a) for a in known)
        newest = max((self._day(a.at) for a in answers), default=None)
        if exercise.approves:
            said = tuple(await self._approved(exercise))
            newest = max((one.on for one in said), default=newest)  # handed in anew, an answer is no other one
        agreed = await consents.in_words(self._desk, self._scene.group, f"run:{record.id}", homes=True)
        return Round(said, conclusion, newest, agreed)

    def _said(self, exercise: Exercise, answer: Answer) -> Said:
        own = answer.owner.startswith("m:")
        return Said(
            question=answer.question,
            value=self._value(exercise.question(answer.question), answer.value),
            on=self._day(answer.at),
            item=self._item(exercise, answer.item),
            comment=answer.comment,
            member=answer.member_id if own else None,
            organisation=answer.organisation_id,
        )

    async def _approved(self, exercise: Exercise) -> list[Said]:
        """Return each organisation's answer to the text as it stands now."""
        said: list[Said] = []
        for owner, given in (await approved_texts.of(self._desk, self._scene.group, exercise)).given.items():
            organisation, there = (
                self._organisation(owner),
                {Field.DECISION: given.decision, Field.SIGNER: given.signer},
            )
            said += [
                Said(exercise.field(name).id, value, given.on, organisation=organisation)
                for name, value in there.items()
                if value is not None
            ]
        return said

    def _organisation(self, owner: str) -> int | None:
        kind, _, number = owner.partition(":")
        if kind == "o":
            return int(number)
        member = self._scene.members.get(int(number))
        return member.organisation_id if member else None

    async def register(self, register: str) -> tuple[RegisterRow, ...]:
        """Return the rows of a register, without those that are withheld from the network."""
        exercise = self._desk.services.process.exercises[register]
        return tuple(
            RegisterRow(
                number=row.number,
                values={
                    q.id: self._value(q, row.values[q.id])
                    for q in exercise.questions
                    if q.id in row.values and q.applies(row.values)
                }
                | {name: row.values[name] for name in (yearly.DONE,) if name in row.values},
                on=self._day(row.changed_at),
                state=row.state,
                assignee=row.assignee,
                due=row.due,
            )
            for row in await rows_of(self._desk, self._scene.group, register)
        )

    def _value(self, question: Question, value: Value) -> Value:
        """Return a value as it is stored, with rows that it points at by their names."""
        if question.kind is not Kind.ROW or value is None:
            return value
        return tuple(
            str(self._titles.get(int(one["id"]), "–") if "id" in one else one["name"]) for one in pointers(value)
        )

    def _item(self, exercise: Exercise, item: str) -> str:
        """Return an item's id in the material: a row's number, the name of the group's own item."""
        if not item.startswith("#"):
            return item
        id = int(item[1:])
        if exercise.for_each and exercise.for_each.register:
            return f"#{self._numbers.get(id, 0)}"
        return self._titles.get(id, OWN)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._desk.services.zone).date()


async def rows_of(ctx: Context, group: Group, register: str) -> Sequence[records.Row]:
    """Return the rows of a register."""
    return await ctx.work.rows.all(group.id, register)
