"""A new version of the promise: everybody is asked again, and their access waits until they have accepted it.

Where to turn, logging an incident, and one's own data never wait. A change of wording alone keeps the version, and asks
nobody. People who have not answered within some days count as away; as long as nobody has, the group waits.
"""

from datetime import timedelta
from typing import Final

from bot.context.context import Context
from bot.context.events import CoordinatorsChanged, PromisedAgain, PromiseRenewed
from bot.context.permissions import Rank, asked_anew, rank_then
from bot.context.seats import seats
from bot.exercises import runner
from bot.features.calendar import absence
from bot.features.home import start_page
from bot.features.incidents.report import LOGGERS as ROLES
from bot.features.members import joining
from bot.features.process.status import status
from bot.logs import Log
from bot.reminders import open_items
from bot.reminders.kinds import PENDING, RENEW
from flows.run.events import Joined
from flows.run.state import Phase, Seat
from storage.errors import Damaged
from storage.records.records import Group, Member, Person, SeatState, private_chat

log = Log(__name__)

KIND: Final = "promise"  # the kind of the row in the schedule: when those who have not answered count as away
ANSWER_WITHIN = timedelta(days=14)  # they are reminded before
AWAY_AFTER = timedelta(days=5)


async def renew(ctx: Context) -> None:
    """Ask all who accepted another version than the one in force, at the first start with it."""
    if await ctx.work.update_log.agreement() == ctx.services.agreement:
        return
    for group in await ctx.work.groups.all_active():
        try:
            async with ctx.work.savepoint():
                await renew_in(ctx, group)
        except Damaged:  # that group is not served; all others are
            log.error("seal_does_not_fit", group_id=group.id)
    await ctx.work.update_log.set_agreement(ctx.services.agreement)


async def renew_in(ctx: Context, group: Group) -> None:
    """Ask all in one group who accepted another version."""
    members = await ctx.work.members.active(group.id, roles=ROLES)
    before = [m for m in members if m.agreed_version not in (None, ctx.services.agreement)]
    for member in before:
        await ctx.work.members.update(member.id, state=SeatState.INVITED, agreed_at=None)
        due = {(RENEW, member.id): ctx.today, (PENDING, member.id): ctx.today + ANSWER_WITHIN}
        await open_items.reconcile(ctx, group, joining.ref_of(member), due)
        if member.coordinator:
            ctx.events.append(CoordinatorsChanged(group.id))
    if before:
        await ctx.work.schedule.put(KIND, ctx.now + AWAY_AFTER, group_id=group.id, ref=f"group:{group.id}")
        ctx.events.append(PromiseRenewed(group.id))
        await status(ctx, group)


async def look(ctx: Context, group: Group) -> None:
    """Stop waiting, after some days, for those who have not answered, if anybody has."""
    if not await ctx.work.members.active(group.id):
        await ctx.work.schedule.put(KIND, ctx.now + AWAY_AFTER, group_id=group.id, ref=f"group:{group.id}")
        return
    for member in await ctx.work.members.of_group(group.id, roles=ROLES):
        if asked_anew(member):
            await absence.set_aside(ctx, group, member)


async def asked(ctx: Context, person: Person, least: Rank = Rank.STRANGER) -> list[tuple[Group, Member]]:
    """Return the seats in which this person has not answered yet, and has at least this role once they have."""
    asked = [(group, member) for group, member in await seats(ctx, person.id) if asked_anew(member)]
    return [(group, member) for group, member in asked if rank_then(member, group) >= least]


async def refuse(ctx: Context, group: Group, member: Member) -> None:
    """Refuse a button before the promise is accepted, and show the promise, unless it is the latest message."""
    ctx.toast("promise", alert=True)
    newest = await ctx.work.outbox.newest(private_chat(member.person_id))
    shown = await ctx.work.outbox.latest(private_chat(member.person_id), joining.SLOT, group.id)
    if newest is None or shown is None or newest.id != shown.id:
        ctx.tapped = None
        await joining.show_agreement(ctx, group, member)


async def accepted(ctx: Context, group: Group, happened: PromisedAgain) -> None:
    """Restore a member's access, also to rounds that have begun meanwhile."""
    member = await ctx.work.members.update(happened.member, state=SeatState.ACTIVE)
    await absence.take_seats_again(ctx, group, member)
    for record in await ctx.work.runs.all_of(group.id):
        run = runner.load(ctx, record)
        if run.exercise.private or member.role not in run.exercise.who or member.id in run.seats:
            continue
        if record.phase in (Phase.OPEN, Phase.REVEALED):
            await runner.apply(ctx, group, record, Joined(Seat(member.id, member.organisation_id)), by=member)
    if member.coordinator:
        ctx.events.append(CoordinatorsChanged(group.id))
    keys = await start_page.keys(ctx, await ctx.work.people.get(member.person_id), group, member)
    await ctx.to_member(member, "enter.again", {"town": group.title}, keys)
    await status(ctx, group)
