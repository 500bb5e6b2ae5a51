"""What the bot looks after for the coordinator, who should never have to chase anyone: who is missing, how it stands.

The day's message only says that there is something; it opens here, in the private chat, at a tap.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bot.agenda import matters
from bot.agenda.kinds import AGAIN, ANSWER, STILL, WEEKLY
from bot.agenda.moments import hears, spoken
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key, TapHandler, TextHandler
from bot.core.happenings import Concluded
from bot.core.keys import open_key
from bot.process.status import make_up, map_of
from bot.turn import turns
from bot.turn.present import cut
from flows.answers import clean, unfit
from flows.dates import add_months, read_date
from flows.pacing import USUAL, at_wall
from flows.state import Phase, Run
from storage.records import Group, Member, Row, group_chat, private_chat

NOT_AGAIN_WITHIN = timedelta(hours=12)
STANDSTILL = timedelta(days=21)
JULY = timedelta(days=31)
WEEK = timedelta(days=7)
COUNTED_FROM = 3  # incidents in a week, from which on their number is told: one alone would tell who
COMING = timedelta(days=14)
MONDAY = 0


async def changed(desk: Desk, group: Group) -> None:
    """Others coordinate now, or the group has begun: what is the coordinators' goes to those who are it."""
    for record in await desk.work.runs.open_in(group.id):
        await matters.of_run(desk, group, turns.load(desk, record))
    await plan_weekly(desk, group)
    await watch(desk, group, desk.now)


def weekday_of(group: Group) -> int:
    """On which day those who coordinate get the week in one look."""
    return int(group.settings.get("weekly", MONDAY))


async def plan_weekly(desk: Desk, group: Group) -> None:
    """The next such day is the coming one of that weekday, for everybody who coordinates now."""
    ahead = (weekday_of(group) - desk.today.weekday() - 1) % 7 + 1
    wanted = {(WEEKLY, m.id): desk.today + timedelta(ahead) for m in await matters.coordinators(desk, group)}
    await matters.settle(desk, group, f"group:{group.id}", wanted)


# -- who is missing ----------------------------------------------------------------------------------------------------
async def missing(desk: Desk, actor: Actor, action: Action) -> None:
    """Who has not answered, and what can be done about it."""
    record = await desk.work.runs.get(action.run)
    if record.phase != Phase.OPEN:
        desk.toast("unfit.over")
        return
    run = turns.load(desk, record)
    present = await turns.present_of(desk, actor.group, run.exercise)
    until = max(run.answer_by or desk.today, desk.today) + turns.ANSWER_WITHIN
    dates = [
        desk.key("more_time", "move", run.number, until.isoformat()),
        desk.key("day.other_date", "until", run.number),
    ]
    keys: list[list[Key]] = [
        [desk.key("nudge_all", "nudge", run.number)],
        [desk.key("day.words", "words", run.number)],
        dates,
        [desk.key("reveal", "reveal", run.number)],
    ]
    if (run.exercise.shared and not run.waiting_for()) or run.exercise.how == "group":
        keys = [dates, [desk.key("close", "close", run.number)]]
    facts = {**present.outline(run), **present.progress(run), "today": desk.today.isoformat()}
    await desk.to_person(actor.person.id, "decide", facts, keys, about=actor.group.id)


async def remind_missing(desk: Desk, group: Group, run: Run, words: tuple[str, str] | None = None) -> tuple[int, int]:
    """Remind everyone who has not answered; how many were reminded, and how many cannot be reached.

    `words`: who says what, where the coordinator says it in words of their own.
    """
    members = [await desk.work.members.get(m) for m in run.members_of(*run.waiting_for())]
    unreached = [member.name for member in members if not await _remind(desk, group, run, member, words)]
    slot = f"start_here:{run.number}"
    if unreached and not await _lately(desk, group_chat(group.id), slot):
        # A button of their own in the group: following it makes the bot able to reach them.
        keys = [[open_key(desk, run.exercise, run.number, in_group=True)]]
        await desk.to_group(group, "group.start_here", {"names": unreached}, keys, slot=slot)
    return len(members) - len(unreached), len(unreached)


async def _remind(desk: Desk, group: Group, run: Run, member: Member, words: tuple[str, str] | None) -> bool:
    """Remind one person; False if they cannot be reached. What a locked phone shows tells nothing."""
    person_id = member.person_id
    if not await hears(desk, person_id):
        return False
    slot = f"remind:{run.number}"
    if words is None and await _lately(desk, private_chat(person_id), slot):
        return True
    by, text = words or (None, None)
    facts = {"answer_by": run.answer_by.isoformat() if run.answer_by else None, "by": by, "text": text}
    keys = [[desk.key("answer", "open", run.number)]]
    await desk.to_person(person_id, "reminder", facts, keys, about=group.id, slot=slot, context={"once": True})
    today = desk.today.isoformat()
    for matter in await desk.work.matters.about(group.id, f"run:{run.number}"):
        if matter.member_id == member.id and matter.kind == ANSWER and matter.state == "open":
            await desk.work.matters.update(matter.id, sent=matter.sent + 1, last=today)
    await spoken(desk, person_id)
    return True


