"""A text in which somebody is pointed out: refused, held until it is to stand, or taken, as the definition says."""

from dataclasses import replace

import pytest

from flows.definitions.model import Question, Register
from flows.engine.engine import Turn, advance
from flows.enums import Audience, How
from flows.fields import ChoiceField, TextField
from flows.identities import Handling, Identity
from flows.run.effects import AskIdentity, Comment, Done, Keep, RefuseIdentity, Stray, Toast
from flows.run.events import Edited, Opened
from flows.run.state import Phase, Run
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, play, tap, write

PHONE = (Identity.PHONE,)
SEEN = Question("seen", TextField(), Audience.GROUP)
SURE = Question("sure", ChoiceField(options=("yes", "no")), Audience.GROUP, comment=True, ask_comment=True)
SITE = Question("site", TextField(form="domain"), Audience.GROUP)


def opened(*questions: Question, handling: Handling = Handling.ASK) -> Run:
    """A sheet of the group's that its first member has opened."""
    asked = tuple(replace(q, identities=handling) for q in questions)
    return play(
        begun(exercise(How.GROUP, questions=asked, for_each=None, outcome=None, identities=handling)),
        Opened(1, introduced=True),
    )


def kept(turn: Turn) -> list[object]:
    """The answers that a turn keeps."""
    return [e.value for e in turn.effects if isinstance(e, Keep)]


def said(turn: Turn, kind: type) -> bool:
    """Whether the turn says anything of this kind."""
    return any(isinstance(e, kind) for e in turn.effects)


def edited(text: str, key: str) -> Edited:
    """A sent message that its writer has changed."""
    return Edited(1, text, key, TODAY, SWEDISH.dates)


def test_held_until_it_is_to_stand() -> None:
    """Nothing is kept before its writer has said so, and then it is kept as it was written."""
    turn = advance(opened(SEEN), write(1, "Ring 070-000 00 00", identities=PHONE))
    assert said(turn, AskIdentity)
    assert kept(turn) == []
    turn = advance(turn.run, tap(turn.run, 1, "asis"))
    assert kept(turn) == ["Ring 070-000 00 00"]


def test_few_people_are_asked_about_where_figures_are_told() -> None:
    """A number of people that the statistics would not show is asked about in a text on figures, and nowhere else."""
    text = "Två personer har fått stöd"
    for handling, held in ((Handling.FIGURES, True), (Handling.ASK, False), (Handling.REFUSE, False)):
        turn = advance(opened(SEEN, handling=handling), write(1, text, identities=(Identity.FEW,)))
        assert said(turn, AskIdentity) is held
        assert kept(turn) == ([] if held else [text])
    assert Handling.CONTACT.concerns((Identity.FEW,)) == ()


def test_the_rest_of_a_split_text_is_held_with_its_beginning() -> None:
    """A long text that the phone has split is one text, and asked about once."""
    turn = advance(opened(SEEN), write(1, "Början 070-000 00 00", at=100, long=True, identities=PHONE))
    turn = advance(turn.run, write(1, "och slutet", at=101))
    assert any(isinstance(e, Toast) and e.name is Done.ADDED for e in turn.effects)
    turn = advance(turn.run, tap(turn.run, 1, "asis"))
    assert kept(turn) == ["Början 070-000 00 00\noch slutet"]


def test_a_new_text_takes_the_place_of_what_is_held() -> None:
    """Whoever writes anew answers the same question, and what was held is gone."""
    turn = advance(opened(SEEN), write(1, "Ring 070-000 00 00", identities=PHONE))
    turn = advance(turn.run, write(1, "Ring jouren", at=60))
    assert kept(turn) == ["Ring jouren"]
    assert turn.run.visit(1).held is None


def test_a_split_text_is_refused_whole() -> None:
    """Where nobody may be pointed out, the rest of a refused text is not taken for an answer of its own."""
    turn = advance(
        opened(SEEN, handling=Handling.REFUSE), write(1, "Början 070-000 00 00", at=100, long=True, identities=PHONE)
    )
    assert said(turn, RefuseIdentity)
    rest = advance(turn.run, write(1, "och slutet", at=102))
    assert said(rest, RefuseIdentity)
    assert kept(rest) == []
    later = advance(rest.run, write(1, "Ring jouren", at=200))
    assert kept(later) == ["Ring jouren"]


