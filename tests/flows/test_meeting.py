"""Several people write the same shared answer: whatever the order, no text is lost or passed over unseen."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.exercises.run_json import from_json, to_json
from flows.definitions.model import Question, Register
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import AnyField, ChoiceField, TextField
from flows.run.effects import AskQuestion, ChooseAnswer, Effect, Keep, KeepRow, RowSaved
from flows.run.events import Edited, Event, Left, Opened, Wrote
from flows.run.state import Place, Run, SharedAnswer
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, giving, tap, visit, write

KEY = "why"
WRITERS = (1, 2, 3)
TEXT = TextField()


class Sheet:
    """A shared sheet with one question, and a storage that keeps every version of it."""

    def __init__(self, field: AnyField = TEXT) -> None:
        question = Question(KEY, field, Audience.GROUP)
        self.run = begun(exercise(How.GROUP, for_each=None, questions=(question,), outcome=None))
        self.versions: list[SharedAnswer] = []
        for member in WRITERS:
            self.do(Opened(member, introduced=True))

    @property
    def stands(self) -> Any:
        """What is answered now."""
        return self.versions[-1].value if self.versions else None

    def do(self, event: Event) -> tuple[Effect, ...]:
        """Let the event happen, as it does in life: the run comes out of storage, with what stands on the sheet."""
        loaded = from_json(self.run.exercise, 1, to_json(self.run))
        turn = advance(giving(loaded, written={KEY: self.versions[-1]} if self.versions else {}), event)
        self.run = turn.run
        for effect in turn.effects:
            if isinstance(effect, Keep) and effect.value != self.stands:
                self.versions.append(SharedAnswer(len(self.versions) + 1, effect.member, effect.value))
        return turn.effects

    def place(self, member: int) -> Place:
        """Where somebody stands."""
        return visit(self.run, member).place


def met(effects: tuple[Effect, ...]) -> ChooseAnswer | None:
    """The message that shows two answers, if there is one."""
    return next((e for e in effects if isinstance(e, ChooseAnswer)), None)


DEEDS = st.tuples(st.sampled_from(WRITERS), st.sampled_from(["write", "mine", "theirs", "both", "again", "leave"]))


@given(st.lists(DEEDS, max_size=25))
@example([(1, "write"), (3, "write"), (2, "write"), (2, "theirs"), (3, "mine")])  # back to what the third one has seen
def test_no_text_is_lost_or_passed_over_unseen(deeds: list[tuple[int, str]]) -> None:
    """Each text is kept as it was written; one that its writer's colleague has not seen stands until it has been."""
    sheet, seen = Sheet(), dict.fromkeys(WRITERS, 0)
    wrote: list[str] = []
    for number, (member, deed) in enumerate(deeds):
        before = len(sheet.versions)
        standing = sheet.versions[-1] if sheet.versions else None
        if deed == "leave":
            sheet.do(Left(member))
            assert len(sheet.versions) == before
            continue
        if deed == "write":
            text = f"text {number}"
            effects = sheet.do(write(member, text))
            if any(isinstance(e, Keep) for e in effects):
                wrote.append(text)
        elif deed == "again":
            effects = sheet.do(Opened(member, key=KEY))
        else:
            effects = sheet.do(tap(sheet.run, member, "pick", deed))
        changed = len(sheet.versions) > before
        last_seen = sheet.versions[seen[member] - 1].value if seen[member] else None
        if changed and standing is not None and standing.member != member and standing.value != last_seen:
            shown = met(effects)
            assert shown is not None, "an answer was changed by somebody who had not seen it"
            assert shown.theirs == standing.value
        if any(isinstance(e, AskQuestion | ChooseAnswer) and e.to == member for e in effects):
            seen[member] = len(sheet.versions)
    said = {line for version in sheet.versions for line in str(version.value).splitlines()}
    assert said >= set(wrote), "every text is in the history as it was written"


