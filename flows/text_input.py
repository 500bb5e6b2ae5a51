"""A text that a person wrote or edited, and what it means where they stand."""

import re

from flows import edit_conflict
from flows.answers import Trouble, clean, from_text, unfit
from flows.dialogue_state import DialogueState
from flows.effects import Comment, Keep, KeepItem, Say
from flows.events import Edited, Wrote
from flows.keyboards import CONCLUSION, conclusion_keyboard
from flows.model import Kind, Question
from flows.prompts import ask, ask_own, locked, tick_rows
from flows.state import Phase, Place, Sheet
from flows.transitions import ask_next, keep, take


def _take_own(t: DialogueState, event: Wrote) -> None:
    title = " ".join(clean(event.text).split())[:80]
    if not title:
        ask_own(t, trouble=Trouble("trouble.empty"))
        return
    t.effects.append(KeepItem(title, t.member))
    t.stand(place=Place.SUMMARY, key="", page=0)


def wrote(t: DialogueState, event: Wrote) -> None:
    """A text, in the dialogue or in reply to a certain question."""
    visit = t.visit
    if event.key == CONCLUSION:
        _write_conclusion(t, event.text, event.seen)
    elif locked(t) and (event.key or visit.place is not Place.DONE):
        t.toast("visit.locked")
    elif not event.key and not locked(t) and _goes_on(t, event):
        _continue_long(t, event)
    elif event.key and event.key in t.keys and event.key != visit.key:
        _answer_other(t, event)
    elif visit.paused and not event.key:
        t.aside("visit.stray")
    elif visit.place is Place.COMMENT:
        _take_comment(t, event)
    elif visit.place is Place.OWN:
        _take_own(t, event)
    elif visit.place in (Place.ASK, Place.MET) and visit.key in t.keys:
        _take_text(t, event)
    else:
        t.aside("visit.stray")


def _take_comment(t: DialogueState, event: Wrote) -> None:
    text = clean(event.text)
    if trouble := unfit(text):
        t.aside(trouble.name, trouble.facts)
        return
    t.effects.append(Comment(t.owner, t.visit.key, text, t.member))
    ask_next(t, t.visit.key, saved=True)


def _take_text(t: DialogueState, event: Wrote) -> None:
    key = t.visit.key
    question = t.run.question(key)
    value = from_text(question, event.text, event.today)
    if question.kind is Kind.ROW and not isinstance(value, Trouble):
        _look_for(t, key, question, event.text if question.many else value["name"])
        return
    if isinstance(value, Trouble) and value.name == "trouble.choose" and question.comment and not t.rows:
        text = "\n".join(filter(None, (t.visit.remark, clean(event.text))))
        if trouble := unfit(text):
            ask(t, key, trouble=trouble)
        else:
            t.stand(remark=text)
            ask(t, key, trouble=Trouble("trouble.remark_kept"))
        return
    if not isinstance(value, Trouble) and question.kind is Kind.TEXT:
        t.stand(last_key=key, last_at=event.at, last_long=event.long)
    take(t, key, value, event.seen)


def _look_for(t: DialogueState, key: str, question: Question, text: str) -> None:
    """A row by its name: taken where it is that one's, else looked for, else made. Several can be ticked."""
    offers = t.run.offers.get(question.id, ())
    named = {offer.title.casefold(): offer for offer in reversed(offers)}
    if not question.many:
        if text.casefold() in named:
            take(t, key, named[text.casefold()].value)
        elif any(text.casefold() in title for title in named):
            t.stand(query=text, page=0)
            ask(t, key)
        else:
            take(t, key, {"name": text})
        return
    ticks, query = [], ""
    for name in filter(None, (" ".join(part.split())[:120] for part in re.split(r"[,;\n]", clean(text)))):
        close = [offer for offer in offers if name.casefold() in offer.title.casefold()]
        if name.casefold() in named or len(close) == 1:
            ticks.append(named.get(name.casefold(), *close[:1]).arg)
        elif close:
            query = name
        else:
            ticks.append(f"+{name}")
    tick_rows(t, key, ticks, query)


