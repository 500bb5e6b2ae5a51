"""Wishes to be contacted: somebody asks a person by name, who is reminded until it is done. One may say what about.

Whoever cannot be told now is not offered. When nothing is heard of it by its day, or it cannot be done, whoever waits
is asked whom else: nobody learns of a wish but by their tap, not even whoever coordinates.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.exercises.mentions import name_of
from bot.features.help import help_lines
from bot.reminders import open_items
from bot.reminders.kinds import UNMET, WISH
from bot.reminders.next_message import by_daylight, hearing, schedule_next
from bot.views.shared_buttons import told_apart
from messages.voice import TemplateFacts
from storage.records.check_ins import Wish
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member, private_chat

CONTACT_WITHIN = timedelta(days=3)
PRESSES_WITHIN = timedelta(days=1)  # somebody else was asked before
DAY_AFTER = timedelta(days=1)


async def contact(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a wish to be contacted: ask by whom, tell that person, and remind them until it is done.

    One that takes the place of another, whose number the button bears, presses.
    """
    chosen_id, _, number = action.arg.partition(":")
    mine = await made_by(ctx, actor.member)
    before = pick(mine, number)
    others = await can_be_asked(ctx, actor.group, actor.member, written=before is not None and bool(before.text))
    chosen = pick(others, chosen_id)
    text = before.text if before else ""
    alike = (one for one in mine if chosen is not None and one.to_member == chosen.id)
    made = None if text else next((one for one in alike if not one.text), None)  # two texts are two wishes
    if chosen is None or made is not None or chosen not in await there(ctx, others):
        facts, keys = await _question(ctx, actor.group, actor.member, made or before, chosen)
        await ctx.tell(actor, "wish.whom", facts, keys)
        return
    if before is not None:
        await _taken_from(ctx, actor.group, before)
        await end(ctx, actor.group, before)
    wish = await make(ctx, actor, chosen, text, presses=before is not None)
    await ctx.reply(actor, "wish.passed_on", {"name": chosen.name, "due": wish.due, "text": wish.text})


async def make(ctx: Context, actor: Actor, chosen: Member, text: str, *, presses: bool = False) -> Wish:
    """Tell somebody who can be asked that the person who acts waits for them, with what they have written."""
    due = ctx.today + (PRESSES_WITHIN if presses else CONTACT_WITHIN)
    wish = await ctx.work.wishes.add(actor.group.id, actor.member.id, chosen.id, due, text)
    wanted = {(WISH, chosen.id): due, (UNMET, actor.member.id): due + DAY_AFTER}
    await open_items.reconcile(ctx, actor.group, ref_of(wish), wanted)
    facts, keys = await _asked(ctx, actor.group, wish, chosen, presses=presses)
    silent = bool(text) and by_daylight(ctx) > ctx.now  # it is read in the morning
    slot = ref_of(wish) if text else None
    await ctx.to_person(chosen.person_id, "wish.asked", facts, keys, about=actor.group.id, silent=silent, slot=slot)
    return wish


async def _taken_from(ctx: Context, group: Group, wish: Wish) -> None:
    """Take what was written out of the chat of whoever was asked, as it is not for them any more."""
    asked, slot = await ctx.work.members.get(wish.to_member), ref_of(wish)
    if wish.text and await ctx.work.outbox.latest(private_chat(asked.person_id), slot, group.id) is not None:
        facts = {"name": await name_of(ctx, await ctx.work.members.get(wish.member_id))}
        await ctx.to_person(asked.person_id, "direct.not_yours", facts, about=group.id, slot=slot, living=True)


async def _asked(
    ctx: Context, group: Group, wish: Wish, asked: Member, *, presses: bool = False
) -> tuple[TemplateFacts, list[list[Key]]]:
    """Return what whoever was asked is told of a wish, and their buttons."""
    waiting = await ctx.work.members.get(wish.member_id)
    name = await name_of(ctx, waiting)
    facts = {"name": name, "due": wish.due, "presses": presses, "text": wish.text, "role": waiting.role}
    facts["town"] = await ctx.town_for(asked.person_id, group)
    done = ctx.key("wish.read" if wish.text else "day.wish_done", "granted", group.id, str(wish.id))
    answer = ctx.key("direct.answer", "direct", group.id, f"{waiting.id}:{wish.id}", name=name)
    return facts, [[answer], [done]]


async def can_be_asked(ctx: Context, group: Group, member: Member, *, written: bool = False) -> list[Member]:
    """Return whom somebody can ask for, who coordinates first: anyone of the core group; for others, the coordinators.

    Who takes part in the network can write (`written`) to anyone of the core group as well, and ask for anyone where
    one alone coordinates, as it may be about that one. Guests cannot: a link can be passed on, and whom they do not
    know they need not know of.
    """
    others = [m for m in await ctx.work.members.active(group.id) if m.role == "core" and m.id != member.id]
    leads = [m for m in others if m.coordinator]
    if member.role == "core" or (member.role != "guest" and (written or len(leads) < 2)):
        return sorted(others, key=lambda m: not m.coordinator)
    return leads