def test_the_beginning_of_a_row_goes_with_its_refused_end() -> None:
    """A name in the second half of a split text leaves nothing of the first half in the row."""
    field = Question("title", TextField(), Audience.GROUP, identities=Handling.REFUSE)
    more = Question("more", TextField(), Audience.GROUP)
    run = begun(exercise(How.ROWS, questions=(field, more), register=Register("title")))
    run = play(run, Opened(1, introduced=True), write(1, "Början", at=100, long=True))
    assert run.visit(1).draft == {"title": "Början"}
    turn = advance(run, write(1, "och 070-000 00 00", at=101, identities=PHONE))
    assert said(turn, RefuseIdentity)
    assert turn.run.visit(1).draft == {}


def test_a_changed_message_is_held_too() -> None:
    """An edit that points somebody out waits; the answer stands as it was until it is to stand."""
    run = play(opened(SEEN, SITE), write(1, "Ring jouren"))
    turn = advance(run, replace(edited("Ring 070-000 00 00", "seen"), identities=PHONE))
    assert said(turn, AskIdentity)
    assert kept(turn) == []
    turn = advance(turn.run, tap(turn.run, 1, "asis"))
    assert kept(turn) == ["Ring 070-000 00 00"]


def test_a_domain_is_no_identity_where_one_is_asked_for() -> None:
    """A link is what the question wants, so nobody is asked about it."""
    turn = advance(opened(SITE), write(1, "exempelsidan.se", identities=(Identity.LINK,)))
    assert kept(turn) == ["exempelsidan.se"]


def test_a_comment_is_held_and_a_word_for_a_button_is_not() -> None:
    """What would be kept is asked about; a stray text is answered as one."""
    run = opened(replace(SURE, comment=False, ask_comment=False))
    turn = advance(run, write(1, "Ring 070-000 00 00", identities=PHONE))
    assert not said(turn, AskIdentity)
    assert kept(turn) == []
    run = play(opened(SURE), tap(opened(SURE), 1, "pick", "0"))
    turn = advance(run, write(1, "Ring 070-000 00 00", identities=PHONE))
    assert said(turn, AskIdentity)
    turn = advance(turn.run, tap(turn.run, 1, "asis"))
    assert [e.text for e in turn.effects if isinstance(e, Comment)] == ["Ring 070-000 00 00"]


@pytest.mark.parametrize("away", ["pause", "locked"])
def test_nothing_is_asked_about_what_would_not_be_kept(away: str) -> None:
    """Whoever has paused, or writes when the sheet is closed, gets no question about a text that is not taken."""
    run = opened(SEEN)
    run = play(run, tap(run, 1, "pause")) if away == "pause" else replace(run, phase=Phase.CONCLUDED)
    turn = advance(run, write(1, "Ring 070-000 00 00", identities=PHONE))
    assert not said(turn, AskIdentity)
    assert kept(turn) == []
    if away == "pause":
        assert said(turn, Stray)


def test_somebody_described_is_asked_about_where_names_are_refused() -> None:
    """Who somebody is and where can be what a note is about: its writer says; a name beside it is refused as ever."""
    text, described = "Ordföranden i ridklubben såg det", (Identity.DESCRIBED,)
    turn = advance(opened(SEEN, handling=Handling.REFUSE), write(1, text, identities=described))
    assert said(turn, AskIdentity)
    assert kept(turn) == []
    assert kept(advance(turn.run, tap(turn.run, 1, "asis"))) == [text]
    turn = advance(opened(SEEN, handling=Handling.REFUSE), write(1, text, identities=(*described, Identity.NAME)))
    assert said(turn, RefuseIdentity)
    assert kept(advance(opened(SEEN), write(1, text, identities=described))) == [text]
