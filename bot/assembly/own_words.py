"""Readers of what people write in their own words that answers nothing: away, out, a person, a question, a request.

Under a question it is no answer before its writer has chosen: what they ask is answered, and one button keeps it. It
lies sealed until then, for a day at most. Where nothing is asked it is answered, in the place of a shrug.
"""

from dataclasses import replace
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
from bot.features.incidents import report
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
from storage.records.records import Person

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
    asked, said, rules = await text.at_once(ctx), text.said.text, ctx.services.voice.rules.own_words
    heard = rules.heard(said)
    if asked is None or heard is None or not rules.asks(said):
        return False
    if not await asked_questions.only_remarks(ctx, text.person, asked.prompt.context, said):
        return False
    seats = await _seats(ctx, text, [asked])
    if not seats:
        return False
    question = Asked(text.person, said, heard, "asked_here", seats, [asked], text.under)
    await _tell(ctx, text, question, await own_answers.known_here(ctx, question), keeps=True)
    return True


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
    visit = await to_asker.visit_of(ctx, text.person) if here and not text.replied else None
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
    if heard is None or heard.means not in (Means.QUESTION, Means.REQUEST) or _is_urgent(ctx, text):
        return False
    seats = await _seats(ctx, text, [])
    found = await open_facts.named_to(ctx, text.person, text.said.text) if seats else []
    if found:
        asked = Asked(text.person, text.said.text, heard, "open", seats, [], text.under)
        facts, keys = open_facts.told(ctx, asked, found, "any")
        await _tell(ctx, text, asked, ("open", facts, keys), keeps=False)
    return bool(found)


def _is_urgent(ctx: Context, text: PrivateText) -> bool:
    """True right after a cry or an incident, where a question may be of what to do now."""
    return text.follows_cry(ctx) or unexpected_readers.has_logged(ctx, text.person)


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
    heard = ctx.services.voice.rules.own_words.heard(said, asked=True)
    return want in TEXTS and TEXTS[want].takes.reason and heard is not None and heard.whole


async def _can_be(ctx: Context, asked: MessageContext, said: str) -> bool:
    """True if a text can be what a feature asked for: words can be anything, a day or a name only that, or an absence
    whose days are not understood."""
    if _is_beside(ctx, asked.want, said):
        return False
    takes = TEXTS[asked.want].takes if asked.want in TEXTS else None
    only = takes.says if takes and takes.handling is None else None
    away = ctx.services.voice.rules.own_words.means(said) is Means.AWAY
    return only is None or away or await only(ctx, asked.group, said)


async def _somebody_waits(ctx: Context, person: Person) -> bool:
    """True if somebody has written to this person and waits for an answer."""
    found = [await wishes.open_to(ctx, one) for one in await ctx.work.members.of_person(person.id)]
    return any(found)


async def _heard(ctx: Context, text: PrivateText, questions: list[OpenQuestion], *, asked: bool) -> Heard | None:
    """Return what is heard in a text that this may answer; None for what others who hear it answer better."""
    rules, said = ctx.services.voice.rules.own_words, text.said.text
    heard = rules.heard(said, asked=asked)
    if asked and not text.written and (freely := rules.heard(said)):  # no words are asked for that it could be
        heard = freely if freely.means is Means.QUESTION and not freely.rule.shrugged else heard
    if heard is None or (heard.rule.shrugged and not questions):
        return None
    urgent = text.follows_cry(ctx) if questions else _is_urgent(ctx, text)
    if urgent and heard.means in (Means.QUESTION, Means.REQUEST) and not heard.rule.calm:
        return None  # what to do now, perhaps
    if heard.means is Means.AWAY and not all(one.wants_text for one in questions):
        return None  # a meeting, or times, of which it says whether they come
    if heard.means in (Means.AWAY, Means.TALK) and await text.check_in(ctx):
        return None  # which has words of its own for that
    if heard.means is Means.TALK and len(text.said.text.split()) > BARE and await _somebody_waits(ctx, text.person):
        return None  # it may be the answer to what they wrote
    return heard if not await _logs(ctx, text, questions) or (heard.whole and heard.rule.logging) else None


async def _answer(ctx: Context, text: PrivateText, questions: list[OpenQuestion], *, keeps: bool = True) -> bool:
    heard = await _heard(ctx, text, questions, asked=bool(questions) and keeps)
    seats = await _seats(ctx, text, questions) if heard else []
    if heard is None or not seats:
        return False
    name = heard.rule.logging if await _logs(ctx, text, questions) else heard.rule.words
    asked = Asked(text.person, text.said.text, heard, name, seats, questions, text.under)
    found = await own_answers.answer(ctx, asked)
    if found is not None:
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


async def _seats(ctx: Context, text: PrivateText, questions: list[OpenQuestion]) -> list[Actor]:
    """Return the writer's seats, that of the question first; a guest's and a stranger's word is heard elsewhere.

    For what is kept of them they may also be a guest, or have left.
    """
    found = await command_keys.seats_of(ctx, text.person)
    if not found and command_keys.asks_for_own(ctx, text.said.text):
        found = await command_keys.seats_of(ctx, text.person, own=True)
    return sorted(found, key=lambda one: bool(questions) and one.group.id != questions[-1].prompt.group_id)
