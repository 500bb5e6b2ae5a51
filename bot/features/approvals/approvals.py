"""Approval by organisations: each says yes to a version of a text, or returns it with a reason.

Kept for each text are its versions by date, each organisation's answer and its earlier ones, and which silence or no
the group has decided to go on from. When the text changes, the answers no longer hold: they are kept for the record,
the group is told, and there is no date until the new text is sent out. A text that is changed back word for word is
its earlier version, and what was answered to that holds again (`taken_back`), unless another answer has been given
since. A version that nobody has answered is not counted as one.
"""

from dataclasses import asdict, replace

from bot.context.context import Actor, Context
from bot.context.events import HandedIn
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, told_in_private
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, earlier_results, rounds, runner
from bot.exercises.send_messages import manner_to_colleague
from bot.features.approvals import outcomes, taken_back
from bot.features.process.status import status
from bot.reminders.next_message import hearing, spoken
from bot.reminders.open_items import coordinators
from bot.views.exercise import ExerciseView
from flows.enums import Field
from flows.run.events import Left, Moved, Opened, Withdrawn
from flows.run.state import Phase, Run
from flows.run.text_approval import NotedWord, Said
from messages.voice import TemplateFacts
from storage.records.records import Group, Member
from storage.records.runs import Run as Record


async def noted(ctx: Context, group: Group, happened: HandedIn) -> None:
    """Note an organisation's answer to the text as it stands now, or that it was taken back."""
    record, owner = await ctx.work.runs.get(happened.run), happened.owner
    exercise = ctx.services.process.exercises[record.exercise]
    kept, version = await approved_texts.now(ctx, group, exercise)
    decision, reason, signer = await approved_texts.on_sheet(ctx, record.id, exercise, owner)
    said = Said(version, decision or "", ctx.today, reason, signer, ctx.now) if not happened.back else None
    await approved_texts.keep(ctx, group, exercise, kept.answered(owner, said))
    if said is None:
        return
    await _tell_colleagues(ctx, group, record, happened, said, changed=owner in kept.changing)
    if said.decision != exercise.field(Field.DECISION).options[0]:
        await _tell_of_no(ctx, group, record, owner, said.reason or "")
    await outcomes.settle(ctx, group, exercise)


async def _tell_colleagues(
    ctx: Context, group: Group, record: Record, given: HandedIn, said: Said, *, changed: bool
) -> None:
    """Tell whoever shares the organisation what was answered, or changed, for them all, and by whom."""
    run, scene = runner.load(ctx, record), await runner.scene_of(ctx, group)
    present = ExerciseView(ctx.services.voice, scene, run.exercise)
    facts = {
        "title": present.words["title"],
        "name": scene.member(given.by) if given.by else None,
        "who": scene.owner(given.owner),
        "decision": present.option(run.exercise.field(Field.DECISION), said.decision),
        "reason": said.reason,
        "changed": changed,
    }
    keys = [[ctx.key("open_it", "open", record.id)]]
    for member in await _colleagues(ctx, run, given.owner):
        if member.id != given.by:
            manner = manner_to_colleague(run, member.id, anew=changed)
            await ctx.to_member(member, "approval.answered", facts, keys, **manner)
            if not manner["living"]:
                await spoken(ctx, member.person_id)


async def _colleagues(ctx: Context, run: Run, owner: str) -> list[Member]:
    """Return those who answer together, and are here and can be told."""
    members = [await ctx.work.members.get(number) for number in run.members_of(owner)]
    return await hearing(ctx, [member for member in members if member.state == "active"])


async def _tell_of_no(ctx: Context, group: Group, record: Record, owner: str, reason: str) -> None:
    """Tell the coordinators of a no at once, as it holds the text up until somebody does something about it."""
    scene, title = await runner.scene_of(ctx, group), ctx.services.voice.title_of(record.exercise)
    facts = {"title": title, "who": scene.owner(owner), "reason": reason}
    for member in await coordinators(ctx, group):
        if runner.load(ctx, record).owner(member.id) != owner:
            keys = [[ctx.key("approvals", "approvals", record.id)]]
            await ctx.to_member(member, "approval.said_no", facts, keys)


async def send_anew(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask everybody who must approve the text, now that it is as the group wants it, with a week to answer."""
    record = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    demand(record.phase == Phase.OPEN and run.exercise.approves, "unfit.over")
    run = await taken_back.ask_all(ctx, actor.group, run.number, ctx.today + rounds.ANSWER_WITHIN)
    title = ctx.services.voice.title_of(run.exercise.id)
    facts = {"title": title, "until": run.answer_by}
    keys = [[ctx.key("read_text", "read", run.number)], [ctx.key("answer", "open", run.number)]]
    told = await hearing(ctx, [await ctx.work.members.get(m) for m in run.members_of(*run.waiting_for())])
    for member in told:
        await ctx.to_member(member, "approval.anew", facts, keys)
        await spoken(ctx, member.person_id)
    ctx.toast("nudged", {"count": len(told), "already": 0, "unreachable": 0})
    outside = (await outcomes.standing(ctx, actor.group, run.exercise)).outside
    if outside:
        ask = outcomes.word_keys(ctx, run, outside)
        await ctx.to_person(
            actor.person.id,
            "approval.ask_outside",
            {"title": title, "names": [o.organisation for o in outside]},
            ask,
            about=actor.group.id,
        )


async def take_back_no(ctx: Context, actor: Actor, action: Action) -> None:
    """Take back an organisation's no, so that it can answer again."""
    record = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    owner = run.owner(actor.member.id) if actor.member.id in run.seats else ""
    demand(owner in run.handed_in() and run.exercise.approves)
    await runner.apply(ctx, actor.group, record, Withdrawn((owner,)), by=actor.member)
    record = await ctx.work.runs.get(action.run)
    await runner.apply(ctx, actor.group, record, Moved(ctx.today + rounds.ANSWER_WITHIN))
    await status(ctx, actor.group)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(record.id), Opened(actor.member.id), by=actor.member)


