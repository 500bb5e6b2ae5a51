"""Minutes of working sessions: who was there, what was taken up, decided, and is to be done.

They hold only the ids of members, rows and exercises, so that later corrections and erasures apply to them, too.
"""

from datetime import UTC, datetime

from bot.context.context import Context
from bot.exercises import consents, runner
from bot.features.together import todos
from flows import working_session
from flows.model import Field, Mark
from flows.state import Phase
from storage.json_records import JsonObject
from storage.records import Group, Row

MINUTES = "minutes"  # the kind of the activity state, one for each session, by the second it began


async def come_to(ctx: Context, group: Group, state: JsonObject) -> JsonObject:
    """Return the minutes of a session so far, as they are stored."""
    begun, now = datetime.fromtimestamp(state["start"], UTC), working_session.from_json(state["session"])
    worked, another_time = [], []
    for exercise in now.exercises:
        record = await ctx.work.runs.latest(group.id, exercise)
        if record is not None and record.changed_at >= begun:
            worked.append([exercise, record.phase == Phase.CONCLUDED])
        elif record is None or record.phase != Phase.CONCLUDED:
            another_time.append(exercise)
    rows = await ctx.work.rows.all(group.id, todos.todos(ctx).id)
    new = [row for row in rows if row.created_at >= begun]
    return {
        "step": state["step"],
        "begun": state["start"],
        "ended": int(ctx.now.timestamp()),
        "there": state.get("there", []),  # who said so: one can write from anywhere
        "worked": worked,
        "another_time": another_time,
        "rows": [row.id for row in new],
    }


async def keep(ctx: Context, group: Group, state: JsonObject) -> None:
    """Store the minutes of a session that is over, or was left."""
    found = await come_to(ctx, group, state)
    if state.get("last"):  # left in the middle: its end is when something was last done in it
        found["ended"] = state["last"] if ctx.now.timestamp() - state["last"] > 3600 else found["ended"]
    await ctx.work.activity_states.keep(group.id, MINUTES, str(state["start"]), found)


async def facts(ctx: Context, group: Group, kept: JsonObject) -> JsonObject:
    """Return the minutes in words."""
    scene, voice, register = await runner.scene_of(ctx, group), ctx.services.voice, todos.todos(ctx)
    rows = [row for row in await ctx.work.rows.all(group.id, register.id) if row.id in kept["rows"]]

    async def written(kind: Mark) -> list[JsonObject]:
        return [await _written(row) for row in rows if register.says(row.values, Field.KIND, kind)]

    async def _written(row: Row) -> JsonObject:
        return {
            "said": await consents.in_words(ctx, group, f"row:{row.id}"),
            "what": register.told(row.values, Field.WHAT),
            "who": scene.member(row.assignee) if row.assignee else None,
            "due": row.due,
        }

    return {
        "there": [scene.member(member) for member in kept["there"]],
        "worked": [{"title": voice.title_of(exercise), "done": done} for exercise, done in kept["worked"]],
        "another_time": [voice.title_of(exercise) for exercise in kept.get("another_time", ())],
        "decisions": await written(Mark.DECISION),
        "todos": await written(Mark.TODO),
    }
