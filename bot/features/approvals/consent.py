"""Consent: everybody is asked for a yes or an objection until a last day (0.6, and any decision put to the group).

Silence is shown and stops nothing. The outcome is told when all have answered or the day is over, and kept with the
decision. An objection is a reason to talk, and can be taken back with a yes until then.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded, ExerciseReopened, ReasonUnneeded, RowChanged
from bot.context.message import OBJECTION, Message
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import consents, runner
from bot.exercises.consents import CONSENT, Consent, ConsentReply
from bot.features.approvals.consent_messages import (
    ask_privately,
    ask_why,
    consent_context,
    deciders,
    is_decider,
    objects,
    reason_slot,
    show,
    show_alone,
)
from bot.reminders import open_items
from bot.reminders.holidays import is_holiday
from bot.reminders.kinds import OBJECTED, SAY
from flows.answers import clean, unfit
from flows.identities import Handling
from flows.pacing import USUAL, WORKDAYS, at_wall
from flows.state import Phase
from flows.vocabulary import ExerciseRole, Field
from storage.json_records import dump
from storage.message_notes import MessageContext
from storage.records import Group, Member, group_chat, private_chat

YES = 3  # words that a yes has at most
DAYS = 3  # working days to answer in, unless the exercise says otherwise


async def after_conclusion(ctx: Context, happened: ExerciseConcluded) -> None:
    """Ask everybody for consent once such a decision has been written: those who were named when the round began."""
    run, group = runner.load(ctx, await ctx.work.runs.get(happened.run)), await ctx.work.groups.get(happened.group)
    exercise = run.exercise
    if not exercise.consent:
        return
    decided = exercise.outcome.question if exercise.outcome else exercise.questions[0].id
    if (exercise.consent_to or decided) not in (run.sheets["g"].answered if "g" in run.sheets else ()):
        return  # ended without a decision
    present = await runner.present_of(ctx, group, exercise)
    answers = await ctx.work.answers.for_group(run.number)
    lines = [f"{line['short']}: {line['value']}" for line in present.lines(run, answers) if line["value"]]
    await put(ctx, group, f"run:{run.number}", "\n".join(lines), exercise.consent, exercise.consents)


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask everybody for consent to a decision of the list."""
    row = await ctx.work.rows.lookup(int(action.arg))
    register = ctx.services.process.with_role(ExerciseRole.TODOS)
    if row is None or row.group_id != actor.group.id or row.register != register.id or row.state == "removed":
        ctx.toast("no_row", alert=True)
        return
    before, text = await consents.of(ctx, actor.group, f"row:{row.id}"), str(register.told(row.values, Field.WHAT))
    if before is not None and not before.withdrawn and (not before.over or before.text == text):
        ctx.toast("consent.asked")
        return
    if not actor.in_group:
        ctx.toast("see_group")
    await put(ctx, actor.group, f"row:{row.id}", text, DAYS)


async def row_changed(ctx: Context, happened: RowChanged) -> None:
    """Ask everybody again if a decision that they are asked about, or have objections to, now says something else.

    Of one that all have agreed to, or left to pass, whoever changed it hears that, and can ask everybody again. If
    it is removed, the question is taken back.
    """
    group, ref = await ctx.work.groups.get(happened.group), f"row:{happened.row}"
    consent, row = await consents.of(ctx, group, ref), await ctx.work.rows.get(happened.row)
    text = str(ctx.services.process.with_role(ExerciseRole.TODOS).told(row.values, Field.WHAT)) if consent else ""
    if row.state == "removed":
        await _withdraw(ctx, group, ref)
        return
    if consent is None or consent.withdrawn or consent.text == text:
        return
    if consent.over and all(reply.yes for reply in consent.said.values()):
        by = await ctx.work.members.get(happened.by)
        keys = [[ctx.key("consent.again", "c_ask", group.id, str(row.id))]]
        await ctx.to_person(by.person_id, "consent.other_text", {"text": consent.text}, keys, about=group.id)
        return
    await show(ctx, group, ref, replace(consent, over=True))  # nobody answers beneath the old text any more
    await _ask_no_reason(ctx, group, ref, consent.said)
    await put(ctx, group, ref, text, DAYS)
    asked = await consents.of(ctx, group, ref)
    assert asked is not None  # just now
    for number in consent.said:  # what they said has fallen, which they would see nowhere but in the group
        await show_alone(ctx, group, ref, asked, number, anew=True)


