"""How a board looks: what lies on it, who has voted, and its buttons."""

from bot.context.context import Context
from bot.context.message import Key, when
from bot.context.sealed_actions import Action
from bot.exercises.unnamed_notes import DONE, VOTING, in_common, notes_of
from bot.views.names import cut
from bot.views.shared_buttons import Page, paged
from flows import board
from flows.board import Board
from flows.run.state import Run
from messages.voice import TemplateFacts
from storage.json_records import JsonObject
from storage.records.records import Group

ANYWAY, WAIT = "a", "w"  # the result before all have voted: shown all the same, or not yet


PAGE, ROW = 20, 5  # clusters to a page, number buttons to a row
NOTE, REST = 120, 3  # characters of a note on the board, and notes shown of a cluster

State = JsonObject


def board_of(state: State) -> Board:
    """Return the board of the question at hand."""
    return board.from_json(state["boards"][state["order"][state["at"]]])


async def turnout(ctx: Context, group: Group, run: Run, state: State) -> tuple[int, int]:
    """Return how many have set a dot, and how many may."""
    members = {member.id for member in await ctx.work.members.active(group.id, roles=run.exercise.who)}
    return len(members & {member for member, mine in board_of(state).dots.items() if mine}), len(members)


async def as_it_lies(ctx: Context, group: Group, run: Run, state: State) -> tuple[TemplateFacts, list[list[Key]]]:
    """Return the board as it lies now, with its buttons."""
    laid = board_of(state)
    (shown, page), said = paged(laid.clusters, state["page"], PAGE), await _said(ctx, run, state)
    voted, voters = await turnout(ctx, group, run, state)
    members, picks = await ctx.work.members.active(group.id, roles=run.exercise.who), state["picks"]
    facts: TemplateFacts = {
        "title": ctx.services.voice.title_of(run.exercise.id),
        "town": None,
        "question": _question(ctx, run, state),
        "phase": state["phase"],
        "clusters": [_cluster(c, said, picked=c.id in state["picks"].values()) for c in shown],
        "page": page.number + 1,
        "pages": page.pages,
        "picks": [{"name": m.name, "cluster": picks[str(m.id)]} for m in members if str(m.id) in picks],
        "dots": sum(len(mine) for mine in laid.dots.values()),
        "most": board.DOTS * voters,
        "asking": state["phase"] == VOTING and state.get("asking", False),
        "voted": voted,
        "voters": voters,
    }
    return facts, _keys(ctx, run, state, page)


def _question(ctx: Context, run: Run, state: State) -> str:
    return ctx.services.voice.exercise(run.exercise.id)[f"question.{state['order'][state['at']]}.short"]


async def _said(ctx: Context, run: Run, state: State) -> list[tuple[str, str]]:
    """Return the notes to the board's question, with the small group of each."""
    return (await notes_of(ctx, run.exercise, run.number)).get(state["order"][state["at"]], [])


def _cluster(cluster: board.Cluster, said: list[tuple[str, str]], *, picked: bool) -> TemplateFacts:
    notes = board.said_once(cut(note, NOTE) for note in cluster.notes)
    return {
        "id": cluster.id,
        "name": cluster.name,
        "notes": notes[:REST],
        "more": len(notes[REST:]),
        "picked": picked,
        "common": in_common(cluster, said),
    }


def _keys(ctx: Context, run: Run, state: State, page: Page) -> list[list[Key]]:
    if state["phase"] == DONE:
        return []
    number, layout, laid, picked = run.number, state["layout"], board_of(state), set(state["picks"].values())
    voting = state["phase"] == VOTING
    verb, ask = ("bdot", 0) if voting else ("bpick", layout)
    buttons = [
        Key(f"• {c.id} •" if c.id in picked else str(c.id), Action(verb, number, ask, str(c.id)))
        for c in laid.clusters[page.number * PAGE :][:PAGE]
    ]
    rows = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    if picked:
        several = any(c.id in picked and len(c.notes) > 1 for c in laid.clusters)
        apart = when(several, ctx.key("board_apart", "bapart", number, ask=layout))
        rows.append([ctx.key("board_name", "bname", number, ask=layout), *apart])
    rows.append(page.keys(ctx, "bpage", number, ask=layout))
    rows.append(when(voting, ctx.key("board_back", "bdot", number)))
    if voting and state.get("asking"):
        anyway = ctx.key("reveal_anyway", "bnext", number, ANYWAY, ask=layout)
        return [*rows, [anyway, ctx.key("reveal_wait", "bnext", number, WAIT, ask=layout)]]
    onward = ("board_result", "bnext") if voting else ("board_vote", "bvote")
    rows.append([ctx.key(*onward, number, ask=layout)])
    return rows


async def result(ctx: Context, run: Run, state: State) -> TemplateFacts:
    """Return the result of the vote."""
    laid, said = board_of(state), await _said(ctx, run, state)
    return {
        "title": ctx.services.voice.title_of(run.exercise.id),
        "question": _question(ctx, run, state),
        "clusters": [{**_cluster(c, said, picked=False), "dots": laid.count(c.id)} for c in board.ranked(laid)],
    }
