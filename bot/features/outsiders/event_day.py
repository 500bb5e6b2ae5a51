"""Messages to guests about the event (5.4): the day before, when it is moved, and when it is cancelled.

A change is told half an hour later, so that a mistake that is corrected at once reaches nobody. Guests whom the bot
cannot write to are named to the coordinators, with a text to pass on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.context import invitations
from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.row_events import CalendarChanged, EventChanged
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.network import access_requests
from bot.features.outsiders import event_facts, guest_list, guests
from bot.reminders import open_items
from bot.reminders.holidays import working_day_before
from bot.reminders.kinds import INVITING
from bot.reminders.next_message import by_daylight, hearing, spoken
from bot.reminders.run_deadlines import schedule_date
from flows.enums import ExerciseRole, Field, Mark
from flows.timing import pacing
from flows.values import day_of
from messages.voice import TemplateFacts
from storage.records.records import Group, Member, Row

EVE: Final = "event_eve"  # the kinds of rows in the schedule
NEXT: Final = "event_next"
TELLING: Final = "event_told"
CANCELLED: Final = ("",)  # what guests were told last: no day, and that they hear of a new one
AFTER_A_CHANGE: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ExpectedGuest:
    """A guest's row without a no; `member` is the person behind it, if the bot can reach them."""

    row: Row
    member: Member | None


# -- when something is changed -----------------------------------------------------------------------------------------
async def changed(ctx: Context, group: Group, happened: EventChanged) -> None:
    """Handle a change of the event's facts."""
    if happened.question not in (Field.DATE, Field.PLACE):
        return
    if happened.question == Field.DATE and group.settings.event.off:
        group = await _set(ctx, group, off=False)
        await _rest_or_go_on(ctx, group)
    await _plan_eve(ctx, group)
    event = await event_facts.event_of(ctx, group)
    if event.day:
        await invitations.prolong(
            ctx, group, guests.PURPOSE, ctx.now + (event.day - ctx.today) + event_facts.AFTERWARDS
        )
    told = group.settings.event.told
    if told and told[0] and day_of(told[0]) < ctx.today:  # the event they were told of is over
        if event.day and event.day >= ctx.today:  # this is another
            group = await _set(ctx, group, told=())
            await guest_list.begin_anew(ctx, group)
            await ctx.to_group(group, "guest.another", event_facts.for_everybody(ctx, group, event))
    elif told:
        at = ctx.now + AFTER_A_CHANGE
        await ctx.work.schedule.put(TELLING, at, group_id=group.id, ref=f"event:{group.id}")


async def _plan_eve(ctx: Context, group: Group) -> None:
    day, ref = (await event_facts.event_of(ctx, group)).day, f"event:{group.id}"
    at = pacing.at_wall(day - timedelta(1), pacing.USUAL, ctx.services.zone) if day else ctx.now
    if at > ctx.now and not group.settings.event.off:
        await ctx.work.schedule.put(EVE, at, group_id=group.id, ref=ref)
    else:
        await ctx.work.schedule.cancel(kind=EVE, ref=ref)


async def plan_next(ctx: Context, group: Group, happened: CalendarChanged) -> None:
    """Schedule the message about the network's first meeting for the last working day before it."""
    date_, ref = (await event_facts.event_of(ctx, group)).next_date, f"event:{group.id}"
    day = max(working_day_before(day_of(date_)), ctx.today) if date_ else ctx.today
    at = pacing.at_wall(day, pacing.USUAL, ctx.services.zone)
    if at > ctx.now:
        await ctx.work.schedule.put(NEXT, at, group_id=group.id, ref=ref)
    else:
        await ctx.work.schedule.cancel(kind=NEXT, ref=ref)


async def remember_next(ctx: Context, group: Group) -> None:
    """Tell guests who said yes or maybe to the network's first meeting that it is near.

    Who came by the open link is not one of the network before a coordinator has let them in, and so not told.
    """
    event, question = await event_facts.event_of(ctx, group), guest_list.register(ctx).field(Field.START)
    if event.next_date is None or day_of(event.next_date) < ctx.today:
        return
    for guest in await guests_of(ctx, group):
        said = guest.row.values.get(question.id)
        if guest.member is None or guest.member.state == "active" or access_requests.BY_POSTER in guest.member.profile:
            continue  # those in the network are told with everybody else
        if question.says(said, Mark.YES) or question.says(said, Mark.MAYBE):
            facts = event_facts.for_guest(ctx, group, guest.row, event)
            keys = guests.answers(ctx, group, Field.START)
            await ctx.to_member(guest.member, "guest.next_eve", facts, keys, patient=True)
            await spoken(ctx, guest.member.person_id)


