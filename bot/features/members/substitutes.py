"""Stand-ins for missing coordinators: a substitute who was named beforehand, or a volunteer of the core group.

A coordinator counts as missing who cannot be reached, is away for a working week or longer, or has been silent for ten
working days; where somebody is in danger and nobody is there who reads it, silent that day. And only if something
waits for them. A stand-in does all that a coordinator does, except what is sensitive and who coordinates
(`Rank.RESPONSIBLE`), until the other takes it back, or somebody else steps in as the stand-in is missing too.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged, NobodyReads
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, asked_anew, rank_of
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.features.coordination import coordination, coordinator_tasks
from bot.features.incidents import incident_readers, unread, urgent
from bot.features.members.missing import SILENT, are_missing, is_blocked, is_long_away, working_days
from bot.features.process.status import status
from bot.reminders import open_items
from bot.reminders.kinds import SILENCE, VACANT
from bot.reminders.next_message import hearing, hears, schedule_next
from bot.views.shared_buttons import told_apart
from flows.timing.pacing import JULY
from messages.voice import TemplateFacts
from storage.records.group_settings import StandIn
from storage.records.records import Group, Member, is_own_number

QUARTER = timedelta(92)  # until the group is asked once more for a stand-in, so that nobody is named to all more often
TOLD_ALONE = 2  # times that each of the core group hears in private, too, that something presses
MOST = 3  # times that the group is asked while the same silence lasts; then the button under the last one waits
NOTICE = 3  # working days from a word to whoever is silent until the group is asked
WEEK, WEEKS = 5, 8  # working days between two askings of a group that nobody coordinates, and how many are so close …
MONTH = 20  # … until there are so many between two
NOBODY: Final = "none"


# -- who is missing ----------------------------------------------------------------------------------------------------
async def heard(ctx: Context, user_id: int) -> None:
    """Note the day on which a coordinator last did anything."""
    person = await ctx.work.people.by_user(user_id)
    for member in await ctx.work.members.of_person(person.id) if person else ():
        if member.coordinator and member.state != "left":
            group = await ctx.work.groups.get(member.group_id)
            days = group.settings.standing.heard
            if group.state == "active" and days.get(member.id) != ctx.today:
                await _set(ctx, group, heard={**days, member.id: ctx.today}, warned=None)
                await open_items.reconcile(ctx, group, f"silence:{group.id}", {})


async def look(ctx: Context, group: Group) -> None:
    """Look each working day: if all coordinators are missing while something waits, find a stand-in."""
    own, presses = await responsible(ctx, group), await unread.pressing(ctx, group)
    standing = await _standing(ctx, group)
    if (ctx.today.month == JULY and not presses) or (standing and not await are_missing(ctx, group, standing)):
        return  # July is quiet
    if not own:
        await _ask_for_one(ctx, group, presses=presses)
    elif await are_missing(ctx, group, own, presses=presses):
        await _find(ctx, group, own, standing, presses=presses)
    elif group.settings.standing.asked:
        await _set(ctx, group, asked=0)


async def _find(ctx: Context, group: Group, own: list[Member], standing: list[Member], *, presses: bool) -> None:
    """Let the one who was named beforehand stand in, if they can; else ask the group, once it is time for that."""
    named = await _able(ctx, group, standing)
    if named is None and not _is_time_to_ask(ctx, group, presses=presses):
        return
    if not presses and not await _is_missed(ctx, group, own):  # last, as it takes longest
        return
    if named is not None:
        await stand_in(ctx, group, named, own, named=True)
    elif presses or not await _still_to_be_warned(ctx, group, [*own, *standing]):
        await _ask_the_group(ctx, group, own, standing, presses=presses)


async def _able(ctx: Context, group: Group, standing: list[Member]) -> Member | None:
    named = await ctx.work.members.lookup(group.settings.standing.substitute or 0)
    return named if named and named not in standing and await _can(ctx, group, named) else None


def _is_time_to_ask(ctx: Context, group: Group, *, presses: bool) -> bool:
    """True if the group is to be asked for a stand-in: the first time, or once more (`QUARTER`, `MOST`)."""
    offered, asked = group.settings.standing.offered, group.settings.standing.asked
    if offered is None:
        return True
    waited = working_days(offered, ctx.today)
    return (presses and waited >= _pause(asked)) or (asked < MOST and ctx.today - offered >= QUARTER)


def _pause(asked: int) -> int:
    """Return how many working days pass between two askings while something urgent is unread."""
    return 1 if asked < SILENT else WEEK


async def _ask_the_group(ctx: Context, group: Group, own: list[Member], stood: list[Member], *, presses: bool) -> None:
    """Ask the group who can stand in for those who are missing; `stood`: for whoever stood in for them, too."""
    asked = group.settings.standing.asked
    await _set(ctx, group, offered=ctx.today, asked=asked + 1)
    keys = [[ctx.key("stand_in", "standin", group.id)]]
    why = {"blocked" if await is_blocked(ctx, m) else "away" if await is_long_away(ctx, m) else "silent" for m in own}
    facts = {"names": [m.name for m in own], "stood": [m.name for m in stood], "presses": presses}
    facts["why"] = why.pop() if len(why) == 1 else ""
    facts["last"] = asked + 1 >= MOST and not presses
    await ctx.to_group(group, "group.stand_in_wanted", facts, keys)
    if presses and asked < TOLD_ALONE:
        await _press_all(ctx, group)


async def nobody_reads(ctx: Context, group: Group, happened: NobodyReads) -> None:
    """Look at once for a stand-in, as something urgent is unread; the group is told, if it was not asked for one."""
    before = group.settings.standing
    await look(ctx, group)
    group = await ctx.work.groups.get(group.id)
    asked = group.settings.standing.asked > before.asked
    if not asked and not (happened.again and group.settings.standing.offered == ctx.today):
        every = await open_items.coordinators(ctx, group)
        here = [member for member in every if await _can(ctx, group, member)]
        facts: TemplateFacts = {
            "names": [member.name for member in here or every],
            "away": not here,
            "chooses": any(rank_of(member, group) >= Rank.RESPONSIBLE for member in here or every),
            "reads": bool(await incident_readers.able(ctx, group)),
        }
        await ctx.to_group(group, "group.unread", facts)


async def _press_all(ctx: Context, group: Group) -> None:
    """Tell each of the core group who is there that something is urgent, with a way to act.

    Those who coordinate or read are told as such (`unread`).
    """
    for member in await ctx.work.members.active(group.id):
        told = rank_of(member, group) >= Rank.RESPONSIBLE or member.id in group.settings.readers
        if await _can(ctx, group, member) and not told:
            key = ctx.key("stand_in", "standin", group.id)
            await urgent.press(ctx, group, member.person_id, key, stands_in=True)


async def _ask_for_one(ctx: Context, group: Group, *, presses: bool) -> None:
    """Ask a group that nobody coordinates: after three working days, then each week, after two months each month.

    The second time each of the core group is told in their own chat too, once. Where somebody is in danger (`presses`)
    it is each working day (`_pause`), and all are told.
    """
    here, asked = await ctx.work.members.active(group.id), group.settings.standing.asked
    wait = _pause(asked) if presses else NOTICE if asked <= 1 else WEEK if asked <= WEEKS else MONTH
    before = group.settings.standing.offered
    if not here or (before is not None and working_days(before, ctx.today) < wait):
        return
    group = await _offer(ctx, group, asked=asked + 1)
    if asked == 1:
        wanted = {(VACANT, member.id): ctx.today for member in here}
        await open_items.reconcile(ctx, group, f"vacant:{group.id}", wanted)


async def _offer(ctx: Context, group: Group, *, asked: int, standing: bool = False) -> Group:
    """Offer the group the role that nobody has (`standing`: but a stand-in); this is the time number `asked`."""
    group = await _set(ctx, group, offered=ctx.today, asked=asked)
    keys = [[ctx.key("coordinate", "coordinate", group.id)]]
    keys.append(when(not standing, ctx.key("stand_in", "standin", group.id)))
    facts = {"standing": standing, "again": asked > 1, "presses": await unread.pressing(ctx, group)}
    facts["chat"] = not is_own_number(group.chat_id)  # on the page anybody of the core group may coordinate
    await ctx.to_group(group, "group.no_coordinator", facts, keys)
    if facts["presses"] and not standing and asked <= TOLD_ALONE:
        await _press_all(ctx, group)
    return group


async def _still_to_be_warned(ctx: Context, group: Group, missing: list[Member]) -> bool:
    """Tell those who are silent, in their own chat, that the group will be asked; True until they have had their days.

    Who cannot be reached, or has said that they are away, is not waited for.
    """
    here = [m for m in await hearing(ctx, missing) if not await _is_away(ctx, m)]
    since = None if group.settings.standing.warned is None else working_days(group.settings.standing.warned, ctx.today)
    if here and (since is None or since >= SILENT):
        await _set(ctx, group, warned=ctx.today)
        for member in here:
            await ctx.work.open_items.put(member, SILENCE, f"silence:{group.id}", ctx.today, ctx.today)
            await schedule_next(ctx, member.person_id)
        return True
    return bool(here) and since is not None and since < NOTICE


async def responsible(ctx: Context, group: Group) -> list[Member]:
    """Return the coordinators in their own right, also those who have not joined or promised again yet."""
    members = await ctx.work.members.of_group(group.id)
    return [m for m in members if m.coordinator and m.id not in group.settings.standing.stand_ins]


async def _standing(ctx: Context, group: Group) -> list[Member]:
    return [await ctx.work.members.get(id) for id in group.settings.standing.stand_ins]


async def _is_missed(ctx: Context, group: Group, own: list[Member]) -> bool:
    return any([await coordinator_tasks.waited_for(ctx, group, m) for m in own])


async def _can(ctx: Context, group: Group, member: Member) -> bool:
    """True if a member is there to step in."""
    here = member.group_id == group.id and rank_of(member, group) >= Rank.MEMBER
    return here and await hears(ctx, member.person_id) and not await _is_away(ctx, member)


async def _is_away(ctx: Context, member: Member) -> bool:
    return member.person_id in await ctx.work.absences.away_on(ctx.today)


# -- stepping in, and back ---------------------------------------------------------------------------------------------
async def stand_in(ctx: Context, group: Group, member: Member, own: list[Member], *, named: bool = False) -> None:
    """Let a member stand in for these coordinators; `named`: by one of them, beforehand."""
    new = {"town": group.title, "name": member.name}
    for before in await _standing(ctx, group):
        if before.id != member.id:
            await ctx.work.members.update(before.id, coordinator=False)
            await ctx.to_member(before, "stand_in.relieved", new)
    await ctx.work.members.update(member.id, coordinator=True)
    kept, days = StandIn(tuple(m.id for m in own), ctx.today), {**group.settings.standing.heard, member.id: ctx.today}
    group = await _set(ctx, group, stand_ins={member.id: kept}, offered=None, asked=0, heard=days)
    ctx.events.append(CoordinatorsChanged(group.id))
    names = [m.name for m in own]
    back = [[ctx.key("take_back", "takeback", group.id)]]
    in_earnest = [[ctx.key("coordinate", "coordinate", group.id)]]
    await ctx.to_group(group, "group.stand_in", {"name": member.name, "names": names}, back if own else in_earnest)
    facts = {"town": group.title, "names": names, "named": named, "presses": await unread.pressing(ctx, group)}
    facts["chat"] = not is_own_number(group.chat_id)
    facts["read_by"] = [m.name for m in await incident_readers.able(ctx, group)]
    keys = [[ctx.key("map", "map", group.id)], [ctx.key("stand_down", "standdown", group.id)]]
    await ctx.to_member(member, "stand_in.yours", facts, keys)
    for one in await hearing(ctx, own):
        await ctx.to_member(one, "stand_in.instead", new, back)
    await status(ctx, group)


async def is_wanted(ctx: Context, actor: Actor) -> bool:
    """True if the group has been asked for a stand-in, none is there, and this one could be."""
    group, own, standing = actor.group, await responsible(ctx, actor.group), await _standing(ctx, actor.group)
    if rank_of(actor.member, group) >= Rank.RESPONSIBLE or (standing and not await are_missing(ctx, group, standing)):
        return False
    presses = await unread.pressing(ctx, group)
    return not own or (
        group.settings.standing.offered is not None and await are_missing(ctx, group, own, presses=presses)
    )


async def step_in(ctx: Context, actor: Actor, _action: Action) -> None:
    """Make a volunteer of the core group the stand-in, if one is still needed."""
    group, standing = actor.group, await _standing(ctx, actor.group)
    if rank_of(actor.member, group) >= Rank.RESPONSIBLE:
        await _set(ctx, group, offered=None, asked=0)
        ctx.toast("stand_in_over")
    elif await is_wanted(ctx, actor):
        await stand_in(ctx, group, actor.member, await responsible(ctx, group))
    elif standing:
        ctx.toast("stood_in", {"names": [m.name for m in standing]}, alert=True)
    else:
        ctx.toast("stand_in_over", alert=True)


async def take_back(ctx: Context, actor: Actor, _action: Action) -> None:
    """Give the role back to the coordinator, and thank the stand-in."""
    await _end(ctx, actor, "stand_in.back", {"name": actor.member.name})


async def stand_down(ctx: Context, actor: Actor, _action: Action) -> None:
    """End the stand-in's role at their wish; the group is asked on the next day."""
    demand(actor.member.id in actor.group.settings.standing.stand_ins, "stand_in_over")
    if actor.group.settings.standing.substitute == actor.member.id:
        group = await _set(ctx, actor.group, substitute=None)
        actor = Actor(actor.person, group, actor.member, actor.in_group, actor.message_id)
    await _end(ctx, actor, "stand_in.down", {})