async def reopened(ctx: Context, happened: ExerciseReopened) -> None:
    """Take the question back with the end of the exercise that it was about."""
    await _withdraw(ctx, await ctx.work.groups.get(happened.group), f"run:{happened.run}")


async def _withdraw(ctx: Context, group: Group, ref: str) -> None:
    """Take back the question about a decision that stands no more: nobody is waited for, and all who saw it hear it."""
    consent = await consents.of(ctx, group, ref)
    await open_items.reconcile(ctx, group, f"objection:{ref}", {})
    if consent is None or consent.over:
        return
    consent = replace(consent, over=True, withdrawn=True)
    await ctx.work.activity_states.keep(group.id, CONSENT, ref, dump(consent))
    await ctx.work.schedule.cancel(kind=CONSENT, ref=ref)
    await _await(ctx, group, ref, consent)
    await show(ctx, group, ref, consent)
    await _ask_no_reason(ctx, group, ref, consent.said)
    asked = await ctx.work.outbox.latest(group_chat(group.id), f"consent:{ref}")
    above = asked.message_id if asked else None  # where the text stands
    await ctx.to_group(group, "consent.withdrawn", {"text": None if above else consent.text}, reply_to=above)
    for member in await deciders(ctx, group):
        if member.id in consent.asked:
            await ctx.to_person(member.person_id, "consent.withdrawn", {"text": consent.text}, about=group.id)


async def _ask_no_reason(ctx: Context, group: Group, ref: str, members: Iterable[int]) -> None:
    """Wait no longer for a reason from those whose objection has fallen, and say so where they were asked for it."""
    for number in members:
        member = await ctx.work.members.get(number)
        for prompt in await ctx.work.prompts.of(member.person_id):
            if prompt.context.want == OBJECTION and (prompt.group_id, prompt.context.what) == (group.id, ref):
                await ctx.work.prompts.end(member.person_id, prompt.matter)
                ctx.events.append(ReasonUnneeded(member.person_id, prompt.matter))
                here, keys = reason_slot(ref), [[ctx.key("what_waits", "answers", group.id)]]
                if await ctx.work.outbox.latest(private_chat(member.person_id), here, group.id):
                    over = Message(ctx.services.voice.render("consent.no_reason"), keys, group.id, here, living=True)
                    await ctx.tell_person(member.person_id, replace(over, context=MessageContext()))


async def put(ctx: Context, group: Group, ref: str, text: str, days: int, roles: tuple[str, ...] = ("core",)) -> None:
    """Ask everybody with one of these roles for consent to a text, within so many working days."""
    members = await ctx.work.members.active(group.id, roles=roles)
    deciding = await deciders(ctx, group) if ref.startswith("run:") and roles == ("core",) else []
    until = _last_day(ctx, days)
    before = await consents.of(ctx, group, ref) if ref.startswith("row:") else None
    asked = tuple(member.id for member in (*members, *deciding))
    consent = Consent(text, until, asked, round=before.round + 1 if before else 0)
    await ctx.work.activity_states.keep(group.id, CONSENT, ref, dump(consent))
    await open_items.reconcile(ctx, group, f"objection:{ref}", {})  # to what was decided before
    await _closes(ctx, group, ref, until)
    await show(ctx, group, ref, consent, anew=True)
    await _await(ctx, group, ref, consent)
    for member in deciding:
        await ask_privately(ctx, group, ref, consent, member)


def _last_day(ctx: Context, days: int) -> date:
    until = ctx.today
    while days:
        until += timedelta(1)
        days -= until.weekday() in WORKDAYS and not is_holiday(until)
    return until


async def _closes(ctx: Context, group: Group, ref: str, until: date) -> None:
    closes = at_wall(until + timedelta(1), USUAL, ctx.services.zone)
    await ctx.work.schedule.put(CONSENT, closes, group_id=group.id, ref=ref)


async def resumed(ctx: Context, group: Group) -> None:
    """Set a new last day where the bot was out of the chat on the old one: nobody could answer."""
    for ref in await ctx.work.activity_states.of_kind(group.id, CONSENT):
        consent = await consents.of(ctx, group, ref)
        if consent is not None and not consent.over and consent.until < ctx.today:
            consent = replace(consent, until=_last_day(ctx, DAYS))
            await _closes(ctx, group, ref, consent.until)
            await _keep(ctx, group, ref, consent)


