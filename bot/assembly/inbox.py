"""What waits for a person, across their groups: one list, which each feature adds to (`SOURCES`).

What waits, whether anything does, and the way on from a message that leads nowhere are views of it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Final

from bot.ballots import box
from bot.ballots.box import voter
from bot.context.context import Actor, Context
from bot.context.message import Key, Message
from bot.context.open_thing import Kind, OpenThing, Part, Particulars
from bot.context.permissions import About, Rank, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.calendar import poll_view
from bot.features.coordination import coordinator_tasks, task_kinds
from bot.features.home import exercise_buttons, open_runs, start_page
from bot.features.incidents import second_approval, unread
from bot.features.network import access_requests, memberships, network_meetings
from bot.features.outsiders import unanswered_invitations
from bot.features.process import process_leaders, unsaved_texts
from bot.features.registers import agreed_numbers, assigned_rows, checked_numbers, tasks
from bot.features.together import boards
from bot.features.wellbeing import check_ins, wishes
from bot.reminders import open_items
from bot.views.names import cut
from bot.views.shared_buttons import in_town
from flows import ballots
from flows.ballots import Ballot, Purpose
from messages.voice import TemplateFacts
from storage.records.message_notes import CommandAsked
from storage.records.records import Group, Member, Person

ASKED = 60  # characters of a command that waits
NAMED = 40  # … of a decision
NEAR = timedelta(days=7)  # within which a meeting is told of beside what waits
MOST = 5  # lines behind one button, which lists them all
Source = Callable[[Context, Actor], Awaitable[Sequence[OpenThing]]]


async def open_to(ctx: Context, person: Person, only: int | None = None) -> AsyncIterator[OpenThing]:
    """Yield all that is open to a person, what is nearest to them first; `only`: in this group."""
    seats = [seat for seat in await memberships.of(ctx, person, Rank.INVITED) if only in (None, seat[0].id)]
    for one in await _townless(ctx, person, [group for group, m in seats if rank_of(m, group) >= Rank.NETWORK]):
        yield one
    for least, open_for in SOURCES:
        for group, member in seats:
            if rank_of(member, group) >= least:
                town = await ctx.town_for(person.id, group)
                for one in await open_for(ctx, Actor(person, group, member)):
                    ways = tuple(in_town(ctx, key, town) for key in one.ways)
                    yield replace(one, facts={"town": town, **one.facts}, ways=ways)


async def anything(ctx: Context, person: Person) -> bool:
    """True if anything waits for this person."""
    async for one in open_to(ctx, person):
        if one.part is Part.TODO:
            return True
    return False


async def what_waits(ctx: Context, person: Person) -> None:
    """Show everything that is open to this person; what a guest is asked lies further up then, and is not written."""
    await show(ctx, person)
    for _, guest in await memberships.of(ctx, person, Rank.INVITED):
        if guest.profile.get(access_requests.ASKED) in access_requests.REQUEST:
            profile = {**guest.profile, access_requests.ASKED: access_requests.LISTED}
            await ctx.work.members.update(guest.id, profile=profile)


async def show(ctx: Context, person: Person) -> None:
    """Show everything that is open to this person, across their groups, with a button each."""
    every = [one async for one in open_to(ctx, person)]
    found = _told_apart(ctx, [one for one in every if one.kind is Kind.ENTRY or one.part is not Part.DONE])
    keys = [[key] for key in dict.fromkeys(key for one in found for key in one.ways)]
    there = await memberships.of(ctx, person, Rank.LEADER)
    ways = [[await _way_on(ctx, person, group, member)] for group, member in there] or await _ways_in(ctx, person)
    ours = [
        [in_town(ctx, ctx.key("command.vantar", "town", group.id, "vantar"), await ctx.town_for(person.id, group))]
        for group, _ in await memberships.of(ctx, person, Rank.MEMBER)
    ]
    facts: TemplateFacts = {
        "things": lines(found),
        "today": ctx.today,
        "meets": await _meets(ctx, person, found),
        "map": any(member.role != "network" for _, member in there),
        "away_until": await exercise_buttons.away_until(ctx, person),
    }
    shown = Message(ctx.services.voice.render("waits", facts), [*(keys or ways), *ours])  # a way on, also from nothing
    await ctx.tell_person(person.id, shown, beside=await _is_asked_now(ctx, person, keys))


async def _meets(ctx: Context, person: Person, found: Sequence[OpenThing]) -> list[TemplateFacts]:
    """Return the next meeting of each group within a week, but for one that they are asked about here."""
    asked, near = [one.facts for one in found if one.kind is Kind.MEETING], list[TemplateFacts]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        every = await ctx.work.meetings.planned(group.id)
        if member.role == "network":
            every = network_meetings.ahead(ctx, every)
        coming = sorted((m for m in every if ctx.today <= m.day <= ctx.today + NEAR), key=lambda m: (m.day, m.at))
        for first in coming[:1]:
            if not any((one["on"], one["at"]) == (first.day, first.at) for one in asked):
                near.append({"on": first.day, "at": first.at, "town": await ctx.town_for(person.id, group)})
    return near


def lines(found: Sequence[OpenThing]) -> list[TemplateFacts]:
    """Return the lines of what is open; of many that have only one way between them the first, and how many follow."""
    told = list[TemplateFacts]()
    for _, alike in groupby(found, lambda one: (one.kind, one.ways)):
        shown = [{**one.facts, "kind": one.kind, "more": 0} for one in alike]
        if len(shown) > MOST:
            shown[MOST - 1]["more"] = len(shown) - MOST
        told += shown[:MOST]
    return told


def _told_apart(ctx: Context, found: Sequence[OpenThing]) -> list[OpenThing]:
    """Return the things with different buttons: an exercise that is to be answered and to be ended is called so.

    One that is answered, and only waits to be ended, stands there once.
    """
    labels = {key.label for one in found if one.kind is Kind.OWN for key in one.ways}

    def named(key: Key) -> Key:
        return replace(key, label=ctx.services.voice.label("day.answer_title", {"title": key.label}))

    return [
        replace(one, ways=tuple(named(key) if key.label in labels else key for key in one.ways))
        if one.kind is Kind.ENTRY
        else one
        for one in found
        if one.kind is not Kind.ENTRY or one.part is not Part.DONE or labels.isdisjoint(key.label for key in one.ways)
    ]


async def _way_on(ctx: Context, person: Person, group: Group, member: Member) -> Key:
    """Return where somebody goes on for whom nothing waits: the way or, to the network, when it meets."""
    label, verb = ("home.calendar", "calendar") if member.role == "network" else ("map", "map")
    return in_town(ctx, ctx.key(label, verb, group.id), await ctx.town_for(person.id, group))


async def _ways_in(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the buttons of whoever is nothing but invited, from which they see and change what they have said."""
    seats = await memberships.of(ctx, person, Rank.INVITED)
    return [row for group, member in seats[:1] for row in await start_page.keys(ctx, person, group, member)]


