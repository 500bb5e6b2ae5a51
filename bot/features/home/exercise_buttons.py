"""Buttons of a running exercise: a person's dialogue, the pen, and the coordinator's steps."""

from dataclasses import replace
from datetime import date
from typing import Final

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import Unmet, demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import missing_answers, rounds, row_links, runner
from bot.exercises.group_card import MORE_TIME
from bot.features.coordination import coordinator
from bot.features.network import memberships
from bot.features.process import unsaved_texts
from bot.features.process.status import status
from bot.features.registers import registers
from bot.reminders import open_items
from bot.reminders.holidays import off_holidays
from bot.reminders.kinds import SHARED
from bot.views.shared_buttons import pen_keys
from flows.answers import named_option
from flows.dialogue import dialogue, spoken
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import How
from flows.run.events import Concluded, Event, Joined, Moved, Picked, Revealed, Spoken, Undid, Unwrote
from flows.run.state import Phase, Run, SharedAnswer
from storage.records.message_notes import AboutMember, Asker, MessageContext
from storage.records.prompts import Prompt
from storage.records.records import Member, Person, group_chat

TAKEN_BACK: Final = ("rewrite", "unsay", "back", "redo")  # the moves by which what was just said goes, or is shown
RECENT: Final = 20  # messages of the group among which the pen is looked for


async def open_run(ctx: Context, actor: Actor, action: Action) -> None:
    """Take part in an exercise, or go on where one was."""
    demand(not actor.in_group, "open_in_private", alert=True)
    record = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    seat = run.seats.get(actor.member.id)
    if seat is not None and (not seat.takes_part or (run.exercise.teams and seat.team is None)):
        # set aside as silent, or in no small group, and acts all the same
        await runner.apply(ctx, actor.group, record, Joined(replace(seat, awaited=True), quiet=True), by=actor.member)
    if (until := await away_until(ctx, actor.person)) is not None:
        ctx.toast("away.may_answer", {"until": until})
    if run.exercise.how in (How.GROUP, How.ROWS):
        await open_items.seen(ctx, actor.member, SHARED, f"run:{run.number}")
    if run.exercise.register is not None:
        await registers.answer_or_list(ctx, actor, run)
    else:
        await registers.at_question(ctx, actor, run, action.arg, introduced=True)


async def away_until(ctx: Context, person: Person) -> date | None:
    """Return the last day of the absence that this person has said they have now; None if they are here."""
    absences = await ctx.work.absences.of_person(person.id, ctx.today)
    return max((one.last for one in absences if one.first <= ctx.today <= one.last), default=None)


async def actor_in(ctx: Context, person: Person, run_id: int | None) -> Actor | None:
    """Return this person as an actor in the group of a run; None without a seat, or if the bot is out of the chat."""
    record = await ctx.work.runs.lookup(run_id) if run_id else None
    if record is None:
        return None
    group = await ctx.work.groups.get(record.group_id)
    member = await ctx.work.members.find(group.id, person.user_id)
    return Actor(person, group, member) if member and group.state == "active" else None


async def pause(ctx: Context, person: Person) -> None:
    """Pause: stop asking. Nothing is lost, and one can go on at any time.

    What a command or button has asked for, such as days of absence, is cancelled instead: it is asked for anew by the
    same command. What somebody else waits for stays under /svara.
    """
    prompts = await ctx.work.prompts.of(person.id)
    wanted = [p for p in prompts if p.context.want and not p.context.of(Asker) and not p.aside]
    if wanted and wanted[-1] is prompts[-1] and not wanted[-1].interrupted:
        await _cancel(ctx, person, wanted[-1])
        return
    if not await _pause_dialogue(ctx, person):
        if wanted:
            await _cancel(ctx, person, wanted[-1])
        else:
            await ctx.to_person(person.id, "nothing_to_pause", keys=await memberships.way_back(ctx, person))


async def _pause_dialogue(ctx: Context, person: Person) -> bool:
    """Pause the dialogue in which a person is; False if they are in none."""
    actor = await actor_in(ctx, person, person.focus)
    if actor is None:
        return False
    record = await ctx.work.runs.get(person.focus or 0)
    visit = runner.load(ctx, record).visit(actor.member.id)
    if not visit.paused:
        event = Picked(actor.member.id, visit.ask, "pause", "", ctx.today, ctx.dates)
        await runner.apply(ctx, actor.group, record, event, by=actor.member)
    return not visit.paused


