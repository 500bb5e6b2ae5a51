"""Settings of sensitive data, for coordinators: who reads incidents, the access log, parts of town, retention."""

from dataclasses import replace
from datetime import date

from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, rank_of
from bot.context.routes import WORDS, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.features.incidents import approval_page, areas, incident_readers, retention, second_approval, unread, urgent
from bot.reminders import open_items
from bot.reminders.kinds import KEEPING
from bot.views.shared_buttons import page_of, told_apart
from flows.answers import clean, unfit
from flows.dates.months import add_months
from storage.records.group_settings import PutOff
from storage.records.message_notes import AboutName, MessageContext
from storage.records.records import Group, Member, is_own_number

PAGE = 10


async def page(ctx: Context, actor: Actor, _action: Action | str = "") -> None:
    """Show all settings at a glance, with buttons to each."""
    group = actor.group
    waited, idle = await unread.overdue(ctx, group)
    reading = await incident_readers.of(ctx, group)
    alone = [m.id for m in reading] == [actor.member.id]
    facts = {
        "town": group.title,
        "unread": waited if waited == 0 or waited >= unread.COUNTED_FROM else 1,
        "idle": bool(idle),
        "left": await incident_readers.readerless(ctx, group),
        "away": not await incident_readers.able(ctx, group),
        "readers": [m.name for m in reading],
        "alone": alone,
        "chat": not is_own_number(group.chat_id),
        "deputy": rank_of(actor.member, group) < Rank.RESPONSIBLE,
        "areas": areas.named(group),
        "notes": "notes" in ctx.services.allowed,
        "coming": sum(rule.coming for rule in await retention.upcoming(ctx, group)),
        "whole": await ctx.work.access_log.is_whole(group.id),
    }
    late = bool(facts["readers"]) and bool(waited or idle)
    remind = ("read_incidents", "incs") if alone else ("safety.remind", "remindreaders")
    waiting = len(await second_approval.requests(ctx, group))
    asked = ctx.key("safety.guard", "guard", group.id, count=waiting)
    above = [when(late, ctx.key(*remind, group.id)), when(waiting, asked)]
    areas_key, log_key = ctx.key("safety.areas", "areas", group.id), ctx.key("safety.access_log", "accesslog", group.id)
    devices = when(ctx.services.page_url, ctx.key("safety.devices", "devices", group.id))
    if facts["deputy"]:
        await ctx.reply(actor, "safety.page", facts, [*above, [areas_key, log_key], devices])
        return
    keys = [
        *above,
        [ctx.key("safety.readers", "readers", group.id), areas_key],
        [log_key, ctx.key("safety.keeping", "keeping", group.id)],
        devices,
        [ctx.key("safety.export", "export", group.id), ctx.key("safety.erase", "erase", group.id)],
        when(await former(ctx, group), ctx.key("safety.former", "former", group.id)),
    ]
    await ctx.reply(actor, "safety.page", facts, keys)


async def former(ctx: Context, group: Group) -> list[Member]:
    """Return those who have left and of whom something is still stored."""
    everybody = await ctx.work.members.of_group(group.id, include_left=True, roles=None)
    return [m for m in everybody if m.state == "left" and m.user_id > 0 and m.name]


def _back(ctx: Context, group: Group) -> list[Key]:
    return [ctx.key("back", "safety", group.id)]


# -- readers -----------------------------------------------------------------------------------------------------------
async def choose_readers(ctx: Context, actor: Actor, action: Action) -> None:
    """Choose who may read incidents. With incidents to read, a new reader needs another's yes, or a day's wait."""
    yes, _, id = action.arg.rpartition(":")
    group = actor.group
    members = await ctx.work.members.active(group.id)
    if chosen := pick(members, id):
        now = await _tick(ctx, actor, chosen, sure=bool(yes))
        if now is None:
            await approval_page.show(ctx, actor, Action("guard", group.id))
            return
        group = now
    named, called = group.settings.readers, await told_apart(ctx, members)
    waiting = {one.what for one in await second_approval.requests(ctx, group)}
    states = {f"{second_approval.READER}:{m.id}": m for m in members}
    pending = [m for what, m in states.items() if what in waiting and m.id not in named]
    labels = dict.fromkeys(named, "ticked") | {m.id: "pending" for m in pending}
    keys = [
        [ctx.key(labels.get(m.id, "unticked"), "readers", group.id, str(m.id), option=called[m.id])] for m in members
    ]
    for hours in urgent.HOURS if named else ():
        name = ctx.services.voice.label(f"safety.hours.{hours}")
        state = "ticked" if hours == group.settings.reading else "unticked"
        keys.append([ctx.key(state, "readinghours", group.id, hours, option=name)])
    facts = {"count": len(named), "pending": [m.name for m in pending], "said": bool(group.settings.reading)}
    await ctx.reply(actor, "safety.readers", facts, [*keys, _back(ctx, group)])


