"""Tasks that only a coordinator can do: to show, end, begin or answer something."""

from collections.abc import Collection
from datetime import date, timedelta

from bot.ballots import box
from bot.context.context import Context
from bot.context.message import Key
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, deferral, row_links, runner, shared_answers
from bot.exercises.unnamed_notes import boards_laid
from bot.features.coordination import told_once
from bot.features.coordination.task_kinds import NEXT, TITLE, WAITED_FOR, OwnTask, Task
from bot.features.incidents import incident_readers, second_approval, unread
from bot.features.network import access_requests, network_meetings, recurring_dates
from bot.features.process.status import map_of, step_to_open
from bot.reminders import open_items
from bot.reminders.kinds import OBJECTED
from bot.views.names import cut
from bot.views.shared_buttons import AT_ONCE, uninvited
from flows.ballots import Purpose
from flows.engine.reveal import too_few
from flows.enums import ExerciseRole, Field, How, Mark
from flows.run.state import Phase, Run
from flows.values import day_of
from storage.records.records import Group, Member, Row

SOON = timedelta(7)  # before the last day to answer, within which those without an invitation are told of
NEAR = timedelta(21)  # before a meeting, within which it is the push that the next exercise needs
LATELY = timedelta(14)  # so long after a meeting or the event one is asked what it came to, and before one where it is


async def waiting(ctx: Context, group: Group, member: Member) -> list[OwnTask]:
    """Return all tasks of this coordinator: first what nobody has read, then those nearest to being done."""
    begun, rounds = await _begun(ctx, group)
    found = [*await _of_incidents(ctx, group), *begun, *await _onward(ctx, group, opened=bool(rounds))]
    found += [
        OwnTask(Task.RECURS, recurring_dates.name_of(ctx, one), recurring_dates.next_key(ctx, one))
        for one in await recurring_dates.passed(ctx, group)
    ]
    for ref in await _objections(ctx, group):
        found += [OwnTask(Task.OBJECTION, None, ctx.key("objection", "c_see", group.id, ref))]
    if guests := await access_requests.waiting(ctx, group):
        register = ctx.services.process.with_role(ExerciseRole.GUESTS)
        name = str(register.told(guests[0][1].values, Field.NAME))
        who = ctx.services.voice.label("guest.at_door", {"name": cut(name, TITLE), "count": len(guests)})
        found.append(OwnTask(Task.ADMIT, who, ctx.key("guest.who_waits", "admitting", group.id)))
    for person, asked in (await box.open_of(ctx, group, Purpose.ADMISSION)).items():
        name = cut(asked.text, TITLE)
        found.append(OwnTask(Task.KNOCK, name, ctx.key("admission.who", "knocks", group.id, person, name=name)))
    found += [
        *await _uninvited(ctx, group),
        *await _unasked(ctx, group),
        *await _went_home(ctx, group),
        *await _placeless(ctx, group),
        *await _unwritten(ctx, group),
    ]
    for task in await _requests(ctx, group, member):
        found.append(OwnTask(task, None, ctx.key("open_it", "guard", group.id)))
    found += await _to_give_on(ctx, group)
    return [*found, *await told_once.waiting(ctx, group, member, besides={n for n, acts in rounds.items() if acts})]


async def _of_incidents(ctx: Context, group: Group) -> list[OwnTask]:
    """Return what nobody reads or follows up, which comes before all else."""
    unseen, idle = await unread.overdue(ctx, group)
    found = []
    if unseen or idle:
        found.append(OwnTask(Task.UNREAD if unseen else Task.UNFOLLOWED, None, ctx.key("unread", "safety", group.id)))
    if await incident_readers.readerless(ctx, group):
        found.append(OwnTask(Task.READERLESS, None, ctx.key("choose_readers", "safety", group.id)))
    return found


