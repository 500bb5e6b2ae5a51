"""Seats from outside (P.5): those who see the way of a town and never an answer – process leaders and decision makers.

Both are invited, come in and are removed alike; the group's settings tell decision makers from process leaders.
"""

from dataclasses import dataclass, replace
from typing import Final

from bot.ballots.box import voter
from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.events import SeatChanged
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.reminders import next_message, open_items
from bot.views.shared_buttons import copy_key
from flows.ballots import Went
from storage.records.links import Link
from storage.records.records import Group, Member, Person, SeatState

ROLE: Final = "process_leader"
SURE: Final = "yes"  # after a member in a button, once it is confirmed


@dataclass(frozen=True, slots=True)
class SeatOutside:
    """A kind of seat: its `name` is the purpose of its link, and begins its words and its buttons."""

    name: str
    verb: str  # of the button by which they accept
    decides: bool = False
    asked: bool = False  # the group can ask them something
    code: bool = False  # their link is shown as a picture, too

    @property
    def routes(self) -> Routes:
        """What a link with this purpose does, and the coordinator's buttons."""
        verbs = {"s": self.show, "in": self.invite, "stop": self.stop, "out": self.end}
        keys = {self.name + ending: does for ending, does in verbs.items()}
        return (Invitation(self.name, self.follow), *buttons(Rank.COORDINATOR, About.GROUP, **keys))

    async def of_group(self, ctx: Context, group: Group) -> list[Member]:
        """Return those of a group who have such a seat."""
        there = await ctx.work.members.active(group.id, roles=(ROLE,))
        return [member for member in there if (member.id in group.settings.deciders) is self.decides]

    # -- the coordinator's side ----------------------------------------------------------------------------------------
    async def show(self, ctx: Context, actor: Actor, _action: Action) -> None:
        """Show them, with buttons to invite and remove them."""
        group, label = actor.group, ctx.services.voice.label
        there = await self.of_group(ctx, group)
        ends = [
            [Key(label(f"{self.name}.end", {"name": m.name}), Action(f"{self.name}out", group.id, 0, str(m.id)))]
            for m in there
        ]
        ask = when(self.asked and there, ctx.key("leader.ask", "guide", group.id))
        keys = [ask, [ctx.key(f"{self.name}.invite", f"{self.name}in", group.id)], *ends]
        await ctx.reply(actor, f"{self.name}.list", {"names": [member.name for member in there]}, keys)

    async def invite(self, ctx: Context, actor: Actor, action: Action) -> None:
        """Show the link; with "new" another one instead of it."""
        wanted = invitations.make if action.arg == "new" else invitations.given_or_made
        link = await wanted(ctx, actor.group, self.name, "")
        await open_items.given_away(ctx, actor.group, actor.member, self.name, "")
        facts = {"url": link.url, "until": link.until, "town": actor.group.title}
        keys = [
            [copy_key(ctx, link.url)],
            [ctx.key("outside.new", f"{self.name}in", actor.group.id, "new")],
            [ctx.key("outside.stop", f"{self.name}stop", actor.group.id)],
        ]
        await ctx.tell(actor, f"{self.name}.link", facts, keys)
        if self.code:
            caption = ctx.services.voice.label(f"{self.name}.caption")
            await invitations.show_code(ctx, actor.person, actor.group, link.url, caption)

    async def stop(self, ctx: Context, actor: Actor, action: Action) -> None:
        """Revoke the link."""
        await ctx.work.links.revoke(actor.group.id, self.name)
        ctx.toast("link_stopped")
        await self.show(ctx, actor, action)

    async def end(self, ctx: Context, actor: Actor, action: Action) -> None:
        """End somebody's seat, once that is confirmed: they see nothing of the group any more, nothing waits for them,
        and they are told so. What they have answered stays."""
        group, (number, _, sure) = actor.group, action.arg.partition(":")
        member = await ctx.work.members.lookup(int(number))
        if member is None or member.group_id != group.id or member.role != ROLE or member.state == "left":
            await self.show(ctx, actor, action)
            return
        told, decider = await next_message.hears(ctx, member.person_id), member.id in group.settings.deciders
        facts = {"town": group.title, "decider": decider}
        if sure != SURE:
            yes = ctx.key("leader.end_sure", f"{self.name}out", group.id, f"{member.id}:{SURE}")
            no = ctx.key("back", f"{self.name}s", group.id)
            asked = {**facts, "name": member.name, "told": told}
            await ctx.reply(actor, "leader.end", asked, [[yes], [no]], context=context_of(yes, no, final=True))
            return
        await ctx.work.members.update(member.id, state=SeatState.LEFT, left_at=ctx.now)
        ctx.events.append(SeatChanged(group.id, Went(voter(member.id))))
        await ctx.work.prompts.end_all(member.person_id, group.id)
        await open_items.forget(ctx, member)
        if told:
            await ctx.to_member(member, "leader.ended_you", facts, [[ctx.key("home.mine", "mine", group.id)]])
        await self.show(ctx, actor, action)

    # -- their own side ------------------------------------------------------------------------------------------------
    async def follow(self, ctx: Context, person: Person, link: Link, sender: Sender) -> None:
        """Show somebody who follows the link what they would see and be asked, with a button to accept."""
        assert link.group_id is not None
        group = await ctx.work.groups.get(link.group_id)
        member = await ctx.work.members.find(group.id, sender.user_id)
        if group.state != "active" or _taken(member):
            await ctx.to_person(person.id, f"{self.name}.yours" if group.state == "active" else "link.expired")
            return
        member = member or await ctx.work.members.add(group.id, person.id, ROLE)
        await ctx.work.members.update(member.id, role=ROLE, state=SeatState.INVITED, name=sender.name, left_at=None)
        await ctx.work.links.use(link.id)
        others = tuple(id for id in group.settings.deciders if id != member.id)  # of the other kind before, or none
        deciders = (*others, member.id) if self.decides else others
        await ctx.work.groups.update(group.id, settings=replace(group.settings, deciders=deciders))
        keys = [[ctx.key("leader.yes", self.verb, group.id)], [ctx.key("decline", "decline", group.id)]]
        await ctx.to_person(person.id, f"{self.name}.hello", {"town": group.title}, keys, about=group.id)

    async def let_in(self, ctx: Context, actor: Actor) -> Member:
        """Let somebody in who accepts, and tell the coordinators."""
        member = await ctx.work.members.update(actor.member.id, state=SeatState.ACTIVE)
        await ctx.work.people.update(actor.person.id, current_group=actor.group.id)
        for coordinator in await open_items.coordinators(ctx, actor.group):
            facts = {"name": member.name, "town": actor.group.title}
            await ctx.to_member(coordinator, f"{self.name}.came", facts)
        return member


def _taken(member: Member | None) -> bool:
    """True for somebody with a seat in the group, which no link from outside changes; a mere invitation gives none."""
    return member is not None and member.state != "left" and not (member.role == ROLE and member.state == "invited")


LEADERS: Final = SeatOutside("leader", "leading", asked=True, code=True)
DECIDERS: Final = SeatOutside("decider", "deciding", decides=True)
