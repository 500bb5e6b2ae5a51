"""The daily message: the one message a day that a person gets unasked.

What a locked phone shows tells a bystander nothing: no name, no subject. The button of each line says what it is about,
and acts at once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.context import invitations
from bot.context.context import Actor, Context, Key
from bot.context.permissions import About, Role, asked_anew
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.calendar import milestones, network_meetings
from bot.features.incidents import unread
from bot.features.journey import week
from bot.features.wellbeing import check_ins
from bot.reminders import kinds
from bot.reminders.kinds import MANNER
from bot.reminders.next_message import plan, schedule_next, spoken
from bot.reminders.open_items import hand_over
from bot.views.exercise import cut
from flows.model import Field, How
from flows.pacing import ReminderManner
from flows.state import Phase
from flows.wellbeing import HIGHEST, LOWEST
from messages.voice import TemplateFacts
from storage.message_notes import MessageContext
from storage.records import OpenItem, Person

# Kinds of items whose line only says that there is something; its button opens it: label and verb.
OPENING: Mapping[str, tuple[str, str]] = {
    kinds.AWAY: ("day.away", "touches"),
    kinds.WISH: ("open_it", "wished"),
    kinds.SAY: ("day.say", "c_see"),
    kinds.SHAPE: ("calendar.shape", "shape"),
    kinds.SILENCE: ("day.weekly", "weekly"),
    kinds.STILL: ("day.still", "still"),
    kinds.WEEKLY: ("day.weekly", "weekly"),
    kinds.KEEPING: ("day.keeping", "keeping"),
    kinds.WAITS: ("open_it", "openinc"),
    kinds.SINCE: ("open_it", "openinc"),
    kinds.CONTACT: ("open_it", "openinc"),
    kinds.UNREAD: ("open_it", "safety"),
    kinds.INVITING: ("day.inviting", "inviting"),
    kinds.ASKED: ("day.asked", "leaderq"),
    kinds.RENEW: ("day.renew", "enter"),
    kinds.UNREACHED: ("day.unreached", "unreached"),
}
# Where several of a kind are seen at once: the button that leads there, and what it names.
TOGETHER: Mapping[str, tuple[str, str]] = {
    kinds.WAITS: ("incs", ""),
    kinds.CONTACT: ("incs", f"0:{Field.CONTACT}"),
    kinds.UNREAD: ("safety", ""),
}
APART = frozenset({kinds.WISH, kinds.WAITS, kinds.SINCE, kinds.CONTACT, kinds.UNREAD})  # all else say what they open
WEEK = timedelta(days=7)
TITLE = 40  # characters of a title on a button


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A line of the message about one open item, with its buttons."""

    open_item: OpenItem
    facts: TemplateFacts
    keys: list[Key]
    count: int = 1  # the items that the line stands for


async def send(ctx: Context, person_id: int) -> None:
    """Send a person's message of today, if anything is still open."""
    habit = await ctx.work.notification_preferences.of(person_id)
    person = await ctx.work.people.get(person_id)
    found = await plan(ctx, person, habit)
    while found is not None and found.day == ctx.today:
        for open_item in found.handed:
            await hand_over(ctx, open_item, "handed")
        lines = [
            line
            for open_item in found.open_items
            if (line := await _line(ctx, open_item, len(found.open_items))) is not None
        ]
        for open_item in found.open_items:
            await _count(ctx, open_item)
        if lines:
            await _say(ctx, person, _told_apart(ctx, _folded(ctx, lines)))
            await spoken(ctx, person_id)
            break
        found = await plan(ctx, person, habit)  # all of it was out of date; something else may be due today
    await schedule_next(ctx, person_id)


async def _count(ctx: Context, open_item: OpenItem) -> None:
    """Count the reminder of an open item; one that is told only once is done."""
    if MANNER[open_item.kind] is ReminderManner.REMIND:
        await ctx.work.open_items.update(open_item.id, sent=open_item.sent + 1, last=ctx.today)
        return
    await ctx.work.open_items.update(open_item.id, state="told")
    if open_item.kind == kinds.WEEKLY:
        due, member = open_item.due, await ctx.work.members.get(open_item.member_id)
        while due <= ctx.today:
            due += WEEK
        await ctx.work.open_items.put(member, kinds.WEEKLY, open_item.ref, due, ctx.today)


