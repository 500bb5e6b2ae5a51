"""What one who answers taps and writes: twice, late, in parts, beside the question, and edited afterwards."""

from dataclasses import replace

from flows.engine.engine import advance
from flows.enums import How
from flows.run.effects import AskQuestion, Comment, HandIn, Keep, TakeBack, Toast, Unfit
from flows.run.events import Edited, Left, Opened, Revealed
from flows.run.state import Place
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, fitting, play, tap, through, visit, walk, write


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
    assert [e for e in effects if isinstance(e, Comment)] == [
        Comment("m:1", "sure@x", "För att\ndet brådskar", 1, more=True)
    ]


def test_a_reason_to_a_kept_answer_is_kept_too() -> None:
    """Someone who comes back, writes a reason and keeps the old answer does not lose the reason."""
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=True), write(1, "Ett svar"))
    run = play(run, tap(run, 1, "pick", "1"))
    run = play(run, tap(run, 1, "back"), write(1, "För att"))
    effects = advance(run, tap(run, 1, "skip")).effects
    assert Comment("m:1", "sure@x", "För att", 1, more=True) in effects


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
    at, last = visit(ended, 1).last.at, visit(ended, 1).last.key
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
    assert Comment("m:1", "sure@x", "Jag har ingen tid", 1, more=True, message=(5, 7)) in effects
    run = play(run, replace(write(1, "just nu"), message=(5, 9)))
    assert visit(run, 1).remark.text == "Jag har ingen tid\njust nu"
    assert visit(run, 1).remark.message is None
