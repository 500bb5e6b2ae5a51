"""A reader of what people say about what they have just said: that it is to go, or that something else was meant.

It does what the last message has a button for, in that round; a word that is put right becomes the answer before, never
the one to what is asked next. Where nothing can be taken back, `own_answers` says so.
"""

from dataclasses import replace

from bot.assembly import offers
from bot.assembly.asked_questions import seated
from bot.assembly.private_text import PrivateText
from bot.context.context import Actor, Context
from bot.exercises import runner
from bot.exercises.turn_context import MessageSource
from bot.features.home import exercise_buttons
from bot.features.incidents import report
from flows.dialogue import spoken
from flows.run.events import Edited
from flows.run.state import Place, Run
from storage.records.message_notes import MessageContext


async def of_what_was_said(ctx: Context, text: PrivateText) -> bool:
    """Take back, or put right, the answer that was just given in the round that the last message is about."""
    rules, said = ctx.services.voice.rules, text.said
    meant, back = rules.corrected_to(said.text), rules.takes_back(said.text)
    if said.forwarded or not (meant or back):
        return False
    about = await _about(ctx, text)
    actor = await seated(ctx, text.person, about.run) if about is not None else None
    if about is None or actor is None:
        return False
    run = runner.load(ctx, await ctx.work.runs.get(about.run))
    logs = await report.overhears(ctx, run.number)
    remarks = bool(run.visit(actor.member.id).remark.text)  # which was it, then, and no answer
    done = bool(meant) and not (logs or remarks) and await _corrected(ctx, actor, run, text, meant)
    done = done or ((back or remarks) and await exercise_buttons.take_back(ctx, actor, run))
    if done and logs:
        await ctx.delete(text.person.id, said.message_id, about=actor.group.id)
    return done


async def _about(ctx: Context, text: PrivateText) -> MessageContext | None:
    """Return what was asked without doubt, or what the last message is about; None if that is no round."""
    asked = None if text.replied else await text.at_once(ctx)
    above = await offers.above(ctx, text)
    about = asked.prompt.context if asked else above.context if above else None
    return about if about is not None and about.run and not about.want else None


async def _corrected(ctx: Context, actor: Actor, run: Run, text: PrivateText, meant: str) -> bool:
    """Let what was meant be the answer before, as if the message that gave it had been edited."""
    key, visit = spoken.just_answered(run, actor.member.id), run.visit(actor.member.id)
    if not key or visit.paused:
        return False
    labels = await runner.labels_of(ctx, actor.group, run, replace(visit, place=Place.ASK, key=key))
    event = Edited(actor.member.id, meant, key, ctx.today, ctx.dates, labels=labels)
    if not spoken.corrects(run, event):
        return False
    source = MessageSource(text.said.chat.id, text.said.message_id)
    record = await ctx.work.runs.get(run.number)
    await runner.apply(ctx, actor.group, record, event, by=actor.member, source=source)
    return True
