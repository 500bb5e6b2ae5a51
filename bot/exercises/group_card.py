"""What the group sees of a run: its card in the chat, and the picture of the collected answers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.context.context import Context
from bot.context.message import Key, Message
from bot.context.row_events import RegisterNeeded
from bot.exercises import approved_texts, shared_answers
from bot.exercises.turn_context import TurnContext
from bot.reminders import open_items
from bot.reminders.next_message import hears, spoken
from bot.reminders.run_deadlines import thinking_ends
from bot.views.results import result, talk_slot
from bot.views.shared_buttons import about_key, approval_keys, open_key, pen_keys, result_keys, together_keys
from flows.dialogue.keyboards import CONCLUSION
from flows.engine.reveal import too_few
from flows.enums import Field, How
from flows.run.effects import AskBack
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Answer, group_chat

MORE_TIME = timedelta(days=7)  # days that are proposed if there was too little time to answer
PARTS = 20  # messages that a collected picture can take at most


# -- the card ----------------------------------------------------------------------------------------------------------
async def card(turn: TurnContext, asked: str = "", keys: list[list[Key]] | None = None) -> None:
    """Refresh the run's card in the group; `asked`: a question on it to whoever leads, until it changes."""
    ctx, run, present, exercise = turn.ctx, turn.run, turn.present, turn.run.exercise
    slot = f"card:{run.number}"
    if exercise.private or (exercise.always and await _is_blank(turn, slot)):
        return
    cannot = await open_items.cannot_answer(ctx, turn.group, run) if asked else ()
    progress: Mapping[str, Any] = present.progress(run, cannot)
    facts: dict[str, object] = {
        **present.outline(run),
        **progress,
        "phase": str(run.phase),
        "today": ctx.today,
        "asked": asked,
        "filled_in": run.filled_in,
        "spoken": run.spoken,
        "lines": [],
        "gaps": [],
        "rows": None,
        "verdict": None,
        "refused": [],
        "set_aside": [],
        "timer_ends": await thinking_ends(ctx, run),
    }
    if exercise.approves:
        facts |= await _approvals(turn, progress["done"])
    if exercise.how is How.GROUP:
        answers = await ctx.work.answers.for_group(run.number)
        facts["lines"] = present.by_item(run, answers) if exercise.for_each else present.lines(run, answers)
        facts["verdict"] = present.verdict_text(run, answers)
    if exercise.how is How.ROWS:
        rows = await ctx.work.rows.all(turn.group.id, exercise.id)
        facts |= {"rows": len(rows), "gaps": present.gaps(rows, ctx.today)}
    await ctx.to_group(
        turn.group,
        "run.card",
        facts,
        _card_keys(turn) if keys is None else keys,
        slot=slot,
        living=True,
        context=MessageContext(run=run.number),
    )


async def _approvals(turn: TurnContext, done: Sequence[str]) -> TemplateFacts:
    """Return who has said no, or was set aside; of those who have answered the others alone, as a tick reads as yes."""
    run, present, decision, against = turn.run, turn.present, turn.run.exercise.field(Field.DECISION), set[str]()
    for owner in run.handed_in():
        said, _, _ = await approved_texts.on_sheet(turn.ctx, run.number, run.exercise, owner)
        against |= {present.owner(run, owner)} if said != decision.options[0] else set()
    kept = await approved_texts.of(turn.ctx, turn.group, run.exercise)
    return {
        "refused": sorted(against),
        "done": [one for one in done if one not in against],
        "set_aside": [present.owner(run, owner) for owner in kept.aside],
    }


async def _is_blank(turn: TurnContext, slot: str) -> bool:
    """True while nothing has been written in what is always there: who only looks at it has told the group nothing."""
    if await turn.ctx.work.outbox.latest(group_chat(turn.group.id), slot) is not None:
        return False
    return not await shared_answers.holds_anything(turn.ctx, turn.group, turn.run)


async def ask_back(turn: TurnContext, asked: AskBack) -> None:
    """Ask whoever leads before their tap takes effect, in the message that they tapped."""
    ctx, run = turn.ctx, turn.run
    cannot = await open_items.cannot_answer(ctx, turn.group, run)
    facts = {
        **turn.present.outline(run),
        **turn.present.progress(run, cannot),
        "asked": asked.name,
    }
    keys = [
        [ctx.key(button.label, button.verb, run.number, button.arg) for button in row] for row in asked.keyboard
    ] or show_keys(ctx, run)
    if turn.in_group:
        shown = await ctx.work.outbox.latest(group_chat(turn.group.id), f"card:{run.number}", turn.group.id)
        if shown is None or shown.message_id != turn.under:  # they look at another message than the one that asks
            ctx.toast("asked_on_card", alert=True)
        await card(turn, asked.name, keys)
    elif turn.by is not None:
        await ctx.to_member(turn.by, "run.ask_back", facts, keys, edit=ctx.tapped)


def more_time_keys(ctx: Context, run: Run) -> list[Key]:
    """Return the buttons for another day to answer by."""
    later = max(run.answer_by or ctx.today, ctx.today) + MORE_TIME
    return [ctx.key("more_time", "move", run.number, later.isoformat()), ctx.key("day.other_date", "until", run.number)]


