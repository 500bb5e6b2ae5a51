"""What the message of a working session shows: its points, the time left, who is there."""

from datetime import UTC, datetime

from bot.context.context import Context
from bot.exercises import runner
from bot.features.calendar import suggestions
from bot.features.together import session_minutes, session_points
from flows.run.state import Phase
from flows.timing import working_session
from flows.timing.working_session import Point, WorkingSession
from messages.voice import TemplateFacts
from storage.json_records import JsonObject
from storage.records.records import Group


async def facts(ctx: Context, group: Group, state: JsonObject) -> TemplateFacts:
    """Return the facts of the agenda, as it stands now."""
    now, at = working_session.from_json(state["session"]), int(ctx.now.timestamp())
    scene = await runner.scene_of(ctx, group)
    asked = state.get("asked") if now.point is not None and state.get("asked") == now.point.what else None
    return {
        "step": state["step"],
        "asked": asked is not None,
        "answered": await session_points.answered(ctx, group, asked) if asked else None,
        "so_few": asked is not None and await session_points.so_few(ctx, group, asked),
        "there": [scene.member(member) for member in state.get("there", [])],
        "points": [
            {**point_facts(ctx, point), "state": await _state_of(ctx, group, now, n)}
            for n, point in enumerate(now.points)
            if point.what in now.exercises or n not in now.passed  # a pause that was not reached is not spoken of
        ],
        "goal": await _goal(ctx, group, now),
        "suggested": await suggestions.standing(ctx, group) if ctx.services.process.step(state["step"]).network else [],
        "minutes": sum(point.minutes for point in now.points),
        "over": now.over,
        "left": working_session.minutes_left(now, at),
        "until": datetime.fromtimestamp(working_session.time_is_out(now), UTC).astimezone(ctx.services.zone)
        if not now.over
        else None,
    }


async def _state_of(ctx: Context, group: Group, now: WorkingSession, place: int) -> str:
    """Return a point's state: to come, going on, done, left (its exercise is still open), or not reached."""
    what = now.points[place].what
    if place >= now.now:
        return "now" if place == now.now else "later"
    if what not in now.exercises:
        return "done"
    record = await ctx.work.runs.latest(group.id, what)
    if record is None or record.phase == Phase.ASIDE:
        return "another_time"
    return "left" if record.phase != Phase.CONCLUDED else "done"


async def _goal(ctx: Context, group: Group, now: WorkingSession) -> str | None:
    """Return the overall goal, for the opening of the group's first session (handbook, step 1)."""
    opening = now.point is not None and now.point.what == working_session.OPENING
    if not opening or await ctx.work.activity_states.of_kind(group.id, session_minutes.MINUTES):
        return None
    about: str = ctx.services.voice.book("process")["about"]
    return about.partition("\n\n")[0]


def point_facts(ctx: Context, point: Point) -> TemplateFacts:
    """Return a point's name and minutes."""
    voice, named = ctx.services.voice, point.what in ctx.services.process.exercises
    title = voice.title_of(point.what) if named else voice.label(f"session.{point.what}")
    return {"title": title, "minutes": point.minutes}
