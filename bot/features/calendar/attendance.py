"""Attendance: *kommer* or *kan inte*, who comes, and who was there. The core group comes if it says nothing."""

import re
from datetime import timedelta
from typing import Final

from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Role, role_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.calendar import meeting_details, meeting_list, suggestions
from bot.features.calendar.lifecycle import as_meeting, name_of
from bot.features.journey import at_the_door, network_meetings
from bot.features.journey.network_meetings import NO, YES, Called
from bot.views.shared_buttons import paged, told_apart
from flows.calendar import MeetingKind
from messages.voice import TemplateFacts
from storage.records import Group, Meeting, Member, Person, private_chat

BY_ROW: Final = "r"  # before the number of a guest's row, in the roll call
PAGE: Final = 20  # people on a page of the roll call
LONGEST: Final = 8  # words: a longer text may be about something else than whether somebody comes


async def _meeting(ctx: Context, actor: Actor, number: str) -> Meeting | None:
    meeting = await ctx.work.meetings.lookup(int(number)) if number.isdecimal() else None
    if meeting is None or meeting.group_id != actor.group.id or meeting.state != "planned":
        return None
    core = actor.member.role == "core"  # is called to all of them
    return meeting if core or network_meetings.is_networks(ctx, meeting) else None


async def absent(ctx: Context, group: Group, meeting: Meeting) -> list[str]:
    """Return the names of the core group's members who cannot come: they have said so, or are away that day."""
    cannot = (await network_meetings.called(ctx, meeting)).members(NO)
    return [member.name for member in await ctx.work.members.active(group.id) if member.id in cannot]


async def heard(ctx: Context, person: Person, said: Written) -> bool:
    """Take a text that says outright whether somebody comes, where the message it replies to, or the newest, asks that;
    False if it may be about something else. It counts for the meeting whose day it names, and can be changed below.
    """
    chat = private_chat(person.id)
    asking = await (ctx.work.outbox.by_message(chat, said.reply_to) if said.reply_to else ctx.work.outbox.newest(chat))
    context, answer = asking.context if asking else None, ctx.services.voice.rules.answer_in(said.text)
    if context is None or context.want or answer is None or len(said.text.split()) > LONGEST:
        return False
    asked = await ctx.work.meetings.lookup(context.meeting)
    group = await ctx.work.groups.get(asked.group_id) if asked else None
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    if asked is None or group is None or member is None or role_of(member, group) < Role.NETWORK:
        return False
    text, actor = said.text.casefold(), Actor(person, group, member)
    ahead = [m for m in await ctx.work.meetings.of_group(group.id) if m.state == "planned" and m.day >= ctx.today]
    named = [m for m in ahead if re.search(rf"\b{ctx.services.voice.rules.short_day(m.day)}\b", text)]
    meeting = await _meeting(ctx, actor, str(min(named, key=lambda m: m.day, default=asked).id))
    numbers = set(re.findall(r"\d+", text))  # else of another day, or how many they will be
    if meeting is None or meeting.day < ctx.today or not numbers <= {str(meeting.day.day)}:
        return False
    await _take(ctx, actor, meeting, answer)
    return True


