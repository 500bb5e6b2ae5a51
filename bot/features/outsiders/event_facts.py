"""Facts of the event for guests: when and where it is, what is asked there, and what comes next."""

import datetime
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Final

from bot.context import invitations
from bot.context.context import Context
from bot.features.calendar import first_meeting, meeting_details
from bot.features.outsiders.guest_list import name_of
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field
from flows.values import day_of, moment, time_of
from messages.voice import TemplateFacts
from storage.records.records import Group, Row

AFTERWARDS: Final = datetime.timedelta(days=2)  # how long after the event the invitation can still be followed


@dataclass(frozen=True, slots=True)
class Event:
    """The facts of the event for guests; None for those that are not written yet."""

    date: str | None = None
    place: str | None = None
    request: str | None = None
    next_date: str | None = None
    contact: str | None = None
    answer_by: str | None = None
    welcome: str | None = None
    length: str | None = None
    by: tuple[str, ...] = field(default=(), kw_only=True)  # the organisations that invite
    next_place: str = field(default="", kw_only=True)
    begun: bool = field(default=True, kw_only=True)

    @property
    def day(self) -> datetime.date | None:
        """The day of the event, once it is set."""
        return day_of(self.date) if self.date else None

    def has_begun(self, now: datetime.datetime) -> bool:
        """True if the event is on or over, at a time of where people live; where no hour is set, from its day on."""
        return self.date is not None and moment(now.date(), now.time() if time_of(self.date) else None) >= self.date

    def is_ahead(self, now: datetime.datetime) -> bool:
        """True if guests may still say whether they come: until its hour or, where none is set, through its day."""
        on = self.day
        return on is not None and (now.date() <= on if not time_of(self.date or "") else not self.has_begun(now))

    @property
    def last_day(self) -> datetime.date | None:
        """The last day to answer: the group's own, or else that of the event."""
        return day_of(self.answer_by) if self.answer_by else self.day

    @property
    def told(self) -> tuple[str, ...]:
        """Return when and where, as a guest has it in their own calendar."""
        return self.date or "", self.place or ""


async def event_of(ctx: Context, group: Group) -> Event:
    """Return the event's facts for guests: the day, the place and what comes next."""
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    rounds = await ctx.work.runs.of_exercise(group.id, event.id)
    if not rounds:
        return Event(begun=False)
    names = {question.id: question.kept_as for question in event.questions}
    answers = await ctx.work.answers.of_owner(rounds[-1].id, "g")
    said = {names.get(a.question, a.question): a.value for a in answers}
    found = Event(*(said.get(one.name) for one in fields(Event) if not one.kw_only))
    found = replace(found, by=await _inviting(ctx, group), length=_in_words(ctx, event, found.length))
    first = await first_meeting.of(ctx, group)
    if first is None:
        return found
    cancelled = first.state != "planned"
    return replace(found, next_date=None if cancelled else found.next_date, next_place=meeting_details.where(first))


async def _inviting(ctx: Context, group: Group) -> tuple[str, ...]:
    """Return the organisations of those in the core group: a guest knows them, and not the group."""
    names = {one.id: one.name for one in await ctx.work.members.organisations(group.id)}
    there = {member.organisation_id for member in await ctx.work.members.active(group.id)}
    return tuple(name for id, name in names.items() if id in there)


def _in_words(ctx: Context, event: Exercise, length: str | None) -> str | None:
    """Return how long it lasts as people say it."""
    words = ctx.services.voice.exercise(event.id)
    return words.option(event.field(Field.LENGTH).id, length).lower() if length else None


async def good_for(ctx: Context, group: Group) -> datetime.timedelta:
    """Return how long an invitation is valid: as long as other links, and at least until the event."""
    day = (await event_of(ctx, group)).day
    left = day - ctx.today + AFTERWARDS if day else datetime.timedelta()
    return max(invitations.GOOD_FOR, left)


def for_guest(ctx: Context, group: Group, row: Row, event: Event) -> TemplateFacts:
    """Return the facts of a message to one guest."""
    return {**for_everybody(ctx, group, event), "name": name_of(ctx, row)}


def for_everybody(ctx: Context, group: Group, event: Event) -> TemplateFacts:
    """Return the facts of the event for everybody; without a last day to answer, or a first meeting, that has been."""
    ahead = {"answer_by": event.answer_by, "next_date": event.next_date}
    told = {name: day if day and day_of(day) >= ctx.today else None for name, day in ahead.items()}
    return {"town": group.title, **asdict(event), **told}


async def note_told(ctx: Context, group: Group, event: Event) -> None:
    """Note when and where guests have been told, so that a change is told too."""
    group = await ctx.work.groups.get(group.id)
    if not group.settings.event.told:
        await ctx.work.groups.settle(group, replace(group.settings.event, told=event.told))
