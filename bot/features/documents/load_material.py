"""Loads the material of documents from storage: only what the whole group may see, whoever asks.

So a document is the same for everyone who may have it, and holds nothing that is private, handed in to somebody alone
or not revealed yet. Of incidents it has the published numbers.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.ballots import number_changes
from bot.context.context import Context
from bot.context.sealed_actions import Action
from bot.exercises import consents, runner
from bot.exercises.row_links import OWN
from bot.exercises.run_json import from_json
from bot.exercises.shared_answers import conclusion_in
from bot.features.approvals import approvals, outcomes
from bot.features.calendar import lifecycle
from bot.features.documents.town_folder import named_alike, own_look
from bot.features.help import town_facts
from bot.features.incidents import statistics
from bot.features.network import network_meetings
from bot.features.outsiders import event_link
from bot.features.process.status import map_of
from bot.features.registers import checked_numbers, printed_card
from bot.features.together import session_minutes
from bot.views.names import Scene, answer_key
from flows.definitions.model import Exercise, Question
from flows.enums import ExerciseRole, Field, How, Kind, Mark
from flows.figures.statistics import Series
from flows.figures.wellbeing import band
from flows.run.state import Phase
from flows.timing import yearly
from flows.values import Value, pointers
from messages.documents.catalogue import registers
from messages.documents.material import (
    Approval,
    ApprovalLine,
    Attended,
    CheckedIn,
    Material,
    Minutes,
    Names,
    RegisterRow,
    Round,
    Said,
    Sessions,
    Swap,
    Version,
    Year,
)
from messages.documents.own_look import OwnLook
from storage.json_records import Json, JsonObject
from storage.records import records
from storage.records.records import Answer, Group, Member, SeatState
from storage.records.runs import Run as Record

VERSIONS = "document"  # the kind of activity state that holds a document's versions


async def town_of(ctx: Context, group: Group) -> str:
    """Return what the town is called in documents: as the facts about it say, else by the name of its group."""
    return (await town_facts.known(ctx, group)).get(Field.NAME) or ctx.services.voice.rules.town_of(group.title)


async def _own_look(ctx: Context, group: Group, town: str) -> OwnLook | None:
    if ctx.services.towns is None:
        return None
    every = [await town_of(ctx, one) for one in await ctx.work.groups.all_active()]
    shared = sum(named_alike(one, town) for one in every) > 1
    return await asyncio.to_thread(own_look, ctx.services.towns, group.id, "" if shared else town)


async def material_of(ctx: Context, group: Group) -> Material:
    """Return the material of a group's documents and pictures."""
    scene = await runner.scene_of(ctx, group)
    numbers = {row.id: row.number for register in registers() for row in await _rows(ctx, group, register)}
    titles = {id: name.title for id, name in scene.rows.items()}
    reader = _Reader(ctx, scene, numbers, titles)
    event, card = await event_link.address(ctx, group), await printed_card.link(ctx, group)
    town = await town_of(ctx, group)
    return Material(
        town=town,
        today=ctx.today,
        began=group.created_at.astimezone(ctx.services.zone).date(),
        names=await _names(ctx, scene, reader),
        rounds=await reader.rounds(),
        registers={register: await reader.register(register) for register in registers()},
        years=await _years(ctx, group),
        checkins=tuple([c async for c in _check_ins(ctx, group)]),
        calendar=await lifecycle.planned(ctx, group),
        approvals={e.id: a for e in _approving(ctx) if (a := await _approval(ctx, group, e))},
        sessions=Sessions(
            tuple([m async for m in _minutes(ctx, group)]),
            tuple([a async for a in _attended(ctx, group)]),
            tuple([(d["on"], _decision(d)) for d in await session_minutes.between(ctx, group)]),
        ),
        progress=await map_of(ctx, group),
        outcomes=await reader.outcomes(),
        versions=await versions_of(ctx, group),
        language=ctx.services.voice.language,
        own=await _own_look(ctx, group, town),
        event_off=group.settings.event.off,
        links={
            ExerciseRole.INCIDENT: ctx.link(Action("log", group.id)),
            **({ExerciseRole.EVENT: event} if event else {}),
            **({printed_card.VERB: card} if card else {}),
        },
    )


