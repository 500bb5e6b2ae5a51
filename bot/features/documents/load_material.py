"""Loads the material of documents from storage: only what the whole group may see, whoever asks.

So a document is the same for everyone who may have it, and holds nothing that is private, handed in to somebody alone
or not revealed yet. Of incidents it has the published numbers.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime

from bot.ballots import number_changes
from bot.context.context import Context
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.approvals import outcomes
from bot.features.calendar import lifecycle
from bot.features.documents.kept_versions import versions_of
from bot.features.documents.material_reader import MaterialReader, rows_of
from bot.features.documents.town_folder import named_alike, own_look
from bot.features.help import town_facts
from bot.features.incidents import statistics
from bot.features.network import network_meetings
from bot.features.outsiders import event_link
from bot.features.process.status import map_of
from bot.features.registers import checked_numbers, printed_card
from bot.features.together import session_minutes
from bot.views.names import Scene
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from flows.figures.statistics import Series
from flows.figures.wellbeing import band
from messages.documents.catalogue import registers
from messages.documents.material import (
    Approval,
    ApprovalLine,
    Attended,
    CheckedIn,
    Material,
    Minutes,
    Names,
    Sessions,
    Swap,
    Year,
)
from messages.documents.own_look import OwnLook
from storage.json_records import Json, JsonObject
from storage.records.records import Group, Member, SeatState


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
    numbers = {row.id: row.number for register in registers() for row in await rows_of(ctx, group, register)}
    titles = {id: name.title for id, name in scene.rows.items()}
    reader = MaterialReader(ctx, scene, numbers, titles)
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


async def _names(ctx: Context, scene: Scene, reader: "MaterialReader") -> Names:
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


async def _network(ctx: Context, scene: Scene, reader: "MaterialReader") -> AsyncIterator[str]:
    """Yield the organisations of whoever is in the network, and of the guests who have said yes to it."""
    for member in scene.members.values():
        if member.role == "network" and member.state == SeatState.ACTIVE and member.organisation_id:
            yield scene.organisation(member.organisation_id)
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    for row in await reader.register(guests.id):
        if guests.says(row.values, Field.JOIN, Mark.YES):
            for name in guests.told(row.values, Field.ORGANISATION) or ():
                yield name


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
    found = await outcomes.standing(ctx, group, exercise)
    if not found.lines:
        return None
    outside = {one.organisation.casefold(): one for one in found.outside}
    lines = [_with_word(line, outside.pop(line.organisation.casefold(), line)) for line in found.lines]
    return Approval(found.version, found.final, (*lines, *outside.values()))


def _with_word(line: ApprovalLine, gone: ApprovalLine) -> ApprovalLine:
    """Return the line of one that was asked and has nobody left, with what was noted of it since, if it was silent."""
    return replace(line, asked=False, word=gone.word, earlier=gone.earlier) if gone.word and not line.decision else line


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