def show_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the button that shows the answers; the ways on instead, where too few have written without names."""
    if not too_few(run):
        return [[ctx.key("reveal", "reveal", run.number)]]
    nudge = [[ctx.key("nudge_silent", "nudge", run.number)]] if run.waiting_for() else []
    return [more_time_keys(ctx, run), *nudge, [ctx.key("speak", "speak", run.number)]]


def _card_keys(turn: TurnContext) -> list[list[Key]]:
    ctx, run = turn.ctx, turn.run
    how, number = run.exercise.how, run.number
    link, more = open_key(ctx, run.exercise, number, in_group=True), approval_keys(ctx, run)
    if run.exercise.deals and run.phase is Phase.OPEN:
        more = [[ctx.key("pairs", "pairs", number)]]
    if run.phase is Phase.ASIDE:
        return [[ctx.key("take_out", "resume", number)]]
    talks = run.spoken and run.phase is Phase.REVEALED
    undo, about = ctx.key(f"undo.{'spoken' if talks else run.phase}", "undo", number), about_key(ctx, run)
    match run.phase:
        case Phase.OPEN if run.exercise.always:
            return [[link, about], *more]
        case Phase.OPEN if run.exercise.unseen and how is How.EACH and not run.filled_in:
            return [[link, about], *more, [ctx.key("close", "close", number), undo]]
        case Phase.OPEN if too_few(run) and not run.waiting_for():
            return [[link, about], *show_keys(ctx, run), [undo]]
        case Phase.OPEN if how in (How.EACH, How.ORG) and not run.exercise.unseen:
            return [[link, about], *more, [ctx.key("reveal", "reveal", number), undo]]
        case Phase.OPEN if run.filled_in:
            return [[ctx.key("close", "close", number)], [link, about], *more, [undo]]
        case Phase.OPEN:
            return [[link, about], *more, [ctx.key("close", "close", number), undo]]
        case Phase.CONCLUDED if how is How.GROUP:
            return [*more, *together_keys(ctx, run), [about, undo]]
        case Phase.REVEALED | Phase.CONCLUDED:
            return [*more, [about, undo]]
    return []


# -- the picture -------------------------------------------------------------------------------------------------------
async def picture(turn: TurnContext) -> None:
    """Show the picture of the collected answers to the group, in the place of an earlier one."""
    ctx, run = turn.ctx, turn.run
    answers = [a for a in await ctx.work.answers.for_group(run.number) if a.question != CONCLUSION]
    if turn.before.phase is Phase.REVEALED:  # someone has answered late
        await retract_picture(turn, "run.renewed")
    shown = turn.present.picture(run, answers)
    body, leads_to = result(ctx.services.voice, shown)
    keys = [*result_keys(ctx, run, leads_to), *together_keys(ctx, run), *pen_keys(ctx, run)]
    await ctx.tell_group(turn.group, Message(body, keys, slot=f"picture:{run.number}", thread=turn.group.thread_id))
    if turn.before.phase is Phase.OPEN:
        await _picture_to_network(turn, shown)
    await _plan_weak_parts(turn, answers)


async def _picture_to_network(turn: TurnContext, shown: TemplateFacts) -> None:
    """Show the picture to each participant of the network who has answered, once, in private."""
    ctx, run = turn.ctx, turn.run
    answered = {owner for owner, sheet in run.sheets.items() if sheet.handed_in}
    for member in turn.scene.members.values():
        seated = member.role == "network" and member.state == "active" and member.id in run.seats
        if not seated or run.owner(member.id) not in answered or not await hears(ctx, member.person_id):
            continue
        town = await ctx.town_for(member.person_id, turn.group)
        body, leads_to = result(ctx.services.voice, {**shown, "town": town})
        board = [[ctx.key("board_own", "bopen", run.number)]] if run.exercise.board else []
        keys = [*result_keys(ctx, run, leads_to), *board]
        await ctx.tell_person(member.person_id, Message(body, keys, about=turn.group.id, patient=True))
        await spoken(ctx, member.person_id)


async def picture_to_coordinators(turn: TurnContext) -> None:
    """Show the picture to each coordinator in private, if the answers are for them."""
    for member in turn.scene.members.values():
        if member.coordinator and member.state == "active":
            answers = await turn.ctx.work.answers.visible(turn.run.number, member)
            town = await turn.ctx.town_for(member.person_id, turn.group)
            shown = {**turn.present.picture(turn.run, answers), "town": town}
            body, leads_to = result(turn.ctx.services.voice, shown)
            keys = result_keys(turn.ctx, turn.run, leads_to)
            await turn.ctx.tell_person(member.person_id, Message(body, keys, about=turn.group.id))


async def retract_picture(turn: TurnContext, name: str) -> None:
    """Delete all parts of a picture that is no longer true; the message `name` replaces it.

    Answers that were shown one by one are deleted as well.
    """
    for slot in (f"picture:{turn.run.number}", talk_slot(turn.run)):
        for part in (slot, *(f"{slot}#{number}" for number in range(PARTS))):
            shown = await turn.ctx.work.outbox.latest(group_chat(turn.group.id), part)
            if shown is None and part != slot:
                break
            if shown is not None and shown.message_id is not None:
                facts = {"title": turn.present.words["title"]}
                await turn.ctx.to_group(turn.group, name, facts, edit=shown.message_id, slot=part)


async def _plan_weak_parts(turn: TurnContext, answers: Sequence[Answer]) -> None:
    """Add a row for each weak part to the verdict's plan register, unless it is there, and begin the register."""
    ctx, group, verdict = turn.ctx, turn.group, turn.run.exercise.verdict
    judged = turn.present.judgement(turn.run, answers)
    if verdict is None or verdict.plan is None or judged is None or not judged.weak:
        return
    register = ctx.services.process.exercises[verdict.plan]
    part = register.questions[0]
    rows = await ctx.work.rows.all(group.id, register.id)
    planned = {row.values.get(part.id) for row in rows}
    for key in judged.weak:
        if key in part.options and key not in planned:
            await ctx.work.rows.add(group.id, register.id, {part.id: key}, author=None)
    ctx.events.append(RegisterNeeded(group.id, register.id))
