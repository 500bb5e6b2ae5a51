"""Readers of what people write in their own words that answers nothing: away, out, a person, a question, a request.

Under a question it is no answer before its writer has chosen: what they ask is answered, and one button keeps it. It
lies sealed until then, for a day at most. Where nothing is asked it is answered, in the place of a shrug.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.assembly import (
    ambiguous_texts,
    asked_questions,
    command_keys,
    open_facts,
    own_answers,
    to_asker,
    unexpected_readers,
)
from bot.assembly.asked_in_words import Asked
from bot.assembly.asked_questions import OpenQuestion
from bot.assembly.feature_routes import TEXTS
from bot.assembly.private_text import PrivateText
from bot.context.context import Actor, Context
from bot.context.message import Key, Message
from bot.exercises import runner
from bot.features.home import exercise_buttons
from bot.features.incidents import read_incidents, report
from bot.features.outsiders import guest_texts
from bot.features.process import unsaved_texts
from bot.features.wellbeing import wishes
from bot.views.ways import ways
from flows.answers import BARE
from flows.run.events import Opened
from messages.own_words import Heard, Means
from messages.structure.blocks import BlankLine
from messages.structure.reader import tidy
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext

ASKS: Final = (Means.QUESTION, Means.REQUEST)
TO_A_PERSON: Final = (Means.AWAY, Means.LEAVES, Means.PERSON)  # what somebody may want to know of, or answer


async def under_question(ctx: Context, text: PrivateText) -> bool:
    """Answer what stands under a question and is none of its answers, with the button that keeps it as one."""
    if text.questions and (actor := await _with_note(ctx, text)) is not None:
        return not ctx.services.voice.rules.moves(text.said.text) and await _beside_note(ctx, text, actor)
    if not text.questions or await _is_meant(ctx, text):
        return False
    logs = await _logs(ctx, text, text.questions)
    keeps = not logs and not ctx.services.voice.rules.takes_back(text.said.text)
    return await _answer(ctx, text, text.questions, keeps=keeps) or (not logs and await _asks_here(ctx, text))


async def _asks_here(ctx: Context, text: PrivateText) -> bool:
    """Answer a short question under buttons with what is known of what is asked: whoever reads a comment later cannot
    answer it, so it is none before its writer says so."""
    above, said, rules = await text.at_once(ctx), text.said.text, ctx.services.voice.rules.own_words
    heard = rules.heard(said)
    if above is None or heard is None or not rules.asks(said):
        return False
    if not await asked_questions.only_remarks(ctx, text.person, above.prompt.context, said):
        return False
    asked = await _asked(ctx, text, [above], heard, "asked_here")
    if asked is not None:
        await _tell(ctx, text, asked, await own_answers.known_here(ctx, asked), keeps=True)
    return asked is not None


async def _logs(ctx: Context, text: PrivateText, questions: list[OpenQuestion]) -> bool:
    """True if it is written while an incident is being logged, or may answer what that asks."""
    asked = [await report.overhears(ctx, one.prompt.context.run) for one in questions]
    return any(asked) or await unexpected_readers.is_logging(ctx, text.person)


async def _with_note(ctx: Context, text: PrivateText) -> Actor | None:
    """Return the writer's seat where a text of theirs waits to be handed in without a name."""
    focus = text.person.focus
    record = await ctx.work.runs.lookup(focus) if focus else None
    if record is None or not ctx.services.process.exercises[record.exercise].anonymous:
        return None
    asked = await text.at_once(ctx)
    here = asked is not None and not asked.prompt.context.want and asked.prompt.context.run == focus
    visit = await to_asker.visit_of(ctx, text.person, text.person.focus) if here and not text.replied else None
    waits = visit is not None and visit.held is not None and bool(visit.held.lock)
    return await exercise_buttons.actor_in(ctx, text.person, focus) if waits else None


async def _beside_note(ctx: Context, text: PrivateText, actor: Actor) -> bool:
    """Answer what is no line of the note that waits, if only by showing what becomes of that.

    It is not laid by as an answer: that would tell whose it is.
    """
    rules, said = ctx.services.voice.rules, text.said.text
    heard = rules.own_words.heard(said, asked=False)
    shown = heard is not None and (heard.rule.shrugged or heard.means in (Means.TALK, Means.NOTHING))
    if not shown and not rules.says_by_the_way(said):
        return await _answer(ctx, text, text.questions, keeps=False)
    record = await ctx.work.runs.get(text.person.focus or 0)
    await runner.apply(ctx, actor.group, record, Opened(actor.member.id, introduced=True), by=actor.member)
    return True


async def unasked(ctx: Context, text: PrivateText) -> bool:
    """Answer the same where nothing is asked. What is forwarded was said to somebody else, and is left to others."""
    if text.said.forwarded:
        return False
    return await _answer(ctx, text, []) or await _names_open(ctx, text)


