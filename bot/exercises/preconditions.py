"""Preconditions of exercises and steps.

Precautions that an exercise needs must be confirmed, and nobody can overrule that (2.6). Everything else is advice: the
coordinator can go on with a reason, which is kept and shown (6.0 and others).
"""

from dataclasses import replace

from bot.context.context import Context
from bot.exercises import approved_texts, authors, runner
from bot.reminders.open_items import coordinators
from bot.views.exercise import ExerciseView
from flows.definitions.model import Exercise, Question
from flows.enums import How, Kind
from flows.run.state import Phase
from flows.values import Value
from messages.voice import TemplateFacts
from storage.records.group_settings import Overruling
from storage.records.records import Group, Member


async def unconfirmed(ctx: Context, group: Group, exercise: Exercise, member: Member | None = None) -> list[str]:
    """Return the exercises that this one needs and that are not confirmed: with yes throughout, and all that is asked.

    One that each answers alone must have begun, and be confirmed by this `member`, who is about to write. A list whose
    rows are asked about must have one.
    """
    needed = [ctx.services.process.exercises[name] for name in exercise.needs]
    listed = exercise.for_each.register if exercise.for_each else ""
    empty = [listed] if listed and not await ctx.work.rows.all(group.id, listed) else []
    return [one.id for one in needed if not await _confirmed(ctx, group, one, member)] + empty


async def own_yes(ctx: Context, group: Group, exercise: Exercise, member: Member) -> list[str]:
    """Return the exercises in which this member has still to say their own yes before they write in this one."""
    missing = await unconfirmed(ctx, group, exercise, member)
    return [name for name in missing if name in exercise.needs and ctx.services.process.exercises[name].how is How.EACH]


async def _confirmed(ctx: Context, group: Group, exercise: Exercise, member: Member | None) -> bool:
    record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE)
    if record is None:
        return False
    run = runner.load(ctx, record)
    if exercise.how is How.EACH:
        if member is None:
            return True
        owner = f"m:{member.id}"
        if owner not in run.handed_in():
            return False
        said = {a.question: a.value for a in await ctx.work.answers.of_owner(run.number, owner)}
    else:
        said = await runner.values_of_group(ctx, run)
    return all(_holds(question, said.get(question.id)) for question in exercise.questions if question.applies(said))


def _holds(question: Question, value: Value) -> bool:
    """Return whether an answer is the yes that a choice begins with, or what must be written is."""
    return value == question.options[0] if question.kind is Kind.CHOICE else value is not None or not question.required


async def may_write(ctx: Context, group: Group, exercise: Exercise, member: Member) -> bool:
    """True if a member may add to a register and change its rows."""
    return await why_not_write(ctx, group, exercise, member) is None


async def why_not_write(ctx: Context, group: Group, exercise: Exercise, member: Member) -> str | None:
    """Return the notice that says why a member may not write in a register; None if they may.

    If it has authors, they alone may, and coordinators while there is none. What organisations have adopted, such as
    the numbers that all are told to call, only the core group changes, unless it is gone through anew with the network.
    """
    if not await authors.writes(ctx, group, exercise.register.authors if exercise.register else (), member):
        return "authors_only"
    return "adopted_text" if member.role != "core" and await _is_adopted(ctx, group, exercise) else None


async def _is_adopted(ctx: Context, group: Group, exercise: Exercise) -> bool:
    """True for what organisations have adopted, and the network does not go through anew."""
    adopted = await approved_texts.adopted(ctx, group, exercise.id)
    return adopted and not await approved_texts.opened_anew(ctx, group, exercise.id)


async def audience(ctx: Context, group: Group, present: ExerciseView, member: Member) -> TemplateFacts:
    """Return who sees a register that is adopted and who changes it, for this reader; empty for any other."""
    shared = present.exercise.register is not None and "network" in present.exercise.who
    if not shared or not await _is_adopted(ctx, group, present.exercise):
        return {}
    return {"audience": ctx.services.voice.label("audience.adopted", {"core": member.role == "core"})}


async def whom_to_tell(ctx: Context, group: Group, exercise: Exercise, member: Member) -> list[str]:
    """Return who coordinates, for a member who sees a mistake in what is adopted and may not mend it; else nobody."""
    if await why_not_write(ctx, group, exercise, member) != "adopted_text":
        return []
    return [one.name for one in await coordinators(ctx, group)]


async def advice(ctx: Context, group: Group, exercise: Exercise) -> tuple[int, str | None] | None:
    """Return the step whose gate says that this exercise should wait, and in which words; None if it may begin.

    The gate is an exercise of the step's own. Without an answer there are no words, only its name.
    """
    step = ctx.services.process.step_of(exercise.id)
    if step is None or not step.gate or step.gate == exercise.id or overruled(group, f"gate:{step.number}"):
        return None
    gate, record = (
        ctx.services.process.exercises[step.gate],
        await ctx.work.runs.latest(group.id, step.gate, besides=Phase.ASIDE),
    )
    if record is None:
        return step.number, None
    run = runner.load(ctx, record)
    present = await runner.present_of(ctx, group, run.exercise)
    judgement = present.judgement(run, await ctx.work.answers.of_owner(run.number, "g"))
    if judgement is None:
        return step.number, None
    assert gate.verdict is not None  # the loader demands it of a gate
    passed = judgement.band == gate.verdict.bands[-1].id
    return None if passed else (step.number, present.words[f"verdict.{judgement.band}.text"])


def overruled(group: Group, what: str) -> Overruling | None:
    """Return why, by whom and when the advice on a step ("step:6") or its gate ("gate:6") was overruled."""
    return group.settings.overruled.get(what)


async def overrule(ctx: Context, group: Group, what: str, reason: str, by: Member) -> Group:
    """Keep the coordinator's reason."""
    kept = {**group.settings.overruled, what: Overruling(reason, by.name, ctx.today)}
    return await ctx.work.groups.update(group.id, settings=replace(group.settings, overruled=kept))
