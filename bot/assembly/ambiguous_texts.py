"""Texts in private whose question is in doubt: held, and shown with the questions that they could answer.

Nothing is guessed, and no word ends up where it was not meant to: their author says what they answer, or drops them.
"""

from datetime import date, timedelta
from typing import Final

from bot.assembly import asked_questions, button_questions
from bot.assembly.asked_questions import OpenQuestion, can_take, open_questions
from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded, PromisedAgain, PromiseRenewed, TextPlaced
from bot.context.message import OBJECTION, Key, matter_of
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.row_events import ReasonUnneeded
from bot.context.sealed_actions import Action
from bot.features.approvals import consent_messages
from bot.features.digest.declined import ways_not_to_answer
from bot.features.home import exercise_buttons
from bot.features.incidents import report
from bot.features.members import promise
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Need, Sure
from bot.identities.finder import kinds_in
from bot.reminders import open_items
from bot.reminders.kinds import HELD
from bot.views.names import cut
from bot.views.ways import ways
from flows.answers import is_slight
from flows.identities import Handling
from storage.records.message_notes import Asker, MessageContext
from storage.records.prompts import HeldText, TextPart
from storage.records.records import Group, Person
from storage.table import moment

KEPT: Final = timedelta(days=7)  # how long a text waits to be placed
PROMISE_FIRST: Final = date.max  # … until its author has answered to a new promise, for those written while that waits
WARNED: Final = timedelta(days=3)  # before a text is thrown away its author is reminded: there may be a weekend between
ONE: Final = timedelta(seconds=15)  # how soon a text comes that goes on with the one before
MOST: Final = 4  # questions offered, the latest ones
QUOTED: Final = 1000  # characters of a text shown back …
ENDING: Final = 200  # … of which so many are the end of a longer one
LABEL: Final = 72  # characters of a button
_THROWN: Final = {"title": None, "town": None, "gone": False}  # what is said of a text that was no answer
THROW = "throw"


# -- holding -----------------------------------------------------------------------------------------------------------
async def hold(
    ctx: Context, person: Person, said: Written, questions: list[OpenQuestion], *, cries: bool = False
) -> bool:
    """Hold a text and ask what it answers; False if none of the questions can take it, and so it is not kept.

    One that points somebody out is not kept if an incident may be meant. One that `cries`, or tells of danger, may be
    meant for the bot alone: it goes within the day, nothing reminds of it, and it is listed nowhere.
    """
    if await _points_out_in_incident(ctx, person, said, questions):
        return True
    offered = [question for question in questions if await can_take(ctx, person, question.prompt.context, said.text)]
    offered = offered[-MOST:]
    if not offered:
        return False
    part = TextPart(said.text, said.message_id, said.at, said.long, cries)
    newest = await ctx.work.held_texts.newest(person.id)
    if newest is not None and _is_part_of(ctx, newest, part, offered):
        held = await ctx.work.held_texts.update(newest.id, parts=(*newest.parts, part), at=int(ctx.now.timestamp()))
    else:
        held = await _hold_alone(ctx, person, part, offered)
    await _show(ctx, person, held)
    return True


async def lay(
    ctx: Context, person: Person, said: Written, questions: list[OpenQuestion]
) -> tuple[str | None, list[list[Key]]]:
    """Lay a text aside that is none of the answers before its writer says so; return the slot of the message that is
    to have the buttons, and these: none if no question can take it.

    It is kept as what may be meant for the bot alone.
    """
    offered = [question for question in questions if await can_take(ctx, person, question.prompt.context, said.text)]
    if not offered:
        return None, []
    part = TextPart(said.text, said.message_id, said.at, said.long, cries=True)
    held = await _hold_alone(ctx, person, part, offered[-MOST:])
    keys, at_once = await _place_keys(ctx, held, offered[-MOST:])
    return f"held:{held.id}", [*keys, *at_once]


async def _points_out_in_incident(ctx: Context, person: Person, said: Written, questions: list[OpenQuestion]) -> bool:
    """Take a text that points somebody out as written in an incident, if one may be meant: so nothing of it is kept."""
    for question in questions:
        run = question.prompt.context.run
        if await report.overhears(ctx, run) and Handling.REFUSE.refuses(kinds_in(said.text)):
            actor = await exercise_buttons.actor_in(ctx, person, run)
            assert actor is not None
            await report.wrote(ctx, actor, run, said)
            return True
    return False


def _is_part_of(ctx: Context, newest: HeldText, part: TextPart, offered: list[OpenQuestion]) -> bool:
    """True if a text goes on with the one held last: the phone has split that, or it says so itself ("and")."""
    alike = not set(newest.candidates).isdisjoint(question.prompt.matter for question in offered)
    goes_on = newest.parts[-1].long or ctx.services.voice.rules.joins(part.text)
    return alike and goes_on and not (part.cries or newest.cries) and ctx.now - moment(newest.at) < ONE


