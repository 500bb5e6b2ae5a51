"""The texts that organisations approve (plan and routine): their words of now, and the version.

A text is what the group has written in several exercises. Its version follows from its words alone: changed back, it is
the earlier version again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.context.context import Context
from bot.exercises import row_links
from bot.views.exercise import ExerciseView
from bot.views.names import Scene
from flows.definitions.model import Exercise, Process
from flows.enums import ExerciseRole, Field, How
from flows.fields import RowField
from flows.run.state import Phase, Run
from flows.run.text_approval import TextApproval
from flows.values import linked_rows
from storage.json_records import dump, load
from storage.records.records import Group, Member

OWNED: Final = {  # what is asked about the town before such a text is adopted
    ExerciseRole.PLAN_FRAME: (Field.PLAN_OWNER, Field.PLAN_UNTIL, Field.PLAN_REVIEW),
    ExerciseRole.ROUTINE: (Field.ROUTINE_OWNER,),
}
APPROVAL = "approval"  # the kind of the activity state, one for each exercise that approves a text


def approvals_of(process: Process, part: str) -> Iterator[Exercise]:
    """Return the exercises that approve a text of which this exercise is a part."""
    return (exercise for exercise in process.exercises.values() if part in exercise.approves)


async def of(ctx: Context, group: Group, approval: Exercise) -> TextApproval:
    """Return what is kept of the text that this exercise approves; nothing before anybody has answered."""
    return load(TextApproval, await ctx.work.activity_states.state(group.id, APPROVAL, approval.id) or {})


async def now(ctx: Context, group: Group, approval: Exercise) -> tuple[TextApproval, int]:
    """Return what is kept of a text, and the number of its present version."""
    return (await of(ctx, group, approval)).reading(await mark(ctx, group, approval), ctx.today)


async def keep(ctx: Context, group: Group, approval: Exercise, kept: TextApproval) -> None:
    """Keep this of a text."""
    await ctx.work.activity_states.keep(group.id, APPROVAL, approval.id, dump(kept))


async def on_sheet(ctx: Context, run: int, approval: Exercise, owner: str) -> tuple[str | None, str | None, str | None]:
    """Return what stands on an organisation's sheet: decision, reason, signer."""
    answers = {a.question: a for a in await ctx.work.answers.of_owner(run, owner)}
    said, signer = (answers.get(approval.field(name).id) for name in (Field.DECISION, Field.SIGNER))
    return (said.value, said.comment, signer.value if signer else None) if said else (None, None, None)


async def adopted(ctx: Context, group: Group, part: str) -> bool:
    """Return whether a text with this part has been adopted once, be it that it has changed since."""
    for exercise in approvals_of(ctx.services.process, part):
        record = await ctx.work.runs.latest(group.id, exercise.id)
        if (await of(ctx, group, exercise)).told or (record is not None and record.phase == Phase.CONCLUDED):
            return True
    return False


async def opened_anew(ctx: Context, group: Group, part: str) -> bool:
    """Return whether this part is gone through again, in a round that began after the organisations had been asked."""
    record = await ctx.work.runs.latest(group.id, part)
    if record is None or record.phase != Phase.OPEN:
        return False
    asked_in = [
        await ctx.work.runs.latest(group.id, approval.id) for approval in approvals_of(ctx.services.process, part)
    ]
    return all(approval is None or approval.id < record.id for approval in asked_in)


async def changed_since(ctx: Context, group: Group, part: str) -> bool:
    """Return whether a text with this part was adopted and reads otherwise now, which nobody has approved yet."""
    for exercise in approvals_of(ctx.services.process, part):
        kept = await of(ctx, group, exercise)
        if kept.told and await mark(ctx, group, exercise) not in kept.versions[kept.told - 1].readings:
            return True
    return False


async def withdrawn(ctx: Context, group: Group, run: Run, member: int) -> bool:
    """Return whether the text has changed after this member's organisation had answered, and it has not since."""
    owner = run.owner(member)
    said = {one.owner for one in (await of(ctx, group, run.exercise)).before}
    return owner in said and owner not in run.handed_in()


