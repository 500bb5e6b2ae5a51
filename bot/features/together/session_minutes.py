"""Minutes of working sessions: who was there, what was taken up, decided, and is to be done.

They hold only the ids of members, rows and exercises, so that later corrections and erasures apply to them, too.
"""

from datetime import UTC, datetime

from bot.context.context import Context
from bot.exercises import consents, runner
from bot.features.process.session_keys import of_network
from bot.features.together import todos
from flows.enums import Field, Mark
from flows.run.state import Phase
from flows.timing import working_session
from storage.json_records import JsonObject
from storage.records.records import Group
from storage.records.runs import Run

MINUTES = "minutes"  # the kind of the activity state, one for each session, by the second it began


async def come_to(ctx: Context, group: Group, state: JsonObject) -> JsonObject:
    """Return the minutes of a session so far, as they are stored.

    Who has said so was there, and who answered what it was about meanwhile, unless they have said the contrary. Who
    only wrote a decision or a to-do can have done it from anywhere.
    """
    begun, now = datetime.fromtimestamp(state["start"], UTC), working_session.from_json(state["session"])
    at, last = int(ctx.now.timestamp()), state.get("last") or state["start"]
    ended = at if last == at else None  # nobody knows when a session ended that was only left
    until = datetime.fromtimestamp(ended or max(last, state["start"] + 60 * state.get("minutes", 0)), UTC)
    worked, another_time, answered = [], [], set[int]()
    there, taking_part = state.get("there", []), await _taking_part(ctx, group)
    for exercise in now.exercises:
        record = await ctx.work.runs.latest(group.id, exercise)
        if record is not None and record.changed_at >= begun:
            worked.append([exercise, record.phase == Phase.CONCLUDED])
            answered |= await _answered(ctx, record, begun, until)
        elif record is None or record.phase != Phase.CONCLUDED:
            another_time.append(exercise)
    rows = await ctx.work.rows.all(group.id, todos.todos(ctx).id)
    new = [row for row in rows if row.created_at >= begun]
    return {
        "step": state["step"],
        "begun": state["start"],
        "ended": ended,
        "there": [*there, *sorted(answered & taking_part - {*there, *state.get("elsewhere", ())})],
        "worked": worked,
        "another_time": another_time,
        "rows": [row.id for row in new],
    }


async def _answered(ctx: Context, record: Run, begun: datetime, until: datetime) -> set[int]:
    """Return the members who have answered in a round between these times, whether it is shown yet or not."""
    run, rows = runner.load(ctx, record), await ctx.work.rows.all(record.group_id, record.exercise)
    own = {run.owner(member) for member in run.seats} & run.sheets.keys()
    said = [answer for owner in own for answer in await ctx.work.answers.of_owner(record.id, owner)]
    there = {answer.member_id for answer in said if begun <= answer.at <= until}
    there |= {row.author for row in rows if begun <= row.changed_at <= until}
    return {member for member in there if member is not None}


async def _taking_part(ctx: Context, group: Group) -> set[int]:
    """Return the core group, and the network in a session of its own."""
    roles = ("core", "network") if await of_network(ctx, group) else ("core",)
    return {member.id for member in await ctx.work.members.active(group.id, roles=roles)}


async def keep(ctx: Context, group: Group, state: JsonObject) -> None:
    """Store the minutes of a session that is over, or was left."""
    await ctx.work.activity_states.keep(group.id, MINUTES, str(state["start"]), await come_to(ctx, group, state))


async def between(ctx: Context, group: Group) -> list[JsonObject]:
    """Return the decisions that were taken outside of sessions, in words, the newest first."""
    kept = await ctx.work.activity_states.of_kind(group.id, MINUTES)
    noted, register = {row for state in kept.values() for row in state["rows"]}, todos.todos(ctx)
    rows = [row for row in await ctx.work.rows.all(group.id, register.id) if row.id not in noted]
    return [
        {
            "on": row.created_at.astimezone(ctx.services.zone).date(),
            "what": register.told(row.values, Field.WHAT),
            "said": await consents.in_words(ctx, group, f"row:{row.id}", homes=True),
        }
        for row in sorted(rows, key=lambda row: row.created_at, reverse=True)
        if register.says(row.values, Field.KIND, Mark.DECISION)
    ]


async def facts(ctx: Context, group: Group, kept: JsonObject) -> JsonObject:
    """Return the minutes in words."""
    scene, voice, register = await runner.scene_of(ctx, group), ctx.services.voice, todos.todos(ctx)
    rows = [row for row in await ctx.work.rows.all(group.id, register.id) if row.id in kept["rows"]]

    async def written(kind: Mark) -> list[JsonObject]:
        return [
            {
                "said": await consents.in_words(ctx, group, f"row:{row.id}"),
                "what": register.told(row.values, Field.WHAT),
                "who": scene.member(row.assignee) if row.assignee else None,
                "due": row.due,
            }
            for row in rows
            if register.says(row.values, Field.KIND, kind)
        ]

    return {
        "there": [scene.member(member) for member in kept["there"]],
        "worked": [{"title": voice.title_of(exercise), "done": done} for exercise, done in kept["worked"]],
        "another_time": [voice.title_of(exercise) for exercise in kept.get("another_time", ())],
        "decisions": await written(Mark.DECISION),
        "todos": await written(Mark.TODO),
    }
