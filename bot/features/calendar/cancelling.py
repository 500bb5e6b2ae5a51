"""A meeting is cancelled, and taken back. The group is told in its chat; of the next one also each in private."""

from typing import Final

from bot.context.context import Actor, Context
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.calendar import lifecycle, meeting_details, meetings
from bot.features.journey import memberships, network_meetings
from flows.answers import named_option
from storage.message_notes import MessageContext
from storage.records import Meeting, Person

CANCEL: Final = "cancel"  # asks about a meeting, whose number follows


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask whether this meeting is to be cancelled."""
    if (record := await _record(ctx, actor, action)) is None:
        return
    keys = [
        [ctx.key("calendar.cancel_do", "meetoff", actor.group.id, str(record.id))],
        [ctx.key("calendar.not", "moving", actor.group.id, str(record.id))],
    ]
    context = MessageContext(group=actor.group.id, what=f"{CANCEL}:{record.id}")
    await ctx.reply(actor, "calendar.cancel", meeting_details.line(ctx, record), keys, context=context)


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, Meeting] | None:
    """Return of which meeting a message asks this person whether it is to be cancelled, while it can be."""
    kind, _, id = under.what.partition(":")
    actor = await memberships.seat(ctx, person, under.group, Role.COORDINATOR) if kind == CANCEL else None
    record = await ctx.work.meetings.lookup(int(id)) if actor else None
    return (actor, record) if actor and record and _is(ctx, actor, record, "planned") else None


async def heard(ctx: Context, person: Person, text: str, under: MessageContext) -> bool:
    """Take a text with the words of a button where a message asks that, as "ja"; False for any other."""
    label = ctx.services.voice.label
    said = named_option({"yes": label("calendar.cancel_do"), "no": label("calendar.not")}, text)
    found = await asking(ctx, person, under) if said else None
    if found is None:
        return False
    actor, record = found
    handler, verb = (do, "meetoff") if said == "yes" else (meetings.choose, "moving")
    await handler(ctx, actor, Action(verb, actor.group.id, 0, str(record.id)))
    return True


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
    planned = [m for m in await lifecycle.records_of(ctx, actor.group) if m.day >= ctx.today]
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


ROUTES: Routes = buttons(Role.COORDINATOR, About.GROUP, meetcancel=ask, meetoff=do, meeton=take_back)