async def _say(ctx: Context, person: Person, lines: Sequence[MessageLine]) -> None:
    """Send the message. It is not repeated if it may have arrived (`once`), and goes after everybody else's messages.

    A thousand such messages at nine o'clock take half a minute; people who tap a button meanwhile are answered at once.
    """
    keys, towns = [], []
    for line in lines:
        town = await ctx.town_for(person.id, await ctx.work.groups.get(line.open_item.group_id))
        towns.append(town)
        named = town if line.open_item.kind != kinds.CHECK_IN else None  # it is a question with buttons of its own
        keys.append([replace(key, label=f"{key.label}, {named}" if named else key.label) for key in line.keys])
    reminded = [line.open_item for line in lines if _can_be_put_off(line.open_item)]
    if reminded:
        only, group = str(reminded[0].id) if len(reminded) == 1 else "", reminded[0].group_id
        keys.append(
            [
                ctx.key("day.later", "later_day", group, ctx.today.isoformat()),
                ctx.key("day.cannot", "cannot", group, only),
            ]
        )
    groups = {line.open_item.group_id for line in lines}
    await ctx.to_person(
        person.id,
        "day.ask" if lines[0].open_item.kind == kinds.CHECK_IN else "day.message",
        {
            "lines": [line.facts for line in lines],
            "coming": len(lines) > 1 or lines[0].count > 1,
            "town": towns[0],
            "wording": lines[0].facts.get("wording", 0),
        },
        keys,
        about=groups.pop() if len(groups) == 1 else None,
        context=MessageContext(once=True),
        patient=True,
    )


def _folded(ctx: Context, lines: Sequence[MessageLine]) -> list[MessageLine]:
    """Fold lines of a kind that say the same into one line with one button, which lists them."""
    alike: dict[tuple[int, str, str], list[MessageLine]] = {}
    for line in lines:
        kind = kinds.WAITS if line.open_item.kind == kinds.SINCE else line.open_item.kind
        alike.setdefault((line.open_item.group_id, kind, line.keys[0].label), []).append(line)
    folded = []
    for (group, kind, label), several in alike.items():
        if len(several) == 1 or len(several[0].keys) > 1:
            folded += several
            continue
        facts = {**several[0].facts, "count": len(several)}
        if kind == kinds.STUCK:
            facts["declined"] = all(line.facts["declined"] for line in several)
        verb, arg = TOGETHER.get(kind, ("several", kind))
        key = ctx.key("day.several", verb, group, arg, of=label, count=len(several))
        folded.append(MessageLine(several[0].open_item, facts, [key], len(several)))
    return folded


def _told_apart(ctx: Context, lines: Sequence[MessageLine]) -> list[MessageLine]:
    """Buttons that would read alike, though they open different things, are called by what they open."""
    alike = Counter(line.keys[0].label for line in lines)

    def named(line: MessageLine) -> MessageLine:
        kind, (first, *rest) = line.open_item.kind, line.keys
        if alike[first.label] == 1 or kind not in APART:
            return line
        return replace(line, keys=[replace(first, label=ctx.services.voice.label(f"day.apart.{kind}")), *rest])

    return [named(line) for line in lines]


