"""Working sessions (arbetspass): an agenda with minutes that fit, each exercise opened in turn, time kept gently.

One message in the group holds the agenda. It is edited at taps and every few minutes while a point's time runs, and
never sent again. Nothing depends on it: exercises and answers are the same with and without a session.
"""

from datetime import UTC, date, datetime, timedelta

from bot.context.context import Actor, Context
from bot.context.events import Answered
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.calendar import lifecycle
from bot.features.process.session_keys import SESSION, of_network, session_keys
from bot.features.process.status import for_a_session, map_of, status
from bot.features.together import session_buttons, session_minutes, session_points, session_view
from bot.features.together.session_buttons import ONWARD, WAIT
from bot.reminders import open_items
from bot.reminders.kinds import MEETING
from bot.reminders.next_message import hearing
from bot.reminders.run_deadlines import TIMER
from bot.views.names import cut
from bot.views.shared_buttons import open_key
from flows.definitions.model import Step
from flows.run.state import Phase
from flows.timing import working_session
from flows.timing.calendar import MeetingKind
from flows.timing.working_session import WorkingSession
from storage.json_records import JsonObject
from storage.records.records import Group

TICK = timedelta(minutes=5)
FORGOTTEN = timedelta(hours=12)  # a session that nobody has ended for so long is taken for over
TITLE = 40  # characters of a title on a button
QUESTIONS = 4  # check-out questions, taken in turn


async def start(ctx: Context, actor: Actor, action: Action) -> None:
    """Begin a session with an agenda of a step, or show the present one."""
    group, state = actor.group, await _state(ctx, actor.group)
    part, _, day = action.arg.partition(":")
    on = date.fromordinal(int(day)) if day else ctx.today
    demand(ctx.today >= on, "session.not_yet", {"on": on}, alert=True)
    going = state if state is not None and ctx.now - _last(state["start"], state.get("last")) < FORGOTTEN else None
    if going is not None and going["step"] != int(part):
        ctx.toast("session.other", {"going": going["step"], "wanted": int(part)}, alert=True)
    elif not actor.in_group:
        ctx.toast("see_group")
    if going is not None:
        await _show(ctx, group, going, anew=True)
        return
    if state is not None:  # left in the middle on another day: its minutes are kept, and the rest is taken up now
        await session_minutes.keep(ctx, group, state)
    step, number = ctx.services.process.step(int(part)), int(part)
    demand(number in group.settings.steps, "step_closed", alert=True)
    stops = next(s.stops for s in (await map_of(ctx, group)).steps if s.number == number)
    exercises = await for_a_session(ctx, group, number)
    demand(exercises, "session.nothing", alert=True)
    minutes, days = await _length(ctx, group, step, begun=any(stop.run is not None for stop in stops))
    points = working_session.lay([(e.id, session_points.wanted(e)) for e in exercises], minutes=minutes, days=days)
    at = int(ctx.now.timestamp())
    session = working_session.to_json(working_session.begin(points, at))
    state = {"step": number, "start": at, "session": session, "there": [actor.member.id], "minutes": minutes}
    await _go(ctx, group, state, anew=True)


async def _length(ctx: Context, group: Group, step: Step, *, begun: bool) -> tuple[int, int]:
    """Return the session's minutes, and over how many meetings the rest of the step is divided.

    By the calendar if a meeting is today, also if it was meant for another step, else by the process; of a step that
    has begun, the rest is for one day.
    """
    coming = [m for m in await lifecycle.planned(ctx, group) if m.kind is MeetingKind.SESSION and m.on >= ctx.today]
    of_step = [m for m in coming if m.part == step.number]
    for meeting in (*of_step[:1], *coming[:1]):
        if meeting.on == ctx.today:
            return meeting.minutes, max(len(of_step), 1)
    whole_day = step.session_minutes >= working_session.WHOLE_DAY
    return step.session_minutes, step.sessions if whole_day and not begun else 1