async def _begun(ctx: Context, group: Group) -> tuple[list[OwnTask], dict[int, bool]]:
    """Return what is to be done about the rounds that are under way, and these, with whether there is."""
    found, rounds, laid = list[OwnTask](), dict[int, bool](), await boards_laid(ctx, group)
    for record in await ctx.work.runs.all_of(group.id):
        if record.phase not in (Phase.OPEN, Phase.REVEALED):
            continue
        run = runner.load(ctx, record)
        if run.exercise.private or run.exercise.always or run.exercise.how is How.ROWS:
            continue
        task = await _of_approval(ctx, group, run) or _task(ctx, run, laid)
        rounds[run.number] = task is not None
        if task:
            title = ctx.services.voice.title_of(run.exercise.id)
            found.append(OwnTask(task, title, _key(ctx, group, run, task, title)))
    return found, rounds


async def waited_for(ctx: Context, group: Group, member: Member) -> list[OwnTask]:
    """Return the tasks of this coordinator that others wait for; what is next may wait for a meeting that is near."""
    near = await ctx.work.meetings.planned(group.id, ctx.today, ctx.today + NEAR)
    others = WAITED_FOR - NEXT if near else WAITED_FOR
    return [one for one in await waiting(ctx, group, member) if one.task in others]


async def _uninvited(ctx: Context, group: Group) -> list[OwnTask]:
    """Return the guests to be sent their invitation, in the last days in which they can answer it."""
    event, guests = (ctx.services.process.with_role(role) for role in (ExerciseRole.EVENT, ExerciseRole.GUESTS))
    dates = [f"{event.id}.{event.field(field).id}" for field in (Field.ANSWER_BY, Field.DATE)]
    said = await shared_answers.said(ctx, group, dates)
    last = next((day_of(said[d]) for d in dates if d in said), None)
    record = await ctx.work.runs.latest(group.id, guests.id)
    if record is None or last is None or not last - SOON <= ctx.today <= last or open_items.rests(group, guests):
        return []
    count = sum(uninvited(ctx, row) for row in await ctx.work.rows.all(group.id, guests.id))
    title = ctx.services.voice.label("guest.uninvited", {"count": count})
    key = ctx.key("guest.all", "inviteall", record.id, count=min(count, AT_ONCE))
    return [OwnTask(Task.INVITE, title, key)] if count else []


async def _unasked(ctx: Context, group: Group) -> list[OwnTask]:
    """Return the guests without the bot who are to be asked, after the event, what they answer to its request."""
    guests, on = ctx.services.process.with_role(ExerciseRole.GUESTS), await access_requests.event_day(ctx, group)
    record = await ctx.work.runs.latest(group.id, guests.id)
    if record is None or on is None or group.settings.event.off or not on < ctx.today <= on + LATELY:
        return []
    rows = await access_requests.unasked(ctx, group)
    if not rows:
        return []
    facts = {"name": cut(str(guests.told(rows[0].values, Field.NAME)), TITLE), "count": len(rows)}
    title = ctx.services.voice.label("guest.at_door", facts)
    return [OwnTask(Task.ASK, title, ctx.key("guest.ask", "askguests", record.id))]


async def _went_home(ctx: Context, group: Group) -> list[OwnTask]:
    """Return the guests who can be reached here and have not been asked the request, though the event has been.

    With those who have said yes to the network and have not come to the way in, however long it has been.
    """
    guests, day = ctx.services.process.with_role(ExerciseRole.GUESTS), await access_requests.event_day(ctx, group)
    record = await ctx.work.runs.latest(group.id, guests.id)
    if record is None or day is None or day >= ctx.today or open_items.rests(group, guests):
        return []
    members = await ctx.work.members.of_group(group.id, roles=("guest",))
    count = sum([await _is_left_out(ctx, group, member, day) for member in members])
    title = ctx.services.voice.label("guest.uninvited", {"count": count})
    return [OwnTask(Task.REQUEST, title, ctx.key("guest.ask", "askguests", record.id))] if count else []


