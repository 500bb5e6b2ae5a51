"""Dispatches domain events to the features that handle them, in the same transaction, until none is left."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from bot.assembly import (
    ambiguous_texts,
    ballot_owners,
    callback_queries,
    chat_commands,
    dispatch_commands,
    fallback_buttons,
    private_messages,
)
from bot.context.context import Context
from bot.context.events import (
    Answered,
    BotBack,
    ButtonMeant,
    CoordinatorsChanged,
    DomainEvent,
    ExerciseConcluded,
    ExerciseReopened,
    HandedIn,
    ItemAdded,
    MenuOutdated,
    NobodyReads,
    NotNow,
    OpenedToNetwork,
    PersonNamed,
    ProfileGiven,
    PromisedAgain,
    PromiseRenewed,
    ReporterWaits,
    SeatChanged,
    SeatLeft,
    SetAside,
    SheetGiven,
    TextPlaced,
    TookOver,
    WaitEnded,
    WantsIn,
)
from bot.context.row_events import (
    CalendarChanged,
    EventChanged,
    GuestRow,
    MeetingListed,
    NumberChanged,
    PrivateRow,
    ReasonUnneeded,
    RegisterNeeded,
    RowAdded,
    RowChanged,
    RowGiven,
    TextAdopted,
    TextChanged,
)
from bot.exercises import initial_rows, put_off, rounds, runner
from bot.features.approvals import approvals, consent, outcomes
from bot.features.calendar import decisions, first_meeting, lifecycle, meeting_list, time_poll
from bot.features.coordination import coordinator
from bot.features.digest import daily_message
from bot.features.documents import adopted
from bot.features.incidents import receipts, report, unread
from bot.features.members import handover, known, network_seats, profile_given, promise, substitutes
from bot.features.network import network_letter
from bot.features.outsiders import actor_forms, admitting, event_day, withdrawn
from bot.features.process import beginning, not_handed_in
from bot.features.registers import agreed_numbers, assigned_rows, mention_notices, removed_rows
from bot.features.together import todos, working_sessions
from bot.features.wellbeing import check_ins
from flows.run.events import Opened
from flows.run.state import Phase, key_of

Event = TypeVar("Event", bound=DomainEvent)
Subscriber = Callable[[Context, Any], Awaitable[None]]


async def refresh_runs(ctx: Context, dirty_runs: Iterable[int]) -> None:
    """Refresh the cards of these runs and people's open items, once for all who handed in within one transaction."""
    for number in dirty_runs:
        record = await ctx.work.runs.lookup(number)
        if record is not None:
            await runner.refresh(ctx, await ctx.work.groups.get(record.group_id), record)


async def _refresh_cards(ctx: Context, added: RowAdded) -> None:
    """Refresh the register's card, which shows the number of rows."""
    for record in await ctx.work.runs.of_exercise(added.group, added.exercise):
        if record.phase == Phase.OPEN:
            await runner.refresh_card(ctx, await ctx.work.groups.get(added.group), record)


async def _ask_about_item(ctx: Context, added: ItemAdded) -> None:
    """Ask the person who added an item about it at once."""
    record, member = await ctx.work.runs.get(added.run), await ctx.work.members.get(added.member)
    first = runner.load(ctx, record).exercise.questions[0].id
    event = Opened(member.id, introduced=True, key=key_of(first, added.item))
    await runner.apply(ctx, await ctx.work.groups.get(added.group), record, event, by=member)


async def _show_register(ctx: Context, needed: RegisterNeeded) -> None:
    """Begin the register, if no round of it is open."""
    records = await ctx.work.runs.of_exercise(needed.group, needed.exercise)
    if not any(record.phase == Phase.OPEN for record in records):
        group = await ctx.work.groups.get(needed.group)
        await rounds.begin(ctx, group, ctx.services.process.exercises[needed.exercise])


async def _announce_meeting(ctx: Context, given: ProfileGiven) -> None:
    """Tell a new member of the next meeting."""
    await lifecycle.announce(ctx, await ctx.work.groups.get(given.group))


