"""Coming in: the bot comes to a group, a person comes to the bot, and the two are joined.

Whoever adds the bot as an administrator coordinates. Each member follows the group's link to the private chat; Telegram
is asked whether they really are in the group; they read the notice, accept the agreement, and answer the questions.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.agenda import matters
from bot.agenda.kinds import PENDING
from bot.agenda.moments import aim
from bot.calendar import absence
from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, Key, TapHandler
from bot.core.happenings import CoordinatorsChanged, ProfileGiven, TookOver
from bot.core.keys import join_key
from bot.core.limits import STRANGER
from bot.incidents import retention
from bot.people import activation
from bot.process import wayfinding
from bot.process.status import status
from bot.turn import helping, turns
from bot.wire.updates import Chat, Sender, is_inside
from flows.events import Joined, Opened
from flows.state import Phase, Seat
from storage.records import Group, Member, Person, group_chat, private_chat

OVER = "over"  # in a profile: whose seat is being taken over
COME_IN_WITHIN = timedelta(days=7)
JOINING = "joining"  # the exercise that holds the joining questions


# -- the bot comes to a group ------------------------------------------------------------------------------------------
async def added(desk: Desk, chat: Chat, by: Sender) -> None:
    """The bot was added to a group, for the first time or again. One without a code is told what it needs, once."""
    group = await desk.work.groups.by_chat(chat.id)
    if group is not None and group.state == "away":
        settled = "active" if group.settings.get("activated") else "new"
        group = await desk.work.groups.update(group.id, state=settled, title=chat.title)
        if settled == "active":
            await _resume(desk, group)
            await desk.to_group(group, "group.back", {}, [[join_key(desk, group)]])
            return
    if group is not None and group.state == "active":
        return
    if is_welcome(desk, chat):
        await activate(desk, group or await desk.work.groups.add(chat.id, chat.title), by)
    elif desk.house.limits.should_tell(STRANGER, chat.id, desk.now):  # of coming in we are told twice
        desk.to_stranger(chat.id, "group.needs_code", {"bot": desk.house.username})


def is_welcome(desk: Desk, chat: Chat) -> bool:
    """Whether a chat may become a group of ours without a code."""
    return not desk.house.needs_activation or chat.id in desk.house.allowed_groups


async def _resume(desk: Desk, group: Group) -> None:
    """The group's own agenda goes on by itself. What each person hears of, and who is away, is looked at anew."""
    for member in await desk.work.members.of_group(group.id):
        await absence.catch_up(desk, member.person_id)
        await aim(desk, member.person_id)


async def try_code(desk: Desk, chat: Chat, code: str, by: Sender, thread: int | None) -> None:
    """A one-time activation code was given in a chat that is no group of ours yet. A good one makes it one."""
    group, buttons = await desk.work.groups.by_chat(chat.id), desk.house.buttons
    verdict = await activation.look(desk.work, buttons, code, group.id if group else None, desk.now)
    if verdict is not activation.Verdict.ACCEPTED:
        desk.to_stranger(chat.id, f"group.code_{verdict}", thread=thread)
        return
    group = group or await desk.work.groups.add(chat.id, chat.title)
    await activation.spend(desk.work, buttons, code, group.id, desk.now)
    await activate(desk, await desk.work.groups.update(group.id, thread_id=thread), by)


async def activate(desk: Desk, group: Group, by: Sender) -> None:
    """The group may use the bot. Who coordinates is asked of Telegram first, then the group is greeted."""
    group = await desk.work.groups.update(
        group.id, state="active", settings={**group.settings, "activated": True, "steps": [0], "link": 1}
    )
    reply = {"what": "admins", "group": group.id, "by": by.user_id if by.known else 0, "name": by.name}
    await desk.ask(group_chat(group.id), "getChatAdministrators", {}, reply, about=group.id)


async def greet(desk: Desk, group: Group, admins: list[dict[str, Any]] | None, by: int, name: str) -> None:
    """Greet the group, with its coordinator where whoever added the bot is an administrator of the chat."""
    coordinator = None
    if admins and any(a["user"]["id"] == by and not a["user"].get("is_bot") for a in admins):
        coordinator = name
        await make_coordinator(desk, group, by, name)
    await turns.begin(desk, group, desk.house.process.exercises[JOINING], seats={})
    await retention.schedule(desk, group)
    keys = [[join_key(desk, group)]]
    if coordinator is None:
        keys.append([desk.key("coordinate", "coordinate", group.id)])
    await desk.to_group(group, "group.greeting", {"coordinator": coordinator}, keys)
    await status(desk, group)


