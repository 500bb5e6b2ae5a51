"""Each event in each phase, told in one table."""

from dataclasses import replace
from datetime import date

import pytest

from flows.effects import Amend, AskQuestion, Comment, HandIn, Invite, Keep, Show, TakeBack, Toast, Unfit
from flows.engine import EVENTS, advance, deadlines
from flows.events import (
    Began,
    Concluded,
    Edited,
    Event,
    Joined,
    Left,
    Moved,
    Opened,
    Picked,
    Revealed,
    Undid,
    Unwrote,
    Wrote,
)
from flows.model import Audience, How, Kind, Question
from flows.state import Phase, Place, Run, Seat
from tests.flows.sample import (
    SEATS,
    SWEDISH,
    TODAY,
    begun,
    exercise,
    fitting,
    new,
    play,
    tap,
    through,
    visit,
    walk,
    write,
)

# Per event: the phase it leads to, "+" for a change without a new phase, "." for none.
TABLE = """
            new        open       revealed   concluded  aside
Began       open       .          .          .          open
Opened      .          +          +          .          .
Picked      .          +          +          .          .
Wrote       .          +          +          .          .
Edited      .          +          +          .          .
Joined      +          +          +          .          .
Left        +          +          +          +          +
Revealed    .          revealed   .          .          .
Spoken      .          .          .          .          .
LeftOut     .          .          .          .          .
Concluded   .          concluded  concluded  .          .
Undid       .          aside      open       revealed   .
Unwrote     .          .          .          .          .
Moved       .          +          .          .          .
Withdrawn   .          +          open       open       .
"""
HEAD, *LINES = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(line[0], phase, wanted) for line in LINES for phase, wanted in zip(HEAD, line[1:], strict=True)]


def in_phase(phase: str, how: How = How.EACH) -> Run:
    """A run in this phase in which member 1 has handed in and member 2 has not begun."""
    run = new(exercise(how))
    if phase == "new":
        return run
    run = through(play(run, Began()), 1)
    ways: dict[str, list[Event]] = {
        "open": [],
        "revealed": [Revealed(anyway=True)],
        "concluded": [Revealed(anyway=True), Concluded(anyway=True)],
        "aside": [Undid()],
    }
    return play(run, *ways[phase])


def event(name: str, run: Run) -> Event:
    """An event of this name by member 2, as likely as can be to fit."""
    events: dict[str, Event] = {
        "Opened": Opened(2, introduced=True),
        "Picked": tap(run, 2, "start"),
        "Wrote": write(2, "Ett svar", "why@x"),
        "Edited": Edited(2, "Ett annat svar", "why@x", TODAY, SWEDISH.dates),
        "Joined": Joined(Seat(9)),
        "Left": Left(2),
        "Revealed": Revealed(anyway=True),
        "Unwrote": Unwrote(2, 1),
        "Concluded": Concluded(anyway=True),
        "Moved": Moved(date(2027, 4, 1)),
    }
    return events.get(name) or EVENTS[name]()


@pytest.mark.parametrize(("name", "phase", "wanted"), CASES)
def test_each_event_in_each_phase(name: str, phase: str, wanted: str) -> None:
    """An event leads where the table says, and one that does not fit leaves the run as it was."""
    run = in_phase(phase)
    after = advance(run, event(name, run)).run
    if wanted == ".":
        assert after == run
    else:
        assert after != run
        assert after.phase == (phase if wanted == "+" else wanted)


def test_the_table_is_whole() -> None:
    """The table names every event and every phase."""
    assert {line[0] for line in LINES} == set(EVENTS)
    assert set(HEAD) == set(Phase)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    "what",
    [
        Opened(99),
        Picked(99, 0, "start", "", TODAY, SWEDISH.dates),
        Wrote(99, "x", 0, TODAY, SWEDISH.dates),
        Edited(99, "x", "why@x", TODAY, SWEDISH.dates),
    ],
)
def test_strangers_are_turned_away(phase: Phase, what: Event) -> None:
    """Who has no seat is told so, in every phase, and changes nothing."""
    run = in_phase(phase)
    turn = advance(run, what)
    assert turn.run == run
    assert turn.effects == (Toast(Unfit.NO_SEAT),)