async def _tick(ctx: Context, actor: Actor, chosen: Member, *, sure: bool) -> Group | None:
    """Name a reader, or no longer; return the group, or None if it waits already for another's yes.

    `sure`: the other says yes, or whoever asked, after a day.
    """
    group, what = actor.group, f"{second_approval.READER}:{chosen.id}"
    named = group.settings.readers
    if chosen.id in named:  # confirmed twice, if they are `sure`
        return group if sure else await _name(ctx, actor, tuple(one for one in named if one != chosen.id))
    nothing_to_read = not await ctx.work.incidents.count_logged(group.id, date.min)
    if nothing_to_read or (sure and await second_approval.allow(ctx, actor, what)):
        return await _name(ctx, actor, (*named, chosen.id))
    if sure:
        return group
    waits = await second_approval.request(ctx, group, what)
    return None if waits else await second_approval.ask(ctx, actor, what)


async def choose_hours(ctx: Context, actor: Actor, action: Action) -> None:
    """Say in which hours somebody reads what is urgent; tapped again, that nothing is said."""
    settings = actor.group.settings
    if action.arg in urgent.HOURS:
        hours = "" if action.arg == settings.reading else action.arg
        group = await ctx.work.groups.update(actor.group.id, settings=replace(settings, reading=hours))
        await choose_readers(ctx, replace(actor, group=group), Action("readers", group.id))


async def _name(ctx: Context, actor: Actor, named: tuple[int, ...]) -> Group:
    """Set the readers; it is noted in the access log, and the others are told."""
    group = await ctx.work.groups.get(actor.group.id)
    no_more = [one for one in await incident_readers.of(ctx, group) if one.id not in named]
    group = await ctx.work.groups.update(group.id, settings=replace(group.settings, readers=named))
    if named:
        await incident_readers.named_again(ctx, group)
    await unread.read_by_others(ctx, group, *no_more)
    await ctx.work.access_log.add(group.id, actor.member.id, "readers")
    await second_approval.tell(ctx, group, actor.member, ticked=True)
    return group


async def remind_readers(ctx: Context, actor: Actor, _action: Action) -> None:
    """Remind the readers of incidents that nobody has read."""
    told = await unread.remind(ctx, actor.group)
    ctx.toast("readers_reminded", incident_readers.told_of(told, actor.member), alert=True)


async def access_log(ctx: Context, actor: Actor, action: Action) -> None:
    """Show who has read what and when, newest first; never the content."""
    number = int(action.arg or 0)
    lines, total = await ctx.work.access_log.lines(actor.group.id, offset=number * PAGE, limit=PAGE)
    members = {m.id: m.name for m in await ctx.work.members.of_group(actor.group.id, include_left=True)}
    shown = []
    for line in lines:
        incident = await ctx.work.incidents.lookup(line.incident_id) if line.incident_id else None
        shown.append(
            {
                "at": line.at.astimezone(ctx.services.zone),
                "day_only": line.member_id is None,  # its hour is not kept
                "who": members.get(line.member_id or 0),
                "what": ctx.services.voice.label(f"access.{line.what}"),
                "receipt": incident.receipt if incident else None,
            }
        )
    turn = page_of(total, number, PAGE).keys(ctx, "accesslog", actor.group.id)
    head = None if number else await ctx.work.access_log.head(actor.group.id)
    facts = {
        "lines": shown,
        "whole": await ctx.work.access_log.is_whole(actor.group.id),
        "head": str(head) if head else None,
    }
    await ctx.reply(actor, "safety.access_log", facts, [turn, _back(ctx, actor.group)])


