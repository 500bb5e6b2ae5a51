"""Views of what the whole group is told of an exercise: what it lacks, that it talks instead, its conclusion."""

from collections.abc import Sequence
from dataclasses import replace

from bot.context.message import Key, Message
from bot.context.sealed_actions import Action
from bot.exercises.turn_context import TurnContext
from bot.reminders import open_items
from bot.views.button_labels import keyboard
from bot.views.gaps import NAMED
from bot.views.names import cut
from bot.views.shared_buttons import approval_keys, open_key, pen_keys
from flows.dialogue.keyboards import CONCLUSION
from flows.run.effects import ConclusionWritten, Say, ShowMissing, Talked
from flows.run.state import Sheet
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext

LACKING = 40  # characters of a missing question's name on its button


async def of_missing(turn: TurnContext, say: ShowMissing) -> Message:
    """View of what an exercise still lacks, with a button to each of it."""
    ctx, run, present = turn.ctx, turn.run, turn.present
    asked = [key for key in say.keys if key != CONCLUSION]
    apart = CONCLUSION in say.keys and CONCLUSION in run.sheets.get("g", Sheet()).answered
    cannot = await open_items.cannot_answer(ctx, turn.group, run) if say.unanswered else ()
    facts = {
        "title": present.words["title"],
        "missing": [present.short(key) for key in asked[:NAMED]],
        "more": len(asked[NAMED:]),
        "unwritten": CONCLUSION in say.keys and not apart,
        "apart": apart,
        "unanswered": say.unanswered,
        "unsettled": [{"by": turn.scene.member(by), "question": present.short(key)} for by, key in say.unsettled],
        "gaps": say.gaps,
        "approves": bool(run.exercise.approves),
        "board": run.exercise.board,
        **present.progress(run, cannot),
    }
    keys = [[_question_key(turn, key)] for key in dict.fromkeys([*(key for _, key in say.unsettled), *asked][:NAMED])]
    keys += approval_keys(ctx, run)
    if say.gaps and run.exercise.board:
        keys.append([ctx.key("board_on", "board", run.number)])
    elif (say.gaps or say.unanswered) and not run.exercise.approves:
        keys.append([open_key(ctx, run.exercise, run.number, in_group=turn.in_group)])
    if say.unanswered:
        keys.append([ctx.key("nudge_all", "nudge", run.number)])
    if CONCLUSION in say.keys:
        keys.append([ctx.key("rewrite" if apart else "write", "pen", run.number)])
    return _about_run(turn, "run.missing", facts, say, keys)


def _question_key(turn: TurnContext, key: str) -> Key:
    """Return the button to a question of the group's sheet: in the group a link to the private chat."""
    label = cut(turn.present.short(key), LACKING)
    action = Action("open", turn.run.number, 0, str(turn.run.asked("g").index(key)))
    return Key(label, url=turn.ctx.link(action)) if turn.in_group else Key(label, action)


async def of_talk(turn: TurnContext, say: Talked) -> Message:
    """View of the message that the group talks instead, and writes its conclusion; or that it does not after all."""
    ctx, run = turn.ctx, turn.run
    body = ctx.services.voice.render("run.spoken", {"title": turn.present.words["title"], "undone": say.undone})
    keys = [[open_key(ctx, run.exercise, run.number, in_group=True)]] if say.undone else pen_keys(ctx, run)
    return Message(body, keys, thread=turn.group.thread_id)


async def of_conclusion(turn: TurnContext, say: ConclusionWritten) -> Message:
    """View of the group's conclusion."""
    answer = await turn.answer("g", CONCLUSION)
    assert answer is not None  # it was kept by the effect before
    by = turn.scene.member(answer.member_id or 0)
    facts = {"title": turn.present.words["title"], "met": say.met, "text": answer.value, "by": by}
    written = MessageContext(run=turn.run.number, key=CONCLUSION, seen=answer.version)
    return replace(_about_run(turn, "run.conclusion", facts, say), context=written)


def _about_run(turn: TurnContext, name: str, facts: TemplateFacts, say: Say, keys: Sequence[list[Key]] = ()) -> Message:
    body, slot = turn.ctx.services.voice.render(name, facts), f"{name}:{turn.run.number}"
    return Message(body, [*keys, *keyboard(turn.present, turn.run, say)], slot=slot, thread=turn.group.thread_id)