async def _seed_lists(ctx: Context, given: ProfileGiven) -> None:
    """Add a new member to the lists that have a row for each member."""
    await initial_rows.seed_newcomer(ctx, await ctx.work.groups.get(given.group))


def _heard_by(
    event: type[Event], *subscribers: Callable[[Context, Event], Awaitable[None]]
) -> tuple[type[object], tuple[Subscriber, ...]]:
    """Pair an event with its handlers, in order; the type checker checks that each takes it."""
    return event, subscribers


# The handlers of each event, in order.
SUBSCRIBERS: Mapping[type[object], tuple[Subscriber, ...]] = dict(
    (
        _heard_by(
            ProfileGiven,
            profile_given.completed,
            _announce_meeting,
            check_ins.after_joining,
            known.after_joining,
            _seed_lists,
        ),
        _heard_by(ReasonUnneeded, ambiguous_texts.after_objection),
        _heard_by(PromiseRenewed, ambiguous_texts.after_renewal),
        _heard_by(PromisedAgain, promise.accepted, ambiguous_texts.after_promise, dispatch_commands.after_promise),
        _heard_by(PrivateRow, report.given),
        _heard_by(
            ExerciseConcluded,
            lifecycle.after_decision,
            check_ins.after_conclusion,
            coordinator.again_later,
            put_off.decided,
            beginning.after_conclusion,
            consent.after_conclusion,
            decisions.after_conclusion,
            network_letter.after_conclusion,
            not_handed_in.after_conclusion,
            ambiguous_texts.after_conclusion,
        ),
        _heard_by(ExerciseReopened, consent.reopened, put_off.reopened),
        _heard_by(SetAside, put_off.decided),
        _heard_by(WaitEnded, put_off.ended),
        _heard_by(OpenedToNetwork, network_letter.opened),
        _heard_by(HandedIn, approvals.see_to, adopted.answered),
        _heard_by(SheetGiven, daily_message.ask_beside),
        _heard_by(Answered, working_sessions.answered),
        _heard_by(TextChanged, approvals.see_to),
        _heard_by(TextAdopted, adopted.text_adopted),
        _heard_by(
            RowChanged,
            consent.row_changed,
            assigned_rows.changed,
            removed_rows.row_changed,
            todos.row_changed,
            withdrawn.row_changed,
        ),
        _heard_by(WantsIn, admitting.wanted),
        _heard_by(NotNow, admitting.not_now),
        _heard_by(SeatChanged, outcomes.seat_changed, ballot_owners.seat_changed),
        _heard_by(BotBack, ballot_owners.bot_back),
        _heard_by(CoordinatorsChanged, coordinator.changed, unread.coordinators_changed),
        _heard_by(NobodyReads, substitutes.nobody_reads),
        _heard_by(ReporterWaits, receipts.unreached),
        _heard_by(GuestRow, actor_forms.done),
        _heard_by(EventChanged, first_meeting.frame_changed, event_day.changed),
        _heard_by(TookOver, handover.take_over),
        _heard_by(SeatLeft, handover.left, admitting.left, network_seats.stays),
        _heard_by(RowAdded, _refresh_cards),
        _heard_by(RowGiven, assigned_rows.given),
        _heard_by(PersonNamed, mention_notices.named),
        _heard_by(NumberChanged, agreed_numbers.wished),
        _heard_by(ItemAdded, _ask_about_item),
        _heard_by(
            CalendarChanged,
            time_poll.calendar_changed,
            meeting_list.follow,
            first_meeting.calendar_changed,
            event_day.plan_next,
        ),
        _heard_by(MeetingListed, meeting_list.saved),
        _heard_by(RegisterNeeded, _show_register),
        _heard_by(TextPlaced, private_messages.placed),
        _heard_by(ButtonMeant, callback_queries.meant),
        _heard_by(MenuOutdated, chat_commands.set_menu),
    )
)


async def dispatch(ctx: Context) -> None:
    """Handle all events of this context, and those that their handlers raise; then nobody is left without a way on."""
    while ctx.events:
        event = ctx.events.pop(0)
        for subscriber in SUBSCRIBERS[type(event)]:
            await subscriber(ctx, event)
    await fallback_buttons.show(ctx)
