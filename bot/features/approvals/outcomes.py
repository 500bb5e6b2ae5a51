"""The outcome of an approval: whether the text is final, and what can be done if it is not.

It is final when every organisation that was asked has said yes to the text as it stands. One that is silent after the
last day and two reminders can be set aside; the group can decide to go on despite a no, with a reason that is printed.
Neither is hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.context.context import Actor, Context
from bot.context.events import SeatChanged
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import required
from bot.context.routes import WORDS, Routes, Takes, buttons, texts
from bot.context.row_events import TextAdopted
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, runner
from bot.reminders.kinds import ANSWER
from bot.reminders.next_message import hearing
from bot.reminders.open_items import coordinators
from flows.answers import clean, unfit
from flows.definitions.model import Exercise
from flows.enums import Field
from flows.identities import Handling
from flows.run.state import Phase, Run
from flows.run.text_approval import NotedWord, TextApproval
from messages.documents.material import ApprovalLine
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutOwner, MessageContext
from storage.records.records import Group

REMINDED = 2  # reminders before somebody silent can be set aside


@dataclass(frozen=True, slots=True)
class AskedLine(ApprovalLine):
    """An organisation that was asked, or (not `asked`) stands in the text and has nobody here to answer."""

    owner: str = ""  # of those who were asked …
    row: int = 0  # … and of the others the row that names them
    gone: bool = False  # has not answered, and has nobody left who could
    can_be_set_aside: bool = False

    @property
    def said_no(self) -> bool:
        """True for those who have answered, and not with a yes."""
        return self.decision is not None and not self.yes


@dataclass(frozen=True, slots=True)
class ApprovalState:
    """The state of an approval: what is kept of it, the text's version, and everyone's line."""

    kept: TextApproval
    version: int
    lines: tuple[AskedLine, ...] = ()
    outside: tuple[AskedLine, ...] = ()

    @property
    def without(self) -> TemplateFacts:
        """Whose yes the text goes on without: those set aside as silent, and those overruled, and why."""
        return {
            "aside": [line.organisation for line in self.lines if line.aside],
            "overruled": [{"who": line.organisation, "text": line.overruled} for line in self.lines if line.overruled],
        }

    @property
    def final(self) -> bool:
        """True if no answer is awaited, and every no has been decided on."""
        settled = (line.yes or line.aside or bool(line.overruled) for line in self.lines)
        return any(line.yes for line in self.lines) and all(settled)


async def standing(ctx: Context, group: Group, exercise: Exercise) -> ApprovalState:
    """Return the state of an approval now."""
    kept, version = await approved_texts.now(ctx, group, exercise)
    record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE)
    if record is None:
        return ApprovalState(kept, version)
    run, scene, lines = runner.load(ctx, record), await runner.scene_of(ctx, group), []
    yes = ctx.services.process.exercises[exercise.id].field(Field.DECISION).options[0]
    gone = await approved_texts.gone(ctx, group, run)
    for owner in dict.fromkeys([*map(run.owner, run.seats), *kept.given]):  # who answered may be of another by now
        line = _line(kept, owner, scene.owner(owner), yes)
        waits = line.decision is None and not line.aside
        silent = waits and (owner in gone or await _silent(ctx, group, run, owner))
        lines.append(replace(line, gone=owner in gone, can_be_set_aside=silent))
    outside = []
    for row, name in (await approved_texts.unasked(ctx, group, exercise)).items():
        word = kept.outside.get(str(row)) or NotedWord(version, ctx.today, 0)
        earlier = word.version if word.version != version else None
        outside.append(AskedLine(name, asked=False, word=word.text, earlier=earlier, row=row))
    return ApprovalState(kept, version, tuple(lines), tuple(outside))


def _line(kept: TextApproval, owner: str, name: str, yes: str) -> AskedLine:
    given, aside, why = kept.given.get(owner), owner in kept.aside, kept.overruled.get(owner)
    if given is None:
        return AskedLine(name, aside=aside, owner=owner)
    says_yes = given.decision == yes
    overruled = why.text if why and not says_yes else ""
    return AskedLine(name, given.decision, given.on, given.signer or "", aside, overruled, says_yes, owner=owner)


async def _silent(ctx: Context, group: Group, run: Run, owner: str) -> bool:
    """True if somebody can be set aside as silent: past their day, and away or reminded twice."""
    if run.answer_by is None or run.answer_by >= ctx.today:
        return False
    asked = [m for m in await ctx.work.open_items.about(group.id, f"run:{run.number}") if m.kind == ANSWER]
    away = await ctx.work.absences.away_on(ctx.today)
    sent = {m.member_id: m.sent if m.state == "open" else REMINDED for m in asked}
    here = await hearing(ctx, [await ctx.work.members.get(member) for member in run.members_of(owner)])
    return all(member.person_id in away or sent.get(member.id, 0) >= REMINDED for member in here)


def keys(ctx: Context, actor: Actor, run: Run, found: ApprovalState) -> list[list[Key]]:
    """Return buttons for the reader's own no or, for whoever leads, for the answers that hold the text up."""
    mine = run.owner(actor.member.id) if actor.member.id in run.seats else ""
    leads, rows = rank_of(actor.member, actor.group) >= Rank.COORDINATOR, []
    for line in found.lines:
        rows.append(when(line.said_no and line.owner == mine, ctx.key("approval.take_back", "unno", run.number)))
        goes_on = ctx.key("approval.go_on", "goon", run.number, line.owner, who=line.organisation)
        rows.append(when(leads and line.said_no and not line.overruled, goes_on))
        aside = ctx.key("approval.set_aside", "setaside", run.number, line.owner, who=line.organisation)
        rows.append(when(leads and line.can_be_set_aside, aside))
    return [*rows, *(word_keys(ctx, run, found.outside) if leads else ())]


