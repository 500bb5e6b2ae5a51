"""What waits for a person, across their groups: what is open to them and, for coordinators, what only they can do."""

from collections.abc import Sequence

from bot.context.context import Actor, Context
from bot.context.message import Key, Message
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.unnamed_notes import boards_laid
from bot.features.incidents import report, second_approval, unread
from bot.features.journey import (
    at_the_door,
    exercise_buttons,
    homes,
    memberships,
    network_meetings,
    open_runs,
    own_hand,
    process_leaders,
    wanted_texts,
)
from bot.features.journey.homes import reading_key
from bot.features.registers import tasks
from bot.features.wellbeing import check_ins, wishes
from bot.reminders import open_items
from bot.reminders.kinds import CONTACT, POLL, SAY, SINCE, WAITS
from bot.views.names import cut
from bot.views.shared_buttons import in_town
from flows.state import Phase
from flows.vocabulary import ExerciseRole, Field, Mark
from messages.voice import TemplateFacts
from storage.records import Group, HeldText, Member, Person

ASKED = 60  # characters of a question that waits, in the list of what does


async def what_waits(ctx: Context, person: Person) -> None:
    """Show everything that is open to this person, across their groups, with a button each."""
    facts, keys, _ = await _found(ctx, person)
    there = await memberships.of(ctx, person, Rank.LEADER)
    ways = [[await _way_on(ctx, person, group, member)] for group, member in there] or await _ways_in(ctx, person)
    away = await exercise_buttons.away_until(ctx, person)
    facts = {**facts, "map": any(member.role != "network" for _, member in there), "away_until": away}
    shown = Message(ctx.services.voice.render("waits", facts), keys or ways)  # a way on, also where nothing waits
    await ctx.tell_person(person.id, shown, beside=await _is_asked_now(ctx, person, keys))
    for _, guest in await memberships.of(ctx, person, Rank.INVITED):
        if guest.profile.get(at_the_door.ASKED) in at_the_door.REQUEST:  # further up, where no text is written now
            profile = {**guest.profile, at_the_door.ASKED: at_the_door.LISTED}
            await ctx.work.members.update(guest.id, profile=profile)


async def count(ctx: Context, person: Person) -> int:
    """Return how many things wait for this person: as many as they are told of and given a way to."""
    _, keys, done = await _found(ctx, person)
    return len(keys) - done


async def _found(ctx: Context, person: Person) -> tuple[TemplateFacts, list[list[Key]], int]:
    """Return what waits for this person, the way to each, and how many of those they have done their part of."""
    entries, keys = await open_runs.open_to(ctx, person)
    joining, way_in = await open_runs.coming_in(ctx, person)
    own, own_keys = await _own_hand(ctx, person)
    undecided, decide = await _undecided(ctx, person)
    reading, reads = await _to_read(ctx, person)
    unread_in, unread_keys = await _unread_in(ctx, person)
    asked = await process_leaders.asked_of(ctx, person)
    facts = {"entries": entries, "today": ctx.today, **joining, "undecided": undecided, "reading": reading}
    facts["own"] = own
    facts["held"], held_keys = await _held(ctx, person)
    facts["wanted"], wanted = await _wanted(ctx, person)
    facts["townless"], towns_to_name = await _townless(ctx, person)
    facts["asked"] = [{"name": a.asker.name, "town": a.group.title, "text": cut(a.text, ASKED)} for a in asked]
    facts["boards"], board = await _boards(ctx, person)
    facts["unread"] = unread_in
    facts["wishes"], wished = await _wished_of(ctx, person)
    facts["unmet"], unmet = await _unmet(ctx, person)
    facts["told"], told = await _told(ctx, person)
    facts["at_door"] = await _at_door(ctx, person)
    facts["invited"], invitation = await _invited(ctx, person)
    facts["meetings"], attending = await _meetings(ctx, person)
    facts["tasks"], to_do = await _tasks(ctx, person)
    facts["vacant"], stand_in = await _vacant(ctx, person)
    answer = await process_leaders.asked_keys(ctx, person)
    by_hand = {key.label for row in own_keys for key in row}
    keys = [row for row in keys if not by_hand.intersection(key.label for key in row)]
    first = [*way_in, *held_keys, *wanted, *towns_to_name, *reads, *unread_keys, *wished, *unmet, *own_keys, *told]
    keys = [*first, *decide, *answer, *invitation, *attending, *board, *to_do, *keys, *stand_in]
    return facts, keys, sum(bool(one["done"]) for one in entries)


async def _way_on(ctx: Context, person: Person, group: Group, member: Member) -> Key:
    """Return where somebody goes on for whom nothing waits: the way or, to the network, when it meets."""
    label, verb = ("home.calendar", "calendar") if member.role == "network" else ("map", "map")
    return in_town(ctx, ctx.key(label, verb, group.id), await ctx.town_for(person.id, group))


async def _is_asked_now(ctx: Context, person: Person, keys: Sequence[Sequence[Key]]) -> bool:
    """True if these buttons lead to nothing but what this person is being asked: that is then asked still."""
    prompts = [prompt for prompt in await ctx.work.prompts.of(person.id) if not prompt.aside]
    asked = {Action("open", prompt.context.run) for prompt in prompts if not prompt.context.want}
    return bool(keys) and all(key.action in asked for row in keys for key in row)


