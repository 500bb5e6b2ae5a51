"""Results, question by question, to talk about: in the group one message to page through, in private a page."""

from bot.channel.limits import TEXT
from bot.context.context import Actor, Context
from bot.context.cut import size
from bot.context.message import Key, Message
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.process import navigation
from bot.views.results import lines_of, of_question, talk_slot
from flows.answers import whole
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import How
from flows.run.state import Phase


async def turn_to(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the question at this place, with buttons to the one before and the next.

    Where the answers are no longer shown, as they are given anew, whoever looks in private comes to them.
    """
    record = await ctx.work.runs.get(action.run)
    run, place = runner.load(ctx, record), required(whole(action.arg))
    own = run.exercise.how not in (How.EACH, How.ORG) or actor.member.role not in run.exercise.who
    shown = record.phase in (Phase.REVEALED, Phase.CONCLUDED)
    demand(not own and (shown or not actor.in_group))
    if not shown:
        await navigation.view(ctx, actor, Action("view", arg=run.exercise.id))
        return
    answers = await ctx.work.answers.for_group(run.number)
    if not answers and not actor.in_group:
        answers = await ctx.work.answers.visible(run.number, actor.member)
    present = await runner.present_of(ctx, actor.group, run.exercise)
    picture = present.picture(run, [answer for answer in answers if answer.question != CONCLUSION])
    demand(place < len(lines_of(picture)))
    if not actor.in_group:
        picture = {**picture, "town": await ctx.town_for(actor.person.id, actor.group)}
    body, keys = of_question(ctx.services.voice, picture, place), _keys(ctx, run.number, place, len(lines_of(picture)))
    if actor.in_group:
        again, slot = action.ask > 0 and size(body) <= TEXT, talk_slot(run)  # else it is sent again
        await ctx.tell_group(actor.group, Message(body, keys, slot=slot, living=again, thread=actor.group.thread_id))
    else:
        edit = ctx.tapped if action.ask else None
        await ctx.tell_person(actor.person.id, Message(body, keys, about=actor.group.id, edit=edit))


def _keys(ctx: Context, run: int, place: int, of: int) -> list[list[Key]]:
    turns = [ctx.key("question_before", "result", run, str(place - 1), ask=1)] * (place > 0)
    turns += [ctx.key("question_after", "result", run, str(place + 1), ask=1)] * (place + 1 < of)
    return [turns] if turns else []


ROUTES: Routes = (*buttons(Rank.NETWORK, About.RUN, result=turn_to),)
