"""A tap on a button: what it carries is opened, looked up among the routes, and led to the feature that handles it."""

from bot.context import permissions
from bot.context.callback_data import Action
from bot.context.context import Actor, CallbackAnswer, Context
from bot.context.permissions import About, Role, role_of
from bot.context.routes import Button, StrangerButton
from bot.dispatch.routing import BUTTONS
from bot.features.incidents import report
from bot.features.journey import navigation
from bot.features.members import membership
from bot.telegram.updates import CallbackQuery
from storage.records import Group, Member, Person

GO_ON = "open"  # the button that leads back into an exercise


async def tapped(ctx: Context, tap: CallbackQuery) -> None:
    """Handle a tap. Whatever comes of it, it is answered."""
    ctx.notices.append(CallbackAnswer(tap.query_id))
    if not tap.sender.known:
        return
    person = await ctx.work.people.by_user(tap.sender.user_id)
    group, scope = None, f"p{person.id}" if person else ""
    if not tap.chat.private:
        group = await ctx.work.groups.by_chat(tap.chat.id)
        scope = f"g{group.id}" if group else ""
    action = ctx.services.buttons.open(scope, tap.data)
    if action is None:
        ctx.toast("old_button")
        return
    if tap.chat.private and person is not None:
        ctx.tapped = tap.message_id
        person = await membership.reach(ctx, person, "reachable")
    await _act(ctx, person, action, tap, group)


async def _act(ctx: Context, person: Person | None, action: Action, tap: CallbackQuery, here: Group | None) -> None:
    """Find what the action is about, check that this person (in a group perhaps a stranger) may, and do it."""
    if action.verb == "answers" and not action.run and person is not None:  # about all of a person's groups
        await navigation.what_waits(ctx, person)
        return
    route = BUTTONS.get(action.verb)
    group = await _about(ctx, route, action, here) if route else None
    if route is None or group is None or group.state != "active":
        away = group is not None and person is not None and group in await navigation.shut(ctx, person)
        ctx.toast("out_of_group" if away else "old_button", alert=away)
        return
    member = await ctx.work.members.find(group.id, tap.sender.user_id)
    if not permissions.may(route.role, member, group):
        ctx.toast(_refusal(route.role, role_of(member, group)), alert=True)
    elif member is not None and not await _is_open_to(ctx, route, action, member):
        ctx.toast("not_yours", alert=True)
    elif isinstance(route, StrangerButton):
        await route.handler(ctx, group, tap.sender)
    elif member is not None and person is not None:
        actor = Actor(person, group, member, in_group=here is not None, message_id=tap.message_id)
        if action.verb == GO_ON and here is None and await report.overhears(ctx, action.run):
            await report.begin(ctx, actor)  # where to turn comes first there too
            return
        await route.handler(ctx, actor, action)


async def _about(ctx: Context, route: Button | StrangerButton, action: Action, here: Group | None) -> Group | None:
    """The group that an action is about. What belongs to another group than the chat's is as if it were not there."""
    if route.about is About.GROUP or (route.about is About.EITHER and not action.run):
        group_id = action.run or action.ask
        group = await ctx.work.groups.lookup(group_id) if group_id else here
    else:
        record = await ctx.work.runs.lookup(action.run)
        group = await ctx.work.groups.get(record.group_id) if record else None
    return group if here is None or group is None or group.id == here.id else None


async def _is_open_to(ctx: Context, route: Button | StrangerButton, action: Action, member: Member) -> bool:
    """Whether an exercise is for this one: the network meets those that are open to it, and nothing of the others."""
    if member.role != "network" or route.about is About.GROUP:
        return True
    record = await ctx.work.runs.lookup(action.run)
    if record is None:
        return False
    exercise = ctx.services.process.exercises[record.exercise]
    return exercise.private or member.role in exercise.who


def _refusal(needed: Role, role: Role) -> str:
    """Why someone may not: it is the coordinator's, or they are not in."""
    if needed in (Role.READER, Role.WATCHER) and role >= Role.NETWORK:
        return "readers_only"
    return "coordinators_only" if needed is Role.COORDINATOR and role is Role.MEMBER else "not_yours"
