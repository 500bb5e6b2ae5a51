"""Reading incidents, by the group's readers: a list, one incident, and its follow-ups (I.2).

Storage checks the reader at each step and writes each reading into the access log; refusals here are only friendlier.
"""

from collections.abc import Callable, Container, Mapping
from datetime import date
from functools import wraps

from bot.channel.outcomes import Membership
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, May, is_reader
from bot.context.routes import ButtonHandler, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.incidents import chat_cleanup, follow_ups, presence, unread, urgent
from bot.features.incidents.follow_ups import (
    CHOICES,
    DAYS,
    EARLIER,
    HANDED,
    NOTHING_NEW,
    OUTCOMES,
    REPLIES,
    REPLY,
    STEPS,
    SUPPORT_BEGUN,
    SUPPORT_ENDED,
    WAYS,
)
from bot.features.incidents.unread import CONTACTED
from bot.reminders import kinds
from bot.views.exercise import ExerciseView
from bot.views.shared_buttons import page_of
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from messages.voice import TemplateFacts
from storage.errors import NotAllowed, Unknown
from storage.records.follow_ups import OUTCOME, FollowUp
from storage.records.message_notes import AnswerNote
from storage.records.records import Group, Incident, Outgoing, Person, private_chat

PAGE = 6
COUNTED = frozenset({Field.WHEN, Field.KIND})  # what it is counted by, and names nobody
ALL = "all"

Filter = Callable[[Incident], bool]


def _for_readers(handler: ButtonHandler) -> ButtonHandler:
    """Tell whoever may not read incidents, or one that is not there, so."""

    @wraps(handler)
    async def guarded(ctx: Context, actor: Actor, action: Action) -> None:
        try:
            await handler(ctx, actor, action)
        except (NotAllowed, Unknown):
            if not ctx.toast("readers_only", alert=True):
                await ctx.tell(actor, "incidents.readers_only")

    return guarded


def _filters(exercise: Exercise, called: Container[int] = ()) -> Mapping[str, Filter]:
    """Return the filters: all, urgent ones, those whose reporter wants a call and had none (`called`), or one kind."""

    def says_yes(name: Field) -> Filter:
        return lambda incident: exercise.field(name).says(incident.values.get(name), Mark.YES)

    def is_of(kind: str) -> Filter:
        return lambda incident: kind in incident.values.get(Field.KIND, [])

    return {
        ALL: lambda _: True,
        Field.DANGER: says_yes(Field.DANGER),
        Field.MINORS: says_yes(Field.MINORS),
        Field.CONTACT: lambda incident: bool(incident.values.get(Field.CONTACT)) and incident.id not in called,
        **{kind: is_of(kind) for kind in exercise.field(Field.KIND).options},
    }