async def make_coordinator(desk: Desk, group: Group, user_id: int, name: str) -> Member:
    """Give someone the coordinator's role, with a seat if they have none."""
    person = await desk.work.people.ensure(user_id)
    member = await desk.work.members.add(group.id, person.id, "core")
    desk.happened.append(CoordinatorsChanged(group.id))
    return await desk.work.members.update(member.id, coordinator=True, name=member.name or name)


async def wants_to_coordinate(desk: Desk, group: Group, sender: Sender) -> None:
    """Someone offers to coordinate: fine if nobody does, and Telegram says they are an administrator."""
    if any(m.coordinator for m in await desk.work.members.of_group(group.id)):
        desk.toast("has_coordinator", alert=True)
        return
    reply = {"what": "coordinator", "group": group.id, "by": sender.user_id, "name": sender.name}
    await desk.ask(group_chat(group.id), "getChatMember", {"user_id": sender.user_id}, reply, about=group.id)


async def coordinator_checked(desk: Desk, group: Group, member: dict[str, Any] | None, by: int, name: str) -> None:
    """Telegram has said what the one who offered is."""
    if member is None or member["status"] not in ("creator", "administrator"):
        await desk.to_group(group, "group.not_admin", {"name": name})
        return
    if any(m.coordinator for m in await desk.work.members.of_group(group.id)):
        return
    await make_coordinator(desk, group, by, name)
    await desk.to_group(group, "group.coordinator", {"name": name}, [[join_key(desk, group)]])
    await status(desk, group)


# -- a person comes to the bot -----------------------------------------------------------------------------------------
async def follow_join(desk: Desk, person: Person, action: Action, sender: Sender) -> None:
    """Someone followed a group's join link."""
    group = await desk.work.groups.get(action.run)
    if group.state != "active" or group.settings.get("link", 1) != action.ask:
        await desk.to_person(person.id, "start.old_link")
        return
    member = await desk.work.members.find(group.id, sender.user_id)
    if member and member.state == "active":
        await wayfinding.home(desk, Actor(person, group, member))
        return
    reply = {"what": "member", "group": group.id, "person": person.id, "name": sender.name}
    # It waits in the person's own queue: the group's, slow as Telegram wants it, is long when a town has much to say.
    await desk.ask(private_chat(person.id), "getChatMember", {"user_id": sender.user_id}, reply, about=group.id)


async def membership_checked(
    desk: Desk, group: Group, found: dict[str, Any] | None, person_id: int, name: str, over: int | None = None
) -> None:
    """Telegram has said whether the one who followed the link is in the group. `over`: whose seat they take over."""
    if found is None or not is_inside(found):
        await desk.to_person(person_id, "start.not_in_group", {"town": group.title})
        return
    member = await desk.work.members.add(group.id, person_id, "core")
    if member.state == "left":
        member = await desk.work.members.update(
            member.id, state="invited", left_at=None, agreed_version=None, agreed_at=None
        )
    if member.role != "core":  # has been a guest, or of the network
        member = await desk.work.members.update(member.id, role="core", state="invited", left_at=None)
    if not member.name:
        member = await desk.work.members.update(member.id, name=name)
    if over is not None:
        member = await desk.work.members.update(member.id, profile={**member.profile, OVER: over})
    await desk.work.people.update(person_id, current_group=group.id)
    await matters.settle(desk, group, _ref(member), {(PENDING, member.id): desk.today + COME_IN_WITHIN})
    await show_agreement(desk, group, member)


def _ref(member: Member) -> str:
    """What someone who has followed the link is reminded of until they come in, or say no."""
    return f"joining:{member.id}"


async def enter(desk: Desk, actor: Actor, _action: Action) -> None:
    """On with coming in, from where one was: the agreement, or the questions."""
    if actor.member.state == "active" or actor.member.role != "core":
        desk.toast("old_button")
    elif actor.member.agreed_at is None:
        await show_agreement(desk, actor.group, actor.member)
    else:
        await ask_profile(desk, actor.group, actor.member)


