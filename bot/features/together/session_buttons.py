"""The buttons under a session's agenda."""

from bot.context.context import Context
from bot.context.message import Key, when
from bot.features.together import session_minutes, session_points, session_view
from bot.views.shared_buttons import open_key
from flows.run.state import Phase
from flows.timing import working_session
from flows.timing.working_session import Point
from storage.json_records import JsonObject
from storage.records.records import Group

State = JsonObject  # of a session
SHOW, WAIT, ONWARD = "show", "wait", "on"  # what can be done where not all have answered


def unseen(state: State, exercise: str) -> bool:
    """True if the answers of an exercise have not been shown in a session."""
    return bool(state.get("shown") != exercise)


def version(state: State) -> int:
    """Return a number that differs after every tap, and in every session: two who tap "next" at once go one step."""
    return int(state["start"]) * 1000 + int(state.get("taps", 0))


async def keys(ctx: Context, group: Group, state: State) -> list[list[Key]]:
    """Return the buttons: to begin with what can be left out, then onward; once it is over the minutes."""
    now, ask = working_session.from_json(state["session"]), version(state)
    if now.point is None:
        return [[ctx.key("session.minutes", "doc", group.id, session_minutes.MINUTES)]]
    if now.now == 0 and state.get("picking"):
        points = (ctx.services.voice.title_of(exercise) for exercise in now.exercises)
        drops = [[ctx.key("session.drop", "s_drop", group.id, str(n), ask=ask, title=t)] for n, t in enumerate(points)]
        return [*drops, [ctx.key("session.picked", "s_pick", group.id, ask=ask)]]
    following = next(iter(now.points[now.now + 1 :]), None)
    last = following is None or following.what == working_session.CLOSING
    more, early = (ctx.key(f"session.{name}", verb, group.id, ask=ask) for name, verb in MORE)
    return [
        *await _of_point(ctx, group, state, now.point.what if now.point.what in now.exercises else "", following),
        [more, *when(not last, early)],
        when(now.now == 0 and len(now.exercises) > 1, ctx.key("session.pick", "s_pick", group.id, ask=ask)),
        presence(ctx, group),
    ]


MORE = (("more", "s_more"), ("close", "s_end"))
WHETHER_TO_SHOW = (("reveal_anyway", SHOW), ("reveal_wait", WAIT))


async def _of_point(
    ctx: Context, group: Group, state: State, exercise: str, following: Point | None
) -> list[list[Key]]:
    """Return the ways to answer a point's exercise ("": it has none), to show what was answered, and to go on."""
    ask, to = version(state), "s_next"
    shows = bool(exercise) and unseen(state, exercise) and await session_points.shown_next(ctx, group, exercise)
    asked = shows and state.get("asked") == exercise
    if shows and not asked:
        onward = ctx.key("session.show", to, group.id, ask=ask)
    elif following:
        title = session_view.point_facts(ctx, following)["title"]
        onward = ctx.key("session.next", to, group.id, ONWARD if asked else "", ask=ask, title=title)
    else:
        onward = ctx.key("session.end", to, group.id, ask=ask)
    whether = (ctx.key(label, to, group.id, arg, ask=ask) for label, arg in WHETHER_TO_SHOW)
    return [await _to_answer(ctx, group, exercise), when(asked, *whether), [onward]]


async def _to_answer(ctx: Context, group: Group, exercise: str) -> list[Key]:
    """Return the way to answer a point's exercise, if it is open."""
    record = await ctx.work.runs.latest(group.id, exercise) if exercise else None
    if record is None or record.phase != Phase.OPEN:
        return []
    return [open_key(ctx, ctx.services.process.exercises[exercise], record.id, in_group=True)]


def presence(ctx: Context, group: Group) -> list[Key]:
    """Return the buttons with which somebody is noted as there, or not."""
    return [ctx.key("session.here", "s_here", group.id), ctx.key("session.not_here", "s_here", group.id, "not")]
