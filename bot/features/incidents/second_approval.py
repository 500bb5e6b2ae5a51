"""Second approval, so that a hijacked account does no harm alone (threat T4): one coordinator asks, another says yes.

Without another one, a day must pass. The archive and the group's erasure concern everybody: all are told three working
days before, and nobody can say yes sooner. An objection delays it by a week, once; then it takes two coordinators, or
the operator.
All other coordinators and readers are told at once that something waits, and each can stop it. A coordinator who became
one only after the request cannot say yes before the day is over, as they may be the same person.
A code to type would protect little: it would be in the very chat that somebody else has opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.context import abuse_limits
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing, Part
from bot.context.permissions import About, Proof, Rank, is_reader
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.reminders import next_message
from bot.reminders.holidays import working_days_from
from bot.reminders.open_items import responsible
from flows.timing.pacing import at_wall
from messages.voice import TemplateFacts
from storage.records.group_settings import AskedFor
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member, private_chat

ARCHIVE: Final = "archive"
ERASURE: Final = "erasure"
READER: Final = "reader"  # followed by the member's number
FORGET: Final = "forget"  # likewise: one who has left
SLOW: Final = frozenset({ARCHIVE, ERASURE})  # requests that everybody is told of
ONE_DAY = timedelta(days=1)
NOTICE = 3  # working days
DELAY = timedelta(days=7)  # after an objection
LAPSES = timedelta(days=7)  # after which a request that nobody has approved expires


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `others` were coordinators as well at that time, and can say yes at once."""

    what: str
    by: Member
    at: datetime
    others: frozenset[int]
    ripe: datetime  # from when on the person who asked can do it; if it is `slow`, anybody
    objected: bool = False
    consented: bool = False  # by the operator, after an objection

    @property
    def slow(self) -> bool:
        """True for requests that everybody is told of."""
        return self.what in SLOW

    def needs_another(self, ctx: Context) -> bool:
        """True if another must say yes: in a browser, which somebody else may have opened, if there is another."""
        return ctx.proof is not Proof.NOT_ASKED and bool(self.others)

    def ready(self, ctx: Context, member: Member) -> bool:
        """True if this coordinator can approve it now."""
        if self.slow:
            alone = (not self.objected or self.consented) and not self.needs_another(ctx)
            return ctx.now >= self.ripe and (alone or member.id != self.by.id)
        if ctx.now >= self.ripe and not (self.needs_another(ctx) and member.id == self.by.id):
            return True
        return member.id != self.by.id and member.id in self.others


async def requests(ctx: Context, group: Group) -> list[Request]:
    """Return the requests that wait, without those of people who are no longer coordinators."""
    may = {member.id: member for member in await responsible(ctx, group)}
    found = []
    for what, asked in group.settings.asked.items():
        ripe = asked.ripe or asked.at + ONE_DAY
        if asked.by in may and ctx.now < (ripe if what in SLOW else asked.at) + LAPSES:
            others = frozenset(asked.others)
            found.append(Request(what, may[asked.by], asked.at, others, ripe, asked.objected, asked.consented))
    return found


async def request(ctx: Context, group: Group, what: str) -> Request | None:
    """Return this request, if it waits."""
    return next((one for one in await requests(ctx, group) if one.what == what), None)


async def ask(ctx: Context, actor: Actor, what: str) -> Group:
    """Make a request; the others are told that something waits, and it is logged."""
    others = tuple(member.id for member in await responsible(ctx, actor.group) if member.id != actor.member.id)
    asked = AskedFor(actor.member.id, ctx.now, others, _after_notice(ctx) if what in SLOW else None)
    group = await _change(ctx, actor.group, {**actor.group.settings.asked, what: asked})
    await ctx.work.access_log.add(group.id, actor.member.id, f"{what.partition(':')[0]}_asked")
    await (_announce(ctx, group, what) if what in SLOW else tell(ctx, group, actor.member))
    return group


def _after_notice(ctx: Context) -> datetime:
    """Return the same time of day after so many whole working days."""
    here = ctx.now.astimezone(ctx.services.zone)
    return at_wall(working_days_from(ctx.today, NOTICE), here.time(), ctx.services.zone)


