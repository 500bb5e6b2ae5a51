"""What can be said in words where a person stands, instead of tapping: the moves there, and what was just answered."""

from collections.abc import Mapping
from datetime import date

from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.keyboards import unsay_offered
from flows.dialogue.prompts import ask_again
from flows.dialogue.text_answers import value_of
from flows.enums import Kind
from flows.input_errors import Trouble
from flows.run.events import Edited
from flows.run.state import Place, Run


def offered(run: Run, member: int) -> Mapping[str, str]:
    """Return the verbs of the buttons under what this person is asked now, each with what its button is about.

    One that takes back a text stands there if the text is the answer before.
    """
    t = DialogueState(run, member, date.min)
    before = t.keys[: t.keys.index(t.visit.key)][-1:] if t.visit.key in t.keys else ()
    ask_again(t)
    shown = [row for effect in t.effects for row in getattr(effect, "keyboard", ())]
    if before == (t.visit.last.key,) and t.visit.last.key in t.answered:
        shown += unsay_offered(t, t.visit.last.key)
    return {button.verb: button.arg for row in shown for button in row}


def just_answered(run: Run, member: int) -> str:
    """Return the key of the answer before what this person is asked now; "" if there is none, or it has no name."""
    t, place = DialogueState(run, member, date.min), run.visit(member).place
    if run.exercise.anonymous or t.visit.row is not None:
        return ""
    if place is Place.COMMENT:
        return t.visit.key
    if place not in (Place.ASK, Place.SUMMARY):
        return ""
    before = t.keys[: t.keys.index(t.visit.key)] if t.visit.key in t.keys else t.keys if place is Place.SUMMARY else ()
    return before[-1] if before and before[-1] in t.answered else ""


def corrects(run: Run, event: Edited) -> bool:
    """True if a text is another answer to a question that is answered otherwise than in free words: of these none is
    to fall by a word that is put right."""
    t = DialogueState(run, event.member, event.today)
    if event.key not in t.answered or run.question(event.key).kind is Kind.TEXT:
        return False
    return not isinstance(value_of(t, event.key, event), Trouble)
