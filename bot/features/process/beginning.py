"""Beginning an exercise, if nothing holds it back; and what comes next, when one has been concluded."""

from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import Unmet, demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, deferral, preconditions, put_off, rounds, runner
from bot.features.process.navigation import page, page_before
from bot.features.process.status import make_up, map_of, status, step_to_open
from bot.views.shared_buttons import open_key
from flows.definitions.model import Exercise
from flows.enums import How
from flows.run.state import Phase, Run
from messages.documents import catalogue
from messages.voice import TemplateFacts
from storage.records.records import Group

ANYWAY = "begany"  # the button that begins an approval though the text has gaps


async def begin(ctx: Context, actor: Actor, action: Action) -> None:
    """Begin an exercise, named by its id for the first time, later by its latest round."""
    before = await ctx.work.runs.lookup(action.run) if action.run else None
    exercise = required(ctx.services.process.exercises.get(before.exercise if before else action.arg))
    demand(not exercise.private)
    latest = await ctx.work.runs.latest(actor.group.id, exercise.id)
    if latest and (latest.id != action.run or latest.phase in (Phase.OPEN, Phase.REVEALED)):
        raise Unmet("unfit.already_begun" if latest.phase != Phase.CONCLUDED else "old_button")
    if await _held_back(ctx, actor, exercise) or await _is_unfinished(ctx, actor, exercise, action):
        return
    run = await rounds.begin(ctx, actor.group, exercise)
    await status(ctx, actor.group)
    ctx.toast("begun")
    if not actor.in_group:
        keys = [[open_key(ctx, exercise, run.number, in_group=False)]]
        if exercise.how in (How.EACH, How.ORG):  # an invitation follows in its own message
            seat = run.seats.get(actor.member.id)
            invited = seat is not None and seat.awaited and not actor.person.stopped
            keys = [] if invited else [[ctx.key("what_waits", "answers", actor.group.id)]]
        facts = {"title": ctx.services.voice.title_of(exercise.id)}
        await ctx.tell(actor, "begun", facts, keys, edit=await page_before(ctx, actor))


async def _is_unfinished(ctx: Context, actor: Actor, exercise: Exercise, action: Action) -> bool:
    """True for a text with gaps that is to be approved; whoever begins it is told of them, and may all the same."""
    asks = exercise.approves and action.verb != ANYWAY
    lacking = await approved_texts.lacking(ctx, await runner.scene_of(ctx, actor.group), exercise) if asks else []
    if lacking:
        keys = [[ctx.key("begin_anyway", ANYWAY, action.run, action.arg)], [ctx.key("map", "map", actor.group.id)]]
        facts = {"title": ctx.services.voice.title_of(exercise.id), "lacking": lacking}
        await page(ctx, actor, "gate.unfinished", facts, keys)
    return bool(lacking)


async def _held_back(ctx: Context, actor: Actor, exercise: Exercise) -> bool:
    """True for an exercise that cannot, or should not yet, begin; the person is told why and what can be done."""
    voice, group, step = ctx.services.voice, actor.group, ctx.services.process.step_of(exercise.id)
    title = voice.title_of(exercise.id)
    needed = await preconditions.unconfirmed(ctx, group, exercise)
    if needed:
        names = [voice.title_of(name) for name in needed]
        keys = [[Key(name, Action("view", 0, 0, needed[place]))] for place, name in enumerate(names)]
        await page(ctx, actor, "gate.needs", {"title": title, "needs": names}, keys)
        return True
    if step is not None and step.number not in group.settings.steps:
        keys = [[ctx.key("step.open", "opens", group.id, str(step.number), n=step.number)]]
        await page(ctx, actor, "gate.not_open", {"title": title, "number": step.number}, keys)
        return True
    advised = await preconditions.advice(ctx, group, exercise)
    if advised:
        number, words = advised
        gate = ctx.services.process.step(number).gate
        keys = [
            [Key(voice.title_of(gate), Action("view", 0, 0, gate))],
            [ctx.key("step.anyway", "overrule", group.id, f"gate:{number}")],
        ]
        facts = {"title": title, "gate": voice.title_of(gate), "words": words}
        await page(ctx, actor, "gate.advice", facts, keys)
        return True
    return False


async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Tell the group, after an exercise, what was decided, what comes next, and who takes it on."""
    record = await ctx.work.runs.get(happened.run)
    newest = (await ctx.work.runs.of_exercise(group.id, record.exercise))[-1]
    if newest.id != record.id and newest.opened_at >= record.changed_at:
        return  # it has given way to the next round, of which they are told
    run, voice = runner.load(ctx, record), ctx.services.voice
    outcome, opened, decided = run.exercise.outcome, None, None
    if outcome:
        decided = (await runner.values_of_group(ctx, run)).get(outcome.question)
        opened = outcome.opens if decided == outcome.option else None
    found, deferred = await map_of(ctx, group), await deferral.of(ctx, group)
    until = deferred.until if deferred and deferred.exercise == run.exercise.id else None
    following, step = found.next, step_to_open(group, found)
    facts = {
        "title": voice.title_of(run.exercise.id),
        "next": voice.title_of(following) if following else None,
        "after": voice.exercise(run.exercise.id).get("after"),
        "opened": _title_of_step(ctx, opened),
        "step": opened,
        "gaps": make_up(ctx, await ctx.work.members.active(group.id)) if opened is not None else [],
        "waits": outcome is not None and opened is None,
        "decided": decided is not None,
        "resting": found.waits_until is not None,
        "until": until,
        "put_off": await _titles_put_off(ctx, group) if until else [],
        "following": {"n": step, "title": _title_of_step(ctx, step)} if step is not None else None,
    }
    await ctx.to_group(group, "run.concluded", facts, _onward(ctx, group, run, facts, (following, step)))


Onward = tuple[str | None, int | None]  # the exercise that comes next, and the step that can be opened


def _title_of_step(ctx: Context, step: int | None) -> str | None:
    return ctx.services.voice.book("process")[f"step.{step}.title"] if step is not None else None


async def _titles_put_off(ctx: Context, group: Group) -> list[str]:
    return [ctx.services.voice.title_of(one.exercise.id) for one in await put_off.under_way(ctx, group)]


def _onward(ctx: Context, group: Group, run: Run, facts: TemplateFacts, onward: Onward) -> list[list[Key]]:
    """Return the ways on after an exercise: what is left to do with what came of it, and the next one or its step."""
    following, step = onward
    if step is not None and not (following or facts["waits"] or facts["resting"]):
        return [[ctx.key("about_step", "step", group.id, str(step), n=step)]]
    made = catalogue.made_of(run.exercise.id, ctx.services.voice.language) if facts["after"] else ()
    keys = [[ctx.key("documents.get", "doc", group.id, document)] for document in made]
    return [*keys, [ctx.key("next", "view", 0, following, title=facts["next"])]] if following else keys


ROUTES: Routes = buttons(Rank.COORDINATOR, About.EITHER, begin=begin, begany=begin)