# -- keeping -----------------------------------------------------------------------------------------------------------
async def keeping(ctx: Context, actor: Actor, action: Action) -> None:
    """Show how long everything is kept, or one rule with what can be changed."""
    name, _, choice = action.arg.partition(":")
    if name not in retention.rules(ctx):
        await _all_rules(ctx, actor, actor.group)
    elif choice.isdecimal() and int(choice) in retention.CHOICES:
        await _all_rules(ctx, actor, await _set_time(ctx, actor, name, int(choice)))
    elif choice == "off":
        context = MessageContext(want="put_off", group=actor.group.id, about=AboutName(name))
        hint = ctx.services.voice.label("reason_hint")
        facts = {"what": retention.called(ctx, name), "months": retention.PUT_OFF}
        await ctx.tell(actor, "safety.put_off", facts, context=context, write_for=hint)
    else:
        await _rule(ctx, actor, name)


async def _all_rules(ctx: Context, actor: Actor, group: Group) -> None:
    rules = await retention.upcoming(ctx, group)
    await open_items.seen(ctx, actor.member, KEEPING, f"keeping:{group.id}")
    keys = [[Key(rule.what, Action("keeping", group.id, 0, rule.name))] for rule in rules]
    await ctx.reply(actor, "safety.keeping", {"rules": [rule.facts for rule in rules]}, [*keys, _back(ctx, group)])


async def _rule(ctx: Context, actor: Actor, name: str) -> None:
    group = actor.group
    (rule,) = (rule for rule in await retention.upcoming(ctx, group) if rule.name == name)
    choices = [
        ctx.key("months", "keeping", group.id, f"{name}:{months}", months=months) for months in retention.CHOICES
    ]
    keys = [choices[:3], choices[3:], [ctx.key("put_off", "keeping", group.id, f"{name}:off")]]
    await ctx.reply(actor, "safety.rule", rule.facts, [*keys, [ctx.key("back", "keeping", group.id)]])


async def _set_time(ctx: Context, actor: Actor, name: str, months: int) -> Group:
    """Change how long something is kept. A shorter time begins in a month, as others must know before anything goes."""
    group, before = actor.group, retention.months(actor.group, name, retention.rules(ctx)[name])
    if months == before:
        return group
    keeping = group.settings.keeping
    keeping = replace(keeping, months={**keeping.months, name: months})
    held, soonest = retention.held(group, name), ctx.today + retention.WARNING
    if months < before and (held is None or held.until < soonest):
        hold = PutOff(soonest, ctx.services.voice.label("shortened"), actor.member.id, ctx.today)
        keeping = replace(keeping, put_off={**keeping.put_off, name: hold})
    group = await ctx.work.groups.settle(group, keeping)
    await ctx.work.access_log.add(group.id, actor.member.id, "keeping")
    await second_approval.tell(ctx, group, actor.member)
    return group


async def put_off(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Put off a removal for some months, for a written reason."""
    reason, group = clean(text), actor.group
    name = context.the(AboutName).name
    if unfit(reason) or name not in retention.rules(ctx):
        await ctx.to_person(actor.person.id, "notice", {"text": ctx.services.voice.label("trouble.empty")})
        return
    hold = PutOff(add_months(ctx.today, retention.PUT_OFF), reason[:500], actor.member.id, ctx.today)
    held = {**group.settings.keeping.put_off, name: hold}
    group = await ctx.work.groups.settle(group, replace(group.settings.keeping, put_off=held))
    facts = {"what": retention.called(ctx, name), "until": hold.until}
    await ctx.tell(actor, "safety.was_put_off", facts, [_back(ctx, group)])


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, safety=page, accesslog=access_log, remindreaders=remind_readers),
    *buttons(Rank.RESPONSIBLE, About.GROUP, readers=choose_readers, readinghours=choose_hours, keeping=keeping),
    *texts(Rank.RESPONSIBLE, WORDS, put_off=put_off),
)
