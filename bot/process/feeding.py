"""Lines of an answer become rows of another register, with a tap each: what was found (4.1), who keeps watch (4.2).

A line that is there already, in these words, leads to its row, where it is given to somebody or filled in.
"""

from collections.abc import Mapping

from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key, TapHandler
from bot.core.happenings import RowAdded
from bot.turn import turns
from bot.turn.present import cut
from flows.answers import lines, whole
from flows.model import Feed, Question
from flows.state import Phase, Run
from storage.records import Group, Row

MOST = 20  # lines that are offered; more would not be read on a phone
LINE = 50  # characters of a line on a button


async def tapped(desk: Desk, actor: Actor, action: Action) -> None:
    """Show the lines of an answer, or let one of them become a row: "3" the question, "3.0" its first line."""
    run = turns.load(desk, await desk.work.runs.get(action.run))
    place, _, number = action.arg.partition(".")
    question = _question(run, place)
    if question is None or question.feeds is None or actor.in_group:
        desk.toast("old_button")
        return
    said = await _lines(desk, run, question)
    register = await _round(desk, actor.group, question.feeds)
    there = await _there(desk, actor.group, question.feeds)
    chosen = whole(number) if number else None
    if chosen is not None and chosen < len(said) and said[chosen].casefold() not in there:
        row = await _add(desk, actor, question.feeds, said[chosen])
        there[said[chosen].casefold()] = row
    keys = [[_key(desk, run, register, f"{place}.{n}", line, there)] for n, line in enumerate(said)]
    title = desk.house.voice.exercise(question.feeds.register)["title"]
    keys.append([desk.key("rows", "rows", register.number), desk.key("resume", "open", run.number)])
    facts = {"title": title, "any": bool(said)}
    await desk.to_person(actor.person.id, "feed", facts, keys, about=actor.group.id, edit=desk.tapped)


def _question(run: Run, place: str) -> Question | None:
    number = whole(place)
    questions = run.exercise.questions
    return questions[number] if number is not None and number < len(questions) else None


async def _lines(desk: Desk, run: Run, question: Question) -> list[str]:
    answers = await desk.work.answers.of_owner(run.number, "g")
    return next((lines(str(a.value)) for a in answers if a.question == question.id), [])[:MOST]


async def _round(desk: Desk, group: Group, feed: Feed) -> Run:
    """The register's round, which is begun if there is none."""
    rounds = [r for r in await desk.work.runs.of_exercise(group.id, feed.register) if r.phase != Phase.ASIDE]
    if rounds:
        return turns.load(desk, rounds[-1])
    return await turns.begin(desk, group, desk.house.process.exercises[feed.register])


async def _there(desk: Desk, group: Group, feed: Feed) -> dict[str, Row]:
    """The rows of the register by their names."""
    title = _title(desk, feed)
    rows, _ = await desk.work.rows.list(group.id, feed.register, limit=100_000)
    return {str(row.values.get(title, "")).casefold(): row for row in rows}


def _title(desk: Desk, feed: Feed) -> str:
    register = desk.house.process.exercises[feed.register].register
    assert register is not None  # the loader lets only registers be fed
    return register.title


async def _add(desk: Desk, actor: Actor, feed: Feed, line: str) -> Row:
    values = {_title(desk, feed): line, **dict(feed.given)}
    row = await desk.work.rows.add(actor.group.id, feed.register, values, author=actor.member.id)
    desk.happened.append(RowAdded(actor.group.id, feed.register))
    return row


def _key(desk: Desk, run: Run, register: Run, arg: str, line: str, there: Mapping[str, Row]) -> Key:
    row = there.get(line.casefold())
    if row is None:
        return desk.key("feed_add", "feed", run.number, arg, line=cut(line, LINE))
    return desk.key("feed_there", "row", register.number, str(row.id), line=cut(line, LINE))


TAPS: Mapping[str, TapHandler] = {"feed": tapped}
