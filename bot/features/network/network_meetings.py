"""Who comes to a meeting: of those that the network is called to (from step 6 on) also who was there.

An answer is for a certain day and hour: if the meeting is moved, people are asked again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.ballots import box
from bot.ballots.box import BallotOwner
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.exercises.shared_answers import concluded
from bot.features.network import access_requests
from bot.reminders.next_message import hearing, spoken
from flows.ballots import NO, YES, Asked, Purpose, TextNow, Voted
from flows.enums import ExerciseRole
from flows.fields import TextField
from flows.timing.calendar import MeetingKind
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting
from storage.records.message_notes import AboutMeeting, MessageContext
from storage.records.records import Group, Member, Row

STATE: Final = "meeting"  # the kind of the activity state: who was there
LATELY: Final = timedelta(days=14)  # so long after a meeting one is offered to note who was there
SOON: Final = timedelta(days=28)  # the network is told at once of what is decided about so near a day


@dataclass(frozen=True, slots=True)
class Called:
    """The answers of members (`said`, by id: yes | no), and who was there, for the time `when`."""

    when: str = ""
    said: tuple[tuple[int, str], ...] = ()
    there: tuple[int, ...] = ()  # who was ticked off when it was held …
    guests: tuple[int, ...] = ()  # … and of those whom the bot does not know as members, by their row

    def answer(self, member: int) -> str:
        """Return a member's answer; empty if there is none."""
        return dict(self.said).get(member, "")

    def members(self, answer: str) -> list[int]:
        """Return the members who have given this answer."""
        return [member for member, said in self.said if said == answer]


def is_networks(ctx: Context, meeting: Meeting) -> bool:
    """True if the network is called: to its own meetings, the yearly look, and sessions of steps that are its too."""
    if meeting.kind != MeetingKind.SESSION:
        return True
    return ctx.services.process.step(meeting.part).network


def lacks_place(meeting: Meeting) -> bool:
    """True if nobody has said where a meeting is, nor given a link to it."""
    return not (meeting.place or meeting.link)


