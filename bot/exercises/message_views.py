"""Views of the dialogue's messages, one for each kind of `Say`. They read, and store nothing.

Those that ask something are in `question_views`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.context.message import Message
from bot.context.permissions import May, holds, may
from bot.exercises import approved_texts, text_changes
from bot.exercises.earlier_results import recalled
from bot.exercises.edited_answers import history_keys
from bot.exercises.group_card import show_keys
from bot.exercises.question_views import ASKED, LINE, LINES, View, carrying, framed, kept, keys_of
from bot.exercises.removals import removal
from bot.exercises.turn_context import TurnContext
from bot.reminders.run_deadlines import thinking_ends
from bot.views.names import cut
from bot.views.shared_buttons import about_key, approval_keys, beside_keys, feed_keys, row_keys, unfilled
from bot.views.ways import ways
from flows.enums import ExerciseRole, How
from flows.run import effects
from flows.run.effects import Say
from flows.run.state import Phase
from messages.voice import TemplateFacts
from storage.records.records import Answer, Member, Row


# -- shown -------------------------------------------------------------------------------------------------------------
async def _summary(turn: TurnContext, say: effects.ShowSummary, to: Member) -> Message:
    ctx, run, present = turn.ctx, turn.run, turn.present
    answers = await ctx.work.answers.of_owner(run.number, run.owner(say.to))
    anew = bool(run.exercise.approves) and await approved_texts.withdrawn(ctx, turn.group, run, to.id)
    changes = await text_changes.since_answer(ctx, turn.scene, run, to.id) if anew else []
    facts = {
        **present.outline(run),
        "saved": present.short(say.saved) if say.saved else None,
        "kept": await kept(turn, say.saved, to),
        "handed_in": say.handed_in,
        "by": _colleague(turn, answers, to),
        "locked": say.locked,
        "lines": present.lines(run, answers, shown=say.shown, first=say.first),
        "missing": [present.short(key) for key in say.missing],
        "advised": present.advice(say.advised),
        "private": run.exercise.private,
        "changed": say.changed,
        "revising": say.revising,
        "trouble": present.trouble(say.trouble),
        "holds": run.sheet(say.to).handed_in,
        "anew": anew,
        "changes": changes[:LINES],
        "more": max(len(changes) - LINES, 0),
    }
    keys = [*(approval_keys(ctx, run) if anew else ()), *keys_of(turn, say), *feed_keys(ctx, run)]
    if run.shared:
        # the button that hands in carries what was shown: nobody hands in what somebody else has changed
        keys = carrying(keys, "send", str(sum(answer.version for answer in answers)))
        keys += await history_keys(ctx, run, to, say.key)
    return framed(turn, to, "visit.summary", facts, keys)


def _colleague(turn: TurnContext, answers: Sequence[Answer], to: Member) -> str | None:
    """Return who has answered for the organisation, if it was not this member."""
    latest = max(answers, key=lambda answer: answer.at, default=None)
    if turn.run.exercise.how is not How.ORG or latest is None or latest.member_id in (None, to.id):
        return None
    return turn.scene.member(latest.member_id)


async def _draft(turn: TurnContext, say: effects.ShowDraft, to: Member) -> Message:
    lines = turn.present.draft(turn.run, say.draft, say.shown)
    facts = {
        "title": turn.present.words["title"],
        "lines": lines,
        "trouble": turn.present.trouble(say.trouble),
    }
    keys = keys_of(turn, say)
    if turn.town and turn.run.exercise.role is ExerciseRole.INCIDENT:
        keys.append([turn.ctx.key("wrong_town", "wrongtown", turn.group.id)])
    return framed(turn, to, "row.summary", facts, keys)


async def _invite(turn: TurnContext, say: effects.Invite, to: Member) -> Message:
    return await _opening(turn, say, to, "run.invite", {"anew": say.anew})


async def _intro(turn: TurnContext, say: effects.ShowIntro, to: Member) -> Message:
    return await _opening(turn, say, to, "visit.intro")


async def _opening(turn: TurnContext, say: Say, to: Member, name: str, more: TemplateFacts | None = None) -> Message:
    """Add what is recalled of earlier exercises, and who writes on the same sheet."""
    ctx, run = turn.ctx, turn.run
    team = turn.present.team(run, run.owner(say.to), say.to, awaited=True) if run.exercise.teams else []
    facts = {
        **_outline(turn),
        "today": ctx.today,
        "recall": await recalled(ctx, turn.scene, run.exercise, to.role),
        "team": team,
        "timer_ends": await thinking_ends(ctx, run),
        **(more or {}),
    }
    about = [[about_key(ctx, run, in_group=False)]] if not run.exercise.private and to.role != "guest" else []
    return framed(turn, to, name, facts, keys_of(turn, say) + approval_keys(ctx, run) + beside_keys(ctx, run) + about)


def _outline(turn: TurnContext) -> TemplateFacts:
    run, present = turn.run, turn.present
    return {
        **present.outline(run),
        **present.progress(run),
        "private": run.exercise.private,
        "shown": run.phase is Phase.REVEALED,
    }


# -- done --------------------------------------------------------------------------------------------------------------
async def _handed_in(turn: TurnContext, say: effects.SheetHandedIn, to: Member) -> Message:
    ctx, run = turn.ctx, turn.run
    keys = keys_of(turn, say) + feed_keys(ctx, run)
    if run.filled_in and run.phase is Phase.OPEN and to.coordinator:
        keys.insert(0, [ctx.key("close", "close", run.number)])
    how, all_done = run.exercise.how, run.phase is Phase.OPEN and not run.waiting_for()
    closed = run.exercise.private or run.exercise.unseen or run.exercise.approves
    if to.coordinator and all_done and how in (How.EACH, How.ORG) and not closed:
        keys[:0] = show_keys(ctx, run)
    facts = {**_outline(turn), "alone": say.alone, "always": run.exercise.always, "decides": to.coordinator}
    return framed(turn, to, "visit.handed_in", facts, keys)


async def _saved(turn: TurnContext, say: effects.RowSaved, to: Member) -> Message:
    row = turn.row or (await turn.ctx.work.rows.get(say.row) if say.row is not None else None)
    if row is None or row.state != "removed":
        facts: TemplateFacts = {
            "saved": True,
            "removed_by": None,
            "was_there": turn.was_there,
            "namesake": turn.namesake,
        }
        return _row(turn, to, "row.saved", facts, row)
    who = (await removal(turn.ctx, row)).author
    facts = {"saved": True, "removed_by": turn.scene.member(who) if who else None, "was_there": False, "namesake": None}
    keys = [[turn.ctx.key("rows", "rows", turn.run.number)]]
    if holds(row, to):
        keys.insert(0, [turn.ctx.key("put_back", "undrop", turn.run.number, str(row.id))])
    return framed(turn, to, "row.saved", {**turn.present.row_card(row), **facts}, keys)


async def _apart(turn: TurnContext, say: effects.AskApart, to: Member) -> Message:
    shown = [cut(line, LINE) for line in say.lines[:LINES]]
    facts = {"count": len(say.lines), "lines": shown, "more": len(say.lines) - len(shown)}
    return framed(turn, to, "visit.apart", facts, keys_of(turn, say))


async def _several(turn: TurnContext, _say: effects.RowsSaved, to: Member) -> Message:
    """View of several rows that were made at once; the rest of their fields are filled in from the list."""
    ctx, run, made = turn.ctx, turn.run, turn.made
    facts = {
        "register": turn.present.words["title"],
        "count": len(made),
        "were_there": turn.were_there,
        "unfilled": any(unfilled(run, row) for row in made),
    }
    undo = [ctx.key("undo_rows", "rowsdrop", run.number, f"{made[0].id}:{made[-1].id}")] if made else []
    undo = [replace(key, says="undo") for key in undo]
    keys = [[ctx.key("rows", "rows", run.number), ctx.key("add", "add", run.number)], undo]
    return framed(turn, to, "row.several", facts, keys)


async def _unchanged(turn: TurnContext, say: effects.RowUnchanged, to: Member) -> Message:
    return _row(turn, to, "row.unchanged", {"saved": False}, await turn.ctx.work.rows.get(say.row))


def _row(turn: TurnContext, to: Member, name: str, facts: TemplateFacts, row: Row | None) -> Message:
    """View of a row that was saved, or left as it was, with buttons for what can be done with it."""
    if row is None:
        return framed(turn, to, name, facts, ())
    return framed(turn, to, name, {**turn.present.row_card(row), **facts}, row_keys(turn.ctx, turn.run, row, to))


def _plain(name: str) -> "View":
    """Make a view that needs only the facts of every run."""

    async def view(turn: TurnContext, say: Say, to: Member) -> Message:
        return framed(turn, to, name, _outline(turn), keys_of(turn, say))

    return view


async def _stray(turn: TurnContext, say: effects.Stray, to: Member) -> Message:
    facts = {**_outline(turn), "unbegun": say.unbegun, "gone": say.gone, "logs": may(May.LOG, to, turn.group)}
    person = await turn.ctx.work.people.get(to.person_id)
    floor = await ways(turn.ctx, person, turn.group.id)
    keys = [[replace(key, says="yes") for key in row] for row in keys_of(turn, say)]
    return framed(turn, to, "visit.stray", facts, [*keys, *floor])


async def _locked(turn: TurnContext, say: effects.Locked, to: Member) -> Message:
    name = "visit.unnamed" if say.unnamed else "visit.locked"
    return framed(turn, to, name, _outline(turn), keys_of(turn, say))


async def _changed(turn: TurnContext, say: effects.AnswerChanged, to: Member) -> Message:
    facts = {"short": turn.present.short(say.changed), "seen": turn.run.shared}
    return framed(turn, to, "visit.changed", facts, keys_of(turn, say))


VIEWS: Mapping[type[Say], View] = {
    **ASKED,
    effects.ShowSummary: _summary,
    effects.ShowDraft: _draft,
    effects.Invite: _invite,
    effects.ShowIntro: _intro,
    effects.SheetHandedIn: _handed_in,
    effects.RowSaved: _saved,
    effects.RowsSaved: _several,
    effects.AskApart: _apart,
    effects.RowUnchanged: _unchanged,
    effects.AnswerChanged: _changed,
    effects.RowDiscarded: _plain("row.discarded"),
    effects.Paused: _plain("visit.paused"),
    effects.Stray: _stray,
    effects.Locked: _locked,
}
