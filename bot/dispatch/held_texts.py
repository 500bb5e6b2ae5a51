"""Decides which question a text in private answers if it is no reply: at once, or after asking the person.

A bare text is taken at once only if exactly one question for text is open to this person, the bot has written of
nothing else since, and the question was asked, or answered in, lately. Otherwise the text is held, and shown with the
questions that it could answer: nothing is guessed, and no word ends up where it was not meant to.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import Final

from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded, PromisedAgain, TextPlaced
from bot.context.message import Key, matter_of
from bot.context.permissions import About, Role, asked_anew, role_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.incidents import report
from bot.features.journey import exercise_buttons, wanted_texts
from bot.features.members import promise
from bot.features.wellbeing import check_ins
from bot.features.wellbeing.distress import presses
from bot.identities.finder import find
from bot.reminders import open_items
from bot.reminders.kinds import HELD
from bot.views.names import cut
from flows.answers import from_text, named_option
from flows.model import How, Kind
from flows.state import Phase, Place, Run, Visit
from flows.trouble import Problem, Trouble
from storage.message_notes import MessageContext
from storage.records import Group, HeldText, Person, Prompt, TextPart
from storage.table import moment

FRESH: Final = timedelta(hours=6)  # how long a text answers a question at once; after that the bot asks
KEPT: Final = timedelta(days=7)  # how long a text waits to be placed
PROMISE_FIRST: Final = date.max  # … until its author has answered to a new promise, for those written while that waits
WARNED: Final = timedelta(days=3)  # before a text is thrown away its author is reminded: there may be a weekend between
CLOSE: Final = timedelta(minutes=10)  # after a text that presses: what is written then is not taken at once either
ONE: Final = timedelta(seconds=15)  # texts so close to each other are one: nobody has read the question between
MOST: Final = 4  # questions offered, the latest ones
ROOM: Final = 38  # characters of an exercise's title and a question's together, on a button …
TITLE: Final = 16  # … and at least so many of the first
QUOTED: Final = 1000  # characters of a text shown back
THROW = "throw"


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


async def open_questions(ctx: Context, person: Person) -> list[OpenQuestion]:
    """Return every question for a text that is open to this person now, the oldest first."""
    await _remember_focus(ctx, person)
    questions = []
    for prompt in await ctx.work.prompts.of(person.id):
        group = await ctx.work.groups.get(prompt.group_id)
        title = await _title(ctx, person, prompt)
        if title is not None and group.state == "active":
            questions.append(OpenQuestion(prompt, title, await ctx.town_for(person.id, group)))
    return questions


async def _remember_focus(ctx: Context, person: Person) -> None:
    """Add a prompt for a question that was asked before prompts were stored; it is too old to be answered at once."""
    actor = await _seated(ctx, person, person.focus)
    if actor is None or person.focus is None:
        return
    context = MessageContext(run=person.focus)
    matter = matter_of(context)
    run = runner.load(ctx, await ctx.work.runs.get(person.focus))
    known = any(prompt.matter == matter for prompt in await ctx.work.prompts.of(person.id))
    if matter is not None and not known and takes_text(run, actor.member.id):
        await ctx.work.prompts.ask(person.id, actor.group.id, matter, context)
        await ctx.work.prompts.interrupt(person.id, but=None)


async def _seated(ctx: Context, person: Person, run_id: int | None) -> Actor | None:
    """Return this person's seat in the group of a run, None if they have left it."""
    actor = await exercise_buttons.actor_in(ctx, person, run_id)
    return actor if actor is not None and role_of(actor.member, actor.group) > Role.FORMER else None


async def _title(ctx: Context, person: Person, prompt: Prompt) -> str | None:
    """Return the name of a question; None if it is no longer asked."""
    voice, context = ctx.services.voice, prompt.context
    if context.asked:  # by somebody, who waits for the answer
        asker = await ctx.work.members.lookup(context.to)
        return f"{asker.name}: {context.asked}" if asker is not None and asker.state == "active" else None
    if context.want:
        return voice.label(f"asked.{context.want}") if wanted_texts.is_awaited(ctx, prompt) else None
    actor = await _seated(ctx, person, context.run)
    if actor is None:
        return None
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    if not takes_text(run, actor.member.id):
        return None
    title, key = voice.title_of(run.exercise.id), run.visits[actor.member.id].key
    if not key:
        return title
    present = await runner.present_of(ctx, actor.group, run.exercise)
    short = present.short(key)
    return f"{cut(title, max(TITLE, ROOM - len(short)))}: {short}"