def two() -> Sheet:
    """A sheet on which 1 has answered, and 2 has answered something else without having seen it."""
    sheet = Sheet()
    sheet.do(write(1, "ett"))
    sheet.do(write(2, "två"))
    return sheet


def test_both_stand_until_one_is_chosen() -> None:
    """Whoever came second chooses; each choice is what stands, and all of it is in the history."""
    assert two().stands == "ett\n\ntvå"
    for choice, stands in (("mine", "två"), ("theirs", "ett"), ("both", "ett\n\ntvå")):
        sheet = two()
        sheet.do(tap(sheet.run, 2, "pick", choice))
        assert sheet.stands == stands
        assert sheet.place(2) is Place.SUMMARY
        assert [v.value for v in sheet.versions][:3] == ["ett", "två", "ett\n\ntvå"]


def test_who_leaves_without_choosing_leaves_both() -> None:
    """Somebody who has just left has nothing to choose any more, and both texts stay."""
    sheet = two()
    sheet.do(Left(2))
    effects = sheet.do(tap(sheet.run, 2, "pick", "mine"))
    assert not any(isinstance(e, Keep) for e in effects)
    assert sheet.stands == "ett\n\ntvå"


def test_a_choice_meets_what_was_written_meanwhile() -> None:
    """Two texts are chosen between, and a third is there by then: it is shown too, and not passed over."""
    sheet = two()
    sheet.do(Opened(3, key=KEY))
    sheet.do(write(3, "tre"))
    sheet.do(tap(sheet.run, 3, "pick", "mine"))
    effects = sheet.do(tap(sheet.run, 2, "pick", "mine"))
    shown = met(effects)
    assert shown is not None
    assert (shown.theirs, shown.by) == ("tre", 3)
    sheet.do(tap(sheet.run, 2, "pick", "theirs"))
    assert sheet.stands == "tre"


def test_a_long_text_that_the_phone_split_meets_as_one() -> None:
    """The second part belongs to the first, also while it is being chosen."""
    sheet = Sheet()
    sheet.do(write(1, "ett"))
    sheet.do(write(2, "två", at=100, long=True))
    sheet.do(write(2, "och mer", at=101))
    assert sheet.stands == "ett\n\ntvå\noch mer"
    sheet.do(tap(sheet.run, 2, "pick", "mine"))
    assert sheet.stands == "två\noch mer"


def test_the_same_answer_twice_is_no_meeting() -> None:
    """Two who say the same have nothing to choose between; and what one wrote oneself one has seen."""
    sheet = Sheet()
    sheet.do(write(1, "ett"))
    assert met(sheet.do(write(2, "ett"))) is None
    sheet = Sheet()
    sheet.do(write(1, "ett"))
    assert met(sheet.do(Wrote(1, "ett igen", 0, TODAY, SWEDISH.dates, KEY, seen=0))) is None


def test_a_stale_edit_passes_over_nothing() -> None:
    """An edit of a message whose answer has been changed since shows both; the one before is come back to."""
    sheet = two()
    sheet.do(tap(sheet.run, 2, "pick", "both"))
    shown = met(sheet.do(Edited(1, "ett, rättat", KEY, TODAY, SWEDISH.dates, seen=1)))
    assert shown is not None
    assert shown.theirs == "ett\n\ntvå"
    assert sheet.stands == "ett\n\ntvå\n\nett, rättat"
    sheet.do(tap(sheet.run, 1, "pick", "theirs"))
    assert sheet.stands == "ett\n\ntvå"
    assert sheet.place(1) is Place.SUMMARY


def test_ticks_of_two_are_put_together() -> None:
    """Where several can be ticked, what either has ticked stands until one is chosen."""
    sheet = Sheet(ChoiceField(("a", "b", "c"), many=True))
    sheet.do(tap(sheet.run, 2, "on", "1"))
    for member, place in ((1, "0"), (2, "2")):
        sheet.do(tap(sheet.run, member, "on", place))
    for member in (1, 2):
        sheet.do(tap(sheet.run, member, "ok"))
    assert sheet.stands == ["a", "b", "c"]
    sheet.do(tap(sheet.run, 2, "pick", "mine"))
    assert sheet.stands == ["b", "c"]


