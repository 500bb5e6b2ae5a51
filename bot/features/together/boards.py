"""The board (1.3, 6.2): notes without names that a group puts together by tapping, names, and votes on.

It is one message in the group, with one question at a time, edited at each tap and never sent again; only the results
are new messages, which stay. What somebody has picked is theirs (`picks`: member → cluster), so that several put notes
together at once. A button carries the number of the layout that it was shown with, so that nobody's tap means a pile
that has changed since.
"""

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import WORDS, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.unnamed_notes import BOARD, DONE, GROUPING, VOTING, boards_laid, notes_of
from bot.features.together.board_view import ANYWAY, NOTE, WAIT, State, as_it_lies, board_of, result, turnout
from bot.reminders.next_message import hearing, spoken
from bot.views.names import cut
from bot.views.shared_buttons import pen_keys
from flows import board
from flows.answers import clean, unfit, whole
from flows.board import Board
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutCluster, MessageContext
from storage.records.records import Group

NETWORK = "network"
ONWARD = ("bvote", "bnext")  # from putting together to voting, and on to the result
OF_PICKED = ("bname", "bapart")  # what is done to the cluster that the actor has picked
NAME = 60  # characters of a cluster's name


async def open_board(ctx: Context, actor: Actor, action: Action) -> None:
    """Lay the notes on the board, or show the board as it is, with new notes added."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    demand(run.exercise.board and run.phase in (Phase.REVEALED, Phase.CONCLUDED), "unfit.over")
    found = await notes_of(ctx, run.exercise, run.number)
    notes = {question: [note for note, _ in said] for question, said in found.items()}
    demand(notes, "unfit.spoken" if run.spoken else "unfit.not_yet")
    state = await _state(ctx, actor.group, run)
    if state is None:
        boards = {question: board.to_json(board.lay(said)) for question, said in notes.items()}
        state = {"boards": boards, "order": list(boards), "at": 0, "phase": GROUPING}
        state |= {"picks": {}, "page": 0, "layout": 1}
    for question, said in notes.items():
        state["boards"][question] = board.to_json(board.add(board.from_json(state["boards"][question]), said))
    await _keep(ctx, actor.group, run, state)
    await _show(ctx, actor.group, run, state, anew=True)
    if not actor.in_group:
        ctx.toast("see_group")


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the boards that lie in a group's chat where this person is not, though they take part."""
    found = list[OpenThing]()
    for number in await boards_laid(ctx, actor.group) if actor.member.role == NETWORK else ():
        run = runner.load(ctx, await ctx.work.runs.get(number))
        if run.phase is Phase.REVEALED and actor.member.id in run.seats:
            title = ctx.services.voice.title_of(run.exercise.id)
            found.append(
                OpenThing(Kind.BOARD, {"title": title}, (ctx.key("board_own_of", "bopen", number, title=title),))
            )
    return found


async def _state(ctx: Context, group: Group, run: Run) -> State | None:
    found = await ctx.work.activity_states.state(group.id, BOARD, str(run.number))
    return {"picks": {}, **found, "boards": dict(found["boards"])} if found else None


async def _keep(ctx: Context, group: Group, run: Run, state: State) -> None:
    await ctx.work.activity_states.keep(group.id, BOARD, str(run.number), state)


def _put(state: State, laid: Board) -> None:
    state["boards"][state["order"][state["at"]]] = board.to_json(laid)
    state["picks"] = {member: number for member, number in state["picks"].items() if laid.cluster(number)}


def _picked(state: State, actor: Actor) -> int:
    """Return the cluster that the actor has picked, 0 for none."""
    return int(state["picks"].get(str(actor.member.id), 0))


def _pick(state: State, actor: Actor, number: int) -> None:
    """Let the actor have this cluster picked, 0 for none."""
    state["picks"] = {**state["picks"], str(actor.member.id): number}
    _let_go(state, 0)


def _let_go(state: State, cluster: int) -> None:
    """Take a cluster from all who have picked it."""
    state["picks"] = {member: number for member, number in state["picks"].items() if number != cluster}


