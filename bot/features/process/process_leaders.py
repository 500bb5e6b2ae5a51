"""Process leaders (P.5): guides from outside who support several towns and see how far each has come.

They see steps, exercises and dates, and never an answer. A coordinator can ask them a question, and they reply.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.ballots.box import voter
from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.events import SeatChanged
from bot.context.message import Key, matter_of
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Invitation, Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.features.process.status import map_facts, map_of
from bot.reminders import next_message, open_items
from bot.reminders.kinds import ASKED
from bot.views.names import cut
from bot.views.shared_buttons import copy_key
from flows.answers import clean, unfit
from flows.ballots import Went
from flows.identities import Handling
from messages.voice import TemplateFacts
from storage.records.links import Link
from storage.records.message_notes import AboutMember, AboutName, Asker, MessageContext
from storage.records.records import Group, Member, Person, SeatState

PURPOSE: Final = "leader"
SURE: Final = "yes"  # after a member in a button, once it is confirmed
ROLE: Final = "process_leader"
QUESTION, ANSWER = "leader_question", "leader_answer"  # the texts that are asked for
PATIENCE: Final = timedelta(days=3)  # after which a process leader is reminded, once, that somebody waits for an answer
QUOTED: Final = 300  # characters of a question, where it waits …
SHORT: Final = 60  # … and beside all else that does


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for a process leader's answer: in which group, by whom, and what."""

    group: Group
    asker: Member
    text: str


async def of_group(ctx: Context, group: Group) -> list[Member]:
    """Return the process leaders of a group."""
    looking_on = await ctx.work.members.active(group.id, roles=(ROLE,))
    return [member for member in looking_on if member.id not in group.settings.deciders]


# -- the coordinator's side --------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the group's process leaders, with buttons to invite and remove them."""
    group, there = actor.group, await of_group(ctx, actor.group)
    keys = [[ctx.key("leader.invite", "leaderin", group.id)]]
    if there:
        keys.insert(0, [ctx.key("leader.ask", "guide", group.id)])
    keys += [
        [Key(ctx.services.voice.label("leader.end", {"name": m.name}), Action("leaderout", group.id, 0, str(m.id)))]
        for m in there
    ]
    facts = {"names": [member.name for member in there]}
    await ctx.reply(actor, "leader.list", facts, keys)


