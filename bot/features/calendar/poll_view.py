"""How a time poll is shown: to the group, in private with one's own ticks, and to whoever is to choose a time."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.ballots import box
from bot.context.context import Context
from bot.context.message import Key
from bot.exercises import runner
from bot.features.calendar import lifecycle
from flows import ballots
from flows.ballots import Ballot, Phase
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting as Record
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member

SLOT: Final = "timepoll"  # of the message in the group, and of what a message asks, with the meeting's id
NONE: Final = "none"  # of the button for whom no time suits


def named(ctx: Context, record: Record) -> TemplateFacts:
    """Return what a meeting is called, and when it is."""
    return {"name": lifecycle.name_of(ctx, lifecycle.as_meeting(record)), "on": record.day, "at": record.at}


def written(time: datetime) -> str:
    """Return a time as a ballot has it."""
    return time.isoformat(timespec="minutes")


def moment(time: datetime) -> TemplateFacts:
    """Return the day and the hour of a time."""
    return {"on": time.date(), "at": time.time()}


async def facts_of(ctx: Context, group: Group, record: Record, poll: Ballot) -> TemplateFacts:
    """Return what is said of a poll: who can come at each time, who at none, and who is silent."""
    scene = await runner.scene_of(ctx, group)

    def names(voters: tuple[ballots.Voter, ...]) -> list[str]:
        return [scene.member(member) for member in box.members(voters)]

    return {
        **named(ctx, record),
        "until": poll.until,
        "over": poll.phase is not Phase.OPEN,
        "times": [
            {**moment(datetime.fromisoformat(one)), "who": names(ballots.supporters(poll, one))} for one in poll.choices
        ],
        "unfit": names(tuple(who for who, voice in poll.voices.items() if not voice.choice)),
        "silent": names(ballots.silent(poll)),
    }


def _times(ctx: Context, group: Group, meeting: str, poll: Ballot, member: int = 0) -> list[list[Key]]:
    """Return a button for each time, ticked as this member has answered; and one for "none of them"."""
    mine = poll.voices.get(box.voter(member))

    def key(label: str, place: int | str, ticked: bool, time: TemplateFacts = MappingProxyType({})) -> list[Key]:
        return [ctx.key(label, "tp_can", group.id, f"{meeting}:{place}", poll.round, ticked=ticked, **time)]

    found = [
        key("time_poll.time", n, mine is not None and one in mine.choice, moment(datetime.fromisoformat(one)))
        for n, one in enumerate(poll.choices)
    ]
    return [*found, key("time_poll.none", NONE, mine is not None and not mine.choice)]


def choices(ctx: Context, group: Group, meeting: str, poll: Ballot) -> list[list[Key]]:
    """Return the times, those that suit most people first."""
    counts = [len(ballots.supporters(poll, one)) for one in poll.choices]

    def key(label: str, place: int | str, facts: TemplateFacts = MappingProxyType({})) -> list[Key]:
        return [ctx.key(label, "tp_take", group.id, f"{meeting}:{place}", poll.round, **facts)]

    found = [
        key("time_poll.take", n, {**moment(datetime.fromisoformat(poll.choices[n])), "count": counts[n]})
        for n in sorted(range(len(counts)), key=lambda place: -counts[place])
    ]
    return [*found, key("time_poll.leave", NONE)]


async def show_alone(
    ctx: Context, group: Group, record: Record, poll: Ballot, member: Member, *, edit: int | None = None
) -> None:
    """Show the poll in private, with one's own ticks: as a new message, or in the place of one."""
    keys = _times(ctx, group, str(record.id), poll, member.id)
    context = MessageContext(group=group.id, what=f"{SLOT}:{record.id}")
    facts = await facts_of(ctx, group, record, poll)
    await ctx.to_member(member, "time_poll.question", facts, keys, edit=edit, context=context)


async def show(ctx: Context, group: Group, ref: str, poll: Ballot, anew: bool) -> None:
    """Show the poll to the group: `anew`, or in the message that shows it, without its buttons once it is over."""
    keys = _times(ctx, group, ref, poll) if poll.phase is Phase.OPEN else []
    facts = await facts_of(ctx, group, await ctx.work.meetings.get(int(ref)), poll)
    await ctx.to_group(group, "time_poll.question", facts, keys, slot=f"{SLOT}:{ref}", living=not anew)