async def _is_left_out(ctx: Context, group: Group, member: Member, day: date) -> bool:
    """True for a guest of that day who can be reached, and was not asked the request or stands between yes and door."""
    guests, asked = ctx.services.process.with_role(ExerciseRole.GUESTS), member.profile.get(access_requests.ASKED)
    row, person = await access_requests.row_of(ctx, group, member), await ctx.work.people.get(member.person_id)
    if asked == "" or row is None or row.state == "removed" or person.reach != "reachable":  # "": has answered all
        return False
    if access_requests.is_between(ctx, member, row):
        return True
    if asked not in (None, Field.COMING) or ctx.today > day + LATELY or guests.says(row.values, Field.COMING, Mark.NO):
        return False
    return guests.told(row.values, Field.JOIN) is None


async def _placeless(ctx: Context, group: Group) -> list[OwnTask]:
    """Return the network's next meeting, if it is near and has neither a place nor a link for those it calls."""
    meeting = network_meetings.coming(ctx, await ctx.work.meetings.of_group(group.id))
    if meeting is None or not network_meetings.lacks_place(meeting) or meeting.day > ctx.today + LATELY:
        return []
    if not await ctx.work.members.active(group.id, roles=("network",)):
        return []
    key = ctx.key("meeting.place", "meetlong", group.id, str(meeting.id))
    return [OwnTask(Task.PLACE, ctx.services.voice.rules.short_day(meeting.day), key)]


async def _unwritten(ctx: Context, group: Group) -> list[OwnTask]:
    """Return the network's latest meeting, if it was lately and its row lacks what is asked once it has been held."""
    meetings = ctx.services.process.with_role(ExerciseRole.MEETINGS)
    record, status, date = await ctx.work.runs.latest(group.id, meetings.id), Field.STATUS, Field.DATE
    rows = await ctx.work.rows.all(group.id, meetings.id) if record else []
    held = [row for row in rows if meetings.says(row.values, status, Mark.HELD) and meetings.told(row.values, date)]
    latest = max(held, key=lambda row: str(meetings.told(row.values, date)), default=None)
    if record is None or latest is None or day_of(meetings.told(latest.values, date)) < ctx.today - LATELY:
        return []
    after = [q for q in meetings.questions if q.when and q.when.question == meetings.field(status).id]
    if all(latest.values.get(q.id) is not None for q in after if q.applies(latest.values)):
        return []
    title = cut((await runner.present_of(ctx, group, meetings)).row_title(latest), TITLE)
    return [OwnTask(Task.NOTE, title, ctx.key("meeting.note", "row", record.id, str(latest.id)))]


async def _requests(ctx: Context, group: Group, member: Member) -> list[Task]:
    """Return what this coordinator can do about requests, each once."""
    asked = await second_approval.requests(ctx, group)
    others = any(one.by.id != member.id for one in asked)
    ripe = any(one.by.id == member.id and one.ready(ctx, member) for one in asked)
    return [Task.ANSWER] * others + [Task.CONFIRM] * ripe


async def _to_give_on(ctx: Context, group: Group) -> list[OwnTask]:
    """Return what somebody had taken on and does not do, by whether they have left or cannot, each with its number."""
    found = []
    for task, rows in ((Task.LEFT, await _left_behind(ctx, group)), (Task.CANNOT, await _declined(ctx, group))):
        if rows:
            present = await runner.present_of(ctx, group, ctx.services.process.exercises[rows[0].register])
            facts = {"title": cut(present.task_title(rows[0]), TITLE), "count": len(rows)}
            title = ctx.services.voice.label("task.left", facts)
            found.append(OwnTask(task, title, ctx.key("task.give_on", "town", group.id, "vantar", count=len(rows))))
    return found


