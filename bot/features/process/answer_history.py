"""The history of a shared answer: who wrote what and when, with buttons to restore an earlier text.

Only what several write together has such a page, and only they can open it; storage holds the rule. Restoring is a
change that the history keeps like any other.
"""

from itertools import pairwise

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import edited_answers, runner
from bot.views.changes import marked
from bot.views.exercise import ExerciseView
from bot.views.names import answer_key, cut
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import Kind
from flows.run.events import Edited
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.records.message_notes import HistoryShown, MessageContext
from storage.records.records import Answer, private_chat

PAGE = 5  # versions shown at once, the newest first
WORDS = 600  # characters of each


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the answers that have been changed, or (with an answer's id) the history of one."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    present = await runner.present_of(ctx, actor.group, run.exercise)
    number, _, page = action.arg.partition(":")
    changed = await edited_answers.changed(ctx, run, actor.member)
    if number:
        await _one(ctx, actor, run, present, int(number), int(page or 0))
        return
    demand(changed)
    keys = [[Key(cut(called(ctx, present, a), 60), Action("past", run.number, 0, str(a.id)))] for a in changed]
    facts = {"title": present.words["title"]}
    await ctx.tell(actor, "visit.changes", facts, keys)


def called(ctx: Context, present: ExerciseView, answer: Answer) -> str:
    """Return the short name of what an answer is to."""
    if answer.question == CONCLUSION:
        return ctx.services.voice.label("conclusion")
    return present.short(answer_key(answer))


async def _one(ctx: Context, actor: Actor, run: Run, present: ExerciseView, answer_id: int, page: int) -> None:
    versions = await ctx.work.answers.shared_history(answer_id, actor.member)
    demand(versions and versions[-1].run_id == run.number)
    newest = versions[-1]
    last = (len(versions) - 1) // PAGE
    shown = versions[::-1][min(page, last) * PAGE :][:PAGE]
    earlier = {later.version: before for before, later in pairwise(versions)}
    facts = {
        "title": present.words["title"],
        "short": called(ctx, present, newest),
        "versions": [_version(ctx, run, present, version, earlier.get(version.version)) for version in shown],
    }
    keys = [
        [ctx.key("go_back_to", "revert", run.number, f"{answer_id}:{v.version}", newest.version, n=v.version)]
        for v in shown
        if v is not newest and v.value != newest.value and _is_text(run, newest) and _open(run, newest)
    ]
    turn = [ctx.key("newer", "past", run.number, f"{answer_id}:{page - 1}")] if page else []
    turn += [ctx.key("older", "past", run.number, f"{answer_id}:{page + 1}")] if page < last else []
    keys += [turn, [ctx.key("resume", "open", run.number)] if run.phase is Phase.OPEN else []]
    context = MessageContext(about=HistoryShown(answer_id))
    before = await _page_before(ctx, actor, answer_id)
    await ctx.tell(actor, "visit.history", facts, keys, edit=before, context=context)


async def _page_before(ctx: Context, actor: Actor, answer_id: int) -> int | None:
    """Return the page that was tapped, which the next one replaces; None for a question, which stays."""
    if ctx.tapped is None:
        return None
    message = await ctx.work.outbox.by_message(private_chat(actor.person.id), ctx.tapped)
    return ctx.tapped if message is not None and message.context.about == HistoryShown(answer_id) else None


def _version(ctx: Context, run: Run, present: ExerciseView, version: Answer, before: Answer | None) -> TemplateFacts:
    value, earlier = ("" if one is None else said(run, present, one) for one in (version, before))
    at = version.at.astimezone(ctx.services.zone)
    return {
        "n": version.version,
        "by": present.scene.member(version.member_id) if version.member_id else None,
        "on": at.date(),
        "at": at,
        "value": marked(_within(value), _within(earlier)) if before else _within(value),
        "comment": version.comment,
    }


def _within(text: str) -> str:
    return text if len(text) <= WORDS else f"{text[: WORDS - 1].rstrip()}…"


def said(run: Run, present: ExerciseView, version: Answer) -> str:
    """Return what an answer says, in words."""
    question = None if version.question == CONCLUSION else run.exercise.question(version.question)
    return present.value(question, version.value) if question else str(version.value)


def _is_text(run: Run, answer: Answer) -> bool:
    return answer.question == CONCLUSION or run.exercise.question(answer.question).kind is Kind.TEXT


def _open(run: Run, answer: Answer) -> bool:
    """True if the answer can still be changed."""
    if answer.question == CONCLUSION:
        return run.phase is Phase.REVEALED
    return run.phase is Phase.OPEN


async def go_back(ctx: Context, actor: Actor, action: Action) -> None:
    """Restore an earlier text, unless somebody has written since the page was shown."""
    number, _, version = action.arg.partition(":")
    versions = await ctx.work.answers.shared_history(int(number), actor.member)
    chosen = required(next((v for v in versions if v.version == int(version or 0)), None))
    demand(chosen.run_id == action.run)
    record = await ctx.work.runs.get(action.run)
    if versions[-1].version != action.ask:
        ctx.toast("changed_since", alert=True)
    else:
        event = Edited(actor.member.id, str(chosen.value), answer_key(chosen), ctx.today, ctx.dates)
        await runner.apply(ctx, actor.group, record, event, by=actor.member)
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    present = await runner.present_of(ctx, actor.group, run.exercise)
    await _one(ctx, actor, run, present, chosen.id, 0)


ROUTES: Routes = (*buttons(Rank.NETWORK, About.RUN, past=show, revert=go_back),)
