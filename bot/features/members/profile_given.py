"""What follows when somebody has answered the joining questions: they are in, or have another name or organisation."""

from dataclasses import replace

from bot.ballots.box import voter
from bot.context.context import Context
from bot.context.events import CoordinatorsChanged, MenuOutdated, ProfileGiven, SeatChanged, TookOver
from bot.exercises import approved_texts, runner
from bot.features.home import start_page
from bot.features.members import joining
from bot.features.process.status import status
from bot.reminders import open_items
from bot.reminders.run_deadlines import dates_for
from flows.ballots import Came
from flows.enums import Field, How
from flows.run.events import Joined
from flows.run.state import Phase, Seat
from flows.values import Values
from storage.records.records import Group, Member, SeatState, is_own_number


async def completed(ctx: Context, group: Group, given: ProfileGiven) -> None:
    """Complete joining once the questions are answered: the member takes a seat in the open rounds."""
    before = await ctx.work.members.get(given.member)
    first_time = before.state != "active" or joining.TO_CORE in before.profile
    over = before.profile.get(joining.OVER) if first_time else None
    member = await _keep_profile(ctx, before, given.answers, over)
    await open_items.reconcile(ctx, group, joining.ref_of(member), {})
    await status(ctx, group)
    if not first_time:
        if member.name != before.name:
            await _tell_of_namesake(ctx, group, member)
        if member.organisation_id != before.organisation_id:
            await _organisation_changed(ctx, group, before, member)
        return
    if member.coordinator:
        ctx.events.append(CoordinatorsChanged(group.id))
    if over is not None:
        ctx.events.append(TookOver(group.id, member.id, over))
    await _welcome(ctx, group, member)
    await _tell_of_namesake(ctx, group, member, over)
    ctx.events.append(MenuOutdated(member.id))
    await dates_for(ctx, group, member)
    await _seat_in_rounds(ctx, group, member)


async def _keep_profile(ctx: Context, member: Member, answers: Values, over: int | None) -> Member:
    """Keep what a member says of themselves; `over`: whose seat they take over, which stays its organisation's."""
    exercise, rises = joining.joining(ctx), joining.TO_CORE in member.profile
    organisation = (exercise.told(answers, Field.ORGANISATION) or {}).get("id")
    if over is not None:
        organisation = (await ctx.work.members.get(over)).organisation_id
    profile = {name: value for name, value in member.profile.items() if name not in (joining.OVER, joining.TO_CORE)}
    profile |= {joining.FROM_NETWORK: True} if rises else {}
    profile |= {q.id: answers[q.id] for q in exercise.questions if q.role is None and q.id in answers}
    return await ctx.work.members.update(
        member.id,
        role="core" if rises else member.role,
        name=str(exercise.told(answers, Field.NAME))[:60],
        organisation_id=organisation,
        profile=profile,
        state=SeatState.ACTIVE,
    )


async def _welcome(ctx: Context, group: Group, member: Member) -> None:
    facts = {
        "town": group.title,
        "coordinator": member.coordinator,
        "chat": not is_own_number(group.chat_id),
        "about": ctx.services.voice.book("process")["about"],
    }
    keys = await start_page.keys(ctx, await ctx.work.people.get(member.person_id), group, member)
    name = "enter.welcome" if member.role == "core" else "enter.network"
    await ctx.to_member(member, name, facts, keys)


async def _seat_in_rounds(ctx: Context, group: Group, member: Member) -> None:
    """Give a new member a seat in what is under way, if their role takes part in it."""
    ctx.events.append(SeatChanged(group.id, Came(voter(member.id))))
    for record in await ctx.work.runs.all_of(group.id):
        run = runner.load(ctx, record)
        exercise, seat = run.exercise, run.seats.get(member.id)
        if exercise.id == joining.joining(ctx).id or record.phase not in (Phase.OPEN, Phase.REVEALED):
            continue
        asked = await approved_texts.asked(ctx, group, exercise, [member]) if exercise.approves else [member]
        if member.role in exercise.who and asked:
            known = seat is not None and seat.awaited  # from the network, and so not invited once more
            joined = Joined(Seat(member.id, member.organisation_id), quiet=known)
            await runner.apply(ctx, group, record, joined, by=member)


async def _tell_of_namesake(ctx: Context, group: Group, member: Member, over: int | None = None) -> None:
    """Tell a member whose name another has too how both can be told apart in all lists; `over`: whose seat ends now."""
    there = await ctx.work.members.active(group.id, roles=("core", "network"))
    others = [other for other in there if other.id not in (member.id, over)]
    if any(other.name.casefold() == member.name.casefold() for other in others):
        await ctx.to_member(member, "enter.namesake", {"name": member.name})


async def _organisation_changed(ctx: Context, group: Group, before: Member, member: Member) -> None:
    """Let a member answer for their new organisation from now on, and tell those who coordinate."""
    await _change_seats(ctx, group, member)
    names = {one.id: one.name for one in await ctx.work.members.organisations(group.id)}
    was, now = names.get(before.organisation_id or 0), names.get(member.organisation_id or 0)
    if was is None:
        return  # it was not known before
    for coordinator in await open_items.coordinators(ctx, group):
        if coordinator.id != member.id:
            facts = {"name": member.name, "was": was, "now": now}
            await ctx.to_member(coordinator, "enter.moved", facts)


async def _change_seats(ctx: Context, group: Group, member: Member) -> None:
    """Let a member's open seats be their organisation's; what the former one has answered stays its own."""
    for record in await ctx.work.runs.all_of(group.id):
        run = runner.load(ctx, record)
        seat = run.seats.get(member.id)
        if run.exercise.how is not How.ORG or record.phase not in (Phase.OPEN, Phase.REVEALED) or seat is None:
            continue
        asked = await approved_texts.asked(ctx, group, run.exercise, [member]) if run.exercise.approves else [member]
        new = replace(
            seat,
            organisation=member.organisation_id,
            awaited=seat.awaited and bool(asked),
            away=seat.away and bool(asked),
        )
        await runner.apply(ctx, group, record, Joined(new, quiet=True), by=member)
