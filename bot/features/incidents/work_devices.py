"""Links for devices at work (I.1): people there log incidents and see where to turn, without an account.

A link shows nothing of the town but its phone numbers, is valid for a year, and can be revoked by a coordinator. As the
reporter is not known, nobody can correct the incident later or be called; the receipt is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from bot.channel.updates import Sender
from bot.context import abuse_limits, invitations
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.identities.identified import identities_in
from bot.features.incidents import report
from bot.views.exercise import ExerciseView
from bot.views.shared_buttons import copy_key
from flows.engine.engine import advance
from flows.run.effects import FormTaken, KeepRow
from flows.run.events import Entry, Filled
from flows.run.state import Phase, Run, Seat
from flows.trouble import Trouble
from flows.vocabulary import Field
from storage.records.records import Group, Incident, Link, Person

PURPOSE: Final = "device"
GOOD_FOR: Final = timedelta(days=365)
MOST: Final = 20  # links of a group at a time
NOBODY: Final = 0  # the reporter: no person has this id
SEAT: Final = 0  # the member in that round, which is kept nowhere


# -- whoever coordinates -----------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the valid links, or one of them; make one, or revoke one."""
    what, _, number = action.arg.partition(":")
    group = actor.group
    links = {link.ref or "": link for link in await ctx.work.links.of_group(group.id, PURPOSE)}
    if what == "new" and len(links) < MOST:
        number = str(max((int(ref) for ref in links), default=0) + 1)
        await invitations.make(ctx, group, PURPOSE, number, GOOD_FOR)
    elif what == "end" and number in links:
        await ctx.work.links.revoke(group.id, PURPOSE, number)
        links.pop(number)
        number = ""
    given = await invitations.given(ctx, group, PURPOSE, number) if number else None
    if given is not None:
        facts = {"number": number, "url": given.url, "until": given.until}
        end = ctx.key("device.end", "devices", group.id, f"end:{number}")
        keys = [[copy_key(ctx, given.url)], [end], [_back(ctx, group, "devices")]]
        await ctx.reply(actor, "device.link", facts, keys)
        return
    keys = [[ctx.key("device.one", "devices", group.id, f"show:{ref}", number=ref)] for ref in sorted(links, key=int)]
    if len(links) < MOST:
        keys.append([ctx.key("device.new", "devices", group.id, "new:")])
    await ctx.reply(actor, "device.all", {"count": len(links)}, [*keys, [_back(ctx, group, "safety")]])


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
    waits = [wait for what, who in limits if (wait := ctx.services.limits.over(what, who, ctx.now)) is not None]
    if waits:
        return Logged(wait=-(-int(max(waits).total_seconds()) // 60))
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
    Invitation(PURPOSE, follow),
)
