"""The daily message: the one message a day that a person gets unasked.

What a locked phone shows tells a bystander nothing: no name, no subject. The button of each line says what it is about,
and acts at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.context.context import Actor, Context
from bot.context.events import SheetGiven
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.digest.declined import can_be_declined, stop, ways
from bot.features.digest.lines import TITLE, MessageLine, is_urgent, line_of, since, unlike
from bot.features.home import week
from bot.features.incidents import unfinished
from bot.features.wellbeing import check_ins, wishes
from bot.reminders import kinds
from bot.reminders.kinds import MANNER
from bot.reminders.next_message import plan, schedule_next, spoken
from bot.views.names import cut
from bot.views.shared_buttons import in_town
from flows.enums import Field
from flows.timing.pacing import ReminderManner
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutMeeting, MessageContext
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member, Person
from storage.records.runs import Run

T = TypeVar("T")
# Where several of a kind are seen at once: the button that leads there, and what it names.
TOGETHER: Mapping[str, tuple[str, str]] = {
    kinds.WAITS: ("incs", ""),
    kinds.CONTACT: ("incs", f"0:{Field.CONTACT}"),
    kinds.UNREAD: ("safety", ""),
}
PEOPLE = frozenset({kinds.AWAY, kinds.UNREACHED, kinds.WISH, kinds.UNMET})  # who may be in two towns, counted once
SAME = {kinds.SINCE: kinds.WAITS, kinds.UNREAD: kinds.WAITS}  # what is said in the same words
APART = frozenset({kinds.WAITS, kinds.SINCE, kinds.CONTACT, kinds.UNREAD})  # all else say what they open
WEEK = timedelta(days=7)
HALF: TemplateFacts = {"kind": kinds.WAITS, "count": 1, "urgent": False}  # the line about what is half logged


async def send(ctx: Context, person_id: int) -> None:
    """Send a person's message of today, if anything is still open."""
    habit = await ctx.work.notification_preferences.of(person_id)
    person = await ctx.work.people.get(person_id)
    await _pass_over(ctx, person_id)
    found = await plan(ctx, person, habit)
    while found is not None and found.day == ctx.today:
        for open_item in found.handed:
            await stop(ctx, open_item, "handed")
        spoken_of = await _with_question(ctx, found.open_items)
        among = sum(open_item.kind != kinds.CHECK_IN for open_item in spoken_of)
        lines = [
            replace(line, people=await _people(ctx, open_item))
            for open_item in spoken_of
            if (line := await line_of(ctx, open_item, among or 1)) is not None
        ]
        for open_item in spoken_of:
            await _count(ctx, open_item)
        for line in lines:
            if line.open_item.kind == kinds.WEEKLY:
                await week.note(ctx, line.open_item)
        if lines:
            await _say(ctx, person, _told_apart(ctx, _folded(ctx, lines)))
            await spoken(ctx, person_id)
            break
        found = await plan(ctx, person, habit)  # all of it was out of date; something else may be due today
    await schedule_next(ctx, person_id)


async def _pass_over(ctx: Context, person_id: int) -> None:
    """Pass over the weeks of which there is nothing to tell, so that nothing else is sent today because of them."""
    for open_item in await ctx.work.open_items.of_person(person_id):
        if open_item.kind == kinds.WEEKLY and open_item.due <= ctx.today and await line_of(ctx, open_item, 1) is None:
            await _count(ctx, open_item)


async def ask_beside(ctx: Context, _group: Group, given: SheetGiven) -> None:
    """Ask somebody who has just handed in a sheet how they are, if that is to be asked: they are here anyway."""
    member = await ctx.work.members.get(given.member)
    habit = await ctx.work.notification_preferences.of(member.person_id)
    for open_item in await ctx.work.open_items.of_member(member.id):
        due = open_item.kind == kinds.CHECK_IN and open_item.state == "open" and open_item.due <= ctx.today
        if due and kinds.CHECK_IN not in habit.muted.split() and (line := await line_of(ctx, open_item, 1)):
            await _say(ctx, await ctx.work.people.get(member.person_id), [line])
            await _count(ctx, open_item)
            await schedule_next(ctx, member.person_id)
            return


