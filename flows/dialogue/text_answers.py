"""Take a text as the answer to the question that is asked: the first reader that can make something of it does."""

import re
from collections.abc import Collection, Mapping
from typing import TypeGuard

from flows.answers import Stance, clean, folded, named_option, unfit
from flows.dates.date_patterns import any_of, bare_words
from flows.definitions.model import Question
from flows.dialogue import edit_conflict, moments, named_rows, several_lines
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import (
    ask,
    open_ended,
)
from flows.dialogue.transitions import choose, take
from flows.fields import ChoiceField, DateField, MomentField, Offered, RowField, ScaleField, TextField
from flows.input_errors import Problem, Trouble
from flows.run.events import Edited, Wrote
from flows.run.state import Latest, Place
from flows.values import Value

_WITH_WHY = re.compile(r"(\d{1,2})\s*[,.:;–-]\s*([^\W\d_][^\d]*)")  # a number, a sign, and words without another
SHORT, ENDING = 3, 3  # letters of a word that may stand for an option, and those of an ending ("polisen")
PAIR = 2  # options, of which one can say "båda"
_SIGN, _PART = re.compile(r"\s*(?:[,.:;–]|\s-\s)\s*"), "\0"  # a sign after which something else begins


def value_of(t: DialogueState, key: str, event: Wrote | Edited) -> Value | Trouble:
    """Return the answer that a text gives to a question that is not before this person now.

    What wants more than that – a reason, or questions that it opens on a sheet that is handed in – is left to buttons.
    """
    question = t.run.question(key)
    field = question.field
    if isinstance(field, ChoiceField) and (named := all_named(event)) and (field.many or len(named) == 1):
        opens = t.run.depending(key) and t.run.sheet(t.member).handed_in and not open_ended(t)
        wants_more = opens or named[0] in question.reasons
        value: Value | Trouble = list(field.together(named)) if field.many else named[0]
        return Trouble(Problem.NO_OPTION) if wants_more else value
    value = question.field.read(event.text, event.today, event.dates)
    return Trouble(Problem.NO_OPTION) if isinstance(value, Trouble) and value.name is Problem.CHOOSE else value


def all_named(event: Wrote | Edited) -> tuple[str, ...]:
    """Return the options that a text names with each of its parts, or all by "båda"; none if a part names no option.

    Signs part it, and within what they leave the word between the last two ("och"), unless a label has it.
    """
    labels, words, text = event.labels, event.dates.words, clean(event.text)
    if whole_text := named_option(labels, text):
        return (whole_text,)
    if bare_words(text.rstrip("!. ")) in (*words.every, *(words.both if len(labels) == PAIR else ())):
        return tuple(labels)
    also = rf"\s(?:{any_of(words.also)})\s"
    said = [part for part in re.split(r"[,;\n&+/]", text) if part.strip()]
    pieces = [[part] if named_option(labels, part) else re.split(also, part) for part in said]
    named = [named_option(labels, one) for part in pieces for one in part]
    return tuple(option for option in named if option) if all(named) else ()


def take_text(t: DialogueState, event: Wrote) -> None:
    """Let the first reader that can make something of the text take it: by its words, then by what it is read as."""
    question = t.run.question(t.visit.key)
    if any(takes(t, question, event) for takes in BY_WORDS):
        return
    value = question.field.read(event.text, event.today, event.dates)
    if _looks_wrong(value) and t.visit.remark.text == clean(event.text):  # written again it is meant so
        value = clean(event.text)
    if any(takes(t, question, event, value) for takes in BY_VALUE):
        return
    if question.reaches:
        t.stand(remark=t.remarked(""))  # what was asked about is no comment
    if not isinstance(value, Trouble) and isinstance(question.field, TextField):
        t.stand(last=Latest(t.visit.key, event.at, event.long))
    take(t, t.visit.key, value, event.seen)


def _is_several_rows(t: DialogueState, question: Question, event: Wrote) -> bool:
    return several_lines.holds(t, t.visit.key, question, event)


def _chooses_where_two_met(t: DialogueState, _question: Question, event: Wrote) -> bool:
    choice = named_option(event.choices, clean(event.text)) if t.visit.place is Place.MET else None
    if choice:
        choose(t, choice)
    return bool(choice)


def _is_moment(t: DialogueState, question: Question, event: Wrote) -> bool:
    if isinstance(question.field, MomentField):
        moments.wrote(t, t.visit.key, question, event)
    return isinstance(question.field, MomentField)