async def _names(ctx: Context, scene: Scene, reader: "_Reader") -> Names:
    there, named = scene.members.values(), scene.organisation
    return Names(
        people={member.id: member.name for member in there},
        organisations={one.id: one.name for one in scene.organisations.values()},
        belongs={member.id: member.organisation_id for member in there if member.organisation_id},
        core=tuple(dict.fromkeys(named(one.organisation_id) for one in _core(scene) if one.organisation_id)),
        network=tuple(dict.fromkeys([name async for name in _network(ctx, scene, reader)])),
        swaps=tuple([Swap(s.old, s.new, s.on) for s in await number_changes.settled(ctx, scene.group) if s.on]),
        checked=await checked_numbers.checked(ctx, scene.group),
    )


def _core(scene: Scene) -> Iterator[Member]:
    return (m for m in scene.members.values() if m.role == "core" and m.state == SeatState.ACTIVE)


async def _network(ctx: Context, scene: Scene, reader: "_Reader") -> AsyncIterator[str]:
    """Yield the organisations of whoever is in the network, and of the guests who have said yes to it."""
    for member in scene.members.values():
        if member.role == "network" and member.state == SeatState.ACTIVE and member.organisation_id:
            yield scene.organisation(member.organisation_id)
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    for row in await reader.register(guests.id):
        if guests.says(row.values, Field.JOIN, Mark.YES):
            for name in guests.told(row.values, Field.ORGANISATION) or ():
                yield name


class _Reader:
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
        for owner, given in (await approvals.holding(self._desk, self._scene.group, exercise)).items():
            organisation, on = self._organisation(owner), date.fromisoformat(given["on"])
            names = {name: exercise.field(name).id for name in (Field.DECISION, Field.SIGNER)}
            there = {question: given[name] for name, question in names.items() if given[name] is not None}
            said += [Said(question, value, on, organisation=organisation) for question, value in there.items()]
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
            for row in await _rows(self._desk, self._scene.group, register)
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


async def _rows(ctx: Context, group: Group, register: str) -> Sequence[records.Row]:
    return await ctx.work.rows.all(group.id, register)


async def _years(ctx: Context, group: Group) -> tuple[Year, ...]:
    table = await statistics.years_for_all(ctx, group.id)
    return tuple(
        Year(
            int(column.name),
            *(column.cells[series] for series in Series),
            preliminary=int(column.name) >= ctx.today.year,
        )
        for column in table.columns
    )


async def _check_ins(ctx: Context, group: Group) -> Json:
    """Return the check-ins that are over."""
    for check_in in await ctx.work.check_ins.of_group(group.id):
        if check_in.until < ctx.today and not group.settings.counting.doubt:
            scores, _ = await ctx.work.check_ins.answers(check_in)
            yield CheckedIn(check_in.opened, band(scores))


def _approving(ctx: Context) -> Iterator[Exercise]:
    return (exercise for exercise in ctx.services.process.exercises.values() if exercise.approves)


async def _approval(ctx: Context, group: Group, exercise: Exercise) -> Approval | None:
    """Return the approval of a text; None before the organisations were asked."""
    found, signer = await outcomes.standing(ctx, group, exercise), exercise.field(Field.SIGNER).id
    if not found.lines:
        return None
    lines, outside = [], {one.name.casefold(): one for one in found.outside}
    for line in found.lines:
        given = line.given or {}
        gone = outside.pop(line.name.casefold(), None)  # it was asked, and nobody is left there
        word = gone.word if gone and not given else ""
        on = date.fromisoformat(given["on"]) if given else None
        said = str(given.get(signer) or given.get("signer") or "")
        answer = (given.get("decision"), on, said, line.aside, line.overruled, line.yes)
        earlier = gone.earlier if gone and word else None
        lines.append(ApprovalLine(line.name, *answer, asked=not word, word=word, earlier=earlier))
    lines += [ApprovalLine(one.name, asked=False, word=one.word, earlier=one.earlier) for one in outside.values()]
    return Approval(found.version, found.final, tuple(lines))


