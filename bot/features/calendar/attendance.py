"""Attendance: *kommer* or *kan inte*, and who comes. The core group comes if it says nothing."""

import re
from datetime import date, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.features.calendar import meeting_details, meeting_list, suggestions
from bot.features.calendar.lifecycle import as_meeting, name_of
from bot.features.network import access_requests, memberships, network_meetings
from bot.features.network.network_meetings import Called
from bot.reminders import open_items
from bot.views.ways import ways
from flows.ballots import NO, YES
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting
from storage.records.message_notes import AboutMeeting, MessageContext
from storage.records.records import Group, Member, Person

TOMORROW: Final = timedelta(1)
WEEK: Final = timedelta(7)  # before a meeting in which a word about coming may be about it, if it names no day
LONGEST: Final = 8  # words: a longer text may be about something else than whether somebody comes …
WITH_ANOTHER: Final = 12  # … unless it says who comes in their place


async def meeting_of(ctx: Context, actor: Actor, number: str) -> Meeting | None:
    """Return the planned meeting of this number, if this person is called to it."""
    meeting = await ctx.work.meetings.lookup(int(number)) if number.isdecimal() else None
    if meeting is None or meeting.group_id != actor.group.id or meeting.state != "planned":
        return None
    core = actor.member.role == "core"  # is called to all of them
    return meeting if core or network_meetings.is_networks(ctx, meeting) else None


async def absent(ctx: Context, group: Group, meeting: Meeting) -> list[str]:
    """Return the names of the core group's members who cannot come: they have said so, or are away that day."""
    cannot = (await network_meetings.called(ctx, meeting)).members(NO)
    return [member.name for member in await ctx.work.members.active(group.id) if member.id in cannot]


async def heard(ctx: Context, person: Person, text: str, under: MessageContext) -> bool:
    """Take a text that says outright whether somebody comes, where the message under which it is written asks that.

    It counts for the meeting whose day it names, and can be changed below. False if it may be about something else.
    """
    found, (answer, instead) = await asking(ctx, person, under), _answer_in(ctx, text)
    if found is None or answer is None:
        return False
    actor, asked = found
    meeting = await _meant(ctx, actor, text, asked)
    if meeting is None:
        return False
    await _take(ctx, actor, meeting, answer, instead=instead)
    return True


def _answer_in(ctx: Context, text: str) -> tuple[str | None, bool]:
    """Return what a short text says about coming, None if nothing; and whether somebody else comes instead."""
    rules = ctx.services.voice.rules
    answer = rules.answer_in(text) or (NO if rules.says_who_comes_instead(text) else None)
    instead = answer == NO and rules.names_somebody_else(text)
    return (answer if len(text.split()) <= (WITH_ANOTHER if instead else LONGEST) else None), instead


async def _meant(ctx: Context, actor: Actor, text: str, asked: Meeting) -> Meeting | None:
    """Return the meeting of which a text tells: of the day that it names, else the one that was asked about."""
    days = ctx.dates.read_in(text, ctx.today, asked.day)
    ahead = await ctx.work.meetings.planned(actor.group.id, ctx.today) if days else [asked]
    named = [m for m in ahead if all(m.day in one for one in days)]
    first = min(named, key=lambda m: m.day, default=None)
    meeting = await meeting_of(ctx, actor, str(first.id)) if first else None
    numbers = set(re.findall(r"\d+", text))  # else of another day, or how many they will be
    return meeting if meeting and numbers <= {str(meeting.day.day)} else None


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, Meeting] | None:
    """Return about which coming meeting a message asks this person."""
    about = under.of(AboutMeeting)
    asked = await ctx.work.meetings.lookup(about.meeting) if about and not under.want else None
    actor = await memberships.seat_asked(ctx, person, asked.group_id, Rank.NETWORK) if asked else None
    meeting = await meeting_of(ctx, actor, str(asked.id)) if actor and asked else None
    return (actor, meeting) if actor and meeting and meeting.day >= ctx.today else None


