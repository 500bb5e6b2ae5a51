"""The group at a glance: its way, its status message, and who is awaited."""

from dataclasses import replace
from datetime import timedelta

from bot.channel.updates import Chat
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import Rank, asked_anew, rank_of
from bot.exercises import approved_texts, deferral, runner, shared_answers
from bot.features.registers import tasks
from bot.reminders import open_items
from bot.reminders.holidays import working_day_after
from bot.views.exercise import ExerciseView
from bot.views.gaps import Named, gap_sentences
from bot.views.names import Scene
from bot.views.shared_buttons import join_keys
from flows.definitions.model import Exercise
from flows.definitions.register_rules import gaps
from flows.enums import ExerciseRole, How
from flows.run.state import Phase, Run
from flows.timing.journey import Map, Stop, where
from messages.voice import TemplateFacts
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, Member, group_chat


# -- the way -----------------------------------------------------------------------------------------------------------
async def map_of(ctx: Context, group: Group) -> Map:
    """Return the group's map."""
    runs = await ctx.work.runs.all_of(group.id)
    places = ((r.id, r.exercise, Phase(r.phase)) for r in runs)
    unchosen = await shared_answers.unchosen(ctx, group)
    found = where(ctx.services.process, places, group.settings.steps, group.settings.closed, unchosen)
    deferred = await deferral.of(ctx, group)
    if deferred is not None and deferred.until > ctx.today:
        return found.leads_to(None, deferred.until)
    first = await _not_ready(ctx, group, found)
    return found if first is None else found.leads_to(first)


async def for_a_session(ctx: Context, group: Group, number: int) -> list[Exercise]:
    """Return what is left of a step for a working session; not what is done, or approved, outside of it.

    Where the network works with the group, what prepares that is no part of it.
    """
    together = ctx.services.process.step(number).network and bool(
        await ctx.work.members.active(group.id, roles=("network",))
    )
    stops = next(step.stops for step in (await map_of(ctx, group)).steps if step.number == number)
    left = (ctx.services.process.exercises[stop.exercise] for stop in stops if stop.state != "done")
    elsewhere = (e for e in left if not e.approves and e.staging.session != "between")
    return [exercise for exercise in elsewhere if not (together and exercise.staging.session == "before")]


async def _not_ready(ctx: Context, group: Group, found: Map) -> str | None:
    """Return what comes before the step's next exercise where a verdict says that the group is not ready.

    That is the plan for what is weak and, when it is done, the exercise with the verdict once more.
    """
    step = ctx.services.process.step_of(found.next) if found.next else None
    for name in step.exercises if step else ():
        exercise = ctx.services.process.exercises[name]
        record = await ctx.work.runs.latest(group.id, name) if exercise.verdict and exercise.verdict.plan else None
        if record is None or record.phase != Phase.CONCLUDED or exercise.verdict is None:
            continue
        run = runner.load(ctx, record)
        present = await runner.present_of(ctx, group, run.exercise)
        judged = present.judgement(run, await ctx.work.answers.for_group(run.number))
        if judged is None or judged.band != exercise.verdict.bands[0].id:
            continue
        plan = await ctx.work.runs.latest(group.id, str(exercise.verdict.plan))
        left = await ctx.work.rows.all(group.id, str(exercise.verdict.plan), state="open")
        return exercise.verdict.plan if plan is not None and plan.phase == Phase.OPEN and left else name
    return None


def step_to_open(group: Group, found: Map) -> int | None:
    """Return the number of the first step that nobody has opened yet."""
    return next((step.number for step in found.steps if step.number not in group.settings.steps), None)


def onward_keys(ctx: Context, group: Group, found: Map) -> list[list[Key]]:
    """Return the coordinator's button to what comes next: an exercise, or a step where all that is opened is begun.

    There is none while the group waits.
    """
    if found.next:
        title = ctx.services.voice.title_of(found.next)
        return [[ctx.key("next", "view", 0, found.next, ask=group.id, title=title)]]
    step = None if found.waits_until else step_to_open(group, found)
    return [] if step is None else [[ctx.key("step.open", "opens", group.id, str(step), n=step)]]


def map_facts(ctx: Context, group: Group, found: Map) -> TemplateFacts:
    """Return the map in words."""
    voice = ctx.services.voice
    words, now = voice.book("process"), found.now
    titles = {step.number: words[f"step.{step.number}.title"] for step in found.steps}
    return {
        "town": group.title,
        "steps": [{"number": s.number, "title": titles[s.number], "state": s.state} for s in found.steps],
        "now": now.number if now else None,
        "waits_until": found.waits_until,
        "stops": [{"title": voice.title_of(s.exercise), "state": s.state} for s in (now.stops if now else ())],
        "goals": [{"short": words[f"goal.{g}.short"], "share": round(5 * share)} for g, share in found.goals.items()],
    }


async def status(ctx: Context, group: Group) -> None:
    """Refresh the group's pinned status message: where it is, its members, what is missing. It is edited in place."""
    found = await map_of(ctx, group)
    facts = {
        **map_facts(ctx, group, found),
        **_progress(ctx, found),
        **_people(ctx, await ctx.work.members.of_group(group.id)),
        "unpinned": group.settings.chat.unpinned,
        "administrator": group.settings.chat.administrator,
    }
    keys = [*join_keys(ctx, group), [ctx.key("map", "map", group.id)]]
    pin = AnswerNote(Purpose.PIN, group=group.id)
    await ctx.to_group(group, "group.status", facts, keys, slot="status", living=True, reply=pin)


