"""What comes in, led to the one who handles it; then what that set in motion is seen to. All within one transaction."""

from bot.core.desk import Desk
from bot.doors import aftermath, groupchat, private, taps
from bot.people import entering, membership
from bot.wire.updates import Came, Heard, Migrated, Renamed, Sender, Standing, Tapped, Went, Written


async def handle(desk: Desk, heard: Heard) -> None:
    """Handle one update, within the desk's transaction. `aftermath.catch_up` is left."""
    match heard:
        case Written() if heard.chat.private:
            await private.heard(desk, heard)
        case Written():
            await groupchat.heard(desk, heard)
        case Tapped():
            await taps.tapped(desk, heard)
        case Standing():
            await membership.standing(desk, heard)
        case Came(chat, people):
            if any(p.user_id == desk.house.user_id for p in people):
                await entering.added(desk, chat, Sender(0, "", known=False))
        case Went(chat, user_id) if user_id == desk.house.user_id:
            await membership.removed(desk, chat)
        case Went(chat, user_id):
            await membership.left(desk, chat, user_id)
        case Migrated():
            await membership.migrated(desk, heard)
        case Renamed():
            await membership.renamed(desk, heard)
    await aftermath.see_to(desk)
