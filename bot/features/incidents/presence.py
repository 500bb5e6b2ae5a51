"""Whether a reader still is in the group's chat: looked up when incidents are opened, as some leave in silence.

An answer of the last day counts. Where the channel refuses or is silent, the last clear yes does for a week; then
another who coordinates says that they are there. Readers who are not in the chat are confirmed so each quarter.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.permissions import About, Role, is_reader
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.reminders.open_items import coordinators
from storage.records import Group, Member, private_chat

WHAT: Final = "reader"  # what the call was for
SEEN: Final = "seen"  # the group's setting: by member, when there last was a clear yes
ASKED: Final = "presence_asked"  # likewise: when the coordinators were last asked
FRESH: Final = timedelta(hours=24)
WEEK: Final = timedelta(days=7)
QUARTER: Final = timedelta(days=92)


async def is_here(ctx: Context, actor: Actor, action: Action) -> bool:
    """True if a reader can open it now. Else it is looked up first, and opened when the answer has come."""
    group, member = actor.group, actor.member
    if not is_reader(member, group):
        return True  # it is refused where it is read
    if member.role != "core":
        return await may_go_by(ctx, group, member, QUARTER)
    if _within(ctx, group, member, SEEN, FRESH):
        return True
    reply = {"what": WHAT, "group": group.id, "member": member.id, "message": ctx.tapped}
    reply |= {"verb": action.verb, "arg": action.arg}
    about = group.id
    await ctx.ask_member(private_chat(actor.person.id), member.user_id, reply, about=about)
    ctx.toast("looking_up")
    return False


async def may_go_by(ctx: Context, group: Group, member: Member, most: timedelta = WEEK) -> bool:
    """Whether the last clear yes still does. Else whoever else coordinates is asked, once a day."""
    if _within(ctx, group, member, SEEN, most):
        return True
    others = [one for one in await coordinators(ctx, group) if one.id != member.id]
    await ctx.to_person(member.person_id, "presence.unclear", {"others": bool(others)}, about=group.id)
    if not _within(ctx, group, member, ASKED, FRESH):
        await _note(ctx, group, member, ASKED)
        keys = [[ctx.key("presence.yes", "stillhere", group.id, str(member.id), name=member.name)]]
        facts = {"name": member.name, "town": group.title, "outside": member.role != "core"}
        for other in others:
            await ctx.to_person(other.person_id, "presence.ask", facts, keys, about=group.id)
    return False


async def seen(ctx: Context, group: Group, member: Member) -> Group:
    """There was a clear yes."""
    return await _note(ctx, group, member, SEEN)


async def confirm(ctx: Context, actor: Actor, action: Action) -> None:
    """Whoever coordinates says that a reader is there. Nobody says it of themselves."""
    member = await ctx.work.members.lookup(int(action.arg or 0))
    if member is None or member.id == actor.member.id or not is_reader(member, actor.group):
        ctx.toast("old_button")
        return
    await seen(ctx, actor.group, member)
    await ctx.work.access_log.add(actor.group.id, actor.member.id, "present")
    await ctx.reply(actor, "presence.confirmed", {"name": member.name})
    keys = [[ctx.key("open_it", "incs", actor.group.id)]]
    await ctx.to_person(member.person_id, "presence.welcome", {}, keys, about=actor.group.id)


def _within(ctx: Context, group: Group, member: Member, setting: str, most: timedelta) -> bool:
    at = group.settings.get(setting, {}).get(str(member.id))
    return at is not None and ctx.now - datetime.fromisoformat(at) < most


async def _note(ctx: Context, group: Group, member: Member, setting: str) -> Group:
    group = await ctx.work.groups.get(group.id)
    times = {**group.settings.get(setting, {}), str(member.id): ctx.now.isoformat()}
    return await ctx.work.groups.update(group.id, settings={**group.settings, setting: times})


ROUTES: Routes = (*buttons(Role.COORDINATOR, About.GROUP, stillhere=confirm),)
