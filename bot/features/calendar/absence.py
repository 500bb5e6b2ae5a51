"""Absence: `/franvaro 1–31 juli`. The person gets no reminders, nobody waits for them, the coordinator sees it.

Whoever wants fewer reminders instead goes on from there (`bot.features.digest.preferences`).
"""

from dataclasses import replace
from datetime import date, time, timedelta

from bot.ballots.box import voter
from bot.context.context import Actor, Context
from bot.context.events import SeatChanged
from bot.context.message import Key, when
from bot.context.offer import OfferMade
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.exercises import given_texts, runner
from bot.features.calendar import said_days, whose_absence
from bot.features.incidents import incident_readers
from bot.features.network import memberships, network_meetings
from bot.features.wellbeing import direct_messages, wishes
from bot.reminders import open_items
from bot.reminders.kinds import AWAY
from bot.reminders.next_message import schedule_next
from bot.views.exercise import ExerciseView
from flows.answers import clean
from flows.ballots import Came, TurnedAway
from flows.run.events import Joined, Left
from flows.run.state import Phase, Seat
from flows.timing.pacing import at_wall
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.notification_preferences import Absence
from storage.records.records import Group, Member, Person, Row

BACK = "back"  # the kind of the row in the schedule for the end of an absence
BEGINS, ENDS = time(0, 5), time(0, 1)  # wall time; nothing is said then
LONGEST = timedelta(days=500)
LONG = timedelta(weeks=16)  # from so long on it is asked whether it is meant


async def show(ctx: Context, actor: Actor, arguments: str = "") -> None:
    """Show a person's absences, and ask for one; or, with days after the command, note it at once."""
    if arguments.strip():
        await said(ctx, actor, arguments, MessageContext())
        return
    absences = await ctx.work.absences.of_person(actor.person.id, ctx.today)
    facts = {
        "absences": [{"first": a.first, "last": a.last} for a in absences],
        "readings": None,
        "long": False,
        "past": False,
    }
    await _ask(ctx, actor, facts, absences)


async def says_days(ctx: Context, _group: int, text: str) -> bool:
    """True if a text is a stretch of days, and says nothing else."""
    return bool(said_days.all_of(ctx, text))


async def readings(ctx: Context, text: str) -> list[tuple[date, date]]:
    """Return the stretches of days, not over yet, that a text in a person's own words names."""
    return [(a, b) for a, b in said_days.within(ctx, text) if b >= ctx.today and b - a <= LONG]