class Row(Sheet):
    """A row with one field that several change."""

    def __init__(self, key: str = "note") -> None:
        questions = (Question("note", TextField(), Audience.GROUP), Question("more", TextField(), Audience.GROUP))
        self.run = begun(exercise(How.ROWS, questions=questions, register=Register("more"), outcome=None))
        self.key, self.gone = key, False
        self.versions = [SharedAnswer(1, 3, "från början")]
        for member in (1, 2):
            self.do(Opened(member, row=7, key=key, rest=tuple({"more"} - {key})))

    def do(self, event: Event) -> tuple[Effect, ...]:
        """Let the event happen to the row as it stands."""
        loaded = from_json(self.run.exercise, 1, to_json(self.run))
        turn = advance(giving(loaded, written={self.key: self.versions[-1]}, row_gone=self.gone), event)
        self.run = turn.run
        for effect in turn.effects:
            if isinstance(effect, KeepRow) and self.key in effect.values and effect.values[self.key] != self.stands:
                assert effect.row == 7
                self.versions.append(SharedAnswer(len(self.versions) + 1, effect.member, effect.values[self.key]))
        return turn.effects


def test_two_who_change_the_same_field_of_a_row_meet() -> None:
    """Nothing that one has written is passed over by the other; whoever came second chooses, and goes on."""
    for choice, stands in (("mine", "två"), ("theirs", "ett"), ("both", "ett\n\ntvå")):
        row = Row()
        row.do(write(1, "ett"))
        shown = met(row.do(write(2, "två")))
        assert shown is not None
        assert (shown.theirs, shown.by, row.stands) == ("ett", 1, "ett\n\ntvå")
        row.do(tap(row.run, 2, "pick", choice))
        assert row.stands == stands
        assert (row.place(2), visit(row.run, 2).key) == (Place.ASK, "more")


def test_what_names_a_row_stays_on_one_line() -> None:
    """Two names stand together on one line until one is chosen; what is written meanwhile is added."""
    row = Row("more")
    row.do(write(1, "ett"))
    row.do(write(2, "två"))
    assert row.stands == "ett / två"
    row.do(write(2, "tre"))
    assert (row.stands, row.place(2)) == ("ett / två / tre", Place.MET)
    row.do(tap(row.run, 2, "pick", "mine"))
    assert (row.stands, row.place(2)) == ("två / tre", Place.DONE)


def test_nothing_more_is_asked_of_a_row_that_is_gone() -> None:
    """What was written to it is kept, and that is all."""
    row = Row()
    row.gone = True
    effects = row.do(write(1, "ett"))
    assert row.stands == "ett"
    assert any(isinstance(e, RowSaved) for e in effects)
    assert not any(isinstance(e, AskQuestion) for e in effects)
    assert row.place(1) is Place.DONE


def test_a_run_from_before_still_opens() -> None:
    """What an earlier version remembered of a visit, and this one does not, is no hindrance."""
    run = two().run
    data = to_json(run)
    data["visits"]["2"]["blank"] = True
    assert isinstance(from_json(run.exercise, 1, data), Run)


def test_a_text_that_says_something_else_meets_the_one_that_stands() -> None:
    """Whoever has seen it may mean a line more; with half of its words it is an edit. Their own they just change."""
    sheet = Sheet()
    sheet.do(write(1, "en kort text"))
    sheet.do(Opened(2, key=KEY))
    assert met(sheet.do(write(2, "något annat"))) is not None
    assert sheet.stands == "en kort text\n\nnågot annat"
    sheet.do(tap(sheet.run, 2, "pick", "both"))
    sheet.do(Opened(1, key=KEY))
    assert met(sheet.do(write(1, "en kort text, något slipad"))) is None
    assert sheet.stands == "en kort text, något slipad"
    sheet.do(Opened(1, key=KEY))
    assert met(sheet.do(write(1, "helt ny"))) is None