async def _with_question(ctx: Context, open_items: Sequence[OpenItem]) -> list[OpenItem]:
    """Return the items of one message, with one check-in at most: that of another town has its own day.

    There is none beside what must not be softened, such as something urgent, nor beside what reads as a reproach.
    """
    questions = [open_item for open_item in open_items if open_item.kind == kinds.CHECK_IN]
    grave = [one for one in open_items if one.kind in kinds.REPROACHES or await is_urgent(ctx, one)]
    return [open_item for open_item in open_items if open_item not in (questions if grave else questions[1:])]


async def _count(ctx: Context, open_item: OpenItem) -> None:
    """Count the reminder of an open item; one that is told only once is done."""
    if MANNER[open_item.kind] is ReminderManner.REMIND:
        await ctx.work.open_items.update(open_item.id, sent=open_item.sent + 1, last=ctx.today)
        return
    await ctx.work.open_items.update(open_item.id, state="told", last=ctx.today)
    if open_item.kind == kinds.WEEKLY:
        due, member = open_item.due, await ctx.work.members.get(open_item.member_id)
        while due <= ctx.today:
            due += WEEK
        await ctx.work.open_items.put(member, kinds.WEEKLY, open_item.ref, due, ctx.today)


async def _say(ctx: Context, person: Person, lines: Sequence[MessageLine]) -> None:
    """Send the message. It is not repeated if it may have arrived (`once`), and goes after everybody else's messages.

    A thousand such messages at nine o'clock take half a minute; people who tap a button meanwhile are answered at once.
    """
    told = [line for line in lines if line.open_item.kind != kinds.CHECK_IN]
    asked = next((line for line in lines if line.open_item.kind == kinds.CHECK_IN), None)  # one at most
    keys = [await _keys_in_town(ctx, person, line) for line in told]
    question, context = None, MessageContext()
    if asked is not None:
        question = {**asked.facts, "town": await _town(ctx, person, asked)}
        context = check_ins.question(asked.open_item.group_id, int(asked.open_item.ref.partition(":")[2]))
        keys.append([*map(_beside, asked.keys)] if told else asked.keys)
    reminded = [line.open_item for line in told if can_be_declined(line.open_item)]
    half = await _half_logged(ctx, person)
    keys += [*half, *ways(ctx, reminded)]
    await ctx.to_person(
        person.id,
        "day.message",
        {"lines": [*_said_once(told), *(HALF for _ in half[:1])], "question": question},
        keys,
        about=_only({line.open_item.group_id for line in lines}),
        context=replace(context, once=True, about=_meeting_of(told)),
        patient=True,
        silent=all(line.open_item.kind in kinds.SILENT for line in lines),
    )


async def _town(ctx: Context, person: Person, line: MessageLine) -> str | None:
    return await ctx.town_for(person.id, await ctx.work.groups.get(line.open_item.group_id))


async def _keys_in_town(ctx: Context, person: Person, line: MessageLine) -> list[Key]:
    town = await _town(ctx, person, line)
    return [in_town(ctx, key, town) for key in line.keys]


def _meeting_of(told: Sequence[MessageLine]) -> AboutMeeting | None:
    meeting = _only(line.open_item.ref.partition(":")[2] for line in told if line.open_item.kind == kinds.MEETING)
    return AboutMeeting(int(meeting)) if meeting else None


def _only(values: Iterable[T]) -> T | None:
    """Return the value if there is just one."""
    found = [*values]
    return found[0] if len(found) == 1 else None


