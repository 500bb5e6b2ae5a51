"""Views of the dialogue's messages: one for each kind of `Say`. They read, and store nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.context.message import Key, Keys, Message, matter_of
from bot.context.permissions import May, holds, may
from bot.exercises import approved_texts, text_changes
from bot.exercises.earlier_results import recalled
from bot.exercises.edited_answers import history_keys
from bot.exercises.group_card import show_keys
from bot.exercises.held_notes import RELEASES
from bot.exercises.removals import removal
from bot.exercises.turn_context import TurnContext
from bot.reminders.run_deadlines import thinking_ends
from bot.views.button_labels import keyboard
from bot.views.names import cut, title_for
from bot.views.shared_buttons import about_key, approval_keys, beside_keys, feed_keys, row_keys, unfilled
from bot.views.ways import ways
from flows.answers import is_slight, lines
from flows.definitions.model import Question
from flows.dialogue.text_input import may_answer
from flows.enums import ExerciseRole, Field, How, Mark
from flows.fields import TextField
from flows.run import effects
from flows.run.effects import Say
from flows.run.events import Wrote
from flows.run.state import Phase
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Answer, Member, Row

RECEIPT = 40  # characters of an answer in its receipt
LACKING = 40  # characters of a missing question's name on its button
LINES, LINE = 8, 60  # lines of a pasted list that are shown before they become rows, and characters of each


def _message(turn: TurnContext, to: Member, name: str, facts: TemplateFacts, keys: Keys) -> Message:
    voice = turn.ctx.services.voice
    if to.role == "guest" and "audience" in facts:
        facts = {**facts, "audience": voice.label("mark.guest" if name == "visit.ask" else "audience.guest")}
    if to.role == "guest" and "title" in facts:
        facts = {**facts, "title": title_for(to, turn.present.words)}
    facts = {**facts, "town": turn.town, "urgent": _to_ring(turn, to), "outside": to.role == "guest"}
    facts |= {"cared": to.person_id in turn.ctx.cared, "wrote": turn.ctx.written is not None}
    return Message(voice.render(name, facts), keys)


def _to_ring(turn: TurnContext, member: Member) -> str:
    """Return what is said of 112 to a member who is logging that somebody is in danger now; empty to all others."""
    if turn.run.exercise.role is not ExerciseRole.INCIDENT:
        return ""
    services, draft = turn.ctx.services, turn.run.visits[member.id].draft
    asked = services.process.with_role(ExerciseRole.INCIDENT)  # a round may be older than the mark
    if not asked.says(draft, Field.DANGER, Mark.YES):
        return ""
    return services.voice.label("ring_112", {"rung": asked.says(draft, Field.DONE, Mark.RUNG)})


def _keys(turn: TurnContext, say: Say) -> list[list[Key]]:
    return keyboard(turn.present, turn.run, say)


# -- asked -------------------------------------------------------------------------------------------------------------
async def _question(turn: TurnContext, say: effects.AskQuestion, to: Member) -> Message:
    run, present, current, draft = turn.run, turn.present, None, None
    if run.exercise.how is How.ROWS:
        visit = run.visits[say.to]
        draft = visit.draft.get(say.key)
        if visit.row is not None and not run.exercise.private:
            draft = (await turn.ctx.work.rows.get(visit.row)).values.get(say.key)
    elif say.key in run.sheet(say.to).answered:
        current = await turn.answer(run.owner(say.to), say.key)
    keys = _keys(turn, say)
    if run.shared:
        keys += await history_keys(turn.ctx, run, to, say.key)
    keys = [*await _held_keys(turn, to, say.key), *keys]
    facts = {
        **present.ask(run, say, current, draft),
        "kept": await kept(turn, say.saved, to),
        "cards": await _own_cards(turn, say.key),
    }
    if run.exercise.role is ExerciseRole.INCIDENT:
        facts["audience"] = ""  # who reads it stands above all of its questions
    return _message(turn, to, "visit.ask", facts, keys)


async def _held_keys(turn: TurnContext, to: Member, key: str) -> list[list[Key]]:
    """Return the buttons that take, as the answer asked for here, a text whose place they have not said yet."""
    ctx, run, visit = turn.ctx, turn.run, turn.run.visits[to.id]
    mine = [one for one in await ctx.work.held_texts.told_of(to.person_id, ctx.today) if not is_slight(one.text)]
    matter = matter_of(MessageContext(run=run.number))
    if matter is None or run.exercise.private or not visit.takes_text:
        return []
    labels = {option: turn.present.option(run.question(key), option) for option in run.question(key).options}
    return [
        [
            ctx.key(
                "held_here",
                "place",
                held.group_id,
                str(held.candidates.index(matter)),
                ask=held.id,
                text=cut(held.text, LACKING),
            )
        ]
        for held in mine
        if matter in held.candidates
        and may_answer(run, Wrote(to.id, held.text, held.at, ctx.today, ctx.dates, labels=labels))
    ]


async def kept(turn: TurnContext, key: str, to: Member) -> str | None:
    """Return the answer that a receipt is for, as it was understood, with its comment; None for none, for what stands
    above as it was written, and for what is to stand in no chat: what is logged, and what is nobody's.
    """
    run = turn.run
    secret = run.exercise.role is ExerciseRole.INCIDENT or run.exercise.anonymous
    if not key or secret or run.exercise.how is How.ROWS or _as_written(run.question(key)):
        return None
    saved = await turn.answer(run.owner(to.id), key)
    if saved is None:
        return None
    told = turn.present.value(run.question(key), saved.value)
    return cut(" – ".join(filter(None, (told, saved.comment))), RECEIPT).removesuffix(".")


def _as_written(question: Question) -> bool:
    """True for an answer in free words; a name may have been read out of them."""
    return isinstance(question.field, TextField) and question.field.form != "person"


async def _own_cards(turn: TurnContext, key: str) -> list[str]:
    """Return the group's own cards, for the first question of a deck of cards."""
    if not turn.run.exercise.deals or key != turn.run.exercise.questions[0].id:
        return []
    cards = turn.ctx.services.process.with_role(ExerciseRole.CARDS)
    rows = await turn.ctx.work.rows.all(turn.group.id, cards.id)
    title = cards.questions[0].id
    return [cut(str(row.values[title])) for row in rows[-LINES:]]


