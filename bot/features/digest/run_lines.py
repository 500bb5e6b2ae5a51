"""What the day's message says of a round, by the kind of the item that is about it."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.context.context import Context
from bot.context.message import Key
from bot.exercises.group_card import more_time_keys
from bot.reminders import kinds
from flows.engine.reveal import too_few
from flows.enums import How
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.records.open_items import OpenItem

OfRun = tuple[tuple[str, str], TemplateFacts] | None  # a button's label and verb, and what is told; None: nothing is


def _answer(open_item: OpenItem, run: Run, facts: TemplateFacts) -> OfRun:
    owner = run.owner(open_item.member_id) if open_item.member_id in run.seats else ""
    return ("day.answer_title", "open"), {**facts, "unsent": owner in run.unsent()}


def _ready(_open_item: OpenItem, run: Run, facts: TemplateFacts) -> OfRun:
    if run.exercise.always:
        return None  # told by an older release: it has no end
    talked = run.phase is Phase.REVEALED and not run.exercise.conclusion
    return ("day.ready", "close"), {**facts, "talked": talked}


def _shared(_open_item: OpenItem, run: Run, facts: TemplateFacts) -> OfRun:
    return ("day.open_title", "open"), {**facts, "list": run.exercise.how is How.ROWS}


def _decide(_open_item: OpenItem, run: Run, facts: TemplateFacts) -> OfRun:
    if facts["late"] and run.answered_alone:
        return None  # what is told then is that the answers can be shown
    together = run.exercise.how in (How.GROUP, How.ROWS) or run.exercise.anonymous
    return ("day.look" if together else "day.missing", "missing"), {**facts, **_counts(run)}


def _given(_open_item: OpenItem, run: Run, facts: TemplateFacts) -> OfRun:
    if not run.owners():
        return None
    return ("day.show", "reveal"), {**facts, **_counts(run), "until": run.answer_by, "too_few": too_few(run)}


def _counts(run: Run) -> TemplateFacts:
    owners, how = len(run.owners()), run.exercise.how
    return {
        "done": owners - len(run.waiting_for()),
        "all": owners,
        "shared": how is How.GROUP,
        "list": how is How.ROWS,
    }


OF_RUN: Final[Mapping[str, Callable[[OpenItem, Run, TemplateFacts], OfRun]]] = {
    kinds.ANSWER: _answer,
    kinds.READY: _ready,
    kinds.SHARED: _shared,
    kinds.DECIDE: _decide,
    kinds.GIVEN: _given,
}


def to_show(ctx: Context, run: Run, title: str) -> list[Key]:
    """Return the ways on where the answers can be shown; more time only where somebody has not answered."""
    if too_few(run) or len(run.waiting_for()) == len(run.owners()):
        return [ctx.key("day.look", "missing", run.number, title=title), *more_time_keys(ctx, run)[:1]]
    show = ctx.key("day.show", "reveal", run.number, title=title)
    return [show, *(more_time_keys(ctx, run)[:1] if run.waiting_for() else [])]
