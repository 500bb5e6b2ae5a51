"""Handles the channel's results that matter: who administers a group, who is in it, which message was sent.

Each call goes through the outbox with a note of its purpose; its result is handled in a transaction of its own.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.assembly import dispatch_events
from bot.channel.outcomes import Answer, Membership
from bot.context.context import Context
from bot.features.documents import delivery
from bot.features.incidents import read_incidents
from bot.features.members import arrival, bot_permissions, joining, passing, personal_data, roll_call
from bot.features.process import status
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, OutboxKind, group_chat


async def take(ctx: Context, note: AnswerNote, result: Answer | None) -> None:
    """Go on with the purpose of a call. `result` is None if the channel refused it."""
    group = await ctx.work.groups.get(note.group)
    if group.state == "active":
        await _TAKERS[note.what](ctx, group, note, result)
        await dispatch_events.dispatch(ctx)


def _numbers(result: Answer | None) -> list[int] | None:
    return result if isinstance(result, list) else None


def _membership(result: Answer | None) -> Membership | None:
    return result if isinstance(result, Membership) else None


async def _admins(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await arrival.greet(ctx, group, _numbers(result), note.by, note.name)


async def _coordinator(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await arrival.coordinator_checked(ctx, group, _membership(result), note.by, note.name)


async def _member(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await joining.membership_checked(ctx, group, _membership(result), note.person, note.name, note.over)


async def _roll(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await roll_call.answered(ctx, group, note.member, _membership(result))


async def _reader(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await roll_call.answered(ctx, group, note.member, _membership(result))
    await read_incidents.looked_up(ctx, await ctx.work.groups.get(group.id), note, _membership(result))


async def _rights(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await bot_permissions.answered(ctx, group, _numbers(result))


async def _pin(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    """Pin the status message."""
    if isinstance(result, int):
        reply = AnswerNote(Purpose.PINNED, group=group.id)
        await ctx.work.outbox.put(
            group_chat(group.id), OutboxKind.PIN, {}, about=group.id, message_id=result, reply=reply
        )


async def _pinned(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    """Note that the message is pinned; or ask people to pin it, if the bot may not, as in every basic group."""
    await status.see_pinned(ctx, group, pinned=result is not None)


async def _file(ctx: Context, group: Group, note: AnswerNote, result: Answer | None) -> None:
    await delivery.sent(ctx, group, note, result if isinstance(result, str) else None)


async def _deleted(ctx: Context, _group: Group, note: AnswerNote, result: Answer | None) -> None:
    """Tell the author if a message could not be deleted from the chat, as it should not stay there."""
    if result is None:
        await ctx.to_person(note.person, "not_deleted")


async def _hidden(ctx: Context, _group: Group, note: AnswerNote, result: Answer | None) -> None:
    await personal_data.hidden(ctx, note, done=result is not None)


async def _passing(ctx: Context, _group: Group, note: AnswerNote, result: Answer | None) -> None:
    if isinstance(result, int):
        await passing.said(ctx, note, result)


_TAKERS: Mapping[Purpose, Callable[[Context, Group, AnswerNote, Answer | None], Awaitable[None]]] = {
    Purpose.ADMINS: _admins,
    Purpose.COORDINATOR: _coordinator,
    Purpose.MEMBER: _member,
    Purpose.PIN: _pin,
    Purpose.PINNED: _pinned,
    Purpose.ROLL: _roll,
    Purpose.READER: _reader,
    Purpose.RIGHTS: _rights,
    Purpose.FILE: _file,
    Purpose.DELETED: _deleted,
    Purpose.HIDDEN: _hidden,
    Purpose.PASSING: _passing,
}