# -- taps --------------------------------------------------------------------------------------------------------------
async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Handle a button of the board."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    state = required(await _state(ctx, actor.group, run))
    demand(state["phase"] != DONE and (actor.in_group or actor.member.role == NETWORK))
    if action.verb == "bdot" and state["phase"] == VOTING:
        _vote(ctx, actor, state, action.arg)
    elif action.ask != state["layout"]:
        ctx.toast("board.moved")
    elif action.verb in ONWARD:
        await _go_on(ctx, actor, run, state, action.arg)
    elif action.verb in OF_PICKED and not _picked(state, actor):
        ctx.toast("board.pick_first")
    elif action.verb == "bname":
        await _ask_name(ctx, actor, run, state)
    else:
        _arrange(state, actor, action)
    await _keep(ctx, actor.group, run, state)
    await _show(ctx, actor.group, run, state)
    if not actor.in_group and action.verb != "bname":
        await _reply(ctx, actor, run, state)


async def open_own(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the same board in the private chat of somebody who is not in the group's chat."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    state = required(await _state(ctx, actor.group, run), "board.not_laid", alert=True)
    demand(not actor.in_group, "board.not_laid", alert=True)
    demand(state["phase"] != DONE, "unfit.over")
    await ctx.tell(actor, "board.lay", *await _in_private(ctx, actor, run, state))


async def _reply(ctx: Context, actor: Actor, run: Run, state: State) -> None:
    await ctx.reply(actor, "board.lay", *await _in_private(ctx, actor, run, state))


def _arrange(state: State, actor: Actor, action: Action) -> None:
    """Pick a cluster, lay another on it, take one apart, turn the page."""
    laid, number, picked = board_of(state), whole(action.arg) or 0, _picked(state, actor)
    match action.verb:
        case "bpick" if picked in (0, number):
            _pick(state, actor, 0 if picked or not laid.cluster(number) else number)
            return  # nothing has moved: the others' buttons still hold
        case "bpick":
            _put(state, board.merge(laid, picked, number))
        case "bapart":
            _put(state, board.take_apart(laid, picked))
            _let_go(state, picked)
        case "bpage":
            state["page"] = number
    state["layout"] += 1


def _vote(ctx: Context, actor: Actor, state: State, arg: str) -> None:
    before, number, me = board_of(state), whole(arg), actor.member.id
    after = board.take_dots_back(before, me) if number is None else board.dot(before, me, number)
    spent = number is not None and after == before
    ctx.toast("board.spent" if spent else "board.left", {"left": after.left(me)}, alert=spent)
    _put(state, after)


async def _go_on(ctx: Context, actor: Actor, run: Run, state: State, arg: str) -> None:
    """Go on from putting together to voting, to the result and the next question, and at last to the agreement.

    Before all have voted it is asked whether the result is to be shown; afterwards it can be voted on again.
    """
    state |= {"picks": {}, "page": 0, "layout": state["layout"] + 1}
    if state["phase"] == GROUPING:
        state["phase"] = VOTING
        await _call_network(ctx, actor.group, run, state)
        return
    voted, voters = await turnout(ctx, actor.group, run, state)
    state["asking"] = arg != WAIT and arg != ANYWAY and voted < voters
    if state["asking"] or arg == WAIT:
        return
    again = [[ctx.key("board_again", "bagain", run.number, str(state["at"]))]]
    await ctx.to_group(actor.group, "board.result", await result(ctx, run, state), again)
    last = state["at"] + 1 == len(state["order"])
    state |= {"phase": DONE} if last else {"phase": GROUPING, "at": state["at"] + 1}
    if last:
        words = ctx.services.voice.exercise(run.exercise.id)
        facts = {"title": words["title"], "conclusion": words.get("conclusion")}
        await ctx.to_group(actor.group, "board.done", facts, pen_keys(ctx, run))


async def _call_network(ctx: Context, group: Group, run: Run, state: State) -> None:
    """Tell the network, once, that votes are being cast: the board is in the group's chat, where they are not."""
    if state.get("called"):
        return
    state["called"] = True
    facts = {"title": ctx.services.voice.title_of(run.exercise.id)}
    for member in await hearing(ctx, await ctx.work.members.active(group.id, roles=(NETWORK,))):
        if member.id in run.seats:
            keys = [[ctx.key("board_own", "bopen", run.number)]]
            told = {**facts, "town": await ctx.town_for(member.person_id, group)}
            await ctx.to_member(member, "board.voting", told, keys)
            await spoken(ctx, member.person_id)


async def vote_again(ctx: Context, actor: Actor, action: Action) -> None:
    """Open the vote of the question whose result was shown last; the dots are as they were."""
    run, place = runner.load(ctx, await ctx.work.runs.get(action.run)), whole(action.arg)
    state, place = required(await _state(ctx, actor.group, run)), required(place)
    latest = state["at"] if state["phase"] == DONE else state["at"] - 1
    demand(place == latest)
    state |= {"at": place, "phase": VOTING, "asking": False, "picks": {}, "page": 0, "layout": state["layout"] + 1}
    await _keep(ctx, actor.group, run, state)
    await _show(ctx, actor.group, run, state, anew=True)


async def _ask_name(ctx: Context, actor: Actor, run: Run, state: State) -> None:
    cluster = board_of(state).cluster(_picked(state, actor))
    if cluster is None:
        return
    about = AboutCluster(state["order"][state["at"]], cluster.id)
    context = MessageContext(run.number, want="board_name", group=actor.group.id, about=about)
    notes = board.said_once(cut(note, NOTE) for note in cluster.notes)
    facts = {"name": actor.member.name, "user_id": actor.member.user_id, "notes": notes}
    if not actor.in_group:
        await ctx.tell(actor, "board.name", facts, context=context)
        return
    await ctx.to_group(
        actor.group,
        "board.name",
        facts,
        context=context,
        write_for=ctx.services.voice.label("board_name_hint"),
        reply_to=actor.message_id,
    )


async def take_name(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a cluster's name."""
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    state, name = await _state(ctx, actor.group, run), " ".join(clean(text).split())[:NAME]
    if state is None or unfit(name) or state["phase"] == DONE:
        return
    about = context.the(AboutCluster)
    laid = board.from_json(state["boards"][about.question])
    state["boards"][about.question] = board.to_json(board.name(laid, about.cluster, name))
    _let_go(state, about.cluster)
    state["layout"] += 1
    await _keep(ctx, actor.group, run, state)
    await _show(ctx, actor.group, run, state)
    if actor.member.role == NETWORK:
        await _reply(ctx, actor, run, state)


# -- showing -----------------------------------------------------------------------------------------------------------
async def _show(ctx: Context, group: Group, run: Run, state: State, *, anew: bool = False) -> None:
    """Show the board in the group. `anew`: as a new message, as the old one is far up in the chat."""
    facts, keys = await as_it_lies(ctx, group, run, state)
    await ctx.to_group(group, "board.lay", facts, keys, slot=f"board:{run.number}", living=not anew)


async def _in_private(ctx: Context, actor: Actor, run: Run, state: State) -> tuple[TemplateFacts, list[list[Key]]]:
    facts, keys = await as_it_lies(ctx, actor.group, run, state)
    return {**facts, "town": await ctx.town_for(actor.person.id, actor.group)}, keys


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.RUN, board=open_board, bagain=vote_again),
    *buttons(Rank.COORDINATOR, About.RUN, **dict.fromkeys(ONWARD, tapped)),
    *buttons(Rank.NETWORK, About.RUN, bopen=open_own),
    *buttons(Rank.NETWORK, About.RUN, **dict.fromkeys(("bpick", "bapart", "bname", "bpage", "bdot"), tapped)),
    *texts(Rank.NETWORK, WORDS, board_name=take_name),
)
