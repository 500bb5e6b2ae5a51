"""Decides which question a text in private answers if it is no reply.

A bare text is taken at once only if exactly one question for text is open to this person, or the newest asks for a day
or a name and has it, the bot has written of nothing else since, and the question was asked, or answered in, lately.
Otherwise the text is held (`held_texts`).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from bot.assembly.feature_routes import TEXTS
from bot.context.context import Actor, Context
from bot.context.message import matter_of
from bot.context.permissions import Rank, rank_of
from bot.exercises import runner
from bot.features.home import exercise_buttons
from bot.features.incidents import report
from bot.features.process import unsaved_texts
from bot.features.wellbeing.hearing import Where
from bot.views.names import cut
from flows.answers import named_option
from flows.dialogue.text_input import may_answer
from flows.enums import Audience, How, Kind
from flows.run.events import Wrote
from flows.run.state import Phase, Place, Run, Visit
from storage.records.message_notes import Asker, MessageContext
from storage.records.prompts import Prompt
from storage.records.records import Person
from storage.table import moment

FRESH: Final = timedelta(hours=6)  # how long a text answers a question at once; after that the bot asks
SHARED: Final = timedelta(hours=1)  # … and one that all would read at once
ROOM: Final = 38  # characters of an exercise's title and a question's together, on a button …
TITLE: Final = 16  # … and at least so many of the first


class Seen(Enum):
    """When others see a text."""

    AT_ONCE = auto()
    LATER = auto()  # when it is shown or saved, if at all


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that is open to a person, and its name for them."""

    prompt: Prompt
    title: str
    town: str | None  # if the person is in several

    @property
    def wants_text(self) -> bool:
        """True if it asks for a text, False for what asks with its buttons (see `button_questions`)."""
        return bool(self.prompt.id)


async def open_questions(ctx: Context, person: Person, *, paused: bool = False) -> list[OpenQuestion]:
    """Return every question for a text that is open to this person now, the oldest first. `paused`: also those that
    they have put off, which only a text that they place there answers."""
    await _remember_focus(ctx, person)
    questions = []
    for prompt in await ctx.work.prompts.of(person.id):
        group = await ctx.work.groups.get(prompt.group_id)
        title = await _title(ctx, person, prompt, paused=paused)
        if title is not None and group.state == "active":
            questions.append(OpenQuestion(prompt, title, await ctx.town_for(person.id, group)))
    return questions


async def _remember_focus(ctx: Context, person: Person) -> None:
    """Add a prompt for a question that was asked before prompts were stored; it is too old to be answered at once."""
    actor = await seated(ctx, person, person.focus)
    if actor is None or person.focus is None:
        return
    context = MessageContext(run=person.focus)
    matter = matter_of(context)
    run = runner.load(ctx, await ctx.work.runs.get(person.focus))
    known = any(prompt.matter == matter for prompt in await ctx.work.prompts.of(person.id))
    if matter is not None and not known and takes_text(run, actor.member.id):
        await ctx.work.prompts.ask(person.id, actor.group.id, matter, context)
        await ctx.work.prompts.interrupt(person.id, but=None)


async def seated(ctx: Context, person: Person, run_id: int | None) -> Actor | None:
    """Return this person's seat in the group of a run, None if they have left it."""
    actor = await exercise_buttons.actor_in(ctx, person, run_id)
    return actor if actor is not None and rank_of(actor.member, actor.group) > Rank.FORMER else None


async def _title(ctx: Context, person: Person, prompt: Prompt, *, paused: bool) -> str | None:
    """Return the name of a question; None if it is no longer asked."""
    voice, context = ctx.services.voice, prompt.context
    if asked := context.of(Asker):  # by somebody, who waits for the answer
        asker = await ctx.work.members.lookup(asked.to)
        return f"{asker.name}: {asked.asked}" if asker is not None and asker.state == "active" else None
    if context.want:
        return await unsaved_texts.called(ctx, context) if unsaved_texts.is_awaited(ctx, prompt) else None
    actor = await seated(ctx, person, context.run)
    if actor is None:
        return None
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    if not takes_text(run, actor.member.id, paused=paused and actor.member.role != "guest"):
        return None
    title, key = voice.title_of(run.exercise.id), run.visits[actor.member.id].key
    if not key:
        return title
    short = (await runner.present_of(ctx, actor.group, run.exercise)).short(key)
    return f"{cut(title, max(TITLE, ROOM - len(short)))}: {short}"


