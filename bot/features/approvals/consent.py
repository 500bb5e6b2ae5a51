"""Consent: everybody is asked for a yes or an objection until a last day (0.6, and any decision put to the group).

A ballot (`flows.ballots`): silence is shown and stops nothing. The outcome is told when all have answered or the day is
over, and kept with the decision. An objection is a reason to talk, and can be taken back with a yes until then.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.ballots import box
from bot.ballots.box import BallotOwner, voter
from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded, ExerciseReopened
from bot.context.message import OBJECTION, Message
from bot.context.permissions import About, Rank
from bot.context.refusals import Unmet, demand, refusals_told, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.row_events import ReasonUnneeded, RowChanged
from bot.context.sealed_actions import Action
from bot.exercises import consents, runner
from bot.features.approvals.consent_messages import (
    ask_privately,
    ask_why,
    consent_context,
    deciders,
    is_decider,
    reason_slot,
    show,
    show_alone,
)
from bot.reminders import open_items
from bot.reminders.kinds import OBJECTED, SAY
from flows import ballots
from flows.answers import clean, unfit
from flows.ballots import NO, YES, Asked, Ballot, Came, Phase, Purpose, Reasoned, TextNow, Turn, Unfit, Voted, Withdrew
from flows.definitions.model import ConsentAsked
from flows.enums import ExerciseRole, Field
from flows.identities import Handling
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member, group_chat, private_chat

BARE = 3  # words that a yes has at most
TOASTS: Final = {
    Unfit.WITHDRAWN: "consent.withdrawn",
    Unfit.OVER: "consent.over",
    Unfit.OTHER_ROUND: "consent.changed",
}


# -- asking ------------------------------------------------------------------------------------------------------------
async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Ask everybody for consent once such a decision has been written: those who were named when the round began."""
    run = runner.load(ctx, await ctx.work.runs.get(happened.run))
    exercise = run.exercise
    consent, written = exercise.part(ConsentAsked), run.sheets["g"].answered if "g" in run.sheets else ()
    if consent is None or exercise.decided not in written:
        return  # of no such exercise, or ended without a decision
    present = await runner.present_of(ctx, group, exercise)
    answers = await ctx.work.answers.for_group(run.number)
    lines = [f"{line['short']}: {line['value']}" for line in present.lines(run, answers) if line["value"]]
    asked = await ctx.work.members.active(group.id, roles=consent.roles)
    deciding = await deciders(ctx, group) if consent.roles == ("core",) else []
    everybody = tuple(voter(member.id) for member in (*asked, *deciding))
    await _put(ctx, group, f"run:{run.number}", Asked("\n".join(lines), box.last_day(ctx, consent.days), everybody))


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask everybody for consent to a decision of the list."""
    row = required(await ctx.work.rows.lookup(int(action.arg)), "no_row", alert=True)
    register = ctx.services.process.with_role(ExerciseRole.TODOS)
    demand(
        row.group_id == actor.group.id and row.register == register.id and row.state != "removed",
        "no_row",
        alert=True,
    )
    before, text = await consents.of(ctx, actor.group, f"row:{row.id}"), str(register.told(row.values, Field.WHAT))
    if before is not None and (before.phase is Phase.OPEN or (before.phase is Phase.OVER and before.text == text)):
        raise Unmet("consent.asked")
    if not actor.in_group:
        ctx.toast("see_group")
    await _put(ctx, actor.group, f"row:{row.id}", Asked(text, box.last_day(ctx), await _core(ctx, actor.group)))


async def _core(ctx: Context, group: Group) -> tuple[ballots.Voter, ...]:
    return tuple(voter(member.id) for member in await ctx.work.members.active(group.id))


async def _put(ctx: Context, group: Group, ref: str, question: Asked) -> None:
    await _no_objections(ctx, group, ref)  # to what was decided before
    await box.put(ctx, group, OWNER, ref, question)


async def _no_objections(ctx: Context, group: Group, ref: str) -> None:
    """Let nobody be reminded to talk about objections."""
    await open_items.reconcile(ctx, group, f"objection:{ref}", {})


async def row_changed(ctx: Context, group: Group, happened: RowChanged) -> None:
    """Ask everybody again if a decision that they are asked about, or have objections to, now says something else.

    Of one that all have agreed to, or left to pass, whoever changed it hears that, and can ask everybody again. If
    it is removed, the question is taken back.
    """
    ref = f"row:{happened.row}"
    before, row = await consents.of(ctx, group, ref), await ctx.work.rows.get(happened.row)
    if row.state == "removed":
        await _withdraw(ctx, group, ref)
        return
    if before is None or before.phase is Phase.WITHDRAWN:
        return
    text = str(ctx.services.process.with_role(ExerciseRole.TODOS).told(row.values, Field.WHAT))
    now = TextNow(text, box.last_day(ctx), await _core(ctx, group))
    turn = await box.tell(ctx, group, OWNER, ref, now)
    assert turn is not None  # it is there
    if turn.unfit:
        by = await ctx.work.members.get(happened.by)
        keys = [[ctx.key("consent.again", "c_ask", group.id, str(row.id))]]
        await ctx.to_member(by, "consent.other_text", {"text": before.text}, keys)
    elif turn.ballot.round != before.round:
        await _no_objections(ctx, group, ref)
        await _ask_no_reason(ctx, group, ref, before.voices)
        for number in box.members(before.voices):  # what they said has fallen, which they see nowhere but in the group
            await show_alone(ctx, group, ref, turn.ballot, number, anew=True)


async def reopened(ctx: Context, group: Group, happened: ExerciseReopened) -> None:
    """Take the question back with the end of the exercise that it was about."""
    await _withdraw(ctx, group, f"run:{happened.run}")


async def _withdraw(ctx: Context, group: Group, ref: str) -> None:
    """Take back the question about a decision that stands no more: nobody is waited for, and all who saw it hear it."""
    await _no_objections(ctx, group, ref)
    turn = await box.tell(ctx, group, OWNER, ref, Withdrew())
    if turn is None or turn.unfit:
        return
    ballot = turn.ballot
    await _ask_no_reason(ctx, group, ref, ballot.voices)
    asked = await ctx.work.outbox.latest(group_chat(group.id), f"consent:{ref}")
    above = asked.message_id if asked else None  # where the text stands
    await ctx.to_group(group, "consent.withdrawn", {"text": None if above else ballot.text}, reply_to=above)
    for member in await deciders(ctx, group):
        if voter(member.id) in ballot.asked:
            await ctx.to_member(member, "consent.withdrawn", {"text": ballot.text})


async def _ask_no_reason(ctx: Context, group: Group, ref: str, voters: Iterable[ballots.Voter]) -> None:
    """Wait no longer for a reason from those whose objection has fallen, and say so where they were asked for it."""
    for number in box.members(voters):
        member = await ctx.work.members.get(number)
        for prompt in await ctx.work.prompts.of(member.person_id):
            if prompt.context.want == OBJECTION and (prompt.group_id, prompt.context.what) == (group.id, ref):
                await ctx.work.prompts.end(member.person_id, prompt.matter)
                ctx.events.append(ReasonUnneeded(member.person_id, prompt.matter))
                here, keys = reason_slot(ref), [[ctx.key("what_waits", "answers", group.id)]]
                if await ctx.work.outbox.latest(private_chat(member.person_id), here, group.id):
                    over = Message(ctx.services.voice.render("consent.no_reason"), keys, group.id, here, living=True)
                    await ctx.tell_person(member.person_id, replace(over, context=MessageContext()))


async def also_ask(ctx: Context, group: Group, member: Member) -> None:
    """Ask a decision maker who has joined while the group is being asked."""
    for ref in await box.open_of(ctx, group, Purpose.CONSENT):
        if ref.startswith("run:"):
            turn = await box.tell(ctx, group, OWNER, ref, Came(voter(member.id), joins=True))
            assert turn is not None  # it is there
            await ask_privately(ctx, group, ref, turn.ballot, member)


# -- answering ---------------------------------------------------------------------------------------------------------
async def say(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a yes or an objection; the reason is asked in private, and the objection counts meanwhile."""
    before, me = required(await consents.of(ctx, actor.group, action.arg)), voter(actor.member.id)
    demand(actor.member.role == "core" or me in before.asked)
    vote = Voted(me, YES if action.verb == "c_yes" else NO, action.ask)
    turn = await box.tell(ctx, actor.group, OWNER, action.arg, vote, actor.member)
    assert turn is not None  # it is there
    if turn.unfit:
        raise Unmet(TOASTS[turn.unfit], alert=True)
    alone = ctx.notices and not actor.in_group and actor.member.role in ("core", "network")
    if alone and turn.ballot != before:
        await show_alone(ctx, actor.group, action.arg, turn.ballot, actor.member.id)
    if vote.choice == NO:
        ctx.toast("consent.no", {"decides": is_decider(actor)}, alert=actor.in_group)
        await ask_why(ctx, actor, action.arg, turn.ballot)
    else:
        await _ask_no_reason(ctx, actor.group, action.arg, (me,))
        ctx.toast("consent.yes")


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show in private what waits for a yes or an objection."""
    ballot = await consents.of(ctx, actor.group, action.arg)
    if ballot is None or ballot.phase is Phase.WITHDRAWN or voter(actor.member.id) not in ballot.asked:
        await ctx.tell(actor, "consent.gone")
        return
    await ctx.work.prompts.turn_all_aside(actor.person.id)
    await show_alone(ctx, actor.group, action.arg, ballot, actor.member.id, anew=True)


async def write(ctx: Context, actor: Actor, ref: str, round_: int, *, yes: bool) -> None:
    """Take a yes or an objection that was written as a tap on its button; why it could not be taken is said."""
    with refusals_told(ctx):
        await say(ctx, actor, Action("c_yes" if yes else "c_no", actor.group.id, round_, ref))
    untold, ctx.untold, kept = ctx.untold, "", await consents.of(ctx, actor.group, ref)
    said = kept.voices.get(voter(actor.member.id)) if kept else None
    if kept is None or kept.phase is not Phase.OPEN or said is None or said.yes != yes:
        lost = {"text": untold}
        if actor.in_group:
            await ctx.to_group(actor.group, "notice_lost", lost, reply_to=ctx.written)
        else:
            await ctx.to_person(actor.person.id, "notice_lost", lost, about=actor.group.id)
    elif yes and not actor.in_group:
        await show_alone(ctx, actor.group, ref, kept, actor.member.id, anew=True)


def says_yes(ctx: Context, text: str) -> bool:
    """True for a yes and nothing else: a longer one may have conditions."""
    return ctx.services.voice.rules.answer_in(text) == "yes" and len(text.split()) <= BARE


async def say_why(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the reason for an objection, which everybody can read beside the name; late, too, where there was none."""
    group, ref, text = actor.group, context.what, clean(text)
    ballot = await consents.of(ctx, group, ref)
    if ballot is not None and says_yes(ctx, text):  # they have changed their mind, and a yes is no reason
        await write(ctx, actor, ref, ballot.round, yes=True)
        return
    why = Reasoned(voter(actor.member.id), text, context.seen)
    turn = await box.tell(ctx, group, OWNER, ref, why) if not unfit(text) else None
    if turn is None or turn.unfit:
        await ctx.tell(actor, "consent.not_kept")
        return
    over = turn.ballot.phase is not Phase.OPEN
    keys = [] if over else [[replace(ctx.key("consent.undo", "c_unsay", group.id, ref), says="undo")]]
    keys.append([ctx.key("what_waits", "answers", group.id)])
    asking = consent_context(group, ref, turn.ballot)
    await ctx.tell(actor, "consent.kept", {"decides": is_decider(actor)}, keys, context=asking)