async def _left_behind(ctx: Context, group: Group) -> list[Row]:
    """Return what was taken on by somebody who has left since, the nearest first; not what somebody outside does."""
    here = {member.id for member in await ctx.work.members.of_group(group.id, roles=None)}
    rows = [row for row in await ctx.work.rows.taken_on(group.id) if row.assignee not in here]
    return [row for row in rows if not (row_links.is_about_assignee(ctx, row) or row_links.is_of_others(ctx, row))]


async def _declined(ctx: Context, group: Group) -> list[Row]:
    """Return the tasks whose owner has said that they cannot, the nearest first."""
    cannot = await open_items.cannot(ctx, group)
    return [row for row in await ctx.work.rows.taken_on(group.id) if (f"row:{row.id}", row.assignee) in cannot]


async def _objections(ctx: Context, group: Group) -> list[str]:
    """Return the decisions to which somebody has objected and that have not been talked about since."""
    mine = [one for m in await open_items.coordinators(ctx, group) for one in await ctx.work.open_items.of_member(m.id)]
    told = (one for one in mine if one.kind == OBJECTED and one.state != "closed" and one.group_id == group.id)
    return list(dict.fromkeys(one.ref.partition(":")[2] for one in told))


async def _onward(ctx: Context, group: Group, *, opened: bool) -> list[OwnTask]:
    """Return what to begin while nothing is open: the next exercise, or the step that has it; or to take up what the
    group has waited with, once its day has come.
    """
    deferred = await deferral.of(ctx, group)
    if deferred is not None and deferred.until <= ctx.today:
        title = ctx.services.voice.title_of(deferred.exercise)
        key = ctx.key("day.again", "view", 0, deferred.exercise, ask=group.id, title=cut(title, TITLE))
        return [OwnTask(Task.RESUME, title, key)]
    if opened or deferred is not None:
        return []
    there = await map_of(ctx, group)
    if there.next:
        title = ctx.services.voice.title_of(there.next)
        return [OwnTask(Task.BEGIN, title, ctx.key("next", "view", 0, there.next, ask=group.id, title=title))]
    step = step_to_open(group, there)
    if step is None or set(group.settings.steps) <= set(group.settings.closed):  # what was closed rests until they say
        return []
    key = ctx.key("step.open", "opens", group.id, str(step), n=step)
    return [OwnTask(Task.STEP, ctx.services.voice.book("process")[f"step.{step}.title"], key)]


def _key(ctx: Context, group: Group, run: Run, task: Task, title: str) -> Key:
    """Return the task's button: end what is complete; look at what is late, to move, remind or show it."""
    if task is Task.ANEW:
        return ctx.key("send_anew", "anew", run.number)
    if task is Task.BOARD:
        return ctx.key("board_own_of", "board", run.number, title=cut(title, TITLE))
    if task is Task.REFUSED:
        return ctx.key("approvals", "approvals", run.number)
    if task is Task.READY:
        return ctx.key("day.ready", "close", run.number, title=cut(title, TITLE))
    if task in (Task.SHOW, Task.FEW, Task.LATE):
        return ctx.key("day.look", "missing", run.number, title=cut(title, TITLE))
    return Key(title, Action("view", 0, group.id, run.exercise.id))


async def _of_approval(ctx: Context, group: Group, run: Run) -> Task | None:
    if not run.exercise.approves:
        return None
    if await approved_texts.unsent(ctx, group, run):
        return Task.ANEW
    return Task.REFUSED if await approved_texts.refused(ctx, group, run.exercise) else None


def _task(ctx: Context, run: Run, laid: Collection[int]) -> Task | None:
    if run.phase is Phase.REVEALED:
        return Task.BOARD if run.number in laid else Task.END
    if run.filled_in:
        return Task.READY
    late = run.answer_by is not None and run.answer_by < ctx.today
    all_in = run.exercise.how in (How.EACH, How.ORG) and bool(run.owners()) and not run.waiting_for()
    if all_in:
        return Task.FEW if too_few(run) else Task.SHOW
    return Task.LATE if late else None
