"""The members of a group: who is here and how they can be reached, and the way in for those who are not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, asked_anew, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import counted, row_links
from bot.features.network import access_requests, memberships
from bot.features.process.status import make_up, status
from flows.enums import ExerciseRole, Field
from messages.voice import TemplateFacts
from storage.records.records import Group, Member, Person, is_own_number


async def roster(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """Show the members, how they can be reached, and what the group's make-up lacks."""
    group = actor.group
    if actor.member.role != "core" and not actor.in_group:
        await _roster_for_network(ctx, actor)
        return
    members = await ctx.work.members.of_group(group.id)
    active = [m for m in members if m.state == "active"]
    told = not actor.in_group and rank_of(actor.member, group) >= Rank.COORDINATOR
    standing = group.settings.standing.stand_ins
    by = await counted.let_in_by(ctx, group)
    people = [
        {
            **await _entry(ctx, member, told=told),
            "stands_in": member.id in standing,
            "by": by.get(member.person_id, ""),
        }
        for member in members
    ]
    facts = {"town": group.title, "people": people, **await _network(ctx, group), "gaps": make_up(ctx, active)}
    outside = await ctx.work.members.active(group.id, roles=("process_leader",))
    facts["leaders"] = [m.name for m in outside if m.id not in group.settings.deciders]
    facts["deciders"] = [m.name for m in outside if m.id in group.settings.deciders]
    if actor.in_group:
        await ctx.to_group(group, "roster", facts)
        return
    keys = await _keys(ctx, actor, active, network=bool(facts["network"]))
    await ctx.tell(actor, "roster", facts, keys or [[ctx.key("what_waits", "answers", group.id)]])


async def _keys(ctx: Context, actor: Actor, active: Sequence[Member], *, network: bool) -> list[list[Key]]:
    """Return the buttons of those who lead, by which people come and go, and change what they do."""
    group, rank, keys = actor.group, rank_of(actor.member, actor.group), list[list[Key]]()
    if rank >= Rank.COORDINATOR:
        keys = [
            [ctx.key("leaders", "leaders", group.id), ctx.key("deciders", "deciders", group.id)],
            [ctx.key("relink", "relink", group.id)],
        ]
    if rank >= Rank.RESPONSIBLE:
        keys = [
            [ctx.key("share", "people", group.id), ctx.key("substitute", "substitute", group.id)],
            [ctx.key("handover", "swap", group.id), ctx.key("move", "moveto", group.id)],
            *keys,
        ]
        for member in active if ctx.services.page_url else ():
            link = ctx.key("way_in_for", "swapped", group.id, str(member.id), name=member.name)
            keys.append(when(await memberships.signed_out(ctx, member), link))
        keys.append(when(network, ctx.key("network.seats", "seats", group.id)))
    return keys


async def _network(ctx: Context, group: Group) -> TemplateFacts:
    """Return who is in the network by organisation, and how many: names, and not how they can be reached.

    Who has said yes and does not use the bot is in it, too.
    """
    there = {one.id: one.name for one in await ctx.work.members.organisations(group.id)}
    by: dict[str, list[TemplateFacts]] = {}
    for member in await ctx.work.members.active(group.id, roles=("network",)):
        one = {"name": member.name, "away": await _away_until(ctx, member), "by_hand": False}
        by.setdefault(there.get(member.organisation_id or 0, ""), []).append(one)
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    titles = await row_links.row_names(ctx, group, guests)
    for row in await access_requests.in_network(ctx, group):
        where = titles.get((guests.told(row.values, Field.ORGANISATION) or {}).get("id", 0))
        one = {"name": guests.told(row.values, Field.NAME), "away": None, "by_hand": True}
        by.setdefault(where.title if where else "", []).append(one)
    network = [{"organisation": name, "people": by[name]} for name in sorted(by, key=lambda name: (not name, name))]
    return {"network": network, "network_size": sum(map(len, by.values()))}


async def _roster_for_network(ctx: Context, actor: Actor) -> None:
    """Show the network the members: names and organisations, and who coordinates."""
    there = {one.id: one.name for one in await ctx.work.members.organisations(actor.group.id)}
    core = [
        {"name": m.name, "organisation": there.get(m.organisation_id or 0), "coordinator": m.coordinator}
        for m in await ctx.work.members.active(actor.group.id)
    ]
    facts = {"town": actor.group.title, "people": core, **await _network(ctx, actor.group)}
    keys = [[ctx.key("network.hand_over", "myseat", actor.group.id)]]
    await ctx.tell(actor, "roster_network", facts, keys)


async def _entry(ctx: Context, member: Member, *, told: bool) -> TemplateFacts:
    """Return a line about a member. `told`: with where they read, which coordinators must know."""
    person = await ctx.work.people.get(member.person_id)
    muted = (await ctx.work.notification_preferences.of(person.id)).muted.split()
    reach = person.reach
    organisation = await ctx.work.members.organisation(member.organisation_id) if member.organisation_id else None
    return {
        "name": member.name,
        "organisation": organisation.name if organisation else None,
        "coordinator": member.coordinator,
        "promise": asked_anew(member),
        "state": "blocked" if reach == "blocked" else "in" if member.state == "active" else "not_started",
        "away": await _away_until(ctx, member),
        "stopped": person.stopped,
        "ways": await _ways(ctx, person) if told else [],
        "muted": [ctx.services.voice.label(f"kind.{kind}") for kind in muted],
    }


async def _away_until(ctx: Context, member: Member) -> date | None:
    """Return the last day of the absence that goes on today; None for somebody who is there."""
    absences = await ctx.work.absences.of_person(member.person_id, ctx.today)
    return next((a.last for a in absences if a.first <= ctx.today), None)


async def _ways(ctx: Context, person: Person) -> list[str]:
    """Return where somebody reads their messages, if this bot has more than one way."""
    if not ctx.services.page_url:
        return []
    address = await ctx.work.mail_addresses.of_person(person.id)
    telegram, page = not is_own_number(person.user_id), bool(await ctx.work.sign_ins.of_person(person.id))
    ways = {
        "telegram": telegram,
        "page": page,
        "signed_out": not (telegram or page),
        "mail": address is not None and address.state == "confirmed",
        "no_mail": address is not None and address.state == "refused",
    }
    return [ctx.services.voice.label(f"reached.{way}") for way, open_ in ways.items() if open_]


async def new_link(ctx: Context, actor: Actor, _action: Action) -> None:
    """Revoke the join link; the new one is in the status message."""
    settings = replace(actor.group.settings, link=actor.group.settings.link + 1)
    await status(ctx, await ctx.work.groups.update(actor.group.id, settings=settings))
    ctx.toast("relinked", alert=True)


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, relink=new_link),)