async def _names_open(ctx: Context, text: PrivateText) -> bool:
    """Tell what is known of something open that a question or a request names, if not just what it asks."""
    heard = ctx.services.voice.rules.own_words.heard(text.said.text)
    if heard is None or heard.means not in ASKS or _is_urgent(ctx, text, []):
        return False
    asked = await _asked(ctx, text, [], heard, "open")
    found = await open_facts.named_to(ctx, text.person, text.said.text) if asked else []
    if asked and found:
        facts, keys = open_facts.told(ctx, asked, found, "any")
        await _tell(ctx, text, asked, ("open", facts, keys), keeps=False)
    return bool(found)


async def _is_meant(ctx: Context, text: PrivateText) -> bool:
    """True for what is certainly meant for what is asked, or can mean nothing else: what a feature asked for, the name
    of a button, what goes on with the text before."""
    rules, said = ctx.services.voice.rules, text.said.text
    if rules.takes_back(said):
        return False
    lists = all(one.prompt.context.want in unsaved_texts.OFFERED for one in text.written)
    if lists and rules.command_in(said):
        return True
    if rules.moves(said) or rules.thanks(said) or rules.joins(said) or text.said.forwarded:
        return True
    if text.replied is not None and text.replied.context.want:
        return not _is_open(text.replied.context.want) and not _is_beside(ctx, text.replied.context.want, said)
    asked = await text.at_once(ctx)
    fresh = [asked] if asked else asked_questions.asked_now(ctx, text.questions)
    wanted = [one.prompt.context for one in fresh if one.prompt.context.want]
    return any([await _can_be(ctx, one, said) for one in wanted if not _is_open(one.want)])


def _is_open(want: str) -> bool:
    """True for what a feature asks for in words that others read at once, as a round does, or only offers to take."""
    return want in unsaved_texts.OFFERED or (want in TEXTS and TEXTS[want].takes.at_once)


def _is_beside(ctx: Context, want: str, said: str) -> bool:
    """True if a text is nothing but an absence, a question or a request, where a reason is asked for."""
    rules = ctx.services.voice.rules.own_words
    heard = rules.heard(said, asked=True)
    return want in TEXTS and TEXTS[want].takes.reason and heard is not None and (heard.whole or rules.asks(said))


async def _can_be(ctx: Context, asked: MessageContext, said: str) -> bool:
    """True if a text can be what a feature asked for: words can be anything, a day or a name only that, or an absence
    whose days are not understood."""
    if _is_beside(ctx, asked.want, said):
        return False
    takes = TEXTS[asked.want].takes if asked.want in TEXTS else None
    only = takes.says if takes and takes.handling is None else None
    away = ctx.services.voice.rules.own_words.means(said) is Means.AWAY
    return only is None or away or await only(ctx, asked.group, said)


# -- what others answer better -----------------------------------------------------------------------------------------
def _is_urgent(ctx: Context, text: PrivateText, questions: list[OpenQuestion]) -> bool:
    """True right after a cry or, where nothing is asked, an incident."""
    return text.follows_cry(ctx) or (not questions and unexpected_readers.has_logged(ctx, text.person))


async def _of_now(ctx: Context, text: PrivateText, questions: list[OpenQuestion], heard: Heard) -> bool:
    return not heard.rule.calm and _is_urgent(ctx, text, questions)


async def _under_buttons(_ctx: Context, _text: PrivateText, questions: list[OpenQuestion], _heard: Heard) -> bool:
    return not all(one.wants_text for one in questions)


async def _under_check_in(ctx: Context, text: PrivateText, _questions: list[OpenQuestion], _heard: Heard) -> bool:
    return await text.check_in(ctx) is not None


async def _awaited(ctx: Context, text: PrivateText, _questions: list[OpenQuestion], _heard: Heard) -> bool:
    seats = await ctx.work.members.of_person(text.person.id) if len(text.said.text.split()) > BARE else []
    return any([await wishes.open_to(ctx, one) for one in seats])


async def _under_incident(ctx: Context, text: PrivateText, questions: list[OpenQuestion], _heard: Heard) -> bool:
    return not questions and await read_incidents.is_shown(ctx, text.person) is not None