async def _cancel(ctx: Context, person: Person, prompt: Prompt) -> None:
    await ctx.work.prompts.end(person.id, prompt.matter)
    what = await unsaved_texts.called(ctx, prompt.context)
    await ctx.to_person(person.id, "cancelled", {"what": what}, await memberships.way_back(ctx, person))


async def said_move(ctx: Context, person: Person, run_id: int, text: str, *, asked: bool = True) -> bool:
    """Carry out the move whose name somebody writes instead of tapping it; where it is not offered, say so.

    It would stand as an answer for all to read. False for a text that names no move, or an option of the question, and
    if no text is `asked` for there.
    """
    moves, apart = ctx.services.voice.rules.moves(text), ctx.services.voice.rules.parts(text)
    actor = await actor_in(ctx, person, run_id) if moves or apart else None
    if actor is None:
        return False
    record = await ctx.work.runs.get(run_id)
    run = runner.load(ctx, record)
    held = run.visit(actor.member.id).held
    offered = spoken.offered(run, actor.member.id)
    if held and held.apart and apart:  # whether they are several rows is asked with a yes and a no
        moves, offered = [apart], {apart: ""}
    elif not moves:
        return False
    if run.exercise.how is How.GROUP and "ok" in moves:
        moves = [*moves, "send"]  # there its button is called so
    verb = next((move for move in moves if move in offered), None)
    if verb is None:
        labels = await runner.labels_of(ctx, actor.group, run, run.visit(actor.member.id))
        if not asked or named_option(labels, text):
            return False
        await ctx.tell(actor, "no_such_move")
        return True
    await _press(ctx, actor, run, verb, offered[verb])
    return True


async def take_back(ctx: Context, actor: Actor, run: Run) -> bool:
    """Take back what this person has just said there, or go back to it, by the button for that; False if there is
    none."""
    offered = spoken.offered(run, actor.member.id)
    verb = next((move for move in TAKEN_BACK if move in offered), None)
    if verb is not None and not run.visit(actor.member.id).paused:
        await _press(ctx, actor, run, verb, offered[verb])
        return True
    return False


async def _press(ctx: Context, actor: Actor, run: Run, verb: str, arg: str) -> None:
    """Do what a button of the dialogue does that was named in words."""
    arg, ask = arg if verb == "unsay" else "", run.visit(actor.member.id).ask
    event = Picked(actor.member.id, ask, verb, arg, ctx.today, ctx.dates, off_holidays)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(run.number), event, by=actor.member)


async def talk(ctx: Context, actor: Actor, action: Action) -> None:
    """Hand a button of the dialogue to the engine, which knows what it means, and whether it still does."""
    demand(not actor.in_group)
    record = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    seat = run.seats.get(actor.member.id)
    out = run.phase is Phase.OPEN and seat is not None and not seat.takes_part
    # set aside as silent, or away since before seats told that
    if out and (run.exercise.approves or await away_until(ctx, actor.person)):
        await open_run(ctx, actor, Action("open", action.run))
        return
    event = Picked(actor.member.id, action.ask, action.verb, action.arg, ctx.today, ctx.dates, off_holidays)
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


async def step(ctx: Context, actor: Actor, action: Action) -> None:
    """Carry out a step of the coordinator's: show, close, undo, begin again, give more time."""
    record = await ctx.work.runs.get(action.run)
    if action.verb == "reveal" and action.arg == "wait":
        if actor.in_group:
            await runner.refresh_card(ctx, actor.group, record)
        else:
            await coordinator.missing(ctx, actor, action)
        return
    event = await _event(ctx, actor, action)
    if event is None:
        raise Unmet
    always = ctx.services.process.exercises[record.exercise].always and record.phase == Phase.OPEN
    demand(not always)  # a register that is always there is not concluded; old cards still have the button
    after = await runner.apply(
        ctx, actor.group, record, event, by=actor.member, in_group=actor.in_group, under=actor.message_id
    )
    if not actor.in_group and after.phase != record.phase and not ctx.notices[-1].text:
        ctx.toast("see_group")
    if after.phase != record.phase:
        await status(ctx, await ctx.work.groups.get(actor.group.id))


