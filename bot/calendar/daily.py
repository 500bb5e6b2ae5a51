"""The one message a day in which the bot speaks to a person of itself.

What lights up on a locked phone tells a bystander nothing: no name, no subject. What each line is about stands on its
button, and every button acts at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from bot.agenda import kinds
from bot.agenda.kinds import MANNER
from bot.agenda.matters import hand_over
from bot.agenda.moments import aim, plan, spoken
from bot.core import invitations
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key, TapHandler
from bot.turn import turns
from bot.turn.present import cut
from flows.pacing import Manner
from flows.state import Phase
from flows.wellbeing import HIGHEST, LOWEST
from storage.records import Matter, Person

# What says nothing more than that there is something, and the button that opens it: its label and what it does.
OPENING: Mapping[str, tuple[str, str]] = {
    kinds.AWAY: ("day.away", "touches"),
    kinds.WISH: ("day.wish_done", "granted"),
    kinds.SHAPE: ("calendar.shape", "shape"),
    kinds.STILL: ("day.still", "still"),
    kinds.WEEKLY: ("day.weekly", "weekly"),
    kinds.KEEPING: ("day.keeping", "keeping"),
    kinds.WAITS: ("open_it", "openinc"),
    kinds.UNREAD: ("open_it", "safety"),
    kinds.INVITING: ("day.inviting", "inviting"),
}
WEEK = timedelta(days=7)
TITLE = 40  # characters of a title on a button


@dataclass(frozen=True, slots=True)
class Line:
    """What a message says about one matter, and the buttons that go with it."""

    matter: Matter
    facts: dict[str, Any]
    keys: list[Key]


async def speak(desk: Desk, person_id: int) -> None:
    """A person's moment has come: say what there is to say today, if anything still is."""
    habit = await desk.work.habits.of(person_id)
    person = await desk.work.people.get(person_id)
    found = await plan(desk, person, habit)
    while found is not None and found.day == desk.today:
        for matter in found.handed:
            await hand_over(desk, matter, "handed")
        lines = [
            line for matter in found.matters if (line := await _line(desk, matter, len(found.matters))) is not None
        ]
        for matter in found.matters:
            await _count(desk, matter)
        if lines:
            await _say(desk, person, lines)
            await spoken(desk, person_id)
            break
        found = await plan(desk, person, habit)  # all of that was out of date; there may be something else today
    await aim(desk, person_id)


async def _count(desk: Desk, matter: Matter) -> None:
    """What was reminded of has been so once more; what is told once is told."""
    if MANNER[matter.kind] is Manner.REMIND:
        await desk.work.matters.update(matter.id, sent=matter.sent + 1, last=desk.today.isoformat())
        return
    await desk.work.matters.update(matter.id, state="told")
    if matter.kind == kinds.WEEKLY:
        due, member = date.fromisoformat(matter.due), await desk.work.members.get(matter.member_id)
        while due <= desk.today:
            due += WEEK
        await desk.work.matters.put(member, kinds.WEEKLY, matter.ref, due, desk.today)


async def _say(desk: Desk, person: Person, lines: Sequence[Line]) -> None:
    """Render the message. It is not sent again when nobody knows whether it arrived (`once`), and holds up nobody else.

    A thousand such messages at nine o'clock take half a minute; whoever taps a button meanwhile is answered at once.
    """
    keys = [line.keys for line in lines]
    reminded = [line.matter for line in lines if _can_be_put_off(line.matter)]
    if reminded:
        only, group = str(reminded[0].id) if len(reminded) == 1 else "", reminded[0].group_id
        keys.append(
            [
                desk.key("day.later", "later_day", group, desk.today.isoformat()),
                desk.key("day.cannot", "cannot", group, only),
            ]
        )
    groups = {line.matter.group_id for line in lines}
    await desk.to_person(
        person.id,
        "day.ask" if lines[0].matter.kind == kinds.CHECK_IN else "day.message",
        {"lines": [line.facts for line in lines], "coming": len(lines) > 1},
        keys,
        about=groups.pop() if len(groups) == 1 else None,
        context={"once": True},
        patient=True,
    )