async def _end(ctx: Context, actor: Actor, name: str, facts: TemplateFacts) -> None:
    group, standing = actor.group, actor.group.settings.standing.stand_ins
    if not standing:
        ctx.toast("stand_in_over")
        return
    group = await _set(ctx, group, stand_ins={}, offered=None, asked=0)
    for id in standing:
        member = await ctx.work.members.update(id, coordinator=False)
        if member.state == "active":
            await ctx.to_member(member, name, {"town": group.title, **facts})
    ctx.events.append(CoordinatorsChanged(group.id))
    ctx.toast("stand_in_ended")
    if name == "stand_in.back":
        await coordination.tell_group(ctx, group)
    await status(ctx, group)


async def left(ctx: Context, group: Group, member: Member) -> Group:
    """Replace a coordinator who has left: the substitute gets the role, else it is offered to the group."""
    standing = {id: kept for id, kept in group.settings.standing.stand_ins.items() if id != member.id}
    if standing != group.settings.standing.stand_ins:
        group = await _set(ctx, group, stand_ins=standing)
    if await responsible(ctx, group):
        return group
    named = await ctx.work.members.lookup(group.settings.standing.substitute or 0)
    if named is not None and named.id != member.id and rank_of(named, group) >= Rank.MEMBER:
        await ctx.work.members.update(named.id, coordinator=True)
        group = await _set(ctx, group, substitute=None, stand_ins={})
        for id in standing.keys() - {named.id}:
            await ctx.work.members.update(id, coordinator=False)
        await coordination.tell_group(ctx, group)
        await coordination.tell(ctx, group, named)
        return group
    return await _offer(ctx, group, asked=1, standing=bool(standing))