async def _minutes(ctx: Context, group: Group) -> Json:
    """Return the minutes of the group's working sessions, the newest first."""
    kept = await ctx.work.activity_states.of_kind(group.id, session_minutes.MINUTES)
    for state in sorted(kept.values(), key=lambda state: state["begun"], reverse=True):
        said = await session_minutes.facts(ctx, group, state)
        begun, clock = datetime.fromtimestamp(state["begun"], ctx.services.zone), ctx.services.voice.rules.clock
        ended = datetime.fromtimestamp(state["ended"], ctx.services.zone) if state["ended"] else None
        yield Minutes(
            begun.date(),
            state["step"],
            clock(begun),
            clock(ended) if ended else None,
            tuple(said["there"]),
            tuple((line["title"], line["done"]) for line in said["worked"]),
            tuple(_decision(line) for line in said["decisions"]),
            tuple((line["what"], line["who"], line["due"]) for line in said["todos"]),
            tuple(said["another_time"]),
        )


async def _attended(ctx: Context, group: Group) -> AsyncIterator[Attended]:
    """Yield who was at each meeting at which a roll was called, the newest first."""
    for meeting in sorted(await ctx.work.meetings.planned(group.id), key=lambda m: (m.day, m.at), reverse=True):
        if there := await network_meetings.names_there(ctx, group, meeting):
            yield Attended(meeting.day, lifecycle.name_of(ctx, lifecycle.as_meeting(meeting)), tuple(there))


def _decision(line: JsonObject) -> str:
    """Return a decision, with what everybody answered if they were asked."""
    return " – ".join(filter(None, (line["what"], line["said"])))


# -- versions ----------------------------------------------------------------------------------------------------------
async def versions_of(ctx: Context, group: Group) -> dict[str, tuple[Version, ...]]:
    """Return the versions of each document that were given out, oldest first."""
    kept = await ctx.work.activity_states.of_kind(group.id, VERSIONS)
    return {document: tuple(_versions(state)) for document, state in kept.items()}


def _versions(state: JsonObject) -> Iterator[Version]:
    for version in state["versions"]:
        adopted = version.get("adopted")
        on = date.fromisoformat(adopted) if adopted else None
        made = date.fromisoformat(version["on"])
        draft, standing = version.get("draft", False), version.get("standing")
        yield Version(version["number"], made, version["parts"], on, draft, standing)


async def keep_version(ctx: Context, group: Group, document: str, version: Version) -> None:
    """Store a version that was given out or answered, unless a later one was; or that was adopted.

    A version is the same one until an organisation has answered it, also if its text is changed: the last text counts.
    """
    state = await ctx.work.activity_states.state(group.id, VERSIONS, document) or {"versions": []}
    known = {(not kept.get("draft", False), kept["number"]): kept for kept in state["versions"]}  # drafts come first
    key = asked, number = not version.draft, version.number
    newest = max((other for kind, other in known if kind == asked), default=0)
    before, parts = known.get(key), dict(version.parts)
    if before is None:
        new = bool(version.adopted) or number > newest
    else:
        last = number == newest or bool(version.adopted)  # drafts had numbers of versions once, and later ones
        new = last and not before.get("adopted") and before["parts"] != parts
    if new:
        known[key] = {
            "number": number,
            "on": version.on.isoformat(),
            "parts": parts,
            "draft": version.draft,
        }
    if version.adopted:
        first = not known[key].get("adopted")  # what stands in it then, stays
        known[key] = {**known[key], "adopted": version.adopted.isoformat()}
        if first and version.standing is not None:
            known[key]["standing"] = dict(version.standing)
    await ctx.work.activity_states.keep(group.id, VERSIONS, document, {"versions": [known[k] for k in sorted(known)]})