async def _half_logged(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the button for what this person has left half logged in each town: this message reminds of it, too."""
    keys = []
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        town = await ctx.town_for(person.id, group)
        keys += [[in_town(ctx, key, town)] for key in await unfinished.take_up(ctx, group, member)]
    return keys


def _beside(key: Key) -> Key:
    """Return the button of a check-in whose message has other items too, and so is not replaced by the thanks."""
    return replace(key, action=replace(key.action, ask=1)) if key.action else key


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
        facts["urgent"] = any(line.facts.get("urgent") for line in several)
        verb, arg = TOGETHER.get(kind, ("several", kind))
        key = ctx.key("day.several", verb, group, arg, of=label, count=len(several))
        people = frozenset[int]().union(*(line.people for line in several))
        folded.append(MessageLine(several[0].open_item, facts, [key], len(several), people))
    return folded


def _said_once(lines: Sequence[MessageLine]) -> list[TemplateFacts]:
    """Return what is to be read, lines that say the same as one with their number; each keeps its button."""
    alike = list[tuple[TemplateFacts, list[MessageLine]]]()
    for line in lines:
        said = {**line.facts, "kind": SAME.get(line.open_item.kind, line.open_item.kind), "title": ""}
        if MANNER[line.open_item.kind] is ReminderManner.TELL:  # no day is named
            said |= {"due": None, "late": False, "today": False}
        same = next((same for one, same in alike if one == said), None)
        if same is None:
            alike.append((said, [line]))
        else:
            same.append(line)
    return [{**said, "title": same[0].facts.get("title", ""), "count": _number(same)} for said, same in alike]


def _number(lines: Sequence[MessageLine]) -> int:
    """Return how many items these lines stand for, or people: somebody in two towns is one."""
    return len(frozenset[int]().union(*(line.people for line in lines))) or sum(line.count for line in lines)


async def _people(ctx: Context, open_item: OpenItem) -> frozenset[int]:
    """Return whom an item is about that is told as a number of people; for any other, nobody."""
    member = await _whom(ctx, open_item) if open_item.kind in PEOPLE else None
    return frozenset({member.person_id} if member else ())


async def _whom(ctx: Context, open_item: OpenItem) -> Member | None:
    """Return the member whom an item is about, if it is about one."""
    match open_item.kind:
        case kinds.STUCK | kinds.AWAY:
            return await ctx.work.members.lookup(int(open_item.ref.rpartition(":")[2]))
        case kinds.UNREACHED | kinds.ASKED:
            return await ctx.work.members.lookup(int(open_item.ref.partition(":")[2]))
        case kinds.WISH | kinds.UNMET:
            return await wishes.other_one(ctx, open_item)
    return None


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
        line = await line_of(ctx, open_item, 2)
        if line is None:
            continue
        key = Key(await _which(ctx, open_item, line), line.keys[0].action)
        if not await _is_unnamed(ctx, open_item) or key.label not in {other.label for _, other in there}:
            there.append((open_item, key))
    demand(there, "day.settled")
    await ctx.tell(actor, "day.several", {}, [[key] for key in unlike(ctx, there)])


async def _which(ctx: Context, open_item: OpenItem, line: MessageLine) -> str:
    """Return what tells an item from others of its kind: the person it is about, else since when it waits."""
    member = await _whom(ctx, open_item)
    name = member.name if member else None
    record = await _round_of(ctx, open_item) if name is not None and open_item.kind == kinds.STUCK else None
    if record is not None:
        title = ctx.services.voice.title_of(record.exercise)
        name = title if await _is_unnamed(ctx, open_item) else f"{name}: {title}"
    if name is None:
        return since(ctx, line.keys[0].label, open_item)
    return cut(name, TITLE)


async def _round_of(ctx: Context, open_item: OpenItem) -> Run | None:
    """Return the round in which somebody is silent; None if it is something else that they have not done."""
    kind, _, rest = open_item.ref.partition(":")
    return await ctx.work.runs.lookup(int(rest.partition(":")[0])) if kind == "run" else None


async def _is_unnamed(ctx: Context, open_item: OpenItem) -> bool:
    """True if this tells of silence in a round without names: who is silent would tell who has written."""
    record = await _round_of(ctx, open_item) if open_item.kind == kinds.STUCK else None
    return record is not None and ctx.services.process.exercises[record.exercise].anonymous


# About one's own items only, so for everybody who gets reminders.
ROUTES: Routes = buttons(Rank.LEADER, About.GROUP, several=several)
