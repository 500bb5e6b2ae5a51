"""Hands a text in private to the exercise or feature that asked for it."""

from dataclasses import replace

from bot.assembly import button_answers
from bot.assembly.dispatch_texts import asked_of
from bot.assembly.dispatch_texts import give as give_to_feature
from bot.assembly.edited_texts import may_answer
from bot.assembly.feature_routes import TEXTS
from bot.channel.updates import Chat, Sender, Written
from bot.context.context import Actor, Context
from bot.context.events import TextPlaced
from bot.context.message import matter_of
from bot.context.plain_text import fingerprint
from bot.exercises import given_texts, runner
from bot.exercises.turn_context import MessageSource
from bot.features.home import exercise_buttons
from bot.features.identities import identity_search
from bot.features.incidents import report
from flows.enums import How
from flows.run.events import Wrote
from flows.run.state import Visit
from storage.records.message_notes import MessageContext
from storage.records.records import Person


async def give(ctx: Context, person: Person, said: Written, asked: MessageContext, *, replied: bool = False) -> bool:
    """Hand a text to whatever asked for it; False if that is an exercise in which this person may answer no more.

    `replied`: it replies to that message, perhaps an old one.
    """
    if await button_answers.takes(ctx, person, said, asked, chosen=True) or await button_answers.put_again(
        ctx, person, asked, chosen=True
    ):
        return True
    if asked.want in TEXTS:
        await ctx.work.prompts.end(person.id, matter_of(asked) or "")  # asked again, if it cannot be taken
        if actor := await asked_of(ctx, person, asked):
            await give_to_feature(ctx, actor, said.text, asked)
        return True
    return await answer(ctx, person, said, asked.run, *((asked.key, asked.seen) if replied else ()))


async def answer(
    ctx: Context, person: Person, said: Written, run_id: int | None, key: str = "", seen: int | None = None
) -> bool:
    """Take a text in the dialogue of an exercise; False if the person has no seat there."""
    actor = await exercise_buttons.actor_in(ctx, person, run_id)
    if actor is None or run_id is None or not await may_answer(ctx, actor, run_id):
        return False
    if await report.overhears(ctx, run_id):
        await report.wrote(ctx, actor, run_id, said)
        return True
    source = MessageSource(said.chat.id, said.message_id)
    rules = ctx.services.voice.rules
    written = Wrote(actor.member.id, said.text, said.at, ctx.today, ctx.dates, key, said.long, seen)
    written = replace(written, joins=rules.joins(said.text), stance=rules.stance_in(said.text))
    event = await identity_search.seen(ctx, actor.group, written, source)
    await _note_field(ctx, actor, run_id, said.text)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(run_id), event, by=actor.member, source=source)
    return True


async def visit_of(ctx: Context, person: Person, run: int | None) -> Visit | None:
    """Return where the person is in an exercise, as in the one that they were last in."""
    actor = await exercise_buttons.actor_in(ctx, person, run)
    if actor is None or run is None:
        return None
    return runner.load(ctx, await ctx.work.runs.get(run)).visits.get(actor.member.id)


async def placed(ctx: Context, person: Person, happened: TextPlaced) -> Written | None:
    """Take a held text, now that the person has said what it answers; return it if that is asked of them no more."""
    last, text = happened.parts[-1], "\n".join(part.text for part in happened.parts)
    said = Written(
        Chat(person.user_id, "private"), Sender(person.user_id, ""), last.message, last.at, text, long=last.long
    )
    if await report.overhears(ctx, happened.asked.run):
        group = (await ctx.work.runs.get(happened.asked.run)).group_id
        for part in happened.parts[:-1]:  # the last one goes as any other that is written there
            await ctx.delete(person.id, part.message, about=group)
    ctx.written = last.message
    visit = await visit_of(ctx, person, happened.asked.run)
    late = visit is not None and visit.paused  # then it is an answer to just that question, and they are there again
    asked = replace(happened.asked, key=visit.key) if visit and late else happened.asked
    return None if await give(ctx, person, said, asked, replied=late) else said


async def _note_field(ctx: Context, actor: Actor, run_id: int, text: str) -> None:
    """Note which field of a row a text is given to, so that its edit leads there."""
    run = runner.load(ctx, await ctx.work.runs.get(run_id))
    key = run.visits.get(actor.member.id, Visit()).key
    if run.exercise.how is How.ROWS and not run.exercise.private and key:
        await given_texts.note(ctx, actor, MessageContext(run=run_id, key=key, words=fingerprint(text)))
