"""Wishes to be contacted: somebody asks a person by name, who is reminded until it is done.

Whoever cannot be told now is not offered. If the day is over, or the person cannot, whoever wishes is asked whom else,
and nobody but they decides who hears of it: not even whoever coordinates.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.context.context import Actor, Context, Key
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.reminders import open_items
from bot.reminders.kinds import WISH
from bot.reminders.next_message import hears, spoken
from bot.views.shared_buttons import told_apart
from flows.pacing import USUAL, at_wall
from messages.voice import TemplateFacts
from storage.records import Group, Member, Wish

CONTACT_WITHIN = timedelta(days=3)


async def contact(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a wish to be contacted: ask by whom, tell that person, and remind them until it is done."""
    others = await _can_be_asked(ctx, actor.group, actor.member)
    there = await _there(ctx, others)
    chosen = next((m for m in others if str(m.id) == action.arg), None)
    if chosen is None or chosen not in there:
        await ctx.tell(actor, "wish.whom", _whom(others, there, chosen), await _keys(ctx, actor.group, there))
        return
    for before in await made_by(ctx, actor.member):
        if (await ctx.work.members.get(before.to_member)).state == "left":
            await _end(ctx, actor.group, before)
    wish = await ctx.work.wishes.add(actor.group.id, actor.member.id, chosen.id, ctx.today + CONTACT_WITHIN)
    over = at_wall(wish.due + timedelta(1), USUAL, ctx.services.zone)
    await ctx.work.schedule.put(WISH, over, group_id=actor.group.id, ref=_ref(wish))
    await open_items.reconcile(ctx, actor.group, _ref(wish), {(WISH, chosen.id): wish.due})
    keys = [[ctx.key("day.wish_done", "granted", actor.group.id, str(wish.id))]]
    facts = {"name": actor.member.name, "due": wish.due}
    await ctx.to_person(chosen.person_id, "wish.asked", facts, keys, about=actor.group.id)
    answers = [[ctx.key("what_waits", "answers", actor.group.id)]]
    await ctx.reply(actor, "wish.passed_on", {"name": chosen.name}, answers)


async def _can_be_asked(ctx: Context, group: Group, member: Member) -> list[Member]:
    """Return whom somebody can ask for: anyone of the core group; for the network, the coordinators."""
    others = [m for m in await ctx.work.members.active(group.id) if m.role == "core" and m.id != member.id]
    return others if member.role == "core" else [m for m in others if m.coordinator]


async def _there(ctx: Context, members: Sequence[Member]) -> list[Member]:
    """Return those who can be told now, and are not away."""
    away = await ctx.work.absences.away_on(ctx.today)
    return [m for m in members if m.person_id not in away and await hears(ctx, m.person_id)]


def _whom(others: Sequence[Member], there: Sequence[Member], asked: Member | None) -> TemplateFacts:
    """Return what the question says: who can be told, who cannot, and the one who was `asked` in vain."""
    gone = [m.name for m in others if m not in there and m != asked]
    return {"gone": gone, "asked": asked.name if asked else None, "there": bool(there)}


async def _keys(ctx: Context, group: Group, members: Sequence[Member]) -> list[list[Key]]:
    labels = await told_apart(ctx, members)
    return [[Key(labels[m.id], Action("contact", group.id, 0, str(m.id)))] for m in members]


async def open_to(ctx: Context, member: Member) -> list[Wish]:
    """Return the wishes that wait for this member."""
    return [one for one in await ctx.work.wishes.of_member(member.id) if one.to_member == member.id]


async def made_by(ctx: Context, member: Member) -> list[Wish]:
    """Return the wishes of this member that wait for somebody."""
    return [one for one in await ctx.work.wishes.of_member(member.id) if one.member_id == member.id]


async def overdue(ctx: Context, group: Group, number: int) -> None:
    """Ask whoever wishes, when the day is over, whether somebody else shall get in touch."""
    wish = await ctx.work.wishes.lookup(number)
    if wish is not None:
        await _ask_on(ctx, group, wish, cannot=False)


async def refused(ctx: Context, group: Group, number: int) -> None:
    """Ask them at once when the person says that they cannot."""
    wish = await ctx.work.wishes.lookup(number)
    if wish is not None:
        await ctx.work.schedule.cancel(kind=WISH, ref=_ref(wish))
        await _ask_on(ctx, group, wish, cannot=True)


async def _ask_on(ctx: Context, group: Group, wish: Wish, *, cannot: bool) -> None:
    waiting, asked = await ctx.work.members.get(wish.member_id), await ctx.work.members.get(wish.to_member)
    if waiting.state != "active" or asked.state == "left" or not await hears(ctx, waiting.person_id):
        return
    others = [m for m in await _can_be_asked(ctx, group, waiting) if m.id != asked.id]
    there = await _there(ctx, others)
    facts = {"name": asked.name, "cannot": cannot, "there": bool(there)}
    await ctx.to_person(waiting.person_id, "wish.unheard", facts, await _keys(ctx, group, there), about=group.id)
    await spoken(ctx, waiting.person_id)


async def lost(ctx: Context, group: Group, member: Member) -> None:
    """Ask those who wait for this member, who is away, gone or not reached, whom else they want to hear from."""
    for wish in await open_to(ctx, member):
        waiting = await ctx.work.members.get(wish.member_id)
        if member.state == "left":
            await open_items.reconcile(ctx, group, _ref(wish), {})
        if waiting.state != "active":
            continue
        others = [m for m in await _can_be_asked(ctx, group, waiting) if m.id != member.id]
        there = await _there(ctx, others)
        facts = _whom(others, there, member)
        keys = await _keys(ctx, group, there)
        await ctx.to_person(waiting.person_id, "wish.whom", facts, keys, about=group.id)


async def _end(ctx: Context, group: Group, wish: Wish) -> None:
    await ctx.work.wishes.remove(wish.id)
    await ctx.work.schedule.cancel(kind=WISH, ref=_ref(wish))
    await open_items.reconcile(ctx, group, _ref(wish), {})


async def wished(ctx: Context, actor: Actor, action: Action) -> None:
    """Show who wishes to be contacted, which a reminder does not say, as it appears on a locked phone."""
    wish = await ctx.work.wishes.lookup(int(action.arg))
    if wish is None or wish.to_member != actor.member.id:
        ctx.toast("day.settled")
        return
    keys = [[ctx.key("day.wish_done", "granted", actor.group.id, str(wish.id))]]
    facts = {"name": (await ctx.work.members.get(wish.member_id)).name, "due": wish.due}
    await ctx.reply(actor, "wish.asked", facts, keys)


async def granted(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that the person has been contacted."""
    wish = await ctx.work.wishes.lookup(int(action.arg))
    if wish is None or wish.to_member != actor.member.id:
        ctx.toast("day.settled")
        return
    await _end(ctx, actor.group, wish)
    ctx.toast("check_in.granted")


def _ref(wish: Wish) -> str:
    return f"wish:{wish.id}"


ROUTES: Routes = (
    *buttons(Role.MEMBER, About.GROUP, wished=wished, granted=granted),
    *buttons(Role.NETWORK, About.GROUP, contact=contact),
)
