"""A working session (arbetspass): an agenda with minutes that fit, each exercise opened in turn, time kept gently.

One message in the group holds the agenda. It is edited at taps and every few minutes while a point's time runs, and
never sent again. Nothing depends on it: exercises go on as they would without, and what is said is kept in its place.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.context.context import Actor, Context, Key
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import preconditions, runner
from bot.features.journey.status import map_of, status
from bot.features.together import todos
from bot.views.shared_buttons import open_key
from flows import working_session
from flows.model import Exercise, Field, How, Mark
from flows.state import Phase
from flows.working_session import Point, Session
from messages.voice import TemplateFacts
from storage.records import Group, Row

SESSION = "session"  # the kind of what is kept, and of the agenda's row
TICK = timedelta(minutes=5)
FORGOTTEN = timedelta(hours=12)  # a session that nobody has ended for so long is no hindrance to another
TALK = 10  # minutes to talk about what each has answered alone
QUESTIONS = 4  # check-out questions, taken in turn


async def start(ctx: Context, actor: Actor, action: Action) -> None:
    """Lay the agenda of a step and begin, or show the session that goes on."""
    group, state = actor.group, await _state(ctx, actor.group)
    if not actor.in_group:
        ctx.toast("see_group")
    if state is not None and ctx.now - _time(state["start"]) < FORGOTTEN:
        await _show(ctx, group, state, anew=True)
        return
    step, number = ctx.services.process.step(int(action.arg)), int(action.arg)
    if number not in group.settings.steps:
        ctx.toast("step_closed", alert=True)
        return
    stops = next(s.stops for s in (await map_of(ctx, group)).steps if s.number == number)
    exercises = [ctx.services.process.exercises[stop.exercise] for stop in stops if stop.state != "done"]
    if not exercises:
        ctx.toast("session.nothing", alert=True)
        return
    points = working_session.lay(
        [(e.id, _wanted(e)) for e in exercises], minutes=min(step.session_minutes, working_session.MINUTES)
    )
    at = int(ctx.now.timestamp())
    state = {"step": number, "start": at, "session": working_session.to_json(working_session.begin(points, at))}
    await _go(ctx, group, state, anew=True)


def _wanted(exercise: Exercise) -> int:
    """Minutes that an exercise wants: what is answered alone is talked about as well."""
    return exercise.minutes + (TALK if exercise.how in (How.EACH, How.ORG) else 0)


async def _state(ctx: Context, group: Group) -> dict[str, Any] | None:
    return await ctx.work.activity_states.state(group.id, SESSION)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """The next point, more time for this one, or the end. A tap on an older state of the message changes nothing."""
    state = await _state(ctx, actor.group)
    if state is None or action.ask != _version(state):
        ctx.toast("old_button")
        return
    now, at = working_session.from_json(state["session"]), int(ctx.now.timestamp())
    match action.verb:
        case "s_more":
            now = working_session.more_time(now)
        case "s_end":
            now = working_session.to_closing(now, at)
        case "s_next":
            now = working_session.go_on(now, at)
    await _go(ctx, actor.group, {**state, "session": working_session.to_json(now)}, opened=action.verb != "s_more")


def _version(state: dict[str, Any]) -> int:
    """Another number after every change of the agenda, and in every session: two who tap "next" at once go one step."""
    now = working_session.from_json(state["session"])
    minutes: int = sum(point.minutes for point in now.points)
    return int(state["start"]) * 100_000 + now.now * 1000 + minutes


async def _go(ctx: Context, group: Group, state: dict[str, Any], *, anew: bool = False, opened: bool = False) -> None:
    """Keep the session, open what it has come to, show it, and see to it that time is kept."""
    now = working_session.from_json(state["session"])
    if now.over:
        await ctx.work.activity_states.drop(group.id, SESSION)
        await ctx.work.schedule.cancel(kind=SESSION, group_id=group.id)
    else:
        await ctx.work.activity_states.keep(group.id, SESSION, "", state)
        await _aim(ctx, group, now)
    if opened and now.point is not None and now.point.what == working_session.CLOSING:
        await _close(ctx, group, state)
    elif opened and now.point is not None:
        await _open(ctx, group, ctx.services.process.exercises[now.point.what])
    await _show(ctx, group, state, anew=anew)
    if now.over:
        await status(ctx, group)


async def _open(ctx: Context, group: Group, exercise: Exercise) -> None:
    """Begin the exercise, unless it goes on already or must wait for another."""
    record = await ctx.work.runs.latest(group.id, exercise.id)
    if record is not None and record.phase != Phase.ASIDE:
        return
    voice, needs = ctx.services.voice, await preconditions.unconfirmed(ctx, group, exercise)
    if needs:
        facts = {"title": voice.title_of(exercise.id), "needs": [voice.title_of(n) for n in needs]}
        await ctx.to_group(group, "gate.needs", facts)
        return
    await runner.begin(ctx, group, exercise)
    await status(ctx, group)


# -- time --------------------------------------------------------------------------------------------------------------
async def _aim(ctx: Context, group: Group, now: Session) -> None:
    """The next look at the clock: every few minutes, and when the time is out; after that, none."""
    out = _time(working_session.time_is_out(now))
    ref = f"group:{group.id}"
    if out > ctx.now:
        await ctx.work.schedule.put(SESSION, min(ctx.now + TICK, out), group_id=group.id, ref=ref)
    else:
        await ctx.work.schedule.cancel(kind=SESSION, group_id=group.id)


async def tick(ctx: Context, group: Group) -> None:
    """Some minutes have passed: the message says how many are left."""
    state = await _state(ctx, group)
    if state is not None:
        await _aim(ctx, group, working_session.from_json(state["session"]))
        await _show(ctx, group, state)


# -- showing -----------------------------------------------------------------------------------------------------------
async def _show(ctx: Context, group: Group, state: dict[str, Any], *, anew: bool = False) -> None:
    now, at = working_session.from_json(state["session"]), int(ctx.now.timestamp())
    facts = {
        "town": group.title,
        "step": state["step"],
        "points": [
            {**_point(ctx, point), "state": "done" if n < now.now else "now" if n == now.now else "later"}
            for n, point in enumerate(now.points)
        ],
        "minutes": sum(point.minutes for point in now.points),
        "over": now.over,
        "left": working_session.minutes_left(now, at),
        "until": _time(working_session.time_is_out(now)).astimezone(ctx.services.zone) if not now.over else None,
    }
    keys = await _keys(ctx, group, state, now)
    await ctx.to_group(group, "session.agenda", facts, keys, slot=f"session:{state['start']}", living=not anew)


def _point(ctx: Context, point: Point) -> TemplateFacts:
    around = point.what in (working_session.OPENING, working_session.CLOSING)
    voice = ctx.services.voice
    title = voice.label(f"session.{point.what}") if around else voice.title_of(point.what)
    return {"title": title, "minutes": point.minutes}


async def _keys(ctx: Context, group: Group, state: dict[str, Any], now: Session) -> list[list[Key]]:
    if now.point is None:
        return []
    version, keys = _version(state), []
    if now.point.what not in (working_session.OPENING, working_session.CLOSING):
        record = await ctx.work.runs.latest(group.id, now.point.what)
        if record is not None and record.phase == Phase.OPEN:
            keys.append([open_key(ctx, ctx.services.process.exercises[now.point.what], record.id, in_group=True)])
    following = now.points[now.now + 1] if now.now + 1 < len(now.points) else None
    onward = (
        ctx.key("session.next", "s_next", group.id, ask=version, title=_point(ctx, following)["title"])
        if following
        else ctx.key("session.end", "s_next", group.id, ask=version)
    )
    more = ctx.key("session.more", "s_more", group.id, ask=version)
    early = [ctx.key("session.close", "s_end", group.id, ask=version)] if following else []
    return [*keys, [onward], [more, *early]]


# -- the end -----------------------------------------------------------------------------------------------------------
async def _close(ctx: Context, group: Group, state: dict[str, Any]) -> None:
    """What the session came to: exercises, decisions, to-dos; and a question to part on, whose answers nobody keeps."""
    begun, scene = _time(state["start"]), await runner.scene_of(ctx, group)
    now = working_session.from_json(state["session"])
    worked = []
    for point in now.points:
        record = await ctx.work.runs.latest(group.id, point.what)
        if record is not None and record.changed_at >= begun:
            worked.append({"title": _point(ctx, point)["title"], "done": record.phase == Phase.CONCLUDED})
    register = todos.todos(ctx)
    rows = await ctx.work.rows.all(group.id, register.id)
    new = [row for row in rows if row.created_at >= begun]

    def written(kind: Mark) -> list[TemplateFacts]:
        return [_written(row) for row in new if register.says(row.values, Field.KIND, kind)]

    def _written(row: Row) -> TemplateFacts:
        return {
            "what": register.told(row.values, Field.WHAT),
            "who": scene.member(row.assignee) if row.assignee else None,
            "due": row.due,
        }

    facts = {
        "worked": worked,
        "decisions": written(Mark.DECISION),
        "todos": written(Mark.TODO),
        "question": ctx.services.voice.label(f"check_out.{state['start'] // 86400 % QUESTIONS}"),
    }
    await ctx.to_group(group, "session.closing", facts)


ROUTES: Routes = (*buttons(Role.COORDINATOR, About.GROUP, session=start, s_next=tapped, s_more=tapped, s_end=tapped),)