async def _announce(ctx: Context, group: Group, what: str) -> None:
    """Tell everybody: in the group's chat, and each in private, as not all are in the group's chat."""
    shown = await _shown(ctx, group, what)
    if shown is None:
        return
    keys = [[ctx.key("wait_more", "waitmore", group.id, what)]]
    await ctx.to_group(group, "asked_for", shown, keys, slot=f"asked:{what}")
    for member in await ctx.work.members.of_group(group.id, roles=("core", "network")):
        reachable = (await ctx.work.people.get(member.person_id)).reach == "reachable"
        if reachable and member.id != shown["by_id"]:
            own = [*keys, *_watching_keys(ctx, group, member)]
            await ctx.to_person(member.person_id, "asked_for", shown, own, about=group.id, slot=_slot(group, what))


def _slot(group: Group, what: str) -> str:
    """Return the slot of what somebody was told of a request, in their own chat."""
    return f"asked:{group.id}:{what}"


def _watching_keys(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    return [[ctx.key("open_it", "guard", group.id)]] if _watches(group, member) else []


def _watches(group: Group, member: Member) -> bool:
    return member.state == "active" and (member.coordinator or is_reader(member, group))


async def _shown(ctx: Context, group: Group, what: str) -> TemplateFacts | None:
    """Return the text that everybody is told."""
    found = await request(ctx, group, what)
    if found is None:
        return None
    label = ctx.services.voice.label(f"asked.{what}", {"name": ""})
    ripe = found.ripe.astimezone(ctx.services.zone)
    facts = {"name": found.by.name, "by_id": found.by.id, "what": label, "town": group.title}
    return {**facts, "erases": what == ERASURE, "from": ripe, "objected": found.objected, "over": None}


async def _update_post(ctx: Context, group: Group, what: str, before: TemplateFacts | None, over: str = "") -> None:
    """Refresh what everybody was told. `before`: the request as it was, if it waits no more (`over`: why)."""
    shown = before if over else await _shown(ctx, group, what)
    if shown is not None:
        keys = [[ctx.key("wait_more", "waitmore", group.id, what)]] if not (over or shown["objected"]) else []
        await _retell(ctx, group, what, "asked_for", {**shown, "over": over or None}, keys)


async def _retell(
    ctx: Context, group: Group, what: str, name: str, facts: TemplateFacts, keys: list[list[Key]] | None = None
) -> None:
    """Put this in the place of what was told of a request, in the group and to each; without `keys` it is over."""
    await ctx.to_group(group, name, facts, keys or (), slot=f"asked:{what}", living=True)
    for member in await ctx.work.members.of_group(group.id, roles=("core", "network")):
        told = await ctx.work.outbox.latest(private_chat(member.person_id), _slot(group, what), group.id)
        if told is not None:
            onward = [[ctx.key("what_waits", "answers", group.id)]]
            own = onward if facts.get("over", True) else (*(keys or ()), *_watching_keys(ctx, group, member))
            slot = _slot(group, what)
            await ctx.to_person(member.person_id, name, facts, own, about=group.id, slot=slot, living=True)


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the requests of somebody else that this person was told of, each with its button to wait a week."""
    found, group = list[OpenThing](), actor.group
    for one in await requests(ctx, group):
        if one.slow and one.by.id != actor.member.id and (shown := await _shown(ctx, group, one.what)) is not None:
            keys = () if one.objected else (ctx.key("wait_more", "waitmore", group.id, one.what),)
            found.append(OpenThing(Kind.TOLD, shown, keys, Part.TODO if keys else Part.WAITING))
    return found


async def wait_more(ctx: Context, actor: Actor, action: Action) -> None:
    """Take an objection: once, it puts the request off by a week; nobody is told whose it was."""
    asked = required(await request(ctx, actor.group, action.arg), "wait_more_over", alert=True)
    demand(asked.slow, "wait_more_over", alert=True)
    demand(not asked.objected, "wait_more_already", alert=True)
    before = actor.group.settings.asked
    ripe = max(asked.ripe, ctx.now) + DELAY
    objected = replace(before[asked.what], objected=True, ripe=ripe)
    group = await _change(ctx, actor.group, {**before, asked.what: objected})
    await ctx.work.access_log.add(group.id, None, "objected")
    await _update_post(ctx, group, asked.what, None)
    await tell(ctx, group, None)
    ctx.toast("wait_more", {"until": ripe.astimezone(ctx.services.zone).date()}, alert=True)


async def consent(ctx: Context, actor: Actor) -> bool:
    """Take the operator's yes to this coordinator's request that somebody has objected to; False if there is none."""
    for found in await requests(ctx, actor.group):
        if found.objected and not found.consented and found.by.id == actor.member.id:
            before = actor.group.settings.asked
            consented = replace(before[found.what], consented=True)
            group = await _change(ctx, actor.group, {**before, found.what: consented})
            await ctx.work.access_log.add(group.id, None, "consented")
            await tell(ctx, group, actor.member)
            return True
    return False


async def allow(ctx: Context, actor: Actor, what: str) -> Request | None:
    """Approve a request and return it, for the caller to carry out; None if there is none, or it must wait longer."""
    found = await request(ctx, actor.group, what)
    if found is None or not found.ready(ctx, actor.member):
        return None
    if found.what == ARCHIVE:
        await _update_post(ctx, actor.group, what, await _shown(ctx, actor.group, what), "done")
    await _change(ctx, actor.group, _without(actor.group, what))
    if found.by.id != actor.member.id:
        await ctx.work.access_log.add(actor.group.id, actor.member.id, "confirmed")
    return found


async def stop(ctx: Context, actor: Actor, what: str) -> Group:
    """Stop a request."""
    if await request(ctx, actor.group, what) is None:
        return actor.group
    if what in SLOW:
        await _update_post(ctx, actor.group, what, await _shown(ctx, actor.group, what), "stopped")
    group = await _change(ctx, actor.group, _without(actor.group, what))
    await ctx.work.access_log.add(group.id, actor.member.id, "stopped")
    await tell(ctx, group, actor.member)
    return group


async def look(ctx: Context, group: Group) -> None:
    """Look each day: what everybody was told of and nobody has approved in time is over, and everybody is told."""
    for what, asked in group.settings.asked.items():
        if what not in SLOW or ctx.now < (asked.ripe or asked.at + ONE_DAY) + LAPSES:
            continue
        group = await _change(ctx, group, _without(group, what))
        over = {"what": ctx.services.voice.label(f"asked.{what}", {"name": ""})}
        await _retell(ctx, group, what, "request_lapsed", over)
        await ctx.to_group(group, "request_lapsed", over)
        asker = await ctx.work.members.lookup(asked.by)
        if asker is not None and await next_message.hears(ctx, asker.person_id):
            keys = [[ctx.key("open_it", "safety", group.id)]]
            await ctx.to_person(asker.person_id, "request_lapsed", over, keys, about=group.id)


async def tell(ctx: Context, group: Group, by: Member | None, *, ticked: bool = False) -> None:
    """Tell all other coordinators and readers at once that there is something to look at, and no more.

    `ticked`: it may be one of several ticks, told once within some minutes, unless they have looked meanwhile.
    """
    limits = ctx.services.limits
    for member in await ctx.work.members.of_group(group.id, roles=None):
        other = by is None or member.id != by.id
        if ticked and limits.over(abuse_limits.TICKED, member.id, ctx.now) is not None:
            continue
        if _watches(group, member) and other and await next_message.hears(ctx, member.person_id):
            limits.count(abuse_limits.TICKED, member.id, ctx.now)
            keys = [[ctx.key("open_it", "guard", group.id)]]
            await ctx.to_person(
                member.person_id, "something_waits", {}, keys, about=group.id, context=MessageContext(once=True)
            )
            await next_message.spoken(ctx, member.person_id)


async def facts(ctx: Context, actor: Actor, group: Group, what: str) -> TemplateFacts:
    """Return the facts of a request, if there is one: who asked, and who can approve it when."""
    found = await request(ctx, group, what)
    leading = await responsible(ctx, group)
    if found is None:  # what it would be like
        nothing = dict.fromkeys(("mine", "ready", "slow", "objected", "others"), False)
        another = ctx.proof is not Proof.NOT_ASKED and len(leading) > 1
        return {"asked": None, "from": None, "another": another, **nothing}
    mine = found.by.id == actor.member.id
    return {
        "asked": found.by.name,
        "mine": mine,
        "from": found.ripe.astimezone(ctx.services.zone),
        "ready": found.ready(ctx, actor.member),
        "slow": found.slow,
        "objected": found.objected,
        "another": mine and found.needs_another(ctx),
        "others": any(m.id in found.others for m in leading),
    }


def _without(group: Group, what: str) -> dict[str, AskedFor]:
    return {name: asked for name, asked in group.settings.asked.items() if name != what}


async def _change(ctx: Context, group: Group, asked: Mapping[str, AskedFor]) -> Group:
    group = await ctx.work.groups.get(group.id)
    return await ctx.work.groups.update(group.id, settings=replace(group.settings, asked=asked))


ROUTES: Routes = (*buttons(Rank.NETWORK, About.GROUP, waitmore=wait_more),)
