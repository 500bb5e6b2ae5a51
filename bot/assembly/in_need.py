"""Where a text was written that may come from somebody in need, and what follows. Asked before anything takes it."""

from dataclasses import replace
from typing import Final

from bot.assembly import ambiguous_texts, asked_questions, open_facts, unexpected_readers
from bot.assembly.private_text import PrivateText
from bot.channel.updates import Written
from bot.context.context import Context
from bot.context.message import matter_of
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen, points_out, tells_of
from bot.features.wellbeing.heard import Heard, Sure
from bot.features.wellbeing.hearing import Outcome, Where, decide, is_told_at_once
from messages.own_words import Means
from storage.records.records import Person

ASKS_WHAT_TO_DO: Final = {"now": "", "now_english": "en"}  # the rules in own_words.toml, and in which language
SEEN: Final = Heard(Sure.CLEAR, seen=True)
OF_THEIRS: Final = Heard(Sure.LEANS)  # worry about somebody: it is met kindly, with the way to be away


async def met(ctx: Context, text: PrivateText) -> bool:
    """Answer somebody in need; True if that is all that becomes of the text, as it may be meant for the bot alone.

    What comes close upon it is heard in the same way: it is only taken as no answer without a tap (`PrivateText`).
    """
    person, said, questions = text.person, text.said, text.questions
    where = await _where(ctx, text)
    acute = _asks_what_to_do(ctx, text, where)
    heard = listen(said.text, generously=where is Where.NOTHING) or acute
    if heard is None or (where is Where.NOTHING and listen(said.text) is None and await _asks_of_work(ctx, text)):
        return False
    outcome = decide(heard, where)
    if outcome is Outcome.KEEP:
        await _beside(ctx, person, heard, where, acute)
        return False
    gone = heard.seen and outcome is Outcome.ANSWER and points_out(said.text) and await _take_out(ctx, person, said)
    await care.answer(ctx, person, heard, unsaved=outcome is Outcome.ANSWER and bool(questions), gone=gone)
    if outcome is Outcome.ASK:
        await ambiguous_texts.hold(ctx, person, said, questions, cries=True)
    return True


def _asks_what_to_do(ctx: Context, text: PrivateText, where: Where) -> Heard | None:
    """Return what was seen just before a question of what to do now: it is of that, and not of what waits. Where an
    incident is being logged it is of that, and so is what comes closer."""
    said, logs = ctx.services.voice.rules.own_words.heard(text.said.text), where is Where.LOGGING
    if logs and tells_of(text.said.text, "closer"):
        return SEEN
    lately = SEEN if logs else care.told_lately(ctx, text.person)
    if said is None or said.rule.id not in ASKS_WHAT_TO_DO or lately is None or not lately.seen:
        return None
    return replace(lately, tongue=ASKS_WHAT_TO_DO[said.rule.id])


async def _asks_of_work(ctx: Context, text: PrivateText) -> bool:
    """True if a text asks something, or wishes, of what is open to its writer: not to manage that is of work."""
    heard = ctx.services.voice.rules.own_words.heard(text.said.text)
    if heard is None or heard.means not in (Means.QUESTION, Means.REQUEST):
        return False
    return bool(await open_facts.named_to(ctx, text.person, text.said.text))


async def _where(ctx: Context, text: PrivateText) -> Where:
    """Return where the text was written: what it would answer, or what it could."""
    person, replied = text.person, text.replied
    if await unexpected_readers.is_logging(ctx, person):
        return Where.LOGGING
    if replied is not None and matter_of(replied.context):
        return await asked_questions.where(ctx, person, replied.context)
    if replied is None and await text.check_in(ctx):
        return Where.MEANT
    could = [asked] if (asked := await text.at_once(ctx)) else text.questions
    found = {await asked_questions.where(ctx, person, question.prompt.context) for question in could}
    away = ctx.services.voice.rules.has_no_time(text.said.text)  # which has its own way
    says = found or (away and listen(text.said.text, generously=True) != OF_THEIRS)
    return found.pop() if len(found) == 1 else Where.QUESTION if says else Where.NOTHING


async def _beside(ctx: Context, person: Person, heard: Heard, where: Where, acute: Heard | None) -> None:
    """Tell where to turn beside what is kept: at once where somebody cries who logs an incident, or asks what to do
    (`acute`), else in a line."""
    if where is not Where.LOGGING:
        care.beside(ctx, person, heard)
    elif acute and heard.seen:
        await care.answer(ctx, person, acute)
    elif heard.sure > Sure.LEANS and heard.seen:
        await care.first(ctx, person)
    elif is_told_at_once(heard, where):
        await care.answer(ctx, person, heard)


async def _take_out(ctx: Context, person: Person, said: Written) -> bool:
    """Take what somebody has seen out of their chat, as it may say where the other one is; False if it is no seat's."""
    seats = await ctx.work.members.of_person(person.id)
    for seat in seats[:1]:
        await ctx.delete(person.id, said.message_id, about=seat.group_id)
    return bool(seats)
