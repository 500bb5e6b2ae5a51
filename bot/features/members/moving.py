"""Moving a group to a new chat, as when the old one is lost or has the wrong people in it, or to the page and back.

A coordinator asks for a code, and the same person spends it in the new chat, once and within the hour. The old chat and
every member are told, and each of the core group can undo it for a day. A group that moves again within that day goes
back to where it was before all of it: a second move takes nobody's way home. For a week nobody counts as having left
because they are not in the new chat yet.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.ballots import admissions
from bot.channel.updates import Chat, Sender
from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.message import when
from bot.context.permissions import About, Rank, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import LINK, Action
from bot.features.members import arrival
from bot.features.process.status import status
from bot.telegram import links
from bot.views.shared_buttons import copy_key, join_keys
from storage.records.group_settings import MovedFrom
from storage.records.links import Link
from storage.records.records import Group, GroupState, Person, is_own_number

VERB: Final = "move"  # what a code is for
PAGE: Final = "page"  # where to, if not to another chat
UNDO: Final = "unmove"
GOOD_FOR = timedelta(hours=1)
UNDOABLE = timedelta(days=1)
SETTLING = timedelta(days=7)


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Explain the move; with `yes` make a code, in a link that adds the bot to the new group."""
    group = actor.group
    facts: dict[str, object] = {
        "town": group.title,
        "url": None,
        "code": "",
        "bot": ctx.services.username,
        "until": None,
        "page": bool(ctx.services.page_url) and not is_own_number(group.chat_id),
    }
    if action.arg == PAGE and facts["page"]:
        await _to_the_page(ctx, group)
        return
    if action.arg != "yes":
        yes, no = ctx.key("move_code", "moveto", group.id, "yes"), ctx.key("what_waits", "answers", group.id)
        page = when(facts["page"], ctx.key("move_page", "moveto", group.id, PAGE))
        context = None if page else context_of(yes, no)  # a yes does not say where to
        await ctx.reply(actor, "move.ask", facts, [[yes], page, [no]], context=context)
        return
    await ctx.work.links.revoke(group.id, VERB)
    number = ctx.work.links.reserve()
    code = ctx.services.buttons.seal(LINK, Action(VERB, group.id, number))
    until = ctx.now + GOOD_FOR
    await ctx.work.links.add(code, VERB, id=number, group_id=group.id, person_id=actor.person.id, expires_at=until)
    url = links.link(ctx.services.username, code, to_group=True)
    facts |= {"url": url, "code": code, "until": until.astimezone(ctx.services.zone)}
    await ctx.reply(actor, "move.ask", facts, [[copy_key(ctx, url)]])


async def _to_the_page(ctx: Context, group: Group) -> None:
    """Move the group to the page. The coordinators have known until today who is in it."""
    for member in await ctx.work.members.active(group.id):
        await admissions.answer(ctx, group, member.person_id, member.name)
    chat = await ctx.work.groups.own_chat(group.id)
    await _go(ctx, group, chat, group.title, None, _way_back(ctx, group, chat))


async def arrive(ctx: Context, chat: Chat, code: str, by: Sender, thread: int | None) -> bool:
    """Take a code in a chat. False if it is none for moving; else the group is moved here, or told why not."""
    link = await ctx.work.links.find(code)
    if link is None or link.purpose != VERB or link.group_id is None:
        return False
    group = await ctx.work.groups.get(link.group_id)
    if group.chat_id == chat.id:
        return True  # told twice
    if why := await _hindrance(ctx, group, link, chat, by):
        ctx.to_stranger(chat.id, f"move.{why}", thread=thread)
        return True
    await ctx.work.links.use(link.id)
    await _go(ctx, group, chat.id, chat.title, thread, _way_back(ctx, group, chat.id))
    return True


def _way_back(ctx: Context, group: Group, chat: int) -> MovedFrom:
    """Return where undoing a move to that chat leads, from now on for a day."""
    moved = group.settings.chat.moved
    if moved is not None and _is_undoable(ctx, moved) and moved.chat_id != chat:
        return replace(moved, at=ctx.now)
    return MovedFrom(group.chat_id, group.thread_id, group.title, ctx.now, out=group.state == "away")


def _is_undoable(ctx: Context, moved: MovedFrom) -> bool:
    return ctx.now - moved.at < UNDOABLE