async def _is_asked_now(ctx: Context, person: Person, keys: Sequence[Sequence[Key]]) -> bool:
    """True if these buttons lead to nothing but what this person is being asked: that is then asked still."""
    prompts = [prompt for prompt in await ctx.work.prompts.of(person.id) if not prompt.aside]
    asked = {Action("open", prompt.context.run) for prompt in prompts if not prompt.context.want}
    return bool(keys) and all(key.action in asked for row in keys for key in row)


# -- what no single feature says ---------------------------------------------------------------------------------------
async def _townless(ctx: Context, person: Person, groups: Sequence[Group]) -> list[OpenThing]:
    """Return the commands that wait for their group, with what was written after them.

    One that nothing stands after is that of an incident, which is not called so.
    """
    found = list[OpenThing]()
    townless = await unsaved_texts.townless(ctx, person) if groups else []
    asked_for = [one.context.the(CommandAsked) for one in townless]
    for name, asked in {one.command: one for one in asked_for}.items():
        called = ctx.services.voice.rules.called(name) if asked.arguments else None
        key = ctx.key("name_town", "whichtown", groups[0].id, name, command=called)
        found.append(OpenThing(Kind.TOWNLESS, {"command": called, "text": cut(asked.arguments, ASKED)}, (key,)))
    return found