@pytest.mark.parametrize("how", [How.EACH, How.ORG])
def test_the_last_one_in_reveals(how: How) -> None:
    """When the last one awaited has handed in, the picture is shown at once."""
    run = begun(exercise(how))
    for member in (1, 3):
        run = through(run, member)
    if how is How.EACH:
        run = through(run, 2)
    assert run.phase is Phase.OPEN
    turn = None
    for after, _ in walk(run, 4):
        turn, run = after, after
    assert turn is not None
    assert turn.phase is Phase.REVEALED


def test_who_leaves_is_not_awaited() -> None:
    """If the only one still awaited leaves, the picture is shown; what they handed in would have stayed."""
    run = begun(exercise(How.EACH))
    for member in (1, 2, 3):
        run = through(run, member)
    turn = advance(run, Left(4))
    assert turn.run.phase is Phase.REVEALED
    assert turn.effects == (Amend(), Show("group"))
    assert advance(through(begun(exercise(How.EACH)), 1), Left(1)).run.sheets["m:1"].handed_in


def test_an_organisation_without_people_has_not_approved() -> None:
    """If the last one left to approve a text leaves or is away, nothing is shown as if all had answered."""
    run = begun(exercise(How.ORG, approves=("other",)))
    for member in (1, 3):
        run = through(run, member)
    turn = advance(run, Left(4))
    assert not turn.run.waiting_for()
    assert turn.run.phase is Phase.OPEN
    assert turn.effects == (Amend(),)


def test_what_is_taken_out_again_is_for_those_who_are_here() -> None:
    """Who has left since it was set aside is not waited for; who has come since is asked like others."""
    run = play(through(begun(exercise(How.EACH)), 1), Undid())
    here = {member: seat for member, seat in SEATS.items() if member != 2} | {9: Seat(9, 10)}
    turn = advance(run, Began(here))
    invited = {effect.to for effect in turn.effects if isinstance(effect, Invite)}
    assert invited == {3, 4, 9}  # 1 has handed in
    assert not turn.run.seats[2].awaited
    assert 2 not in {deadline.member for deadline in deadlines(turn.run)}
    assert turn.run.sheets["m:1"].handed_in


def test_small_groups_stay_as_they_were() -> None:
    """Whoever has come since joins the smallest group; nobody's sheet becomes another's."""
    run = begun(exercise(How.EACH, teams=2, for_each=None))
    run = replace(run, seats={member: replace(seat, team=1 if member < 3 else 3) for member, seat in SEATS.items()})
    here = {member: replace(seat, team=4) for member, seat in SEATS.items() if member != 4} | {9: Seat(9, 10, team=9)}
    seats = advance(play(run, Undid()), Began(here)).run.seats
    assert {member: seat.team for member, seat in seats.items()} == {1: 1, 2: 1, 3: 3, 4: 3, 9: 3}


def test_all_leaving_reveals_nothing() -> None:
    """Where nobody has handed in there is nothing to show."""
    run = play(begun(exercise(How.EACH)), *(Left(member) for member in SEATS))
    assert run.phase is Phase.OPEN
    assert deadlines(run)[0].member is None


def test_what_the_coordinator_reopened_stays_open() -> None:
    """A reveal that was taken back does not come again because someone who had answered leaves."""
    run = begun(exercise(How.EACH))
    for member in SEATS:
        run = through(run, member)
    run = play(run, Undid())
    assert play(run, Left(1)).phase is Phase.OPEN
    assert play(run, Revealed()).phase is Phase.REVEALED


def test_moving_to_a_colleague_can_reveal() -> None:
    """Someone who turns out to belong to an organisation that has answered is no longer awaited."""
    run = begun(exercise(How.ORG))
    run = through(through(run, 1), 3)
    assert play(run, Joined(Seat(4, 20))).phase is Phase.REVEALED


