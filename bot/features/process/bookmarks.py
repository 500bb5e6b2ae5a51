"""Bookmarks: answers that the group marks as worth remembering (1.5), and that later exercises recall, without names.

It is one message in the group, edited at each tap. An answer of several lines is one bookmark.
"""

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.earlier_results import KEPT
from bot.views.names import cut
from bot.views.shared_buttons import paged
from flows.answers import whole
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import Afterwards
from flows.run.state import Phase, Run
from storage.json_records import JsonObject

ON, OFF = "on", "off"
PAGE = 8  # answers to a page, a button each
LINE = 50  # characters of an answer on a button


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the answers, mark or unmark one ("3:on", as a double tap must not undo itself), or turn a page ("p1")."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    demand(
        run.exercise.afterwards is Afterwards.BOOKMARKS and run.phase in (Phase.REVEALED, Phase.CONCLUDED), "unfit.over"
    )
    state = await _state(ctx, actor, run)
    place, _, wanted = action.arg.partition(":")
    chosen, page = whole(place), whole(action.arg[1:]) if action.arg[:1] == "p" else None
    if chosen is not None and chosen < len(state["said"]):
        demand(wanted in (ON, OFF))  # from before buttons named the state they want
        demand((chosen in state["kept"]) is not (wanted == ON), "already_so")
        kept = {*state["kept"], chosen} if wanted == ON else set(state["kept"]) - {chosen}
        state = {**state, "kept": sorted(kept)}
        page = chosen // PAGE
    await ctx.work.activity_states.keep(actor.group.id, KEPT, str(run.number), state)
    await _show(ctx, actor, run, state, page or 0)


async def _state(ctx: Context, actor: Actor, run: Run) -> JsonObject:
    """Return the answers in the order in which they were first shown, new ones last, and which are marked."""
    state = await ctx.work.activity_states.state(actor.group.id, KEPT, str(run.number)) or {"said": [], "kept": []}
    answers = await ctx.work.answers.for_group(run.number)
    given = [str(a.value) for a in answers if a.question != CONCLUSION]
    fresh = [text for text in dict.fromkeys(given) if text not in state["said"]]
    return {"said": [*state["said"], *fresh], "kept": list(state["kept"])}


async def _show(ctx: Context, actor: Actor, run: Run, state: JsonObject, page: int) -> None:
    label, said = ctx.services.voice.label, state["said"]
    shown, at = paged(list(enumerate(said)), page, PAGE)
    keys = []
    for place, text in shown:
        mark, wanted = ("ticked", OFF) if place in state["kept"] else ("unticked", ON)
        action = Action("keepsaid", run.number, 0, f"{place}:{wanted}")
        keys.append([Key(label(mark, {"option": cut(text, LINE)}), action)])
    facts = {
        "title": ctx.services.voice.title_of(run.exercise.id),
        "kept": [cut(said[place]) for place in state["kept"]],
    }
    slot = f"kept:{run.number}"
    await ctx.to_group(
        actor.group, "kept", facts, [*keys, at.keys(ctx, "keepsaid", run.number, "p{}")], slot=slot, living=True
    )


ROUTES: Routes = (*buttons(Rank.MEMBER, About.RUN, keepsaid=tapped),)