def _is_stance(t: DialogueState, question: Question, event: Wrote) -> bool:
    """Take what is said to a text that is to be approved: of a yes that has a condition is asked which of the two
    it is, and a no in one's own words is one."""
    (option, _), chosen = _said(event), bool(t.visit.ticked)  # … or whose reason is waited for
    if event.stance is None or not question.reasons or option in question.reasons:
        return False
    if event.stance is Stance.CONDITIONAL and not chosen:
        if _remembers(t, event):
            ask(t, t.visit.key, trouble=Trouble(Problem.CONDITION))
        return True
    if event.stance is Stance.YES:
        return option is None and not chosen and _agrees(t, question, event)
    says_no = chosen or option is None
    if says_no and (event.stance is Stance.NO or _remembers(t, event)):
        take(t, t.visit.key, question.reasons[0], event.seen)
    return says_no


def _agrees(t: DialogueState, question: Question, event: Wrote) -> bool:
    """Take a yes in one's own words, with what else is said, as the one option that wants no reason."""
    options = [option for option in event.labels if option not in question.reasons]
    if len(options) == 1 and (" " not in clean(event.text) or _remembers(t, event)):
        take(t, t.visit.key, options[0], event.seen)
    return len(options) == 1


def _is_option(t: DialogueState, question: Question, event: Wrote) -> bool:
    field = question.field
    return isinstance(field, ChoiceField) and _names_options(t, t.visit.key, field, question, event)


def _adds_where_two_met(t: DialogueState, question: Question, event: Wrote, value: Value | Trouble) -> bool:
    if t.visit.place is not Place.MET:
        return False
    if isinstance(value, Trouble):
        edit_conflict.show(t, again=True, first=True)
    elif isinstance(question.field, TextField):
        edit_conflict.add(t, clean(event.text))  # it may be meant for the next question, and nobody's words fall by it
    else:
        return False
    return True


def _is_end_of_scale(t: DialogueState, question: Question, event: Wrote) -> bool:
    """Take the words for an end of a scale as a tap on its number: "inte alls"."""
    said = bare_words(event.text.rstrip("!. "))
    end = next((number for number, word in event.labels.items() if bare_words(word) == said), None)
    if not isinstance(question.field, ScaleField) or end is None:
        return False
    take(t, t.visit.key, int(end), event.seen)
    return True


def _is_number_with_reason(t: DialogueState, question: Question, event: Wrote) -> bool:
    """Take a number and why: "3, för chefen är ny"."""
    field, found = question.field, _WITH_WHY.fullmatch(clean(event.text))
    if not (isinstance(field, ScaleField) and found and question.comment) or t.rows:
        return False
    if not field.low <= int(found[1]) <= field.high:
        return False
    t.stand(remark=t.remarked("\n".join(filter(None, (t.visit.remark.text, found[2])))))
    take(t, t.visit.key, int(found[1]), event.seen)
    return True


def _offers_days(t: DialogueState, question: Question, event: Wrote, value: Value | Trouble) -> bool:
    """Offer the days that a text can mean as buttons, where there are several."""
    if not isinstance(question.field, DateField):
        return False
    days = question.field.readings(value, event.today)
    t.stand(offered=Offered(readings=days))
    if days:
        been = not isinstance(value, Trouble)
        ask(t, t.visit.key, trouble=Trouble(Problem.DATE_TWO_WAYS, {"dates": list(days), "been": been}))
    return bool(days)


def _names_row(t: DialogueState, question: Question, event: Wrote, value: Value | Trouble) -> bool:
    if not (isinstance(question.field, RowField) and isinstance(value, Mapping)):
        return False
    if question.many:
        named_rows.look_for_several(t, t.visit.key, question, event)
    else:
        named_rows.look_for(t, t.visit.key, question, str(value["name"]))
    return True


def _is_remark(t: DialogueState, question: Question, event: Wrote, value: Value | Trouble) -> bool:
    """Keep what is written before an option is chosen, to be its comment."""
    if not (isinstance(value, Trouble) and value.name is Problem.CHOOSE and question.comment) or t.rows:
        return False
    if not _remembers(t, event):
        return True
    if not question.many and (meant := [option for option in t.visit.ticked if option in question.reasons]):
        t.stand(ticked=())
        take(t, t.visit.key, meant[0], event.seen)
    else:
        ask(t, t.visit.key, trouble=Trouble(Problem.REMARK_KEPT))
    return True