async def _while_logging(ctx: Context, text: PrivateText, questions: list[OpenQuestion], heard: Heard) -> bool:
    asks_us = heard.rule.logging or (heard.means is Means.QUESTION and not heard.rule.shrugged)
    return not (heard.whole and asks_us) and await _logs(ctx, text, questions)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is heard and yet left to others, where it may be for them, and why."""

    means: tuple[Means, ...]
    is_theirs: Callable[[Context, PrivateText, list[OpenQuestion], Heard], Awaitable[bool]]
    why: str


ELSEWHERE: Final = (
    Elsewhere(ASKS, _of_now, "it may be of what to do now"),
    Elsewhere((Means.AWAY,), _under_buttons, "a meeting, or times, of which it says whether they come"),
    Elsewhere((Means.AWAY, Means.TALK), _under_check_in, "a check-in has words of its own for that"),
    Elsewhere((Means.TALK,), _awaited, "it may answer somebody who has written to them"),
    Elsewhere((Means.TALK,), _under_incident, "it may name somebody in the incident that is shown"),
    Elsewhere(tuple(Means), _while_logging, "it may be of the incident that is being logged"),
)


async def _heard(ctx: Context, text: PrivateText, questions: list[OpenQuestion], *, asked: bool) -> Heard | None:
    """Return what is heard in a text that this may answer; None for what others who hear it answer better."""
    rules, said = ctx.services.voice.rules.own_words, text.said.text
    heard = rules.heard(said, asked=asked)
    if asked and not text.written and (freely := rules.heard(said)):  # no words are asked for that it could be
        heard = freely if freely.means is Means.QUESTION and not freely.rule.shrugged else heard
    if heard is None or (heard.rule.shrugged and not questions):
        return None
    for one in ELSEWHERE:
        if heard.means in one.means and await one.is_theirs(ctx, text, questions, heard):
            return None
    return heard


# -- the answer --------------------------------------------------------------------------------------------------------
async def _answer(ctx: Context, text: PrivateText, questions: list[OpenQuestion], *, keeps: bool = True) -> bool:
    heard = await _heard(ctx, text, questions, asked=bool(questions) and keeps)
    if heard is None:
        return False
    logs = bool(heard.rule.logging) and await _logs(ctx, text, questions)
    asked = await _asked(ctx, text, questions, heard, heard.rule.logging if logs else heard.rule.words)
    found = await own_answers.answer(ctx, asked) if asked else None
    if asked and found:
        await _tell(ctx, text, asked, found, keeps=keeps)
    return found is not None


async def _tell(
    ctx: Context, text: PrivateText, asked: Asked, found: tuple[str, TemplateFacts, list[list[Key]]], *, keeps: bool
) -> None:
    """Say what was found, with the button that keeps the text as an answer to what it stands under."""
    person, heard, questions, seats = text.person, asked.heard, asked.questions, asked.seats
    name, facts, keys = found
    slot, kept = await ambiguous_texts.lay(ctx, person, text.said, text.written) if questions and keeps else (None, [])
    passes = not questions and (heard.means in TO_A_PERSON or heard.rule.shrugged)
    human, held = await unexpected_readers.to_a_person(ctx, text) if passes else ([], None)
    told = [ctx.services.voice.render(f"own.{name}", {**facts, "human": bool(human)})]
    if kept:  # a bare yes could be to that as well
        told.append(ctx.services.voice.render("own_kept"))
        keys = [[replace(key, says="either" if key.says else "") for key in row] for row in keys]
    about = seats[0].group.id if questions or len(seats) == 1 else None
    keys = [*keys, *human]
    if not (heard.rule.calm and heard.means in (Means.QUESTION, Means.TAKES_BACK)):
        told += [] if heard.means is Means.TALK else [ctx.services.voice.render("own_floor")]
        away = heard.means not in (Means.AWAY, Means.BACK)
        keys += _besides(keys, await ways(ctx, person, about, away=away, human=not human))
    shown = Message(
        tidy(block for body in told for block in (*body, BlankLine())),
        [*keys, *kept],
        about=about,
        slot=slot,
        context=held,
    )
    await ctx.tell_person(person.id, shown, beside=True)


def _besides(keys: list[list[Key]], ways_there: list[list[Key]]) -> list[list[Key]]:
    """Return the ways whose buttons do not stand there already."""
    there = {key.action.verb for row in keys for key in row if key.action}
    left = [[key for key in row if key.action is None or key.action.verb not in there] for row in ways_there]
    return [row for row in left if row]


async def _asked(
    ctx: Context, text: PrivateText, questions: list[OpenQuestion], heard: Heard, name: str
) -> Asked | None:
    """Return what is asked, with the writer's seats, that of the question first; None for a guest and a stranger, whose
    word is heard elsewhere.

    For what is kept of them they may also be a guest, or have left.
    """
    seats = await command_keys.seats_of(ctx, text.person)
    own = not seats and command_keys.asks_for_own(ctx, text.said.text)
    if own and await guest_texts.invited_to(ctx, text.person) is None:  # who has the event in the same answer
        seats = await command_keys.seats_of(ctx, text.person, own=True)
    seats.sort(key=lambda one: bool(questions) and one.group.id != questions[-1].prompt.group_id)
    return Asked(text.person, text.said.text, heard, name, seats, questions, text.under) if seats else None