async def there(ctx: Context, members: Sequence[Member]) -> list[Member]:
    """Return those who can be told now, and are not away."""
    away = await ctx.work.absences.away_on(ctx.today)
    return [m for m in await hearing(ctx, members) if m.person_id not in away]


async def _question(
    ctx: Context, group: Group, waiting: Member, wish: Wish | None, asked: Member | None = None
) -> tuple[TemplateFacts, list[list[Key]]]:
    """Return the question whom somebody wants to hear from, in the place of the one of the `wish`, or `asked` in vain.

    It says who can be told and who cannot.
    """
    asked = await ctx.work.members.get(wish.to_member) if wish else asked
    text = wish.text if wish else ""
    others = await can_be_asked(ctx, group, waiting, written=bool(text))
    others = [m for m in others if asked is None or m.id != asked.id]
    here = await there(ctx, others)
    labels, number = await told_apart(ctx, here), wish.id if wish else ""
    keys = [[Key(labels[m.id], Action("contact", group.id, 0, f"{m.id}:{number}"))] for m in here]
    facts = {
        "asked": asked.name if asked else None,
        "standing": await _standing(ctx, group, wish, asked) if wish and asked else "gone",
        "due": wish.due if wish else None,
        "lines": help_lines.to_talk_to(ctx),
        "there": bool(here),
        "gone": [m.name for m in others if m not in here],
        "text": text,
    }
    return facts, [*keys, [ctx.key("wish.withdraw", "unwish", group.id, str(wish.id))]] if wish else keys


async def _standing(ctx: Context, group: Group, wish: Wish, asked: Member) -> str:
    """Return how it stands with a wish: gone | declined | late | new."""
    if asked.state != "active" or not await there(ctx, [asked]):
        return "gone"
    if (ref_of(wish), asked.id) in await open_items.cannot(ctx, group):
        return "declined"
    return "late" if wish.due < ctx.today else "new"


async def open_to(ctx: Context, member: Member) -> list[Wish]:
    """Return the wishes that wait for this member."""
    return [one for one in await ctx.work.wishes.of_member(member.id) if one.to_member == member.id]


async def made_by(ctx: Context, member: Member) -> list[Wish]:
    """Return the wishes that this member has made and that are not met."""
    return [one for one in await ctx.work.wishes.of_member(member.id) if one.member_id == member.id]


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return who waits to be contacted by this person, and whom they wait for, with the way to ask somebody else."""
    found, group = list[OpenThing](), actor.group
    for wish in await open_to(ctx, actor.member):
        written = bool(wish.text)
        key = ctx.key("wish.open", "wished", group.id, str(wish.id), written=written)
        found.append(OpenThing(Kind.WISH, {"written": written}, (key,)))
    for wish in await made_by(ctx, actor.member):
        name = (await ctx.work.members.get(wish.to_member)).name
        key = ctx.key("wish.other_than", "unmet", group.id, str(wish.id), name=name)
        found.append(OpenThing(Kind.UNMET, {"name": name}, (key,)))
    return found


async def before_leaving(ctx: Context, group: Group, member: Member) -> list[tuple[str, Key]]:
    """Return who waits for a member who will be away, and for each the button with which it is done before."""
    names = [((await ctx.work.members.get(one.member_id)).name, one) for one in await open_to(ctx, member)]
    return [(name, ctx.key("wish.done_to", "granted", group.id, str(one.id), name=name)) for name, one in names]


async def lost(ctx: Context, group: Group, member: Member) -> None:
    """Ask those who wait for this member, who is away, gone or not reached, whom else they want to hear from."""
    for wish in await open_to(ctx, member):
        await _ask(ctx, group, wish)


async def in_vain(ctx: Context, open_item: OpenItem) -> None:
    """Ask whoever waits whom else, as the one asked cannot; or once more in the day's message, after all reminders."""
    wish = await ctx.work.wishes.lookup(int(open_item.ref.partition(":")[2]))
    if wish is None:
        return
    if open_item.state == "declined":
        await _ask(ctx, await ctx.work.groups.get(wish.group_id), wish)
        return
    waiting = await ctx.work.members.get(wish.member_id)
    if waiting.state == "left":
        return
    await ctx.work.open_items.put(waiting, UNMET, ref_of(wish), ctx.today, ctx.today)
    await schedule_next(ctx, waiting.person_id)


