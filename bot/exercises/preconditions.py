"""What should be in place before an exercise or a step begins.

Precautions that an exercise needs must be confirmed, and nobody can overrule that (2.6). Everything else is advice: the
coordinator can go on with a reason, which is kept and shown (6.0 and others).
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.context.context import Context
from bot.exercises import runner
from flows.model import Exercise, Kind
from flows.state import Phase
from storage.group_settings import Overruling
from storage.records import Group, Member


async def unconfirmed(ctx: Context, group: Group, exercise: Exercise) -> list[str]:
    """The exercises that this one needs and that are not confirmed: all answered with yes by the group."""
    return [name for name in exercise.needs if not await _confirmed(ctx, group, ctx.services.process.exercises[name])]


async def _confirmed(ctx: Context, group: Group, exercise: Exercise) -> bool:
    record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE)
    if record is None:
        return False
    said = await runner.values_of_group(ctx, runner.load(ctx, record))
    return all(said.get(q.id) == q.options[0] for q in exercise.questions if q.kind is Kind.CHOICE)


async def may_write(ctx: Context, group: Group, exercise: Exercise, member: Member) -> bool:
    """Whether a member adds to a register: where only some do, for what they are, coordinators while there is none."""
    authors = exercise.register.authors if exercise.register else ()
    if not authors or _is_one(member, authors):
        return True
    core = await ctx.work.members.of_group(group.id)
    return member.coordinator and not any(m.state == "active" and _is_one(m, authors) for m in core)


def _is_one(member: Member, authors: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    return all(
        any(option in options for option in (said if isinstance(said, list) else [said]))
        for name, options in authors
        for said in (member.profile.get(name),)
    )


async def advice(ctx: Context, group: Group, exercise: Exercise) -> tuple[int, str | None] | None:
    """The step whose gate says that this exercise should wait, and in which words; None when it may go on.

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
    """Why, by whom and when the advice on a step ("step:6") or its gate ("gate:6") was overruled."""
    return group.settings.overruled.get(what)


async def overrule(ctx: Context, group: Group, what: str, reason: str, by: Member) -> Group:
    """Keep the coordinator's reason."""
    kept = {**group.settings.overruled, what: Overruling(reason, by.name, ctx.today)}
    return await ctx.work.groups.update(group.id, settings=replace(group.settings, overruled=kept))