async def _set(ctx: Context, group: Group, *, off: bool | None = None, told: tuple[str, ...] | None = None) -> Group:
    event = group.settings.event
    event = replace(event, off=event.off if off is None else off, told=event.told if told is None else told)
    return await ctx.work.groups.settle(group, event)


async def tell(ctx: Context, group: Group) -> None:
    """Tell guests the new day or place, if it still differs from what they were told."""
    event = await event_facts.event_of(ctx, group)
    day, told = event.day, group.settings.event.told
    if day is None or day < ctx.today or group.settings.event.off or not told or told == event.told:
        return
    later = by_daylight(ctx)
    if later > ctx.now and later.astimezone(ctx.services.zone).date() < day:
        await ctx.work.schedule.put(TELLING, later, group_id=group.id, ref=f"event:{group.id}")
        return
    group = await _set(ctx, group, told=event.told)
    if told == CANCELLED:
        await _ask_anew(ctx, group)
    await _tell_all(ctx, group, "guest.moved", await guests_of(ctx, group), coming_keys=True)


async def _ask_anew(ctx: Context, group: Group) -> None:
    """Forget who comes: it was said of an event that was cancelled, and this is another one."""
    register = guest_list.register(ctx)
    coming = register.field(Field.COMING)
    for guest in await guests_of(ctx, group):
        values = {**guest.row.values, coming.id: coming.option(Mark.NO_ANSWER)}
        await ctx.work.rows.change(guest.row.id, None, None, values=values)
    await guest_list.refreshed(ctx, group)


async def remember(ctx: Context, group: Group) -> None:
    """Tell guests who said yes or maybe that the event is tomorrow, also those who have joined the network since."""
    day = (await event_facts.event_of(ctx, group)).day
    if group.settings.event.off or day is None or day != ctx.today + timedelta(1):
        return
    register = guest_list.register(ctx)
    expected = [
        guest
        for guest in await guests_of(ctx, group)
        if not register.says(guest.row.values, Field.COMING, Mark.NO_ANSWER)
        and not (guest.member and rank_of(guest.member, group) >= Rank.MEMBER)
    ]
    await _tell_all(ctx, group, "guest.eve", expected, coming_keys=False)


async def _tell_all(ctx: Context, group: Group, name: str, told: Sequence[ExpectedGuest], *, coming_keys: bool) -> None:
    """Tell each guest, and whoever invited them who could not be reached.

    `coming_keys`: with buttons to answer.
    """
    event = await event_facts.event_of(ctx, group)
    for guest in told:
        if guest.member is None:
            continue
        await guests.note_asked(ctx, guest.member, Field.COMING)
        said = guest_list.said_before(ctx, guest.row)
        maybe = said is Mark.MAYBE
        facts = {**event_facts.for_guest(ctx, group, guest.row, event), "maybe": maybe, "said": said}
        keys = guests.answers(ctx, group, Field.COMING) if coming_keys or maybe else guests.cannot(ctx, group)
        if group.settings.event.off:  # nothing to answer
            keys = []
        await ctx.to_member(guest.member, name, facts, keys, patient=True)
    rows = [guest.row for guest in told if guest.member is None and _has_heard(ctx, guest.row)]
    for inviters, theirs in await _by_inviter(ctx, group, rows):
        await by_hand(ctx, group, name.rpartition(".")[2], theirs, inviters)


async def _by_inviter(ctx: Context, group: Group, rows: Sequence[Row]) -> list[tuple[Sequence[Member], list[Row]]]:
    """Return the guests by who is to tell them: whoever passed their invitation on, else whoever wrote them in, and
    those who coordinate where that one has left."""
    core = {member.id: member for member in await ctx.work.members.active(group.id)}
    found: dict[int, list[Row]] = {}
    for row in rows:
        given = await ctx.work.open_items.about(group.id, f"{guests.PURPOSE}:{row.id}")
        passed_on = [one.member_id for one in given if one.kind == INVITING]
        here = [member for member in (*reversed(passed_on), row.author) if member in core]
        found.setdefault(next(iter(here), None) or 0, []).append(row)
    coordinators = await open_items.coordinators(ctx, group)
    return [([core[one]] if one else coordinators, theirs) for one, theirs in found.items()]


