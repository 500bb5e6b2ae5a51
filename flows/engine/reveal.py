"""When what people wrote may be shown, to whom, and what is erased because it was not (laws 5 and 6 of the engine)."""

from collections.abc import Collection
from dataclasses import replace

from flows.enums import Audience, How
from flows.run.effects import Admit, Effect, Show
from flows.run.state import TOGETHER, Place, Run, Visit

LEAST_UNNAMED = 4  # people who have written, before anything without names is shown
LEAST = {How.EACH: 3, How.ORG: 2}  # people or organisations who are shown unasked, once all have answered


def enough(run: Run) -> bool:
    """True if enough have handed in to show it to the group without asking the coordinator."""
    if run.exercise.anonymous:
        return not too_few(run)
    if run.exercise.approves or Show("group") not in show(run):
        return somebody_in(run)
    return _people_in(run) >= LEAST.get(run.exercise.how, 1)


def too_few(run: Run) -> bool:
    """True if too few have written for their answers to be shown without names, or one may be no one."""
    return run.exercise.anonymous and (run.given.doubted or run.admitted + run.late < LEAST_UNNAMED)


def shown_too_soon(run: Run) -> bool:
    """True if the coordinator is to confirm first: not all are in, or so few that answers could be told apart."""
    return (bool(run.waiting_for()) or not enough(run)) and Show("group") in show(run) and not too_few(run)


def somebody_in(run: Run) -> bool:
    """True if there is something to show; the group's conclusion is written afterwards and does not count."""
    return any(s.handed_in for owner, s in run.sheets.items() if owner != "g" or run.exercise.how is How.GROUP)


def _people_in(run: Run) -> int:
    """Count who has handed in: people, or organisations where these answer; of a small group all who have begun."""
    owners = run.handed_in() - {"g"}
    if not run.exercise.teams:
        return len(owners)
    return sum(run.owner(m) in owners and run.visit(m).place is not Place.INTRO for m in run.seats)


def show(run: Run) -> tuple[Effect, ...]:
    """Show the answers to those who may read them; answers for oneself alone are shown to nobody."""
    audiences = {question.audience for question in run.exercise.questions}
    if Audience.GROUP in audiences:
        return (Show("group"),)
    return (Show("coordinators"),) if Audience.COORDINATOR in audiences else ()


def admit(run: Run) -> tuple[Run, tuple[Effect, ...]]:
    """Count unnamed sheets among those shown, as soon as there are enough new ones that none can be told apart."""
    if not run.given.doubted and run.late >= (TOGETHER if run.admitted else LEAST_UNNAMED):
        return replace(run, admitted=run.admitted + run.late), (Admit(),)
    return run, ()


def without_unshown(run: Run) -> Run:
    """Drop the unnamed sheets that have not been shown; none of the remaining ones waits to be shown together."""
    run = emptied(run, keep=run.handed_in() if run.admitted else ())
    return replace(run, admitted=run.admitted + run.late)


def emptied(run: Run, keep: Collection[str]) -> Run:
    """Drop all sheets but those in `keep` and the group's; whoever writes on a dropped one starts over."""
    sheets = {owner: sheet for owner, sheet in run.sheets.items() if owner in keep or owner == "g"}
    visits = {m: v if run.owner(m) in keep else Visit(ask=v.ask + 1) for m, v in run.visits.items()}
    return replace(run, sheets=sheets, visits=visits)