def test_old_buttons_stay_old_for_who_comes_back() -> None:
    """Buttons from before somebody left do not come to life when they return and are asked anew."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True))
    old = tap(run, 1, "pause")
    run = play(run, Left(1), Joined(SEATS[1]))
    for _ in range(3):
        assert advance(run, old).run == run
        run = play(run, Opened(1, introduced=True))


def test_undoing_keeps_every_answer() -> None:
    """An exercise begun by mistake is put aside and taken out again with all that was answered."""
    run = in_phase("open")
    back = play(run, Undid(), Began())
    assert back.phase is Phase.OPEN
    assert back.sheets == run.sheets


def test_deadlines_name_only_who_is_missing() -> None:
    """A reminder goes to each awaited member who has not handed in, and the coordinator decides last."""
    run = play(through(begun(exercise(How.EACH)), 1), Left(2))
    assert [d.member for d in deadlines(run)] == [3, 4, None]
    assert [d.member for d in deadlines(through(begun(exercise(How.ORG)), 1))] == [3, 4, None]
    assert [d.member for d in deadlines(begun(exercise(How.GROUP)))] == [None]
    assert [d.member for d in deadlines(begun(exercise(How.ROWS)))] == [None]
    assert deadlines(play(run, Moved(None))) == ()
    assert deadlines(play(run, Revealed(anyway=True))) == ()


@pytest.mark.parametrize(
    ("audience", "shown"),
    [(Audience.GROUP, (Show("group"),)), (Audience.COORDINATOR, (Show("coordinators"),)), (Audience.SELF, ())],
)
def test_the_picture_goes_to_its_audience(audience: Audience, shown: tuple[Show, ...]) -> None:
    """What only some may read is never shown to the others."""
    one = exercise(How.EACH, questions=(Question("q", Kind.TEXT, audience),), for_each=None)
    run = through(begun(one), 1)
    assert tuple(e for e in advance(run, Revealed(anyway=True)).effects if isinstance(e, Show)) == shown


def test_a_double_tap_counts_once() -> None:
    """Tapping twice keeps one answer; the second tap is told so and does not answer the next question."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "Ett svar"))
    twice = tap(run, 1, "pick", "0")
    run = play(run, twice)
    turn = advance(run, twice)
    assert turn.run == run
    assert turn.effects == (Toast(Unfit.STALE),)


def test_an_old_button_shows_what_is_open() -> None:
    """A tap on a question from long ago changes nothing and says once more what is asked now."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True))
    old = tap(run, 1, "pause")
    run = play(run, write(1, "Ett svar"))
    run = play(run, tap(run, 1, "pick", "0"))
    turn = advance(run, old)
    assert turn.run == run
    toast, say = turn.effects
    assert toast == Toast(Unfit.STALE)
    assert isinstance(say, AskQuestion)
    assert (say.key, say.ask) == (visit(run, 1).key, visit(run, 1).ask)


def test_a_reason_written_first_becomes_the_comment() -> None:
    """What people write instead of tapping is kept, in all its parts, and put to the option they choose."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "Ett svar"))
    run = play(run, write(1, "För att"), write(1, "det brådskar"))
    effects = advance(run, tap(run, 1, "pick", "1")).effects
    assert [e for e in effects if isinstance(e, Comment)] == [Comment("m:1", "sure@x", "För att\ndet brådskar", 1)]


def test_a_reason_to_a_kept_answer_is_kept_too() -> None:
    """Someone who comes back, writes a reason and keeps the old answer does not lose the reason."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "Ett svar"))
    run = play(run, tap(run, 1, "pick", "1"))
    run = play(run, tap(run, 1, "back"), write(1, "För att"))
    effects = advance(run, tap(run, 1, "skip")).effects
    assert Comment("m:1", "sure@x", "För att", 1) in effects


def test_a_comment_is_offered_after_the_last_question_too() -> None:
    """The summary offers the comment to the answer just given, and is come back to afterwards."""
    run = begun(exercise(How.EACH, for_each=None))
    steps = list(walk(run, 1))
    run, said = next((run, said) for run, said in steps if visit(run, 1).place is Place.SUMMARY)
    (remark,) = [b for row in said[-1].keyboard for b in row if b.verb == "remark"]
    run = play(run, tap(run, 1, "remark", remark.arg))
    assert (visit(run, 1).place, visit(run, 1).key) == (Place.COMMENT, "last")
    turn = advance(run, write(1, "För att"))
    assert Comment("m:1", "last", "För att", 1) in turn.effects
    assert visit(turn.run, 1).place is Place.SUMMARY


def test_a_text_that_the_phone_split_is_one_answer() -> None:
    """The second part of a long text is added to the first, not given to the next question."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "Första", at=100, long=True))
    turn = advance(run, write(1, "andra", at=102))
    assert Keep("m:1", "why@x", "andra", 1, more=True) in turn.effects
    assert visit(turn.run, 1).key == "sure@x"
    later = advance(run, write(1, "andra", at=120))
    assert not any(isinstance(e, Keep) for e in later.effects)