@_for_readers
async def overview(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a page of incidents by the filter: what is urgent and has not come to its end, then the newest."""
    number, _, chosen = action.arg.partition(":")
    page = int(number or 0)
    followed = await ctx.work.incidents.followed(actor.member)
    called = {id for id, those in followed.items() if follow_ups.contacted(those)}
    ended = {id for id, those in followed.items() if follow_ups.ended(those)}
    filters = _filters(_exercise(ctx), called)
    chosen = chosen if chosen in filters else ALL
    shown, total = await ctx.work.incidents.overview(
        actor.member,
        fits=filters[chosen],
        first=lambda incident: incident.id not in ended and bool(urgent.presses(ctx, incident.values)),
        offset=page * PAGE,
        limit=PAGE,
    )
    group, voice = actor.group, ctx.services.voice
    waiting = await unread.waiting(ctx, actor.member)
    present, at = await _present(ctx, actor), page_of(total, page, PAGE)
    facts = {
        "total": total,
        "page": page + 1,
        "pages": at.pages,
        "filter": _filter_name(ctx, chosen),
        "incidents": [
            {"receipt": i.receipt, "called": i.id in called, "waits": waiting.get(i.id, ()), **_line(ctx, present, i)}
            for i in shown
        ],
    }
    keys = [
        [ctx.key("receipt", "openinc", group.id, str(i.id), receipt=i.receipt) for i in shown[n : n + 3]]
        for n in (0, 3)
    ]
    keys += [
        at.keys(ctx, "incs", group.id, f"{{}}:{chosen}"),
        [Key(voice.label("filter"), Action("incfilter", group.id))],
    ]
    await ctx.reply(actor, "incidents.list", facts, keys)


def _line(ctx: Context, present: ExerciseView, incident: Incident) -> TemplateFacts:
    values = incident.values
    kind, presses = present.exercise.field(Field.KIND), urgent.presses(ctx, values)
    return {
        "when": values.get(Field.WHEN),
        "kind": present.value(kind, values[Field.KIND]) if values.get(Field.KIND) else None,
        "area": values.get(Field.AREA),
        "danger": Field.DANGER in presses,
        "children": Field.MINORS in presses,
        "contact": bool(values.get(Field.CONTACT)),
    }


async def choose_filter(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the filters to choose from."""
    filters = _filters(_exercise(ctx))
    keys = [[Key(_filter_name(ctx, name), Action("incs", actor.group.id, 0, f"0:{name}"))] for name in filters]
    await ctx.reply(actor, "incidents.filter", {}, keys)


def _filter_name(ctx: Context, name: str) -> str:
    exercise = _exercise(ctx)
    kind = exercise.field(Field.KIND)
    if name in kind.options:
        return ctx.services.voice.exercise(exercise.id).option(kind.id, name)
    return ctx.services.voice.label(f"incidents.{name}")


@_for_readers
async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show one incident with its follow-ups."""
    incident, followed = await ctx.work.incidents.read(int(action.arg), actor.member)
    await _open(ctx, actor, incident, followed)


async def _open(ctx: Context, actor: Actor, incident: Incident, followed: list[FollowUp]) -> None:
    wants = bool(incident.values.get(Field.CONTACT)) and not follow_ups.contacted(followed)
    await unread.opened(ctx, actor.group, incident, actor.member, wants=wants)
    await _card(ctx, actor, incident, followed)


async def _card(ctx: Context, actor: Actor, incident: Incident, followed: list[FollowUp]) -> None:
    label, present = ctx.services.voice.label, await _present(ctx, actor)
    fields = [
        {"short": present.short(q.id), "value": present.value(q, incident.values[q.kept_as])}
        for q in present.exercise.questions
        if q.role is not Field.CONTACT and incident.values.get(q.kept_as)
    ]
    contact = incident.values.get(Field.CONTACT)
    facts = {
        "receipt": incident.receipt,
        "logged_on": incident.logged_on,
        "withdrawn": incident.state != "open",
        "fields": fields,
        "contact": present.scene.member(contact["id"]) if contact else None,
        "followed": [{"what": label(f"follow.{f.values['what']}"), "on": f.values["day"]} for f in followed],
    }
    asked = kinds.SINCE in (await unread.waiting(ctx, actor.member)).get(incident.id, ())
    facts["asked"] = asked and incident.state == "open"
    keys = _steps(ctx, actor.group, present, incident, followed, asked=asked) if incident.state == "open" else []
    back = [ctx.key("back", "incs", actor.group.id)]
    await ctx.reply(actor, "incidents.card", facts, [*keys, back], context=chat_cleanup.shows(incident.id))


def _steps(
    ctx: Context, group: Group, present: ExerciseView, incident: Incident, followed: list[FollowUp], *, asked: bool
) -> list[list[Key]]:
    """Return the buttons for what can be noted of an open incident. `asked`: whether anything has happened."""
    id, done = str(incident.id), follow_ups.kinds(followed)

    def today(label: str, what: str) -> Key:
        return ctx.key(label, "follow", group.id, f"{id}:{WAYS.index(what)}:{DAYS['today']}")

    steps = [name for name in STEPS if name != SUPPORT_ENDED or SUPPORT_BEGUN in done]
    wished = incident.values.get(Field.CONTACT) and CONTACTED not in done
    ways = [*([name] for name in steps), HANDED, [OUTCOME], [REPLY]]
    return [
        when(asked, today("nothing_new", NOTHING_NEW)),
        when(wished, today("day.wish_done", CONTACTED)),
        *([follow_ups.way(ctx, group, id, name) for name in row] for row in ways),
        when(_strikable(ctx, present, incident, followed), ctx.key("strike", "strike", group.id, f"{id}:")),
    ]


@_for_readers
async def follow(ctx: Context, actor: Actor, action: Action) -> None:
    """Note a follow-up: what, in which way if there are several, and on which day."""
    id, place, said, known = (*action.arg.split(":"), "", "")[:4]
    group, what = actor.group, WAYS[int(place)]
    day = ctx.today if what in REPLIES else follow_ups.chosen_day(ctx, said)
    back = [ctx.key("back", "openinc", group.id, id)]
    there = (await ctx.work.incidents.followed(actor.member)).get(int(id), [])
    if await _withdrawn(ctx, actor, int(id)):
        ctx.toast("incident_withdrawn", alert=True)
        await show(ctx, actor, Action("openinc", group.id, 0, id))
    elif what in CHOICES:
        ways = CHOICES[what]
        keys = [*([follow_ups.way(ctx, group, id, way)] for way in ways), back]
        await _ask(ctx, actor, "incidents.how", id, what, keys, twice=what == OUTCOME, reply=what == REPLY)
    elif day is None:
        month, keys = follow_ups.days(ctx, group, f"{id}:{place}", said, len(there))
        await _ask(ctx, actor, "incidents.day", id, what, [*keys, back], months=said == EARLIER, month=month)
    else:
        again = follow_ups.is_there(there, what, day, int(known) if known else None)
        await _note(ctx, actor, int(id), what, day, again=again)


async def _note(ctx: Context, actor: Actor, id: int, what: str, day: date, *, again: bool) -> None:
    """Keep a follow-up, unless it is there `again`, and show the incident."""
    if not again:
        await ctx.work.incidents.follow_up(id, actor.member, {"what": what, "day": day.isoformat()})
    incident, followed = await ctx.work.incidents.read(id, actor.member)
    if again:
        ctx.toast("noted_already")
    elif what == CONTACTED:
        await unread.contacted(ctx, actor.group, id)
        ctx.toast("check_in.granted")
    else:
        await unread.followed(ctx, actor.group, id, ended=what == NOTHING_NEW or what in OUTCOMES)
    await _card(ctx, actor, incident, followed)


async def _withdrawn(ctx: Context, actor: Actor, number: int) -> bool:
    """True if whoever logged an incident has taken it back since its message was shown."""
    incident = await ctx.work.incidents.lookup(number)
    return incident is not None and incident.group_id == actor.group.id and incident.state != "open"


@_for_readers
async def strike_out(ctx: Context, actor: Actor, action: Action) -> None:
    """Remove what should not be in an incident, a field or something noted since: choose, confirm, and it is gone."""
    id, name, *sure = action.arg.split(":")
    group = actor.group
    if sure:
        await _strike(ctx, actor, int(id), name)
        return
    incident, followed = await ctx.work.incidents.read(int(id), actor.member)
    there = _strikable(ctx, await _present(ctx, actor), incident, followed)
    keys = [[Key(short, Action("strike", group.id, 0, f"{id}:{n}"))] for n, short in there.items()]
    if name in there:
        keys = [[ctx.key("strike_sure", "strike", group.id, f"{id}:{name}:yes")]]
    keys.append([ctx.key("back", "openinc", group.id, id)])
    facts = {"short": there.get(name), "noted": name.isdecimal()}
    await ctx.reply(actor, "incidents.strike", facts, keys, context=chat_cleanup.shows(incident.id))


async def _strike(ctx: Context, actor: Actor, id: int, name: str) -> None:
    """Remove a field, or what was noted (by its id), and show the incident. Raises NotAllowed, Unknown."""
    try:
        if name.isdecimal():
            await follow_ups.take_back(ctx, actor, int(name))
        else:
            await unread.struck(ctx, actor.group, await ctx.work.incidents.strike_out(id, actor.member, name))
    except (NotAllowed, Unknown):
        if not await ctx.work.incidents.may_read(actor.member):
            raise
        ctx.toast("day.settled")  # gone already, with the first of two taps
    incident, followed = await ctx.work.incidents.read(id, actor.member)
    await _open(ctx, actor, incident, followed)


def _strikable(ctx: Context, present: ExerciseView, incident: Incident, followed: list[FollowUp]) -> dict[str, str]:
    """Return what can be removed, with its words for people: fields by their stored name, what is noted by its id."""
    asked = (q for q in present.exercise.questions if incident.values.get(q.kept_as) and q.role not in COUNTED)
    label = ctx.services.voice.label
    noted = {
        str(one.id): label("noted", {"what": label(f"follow.{one.values['what']}"), "on": one.values["day"]})
        for one in followed
    }
    return {q.kept_as: present.short(q.id) for q in asked} | noted


async def _ask(
    ctx: Context, actor: Actor, name: str, id: str, what: str, keys: list[list[Key]], **asked: str | bool | None
) -> None:
    facts = {"what": ctx.services.voice.label(f"follow.{what}"), **asked}
    await ctx.reply(actor, name, facts, keys, context=chat_cleanup.shows(int(id)))


async def is_shown(ctx: Context, person: Person) -> Outgoing | None:
    """Return the newest message in somebody's chat if it shows them an incident to read."""
    newest = await ctx.work.outbox.newest(private_chat(person.id))
    return newest if newest is not None and newest.about is not None and newest.context.incident else None


async def wrote(ctx: Context, person: Person, message_id: int) -> bool:
    """Delete what a reader writes under an incident, where buttons suffice; False if they are not shown one."""
    newest = await is_shown(ctx, person)
    if newest is None or newest.about is None:
        return False
    await ctx.delete(person.id, message_id, about=newest.about)
    await ctx.to_person(person.id, "incidents.tap", about=newest.about, context=newest.context)
    return True


def _exercise(ctx: Context) -> Exercise:
    return ctx.services.process.with_role(ExerciseRole.INCIDENT)


async def _present(ctx: Context, actor: Actor) -> ExerciseView:
    """Return the view of all questions: what was once asked can be read, even if it is asked no more."""
    scene = await runner.scene_of(ctx, actor.group)
    return ExerciseView(ctx.services.voice, scene, _exercise(ctx))


# -- who still is there ------------------------------------------------------------------------------------------------
OPENINGS = {"incs": overview, "openinc": show, "follow": follow}


async def opening(ctx: Context, actor: Actor, action: Action | str = "") -> None:
    """Open something for a reader, once it is known that they are still in the group's chat."""
    chosen = action if isinstance(action, Action) else Action("incs", actor.group.id)
    if await presence.is_here(ctx, actor, chosen):
        await OPENINGS[chosen.verb](ctx, actor, chosen)


async def looked_up(ctx: Context, group: Group, note: AnswerNote, found: Membership | None) -> None:
    """Go on after the channel's answer whether a reader is there (None: refused). Who is gone has no seat any more."""
    member = await ctx.work.members.get(note.member)
    if not is_reader(member, group):
        await ctx.to_person(member.person_id, "start.not_yours")
        return
    if found is not None and found.inside:
        group = await presence.seen(ctx, group, member)
    elif not await presence.may_go_by(ctx, group, member):
        return
    ctx.tapped = note.message
    actor = Actor(await ctx.work.people.get(member.person_id), group, member)
    await OPENINGS[note.verb](ctx, actor, Action(note.verb, group.id, 0, note.arg))


ROUTES: Routes = (
    *buttons(May.READ, About.GROUP, incfilter=choose_filter, strike=strike_out, **dict.fromkeys(OPENINGS, opening)),
)