async def answered_at(ctx: Context, group: Group, run: Run, member: int) -> datetime | None:
    """Return when this member's organisation gave the latest answer that was taken back, if that was kept."""
    before = (await of(ctx, group, run.exercise)).before
    return {one.owner: one.at for one in before}.get(run.owner(member))


async def unsent(ctx: Context, group: Group, run: Run) -> bool:
    """Return whether the text has changed after answers to it, and has not been sent out anew."""
    return run.phase is Phase.OPEN and run.answer_by is None and bool((await of(ctx, group, run.exercise)).before)


async def approving(ctx: Context, group: Group, part: str) -> list[str]:
    """Return the owners whose yes holds for a text with this part as it stands, and would fall with a change of it."""
    found = dict[str, None]()
    for exercise in approvals_of(ctx.services.process, part):
        yes, given = exercise.field(Field.DECISION).options[0], (await of(ctx, group, exercise)).given
        found |= dict.fromkeys(owner for owner, said in given.items() if said.decision == yes)
    return list(found)


async def mark(ctx: Context, group: Group, approval: Exercise) -> str:
    """Return a hash of the text's present wording."""
    words = [await _words(ctx, group, ctx.services.process.exercises[part]) for part in approval.approves]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]


async def marks(ctx: Context, group: Group) -> dict[str, str]:
    """Return the hash of each text that somebody has been asked about, by the exercise that approves it."""
    kept = await ctx.work.activity_states.of_kind(group.id, APPROVAL)
    return {ref: await mark(ctx, group, ctx.services.process.exercises[ref]) for ref in kept}


async def put_right(ctx: Context, group: Group, before: Mapping[str, str]) -> None:
    """Let each text be the version that it was `before` a number in it was put right: nobody is asked about it anew."""
    for ref, found in (await marks(ctx, group)).items():
        approval = ctx.services.process.exercises[ref]
        kept = await of(ctx, group, approval)
        versions = [
            replace(one, right=(*one.right, found))
            if before[ref] in one.readings and found not in one.readings
            else one
            for one in kept.versions
        ]
        await keep(ctx, group, approval, replace(kept, versions=tuple(versions)))


def texts_of(part: Exercise) -> list[str]:
    """Return the questions of a part whose answers belong to the text: not those about its progress."""
    return [question.id for question in part.questions if not question.follow_up]


async def _words(ctx: Context, group: Group, part: Exercise) -> list[Any]:
    """Return the words of a part that belong to the text, without its progress and assignees.

    Which of a round's answers do, the version of the exercise says with which it began.
    """
    if part.register is not None:
        texts = texts_of(part)
        rows = await ctx.work.rows.all(group.id, part.id)
        return [[row.number, {name: row.values.get(name) for name in texts}] for row in rows]
    for record in reversed(await ctx.work.runs.of_exercise(group.id, part.id)):
        answers = await ctx.work.answers.for_group(record.id) if record.phase != Phase.ASIDE else []
        if answers:  # a new round begins an empty text
            texts = texts_of(ctx.services.exercise_versions.get(record.definition, part))
            return [[answer.question, answer.item, answer.value] for answer in answers if answer.question in texts]
    return []


# -- whose yes is needed, and what it lacks ----------------------------------------------------------------------------
async def asked(ctx: Context, group: Group, approval: Exercise, members: list[Member]) -> list[Member]:
    """Return those members whose organisation must approve: the core group's, and those responsible in the text.

    An organisation answers once, also if it has people in the core group and in the network: any of them can answer.
    """
    named = {name.casefold() for name in (await _responsible(ctx, group, approval)).values()}
    organisations = {o.id: o.name.casefold() for o in await ctx.work.members.organisations(group.id)}
    core = {m.organisation_id for m in await ctx.work.members.active(group.id)} - {None}
    return [
        m
        for m in members
        if m.role == "core" or m.organisation_id in core or organisations.get(m.organisation_id or 0) in named
    ]