def test_an_answer_in_short_messages_is_one_answer() -> None:
    """A short message that goes on ("och …") within half a minute is added, and what was asked since is asked again."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "En hamn", at=100))
    more = replace(write(1, "och en flygplats", at=120), joins=True)
    turn = advance(run, more)
    assert Keep("m:1", "why@x", "och en flygplats", 1, more=True) in turn.effects
    (asked,) = [said for said in turn.effects if isinstance(said, AskQuestion)]
    assert (asked.key, asked.saved, visit(turn.run, 1).key) == ("sure@x", "why@x", "sure@x")
    for other in (replace(more, at=131), replace(more, joins=False)):
        assert not any(isinstance(e, Keep) for e in advance(run, other).effects)
    ended = next(run for run, _ in walk(run, 1) if visit(run, 1).place is Place.SUMMARY)
    at, last = visit(ended, 1).last_at, visit(ended, 1).last_key
    turn = advance(ended, replace(more, at=at))
    assert Keep("m:1", last, "och en flygplats", 1, more=True) in turn.effects
    assert visit(turn.run, 1).place is Place.SUMMARY


def test_an_edited_message_edits_until_the_reveal() -> None:
    """An edit changes its own answer while the exercise is open, and nothing once it has been shown."""
    run = through(begun(exercise(How.EACH)), 1)
    edit = Edited(1, "Rättat", "why@x", TODAY, SWEDISH.dates)
    assert Keep("m:1", "why@x", "Rättat", 1) in advance(run, edit).effects
    shown = play(run, Revealed(anyway=True))
    turn = advance(shown, edit)
    assert turn.run == shown
    assert not any(isinstance(e, Keep) for e in turn.effects)


def test_handed_in_can_be_taken_back_until_the_reveal() -> None:
    """Changing one's mind is possible until the others have seen the answers; whoever only looks has still answered."""
    run = through(begun(exercise(How.EACH)), 1)
    looked = advance(run, tap(run, 1, "redo"))
    assert TakeBack("m:1") not in looked.effects
    assert looked.run.sheet(1).handed_in
    left = advance(looked.run, tap(looked.run, 1, "send"))
    assert left.run.sheet(1).handed_in
    assert HandIn("m:1") not in left.effects
    asked = play(looked.run, tap(looked.run, 1, "go", "0"))
    turn = advance(asked, fitting(asked, 1) or write(1, "Något annat"))
    assert TakeBack("m:1") in turn.effects
    assert not turn.run.sheet(1).handed_in
    shown = play(run, Revealed(anyway=True))
    assert advance(shown, tap(shown, 1, "redo")).effects == (Toast(Unfit.LOCKED),)


def test_a_button_naming_someone_who_left_is_refused() -> None:
    """A person or an organisation can be picked only while it is there."""
    run = begun(exercise(How.EACH, for_each=None))
    at_who = next(run for run, _ in walk(run, 1) if visit(run, 1).key == "who")
    assert Keep("m:1", "who", {"id": 2}, 1) in advance(at_who, tap(at_who, 1, "pick", "2")).effects
    without = play(at_who, Left(2))
    assert advance(without, tap(without, 1, "pick", "2")).run == without


def test_a_remark_is_edited_by_its_own_message_before_an_option_is_chosen() -> None:
    """What is edited before the tap is the comment then, and keeps its message; of a remark in two parts neither is."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "Ett svar"))
    run = play(run, replace(write(1, "Jag har tid"), message=(5, 7)))
    run = play(
        run, Edited(1, "Jag har ingen tid", visit(run, 1).key, TODAY, SWEDISH.dates, comment=True, message=(5, 7))
    )
    effects = advance(run, tap(run, 1, "pick", "1")).effects
    assert Comment("m:1", "sure@x", "Jag har ingen tid", 1, (5, 7)) in effects
    run = play(run, replace(write(1, "just nu"), message=(5, 9)))
    assert visit(run, 1).remark == "Jag har ingen tid\njust nu"
    assert visit(run, 1).remark_from is None
