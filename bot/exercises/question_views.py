"""Views of what is asked in a dialogue, and the frame that all of its messages have. They read, and store nothing."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.context.message import Key, Keys, Message, matter_of
from bot.exercises.edited_answers import history_keys
from bot.exercises.held_notes import RELEASES
from bot.exercises.turn_context import TurnContext
from bot.views.button_labels import keyboard
from bot.views.names import cut, title_for
from flows.answers import is_slight, lines
from flows.definitions.model import Question
from flows.dialogue.text_input import may_answer
from flows.enums import ExerciseRole, Field, How, Mark
from flows.fields import TextField
from flows.run import effects
from flows.run.effects import Say
from flows.run.events import Wrote
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Member

RECEIPT = 40  # characters of an answer in its receipt


LACKING = 40  # characters of a missing question's name on its button
LINES, LINE = 8, 60  # lines of a pasted list that are shown before they become rows, and characters of each


def framed(turn: TurnContext, to: Member, name: str, facts: TemplateFacts, keys: Keys) -> Message:
    """Return a message of the dialogue, with what each of them may say of the town, of 112 and of where to turn."""
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


def keys_of(turn: TurnContext, say: Say) -> list[list[Key]]:
    """Return the buttons that the engine offers, with their labels."""
    return keyboard(turn.present, turn.run, say)


async def _question(turn: TurnContext, say: effects.AskQuestion, to: Member) -> Message:
    run, present, current, draft = turn.run, turn.present, None, None
    if run.exercise.how is How.ROWS:
        visit = run.visits[say.to]
        draft = visit.draft.get(say.key)
        if visit.row is not None and not run.exercise.private:
            draft = (await turn.ctx.work.rows.get(visit.row)).values.get(say.key)
    elif say.key in run.sheet(say.to).answered:
        current = await turn.answer(run.owner(say.to), say.key)
    keys = keys_of(turn, say)
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
    return framed(turn, to, "visit.ask", facts, keys)


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
    return framed(turn, to, "visit.examples", facts, keys_of(turn, say))


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
    return framed(turn, to, "visit.comment", facts, keys_of(turn, say))


async def _items(turn: TurnContext, say: effects.AskItems, to: Member) -> Message:
    facts = {"title": turn.present.words["title"], "trouble": turn.present.trouble(say.trouble)}
    return framed(turn, to, "visit.pick", facts, keys_of(turn, say))


async def _own_item(turn: TurnContext, say: effects.AskOwnItem, to: Member) -> Message:
    facts = {"title": turn.present.words["title"], "trouble": turn.present.trouble(say.trouble)}
    return framed(turn, to, "visit.own", facts, keys_of(turn, say))


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
    return framed(turn, to, "visit.met", facts, keys_of(turn, say))


async def _identity(turn: TurnContext, say: effects.AskIdentity, to: Member) -> Message:
    held = turn.run.visits[say.to].held
    if turn.run.exercise.anonymous:
        waits, here = held is not None, bool(turn.key)
        facts = {"kinds": turn.present.kinds(say.kinds), "waits": waits, "here": here, "said": lines(say.said)}
        return framed(turn, to, "visit.note", facts, _note_keys(turn, say, waits=waits))
    in_group = held is not None and held.message is not None and held.message[0] == turn.group.chat_id
    facts = {"kinds": turn.present.kinds(say.kinds), "in_group": in_group, "sends": False, "never": False}
    return framed(turn, to, "visit.identity", facts, keys_of(turn, say))


def _note_keys(turn: TurnContext, say: effects.AskIdentity, *, waits: bool) -> list[list[Key]]:
    """Let the button that hands in hold the key to what it is about (`held_notes`)."""
    if not waits:
        return [[turn.ctx.key("resume", "open", turn.run.number)]]
    return carrying(keys_of(turn, say), RELEASES, turn.key)


def carrying(keys: list[list[Key]], verb: str, arg: str) -> list[list[Key]]:
    """Let the button with this verb carry something."""
    return [
        [
            replace(key, action=replace(key.action, arg=arg)) if key.action and key.action.verb == verb else key
            for key in row
        ]
        for row in keys
    ]


View = Callable[[TurnContext, Any, Member], Awaitable[Message]]

ASKED: Mapping[type[Say], View] = {
    effects.AskQuestion: _question,
    effects.AskComment: _comment,
    effects.ShowExamples: _examples,
    effects.AskItems: _items,
    effects.AskOwnItem: _own_item,
    effects.ChooseAnswer: _met,
    effects.AskIdentity: _identity,
}