async def near(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the buttons with which a person says whether they come today or tomorrow; of the core group, only a no."""
    found = []
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        if role_of(member, group) < Role.NETWORK or group.state != "active":
            continue
        for m in await ctx.work.meetings.of_group(group.id):
            called = member.role == "core" or network_meetings.is_networks(ctx, m)
            if called and m.state == "planned" and m.day - ctx.today in (timedelta(0), timedelta(1)):
                comes, cannot = network_meetings.keys_on(ctx, m)
                found += [[cannot]] if member.role == "core" else [[comes], [cannot]]
    return found


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show one meeting: when, where, and one's answer; to coordinators also who comes."""
    meeting = await _meeting(ctx, actor, action.arg)
    if meeting is None:
        await _gone(ctx, actor)
        return
    await _page(ctx, actor, meeting, await network_meetings.called(ctx, meeting))


async def say(ctx: Context, actor: Actor, action: Action) -> None:
    """Take "I come" or "I can't", which can be changed until the day is over."""
    number, _, said = action.arg.partition(":")
    meeting = await _meeting(ctx, actor, number)
    if meeting is None:
        await _gone(ctx, actor)
        return
    if meeting.day < ctx.today or said not in (YES, NO):
        ctx.toast("meeting.been" if meeting.day < ctx.today else "old_button")
        return
    ctx.toast(f"meeting.{said}")
    await _take(ctx, actor, meeting, said)


async def _take(ctx: Context, actor: Actor, meeting: Meeting, said: str) -> None:
    await network_meetings.answer(ctx, meeting, actor.member.id, said)
    if not network_meetings.is_networks(ctx, meeting):
        facts = {**_line(ctx, meeting), "cannot": await absent(ctx, actor.group, meeting)}
        slot = f"absent:{meeting.id}:{meeting.sequence}"
        await ctx.to_group(actor.group, "meeting.absent", facts, slot=slot, living=True)
    await _page(ctx, actor, meeting, await network_meetings.called(ctx, meeting))


async def _gone(ctx: Context, actor: Actor) -> None:
    """Say, in the place of its message, that a meeting is in the calendar no more: it was cancelled, or laid anew."""
    await ctx.reply(actor, "meeting.gone", {}, [[ctx.key("home.calendar", "calendar", actor.group.id)]])


async def _page(ctx: Context, actor: Actor, meeting: Meeting, kept: Called) -> None:
    facts = {
        **_line(ctx, meeting),
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
    }
    keys: list[list[Key]] = []
    if meeting.day >= ctx.today:
        keys.append(network_meetings.keys(ctx, meeting)[:2])
    following = network_meetings.coming(ctx, await ctx.work.meetings.of_group(actor.group.id))
    if following is not None and following.id == meeting.id:
        facts["suggested"] = await suggestions.standing(ctx, actor.group)
        keys.append(suggestions.ways(ctx, actor.group))
    if not facts["networks"]:
        facts["not_coming"] = await absent(ctx, actor.group, meeting)
    elif actor.member.coordinator:
        people = {member.id: member.name for member in await _people(ctx, actor)}
        facts["coming"] = [people[m] for m in kept.members(YES) if m in people]
        facts["not_coming"] = [people[m] for m in kept.members(NO) if m in people]
        facts["silent"] = len(set(people) - {member for member, _ in kept.said})
        facts["by_hand"] = [at_the_door.reached(ctx, row) for row in await at_the_door.in_network(ctx, actor.group)]
    if actor.member.coordinator:
        keys.append([ctx.key("meeting.place", "meetlong", actor.group.id, str(meeting.id))])
        if meeting.day <= ctx.today and facts["networks"]:
            keys.append([ctx.key("meeting.roll", "rollcall", actor.group.id, str(meeting.id))])
    keys.append([ctx.key("home.calendar", "calendar", actor.group.id)])
    await ctx.reply(actor, "meeting.page", facts, keys, context=network_meetings.asks(meeting))


def _line(ctx: Context, meeting: Meeting) -> TemplateFacts:
    return {"name": name_of(ctx, as_meeting(meeting)), "on": meeting.day, "at": meeting.at, "minutes": meeting.minutes}


def _is_first(meeting: Meeting) -> bool:
    """True for the network's first meeting, to which guests have answered whether they come."""
    return meeting.kind == MeetingKind.EXTRA and not meeting.number


async def _people(ctx: Context, actor: Actor) -> list[Member]:
    """Return who is called: the core group and the network."""
    return await ctx.work.members.active(actor.group.id, roles=("core", "network"))


# -- for whoever coordinates -------------------------------------------------------------------------------------------
async def roll_call(ctx: Context, actor: Actor, action: Action) -> None:
    """Note who was there, with a tap for each; a button names the state it leads to, so that a double tap is safe."""
    number, ticked, page, *_ = (*action.arg.split(":"), "", "0")
    meeting = await _meeting(ctx, actor, number)
    if meeting is None or meeting.day > ctx.today:
        ctx.toast("old_button")
        return
    people, guests = await _people(ctx, actor), await at_the_door.awaited(ctx, actor.group, first=_is_first(meeting))
    called = {str(m.id): m for m in people} | {f"{BY_ROW}{row.id}": row for row in guests}
    who, on = ticked.removesuffix("+"), ticked.endswith("+")
    if who in called:
        await network_meetings.note_there(ctx, meeting, called[who], on)
    kept = await network_meetings.called(ctx, meeting)
    here = {*map(str, kept.there), *(f"{BY_ROW}{row}" for row in kept.guests)} & called.keys()
    labels = {str(id): label for id, label in (await told_apart(ctx, people)).items()}
    labels |= {f"{BY_ROW}{row.id}": at_the_door.named(ctx, row) for row in guests}
    shown, turns = paged(list(called), int(page or 0), PAGE)
    keys = [
        [
            ctx.key(
                "meeting.was_there",
                "rollcall",
                actor.group.id,
                f"{meeting.id}:{one}{'' if one in here else '+'}:{turns.number}",
                name=labels[one],
                there=one in here,
            )
        ]
        for one in shown
    ]
    keys.append(turns.keys(ctx, "rollcall", actor.group.id, f"{meeting.id}::{{}}"))
    keys.append([ctx.key("back", "meeting", actor.group.id, str(meeting.id))])
    facts = {**_line(ctx, meeting), "there": len(here), "all": len(called)}
    await ctx.reply(actor, "meeting.roll", facts, keys)


ROUTES: Routes = (
    *buttons(Role.NETWORK, About.GROUP, meeting=show, attend=say),
    *buttons(Role.COORDINATOR, About.GROUP, rollcall=roll_call),
)