async def _event(ctx: Context, actor: Actor, action: Action) -> Event | None:
    match action.verb:
        case "reveal":
            return Revealed(anyway=action.arg == "anyway")
        case "speak":
            return Spoken()
        case "close":
            run = runner.load(ctx, await ctx.work.runs.get(action.run))
            gaps = await missing_answers.gaps_of(ctx, actor.group, run.exercise)
            return Concluded(await runner.values_of_group(ctx, run), action.arg == "anyway", tuple(gaps))
        case "undo":
            return Undid(rounds.new_last_day(ctx, runner.load(ctx, await ctx.work.runs.get(action.run))))
        case "resume":
            return await rounds.resumed(ctx, actor.group, await ctx.work.runs.get(action.run))
        case "move":
            until = date.fromisoformat(action.arg)
            if until <= ctx.today:  # an old button, which still means more time
                until = ctx.today + MORE_TIME
            ctx.toast("moved", {"until": until})
            return Moved(until)
    return None


async def pen(ctx: Context, actor: Actor, action: Action) -> None:
    """Give somebody the pen: send a message in the group to reply to, with the writing field open."""
    record = await ctx.work.runs.get(action.run)
    demand(record.phase == Phase.REVEALED, "unfit.over")
    words = ctx.services.voice.exercise(record.exercise)
    facts = {
        "name": actor.member.name,
        "user_id": actor.member.user_id,
        "prompt": words.get("conclusion"),
        "title": words["title"],
    }
    concluded = await _concluded(ctx, runner.load(ctx, record), actor.member)
    seen = concluded.version if concluded else 0
    context = MessageContext(run=record.id, key=CONCLUSION, seen=seen, about=AboutMember(actor.member.id))
    hint = ctx.services.voice.label("conclusion_hint")
    tapped = actor.message_id if actor.in_group else None  # in private it was what lacks that was tapped under
    await ctx.to_group(actor.group, "run.pen", facts, context=context, write_for=hint, reply_to=tapped)
    if not actor.in_group:
        ctx.toast("see_group")


async def pen_held(ctx: Context, person: Person) -> str | None:
    """Return what a person has the pen for: the title of an exercise whose conclusion nobody has written since."""
    for group, member in await memberships.of(ctx, person):
        recent = [
            one.context for one in await ctx.work.outbox.recent(group_chat(group.id), RECENT) if not one.context.held
        ]
        pen = next((one for one in recent if one.key == CONCLUSION and one.about == AboutMember(member.id)), None)
        if pen is None:
            continue
        run = runner.load(ctx, await ctx.work.runs.get(pen.run))
        now = await _concluded(ctx, run, member)
        if run.phase is Phase.REVEALED and pen.seen == (now.version if now else 0):
            return ctx.services.voice.title_of(run.exercise.id)
    return None


async def unpen(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the group's conclusion back; anybody may, as anybody can write it. Its message shows the present one."""
    record, seen = await ctx.work.runs.get(action.run), int(action.arg or 0)
    before = await _concluded(ctx, runner.load(ctx, record), actor.member)
    after = await runner.apply(ctx, actor.group, record, Unwrote(actor.member.id, seen), by=actor.member)
    now = await _concluded(ctx, after, actor.member)
    if now == before:  # it was refused, and a notice says why
        return
    facts = {
        "title": ctx.services.voice.title_of(record.exercise),
        "by": actor.member.name,
        "text": now.value if now else None,
    }
    await ctx.to_group(actor.group, "run.unwritten", facts, pen_keys(ctx, after), edit=actor.message_id)


async def _concluded(ctx: Context, run: Run, member: Member) -> SharedAnswer | None:
    return (await row_links.written(ctx, run, member.id, CONCLUSION)).get(CONCLUSION)


async def nudge(ctx: Context, actor: Actor, action: Action) -> None:
    """Remind those who have not answered, and nobody else, as the coordinator asks."""
    record = await ctx.work.runs.get(action.run)
    demand(record.phase in (Phase.OPEN, Phase.REVEALED), "unfit.over")
    became = await coordinator.remind_missing(ctx, actor.group, runner.load(ctx, record), actor.member)
    ctx.toast("nudged", became, alert=bool(became["unreachable"]))


ROUTES: Routes = (
    *buttons(Rank.INVITED, About.RUN, **dict.fromkeys(dialogue.VERBS, talk)),
    *buttons(Rank.INVITED, About.RUN, open=open_run),
    *buttons(Rank.COORDINATOR, About.RUN, reveal=step, speak=step, close=step, undo=step, resume=step, move=step),
    *buttons(Rank.COORDINATOR, About.RUN, nudge=nudge),
    *buttons(Rank.MEMBER, About.RUN, pen=pen, unpen=unpen),
)