async def _examples(turn: TurnContext, say: effects.ShowExamples, to: Member) -> Message:
    present, question = turn.present, turn.run.question(say.key)
    every = {example.number: example for example in present.words.examples(question.id)}
    shown = [every[number] for number in say.numbers]
    facts = {
        "short": present.short(say.key),
        "examples": [{"n": e.number, "text": e.text, "source": e.source} for e in shown],
        "row": turn.run.exercise.how is How.ROWS,
    }
    return _message(turn, to, "visit.examples", facts, _keys(turn, say))


async def _comment(turn: TurnContext, say: effects.AskComment, to: Member) -> Message:
    run, present = turn.run, turn.present
    current = await turn.answer(run.owner(say.to), say.key)
    facts = {
        "short": present.short(say.key),
        "value": present.value(run.question(say.key), current.value) if current else None,
        "comment": current.comment if current else None,
        "saved": say.saved,
        "wanted": say.wanted,
        "audience": present.mark(run.question(say.key), shown=present.is_shown(run), comment=True),
    }
    return _message(turn, to, "visit.comment", facts, _keys(turn, say))


async def _items(turn: TurnContext, say: effects.AskItems, to: Member) -> Message:
    facts = {"title": turn.present.words["title"], "trouble": turn.present.trouble(say.trouble)}
    return _message(turn, to, "visit.pick", facts, _keys(turn, say))


async def _own_item(turn: TurnContext, say: effects.AskOwnItem, to: Member) -> Message:
    facts = {"title": turn.present.words["title"], "trouble": turn.present.trouble(say.trouble)}
    return _message(turn, to, "visit.own", facts, _keys(turn, say))


async def _met(turn: TurnContext, say: effects.ChooseAnswer, to: Member) -> Message:
    """Return the facts of two answers that were written at once."""
    present, question = turn.present, turn.run.question(say.key)
    facts = {
        "mine": present.value(question, say.mine),
        "theirs": present.value(question, say.theirs),
        "by": turn.scene.member(say.by) if say.by else None,
        "joined": say.joined,
        "short": present.short(say.key),
        "text": say.text,
        "first": say.first,
    }
    return _message(turn, to, "visit.met", facts, _keys(turn, say))


async def _identity(turn: TurnContext, say: effects.AskIdentity, to: Member) -> Message:
    held = turn.run.visits[say.to].held
    if turn.run.exercise.anonymous:
        waits, here = held is not None, bool(turn.key)
        facts = {"kinds": turn.present.kinds(say.kinds), "waits": waits, "here": here, "said": lines(say.said)}
        return _message(turn, to, "visit.note", facts, _note_keys(turn, say, waits=waits))
    in_group = held is not None and held.message is not None and held.message[0] == turn.group.chat_id
    facts = {"kinds": turn.present.kinds(say.kinds), "in_group": in_group, "sends": False, "never": False}
    return _message(turn, to, "visit.identity", facts, _keys(turn, say))


def _note_keys(turn: TurnContext, say: effects.AskIdentity, *, waits: bool) -> list[list[Key]]:
    """Let the button that hands in hold the key to what it is about (`held_notes`)."""
    if not waits:
        return [[turn.ctx.key("resume", "open", turn.run.number)]]
    return _carrying(_keys(turn, say), RELEASES, turn.key)


