"""Logging an incident (I.1): where to turn comes first, then buttons; only the group's readers see the content.

The dialogue is the engine's (flows/process/incident.toml). This module ensures that no words that point somebody out
are ever stored, that the person's own messages are deleted from the chat, and that the row becomes an incident.
"""

from collections.abc import Iterable, Mapping
from datetime import time, timedelta

from bot.channel.updates import Written
from bot.context import abuse_limits
from bot.context.context import Actor, Context
from bot.context.message import Key, matter_of
from bot.context.permissions import About, May
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.row_events import PrivateRow
from bot.context.sealed_actions import Action
from bot.exercises import drafts, rounds, runner
from bot.exercises.drafts import ANEW, GO_ON
from bot.features.help import help_lines, menus, phone_numbers
from bot.features.identities.identity_search import identities_in
from bot.features.incidents import answers_in_words, areas, incident_readers, receipts, unread, urgent
from bot.telegram.updates import SAID, SHOWN, origin, without
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from flows.identities import Handling
from flows.run.events import Joined, Opened
from flows.run.state import Seat
from flows.timing.pacing import at_wall
from flows.values import Value
from storage.json_records import JsonObject
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Incident, Member, Person, private_chat
from storage.records.runs import Run as Record

FOLD = "fold"  # the row in the schedule by which what is left half logged is put away (`unfinished`) …
NIGHT = time(1)  # … and when, where people live
CORRECTABLE = timedelta(days=30)  # how long the reporter can correct or withdraw it
LOGGERS = ("core", "network")
REACH = 80  # characters on both sides of a cut: more than any name or number is long


# -- logging -----------------------------------------------------------------------------------------------------------
async def begin(ctx: Context, actor: Actor, action: Action | str = "") -> None:
    """Show where to turn, and then the first question, or the one where the person was.

    A draft of more than a day ago may be another event: the person says whether to go on with it (`GO_ON`), or to
    start over (`ANEW`), which drops it.
    """
    group, person = actor.group, actor.person
    wait = minutes_to_wait(ctx, ((abuse_limits.INCIDENTS, person.id), (abuse_limits.GROUP_INCIDENTS, group.id)))
    facts = {
        "turn": await menus.turn_of(ctx, group),
        **await phone_numbers.at_hand(ctx, group),
        "child": await help_lines.for_child(ctx, group),
        "town": await ctx.town_for(person.id, group),
        "readers": bool(group.settings.readers),
        "away": not await unread.listening(ctx, group),
        "reads_from": urgent.reads_from(ctx, group),
        "wait": wait,
        "words": isinstance(action, str) and bool(action),  # after the command, where nothing would search them
    }
    keys = [*await _wrong_town(ctx, group, person), *await ways_to_own(ctx, group, person)]
    if facts["words"]:
        await ctx.delete(person.id, actor.message_id, about=group.id)
    ctx.tapped = None  # the message with where to turn stays in the chat
    await ctx.to_person(person.id, "incident.start", facts, keys, about=group.id)
    if wait is None:
        await ctx.work.incidents.hide(group.id)
        night = at_wall(ctx.today + timedelta(days=1), NIGHT, ctx.services.zone)
        await ctx.work.schedule.put(FOLD, night, group_id=group.id, ref=f"group:{group.id}")
        record = await run_of(ctx, group, actor.member)
        choice = action.arg if isinstance(action, Action) and action.verb == "log" else ""
        if choice == ANEW:
            record = await drafts.forget(ctx, actor.member, record)
        elif choice != GO_ON and await drafts.is_old(ctx, actor, record):
            old = [[ctx.key("resume", "log", group.id, GO_ON)], [ctx.key("log_anew", "log", group.id, ANEW)]]
            facts = {"town": await ctx.town_for(person.id, group)}
            await ctx.to_person(person.id, "incident.begun_before", facts, old, about=group.id)
            return
        await runner.apply(ctx, group, record, Opened(actor.member.id, introduced=True), by=actor.member)


