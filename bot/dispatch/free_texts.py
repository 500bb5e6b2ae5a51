"""Free texts in a private chat: what each answers, and what becomes of one that answers nothing without doubt."""

from bot.channel.updates import Chat, Sender, Written
from bot.context.context import ANSWERABLE, Actor, Context
from bot.context.events import TextPlaced
from bot.context.message import OBJECTION, matter_of
from bot.context.plain_text import fingerprint
from bot.dispatch import (
    asked_questions,
    button_answers,
    button_questions,
    dispatch_commands,
    held_texts,
    in_need,
    unasked,
)
from bot.dispatch.dispatch_texts import asked_of, give
from bot.dispatch.edited_texts import may_answer
from bot.dispatch.feature_routes import TEXTS
from bot.exercises import given_texts, runner
from bot.exercises.turn_context import MessageSource
from bot.features.approvals import consent, written_consent
from bot.features.calendar import attendance
from bot.features.identities import identified
from bot.features.incidents import read_incidents, report
from bot.features.journey import exercise_buttons, wanted_texts
from bot.features.members import joining, promise
from bot.features.outsiders import guest_texts
from bot.features.wellbeing import check_ins
from flows.events import Wrote
from flows.state import Place, Visit
from flows.vocabulary import How
from storage.message_notes import MessageContext
from storage.records import CheckIn, Group, Person, Prompt, private_chat


async def wrote(ctx: Context, person: Person, said: Written, under: MessageContext) -> None:
    """Take a free text as the answer to what it replies to, or to what is asked without doubt; else hold it.

    `under`: what the message is about under which it is written.

    Before anything else it is heard whether somebody in need has written it. One that is forwarded was said to somebody
    else, so it is in doubt whatever is asked.
    """
    questions = await button_questions.claiming(ctx, person, said, under)
    replied = await ctx.work.outbox.by_message(private_chat(person.id), said.reply_to) if said.reply_to else None
    if await in_need.met(ctx, person, said, questions, replied):
        return
    if await dispatch_commands.named_town(ctx, person, said):
        return
    if await _promise_first(ctx, person, said, questions):
        return
    if replied is None and said.replied_at and said.at - said.replied_at > ANSWERABLE.total_seconds():
        await unasked.stray(ctx, person, said, lost=True)  # certainly no answer to what is asked now
        return
    check_in = None if said.forwarded else await check_ins.asking(ctx, person, replied)
    if check_in is not None and (replied is not None or check_ins.score_in(said.text) is not None):
        await _to_check_in(ctx, person, said, check_in, under)
        return
    if said.forwarded:
        await _hold(ctx, person, said, [q for q in questions if q.wants_text], elsewhere=True)
        return
    question = await asked_questions.answers_at_once(ctx, questions, said.text)
    if replied is not None:  # if that asked nothing, it answers nothing without doubt
        asks = bool(matter_of(replied.context))
        taken = asks and not await asked_questions.is_said_by_the_way(ctx, replied.context, said.text)
        if taken:
            await _give(ctx, person, said, replied.context, replied=True)
    else:
        taken = await _taken_at_once(ctx, person, said, questions, question)
    if not taken:
        await _in_doubt(ctx, person, said, questions, check_in, under)


async def _taken_at_once(
    ctx: Context,
    person: Person,
    said: Written,
    questions: list[asked_questions.OpenQuestion],
    question: asked_questions.OpenQuestion | None,
) -> bool:
    """Take a text that is no reply: as the next piece of what is being written, a command without its sign, or the
    answer to the question that it answers without doubt. False if it is none of these."""
    if person.focus is not None and await _goes_on(ctx, person, said):
        await _answer(ctx, person, said, person.focus)
        return True
    command = ctx.services.voice.rules.command_in(said.text)
    if command is not None and all(q.prompt.context.want in wanted_texts.OFFERED for q in questions if q.wants_text):
        await dispatch_commands.in_private(ctx, person, command, "", said.message_id)
        return True
    if question is None or await asked_questions.is_said_by_the_way(ctx, question.prompt.context, said.text):
        return False
    if question.prompt.context.want not in wanted_texts.OFFERED:  # by which nothing else is put aside
        await ctx.work.prompts.word(question.prompt.id)
    if not await _moves(ctx, person, said, question.prompt):
        await _give(ctx, person, said, question.prompt.context)
    return True