async def _own(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what only those who coordinate can do, as the week has it."""
    tasks = await coordinator_tasks.waiting(ctx, actor.group, actor.member)
    return [OpenThing(Kind.OWN, {"line": task_kinds.line(ctx, one)}, (one.key,)) for one in tasks]


async def _told(ctx: Context, actor: Actor) -> Sequence[OpenThing]:
    """Return what concerns everybody and waits for its day; who coordinates has it among their own."""
    return [] if actor.member.coordinator else await second_approval.open_for(ctx, actor)


async def _ballots(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the decisions and polls that are put to this person; those they have answered can still be altered."""
    group, found = actor.group, list[OpenThing]()
    put = [
        (purpose, ref, ballot)
        for purpose in (Purpose.POLL, Purpose.CONSENT)
        for ref, ballot in (await box.open_of(ctx, group, purpose)).items()
        if voter(actor.member.id) in ballot.asked
    ]
    several = sum(purpose is Purpose.CONSENT for purpose, _, _ in put) > 1
    decides = actor.member.id in group.settings.deciders
    for purpose, ref, ballot in put:
        facts: TemplateFacts = {"until": ballot.until, "decides": decides}
        if purpose is Purpose.POLL:
            kind, key = Kind.POLL, ctx.key("day.poll", "tp_see", group.id, ref)
        else:
            kind = Kind.VOTE
            key = ctx.key("say_on" if several else "say", "c_see", group.id, ref, until=ballot.until)
        part = Part.TODO if voter(actor.member.id) in ballots.awaited(ballot) else Part.DONE
        found.append(OpenThing(kind, facts, (key,), part, partial(_put_to_vote, ctx, actor, kind, ref, ballot, key)))
    return found


async def _put_to_vote(ctx: Context, actor: Actor, kind: Kind, ref: str, ballot: Ballot, key: Key) -> Particulars:
    scene, label = await runner.scene_of(ctx, actor.group), ctx.services.voice.label
    silent, put_as = ballots.silent(ballot), Purpose.CONSENT if kind is Kind.VOTE else poll_view.SLOT
    names = [scene.member(member) for member in box.members(silent)]
    progress = {
        "count_done": len(ballot.asked) - len(silent),
        "count_all": len(ballot.asked),
        "waiting": names,
        "cannot": (),
    }
    if kind is Kind.VOTE:
        no = len(ballots.objections(ballot))
        progress |= {"yes": len(ballot.voices) - no, "no": no}
    text = ballot.text if kind is Kind.VOTE else ""
    name = label(f"open_name.{kind}", {"text": cut(text, NAMED) if ref.startswith("row:") else ""})
    named = rank_of(actor.member, actor.group) >= Rank.MEMBER
    return Particulars(
        name,
        f"{label(f'spoken_of.{kind}')} {text}",
        lambda context: context.what.endswith(f":{ref}") and context.what.startswith(put_as),
        until=ballot.until,
        progress=progress if named else None,
        sees=label(f"open_sees.{kind}"),
        reads=(key,),
        settles=((key,),),
    )


async def _vacant(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return that nobody coordinates, and the way to do it for a while."""
    group = actor.group
    vacant = await open_items.is_vacant(ctx, group)
    key = ctx.key("stand_in", "standin", group.id)
    return [OpenThing(Kind.VACANT, {"town": group.title}, (key,))] if vacant else []


SOURCES: Final[Sequence[tuple[Rank, Source]]] = (  # with the rank from which on it is asked
    (Rank.INVITED, open_runs.coming_in_for),
    (Rank.INVITED, open_runs.held_for),
    (Rank.LEADER, unsaved_texts.open_for),
    (Rank.NETWORK, unread.open_for),
    (Rank.NETWORK, wishes.open_for),
    (Rank.COORDINATOR, _own),
    (Rank.NETWORK, _told),
    (Rank.NETWORK, agreed_numbers.open_for),
    (Rank.NETWORK, checked_numbers.open_for),
    (Rank.LEADER, _ballots),
    (Rank.LEADER, process_leaders.open_for),
    (Rank.INVITED, access_requests.open_for),
    (Rank.NETWORK, network_meetings.open_for),
    (Rank.NETWORK, boards.open_for),
    (Rank.NETWORK, assigned_rows.open_for),
    (Rank.NETWORK, tasks.open_for),
    (Rank.INVITED, open_runs.open_for),
    (Rank.MEMBER, check_ins.open_for),
    (Rank.MEMBER, unanswered_invitations.open_for),
    (Rank.MEMBER, _vacant),
)


async def _what_waits(ctx: Context, actor: Actor, _action: Action) -> None:
    await what_waits(ctx, actor.person)


ROUTES: Routes = (*buttons(Rank.NETWORK, About.GROUP, answers=_what_waits),)