def _progress(ctx: Context, found: Map) -> TemplateFacts:
    counted, title_of = _counted(ctx, found), ctx.services.voice.title_of
    open_now = [stop for step in found.steps for stop in step.stops if stop.state in ("open", "talk")]
    return {
        "done": [str(step.number) for step in found.steps if step.state == "done" and step.number < 8],
        "ready": sum(stop.state == "done" for stop in counted),
        "among": len(counted),
        "open": [title_of(stop.exercise) for stop in open_now],
        "next": title_of(found.next) if found.next else None,
    }


def _people(ctx: Context, members: list[Member]) -> TemplateFacts:
    active = [m for m in members if m.state == "active" or asked_anew(m)]
    return {
        "members": [m.name for m in active],
        "not_yet": [m.name for m in members if m.name and m not in active],
        "coordinators": [m.name for m in members if m.coordinator],
        "gaps": make_up(ctx, active),
    }


def _counted(ctx: Context, found: Map) -> list[Stop]:
    """The exercises of the step at hand; a plan for weak parts comes along if it is needed, and is not counted."""
    plans = {exercise.verdict.plan for exercise in ctx.services.process.exercises.values() if exercise.verdict}
    return [stop for stop in found.now.stops if stop.exercise not in plans] if found.now else []


async def day_gone(ctx: Context, group: Group) -> None:
    """Let the group's chat say it where a last day has gone, or the wait is over, since the working day before."""
    for record in await ctx.work.runs.all_of(group.id):
        last = runner.load(ctx, record).answer_by if record.phase == Phase.OPEN else None
        if last is not None and last < ctx.today <= working_day_after(last):
            await runner.refresh_card(ctx, group, record)
    deferred = await deferral.of(ctx, group)
    if deferred is not None and deferred.until <= ctx.today <= working_day_after(deferred.until - timedelta(days=1)):
        await status(ctx, group)


async def pinned(ctx: Context, chat: Chat, message_id: int) -> None:
    """Note that somebody has pinned a message, if it is the status message."""
    group = await ctx.work.groups.by_chat(chat.id)
    shown = await ctx.work.outbox.latest(group_chat(group.id), "status") if group else None
    if group is not None and group.state == "active" and shown is not None and shown.message_id == message_id:
        await see_pinned(ctx, group, pinned=True)


async def see_pinned(ctx: Context, group: Group, *, pinned: bool) -> None:
    """Note whether the status message is pinned; until it is, it asks people to pin it."""
    if group.settings.chat.unpinned == pinned:
        await status(ctx, await ctx.work.groups.settle(group, replace(group.settings.chat, unpinned=not pinned)))


def make_up(ctx: Context, members: list[Member]) -> list[str]:
    """Return what the group's make-up still lacks (P.4), a sentence each."""
    process, voice = ctx.services.process, ctx.services.voice
    joining = process.with_role(ExerciseRole.JOINING)
    options = {q.id: q.options for q in joining.questions}
    missing = gaps(process.group_gaps, options, [m.profile for m in members])
    questions = {g.id: tuple(q for q in (g.question, g.along) if q) for g in process.group_gaps}
    names = [m.name for m in members]
    named = Named(names, questions, voice.exercise(joining.id))
    return gap_sentences(voice, voice.book("process"), missing, named)


# -- who ---------------------------------------------------------------------------------------------------------------
async def awaited(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """Show what the group waits for: who has not answered each open exercise, and who has taken what on.

    Names only, never answers; and in the group's chat no tasks.
    """
    group, scene = actor.group, await runner.scene_of(ctx, actor.group)
    entries, keys, own, shown = [], [], [], []
    runs = await runner.loaded(ctx, group)
    for run in (run for run in runs if not run.exercise.private):
        title = ctx.services.voice.title_of(run.exercise.id)
        if run.phase is Phase.REVEALED:
            shown.append(title)
        if run.phase is Phase.OPEN and run.exercise.how in (How.EACH, How.ORG):
            entry = await _awaited_in(ctx, group, scene, run)
            entries.append(entry)
            keys.append(when(run.waiting_for(), ctx.key("nudge", "nudge", run.number, title=title)))
            keys.append(when(entry["gone"], ctx.key("approvals", "approvals", run.number)))
            mine = actor.member.id in run.members_of(*run.waiting_for())
            own.append(when(mine, ctx.key("day.answer_title", "open", run.number, title=title)))
    vacant = await open_items.is_vacant(ctx, group)
    facts = {
        "entries": entries,
        "shown": shown,
        "town": await ctx.town_for(actor.person.id, group),
        "today": ctx.today,
        "vacant": vacant,
        "tasks": [],
        "more": 0,
    }
    if actor.in_group:
        await ctx.to_group(group, "awaited", facts)
        return
    rank = rank_of(actor.member, group)
    if rank >= Rank.COORDINATOR:
        own += [*keys, [ctx.key("day.weekly", "weekly", group.id)]]
    own.append(when(vacant and rank is Rank.MEMBER, ctx.key("stand_in", "standin", group.id)))
    rows = await tasks.taken_on(ctx, group, actor.member)
    told = await tasks.told(ctx, group, rows[: tasks.SHOWN])
    facts |= {"tasks": [one.line for one in told], "more": len(rows) - len(told)}
    note = ctx.key("command.atgard", "town", group.id, "atgard")
    await ctx.tell(actor, "awaited", facts, [*own, *([one.key] for one in told), [note]])


async def _awaited_in(ctx: Context, group: Group, scene: Scene, run: Run) -> TemplateFacts:
    """Return who has not answered a round, and of an approval's who has gone."""
    present = ExerciseView(ctx.services.voice, scene, run.exercise)
    gone = await approved_texts.gone(ctx, group, run) if run.exercise.approves else []
    progress = present.progress(run, await open_items.cannot_answer(ctx, group, run))
    return {**present.outline(run), **progress, "gone": [scene.owner(owner) for owner in gone]}