def _goes_on(t: DialogueState, event: Wrote) -> bool:
    """True if this text is the next part of a long one that the phone has split."""
    visit = t.visit
    return visit.goes_on(event.at) and visit.last_key in t.answered and bool(clean(event.text))


def _continue_long(t: DialogueState, event: Wrote) -> None:
    """The next part of a text that the phone split: it belongs to the answer just given, not to the next question."""
    key = t.visit.last_key
    t.stand(last_at=event.at, last_long=event.long)
    if t.rows:
        t.stand(draft={**t.visit.draft, key: f"{t.visit.draft[key]}\n{clean(event.text)}"})
    elif t.visit.place is Place.MET:
        edit_conflict.add(t, clean(event.text))
    else:
        t.effects.append(Keep(t.owner, key, clean(event.text), t.member, more=True))
    t.toast("visit.more_kept")


def _answer_other(t: DialogueState, event: Wrote) -> None:
    """A reply to another question's own message answers that question, and the dialogue stays where it is."""
    if locked(t) or t.rows:
        t.toast("visit.locked" if locked(t) else "visit.stale")
        return
    question = t.run.question(event.key)
    value = from_text(question, event.text, event.today)
    if isinstance(value, Trouble):
        t.aside(value.name, value.facts)
        return
    value = [value] if question.kind is Kind.ROW and question.many else value
    if edit_conflict.meets(t, event.key, value, event.seen):
        edit_conflict.meet(t, event.key, value, aside=True)
        return
    keep(t, event.key, value)
    t.aside("visit.changed", {"key": event.key})


def _write_conclusion(t: DialogueState, text: str, seen: int | None, *, own: bool = False) -> None:
    text = clean(text)
    if not t.run.exercise.conclusion or t.run.phase is not Phase.REVEALED:
        t.toast("unfit.over")
        return
    if trouble := unfit(text):
        t.toast(trouble.name, **trouble.facts)
        return
    sheet = t.run.sheets.get("g", Sheet())
    t.run = t.run.with_sheet("g", Sheet(sheet.answered | {CONCLUSION}, handed_in=True))
    t.effects.append(Keep("g", CONCLUSION, text, t.member))
    met = edit_conflict.meets(t, CONCLUSION, text, seen, own=own)
    if met:  # the group sees both, and whoever takes the pen next puts them together
        both = f"{t.run.written[CONCLUSION].value}\n\n{text}"
        t.effects.append(Keep("g", CONCLUSION, both, t.member, joined=True))
    t.effects.append(Say("group", "run.conclusion", {"met": met}, keyboard=conclusion_keyboard(t.run)))


def edited(t: DialogueState, event: Edited) -> None:
    """An edited message edits its answer, until what was handed in has been shown."""
    if event.key == CONCLUSION:
        _write_conclusion(t, event.text, event.seen, own=True)
        return
    if locked(t) or event.key not in t.keys or t.rows:
        t.aside("visit.locked")
        return
    question, text = t.run.question(event.key), clean(event.text)
    is_comment = event.comment and event.key in t.answered and not text.isdecimal()
    if is_comment and text and question.kind in (Kind.CHOICE, Kind.SCALE):
        t.effects.append(Comment(t.owner, event.key, text, t.member))
        t.toast("visit.changed_toast")
        return
    value = from_text(question, event.text, event.today)
    if isinstance(value, Trouble):
        t.aside(value.name, value.facts)
        return
    value = [value] if question.kind is Kind.ROW and question.many else value
    if edit_conflict.meets(t, event.key, value, event.seen, own=True):
        edit_conflict.meet(t, event.key, value, aside=True)
        return
    keep(t, event.key, value)
    t.toast("visit.changed_toast")
