"""Past rounds: the results of an exercise, round by round, also months later.

It shows only what storage says the reader may see, and in the private chat: in the group a long look back would push
away what it is doing now.
"""

from collections.abc import Sequence

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.earlier_results import board_lines
from bot.exercises.shared_answers import conclusion_in
from bot.views.exercise import ExerciseView
from bot.views.results import result
from bot.views.shared_buttons import result_keys
from flows.definitions.model import Exercise
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import How
from flows.run.state import Phase, Run
from messages.structure.blocks import Body
from storage.records.records import Answer
from storage.records.runs import Run as Record

OVER = (Phase.REVEALED, Phase.CONCLUDED)


async def rounds_over(ctx: Context, group_id: int, exercise: Exercise) -> list[Record]:
    """Return the rounds whose answers have been shown, the oldest first; a register has none."""
    if exercise.register is not None:
        return []
    every = [record for record in await ctx.work.runs.of_exercise(group_id, exercise.id) if record.phase in OVER]
    if exercise.how is How.GROUP or exercise.unseen:
        return every
    return [record for record in every if runner.load(ctx, record).shown]


async def look_back_keys(ctx: Context, actor: Actor, exercise: Exercise) -> list[list[Key]]:
    """Return the button to the latest past round, if there is one."""
    rounds = [] if actor.in_group else await rounds_over(ctx, actor.group.id, exercise)
    return [[ctx.key("look_back", "lookback", rounds[-1].id)]] if rounds else []


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a round's answers and conclusion, with buttons to the rounds before and after."""
    record = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    exercise = run.exercise
    rounds = await rounds_over(ctx, actor.group.id, exercise)
    place = next((n for n, one in enumerate(rounds) if one.id == record.id), None)
    if place is None or actor.member.role not in exercise.who:
        opened = record.phase == Phase.OPEN and actor.member.role in exercise.who
        ctx.toast("look_back_open" if opened else "old_button")
        return
    present = await runner.present_of(ctx, actor.group, exercise)
    answers = await _readable(ctx, actor, record)
    said = [answer for answer in answers if answer.question != CONCLUSION]
    shared = exercise.how is How.GROUP
    picture, leads_to = (None, None) if shared or not said else _picture(ctx, present, run, said)
    facts = {
        "title": present.words["title"],
        "n": place + 1,
        "of": len(rounds),
        "on": record.changed_at.astimezone(ctx.services.zone).date(),
        "lines": present.lines(run, said, whole=True) if shared else [],
        "picture": picture,
        "board": await board_lines(ctx, record) or [],
        "conclusion": conclusion_in(answers),
        "empty": not answers,
    }
    turn = [ctx.key("round_before", "lookback", rounds[place - 1].id)] if place else []
    turn += [ctx.key("round_after", "lookback", rounds[place + 1].id)] if place + 1 < len(rounds) else []
    back = [Key(ctx.services.voice.label("about"), Action("view", actor.group.id, 0, exercise.id))]
    await ctx.tell(actor, "look_back", facts, [*result_keys(ctx, run, leads_to), turn, back])


async def _readable(ctx: Context, actor: Actor, record: Record) -> Sequence[Answer]:
    """Return what the group may see of a round; of answers for coordinators alone, what this coordinator may see."""
    answers = await ctx.work.answers.for_group(record.id)
    if answers or not actor.member.coordinator:
        return answers
    return await ctx.work.answers.visible(record.id, actor.member)


def _picture(ctx: Context, present: ExerciseView, run: Run, said: Sequence[Answer]) -> tuple[Body, int | None]:
    """Return the picture that was shown when all had answered; and at which question one goes on."""
    return result(ctx.services.voice, {**present.picture(run, said), "discuss": None})


ROUTES: Routes = (*buttons(Rank.NETWORK, About.RUN, lookback=show),)
