"""Links for devices at work (I.1): people there log incidents and see where to turn, without an account.

A link shows nothing of the town but its name and phone numbers, is valid for a year, and can be revoked by a
coordinator. As the reporter is not known, nobody can correct the incident later or be called; the receipt is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from bot.channel.updates import Sender
from bot.context import abuse_limits, invitations
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.routes import NOTHING_KEPT, Invitation, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.identities.identity_search import identities_in
from bot.features.incidents import report
from bot.identities.finder import find
from bot.views.exercise import ExerciseView
from bot.views.shared_buttons import copy_key
from flows.answers import clean
from flows.engine.engine import advance
from flows.enums import Field
from flows.input_errors import Trouble
from flows.run.effects import FormTaken, KeepRow
from flows.run.events import Entry, Filled
from flows.run.state import Phase, Run, Seat
from storage.records.links import Link
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Incident, Person

PURPOSE: Final = "device"
GOOD_FOR: Final = timedelta(days=365)
LONGEST_NAME: Final = 40
MOST: Final = 20  # links of a group at a time
NOBODY: Final = 0  # the reporter: no person has this id
SEAT: Final = 0  # the member in that round, which is kept nowhere


# -- whoever coordinates -----------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the valid links, or one of them; make one, or revoke one."""
    what, _, number = action.arg.partition(":")
    group = actor.group
    if not group.settings.readers and what == "new":  # what is logged there would be read by nobody
        await ctx.reply(actor, "device.readers_first", {}, [[ctx.key("choose_readers", "readers", group.id)]])
        return
    refs = {link.ref or "" for link in await ctx.work.links.of_group(group.id, PURPOSE)}
    if what == "new" and len(refs) < MOST:
        number = str(max(map(int, refs), default=0) + 1)
        await invitations.make(ctx, group, PURPOSE, number, GOOD_FOR)
    elif what == "end" and number in refs:
        await ctx.work.links.revoke(group.id, PURPOSE, number)
        group, refs, number = await _name(ctx, group, number, ""), refs - {number}, ""
    given = await invitations.given(ctx, group, PURPOSE, number) if number else None
    if given is None:
        await _show_all(ctx, actor, group, sorted(refs, key=int))
    elif what == "name":
        context = MessageContext(want="device_name", group=group.id, what=number)
        await _ask_name(ctx, actor, context, trouble=False)
    else:
        await _show_one(ctx, actor, group, number, given)


async def _show_one(ctx: Context, actor: Actor, group: Group, number: str, given: invitations.GivenLink) -> None:
    named, address = group.settings.places.device_names.get(number, ""), ctx.services.page_url
    sheet = f"{address}/logga/{given.url.rpartition('/')[2]}/blad" if address else ""
    facts = {"number": number, "name": named, "url": given.url, "until": given.until, "sheet": sheet}
    name_it = ctx.key("device.name", "devices", group.id, f"name:{number}")
    end = ctx.key("device.end", "devices", group.id, f"end:{number}")
    keys = [[copy_key(ctx, given.url)], [name_it], [end], [_back(ctx, group, "devices")]]
    await ctx.reply(actor, "device.link", facts, keys)


async def _show_all(ctx: Context, actor: Actor, group: Group, refs: Sequence[str]) -> None:
    names = group.settings.places.device_names
    keys = [
        [ctx.key("device.one", "devices", group.id, f"show:{ref}", number=ref, name=names.get(ref, ""))] for ref in refs
    ]
    keys.append(when(len(refs) < MOST, ctx.key("device.new", "devices", group.id, "new:")))
    await ctx.reply(actor, "device.all", {"count": len(refs)}, [*keys, [_back(ctx, group, "safety")]])


async def _ask_name(ctx: Context, actor: Actor, context: MessageContext, *, trouble: bool) -> None:
    hint = ctx.services.voice.label("device.name_hint")
    await ctx.tell(actor, "device.name", {"trouble": trouble}, context=context, write_for=hint)


async def _name(ctx: Context, group: Group, number: str, name: str) -> Group:
    """Note where the link of this number is used; without a name, forget it."""
    names = {ref: known for ref, known in group.settings.places.device_names.items() if ref != number}
    names |= {number: name} if name else {}
    return await ctx.work.groups.settle(group, replace(group.settings.places, device_names=names))


async def take_name(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the name of a link, such as the place of the device."""
    name = " ".join(clean(text).split())[:LONGEST_NAME]
    if not name or find(text):
        await _ask_name(ctx, actor, context, trouble=True)
        return
    group = await _name(ctx, actor.group, context.what, name)
    await show(ctx, replace(actor, group=group), Action("devices", group.id, 0, f"show:{context.what}"))


def _back(ctx: Context, group: Group, verb: str) -> Key:
    return ctx.key("back", verb, group.id)


async def follow(ctx: Context, person: Person, _link: Link, _sender: Sender) -> None:
    """Tell somebody who opens such a link in a chat that it is for a browser."""
    await ctx.to_person(person.id, "device.here")


# -- whoever stands at the device --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Logged:
    """The result of a form: an incident, or what could not be taken; `wait`: minutes, if too much was sent."""

    incident: Incident | None = None
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    wait: int = 0


async def blank(ctx: Context, group: Group) -> tuple[Run, ExerciseView]:
    """Return the questions, in a round for one form, without the wish to be called."""
    exercise = report.asking(ctx)
    contact = exercise.field(Field.CONTACT).id
    fitted = exercise.fitted(group.settings.lists, ctx.services.allowed)
    fitted = replace(fitted, questions=tuple(q for q in fitted.questions if q.id != contact))
    run = Run(fitted, 0, phase=Phase.OPEN, seats={SEAT: Seat(SEAT, None)})
    return run, ExerciseView(ctx.services.voice, await runner.scene_of(ctx, group, exercise), fitted)


async def log(ctx: Context, link: Link, entered: Mapping[str, Entry]) -> Logged:
    """Log what was filled in, if all of it can be taken. Texts that point somebody out are kept nowhere."""
    assert link.group_id is not None
    group = await ctx.work.groups.get(link.group_id)
    run, _ = await blank(ctx, group)
    device = -link.id  # no person's number
    limits = ((abuse_limits.INCIDENTS, device), (abuse_limits.GROUP_INCIDENTS, group.id))
    if wait := report.minutes_to_wait(ctx, limits):
        return Logged(wait=wait)
    entries = {
        key: replace(entry, identities=await identities_in(ctx, group, entry.text), comment="")
        for key, entry in entered.items()
        if key in run.keys()
    }
    turn = advance(run, Filled(SEAT, entries, ctx.today, ctx.dates, done=True))
    troubles = next((effect.troubles for effect in turn.effects if isinstance(effect, FormTaken)), {})
    kept = next((effect for effect in turn.effects if isinstance(effect, KeepRow)), None)
    if kept is None:
        return Logged(troubles=troubles)
    incident = await report.keep(ctx, group, report.named(ctx, kept.values), by=NOBODY)
    for what, who in limits:
        ctx.services.limits.count(what, who, ctx.now)
    return Logged(incident)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, devices=show),
    *texts(Rank.COORDINATOR, NOTHING_KEPT, device_name=take_name),
    Invitation(PURPOSE, follow),
)
