"""Readers of what nothing asks for in a private chat: a text without a place; and pictures, voice. The answer says
what there is."""

from datetime import timedelta
from typing import Final

from bot.assembly import asked_questions, inbox, open_facts
from bot.assembly.dispatch_texts import asked_of
from bot.assembly.private_text import PrivateText
from bot.channel.updates import Written
from bot.context import abuse_limits
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing, Part
from bot.context.permissions import May, Rank, may
from bot.features.calendar import absence, attendance
from bot.features.digest.declined import ways_under
from bot.features.help import help_lines
from bot.features.home import exercise_buttons
from bot.features.identities.identity_search import identities_in
from bot.features.incidents import areas, read_incidents, report
from bot.features.network import memberships
from bot.features.outsiders import actor_forms, guest_texts
from bot.features.process import unsaved_texts
from bot.features.registers import tasks
from bot.features.wellbeing import care, direct_messages
from bot.features.wellbeing.distress import points_out
from bot.reminders.kinds import TASK
from bot.views.shared_buttons import in_town
from bot.views.ways import ways
from flows.answers import clean, unfit
from messages.voice import TemplateFacts
from storage.records.message_notes import CommandAsked, MessageContext
from storage.records.records import Person, private_chat
from storage.table import moment

Ways = tuple[TemplateFacts, list[list[Key]]]
MEANWHILE: Final = timedelta(hours=1)  # after a question about an incident: what is written then belongs to it


async def returns(ctx: Context, text: PrivateText) -> bool:
    """Offer somebody who is back to say so, or tell them that they are not away; not without a seat."""
    person = text.person
    if not ctx.services.voice.rules.returns(text.said.text) or not await memberships.of(ctx, person, Rank.NETWORK):
        return False
    care.goes_on(ctx, person)
    until, back = await absence.going_on(ctx, person)
    keys = back or [[ctx.key("what_waits", "answers")]]
    await ctx.to_person(person.id, "returned", {"until": until}, keys)
    return True


async def shut_out(ctx: Context, text: PrivateText) -> bool:
    """Say to somebody whose groups are shut, or who waits at a door, that it is so."""
    person = text.person
    if await memberships.of(ctx, person, Rank.INVITED) or not (
        await memberships.shut(ctx, person) or await memberships.waits(ctx, person)
    ):
        return False
    await memberships.refuse(ctx, person, "stray")
    return True


async def guest(ctx: Context, text: PrivateText) -> bool:
    """Take any word of a guest as one about the event."""
    return not text.lost and await guest_texts.heard(ctx, text.person, text.said.text)


async def actor_form(ctx: Context, text: PrivateText) -> bool:
    """Lead somebody who answers a form from outside to it, or say that it is handed in."""
    if text.lost:
        return False
    return await actor_forms.greeted_again(ctx, text.person) or await actor_forms.answered(ctx, text.person)


async def logged_meanwhile(ctx: Context, text: PrivateText) -> bool:
    """Take what somebody says while they log an incident: it leaves the chat, and the question comes again, also
    where another message of the bot stands between. Not hours later, when it is about something else."""
    person = text.person
    actor, run = await exercise_buttons.actor_in(ctx, person, person.focus), person.focus
    if actor is None or run is None or not await is_logging(ctx, person):
        return False
    await report.wrote(ctx, actor, run, text.said)
    return True


async def near_incident(ctx: Context, text: PrivateText) -> bool:
    """Take what points somebody out right after its writer has logged or opened an incident: it leaves the chat."""
    return await _is_about_incident(ctx, text.person, text.said)


