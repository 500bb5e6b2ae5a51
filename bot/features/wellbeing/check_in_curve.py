"""Past check-ins (P.7): how everyone has been, in bands, for the core group, and how often they are asked."""

from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.wellbeing.check_ins import plan, to_contact, weeks_of
from bot.views.shared_buttons import picture_key
from flows.figures.wellbeing import FEWEST, band
from messages.voice import TemplateFacts

RHYTHMS = (2, 3, 4, 6, 0)  # weeks between two rounds; 0: not at all
SHOWN = 12  # rounds


async def show(ctx: Context, actor: Actor, _from: Action | str = "") -> None:
    """Show past rounds, those with at least four answers. For the core group; others can ask for contact."""
    if actor.member.role != "core" and not actor.in_group:
        await ctx.reply(actor, "check_in.network", {"town": actor.group.title}, to_contact(ctx, actor.group))
        return
    doubted = bool(actor.group.settings.counting.doubt)
    every = await ctx.work.check_ins.of_group(actor.group.id)
    rounds = [r for r in every if r.until < ctx.today and not doubted]
    bands: list[TemplateFacts] = []
    words: list[str] = []
    for check_in in rounds[-SHOWN:]:
        scores, words = await ctx.work.check_ins.answers(check_in)
        bands.append({"on": check_in.opened, "band": band(scores)})
    facts = {"bands": bands, "words": words if len(words) >= FEWEST else [], "weeks": weeks_of(actor.group)}
    facts["doubted"] = doubted
    if actor.in_group:
        await ctx.to_group(actor.group, "check_in.rounds", facts)
        return
    keys = to_contact(ctx, actor.group)
    if actor.member.coordinator:
        keys.append(
            [
                ctx.key("check_in.weeks", "rhythm", actor.group.id, str(weeks), weeks=weeks)
                for weeks in RHYTHMS
                if weeks != weeks_of(actor.group)
            ]
        )
    keys.append([picture_key(ctx, "checkins", actor.group.id)])
    await ctx.reply(actor, "check_in.rounds", facts, keys)


async def rhythm(ctx: Context, actor: Actor, action: Action) -> None:
    """Change the rhythm, counted from the latest round."""
    demand(action.arg.isdecimal() and int(action.arg) in RHYTHMS)
    group = await ctx.work.groups.settle(actor.group, replace(actor.group.settings.times, check_in=int(action.arg)))
    await plan(ctx, group, ctx.today)
    await show(ctx, Actor(actor.person, group, actor.member))


ROUTES: Routes = buttons(Rank.COORDINATOR, About.GROUP, rhythm=rhythm)
