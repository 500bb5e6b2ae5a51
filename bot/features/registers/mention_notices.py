"""Tells people that a row names them (at a question with `tells`), and takes their name out if they say so.

Whoever was named by the same person several times on a day has one message of it, and one tap takes back all of it.
What is taken out is in no version of the row either, and whoever wrote it hears of it.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.context.context import Actor, Context
from bot.context.events import PersonNamed
from bot.context.message import Key
from bot.context.permissions import About, Rank, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import preconditions, runner
from bot.exercises.mentions import telling
from bot.reminders.next_message import hears
from flows.definitions.model import Question
from flows.run.state import Run
from storage.records.records import Group, Member, Row


async def named(ctx: Context, group: Group, happened: PersonNamed) -> None:
    """Tell whoever was named by whom and as what; whoever wrote it, if the one who was named cannot be reached."""
    run = runner.load(ctx, await ctx.work.runs.get(happened.run))
    by = await ctx.work.members.get(happened.by)
    member = await ctx.work.members.get(happened.member)
    question = next(q for q in telling(ctx, run.exercise) if q.id == happened.question)
    rows = _naming(await _named_on(ctx, run, question, member, by.id, ctx.today), question, member)
    if not rows or rank_of(member, group) < Rank.NETWORK:
        return
    slot, grows = f"named:{run.exercise.id}:{question.id}:{member.id}:{by.id}:{ctx.today}", len(rows) > 1
    facts = _facts(ctx, run, question, rows)
    if not await hears(ctx, member.person_id):
        facts["name"] = member.name
        await ctx.to_member(by, "named.unreached", facts, slot=slot, living=grows)
        return
    needed = await preconditions.own_yes(ctx, group, run.exercise, member)
    facts |= {"by": by.name, "needs": [ctx.services.voice.title_of(name) for name in needed]}
    facts["town"] = await ctx.town_for(member.person_id, group)
    place = run.exercise.questions.index(run.exercise.question(question.id))
    out = ctx.key("not_me", "unname", run.number, f"{place}:{by.id}:{ctx.today.toordinal()}")
    keys = [[out, _open(ctx, run, rows)]]
    keys += [[Key(ctx.services.voice.title_of(name), Action("view", 0, group.id, name))] for name in needed]
    await ctx.to_member(member, "named.told", facts, keys, slot=slot, living=grows)


async def not_me(ctx: Context, actor: Actor, action: Action) -> None:
    """Take one's own name out of the rows in which somebody wrote it that day, and tell them."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    place, by, day = map(int, action.arg.split(":"))
    asked = run.exercise.questions[place].id
    for question in telling(ctx, run.exercise):
        if question.id == asked:
            every = await _named_on(ctx, run, question, actor.member, by, date.fromordinal(day))
            for row in every:
                await ctx.work.rows.strike(row.id, question.id, {"id": actor.member.id})
            if rows := _naming(every, question, actor.member):
                await _taken_out(ctx, actor, run, await ctx.work.members.get(by), question, rows)
                return
    ctx.toast("not_named", alert=True)


async def _taken_out(
    ctx: Context, actor: Actor, run: Run, writer: Member, question: Question, rows: Sequence[Row]
) -> None:
    """Say so to both."""
    facts, keys = _facts(ctx, run, question, rows), [[_open(ctx, run, rows)]]
    told = rank_of(writer, actor.group) >= Rank.NETWORK and await hears(ctx, writer.person_id)
    await ctx.reply(actor, "named.out", {**facts, "by": writer.name, "told": told}, keys)
    if told:
        facts |= {"name": actor.member.name, "town": await ctx.town_for(writer.person_id, actor.group)}
        await ctx.to_member(writer, "named.not_them", facts, keys)


async def _named_on(ctx: Context, run: Run, question: Question, member: Member, by: int, day: date) -> list[Row]:
    """Return the rows that have named this member there since this person wrote in them on this day."""
    found, zone = [], ctx.services.zone
    for row in await ctx.work.rows.of_registers(member.group_id, [run.exercise.id]):
        if row.changed_at.astimezone(zone).date() < day:
            continue
        naming = _naming(await ctx.work.rows.history(row.id), question, member)
        if any(one.author == by and one.changed_at.astimezone(zone).date() == day for one in naming):
            found.append(row)
    return found


def _naming(rows: Iterable[Row], question: Question, member: Member) -> list[Row]:
    """Return those that name this member there."""
    return [row for row in rows if row.values.get(question.id) == {"id": member.id}]


def _facts(ctx: Context, run: Run, question: Question, rows: Sequence[Row]) -> dict[str, str | list[str] | None]:
    words = ctx.services.voice.exercise(run.exercise.id)
    return {
        "what": words[f"question.{question.id}.tells"],
        "short": words[f"question.{question.id}.short"],
        "register": words["title"],
        "numbers": [str(row.number) for row in rows],
    }


def _open(ctx: Context, run: Run, rows: Sequence[Row]) -> Key:
    """Return the button to the row, or to the list where they are several."""
    if len(rows) == 1:
        return ctx.key("open_row", "row", run.number, str(rows[0].id))
    return ctx.key("rows", "rows", run.number)


ROUTES: Routes = (*buttons(Rank.FORMER, About.RUN, unname=not_me),)