async def other_one(ctx: Context, open_item: OpenItem) -> Member | None:
    """Return the other of the two whom an item about a wish concerns; None if there is no wish any more."""
    wish = await ctx.work.wishes.lookup(int(open_item.ref.partition(":")[2]))
    if wish is None:
        return None
    other = wish.to_member if open_item.member_id == wish.member_id else wish.member_id
    return await ctx.work.members.lookup(other)


async def _ask(ctx: Context, group: Group, wish: Wish) -> None:
    waiting = await ctx.work.members.get(wish.member_id)
    if waiting.state != "left":
        facts, keys = await _question(ctx, group, waiting, wish)
        await ctx.to_person(waiting.person_id, "wish.whom", facts, keys, about=group.id)


async def end(ctx: Context, group: Group, wish: Wish) -> None:
    """Forget a wish that is met, answered or taken back; nobody is reminded of it any more."""
    await ctx.work.wishes.remove(wish.id)
    await open_items.reconcile(ctx, group, ref_of(wish), {})


# -- the buttons of whoever waits --------------------------------------------------------------------------------------
async def unmet(ctx: Context, actor: Actor, action: Action) -> None:
    """Show how it stands with a wish of one's own, and whom else one can ask."""
    wish = await _of(ctx, actor, action, waits=True)
    if wish is not None:
        facts, keys = await _question(ctx, actor.group, actor.member, wish)
        await ctx.tell(actor, "wish.whom", facts, keys)


async def withdraw(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a wish back, so that nobody is reminded of it."""
    wish = await _of(ctx, actor, action, waits=True)
    if wish is not None:
        await _taken_from(ctx, actor.group, wish)
        await end(ctx, actor.group, wish)
        name = (await ctx.work.members.get(wish.to_member)).name
        await ctx.reply(actor, "wish.withdrawn", {"name": name, "text": wish.text})


# -- the buttons of whoever was asked ----------------------------------------------------------------------------------
async def wished(ctx: Context, actor: Actor, action: Action) -> None:
    """Show who wishes to be contacted, which a reminder does not say, as it appears on a locked phone."""
    wish = await _of(ctx, actor, action, waits=False)
    if wish is None:
        return
    facts, keys = await _asked(ctx, actor.group, wish, actor.member)
    await ctx.reply(actor, "wish.asked", facts, keys)


async def granted(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that the person has been contacted, or that what they wrote is read; then their receipt says so."""
    wish = await _of(ctx, actor, action, waits=False)
    if wish is None:
        return
    await end(ctx, actor.group, wish)
    waiting = await ctx.work.members.get(wish.member_id)
    if not wish.text:
        ctx.toast("check_in.granted")
        if waiting.state != "left":
            again = [[ctx.key("wish.not_heard", "unheard", actor.group.id, str(actor.member.id))]]
            name, about = await name_of(ctx, actor.member), actor.group.id
            await ctx.to_person(waiting.person_id, "wish.granted", {"name": name}, again, about=about, silent=True)
        return
    facts = {"name": actor.member.name, "read": ctx.today, "due": None}
    slot = ref_of(wish)
    if await ctx.work.outbox.latest(private_chat(waiting.person_id), slot, actor.group.id) is not None:
        again = [[ctx.key("direct.write", "direct", actor.group.id, f"{actor.member.id}:", name=actor.member.name)]]
        await ctx.to_person(
            waiting.person_id, "direct.sent", facts, again, about=actor.group.id, slot=slot, living=True
        )
    ctx.toast("direct.read", {"name": await name_of(ctx, waiting)})


async def unheard(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask whom else somebody wants to hear from, of whom it was said that they had been contacted."""
    asked = required(await ctx.work.members.lookup(int(action.arg)))
    demand(asked.group_id == actor.group.id)
    facts, keys = await _question(ctx, actor.group, actor.member, None, asked)
    again = ctx.key("wish.again", "contact", actor.group.id, f"{asked.id}:", name=asked.name)
    keys = [[again], *keys] if await there(ctx, [asked]) else keys
    await ctx.reply(actor, "wish.whom", {**facts, "standing": "unheard"}, keys)


async def _of(ctx: Context, actor: Actor, action: Action, *, waits: bool) -> Wish | None:
    """Return the wish that a button is about, if this member waits or (not `waits`) was asked; else say it is over."""
    wish = await ctx.work.wishes.lookup(int(action.arg))
    if wish is None or actor.member.id != (wish.member_id if waits else wish.to_member):
        ctx.toast("day.settled")
        return None
    return wish


def ref_of(wish: Wish) -> str:
    """Return the name of a wish among open items, and of the receipt of what was written."""
    return f"wish:{wish.id}"


ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.GROUP, wished=wished, granted=granted),
    *buttons(Rank.INVITED, About.GROUP, contact=contact, unmet=unmet, unwish=withdraw, unheard=unheard),
)