def word_keys(ctx: Context, run: Run, outside: Sequence[AskedLine]) -> list[list[Key]]:
    """Return the buttons with which the word of those is noted who have nobody here to answer."""
    return [[ctx.key("approval.word", "outword", run.number, str(o.row), who=o.organisation)] for o in outside]


async def settle(ctx: Context, group: Group, exercise: Exercise) -> None:
    """Tell the group, once for each version, that its text is final, so that the document is kept as it was adopted."""
    found = await standing(ctx, group, exercise)
    record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE)
    if not found.final or found.kept.told == found.version or record is None:
        return
    await approved_texts.keep(ctx, group, exercise, replace(found.kept, told=found.version))
    ctx.events.append(TextAdopted(group.id))
    facts = {
        "title": ctx.services.voice.title_of(exercise.id),
        "version": found.version,
        "yes": [line.organisation for line in found.lines if line.yes],
        **found.without,
        "lacking": await approved_texts.lacking(ctx, await runner.scene_of(ctx, group), exercise),
    }
    ends = [] if record.phase == Phase.CONCLUDED else [[ctx.key("close", "close", record.id)]]
    await ctx.to_group(group, "approval.final", facts, [*ends, [ctx.key("approvals", "approvals", record.id)]])


async def seat_changed(ctx: Context, group: Group, happened: SeatChanged) -> None:
    """Tell the coordinators of every approval for which somebody who left was the last who could answer."""
    for exercise in ctx.services.process.exercises.values():
        if exercise.approves:
            await tell_of_gone(ctx, group, exercise)


async def tell_of_gone(ctx: Context, group: Group, exercise: Exercise) -> None:
    """Tell the coordinators, once, of who has nobody left to answer an approval that waits for them."""
    record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE)
    if record is None or record.phase == Phase.CONCLUDED:
        return
    kept, _ = await approved_texts.now(ctx, group, exercise)
    gone, scene = await approved_texts.gone(ctx, group, runner.load(ctx, record)), await runner.scene_of(ctx, group)
    if new := [scene.owner(owner) for owner in gone if owner not in kept.gone]:
        facts = {"title": ctx.services.voice.title_of(exercise.id), "who": new}
        page = [[ctx.key("approvals", "approvals", record.id)]]
        for member in await coordinators(ctx, group):
            await ctx.to_member(member, "approval.gone", facts, page)
    if tuple(gone) != kept.gone:  # whoever comes back and goes again is told of again
        await approved_texts.keep(ctx, group, exercise, replace(kept, gone=tuple(gone)))


async def ask_why(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the reason to go on despite a no."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    scene = await runner.scene_of(ctx, actor.group)
    context = MessageContext(action.run, want="goon", group=actor.group.id, about=AboutOwner(action.arg))
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "who": scene.owner(action.arg)}
    await ctx.tell(actor, "approval.why", facts, context=context)


async def go_on(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Go on despite a no: the reason is kept, and printed beside it."""
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    text, owner = clean(text), context.the(AboutOwner).owner
    kept, version = await approved_texts.now(ctx, actor.group, run.exercise)
    given = kept.given.get(owner)
    if unfit(text) or given is None or given.version != version:
        await ctx.tell(actor, "approval.not_decided")
        return
    overruled = {**kept.overruled, owner: NotedWord(version, ctx.today, actor.member.id, text)}
    await approved_texts.keep(ctx, actor.group, run.exercise, replace(kept, overruled=overruled))
    scene = await runner.scene_of(ctx, actor.group)
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "who": scene.owner(owner), "text": text}
    await ctx.to_group(actor.group, "approval.overruled", facts)
    await settle(ctx, actor.group, run.exercise)


async def ask_word(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask what somebody outside has said to the text in which they stand."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    who = required((await approved_texts.unasked(ctx, actor.group, run.exercise)).get(int(action.arg or 0)))
    context = MessageContext(action.run, want="outword", group=actor.group.id, about=AboutOwner(action.arg))
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "who": who}
    await ctx.tell(actor, "approval.ask_word", facts, context=context)


async def note_word(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Keep what they have said; it is printed where the others' answers stand."""
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    text, number = clean(text), str(context.the(AboutOwner).owner)
    who = (await approved_texts.unasked(ctx, actor.group, run.exercise)).get(int(number))
    if unfit(text) or who is None:
        await ctx.tell(actor, "approval.not_decided")
        return
    kept, version = await approved_texts.now(ctx, actor.group, run.exercise)
    outside = {**kept.outside, number: NotedWord(version, ctx.today, actor.member.id, text)}
    await approved_texts.keep(ctx, actor.group, run.exercise, replace(kept, outside=outside))
    await ctx.tell(actor, "approval.word_noted", {"who": who, "text": text})


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.RUN, goon=ask_why, outword=ask_word),
    *texts(Rank.COORDINATOR, WORDS, goon=go_on),
    *texts(Rank.COORDINATOR, Takes(Handling.CONTACT, at_once=True), outword=note_word),
)
