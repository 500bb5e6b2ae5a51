"""A meeting is cancelled, and taken back. The group is told in its chat; of the next one also each in private."""

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.calendar import lifecycle, meeting_details
from bot.features.network import network_meetings
from storage.records.meetings import Meeting


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask whether this meeting is to be cancelled."""
    if (record := await _record(ctx, actor, action)) is None:
        return
    yes = ctx.key("calendar.cancel_do", "meetoff", actor.group.id, str(record.id))
    no = ctx.key("calendar.not", "moving", actor.group.id, str(record.id))
    line = meeting_details.line(ctx, record)
    await ctx.reply(actor, "calendar.cancel", line, [[yes], [no]], context=context_of(yes, no))


async def do(ctx: Context, actor: Actor, action: Action) -> None:
    """Cancel the meeting; it can be taken back."""
    if (record := await _record(ctx, actor, action)) is None:
        return
    await lifecycle.keep(ctx, actor.group, [], [lifecycle.as_meeting(record)], by=actor.member)
    keys = [[ctx.key("calendar.back", "meeton", actor.group.id, str(record.id))]]
    keys.append([ctx.key("home.calendar", "calendar", actor.group.id)])
    line = meeting_details.line(ctx, record)
    await ctx.reply(actor, "calendar.off", line, keys)
    await ctx.to_group(actor.group, "calendar.cancelled", {**line, "by": actor.member.name, "off": True})


async def take_back(ctx: Context, actor: Actor, action: Action) -> None:
    """Let a cancelled meeting be held after all, on its day."""
    if (record := await _record(ctx, actor, action, state="cancelled")) is None:
        return
    await lifecycle.keep(ctx, actor.group, [lifecycle.as_meeting(record)], by=actor.member)
    line = meeting_details.line(ctx, record)
    planned = await ctx.work.meetings.planned(actor.group.id, ctx.today)
    nearest = {"network": network_meetings.coming(ctx, planned), "core": min(planned, key=lambda m: (m.day, m.at))}
    for role, meeting in nearest.items():
        if meeting is not None and meeting.id == record.id:
            told = [m for m in await ctx.work.members.active(actor.group.id, roles=(role,)) if m.id != actor.member.id]
            await network_meetings.tell_of_change(ctx, actor.group, (record, meeting), str(line["name"]), told)
    await ctx.reply(actor, "calendar.on", line, [[ctx.key("home.calendar", "calendar", actor.group.id)]])
    await ctx.to_group(actor.group, "calendar.cancelled", {**line, "by": actor.member.name, "off": False})


async def _record(ctx: Context, actor: Actor, action: Action, state: str = "planned") -> Meeting | None:
    """Return the meeting of a button if it is still to come, and in this state; else say that the button is old."""
    record = await ctx.work.meetings.lookup(int(action.arg))
    if record is None or not _is(ctx, actor, record, state):
        ctx.toast("old_button")
        return None
    return record


def _is(ctx: Context, actor: Actor, record: Meeting, state: str) -> bool:
    return record.group_id == actor.group.id and record.state == state and record.day >= ctx.today


ROUTES: Routes = buttons(Rank.COORDINATOR, About.GROUP, meetcancel=ask, meetoff=do, meeton=take_back)
