"""A sheet, or a new row, filled in as a form: many answers at once, each to its own question.

A form leaves the dialogue where it stands (law 4 of `flows.dialogue`): whoever goes on in the chat is asked what is
not answered yet. What cannot be taken is named with its question, and the others are kept all the same.
"""

from flows.answers import clean, unfit
from flows.definitions.model import Question
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import locked, refusal, settled
from flows.dialogue.transitions import empty, hand_in, keep
from flows.fields import ChoiceField
from flows.input_errors import Problem, Trouble
from flows.run.effects import Comment, Effect, FormTaken, KeepRow, RowSaved
from flows.run.events import Entry, Filled
from flows.run.state import Run
from flows.values import Value, Values, parts


def fill(run: Run, event: Filled) -> tuple[Run, list[Effect]]:
    """Return the run after a form was sent in, and the effects."""
    t = DialogueState(run, event.member, event.today)
    if locked(t):
        t.toast(refusal(t))
        return t.outcome, t.effects
    return _fill_row(t, event) if t.rows else _fill_sheet(t, event)


def _fill_row(t: DialogueState, event: Filled) -> tuple[Run, list[Effect]]:
    """Fill in a new row."""
    values, troubles = dict(t.visit.draft), dict[str, Trouble]()
    for key in t.run.keys():  # in the order of the questions, as an answer may make another one come up
        if key not in event.entries or key not in _fields(t, values):
            continue
        match _value(t.run, t.run.question(key), event.entries[key], event):
            case Trouble() as trouble:
                troubles[key] = trouble
            case None if event.entries[key].seen:
                values.pop(key, None)  # the form has shown an answer, and its field is empty now
            case None:
                pass
            case value:
                values[key] = value
    _save_row(t, values, troubles, done=event.done)
    t.effects.append(FormTaken(troubles))
    return t.outcome, t.effects


def _fill_sheet(t: DialogueState, event: Filled) -> tuple[Run, list[Effect]]:
    """Fill in a sheet. What bears no name has no draft: it is handed in all at once, or kept nowhere."""
    unnamed, troubles, notes = t.run.exercise.anonymous, dict[str, Trouble](), dict[str, tuple[Value, Entry]]()
    if event.entries and settled(t):  # they change what is handed in
        t.stand(revising=True)
    for key in t.run.keys():
        if key not in event.entries or key not in t.keys:
            continue
        entry = event.entries[key]
        value = _value(t.run, t.run.question(key), entry, event)
        if value is None and entry.seen and key in t.answered:
            value = empty(t, key)
        if isinstance(value, Trouble):
            troubles[key] = value
        elif value is not None and not unnamed:
            _keep(t, key, value, entry, troubles)
        elif value is not None and key not in t.answered:
            notes[key] = value, entry
    if event.done and not troubles:
        _hand_in(t, notes, troubles)
    t.effects.append(FormTaken(troubles))
    return t.outcome, t.effects


def _hand_in(t: DialogueState, notes: dict[str, tuple[Value, Entry]], troubles: dict[str, Trouble]) -> None:
    """Hand the sheet in with these notes, unless something is lacking or cannot be kept."""
    troubles |= {key: Trouble(Problem.EMPTY) for key in t.missing if key not in notes}
    for key, (value, entry) in notes.items() if not troubles else ():
        _keep(t, key, value, entry, troubles)
    if not troubles:
        hand_in(t)


def _fields(t: DialogueState, values: Values) -> tuple[str, ...]:
    """Return the questions that a new row with these values is asked."""
    fixed = t.visit.new.fixed
    return tuple(q.id for q in t.run.exercise.questions if q.id not in fixed and not q.later and q.applies(values))


def _keep(t: DialogueState, key: str, value: Value, entry: Entry, troubles: dict[str, Trouble]) -> None:
    """Keep one answer of a sheet."""
    question = t.run.question(key)
    comment = clean(entry.comment)
    if not comment and not question.many and value in question.reasons:
        troubles[key] = Trouble(Problem.REASON)
        return
    if comment and (trouble := unfit(comment)):
        troubles[key] = trouble
        return
    keep(t, key, value)
    if comment or (entry.seen and question.comment):
        t.effects.append(Comment(t.owner, key, comment, t.member))


def _save_row(t: DialogueState, values: Values, troubles: dict[str, Trouble], *, done: bool) -> None:
    """Make the row if it has all that it needs; else keep it as a draft."""
    fields = _fields(t, values)
    kept = {key: value for key, value in values.items() if key in fields or key in t.visit.new.fixed}
    lacks = [key for key in fields if t.run.question(key).required and key not in kept]
    if done and not troubles and lacks:
        troubles |= {key: Trouble(Problem.EMPTY) for key in lacks}
    if not done or troubles:
        t.write(kept)
        return
    t.effects.append(KeepRow(kept, t.member))
    t.leave_row(RowSaved())


def _value(run: Run, question: Question, entry: Entry, event: Filled) -> Value | Trouble | None:
    """Return the value of an entry, the trouble with it, or None where nothing was entered."""
    concerned = question.identities.concerns(entry.identities)
    refused = question.identities.refuses(concerned)
    if concerned and (refused or not entry.as_is):
        problem = Problem.REFUSED if refused else Problem.POINTS_OUT
        return Trouble(problem, {"kinds": list(concerned)})
    if entry.picks:
        return _picked(run, event.member, question, entry)
    if not clean(entry.text):
        return None
    return question.field.read(entry.text, event.today, event.dates)


def _picked(run: Run, member: int, question: Question, entry: Entry) -> Value | Trouble:
    """Return what was ticked or chosen. An option that does not exist is trouble, never an error."""
    values = question.field.choices(run.there(question, member))
    chosen = [values[pick] for pick in dict.fromkeys(entry.picks) if pick in values]
    if not chosen:
        return Trouble(Problem.CHOOSE)
    if isinstance(question.field, ChoiceField) and question.many:
        return list(question.field.together([str(option) for option in chosen]))
    return [part for one in chosen for part in parts(one)] if question.many else chosen[0]
