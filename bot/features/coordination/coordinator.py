"""The bot's work for the coordinator, who should never have to chase anyone: who is missing, what has stopped.

The daily message only says that there is something; a tap opens it here, in the private chat.
"""

from collections import Counter
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged, ExerciseConcluded
from bot.context.message import Key
from bot.context.permissions import About, Rank, asked_anew
from bot.context.refusals import demand, required
from bot.context.routes import DAY, Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import deferral, runner
from bot.exercises.group_card import more_time_keys, show_keys
from bot.features.incidents import unread
from bot.features.process.status import map_of, onward_keys
from bot.reminders import open_items
from bot.reminders.kinds import AGAIN, ANSWER, CONTACT, STILL, WEEKLY
from bot.reminders.next_message import hears, spoken
from bot.views.exercise import ExerciseView
from bot.views.gaps import NAMED
from bot.views.names import cut
from bot.views.shared_buttons import open_key
from flows.answers import clean, unfit
from flows.dates.months import add_months
from flows.engine.reveal import too_few
from flows.enums import How
from flows.identities import Handling
from flows.run.state import Phase, Run
from flows.timing.pacing import USUAL, at_wall
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.records import Group, Member, Row, group_chat, private_chat
from storage.table import midnight

STANDSTILL = timedelta(days=21)
JULY = timedelta(days=31)


async def changed(ctx: Context, group: Group, happened: CoordinatorsChanged) -> None:
    """Move the coordinators' open items to those who coordinate now, also when the group has just begun."""
    for record in await ctx.work.runs.all_of(group.id):
        await open_items.update_for_run(ctx, group, runner.load(ctx, record))
    await plan_weekly(ctx, group)
    if not await open_items.is_vacant(ctx, group):
        await open_items.reconcile(ctx, group, f"vacant:{group.id}", {})  # nobody needs to be asked any more
    await watch(ctx, group, ctx.now)


def weekday_of(group: Group) -> int:
    """Return the weekday of the week's overview."""
    return group.settings.times.weekly


async def plan_weekly(ctx: Context, group: Group) -> None:
    """Schedule the overview for the coming day of that weekday, for everybody who coordinates now."""
    ahead = (weekday_of(group) - ctx.today.weekday() - 1) % 7 + 1
    wanted = {(WEEKLY, m.id): ctx.today + timedelta(ahead) for m in await open_items.coordinators(ctx, group)}
    await open_items.reconcile(ctx, group, f"group:{group.id}", wanted)


# -- who is missing ----------------------------------------------------------------------------------------------------
async def missing(ctx: Context, actor: Actor, action: Action) -> None:
    """Show who has not answered, with buttons for what can be done about it."""
    record = await ctx.work.runs.get(action.run)
    demand(record.phase == Phase.OPEN, "unfit.over")
    run = runner.load(ctx, record)
    present = await runner.present_of(ctx, actor.group, run.exercise)
    dates = more_time_keys(ctx, run)
    keys: list[list[Key]] = [
        [ctx.key("nudge_all", "nudge", run.number)],
        [ctx.key("day.words", "words", run.number)],
        dates,
        *show_keys(ctx, run),
    ]
    if too_few(run):
        keys = show_keys(ctx, run)
    if (run.exercise.shared and not run.waiting_for()) or run.exercise.how in (How.GROUP, How.ROWS):
        opening = open_key(ctx, run.exercise, run.number, in_group=False)
        words = [ctx.key("nudge_everybody", "nudge", run.number), ctx.key("day.words", "words", run.number)]
        keys = [[opening], words, dates, [ctx.key("close", "close", run.number)]]
    if run.exercise.approves:
        keys.insert(0, [ctx.key("approvals", "approvals", run.number)])
    progress = present.progress(run, await open_items.cannot_answer(ctx, actor.group, run))
    facts = {**present.outline(run), **progress, "today": ctx.today}
    facts |= await _lacking(ctx, actor.group, run, present)
    await ctx.tell(actor, "decide", facts, keys)


