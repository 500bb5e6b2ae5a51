"""Logging an incident (I.1): where to turn comes first, then buttons; what is said is kept from all but its readers.

The dialogue is the engine's (flows/process/incident.toml). What is here sees to it that no word that points somebody
out is ever stored, that the person's own messages leave the chat, and that what was given goes where only readers read.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core import limits
from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, Key, TapHandler
from bot.core.happenings import PrivateRow
from bot.incidents import areas, unread
from bot.incidents.identity import find
from bot.turn import helping, routine, turns
from bot.wire.updates import SAID, SHOWN, Written, origin, without
from flows.events import Joined, Opened, Wrote
from flows.state import Seat, to_json
from storage import records
from storage.incidents import CONTACT
from storage.records import Group, Member, Person, private_chat

INCIDENT = "incident"  # the exercise that asks
CORRECTABLE = timedelta(days=30)  # how long whoever logged it can correct or take it back
LOGGERS = ("core", "network")
REACH = 80  # characters on both sides of a cut: more than any name or number is long
AREA = "area"  # the question that a position answers


# -- logging -----------------------------------------------------------------------------------------------------------
async def begin(desk: Desk, actor: Actor, _action: Action | str = "") -> None:
    """Where to turn, and then the first question, or the one where the person was."""
    group, person = actor.group, actor.person
    wait = desk.house.limits.over(limits.INCIDENTS, person.id, desk.now)
    wait = wait or desk.house.limits.over(limits.GROUP_INCIDENTS, group.id, desk.now)
    facts = {
        "turn": helping.turn_facts(desk),
        "routine": await routine.first_now(desk, group),
        "notes": "notes" in desk.house.allowed,
        "readers": bool(group.settings.get("readers")),
        "wait": -(-int(wait.total_seconds()) // 60) if wait else None,
    }
    keys = [[desk.key("my_logs", "mylogs", group.id)]] if await _mine(desk, group, person) else []
    desk.tapped = None  # where to turn stays where it can be found
    await desk.to_person(person.id, "incident.start", facts, keys, about=group.id)
    if wait is None:
        record = await _run(desk, group, actor.member)
        await turns.take(desk, group, record, Opened(actor.member.id, introduced=True), by=actor.member)


async def _run(desk: Desk, group: Group, member: Member) -> records.Run:
    """The group's run of the questions, with a seat for this member. It is begun once and never ends."""
    rounds = await desk.work.runs.of_exercise(group.id, INCIDENT)
    if not rounds:
        exercise = desk.house.process.exercises[INCIDENT]
        await turns.begin(desk, group, exercise, seats={})
        rounds = await desk.work.runs.of_exercise(group.id, INCIDENT)
    run = turns.load(desk, rounds[-1])
    if member.role in LOGGERS and not (member.id in run.seats and run.seats[member.id].awaited):
        seat = Seat(member.id, member.organisation_id)
        await turns.take(desk, group, rounds[-1], Joined(seat), by=member)
    return await desk.work.runs.get(run.number)


async def given(desk: Desk, row: PrivateRow) -> None:
    """The dialogue has come to its end: a new incident, a correction, or nothing at all."""
    group, member = await desk.work.groups.get(row.group), await desk.work.members.get(row.member)
    person = await desk.work.people.get(member.person_id)
    if row.values is None:
        name = "incident.unchanged" if row.row else "incident.discarded"
        await desk.to_person(person.id, name, {}, _again(desk, group), about=group.id, edit=desk.tapped)
        return
    values = dict(row.values)
    if CONTACT in values:
        values[CONTACT] = {"id": member.id} if values[CONTACT] == "yes" else None
    if row.row is not None:
        await desk.work.incidents.correct(row.row, person.id, values)
        await desk.to_person(person.id, "incident.corrected", {}, _again(desk, group), about=group.id, edit=desk.tapped)
        return
    incident = await desk.work.incidents.add(group.id, person.id, values, desk.today)
    for what, who in ((limits.INCIDENTS, person.id), (limits.GROUP_INCIDENTS, group.id)):
        desk.house.limits.count(what, who, desk.now)
    facts = {
        "receipt": incident.receipt,
        "danger": values.get("danger") == "yes",
        "children": values.get("minors") == "yes",
        "readers": bool(group.settings.get("readers")),
    }
    keys = [
        [
            desk.key("correct", "mylog", group.id, str(incident.id)),
            desk.key("withdraw", "unlog", group.id, str(incident.id)),
        ],
        *_again(desk, group),
    ]
    await desk.to_person(person.id, "incident.saved", facts, keys, about=group.id, edit=desk.tapped)
    await unread.tell_readers(desk, group, incident, but=member)