def takes_text(run: Run, member: int) -> bool:
    """True if a member is being asked something in a run that a text can answer."""
    closed = run.phase in (Phase.NEW, Phase.ASIDE) or (
        run.phase is Phase.CONCLUDED and run.exercise.how is not How.ROWS
    )
    seat = run.seats.get(member)
    return not closed and seat is not None and seat.awaited and run.visits.get(member, Visit()).takes_text


def asked_now(ctx: Context, questions: list[OpenQuestion]) -> list[OpenQuestion]:
    """Return the questions that are asked now, without those that were put aside."""
    return [q for q in questions if not q.prompt.aside and _is_fresh(ctx, q.prompt)]


def _is_fresh(ctx: Context, prompt: Prompt) -> bool:
    return ctx.now - moment(_last(prompt)) < FRESH


def _last(prompt: Prompt) -> int:
    return max(prompt.asked_at, prompt.last_word_at)


async def answers_at_once(ctx: Context, questions: list[OpenQuestion]) -> OpenQuestion | None:
    """Return the question that a bare text answers without doubt, if there is one.

    What all would read at once is in doubt until something has been written there since the person turned to it from
    a question that they answer alone.
    """
    asked = asked_now(ctx, questions)
    if len(asked) != 1 or asked[0].prompt.interrupted:
        return None
    prompt = asked[0].prompt
    if await _visibility(ctx, prompt) is not Seen.AT_ONCE:
        return asked[0]
    left = [q.prompt for q in questions if q.prompt.aside and _is_fresh(ctx, q.prompt)]
    left = [one for one in left if prompt.last_word_at < _last(one)]
    return None if Seen.LATER in [await _visibility(ctx, one) for one in left] else asked[0]


async def _visibility(ctx: Context, prompt: Prompt) -> Seen | None:
    """Return when others see a text that an exercise asks for; None if a button is asked for, or a feature asks."""
    record = None if prompt.context.want else await ctx.work.runs.lookup(prompt.context.run)
    actor = await _seated(ctx, await ctx.work.people.get(prompt.person_id), record.id) if record is not None else None
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


async def unseen_by_others(ctx: Context, asked: MessageContext) -> bool:
    """True if no other member reads what answers this, as a word in a check-in or an incident."""
    return asked.want == check_ins.WANT or await report.overhears(ctx, asked.run)


# -- holding -----------------------------------------------------------------------------------------------------------
async def hold(
    ctx: Context, person: Person, said: Written, questions: list[OpenQuestion], *, cries: bool = False
) -> bool:
    """Hold a text and ask what it answers; False if none of the questions can take it, and so it is not kept.

    One that points somebody out is not kept if an incident may be meant. `cries`: it is a cry for help or tells of
    danger, and may answer nothing.
    """
    for question in questions:
        run = question.prompt.context.run
        if await report.overhears(ctx, run) and find(said.text):
            actor = await exercise_buttons.actor_in(ctx, person, run)
            assert actor is not None
            await report.wrote(ctx, actor, run, said)
            return True
    questions = [question for question in questions if await _can_take(ctx, person, question.prompt.context, said.text)]
    if not questions:
        return False
    newest = await ctx.work.held_texts.newest(person.id)
    part = TextPart(said.text, said.message_id, said.at, said.long)
    apart = cries or (newest is not None and any(presses(part.text) for part in newest.parts))
    if newest is not None and not apart and ctx.now - moment(newest.at) < ONE:
        now = int(ctx.now.timestamp())
        held = await ctx.work.held_texts.update(newest.id, parts=(*newest.parts, part), at=now)
    else:
        offered = questions[-MOST:]
        group = offered[-1].prompt.group_id
        waits = await _waits_for_promise(ctx, person, offered)
        until = PROMISE_FIRST if waits else ctx.today + KEPT
        matters = [question.prompt.matter for question in offered]
        now = int(ctx.now.timestamp())
        held = await ctx.work.held_texts.hold(person.id, group, part, now, matters, until)
        if not waits:
            await _remind(ctx, held, until - WARNED)
    await _show(ctx, person, held, questions)
    return True