async def set_aside(ctx: Context, actor: Actor, action: Action) -> None:
    """Set aside somebody who has stayed silent; it is printed, and they can still answer. The page then shows it."""
    run = await _approval(ctx, actor, action)
    found = await outcomes.standing(ctx, actor.group, run.exercise)
    line = next((line for line in found.lines if line.owner == action.arg), None)
    if line is None or not line.can_be_set_aside:
        ctx.toast("approval.changed")
        await _page(ctx, actor, run, ctx.tapped)
        return
    aside = {**found.kept.aside, line.owner: NotedWord(found.version, ctx.today, actor.member.id)}
    await approved_texts.keep(ctx, actor.group, run.exercise, replace(found.kept, aside=aside))
    for member in list(run.members_of(line.owner)):
        await runner.apply(ctx, actor.group, await ctx.work.runs.get(run.number), Left(member))
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "who": line.organisation}
    await ctx.to_group(actor.group, "approval.set_aside", facts)
    answer = [[ctx.key("answer", "open", run.number)]]
    for silent in await _colleagues(ctx, run, line.owner):
        await ctx.to_member(silent, "approval.set_aside_you", facts, answer)
    await outcomes.settle(ctx, actor.group, run.exercise)
    await _page(ctx, actor, run, ctx.tapped)


# -- to read -----------------------------------------------------------------------------------------------------------
async def read(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the text as it stands now, in the private chat."""
    run = await _approval(ctx, actor, action)
    scene, voice = await runner.scene_of(ctx, actor.group), ctx.services.voice
    parts = []
    for name in run.exercise.approves:
        kept = await earlier_results.of_exercise(ctx, scene, ctx.services.process.exercises[name], most=None)
        parts.append({"title": voice.title_of(name), "lines": kept.lines if kept else ()})
    _, version = await approved_texts.now(ctx, actor.group, run.exercise)
    lacking = await approved_texts.lacking(ctx, scene, run.exercise)
    facts = {"title": voice.title_of(run.exercise.id), "version": version, "parts": parts, "lacking": lacking}
    keys = [[ctx.key("answer", "open", run.number)]] if run.phase is Phase.OPEN else []
    await ctx.tell(actor, "approval.text", facts, keys)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show who has answered what to which version."""
    await _page(ctx, actor, await _approval(ctx, actor, action))


async def _page(ctx: Context, actor: Actor, run: Run, edit: int | None = None) -> None:
    standing = await outcomes.standing(ctx, actor.group, run.exercise)
    scene = await runner.scene_of(ctx, actor.group)
    present = ExerciseView(ctx.services.voice, scene, run.exercise)
    decision = ctx.services.process.exercises[run.exercise.id].field(Field.DECISION)

    def said_of(version: int) -> list[TemplateFacts]:
        found = [one for one in standing.kept.answers if one.version == version]
        return [
            {**asdict(one), "who": scene.owner(one.owner), "decision": present.option(decision, one.decision)}
            for one in found
        ]

    versions = [
        {"n": n, "on": version.on, "now": n == standing.version, "said": said_of(n)}
        for n, version in reversed(list(enumerate(standing.kept.versions, 1)))
    ]
    facts = {
        "title": present.words["title"],
        "versions": versions,
        **_standing(standing),
        "lacking": await approved_texts.lacking(ctx, scene, run.exercise),
    }
    keys = [[ctx.key("read_text", "read", run.number)], *outcomes.keys(ctx, actor, run, standing)]
    if standing.kept.laid_aside and run.phase is Phase.OPEN and rank_of(actor.member, actor.group) >= Rank.COORDINATOR:
        keys.insert(1, [ctx.key("send_anew", "anew", run.number)])
    await ctx.tell(actor, "approval.versions", facts, keys, edit=edit)


def _standing(standing: outcomes.ApprovalState) -> TemplateFacts:
    """Return how it is with those who have not said what they say of this version."""
    lines = standing.lines
    return {
        "waiting": [line.organisation for line in lines if not (line.decision or line.aside or line.gone)],
        "gone": [line.organisation for line in lines if line.gone],
        **standing.without,
        "outside": [{"who": o.organisation, "text": o.word, "earlier": o.earlier} for o in standing.outside if o.word],
        "final": standing.final,
    }


async def _approval(ctx: Context, actor: Actor, action: Action) -> Run:
    """Return the run of an approval, to be shown in the private chat. Raises Unmet for any other."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    demand(run.exercise.approves)
    told_in_private(ctx, actor)
    return run


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.RUN, read=read, approvals=show, unno=take_back_no),
    *buttons(Rank.COORDINATOR, About.RUN, anew=send_anew, setaside=set_aside),
)