def _can_be_put_off(matter: Matter) -> bool:
    """Whoever has not come in has a no of their own."""
    return MANNER[matter.kind] is Manner.REMIND and matter.kind != kinds.PENDING


async def _line(desk: Desk, matter: Matter, among: int) -> Line | None:
    """What to say about a matter, None where it is no more. `among`: how many the message speaks of."""
    due = date.fromisoformat(matter.due)
    facts: dict[str, Any] = {
        "kind": matter.kind,
        "due": matter.due,
        "late": due < desk.today,
        "today": due == desk.today,
    }
    number = matter.ref.partition(":")[2]
    if matter.kind in OPENING:
        label, verb = OPENING[matter.kind]
        arg = str(matter.id) if matter.kind == kinds.INVITING else number
        key = desk.key(label, verb, matter.group_id, arg)
        return Line(matter, facts, [key]) if await _holds(desk, matter) else None
    match matter.kind:
        case kinds.ANSWER | kinds.DECIDE:
            return await _about_run(desk, matter, int(number), facts, among)
        case kinds.TASK:
            return await _about_row(desk, matter, int(number), facts, among)
        case kinds.STUCK:
            return await _about_stuck(desk, matter, facts)
        case kinds.PENDING:
            keys = [desk.key("day.come_in", "enter", matter.group_id), desk.key("decline", "decline", matter.group_id)]
            return Line(matter, facts, keys)
        case kinds.MEETING:
            meeting = await desk.work.meetings.lookup(int(number))
            if meeting is None or due < desk.today:
                return None
            facts["at"] = time.fromisoformat(meeting.at)
            return Line(matter, facts, [desk.key("day.calendar", "calendar", matter.group_id)])
        case kinds.DATE:
            return await _about_date(desk, matter, number, facts)
        case kinds.AGAIN:
            return await _about_again(desk, matter, int(number), facts)
        case kinds.CHECK_IN:
            scale = [
                Key(str(n), Action("feel", matter.group_id, 0, f"{number}:{n}")) for n in range(LOWEST, HIGHEST + 1)
            ]
            return Line(matter, facts, scale)
    raise AssertionError(f"nobody has words for a matter of the kind {matter.kind}")


async def _holds(desk: Desk, matter: Matter) -> bool:
    """Whether what a matter is about is still so."""
    what, _, number = matter.ref.partition(":")
    if matter.kind in (kinds.WAITS, kinds.UNREAD):
        incident = await desk.work.incidents.lookup(int(number))
        return incident is not None and incident.state == "open"
    if matter.kind == kinds.INVITING:
        group = await desk.work.groups.get(matter.group_id)
        return await invitations.valid(desk, group, what, number if int(number) else "") is not None
    return True


async def _about_run(desk: Desk, matter: Matter, number: int, facts: dict[str, Any], among: int) -> Line | None:
    record = await desk.work.runs.lookup(number)
    if record is None:
        return None
    title = cut(desk.house.voice.exercise(record.exercise)["title"], TITLE)
    if matter.kind == kinds.ANSWER:
        key = (
            desk.key("answer", "open", number)
            if among == 1
            else desk.key("day.answer_title", "open", number, title=title)
        )
        return Line(matter, facts, [key])
    run = turns.load(desk, record)
    waiting, owners = run.waiting_for(), run.owners()
    facts |= {"done": len(owners) - len(waiting), "all": len(owners), "shared": run.exercise.how == "group"}
    return Line(matter, facts, [desk.key("day.missing", "missing", number, title=title)])