def coming(ctx: Context, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the next meeting that the network is called to."""
    return next(iter(ahead(ctx, meetings)), None)


def latest(ctx: Context, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the meeting before today that the network was called to last, if it was lately."""
    held = [m for m in meetings if m.state == "planned" and ctx.today - LATELY <= m.day < ctx.today]
    return max((m for m in held if is_networks(ctx, m)), key=lambda m: (m.day, m.at), default=None)


def ahead(ctx: Context, meetings: Iterable[Meeting], *, until: date = date.max) -> list[Meeting]:
    """Return the meetings from today on that the network is called to, in order."""
    coming = [m for m in meetings if m.state == "planned" and ctx.today <= m.day <= until and is_networks(ctx, m)]
    return sorted(coming, key=lambda m: (m.day, m.at))


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the meetings within four weeks to which somebody is called, who is in the network and has not answered."""
    every = await ctx.work.meetings.of_group(actor.group.id) if actor.member.role == "network" else ()
    near = ahead(ctx, every, until=ctx.today + SOON)
    silent = [meeting for meeting in near if not (await called(ctx, meeting)).answer(actor.member.id)]
    return [OpenThing(Kind.MEETING, {"on": m.day, "at": m.at}, tuple(keys_on(ctx, m))) for m in silent]


async def told_beforehand(ctx: Context, meeting: Meeting) -> list[TemplateFacts]:
    """Return what the step's preparation says to whoever is called: what the day is for, and what to read before."""
    if meeting.kind != MeetingKind.SESSION:
        return []
    found: list[TemplateFacts] = []
    process = ctx.services.process
    for exercise in (process.exercises[name] for name in process.step(meeting.part).exercises):
        asked = [
            question.id
            for question in exercise.questions
            if isinstance(question.field, TextField) and question.field.invites
        ]
        record = await concluded(ctx, meeting.group_id, exercise.id) if asked else None
        if record is None:
            continue
        words = ctx.services.voice.exercise(exercise.id, exercise.version)
        said = {a.question: a.value for a in await ctx.work.answers.of_owner(record.id, "g")}
        found += [{"short": words[f"question.{one}.short"], "text": said[one]} for one in asked if said.get(one)]
    return found


async def called(ctx: Context, meeting: Meeting) -> Called:
    """Return the answers about a meeting. Whoever is away that day and has said nothing cannot come."""
    kept = await _kept(ctx, meeting)
    away = await ctx.work.absences.away_on(meeting.day)
    members = await ctx.work.members.active(meeting.group_id, roles=("core", "network")) if away else []
    silent = ((m.id, NO) for m in members if m.person_id in away and not kept.answer(m.id))
    return replace(kept, said=(*kept.said, *silent))


async def _kept(ctx: Context, meeting: Meeting) -> Called:
    """Return what has been said; answers to another day or hour than the meeting's present one do not count."""
    when, ref = _when(meeting), str(meeting.id)
    kept = await ctx.work.ballots.find(meeting.group_id, Purpose.ATTENDANCE, ref)
    asked = box.read(kept) if kept else None
    voices = asked.voices if asked is not None and asked.text == when else {}
    said = tuple((box.members([who])[0], voice.choice[0]) for who, voice in voices.items() if voice.choice)
    there = await ctx.work.activity_states.state(meeting.group_id, STATE, ref)
    if there is None or there["when"] != when:
        return Called(when, said)
    return Called(when, said, tuple(there["there"]), tuple(there.get("guests", ())))


async def note_there(ctx: Context, meeting: Meeting, one: Member | Row, there: bool) -> None:
    """Note that a member, or a guest by their row, was there, or was not after all."""
    kept = await _kept(ctx, meeting)
    ticked = kept.there if isinstance(one, Member) else kept.guests
    ticked = (*(id for id in ticked if id != one.id), *([one.id] if there else ()))
    now = replace(kept, there=ticked) if isinstance(one, Member) else replace(kept, guests=ticked)
    state = {"when": now.when, "there": now.there, "guests": now.guests}
    await ctx.work.activity_states.keep(meeting.group_id, STATE, str(meeting.id), state)


async def names_there(ctx: Context, group: Group, meeting: Meeting) -> list[str]:
    """Return the names of those who were ticked off at a meeting, the group's people first."""
    kept = await _kept(ctx, meeting)
    people = {m.id: m.name for m in await ctx.work.members.of_group(group.id, include_left=True, roles=None)}
    register = ctx.services.process.with_role(ExerciseRole.GUESTS)
    guests = {row.id: row for row in await ctx.work.rows.all(group.id, register.id)}
    came = [access_requests.named(ctx, guests[row]) for row in kept.guests if row in guests]
    return [*(people[member] for member in kept.there if people.get(member)), *came]  # whoever is erased has no name


async def answer(ctx: Context, meeting: Meeting, member: int, said: str) -> None:
    """Take a member's answer; the newest counts, and an empty one takes back what was said."""
    group, ref, when = await ctx.work.groups.get(meeting.group_id), str(meeting.id), _when(meeting)
    moved = await box.tell(ctx, group, OWNER, ref, TextNow(when, None))
    ballot = moved.ballot if moved else await box.put(ctx, group, OWNER, ref, Asked(when, None, ()))
    await box.tell(ctx, group, OWNER, ref, Voted(box.voter(member), said, ballot.round))


async def away(ctx: Context, group: Group, member: int, first: date, last: date) -> None:
    """Take back that a member comes to meetings on these days, as they are away then; they can say it again."""
    for meeting in await ctx.work.meetings.of_group(group.id):
        planned = meeting.state == "planned" and first <= meeting.day <= last
        if planned and (await _kept(ctx, meeting)).answer(member) == YES:
            await answer(ctx, meeting, member, "")


def asks(meeting: Meeting) -> MessageContext:
    """Return the context of a message that asks whether somebody comes, so that a text can answer it."""
    return MessageContext(about=AboutMeeting(meeting.id))


def keys(ctx: Context, meeting: Meeting) -> list[Key]:
    """Return the buttons to answer, and to see where."""
    group = meeting.group_id
    return [
        ctx.key("meeting.comes", "attend", group, f"{meeting.id}:{YES}"),
        ctx.key("meeting.cannot", "attend", group, f"{meeting.id}:{NO}"),
        ctx.key("meeting.where", "meeting", group, str(meeting.id)),
    ]


def keys_on(ctx: Context, meeting: Meeting) -> list[Key]:
    """Return the buttons to answer where other things stand beside, so that each names its day."""
    group, on, today = meeting.group_id, meeting.day, ctx.today
    said = (("meeting.comes_on", YES), ("meeting.cannot_on", NO))
    return [ctx.key(key, "attend", group, f"{meeting.id}:{it}", on=on, today=today) for key, it in said]


def core_keys(ctx: Context, meeting: Meeting) -> list[Key]:
    """Return the buttons of the core group, who comes if nothing is said."""
    cannot = ctx.key("meeting.cannot_come", "attend", meeting.group_id, f"{meeting.id}:{NO}")
    return [cannot, ctx.key("day.calendar", "calendar", meeting.group_id)]


def after_all(ctx: Context, meeting: Meeting, said: str) -> list[Key]:
    """Return the buttons of whoever has answered: to take it back, and to see where."""
    other = ("meeting.cannot_come", NO) if said == YES else ("meeting.comes_anyway", YES)
    change = ctx.key(other[0], "attend", meeting.group_id, f"{meeting.id}:{other[1]}")
    return [change, ctx.key("meeting.where", "meeting", meeting.group_id, str(meeting.id))]


async def tell_of_change(
    ctx: Context, group: Group, change: tuple[Meeting, Meeting | None], name: str, told: Iterable[Member]
) -> None:
    """Tell these members at once that a meeting has another time, or is cancelled. `change`: before, and now."""
    before, now = change
    facts = {"name": name, "was": before.day, "was_at": before.at}
    facts |= {"on": now.day if now else None, "at": now.at if now else None}
    called = now is not None and is_networks(ctx, now)
    shown = [ctx.key("home.calendar", "calendar", group.id)]
    if now:
        shown = keys(ctx, now) if called else core_keys(ctx, now)
    for member in await hearing(ctx, told):
        where = {**facts, "asks": called, "town": await ctx.town_for(member.person_id, group)}
        await ctx.to_member(member, "meeting.changed", where, [shown], context=asks(now) if now else None)
        await spoken(ctx, member.person_id)


async def call(ctx: Context, group: Group, meeting: Meeting, name: str) -> None:
    """Tell the network at once of a new meeting that is within four weeks, and ask who comes."""
    if not ctx.today <= meeting.day <= ctx.today + SOON:
        return
    facts = {"name": name, "on": meeting.day, "at": meeting.at, "place": meeting.place, "link": meeting.link}
    for member in await hearing(ctx, await ctx.work.members.active(group.id, roles=("network",))):
        told, shown = {**facts, "town": await ctx.town_for(member.person_id, group)}, [keys(ctx, meeting)]
        await ctx.to_member(member, "meeting.called", told, shown, context=asks(meeting))
        await spoken(ctx, member.person_id)


def _when(meeting: Meeting) -> str:
    return f"{meeting.day.isoformat()} {meeting.at.isoformat('minutes')}"


OWNER: Final = BallotOwner(Purpose.ATTENDANCE)
