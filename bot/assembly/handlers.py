"""What the dispatcher hands over to: what comes in, falls due or comes back, and what follows from it."""

from bot.assembly import after_restore, channel_results, dispatch_events, due_rows, route_update
from bot.assembly import fallback_buttons as ways
from bot.context.context import Context
from bot.features.incidents import report
from bot.features.members import bot_permissions, membership, promise
from storage.records.records import Person, Reach

handle = route_update.handle
due = due_rows.handle_due
answered = channel_results.take
settle = dispatch_events.dispatch
refresh = dispatch_events.refresh_runs
way_on = ways.show
may_lie_aside = report.may_lie_aside
no_topic = bot_permissions.without_topic


async def begin(ctx: Context) -> None:
    """Ask again for what a restored backup did not hold, and for a yes to a new promise; tell what counts again."""
    await after_restore.ask_again(ctx)
    await after_restore.tell_of_ways_in(ctx)
    await promise.renew(ctx)
    await settle(ctx)


async def blocked(ctx: Context, person: Person) -> None:
    """Show somebody who has blocked the bot as one whom it cannot reach."""
    await membership.reach(ctx, person, Reach.BLOCKED)