def takes_text(run: Run, member: int, *, paused: bool = False) -> bool:
    """True if a member is being asked something in a run that a text can answer. `paused`: or has put off a question
    of what the group works on, where a late word is theirs to place."""
    closed = run.phase in (Phase.NEW, Phase.ASIDE) or (
        run.phase is Phase.CONCLUDED and run.exercise.how is not How.ROWS
    )
    seat, visit = run.seats.get(member), run.visits.get(member, Visit())
    late = paused and visit.paused and visit.place is Place.ASK and not run.exercise.private
    return not closed and seat is not None and seat.takes_part and (visit.takes_text or late)


async def can_take(ctx: Context, person: Person, asked: MessageContext, text: str) -> bool:
    """True if this text can answer what is asked, or be its comment: some questions only take taps."""
    actor = None if asked.want else await seated(ctx, person, asked.run)
    if actor is None:
        return True
    run = runner.load(ctx, await ctx.work.runs.get(asked.run))
    visit = run.visits[actor.member.id]
    labels = await runner.labels_of(ctx, actor.group, run, visit)
    said = Wrote(actor.member.id, text, int(ctx.now.timestamp()), ctx.today, ctx.dates, labels=labels)
    return may_answer(run, said)


async def only_remarks(ctx: Context, person: Person, asked: MessageContext, text: str) -> bool:
    """True if a text could only be a remark there: what is asked has buttons, and it names none of them."""
    actor = None if asked.want else await seated(ctx, person, asked.run)
    if actor is None:
        return False
    run = runner.load(ctx, await ctx.work.runs.get(asked.run))
    visit = run.visit(actor.member.id)
    if visit.place is not Place.ASK or run.exercise.how is How.ROWS or run.question(visit.key).kind is Kind.TEXT:
        return False
    labels = await runner.labels_of(ctx, actor.group, run, visit)
    return run.question(visit.key).comment and named_option(labels, text) is None


def asked_now(ctx: Context, questions: list[OpenQuestion]) -> list[OpenQuestion]:
    """Return the questions that are asked now, without those that were put aside."""
    return [q for q in questions if not q.prompt.aside and _is_fresh(ctx, q.prompt)]


def _is_fresh(ctx: Context, prompt: Prompt) -> bool:
    return ctx.now - moment(_last(prompt)) < FRESH


def _last(prompt: Prompt) -> int:
    return max(prompt.asked_at, prompt.last_word_at)


async def answers_at_once(ctx: Context, questions: list[OpenQuestion], text: str = "") -> OpenQuestion | None:
    """Return the question that a bare text answers without doubt, if there is one.

    The newest one, if it asks for a day or a name, is answered by a text that is one, whatever else is asked. What all
    would read at once is in doubt after an hour, and until something has been written there since the person turned
    to it from a question that they answer alone; so is what was turned to from the same question in another town. So is
    what people say between two questions.
    """
    asked = asked_now(ctx, questions)
    if asked and not asked[-1].prompt.interrupted and await _is_said_in(ctx, asked[-1].prompt.context, text):
        return asked[-1]
    if len(asked) != 1 or asked[0].prompt.interrupted:
        return None
    prompt, left = asked[0].prompt, _turned_from(ctx, questions, asked[0].prompt)
    if asked[0].title in [one.title for one in left]:  # the same question, in another town
        return None
    if await _visibility(ctx, prompt) is not Seen.AT_ONCE:
        return asked[0]
    if ctx.now - moment(_last(prompt)) > SHARED or await _is_between(ctx, prompt, text):
        return None
    return None if Seen.LATER in [await _visibility(ctx, one.prompt) for one in left] else asked[0]


def _turned_from(ctx: Context, questions: list[OpenQuestion], prompt: Prompt) -> list[OpenQuestion]:
    """Return the questions from which the person turned to this one, and has written nothing here since."""
    aside = [question for question in questions if question.prompt.aside and _is_fresh(ctx, question.prompt)]
    return [question for question in aside if _last(question.prompt) > prompt.last_word_at]