def minutes_to_wait(ctx: Context, limits: Iterable[tuple[str, int]]) -> int | None:
    """Return for how many minutes nothing more is taken, as one of these limits is reached; None if none is."""
    waits = [wait for what, who in limits if (wait := ctx.services.limits.over(what, who, ctx.now)) is not None]
    return -(-int(max(waits).total_seconds()) // 60) if waits else None


def asking(ctx: Context) -> Exercise:
    """Return the exercise with the questions."""
    return ctx.services.process.with_role(ExerciseRole.INCIDENT)


async def run_of(ctx: Context, group: Group, member: Member) -> Record:
    """Return the group's run of the questions, with a seat for this member. It begins once and never ends."""
    exercise = asking(ctx)
    record = await ctx.work.runs.latest(group.id, exercise.id)
    if record is None:
        begun = await rounds.begin(ctx, group, exercise, seats={})
        record = await ctx.work.runs.get(begun.number)
    run = runner.load(ctx, record)
    if member.role in LOGGERS and not (member.id in run.seats and run.seats[member.id].awaited):
        seat = Seat(member.id, member.organisation_id)
        await runner.apply(ctx, group, record, Joined(seat), by=member)
    return await ctx.work.runs.get(run.number)


async def given(ctx: Context, group: Group, row: PrivateRow) -> None:
    """Handle the end of the dialogue: a new incident, a correction, or nothing at all."""
    if row.exercise != asking(ctx).id:
        return
    member = await ctx.work.members.get(row.member)
    person = await ctx.work.people.get(member.person_id)
    record = await ctx.work.runs.latest(group.id, row.exercise)
    if record is not None:  # nothing unsealed remains that would tell who was asked
        await ctx.work.prompts.end(person.id, matter_of(MessageContext(run=record.id)) or "")
    if row.values is None:
        name = "incident.unchanged" if row.row else "incident.discarded"
        await ctx.to_person(person.id, name, {}, _again(ctx, group), about=group.id, edit=ctx.tapped)
        return
    values = named(ctx, row.values)
    if Field.CONTACT in values:
        values[Field.CONTACT] = {"id": member.id} if _says_yes(ctx, values, Field.CONTACT) else None
    unseen = bool(values.get(Field.CONTACT)) and not [
        m for m in await incident_readers.able(ctx, group) if m.id != member.id
    ]
    wish = [[ctx.key("check_in.contact", "contact", group.id)]] if unseen else []
    if row.row is not None:
        before = await ctx.work.incidents.lookup(row.row)
        after = await ctx.work.incidents.correct(row.row, person.id, values, ctx.tapped or 0)
        if before is not None:
            await unread.changed(ctx, group, before, after)
        danger, rung = _says_yes(ctx, after.values, Field.DANGER), has_rung(ctx, after.values)
        to_ring = ctx.services.voice.label("ring_112", {"rung": rung}) if danger else ""
        told = {"urgent": to_ring, "unseen": unseen}
        keys = [*wish, *_again(ctx, group)]
        await ctx.to_person(person.id, "incident.corrected", told, keys, about=group.id, edit=ctx.tapped)
        return
    incident = await keep(ctx, group, values, by=person.id)
    counted = ((abuse_limits.LOGGED, person.id), (abuse_limits.INCIDENTS, person.id))
    for what, who in (*counted, (abuse_limits.GROUP_INCIDENTS, group.id)):
        ctx.services.limits.count(what, who, ctx.now)
    facts = {
        "town": await ctx.town_for(person.id, group),
        "receipt": incident.receipt,
        "danger": _says_yes(ctx, values, Field.DANGER),
        "rung": has_rung(ctx, values),
        "children": _says_yes(ctx, values, Field.MINORS),
        "child": await help_lines.for_child(ctx, group),
        "readers": bool(group.settings.readers),
        "away": not await unread.listening(ctx, group),
        "reads_from": urgent.reads_from(ctx, group),
        **await phone_numbers.at_hand(ctx, group),
        "contact": bool(values.get(Field.CONTACT)),
        "unseen": unseen,
    }
    keys = [
        *wish,
        [
            ctx.key("correct", "mylog", group.id, str(incident.id)),
            ctx.key("withdraw", "unlog", group.id, str(incident.id)),
        ],
        *await _wrong_town(ctx, group, person, str(incident.id)),
        *_again(ctx, group),
    ]
    await ctx.to_person(person.id, "incident.saved", facts, keys, about=group.id, edit=ctx.tapped)


def named(ctx: Context, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers by the names under which they are stored."""
    names = {question.id: question.kept_as for question in asking(ctx).questions}
    return {names.get(name, name): value for name, value in values.items()}


def _says_yes(ctx: Context, values: Mapping[str, Value], name: Field) -> bool:
    return asking(ctx).field(name).says(values.get(name), Mark.YES)


def has_rung(ctx: Context, values: Mapping[str, Value]) -> bool:
    """True if an incident says that 112 has been rung."""
    return asking(ctx).field(Field.DONE).says(values.get(Field.DONE), Mark.RUNG)


async def keep(ctx: Context, group: Group, values: JsonObject, *, by: int) -> Incident:
    """Log an incident by this person, and tell its readers."""
    incident = await ctx.work.incidents.add(group.id, by, values, ctx.today, ctx.tapped or 0)
    await unread.tell_readers(ctx, group, incident)
    return incident


async def _wrong_town(ctx: Context, group: Group, person: Person, number: str = "") -> list[list[Key]]:
    """Return the way to another town, for somebody who is in several; with the `number` of what is saved already."""
    return (
        [[ctx.key("wrong_town", "wrongtown", group.id, f"{number}:")]] if await ctx.town_for(person.id, group) else []
    )


def _again(ctx: Context, group: Group) -> list[list[Key]]:
    return [[ctx.key("log", "log", group.id)]]


# -- what is written, shown or sent meanwhile --------------------------------------------------------------------------
async def overhears(ctx: Context, run_id: int | None) -> bool:
    """True if a run is that of the incidents: texts in it are searched before anything else."""
    record = await ctx.work.runs.lookup(run_id) if run_id else None
    return record is not None and record.exercise == asking(ctx).id


async def may_lie_aside(ctx: Context, update: JsonObject) -> JsonObject:
    """Strip a failed update before it is kept for the operator: no position or contact card is left in it.

    Nor any text written while logging, as it was not searched. Its sender is asked to write it again.
    """
    user, _ = origin(update)
    person = await ctx.work.people.by_user(user) if user is not None else None
    asked = [prompt.context.run for prompt in await ctx.work.prompts.of(person.id)] if person else []
    logging = person is not None and any([await overhears(ctx, run) for run in (person.focus, *asked)])
    return without(update, SHOWN | SAID if logging else SHOWN)


async def wrote(ctx: Context, actor: Actor, run_id: int, said: Written) -> None:
    """Take a text in the dialogue. Its message is deleted; if it points somebody out, nothing of it is kept.

    A long one comes in several messages. The search covers the cuts; if it finds something, the earlier parts go, too.
    """
    await ctx.delete(actor.person.id, said.message_id, about=actor.group.id)
    before = await _begun(ctx, actor, run_id)
    found = await identities_in(ctx, actor.group, said.text)
    if before and not Handling.REFUSE.refuses(found):
        found += await identities_in(ctx, actor.group, f"{before[-REACH:]} {said.text[:REACH]}")
    record = await ctx.work.runs.get(run_id)
    event = await answers_in_words.heard(ctx, actor, record, said, found)
    if isinstance(event, Opened):
        facts = {"child": await help_lines.for_child(ctx, actor.group), "told": bool(event.told)}
        await ctx.to_person(actor.person.id, "incident.child", facts, about=actor.group.id)
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


async def _begun(ctx: Context, actor: Actor, run_id: int) -> str:
    """Return the earlier parts of a long text that the phone has split, empty if there are none."""
    visit = runner.load(ctx, await ctx.work.runs.get(run_id)).visits.get(actor.member.id)
    if visit and visit.held and visit.held.long:
        return visit.held.text
    return str(visit.draft.get(visit.last.key, "")) if visit and visit.last.long else ""


async def sent(ctx: Context, actor: Actor, run_id: int, said: Written) -> None:
    """Take something else than text in the dialogue: it is deleted, and the person is told why.

    Of a position the part of town is kept, if the group has points to compare it with; else the parts are offered.
    """
    group, person = actor.group, actor.person
    await ctx.delete(person.id, said.message_id, about=group.id)
    area = areas.nearest(group, said.position) if said.position else None
    if said.position:
        facts = {"area": area, "areas": bool(areas.named(group)), "chosen": False}
        await ctx.to_person(person.id, "incident.position", facts, areas.choices(ctx, group, but=area), about=group.id)
    else:
        await ctx.to_person(person.id, "incident.media", {"kind": said.media}, about=group.id)
    await _tell(ctx, actor, await ctx.work.runs.get(run_id), area)


async def here(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the part of town that was chosen after a position, instead of the guessed one."""
    group, area = actor.group, required(areas.marked(actor.group, action.arg))
    record = required(await ctx.work.runs.latest(group.id, asking(ctx).id))
    demand(actor.person.focus == record.id)
    facts = {"area": area, "areas": True, "chosen": True}
    await ctx.reply(actor, "incident.position", facts, areas.choices(ctx, group, but=area))
    asked = await ctx.work.outbox.latest(private_chat(actor.person.id), f"visit:{record.id}", group.id)
    ctx.tapped = asked.message_id if asked else None  # the question is refreshed in its place
    await _tell(ctx, actor, record, area)


async def _tell(ctx: Context, actor: Actor, record: Record, area: str | None) -> None:
    """Ask again what is asked now, without asking for a part of town that has become known."""
    event = Opened(actor.member.id, introduced=True, told={asking(ctx).field(Field.AREA).id: area} if area else {})
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


# -- one's own, afterwards ---------------------------------------------------------------------------------------------
async def _mine(ctx: Context, group: Group, person: Person) -> list[tuple[int, str, str]]:
    return await ctx.work.incidents.receipts_of(group.id, person.id, ctx.today - CORRECTABLE)


async def ways_to_own(ctx: Context, group: Group, person: Person) -> list[list[Key]]:
    """Return the way to what somebody has logged and can still correct or withdraw; none if there is nothing."""
    return [[ctx.key("my_logs", "mylogs", group.id)]] if await _mine(ctx, group, person) else []


async def my_logs(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the receipts of what one has logged lately, and what became of it. The content is shown not even here."""
    mine = await _mine(ctx, actor.group, actor.person)
    stands = {id: await receipts.standing(ctx, actor.group, await ctx.work.incidents.get(id)) for id, _, _ in mine}
    facts = {
        "mine": [{"receipt": receipt, "on": day, **receipts.facts(ctx, stands[id])} for id, receipt, day in mine],
        **await receipts.to_ring(ctx, actor.group),
    }
    keys = [[ctx.key("check_in.contact", "contact", actor.group.id)]] if receipts.in_vain(stands.values()) else []
    keys += [[ctx.key("receipt", "mylog", actor.group.id, str(id), receipt=receipt)] for id, receipt, _ in mine[-8:]]
    await ctx.reply(actor, "incident.mine", facts, keys)


async def my_log(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask which field of one's own incident is to be corrected."""
    receipt = await own_receipt(ctx, actor, action)
    if receipt is None:
        return
    run = await runner.fitted(ctx, actor.group, await run_of(ctx, actor.group, actor.member))
    words = ctx.services.voice.exercise(asking(ctx).id)
    keys = [
        [Key(words[f"question.{q.id}.short"], Action("fixlog", actor.group.id, 0, f"{action.arg}:{place}"))]
        for place, q in enumerate(run.exercise.questions)
    ]
    keys.append([ctx.key("withdraw", "unlog", actor.group.id, action.arg)])
    facts = {"receipt": receipt}
    await ctx.reply(actor, "incident.correct", facts, keys)


async def fix_log(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for one field again, whoever shows who they are: on the page somebody else may have opened the browser."""
    ctx.prove()
    id, _, place = action.arg.partition(":")
    if await own_receipt(ctx, actor, Action("", arg=id)) is None:
        return
    record = await run_of(ctx, actor.group, actor.member)
    question = (await runner.fitted(ctx, actor.group, record)).exercise.questions[int(place)]
    event = Opened(actor.member.id, introduced=True, row=int(id), key=question.id)
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


async def withdraw(ctx: Context, actor: Actor, action: Action) -> None:
    """Withdraw one's own incident, after a confirmation."""
    id, _, sure = action.arg.partition(":")
    receipt = await own_receipt(ctx, actor, Action("", arg=id))
    if receipt is None:
        return
    keys = [
        [ctx.key("withdraw_sure", "unlog", actor.group.id, f"{id}:yes")],
        [ctx.key("keep_it", "mylogs", actor.group.id)],
    ]
    if sure:
        ctx.prove()
        await unread.withdrawn(ctx, actor.group, await ctx.work.incidents.withdraw(int(id), actor.person.id))
        keys = _again(ctx, actor.group)
    facts = {"receipt": receipt, "gone": bool(sure)}
    await ctx.reply(actor, "incident.withdraw", facts, keys)


async def own_receipt(ctx: Context, actor: Actor, action: Action) -> str | None:
    """Return the receipt of this person's own recent incident; else None, and a notice."""
    for id, receipt, _ in await _mine(ctx, actor.group, actor.person):
        if str(id) == action.arg:
            return receipt
    ctx.toast("not_your_log", alert=True)
    return None


ROUTES: Routes = (
    *buttons(May.LOG, About.GROUP, log=begin, mylogs=my_logs, mylog=my_log, fixlog=fix_log, unlog=withdraw, here=here),
)
