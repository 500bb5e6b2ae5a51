"""Deep links that somebody follows into the private chat: to join a group, to take part in something, to log."""

from bot.assembly.routing import BUTTONS, INVITATIONS
from bot.channel.updates import Written
from bot.context import invitations, permissions
from bot.context.context import Actor, Context
from bot.context.permissions import Rank, rank_of
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.documents import archive
from bot.features.home import exercise_buttons
from bot.features.incidents import report
from bot.features.members import activation, handover, joining, moving
from bot.features.network import memberships
from bot.features.outsiders import event_link
from bot.features.process import about
from bot.features.registers import lines_to_rows, printed_card, registers
from storage.records.records import Person


async def follow(ctx: Context, person: Person, said: Written, action: Action) -> None:
    """Follow a link. What follows the start command is the link's own word; `action` is what it was sealed from."""
    match action.verb:
        case activation.VERB | moving.VERB:
            await ctx.to_person(person.id, "start.code_here")
        case moving.UNDO:
            await moving.followed(ctx, person, action)
        case activation.CONSENT:
            await archive.operator_consents(ctx, person, said.arguments)
        case activation.WAY_BACK:
            await handover.way_back(ctx, person, said.arguments)
        case invitations.VERB:
            await _invited(ctx, person, said)
        case "join":
            await joining.follow_join(ctx, person, action, said.sender)
        case event_link.VERB:
            await event_link.follow(ctx, person, action, said.sender)
        case printed_card.VERB:
            await ctx.to_person(person.id, f"card.{await printed_card.state(ctx, action)}")
        case "log":
            await _log(ctx, person, action.run)
        case _:
            await _to_exercise(ctx, person, action)


async def _to_exercise(ctx: Context, person: Person, action: Action) -> None:
    """Follow a link to a round of an exercise: to its guide, to rows made of what was answered, or to a question."""
    actor = await exercise_buttons.actor_in(ctx, person, action.run)
    if actor is None or rank_of(actor.member, actor.group) < Rank.MEMBER:
        await memberships.refuse(ctx, person, "start.not_yours")
    elif action.verb == "feed":
        await lines_to_rows.tapped(ctx, actor, action)
    elif action.verb == "about":
        await about.about(ctx, actor, action)
    else:
        await registers.answer_or_list(ctx, actor, runner.load(ctx, await ctx.work.runs.get(action.run)), action.arg)


async def _log(ctx: Context, person: Person, group_id: int) -> None:
    """Follow the group's link for logging an incident."""
    group = await ctx.work.groups.lookup(group_id)
    member = await ctx.work.members.find(group_id, person.user_id) if group else None
    if (
        group is None
        or member is None
        or group.state != "active"
        or not permissions.may(BUTTONS["log"].needs, member, group)
    ):
        await memberships.refuse(ctx, person, "start.not_yours", group)
        return
    await report.begin(ctx, Actor(person, group, member))


async def _invited(ctx: Context, person: Person, said: Written) -> None:
    """Follow a link for somebody outside of the group, if it is still valid."""
    link = await ctx.work.links.find(said.arguments)
    if link is None or link.state in ("expired", "revoked"):
        await ctx.to_person(person.id, "link.expired")
    elif link.state == "used":
        await ctx.to_person(person.id, "link.used")
    else:
        await INVITATIONS[link.purpose].handler(ctx, person, link, said.sender)