async def said(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a stretch of days in plain words. One that is long, has no end or two readings is asked about.

    An edited text changes the absence that it gave.
    """
    when = ctx.services.voice.rules.spans.bare(clean(text))
    if (other := await whose_absence.of_another(ctx, actor.person, text)) is not None:
        await _not_of_another(ctx, actor, text, other)
        return
    found = said_days.within(ctx, text)
    readings = [(a, b) for a, b in found if b >= ctx.today and b - a < LONGEST]
    long = len(readings) == 1 and readings[0][1] - readings[0][0] > LONG
    if len(readings) == 1 and not long:
        if about := context.of(AboutRow):
            await _take_back(ctx, actor, about.row)
        await _keep(ctx, actor, *readings[0])
        return
    if not when and clean(text):  # why, and not for how long
        readings = [(ctx.today, ctx.today)]
    readings += [turned for a, b in readings if (turned := _turned(a, b)) and turned[1] >= ctx.today]
    keys = [
        [ctx.key("away.reading", "away", actor.group.id, f"{a.toordinal()}:{b.toordinal()}", first=a, last=b)]
        for a, b in readings
    ]
    context = MessageContext(want="away", group=actor.group.id)
    facts = {
        "absences": [],
        "readings": len(readings),
        "long": long,
        "past": bool(found) and all(b < ctx.today for _, b in found),
    }
    await ctx.tell(actor, "away.show", facts, keys, context=context)


async def _not_of_another(ctx: Context, actor: Actor, text: str, other: str) -> None:
    """Say that nobody is away by another's word, with the way to whoever coordinates."""
    way = await direct_messages.way_for(ctx, actor.person, actor.group, actor.member, text=True)
    own = [ctx.key("away_now", "away", actor.group.id)]
    context = direct_messages.holding(clean(text)) if way else None
    await ctx.tell(
        actor, "away.of_another", {"name": other, "human": bool(way)}, [*filter(None, [way]), own], context=context
    )


def _turned(first: date, last: date) -> tuple[date, date] | None:
    """Return the stretch that may have been meant by one nearly a year long ("5–1 mars"): the other way round."""
    nearly_a_year = first.month == last.month and last.year == first.year + 1 and last.day < first.day
    return (last.replace(year=first.year), first) if nearly_a_year else None


async def chosen(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the reading that was chosen; without one, ask for the days."""
    if not action.arg:
        await show(ctx, actor)
        return
    first, _, last = action.arg.partition(":")
    await _keep(ctx, actor, date.fromordinal(int(first)), date.fromordinal(int(last)))


async def back(ctx: Context, actor: Actor, action: Action) -> None:
    """End or cancel an absence. Tapped again, the message shows how it is now."""
    await _take_back(ctx, actor, int(action.arg))
    ctx.toast("away.back")
    absences = await ctx.work.absences.of_person(actor.person.id, ctx.today)
    facts = {"absences": [{"first": a.first, "last": a.last} for a in absences]}
    await ctx.reply(actor, "away.back", facts, _back_keys(ctx, actor.group, absences))


async def _take_back(ctx: Context, actor: Actor, id: int) -> None:
    absence = await ctx.work.absences.lookup(id)
    if absence is not None and absence.person_id == actor.person.id:
        await ctx.work.absences.remove(absence.id)
        await ctx.work.schedule.cancel(ref=f"absence:{absence.id}")
        for group, member in await seats(ctx, actor.person.id, Rank.NETWORK):
            await open_items.reconcile(ctx, group, f"absence:{absence.id}:{member.id}", {})
        await returned(ctx, actor.person.id)
        await schedule_next(ctx, actor.person.id)


async def _ask(ctx: Context, actor: Actor, facts: TemplateFacts, absences: list[Absence]) -> None:
    context = MessageContext(want="away", group=actor.group.id)
    keys = [*_back_keys(ctx, actor.group, absences), [ctx.key("habit.fewer", "habit", actor.group.id)]]
    await ctx.tell(actor, "away.show", facts, keys, context=context)


def _back_keys(ctx: Context, group: Group, absences: list[Absence]) -> list[list[Key]]:
    return [[ctx.key("away.back", "back_again", group.id, str(a.id), first=a.first, last=a.last)] for a in absences]


async def going_on(ctx: Context, person: Person) -> tuple[date | None, list[list[Key]]]:
    """Return until when somebody is away today, and the button of one who is back before; None if they are not."""
    absences = [a for a in await ctx.work.absences.of_person(person.id, ctx.today) if a.first <= ctx.today]
    seats = await memberships.of(ctx, person, Rank.NETWORK) if absences else []
    if not seats:
        return None, []
    return max(a.last for a in absences), _back_keys(ctx, seats[0][0], absences)


async def _keep(ctx: Context, actor: Actor, first: date, last: date) -> None:
    """Note an absence, once however often it is said, and tell the person what follows."""
    known = await ctx.work.absences.of_person(actor.person.id, ctx.today)
    same = next((one for one in known if (one.first, one.last) == (first, last)), None)
    absence = same or await ctx.work.absences.add(actor.person.id, first, last)
    await given_texts.note(ctx, actor, MessageContext(want="away", group=actor.group.id, about=AboutRow(absence.id)))
    await ctx.work.prompts.end_wanted(actor.person.id, "away")
    ref, zone = f"absence:{absence.id}", ctx.services.zone
    if same is None:
        await ctx.work.schedule.put(AWAY, max(at_wall(first, BEGINS, zone), ctx.now), ref=ref)
        await ctx.work.schedule.put(BACK, at_wall(last + timedelta(1), ENDS, zone), ref=ref)
    await schedule_next(ctx, actor.person.id)
    waiting, told = list[tuple[str, Key]](), dict[str, None]()
    for group, member in await seats(ctx, actor.person.id, Rank.NETWORK):
        waiting += await wishes.before_leaving(ctx, group, member)
        await network_meetings.away(ctx, group, member.id, first, last)
        hear = await _those_told(ctx, group, member, first, last)
        told |= dict.fromkeys(m.name for m in hear)
        await open_items.reconcile(ctx, group, f"{ref}:{member.id}", {(AWAY, m.id): ctx.today for m in hear})
    keys = [[key] for _, key in waiting]
    keys.append([replace(ctx.key("away.undo", "back_again", actor.group.id, str(absence.id)), says="undo")])
    facts = {
        "first": first,
        "last": last,
        "waiting": [name for name, _ in waiting],
        "told": list(told),
        "years": last.year != ctx.today.year,
        **await _leading(ctx, actor, first),
        **await _reading(ctx, actor.member, actor, first, last),
    }
    other_days = OfferMade(takes="away").beside(MessageContext(group=actor.group.id, about=AboutRow(absence.id)))
    await ctx.to_person(actor.person.id, "away.kept", facts, keys, edit=ctx.tapped, context=other_days)


async def seat_left(ctx: Context, group: Group, member: Member) -> None:
    """Tell nobody any more that somebody is away who has left the group."""
    for absence in await ctx.work.absences.of_person(member.person_id, ctx.today):
        await open_items.reconcile(ctx, group, f"absence:{absence.id}:{member.id}", {})


async def _leading(ctx: Context, actor: Actor, first: date) -> TemplateFacts:
    """Return whether this member coordinates, whether nobody else does then, and who would stand in."""
    here = [m for m in await ctx.work.members.active(actor.group.id, roles=None) if m.id != actor.member.id]
    others = [m for m in here if m.coordinator and m.role == "core" and not await _is_away(ctx, m, first)]
    substitute = next((m.name for m in here if m.id == actor.group.settings.standing.substitute), None)
    coordinates = actor.member.coordinator
    return {"coordinates": coordinates, "alone": coordinates and not others, "substitute": substitute}


async def _reading(ctx: Context, member: Member, told: Actor, first: date, last: date) -> TemplateFacts:
    """Return whether somebody who is away reads incidents, and who else reads them meanwhile, as `told` is told it.

    If nobody does, also who could name somebody, where all of these are away when it begins.
    """
    group = told.group
    others = [m for m in await incident_readers.able(ctx, group, first, last) if m.id != member.id]
    leading = [m for m in await open_items.coordinators(ctx, group) if m.id != member.id]
    away = [m.name for m in leading if await _is_away(ctx, m, first)]
    gone = away if len(away) == len(leading) and not others else []
    reads = {"reads": member.id in group.settings.readers, "leading_away": gone}
    return {**reads, **incident_readers.told_of(others, told.member)}


async def _is_away(ctx: Context, member: Member, on: date) -> bool:
    return any(one.first <= on <= one.last for one in await ctx.work.absences.of_person(member.person_id, on))


# -- what follows ------------------------------------------------------------------------------------------------------
async def begun(ctx: Context, absence_id: int) -> None:
    """Begin an absence: nobody waits for the person any more."""
    absence = await ctx.work.absences.lookup(absence_id)
    if absence is None:
        return
    for group, member in await seats(ctx, absence.person_id, Rank.NETWORK):
        await set_aside(ctx, group, member)
        await wishes.lost(ctx, group, member)


async def set_aside(ctx: Context, group: Group, member: Member) -> None:
    """Stop waiting for a member in everything that is shared, but for a yes that is needed: that of an organisation
    whose people are away is not given."""
    ctx.events.append(SeatChanged(group.id, TurnedAway(voter(member.id))))
    for record in await ctx.work.runs.all_of(group.id):
        seat = runner.load(ctx, record).seats.get(member.id)
        exercise = ctx.services.process.exercises[record.exercise]
        shared = not exercise.private and not exercise.approves
        if shared and record.phase == Phase.OPEN and seat is not None and seat.awaited:
            await runner.apply(ctx, group, record, Left(member.id, away=True))


async def ended(ctx: Context, absence_id: int) -> None:
    """End an absence: open items wait for the person again, without a message before the next one is due."""
    absence = await ctx.work.absences.lookup(absence_id)
    if absence is not None:
        await returned(ctx, absence.person_id)
        await schedule_next(ctx, absence.person_id)


async def returned(ctx: Context, person_id: int) -> None:
    """Give a person back their seats in open rounds, unless they have another absence."""
    if person_id in await ctx.work.absences.away_on(ctx.today):
        return
    for group, member in await seats(ctx, person_id, Rank.NETWORK):
        await take_seats_again(ctx, group, member)


async def take_seats_again(ctx: Context, group: Group, member: Member) -> None:
    """Give a member back their seats in open rounds, without a message."""
    ctx.events.append(SeatChanged(group.id, Came(voter(member.id))))
    for record in await ctx.work.runs.all_of(group.id):
        seat = runner.load(ctx, record).seats.get(member.id)
        shared = not ctx.services.process.exercises[record.exercise].private
        if shared and record.phase in (Phase.OPEN, Phase.REVEALED) and seat is not None and not seat.awaited:
            again = Joined(Seat(member.id, member.organisation_id), quiet=True)
            await runner.apply(ctx, group, record, again)


async def catch_up(ctx: Context, person_id: int) -> None:
    """Begin and end absences that did so while the bot was out of one of the person's groups."""
    for absence in await ctx.work.absences.of_person(person_id, ctx.today):
        if absence.first <= ctx.today:
            await begun(ctx, absence.id)
    await returned(ctx, person_id)


async def _those_told(ctx: Context, group: Group, member: Member, first: date, last: date) -> list[Member]:
    """Return the coordinators who hear of an absence: in the network only if something of theirs is due then, or they
    read incidents, as who reads instead is always for the coordinators to see."""
    matters = member.role == "core" or member.id in group.settings.readers
    if not matters and not await _tasks_within(ctx, group, member, first, last):
        return []
    return [m for m in await open_items.coordinators(ctx, group) if m.person_id != member.person_id]


async def _tasks_within(ctx: Context, group: Group, member: Member, first: date, last: date) -> list[Row]:
    """Return the rows that a member has taken on and that are due within these days."""
    mine = [row for row in await ctx.work.rows.taken_on(group.id) if row.assignee == member.id]
    return [row for row in mine if row.due is not None and first <= row.due <= last]


async def touches(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the coordinator who is away when, and what is due meanwhile."""
    id, _, member_id = action.arg.partition(":")
    absence = required(await ctx.work.absences.lookup(int(id)), "day.settled")
    member = required(await ctx.work.members.lookup(int(member_id or 0)), "day.settled")
    demand(member.group_id == actor.group.id, "day.settled")
    await open_items.seen(ctx, actor.member, AWAY, f"absence:{action.arg}")
    first, last = absence.first, absence.last
    scene = await runner.scene_of(ctx, actor.group)
    runs = await runner.loaded(ctx, actor.group, Phase.OPEN)
    within = [run for run in runs if run.answer_by is not None and first <= run.answer_by <= last]
    rows = await _tasks_within(ctx, actor.group, member, first, last)
    exercises = ctx.services.process.exercises
    facts = {
        "name": member.name,
        "first": first,
        "last": last,
        "runs": [ctx.services.voice.title_of(run.exercise.id) for run in within],
        "rows": [ExerciseView(ctx.services.voice, scene, exercises[row.register]).task_title(row) for row in rows],
        "meetings": [m.day for m in await ctx.work.meetings.planned(actor.group.id, first, last)],
        **await _reading(ctx, member, actor, first, last),
    }
    keys = [[ctx.key("day.calendar", "calendar", actor.group.id)]] if facts["meetings"] else []
    keys.append(when(facts["reads"], ctx.key("choose_readers", "readers", actor.group.id)))
    await ctx.tell(actor, "away.touches", facts, keys)


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, away=chosen, back_again=back),
    *buttons(Rank.COORDINATOR, About.GROUP, touches=touches),
    *texts(Rank.NETWORK, Takes(says=says_days, rewritten=True), away=said),
)
