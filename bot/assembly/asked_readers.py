"""Readers of texts in private that may answer something: what each takes, one function for each row of the list."""

from bot.assembly import ambiguous_texts, asked_questions, button_answers, dispatch_commands, private_commands, to_asker
from bot.assembly.private_text import Asking, PrivateText
from bot.context.context import ANSWERABLE, Context
from bot.context.message import OBJECTION, matter_of
from bot.features.approvals import consent, written_consent
from bot.features.calendar import attendance
from bot.features.home import exercise_buttons
from bot.features.incidents import read_incidents, report
from bot.features.members import promise
from bot.features.outsiders import guest_texts
from bot.features.process import unsaved_texts
from bot.features.wellbeing import check_ins
from bot.views.ways import ways
from flows.run.state import Place
from storage.records.message_notes import MessageContext
from storage.records.prompts import Prompt


async def town_named(ctx: Context, text: PrivateText) -> bool:
    """Take the name of a town right under the question which one a command is about."""
    return await dispatch_commands.named_town(ctx, text.person, text.said)


async def promise_first(ctx: Context, text: PrivateText) -> bool:
    """Hold all that a town asks whose new promise must be answered first; never what an incident asks."""
    waiting = {group.id: (group, member) for group, member in await promise.asked(ctx, text.person)}
    if not waiting or await report.overhears(ctx, text.person.focus):
        return False
    # … and not what waits further up, in another town
    meant = asked_questions.asked_now(ctx, text.questions) or text.questions[-1:]
    groups = {q.prompt.group_id for q in meant} & set(waiting)
    if not groups or any([await report.overhears(ctx, q.prompt.context.run) for q in text.questions]):
        return False
    text.promises = [waiting[group] for group in sorted(groups)]
    return await _held(ctx, text) or text.answers_nothing()


async def forgotten(ctx: Context, text: PrivateText) -> bool:
    """Leave what replies to a message that is forgotten to the last ones: it is certainly no answer to what is asked
    now."""
    said = text.said
    if text.replied is None and said.replied_at and said.at - said.replied_at > ANSWERABLE.total_seconds():
        return text.answers_nothing(lost=True)
    return False


async def score(ctx: Context, text: PrivateText) -> bool:
    """Take a score under a check-in, and whatever replies to one; a low one is met when the round is over, too."""
    check_in, found = await text.check_in(ctx), check_ins.score_in(text.said.text)
    if check_in is None:
        alone = text.replied is not None or not text.questions
        return found is not None and alone and await check_ins.wrote_late(ctx, text.person, text.replied, found)
    if text.replied is None and found is None:
        return False
    await _to_check_in(ctx, text, check_in)
    return True


async def forwarded(ctx: Context, text: PrivateText) -> bool:
    """Hold what is forwarded: it was said to somebody else, so it is in doubt whatever is asked."""
    if not text.said.forwarded:
        return False
    return await ambiguous_texts.hold(ctx, text.person, text.said, text.written) or text.answers_nothing(lost=True)


async def reply(ctx: Context, text: PrivateText) -> bool:
    """Take a reply to what asked for a text, however long ago."""
    if text.replied is None or not matter_of(text.replied.context):
        return False
    if await asked_questions.is_said_by_the_way(ctx, text.replied.context, text.said.text):
        return False
    given = await to_asker.give(ctx, text.person, text.said, text.replied.context, replied=True)
    return given or text.answers_nothing()


async def next_piece(ctx: Context, text: PrivateText) -> bool:
    """Take the next part of a long answer that the phone has split."""
    visit = None if text.replied else await to_asker.visit_of(ctx, text.person, text.person.focus)
    joins = ctx.services.voice.rules.joins(text.said.text)
    if visit is None or visit.paused or not visit.goes_on(text.said.at, joins=joins):
        return False
    if await text.may_follow_cry(ctx, MessageContext(run=text.person.focus or 0)):
        return False
    return await to_asker.answer(ctx, text.person, text.said, text.person.focus) or text.answers_nothing()


async def command_word(ctx: Context, text: PrivateText) -> bool:
    """Take a command that is written without its sign, where nothing is asked in words."""
    command = None if text.replied else ctx.services.voice.rules.command_in(text.said.text)
    if command is None or any([await _wants_words(ctx, text, q.prompt.context) for q in text.written]):
        return False
    await private_commands.in_private(ctx, text.person, command, "", text.said.message_id)
    return True


async def _wants_words(ctx: Context, text: PrivateText, asked: MessageContext) -> bool:
    if asked.want:
        return asked.want not in unsaved_texts.WELCOME
    return not await asked_questions.only_remarks(ctx, text.person, asked, text.said.text)


async def question(ctx: Context, text: PrivateText) -> bool:
    """Take the answer to the question that a bare text answers without doubt, or the word of a button under it."""
    asked = None if text.replied else await text.at_once(ctx)
    if asked is None or await asked_questions.is_said_by_the_way(ctx, asked.prompt.context, text.said.text):
        return False
    if asked.prompt.context.want not in unsaved_texts.OFFERED:  # by which nothing else is put aside
        await ctx.work.prompts.word(asked.prompt.id)
    if await _moves(ctx, text, asked.prompt):
        return True
    return await to_asker.give(ctx, text.person, text.said, asked.prompt.context) or text.answers_nothing()


async def thanks(ctx: Context, text: PrivateText) -> bool:
    """Answer thanks, and nothing but thanks."""
    if not ctx.services.voice.rules.thanks(text.said.text):
        return False
    said = any(sign.isalpha() for sign in text.said.text)
    await ctx.to_person(text.person.id, "thanked", {"said": said})
    return True