async def shrug(ctx: Context, text: PrivateText) -> bool:
    """Say that nothing asks for this text, or, if it is lost, that this is unknown; with every way that it may mean.

    What comes close upon a cry may belong to it, so numbers come first once more. Else the button for help is enough:
    a line that names it under everyday words takes whoever is well for somebody who is not.
    """
    person, said = text.person, text.said
    logs = await _ways_to_log(ctx, person)
    above = await unsaved_texts.above(ctx, person, said.reply_to)
    which = above is not None and above.context.of(CommandAsked) is not None and not above.context.passed
    rules, long = ctx.services.voice.rules, text.lost or len(said.text) > 200
    facts: TemplateFacts = {"long": long, "logs": bool(logs), "which": which, **await _lately(ctx, text)}
    facts = {**facts, "outside": not await memberships.of(ctx, person, Rank.FORMER)}
    facts = {**facts, "logged": has_logged(ctx, person), "asks": rules.own_words.means(said.text) if logs else None}
    keys = list[list[Key]]()
    for told, found in (await _onward(ctx, text), await _away(ctx, text)):
        facts = {**facts, **told}
        keys += found
    human, held = ([], None) if facts["gone"] else await to_a_person(ctx, text)
    floor = await ways(ctx, person, away=facts["until"] is None, human=not human)
    await ctx.to_person(
        person.id, "stray", {**facts, "human": bool(human)}, [*keys, *human, *floor, *logs], context=held
    )
    return True


async def to_a_person(ctx: Context, text: PrivateText) -> tuple[list[list[Key]], MessageContext | None]:
    """Return the way to whoever coordinates, for each town, and what holds the text meanwhile; one that is too long to
    be kept anywhere has none."""
    if unfit(clean(text.said.text)):
        return [], None
    seats = await memberships.of(ctx, text.person, Rank.INVITED)
    found = [await direct_messages.way_for(ctx, text.person, group, member, text=True) for group, member in seats]
    keys = [[*row] for row in found if row]
    return keys, direct_messages.holding(text.said.text) if keys else None


async def _lately(ctx: Context, text: PrivateText) -> TemplateFacts:
    """Return where to turn, for what comes close upon a cry; what points somebody out who was seen leaves the chat."""
    lately = care.told_lately(ctx, text.person) if text.follows_cry(ctx) else None
    if lately is None:
        return {"care": "", "seen": False, "gone": False}
    seats = await memberships.of(ctx, text.person, Rank.NETWORK)
    gone = lately.seen and bool(seats) and points_out(text.said.text)
    if gone:
        await ctx.delete(text.person.id, text.said.message_id, about=seats[0][0].id)
    return {"care": help_lines.to_talk_to(ctx), "seen": lately.seen, "gone": gone}


async def _onward(ctx: Context, text: PrivateText) -> Ways:
    """Return the way in for who is coming in; else to what they have taken on; else to what waits."""
    found = [one async for one in inbox.open_to(ctx, text.person)]
    waits = any(one.part is Part.TODO for one in found)
    joining = [one for one in found if one.kind in (Kind.COMING_IN, Kind.ASKED_ANEW)]
    into = {
        "coming_in": [one.facts["into"] for one in joining if one.kind is Kind.COMING_IN],
        "asked_anew": [one.facts["into"] for one in joining if one.kind is Kind.ASKED_ANEW],
    }
    way_in = [[*one.ways] for one in joining]
    taken_on = await _tasks(ctx, text.person, text.said.text)
    onward = way_in or taken_on or ([[ctx.key("what_waits", "answers")]] if waits else [])
    entries = [one.facts for one in found if one.kind is Kind.ENTRY and one.part is Part.TODO]
    entries.sort(key=lambda one: one["answer_by"] is None)  # what has a last day is nearer than a list that is there
    entry = next(({"title": one["title"], "until": one["answer_by"]} for one in entries), None)
    return {"waits": waits, **into, "tasks": taken_on, "entry": entry, "today": ctx.today}, onward


async def _away(ctx: Context, text: PrivateText) -> Ways:
    """Return the ways of somebody who is away, or cannot: to be back, to put something off, to say so of a meeting."""
    person, said = text.person, text.said.text
    meeting, cannot = await attendance.unclear(ctx, person, text.under)
    cannot = cannot or await attendance.near(ctx, person, said)
    put_off = await ways_under(ctx, person, text.under)
    until, back = await absence.going_on(ctx, person)
    facts = {
        "away": until is None and bool(cannot or put_off),
        "until": until,
        "meeting": meeting,
        "reminded": bool(put_off),
        "called_off": None if meeting else await attendance.called_off(ctx, person, said),
    }
    return facts, [*back, *put_off, *cannot]