async def unclear(ctx: Context, person: Person, under: MessageContext) -> tuple[TemplateFacts | None, list[list[Key]]]:
    """Return what a text may be about that says neither that somebody comes nor that they cannot, with the buttons:
    the meeting that was asked about, and whom else to tell."""
    found = await asking(ctx, person, under)
    if found is None:
        return None, []
    actor, meeting = found
    coordinators = await open_items.coordinators(ctx, actor.group)
    facts = {
        **meeting_details.line(ctx, meeting),
        "to": [one.name for one in coordinators if one.id != actor.member.id],
    }
    comes, cannot = network_meetings.keys_on(ctx, meeting)
    return facts, [[comes], [cannot]] if network_meetings.is_networks(ctx, meeting) else [[cannot]]


async def near(ctx: Context, person: Person, text: str) -> list[list[Key]]:
    """Return the buttons with which a person says whether they come to a meeting that a text may be about: today's or
    tomorrow's, and those that it speaks of; of the core group, only a no.
    """
    found, speaks = [], ctx.services.voice.rules.speaks_of_coming(text)
    for member, meeting in await _ahead(ctx, person, text if speaks else ""):
        if meeting.day - ctx.today <= TOMORROW or speaks:
            comes, cannot = network_meetings.keys_on(ctx, meeting)
            found += [[cannot]] if member.role == "core" else [[comes], [cannot]]
    return found


async def spoken_of(ctx: Context, person: Person, text: str) -> list[MessageContext]:
    """Return what a message would be about that asks whether somebody comes, for each meeting that a text speaks of."""
    if not ctx.services.voice.rules.speaks_of_coming(text):
        return []
    return [network_meetings.asks(meeting) for _, meeting in await _ahead(ctx, person, text)]


async def called_off(ctx: Context, person: Person, text: str) -> date | None:
    """Return the day of the cancelled meeting that a text says somebody comes to or not, if it speaks of one."""
    speaks = ctx.services.voice.rules.speaks_of_coming(text)
    off = await _ahead(ctx, person, text, state="cancelled") if speaks else []
    return min((meeting.day for _, meeting in off), default=None)


async def _ahead(ctx: Context, person: Person, text: str, state: str = "planned") -> list[tuple[Member, Meeting]]:
    """Return the meetings of this state to which this person is called, each with their seat: those on a day that a
    text names – "den 18" is the first – or else within a week."""
    found = []
    for group, member in await seats(ctx, person.id, Rank.NETWORK):
        for m in await ctx.work.meetings.of_group(group.id):
            called = member.role == "core" or network_meetings.is_networks(ctx, m)
            if called and m.state == state and m.day >= ctx.today:
                found.append((member, m))
    found.sort(key=lambda one: one[1].day)
    named = {member.id: (member, m) for member, m in reversed(found) if names(ctx, text, m.day)}
    return [*named.values()] or [one for one in found if one[1].day - ctx.today <= WEEK]


def names(ctx: Context, text: str, day: date) -> bool:
    """True if a text names this day, and no other."""
    days = ctx.dates.read_in(text, ctx.today, day)
    return bool(days) and all(day in one for one in days)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show one meeting: when, where, and one's answer; to coordinators also who comes."""
    meeting = await meeting_of(ctx, actor, action.arg)
    if meeting is None:
        await _gone(ctx, actor)
        return
    await ctx.work.prompts.turn_all_aside(actor.person.id)
    await _page(ctx, actor, meeting, await network_meetings.called(ctx, meeting))


async def put_again(ctx: Context, actor: Actor, meeting: Meeting) -> None:
    """Show a meeting once more to whoever has written about it what is no answer, and say that it is not kept."""
    await ctx.tell(actor, "meeting.by_button", keys=await ways(ctx, actor.person, actor.group.id))
    await show(ctx, actor, Action("meeting", actor.group.id, 0, str(meeting.id)))


async def say(ctx: Context, actor: Actor, action: Action) -> None:
    """Take "I come" or "I can't", which can be changed until the day is over."""
    number, _, said = action.arg.partition(":")
    meeting = await meeting_of(ctx, actor, number)
    if meeting is None:
        await _gone(ctx, actor)
        return
    demand(meeting.day >= ctx.today and said in (YES, NO), "meeting.been" if meeting.day < ctx.today else "old_button")
    ctx.toast(f"meeting.{said}")
    await _take(ctx, actor, meeting, said)


