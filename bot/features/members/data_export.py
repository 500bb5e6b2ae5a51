"""All that is stored about a person in a group, in words that they can read and a form that a program can.

Of incidents there are receipts only: none is read back.
"""

from datetime import date, timedelta

from bot.ballots import admissions
from bot.context.context import Actor, Context
from bot.context.permissions import is_reader
from bot.exercises import runner
from bot.exercises.mentions import called, is_by
from bot.features.process import answer_history
from bot.features.registers import candidates
from bot.views.rows import NOTES
from flows.ballots import Ballot, Phase
from flows.enums import ExerciseRole
from flows.run.state import Run
from storage.json_records import JsonObject
from storage.records.records import Group, Member, Row


async def stored_about(ctx: Context, actor: Actor) -> JsonObject:
    """Return everything that is stored about a person in a group."""
    person, member, group = actor.person, actor.member, actor.group
    habit = await ctx.work.notification_preferences.of(person.id)
    receipts = await ctx.work.incidents.receipts_of(group.id, person.id, ctx.today - timedelta(days=36_500))
    away = await ctx.work.absences.of_person(person.id, date.min)
    wishes = await ctx.work.wishes.of_member(member.id)
    done = await ctx.work.access_log.of_member(group.id, member.id)
    addresses = await ctx.work.mail_addresses.every(person.id)
    let_in = await admissions.of(ctx.work, group.id, person.id)
    held = [one for one in await ctx.work.held_texts.of(person.id, ctx.today) if one.group_id == group.id]
    runs = await runner.loaded(ctx, group)
    return {
        "person": {"telegram_id": person.user_id, "since": person.created_at.isoformat(), "stopped": person.stopped},
        "seat": await _seat(ctx, group, member),
        "answers": [said for run in runs for said in await _answers(ctx, group, member, run)],
        "begun": [begun for run in runs if (begun := await _begun(ctx, group, member, run))],
        "texts_not_placed": [{"text": one.text, "kept_until": _day(one.until)} for one in held],
        "rows": [await _row(ctx, group, row) for row in await _rows(ctx, group, member)],
        "comments": await _comments(ctx, group, member),
        "incidents_logged": [{"receipt": receipt, "on": day} for _, receipt, day in receipts],
        "open_matters": [{"kind": m.kind, "due": _day(m.due)} for m in await ctx.work.open_items.of_person(person.id)],
        "away": [{"from": _day(one.first), "to": _day(one.last)} for one in away],
        "wishes": [
            {"mine": one.member_id == member.id, "due": _day(one.due), "state": one.state, "text": one.text}
            for one in wishes
        ],
        "access_log": [{"at": line.at.isoformat(), "what": line.what} for line in done],
        "signed_in": [
            {"browser": one.device, "since": one.begun, "until": one.ends_at.isoformat()}
            for one in await ctx.work.sign_ins.of_person(person.id)
        ],
        "keys": [
            {"name": one.name, "since": one.made, "used": one.used}
            for one in await ctx.work.passkeys.of_person(person.id)
        ],
        "mail": [{"address": one.address, "state": one.state} for one in addresses],
        "let_in": _let_in(let_in) if let_in else None,
        "habits": {"at": habit.at, "weekdays": habit.weekdays, "muted": habit.muted},
    }


def _let_in(asked: Ballot) -> dict[str, str]:
    state = "asked" if asked.phase is Phase.OPEN else "in" if admissions.is_in(asked) else "out"
    return {
        "name": asked.text,
        "state": state,
        "confirmed": admissions.confirmed(asked).isoformat() if state == "in" else "",
    }


async def _seat(ctx: Context, group: Group, member: Member) -> JsonObject:
    organisation = await ctx.work.members.organisation(member.organisation_id) if member.organisation_id else None
    return {
        "group": group.title,
        "name": member.name,
        "organisation": organisation.name if organisation else None,
        "told": member.profile,
        "coordinator": member.coordinator,
        "role": member.role,
        "reads_incidents": is_reader(member, group),
        "substitute": group.settings.standing.substitute == member.id,
        "decides": member.id in group.settings.deciders,
        "agreed": member.agreed_at.isoformat() if member.agreed_at else None,
        "joined": member.joined_at.isoformat(),
    }


async def _answers(ctx: Context, group: Group, member: Member, run: Run) -> list[JsonObject]:
    """Return what they wrote last in an exercise, for themselves or with others."""
    answers = await ctx.work.answers.written_by(run.number, member.id)
    present = await runner.present_of(ctx, group, run.exercise) if answers else None
    return [
        {
            "exercise": present.words["title"],
            "question": answer_history.called(ctx, present, answer),
            "answer": answer_history.said(run, present, answer),
            "comment": answer.comment,
            "own": answer.owner == f"m:{member.id}",
            "for": answer.audience,
            "handed_in": answer.handed_in,
            "at": answer.at.isoformat(),
        }
        for answer in answers
        if present is not None
    ]


async def _begun(ctx: Context, group: Group, member: Member, run: Run) -> JsonObject | None:
    """Return what they have begun in an exercise and not saved."""
    visit = run.visit(member.id)
    texts = [held.text for held in (visit.held, visit.pasted) if held]
    texts += [visit.remark.text] if visit.remark.text is not None else []
    if run.exercise.role is ExerciseRole.INCIDENT or not (visit.begun_row or texts):
        return None
    present = await runner.present_of(ctx, group, run.exercise)
    fields = {present.short(key): present.value(run.question(key), value) for key, value in visit.begun_row.items()}
    return {"exercise": present.words["title"], "values": fields, "texts": texts}


async def _rows(ctx: Context, group: Group, member: Member) -> list[Row]:
    """Return the rows that they have made, changed last or been given, and those that are about them.

    Somebody who has left reads nothing that others have written since.
    """
    touched = await ctx.work.rows.touched_by(member.id)
    theirs = [row for row in touched if member.state != "left" or row.author == member.id]
    about = await candidates.about(ctx, group, member)
    guest = await ctx.work.rows.lookup(member.profile.get("guest", 0))
    found = [*theirs, *about, *([guest] if guest else [])]
    return list({row.id: row for row in found if row.group_id == group.id}.values())


async def _row(ctx: Context, group: Group, row: Row) -> JsonObject:
    exercise = ctx.services.process.exercises[row.register]
    present = await runner.present_of(ctx, group, exercise)
    fields = {
        exercise.question(key): value
        for key, value in row.values.items()
        if key in exercise.question_ids and value is not None
    }
    return {
        "list": present.words["title"],
        "number": row.number,
        "values": {present.short(question.id): present.value(question, value) for question, value in fields.items()},
        "due": _day(row.due),
    }


async def _comments(ctx: Context, group: Group, member: Member) -> list[JsonObject]:
    """Return what they have said about rows, their own and others'; nothing that may be a namesake's."""
    lists = [e.id for e in ctx.services.process.exercises.values() if e.register]
    seats = await ctx.work.members.of_group(group.id, include_left=True)
    mine = await called(ctx, member) - {other.name for other in seats if other.id != member.id}
    return [
        {
            "list": ctx.services.voice.title_of(row.register),
            "number": row.number,
            "text": note["text"],
            "on": note["on"],
        }
        for row in await ctx.work.rows.of_registers(group.id, lists)
        for note in row.values.get(NOTES, [])
        if is_by(note, member, mine)
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