async def _is_between(ctx: Context, prompt: Prompt, text: str) -> bool:
    """True for a bare yes or no where something else is asked for in free words. A question may well be an answer."""
    if not ctx.services.voice.rules.decides(text):
        return False
    actor = await seated(ctx, await ctx.work.people.get(prompt.person_id), prompt.context.run)
    run = runner.load(ctx, await ctx.work.runs.get(prompt.context.run))
    key = run.visit(actor.member.id).key if actor else ""
    if actor is None or key not in run.keys() or run.question(key).kind is not Kind.TEXT:
        return False
    present = await runner.present_of(ctx, actor.group, run.exercise)
    return not ctx.services.voice.rules.asks_whether(present.words[f"question.{run.question(key).id}.text"])


async def _is_said_in(ctx: Context, asked: MessageContext, text: str) -> bool:
    """True if a feature asks for a day or a name, and the text is one."""
    says = TEXTS[asked.want].takes.says if asked.want in TEXTS else None
    return says is not None and await says(ctx, asked.group, text)


async def is_said_by_the_way(ctx: Context, asked: MessageContext, text: str) -> bool:
    """True for thanks, a move ("klar"), a bare yes or no under what takes a text and did not ask for one."""
    offered = asked.want in unsaved_texts.WELCOME and ctx.services.voice.rules.says_by_the_way(text)
    return offered and not await _is_said_in(ctx, asked, text)


async def _visibility(ctx: Context, prompt: Prompt) -> Seen | None:
    """Return when others see a text that an exercise asks for; None if a button is asked for, or a feature asks."""
    record = None if prompt.context.want else await ctx.work.runs.lookup(prompt.context.run)
    actor = await seated(ctx, await ctx.work.people.get(prompt.person_id), record.id) if record is not None else None
    if record is None or actor is None:
        return None
    run = runner.load(ctx, record)
    visit, how = run.visit(actor.member.id), run.exercise.how
    if visit.place is Place.PICK:
        return None
    if how is How.GROUP or (how is How.ROWS and visit.row is not None):
        return Seen.AT_ONCE
    asks = visit.place is not Place.ASK or run.question(visit.key).kind is Kind.TEXT
    return Seen.LATER if asks else None


async def where(ctx: Context, person: Person, asked: MessageContext) -> Where:
    """Return what a text was written for that answers this, for whoever hears somebody in need in it."""
    if asked.want:
        return Where.MEANT if asked.want in TEXTS and TEXTS[asked.want].takes.unseen else Where.QUESTION
    if await report.overhears(ctx, asked.run):
        return Where.LOGGING
    actor = await seated(ctx, person, asked.run)
    if actor is None:
        return Where.QUESTION
    run = runner.load(ctx, await ctx.work.runs.get(asked.run))
    key = asked.key or run.visit(actor.member.id).key
    shared = run.exercise.how in (How.GROUP, How.ROWS) and not run.exercise.private
    later, at_once = (Where.MEANT, Where.CASE) if run.confides(key) else (Where.QUESTION, Where.SHARED)
    return at_once if shared else later


async def seen(ctx: Context, prompt: Prompt) -> str:
    """Return who sees what answers a question, as the word for it: nobody | group_now | group_later | unnamed | …"""
    asked = prompt.context
    if asked.want:
        takes = TEXTS[asked.want].takes if asked.want in TEXTS else None
        if takes is None or takes.handling is None or asked.of(Asker):
            return "nobody"
        return "unnamed" if takes.unseen else "others"
    record = await ctx.work.runs.lookup(asked.run)
    if record is None:
        return "nobody"
    exercise = runner.load(ctx, record).exercise
    if exercise.private:
        return "readers" if exercise.register else "group_now"
    if exercise.how in (How.GROUP, How.ROWS):
        return "group_now"
    widest = {question.audience for question in exercise.questions}
    if Audience.GROUP in widest:
        return "unnamed" if exercise.anonymous else "group_later"
    return "coordinator" if Audience.COORDINATOR in widest else "organisation" if Audience.ORG in widest else "self"
