"""Runs that are open to a person: what they have begun and paused, what waits for their answer, and the way in."""

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import Rank, asked_anew, rank_of
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, preconditions, runner, shared_answers
from bot.features.journey import at_the_door, memberships, process_leaders, wanted_texts
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, title_for
from bot.views.shared_buttons import in_town
from flows.several_lines import said_apart
from flows.state import Phase, Place, Run, Visit
from flows.vocabulary import ExerciseRole, How
from messages.voice import TemplateFacts
from storage.records import Group, HeldText, Member, Person


async def held_in(ctx: Context, group: Group, member: Member) -> list[tuple[HeldText, list[Key]]]:
    """Return this member's texts that they have not said the place of, each with the way to say it."""
    mine = await ctx.work.held_texts.told_of(member.person_id, ctx.today)
    return [
        (held, [ctx.key("held_open", "held", group.id, str(held.id))]) for held in mine if held.group_id == group.id
    ]


async def paused_keys(ctx: Context, actor: Actor) -> list[list[Key]]:
    """Return the buttons back to what this person has begun and paused, and to texts that they have to place.

    An incident that they have hidden with /dolj is not named here.
    """
    runs = [runner.load(ctx, record) for record in await ctx.work.runs.all_of(actor.group.id)]
    voice = ctx.services.voice
    asked = {prompt.context.run for prompt in await ctx.work.prompts.of(actor.person.id)}
    runs = [run for run in runs if run.number in asked or run.exercise.role is not ExerciseRole.INCIDENT]
    paused = [
        [ctx.key("resume_title", "open", run.number, title=title_for(actor.member, voice.exercise(run.exercise.id)))]
        for run in runs
        if _is_paused(run, actor.member) or (_waits(run, actor.member) and run.visit(actor.member.id).paused)
    ]
    wanted = [keys for _, keys in await wanted_texts.unsaved(ctx, actor.group, actor.member)]
    return [*(keys for _, keys in await held_in(ctx, actor.group, actor.member)), *wanted, *paused]


async def coming_in(ctx: Context, person: Person) -> tuple[TemplateFacts, list[list[Key]]]:
    """Return what this person is joining (a group, a network) with no answer to the promise, and a button to each.

    Apart from it, where they were in already, and a new promise waits for them.
    """
    found = await memberships.of(ctx, person, Rank.INVITED)
    waiting = [(g, m) for g, m in found if m.state == "invited" and m.role != "guest" and m.agreed_at is None]
    keys = [await way_in_key(ctx, person, group, member) for group, member in waiting]
    for group, member in found:
        if member.role == "guest" and await at_the_door.state_of(ctx, group, member) is at_the_door.GuestNotice.UNNAMED:
            waiting.append((group, member))
            keys.append(ctx.key("resume", "ownguest", group.id))
    into: dict[bool, list[str]] = {False: [], True: []}
    for group, member in waiting:
        facts = {"town": group.title, "network": member.role == "network"}
        into[asked_anew(member)].append(ctx.services.voice.label("on_the_way_into", facts))
    return {"coming_in": into[False], "asked_anew": into[True]}, [[key] for key in keys]


async def way_in_key(ctx: Context, person: Person, group: Group, member: Member) -> Key:
    """Return the button to go on with joining: to the promise or, for people from outside, to their yes."""
    if member.role == process_leaders.ROLE:
        return ctx.key("leader.yes", "deciding" if member.id in group.settings.deciders else "leading", group.id)
    label = "day.renew" if asked_anew(member) else "day.come_in"
    return in_town(ctx, ctx.key(label, "enter", group.id), await ctx.town_for(person.id, group))


async def open_to(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what is open to a person, across their groups: its name, and a button."""
    entries: list[TemplateFacts] = []
    keys: list[list[Key]] = []
    for group, member in await memberships.of(ctx, person, Rank.INVITED):
        town = await ctx.town_for(person.id, group)
        for record in await ctx.work.runs.all_of(group.id):
            run = runner.load(ctx, record)
            held = run.visit(member.id).held
            asks = held is not None and not held.apart and run.phase in (Phase.OPEN, Phase.REVEALED)
            waits = rank_of(member, group) >= Rank.NETWORK and (await _waits_for(ctx, group, run, member) or asks)
            if not (_is_paused(run, member) or waits):
                continue
            sheet, together = run.sheet(member.id), run.exercise.how is How.GROUP
            present = ExerciseView(ctx.services.voice, Scene(group, {}, {}), run.exercise)  # without names
            outside, title = member.role == "guest", title_for(member, present.words)
            anew = run.exercise.approves and await approved_texts.withdrawn(ctx, group, run, member.id)
            entry = {
                "again": anew,
                "asks": asks,
                "private": run.exercise.private or outside,
                "done": run.filled_in if together else sheet.handed_in and not run.exercise.private,
                "unsent": run.visit(member.id).place is Place.SUMMARY and run.exercise.how in (How.EACH, How.ORG),
            }
            pasted = run.visit(member.id).waits_apart
            answered = sheet.answered.intersection(run.asked(run.owner(member.id)))
            counts = {"answered": len(answered), "pasted": len(said_apart(pasted)) if pasted else 0}
            begun = run.exercise.how is How.ROWS and bool(run.visit(member.id).begun_row)
            outline = {**present.outline(run, run.owner(member.id)), "title": title, "town": town}
            if outside:  # the day is the group's own
                outline["answer_by"] = None
            entries.append({**outline, **entry, **counts, "begun": begun})
            keys.append([in_town(ctx, Key(title, Action("open", run.number)), town)])
    return entries, keys


async def reminded_of(ctx: Context, person: Person) -> bool:
    """True if something is open that the bot reminds this person of, in any of their groups."""
    seats = [member for _, member in await memberships.of(ctx, person, Rank.LEADER)]
    items = [one for seat in seats for one in await ctx.work.open_items.of_member(seat.id)]
    return any(one.state != "closed" for one in items)


def _is_paused(run: Run, member: Member) -> bool:
    """True if this member has paused something of their own: joining, their profile, an incident, a form."""
    visit, seat = run.visits.get(member.id, Visit()), run.seats.get(member.id)
    if run.phase is not Phase.OPEN or seat is None or not seat.takes_part:
        return False
    own = run.exercise.private or member.role == "guest"
    coming_in = member.state == "invited" and visit.place is Place.SUMMARY
    return own and (visit.paused or visit.takes_text or bool(visit.draft) or coming_in)


async def _waits_for(ctx: Context, group: Group, run: Run, member: Member) -> bool:
    """True if a run is open to this member: not a list that only others write in, nor what nobody has needed yet."""
    if not _waits(run, member):
        return False
    visit = run.visit(member.id)
    begun = visit.paused or bool(visit.begun_row) or visit.waits_apart is not None
    if run.exercise.always and not begun and not await shared_answers.holds_anything(ctx, group, run):
        return False
    return run.exercise.register is None or await preconditions.may_write(ctx, group, run.exercise, member)


def _waits(run: Run, member: Member) -> bool:
    """True if a run is open to this member, who may still answer or change an answer."""
    seat = run.seats.get(member.id)
    if run.exercise.private or run.spoken or seat is None or not (seat.takes_part or run.exercise.approves):
        return False  # an organisation that was set aside as silent can still answer
    return run.phase is Phase.OPEN or (run.phase is Phase.REVEALED and not run.sheet(member.id).handed_in)
