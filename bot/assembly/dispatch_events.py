"""Dispatches domain events to the features that handle them, in the same transaction, until none is left."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

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
from bot.features.approvals import approvals, consent, outcomes, taken_back
from bot.features.calendar import decisions, first_meeting, lifecycle, meeting_list, time_poll
from bot.features.coordination import coordinator
from bot.features.digest import daily_message
from bot.features.documents import adopted
from bot.features.incidents import receipts, report, unread
from bot.features.members import handover, known, network_seats, profile_given, promise, substitutes
from bot.features.network import network_letter
from bot.features.outsiders import actor_forms, admitting, event_day, withdrawn
from bot.features.process import beginning, not_handed_in
from bot.features.registers import agreed_numbers, assigned_rows, checked_numbers, mention_notices, removed_rows
from bot.features.together import todos, working_sessions
from bot.features.wellbeing import check_ins
from flows.run.events import Opened
from flows.run.state import Phase, key_of
from storage.records.records import Group


class OfGroup(Protocol):
    """An event that happened in a group, by its id."""

    @property
    def group(self) -> int:
        """The group's id."""


Event = TypeVar("Event", bound=DomainEvent)
GroupEvent = TypeVar("GroupEvent", bound=OfGroup)
Subscriber = Callable[[Context, Any], Awaitable[None]]
HeardBy = tuple[type[object], tuple[Subscriber, ...]]


async def refresh_runs(ctx: Context, dirty_runs: Iterable[int]) -> None:
    """Refresh the cards of these runs and people's open items, once for all who handed in within one transaction."""
    for number in dirty_runs:
        record = await ctx.work.runs.lookup(number)
        if record is not None:
            await runner.refresh(ctx, await ctx.work.groups.get(record.group_id), record)


async def _refresh_cards(ctx: Context, group: Group, added: RowAdded) -> None:
    """Refresh the register's card, which shows the number of rows."""
    for record in await ctx.work.runs.of_exercise(group.id, added.exercise):
        if record.phase == Phase.OPEN:
            await runner.refresh_card(ctx, group, record)


async def _ask_about_item(ctx: Context, group: Group, added: ItemAdded) -> None:
    """Ask the person who added an item about it at once."""
    record, member = await ctx.work.runs.get(added.run), await ctx.work.members.get(added.member)
    first = runner.load(ctx, record).exercise.questions[0].id
    event = Opened(member.id, introduced=True, key=key_of(first, added.item))
    await runner.apply(ctx, group, record, event, by=member)


async def _show_register(ctx: Context, group: Group, needed: RegisterNeeded) -> None:
    """Begin the register, if no round of it is open."""
    records = await ctx.work.runs.of_exercise(group.id, needed.exercise)
    if not any(record.phase == Phase.OPEN for record in records):
        await rounds.begin(ctx, group, ctx.services.process.exercises[needed.exercise])


async def _announce_meeting(ctx: Context, group: Group, given: ProfileGiven) -> None:
    """Tell a new member of the next meeting."""
    await lifecycle.announce(ctx, group)


async def _seed_lists(ctx: Context, group: Group, given: ProfileGiven) -> None:
    """Add a new member to the lists that have a row for each member."""
    await initial_rows.seed_newcomer(ctx, group)


def _heard_by(event: type[Event], *subscribers: Callable[[Context, Event], Awaitable[None]]) -> HeardBy:
    """Pair an event with its handlers, in order; the type checker checks that each takes it."""
    return event, subscribers


def _in_group(
    event: type[GroupEvent], *subscribers: Callable[[Context, Group, GroupEvent], Awaitable[None]]
) -> HeardBy:
    """Do the same with an event of a group, which each handler gets as the one before has left it."""

    def given_group(subscriber: Callable[[Context, Group, GroupEvent], Awaitable[None]]) -> Subscriber:
        async def heard(ctx: Context, happened: GroupEvent) -> None:
            await subscriber(ctx, await ctx.work.groups.get(happened.group), happened)

        return heard

    return event, tuple(given_group(subscriber) for subscriber in subscribers)


# The handlers of each event, in order.
SUBSCRIBERS: Mapping[type[object], tuple[Subscriber, ...]] = dict(
    (
        _in_group(
            ProfileGiven,
            profile_given.completed,
            _announce_meeting,
            check_ins.after_joining,
            known.after_joining,
            _seed_lists,
        ),
        _heard_by(ReasonUnneeded, ambiguous_texts.after_objection),
        _in_group(PromiseRenewed, ambiguous_texts.after_renewal),
        _in_group(PromisedAgain, promise.accepted, ambiguous_texts.after_promise, dispatch_commands.after_promise),
        _in_group(PrivateRow, report.given),
        _in_group(
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
        _in_group(ExerciseReopened, consent.reopened, put_off.reopened),
        _in_group(SetAside, put_off.decided),
        _in_group(WaitEnded, put_off.ended),
        _in_group(OpenedToNetwork, network_letter.opened),
        _in_group(HandedIn, approvals.noted, adopted.answered),
        _in_group(SheetGiven, daily_message.ask_beside),
        _in_group(Answered, working_sessions.answered),
        _in_group(TextChanged, taken_back.text_changed),
        _in_group(TextAdopted, adopted.text_adopted),
        _in_group(
            RowChanged,
            consent.row_changed,
            assigned_rows.changed,
            removed_rows.row_changed,
            todos.row_changed,
            withdrawn.row_changed,
        ),
        _in_group(WantsIn, admitting.wanted),
        _in_group(NotNow, admitting.not_now),
        _in_group(SeatChanged, outcomes.seat_changed, ballot_owners.seat_changed, checked_numbers.seat_changed),
        _in_group(BotBack, ballot_owners.bot_back),
        _in_group(CoordinatorsChanged, coordinator.changed, unread.coordinators_changed),
        _in_group(NobodyReads, substitutes.nobody_reads),
        _in_group(ReporterWaits, receipts.unreached),
        _in_group(GuestRow, actor_forms.done),
        _in_group(EventChanged, first_meeting.frame_changed, event_day.changed),
        _in_group(TookOver, handover.take_over),
        _in_group(SeatLeft, handover.left, admitting.left, network_seats.stays),
        _in_group(RowAdded, _refresh_cards),
        _in_group(RowGiven, assigned_rows.given),
        _in_group(PersonNamed, mention_notices.named),
        _in_group(NumberChanged, agreed_numbers.wished),
        _in_group(ItemAdded, _ask_about_item),
        _in_group(
            CalendarChanged,
            time_poll.calendar_changed,
            meeting_list.follow,
            first_meeting.calendar_changed,
            event_day.plan_next,
        ),
        _in_group(MeetingListed, meeting_list.saved),
        _in_group(RegisterNeeded, _show_register),
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
