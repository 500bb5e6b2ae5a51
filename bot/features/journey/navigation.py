"""Navigation: the map, a step's guide, an exercise's page, and what waits for a person.

The map, the steps and the exercises are pages: each replaces the one it was opened from.
"""

from bot.context.context import Actor, Context
from bot.context.message import Key, Keys
from bot.context.permissions import About, Role, is_reader, role_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, preconditions, runner, shared_answers
from bot.exercises.edited_answers import history_keys
from bot.features.incidents import second_approval
from bot.features.journey import about, at_the_door, own_hand, process_leaders, wanted_texts
from bot.features.journey.past_rounds import look_back_keys
from bot.features.journey.session_keys import todays_session_keys
from bot.features.journey.status import for_a_session, map_facts, map_of, onward_keys, step_to_open
from bot.features.registers import registers
from bot.reminders import open_items
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, title_for
from bot.views.process import step_outline
from bot.views.shared_buttons import beside_keys, in_town, open_key, picture_key
from flows.model import Exercise, ExerciseRole, How
from flows.several_lines import said_apart
from flows.state import Phase, Place, Run, Visit
from messages.voice import TemplateFacts
from storage import records
from storage.message_notes import MessageContext
from storage.records import Group, HeldText, Member, Person, group_chat, private_chat

PAGE = MessageContext(page=True)
OUTWARD = " ↗"  # beside the title of an activity that turns to others
FIRST = 2  # things that are to be shown or ended, before what comes next
BESIDE = 4  # steps beside each other: more do not fit on a phone


# -- the map -----------------------------------------------------------------------------------------------------------
async def show_map(ctx: Context, actor: Actor, _action: Action | str = "") -> None:
    """Show the map, with buttons for what the reader can do."""
    if actor.member.role != "core":
        await _map_of_others(ctx, actor)
        return
    group, found = actor.group, await map_of(ctx, actor.group)
    voice = ctx.services.voice
    keys: list[list[Key]] = []
    if found.now:
        going_on = [] if actor.in_group else [s for s in found.now.stops if s.state in ("open", "talk")]
        going_on = [s for s in going_on if s.exercise != found.next]
        keys += [[Key(voice.title_of(s.exercise), Action("view", 0, 0, s.exercise))] for s in going_on]
        keys.append([ctx.key("about_step", "step", group.id, str(found.now.number), n=found.now.number)])
        if actor.member.coordinator:
            going = [step.number for step in found.steps if step.state == "now"]
            several = len(going) > 1
            keys += [[ctx.key("session.start", "session", group.id, str(n), n=n, several=several)] for n in going]
    if found.next:
        keys.insert(0, [ctx.key("next", "view", 0, found.next, title=voice.title_of(found.next))])
    opened = group.settings.steps
    others = [n for n in opened if found.now is None or n != found.now.number]
    if not actor.in_group:
        steps = [Key(voice.label("step_number", {"n": n}), Action("step", group.id, 0, str(n))) for n in others]
        keys += [steps[i : i + BESIDE] for i in range(0, len(steps), BESIDE)]
    following = step_to_open(group, found)
    if following is not None and actor.member.coordinator and not actor.in_group:
        keys.append([ctx.key("step.open", "opens", group.id, str(following), n=following)])
    keys.append([picture_key(ctx, "progress", group.id), ctx.key("documents.open", "docs", group.id)])
    await page(ctx, actor, "map", map_facts(ctx, group, found), keys)


async def _map_of_others(ctx: Context, actor: Actor) -> None:
    """Show what is open to the network; or, to a process leader, how far the town is."""
    if actor.member.role == process_leaders.ROLE:
        await process_leaders.show_map(ctx, actor)
        return
    voice, found = ctx.services.voice, await map_of(ctx, actor.group)
    stops = [stop for step in found.steps for stop in step.stops if stop.run is not None]
    mine = [stop for stop in stops if actor.member.role in ctx.services.process.exercises[stop.exercise].who]
    keys = [[Key(voice.title_of(stop.exercise), Action("view", 0, 0, stop.exercise))] for stop in mine]
    facts = {
        "town": actor.group.title,
        "stops": [{"title": voice.title_of(stop.exercise), "state": stop.state} for stop in mine],
    }
    await page(ctx, actor, "map_network", facts, keys)