async def _hold_alone(ctx: Context, person: Person, part: TextPart, offered: list[OpenQuestion]) -> HeldText:
    group, matters = offered[-1].prompt.group_id, [question.prompt.matter for question in offered]
    waits = not part.cries and await _waits_for_promise(ctx, person, offered)
    until = PROMISE_FIRST if waits else ctx.today if part.cries else ctx.today + KEPT
    held = await ctx.work.held_texts.hold(person.id, group, part, int(ctx.now.timestamp()), matters, until)
    if not (waits or part.cries or is_slight(part.text)):
        await _remind(ctx, held, until - WARNED)
    return held


async def hold_reason(ctx: Context, person: Person, said: Written, under: MessageContext) -> None:
    """Hold what may be the reason for an objection that it has just made `under` a decision: they say if it is."""
    questions = await open_questions(ctx, person)
    asked = consent_messages.asked_in(under)
    why = matter_of(MessageContext(want=OBJECTION, group=under.group, what=asked[0])) if asked else None
    await hold(ctx, person, said, [question for question in questions if question.prompt.matter == why])


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
        await ctx.reply(actor, "placed", {"title": None, "town": None, "gone": True})
        return
    await _show(ctx, actor.person, held, anew=True)


async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Tell those whose text could only have answered what has just ended that it was not taken.

    One that was answered in its own right is done with, and does not come up again.
    """
    ended = matter_of(MessageContext(run=happened.run))
    for held in await ctx.work.held_texts.of_group(group.id, ctx.today):
        person = await ctx.work.people.get(held.person_id)
        if ended not in held.candidates or await _still_asked(ctx, person, held):
            continue
        if held.cries:
            await _throw(ctx, held)
        else:
            await _show(ctx, person, held, anew=True)


async def after_objection(ctx: Context, happened: ReasonUnneeded) -> None:
    """Throw away what could only have been the reason for an objection that has fallen."""
    person = await ctx.work.people.get(happened.person)
    for held in await ctx.work.held_texts.of(person.id, ctx.today):
        if happened.matter in held.candidates and not await _still_asked(ctx, person, held):
            await _throw(ctx, held)
            await ctx.to_person(person.id, "placed", _THROWN, about=held.group_id, slot=f"held:{held.id}", living=True)


async def after_renewal(ctx: Context, group: Group, happened: PromiseRenewed) -> None:
    """Let texts that are held already wait for a new promise, too, with the way to it in the place of their buttons."""
    for held in await ctx.work.held_texts.of_group(group.id, ctx.today):
        person = await ctx.work.people.get(held.person_id)
        if await _waits_for_promise(ctx, person, await _still_asked(ctx, person, held)):
            kept = await ctx.work.held_texts.update(held.id, until=PROMISE_FIRST)
            await _remind(ctx, kept, None)
            await _show(ctx, person, kept)


async def after_promise(ctx: Context, _group: Group, happened: PromisedAgain) -> None:
    """Ask what those texts answer that were written while the promise waited, and keep them as others from now on."""
    person = await ctx.work.people.get((await ctx.work.members.get(happened.member)).person_id)
    for held in await ctx.work.held_texts.of(person.id, ctx.today):
        waits = await _waits_for_promise(ctx, person, await _still_asked(ctx, person, held))
        if held.until == PROMISE_FIRST and not waits:
            kept = await ctx.work.held_texts.update(held.id, until=ctx.today + KEPT)
            await _remind(ctx, kept, kept.until - WARNED)
            await _show(ctx, person, kept, anew=True, promised=True)


async def _waits_for_promise(ctx: Context, person: Person, questions: list[OpenQuestion]) -> list[Group]:
    """Return the groups of these questions in which this person must first answer to a new promise.

    An incident never waits for that.
    """
    waits = [q.prompt for q in questions if not await report.overhears(ctx, q.prompt.context.run)]
    return [group for group, _ in await promise.asked(ctx, person) if group.id in {one.group_id for one in waits}]


async def _still_asked(ctx: Context, person: Person, held: HeldText) -> list[OpenQuestion]:
    """Return the questions that a text could answer and that are still asked."""
    asked = [q for q in await open_questions(ctx, person, paused=True) if q.prompt.matter in held.candidates]
    found = [question for question in asked if await can_take(ctx, person, question.prompt.context, held.text)]
    return [*found, *await button_questions.among(ctx, person, held.candidates)]


async def _show(ctx: Context, person: Person, held: HeldText, *, anew: bool = False, promised: bool = False) -> None:
    """Show the text with the questions that it could answer: in its message or, `anew`, in one further down.

    `promised`: they have just answered to the promise that it waited for; what they were at may have been put aside.
    """
    still = await _still_asked(ctx, person, held)
    waits = await _waits_for_promise(ctx, person, still)
    still = [question for question in still if question.prompt.group_id not in {group.id for group in waits}]
    keys, at_once = await _place_keys(ctx, held, still)
    keys += [[ctx.key("day.renew", "enter", group.id)] for group in waits]
    if promised and not still:
        keys.append([ctx.key("what_waits", "answers")])
    keys.append([ctx.key("throw", "place", held.group_id, THROW, held.id)])
    if _may_be_away(ctx, held.text):
        runs = [q.prompt.context.run for q in still if not q.prompt.context.want]
        keys.append((await ways_not_to_answer(ctx, person, runs))[:1])
    keys += await ways(ctx, person, held.group_id)
    keys += at_once
    facts = {
        "text": _quoted(held.text),
        "questions": len(still),
        "promise": bool(waits),
        "promised": promised,
        "cries": held.cries,
    }
    slot = f"held:{held.id}"
    await ctx.to_person(person.id, "held", facts, keys, about=held.group_id, slot=slot, living=not anew)


def _quoted(text: str) -> str:
    """Return a text as it is shown: of a long one how it begins and ends, so that one sees what was just added."""
    flat = " ".join(text.split())
    return flat if len(flat) <= QUOTED else f"{cut(flat, QUOTED - ENDING)} {flat[-ENDING:].lstrip()}"


def _may_be_away(ctx: Context, text: str) -> bool:
    """True if a text may say that its writer cannot now: it speaks of time, of illness or of how hard it is."""
    heard = listen(text)
    weary = heard is not None and heard.sure is Sure.LEANS and Need.DESPAIR in heard.needs
    return weary or ctx.services.voice.rules.has_no_time(text)


async def _place_keys(
    ctx: Context, held: HeldText, still: list[OpenQuestion]
) -> tuple[list[list[Key]], list[list[Key]]]:
    """Return a button for each question, with who would see the text: what was asked last comes first. What the whole
    group would read at once is apart, and comes last of all, as one tap is soon made."""
    told = [(await asked_questions.seen(ctx, question.prompt), question) for question in reversed(still)]
    told.sort(key=lambda one: -max(one[1].prompt.asked_at, one[1].prompt.last_word_at))
    keys: list[list[Key]] = []
    at_once: list[list[Key]] = []
    for seen, question in told:
        facts = {"title": question.title, "town": question.town, "several": len(still) > 1}
        label = ctx.services.voice.label("place_mine" if held.cries else "place", facts)
        if question.prompt.context.of(Asker):
            label = question.title
        end = ctx.services.voice.label(f"place_seen.{seen}")
        place = str(held.candidates.index(question.prompt.matter))
        shown = f"{cut(label, LABEL - len(end))}{' ' * bool(end)}{end}"
        row = [Key(shown, Action("place", question.prompt.group_id, held.id, place))]
        (at_once if seen == "group_now" else keys).append(row)
    return keys, at_once


async def _throw(ctx: Context, held: HeldText) -> None:
    await ctx.work.held_texts.drop(held.id)
    await _remind(ctx, held, None)


# -- placing -----------------------------------------------------------------------------------------------------------
async def place(ctx: Context, actor: Actor, action: Action) -> None:
    """Place a held text, or drop it, as the person has said. From then on texts answer that question."""
    held = await ctx.work.held_texts.lookup(action.ask)
    if held is None or held.person_id != actor.person.id or held.until < ctx.today:
        await ctx.reply(actor, "placed", {"title": None, "town": None, "gone": action.arg != THROW})
        return
    about = held.group_id
    care.goes_on(ctx, actor.person)
    if action.arg == THROW:
        await _throw(ctx, held)
        await ctx.to_person(actor.person.id, "placed", _THROWN, about=about, edit=ctx.tapped)
        return
    if actor.group.state != "active":
        ctx.toast("out_of_group", alert=True)
        return
    questions, matter = await _still_asked(ctx, actor.person, held), held.candidates[int(action.arg)]
    chosen = next((question for question in questions if question.prompt.matter == matter), None)
    if chosen is None:  # it was answered in another way, or is over
        ctx.toast("placed_over", alert=True)
        await _show(ctx, actor.person, held)
        return
    if await _waits_for_promise(ctx, actor.person, [chosen]):
        await promise.refuse(ctx, actor.group, actor.member)
        return
    await _throw(ctx, held)
    town = None if chosen.prompt.context.of(Asker) else chosen.town  # the question says who asks
    facts = {"title": cut(chosen.title, 60), "town": town, "gone": False}
    await ctx.to_person(actor.person.id, "placed", facts, about=about, slot=f"held:{held.id}", living=True)
    ctx.tapped = None  # what is asked next is a message of its own
    if chosen.wants_text:
        await ctx.work.prompts.word(chosen.prompt.id)
    ctx.events.append(TextPlaced(actor.person.id, chosen.prompt.context, held.parts))


# It is the person's own text: after leaving the group of its question they can still place it elsewhere, or drop it.
ROUTES: Routes = buttons(Rank.FORMER, About.GROUP, place=place, held=show)
