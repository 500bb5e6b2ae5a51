"""The engine: one pure function, `advance(run, event) -> Turn(run, effects)`. It executes and remembers nothing.

Laws
1. The phases are `PHASES` below and no other way leads from one to another. `Undid` walks the trail back.
2. An answer is taken while the run is open, or afterwards by someone who has not handed in yet, until the run is
   concluded.
3. A button counts only for the asking it belongs to; an older one changes nothing and is answered with a sentence.
4. Nobody but those with a seat takes part. Someone who has left or is away is not awaited, and
   what they handed in stays; who is away can still answer.
5. When the last one awaited has handed in, and enough have (`LEAST`), the answers are revealed. Else only the
   coordinator reveals, after having been asked once; without names four people must have written, and later ones are
   added by two at a time. What was handed in without a name is never changed.
6. What is handed in and revealed is not changed. If the text that the answers are about is changed, all answer anew.
7. An event that does not fit changes nothing: the run that comes back is the run that went in.

Theory of operation. A run has a *sheet* per owner (a member, an organisation or the group) that knows which keys are
answered, and a *visit* per person that knows what that person is being asked. The dialogue (`flows.dialogue`) moves a
visit; this module moves the run's phase. `deadlines(run)` derives what the run waits for, so that a reminder without a
reason cannot exist.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.buttons import Button, Keyboard
from flows.dialogue import dialogue, form
from flows.dialogue.keyboards import CONCLUSION
from flows.engine.reveal import admit, emptied, enough, show, shown_too_soon, somebody_in, too_few, without_unshown
from flows.enums import How
from flows.run.effects import (
    Amend,
    AskBack,
    Closed,
    Comment,
    Effect,
    Empty,
    Erase,
    Invite,
    Keep,
    OpenStep,
    Reinstate,
    SheetHandedIn,
    ShowMissing,
    TakeBack,
    Talked,
    Toast,
    Unfit,
    Unsay,
)
from flows.run.events import (
    Began,
    Concluded,
    Edited,
    Event,
    Filled,
    Joined,
    Left,
    LeftOut,
    Moved,
    Opened,
    Picked,
    Restored,
    Revealed,
    Spoken,
    Undid,
    Unwrote,
    Withdrawn,
    Wrote,
)
from flows.run.state import NewRow, Phase, Place, Run, Seat, Sheet, Visit

# From which phase each of the coordinator's events may be taken, and where it leads. `None`: back to where it was.
PHASES: Mapping[type[Event], Mapping[Phase, Phase | None]] = {
    Began: {Phase.NEW: Phase.OPEN, Phase.ASIDE: Phase.OPEN},
    Revealed: {Phase.OPEN: Phase.REVEALED},
    Spoken: {Phase.OPEN: Phase.REVEALED},
    Concluded: {Phase.OPEN: Phase.CONCLUDED, Phase.REVEALED: Phase.CONCLUDED},
    Undid: {Phase.OPEN: None, Phase.REVEALED: None, Phase.CONCLUDED: None},
    Withdrawn: {Phase.OPEN: Phase.OPEN, Phase.REVEALED: Phase.OPEN, Phase.CONCLUDED: Phase.OPEN},
    Restored: {Phase.OPEN: None},
}
# What is said of some in any other phase; of the others, that it is over.
UNFIT: Mapping[type[Event], Unfit] = {
    Began: Unfit.ALREADY_BEGUN,
    Revealed: Unfit.NOT_YET,
    Undid: Unfit.NOTHING_TO_UNDO,
}
# Why answers cannot be shown: they have been, the round is over, or it was put aside.
SHOWN = {Phase.REVEALED: Unfit.SHOWN, Phase.CONCLUDED: Unfit.OVER, Phase.ASIDE: Unfit.ASIDE}


@dataclass(frozen=True, slots=True)
class Turn:
    """The result of an event: the run as it is now, and the effects to carry out, in order."""

    run: Run
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day the run waits for: `member` is to hand in by then (None: the coordinator is to decide how to go on)."""

    on: date
    member: int | None


def advance(run: Run, event: Event) -> Turn:
    """The run after this event, and what follows from it. Pure: same arguments, same result.

    Never raises for an event that does not fit; such a one changes nothing and is answered with a notice.
    """
    if run.phase not in PHASES.get(type(event), Phase):
        shown = SHOWN if isinstance(event, Revealed) else {}
        return _unfit(run, shown.get(run.phase, UNFIT.get(type(event), Unfit.OVER)))
    match event:
        case Began(seats, answer_by):
            return _begin(replace(run, answer_by=answer_by or run.answer_by), seats)
        case Opened() | Picked() | Wrote() | Edited() | Filled():
            return _talk(run, event)
        case Revealed():
            return _reveal_if_meant(run, event)
        case Spoken():
            return _speak(run)
        case LeftOut():
            return _ask_anew(run) if run.exercise.anonymous else Turn(run)
        case Concluded():
            return _conclude(run, event)
        case Undid():
            return _undo(run, event)
        case Unwrote():
            return _unwrite(run, event)
        case Withdrawn(owners):
            return _withdraw(run, owners)
        case Restored(owners, phases):
            return _restore(run, owners, phases)
        case Joined(seat, quiet):
            return _join(run, seat, quiet=quiet)
        case Left(member, away):
            return _leave(run, member, away=away)
        case Moved(answer_by):
            moved = Turn(replace(run, answer_by=answer_by), (Amend(),))
            return moved if run.phase is Phase.OPEN else _unfit(run, Unfit.OVER)