async def buttons(ctx: Context, text: PrivateText) -> bool:
    """Take what says outright what the message asks with its buttons, where no question is fresh."""
    if not (text.only_waits(ctx) or text.said.reply_to):
        return False
    return await button_answers.takes(ctx, text.person, text.said, text.under)


async def change_of_mind(ctx: Context, text: PrivateText) -> bool:
    """Put a decision again to somebody who says a bare yes where only the reason for their no is waited for."""
    written = text.written
    if [q.prompt.context.want for q in written] != [OBJECTION] or not consent.says_yes(ctx, text.said.text):
        return False
    await written_consent.put_beside(ctx, text.person, written[0].prompt.context)
    return True


async def guest_who_waits(ctx: Context, text: PrivateText) -> bool:
    """Take a guest's word where questions only wait: it may be about the event."""
    if not text.questions or len(text.written) != len(text.questions) or not text.only_waits(ctx):
        return False
    return await guest_texts.heard(ctx, text.person, text.said.text)


async def held(ctx: Context, text: PrivateText) -> bool:
    """Hold what some open question can take, and ask which; what none can take is not kept.

    Who asks something close upon a cry asks us, and what to do.
    """
    if not text.written:
        return False
    asks_us = text.follows_cry(ctx) and text.said.text.rstrip().endswith("?")
    return (not asks_us and await _held(ctx, text)) or text.answers_nothing()


async def _held(ctx: Context, text: PrivateText) -> bool:
    return await ambiguous_texts.hold(ctx, text.person, text.said, text.questions, cries=text.follows_cry(ctx))


async def buttons_again(ctx: Context, text: PrivateText) -> bool:
    """Put the buttons once more that the text did not answer."""
    return await button_answers.put_again(ctx, text.person, text.under)


async def no_score(ctx: Context, text: PrivateText) -> bool:
    """Ask for a score where a check-in asks for one and the text is none."""
    check_in = await text.check_in(ctx)
    if check_in is not None:
        await _to_check_in(ctx, text, check_in)
    return check_in is not None


async def incident_shown(ctx: Context, text: PrivateText) -> bool:
    """Delete what a reader writes under an incident, where buttons suffice."""
    return await read_incidents.wrote(ctx, text.person, text.said.message_id)


async def guest_who_paused(ctx: Context, text: PrivateText) -> bool:
    """Take a guest's word who has put off the exercise that they were last in."""
    visit = await to_asker.visit_of(ctx, text.person, text.person.focus)
    return visit is not None and visit.paused and await guest_texts.heard(ctx, text.person, text.said.text)


async def pen_elsewhere(ctx: Context, text: PrivateText) -> bool:
    """Tell whoever holds the pen for the group that it is written there."""
    pen = await exercise_buttons.pen_held(ctx, text.person)
    if pen:
        await ctx.to_person(text.person.id, "pen_elsewhere", {"title": pen}, await ways(ctx, text.person))
    return bool(pen)


async def summary(ctx: Context, text: PrivateText) -> bool:
    """Take the word of a button under one's own answers, before they are handed in."""
    visit = await to_asker.visit_of(ctx, text.person, text.person.focus)
    if visit is None or visit.place is not Place.SUMMARY or visit.paused:
        return False
    return await exercise_buttons.said_move(ctx, text.person, text.person.focus or 0, text.said.text, asked=False)


async def paused(ctx: Context, text: PrivateText) -> bool:
    """Hold what comes late for what its writer has put off, unless it asks or only remarks: they say if it belongs."""
    rules, said, run = ctx.services.voice.rules, text.said, text.person.focus
    if said.reply_to or run is None or rules.own_words.asks(said.text) or rules.says_by_the_way(said.text):
        return False
    waiting = await asked_questions.open_questions(ctx, text.person, paused=True)
    late = [one for one in waiting if one.prompt.matter == matter_of(MessageContext(run=run))]
    if any([await asked_questions.only_remarks(ctx, text.person, one.prompt.context, said.text) for one in late]):
        return False
    return await ambiguous_texts.hold(ctx, text.person, said, late)


async def exercise(ctx: Context, text: PrivateText) -> bool:
    """Let the exercise that they were last in say that it takes no text now."""
    focus = None if text.said.reply_to else text.person.focus
    return await to_asker.answer(ctx, text.person, text.said, focus) or text.answers_nothing()


async def _to_check_in(ctx: Context, text: PrivateText, asked: Asking) -> None:
    """Take a text under a check-in: its score, an answer about the meeting told of in the same message, or neither."""
    person, said = text.person, text.said
    if (found := check_ins.score_in(said.text)) is not None:
        await check_ins.wrote(ctx, asked, found)
    elif not await button_answers.takes(ctx, person, said, text.under):
        absent, near = ctx.services.voice.rules.absent(said.text), await attendance.near(ctx, person, said.text)
        also = [*near, *await ways(ctx, person, asked[0].group.id)]
        await check_ins.ask_score(ctx, asked, also, absent=absent)


async def _moves(ctx: Context, text: PrivateText, asked: Prompt) -> bool:
    """True if a text named a button under what is asked, and was that; one among an incident's texts is deleted."""
    run = asked.context.run
    if asked.context.want or not run or not await exercise_buttons.said_move(ctx, text.person, run, text.said.text):
        return False  # what a feature asks for may be about a round, and has no such buttons
    if await report.overhears(ctx, run):
        await ctx.delete(text.person.id, text.said.message_id, about=asked.group_id)
    return True