async def _in_doubt(
    ctx: Context,
    person: Person,
    said: Written,
    questions: list[asked_questions.OpenQuestion],
    check_in: tuple[Actor, CheckIn] | None,
    under: MessageContext,
) -> None:
    """Take a text that answers no question without doubt: one that waits may be meant, or nothing asks for it.

    It may be meant for what the message asks with its buttons `under` which it is written.
    """
    only_wait = not asked_questions.asked_now(ctx, questions)
    written = [question for question in questions if question.wants_text]
    if ctx.services.voice.rules.thanks(said.text):
        await ctx.to_person(person.id, "thanked")
    elif (only_wait or said.reply_to) and await button_answers.takes(ctx, person, said, under):
        return
    elif [q.prompt.context.want for q in written] == [OBJECTION] and consent.says_yes(ctx, said.text):
        await written_consent.put_beside(ctx, person, written[0].prompt.context)  # a change of mind, perhaps
    elif written:
        if only_wait and written == questions and await guest_texts.heard(ctx, person, said.text):
            return  # it may be about an event
        await _hold(ctx, person, said, questions)
    elif await button_answers.put_again(ctx, person, under):
        return
    elif check_in is not None:
        await _to_check_in(ctx, person, said, check_in, under)
    elif not await read_incidents.wrote(ctx, person, said.message_id):
        await _unasked(ctx, person, said)


async def _moves(ctx: Context, person: Person, said: Written, asked: Prompt) -> bool:
    """True if a text named a button under what is asked, and was that; one among an incident's texts is deleted."""
    run = asked.context.run
    if asked.context.want or not run or not await exercise_buttons.said_move(ctx, person, run, said.text):
        return False  # what a feature asks for may be about a round, and has no such buttons
    if await report.overhears(ctx, run):
        await ctx.delete(person.id, said.message_id, about=asked.group_id)
    return True


async def _to_check_in(
    ctx: Context, person: Person, said: Written, asked: tuple[Actor, CheckIn], under: MessageContext
) -> None:
    """Take a text under a check-in: its score, an answer about the meeting told of in the same message, or neither."""
    if (score := check_ins.score_in(said.text)) is not None:
        await check_ins.wrote(ctx, asked, score)
    elif not await button_answers.takes(ctx, person, said, under):
        absent, near = ctx.services.voice.rules.absent(said.text), await attendance.near(ctx, person, said.text)
        await check_ins.ask_score(ctx, asked, near, absent=absent)


async def _unasked(ctx: Context, person: Person, said: Written) -> None:
    """Say to a text that nothing asks for here what there is instead."""
    if await _has_paused(ctx, person) and await guest_texts.heard(ctx, person, said.text):
        return
    if pen := await exercise_buttons.pen_held(ctx, person):
        await ctx.to_person(person.id, "pen_elsewhere", {"title": pen})
        return
    visit = await _visit(ctx, person)
    sums_up = visit is not None and visit.place is Place.SUMMARY and not visit.paused
    if sums_up and await exercise_buttons.said_move(ctx, person, person.focus or 0, said.text, asked=False):
        return
    await _answer(ctx, person, said, None if said.reply_to else person.focus)  # which takes no text now, and says so


async def _promise_first(
    ctx: Context, person: Person, said: Written, questions: list[asked_questions.OpenQuestion]
) -> bool:
    """True if the person must first answer to the promise: the text is held until then."""
    waiting = {group.id: member for group, member in await promise.asked(ctx, person)}
    if not waiting or await report.overhears(ctx, person.focus):
        return False
    meant = asked_questions.asked_now(ctx, questions) or questions[-1:]  # not what waits further up, in another town
    groups = {q.prompt.group_id for q in meant} & set(waiting)
    if not groups or any([await report.overhears(ctx, q.prompt.context.run) for q in questions]):
        return False
    await _hold(ctx, person, said, questions)
    for group in sorted(groups):
        await joining.show_agreement(ctx, await ctx.work.groups.get(group), waiting[group])
    return True


async def _hold(
    ctx: Context,
    person: Person,
    said: Written,
    questions: list[asked_questions.OpenQuestion],
    *,
    elsewhere: bool = False,
) -> None:
    """Hold a text; one that no open question can take is not kept, and that is said.

    `elsewhere`: it was said there, and is no word about a meeting or an invitation either.
    """
    if not await held_texts.hold(ctx, person, said, questions):
        await unasked.stray(ctx, person, said, lost=elsewhere)


