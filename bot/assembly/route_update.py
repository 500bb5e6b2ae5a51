"""Routes an update to its handler, then dispatches the events that it raised, all in one transaction."""

from dataclasses import replace

from bot.assembly import callback_queries, dispatch_events, group_messages, private_messages
from bot.channel.updates import (
    CallbackQuery,
    ChatMemberChanged,
    MemberLeft,
    MembersJoined,
    Migrated,
    Pinned,
    Renamed,
    Sender,
    Update,
    Written,
)
from bot.context.context import Context
from bot.features.members import arrival, membership, substitutes
from bot.features.process import status


async def handle(ctx: Context, heard: Update) -> None:
    """Handle one update in the context's transaction. The caller calls `dispatch_events.refresh_runs` afterwards."""
    if isinstance(heard, Written) and heard.command is not None:
        heard = replace(heard, command=ctx.services.voice.rules.command(heard.command))
    match heard:
        case Written() if heard.chat.private:
            await private_messages.heard(ctx, heard)
        case Written():
            await group_messages.heard(ctx, heard)
        case CallbackQuery():
            await callback_queries.tapped(ctx, heard)
        case ChatMemberChanged():
            await membership.standing(ctx, heard)
        case MembersJoined(chat, people):
            if any(p.user_id == ctx.services.user_id for p in people):
                await arrival.added(ctx, chat, Sender(0, "", known=False))
            else:
                await arrival.came(ctx, chat, people)
        case MemberLeft(chat, user_id) if user_id == ctx.services.user_id:
            await membership.removed(ctx, chat)
        case MemberLeft(chat, user_id):
            await membership.left(ctx, chat, user_id)
        case Migrated():
            await membership.migrated(ctx, heard)
        case Renamed():
            await membership.renamed(ctx, heard)
        case Pinned(chat, message_id):
            await status.pinned(ctx, chat, message_id)
    if isinstance(heard, (Written, CallbackQuery)) and heard.sender.known:
        await substitutes.heard(ctx, heard.sender.user_id)
    await dispatch_events.dispatch(ctx)