async def several(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the items that one line of the message stood for, with a button each."""
    there: list[tuple[OpenItem, Key]] = []
    for open_item in await ctx.work.open_items.of_member(actor.member.id):
        if open_item.kind != action.arg or open_item.state == "closed" or open_item.due > ctx.today:
            continue
        line = await _line(ctx, open_item, 2)
        if line is not None:
            there.append((open_item, Key(await _which(ctx, open_item, line), line.keys[0].action)))
    if not there:
        ctx.toast("day.settled")
        return
    alike = Counter(key.label for _, key in there)
    keys = [replace(key, label=_since(ctx, key.label, item)) if alike[key.label] > 1 else key for item, key in there]
    await ctx.tell(actor, "day.several", {}, [[key] for key in keys])


def _since(ctx: Context, label: str, open_item: OpenItem) -> str:
    return ctx.services.voice.label("day.since", {"of": label, "due": open_item.due})


async def _which(ctx: Context, open_item: OpenItem, line: MessageLine) -> str:
    """Return what tells an item from others of its kind: the person it is about, else since when it waits."""
    name = None
    if open_item.kind == kinds.STUCK:
        what, _, number = open_item.ref.rpartition(":")
        name = (await ctx.work.members.get(int(number))).name
        kind, _, run = what.partition(":")
        record = await ctx.work.runs.lookup(int(run)) if kind == "run" else None
        if record is not None:
            name = f"{name}: {ctx.services.voice.title_of(record.exercise)}"
    if open_item.kind == kinds.AWAY:
        name = (await ctx.work.members.get(int(open_item.ref.rpartition(":")[2]))).name
    if open_item.kind in (kinds.UNREACHED, kinds.ASKED):
        name = (await ctx.work.members.get(int(open_item.ref.partition(":")[2]))).name
    if name is None:
        return _since(ctx, line.keys[0].label, open_item)
    return cut(name, TITLE)


def _can_be_put_off(open_item: OpenItem) -> bool:
    """True if "tomorrow" and "I can't" fit; somebody who has not joined has another way to say no."""
    return MANNER[open_item.kind] is ReminderManner.REMIND and open_item.kind != kinds.PENDING


async def _line(ctx: Context, open_item: OpenItem, among: int) -> MessageLine | None:
    """Return the line about an item, None if it is closed. `among`: the number of items in the message."""
    due = open_item.due
    facts: TemplateFacts = {
        "kind": open_item.kind,
        "due": open_item.due,
        "late": due < ctx.today,
        "today": due == ctx.today,
        "count": 1,
    }
    number = open_item.ref.partition(":")[2]
    if open_item.kind in OPENING:
        label, verb = OPENING[open_item.kind]
        arg = str(open_item.id) if open_item.kind == kinds.INVITING else number
        key = ctx.key(label, verb, open_item.group_id, arg)
        return MessageLine(open_item, facts, [key]) if await _holds(ctx, open_item) else None
    match open_item.kind:
        case kinds.ANSWER | kinds.DECIDE | kinds.READY:
            return await _about_run(ctx, open_item, int(number), facts, among)
        case kinds.TASK:
            return await _about_row(ctx, open_item, int(number), facts, among)
        case kinds.STUCK:
            return await _about_stuck(ctx, open_item, facts)
        case kinds.PENDING:
            member = await ctx.work.members.get(open_item.member_id)
            facts = {**facts, "renewed": asked_anew(member)}
            if asked_anew(member):
                return MessageLine(open_item, facts, [ctx.key("day.renew", "enter", open_item.group_id)])
            keys = [
                ctx.key("day.come_in", "enter", open_item.group_id),
                ctx.key("decline", "decline", open_item.group_id),
            ]
            return MessageLine(open_item, facts, keys)
        case kinds.MEETING:
            meeting = await ctx.work.meetings.lookup(int(number))
            if meeting is None or due < ctx.today:
                return None
            at = {**facts, "at": meeting.at, "place": meeting.place, "link": meeting.link}
            if network_meetings.is_networks(ctx, meeting):
                return MessageLine(open_item, at, network_meetings.keys(ctx, meeting))
            return MessageLine(open_item, at, [ctx.key("day.calendar", "calendar", open_item.group_id)])
        case kinds.DATE:
            return await _about_date(ctx, open_item, number, facts)
        case kinds.AGAIN:
            return await _about_again(ctx, open_item, int(number), facts)
        case kinds.CHECK_IN:
            wording = await check_ins.wording(ctx, await ctx.work.check_ins.get(int(number)))
            scale = [
                Key(str(n), Action("feel", open_item.group_id, 0, f"{number}:{n}")) for n in range(LOWEST, HIGHEST + 1)
            ]
            return MessageLine(open_item, {**facts, "wording": wording}, scale)
    raise AssertionError(f"nobody has words for a matter of the kind {open_item.kind}")


async def _holds(ctx: Context, open_item: OpenItem) -> bool:
    """True if what the item is about is still open."""
    what, _, number = open_item.ref.partition(":")
    if open_item.kind in (kinds.WAITS, kinds.SINCE, kinds.UNREAD, kinds.CONTACT):
        if what == "readers":
            return await unread.readerless(ctx, await ctx.work.groups.get(open_item.group_id))
        incident = await ctx.work.incidents.lookup(int(number))
        if incident is None or incident.state != "open":
            return False
        return open_item.kind != kinds.CONTACT or bool(incident.values.get(Field.CONTACT))
    group = await ctx.work.groups.get(open_item.group_id)
    if open_item.kind == kinds.WEEKLY:
        return await week.has_news(ctx, group, await ctx.work.members.get(open_item.member_id))
    if open_item.kind == kinds.INVITING:
        return await invitations.valid(ctx, group, what, number if int(number) else "") is not None
    return True


async def _about_run(
    ctx: Context, open_item: OpenItem, number: int, facts: TemplateFacts, among: int
) -> MessageLine | None:
    record = await ctx.work.runs.lookup(number)
    if record is None:
        return None
    title = cut(ctx.services.voice.title_of(record.exercise), TITLE)
    if open_item.kind == kinds.ANSWER:
        key = (
            ctx.key("answer", "open", number)
            if among == 1
            else ctx.key("day.answer_title", "open", number, title=title)
        )
        return MessageLine(open_item, facts, [key])
    run = runner.load(ctx, record)
    if open_item.kind == kinds.READY and run.exercise.always:
        return None  # told by an older release: it has no end
    if open_item.kind == kinds.READY:
        talked = run.phase is Phase.REVEALED and not run.exercise.conclusion
        return MessageLine(open_item, {**facts, "talked": talked}, [ctx.key("day.ready", "close", number, title=title)])
    waiting, owners = run.waiting_for(), run.owners()
    shared, is_list = run.exercise.how is How.GROUP, run.exercise.how is How.ROWS
    counts = {"done": len(owners) - len(waiting), "all": len(owners), "shared": shared, "list": is_list}
    label = "day.look" if shared or is_list else "day.missing"
    return MessageLine(open_item, {**facts, **counts}, [ctx.key(label, "missing", number, title=title)])


async def _about_row(
    ctx: Context, open_item: OpenItem, number: int, facts: TemplateFacts, among: int
) -> MessageLine | None:
    row = await ctx.work.rows.lookup(number)
    record = await ctx.work.runs.latest(open_item.group_id, row.register) if row else None
    if row is None or record is None:
        return None
    group = await ctx.work.groups.get(open_item.group_id)
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
    title = cut(present.task_title(row), TITLE)
    run, arg = record.id, str(row.id)
    opening = (
        ctx.key("open_row", "row", run, arg) if among == 1 else ctx.key("day.open_title", "row", run, arg, title=title)
    )
    return MessageLine(open_item, facts, [opening, ctx.key("day.done", "done", run, arg)])


async def _about_date(ctx: Context, open_item: OpenItem, what: str, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about a date that the group has set: when, where and what it is."""
    number, _, question = what.partition(":")
    record = await ctx.work.runs.lookup(int(number))
    if record is None or record.phase == Phase.ASIDE or facts["late"]:
        return None
    group, place = await ctx.work.groups.get(open_item.group_id), f"{record.exercise}.{question}"
    found = next((one for one in await milestones.known(ctx, group) if one.place == place), None)
    if found is None:
        return None
    tomorrow = open_item.due == ctx.today + timedelta(1)
    facts = {**facts, "name": found.name, "at": found.at, "place": found.where, "tomorrow": tomorrow}
    title = f"{ctx.services.voice.title_of(record.exercise)}: {found.name}"
    return MessageLine(open_item, facts, [ctx.key("day.date", "calendar", open_item.group_id, title=cut(title, TITLE))])


async def _about_again(ctx: Context, open_item: OpenItem, number: int, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about an exercise to do once more, unless a new round has begun meanwhile."""
    record = await ctx.work.runs.lookup(number)
    if record is None or record.phase != Phase.CONCLUDED:
        return None
    if record != await ctx.work.runs.latest(open_item.group_id, record.exercise):
        return None
    title = cut(ctx.services.voice.title_of(record.exercise), TITLE)
    return MessageLine(
        open_item, facts, [ctx.key("day.again", "view", 0, record.exercise, ask=open_item.group_id, title=title)]
    )


async def _about_stuck(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the coordinator's line about somebody whom three reminders have not reached, or who cannot."""
    ref, _, member_id = open_item.ref.rpartition(":")
    stuck = [m for m in await ctx.work.open_items.about(open_item.group_id, ref) if m.member_id == int(member_id)]
    if not stuck or stuck[0].state not in ("handed", "declined"):
        return None  # done meanwhile
    member = await ctx.work.members.get(int(member_id))
    key = ctx.key("day.stuck", "stuck", open_item.group_id, str(stuck[0].id), name=member.name)
    return MessageLine(open_item, {**facts, "declined": stuck[0].state == "declined"}, [key])


# -- the buttons that act at once --------------------------------------------------------------------------------------
async def later(ctx: Context, actor: Actor, action: Action) -> None:
    """Remind the person tomorrow, of all that this message named."""
    tomorrow = ctx.today + timedelta(1)
    for open_item in await ctx.work.open_items.of_person(actor.person.id):
        if open_item.last is not None and open_item.last.isoformat() == action.arg:
            await ctx.work.open_items.update(open_item.id, snoozed=tomorrow)
    await schedule_next(ctx, actor.person.id)
    ctx.toast("day.later")


async def cannot(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that the person can't: no more reminders, and the coordinators are told. Of several items, ask which one."""
    mine = [m for m in await ctx.work.open_items.of_person(actor.person.id) if _can_be_put_off(m)]
    if not action.arg:
        keys = [[key] for m in mine if m.last and (key := await _cannot_key(ctx, m)) is not None]
        await ctx.to_person(actor.person.id, "day.which", {}, keys)
        return
    for open_item in mine:
        if open_item.id == int(action.arg):
            await hand_over(ctx, open_item, "declined")
            await schedule_next(ctx, actor.person.id)
            ctx.toast("day.cannot", alert=True)
            return
    ctx.toast("day.settled")


async def _cannot_key(ctx: Context, open_item: OpenItem) -> Key | None:
    line = await _line(ctx, open_item, 2)
    return Key(line.keys[0].label, Action("cannot", open_item.group_id, 0, str(open_item.id))) if line else None


# About one's own items only, so for everybody who gets reminders.
ROUTES: Routes = (
    *buttons(Role.LEADER, About.GROUP, several=several),
    *buttons(Role.NETWORK, About.GROUP, later_day=later, cannot=cannot),
)
