"""The open link to the event (5.4), as it stands on the poster and the invitation: whoever comes by it is a guest.

It is the group's and nobody's own, like the link to join, and may be photographed and passed on. So what it opens is
little: whoever comes by it says their name and whether they come. If they want to be in the network, a coordinator lets
them in. It is good while the event is being prepared and a month beyond it, and can be changed or closed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, TapHandler, TextHandler
from bot.core.invitations import show_code
from bot.people import guests
from bot.wire.updates import Sender
from flows.answers import clean, unfit
from storage.records import Group, Person, Row

VERB: Final = "event"  # of the link
SETTING: Final = "event_link"  # the number of the link that is good; 0: closed
AFTERWARDS: Final = timedelta(days=30)
LONGEST: Final = 60  # characters of a name


async def address(desk: Desk, group: Group) -> str | None:
    """The link that is good now; None before there is an event, long after it, and when it has been closed."""
    number = group.settings.get(SETTING, 1)
    return desk.link(Action(VERB, group.id, number)) if number and await _goes_on(desk, group) else None


async def _goes_on(desk: Desk, group: Group) -> bool:
    event = await guests.event_of(desk, group)
    over = date.fromisoformat(event["date"]) + AFTERWARDS if event.get("date") else desk.today
    return bool(event) and desk.today <= over


# -- the group's side --------------------------------------------------------------------------------------------------
async def show(desk: Desk, actor: Actor, action: Action) -> None:
    """The link in words and as a picture; "new": another instead of it, "0": none."""
    group = actor.group
    if action.arg:
        number = 0 if action.arg == "0" else max(group.settings.get("event_links", 1), 1) + 1
        kept = {"event_links": number} if number else {}
        settings = {**group.settings, SETTING: number, **kept}
        group = await desk.work.groups.update(group.id, settings=settings)
    url = await address(desk, group)
    closed = group.settings.get(SETTING, 1) == 0
    new = desk.key("outside.make" if closed else "outside.new", "eventlink", group.id, "new")
    keys = [[new]] if url or closed else []
    if url:
        keys.append([desk.key("outside.stop", "eventlink", group.id, "0")])
    facts = {"url": url, "closed": closed}
    await desk.to_person(actor.person.id, "guest.open_link", facts, keys, about=group.id, edit=_replaced(desk, action))
    if url:
        await show_code(desk, actor.person, group, url, desk.house.voice.label("guest.open_caption"))


def _replaced(desk: Desk, action: Action) -> int | None:
    """The message with the old link is changed, so that nobody passes that one on."""
    return desk.tapped if action.arg else None


async def admit(desk: Desk, actor: Actor, action: Action) -> None:
    """Somebody who came by the open link may be in the network."""
    member = await desk.work.members.lookup(int(action.arg))
    row = await guests.row_of(desk, actor.group, member) if member and member.group_id == actor.group.id else None
    if member is None or row is None or member.role != "guest" or row.values.get("join") != "yes":
        desk.toast("old_button")
        return
    await guests.welcome(desk, actor.group, member, row)
    facts = {"name": row.values["name"]}
    await desk.to_person(actor.person.id, "guest.let_in", facts, about=actor.group.id, edit=desk.tapped)


# -- the guest's side --------------------------------------------------------------------------------------------------
async def follow(desk: Desk, person: Person, action: Action, sender: Sender) -> None:
    """Somebody has pointed a phone at the poster."""
    group = await desk.work.groups.lookup(action.run)
    good = group is not None and group.state == "active" and action.ask == group.settings.get(SETTING, 1)
    if group is None or not good or not await _goes_on(desk, group):
        await desk.to_person(person.id, "link.expired")
        return
    member = await desk.work.members.find(group.id, sender.user_id)
    if member is not None and member.role not in ("guest", "network") and member.state != "left":
        await desk.to_person(person.id, "guest.yours_all", about=group.id)
        return
    row = await guests.row_of(desk, group, member) if member else None
    if member is None or row is None:
        member = member or await desk.work.members.add(group.id, person.id, "guest")
        if member.state == "left":
            member = await desk.work.members.update(member.id, role="guest", state="invited", left_at=None)
        context = {"want": "guest_name", "group": group.id}
        await desk.to_person(person.id, "guest.name", {"town": group.title}, about=group.id, context=context)
        return
    await guests.greet(desk, group, member, row)


async def named(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """A guest has said their name: theirs is the row of that name which nobody has opened, or a new one."""
    group, member, name = actor.group, actor.member, " ".join(clean(text).split())[:LONGEST]
    row = await guests.row_of(desk, group, member)
    if row is not None or await address(desk, group) is None:
        await desk.to_person(actor.person.id, "link.expired")
        return
    if unfit(name):
        again = dict(context)
        await desk.to_person(actor.person.id, "guest.name", {"town": group.title}, about=group.id, context=again)
        return
    row = await _unopened(desk, group, name)
    if row is None:
        row = await desk.work.rows.add(group.id, guests.REGISTER, {"name": name, "invited": "invited"}, author=None)
        await guests.refreshed(desk, group)
    profile = {**member.profile, "guest": row.id, guests.BY_POSTER: True}
    member = await desk.work.members.update(member.id, profile=profile)
    await guests.greet(desk, group, member, row)


async def _unopened(desk: Desk, group: Group, name: str) -> Row | None:
    rows, _ = await desk.work.rows.list(group.id, guests.REGISTER, limit=100_000)
    here = await desk.work.members.of_group(group.id, include_left=True, roles=None)
    taken = {member.profile.get("guest") for member in here}
    return next((r for r in rows if r.id not in taken and r.values["name"].casefold() == name.casefold()), None)


TAPS: Mapping[str, TapHandler] = {"eventlink": show, "admit": admit}
TEXTS: Mapping[str, TextHandler] = {"guest_name": named}