async def also_ask(ctx: Context, group: Group, member: Member) -> None:
    """Ask a decision maker who has joined while the group is being asked."""
    for ref in await ctx.work.activity_states.of_kind(group.id, CONSENT):
        consent = await consents.of(ctx, group, ref)
        if ref.startswith("run:") and consent is not None and not consent.over and await _stands(ctx, ref):
            consent = replace(consent, asked=(*consent.asked, member.id))
            await _keep(ctx, group, ref, consent)
            await ask_privately(ctx, group, ref, consent, member)


# -- answering ---------------------------------------------------------------------------------------------------------
async def say(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a yes or an objection; the reason is asked in private, and the objection counts meanwhile."""
    consent = await consents.of(ctx, actor.group, action.arg)
    theirs = consent is not None and (actor.member.role == "core" or actor.member.id in consent.asked)
    if consent is not None and consent.withdrawn:
        ctx.toast("consent.withdrawn", alert=True)
        return
    if consent is None or not theirs or not await _stands(ctx, action.arg):
        ctx.toast("old_button")
        return
    if consent.over:
        ctx.toast("consent.over", alert=True)
        return
    if action.ask != consent.round:
        ctx.toast("consent.changed", alert=True)
        return
    yes, before = action.verb == "c_yes", consent.said.get(actor.member.id)
    if before is None or before.yes != yes:
        consent = replace(consent, said={**consent.said, actor.member.id: ConsentReply(yes, ctx.today)})
        await _keep(ctx, actor.group, action.arg, consent)
        if ctx.notices and not actor.in_group and actor.member.role in ("core", "network"):
            await show_alone(ctx, actor.group, action.arg, consent, actor.member.id)
    if yes:
        await _ask_no_reason(ctx, actor.group, action.arg, (actor.member.id,))
        ctx.toast("consent.yes")
        return
    ctx.toast("consent.no", {"decides": is_decider(actor)}, alert=actor.in_group)
    await ask_why(ctx, actor, action.arg, consent)


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show in private what waits for a yes or an objection."""
    consent = await consents.of(ctx, actor.group, action.arg)
    if consent is None or actor.member.id not in consent.asked or not await _stands(ctx, action.arg):
        await ctx.tell(actor, "consent.gone")
        return
    await ctx.work.prompts.turn_all_aside(actor.person.id)
    await show_alone(ctx, actor.group, action.arg, consent, actor.member.id, anew=True)


async def write(ctx: Context, actor: Actor, ref: str, round_: int, *, yes: bool) -> None:
    """Take a yes or an objection that was written as a tap on its button; why it could not be taken is said."""
    await say(ctx, actor, Action("c_yes" if yes else "c_no", actor.group.id, round_, ref))
    untold, ctx.untold, kept = ctx.untold, "", await consents.of(ctx, actor.group, ref)
    said = kept.said.get(actor.member.id) if kept else None
    if kept is None or kept.over or said is None or said.yes != yes:
        lost = {"text": untold}
        if actor.in_group:
            await ctx.to_group(actor.group, "notice_lost", lost, reply_to=ctx.written)
        else:
            await ctx.to_person(actor.person.id, "notice_lost", lost, about=actor.group.id)
    elif yes and not actor.in_group:
        await show_alone(ctx, actor.group, ref, kept, actor.member.id, anew=True)


def says_yes(ctx: Context, text: str) -> bool:
    """True for a yes and nothing else: a longer one may have conditions."""
    return ctx.services.voice.rules.answer_in(text) == "yes" and len(text.split()) <= YES


async def say_why(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the reason for an objection, which everybody can read beside the name; late, too, where there was none."""
    consent, text = await consents.of(ctx, actor.group, context.what), clean(text)
    before = consent.said.get(actor.member.id) if consent else None
    if consent is not None and says_yes(ctx, text):  # they have changed their mind, and a yes is no reason
        await write(ctx, actor, context.what, consent.round, yes=True)
        return
    late = consent is not None and consent.over and before is not None and before.why
    if consent is None or consent.withdrawn or before is None or before.yes or late or unfit(text):
        await ctx.tell(actor, "consent.not_kept")
        return
    consent = replace(consent, said={**consent.said, actor.member.id: replace(before, why=text)})
    await _keep(ctx, actor.group, context.what, consent)
    keys = [] if consent.over else [[ctx.key("consent.undo", "c_unsay", actor.group.id, context.what)]]
    keys.append([ctx.key("what_waits", "answers", actor.group.id)])
    asking = consent_context(actor.group, context.what, consent)
    await ctx.tell(actor, "consent.kept", {"decides": is_decider(actor)}, keys, context=asking)


async def unsay(ctx: Context, actor: Actor, action: Action) -> None:
    """The reason is taken back, which all could read at once; the objection stands, and can be put otherwise."""
    consent = await consents.of(ctx, actor.group, action.arg)
    before = consent.said.get(actor.member.id) if consent else None
    if consent is None or before is None or before.yes or consent.over or not await _stands(ctx, action.arg):
        ctx.toast("old_button")
        return
    consent = replace(consent, said={**consent.said, actor.member.id: replace(before, why="")})
    await _keep(ctx, actor.group, action.arg, consent)
    await ask_why(ctx, actor, action.arg, consent)


async def _stands(ctx: Context, ref: str) -> bool:
    """True if the decision still stands: an exercise can have been opened again, and a row removed."""
    what, _, number = ref.partition(":")
    if what == "run":
        record = await ctx.work.runs.lookup(int(number))
        return record is not None and record.phase == Phase.CONCLUDED
    row = await ctx.work.rows.lookup(int(number))
    return row is not None and row.state != "removed"


async def _await(ctx: Context, group: Group, ref: str, consent: Consent) -> None:
    """Open an item for each who has not answered, with a reminder on the day before the last."""
    silent = [m for m in consent.asked if m not in consent.said and not consent.over]
    await open_items.reconcile(ctx, group, f"consent:{ref}", {(SAY, member): consent.until for member in silent})


async def _keep(ctx: Context, group: Group, ref: str, consent: Consent) -> None:
    await ctx.work.activity_states.keep(group.id, CONSENT, ref, dump(consent))
    await _await(ctx, group, ref, consent)
    if consent.over:
        await show(ctx, group, ref, consent)
    elif set(await consents.awaited(ctx, consent)) <= {
        m for m, reply in consent.said.items() if reply.yes
    }:  # an objection has until the day
        await _end(ctx, group, ref, consent)
    else:
        await show(ctx, group, ref, consent)


# -- what comes of it --------------------------------------------------------------------------------------------------
async def fire(ctx: Context, group: Group, ref: str) -> None:
    """End a consent whose last day is over."""
    consent = await consents.of(ctx, group, ref)
    if consent is not None and not consent.over and await _stands(ctx, ref):
        await _end(ctx, group, ref, consent)
    else:
        await open_items.reconcile(ctx, group, f"consent:{ref}", {})


async def _end(ctx: Context, group: Group, ref: str, consent: Consent) -> None:
    consent = replace(consent, over=True, asked=await consents.awaited(ctx, consent))
    await ctx.work.activity_states.keep(group.id, CONSENT, ref, dump(consent))
    await ctx.work.schedule.cancel(kind=CONSENT, ref=ref)
    await _await(ctx, group, ref, consent)
    await show(ctx, group, ref, consent)
    await ctx.to_group(group, "consent.outcome", await consents.facts(ctx, group, consent))
    told = await open_items.coordinators(ctx, group) if objects(consent) else []
    await open_items.reconcile(ctx, group, f"objection:{ref}", {(OBJECTED, member.id): ctx.today for member in told})


async def talked_about(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that an objection has been talked about, so that it waits for nobody."""
    await open_items.reconcile(ctx, actor.group, f"objection:{action.arg}", {})
    await ctx.reply(actor, "consent.talked")


async def erased(ctx: Context, member: Member) -> None:
    """Take the name of somebody who has been erased out of what the group is asked."""
    group = await ctx.work.groups.get(member.group_id)
    for ref in await ctx.work.activity_states.of_kind(group.id, CONSENT):
        consent = await consents.of(ctx, group, ref)
        if consent is not None and member.id in consent.asked and not consent.over:
            await show(ctx, group, ref, consent)


ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.GROUP, c_ask=ask),
    *buttons(Rank.COORDINATOR, About.GROUP, c_talked=talked_about),
    *buttons(
        Rank.LEADER, About.GROUP, c_see=see, c_yes=say, c_no=say, c_unsay=unsay
    ),  # a decision maker's too; `say` takes whoever was asked
    *texts(Rank.LEADER, Takes(Handling.ASK, noted=True), objection=say_why),
)