def _smallest_team(run: Run, member: int) -> int | None:
    """The small group for someone who joins later: the one they were in before, else the one with the fewest people."""
    if member in run.seats and run.seats[member].team is not None:
        return run.seats[member].team
    teams = [seat.team for seat in run.seats.values() if seat.awaited and seat.team is not None]
    return min(teams, key=teams.count, default=None)


def deadlines(run: Run) -> tuple[Deadline, ...]:
    """Return what an open run with a date waits for: each awaited member who has not handed in, and the coordinator.

    Empty when all is filled in (`Run.filled_in`): such a run waits to be concluded, and for no date.
    """
    if run.phase is not Phase.OPEN or run.answer_by is None or run.filled_in:
        return ()
    if run.exercise.how in (How.GROUP, How.ROWS):
        return (Deadline(run.answer_by, None),)
    missing = run.members_of(*run.waiting_for())
    return (*(Deadline(run.answer_by, member) for member in missing), Deadline(run.answer_by, None))


def _unfit(run: Run, why: Unfit) -> Turn:
    return Turn(run, (Toast(why),))


def _begin(run: Run, seats: Mapping[int, Seat] | None) -> Turn:
    run = _seated(run, seats).into(Phase.OPEN) if seats is not None else run.into(Phase.OPEN)
    invites = [effect for member, seat in run.seats.items() if seat.awaited for effect in _invite(run, member)]
    return Turn(run, (Amend(), *invites))


def _invite(run: Run, member: int, *, anew: bool = False) -> tuple[Effect, ...]:
    """Invite a person to an exercise that is answered alone; a shared one is opened from the group's card."""
    if (
        run.exercise.private
        or run.exercise.how not in (How.EACH, How.ORG)
        or run.phase is not Phase.OPEN
        or run.sheet(member).handed_in
    ):
        return ()
    keyboard: Keyboard = ((Button("open", "", "start"),),)
    return (Invite(to=member, keyboard=keyboard, anew=anew),)


def _shut(run: Run, event: Opened | Picked | Wrote | Edited | Filled) -> Unfit | None:
    """Return why nothing of this person is taken now, None if it is."""
    seat = run.seats.get(event.member)
    if seat is None or not seat.takes_part:
        return Unfit.NO_SEAT
    if run.phase in (Phase.NEW, Phase.ASIDE):
        return Unfit.ASIDE
    if run.spoken and not (isinstance(event, Wrote | Edited) and event.key == CONCLUSION):
        return Unfit.SPOKEN
    after_all = _open_ended(run) and not isinstance(event, Edited)
    return Unfit.OVER if run.phase is Phase.CONCLUDED and not after_all else None


def _talk(run: Run, event: Opened | Picked | Wrote | Edited | Filled) -> Turn:
    if why := _shut(run, event):
        return _unfit(run, why)
    before = run.sheet(event.member).handed_in
    after, effects = form.fill(run, event) if isinstance(event, Filled) else dialogue.talk(run, event)
    if run.exercise.how is How.GROUP:  # what is written together everybody sees at once
        kept = any(isinstance(effect, Keep | Comment | Unsay | Empty) for effect in effects)
        return Turn(after, (*effects, Amend()) if kept or after.filled_in != run.filled_in else tuple(effects))
    if after.sheet(event.member).handed_in == before:
        return Turn(after, tuple(effects))
    if after.phase is Phase.REVEALED and after.late_alone:  # it would tell whose it is
        return Turn(after, (*effects, Amend()))
    if after.phase is Phase.REVEALED:  # someone who came late: the picture is shown anew
        after, admitted = admit(after)
        return Turn(after, (*effects, *admitted, Amend(), *show(after)))
    turn = _reveal_when_all_in(run, after)
    if turn.run.phase is Phase.REVEALED:  # what has been shown is not changed
        effects = [replace(e, keyboard=()) if isinstance(e, SheetHandedIn) else e for e in effects]
    return Turn(turn.run, (*effects, *(turn.effects or (Amend(),))))