async def show_agreement(desk: Desk, group: Group, member: Member, *, edit: int | None = None) -> None:
    """What is stored and what we promise each other; with a button to accept, or the day it was accepted."""
    words = desk.house.voice.book("agreement")
    facts = {
        "town": group.title,
        "notice_title": words["notice.title"],
        "notice": words["notice.text"],
        "agreement_title": words["agreement.title"],
        "agreement": words["agreement.text"],
        "accepted": member.agreed_at.astimezone(desk.house.zone).date() if member.agreed_at else None,
    }
    keys = [
        [Key(words["agreement.accept"], Action("agree", group.id))],
        [desk.key("decline", "decline", group.id)],
    ]
    await desk.to_person(
        member.person_id, "enter.agreement", facts, () if member.agreed_at else keys, about=group.id, edit=edit
    )


async def agree(desk: Desk, actor: Actor, _action: Action) -> None:
    """The agreement is accepted: version and time are kept, the text stays, and the joining questions follow."""
    if actor.member.agreed_at is not None or actor.member.role not in ("core", "network"):  # tapped twice; guests
        desk.toast("old_button")
        return
    version = desk.house.voice.book("agreement")["version"]
    member = await desk.work.members.update(actor.member.id, agreed_version=version, agreed_at=desk.now)
    await show_agreement(desk, actor.group, member, edit=desk.tapped)
    desk.tapped = None  # what follows is a message of its own
    if member.role == "network":  # name and organisation came with the invitation
        organisation = {"organisation": {"id": member.organisation_id}} if member.organisation_id else {}
        await completed(desk, ProfileGiven(actor.group.id, member.id, {"name": member.name, **organisation}))
        return
    await ask_profile(desk, actor.group, member)


async def ask_profile(desk: Desk, group: Group, member: Member) -> None:
    """Ask (or show, to be changed) the joining questions."""
    record = (await desk.work.runs.of_exercise(group.id, JOINING))[-1]
    await turns.take(desk, group, record, Joined(Seat(member.id, member.organisation_id)), by=member)
    record = await desk.work.runs.get(record.id)
    await turns.take(desk, group, record, Opened(member.id, introduced=True), by=member)


async def decline(desk: Desk, actor: Actor, _action: Action) -> None:
    """Not now: their name is forgotten, and the link still works."""
    if actor.member.agreed_at is not None:
        desk.toast("old_button")
        return
    if not actor.member.coordinator:
        await desk.work.members.update(actor.member.id, state="left", left_at=desk.now, name="")
    await matters.settle(desk, actor.group, _ref(actor.member), {})
    await desk.to_person(actor.person.id, "enter.declined", edit=desk.tapped)


async def completed(desk: Desk, given: ProfileGiven) -> None:
    """The joining questions are answered: the member is in, and takes a seat in what is going on."""
    group, member = await desk.work.groups.get(given.group), await desk.work.members.get(given.member)
    answers = given.answers
    first_time = member.state != "active"
    organisation = (answers.get("organisation") or {}).get("id")
    over = member.profile.get(OVER)
    if over is not None and first_time:  # the seat is the organisation's
        organisation = (await desk.work.members.get(over)).organisation_id
    given_before = {name: value for name, value in member.profile.items() if name != OVER}
    profile = given_before | {name: answers[name] for name in ("sector", "level", "children") if name in answers}
    member = await desk.work.members.update(
        member.id, name=str(answers["name"])[:60], organisation_id=organisation, profile=profile, state="active"
    )
    await matters.settle(desk, group, _ref(member), {})
    await status(desk, group)
    if not first_time:
        return
    if member.coordinator:
        desk.happened.append(CoordinatorsChanged(group.id))
    if over is not None:
        desk.happened.append(TookOver(group.id, member.id, over))
    await desk.to_person(
        member.person_id,
        "enter.welcome" if member.role == "core" else "enter.network",
        {"town": group.title, "coordinator": member.coordinator},
        await wayfinding.home_keys(desk, group, member),
        about=group.id,
    )
    await helping.set_commands(desk, member)
    for record in await desk.work.runs.open_in(group.id):
        open_to = turns.load(desk, record).exercise.who
        if record.exercise != JOINING and record.phase in (Phase.OPEN, Phase.REVEALED) and member.role in open_to:
            await turns.take(desk, group, record, Joined(Seat(member.id, organisation)), by=member)


async def _profile(desk: Desk, actor: Actor, _arguments: str) -> None:
    await ask_profile(desk, actor.group, actor.member)


TAPS: Mapping[str, TapHandler] = {"enter": enter, "agree": agree, "decline": decline}
COMMANDS: Mapping[str, CommandHandler] = {"mig": _profile}