async def unsay(ctx: Context, actor: Actor, action: Action) -> None:
    """The reason is taken back, which all could read at once; the objection stands, and can be put otherwise."""
    turn = required(await box.tell(ctx, actor.group, OWNER, action.arg, Reasoned(voter(actor.member.id), "")))
    demand(not turn.unfit)
    await ask_why(ctx, actor, action.arg, turn.ballot)


# -- what comes of it --------------------------------------------------------------------------------------------------
async def decided(ctx: Context, group: Group, ref: str, turn: Turn, _by: Member | None) -> None:
    """Tell the outcome; whoever coordinates is reminded of objections."""
    ballot: Ballot = turn.ballot
    await ctx.to_group(group, "consent.outcome", await consents.facts(ctx, group, ballot))
    told = await open_items.coordinators(ctx, group) if ballots.objections(ballot) else []
    await open_items.reconcile(ctx, group, f"objection:{ref}", {(OBJECTED, member.id): ctx.today for member in told})


async def talked_about(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that an objection has been talked about, so that it waits for nobody."""
    await _no_objections(ctx, actor.group, action.arg)
    await ctx.reply(actor, "consent.talked")


OWNER: Final = BallotOwner(Purpose.CONSENT, SAY, show, decided)
ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.GROUP, c_ask=ask),
    *buttons(Rank.COORDINATOR, About.GROUP, c_talked=talked_about),
    *buttons(
        Rank.LEADER, About.GROUP, c_see=see, c_yes=say, c_no=say, c_unsay=unsay
    ),  # a decision maker's too; `say` takes whoever was asked
    *texts(Rank.LEADER, Takes(Handling.ASK, noted=True, reason=True), objection=say_why),
)