async def _state(ctx: Context, group: Group) -> JsonObject | None:
    return await ctx.work.activity_states.state(group.id, SESSION)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Go to the next point, give this one more time, or end. A tap on an older state of the message changes nothing."""
    state = required(await _state(ctx, actor.group))
    demand(action.ask == session_buttons.version(state))
    group, now, at = actor.group, working_session.from_json(state["session"]), int(ctx.now.timestamp())
    exercise = _at_hand(now)
    asked, state, opened = state.get("asked"), {**state, "asked": None}, False
    match action.verb:
        case "s_more":
            now, state = working_session.more_time(now), {**state, "asked": asked}
        case "s_next" if action.arg == WAIT:
            pass
        case "s_next" if exercise and (noted := await _before_going_on(ctx, group, exercise, state, action.arg)):
            state = {**state, **noted}
            if "shown" in noted and await session_points.show(ctx, group, exercise, actor.member):
                now = working_session.to_talk(now, at, session_points.TALK)
        case _:
            opened = True
            if exercise:
                await session_points.finish(ctx, group, exercise, actor.member)
            now = (working_session.go_on if action.verb == "s_next" else working_session.to_closing)(now, at)
    state = {**state, "session": working_session.to_json(now), "last": at, "taps": state.get("taps", 0) + 1}
    await _go(ctx, group, state, opened=opened)


async def _before_going_on(ctx: Context, group: Group, exercise: str, state: JsonObject, said: str) -> JsonObject:
    """Return what is noted of a session whose answers are shown before it goes on: that it is asked whether to show
    them, as not all have answered, or that they are shown. Empty if it goes on.
    """
    shows = session_buttons.unseen(state, exercise) and await session_points.shown_next(ctx, group, exercise)
    if not shows or said == ONWARD:
        return {}
    if not said and await session_points.too_soon(ctx, group, exercise):
        return {"asked": exercise}
    return {"shown": exercise}  # if they cannot be shown, the next tap goes on


async def leave_out(ctx: Context, actor: Actor, action: Action) -> None:
    """Leave points for another time, before the work begins; the others share their minutes."""
    group, state = actor.group, required(await _state(ctx, actor.group))
    now = working_session.from_json(state["session"])
    demand(now.now == 0 and action.ask == session_buttons.version(state))
    picking = not state.get("picking")
    if action.verb == "s_drop":
        left = [e for n, e in enumerate(now.exercises) if str(n) != action.arg]
        wanted = [(e, session_points.wanted(ctx.services.process.exercises[e])) for e in left]
        minutes = state.get("minutes") or sum(point.minutes for point in now.points)
        laid = working_session.lay(wanted, minutes=minutes)
        now, picking = working_session.begin(laid, now.began_point), len(left) > 1
    state = {**state, "session": working_session.to_json(now), "picking": picking, "taps": state.get("taps", 0) + 1}
    await _go(ctx, group, state)


async def answered(ctx: Context, group: Group, happened: Answered) -> None:
    """Refresh the session's message after a sheet of its present point was handed in, as its button now does more."""
    state = await _state(ctx, group)
    now = working_session.from_json(state["session"]) if state is not None else None
    if state is None or now is None or now.point is None:
        return
    record = await ctx.work.runs.get(happened.run)
    if record.exercise == now.point.what and (
        record.phase != Phase.OPEN or session_buttons.unseen(state, record.exercise)
    ):
        await _show(ctx, group, state)