async def media(ctx: Context, person: Person, said: Written) -> None:
    """Say that pictures, voice and the like are not taken. An album comes as many messages, and is answered once."""
    question = await asked_questions.answers_at_once(ctx, await asked_questions.open_questions(ctx, person))
    if question is not None and question.prompt.context.want == areas.WANT:
        context = question.prompt.context
        await ctx.work.prompts.end(person.id, question.prompt.matter)
        if wanted := await asked_of(ctx, person, context):
            await areas.point_shown(ctx, wanted, said, context)
        return
    actor = await exercise_buttons.actor_in(ctx, person, person.focus)
    if actor is not None and person.focus is not None and await report.overhears(ctx, person.focus):
        await report.sent(ctx, actor, person.focus, said)
        return
    if await _is_about_incident(ctx, person, said):
        return
    slot = f"album:{said.album}" if said.album else None
    if slot and await ctx.work.outbox.latest(private_chat(person.id), slot):
        return
    keys = [[ctx.key("what_waits", "answers")], *await ways(ctx, person)]
    facts = {"kind": said.media, "text": bool(said.text), "logs": bool(await _ways_to_log(ctx, person))}
    await ctx.to_person(person.id, "media", facts, keys, slot=slot)


async def is_logging(ctx: Context, person: Person) -> bool:
    """True if somebody is being asked about an incident, or was within the hour."""
    if person.focus is None or not await report.overhears(ctx, person.focus):
        return False
    asked = [moment(p.asked_at) for p in await ctx.work.prompts.of(person.id) if p.context.run == person.focus]
    return bool(asked) and ctx.now - max(asked) <= MEANWHILE


async def _is_about_incident(ctx: Context, person: Person, said: Written) -> bool:
    """True for a picture, or words that point somebody out, right after its sender has logged or opened an incident: it
    leaves the chat. All else they may write is of other things, too."""
    shown = await read_incidents.is_shown(ctx, person)
    if not (shown or has_logged(ctx, person)):
        return False
    seats = await memberships.of(ctx, person, Rank.NETWORK)
    if not said.media and not any([await identities_in(ctx, group, said.text) for group, _ in seats]):
        return False
    if shown:
        return await read_incidents.wrote(ctx, person, said.message_id)
    for group, _ in seats[:1]:
        await ctx.delete(person.id, said.message_id, about=group.id)
        keys = [[ctx.key("my_logs", "mylogs", group.id)]]
        await ctx.to_person(person.id, "incidents.tap", {}, keys if len(seats) == 1 else [], about=group.id)
    return bool(seats)


def has_logged(ctx: Context, person: Person) -> bool:
    """True if somebody has logged an incident within the last minutes."""
    return ctx.services.limits.over(abuse_limits.LOGGED, person.id, ctx.now) is not None


async def _tasks(ctx: Context, person: Person, text: str) -> list[list[Key]]:
    """Return the way to what the person has taken on, where they have been reminded of something of it, or say that
    something is done: "klart"; the buttons of what they name of it."""
    every = [one for one in await open_facts.every(ctx, person) if one.thing.kind is Kind.TASK]
    if named := open_facts.named(ctx, every, text):
        return [row for one in named[:1] for row in one.ways(ctx, "settles")]
    found, done = list[OpenThing](), "ok" in ctx.services.voice.rules.moves(text)
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        items = await ctx.work.open_items.of_member(member.id)
        if done or any(one.kind == TASK and one.last and one.state != "closed" for one in items):
            found += await tasks.open_for(ctx, Actor(person, group, member))
    return [[*found[0].ways]] if len(found) == 1 else [[ctx.key("what_waits", "answers")]] if found else []


async def _ways_to_log(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the button with which the person logs an incident; for each town, if they may in several."""
    seats = await memberships.of(ctx, person, Rank.NETWORK)
    groups = [group for group, member in seats if may(May.LOG, member, group)]
    towns = [(group.id, group.title if len(groups) > 1 else None) for group in groups]
    return [[in_town(ctx, ctx.key("log", "log", id), town)] for id, town in towns]
