"""Makes rows of a register from the lines of an answer, one by one or all at once: finds (4.1), watchers (4.2).

Answers that people wrote alone can be used once they have been shown.

A line that is a row already leads to it, where it is assigned or filled in. A link within a line goes into a field of
its own, if the register has one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.row_events import RowAdded
from bot.context.sealed_actions import Action
from bot.exercises import rounds, runner, shared_answers
from bot.views.names import cut
from flows.answers import lines, whole
from flows.definitions.model import Exercise, Question
from flows.enums import How
from flows.fields import Feed
from flows.run.state import Phase, Run
from storage.json_records import JsonObject
from storage.records.records import Group, Row

MOST = 40  # lines that are offered; nobody reads more on a phone
LINE = 50  # characters of a line on a button
ALL = "all"  # instead of a line's number
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LineAsRow:
    """A line as a row: its title, and the link in it."""

    title: str
    link: str = ""


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the lines of an answer, or make rows: "3" names the question, "3.0" its first line, "3.all" all lines."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    place, _, number = action.arg.partition(".")
    question = _question(run, place)
    if question is None or question.feeds is None or actor.in_group or not _may_be_read(run):
        if not ctx.toast("old_button"):  # a link was followed
            await ctx.to_person(actor.person.id, "notice", {"text": ctx.services.voice.toast("old_button", {})})
        return
    said = await _lines(ctx, run, question)
    register = await _round(ctx, actor.group, question.feeds)
    there = await _there(ctx, actor.group, question.feeds)
    chosen = whole(number) if number else None
    wanted = said if number == ALL else said[chosen : chosen + 1] if chosen is not None else []
    for line in wanted:
        if line.title.casefold() not in there:
            there[line.title.casefold()] = await _add(ctx, actor, question.feeds, line)
    keys = [[_key(ctx, run, register, f"{place}.{n}", line.title, there)] for n, line in enumerate(said)]
    left = sum(line.title.casefold() not in there for line in said)
    if left > 1:
        keys.append([ctx.key("feed_all", "feed", run.number, f"{place}.{ALL}", count=left)])
    title = ctx.services.voice.title_of(question.feeds.register)
    keys.append([ctx.key("rows", "rows", register.number), ctx.key("resume", "open", run.number)])
    facts = {"title": title, "any": bool(said)}
    await ctx.reply(actor, "feed", facts, keys)


def _may_be_read(run: Run) -> bool:
    """True if the answers may be read: those written together at once, those written alone once they were shown."""
    return run.exercise.how is How.GROUP or run.phase in (Phase.REVEALED, Phase.CONCLUDED)


def _question(run: Run, place: str) -> Question | None:
    number = whole(place)
    questions = run.exercise.questions
    return questions[number] if number is not None and number < len(questions) else None


async def _lines(ctx: Context, run: Run, question: Question) -> list[LineAsRow]:
    together = run.exercise.how is How.GROUP
    answers = await (ctx.work.answers.of_owner(run.number, "g") if together else ctx.work.answers.for_group(run.number))
    every = [line for a in answers if a.question == question.id for line in lines(str(a.value))]
    said = {one.title.casefold(): one for one in (_read(line, question.feeds) for line in reversed(every))}
    return list(reversed(said.values()))[:MOST]


def _read(line: str, feed: Feed | None) -> LineAsRow:
    """Part a line into title and link, if links have a field of their own. A mere link is the title, too."""
    found = LINK.search(line) if feed and feed.links else None
    if found is None:
        return LineAsRow(line)
    link = found[0].rstrip(".,;)")
    rest = f"{line[: found.start()]}{line[found.start() + len(link) :]}"
    title = " ".join(rest.split()).strip(" :;,.-–()")
    return LineAsRow(title or re.sub(r"^(?:https?://)?(?:www\.)?|[/?#].*$", "", link, flags=re.IGNORECASE), link)


async def _round(ctx: Context, group: Group, feed: Feed) -> Run:
    """Return the register's round, begun if there is none."""
    if record := await ctx.work.runs.latest(group.id, feed.register, besides=Phase.ASIDE):
        return runner.load(ctx, record)
    return await rounds.begin(ctx, group, ctx.services.process.exercises[feed.register])


async def _there(ctx: Context, group: Group, feed: Feed) -> dict[str, Row]:
    """Return the rows of the register by their names."""
    title = _title(ctx, feed)
    rows = await ctx.work.rows.all(group.id, feed.register)
    return {str(row.values.get(title, "")).casefold(): row for row in rows}


def _fed(ctx: Context, feed: Feed) -> Exercise:
    return ctx.services.process.exercises[feed.register]


def _title(ctx: Context, feed: Feed) -> str:
    register = _fed(ctx, feed).register
    assert register is not None  # the loader allows only registers here
    return register.title


async def _add(ctx: Context, actor: Actor, feed: Feed, line: LineAsRow) -> Row:
    values: JsonObject = {_title(ctx, feed): line.title, **dict(feed.given)}
    said = await shared_answers.said(ctx, actor.group, {place for _, place in feed.carried})
    for name, place in feed.carried:
        field = _fed(ctx, feed).question(name)
        if (answer := said.get(place)) is not None and field.applies(values):
            values[name] = [answer] if field.many and not isinstance(answer, list) else answer
    if line.link:
        values[feed.links] = line.link
    row = await ctx.work.rows.add(actor.group.id, feed.register, values, author=actor.member.id)
    ctx.events.append(RowAdded(actor.group.id, feed.register))
    return row


def _key(ctx: Context, run: Run, register: Run, arg: str, line: str, there: Mapping[str, Row]) -> Key:
    row = there.get(line.casefold())
    if row is None:
        return ctx.key("feed_add", "feed", run.number, arg, line=cut(line, LINE))
    return ctx.key("feed_there", "row", register.number, str(row.id), line=cut(line, LINE))


ROUTES: Routes = (*buttons(Rank.MEMBER, About.RUN, feed=tapped),)
