"""The decision maker (P.5): somebody who decides for their organisation, with a seat in step 0.

They see the way, as a process leader does and with the same role, and never an answer. They are asked in private for
consent to what the group decides in 0.6; that is all they do. The group's settings tell them from process leaders.
"""

from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.approvals import consent
from bot.features.process import process_leaders
from bot.features.process.looking_on import DECIDERS


async def accept(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let a decision maker in: the coordinators are told, and an open consent is put to them too."""
    demand(actor.member.id in actor.group.settings.deciders and actor.member.state == "invited")
    member = await DECIDERS.let_in(ctx, actor)
    await process_leaders.show_map(ctx, replace(actor, member=member), edit=ctx.tapped)
    await consent.also_ask(ctx, actor.group, member)


ROUTES: Routes = (*DECIDERS.routes, *buttons(Rank.INVITED, About.GROUP, deciding=accept))