async def _responsible(ctx: Context, group: Group, approval: Exercise) -> dict[int, str]:
    """Return the names of the organisations that the rows of the text point at, by the row that they stand in."""
    named = dict[int, str]()
    for part in (ctx.services.process.exercises[name] for name in approval.approves):
        fields = [q.id for q in part.questions if isinstance(q.field, RowField) and q.field.organisations]
        if part.register is None or not fields:
            continue
        titles = await row_links.row_names(ctx, group, part)
        for row in await ctx.work.rows.all(group.id, part.id):
            pointed = (number for field in fields for number in linked_rows(row.values.get(field)))
            named |= {number: titles[number].title for number in pointed if number in titles}
    return named


async def gone(ctx: Context, group: Group, run: Run) -> list[str]:
    """Return the owners who were asked, have not answered, and have nobody left who could; somebody away comes back."""
    kept = await of(ctx, group, run.exercise)
    active = {m.id for m in await ctx.work.members.active(group.id, roles=None)}
    there = {run.owner(member) for member in run.seats if member in active}
    asked_for = dict.fromkeys(run.owner(member) for member in run.seats)
    return [owner for owner in asked_for if owner not in there and owner not in (*kept.given, *kept.aside)]


async def refused(ctx: Context, group: Group, approval: Exercise) -> list[str]:
    """Return the owners whose no stands against the text, where the group has not decided to go on despite it."""
    return (await of(ctx, group, approval)).refused(approval.field(Field.DECISION).options[0])


async def unasked(ctx: Context, group: Group, approval: Exercise) -> dict[int, str]:
    """Return the organisations that stand in the text and have nobody here who can answer for them, by their row."""
    there = await ctx.work.members.of_group(group.id, roles=("core", "network"))
    seated = {m.organisation_id for m in there if m.state == "active"}
    known = {o.name.casefold() for o in await ctx.work.members.organisations(group.id) if o.id in seated}
    found = await _responsible(ctx, group, approval)
    return {number: name for number, name in found.items() if name.casefold() not in known}


async def noted_outside(ctx: Context, group: Group, approval: Exercise) -> set[int]:
    """Return the rows of those who were not asked here, but whose answer to the text as it stands was noted."""
    kept, found = await of(ctx, group, approval), await mark(ctx, group, approval)
    of_now = {number for number, version in enumerate(kept.versions, 1) if found in version.readings}
    return {int(row) for row, word in kept.outside.items() if word.version in of_now}


async def _unowned(ctx: Context, scene: Scene, approval: Exercise) -> list[str]:
    """Return which facts about the town lack that stand in the text once it is adopted: whose it is, until when, and
    when it is looked over.
    """
    process = ctx.services.process
    roles = {process.exercises[part].role for part in approval.approves}
    town = process.with_role(ExerciseRole.TOWN)
    rounds = await ctx.work.runs.of_exercise(scene.group.id, town.id)
    answers = await ctx.work.answers.of_owner(rounds[-1].id, "g") if rounds else []
    there, words = {answer.question for answer in answers if answer.value}, ctx.services.voice.exercise(town.id)
    asked = [town.field(field) for role, fields in OWNED.items() if role in roles for field in fields]
    return [f"{words['title']} – {words[f'question.{q.id}.short']}" for q in asked if q.id not in there]


async def lacking(ctx: Context, scene: Scene, approval: Exercise) -> list[str]:
    """Return what the text still lacks, a sentence each, with the part concerned."""
    found = []
    for part in (ctx.services.process.exercises[name] for name in approval.approves):
        view = ExerciseView(ctx.services.voice, scene, part)
        title = ctx.services.voice.title_of(part.id)
        if part.how is How.ROWS:
            rows = await ctx.work.rows.all(scene.group.id, part.id)
            found += [f"{title} – {gap}" for gap in view.gaps(rows, ctx.today)] if rows else [title]
            continue
        words = await _words(ctx, scene.group, part)
        answered = {question for question, _, _ in words}
        open_ = [view.short(q.id) for q in part.questions if q.required and q.id not in answered and not q.when]
        found += [title] if not words else [f"{title} – {short}" for short in open_]
    found += await _unowned(ctx, scene, approval)
    noted = await noted_outside(ctx, scene.group, approval)
    absent = {name for number, name in (await unasked(ctx, scene.group, approval)).items() if number not in noted}
    return [*found, *(ctx.services.voice.label("approval.unasked", {"who": name}) for name in sorted(absent))]