def _remembers(t: DialogueState, event: Wrote) -> bool:
    """Add a text to the remark; False if there is no room for it, which is said."""
    before, text = t.visit.remark.text, clean(event.text)
    text = before if text == before else "\n".join(filter(None, (before, text)))
    trouble = unfit(text)
    if trouble:
        ask(t, t.visit.key, trouble=trouble)
    else:
        t.stand(remark=t.remarked(text, _one_message(t, event)))
    return trouble is None


def _asked_about_once(t: DialogueState, _question: Question, event: Wrote, value: Value | Trouble) -> bool:
    if not _looks_wrong(value):
        return False
    t.stand(remark=t.remarked(clean(event.text)))
    ask(t, t.visit.key, trouble=value)
    return True


def _looks_wrong(value: Value | Trouble) -> TypeGuard[Trouble]:
    """True if a number or an address looks as if it reached nobody."""
    return isinstance(value, Trouble) and value.name in (Problem.REACH, Problem.NUMBER_SHORT)


BY_WORDS = (
    _is_several_rows,
    _chooses_where_two_met,
    _is_moment,
    _is_stance,
    _is_option,
    _is_end_of_scale,
    _is_number_with_reason,
)
BY_VALUE = (_adds_where_two_met, _offers_days, _names_row, _is_remark, _asked_about_once)


def _one_message(t: DialogueState, event: Wrote) -> tuple[int, int] | None:
    """Return the message that holds the whole remark; None if it came in several, of which none can be edited alone."""
    return None if t.visit.remark.text else event.message


def _names_options(t: DialogueState, key: str, field: ChoiceField, question: Question, event: Wrote) -> bool:
    """Take a text that is the words on the buttons as a tap on them; False if it is something else.

    What follows one after a sign ("nej, det är för svårt"), or a word that is one ("ja hon blöder"), is a comment where
    the question has comments. Where no words are kept, the option alone counts.
    """
    if field.many:
        if named := all_named(event):
            newest = named[0] if len(named) == 1 else ""  # "alla" are all but what says none
            t.stand(ticked=field.together(tuple(dict.fromkeys((*t.visit.ticked, *named))), newest))
            ask(t, key)
        return bool(named)
    (option, remark), spoken = _said(event), t.run.exercise.private
    if option is None and not question.comment:
        option = _close(event.labels, clean(event.text))  # else it would be refused, and here it is no comment
    if option is None or (remark and not spoken and (t.rows or not question.comment)) or unfit(clean(event.text)):
        return False
    if remark and not spoken:
        t.stand(remark=t.remarked("\n".join(filter(None, (t.visit.remark.text, remark)))))
    take(t, key, option, event.seen)
    return True


def _close(labels: Mapping[str, str], text: str) -> str | None:
    """Return the one option whose first word a single word is short for, or a form of: "soc", "näringslivet"."""
    said = folded(text.rstrip("!. "))
    firsts = {option: folded(label).partition(" ")[0] for option, label in labels.items()}
    near = [
        option
        for option, first in firsts.items()
        if first.startswith(said) or (said.startswith(first) and len(said) <= len(first) + ENDING)
    ]
    return near[0] if len(near) == 1 and len(said) >= SHORT and " " not in said else None


def _said(event: Wrote) -> tuple[str | None, str]:
    """Return the option that a text names, if any, and what it says beside it."""
    text = clean(event.text)
    if as_whole := named_option(event.labels, text):
        return as_whole, ""
    head, remark = _apart(event.labels, text, event.dates.words.surely)
    return named_option(event.labels, head), remark


def _apart(labels: Mapping[str, str], text: str, surely: Collection[str]) -> tuple[str, str]:
    """Return what may name an option, and the rest: up to a sign, or a first word that is one, before two at least or
    one that only strengthens it ("ja absolut")."""
    head, _, remark = _SIGN.sub(_PART, text, count=1).partition(_PART)
    word, _, rest = text.partition(" ")
    called = {folded(label.partition(",")[0]) for label in labels.values()}  # of "Ja, vi vill" the first word
    others = called.intersection(folded(rest).split())  # "ja eller nej" is neither
    goes_on = len(rest.split()) > 1 or bare_words(rest.rstrip("!. ")) in surely
    if goes_on and folded(word) in called and not others and named_option(labels, head) is None:
        return word, rest
    return head, remark


def among_several(question: Question, value: Value) -> Value:
    """A row that was named, as an answer to a question that takes several."""
    return [value] if question.field.points and question.many and isinstance(value, Mapping) else value
