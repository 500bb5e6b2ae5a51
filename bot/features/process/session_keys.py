"""The buttons of a meeting that is a working session, in its reminder, at its hour and on its day."""

from typing import Final

from bot.context.context import Context
from bot.context.message import Key
from bot.features.process.status import for_a_session
from flows.timing.calendar import MeetingKind
from storage.records.meetings import Meeting
from storage.records.records import Group

SESSION: Final = "session"  # the kind of the activity state of a session that is under way


async def of_network(ctx: Context, group: Group) -> list[list[Key]]:
    """Return the button to a session under way that the network takes part in, as it is not in the group's chat."""
    state = await ctx.work.activity_states.state(group.id, SESSION)
    if state is None or not ctx.services.process.step(state["step"]).network:
        return []
    return [[ctx.key("session.look", "s_look", group.id)]]


async def worked_on(ctx: Context, group: Group, meeting: Meeting) -> int | None:
    """Return the step that a meeting's session is about; None if there is none to work on.

    While the meeting's own step is not open that is the last one before it with something left.
    """
    if meeting.kind != MeetingKind.SESSION:
        return None
    if meeting.part in group.settings.steps:
        return meeting.part
    for step in sorted(set(group.settings.steps) - set(group.settings.closed), reverse=True):
        if step < meeting.part and await for_a_session(ctx, group, step):
            return step
    return None


async def session_keys(ctx: Context, group: Group, meeting: Meeting) -> list[Key]:
    """Return the buttons that start the session of a meeting on its day, and open its step if it is not open."""
    if meeting.kind != MeetingKind.SESSION:
        return []
    step, keys = await worked_on(ctx, group, meeting), list[Key]()
    if step is not None:
        arg = f"{step}:{meeting.day.toordinal()}"
        keys.append(ctx.key("session.start", "session", group.id, arg, n=step, several=True))
    if meeting.part not in group.settings.steps:
        keys.append(ctx.key("step.open", "opens", group.id, str(meeting.part), n=meeting.part))
    return keys


async def todays_session_keys(ctx: Context, group: Group) -> list[list[Key]]:
    """Return the buttons of each session of today that has not been held yet."""
    here = await ctx.work.meetings.planned(group.id, ctx.today, ctx.today)
    return [[key] for meeting in here for key in await session_keys(ctx, group, meeting)]
