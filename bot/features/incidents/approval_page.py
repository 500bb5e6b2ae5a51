"""The page of those who watch: what was requested and done lately, with buttons to stop what waits, or approve it."""

from collections.abc import Mapping

from bot.context import abuse_limits
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, May, Rank, is_reader, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.incidents.second_approval import ARCHIVE, ERASURE, FORGET, READER, Request, facts, requests, stop
from messages.voice import TemplateFacts
from storage.records.records import Group, Member

SHOWN = 5  # lines about what was done lately
# The entries of the access log about requests; its readings are not shown here.
TOLD = frozenset(
    {
        *("objected", "consented"),
        *("archive_asked", "erasure_asked", "reader_asked", "forget_asked", "confirmed", "stopped"),
        *("export", "readers", "keeping", "forgotten"),
    }
)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show coordinators and readers what was requested and done lately, with buttons to stop what waits."""
    group = actor.group
    if action.arg:
        group = await stop(ctx, actor, action.arg)
    ctx.services.limits.forget(abuse_limits.TICKED, actor.member.id)
    waiting, keys = await requests(ctx, group), list[list[Key]]()
    members = {m.id: m.name for m in await ctx.work.members.of_group(group.id, include_left=True, roles=None)}
    for one in waiting:
        about = _about(ctx, one, members, actor.member)
        row = [ctx.key("stop_it", "guard", group.id, one.what, what=about["short"])]
        if rank_of(actor.member, group) >= Rank.RESPONSIBLE and one.ready(ctx, actor.member):
            row.insert(0, Key(ctx.services.voice.label("confirm_it", {"what": about["short"]}), _doing(group, one)))
        keys.append(row)
    lines, _ = await ctx.work.access_log.lines(group.id, limit=100)
    done = [line for line in lines if line.what in TOLD][:SHOWN]
    reads = is_reader(actor.member, group)
    shown = {
        "town": group.title,
        "reads": reads,
        "asked": [
            {**_about(ctx, one, members, actor.member), **await facts(ctx, actor, group, one.what)} for one in waiting
        ],
        "done": [
            {
                "at": line.at.astimezone(ctx.services.zone),
                "day_only": line.member_id is None,  # its hour is not kept
                "who": members.get(line.member_id or 0),
                "what": ctx.services.voice.label(f"access.{line.what}"),
            }
            for line in done
        ],
    }
    keys.append(when(reads, ctx.key("read_incidents", "incs", group.id)))
    keys.append(when(actor.member.coordinator, ctx.key("back", "safety", group.id)))
    await ctx.reply(actor, "safety.guard", shown, keys)


def _about(ctx: Context, one: Request, members: Mapping[int, str], to: Member) -> TemplateFacts:
    """Return a request in words, as this member reads them."""
    kind, _, id = one.what.partition(":")
    whom = int(id) if id else 0
    name = {"name": members.get(whom, ""), "own": whom == one.by.id, "you": whom == to.id}
    label = ctx.services.voice.label
    return {"what": label(f"asked.{kind}", name), "short": label(f"asked.{kind}_short", name)}


def _doing(group: Group, one: Request) -> Action:
    kind, _, id = one.what.partition(":")
    verbs = {ARCHIVE: "export", ERASURE: "erase", FORGET: "former", READER: "readers"}
    return Action(verbs[kind], group.id, 0, f"yes:{id}" if id else "yes")


ROUTES: Routes = (*buttons(May.WATCH, About.GROUP, guard=show),)
