"""Readers of what people write in their own words that answers nothing: away, out, a person, a question, a request.

Under a question it is no answer before its writer has chosen: what they ask is answered, and one button keeps it. It
lies sealed until then, for a day at most. Where nothing is asked it is answered, in the place of a shrug.
"""

from typing import Final

from bot.assembly import ambiguous_texts, asked_questions, command_keys, own_answers, unexpected_readers
from bot.assembly.asked_questions import OpenQuestion
from bot.assembly.own_answers import Asked
from bot.assembly.private_text import PrivateText
from bot.context import abuse_limits
from bot.context.context import Actor, Context
from bot.context.message import Message
from bot.features.incidents import report
from bot.features.process import unsaved_texts
from bot.views.ways import ways
from messages.own_words import Heard, Means

TO_A_PERSON: Final = (Means.AWAY, Means.LEAVES, Means.PERSON)  # what somebody may want to know of, or answer


async def under_question(ctx: Context, text: PrivateText) -> bool:
    """Answer what stands under a question and is none of its answers, with the button that keeps it as one."""
    if not text.questions or await _is_meant(ctx, text):
        return False
    return await _answer(ctx, text, text.questions)


async def unasked(ctx: Context, text: PrivateText) -> bool:
    """Answer the same where nothing is asked. What is forwarded, or said right after an incident, is left to others."""
    if text.said.forwarded or ctx.services.limits.over(abuse_limits.LOGGED, text.person.id, ctx.now) is not None:
        return False
    return await _answer(ctx, text, [])


async def _is_meant(ctx: Context, text: PrivateText) -> bool:
    """True for what is certainly meant for what is asked, or can mean nothing else: what a feature asked for, the name
    of a button, what goes on with the text before."""
    rules, said = ctx.services.voice.rules, text.said.text
    lists = all(one.prompt.context.want in unsaved_texts.OFFERED for one in text.written)
    if lists and rules.command_in(said):
        return True
    if rules.moves(said) or rules.thanks(said) or rules.joins(said) or text.said.forwarded:
        return True
    if text.replied is not None and text.replied.context.want:
        return text.replied.context.want not in unsaved_texts.OFFERED
    asked = await text.at_once(ctx)
    fresh = [asked] if asked else asked_questions.asked_now(ctx, text.questions)
    return any(one.prompt.context.want and one.prompt.context.want not in unsaved_texts.OFFERED for one in fresh)


async def _heard(ctx: Context, text: PrivateText, questions: list[OpenQuestion]) -> Heard | None:
    """Return what is heard in a text that this may answer; None for what others who hear it answer better."""
    heard = ctx.services.voice.rules.own_words.heard(text.said.text, asked=bool(questions))
    if heard is None or (heard.rule.shrugged and not questions) or (text.follows_cry(ctx) and not heard.rule.calm):
        return None
    if heard.means is Means.AWAY and not all(one.wants_text for one in questions):
        return None  # a meeting, or times, of which it says whether they come
    if heard.means in (Means.AWAY, Means.TALK) and await text.check_in(ctx):
        return None  # which has words of its own for that
    logs = [await report.overhears(ctx, one.prompt.context.run) for one in questions]
    return None if any(logs) or await unexpected_readers.is_logging(ctx, text.person) else heard


async def _answer(ctx: Context, text: PrivateText, questions: list[OpenQuestion]) -> bool:
    person, said = text.person, text.said
    heard = await _heard(ctx, text, questions)
    seats = await _seats(ctx, text, questions) if heard else []
    if heard is None or not seats:
        return False
    found = await own_answers.answer(ctx, Asked(person, said.text, heard, seats, questions, text.under))
    if found is None:
        return False
    name, facts, keys = found
    slot, kept = await ambiguous_texts.lay(ctx, person, said, text.written) if questions else (None, [])
    passes = not questions and heard.means in TO_A_PERSON
    human, held = await unexpected_readers.to_a_person(ctx, text) if passes else ([], None)
    told = [ctx.services.voice.render(f"own.{name}", {**facts, "human": bool(human)})]
    told += [ctx.services.voice.render("own_kept")] if kept else []
    told += [] if heard.means is Means.TALK else [ctx.services.voice.render("own_floor")]
    about = seats[0].group.id if questions or len(seats) == 1 else None
    keys = [*keys, *human]
    there = {key.action.verb for row in keys for key in row if key.action}
    floor = await ways(ctx, person, about, away=heard.means not in (Means.AWAY, Means.BACK), human=not human)
    floor = [[key for key in row if key.action is None or key.action.verb not in there] for row in floor]
    shown = Message("\n\n".join(told), [*keys, *filter(None, floor), *kept], about=about, slot=slot, context=held)
    await ctx.tell_person(person.id, shown, beside=True)
    return True


async def _seats(ctx: Context, text: PrivateText, questions: list[OpenQuestion]) -> list[Actor]:
    """Return the writer's seats, that of the question first; a guest's and a stranger's word is heard elsewhere."""
    found = await command_keys.seats_of(ctx, text.person)
    return sorted(found, key=lambda one: bool(questions) and one.group.id != questions[-1].prompt.group_id)
