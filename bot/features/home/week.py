"""The week's overview for coordinators: what is done, what comes, what is late, with buttons that act.

Each item has one line and one button: what can be ended is ended from here; what waits is opened, and there it can be
reminded of in one's own words, moved, handed over or ended.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.plain_text import fingerprint
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.coordination import coordinator_tasks, task_kinds
from bot.features.help import town_facts
from bot.features.incidents import unread
from bot.features.process.status import make_up
from bot.reminders import open_items
from bot.reminders.kinds import ANSWER, OPENLY, WISH
from bot.views.names import cut
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member, Row

WEEK = timedelta(days=7)
COMING = timedelta(days=14)
STANDING = ("waiting", "late", "undated", "silent")  # the parts of the week that ask for something
FIRST = (*STANDING, "done", "meetings", "open")
ONCE_MORE = timedelta(weeks=6)  # after which what still waits is told again
SAID = "week_said"  # the kind of activity state that keeps what each of those who coordinate was told
MOST = 8  # buttons: more do not fit on a phone beside the text
TITLE = 40  # characters of a title on a button


async def _open_runs(ctx: Context, group: Group) -> list[Run]:
    """Return the rounds that are open, but for those that rest."""
    runs = await runner.loaded(ctx, group, Phase.OPEN)
    return [run for run in runs if not open_items.rests(group, run.exercise)]


async def _late(ctx: Context, group: Group) -> list[Row]:
    """Return the tasks that are past their day, but for those that rest."""
    exercises, rows = ctx.services.process.exercises, await ctx.work.rows.taken_on(group.id)
    late = [row for row in rows if row.due is not None and row.due < ctx.today]
    return [row for row in late if not open_items.rests(group, exercises[row.register])]


def _undated(run: Run) -> bool:
    """True if a run has no day to answer by, so that nobody is reminded of it."""
    return run.answer_by is None and not run.filled_in and not (run.exercise.private or run.exercise.always)


async def _keys(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    """Return the buttons: first the coordinators' own tasks, then what is late, by age."""
    voice, today, found = ctx.services.voice, ctx.today, list[tuple[date, Key]]()
    waiting = await coordinator_tasks.waiting(ctx, group, member)
    by_hand = {one.title for one in waiting if one.task in task_kinds.UNDER_WAY}
    for run in await _open_runs(ctx, group):
        title = voice.title_of(run.exercise.id)
        if title not in by_hand and (_undated(run) or (run.answer_by or today) < today):
            label = ctx.key("day.look", "missing", run.number, title=cut(title, TITLE))
            found.append((run.answer_by or today, label))
    for row in await _late(ctx, group):
        latest = await ctx.work.runs.latest(group.id, row.register)
        if row.due is not None and latest is not None:
            title = cut(await row_title(ctx, group, row), TITLE)
            found.append((row.due, ctx.key("day.open_title", "row", latest.id, str(row.id), title=title)))
    late = [key for _, key in sorted(found, key=lambda one: one[0])[:MOST]]
    return [[key] for key in (*(one.key for one in waiting), *late)]