async def invite(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the link for a process leader; with "new" another one instead of it."""
    wanted = invitations.make if action.arg == "new" else invitations.given_or_made
    link = await wanted(ctx, actor.group, PURPOSE, "")
    await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, "")
    facts = {"url": link.url, "until": link.until, "town": actor.group.title}
    keys = [
        [copy_key(ctx, link.url)],
        [ctx.key("outside.new", "leaderin", actor.group.id, "new")],
        [ctx.key("outside.stop", "leaderstop", actor.group.id)],
    ]
    await ctx.tell(actor, "leader.link", facts, keys)
    caption = ctx.services.voice.label("leader.caption")
    await invitations.show_code(ctx, actor.person, actor.group, link.url, caption)


async def stop(ctx: Context, actor: Actor, action: Action) -> None:
    """Revoke the link."""
    await ctx.work.links.revoke(actor.group.id, PURPOSE)
    ctx.toast("link_stopped")
    await show(ctx, actor, action)


async def end(ctx: Context, actor: Actor, action: Action) -> None:
    """Remove a process leader, once that is confirmed."""
    if await dismissed(ctx, actor, action, verb="leaderout", back="leaders"):
        await show(ctx, actor, action)


async def dismissed(ctx: Context, actor: Actor, action: Action, *, verb: str, back: str) -> bool:
    """End the seat of somebody from outside, once that is confirmed: they see nothing of the group any more, nothing
    waits for them, and they are told so. What they have answered stays. False while it is asked about."""
    group, (number, _, sure) = actor.group, action.arg.partition(":")
    member = await ctx.work.members.lookup(int(number))
    if member is None or member.group_id != group.id or member.role != ROLE or member.state == "left":
        return True
    told, decider = await next_message.hears(ctx, member.person_id), member.id in group.settings.deciders
    facts = {"town": group.title, "decider": decider}
    if sure != SURE:
        yes, no = ctx.key("leader.end_sure", verb, group.id, f"{member.id}:{SURE}"), ctx.key("back", back, group.id)
        asked = {**facts, "name": member.name, "told": told}
        await ctx.reply(actor, "leader.end", asked, [[yes], [no]], context=context_of(yes, no, final=True))
        return False
    await ctx.work.members.update(member.id, state=SeatState.LEFT, left_at=ctx.now)
    ctx.events.append(SeatChanged(group.id, Went(voter(member.id))))
    await ctx.work.prompts.end_all(member.person_id, group.id)
    await open_items.forget(ctx, member)
    if told:
        keys = [[ctx.key("home.mine", "mine", group.id)]]
        await ctx.to_member(member, "leader.ended_you", facts, keys)
    return True


async def ask_keys(ctx: Context, actor: Actor, exercise: str) -> list[list[Key]]:
    """Return a coordinator's button to ask about an exercise, if there is a process leader."""
    if not actor.member.coordinator or actor.in_group or not await of_group(ctx, actor.group):
        return []
    return [[ctx.key("leader.ask_about", "guide", actor.group.id, exercise)]]


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask the coordinator for the question. The action's argument is the exercise that it is about, or empty."""
    about = action.arg if action.arg in ctx.services.process.exercises else ""
    context = MessageContext(want=QUESTION, group=actor.group.id, about=AboutName(about))
    await ctx.tell(actor, "leader.ask", {"title": _title(ctx, about)}, context=context)


def _title(ctx: Context, exercise: str) -> str | None:
    return ctx.services.voice.title_of(exercise) if exercise in ctx.services.process.exercises else None


async def pass_on(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Pass the question on to the process leaders."""
    text, title = clean(text), _title(ctx, context.the(AboutName).name)
    there = await of_group(ctx, actor.group)
    if unfit(text) or not there:
        await ctx.tell(actor, "leader.not_sent")
        return
    for member in there:
        before = next((a.text for a in await _asked_in(ctx, actor.group, member) if a.asker.id == actor.member.id), "")
        asked = cut(f"{before}\n{text}".strip(), QUOTED)  # what was asked first and not answered still waits
        wanted = MessageContext(want=ANSWER, group=actor.group.id, about=Asker(actor.member.id, asked))
        facts = {"town": actor.group.title, "name": actor.member.name, "text": text, "title": title}
        await ctx.to_member(member, "leader.question", facts, context=wanted)
    waits = {(ASKED, member.id): ctx.today + PATIENCE for member in there}
    await open_items.reconcile(ctx, actor.group, _ref(actor.member), waits)
    await ctx.tell(actor, "leader.sent", {"names": [m.name for m in there]})


def _ref(asker: Member) -> str:
    return f"leader:{asker.id}"


# -- the process leader's side -----------------------------------------------------------------------------------------
def taken(member: Member | None) -> bool:
    """True for somebody with a seat in the group, which no link from outside changes; a mere invitation gives none."""
    return member is not None and member.state != "left" and not (member.role == ROLE and member.state == "invited")


async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Show somebody who follows the link what a process leader sees, with a button to accept."""
    assert link.group_id is not None
    group = await ctx.work.groups.get(link.group_id)
    member = await ctx.work.members.find(group.id, sender.user_id)
    if group.state != "active" or taken(member):
        await ctx.to_person(person.id, "leader.yours" if group.state == "active" else "link.expired")
        return
    member = member or await ctx.work.members.add(group.id, person.id, ROLE)
    await ctx.work.members.update(member.id, role=ROLE, state=SeatState.INVITED, name=sender.name, left_at=None)
    await ctx.work.links.use(link.id)
    if member.id in group.settings.deciders:  # was a decision maker before
        others = tuple(id for id in group.settings.deciders if id != member.id)
        await ctx.work.groups.update(group.id, settings=replace(group.settings, deciders=others))
    keys = [[ctx.key("leader.yes", "leading", group.id)], [ctx.key("decline", "decline", group.id)]]
    await ctx.to_person(person.id, "leader.hello", {"town": group.title}, keys, about=group.id)


async def accept(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let a process leader in, and tell the coordinators."""
    demand(actor.member.role == ROLE and actor.member.id not in actor.group.settings.deciders)
    member = await ctx.work.members.update(actor.member.id, state=SeatState.ACTIVE)
    await ctx.work.people.update(actor.person.id, current_group=actor.group.id)
    await show_map(ctx, actor, edit=ctx.tapped)
    for coordinator in await open_items.coordinators(ctx, actor.group):
        facts = {"name": member.name, "town": actor.group.title}
        await ctx.to_member(coordinator, "leader.came", facts)


async def show_map(ctx: Context, actor: Actor, *, edit: int | None = None) -> None:
    """Show how far the town is, and what is planned, without any answers."""
    coming = sorted(await ctx.work.meetings.planned(actor.group.id, ctx.today), key=lambda m: (m.day, m.at))
    facts = {
        **map_facts(ctx, actor.group, await map_of(ctx, actor.group)),
        "meetings": [{"on": m.day, "at": m.at} for m in coming[:5]],
    }
    await ctx.tell(actor, "leader.map", facts, await town_keys(ctx, actor.person, actor.group), edit=edit)


async def town_keys(ctx: Context, person: Person, group: Group) -> list[list[Key]]:
    """Return the button to all towns, for a process leader of several."""
    several = len(await _towns(ctx, person)) > 1
    return [[ctx.key("leader.towns", "towns", group.id)]] if several else []


async def _towns(ctx: Context, person: Person) -> list[Group]:
    """Return the towns that this person guides, in the order in which they joined them."""
    return [group for group, _ in await _guided(ctx, person)]


async def _guided(ctx: Context, person: Person) -> list[tuple[Group, Member]]:
    return [(group, m) for group, m in await seats(ctx, person.id, Rank.LEADER) if m.role == ROLE]


async def towns(ctx: Context, actor: Actor, _action: Action | str = "") -> None:
    """Show all towns of a process leader: where each is, and when it meets next. A tap shows its map."""
    told: list[TemplateFacts] = []
    keys: list[list[Key]] = []
    for group in await _towns(ctx, actor.person):
        found = await map_of(ctx, group)
        planned = await ctx.work.meetings.planned(group.id, ctx.today)
        goals = map_facts(ctx, group, found)
        following = min(((m.day, m.at) for m in planned), default=None)
        told.append({**goals, "meets": {"on": following[0], "at": following[1]} if following else None})
        keys.append([Key(group.title, Action("map", group.id))])
    await ctx.reply(actor, "leader.towns", {"towns": told}, [*await asked_keys(ctx, actor.person), *keys])


async def _asked_in(ctx: Context, group: Group, leader: Member) -> list[Asked]:
    found = []
    for prompt in await ctx.work.prompts.of(leader.person_id):
        context, asked = prompt.context, prompt.context.of(Asker)
        if context.want != ANSWER or context.group != group.id or not asked or group.state != "active":
            continue
        asker = await ctx.work.members.lookup(asked.to)
        if asker is not None and asker.state == "active":
            found.append(Asked(group, asker, asked.asked))
    return found


async def asked_keys(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the buttons to the questions that wait for this person's answer, in all towns that they guide."""
    asked = [one for group, m in await _guided(ctx, person) for one in await _asked_in(ctx, group, m)]
    return [[_answer_key(ctx, one)] for one in asked]


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the questions of one town that wait for this person's answer, if they guide it."""
    asked = await _asked_in(ctx, actor.group, actor.member) if actor.member.role == ROLE else ()
    return [
        OpenThing(
            Kind.ASKED,
            {"name": a.asker.name, "town": a.group.title, "text": cut(a.text, SHORT)},
            (_answer_key(ctx, a),),
        )
        for a in asked
    ]


def _answer_key(ctx: Context, asked: Asked) -> Key:
    return ctx.key("leader.answer_to", "leaderq", asked.group.id, str(asked.asker.id), name=asked.asker.name)


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a question that waits once more, to be answered."""
    asked = next((a for a in await _asked_in(ctx, actor.group, actor.member) if str(a.asker.id) == action.arg), None)
    if asked is None:  # answered since, or by another process leader
        keys = [*await asked_keys(ctx, actor.person), [ctx.key("map", "map", actor.group.id)]]
        await ctx.tell(actor, "leader.over", {}, keys)
        return
    context = MessageContext(want=ANSWER, group=actor.group.id, about=Asker(asked.asker.id, asked.text))
    facts = {"town": actor.group.title, "name": asked.asker.name, "text": asked.text, "title": None}
    await ctx.tell(actor, "leader.question", facts, context=context)


async def reply(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Pass the reply on to the coordinator who asked; no other process leader is waited for then."""
    text = clean(text)
    asker = await ctx.work.members.lookup(context.the(AboutMember).to)
    if unfit(text) or actor.member.role != ROLE or asker is None or asker.state != "active":
        await ctx.tell(actor, "leader.not_sent")
        return
    facts, more = {"name": actor.member.name, "text": text}, [[ctx.key("leader.more", "guide", actor.group.id)]]
    await ctx.to_member(asker, "leader.answer", facts, more)
    matter = matter_of(MessageContext(want=ANSWER, group=actor.group.id, about=AboutMember(asker.id)))
    for leader in await of_group(ctx, actor.group):
        await ctx.work.prompts.end(leader.person_id, matter or "")
    await open_items.reconcile(ctx, actor.group, _ref(asker), {})
    add = [[ctx.key("leader.add", "leaderadd", actor.group.id, str(asker.id))]]
    await ctx.tell(actor, "leader.replied", {"name": asker.name}, add)


async def add(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for more of an answer that was passed on."""
    asker = await ctx.work.members.lookup(int(action.arg))
    if actor.member.role != ROLE or asker is None or asker.group_id != actor.group.id or asker.state != "active":
        await ctx.tell(actor, "leader.over", {}, [[ctx.key("map", "map", actor.group.id)]])
        return
    context = MessageContext(want=ANSWER, group=actor.group.id, about=AboutMember(asker.id))
    await ctx.tell(actor, "leader.add", {"name": asker.name}, context=context)


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Rank.COORDINATOR, About.GROUP, leaders=show, leaderin=invite, leaderstop=stop, leaderout=end, guide=ask),
    *buttons(Rank.LEADER, About.GROUP, towns=towns, leaderq=see, leaderadd=add),
    *buttons(Rank.INVITED, About.GROUP, leading=accept),
    *texts(Rank.COORDINATOR, Takes(Handling.ASK, noted=True, sent_out=True), leader_question=pass_on),
    *texts(Rank.LEADER, Takes(Handling.CONTACT, noted=True), leader_answer=reply),
)
