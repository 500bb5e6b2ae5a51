"""The process leader (P.5): a guide from outside who supports several towns and sees how far each has come.

They see steps, exercises and dates, and never an answer. A coordinator can ask them something, and they answer.
"""

from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from bot.agenda import matters
from bot.core import invitations
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key, TapHandler, TextHandler
from bot.core.invitations import LinkHandler
from bot.process.status import map_facts, map_of
from bot.wire.updates import Sender
from flows.answers import clean, unfit
from storage.records import Group, Link, Member, Person

PURPOSE: Final = "leader"
ROLE: Final = "process_leader"


async def of_group(desk: Desk, group: Group) -> list[Member]:
    """The process leaders whom a group has let in."""
    found = await desk.work.members.of_group(group.id, roles=(ROLE,))
    return [member for member in found if member.state == "active"]


# -- the coordinator's side --------------------------------------------------------------------------------------------
async def show(desk: Desk, actor: Actor, _action: Action) -> None:
    """Who guides the group, and what one can do about it."""
    group, there = actor.group, await of_group(desk, actor.group)
    keys = [[desk.key("leader.invite", "leaderin", group.id)]]
    if there:
        keys.insert(0, [desk.key("leader.ask", "askleader", group.id)])
    keys += [
        [Key(desk.house.voice.label("leader.end", {"name": m.name}), Action("leaderout", group.id, 0, str(m.id)))]
        for m in there
    ]
    facts = {"names": [member.name for member in there]}
    await desk.to_person(actor.person.id, "leader.list", facts, keys, about=group.id, edit=desk.tapped)


async def invite(desk: Desk, actor: Actor, action: Action) -> None:
    """A link for a process leader: the one that there is, or ("new") another instead of it."""
    wanted = invitations.make if action.arg == "new" else invitations.given_or_made
    link = await wanted(desk, actor.group, PURPOSE, "")
    await matters.given_away(desk, actor.group, actor.member, PURPOSE, "")
    facts = {"url": link.url, "until": link.until, "town": actor.group.title}
    keys = [
        [desk.key("outside.new", "leaderin", actor.group.id, "new")],
        [desk.key("outside.stop", "leaderstop", actor.group.id)],
    ]
    await desk.to_person(actor.person.id, "leader.link", facts, keys, about=actor.group.id)
    caption = desk.house.voice.label("leader.caption")
    await invitations.show_code(desk, actor.person, actor.group, link.url, caption)


async def stop(desk: Desk, actor: Actor, action: Action) -> None:
    """The link ends."""
    await desk.work.links.revoke(actor.group.id, PURPOSE)
    desk.toast("link_stopped")
    await show(desk, actor, action)


async def end(desk: Desk, actor: Actor, action: Action) -> None:
    """A process leader sees nothing of the group any more."""
    member = await desk.work.members.lookup(int(action.arg))
    if member is not None and member.group_id == actor.group.id and member.role == ROLE:
        await desk.work.members.update(member.id, state="left", left_at=desk.now)
    await show(desk, actor, action)


async def ask(desk: Desk, actor: Actor, _action: Action) -> None:
    """What does the coordinator want to ask?"""
    context = {"want": "leader_question", "group": actor.group.id}
    await desk.to_person(actor.person.id, "leader.ask", about=actor.group.id, context=context)


async def pass_on(desk: Desk, actor: Actor, text: str, _context: Mapping[str, Any]) -> None:
    """The question goes to the process leaders."""
    text = clean(text)
    there = await of_group(desk, actor.group)
    if unfit(text) or not there:
        await desk.to_person(actor.person.id, "leader.not_sent", about=actor.group.id)
        return
    context = {"want": "leader_answer", "group": actor.group.id, "to": actor.member.id}
    facts = {"town": actor.group.title, "name": actor.member.name, "text": text}
    for member in there:
        await desk.to_person(member.person_id, "leader.question", facts, about=actor.group.id, context=context)
    await desk.to_person(actor.person.id, "leader.sent", {"names": [m.name for m in there]}, about=actor.group.id)


# -- the process leader's side -----------------------------------------------------------------------------------------
async def follow(desk: Desk, person: Person, link: Link, sender: Sender) -> None:
    """A process leader opens the link: what they will see, and a button to say yes."""
    assert link.group_id is not None
    group = await desk.work.groups.get(link.group_id)
    member = await desk.work.members.find(group.id, sender.user_id)
    if group.state != "active" or (member is not None and member.role != ROLE and member.state != "left"):
        await desk.to_person(person.id, "leader.yours" if group.state == "active" else "link.expired")
        return
    member = member or await desk.work.members.add(group.id, person.id, ROLE)
    await desk.work.members.update(member.id, role=ROLE, state="invited", name=sender.name, left_at=None)
    await desk.work.links.use(link.id)
    keys = [[desk.key("leader.yes", "leading", group.id)], [desk.key("decline", "decline", group.id)]]
    await desk.to_person(person.id, "leader.hello", {"town": group.title}, keys, about=group.id)


async def accept(desk: Desk, actor: Actor, _action: Action) -> None:
    """The process leader is in; the coordinators are told."""
    if actor.member.role != ROLE:
        desk.toast("old_button")
        return
    member = await desk.work.members.update(actor.member.id, state="active")
    await desk.work.people.update(actor.person.id, current_group=actor.group.id)
    await show_map(desk, actor, edit=desk.tapped)
    for coordinator in await matters.coordinators(desk, actor.group):
        facts = {"name": member.name, "town": actor.group.title}
        await desk.to_person(coordinator.person_id, "leader.came", facts, about=actor.group.id)


async def show_map(desk: Desk, actor: Actor, *, edit: int | None = None) -> None:
    """How far the town is, and what is planned; nothing of what anybody has answered."""
    meetings = [m for m in await desk.work.meetings.of_group(actor.group.id) if m.state == "planned"]
    coming = [m for m in meetings if m.day >= desk.today.isoformat()]
    facts = {
        **map_facts(desk, actor.group, await map_of(desk, actor.group)),
        "meetings": [{"on": m.day, "at": time.fromisoformat(m.at)} for m in coming[:5]],
    }
    await desk.to_person(actor.person.id, "leader.map", facts, about=actor.group.id, edit=edit)


async def reply(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """The answer goes to the one who asked."""
    text = clean(text)
    asker = await desk.work.members.lookup(context["to"])
    if unfit(text) or actor.member.role != ROLE or asker is None or asker.state != "active":
        await desk.to_person(actor.person.id, "leader.not_sent", about=actor.group.id)
        return
    facts = {"name": actor.member.name, "text": text}
    again = {"want": "leader_question", "group": actor.group.id}
    await desk.to_person(asker.person_id, "leader.answer", facts, about=actor.group.id, context=again)
    await desk.to_person(actor.person.id, "leader.replied", {"name": asker.name}, about=actor.group.id)


TAPS: Mapping[str, TapHandler] = {
    "leaders": show,
    "leaderin": invite,
    "leaderstop": stop,
    "leaderout": end,
    "askleader": ask,
    "leading": accept,
}
TEXTS: Mapping[str, TextHandler] = {"leader_question": pass_on, "leader_answer": reply}
LINKS: Mapping[str, LinkHandler] = {PURPOSE: follow}