def _open_ended(run: Run) -> bool:
    """True if answers are taken even after the run is concluded: rows of a list, and what nobody else sees."""
    return run.exercise.how is How.ROWS or run.exercise.unseen


def _reveal_when_all_in(before: Run, run: Run) -> Turn:
    """Law 5. The joining questions are personal and shared exercises already seen, so neither is revealed.

    Neither are answers that only their own author sees: they may still be changed.

    What the coordinator has taken back from its reveal stays open, unless somebody has handed in since whose answers
    were not shown.
    """
    alone = run.exercise.how in (How.EACH, How.ORG) and not run.exercise.private and bool(show(run))
    again = bool(run.hidden) and run.handed_in() - {"g"} <= run.hidden
    all_in = before.waiting_for() and not run.waiting_for() and enough(run)
    if alone and run.phase is Phase.OPEN and all_in and not again:
        return _reveal(run)
    return Turn(run)


def _reveal_if_meant(run: Run, event: Revealed) -> Turn:
    if not somebody_in(run):
        return _unfit(run, Unfit.NOT_YET)
    if too_few(run):
        return Turn(run, (AskBack("too_few", ()),))
    if not event.anyway and shown_too_soon(run):
        keyboard: Keyboard = ((Button("reveal", "anyway", "reveal_anyway"), Button("reveal", "wait", "reveal_wait")),)
        return Turn(run, (AskBack("not_all", keyboard),))
    return _reveal(run)


def _speak(run: Run) -> Turn:
    """Erase what was written and show nothing; the group goes on to its conclusion."""
    if not too_few(run):
        return _unfit(run, Unfit.OVER)
    run = replace(emptied(run, keep=()), spoken=True).into(Phase.REVEALED)
    return Turn(run, (Erase(), Amend(), Talked()))


def _ask_anew(run: Run) -> Turn:
    """Ask again for unnamed answers that a backup left out; once some are shown, only those who had not handed in."""
    return Turn(without_unshown(run), (Erase(), Amend()))


def _reveal(run: Run) -> Turn:
    run, admitted = admit(replace(run, hidden=frozenset()).into(Phase.REVEALED))
    return Turn(run, (*admitted, Amend(), *show(run)))


def _conclude(run: Run, event: Concluded) -> Turn:
    keys, unanswered, unsettled = _unanswered_together(run), run.awaits_answers, _unsettled(run)
    if not event.anyway and (keys or unanswered or unsettled or event.gaps):
        keyboard: Keyboard = ((Button("close", "anyway", "close_anyway"),),)
        lacks = ShowMissing(keys=keys, unanswered=unanswered, unsettled=unsettled, gaps=event.gaps, keyboard=keyboard)
        return Turn(run, (lacks,))
    run = run.into(Phase.CONCLUDED)
    effects: list[Effect] = [Amend(), Closed()]
    if run.exercise.anonymous:  # not shown by now means never shown
        run = without_unshown(run)
        effects.insert(0, Erase())
    outcome = run.exercise.outcome
    if outcome and event.values.get(outcome.question) == outcome.option:
        effects.append(OpenStep(outcome.opens))
    return Turn(run, tuple(effects))


def _unanswered_together(run: Run) -> tuple[str, ...]:
    """Return what the group must answer and has not: on its sheet, or its conclusion of what has been shown.

    Two texts that stand side by side are no conclusion yet.
    """
    answered = run.sheets.get("g", Sheet()).answered
    if run.exercise.how is How.GROUP:
        return tuple(key for key in run.required("g") if key not in answered)
    if not run.exercise.conclusion or run.phase is not Phase.REVEALED:
        return ()
    written = run.given.written.get(CONCLUSION)
    apart = written is not None and written.joined
    return (CONCLUSION,) if apart or CONCLUSION not in answered else ()


def _unsettled(run: Run) -> tuple[tuple[int, str], ...]:
    """Return who has yet to choose between two answers of the group, with the question, while that is still asked."""
    if run.exercise.how is not How.GROUP:
        return ()
    chooses = ((member, visit) for member, visit in run.visits.items() if member in run.seats)
    asked = run.asked("g")
    return tuple((member, visit.key) for member, visit in chooses if visit.place is Place.MET and visit.key in asked)


def _undo(run: Run, event: Undid) -> Turn:
    if not run.trail:
        return _unfit(run, Unfit.NOTHING_TO_UNDO)
    back = run.trail[-1]
    if back is Phase.NEW:  # begun by mistake: put aside with all its answers, and can be taken out again
        return Turn(replace(run, phase=Phase.ASIDE, trail=()), (Amend(),))
    before, run = run, replace(run, phase=back, trail=run.trail[:-1])
    if before.phase is Phase.REVEALED:
        run = replace(run, hidden=before.handed_in() - {"g"})
    if not before.spoken or back is not Phase.OPEN:
        return Turn(run, (Amend(),))
    run = replace(run, spoken=False, answer_by=event.answer_by or run.answer_by)
    invites = (
        effect for member, seat in run.seats.items() if seat.awaited for effect in _invite(run, member, anew=True)
    )
    return Turn(run, (Amend(), Talked(undone=True), *invites))


