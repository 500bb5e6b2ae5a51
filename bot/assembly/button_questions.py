"""What asks with its buttons in private, and can be answered in words: a decision, times, a meeting, an overview, and
whether something is really to be done.

A text is meant for the message that it replies to, or else for the newest, whatever is open beside it. What comes of
it is in `button_answers`.
"""

from typing import Final

from bot.assembly import confirmations
from bot.assembly.asked_questions import OpenQuestion, can_take, open_questions
from bot.channel.updates import Written
from bot.context.context import Context
from bot.context.message import matter_of
from bot.exercises import runner
from bot.features.approvals import written_consent
from bot.features.calendar import attendance, time_poll
from bot.features.home import exercise_buttons
from bot.features.wellbeing.distress import presses
from flows.run.state import Place
from storage.records.message_notes import AboutMeeting, MessageContext
from storage.records.prompts import Prompt
from storage.records.records import Group, Person
from storage.table import seconds

OLD_PAIR: Final = '["sure", '  # how two buttons began that an older release kept with a held text
MATTER: Final = "buttons"  # how the matter of such a question begins; what it is about follows


async def asked(ctx: Context, person: Person, under: MessageContext) -> OpenQuestion | None:
    """Return what a message asks this person with its buttons, while that can be answered."""
    label = ctx.services.voice.label
    if decision := await written_consent.asking(ctx, person, under):
        return await _question(ctx, person, decision[0].group, under, label("asked.consent"))
    if poll := await time_poll.asking(ctx, person, under):
        return await _question(ctx, person, poll[0].group, under, label("asked.time_poll"))
    if meeting := await attendance.asking(ctx, person, under):
        return await _question(ctx, person, meeting[0].group, under, label("asked.meeting", {"on": meeting[1].day}))
    if not (under.want or under.held) and (sure := await confirmations.asking(ctx, person, under)):
        return await _question(ctx, person, sure[0].group, under, label("asked.sure", {"button": sure[1].yes.label}))
    if group := await summed_up(ctx, person, under):
        title = ctx.services.voice.title_of((await ctx.work.runs.get(under.run)).exercise)
        return await _question(ctx, person, group, under, title)
    return None


async def claiming(ctx: Context, person: Person, said: Written, under: MessageContext) -> list[OpenQuestion]:
    """Return the questions that a text may answer, the likeliest last: all that want one, and what the newest message
    asks with its buttons; if it asks nothing so, the meetings that the text speaks of, beside what else can take it.
    A cry for help, or what tells of danger, may be one's objection to a decision; it is no word about anything else
    that is asked with buttons.

    A text that replies to a question answers that alone, or nothing if it is over.
    """
    questions, cries = await open_questions(ctx, person), presses(said.text)
    objects = not under.of(AboutMeeting) and bool(await written_consent.asking(ctx, person, under)) if cries else True
    beside = await asked(ctx, person, under) if objects else None
    if said.reply_to and (beside or matter_of(under) or under.of(AboutMeeting) or under.what or under.pair):
        return [beside] if beside else [q for q in questions if q.prompt.matter == matter_of(under)]
    if beside:
        return [*questions, beside]
    if cries or not any([await can_take(ctx, person, one.prompt.context, said.text) for one in questions]):
        return questions
    spoken_of = [await asked(ctx, person, one) for one in await attendance.spoken_of(ctx, person, said.text)]
    return [*questions, *(one for one in spoken_of if one)]


async def among(ctx: Context, person: Person, matters: tuple[str, ...]) -> list[OpenQuestion]:
    """Return the questions with these matters that ask with buttons, and can still be answered."""
    found = []
    for kind, *about in (matter.split(":", 5) for matter in matters):
        if kind == MATTER:
            group, run, meeting, once, what = about
            met = AboutMeeting(int(meeting)) if int(meeting) else None
            pair, what = (what.replace(OLD_PAIR, "["), "") if what.startswith("[") else ("", what)
            under = MessageContext(int(run), group=int(group), about=met, once=bool(int(once)), what=what, pair=pair)
            found.append(await asked(ctx, person, under))
    return [question for question in found if question]


async def _question(ctx: Context, person: Person, group: Group, under: MessageContext, title: str) -> OpenQuestion:
    met = under.of(AboutMeeting)
    about = f"{under.group}:{under.run}:{met.meeting if met else 0}:{int(under.once)}:{under.pair or under.what}"
    matter = f"{MATTER}:{about}"
    prompt = Prompt(0, person.id, group.id, matter, under, seconds(ctx.now), 0, interrupted=False, aside=True)
    return OpenQuestion(prompt, title, await ctx.town_for(person.id, group))


async def summed_up(ctx: Context, person: Person, under: MessageContext) -> Group | None:
    """Return the group of a round whose answers lie before this person to be handed in."""
    actor = None if under.want or under.key else await exercise_buttons.actor_in(ctx, person, under.run)
    if actor is None:
        return None
    visit = runner.load(ctx, await ctx.work.runs.get(under.run)).visits.get(actor.member.id)
    return actor.group if visit and visit.place is Place.SUMMARY and not visit.paused else None