async def _goes_on(ctx: Context, person: Person, said: Written) -> bool:
    """True if this is the next part of a long answer that the phone has split."""
    visit = await _visit(ctx, person)
    joins = ctx.services.voice.rules.joins(said.text)
    return visit is not None and not visit.paused and visit.goes_on(said.at, joins=joins)


async def _has_paused(ctx: Context, person: Person) -> bool:
    """True if the person has put off the exercise that they were last in."""
    visit = await _visit(ctx, person)
    return visit is not None and visit.paused


async def _visit(ctx: Context, person: Person) -> Visit | None:
    """Return where the person is in the exercise that they were last in."""
    actor = await exercise_buttons.actor_in(ctx, person, person.focus)
    if actor is None or person.focus is None:
        return None
    return runner.load(ctx, await ctx.work.runs.get(person.focus)).visits.get(actor.member.id)


async def placed(ctx: Context, happened: TextPlaced) -> None:
    """Take a held text, now that the person has said what it answers."""
    person, last = await ctx.work.people.get(happened.person), happened.parts[-1]
    text = "\n".join(part.text for part in happened.parts)
    chat, sender = Chat(person.user_id, "private"), Sender(person.user_id, "")
    said = Written(chat, sender, last.message, last.at, text, long=last.long)
    if await report.overhears(ctx, happened.asked.run):
        for part in happened.parts[:-1]:  # the last one goes as any other that is written there
            await ctx.delete(person.id, part.message, about=(await _group_of(ctx, happened.asked)).id)
    ctx.written = last.message
    await _give(ctx, person, said, happened.asked)


async def _group_of(ctx: Context, asked: MessageContext) -> Group:
    return await ctx.work.groups.get((await ctx.work.runs.get(asked.run)).group_id)


async def _give(ctx: Context, person: Person, said: Written, asked: MessageContext, *, replied: bool = False) -> None:
    """Hand a text to the exercise or feature that asked. `replied`: it replies to that message, perhaps an old one."""
    if await button_answers.takes(ctx, person, said, asked, chosen=True) or await button_answers.put_again(
        ctx, person, asked, chosen=True
    ):
        return
    if asked.want in TEXTS:
        await ctx.work.prompts.end(person.id, matter_of(asked) or "")  # asked again, if it cannot be taken
        await _wanted(ctx, person, said.text, asked)
    elif replied:
        await _answer(ctx, person, said, asked.run, asked.key, asked.seen)
    else:
        await _answer(ctx, person, said, asked.run)


async def _answer(
    ctx: Context, person: Person, said: Written, run_id: int | None, key: str = "", seen: int | None = None
) -> None:
    """Take a text in the dialogue of an exercise, if the person has a seat."""
    actor = await exercise_buttons.actor_in(ctx, person, run_id)
    if actor is None or run_id is None or not await may_answer(ctx, actor, run_id):
        await unasked.stray(ctx, person, said)
        return
    if await report.overhears(ctx, run_id):
        await report.wrote(ctx, actor, run_id, said)
        return
    source = MessageSource(said.chat.id, said.message_id)
    joins = ctx.services.voice.rules.joins(said.text)
    written = Wrote(actor.member.id, said.text, said.at, ctx.today, ctx.dates, key, said.long, seen, joins)
    event = await identified.seen(ctx, actor.group, written, source)
    await _note_field(ctx, actor, run_id, said.text)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(run_id), event, by=actor.member, source=source)


async def _note_field(ctx: Context, actor: Actor, run_id: int, text: str) -> None:
    """Note which field of a row a text is given to, so that its edit leads there."""
    run = runner.load(ctx, await ctx.work.runs.get(run_id))
    key = run.visits.get(actor.member.id, Visit()).key
    if run.exercise.how is How.ROWS and not run.exercise.private and key:
        await given_texts.note(ctx, actor, MessageContext(run=run_id, key=key, words=fingerprint(text)))


async def _wanted(ctx: Context, person: Person, text: str, context: MessageContext) -> None:
    """Take a text that a feature asked for, in reply to its message or right after it."""
    if actor := await asked_of(ctx, person, context):
        await give(ctx, actor, text, context)
