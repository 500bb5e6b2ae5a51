"""What nothing asks for in a private chat: a text without a place, pictures, voice. The answer says what there is."""

from datetime import timedelta
from typing import Final

from bot.channel.updates import Written
from bot.context import abuse_limits
from bot.context.context import Context
from bot.context.message import Key
from bot.context.open_thing import Kind, Part
from bot.context.permissions import May, Rank, may
from bot.dispatch import asked_questions, what_waits
from bot.dispatch.dispatch_texts import asked_of
from bot.features.calendar import absence, attendance
from bot.features.digest.cannot import ways_under
from bot.features.incidents import areas, report
from bot.features.journey import exercise_buttons, memberships, wanted_texts
from bot.features.outsiders import actor_forms, guest_texts
from bot.features.registers import tasks
from bot.reminders.kinds import TASK
from bot.views.shared_buttons import in_town
from storage.message_notes import MessageContext
from storage.records import Group, Member, Person, private_chat
from storage.table import moment

MEANWHILE: Final = timedelta(hours=1)  # after a question about an incident: what is written then belongs to it


async def stray(ctx: Context, person: Person, said: Written, *, lost: bool = False) -> None:
    """Say that nothing asks for this text; if it replies to a forgotten message (`lost`), that this is unknown."""
    if not await memberships.of(ctx, person, Rank.INVITED) and (
        await memberships.shut(ctx, person) or await memberships.waits(ctx, person)
    ):
        await memberships.refuse(ctx, person, "stray")
        return
    if not lost and (
        await guest_texts.heard(ctx, person, said.text)
        or await actor_forms.greeted_again(ctx, person)
        or await actor_forms.answered(ctx, person)
    ):
        return
    if await _is_logged_meanwhile(ctx, person, said) or await _is_about_incident(ctx, person, said):
        return
    logs = await _ways_to_log(ctx, person)
    found = [one async for one in what_waits.open_to(ctx, person)]
    waits = any(one.part is Part.TODO for one in found)
    under = await wanted_texts.under(ctx, person, said.reply_to) or MessageContext()
    meeting, cannot = await attendance.unclear(ctx, person, under)
    cannot = cannot or await attendance.near(ctx, person, said.text)
    put_off = await ways_under(ctx, person, under)
    joining = [one for one in found if one.kind in (Kind.COMING_IN, Kind.ASKED_ANEW)]
    into = {
        "coming_in": [one.facts["into"] for one in joining if one.kind is Kind.COMING_IN],
        "asked_anew": [one.facts["into"] for one in joining if one.kind is Kind.ASKED_ANEW],
    }
    way_in = [[*one.ways] for one in joining]
    facts = {"long": lost or len(said.text) > 200, "logs": bool(logs), "waits": waits, **into}
    until, back = await absence.going_on(ctx, person)
    absent = bool(logs) and ctx.services.voice.rules.absent(said.text)
    facts |= {"away": until is None and bool(cannot or put_off or absent)}
    facts |= {"meeting": meeting, "reminded": bool(put_off)}
    facts["called_off"] = None if meeting else await attendance.called_off(ctx, person, said.text)
    above = await wanted_texts.above(ctx, person, said.reply_to)
    facts["which"] = above is not None and bool(above.context.command) and not above.context.passed
    facts["tasks"] = taken_on = await _tasks(ctx, person, said.text)
    seats = await memberships.of(ctx, person, Rank.LEADER) if ctx.services.voice.rules.leaves(said.text) else []
    out = _ways_out(ctx, seats)
    facts |= {"wants_out": bool(seats), "out": bool(out), "until": until}
    onward = way_in or taken_on or ([[ctx.key("what_waits", "answers")]] if waits else [])
    await ctx.to_person(person.id, "stray", facts, [*out, *onward, *back, *put_off, *cannot, *logs])


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
    keys = [[ctx.key("what_waits", "answers")]]
    facts = {"kind": said.media, "text": bool(said.text), "logs": bool(await _ways_to_log(ctx, person))}
    await ctx.to_person(person.id, "media", facts, keys, slot=slot)


async def _is_logged_meanwhile(ctx: Context, person: Person, said: Written) -> bool:
    """True for what somebody says while they log an incident: it leaves the chat, and the question comes again, also
    where another message of the bot stands between. Not hours later, when it is about something else."""
    actor, run = await exercise_buttons.actor_in(ctx, person, person.focus), person.focus
    if actor is None or run is None or not await is_logging(ctx, person):
        return False
    await report.wrote(ctx, actor, run, said)
    return True


async def is_logging(ctx: Context, person: Person) -> bool:
    """True if somebody is being asked about an incident, or was within the hour."""
    if person.focus is None or not await report.overhears(ctx, person.focus):
        return False
    asked = [moment(p.asked_at) for p in await ctx.work.prompts.of(person.id) if p.context.run == person.focus]
    return bool(asked) and ctx.now - max(asked) <= MEANWHILE


async def _is_about_incident(ctx: Context, person: Person, said: Written) -> bool:
    """True for what somebody says or sends right after they have logged an incident: it leaves the chat, as there."""
    if ctx.services.limits.over(abuse_limits.LOGGED, person.id, ctx.now) is None:
        return False
    seats = await memberships.of(ctx, person, Rank.NETWORK)
    for group, _ in seats[:1]:
        await ctx.delete(person.id, said.message_id, about=group.id)
        keys = [[ctx.key("my_logs", "mylogs", group.id)]]
        await ctx.to_person(person.id, "incidents.tap", {}, keys if len(seats) == 1 else [], about=group.id)
    return bool(seats)


async def _tasks(ctx: Context, person: Person, text: str) -> list[list[Key]]:
    """Return the way to what the person has taken on, where they have been reminded of something of it, or to what
    may be done if they say so: "klart"."""
    found, done = [], "ok" in ctx.services.voice.rules.moves(text)
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        items = await ctx.work.open_items.of_member(member.id)
        reminded = any(one.kind == TASK and one.last and one.state != "closed" for one in items)
        own = [ctx.key("home.tasks", "tasks", group.id)] if reminded else []
        keys = await tasks.ways_to_own(ctx, group, member) if done else own
        town = await ctx.town_for(person.id, group)
        found += [[in_town(ctx, key, town)] for key in keys]
    return found


async def _ways_to_log(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the button with which the person logs an incident; for each town, if they may in several."""
    seats = await memberships.of(ctx, person, Rank.NETWORK)
    groups = [group for group, member in seats if may(May.LOG, member, group)]
    towns = [(group.id, group.title if len(groups) > 1 else None) for group in groups]
    return [[in_town(ctx, ctx.key("log", "log", id), town)] for id, town in towns]


def _ways_out(ctx: Context, seats: list[tuple[Group, Member]]) -> list[list[Key]]:
    """Return the buttons with which a person leaves what has no chat to leave; with the town, if there are several."""
    outside = [(group, member) for group, member in seats if member.role != "core"]
    keys = [(ctx.key("rights.leave", "leavenet", group.id, role=member.role), group.title) for group, member in outside]
    return [[in_town(ctx, key, town if len(seats) > 1 else None)] for key, town in keys]
