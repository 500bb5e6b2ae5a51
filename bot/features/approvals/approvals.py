"""Approval by organisation: each says yes to a certain version of a text, or returns it with a reason.

What is kept, for each text: its versions by date; what each organisation has said to which version; and what they said
before. When the text changes, what was said to another version no longer holds: it is taken back, kept for the record,
and the group is told. Put back word for word, a text is the version that it was, but is asked about anew.
"""

from typing import Any

from bot.context.context import Actor, Context
from bot.context.events import HandedIn, TextChanged
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, carried_over, runner
from bot.features.journey.status import status
from bot.views.exercise import ExerciseView
from flows.events import Withdrawn
from flows.model import Exercise, Field
from flows.state import Phase, Run
from storage import records
from storage.records import Group

APPROVAL = "approval"


async def see_to(ctx: Context, happened: HandedIn | TextChanged) -> None:
    """An organisation has answered, or the text that they answer about has changed."""
    await (noted(ctx, happened) if isinstance(happened, HandedIn) else text_changed(ctx, happened))


async def noted(ctx: Context, happened: HandedIn) -> None:
    """An organisation has given its answer, which holds for the text as it stands now, or has taken it back."""
    group, record = await ctx.work.groups.get(happened.group), await ctx.work.runs.get(happened.run)
    exercise = ctx.services.process.exercises[record.exercise]
    kept, version = await _kept(ctx, group, exercise)
    if happened.back:
        kept["given"].pop(happened.owner, None)
        await ctx.work.activity_states.keep(group.id, APPROVAL, exercise.id, kept)
        return
    answers = {a.question: a for a in await ctx.work.answers.of_owner(record.id, happened.owner)}
    decision, signer = answers[exercise.field(Field.DECISION).id], answers.get(exercise.field(Field.SIGNER).id)
    kept["given"][happened.owner] = {
        "version": version,
        "decision": decision.value,
        "reason": decision.comment,
        "signer": signer.value if signer else None,
        "on": ctx.today.isoformat(),
    }
    await ctx.work.activity_states.keep(group.id, APPROVAL, exercise.id, kept)


async def text_changed(ctx: Context, happened: TextChanged) -> None:
    """A part of a text has changed: what was said to another version is taken back."""
    group = await ctx.work.groups.get(happened.group)
    for exercise in approved_texts.approvals_of(ctx.services.process, happened.exercise):
        if await ctx.work.activity_states.state(group.id, APPROVAL, exercise.id) is None:
            continue  # nobody has said anything to it yet
        kept, version = await _kept(ctx, group, exercise)
        old = {owner: given for owner, given in kept["given"].items() if given["version"] != version}
        if old:
            back = ctx.today.isoformat()
            kept["before"] += [{**given, "owner": owner, "back": back} for owner, given in old.items()]
            kept["given"] = {owner: given for owner, given in kept["given"].items() if owner not in old}
        await ctx.work.activity_states.keep(group.id, APPROVAL, exercise.id, kept)
        if old:
            await _take_back(ctx, group, exercise, list(old))


async def _take_back(ctx: Context, group: Group, exercise: Exercise, owners: list[str]) -> None:
    record = await ctx.work.runs.latest(group.id, exercise.id)
    assert record is not None  # somebody has approved in it
    await runner.apply(ctx, group, record, Withdrawn())
    await status(ctx, group)
    scene, title = await runner.scene_of(ctx, group), ctx.services.voice.title_of(exercise.id)
    facts = {"title": title, "names": [scene.owner(owner) for owner in owners]}
    keys = [[ctx.key("send_anew", "nudge", record.id)], [ctx.key("approvals", "approvals", record.id)]]
    await ctx.to_group(group, "approval.withdrawn", facts, keys)


async def holding(ctx: Context, group: Group, exercise: Exercise) -> dict[str, dict[str, Any]]:
    """What each organisation (or member without one) has said to the text as it stands now, by owner."""
    state = await ctx.work.activity_states.state(group.id, APPROVAL, exercise.id)
    return dict(state["given"]) if state else {}


async def _kept(ctx: Context, group: Group, exercise: Exercise) -> tuple[dict[str, Any], int]:
    """What is kept about a text, and the number of the version that it is now."""
    state = await ctx.work.activity_states.state(group.id, APPROVAL, exercise.id)
    kept = {"versions": [], "given": {}, "before": []} if state is None else {**state}
    found = await approved_texts.mark(ctx, group, exercise)
    marks = [version["mark"] for version in kept["versions"]]
    if found not in marks:
        kept["versions"] = [*kept["versions"], {"mark": found, "on": ctx.today.isoformat()}]
        marks.append(found)
    kept["given"], kept["before"] = dict(kept["given"]), list(kept["before"])
    return kept, marks.index(found) + 1


# -- to read -----------------------------------------------------------------------------------------------------------
async def read(ctx: Context, actor: Actor, action: Action) -> None:
    """The text as it stands now, in the private chat."""
    run = await _approval(ctx, actor, action)
    if run is None:
        return
    scene, voice = await runner.scene_of(ctx, actor.group), ctx.services.voice
    parts = []
    for name in run.exercise.approves:
        kept = await carried_over.of_exercise(ctx, scene, ctx.services.process.exercises[name], most=None)
        parts.append({"title": voice.title_of(name), "lines": kept.lines if kept else ()})
    _, version = await _kept(ctx, actor.group, run.exercise)
    facts = {"title": voice.title_of(run.exercise.id), "version": version, "parts": parts}
    keys = [[ctx.key("answer", "open", run.number)]] if run.phase is Phase.OPEN else []
    await ctx.tell(actor, "approval.text", facts, keys)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Who has said what to which version."""
    run = await _approval(ctx, actor, action)
    if run is None:
        return
    kept, now = await _kept(ctx, actor.group, run.exercise)
    scene = await runner.scene_of(ctx, actor.group)
    present = ExerciseView(ctx.services.voice, scene, run.exercise)
    decision = ctx.services.process.exercises[run.exercise.id].field(Field.DECISION)
    said = [{**given, "owner": owner, "back": None} for owner, given in kept["given"].items()] + kept["before"]
    versions = [
        {
            "n": n,
            "on": version["on"],
            "now": n == now,
            "said": [
                {**given, "who": scene.owner(given["owner"]), "decision": present.option(decision, given["decision"])}
                for given in said
                if given["version"] == n
            ],
        }
        for n, version in reversed(list(enumerate(kept["versions"], 1)))
    ]
    facts = {"title": present.words["title"], "versions": versions, "waiting": present.progress(run)["waiting"]}
    keys = [[ctx.key("read_text", "read", run.number)]]
    await ctx.tell(actor, "approval.versions", facts, keys)


async def _approval(ctx: Context, actor: Actor, action: Action) -> Run | None:
    """The run of an approval, to be shown in the private chat; None (and a notice) for anything else."""
    record: records.Run = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    if not run.exercise.approves:
        ctx.toast("old_button")
        return None
    if actor.in_group:
        ctx.toast("see_private" if actor.person.reach == "reachable" else "open_in_private", alert=True)
    return run


ROUTES: Routes = (*buttons(Role.MEMBER, About.RUN, read=read, approvals=show),)