async def page(ctx: Context, actor: Actor, name: str, facts: TemplateFacts, keys: list[list[Key]]) -> None:
    """Show a page in the place of the one that was tapped."""
    if actor.in_group:
        await ctx.to_group(actor.group, name, facts, keys, edit=await page_before(ctx, actor), context=PAGE)
        return
    keys = [[_scoped(key, actor.group) for key in row] for row in keys]
    before = await page_before(ctx, actor)
    await ctx.tell(actor, name, facts, keys, edit=before, context=PAGE)


async def page_before(ctx: Context, actor: Actor) -> int | None:
    """Return the message that was tapped, if it is a page, which the next one replaces."""
    if not actor.message_id:
        return None
    chat = group_chat(actor.group.id) if actor.in_group else private_chat(actor.person.id)
    message = await ctx.work.outbox.by_message(chat, actor.message_id)
    return actor.message_id if message is not None and message.context.page else None


def _scoped(key: Key, group: Group) -> Key:
    """Let a button in a private chat name its group, in `ask`, which is free outside of a dialogue."""
    if key.action is None or key.action.run:
        return key
    return Key(key.label, Action(key.action.verb, key.action.run, group.id, key.action.arg))


async def show_step(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a step's guide: why, what it takes, tips, and its exercises."""
    voice, number = ctx.services.voice, int(action.arg)
    step = ctx.services.process.step(number)
    unchosen = await shared_answers.unchosen(ctx, actor.group)
    names = sorted(step.exercises, key=lambda name: name in unchosen)  # what the group has not chosen comes last
    facts = {**step_outline(voice, step), **_led(ctx, actor.group, number)}
    facts["unchosen"] = [voice.title_of(name) for name in names if name in unchosen]
    outward = {name for name in names if ctx.services.process.exercises[name].outward}
    facts["outward"] = bool(outward)
    keys = [[Key(f"{voice.title_of(name)}{OUTWARD * (name in outward)}", Action("view", 0, 0, name))] for name in names]
    if actor.member.coordinator and not actor.in_group:
        keys += await _step_keys(ctx, actor.group, number)
    keys.append([ctx.key("map", "map", actor.group.id)])
    await page(ctx, actor, "step", facts, keys)


def _led(ctx: Context, group: Group, number: int) -> TemplateFacts:
    """Return how the coordinators led this step: closed unfinished, or gone on against advice."""
    closed = group.settings.closed.get(number)
    against = (preconditions.overruled(group, f"{what}:{number}") for what in ("step", "gate"))
    titles = [ctx.services.voice.title_of(name) for name in closed.missing] if closed else []
    return {"closed": closed, "missing": titles, "overruled": [kept for kept in against if kept]}


async def _step_keys(ctx: Context, group: Group, number: int) -> list[list[Key]]:
    if number not in group.settings.steps:
        return [[ctx.key("step.open", "opens", group.id, str(number), n=number)]]
    if number in group.settings.closed:
        return [[ctx.key("step.reopen", "reopens", group.id, str(number))]]
    session = ctx.key("session.start", "session", group.id, str(number), n=number, several=False)
    return [
        [session] if await for_a_session(ctx, group, number) else [],
        [ctx.key("step.closing", "closes", group.id, str(number))],
    ]


# -- an exercise -------------------------------------------------------------------------------------------------------
async def view(ctx: Context, actor: Actor, action: Action) -> None:
    """Show an exercise's page: what it is, and what the reader can do."""
    exercise = ctx.services.process.exercises.get(action.arg)
    if exercise is None or exercise.private or actor.member.role not in exercise.who:
        ctx.toast("old_button")
        return
    record = await ctx.work.runs.latest(actor.group.id, exercise.id)
    if record is not None and record.phase == Phase.OPEN and not actor.in_group:
        await registers.answer_or_list(ctx, actor, runner.load(ctx, record))
        return
    facts = await about.facts_of(ctx, actor, exercise, record)
    looking = await look_back_keys(ctx, actor, exercise)
    if record is not None:
        run = runner.load(ctx, record)
        history = [] if actor.in_group else await history_keys(ctx, run, actor.member)
        looking = [*looking, *history, *beside_keys(ctx, run)]
    ask = await process_leaders.ask_keys(ctx, actor, exercise.id)
    await page(ctx, actor, "exercise", facts, [*looking, *ask, *_exercise_keys(ctx, actor, exercise, record)])


def _exercise_keys(ctx: Context, actor: Actor, exercise: Exercise, record: records.Run | None) -> list[list[Key]]:
    """Return the buttons to begin it, for those who may, or to open its round.

    A button to begin again names the round before, so that an old one begins nothing.
    """
    keys: list[list[Key]] = []
    if not (actor.member.coordinator or actor.in_group):
        pass  # the text says who may begin it; a button in the group is for those who may
    elif record is None:
        keys.append([ctx.key("begin", "begin", 0, exercise.id)])
    elif record.phase in (Phase.ASIDE, Phase.CONCLUDED):
        keys.append([ctx.key("begin" if record.phase == Phase.ASIDE else "begin_again", "begin", record.id)])
    goes_on = exercise.register or exercise.unseen  # also after its end
    if record is not None and (record.phase == Phase.OPEN or (goes_on and record.phase == Phase.CONCLUDED)):
        keys.append([open_key(ctx, exercise, record.id, in_group=actor.in_group)])
    if record is not None and record.phase == Phase.REVEALED and actor.member.coordinator and not actor.in_group:
        keys.append([ctx.key("close", "close", record.id)])
    keys.append([ctx.key("map", "map", actor.group.id)])
    return keys


# -- one's own ---------------------------------------------------------------------------------------------------------
async def home_keys(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    """Return the buttons of a member's start page. Coordinators can go straight to the next exercise."""
    keys = [[ctx.key("map", "map", group.id)]]
    if member.role != process_leaders.ROLE:
        keys.insert(0, [ctx.key("what_waits", "answers", group.id)])
    keys.append([ctx.key("log", "log", group.id), *reading_key(ctx, group, member)])  # always at hand
    if role_of(member, group) >= Role.NETWORK:
        keys.append([ctx.key("more", "more", group.id)])
    if member.coordinator:
        by_hand = [one.key for one in await own_hand.waiting(ctx, group, member) if one.task in own_hand.UNDER_WAY]
        onward = onward_keys(ctx, group, await map_of(ctx, group))
        keys[:0] = [*await todays_session_keys(ctx, group), *([key] for key in by_hand[:FIRST]), *onward]
    if role_of(member, group) is Role.MEMBER and await open_items.is_vacant(ctx, group):
        keys.insert(0, [ctx.key("stand_in", "standin", group.id)])
    if member.coordinator and ctx.services.page_url:
        keys.append([ctx.key("admission.make", "seatlink", group.id)])
    return keys


def reading_key(ctx: Context, group: Group, member: Member) -> list[Key]:
    """Return the button to what was logged, for those whom the group has named to read it."""
    return [ctx.key("read_incidents", "incs", group.id)] if is_reader(member, group) else []


async def home(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """Show the start of the private chat to a member."""
    facts = {"town": actor.group.title, "name": actor.member.name, "coordinator": actor.member.coordinator}
    facts["vacant"] = await open_items.is_vacant(ctx, actor.group)
    standing = actor.group.settings.stand_ins
    facts["stands_in"] = actor.member.id in standing
    missed = [id for id, kept in standing.items() if actor.member.id in kept.instead_of]
    facts["stood_in_by"] = [(await ctx.work.members.get(id)).name for id in missed]
    back = [[ctx.key("take_back", "takeback", actor.group.id)]] if missed else []
    told = await second_approval.told_to(ctx, actor.group, actor.member)
    facts["told"] = [one for one, _ in told]
    keys = [
        *(row for _, row in told),
        *back,
        *await paused_keys(ctx, actor),
        *await home_keys(ctx, actor.group, actor.member),
    ]
    await ctx.tell(actor, "home", facts, keys)


async def held_in(ctx: Context, group: Group, member: Member) -> list[tuple[HeldText, list[Key]]]:
    """Return this member's texts that they have not said the place of, each with the way to say it."""
    mine = await ctx.work.held_texts.of(member.person_id, ctx.today)
    return [
        (held, [ctx.key("held_open", "held", group.id, str(held.id))]) for held in mine if held.group_id == group.id
    ]


async def paused_keys(ctx: Context, actor: Actor) -> list[list[Key]]:
    """Return the buttons back to what this person has begun and paused, and to texts that they have to place.

    An incident that they have hidden with /dolj is not named here.
    """
    runs = [runner.load(ctx, record) for record in await ctx.work.runs.all_of(actor.group.id)]
    voice = ctx.services.voice
    asked = {prompt.context.run for prompt in await ctx.work.prompts.of(actor.person.id)}
    runs = [run for run in runs if run.number in asked or run.exercise.role is not ExerciseRole.INCIDENT]
    paused = [
        [ctx.key("resume_title", "open", run.number, title=title_for(actor.member, voice.exercise(run.exercise.id)))]
        for run in runs
        if _is_paused(run, actor.member) or (_waits(run, actor.member) and run.visit(actor.member.id).paused)
    ]
    wanted = [keys for _, keys in await wanted_texts.unsaved(ctx, actor.group, actor.member)]
    return [*(keys for _, keys in await held_in(ctx, actor.group, actor.member)), *wanted, *paused]


async def memberships(ctx: Context, person: Person, least: Role = Role.MEMBER) -> list[tuple[Group, Member]]:
    """Return the groups in which this person has at least this role, each once."""
    found: dict[int, tuple[Group, Member]] = {}
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        if role_of(member, group) >= least and group.state == "active":
            found[group.id] = (group, member)  # the later one
    return list(found.values())


async def shut(ctx: Context, person: Person) -> list[Group]:
    """Return the groups in which this person has a seat and whose chat the bot has been removed from."""
    seats = [m for m in await ctx.work.members.of_person(person.id) if m.state != "left"]
    groups = [await ctx.work.groups.get(member.group_id) for member in seats]
    return [group for group in groups if group.state == "away"]


async def way_back(ctx: Context, person: Person) -> Keys:
    """Return the button home for somebody who was refused and has a seat elsewhere."""
    return [[ctx.key("what_waits", "answers")]] if await memberships(ctx, person, Role.INVITED) else []


async def refuse(ctx: Context, person: Person, otherwise: str, group: Group | None = None) -> None:
    """Say that the bot has been removed from their group (or this one); if that is not the reason, say `otherwise`."""
    groups = [one for one in await shut(ctx, person) if group is None or one.id == group.id]
    keys = await way_back(ctx, person)
    if groups:
        await ctx.to_person(person.id, "out_of_group", {"towns": [one.title for one in groups]}, keys)
    else:
        await ctx.to_person(person.id, otherwise, keys=keys)


async def coming_in(ctx: Context, person: Person) -> tuple[list[str], list[list[Key]]]:
    """Return the towns that this person is joining and whose promise they have not answered, with a button each."""
    found = await memberships(ctx, person, Role.INVITED)
    waiting = [(g, m) for g, m in found if m.state == "invited" and m.role != "guest" and m.agreed_at is None]
    keys = [await way_in_key(ctx, person, group, member) for group, member in waiting]
    for group, member in found:
        if member.role == "guest" and await at_the_door.state_of(ctx, group, member) is at_the_door.GuestNotice.UNNAMED:
            waiting.append((group, member))
            keys.append(ctx.key("resume", "ownguest", group.id))
    return [group.title for group, _ in waiting], [[key] for key in keys]


async def way_in_key(ctx: Context, person: Person, group: Group, member: Member) -> Key:
    """Return the button to go on with joining: to the promise or, for people from outside, to their yes."""
    if member.role == process_leaders.ROLE:
        return ctx.key("leader.yes", "deciding" if member.id in group.settings.deciders else "leading", group.id)
    return in_town(ctx, ctx.key("day.come_in", "enter", group.id), await ctx.town_for(person.id, group))


async def open_to(ctx: Context, person: Person) -> tuple[list[TemplateFacts], list[list[Key]]]:
    """Return what is open to a person, across their groups: its name, and a button."""
    entries: list[TemplateFacts] = []
    keys: list[list[Key]] = []
    for group, member in await memberships(ctx, person, Role.INVITED):
        town = await ctx.town_for(person.id, group)
        for record in await ctx.work.runs.all_of(group.id):
            run = runner.load(ctx, record)
            held = run.visit(member.id).held
            asks = held is not None and not held.apart and run.phase in (Phase.OPEN, Phase.REVEALED)
            waits = role_of(member, group) >= Role.NETWORK and (await _waits_for(ctx, group, run, member) or asks)
            if not (_is_paused(run, member) or waits):
                continue
            sheet, together = run.sheet(member.id), run.exercise.how is How.GROUP
            present = ExerciseView(ctx.services.voice, Scene(group, {}, {}), run.exercise)  # without names
            outside, title = member.role == "guest", title_for(member, present.words)
            anew = run.exercise.approves and await approved_texts.withdrawn(ctx, group, run, member.id)
            entry = {
                "again": anew,
                "asks": asks,
                "private": run.exercise.private or outside,
                "done": run.filled_in if together else sheet.handed_in and not run.exercise.private,
                "unsent": run.visit(member.id).place is Place.SUMMARY and run.exercise.how in (How.EACH, How.ORG),
            }
            pasted = run.visit(member.id).waits_apart
            answered = sheet.answered.intersection(run.asked(run.owner(member.id)))
            counts = {"answered": len(answered), "pasted": len(said_apart(run, pasted)) if pasted else 0}
            begun = run.exercise.how is How.ROWS and bool(run.visit(member.id).begun_row)
            outline = {**present.outline(run, run.owner(member.id)), "title": title, "town": town}
            if outside:  # the day is the group's own
                outline["answer_by"] = None
            entries.append({**outline, **entry, **counts, "begun": begun})
            keys.append([in_town(ctx, Key(title, Action("open", run.number)), town)])
    return entries, keys


async def reminded_of(ctx: Context, person: Person) -> bool:
    """True if something is open that the bot reminds this person of, in any of their groups."""
    seats = [member for _, member in await memberships(ctx, person, Role.LEADER)]
    items = [one for seat in seats for one in await ctx.work.open_items.of_member(seat.id)]
    return any(one.state != "closed" for one in items)


def _is_paused(run: Run, member: Member) -> bool:
    """True if this member has paused something of their own: joining, their profile, an incident, a form."""
    visit, seat = run.visits.get(member.id, Visit()), run.seats.get(member.id)
    if run.phase is not Phase.OPEN or seat is None or not seat.awaited:
        return False
    own = run.exercise.private or member.role == "guest"
    coming_in = member.state == "invited" and visit.place is Place.SUMMARY
    return own and (visit.paused or visit.takes_text or bool(visit.draft) or coming_in)


async def _waits_for(ctx: Context, group: Group, run: Run, member: Member) -> bool:
    """True if a run is open to this member: not a list that only others write in, nor what nobody has needed yet."""
    if not _waits(run, member):
        return False
    visit = run.visit(member.id)
    begun = visit.paused or bool(visit.begun_row) or visit.waits_apart is not None
    if run.exercise.always and not begun and not await shared_answers.holds_anything(ctx, group, run):
        return False
    return run.exercise.register is None or await preconditions.may_write(ctx, group, run.exercise, member)


def _waits(run: Run, member: Member) -> bool:
    """True if a run is open to this member, who may still answer or change an answer."""
    seat = run.seats.get(member.id)
    if run.exercise.private or run.spoken or seat is None or not (seat.awaited or run.exercise.approves):
        return False  # an organisation that was set aside as silent can still answer
    return run.phase is Phase.OPEN or (run.phase is Phase.REVEALED and not run.sheet(member.id).handed_in)


ROUTES: Routes = (
    *buttons(Role.LEADER, About.GROUP, map=show_map),
    *buttons(Role.MEMBER, About.GROUP, step=show_step),
    *buttons(Role.NETWORK, About.GROUP, view=view),
)
