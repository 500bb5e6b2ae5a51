"""Pairs who meet over cards (1.1), and turns to present (1.2): a message each, edited at every turn.

It works in a room and at a distance: the message says who meets whom, and the two find each other as they like.
"""

from bot.context.context import Actor, Context
from bot.context.message import when
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.process.session_keys import SESSION
from bot.features.process.status import status
from flows import pairing
from flows.enums import Afterwards, ExerciseRole
from flows.run.events import Concluded
from flows.run.state import Phase, Run
from storage.json_records import JsonObject
from storage.records.records import Group

PAIRS, TURNS = "pairs", "turns"
AGAIN = "again"  # of the button that deals anew


# -- two and two -------------------------------------------------------------------------------------------------------
async def pair_up(ctx: Context, actor: Actor, action: Action) -> None:
    """Deal a card to each and begin the first round, or show the present one; after the last round, deal again."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    demand(run.exercise.deals and run.phase in (Phase.OPEN, Phase.CONCLUDED), "unfit.over")
    state = await ctx.work.activity_states.state(actor.group.id, PAIRS, str(run.number))
    again = state.get("again", 0) + 1 if state and action.arg == AGAIN and _over(state) else None
    people = await _those_there(ctx, actor.group, run)
    joined = state is not None and state["round"] == 0 and state["people"] != people  # before anybody has swapped
    if state is None or again is not None or joined:
        demand(len(people) >= 2, "alone", alert=True)
        cards, before = await _deck(ctx, actor.group, run), (again or 0) * len(people)
        cards = [*cards[before % len(cards) :], *cards[: before % len(cards)]]  # other cards than last time
        hands = {str(person): cards[place % len(cards)] for place, person in enumerate(people)}
        state = {"people": people, "hands": hands, "round": 0, "again": again or 0}
        await ctx.work.activity_states.keep(actor.group.id, PAIRS, str(run.number), state)
    await _show_pairs(ctx, actor.group, run, state, anew=True)


async def _those_there(ctx: Context, group: Group, run: Run) -> list[int]:
    """Return who takes part; in a session who has said to be there or, if few have, who has not said no."""
    people = [seat.member for seat in run.seats.values() if seat.awaited]
    session = await ctx.work.activity_states.state(group.id, SESSION) or {}
    there = [person for person in people if person in session.get("there", [])]
    return there if len(there) > 1 else [person for person in people if person not in session.get("elsewhere", [])]


def _pairs(run: Run, state: JsonObject) -> list[pairing.Pair]:
    """Return this round's pairs; whoever should have met somebody who has left rests."""
    pairs = [] if _over(state) else pairing.rounds(state["people"])[state["round"]]
    return [pair for pair in pairs if all(run.seats[person].awaited for person in pair)]


async def _deck(ctx: Context, group: Group, run: Run) -> list[str]:
    """Return the cards: the group's own first, then those that ship with the program; each time another is on top."""
    register = ctx.services.process.with_role(ExerciseRole.CARDS)
    assert register.register is not None  # the loader demands it
    rows = await ctx.work.rows.all(group.id, register.id)
    own = [str(row.values[register.register.title]) for row in rows]
    others = [card.text for card in ctx.services.voice.exercise(register.id).examples(register.register.title)]
    top = run.number % len(others)
    return [*own, *others[top:], *others[:top]]