def _carrying(keys: list[list[Key]], verb: str, arg: str) -> list[list[Key]]:
    """Let the button with this verb carry something."""
    return [
        [
            replace(key, action=replace(key.action, arg=arg)) if key.action and key.action.verb == verb else key
            for key in row
        ]
        for row in keys
    ]


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
    keys = [*(approval_keys(ctx, run) if anew else ()), *_keys(turn, say), *feed_keys(ctx, run)]
    if run.shared:
        # the button that hands in carries what was shown: nobody hands in what somebody else has changed
        keys = _carrying(keys, "send", str(sum(answer.version for answer in answers)))
        keys += await history_keys(ctx, run, to, say.key)
    return _message(turn, to, "visit.summary", facts, keys)


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
    keys = _keys(turn, say)
    if turn.town and turn.run.exercise.role is ExerciseRole.INCIDENT:
        keys.append([turn.ctx.key("wrong_town", "wrongtown", turn.group.id)])
    return _message(turn, to, "row.summary", facts, keys)


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
    return _message(turn, to, name, facts, _keys(turn, say) + approval_keys(ctx, run) + beside_keys(ctx, run) + about)


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
    keys = _keys(turn, say) + feed_keys(ctx, run)
    if run.filled_in and run.phase is Phase.OPEN and to.coordinator:
        keys.insert(0, [ctx.key("close", "close", run.number)])
    how, all_done = run.exercise.how, run.phase is Phase.OPEN and not run.waiting_for()
    closed = run.exercise.private or run.exercise.unseen or run.exercise.approves
    if to.coordinator and all_done and how in (How.EACH, How.ORG) and not closed:
        keys[:0] = show_keys(ctx, run)
    facts = {**_outline(turn), "alone": say.alone, "always": run.exercise.always, "decides": to.coordinator}
    return _message(turn, to, "visit.handed_in", facts, keys)


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
    return _message(turn, to, "row.saved", {**turn.present.row_card(row), **facts}, keys)


async def _apart(turn: TurnContext, say: effects.AskApart, to: Member) -> Message:
    shown = [cut(line, LINE) for line in say.lines[:LINES]]
    facts = {"count": len(say.lines), "lines": shown, "more": len(say.lines) - len(shown)}
    return _message(turn, to, "visit.apart", facts, _keys(turn, say))


async def _several(turn: TurnContext, _say: effects.RowsSaved, to: Member) -> Message:
    """View of several rows that were made at once; the rest of their fields are filled in from the list."""
    ctx, run, made = turn.ctx, turn.run, turn.made
    facts = {
        "register": turn.present.words["title"],
        "count": len(made),
        "were_there": turn.were_there,
        "unfilled": any(unfilled(run, row) for row in made),
    }
    undo = (
        [replace(ctx.key("undo_rows", "rowsdrop", run.number, f"{made[0].id}:{made[-1].id}"), says="undo")]
        if made
        else []
    )
    keys = [[ctx.key("rows", "rows", run.number), ctx.key("add", "add", run.number)], undo]
    return _message(turn, to, "row.several", facts, keys)


async def _unchanged(turn: TurnContext, say: effects.RowUnchanged, to: Member) -> Message:
    return _row(turn, to, "row.unchanged", {"saved": False}, await turn.ctx.work.rows.get(say.row))


def _row(turn: TurnContext, to: Member, name: str, facts: TemplateFacts, row: Row | None) -> Message:
    """View of a row that was saved, or left as it was, with buttons for what can be done with it."""
    if row is None:
        return _message(turn, to, name, facts, ())
    return _message(turn, to, name, {**turn.present.row_card(row), **facts}, row_keys(turn.ctx, turn.run, row, to))


def _plain(name: str) -> "View":
    """Make a view that needs only the facts of every run."""

    async def view(turn: TurnContext, say: Say, to: Member) -> Message:
        return _message(turn, to, name, _outline(turn), _keys(turn, say))

    return view


async def _stray(turn: TurnContext, say: effects.Stray, to: Member) -> Message:
    facts = {**_outline(turn), "unbegun": say.unbegun, "gone": say.gone, "logs": may(May.LOG, to, turn.group)}
    person = await turn.ctx.work.people.get(to.person_id)
    floor = await ways(turn.ctx, person, turn.group.id)
    keys = [[replace(key, says="yes") for key in row] for row in _keys(turn, say)]
    return _message(turn, to, "visit.stray", facts, [*keys, *floor])


async def _locked(turn: TurnContext, say: effects.Locked, to: Member) -> Message:
    name = "visit.unnamed" if say.unnamed else "visit.locked"
    return _message(turn, to, name, _outline(turn), _keys(turn, say))


async def _changed(turn: TurnContext, say: effects.AnswerChanged, to: Member) -> Message:
    facts = {"short": turn.present.short(say.changed), "seen": turn.run.shared}
    return _message(turn, to, "visit.changed", facts, _keys(turn, say))


View = Callable[[TurnContext, Any, Member], Awaitable[Message]]

VIEWS: Mapping[type[Say], View] = {
    effects.AskQuestion: _question,
    effects.AskComment: _comment,
    effects.ShowExamples: _examples,
    effects.AskItems: _items,
    effects.AskOwnItem: _own_item,
    effects.ChooseAnswer: _met,
    effects.AskIdentity: _identity,
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