async def by_hand(ctx: Context, group: Group, about: str, rows: Sequence[Row], told: Sequence[Member]) -> None:
    """Give these members a text for guests whom the bot cannot write to. `about`: moved, off, eve or request."""
    names = [access_requests.reached(ctx, row) for row in rows]
    if not names:
        return
    event = event_facts.for_everybody(ctx, group, await event_facts.event_of(ctx, group))
    facts: TemplateFacts = {**event, "names": names, "count": len(names), "about": about}
    for coordinator in told:
        await ctx.to_member(coordinator, "guest.by_hand", facts)


def _has_heard(ctx: Context, row: Row) -> bool:
    """True if the guest has been invited: others need not be told of a change."""
    register = guest_list.register(ctx)
    silent = register.says(row.values, Field.COMING, Mark.NO_ANSWER)
    return not (silent and register.says(row.values, Field.INVITED, Mark.NOT_YET))


async def guests_of(ctx: Context, group: Group) -> list[ExpectedGuest]:
    """Return the guests without a no, each with their member, if the bot can reach them."""
    reached: dict[int, Member] = {}
    for member in await hearing(ctx, await ctx.work.members.of_group(group.id, roles=None)):
        if "guest" in member.profile:
            reached[member.profile["guest"]] = member
    register = guest_list.register(ctx)
    rows = await ctx.work.rows.all(group.id, register.id)
    return [ExpectedGuest(r, reached.get(r.id)) for r in rows if not register.says(r.values, Field.COMING, Mark.NO)]


# -- cancelled ---------------------------------------------------------------------------------------------------------
async def off(ctx: Context, actor: Actor, action: Action) -> None:
    """Cancel the event ("yes" confirms), or let it take place after all ("on")."""
    group = actor.group
    event, told = await event_facts.event_of(ctx, group), await guests_of(ctx, group)
    if action.arg == "not":
        await ctx.reply(actor, "guest.off_not", event_facts.for_everybody(ctx, group, event))
        return
    day = required(event.day, "no_event", alert=True)
    demand(day >= ctx.today, "no_event", alert=True)
    demand(group.settings.event.off != (action.arg != "on"), alert=True)
    facts = {**event_facts.for_everybody(ctx, group, event), "count": len(told)}
    if not action.arg:
        yes = ctx.key("guest.off_sure", "eventoff", group.id, "yes")
        no = ctx.key("guest.off_not", "eventoff", group.id, "not")
        await ctx.tell(actor, "guest.off_ask", facts, [[yes], [no]], context=context_of(yes, no))
        return
    now = CANCELLED if action.arg == "yes" else event.told
    group = await _set(ctx, group, off=action.arg == "yes", told=now if group.settings.event.told else ())
    await _plan_eve(ctx, group)
    await _remind_group(ctx, group, day)
    await _rest_or_go_on(ctx, group)
    for guest in told if group.settings.event.off else ():  # whoever gave an invitation away need not ask about it
        await open_items.reconcile(ctx, group, f"{guests.PURPOSE}:{guest.row.id}", {})
    name = "guest.off" if group.settings.event.off else "guest.moved"
    await _tell_all(ctx, group, name, told, coming_keys=not group.settings.event.off)
    await ctx.to_group(group, "guest.off_group", {**facts, "off": group.settings.event.off})
    await ctx.reply(actor, "guest.off_done", {**facts, "off": group.settings.event.off})


async def _remind_group(ctx: Context, group: Group, day: date) -> None:
    """Remind the group of its event the day before, unless it is cancelled."""
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    run = await ctx.work.runs.latest(group.id, event.id)
    if run is None:
        return
    what = f"{run.id}:{event.field(Field.DATE).id}"
    if group.settings.event.off:
        await open_items.reconcile(ctx, group, f"date:{what}", {})
    else:
        await schedule_date(ctx, group, event, what, day)


async def _rest_or_go_on(ctx: Context, group: Group) -> None:
    """Let what prepares the event rest with it, or go on: its cards, its days and its tasks."""
    for exercise in ctx.services.process.exercises.values():
        if not exercise.staging.with_event:
            continue
        for record in await ctx.work.runs.of_exercise(group.id, exercise.id):
            await runner.refresh_card(ctx, group, record)
            await open_items.update_for_run(ctx, group, runner.load(ctx, record))
        for row in await ctx.work.rows.all(group.id, exercise.id):
            await open_items.of_row(ctx, group, row)


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, eventoff=off),)
