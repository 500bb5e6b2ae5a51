"""Navigation: the map, a step's guide, an exercise's page.

The map, the steps and the exercises are pages: each replaces the one it was opened from.
"""

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import preconditions, runner, shared_answers
from bot.exercises.edited_answers import history_keys
from bot.features.process import about, looking_on, process_leaders
from bot.features.process.past_rounds import look_back_keys
from bot.features.process.status import for_a_session, map_facts, map_of, step_to_open
from bot.features.registers import registers
from bot.views.process import step_outline
from bot.views.shared_buttons import beside_keys, open_key, picture_key
from flows.definitions.model import Exercise
from flows.run.state import Phase
from flows.timing.journey import Map
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Group, group_chat, private_chat
from storage.records.runs import Run as Record

PAGE = MessageContext(page=True)
OUTWARD = " ↗"  # beside the title of an activity that turns to others
BESIDE = 4  # steps beside each other: more do not fit on a phone


# -- the map -----------------------------------------------------------------------------------------------------------
async def show_map(ctx: Context, actor: Actor, _action: Action | str = "") -> None:
    """Show the map, with buttons for what the reader can do."""
    if actor.member.role != "core":
        await _map_of_others(ctx, actor)
        return
    group, found = actor.group, await map_of(ctx, actor.group)
    keys = _ways_on(ctx, actor, found)
    if not actor.in_group:
        opened = [n for n in group.settings.steps if found.now is None or n != found.now.number]
        steps = [
            Key(ctx.services.voice.label("step_number", {"n": n}), Action("step", group.id, 0, str(n))) for n in opened
        ]
        keys += [steps[i : i + BESIDE] for i in range(0, len(steps), BESIDE)]
        following = step_to_open(group, found)
        if following is not None and actor.member.coordinator:
            keys.append([ctx.key("step.open", "opens", group.id, str(following), n=following)])
    keys.append([picture_key(ctx, "progress", group.id), ctx.key("documents.open", "docs", group.id)])
    await page(ctx, actor, "map", map_facts(ctx, group, found), keys)


def _going_on(found: Map) -> list[str]:
    """The exercises of the step at hand that are open, but for the next one."""
    stops = found.now.stops if found.now else ()
    return [stop.exercise for stop in stops if stop.state in ("open", "talk") and stop.exercise != found.next]


def _ways_on(ctx: Context, actor: Actor, found: Map) -> list[list[Key]]:
    """What is next, what goes on, the step that the group is at, and the session that a coordinator can begin."""
    group, voice = actor.group, ctx.services.voice
    keys = [[ctx.key("next", "view", 0, found.next, title=voice.title_of(found.next))]] if found.next else []
    if found.now is None:
        return keys
    going_on = [] if actor.in_group else _going_on(found)
    keys += [[Key(voice.title_of(one), Action("view", 0, 0, one))] for one in going_on]
    keys.append([ctx.key("about_step", "step", group.id, str(found.now.number), n=found.now.number)])
    going = [step.number for step in found.steps if step.state == "now"] if actor.member.coordinator else []
    several = len(going) > 1
    return keys + [[ctx.key("session.start", "session", group.id, str(n), n=n, several=several)] for n in going]


async def _map_of_others(ctx: Context, actor: Actor) -> None:
    """Show what is open to the network; or, to a process leader, how far the town is."""
    if actor.member.role == looking_on.ROLE:
        await process_leaders.show_map(ctx, actor)
        return
    voice, found = ctx.services.voice, await map_of(ctx, actor.group)
    stops = [stop for step in found.steps for stop in step.stops if stop.run is not None]
    mine = [stop for stop in stops if actor.member.role in ctx.services.process.exercises[stop.exercise].who]
    keys = [[Key(voice.title_of(stop.exercise), Action("view", 0, 0, stop.exercise))] for stop in mine]
    if not keys:  # there is a way on, also where nothing is open
        keys = [[ctx.key("home.calendar", "calendar", actor.group.id), ctx.key("what_waits", "answers")]]
    facts = {
        **map_facts(ctx, actor.group, found),
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
    outward = {name for name in names if ctx.services.process.exercises[name].staging.outward}
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
    exercise = required(ctx.services.process.exercises.get(action.arg))
    demand(not exercise.private and actor.member.role in exercise.who)
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
        late = run.phase is Phase.REVEALED and not run.spoken
        if late and not actor.in_group and actor.member.id in run.members_of(*run.waiting_for()):
            looking.insert(0, [ctx.key("answer", "open", run.number)])
    ask = await process_leaders.ask_keys(ctx, actor, exercise.id)
    await page(ctx, actor, "exercise", facts, [*looking, *ask, *_exercise_keys(ctx, actor, exercise, record)])


def _exercise_keys(ctx: Context, actor: Actor, exercise: Exercise, record: Record | None) -> list[list[Key]]:
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


ROUTES: Routes = (
    *buttons(Rank.LEADER, About.GROUP, map=show_map),
    *buttons(Rank.MEMBER, About.GROUP, step=show_step),
    *buttons(Rank.NETWORK, About.GROUP, view=view),
)
