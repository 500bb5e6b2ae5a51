"""How a time poll is shown: to the group, in private with one's own ticks, and to whoever is to choose a time."""

from typing import Final

from bot.context.context import Context
from bot.context.message import Key
from bot.exercises import runner
from bot.features.calendar import lifecycle
from bot.features.calendar.polls import POLL, Poll
from messages.voice import TemplateFacts
from storage import records
from storage.message_notes import MessageContext
from storage.records import Group, Member

NONE: Final = "none"  # of the button for whom no time suits


def named(ctx: Context, record: records.Meeting) -> TemplateFacts:
    """Return what a meeting is called, and when it is."""
    return {"name": lifecycle.name_of(ctx, lifecycle.as_meeting(record)), "on": record.day, "at": record.at}


async def facts_of(ctx: Context, group: Group, record: records.Meeting, poll: Poll) -> TemplateFacts:
    """Return what is said of a poll: who can come at each time, who at none, and who is silent."""
    scene = await runner.scene_of(ctx, group)
    return {
        **named(ctx, record),
        "until": poll.until,
        "over": poll.over,
        "times": [
            {"on": one.on, "at": one.at, "who": [scene.member(member) for member in poll.who(place)]}
            for place, one in enumerate(poll.times)
        ],
        "unfit": [scene.member(member) for member, said in poll.said.items() if not said],
        "silent": [scene.member(member) for member in poll.asked if member not in poll.said],
    }


def _times(ctx: Context, group: Group, meeting: int, poll: Poll, member: int = 0) -> list[list[Key]]:
    """Return a button for each time, ticked as this member has answered; and one for "none of them"."""
    mine = poll.said.get(member, ())
    found = [
        [ctx.key("time_poll.time", "tp_can", group.id, f"{meeting}:{n}", on=one.on, at=one.at, ticked=n in mine)]
        for n, one in enumerate(poll.times)
    ]
    unfit = member in poll.said and not mine
    return [*found, [ctx.key("time_poll.none", "tp_can", group.id, f"{meeting}:{NONE}", ticked=unfit)]]


def choices(ctx: Context, group: Group, meeting: int, poll: Poll) -> list[list[Key]]:
    """Return the times, those that suit most people first."""
    order = sorted(range(len(poll.times)), key=lambda place: -len(poll.who(place)))
    found = [
        [ctx.key("time_poll.take", "tp_take", group.id, f"{meeting}:{n}", on=one.on, at=one.at, count=len(poll.who(n)))]
        for n in order
        for one in [poll.times[n]]
    ]
    return [*found, [ctx.key("time_poll.leave", "tp_take", group.id, f"{meeting}:{NONE}")]]


async def show_alone(
    ctx: Context, group: Group, record: records.Meeting, poll: Poll, member: Member, *, edit: int | None = None
) -> None:
    """Show the poll in private, with one's own ticks: as a new message, or in the place of one."""
    keys = _times(ctx, group, record.id, poll, member.id)
    context = MessageContext(group=group.id, what=f"{POLL}:{record.id}")
    facts = await facts_of(ctx, group, record, poll)
    await ctx.to_person(member.person_id, "time_poll.question", facts, keys, about=group.id, edit=edit, context=context)


async def show(ctx: Context, group: Group, record: records.Meeting, poll: Poll, *, anew: bool = False) -> None:
    """Show the poll to the group: `anew`, or in the message that shows it, without its buttons once it is over."""
    keys = [] if poll.over else _times(ctx, group, record.id, poll)
    facts = await facts_of(ctx, group, record, poll)
    await ctx.to_group(group, "time_poll.question", facts, keys, slot=f"{POLL}:{record.id}", living=not anew)
