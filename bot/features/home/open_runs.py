"""Runs that are open to a person: what they have begun and paused, what waits for their answer, and the way in."""

from functools import partial

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing, Part, Particulars
from bot.context.permissions import Rank, asked_anew, rank_of
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, preconditions, runner, shared_answers
from bot.features.incidents import report
from bot.features.network import access_requests
from bot.features.process import looking_on, unsaved_texts
from bot.features.wellbeing import check_ins
from bot.reminders import open_items
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, cut, title_for
from bot.views.shared_buttons import approval_keys
from flows.dialogue.several_lines import said_apart
from flows.enums import ExerciseRole, How
from flows.run.state import Phase, Place, Run, Visit
from storage.records.prompts import HeldText
from storage.records.records import Group, Member

QUOTED = 60  # characters of a text that waits, in the list of what does


async def held_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return this person's texts that they have not said the place of."""
    found = list[OpenThing]()
    for held in await ctx.work.held_texts.told_of(actor.person.id, ctx.today):
        if held.group_id == actor.group.id:
            text = None if await _is_private(ctx, held) else cut(held.text, QUOTED)
            key = ctx.key("held_open", "held", actor.group.id, str(held.id))
            found.append(OpenThing(Kind.HELD, {"text": text}, (key,)))
    return found


async def _is_private(ctx: Context, held: HeldText) -> bool:
    """True if the text may be about an incident, or a word in a check-in: it is not quoted beside other things."""
    for matter in held.candidates:
        what, _, number = matter.partition(":")
        if what == check_ins.WANT or (what == "run" and await report.overhears(ctx, int(number))):
            return True
    return False


async def paused_keys(ctx: Context, actor: Actor) -> list[list[Key]]:
    """Return the buttons back to what this person has begun and paused, and to texts that they have to place.

    An incident that they have hidden with /dolj is not named here.
    """
    runs = await runner.loaded(ctx, actor.group)
    voice = ctx.services.voice
    asked = {prompt.context.run for prompt in await ctx.work.prompts.of(actor.person.id)}
    runs = [run for run in runs if run.number in asked or run.exercise.role is not ExerciseRole.INCIDENT]
    paused = [
        [ctx.key("resume_title", "open", run.number, title=title_for(actor.member, voice.exercise(run.exercise.id)))]
        for run in runs
        if _is_paused(run, actor.member) or (_waits(run, actor.member) and run.visit(actor.member.id).paused)
    ]
    texts = [*await held_for(ctx, actor), *await unsaved_texts.open_for(ctx, actor)]
    return [*([*one.ways] for one in texts), *paused]


async def coming_in_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what this person is joining (a group, a network) with no answer to the promise.

    Of another kind, if they were in already, and a new promise waits for them.
    """
    group, member = actor.group, actor.member
    if member.role == "guest":
        unnamed = await access_requests.state_of(ctx, group, member) is access_requests.GuestNotice.UNNAMED
        key = ctx.key("resume", "ownguest", group.id) if unnamed else None
    else:
        key = way_in_key(ctx, group, member) if member.state == "invited" and member.agreed_at is None else None
    if key is None:
        return []
    facts = {"town": group.title, "network": member.role == "network"}
    kind = Kind.ASKED_ANEW if asked_anew(member) else Kind.COMING_IN
    return [OpenThing(kind, {"into": ctx.services.voice.label("on_the_way_into", facts)}, (key,))]


def way_in_key(ctx: Context, group: Group, member: Member) -> Key:
    """Return the button to go on with joining: to the promise or, for people from outside, to their yes."""
    if member.role == looking_on.ROLE:
        return ctx.key("leader.yes", "deciding" if member.id in group.settings.deciders else "leading", group.id)
    return ctx.key("day.renew" if asked_anew(member) else "day.come_in", "enter", group.id)


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the exercises that are open to this person, done with or not."""
    group, member, found = actor.group, actor.member, list[OpenThing]()
    for record in await ctx.work.runs.all_of(group.id):
        run = runner.load(ctx, record)
        held = run.visit(member.id).held
        asks = held is not None and not held.apart and run.phase in (Phase.OPEN, Phase.REVEALED)
        waits = rank_of(member, group) >= Rank.NETWORK and (await _waits_for(ctx, group, run, member) or asks)
        if _is_paused(run, member) or waits:
            found.append(await _entry(ctx, group, member, run, asks=asks))
    return found