async def _lacking(ctx: Context, group: Group, run: Run, present: ExerciseView) -> TemplateFacts:
    """Return what a shared exercise still lacks: its open questions, or the gaps of a list."""
    if run.exercise.how is How.ROWS:
        rows = await ctx.work.rows.all(group.id, run.exercise.id)
        return {"rows": len(rows), "lacking": present.gaps(rows, ctx.today), "filled_in": False}
    asked = (await runner.fitted(ctx, group, await ctx.work.runs.get(run.number))).asked("g") if run.shared else ()
    answered = run.sheets["g"].answered if "g" in run.sheets else ()
    lacking = [present.short(key) for key in asked if key not in answered] if run.exercise.how is How.GROUP else []
    return {"rows": 0, "lacking": lacking[:NAMED], "filled_in": run.filled_in}


async def remind_missing(ctx: Context, group: Group, run: Run, by: Member, words: str = "") -> dict[str, int]:
    """Remind everyone who has not answered, but for those who have said that they cannot.

    Return how many were reminded, how many have been today already, and how many cannot be reached. `by`: who reminds,
    in whose name it is, and who is not reminded; `words`: their own, if they wrote any.
    """
    left, ref = await open_items.cannot(ctx, group), f"run:{run.number}"
    awaited = run.members_of(*run.waiting_for())
    members = [await ctx.work.members.get(m) for m in awaited if (ref, m) not in left and m != by.id]
    became = {member.id: await _remind(ctx, group, run, member, by, words) for member in members}
    unreached = [member.name for member in members if became[member.id] is Reminded.NOT_REACHED]
    slot = f"start_here:{run.number}"
    if unreached and not run.exercise.anonymous and not await _lately(ctx, group_chat(group.id), slot, group):
        # They get a button in the group: by following it they let the bot reach them.
        keys = [[open_key(ctx, run.exercise, run.number, in_group=True)]]
        await ctx.to_group(group, "group.start_here", {"names": unreached}, keys, slot=slot)
    counted = Counter(became.values())
    return {
        "count": counted[Reminded.NOW],
        "already": counted[Reminded.TODAY],
        "unreachable": counted[Reminded.NOT_REACHED],
    }


class Reminded(Enum):
    """What became of a reminder."""

    NOW = auto()
    TODAY = auto()  # they have been reminded of the same today, by the bot or by whoever coordinates
    NOT_REACHED = auto()


async def _remind(ctx: Context, group: Group, run: Run, member: Member, by: Member, words: str) -> Reminded:
    """Remind one person, in the name of whoever asks for it. A locked phone shows nothing of the content.

    What the bot has said today is not said again; somebody's own words are.
    """
    person_id = member.person_id
    if not await hears(ctx, person_id):
        return Reminded.NOT_REACHED
    slot = f"remind:{run.number}"
    about = await ctx.work.open_items.about(group.id, f"run:{run.number}")
    mine = [one for one in about if one.member_id == member.id and one.kind == ANSWER]
    told = any(one.last == ctx.today for one in mine)
    if not words and (told or await _lately(ctx, private_chat(person_id), slot, group)):
        return Reminded.TODAY
    late = run.answer_by is not None and run.answer_by < ctx.today
    title = ctx.services.voice.title_of(run.exercise.id)
    together = run.exercise.how in (How.GROUP, How.ROWS)
    facts = {"answer_by": run.answer_by, "late": late, "by": by.name, "text": words, "title": title}
    facts["together"] = together
    opening = open_key(ctx, run.exercise, run.number, in_group=False)
    keys = [[opening if together else ctx.key("answer", "open", run.number)]]
    await ctx.to_person(
        person_id, "reminder", facts, keys, about=group.id, slot=slot, context=MessageContext(once=True)
    )
    for open_item in mine:
        if open_item.state == "open":
            await ctx.work.open_items.update(open_item.id, sent=open_item.sent + 1, last=ctx.today)
    await spoken(ctx, person_id)
    return Reminded.NOW


async def _lately(ctx: Context, chat: str, slot: str, group: Group) -> bool:
    """True if this was sent the same day (UTC), so that a button tapped twice reminds nobody twice."""
    latest = await ctx.work.outbox.latest(chat, slot, group.id)
    return latest is not None and latest.changed_at >= midnight(ctx.now)