async def _lately(desk: Desk, chat: str, slot: str) -> bool:
    """True if this was said within half a day: a button tapped twice reminds nobody twice."""
    latest = await desk.work.outbox.latest(chat, slot)
    return latest is not None and desk.now - latest.changed_at < NOT_AGAIN_WITHIN


async def ask_words(desk: Desk, actor: Actor, action: Action) -> None:
    """The coordinator wants to remind in words of their own."""
    title = desk.house.voice.exercise((await desk.work.runs.get(action.run)).exercise)["title"]
    context = {"want": "words", "group": actor.group.id, "run": action.run}
    await desk.to_person(actor.person.id, "nudge.words", {"title": title}, about=actor.group.id, context=context)


async def say_words(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """Pass the coordinator's words on to those who are missing, with the coordinator's name."""
    record = await desk.work.runs.get(context["run"])
    text = clean(text)
    if record.phase != Phase.OPEN or unfit(text):
        await desk.to_person(actor.person.id, "nudge.not_sent")
        return
    run, words = turns.load(desk, record), (actor.member.name, text)
    count, unreachable = await remind_missing(desk, actor.group, run, words)
    facts = {"count": count, "unreachable": unreachable}
    await desk.to_person(actor.person.id, "nudge.sent", facts, about=actor.group.id)


async def ask_date(desk: Desk, actor: Actor, action: Action) -> None:
    """Another date to answer by, in plain words."""
    context = {"want": "until", "group": actor.group.id, "run": action.run}
    await desk.to_person(actor.person.id, "nudge.until", {"readings": None}, about=actor.group.id, context=context)


async def take_date(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """A date was written: what it can mean is shown as buttons, which move it."""
    readings = [day for day in read_date(clean(text), desk.today) if day > desk.today]
    keys = [[desk.key("day.until", "move", context["run"], day.isoformat(), day=day)] for day in readings]
    facts = {"readings": len(readings)}
    await desk.to_person(actor.person.id, "nudge.until", facts, keys, about=actor.group.id, context=dict(context))


# -- what is stuck -----------------------------------------------------------------------------------------------------
async def stuck(desk: Desk, actor: Actor, action: Action) -> None:
    """Who has been reminded in vain or has said that they cannot, and of what."""
    matter = await desk.work.matters.lookup(int(action.arg))
    if matter is None or matter.group_id != actor.group.id or matter.state not in ("handed", "declined"):
        desk.toast("day.settled")
        return
    member = await desk.work.members.get(matter.member_id)
    what, _, number = matter.ref.partition(":")
    facts: dict[str, Any] = {
        "name": member.name,
        "declined": matter.state == "declined",
        "due": matter.due,
        "task": what == "row",
        "joining": what == "joining",
        "wish": what == "wish",
    }
    keys: list[list[Key]] = []
    if what in ("joining", "wish"):  # who wants to be contacted is for the one who was asked
        facts["title"] = None
    elif what == "run":
        record = await desk.work.runs.get(int(number))
        facts["title"] = desk.house.voice.exercise(record.exercise)["title"]
        keys = [[desk.key("day.missing", "missing", record.id, title=cut(facts["title"], 40))]]
    else:
        row = await desk.work.rows.get(int(number))
        rounds = await desk.work.runs.of_exercise(actor.group.id, row.register)
        present = await turns.present_of(desk, actor.group, desk.house.process.exercises[row.register])
        facts["title"] = present.row_title(row)
        keys = [[desk.key("open_row", "row", rounds[-1].id, str(row.id))]] if rounds else []
    await desk.to_person(actor.person.id, "nudge.stuck", facts, keys, about=actor.group.id)


# -- how it stands -----------------------------------------------------------------------------------------------------
async def weekly(desk: Desk, actor: Actor, _action: Action) -> None:
    """The week in one look: what is done, what comes, what is late, who is silent, whose seat is empty."""
    await desk.to_person(
        actor.person.id,
        "week",
        await _week(desk, actor.group),
        [[desk.key("map", "map", actor.group.id)]],
        about=actor.group.id,
    )


async def _week(desk: Desk, group: Group) -> dict[str, Any]:
    voice, today = desk.house.voice, desk.today.isoformat()
    members = await desk.work.members.of_group(group.id)
    names = {m.id: m.name for m in members}
    runs = await desk.work.runs.all_of(group.id)
    lately = [r for r in runs if r.changed_at.astimezone(desk.house.zone).date() >= desk.today - WEEK]
    done = [r for r in lately if r.phase == Phase.CONCLUDED]
    opened = {r.id: turns.load(desk, r) for r in runs if r.phase == Phase.OPEN}
    late = [
        {"title": voice.exercise(run.exercise.id)["title"], "due": run.answer_by, "who": None}
        for run in opened.values()
        if run.answer_by is not None and run.answer_by.isoformat() < today
    ]
    late += [
        {"title": await row_title(desk, group, row), "due": row.due, "who": names.get(row.assignee or 0)}
        for row in await desk.work.rows.taken_on(group.id)
        if row.due is not None and row.due < today
    ]
    silent = set()
    for member in members:
        person = await desk.work.people.get(member.person_id)
        given_up = [m for m in await desk.work.matters.of_member(member.id) if m.state == "handed"]
        if person.reach == "blocked" or person.stopped or given_up:
            silent.add(member.name)
    meetings = [m for m in await desk.work.meetings.of_group(group.id) if m.state == "planned"]
    last = (desk.today + COMING).isoformat()
    logged = await desk.work.incidents.count_logged(group.id, desk.today - WEEK)
    return {
        "town": group.title,
        "done": [voice.exercise(r.exercise)["title"] for r in done],
        "meetings": [{"on": m.day, "at": time.fromisoformat(m.at)} for m in meetings if today <= m.day <= last],
        "open": [
            {"title": voice.exercise(run.exercise.id)["title"], "due": run.answer_by}
            for run in opened.values()
            if run.answer_by is not None and run.answer_by.isoformat() >= today
        ],
        "late": late,
        "logged": logged if logged >= COUNTED_FROM else None,
        "silent": sorted(silent),
        "gaps": make_up(desk, [m for m in members if m.state == "active"]),
    }


async def row_title(desk: Desk, group: Group, row: Row) -> str:
    """What a row is called."""
    present = await turns.present_of(desk, group, desk.house.process.exercises[row.register])
    return cut(present.row_title(row))


async def again_later(desk: Desk, happened: Concluded) -> None:
    """What is worth doing anew after some months comes back to the coordinators then."""
    run, group = turns.load(desk, await desk.work.runs.get(happened.run)), await desk.work.groups.get(happened.group)
    if run.exercise.again:
        due = add_months(desk.today, run.exercise.again)
        wanted = {(AGAIN, member.id): due for member in await matters.coordinators(desk, group)}
        await matters.settle(desk, group, f"again:{run.number}", wanted)


# -- standing still ----------------------------------------------------------------------------------------------------
async def watch(desk: Desk, group: Group, since: datetime) -> None:
    """Look whether the group has stood still when three weeks have passed; July is no time passed."""
    day = since.astimezone(desk.house.zone).date() + STANDSTILL
    if day.month == 7 or (day.month == 8 and day.day <= STANDSTILL.days):
        day += JULY
    await desk.work.agenda.put(STILL, at_wall(day, USUAL, desk.house.zone), group_id=group.id, ref=f"group:{group.id}")


async def look(desk: Desk, group: Group) -> None:
    """Three weeks have passed: if nothing has happened in them and there is something left to do, say so, quietly."""
    runs = await desk.work.runs.all_of(group.id)
    latest = max((run.changed_at for run in runs), default=group.created_at)
    if desk.today - latest.astimezone(desk.house.zone).date() < STANDSTILL:  # by days, as `watch` counts
        await watch(desk, group, latest)
        return
    found = await map_of(desk, group)
    if found.next is not None or found.now is not None:
        wanted = {(STILL, m.id): desk.today for m in await matters.coordinators(desk, group)}
        await matters.settle(desk, group, f"still:{group.id}", wanted)
    await watch(desk, group, desk.now)


async def still(desk: Desk, actor: Actor, _action: Action) -> None:
    """Advice for a group that has stood still."""
    following = (await map_of(desk, actor.group)).next
    keys = []
    if following:
        title = desk.house.voice.exercise(following)["title"]
        keys.append([desk.key("next", "view", 0, following, ask=actor.group.id, title=title)])
    keys.append([desk.key("map", "map", actor.group.id)])
    await desk.to_person(actor.person.id, "nudge.still", {"town": actor.group.title}, keys, about=actor.group.id)


TAPS: Mapping[str, TapHandler] = {
    "missing": missing,
    "words": ask_words,
    "until": ask_date,
    "stuck": stuck,
    "weekly": weekly,
    "still": still,
}
TEXTS: Mapping[str, TextHandler] = {"words": say_words, "until": take_date}