async def weekly(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the week: what is done, what comes, what is late, who is silent, whose seat is empty."""
    loose, acting = await _loose(ctx, actor.group), await _keys(ctx, actor.group, actor.member)
    there = {key.action.run for row in acting for key in row if key.action}
    keys = [
        [ctx.key("day.open_title", "rows", number, title=cut(title, TITLE))]
        for number, title, _ in loose
        if number not in there
    ]
    counts = [{"title": title, "count": count} for _, title, count in loose]
    facts = {**await _week(ctx, actor.group, actor.member), "loose": counts}
    last = [ctx.key("map", "map", actor.group.id)]
    if facts["town_lacks"]:
        last.insert(0, ctx.key("about_town", "staden", actor.group.id))
    await ctx.tell(actor, "week", facts, [*acting, *keys, last])


async def _loose(ctx: Context, group: Group) -> list[tuple[int, str, int]]:
    """Return the lists with rows that lack an assignee or a day: the round, its title, and how many."""
    found = dict[str, tuple[int, str, int]]()
    for record in await ctx.work.runs.all_of(group.id):
        run = runner.load(ctx, record)
        if run.exercise.register is None or run.exercise.private or run.phase not in (Phase.OPEN, Phase.CONCLUDED):
            continue
        present = await runner.present_of(ctx, group, run.exercise)
        if count := present.loose(await ctx.work.rows.all(group.id, run.exercise.id)):
            found[run.exercise.id] = run.number, present.words["title"], count
    return list(found.values())


async def has_news(ctx: Context, group: Group, member: Member) -> bool:
    """True if there is something to tell of the week that was not told, or was last told some weeks ago.

    That a seat is empty, or a meeting comes, is true every week, and no news; that something is done is known.
    """
    said = await ctx.work.activity_states.state(group.id, SAID, str(member.id))
    news, found = await _news(ctx, group), await _week(ctx, group, member)
    if said is None:  # the first one also shows what it is
        return bool(news) or any(found[part] for part in FIRST)
    if news <= set(said["news"]) and ctx.today < date.fromisoformat(said["on"]) + ONCE_MORE:
        return False
    return bool(news or any(found[part] for part in STANDING))


async def note(ctx: Context, open_item: OpenItem) -> None:
    """Note what is told of the week now, so that it is not told again next week."""
    group = await ctx.work.groups.get(open_item.group_id)
    said = {"on": ctx.today.isoformat(), "news": sorted(await _news(ctx, group))}
    await ctx.work.activity_states.keep(group.id, SAID, str(open_item.member_id), said)


async def _news(ctx: Context, group: Group) -> set[str]:
    """Return marks of what is told nowhere but in the week: the titles of what nobody has taken on, or has no day.

    What waits for the hand of whoever coordinates, is late or gets no answer they have been told when it came to that.
    """
    runs = await runner.loaded(ctx, group, Phase.OPEN)
    undated = [ctx.services.voice.title_of(run.exercise.id) for run in runs if _undated(run)]
    return {fingerprint(title) for title in (*undated, *(title for _, title, _ in await _loose(ctx, group)))}


async def _week(ctx: Context, group: Group, reader: Member) -> TemplateFacts:
    voice, today = ctx.services.voice, ctx.today
    members = await ctx.work.members.of_group(group.id)
    runs = await ctx.work.runs.all_of(group.id)
    lately = [r for r in runs if r.changed_at.astimezone(ctx.services.zone).date() >= today - WEEK]
    opened = await _open_runs(ctx, group)
    waiting = await coordinator_tasks.waiting(ctx, group, reader)
    logged = await ctx.work.incidents.count_logged(group.id, today - WEEK)
    return {
        "town": group.title,
        "waiting": [task_kinds.line(ctx, one) for one in waiting if one.task not in task_kinds.OF_PEOPLE],
        "done": [voice.title_of(r.exercise) for r in lately if r.phase == Phase.CONCLUDED],
        "meetings": await _coming(ctx, group),
        **await _under_way(ctx, group, opened, {one.title for one in waiting if one.task in task_kinds.UNDER_WAY}),
        "reminded": await _reminded(ctx, group),
        "logged": logged if logged >= unread.COUNTED_FROM else None,
        "silent": await _silent(ctx, [one for one in members if one.id != reader.id], opened),  # not of one's own
        "gaps": make_up(ctx, [m for m in members if m.state == "active"]),
        "town_lacks": await town_facts.lacking(ctx, group),
    }


async def _coming(ctx: Context, group: Group) -> list[TemplateFacts]:
    return [{"on": m.day, "at": m.at} for m in await ctx.work.meetings.planned(group.id, ctx.today, ctx.today + COMING)]


async def _reminded(ctx: Context, group: Group) -> TemplateFacts | None:
    """Return how many were reminded of how many that it was due for, if it did not reach all of them."""
    counted = (await ctx.work.stats.reminders(ctx.today - WEEK, ctx.today, OPENLY)).get(group.id)
    return {"sent": counted.sent, "due": counted.due} if counted and counted.due > counted.sent else None


async def _under_way(
    ctx: Context, group: Group, opened: Sequence[Run], by_hand: Collection[str | None]
) -> TemplateFacts:
    """Return what is open, late or without a day; `by_hand` waits for the coordinator, and stands elsewhere."""
    title = ctx.services.voice.title_of
    dated = [(title(run.exercise.id), run.answer_by) for run in opened if run.answer_by is not None]
    late = [one for one in dated if one[1] < ctx.today and one[0] not in by_hand]
    undated = [title(run.exercise.id) for run in opened if _undated(run)]
    return {
        "open": [{"title": name, "due": due} for name, due in dated if due >= ctx.today],
        "late": [*({"title": name, "due": due, "who": None} for name, due in late), *await _late_tasks(ctx, group)],
        "undated": [name for name in undated if name not in by_hand],
    }


async def _late_tasks(ctx: Context, group: Group) -> list[TemplateFacts]:
    """Return the tasks that are past their day, each with whose it is; what is left behind waits elsewhere."""
    names = {m.id: m.name for m in await ctx.work.members.of_group(group.id, roles=None)}
    cannot = await open_items.cannot(ctx, group)
    return [
        {
            "title": await row_title(ctx, group, row),
            "due": row.due,
            "who": names[row.assignee],
            "cannot": (f"row:{row.id}", row.assignee) in cannot,
        }
        for row in await _late(ctx, group)
        if row.assignee in names
    ]


async def _silent(ctx: Context, members: Sequence[Member], opened: Sequence[Run]) -> list[str]:
    """Return who cannot be reached or cannot answer, or whose answer was waited for until it was given up: names."""
    unnamed = {f"run:{run.number}" for run in opened if run.exercise.anonymous}  # nobody's silence is told
    silent = set()
    for member in members:
        person = await ctx.work.people.get(member.person_id)
        theirs = await ctx.work.open_items.of_member(member.id)
        given_up = {m.ref for m in theirs if m.state == "handed" and m.kind != WISH}  # of a wish only the two know
        given_up |= {m.ref for m in theirs if m.state == "declined" and m.kind == ANSWER}
        if person.reach == "blocked" or person.stopped or given_up - unnamed:
            silent.add(member.name)
    return sorted(silent)


async def row_title(ctx: Context, group: Group, row: Row) -> str:
    """Return a row's title."""
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
    return cut(present.task_title(row))


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, weekly=weekly),)