async def next_round(ctx: Context, actor: Actor, action: Action) -> None:
    """Begin the next round: the pairs swap their cards, and everyone meets somebody new."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    state = required(await ctx.work.activity_states.state(actor.group.id, PAIRS, str(run.number)))
    demand(action.ask == state["round"])
    hands = pairing.swap({int(person): card for person, card in state["hands"].items()}, _pairs(run, state))
    state = {**state, "hands": {str(person): card for person, card in hands.items()}, "round": state["round"] + 1}
    await ctx.work.activity_states.keep(actor.group.id, PAIRS, str(run.number), state)
    await _show_pairs(ctx, actor.group, run, state)
    if _over(state) and run.phase is Phase.OPEN and not run.handed_in():  # all have met, which completes the exercise
        record = await ctx.work.runs.get(run.number)
        await runner.apply(ctx, actor.group, record, Concluded({}, anyway=True), by=actor.member, in_group=True)
        await status(ctx, await ctx.work.groups.get(actor.group.id))


def _over(state: JsonObject) -> bool:
    """True if everybody has met everybody."""
    return bool(state["round"] >= len(pairing.rounds(state["people"])))


async def _show_pairs(ctx: Context, group: Group, run: Run, state: JsonObject, *, anew: bool = False) -> None:
    rounds, scene, at = pairing.rounds(state["people"]), await runner.scene_of(ctx, group), state["round"]
    over, hands, pairs = at >= len(rounds), state["hands"], _pairs(run, state)
    apart = {person for pair in pairs for person in pair} | {p for p in state["people"] if not run.seats[p].awaited}
    facts = {
        "round": at + 1,
        "rounds": len(rounds),
        "over": over,
        "pairs": [[{"name": scene.member(p), "card": hands[str(p)]} for p in pair] for pair in pairs],
        "rests": [] if over else [scene.member(p) for p in state["people"] if p not in apart],
        "others": at == 0 and any(seat.awaited and seat.member not in state["people"] for seat in run.seats.values()),
        "written": len(run.handed_in()) if over and run.phase is Phase.OPEN else 0,
    }
    keys = [[ctx.key("pairs_next", "pairs_next", run.number, ask=at)]]
    if over:
        keys = [[ctx.key("pairs_again", "pairs", run.number, AGAIN)]]
        keys.append(when(facts["written"], ctx.key("reveal", "reveal", run.number)))
    await ctx.to_group(group, "together.pairs", facts, keys, slot=f"pairs:{run.number}", living=not anew)


# -- presenting --------------------------------------------------------------------------------------------------------
async def present(ctx: Context, actor: Actor, action: Action) -> None:
    """Deal turns to present: organisations take turns, and it is not always the same one that begins."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    demand(run.exercise.afterwards is Afterwards.TURNS and run.phase in (Phase.REVEALED, Phase.CONCLUDED), "unfit.over")
    state = await ctx.work.activity_states.state(actor.group.id, TURNS, str(run.number))
    if state is None:
        by_organisation: dict[int, list[int]] = {}
        for seat in run.seats.values():
            if seat.awaited:
                by_organisation.setdefault(seat.organisation or -seat.member, []).append(seat.member)
        order = pairing.turns(by_organisation)
        first = run.number % len(order)
        state = {"order": [*order[first:], *order[:first]], "at": 0}
        await ctx.work.activity_states.keep(actor.group.id, TURNS, str(run.number), state)
    await _show_turns(ctx, actor.group, run, state, anew=True)


async def next_turn(ctx: Context, actor: Actor, action: Action) -> None:
    """Give the turn to the next one."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    state = required(await ctx.work.activity_states.state(actor.group.id, TURNS, str(run.number)))
    demand(action.ask == state["at"])
    state = {**state, "at": state["at"] + 1}
    await ctx.work.activity_states.keep(actor.group.id, TURNS, str(run.number), state)
    await _show_turns(ctx, actor.group, run, state)


async def _show_turns(ctx: Context, group: Group, run: Run, state: JsonObject, *, anew: bool = False) -> None:
    scene, at = await runner.scene_of(ctx, group), state["at"]
    people = []
    for member_id in state["order"]:
        member = scene.members.get(member_id)
        organisation = member.organisation_id if member else None
        named = scene.organisation(organisation) if organisation else None
        people.append({"name": scene.member(member_id), "organisation": named})
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "people": people, "at": at}
    keys = [[ctx.key("turn_next", "turn_next", run.number, ask=at)]] if at < len(people) else []
    await ctx.to_group(group, "together.turns", facts, keys, slot=f"turns:{run.number}", living=not anew)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.RUN, pairs=pair_up, pairs_next=next_round, present=present, turn_next=next_turn),
)