async def end_pieces(ctx: Context, person: Person) -> None:
    """Let what is written from now on be a text of its own, as the person has done something else between."""
    newest = await ctx.work.held_texts.newest(person.id)
    if newest is not None and ctx.now - moment(newest.at) < ONE:
        await ctx.work.held_texts.update(newest.id, at=newest.at - int(ONE.total_seconds()))


async def follows_one(ctx: Context, person: Person) -> bool:
    """True close upon a held text that cried for help or told of danger: what comes then may belong to it."""
    held = await ctx.work.held_texts.of(person.id, ctx.today)
    close = (one for one in held if ctx.now - moment(one.at) < CLOSE)
    return any(presses(part.text) for one in close for part in one.parts)


async def _remind(ctx: Context, held: HeldText, day: date | None) -> None:
    """Remind the author, from that day, that the text is still to be placed; with None, no more."""
    for member in await ctx.work.members.of_person(held.person_id):
        if member.group_id == held.group_id:
            group = await ctx.work.groups.get(held.group_id)
            wanted = {(HELD, member.id): day} if day else {}
            await open_items.reconcile(ctx, group, f"{HELD}:{held.id}", wanted)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a held text once more, in a message of its own: they have come back to say what it answers."""
    held = await ctx.work.held_texts.lookup(int(action.arg))
    if held is None or held.person_id != actor.person.id or held.until < ctx.today:
        gone, keys = {"title": None, "town": None, "gone": True}, [[ctx.key("what_waits", "answers")]]
        await ctx.reply(actor, "placed", gone, keys)
        return
    await _show(ctx, actor.person, held, await open_questions(ctx, actor.person), anew=True)


async def after_conclusion(ctx: Context, happened: ExerciseConcluded) -> None:
    """Tell those whose text could only have answered what has just ended that it was not taken."""
    ended = matter_of(MessageContext(run=happened.run))
    for held in await ctx.work.held_texts.of_group(happened.group, ctx.today):
        person = await ctx.work.people.get(held.person_id)
        questions = await open_questions(ctx, person) if ended in held.candidates else []
        if ended in held.candidates and not any(q.prompt.matter in held.candidates for q in questions):
            await _show(ctx, person, held, questions, anew=True)


async def after_promise(ctx: Context, happened: PromisedAgain) -> None:
    """Ask what those texts answer that were written while the promise waited, and keep them as others from now on."""
    person = await ctx.work.people.get((await ctx.work.members.get(happened.member)).person_id)
    questions = await open_questions(ctx, person)
    for held in await ctx.work.held_texts.of(person.id, ctx.today):
        offered = [question for question in questions if question.prompt.matter in held.candidates]
        if held.until == PROMISE_FIRST and not await _waits_for_promise(ctx, person, offered):
            kept = await ctx.work.held_texts.update(held.id, until=ctx.today + KEPT)
            await _remind(ctx, kept, kept.until - WARNED)
            await _show(ctx, person, kept, questions, anew=True, promised=True)


async def _waits_for_promise(ctx: Context, person: Person, questions: list[OpenQuestion]) -> list[Group]:
    """Return the groups of these questions in which this person must first answer to a new promise.

    An incident never waits for that.
    """
    waits = [q.prompt for q in questions if not await report.overhears(ctx, q.prompt.context.run)]
    return [group for group, _ in await promise.asked(ctx, person) if group.id in {one.group_id for one in waits}]


async def _can_take(ctx: Context, person: Person, asked: MessageContext, text: str) -> bool:
    """True if this text can answer what is asked, or be its comment: some questions only take taps."""
    actor = None if asked.want else await _seated(ctx, person, asked.run)
    if actor is None:
        return True
    run = runner.load(ctx, await ctx.work.runs.get(asked.run))
    visit = run.visits[actor.member.id]
    if visit.place not in (Place.ASK, Place.PICK):
        return True
    if visit.place is Place.ASK:
        question = run.question(visit.key)
        value = from_text(question, text, ctx.today, ctx.dates)
        tapped = isinstance(value, Trouble) and value.name is Problem.CHOOSE
        if not tapped or (question.comment and run.exercise.how is not How.ROWS):
            return True
    labels = await runner.labels_of(ctx, actor.group, run, visit)
    return any(named_option(labels, part) for part in (text, *re.split(r"[,;\n]", text)))


async def _show(
    ctx: Context,
    person: Person,
    held: HeldText,
    questions: list[OpenQuestion],
    *,
    anew: bool = False,
    promised: bool = False,
) -> None:
    """Show the text with the questions that it could answer: in its message or, `anew`, in one further down.

    `promised`: they have just answered to the promise that it waited for; what they were at may have been put aside.
    """
    still = [question for question in questions if question.prompt.matter in held.candidates]
    waits = await _waits_for_promise(ctx, person, still)
    still = [question for question in still if question.prompt.group_id not in {group.id for group in waits}]
    keys = []
    for question in still:
        label = ctx.services.voice.label("place", {"title": question.title, "town": question.town})
        if question.prompt.context.asked:
            label = question.title
        place = str(held.candidates.index(question.prompt.matter))
        keys.append([Key(cut(label, 60), Action("place", question.prompt.group_id, held.id, place))])
    keys += [[ctx.key("day.renew", "enter", group.id)] for group in waits]
    if promised and not still:
        keys.append([ctx.key("what_waits", "answers")])
    keys.append([ctx.key("throw", "place", held.group_id, THROW, held.id)])
    facts = {
        "text": cut(held.text, QUOTED),
        "questions": len(still),
        "promise": bool(waits),
        "promised": promised,
        "cries": any(presses(part.text) for part in held.parts),
    }
    slot = f"held:{held.id}"
    await ctx.to_person(person.id, "held", facts, keys, about=held.group_id, slot=slot, living=not anew)


# -- placing -----------------------------------------------------------------------------------------------------------
async def place(ctx: Context, actor: Actor, action: Action) -> None:
    """Place a held text, or drop it, as the person has said. From then on texts answer that question."""
    held, what_waits = await ctx.work.held_texts.lookup(action.ask), [[ctx.key("what_waits", "answers")]]
    if held is None or held.person_id != actor.person.id or held.until < ctx.today:
        await ctx.reply(actor, "placed", {"title": None, "town": None, "gone": action.arg != THROW}, what_waits)
        return
    about = held.group_id
    if action.arg == THROW:
        await ctx.work.held_texts.drop(held.id)
        await _remind(ctx, held, None)
        thrown = {"title": None, "town": None, "gone": False}
        await ctx.to_person(actor.person.id, "placed", thrown, what_waits, about=about, edit=ctx.tapped)
        return
    questions = await open_questions(ctx, actor.person)
    chosen = next((q for q in questions if q.prompt.matter == held.candidates[int(action.arg)]), None)
    if chosen is None:  # it was answered in another way, or is over
        ctx.toast("placed_over", alert=True)
        await _show(ctx, actor.person, held, questions)
        return
    if not await report.overhears(ctx, chosen.prompt.context.run) and asked_anew(actor.member):
        await promise.refuse(ctx, actor.group, actor.member)
        return
    await ctx.work.held_texts.drop(held.id)
    await _remind(ctx, held, None)
    town = None if chosen.prompt.context.asked else chosen.town  # the question says who asks
    facts = {"title": cut(chosen.title, 60), "town": town, "gone": False}
    await ctx.to_person(actor.person.id, "placed", facts, about=about, slot=f"held:{held.id}", living=True)
    ctx.tapped = None  # what is asked next is a message of its own
    await ctx.work.prompts.word(chosen.prompt.id)
    ctx.events.append(TextPlaced(actor.person.id, chosen.prompt.context, held.parts))


# It is the person's own text: after leaving the group of its question they can still place it elsewhere, or drop it.
ROUTES: Routes = buttons(Role.FORMER, About.GROUP, place=place, held=show)
