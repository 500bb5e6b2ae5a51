"""Lines of an answer become rows of another register, with a tap each: what was found (4.1), who keeps watch (4.2).

A line that is there already, in these words, leads to its row, where it is given to somebody or filled in.
"""

from collections.abc import Mapping

from bot.context.context import Actor, Context, Key
from bot.context.events import RowAdded
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.views.exercise import cut
from flows.answers import lines, whole
from flows.model import Feed, Question
from flows.state import Phase, Run
from storage.records import Group, Row

MOST = 20  # lines that are offered; more would not be read on a phone
LINE = 50  # characters of a line on a button


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the lines of an answer, or let one of them become a row: "3" the question, "3.0" its first line."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    place, _, number = action.arg.partition(".")
    question = _question(run, place)
    if question is None or question.feeds is None or actor.in_group:
        ctx.toast("old_button")
        return
    said = await _lines(ctx, run, question)
    register = await _round(ctx, actor.group, question.feeds)
    there = await _there(ctx, actor.group, question.feeds)
    chosen = whole(number) if number else None
    if chosen is not None and chosen < len(said) and said[chosen].casefold() not in there:
        row = await _add(ctx, actor, question.feeds, said[chosen])
        there[said[chosen].casefold()] = row
    keys = [[_key(ctx, run, register, f"{place}.{n}", line, there)] for n, line in enumerate(said)]
    title = ctx.services.voice.title_of(question.feeds.register)
    keys.append([ctx.key("rows", "rows", register.number), ctx.key("resume", "open", run.number)])
    facts = {"title": title, "any": bool(said)}
    await ctx.reply(actor, "feed", facts, keys)


def _question(run: Run, place: str) -> Question | None:
    number = whole(place)
    questions = run.exercise.questions
    return questions[number] if number is not None and number < len(questions) else None


async def _lines(ctx: Context, run: Run, question: Question) -> list[str]:
    answers = await ctx.work.answers.of_owner(run.number, "g")
    return next((lines(str(a.value)) for a in answers if a.question == question.id), [])[:MOST]


async def _round(ctx: Context, group: Group, feed: Feed) -> Run:
    """The register's round, which is begun if there is none."""
    if record := await ctx.work.runs.latest(group.id, feed.register, besides=Phase.ASIDE):
        return runner.load(ctx, record)
    return await runner.begin(ctx, group, ctx.services.process.exercises[feed.register])


async def _there(ctx: Context, group: Group, feed: Feed) -> dict[str, Row]:
    """The rows of the register by their names."""
    title = _title(ctx, feed)
    rows = await ctx.work.rows.all(group.id, feed.register)
    return {str(row.values.get(title, "")).casefold(): row for row in rows}


def _title(ctx: Context, feed: Feed) -> str:
    register = ctx.services.process.exercises[feed.register].register
    assert register is not None  # the loader lets only registers be fed
    return register.title


async def _add(ctx: Context, actor: Actor, feed: Feed, line: str) -> Row:
    values = {_title(ctx, feed): line, **dict(feed.given)}
    row = await ctx.work.rows.add(actor.group.id, feed.register, values, author=actor.member.id)
    ctx.events.append(RowAdded(actor.group.id, feed.register))
    return row


def _key(ctx: Context, run: Run, register: Run, arg: str, line: str, there: Mapping[str, Row]) -> Key:
    row = there.get(line.casefold())
    if row is None:
        return ctx.key("feed_add", "feed", run.number, arg, line=cut(line, LINE))
    return ctx.key("feed_there", "row", register.number, str(row.id), line=cut(line, LINE))


ROUTES: Routes = (*buttons(Role.MEMBER, About.RUN, feed=tapped),)