async def _held(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return the texts of which this person has not said what they answer, and the way to say it."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.INVITED):
        town = await ctx.town_for(person.id, group)
        for held, row in await open_runs.held_in(ctx, group, member):
            found.append({"text": None if await _is_private(ctx, held) else cut(held.text, ASKED), "town": town})
            keys.append(row)
    return found, keys


async def _wanted(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what this person was asked to write and that is not saved yet, and the way to each."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.LEADER):
        town = await ctx.town_for(person.id, group)
        for asked, row in await wanted_texts.unsaved(ctx, group, member):
            found.append({**asked, "town": town})
            keys.append([in_town(ctx, key, town) for key in row])
    return found, keys


async def _townless(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return the commands that wait for their group, with what was written after them, and the way to name it.

    One that nothing stands after is that of an incident, which is not called so.
    """
    found, keys = list[TemplateFacts](), list[list[Key]]()
    groups = [group for group, _ in await memberships.of(ctx, person, Rank.NETWORK)]
    waiting = {one.context.command: one.context for one in await wanted_texts.townless(ctx, person)} if groups else {}
    for name, asked in waiting.items():
        called = ctx.services.voice.rules.called(name) if asked.arguments else None
        found.append({"command": called, "text": cut(asked.arguments, ASKED)})
        keys.append([ctx.key("name_town", "whichtown", groups[0].id, name, command=called)])
    return found, keys


async def _is_private(ctx: Context, held: HeldText) -> bool:
    """True if the text may be about an incident, or a word in a check-in: it is not quoted beside other things."""
    for matter in held.candidates:
        what, _, number = matter.partition(":")
        if what == check_ins.WANT or (what == "run" and await report.overhears(ctx, int(number))):
            return True
    return False


async def _own_hand(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what only those who coordinate can do, as the week has it: a line and a button each."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.COORDINATOR):
        town = await ctx.town_for(person.id, group)
        unread_here = (await unread.overdue(ctx, group))[0]  # which has a line of its own
        waiting = await own_hand.waiting(ctx, group, member)
        for one in (*waiting, *await own_hand.unreached(ctx, group, member)):
            if one.task is not own_hand.Task.UNREAD or not unread_here:
                found.append({"line": own_hand.line(ctx, one), "town": town})
                keys.append([in_town(ctx, one.key, town)])
    return found, keys


async def _told(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what concerns everybody and waits for its day, and the way to delay it; who coordinates has it above."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        for told, row in await second_approval.told_to(ctx, group, member) if not member.coordinator else ():
            found.append(told)
            keys += [[in_town(ctx, key, await ctx.town_for(person.id, group))] for key in row]
    return found, keys


async def _vacant(ctx: Context, person: Person) -> tuple[list[str], list[list[Key]]]:
    """Return the towns of a person that nobody coordinates, and for each the way to do it for a while."""
    found = [g for g, _ in await memberships.of(ctx, person, Rank.MEMBER) if await open_items.is_vacant(ctx, g)]
    label = "stand_in_for" if len(found) > 1 else "stand_in"
    return [g.title for g in found], [[ctx.key(label, "standin", g.id, town=g.title)] for g in found]


async def _invited(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """The towns whose invitation to an event this person has not answered or, from its day on, whose request to the
    guests, and the way to it.

    Who has said whether they want to be in the network, which is asked before one goes, has been there.
    """
    found, keys, guests = list[TemplateFacts](), list[list[Key]](), ctx.services.process.with_role(ExerciseRole.GUESTS)
    for group, member in await memberships.of(ctx, person, Rank.INVITED):
        row = await at_the_door.row_of(ctx, group, member) if member.role == "guest" else None
        if row is None or row.state == "removed" or group.settings.event_off:
            continue
        day, coming = await at_the_door.event_day(ctx, group), guests.told(row.values, Field.COMING)
        been = day is not None and day <= ctx.today <= day + own_hand.LATELY
        left = at_the_door.is_half_asked(ctx, member, row)
        silent = coming is None or guests.says(row.values, Field.COMING, Mark.NO_ANSWER)
        leaves = been and left and not silent and not guests.says(row.values, Field.COMING, Mark.NO)
        leaves |= (between := at_the_door.is_between(ctx, member, row))
        if leaves or (silent and guests.told(row.values, Field.JOIN) is None):
            found.append({"town": group.title, "leaves": leaves, "between": between})
            key = ctx.key("guest.leaving", "leaving", group.id) if leaves else ctx.key("home.event", "guest", group.id)
            keys.append([in_town(ctx, key, await ctx.town_for(person.id, group))])
    return found, keys


async def _ways_in(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the buttons of whoever is nothing but invited, from which they see and change what they have said."""
    seats = await memberships.of(ctx, person, Rank.INVITED)
    return [row for group, member in seats[:1] for row in await homes.keys(ctx, person, group, member)]


async def _meetings(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """The meetings within four weeks to which the network is called and this person, who is in it, has not answered."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        every = await ctx.work.meetings.of_group(group.id) if member.role == "network" else ()
        town = await ctx.town_for(person.id, group)
        for meeting in network_meetings.ahead(ctx, every, until=ctx.today + network_meetings.SOON):
            if not (await network_meetings.called(ctx, meeting)).answer(member.id):
                found.append({"on": meeting.day, "at": meeting.at, "town": town})
                keys += [[in_town(ctx, key, town)] for key in network_meetings.keys_on(ctx, meeting)]
    return found, keys


async def _tasks(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what this person has taken on and that is late or due within a week, and the way to it in each town."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        town = await ctx.town_for(person.id, group)
        lines, ways = await tasks.due_soon(ctx, group, member)
        found += [{**line, "town": town} for line in lines]
        keys += [[in_town(ctx, key, town)] for key in ways]
    return found, keys


async def _at_door(ctx: Context, person: Person) -> list[str]:
    """The towns whose network this person waits to be let in to."""
    seats = [(group, m) for group, m in await memberships.of(ctx, person, Rank.INVITED) if m.role == "guest"]
    return [g.title for g, m in seats if await at_the_door.state_of(ctx, g, m) is at_the_door.GuestNotice.WAITS]


async def _boards(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """The boards that lie in a group's chat where this person is not, though they take part, and the way to each."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        for number in await boards_laid(ctx, group) if member.role == "network" else ():
            run = runner.load(ctx, await ctx.work.runs.get(number))
            if run.phase is Phase.REVEALED and member.id in run.seats:
                title = ctx.services.voice.title_of(run.exercise.id)
                town = await ctx.town_for(person.id, group)
                found.append({"title": title, "town": town})
                keys.append([in_town(ctx, ctx.key("board_own_of", "bopen", number, title=title), town)])
    return found, keys


async def _undecided(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """The decisions and polls to which this person has said nothing yet: until when, and the way there."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.LEADER):
        mine = [item for item in await ctx.work.open_items.of_member(member.id) if item.state != "closed"]
        waiting = [item for item in mine if item.kind == SAY]
        decides = member.id in group.settings.deciders
        for item in mine:
            if item.kind in (SAY, POLL):
                town = await ctx.town_for(person.id, group)
                found.append({"until": item.due, "town": town, "poll": item.kind == POLL, "decides": decides})
            if item.kind == POLL:
                key = ctx.key("day.poll", "tp_see", group.id, item.ref.partition(":")[2])
                keys.append([in_town(ctx, key, town)])
            elif item.kind == SAY:
                label, ref = "say_on" if len(waiting) > 1 else "say", item.ref.partition(":")[2]
                key = ctx.key(label, "c_see", group.id, ref, until=item.due, decides=decides)
                keys.append([in_town(ctx, key, town)])
    return found, keys


async def _to_read(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what waits for somebody who reads incidents: how many, and the way there."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        key = reading_key(ctx, group, member)
        waiting = list((await unread.waiting(ctx, member)).values()) if key else []
        if waiting:
            counts = {kind: sum(kind in what for what in waiting) for kind in (WAITS, CONTACT, SINCE)}
            town = await ctx.town_for(person.id, group)
            found.append({"town": town, **counts})
            keys.append([in_town(ctx, one, town) for one in key])
    return found, keys


async def _wished_of(ctx: Context, person: Person) -> tuple[int, list[list[Key]]]:
    """Return how many want to be contacted by this person, and the way to each."""
    found = [
        (g, one) for g, m in await memberships.of(ctx, person, Rank.MEMBER) for one in await wishes.open_to(ctx, m)
    ]
    return len(found), [[ctx.key("wish.open", "wished", g.id, str(one.id))] for g, one in found]


async def _unmet(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return from whom this person waits to hear, as they have wished, and the way to ask somebody else."""
    found, keys = list[TemplateFacts](), list[list[Key]]()
    for group, member in await memberships.of(ctx, person, Rank.NETWORK):
        town = await ctx.town_for(person.id, group)
        for wish in await wishes.made_by(ctx, member):
            name = (await ctx.work.members.get(wish.to_member)).name
            found.append({"name": name, "town": town})
            keys.append([in_town(ctx, ctx.key("wish.other_than", "unmet", group.id, str(wish.id), name=name), town)])
    return found, keys


async def _unread_in(ctx: Context, person: Person) -> tuple[list[str], list[list[Key]]]:
    """The towns that this person coordinates where an incident has waited too long to be read, and the way there."""
    found = [g for g, _ in await memberships.of(ctx, person, Rank.COORDINATOR) if (await unread.overdue(ctx, g))[0]]
    keys = [[in_town(ctx, ctx.key("unread", "safety", g.id), await ctx.town_for(person.id, g))] for g in found]
    return [g.title for g in found], keys


async def _what_waits(ctx: Context, actor: Actor, _action: Action) -> None:
    await what_waits(ctx, actor.person)


ROUTES: Routes = (*buttons(Rank.NETWORK, About.GROUP, answers=_what_waits),)