def _unwrite(run: Run, event: Unwrote) -> Turn:
    """Restore the conclusion before the newest one, unless somebody has written since."""
    written = run.given.written.get(CONCLUSION)
    if run.phase is not Phase.REVEALED:
        return _unfit(run, Unfit.OVER)
    if written is None or written.version != event.seen:
        return _unfit(run, Unfit.CHANGED_SINCE)
    if written.version == 1:  # there was no earlier version
        sheet = run.sheets["g"]
        run = run.with_sheet("g", replace(sheet, answered=sheet.answered - {CONCLUSION}))
    return Turn(run, (Unsay("g", CONCLUSION, event.member), Amend()))


def _withdraw(run: Run, only: Collection[str]) -> Turn:
    """Reopen the run without a date: all sheets, or `only` these owners', keep their answers, to be handed in again."""
    owners = [owner for owner, sheet in run.sheets.items() if sheet.handed_in and (not only or owner in only)]
    for owner in owners:
        run = run.with_sheet(owner, replace(run.sheets[owner], handed_in=False))
    run = replace(run, phase=Phase.OPEN, trail=(Phase.NEW,), answer_by=None, hidden=frozenset())
    return Turn(run, (*(TakeBack(owner) for owner in owners), Amend()))


def _restore(run: Run, owners: Collection[str], phases: Sequence[Phase]) -> Turn:
    """Hand these owners' sheets in again as they were, and go back to the phase in which they were taken back."""
    for owner in owners:
        run = run.with_sheet(owner, replace(run.sheets[owner], handed_in=True))
    if phases:
        run = replace(run, phase=phases[-1], trail=tuple(phases[:-1]))
    shown = show(run) if run.phase is Phase.REVEALED else ()
    return Turn(run, (*(Reinstate(owner) for owner in owners), Amend(), *shown))


def _seated(run: Run, seats: Mapping[int, Seat]) -> Run:
    """The run with the seats of today: nobody waits for who has left, and who has come since has one."""
    for member in run.seats.keys() - seats.keys():
        run = _leave(run, member).run
    for member, seat in seats.items():
        team = _smallest_team(run, member) if run.exercise.teams else None  # the one they were in, if they were
        run = replace(run, seats={**run.seats, member: replace(seat, team=team)})
    return run


def _join(run: Run, seat: Seat, *, quiet: bool) -> Turn:
    over = run.phase is Phase.ASIDE or (run.phase is Phase.CONCLUDED and not _open_ended(run))
    if over or run.seats.get(seat.member) == seat:
        return Turn(run)
    if run.exercise.teams and seat.team is None:
        seat = replace(seat, team=_smallest_team(run, seat.member))
    before, joined = run.seats.get(seat.member), replace(run, seats={**run.seats, seat.member: seat})
    if run.exercise.how is How.ORG and before is not None and before.organisation != seat.organisation:
        asked = run.visit(seat.member).ask  # the former organisation's sheet is shut to them, and so its buttons
        joined = replace(joined, visits={**run.visits, seat.member: Visit(ask=asked + 1)})
    if run.exercise.private and not run.seats.get(seat.member, seat).awaited:  # is back: ask again who they are
        joined = joined.with_sheet(joined.owner(seat.member), replace(joined.sheet(seat.member), handed_in=False))
    invite = _invite(joined, seat.member) if seat.awaited and not quiet else ()
    turn = _reveal_when_all_in(run, joined)  # someone who moved may have been the last one awaited
    return Turn(turn.run, (*(turn.effects or (Amend(),)), *invite))


def _leave(run: Run, member: int, *, away: bool = False) -> Turn:
    seat = run.seats.get(member)
    if seat is None or not (seat.awaited if away else seat.takes_part):
        return Turn(run)
    left, before = replace(seat, awaited=False, away=away), run
    run = replace(run, seats={**run.seats, member: left})
    if not away and member in run.visits:
        # The number of the latest asking is kept, so that old buttons stay old if the person comes back, and a row that
        # they had begun; what is logged in private is not.
        visit = run.visits[member]
        run = run.with_visit(
            member, Visit(ask=visit.ask + 1, new=NewRow({} if run.exercise.private else visit.begun_row))
        )
    if run.phase is not Phase.OPEN:
        return Turn(run)
    if run.exercise.approves:  # an organisation whose people are away or gone has not answered by that
        return Turn(run, (Amend(),))
    turn = _reveal_when_all_in(before, run)
    return Turn(turn.run, turn.effects or (Amend(),))