async def _hindrance(ctx: Context, group: Group, link: Link, chat: Chat, by: Sender) -> str | None:
    """Return why a group cannot move here, as the name of a message; None if it can."""
    person = await ctx.work.people.by_user(by.user_id) if by.known else None
    if person is None or person.id != link.person_id:
        return "not_yours"
    member = await ctx.work.members.find(group.id, person.user_id)
    if link.state != "valid" or rank_of(member, group) < Rank.RESPONSIBLE:
        return "over"
    other = await ctx.work.groups.by_chat(chat.id)
    if other is not None and not await _is_empty(ctx, other):
        return "taken"
    return None


async def _is_empty(ctx: Context, group: Group) -> bool:
    """True if nothing has been done in a group since somebody added the bot."""
    exercises = ctx.services.process.exercises
    runs = await ctx.work.runs.all_of(group.id)
    own = [record for record in runs if not exercises[record.exercise].private]
    return not own and not await ctx.work.members.active(group.id, roles=None)


async def _go(ctx: Context, group: Group, chat: int, title: str, thread: int | None, moved: MovedFrom | None) -> None:
    """Move the group to that chat; an empty group that was there is deleted."""
    old_chat, old_thread, out = group.chat_id, group.thread_id, group.state == "away"
    back = group.settings.chat.moved if moved is None else None
    state = GroupState.AWAY if back is not None and back.out else GroupState.ACTIVE
    other = await ctx.work.groups.by_chat(chat)
    if other is not None:
        await ctx.work.groups.erase(other.id)
    await ctx.work.groups.migrate(old_chat, chat)
    group = await ctx.work.groups.get(group.id)
    settings = group.settings.having(replace(group.settings.chat, moved=moved))
    group = await ctx.work.groups.update(group.id, thread_id=thread, title=title, state=state, settings=settings)
    undo = ctx.link(Action(UNDO, group.id)) if moved is not None else None
    said = {"title": title, "town": title, "url": undo, "back": moved is None, "page": is_own_number(chat)}
    if not out:
        ctx.to_stranger(old_chat, "move.left", said, thread=old_thread)
    await ctx.to_group(group, "move.here" if moved is not None else "move.back", said, join_keys(ctx, group))
    keys = [[ctx.key("undo_move", UNDO, group.id)]] if moved is not None else []
    for member in await ctx.work.members.active(group.id):
        person = await ctx.work.people.get(member.person_id)
        if person.reach == "reachable":
            told = {**said, "on_page": is_own_number(person.user_id)}
            await ctx.to_person(person.id, "move.told", told, keys, about=group.id)
    if out and state is GroupState.ACTIVE:
        await arrival.resume(ctx, group)
    else:
        await status(ctx, group)


async def undo(ctx: Context, actor: Actor, _action: Action) -> None:
    """Move back to the old chat, within a day."""
    if not await undone(ctx, actor.group) and not ctx.toast("move_over", alert=True):
        await ctx.to_person(actor.person.id, "move.too_late")


async def undone(ctx: Context, group: Group) -> bool:
    """Undo the move if possible; True if it was."""
    moved = group.settings.chat.moved
    if moved is None or not _is_undoable(ctx, moved):
        return False
    await _go(ctx, group, moved.chat_id, moved.title, moved.thread_id, None)
    return True


async def followed(ctx: Context, person: Person, action: Action) -> None:
    """Follow the link in the old chat."""
    group = await ctx.work.groups.lookup(action.run)
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    if group is None or member is None or rank_of(member, group) < Rank.MEMBER:
        await ctx.to_person(person.id, "start.not_yours")
        return
    await undo(ctx, Actor(person, group, member), action)


async def went_from(ctx: Context, chat_id: int) -> Group | None:
    """Return the group that has lately moved away from a chat."""
    for group in await ctx.work.groups.all_active():
        moved = group.settings.chat.moved
        if moved is not None and moved.chat_id == chat_id:
            return group
    return None


def is_settling(ctx: Context, group: Group) -> bool:
    """True if a group has moved so lately that being absent from its chat does not mean having left."""
    moved = group.settings.chat.moved
    return moved is not None and ctx.now - moved.at < SETTLING


ROUTES: Routes = (
    *buttons(Rank.RESPONSIBLE, About.GROUP, moveto=ask),
    *buttons(Rank.MEMBER, About.GROUP, unmove=undo),
)
