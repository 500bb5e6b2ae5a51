"""Carries out the engine's effects of a turn, in order, in one transaction.

`save_answers` keeps answers, `send_messages` sends messages (worded by `message_facts` and, to the group,
`group_views`), `group_card` refreshes the group's card and picture. What they share of the turn is in
`turn_context`. What concerns more than the run is raised as an event.
"""

from bot.context.events import ExerciseConcluded, ExerciseReopened, SetAside
from bot.exercises import group_card, save_answers, save_rows, send_messages
from bot.exercises.turn_context import TurnContext
from bot.reminders.run_deadlines import start_timer
from flows.enums import How
from flows.run.effects import (
    Admit,
    Amend,
    AskBack,
    Closed,
    Comment,
    Effect,
    Empty,
    Erase,
    FormTaken,
    HandIn,
    Keep,
    KeepItem,
    KeepRow,
    KeepRows,
    OpenStep,
    RefuseIdentity,
    Reinstate,
    Say,
    Show,
    StartTimer,
    TakeBack,
    Toast,
    Unsay,
)
from flows.run.state import Phase, Run


async def apply_effect(turn: TurnContext, effect: Effect) -> None:
    """Carry out one effect."""
    match effect:
        case Keep() | Comment() | TakeBack() | Reinstate() | Admit() | Erase() | Unsay() | Empty():
            await save_answers.on_sheet(turn, effect)
        case HandIn(owner):
            await save_answers.hand_in(turn, owner)
            await send_messages.tell_team(turn, owner)
        case AskBack():
            await group_card.ask_back(turn, effect)
        case KeepRow() | KeepRows() | KeepItem():
            await save_rows.in_list(turn, effect)
        case Toast():
            await send_messages.toast(turn, effect)
        case RefuseIdentity(member, kinds):
            await send_messages.refused(turn, member, kinds)
        case Say():
            await send_messages.message(turn, effect)
        case Closed():
            turn.ctx.events.append(ExerciseConcluded(turn.group.id, turn.run.number, _left_out(turn.before)))
        case Amend() if turn.ctx.dirty_runs is not None and turn.before.phase is turn.run.phase is Phase.OPEN:
            # see runner.refresh
            turn.ctx.dirty_runs.add(turn.run.number)
        case Amend():
            await group_card.card(turn)
        case Show(to):
            await (group_card.picture if to == "group" else group_card.picture_to_coordinators)(turn)
        case OpenStep(step):
            await turn.open_steps(turn.steps | {step})
        case FormTaken(troubles):
            turn.ctx.troubles.update(troubles)
        case StartTimer(minutes=minutes):
            await _start_timer(turn, minutes)


def _left_out(run: Run) -> tuple[int, ...]:
    """Return the members who had answered something alone, or for their organisation, and not handed it in."""
    alone = run.exercise.how in (How.EACH, How.ORG) and not run.exercise.unseen
    return tuple(run.members_of(*run.begun())) if alone else ()


async def undo(turn: TurnContext) -> None:
    """Take back what else the undone step of the coordinator had changed."""
    if turn.before.phase is Phase.CONCLUDED:
        turn.ctx.events.append(ExerciseReopened(turn.group.id, turn.run.number))
    if turn.run.phase is Phase.ASIDE:
        turn.ctx.events.append(SetAside(turn.group.id, turn.run.number))
    if turn.run.phase is not Phase.OPEN:
        return
    outcome = turn.run.exercise.outcome
    if turn.before.phase is Phase.REVEALED:
        await group_card.retract_picture(turn, "run.hidden")
    if turn.before.phase is Phase.CONCLUDED and outcome is not None:
        await turn.open_steps(turn.steps - {outcome.opens})


async def _start_timer(turn: TurnContext, minutes: int) -> None:
    await start_timer(turn.ctx, turn.group, turn.run.number, minutes)
    facts = {"title": turn.present.words["title"], "minutes": minutes}
    await turn.ctx.to_group(turn.group, "run.timer_begun", facts)