def _again(desk: Desk, group: Group) -> list[list[Key]]:
    return [[desk.key("log", "log", group.id)]]


# -- what is written, shown or sent meanwhile --------------------------------------------------------------------------
async def overhears(desk: Desk, run_id: int | None) -> bool:
    """True if a run is that of the incidents: what is sent then is looked through before anything else."""
    record = await desk.work.runs.lookup(run_id) if run_id else None
    return record is not None and record.exercise == INCIDENT


async def may_lie_aside(desk: Desk, update: Mapping[str, Any]) -> dict[str, Any]:
    """An update that failed, as it may lie on the disk for the operator: no position or contact card is left in it.

    And no word that was said while logging, as it could not be looked through. Its sender is asked to say it again.
    """
    user, _ = origin(update)
    person = await desk.work.people.by_user(user) if user is not None else None
    logging = person is not None and await overhears(desk, person.focus)
    return without(update, SHOWN | SAID if logging else SHOWN)


async def wrote(desk: Desk, actor: Actor, run_id: int, said: Written) -> None:
    """A text within the dialogue. Its message leaves the chat; if it points somebody out, nothing of it is kept.

    A long one comes in several messages. What the cut has hidden is looked for too; then what came before goes as well.
    """
    await desk.delete(actor.person.id, said.message_id, about=actor.group.id)
    before = await _begun(desk, actor, run_id)
    found = find(said.text) or (find(f"{before[-REACH:]} {said.text[:REACH]}") if before else [])
    if found:
        if before:
            await _drop_begun(desk, actor, run_id)
        kinds = [desk.house.voice.label(f"identity.{kind}") for kind in dict.fromkeys(f.kind for f in found)]
        await desk.to_person(actor.person.id, "incident.identity", {"kinds": kinds}, about=actor.group.id)
        event: Wrote | Opened = Opened(actor.member.id, introduced=True)  # what is asked, once more
    else:
        event = Wrote(actor.member.id, said.text, said.at, desk.today, "", said.long)
    await turns.take(desk, actor.group, await desk.work.runs.get(run_id), event, by=actor.member)


async def _begun(desk: Desk, actor: Actor, run_id: int) -> str:
    """What a long text has said so far that the phone goes on with, empty if there is none."""
    visit = turns.load(desk, await desk.work.runs.get(run_id)).visits.get(actor.member.id)
    return str(visit.draft.get(visit.last_key, "")) if visit and visit.last_long else ""


async def _drop_begun(desk: Desk, actor: Actor, run_id: int) -> None:
    run = turns.load(desk, await desk.work.runs.get(run_id))
    visit = run.visits[actor.member.id]
    draft = {key: value for key, value in visit.draft.items() if key != visit.last_key}
    run = run.with_visit(actor.member.id, replace(visit, draft=draft, last_key="", last_long=False))
    await desk.work.runs.update(run_id, state=to_json(run))


async def sent(desk: Desk, actor: Actor, run_id: int, said: Written) -> None:
    """Something else than text within the dialogue: it leaves the chat with the reason.

    Of a position the part of town is kept, where the group has points to compare it with; otherwise the parts are
    offered.
    """
    group, person = actor.group, actor.person
    await desk.delete(person.id, said.message_id, about=group.id)
    area = areas.nearest(group, said.position) if said.position else None
    if said.position:
        facts = {"area": area, "areas": bool(areas.named(group)), "chosen": False}
        await desk.to_person(
            person.id, "incident.position", facts, areas.choices(desk, group, but=area), about=group.id
        )
    else:
        await desk.to_person(person.id, "incident.media", {"kind": said.media}, about=group.id)
    await _tell(desk, actor, await desk.work.runs.get(run_id), area)


async def here(desk: Desk, actor: Actor, action: Action) -> None:
    """The part of town was chosen under the answer to a position, in place of one that was guessed or of none."""
    group, area = actor.group, areas.marked(actor.group, action.arg)
    rounds = await desk.work.runs.of_exercise(group.id, INCIDENT)
    if area is None or not rounds or actor.person.focus != rounds[-1].id:
        desk.toast("old_button")
        return
    facts = {"area": area, "areas": True, "chosen": True}
    await desk.to_person(
        actor.person.id,
        "incident.position",
        facts,
        areas.choices(desk, group, but=area),
        about=group.id,
        edit=desk.tapped,
    )
    asked = await desk.work.outbox.latest(private_chat(actor.person.id), f"visit:{rounds[-1].id}")
    desk.tapped = asked.message_id if asked else None  # what is asked is brought up to date where it stands
    await _tell(desk, actor, rounds[-1], area)