async def here(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that somebody is there, or ("not") is not after all."""
    state = required(await _state(ctx, actor.group))
    there, me = state.get("there", []), actor.member.id
    there = [member for member in there if member != me] + ([] if action.arg else [me])
    elsewhere = [member for member in state.get("elsewhere", []) if member != me] + ([me] if action.arg else [])
    ctx.toast("session.here" if me in there else "session.not_here")
    state = {**state, "there": there, "elsewhere": elsewhere}
    await ctx.work.activity_states.keep(actor.group.id, SESSION, "", state)
    await _show(ctx, actor.group, state)
    if not actor.in_group:
        await look(ctx, actor, action)


async def look(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the session under way in private, with what goes on and the way to be noted as there.

    That is for the network, which works with the group and is not in its chat; whoever is in it may look, too.
    """
    group, state = actor.group, required(await _state(ctx, actor.group))
    demand(rank_of(actor.member, group) is not Rank.NETWORK or await of_network(ctx, group))
    now, keys = working_session.from_json(state["session"]), [session_buttons.presence(ctx, group)]
    if (at_hand := _at_hand(now)) is not None:
        exercise = ctx.services.process.exercises[at_hand]
        record = await ctx.work.runs.latest(group.id, exercise.id)
        if record is not None and record.phase == Phase.OPEN and actor.member.role in exercise.who:
            keys.insert(0, [open_key(ctx, exercise, record.id, in_group=False)])
    await ctx.reply(actor, "session.agenda", await session_view.facts(ctx, group, state), keys)


def _at_hand(now: WorkingSession) -> str | None:
    """Return the exercise that the session has come to; None at another point, or at the end."""
    return now.point.what if now.point is not None and now.point.what in now.exercises else None


async def _go(ctx: Context, group: Group, state: JsonObject, *, anew: bool = False, opened: bool = False) -> None:
    """Store the session, open its present point, show it, and schedule its clock."""
    now = working_session.from_json(state["session"])
    closing = now.point is not None and now.point.what == working_session.CLOSING
    if now.over or closing:
        await ctx.work.schedule.cancel(kind=TIMER, group_id=group.id)  # nobody thinks alone here any more
    if now.over:
        await session_minutes.keep(ctx, group, state)
        await ctx.work.activity_states.drop(group.id, SESSION)
        await ctx.work.schedule.cancel(kind=SESSION, group_id=group.id)
    else:
        await ctx.work.activity_states.keep(group.id, SESSION, "", state)
        await _aim(ctx, group, now, _last(state["start"], state.get("last")))
    if opened and closing:
        await _close(ctx, group, state)
    elif opened and (exercise := _at_hand(now)) is not None:
        await session_points.open_point(ctx, group, ctx.services.process.exercises[exercise])
    await _show(ctx, group, state, anew=anew)
    if now.over:
        await status(ctx, group)


async def meeting_begins(ctx: Context, group: Group) -> None:
    """Offer the coordinators, at the hour of a meeting, to start the session with one tap.

    Not those who have the button since they were reminded of the meeting: one message is enough.
    """
    at = ctx.now.astimezone(ctx.services.zone).time()
    today = [m for m in await ctx.work.meetings.planned(group.id) if m.day == ctx.today and m.at <= at]
    meeting = max(today, key=lambda m: m.at, default=None)
    keys = await session_keys(ctx, group, meeting) if meeting else []
    if meeting is None or not keys or await _state(ctx, group) is not None:
        return
    items = await ctx.work.open_items.about(group.id, f"meeting:{meeting.id}")
    reminded = {one.member_id for one in items if one.kind == MEETING and one.state == "told"}
    for member in await hearing(ctx, await open_items.coordinators(ctx, group)):
        if member.id not in reminded:
            facts = {"town": await ctx.town_for(member.person_id, group)}
            await ctx.to_member(member, "session.begins", facts, [[key] for key in keys])


# -- time --------------------------------------------------------------------------------------------------------------
async def _aim(ctx: Context, group: Group, now: WorkingSession, last: datetime) -> None:
    """Schedule the next look at the clock: every few minutes until the point's time is over, then the session's end."""
    out = _time(working_session.time_is_out(now))
    following = min(ctx.now + TICK, out) if out > ctx.now else last + FORGOTTEN
    await ctx.work.schedule.put(SESSION, following, group_id=group.id, ref=f"group:{group.id}")


def _last(start: int, last: int | None) -> datetime:
    """Return when something was last done in a session."""
    return _time(last or start)


async def tick(ctx: Context, group: Group) -> None:
    """Refresh the minutes left in the message. A session that nobody ends is ended, in silence."""
    state = await _state(ctx, group)
    if state is None:
        return
    now = working_session.from_json(state["session"])
    if ctx.now - _last(state["start"], state.get("last")) >= FORGOTTEN:
        if (exercise := _at_hand(now)) is not None:
            await session_points.leave(ctx, group, exercise)
        ended = working_session.end(now)
        await _go(ctx, group, {**state, "session": working_session.to_json(ended)})
        return
    await _aim(ctx, group, now, _last(state["start"], state.get("last")))
    await _show(ctx, group, state)


# -- showing -----------------------------------------------------------------------------------------------------------
async def _show(ctx: Context, group: Group, state: JsonObject, *, anew: bool = False) -> None:
    keys = await session_buttons.keys(ctx, group, state)
    facts, slot = await session_view.facts(ctx, group, state), f"session:{state['start']}"
    await ctx.to_group(group, "session.agenda", facts, keys, slot=slot, living=not anew)


# -- the end -----------------------------------------------------------------------------------------------------------
async def _close(ctx: Context, group: Group, state: JsonObject) -> None:
    """Send the session's results, as in the minutes, and a question to part on, whose answers are not kept.

    Exercises that are left open have a button to end them.
    """
    kept = await session_minutes.come_to(ctx, group, state)
    question = ctx.services.voice.label(f"check_out.{state['start'] // 86400 % QUESTIONS}")
    coming = [m.on for m in await lifecycle.planned(ctx, group) if m.kind is MeetingKind.SESSION and m.on > ctx.today]
    keys, facts = (
        [],
        {**await session_minutes.facts(ctx, group, kept), "question": question, "next": min(coming, default=None)},
    )
    for line, (exercise, done) in zip(facts["worked"], kept["worked"], strict=True):
        line["answered"] = None if done else await session_points.answered(ctx, group, exercise)
        record = await ctx.work.runs.latest(group.id, exercise)
        if not done and record is not None:
            title = ctx.services.voice.title_of(exercise)
            keys.append([ctx.key("day.ready", "close", record.id, title=cut(title, TITLE))])
    await ctx.to_group(group, "session.closing", facts, keys)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, session=start, s_next=tapped, s_more=tapped, s_end=tapped),
    *buttons(Rank.COORDINATOR, About.GROUP, s_pick=leave_out, s_drop=leave_out),
    *buttons(Rank.NETWORK, About.GROUP, s_here=here, s_look=look),
)