async def _entry(ctx: Context, group: Group, member: Member, run: Run, *, asks: bool) -> OpenThing:
    """Return an exercise as it stands among what waits. `asks`: a text for it is not saved yet."""
    sheet, visit, together = run.sheet(member.id), run.visit(member.id), run.exercise.how is How.GROUP
    present = ExerciseView(ctx.services.voice, Scene(group, {}, {}), run.exercise)  # without names
    outside, title = member.role == "guest", title_for(member, present.words)
    answered = sheet.answered.intersection(run.asked(run.owner(member.id)))
    done = run.filled_in if together else sheet.handed_in and not run.exercise.private
    outline = {name: fact for name, fact in present.outline(run, run.owner(member.id)).items() if name != "town"}
    facts = {
        **outline,
        "title": title,
        "again": run.exercise.approves and await approved_texts.withdrawn(ctx, group, run, member.id),
        "asks": asks,
        "private": run.exercise.private or outside,
        "done": done,
        "unsent": visit.place is Place.SUMMARY and run.exercise.how in (How.EACH, How.ORG),
        "answered": len(answered),
        "pasted": len(said_apart(visit.waits_apart)) if visit.waits_apart else 0,
        "begun": run.exercise.how is How.ROWS and bool(visit.begun_row),
    }
    if outside:  # the day is the group's own
        facts["answer_by"] = None
    way = Key(title, Action("open", run.number))
    told = None if facts["private"] else partial(_particulars, ctx, group, member, run)
    return OpenThing(Kind.ENTRY, facts, (way,), Part.DONE if done and not asks else Part.TODO, told)


async def _particulars(ctx: Context, group: Group, member: Member, run: Run) -> Particulars:
    present = await runner.present_of(ctx, group, run.exercise)
    owner = run.owner(member.id)
    awaited = rank_of(member, group) >= Rank.MEMBER and run.phase is Phase.OPEN and run.answered_alone
    progress = present.progress(run, await open_items.cannot_answer(ctx, group, run)) if awaited else None
    asked = run.asked(owner)
    answered = len(run.sheet(member.id).answered.intersection(asked))
    counts = run.exercise.how is not How.ROWS and len(asked) > 1
    title, asks = present.words["title"], "approval" if run.exercise.approves else "entry"
    return Particulars(
        title,
        ctx.services.voice.label(f"spoken_of.{asks}") if counts else "",
        lambda context: context.run == run.number and not context.want,
        None if open_items.rests(group, run.exercise) else run.answer_by,
        progress,
        present.audience(),
        {"count": len(asked), "answered": answered} if counts else None,
        tuple(key for row in approval_keys(ctx, run) for key in row[:1]) or (Key(title, Action("open", run.number)),),
        ((Key(title, Action("open", run.number)),),),
    )


def _is_paused(run: Run, member: Member) -> bool:
    """True if this member has paused something of their own: joining, their profile, an incident, a form."""
    visit, seat = run.visits.get(member.id, Visit()), run.seats.get(member.id)
    if run.phase is not Phase.OPEN or seat is None or not seat.takes_part:
        return False
    own = run.exercise.private or member.role == "guest"
    coming_in = member.state == "invited" and visit.place is Place.SUMMARY
    return own and (visit.paused or visit.takes_text or bool(visit.draft) or coming_in)


async def _waits_for(ctx: Context, group: Group, run: Run, member: Member) -> bool:
    """True if a run is open to this member: not a list that only others write in, nor what nobody has needed yet."""
    if not _waits(run, member):
        return False
    visit = run.visit(member.id)
    begun = visit.paused or bool(visit.begun_row) or visit.waits_apart is not None
    if run.exercise.always and not begun and not await shared_answers.holds_anything(ctx, group, run):
        return False
    return run.exercise.register is None or await preconditions.may_write(ctx, group, run.exercise, member)


def _waits(run: Run, member: Member) -> bool:
    """True if a run is open to this member, who may still answer or change an answer."""
    seat = run.seats.get(member.id)
    if run.exercise.private or run.spoken or seat is None or not (seat.takes_part or run.exercise.approves):
        return False  # an organisation that was set aside as silent can still answer
    return run.phase is Phase.OPEN or (run.phase is Phase.REVEALED and not run.sheet(member.id).handed_in)