async def _about_row(desk: Desk, matter: Matter, number: int, facts: dict[str, Any], among: int) -> Line | None:
    row = await desk.work.rows.lookup(number)
    rounds = await desk.work.runs.of_exercise(matter.group_id, row.register) if row else []
    if row is None or not rounds:
        return None
    group = await desk.work.groups.get(matter.group_id)
    present = await turns.present_of(desk, group, desk.house.process.exercises[row.register])
    title = cut(present.row_title(row), TITLE)
    run, arg = rounds[-1].id, str(row.id)
    opening = (
        desk.key("open_row", "row", run, arg)
        if among == 1
        else desk.key("day.open_title", "row", run, arg, title=title)
    )
    return Line(matter, facts, [opening, desk.key("day.done", "done", run, arg)])


async def _about_date(desk: Desk, matter: Matter, what: str, facts: dict[str, Any]) -> Line | None:
    """A date that the group has set; the words for it stand on the button that leads to it."""
    number, _, question = what.partition(":")
    record = await desk.work.runs.lookup(int(number))
    if record is None or record.phase == Phase.ASIDE or facts["late"]:
        return None
    title = desk.house.voice.exercise(record.exercise)[f"question.{question}.short"]
    return Line(matter, facts, [desk.key("day.date", "calendar", matter.group_id, title=cut(title, TITLE))])


async def _about_again(desk: Desk, matter: Matter, number: int, facts: dict[str, Any]) -> Line | None:
    """An exercise to do once more, unless a new round has been begun meanwhile."""
    record = await desk.work.runs.lookup(number)
    if record is None or record.phase != Phase.CONCLUDED:
        return None
    if (await desk.work.runs.of_exercise(matter.group_id, record.exercise))[-1].id != number:
        return None
    title = cut(desk.house.voice.exercise(record.exercise)["title"], TITLE)
    return Line(matter, facts, [desk.key("day.again", "view", 0, record.exercise, ask=matter.group_id, title=title)])


async def _about_stuck(desk: Desk, matter: Matter, facts: dict[str, Any]) -> Line | None:
    """Somebody has not been reached by three reminders, or has said that they cannot."""
    ref, _, member_id = matter.ref.rpartition(":")
    stuck = [m for m in await desk.work.matters.about(matter.group_id, ref) if m.member_id == int(member_id)]
    if not stuck or stuck[0].state not in ("handed", "declined"):
        return None  # it was done meanwhile
    member = await desk.work.members.get(int(member_id))
    facts["declined"] = stuck[0].state == "declined"
    return Line(matter, facts, [desk.key("day.stuck", "stuck", matter.group_id, str(stuck[0].id), name=member.name)])


# -- the buttons that act at once --------------------------------------------------------------------------------------
async def later(desk: Desk, actor: Actor, action: Action) -> None:
    """Remind me tomorrow: of all that the message of that day reminded of."""
    tomorrow = (desk.today + timedelta(1)).isoformat()
    for matter in await desk.work.matters.of_person(actor.person.id):
        if matter.last == action.arg:
            await desk.work.matters.update(matter.id, snoozed=tomorrow)
    await aim(desk, actor.person.id)
    desk.toast("day.later")


async def cannot(desk: Desk, actor: Actor, action: Action) -> None:
    """I can't: nothing more is said about it, and the coordinators are told. Of several, the person chooses which."""
    mine = [m for m in await desk.work.matters.of_person(actor.person.id) if _can_be_put_off(m)]
    if not action.arg:
        keys = [[key] for m in mine if m.last and (key := await _cannot_key(desk, m)) is not None]
        await desk.to_person(actor.person.id, "day.which", {}, keys)
        return
    for matter in mine:
        if matter.id == int(action.arg):
            await hand_over(desk, matter, "declined")
            await aim(desk, actor.person.id)
            desk.toast("day.cannot", alert=True)
            return
    desk.toast("day.settled")


async def _cannot_key(desk: Desk, matter: Matter) -> Key | None:
    line = await _line(desk, matter, 2)
    return Key(line.keys[0].label, Action("cannot", matter.group_id, 0, str(matter.id))) if line else None


TAPS: Mapping[str, TapHandler] = {"later_day": later, "cannot": cannot}