async def _set(ctx: Context, group: Group, **changes: Any) -> Group:
    group = await ctx.work.groups.get(group.id)
    return await ctx.work.groups.settle(group, replace(group.settings.standing, **changes))


# -- naming one beforehand ---------------------------------------------------------------------------------------------
async def choose(ctx: Context, actor: Actor, action: Action) -> None:
    """Show or name the substitute."""
    group = actor.group
    others = [m for m in await ctx.work.members.active(group.id) if rank_of(m, group) < Rank.RESPONSIBLE]
    chosen = pick(others, action.arg)
    if action.arg == NOBODY or chosen is not None:
        number = chosen.id if chosen else None
        if number != group.settings.standing.substitute:
            group = await _set(ctx, group, substitute=number)
            if chosen is not None:
                keys = [[ctx.key("not_substitute", "nosubstitute", group.id)]]
                facts = {"town": group.title, "by": actor.member.name}
                await ctx.to_member(chosen, "stand_in.named", facts, keys)
    now = pick(others, group.settings.standing.substitute)
    labels = await told_apart(ctx, others)
    keys = [[Key(labels[m.id], Action("substitute", group.id, 0, str(m.id)))] for m in others if m is not now]
    keys.append(when(now is not None, ctx.key("no_substitute", "substitute", group.id, NOBODY)))
    await ctx.reply(actor, "stand_in.choose", {"now": now.name if now else None, "any": bool(others)}, keys)


async def declines(ctx: Context, actor: Actor, _action: Action) -> None:
    """Take back the naming of a substitute who declines."""
    demand(actor.group.settings.standing.substitute == actor.member.id, "stand_in_over")
    group = await _set(ctx, actor.group, substitute=None)
    await ctx.reply(actor, "stand_in.declined", {"own": True, "name": actor.member.name})
    for one in await hearing(ctx, await responsible(ctx, group)):
        if not asked_anew(one):
            facts, keys = {"own": False, "name": actor.member.name}, [[ctx.key("substitute", "substitute", group.id)]]
            await ctx.to_member(one, "stand_in.declined", facts, keys)


ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.GROUP, standin=step_in, nosubstitute=declines, standdown=stand_down),
    *buttons(Rank.RESPONSIBLE, About.GROUP, takeback=take_back, substitute=choose),
)