async def _take(ctx: Context, actor: Actor, meeting: Meeting, said: str, *, instead: bool = False) -> None:
    """Take an answer. `instead`: they wrote that somebody else may come, who is told of by them.

    The group reads who cannot come, and that all can once nobody is left of those; a yes alone says that of no others.
    """
    before = await absent(ctx, actor.group, meeting)
    await network_meetings.answer(ctx, meeting, actor.member.id, said)
    cannot = await absent(ctx, actor.group, meeting)
    if not network_meetings.is_networks(ctx, meeting) and (before or cannot):
        facts = {**line(ctx, meeting), "cannot": cannot}
        slot = f"absent:{meeting.id}:{meeting.sequence}"
        await ctx.to_group(actor.group, "meeting.absent", facts, slot=slot, living=True)
    await _page(ctx, actor, meeting, await network_meetings.called(ctx, meeting), instead=instead)


async def _gone(ctx: Context, actor: Actor) -> None:
    """Say, in the place of its message, that a meeting is in the calendar no more: it was cancelled, or laid anew."""
    await ctx.reply(actor, "meeting.gone", {}, [[ctx.key("home.calendar", "calendar", actor.group.id)]])


async def _page(ctx: Context, actor: Actor, meeting: Meeting, kept: Called, *, instead: bool = False) -> None:
    coordinators = await open_items.coordinators(ctx, actor.group) if instead else []
    facts = {
        **line(ctx, meeting),
        "theme": (await meeting_list.themes(ctx, actor.group)).get(meeting.id, ""),
        "town": actor.group.title,
        "place": meeting_details.where(meeting),
        "said": kept.answer(actor.member.id),
        "over": meeting.day < ctx.today,
        "coordinator": actor.member.coordinator,
        "coming": [],
        "not_coming": [],
        "silent": 0,
        "by_hand": [],
        "networks": network_meetings.is_networks(ctx, meeting),
        "about": await network_meetings.told_beforehand(ctx, meeting),
        "suggested": [],
        "was_there": [],
        "instead": instead,
        "hands_over": actor.member.role == "network" or actor.member.coordinator,
        "to": [one.name for one in coordinators if one.id != actor.member.id],
    }
    keys: list[list[Key]] = []
    if meeting.day >= ctx.today:
        keys.append(network_meetings.keys(ctx, meeting)[:2])
    keys.append(
        when(instead and actor.member.role == "network", ctx.key("network.hand_over", "myseat", actor.group.id))
    )
    following = network_meetings.coming(ctx, await ctx.work.meetings.of_group(actor.group.id))
    if following is not None and following.id == meeting.id:
        facts["suggested"] = await suggestions.standing(ctx, actor.group)
        keys.append(suggestions.ways(ctx, actor, standing=bool(facts["suggested"])))
    if not facts["networks"]:
        facts["not_coming"] = await absent(ctx, actor.group, meeting)
    elif actor.member.coordinator:
        facts |= await _who_comes(ctx, actor.group, meeting, kept)
    if actor.member.coordinator:
        keys.append([ctx.key("meeting.place", "meetlong", actor.group.id, str(meeting.id))])
        if meeting.day <= ctx.today and facts["networks"]:
            keys.append([ctx.key("meeting.roll", "rollcall", actor.group.id, str(meeting.id))])
    keys.append([ctx.key("home.calendar", "calendar", actor.group.id)])
    await ctx.reply(actor, "meeting.page", facts, keys, context=network_meetings.asks(meeting))


async def _who_comes(ctx: Context, group: Group, meeting: Meeting, kept: Called) -> TemplateFacts:
    """Return what whoever coordinates is told: who comes and who does not, who is silent, and who came."""
    everybody = await ctx.work.members.active(group.id, roles=("core", "network"))
    people = {member.id: member.name for member in everybody}
    asked = {member.id for member in everybody if member.role == "network"}  # the core group comes, unless it says no
    return {
        "coming": [people[m] for m in kept.members(YES) if m in people],
        "not_coming": [people[m] for m in kept.members(NO) if m in people],
        "silent": len(asked - {member for member, _ in kept.said}),
        "was_there": await network_meetings.names_there(ctx, group, meeting),
        "by_hand": [access_requests.reached(ctx, row) for row in await access_requests.in_network(ctx, group)],
    }


def line(ctx: Context, meeting: Meeting) -> TemplateFacts:
    """Return what a meeting is called, when it is, and how long."""
    return {"name": name_of(ctx, as_meeting(meeting)), "on": meeting.day, "at": meeting.at, "minutes": meeting.minutes}


ROUTES: Routes = buttons(Rank.NETWORK, About.GROUP, meeting=show, attend=say)
