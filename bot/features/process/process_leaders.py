"""Process leaders (P.5): guides from outside who support several towns and see how far each has come.

They see steps, exercises and dates, and never an answer. A coordinator can ask them a question, and they reply.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key, matter_of
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.features.process.looking_on import LEADERS, ROLE
from bot.features.process.status import map_facts, map_of
from bot.reminders import open_items
from bot.reminders.kinds import ASKED
from bot.views.names import cut
from flows.answers import clean, unfit
from flows.identities import Handling
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutMember, AboutName, Asker, MessageContext
from storage.records.records import Group, Member, Person

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


# -- the coordinator's side --------------------------------------------------------------------------------------------
async def ask_keys(ctx: Context, actor: Actor, exercise: str) -> list[list[Key]]:
    """Return a coordinator's button to ask about an exercise, if there is a process leader."""
    if not actor.member.coordinator or actor.in_group or not await LEADERS.of_group(ctx, actor.group):
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
    there = await LEADERS.of_group(ctx, actor.group)
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
async def accept(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let a process leader in, and tell the coordinators."""
    demand(actor.member.role == ROLE and actor.member.id not in actor.group.settings.deciders)
    await LEADERS.let_in(ctx, actor)
    await show_map(ctx, actor, edit=ctx.tapped)


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
    for leader in await LEADERS.of_group(ctx, actor.group):
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
    *LEADERS.routes,
    *buttons(Rank.COORDINATOR, About.GROUP, guide=ask),
    *buttons(Rank.LEADER, About.GROUP, towns=towns, leaderq=see, leaderadd=add),
    *buttons(Rank.INVITED, About.GROUP, leading=accept),
    *texts(Rank.COORDINATOR, Takes(Handling.ASK, noted=True, sent_out=True), leader_question=pass_on),
    *texts(Rank.LEADER, Takes(Handling.CONTACT, noted=True), leader_answer=reply),
)
