"""Candidates (0.3): a letter to ask somebody with, the way into the group for those who say yes, and off the list."""

from dataclasses import replace
from operator import eq

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.mentions import called
from bot.features.registers import row_actions
from bot.views.shared_buttons import join_key
from flows.definitions.model import Exercise, Question
from flows.enums import Field, Kind, Mark
from flows.run.state import Run
from messages.voice import TemplateFacts
from storage.records.records import Group, Member, Row, is_own_number


async def letter(ctx: Context, actor: Actor, action: Action) -> None:
    """Send a letter to ask a candidate with, in any channel: what it means, and time to think."""
    run, row = await _found(ctx, actor, action)
    await ctx.tell(actor, "candidate.letter", _facts(actor, run, row))
    asked = [[ctx.key("candidate.asked", "candasked", run.number, str(row.id))], [_open(ctx, run, row)]]
    await ctx.tell(
        actor, "candidate.after_letter", {"name": _name(run.exercise, row)}, asked if _unasked(run, row) else asked[1:]
    )


async def asked(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that a member has sent the letter."""
    run, row = await _found(ctx, actor, action)
    if _unasked(run, row):
        question = _status(run.exercise)
        values = {**row.values, question.id: question.option(Mark.INVITED)}
        await row_actions.change(ctx, actor, run.number, row.id, values=values)
        await runner.refresh_card(ctx, actor.group, await ctx.work.runs.get(run.number))
        return
    ctx.toast("already_so")


async def way_in(ctx: Context, actor: Actor, action: Action) -> None:
    """Show how a candidate who has said yes joins: into the chat, by its link; on the page, by their own."""
    run, row = await _found(ctx, actor, action)
    keys = [[_open(ctx, run, row)]]
    if actor.member.coordinator and ctx.services.page_url:
        keys.insert(0, [ctx.key("admission.make", "seatlink", actor.group.id)])
    chat = not is_own_number(actor.group.chat_id)
    facts = {**_facts(actor, run, row), "chat": chat, "url": join_key(ctx, actor.group).url, "page": len(keys) > 1}
    await ctx.tell(actor, "candidate.way_in", facts, keys)


async def about(ctx: Context, group: Group, member: Member) -> list[Row]:
    """Return the rows about somebody who has come in, by a name and the organisation; not one that may be another's,
    who has a seat or a row as well.
    """
    mine = await called(ctx, member)
    seats = [m for m in await ctx.work.members.of_group(group.id, include_left=True) if m.id != member.id]
    lists = [e for e in ctx.services.process.exercises.values() if e.register and e.register.link == "seat"]
    found = [
        (_name(exercise, row), row)
        for exercise in lists
        for row in await ctx.work.rows.of_registers(group.id, (exercise.id,))
        if any(_is_about(exercise, row, replace(member, name=name)) for name in mine)
        and not any(_is_about(exercise, row, other) for other in seats)
    ]
    return [row for name, row in found if name in mine or all(_alike(name, other) for other, _ in found)]


async def forget(ctx: Context, group: Group, member: Member) -> None:
    """Take the row about somebody who is to be erased off the list, with its history."""
    for row in await about(ctx, group, member):
        await ctx.work.rows.erase(row.id)
        for record in await ctx.work.runs.of_exercise(group.id, row.register):
            await runner.refresh(ctx, group, record)


def _is_about(exercise: Exercise, row: Row, member: Member) -> bool:
    """True if a row has this member's organisation and name, as far as both are written out."""
    of = next((row.values.get(q.id) or {} for q in exercise.questions if q.kind is Kind.ORGANISATION), {})
    there = of.get("id") is not None and of["id"] == member.organisation_id
    return there and _alike(_name(exercise, row), member.name)


def _alike(one: str, other: str) -> bool:
    """True if two names are the same as far as both are written out."""
    names = [name.casefold().split() for name in (one, other)]
    return all(names) and all(map(eq, *names))


async def _found(ctx: Context, actor: Actor, action: Action) -> tuple[Run, Row]:
    """Return the row that a button names. Raises Unmet for one that is no candidate (any more)."""
    run, row = runner.load(ctx, await ctx.work.runs.get(action.run)), await ctx.work.rows.lookup(int(action.arg))
    register = run.exercise.register
    row = required(row, "no_row", alert=True)
    there = row.group_id == actor.group.id and row.register == run.exercise.id and row.state != "removed"
    demand(there and register is not None and register.link == "seat", "no_row", alert=True)
    return run, row


def _status(exercise: Exercise) -> Question:
    """Return the question about the state of asking."""
    return exercise.field(Field.COMING)


def _unasked(run: Run, row: Row) -> bool:
    """True if nobody has noted yet that they were asked."""
    question = _status(run.exercise)
    said = row.values.get(question.id)
    return not any(question.says(said, mark) for mark in (Mark.INVITED, Mark.MAYBE, Mark.YES, Mark.NO))


def _name(exercise: Exercise, row: Row) -> str:
    assert exercise.register is not None  # it is a list of candidates
    return str(row.values.get(exercise.register.title, ""))


def _facts(actor: Actor, run: Run, row: Row) -> TemplateFacts:
    return {"name": _name(run.exercise, row), "town": actor.group.title, "me": actor.member.name}


def _open(ctx: Context, run: Run, row: Row) -> Key:
    return ctx.key("open_row", "row", run.number, str(row.id))


ROUTES: Routes = (*buttons(Rank.MEMBER, About.RUN, candletter=letter, candasked=asked, candlink=way_in),)