async def ask_words(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask the coordinator for words of their own to remind with."""
    title = ctx.services.voice.title_of((await ctx.work.runs.get(action.run)).exercise)
    context = MessageContext(want="words", group=actor.group.id, run=action.run)
    await ctx.tell(actor, "nudge.words", {"title": title, "name": None}, context=context)


async def say_words(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Pass the coordinator's words on to those who are missing, with the coordinator's name."""
    record = await ctx.work.runs.get(context.run)
    text = clean(text)
    if record.phase != Phase.OPEN or unfit(text):
        await ctx.to_person(actor.person.id, "nudge.not_sent")
        return
    run = runner.load(ctx, record)
    await ctx.tell(actor, "nudge.sent", await remind_missing(ctx, actor.group, run, actor.member, text))


async def ask_date(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for another date to answer by, in plain words."""
    context = MessageContext(want="until", group=actor.group.id, run=action.run)
    keys = [[ctx.key("what_waits", "answers", actor.group.id)]]
    await ctx.tell(actor, "nudge.until", {"readings": None}, keys, context=context)


async def take_date(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a written date: its readings are shown as buttons, which move the date."""
    readings = [day for day in ctx.dates.read_date(clean(text), ctx.today) if day > ctx.today]
    keys = [[ctx.key("day.until", "move", context.run, day.isoformat(), day=day)] for day in readings]
    keys.append([ctx.key("what_waits", "answers", actor.group.id)])
    facts = {"readings": len(readings)}
    await ctx.tell(actor, "nudge.until", facts, keys, context=context)


# -- what is stuck -----------------------------------------------------------------------------------------------------
async def stuck(ctx: Context, actor: Actor, action: Action) -> None:
    """Show who has been reminded in vain or has said that they cannot, and of what."""
    open_item = required(await ctx.work.open_items.lookup(int(action.arg)), "day.settled")
    demand(open_item.group_id == actor.group.id and open_item.state in ("handed", "declined"), "day.settled")
    member = await ctx.work.members.get(open_item.member_id)
    what, _, number = open_item.ref.partition(":")
    facts = {
        "name": member.name,
        "declined": open_item.state == "declined",
        "due": open_item.due,
        "task": what == "row",
        "joining": what == "joining",
        "renewed": asked_anew(member),
        "wish": what in ("wish", CONTACT),
    }
    title, unnamed, keys = None, False, list[list[Key]]()
    if what == "run":
        record = await ctx.work.runs.get(int(number))
        unnamed, title = runner.load(ctx, record).exercise.anonymous, ctx.services.voice.title_of(record.exercise)
        keys = [[ctx.key("day.look" if unnamed else "day.missing", "missing", record.id, title=cut(title, 40))]]
    elif what not in ("joining", "wish", CONTACT):  # a wish to be contacted is for the person who was asked
        row = await ctx.work.rows.get(int(number))
        run = await ctx.work.runs.latest(actor.group.id, row.register)
        title = await _task_title(ctx, actor.group, row)
        keys = [[ctx.key("open_row", "row", run.id, str(row.id))]] if run else []
        keys.append([ctx.key("day.row_words", "rwords", actor.group.id, str(row.id), name=member.name)])
    await ctx.tell(actor, "nudge.stuck", {**facts, "title": title, "unnamed": unnamed}, keys)


async def _task_title(ctx: Context, group: Group, row: Row) -> str:
    """Return what a row is called as a task."""
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
    return present.task_title(row)


async def ask_row_words(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask the coordinator for words to a row's assignee."""
    row = required(await ctx.work.rows.lookup(int(action.arg)), "day.settled")
    demand(row.group_id == actor.group.id, "day.settled")
    name = (await ctx.work.members.get(required(row.assignee, "day.settled"))).name
    facts = {"title": await _task_title(ctx, actor.group, row), "name": name}
    await ctx.tell(
        actor, "nudge.words", facts, context=MessageContext(want="rwords", group=actor.group.id, about=AboutRow(row.id))
    )


async def say_row_words(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Pass the words on, with the coordinator's name and a button to the row."""
    row, text = await ctx.work.rows.get(context.the(AboutRow).row), clean(text)
    run = await ctx.work.runs.latest(actor.group.id, row.register)
    if row.assignee is None or row.state != "open" or run is None or unfit(text):
        await ctx.to_person(actor.person.id, "nudge.not_sent")
        return
    assignee = await ctx.work.members.get(row.assignee)
    person = assignee.person_id
    if await hears(ctx, person):
        title = await _task_title(ctx, actor.group, row)
        facts = {"answer_by": row.due, "late": False, "by": actor.member.name, "text": text, "title": title}
        facts["together"] = False
        keys = [[ctx.key("open_row", "row", run.id, str(row.id)), ctx.key("day.done", "done", run.id, str(row.id))]]
        await ctx.to_person(person, "reminder", facts, keys, about=actor.group.id, context=MessageContext(once=True))
        await spoken(ctx, person)
        await ctx.tell(actor, "nudge.sent", {"count": 1, "already": 0, "unreachable": 0})
    else:
        await ctx.tell(actor, "nudge.not_reached", {"name": assignee.name})


# -- again -------------------------------------------------------------------------------------------------------------
async def again_later(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Remind the coordinators, after some months, of an exercise that is worth repeating."""
    run = runner.load(ctx, await ctx.work.runs.get(happened.run))
    if months := run.exercise.staging.again:
        due = add_months(ctx.today, months)
        wanted = {(AGAIN, member.id): due for member in await open_items.coordinators(ctx, group)}
        await open_items.reconcile(ctx, group, f"again:{run.number}", wanted)


# -- standing still ----------------------------------------------------------------------------------------------------
async def watch(ctx: Context, group: Group, since: datetime) -> None:
    """Schedule a look whether the group has stood still for three weeks, not counting July."""
    day = since.astimezone(ctx.services.zone).date() + STANDSTILL
    if day.month == 7 or (day.month == 8 and day.day <= STANDSTILL.days):
        day += JULY
    await ctx.work.schedule.put(
        STILL, at_wall(day, USUAL, ctx.services.zone), group_id=group.id, ref=f"group:{group.id}"
    )


async def look(ctx: Context, group: Group) -> None:
    """Tell the coordinators, quietly, if nothing has happened for three weeks and something is left to do.

    It is said after three weeks, six, twelve, and so on: whoever knows that it is still hears it seldom. A meeting that
    is near is the push itself, and where something urgent is unread it is not still at all.
    """
    runs = await ctx.work.runs.all_of(group.id)
    latest = max((run.changed_at for run in runs), default=group.created_at)
    times = (ctx.today - latest.astimezone(ctx.services.zone).date()) // STANDSTILL  # by days, as `watch` counts
    if not times:
        await watch(ctx, group, latest)
        return
    found = await map_of(ctx, group)
    meets = await ctx.work.meetings.planned(group.id, ctx.today, ctx.today + STANDSTILL)
    quiet = bool(meets) or await deferral.rests(ctx, group) or await unread.pressing(ctx, group)
    if not quiet and not times & (times - 1) and (found.next is not None or found.now is not None):
        wanted = {(STILL, m.id): ctx.today for m in await open_items.coordinators(ctx, group)}
        await open_items.reconcile(ctx, group, f"still:{group.id}", wanted)
    await watch(ctx, group, ctx.now)


async def still(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show advice for a group that has stood still."""
    keys = onward_keys(ctx, actor.group, await map_of(ctx, actor.group))
    keys.append([ctx.key("map", "map", actor.group.id)])
    await ctx.tell(actor, "nudge.still", {"town": actor.group.title}, keys)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.RUN, missing=missing, words=ask_words, until=ask_date),
    *buttons(Rank.COORDINATOR, About.GROUP, stuck=stuck, still=still, rwords=ask_row_words),
    *texts(Rank.COORDINATOR, Takes(Handling.ASK, noted=True), rwords=say_row_words, words=say_words),
    *texts(Rank.COORDINATOR, DAY, until=take_date),
)