async def _tell(desk: Desk, actor: Actor, record: records.Run, area: str | None) -> None:
    """Ask what is asked once more; a part of town that became known is no longer asked for."""
    event = Opened(actor.member.id, introduced=True, told={AREA: area} if area else {})
    await turns.take(desk, actor.group, record, event, by=actor.member)


# -- one's own, afterwards ---------------------------------------------------------------------------------------------
async def _mine(desk: Desk, group: Group, person: Person) -> list[tuple[int, str, str]]:
    return await desk.work.incidents.receipts_of(group.id, person.id, desk.today - CORRECTABLE)


async def my_logs(desk: Desk, actor: Actor, _action: Action) -> None:
    """The receipts of what one has logged lately. What it said is shown to nobody here, not even to oneself."""
    mine = await _mine(desk, actor.group, actor.person)
    facts = {"mine": [{"receipt": receipt, "on": day} for _, receipt, day in mine]}
    keys = [[desk.key("receipt", "mylog", actor.group.id, str(id), receipt=receipt)] for id, receipt, _ in mine[-8:]]
    await desk.to_person(actor.person.id, "incident.mine", facts, keys, about=actor.group.id, edit=desk.tapped)


async def my_log(desk: Desk, actor: Actor, action: Action) -> None:
    """Which field of one's own incident is to be corrected."""
    receipt = await _receipt(desk, actor, action)
    if receipt is None:
        return
    run = await turns.fitted(desk, actor.group, await _run(desk, actor.group, actor.member))
    words = desk.house.voice.exercise(INCIDENT)
    keys = [
        [Key(words[f"question.{q.id}.short"], Action("fixlog", actor.group.id, 0, f"{action.arg}:{place}"))]
        for place, q in enumerate(run.exercise.questions)
    ]
    keys.append([desk.key("withdraw", "unlog", actor.group.id, action.arg)])
    facts = {"receipt": receipt}
    await desk.to_person(actor.person.id, "incident.correct", facts, keys, about=actor.group.id, edit=desk.tapped)


async def fix_log(desk: Desk, actor: Actor, action: Action) -> None:
    """Ask for one field anew."""
    id, _, place = action.arg.partition(":")
    if await _receipt(desk, actor, Action("", arg=id)) is None:
        return
    record = await _run(desk, actor.group, actor.member)
    question = (await turns.fitted(desk, actor.group, record)).exercise.questions[int(place)]
    event = Opened(actor.member.id, introduced=True, row=int(id), key=question.id)
    await turns.take(desk, actor.group, record, event, by=actor.member)


async def withdraw(desk: Desk, actor: Actor, action: Action) -> None:
    """Take one's own incident back; asked once more before it is gone."""
    id, _, sure = action.arg.partition(":")
    receipt = await _receipt(desk, actor, Action("", arg=id))
    if receipt is None:
        return
    keys = [
        [desk.key("withdraw_sure", "unlog", actor.group.id, f"{id}:yes")],
        [desk.key("keep_it", "mylogs", actor.group.id)],
    ]
    if sure:
        await desk.work.incidents.withdraw(int(id), actor.person.id)
        await unread.withdrawn(desk, actor.group, int(id))
        keys = _again(desk, actor.group)
    facts = {"receipt": receipt, "gone": bool(sure)}
    await desk.to_person(actor.person.id, "incident.withdraw", facts, keys, about=actor.group.id, edit=desk.tapped)


async def _receipt(desk: Desk, actor: Actor, action: Action) -> str | None:
    """The receipt of an incident that is this person's own and recent; else None, and a notice."""
    for id, receipt, _ in await _mine(desk, actor.group, actor.person):
        if str(id) == action.arg:
            return receipt
    desk.toast("not_your_log", alert=True)
    return None


TAPS: Mapping[str, TapHandler] = {
    "log": begin,
    "mylogs": my_logs,
    "mylog": my_log,
    "fixlog": fix_log,
    "unlog": withdraw,
    "here": here,
}
COMMANDS: Mapping[str, CommandHandler] = {"incident": begin}
