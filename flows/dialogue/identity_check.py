"""Refuse or hold a text in which somebody is pointed out, as the definition says; a held one waits for a yes.

The caller has searched the text (`Wrote.identities`); what becomes of it is decided here. A held text is kept in the
visit, and dropped as soon as anything else is asked or another text comes. What is to bear no name is held always: it
is handed in question by question, by a yes, and until then nobody but its writer can read it (`Held.lock`).
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise

from flows.answers import clean
from flows.dates.dates import DateReader
from flows.dialogue import several_lines
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.keyboards import CONCLUSION
from flows.dialogue.prompts import ask_again, locked, show_held
from flows.fields import TextField
from flows.identities import Handling, Identity
from flows.run.effects import Done, Locked, RefuseIdentity
from flows.run.events import Edited, Wrote
from flows.run.state import SPLIT_WITHIN, Held, Latest, Place


def passes(t: DialogueState, event: Wrote | Edited) -> Wrote | Edited | None:
    """Return the event as it is to be taken now, None if its text is refused or held."""
    held = _ended_by(t, event)
    if held and isinstance(event, Wrote):
        if _adds(t, event, held):
            return None
        if not event.key and not held.edited and not held.apart:
            event = replace(event, key=held.key)
    nobodys = t.run.exercise.anonymous and event.key != CONCLUSION and not locked(t)
    if nobodys and (event.key or t.visit.key) in t.answered:  # nor does it end what waits
        t.aside(Locked(unnamed=True))
        return None
    if held:
        t.stand(held=None, reworded=t.visit.ask)
    handling, concerned = _concerned(t, event)
    if (rest := _is_rest_of_refused(t, event)) or handling.refuses(concerned):
        _refuse(t, event, () if rest else concerned)
    elif (concerned or nobodys) and _is_kept(t, event):
        _hold(t, event, concerned)
    else:
        return event
    return None


def _ended_by(t: DialogueState, event: Wrote | Edited) -> Held | None:
    """Return what waits and this text may end: what the group concludes lets anything else wait."""
    held = t.visit.held
    return held if held and (event.key != CONCLUSION or held.key == CONCLUSION) else None


def _is_rest_of_refused(t: DialogueState, event: Wrote | Edited) -> bool:
    last = t.visit.last
    return isinstance(event, Wrote) and not last.key and _follows(last.long, last.at, event)


def _adds(t: DialogueState, event: Wrote, held: Held) -> bool:
    """Let a text go on what waits, if it is the rest of one that the phone has split, or a line more of a note."""
    if _follows(held.long, held.at, event):
        kinds = tuple(dict.fromkeys((*held.kinds, *event.identities)))
        if _handling(t, held.key or t.visit.key).refuses(kinds):
            t.stand(held=None)
            _refuse(t, event, kinds)
        else:
            text = f"{held.text}\n{clean(event.text)}"
            t.stand(held=replace(held, text=text, at=event.at, long=event.long, kinds=kinds))
            t.toast(Done.ADDED)
        return True
    if event.anew or event.key not in ("", held.key):
        return False
    if held.apart and several_lines.are_names(t.run.question(held.key)) and not _concerned(t, event)[1]:
        several_lines.add(t, held, event)
        return True
    if held.lock and not held.kinds and not held.edited:
        _add(t, event, held)
        return True
    return False


def _add(t: DialogueState, event: Wrote, held: Held) -> None:
    """Let another text be one more line of what waits behind its lock.

    Where somebody is named in what waits it stands in its place instead: that is why it was asked about.
    """
    added = f"\n{clean(event.text)}"
    line = replace(held, text=added, at=event.at, long=event.long, kinds=event.identities)
    show_held(t, line)
    t.stand(held=replace(line, kinds=()))


def goes_on(t: DialogueState, event: Wrote) -> bool:
    """True if this text is the next part of a long one that the phone has split, or of an answer sent in pieces."""
    visit = t.visit
    if visit.last.key not in t.answered:
        return False
    return _follows(visit.last.long, visit.last.at, event) or in_pieces(t, event)


def in_pieces(t: DialogueState, event: Wrote) -> bool:
    """True if this short text begins as one goes on, and the question after the answer just given is still open.

    Not where names are refused: only a part that the phone has cut is searched together with what came before.
    """
    visit, keys = t.visit, t.keys
    if (
        event.key
        or not clean(event.text)
        or not visit.joined(event.at, joins=event.joins)
        or visit.last.key not in keys
    ):
        return False
    if t.rows and t.run.question(visit.last.key).identities is Handling.REFUSE:
        return False
    return visit.place is Place.SUMMARY or (visit.last.key, visit.key) in pairwise(keys)


def _follows(long: bool, at: int, event: Wrote) -> bool:
    return long and 0 <= event.at - at <= SPLIT_WITHIN and not event.key and bool(clean(event.text))


def _handling(t: DialogueState, key: str) -> Handling:
    return t.run.question(key).identities if key in t.run.keys() else t.run.exercise.identities


def _concerned(t: DialogueState, event: Wrote | Edited) -> tuple[Handling, tuple[Identity, ...]]:
    """Return how the question that a text is for handles identities, and those of the found kinds it concerns."""
    key = event.key or (t.visit.last.key if isinstance(event, Wrote) and goes_on(t, event) else t.visit.key)
    handling = _handling(t, key)
    field = t.run.question(key).field if key in t.run.keys() else None
    site = isinstance(field, TextField) and field.form == "domain"
    return handling, tuple(k for k in handling.concerns(event.identities) if k is not Identity.LINK or not site)


def _is_kept(t: DialogueState, event: Wrote | Edited) -> bool:
    """True if the text would be kept at all: stray words, and dates in words, need not be asked about."""
    visit, key = t.visit, event.key or t.visit.key
    if event.key == CONCLUSION:
        return True
    if locked(t):
        return False
    if isinstance(event, Wrote) and not event.key:
        if goes_on(t, event) or (not visit.paused and visit.place in (Place.COMMENT, Place.OWN)):
            return True
        if visit.paused or visit.place not in (Place.ASK, Place.MET):
            return False
    if key not in t.keys:
        return False
    question = t.run.question(key)
    return question.field.words or (question.comment and question.field.tapped)


def _refuse(t: DialogueState, event: Wrote | Edited, kinds: tuple[Identity, ...]) -> None:
    """Keep nothing of the text, nor of its earlier parts if the phone has split it, and ask the same again."""
    if t.rows and isinstance(event, Wrote) and goes_on(t, event):
        draft = {key: value for key, value in t.visit.draft.items() if key != t.visit.last.key}
        t.write(draft)
    long = isinstance(event, Wrote) and event.long
    t.stand(paused=False, last=Latest("", event.at if isinstance(event, Wrote) else 0, long))
    t.effects.append(RefuseIdentity(t.member, kinds))
    ask_again(t)


def _hold(t: DialogueState, event: Wrote | Edited, kinds: tuple[Identity, ...]) -> None:
    held = Held(event.text, event.key, event.seen, event.message, kinds, edited=isinstance(event, Edited))
    if isinstance(event, Edited):
        show_held(t, replace(held, comment=event.comment))
    else:
        show_held(t, replace(held, at=event.at, long=event.long))


def released(t: DialogueState, today: date, dates: DateReader) -> Wrote | Edited:
    """Return the held text as the event that it would have been."""
    held = t.visit.held
    assert held is not None  # without a held text the button is stale, and does not get here
    t.stand(held=None)
    if held.edited:
        return Edited(t.member, held.text, held.key, today, dates, held.comment, held.seen)
    return Wrote(t.member, held.text, held.at, today, dates, held.key, held.long, held.seen)
