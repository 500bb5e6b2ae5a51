"""One person's dialogue with an exercise: what is asked next, what a tap or a text means here. Pure, like the engine.

A visit stands at the introduction, at a question, at the comment to it, at the summary, or is done. Each asking gets a
new number. What is only said once more keeps it, so that the buttons already there stay good; so do the ticks in a list
of several, as each names the state it wants and they may be tapped in any order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flows import meeting
from flows.answers import Trouble, advice, clean, from_button, from_text, option_at, unfit, whole
from flows.effects import Button, Comment, Effect, HandIn, Keep, KeepItem, KeepRow, Keyboard, Say, TakeBack
from flows.events import Edited, Opened, Picked, Wrote
from flows.keyboards import (
    CONCLUSION,
    between_items,
    conclusion_keyboard,
    leaf,
    numbers,
    question_keyboard,
    remark_offered,
    summed_up,
)
from flows.model import How, Kind, Question
from flows.state import Offer, Phase, Place, Run, Sheet, key_of, ticks_of
from flows.talking import Talk

SPLIT_WITHIN = 5  # seconds between two parts of a text that the phone split


def talk(run: Run, event: Opened | Picked | Wrote | Edited) -> tuple[Run, list[Effect]]:
    """The run after this person's tap or text, and what follows. The caller has seen to phase and seat."""
    match event:
        case Opened():
            t = Talk(run, event.member, date.min, tapped=event.introduced)
            _open(t, event)
        case Picked():
            t = Talk(run, event.member, event.today, tapped=True)
            _picked(t, event)
        case Wrote():
            t = Talk(run, event.member, event.today)
            _wrote(t, event)
        case Edited():
            t = Talk(run, event.member, event.today)
            _edited(t, event)
    return t.run, t.effects


# -- coming in -----------------------------------------------------------------------------------------------------
def _open(t: Talk, event: Opened) -> None:
    if t.rows:
        _open_row(t, event)
        return
    t.stand(paused=False)
    if _settled(t):
        t.stand(place=Place.DONE)
        _show_summary(t)
    elif event.key in t.keys:
        _ask(t, event.key)
    elif t.visit.place is Place.INTRO:
        if event.introduced:
            _ask_next(t, "")
        else:
            t.say("visit.intro", keyboard=((Button("start", "", "start"),),))
    else:
        _ask_again(t)


def _settled(t: Talk) -> bool:
    """Handed in, so that there is nothing more to do."""
    return not _open_ended(t) and t.run.sheet(t.member).handed_in


def _open_ended(t: Talk) -> bool:
    """What a group writes together, and what one says about oneself, can be changed at any time."""
    return t.run.exercise.how is How.GROUP or t.run.exercise.private


def _open_row(t: Talk, event: Opened) -> None:
    visit = t.visit
    if event.row is not None:
        if event.key not in t.run.keys():
            t.toast("visit.stale")
            return
        rest = tuple(key for key in event.rest if key in t.run.keys())
        t.stand(key="", row=event.row, rest=rest, ticked=(), paused=False)
        _ask(t, event.key)
    elif event.told and visit.place in (Place.ASK, Place.SUMMARY):
        _told(t, event.told)
    elif visit.draft and visit.row is None and visit.place in (Place.ASK, Place.SUMMARY) and not _another(t, event):
        t.stand(paused=False)
        _ask_again(t)
    else:
        # A new row, or back to the one that was begun before another was changed.
        t.stand(row=None, rest=(), ticked=(), paused=False)
        if event.given and (not set(visit.draft) - set(visit.fixed) or _another(t, event)):
            t.stand(draft=dict(event.given), fixed=tuple(event.given))
            visit = t.visit
        _ask(t, next((key for key in t.keys if key not in visit.draft), t.keys[-1]))


def _told(t: Talk, told: Mapping[str, str]) -> None:
    """Options became known without being asked for: they answer what is asked now, or what would be asked later."""
    visit, sound = t.visit, {key: value for key, value in told.items() if _is_option(t, key, value)}
    t.stand(paused=False)
    if visit.place is Place.ASK and visit.key in sound:
        _take_field(t, visit.key, sound[visit.key])
        return
    if visit.row is None:
        t.stand(draft={**visit.draft, **sound}, told=tuple(dict.fromkeys((*visit.told, *sound))))
    _ask_again(t)


def _is_option(t: Talk, key: str, value: str) -> bool:
    return key in t.keys and not t.run.question(key).many and value in t.run.question(key).options


def _another(t: Talk, event: Opened) -> bool:
    """True if the new row is to be about another row than the one that was begun."""
    rows = {key: value for key, value in event.given.items() if t.run.question(key).kind is Kind.ROW}
    return any(t.visit.draft.get(key) != value for key, value in rows.items())


# -- asking --------------------------------------------------------------------------------------------------------
def _ask_next(t: Talk, after: str, *, saved: bool = False, advised: str | None = None) -> None:
    """The next question, or the summary when there is none left (or when one came from there)."""
    keys = t.keys
    if t.rows:
        _next_field(t, after, saved=saved)
        return
    if t.visit.to_summary or after == keys[-1]:
        _show_summary(t, saved=saved, advised=advised, previous=after if saved else "")
        return
    rest = keys[keys.index(after) + 1 :] if after in keys else keys
    answered = t.run.sheet(t.member).answered
    fresh = next((key for key in rest if key not in answered), None) if not after else rest[0]
    if fresh is None:
        _show_summary(t, saved=saved)
    else:
        _ask(t, fresh, saved=saved, advised=advised, previous=after)


def _ask(
    t: Talk,
    key: str,
    *,
    saved: bool = False,
    advised: str | None = None,
    previous: str = "",
    trouble: Trouble | None = None,
    again: bool = False,
) -> None:
    keys = t.keys
    question = t.run.question(key)
    same = t.visit.place is Place.ASK and t.visit.key == key
    if not same:
        t.stand(ticked=_ticked_before(t, key), remark=None, page=0, query="", met={})
    ticking = same and again and question.many  # what is ticked is not what is shown as the answer
    t.stand(place=Place.ASK, key=key, seen=t.visit.seen if ticking else t.version(key))
    facts: dict[str, Any] = {
        "n": keys.index(key) + 1 if t.visit.row is None else None,
        "of": len(keys),
        "saved": saved,
        "advised": advised,
        "ticked": list(t.visit.ticked),
        "query": t.visit.query,
    }
    if trouble:
        facts["trouble"] = {"name": trouble.name, "facts": trouble.facts}
    keyboard = question_keyboard(t, question, key, previous)
    if advised and t.rows and (register := t.run.exercise.register):  # a hint, and the way back to what it is about
        keyboard = (*keyboard, (Button("go", str(keys.index(register.title)), "reword"),))
    t.say("visit.ask", facts, keyboard, again=again, key=key, write=question.kind is Kind.TEXT)


def _ticked_before(t: Talk, key: str) -> tuple[str, ...]:
    """The ticks that a question of several answers begins with: those it has."""
    if not t.run.question(key).many:
        return ()
    drafted = t.visit.draft.get(key) if t.rows and t.visit.row is None else None
    return ticks_of(drafted) if drafted is not None else t.run.ticks.get(key, ())


def _ask_again(t: Talk) -> None:
    """What is open now, said once more."""
    visit = t.visit
    match visit.place:
        case Place.ASK if visit.key in t.keys:
            _ask(t, visit.key, again=True)
        case Place.COMMENT:
            _ask_comment(t, visit.key, again=True)
        case Place.INTRO:
            t.say("visit.intro", keyboard=((Button("start", "", "start"),),), again=True)
        case Place.OWN:
            _ask_own(t, again=True)
        case Place.MET if visit.key in t.keys:
            meeting.show(t, again=True)
        case Place.SUMMARY if t.rows:
            _show_draft(t, again=True)
        case _ if t.rows:
            t.aside("visit.stray")
        case _:
            _show_summary(t, again=True)


def _ask_comment(t: Talk, key: str, *, saved: bool = False, again: bool = False) -> None:
    t.stand(place=Place.COMMENT, key=key)
    keyboard = ((Button("skip", "", "no_comment"),), (Button("pause", "", "pause"),))
    t.say("visit.comment", {"saved": saved}, keyboard, again=again, key=key, write=True)


# -- a tap ---------------------------------------------------------------------------------------------------------
def _picked(t: Talk, event: Picked) -> None:
    visit, keys = t.visit, t.keys
    if event.ask != visit.ask:
        t.toast("visit.stale")
        if event.ask < visit.ask - 1 and not visit.paused:  # not a double tap: say what is open now
            t.tapped = False
            _ask_again(t)
        return
    if _locked(t) and event.verb != "page":
        t.toast("visit.locked")
        return
    match event.verb:
        case "pick" | "on" | "off" | "ok" | "new" if visit.place is Place.ASK and visit.key in keys:
            _picked_answer(t, event)
        case "pick" if visit.place is Place.MET and visit.key in keys and event.arg in meeting.CHOICES:
            _choose(t, event.arg)
        case "page" if (page := whole(event.arg)) is not None:
            t.stand(page=page)
            _ask_again(t)
        case "back" if visit.key in keys and keys.index(visit.key) and visit.row is None:
            _ask(t, keys[keys.index(visit.key) - 1])
        case "skip" if _may_skip(t):
            if visit.remark and visit.key in t.answered:  # the old answer is kept, with what was written now
                t.effects.append(Comment(t.owner, visit.key, visit.remark, t.member))
            _ask_next(t, visit.key)
        case "pause":
            t.stand(paused=True)
            t.say("visit.paused", keyboard=((Button("open", "", "resume"),),))
        case _ if t.rows:
            _picked_in_row(t, event)
        case _:
            _picked_in_sheet(t, event)


def _picked_in_sheet(t: Talk, event: Picked) -> None:
    """Moving about in a sheet of questions, and handing it in."""
    visit = t.visit
    match event.verb:
        case "start" if visit.place is Place.INTRO:
            _ask_next(t, "")
        case "own" if t.run.exercise.for_each and t.run.exercise.for_each.add:
            _ask_own(t)
        case "over" if visit.place is Place.ASK and between_items(t, visit.key)[:1] == (
            Button("over", "", "next_item"),
        ):
            item = t.run.items[t.run.items.index(visit.key.partition("@")[2]) + 1]
            _ask(t, key_of(t.run.exercise.questions[0].id, item))
        case "remark" if (key := _key_at(t, event.arg)) in t.answered and t.run.question(key).comment:
            t.stand(to_summary=visit.place is Place.SUMMARY)
            _ask_comment(t, key)
        case "go" if key := _key_at(t, event.arg):
            t.stand(to_summary=True)
            _ask(t, key)
        case "send" if visit.place is Place.SUMMARY:
            _hand_in(t)
        case "redo" if visit.place is Place.DONE:
            _take_back(t)
        case _:
            t.toast("visit.stale")


def _choose(t: Talk, choice: str) -> None:
    """One of two answers that were written at once, or both."""
    if meeting.choose(t, choice):
        _after_meeting(t, t.visit.key)
    else:
        meeting.meet(t, t.visit.key, t.visit.met[choice])


def _after_meeting(t: Talk, key: str) -> None:
    """On with what this person was doing before."""
    back = t.visit.met["back"]
    t.stand(met={})
    if back:
        t.stand(place=Place(back[0]), key=back[1])
        _ask_again(t)
    else:
        _ask_next(t, key, saved=True)


def _picked_answer(t: Talk, event: Picked) -> None:
    key, question = t.visit.key, t.run.question(t.visit.key)
    if question.kind is Kind.ROW:
        _picked_row(t, key, question, event)
        return
    option = option_at(question, event.arg)
    match event.verb:
        case "pick" if _is_there(t, question, event.arg):
            _take(t, key, from_button(question, event.arg, event.today))
        case "on" | "off" if question.many and option is not None:
            _tick(t, option, on=event.verb == "on")
        case "ok" if question.many:
            ticked = [o for o in question.options if o in t.visit.ticked]
            _take(t, key, ticked if ticked or not question.required else Trouble("trouble.tick"))
        case _:
            t.toast("visit.stale")


def _picked_row(t: Talk, key: str, question: Question, event: Picked) -> None:
    """A row that is pointed at was chosen or ticked, or what was looked for is a new one."""
    offer = next((o for o in t.run.offers.get(question.id, ()) if o.arg == event.arg), None)
    match event.verb:
        case "pick" if offer and not question.many:
            _take(t, key, offer.value)
        case "new" if t.visit.query and question.many:
            _tick_rows(t, key, [f"+{t.visit.query}"])
        case "new" if t.visit.query:
            _take(t, key, {"name": t.visit.query})
        case "on" if offer and question.many:
            _tick(t, offer.arg, on=True)
        case "off" if question.many and (tick := _tick_at(t, event.arg)):
            _tick(t, tick, on=False)
        case "ok" if question.many:
            titles = {o.arg: o for o in t.run.offers.get(question.id, ())}
            values = [_ticked_value(tick, titles) for tick in t.visit.ticked]
            _take(t, key, values if values or not question.required else Trouble("trouble.tick_or_write"))
        case _:
            t.toast("visit.stale")


def _tick_at(t: Talk, arg: str) -> str:
    """The tick that a button names: a row, or the place of one that is to be made."""
    if arg[:1] != "+":
        return arg
    place = whole(arg[1:])
    return t.visit.ticked[place] if place is not None and place < len(t.visit.ticked) else ""


def _ticked_value(tick: str, offers: Mapping[str, Offer]) -> dict[str, Any]:
    if tick in offers:
        return offers[tick].value
    return {"name": tick[1:]} if tick[0] == "+" else {"id": int(tick)}


def _picked_in_row(t: Talk, event: Picked) -> None:
    row = t.visit.row
    match event.verb:
        case "save" if t.can_save and (t.visit.place is Place.SUMMARY or not t.reviewed):
            _save_row(t)
        case "rest" if t.can_save and t.reviewed:
            question = t.run.question(t.visit.key)
            if t.visit.ticked and question.kind is Kind.CHOICE:  # ticked, and not yet said to be all
                ticked = [o for o in question.options if o in t.visit.ticked]
                t.stand(draft={**t.visit.draft, t.visit.key: ticked})
            _show_draft(t)
        case "go" if (
            row is None and (t.visit.place is Place.SUMMARY or t.visit.draft) and (key := _key_at(t, event.arg))
        ):
            t.stand(to_summary=True)
            _ask(t, key)
        case "discard" if t.visit.place is Place.SUMMARY:
            t.stand(place=Place.DONE, key="", draft={}, ticked=(), fixed=(), told=())
            t.say("row.discarded")
        case "cancel" if row is not None:
            t.stand(place=Place.DONE, row=None, rest=(), ticked=())
            t.say("row.unchanged", {"row": row})
        case _:
            t.toast("visit.stale")


def _is_there(t: Talk, question: Question, arg: str) -> bool:
    """People and organisations that a button names must be of this group, and still there."""
    match question.kind:
        case Kind.PERSON:
            return any(str(seat.member) == arg and seat.awaited for seat in t.run.seats.values())
        case Kind.ORGANISATION:
            return arg in map(str, t.run.organisations)
        case _:
            return True


def _may_skip(t: Talk) -> bool:
    visit = t.visit
    if visit.place is Place.ASK and visit.key in t.keys and visit.row is None:
        return not t.run.question(visit.key).required or visit.key in t.answered
    return visit.place is Place.COMMENT


def _key_at(t: Talk, place: str) -> str:
    """The key at this place in the order of asking, empty if there is none."""
    keys, number = t.keys, whole(place)
    return keys[number] if number is not None and number < len(keys) else ""


def _locked(t: Talk) -> bool:
    """Handed in and revealed: what the group has seen is not changed behind its back."""
    return t.run.phase is not Phase.OPEN and t.run.sheet(t.member).handed_in


def _tick(t: Talk, option: str, *, on: bool) -> None:
    t.stand(ticked=tuple(o for o in t.visit.ticked if o != option) + ((option,) if on else ()))
    _ask(t, t.visit.key, again=True)


def _tick_rows(t: Talk, key: str, ticks: Sequence[str], query: str = "") -> None:
    t.stand(ticked=tuple(dict.fromkeys((*t.visit.ticked, *ticks))), query=query, page=0)
    _ask(t, key)


# -- what the group adds -----------------------------------------------------------------------------------------------
def _ask_own(t: Talk, *, trouble: Trouble | None = None, again: bool = False) -> None:
    """What shall the group's own item be called?"""
    t.stand(place=Place.OWN, key="", ticked=(), remark=None)
    facts = {"trouble": {"name": trouble.name, "facts": trouble.facts} if trouble else None}
    keyboard = ((Button("open", "", "back"), Button("pause", "", "pause")),)
    t.say("visit.own", facts, keyboard, again=again, write=True)


def _take_own(t: Talk, event: Wrote) -> None:
    title = " ".join(clean(event.text).split())[:80]
    if not title:
        _ask_own(t, trouble=Trouble("trouble.empty"))
        return
    t.effects.append(KeepItem(title, t.member))
    t.stand(place=Place.SUMMARY, key="", page=0)


# -- a text --------------------------------------------------------------------------------------------------------
def _wrote(t: Talk, event: Wrote) -> None:
    visit = t.visit
    if event.key == CONCLUSION:
        _write_conclusion(t, event.text, event.seen)
    elif _locked(t) and (event.key or visit.place is not Place.DONE):
        t.toast("visit.locked")
    elif not event.key and not _locked(t) and _goes_on(t, event):
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


def _take_comment(t: Talk, event: Wrote) -> None:
    text = clean(event.text)
    if trouble := unfit(text):
        t.aside(trouble.name, trouble.facts)
        return
    t.effects.append(Comment(t.owner, t.visit.key, text, t.member))
    _ask_next(t, t.visit.key, saved=True)


def _take_text(t: Talk, event: Wrote) -> None:
    key = t.visit.key
    question = t.run.question(key)
    value = from_text(question, event.text, event.today)
    if question.kind is Kind.ROW and not isinstance(value, Trouble):
        _look_for(t, key, question, event.text if question.many else value["name"])
        return
    if isinstance(value, Trouble) and value.name == "trouble.choose" and question.comment and not t.rows:
        text = "\n".join(filter(None, (t.visit.remark, clean(event.text))))
        if trouble := unfit(text):
            _ask(t, key, trouble=trouble)
        else:
            t.stand(remark=text)
            _ask(t, key, trouble=Trouble("trouble.remark_kept"))
        return
    if not isinstance(value, Trouble) and question.kind is Kind.TEXT:
        t.stand(last_key=key, last_at=event.at, last_long=event.long)
    _take(t, key, value, event.seen)


def _look_for(t: Talk, key: str, question: Question, text: str) -> None:
    """A row by its name: taken where it is that one's, else looked for, else made. Several can be ticked."""
    offers = t.run.offers.get(question.id, ())
    named = {offer.title.casefold(): offer for offer in reversed(offers)}
    if not question.many:
        if text.casefold() in named:
            _take(t, key, named[text.casefold()].value)
        elif any(text.casefold() in title for title in named):
            t.stand(query=text, page=0)
            _ask(t, key)
        else:
            _take(t, key, {"name": text})
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
    _tick_rows(t, key, ticks, query)


def _goes_on(t: Talk, event: Wrote) -> bool:
    """True if this text is the next part of a long one that the phone has split."""
    visit = t.visit
    soon = 0 <= event.at - visit.last_at <= SPLIT_WITHIN
    return visit.last_long and soon and visit.last_key in t.answered and bool(clean(event.text))


def _continue_long(t: Talk, event: Wrote) -> None:
    """The next part of a text that the phone split: it belongs to the answer just given, not to the next question."""
    key = t.visit.last_key
    t.stand(last_at=event.at, last_long=event.long)
    if t.rows:
        t.stand(draft={**t.visit.draft, key: f"{t.visit.draft[key]}\n{clean(event.text)}"})
    elif t.visit.place is Place.MET:
        meeting.add(t, clean(event.text))
    else:
        t.effects.append(Keep(t.owner, key, clean(event.text), t.member, more=True))
    t.toast("visit.more_kept")


def _answer_other(t: Talk, event: Wrote) -> None:
    """A reply to another question's own message answers that question, and the dialogue stays where it is."""
    if _locked(t) or t.rows:
        t.toast("visit.locked" if _locked(t) else "visit.stale")
        return
    question = t.run.question(event.key)
    value = from_text(question, event.text, event.today)
    if isinstance(value, Trouble):
        t.aside(value.name, value.facts)
        return
    value = [value] if question.kind is Kind.ROW and question.many else value
    if meeting.meets(t, event.key, value, event.seen):
        meeting.meet(t, event.key, value, aside=True)
        return
    _keep(t, event.key, value)
    t.aside("visit.changed", {"key": event.key})


def _write_conclusion(t: Talk, text: str, seen: int | None, *, own: bool = False) -> None:
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
    met = meeting.meets(t, CONCLUSION, text, seen, own=own)
    if met:  # the group sees both, and whoever takes the pen next puts them together
        both = f"{t.run.written[CONCLUSION].value}\n\n{text}"
        t.effects.append(Keep("g", CONCLUSION, both, t.member, joined=True))
    t.effects.append(Say("group", "run.conclusion", {"met": met}, keyboard=conclusion_keyboard(t.run)))


def _edited(t: Talk, event: Edited) -> None:
    """An edited message edits its answer, until what was handed in has been shown."""
    if event.key == CONCLUSION:
        _write_conclusion(t, event.text, event.seen, own=True)
        return
    if _locked(t) or event.key not in t.keys or t.rows:
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
    if meeting.meets(t, event.key, value, event.seen, own=True):
        meeting.meet(t, event.key, value, aside=True)
        return
    _keep(t, event.key, value)
    t.toast("visit.changed_toast")


# -- keeping -------------------------------------------------------------------------------------------------------
def _take(t: Talk, key: str, value: Any, seen: int | None = None) -> None:
    """Keep a sound value and go on; ask the same again with what was wrong with an unsound one.

    `seen`: the version of the answer that it was written to, where that is not the one asked about now.
    """
    if isinstance(value, Trouble):
        _ask(t, key, trouble=value)
        return
    question, remark = t.run.question(key), t.visit.remark
    if t.rows:
        _take_field(t, key, value)
        return
    if not remark and not question.many and value in question.reasons:
        _ask(t, key, trouble=Trouble("trouble.reason"))
        return
    met = meeting.meets(t, key, value, t.visit.seen if seen is None else seen)
    if met:
        meeting.meet(t, key, value)
    else:
        _keep(t, key, value)
    if remark:
        t.effects.append(Comment(t.owner, key, remark, t.member))
    if met:
        return
    if t.visit.place is Place.MET:
        _after_meeting(t, key)
    elif question.ask_comment and not remark:
        _ask_comment(t, key, saved=True)
    else:
        _ask_next(t, key, saved=True, advised=advice(question, value))


def _keep(t: Talk, key: str, value: Any) -> None:
    sheet = t.run.sheet(t.member)
    t.run = t.run.with_sheet(t.owner, replace(sheet, answered=sheet.answered | {key}))
    t.effects.append(Keep(t.owner, key, value, t.member))


def _show_summary(
    t: Talk, *, saved: bool = False, advised: str | None = None, previous: str = "", again: bool = False
) -> None:
    sheet, how = t.run.sheet(t.member), t.run.exercise.how
    missing = [key for key in t.run.required() if key not in sheet.answered]
    facts: dict[str, Any] = {
        "missing": missing,
        "saved": saved,
        "advised": advised,
        "handed_in": _settled(t),
        "locked": _locked(t),
    }
    if not again:
        t.stand(page=0)
    facts |= summed_up(t)
    t.stand(place=Place.DONE if _settled(t) else Place.SUMMARY, key="", to_summary=False, ticked=(), remark=None)
    if _settled(t):
        change: Keyboard = () if _locked(t) else ((Button("redo", "", "redo"),),)
        t.say("visit.summary", facts, (*change, *leaf(t)), again=again)
        return
    send = [] if missing else [(Button("send", "", "ready" if how is How.GROUP or sheet.handed_in else "send"),)]
    for_each = t.run.exercise.for_each
    own: Keyboard = ((Button("own", "", "own_item"),),) if for_each and for_each.add else ()
    last: Keyboard = (*own, *remark_offered(t, previous), (Button("pause", "", "pause"),))
    t.say("visit.summary", facts, (*send, *numbers(t), *leaf(t), *last), again=again)


def _hand_in(t: Talk) -> None:
    sheet = t.run.sheet(t.member)
    if _settled(t) or any(key not in sheet.answered for key in t.run.required()):
        _show_summary(t)  # a colleague with the same sheet was faster, or has seen that something is missing
        return
    t.run = t.run.with_sheet(t.owner, replace(sheet, handed_in=True))
    t.effects.append(HandIn(t.owner))
    t.stand(place=Place.DONE, key="")
    redo = "edit" if _open_ended(t) else "redo"
    t.say("visit.handed_in", keyboard=() if _locked(t) else ((Button("redo", "", redo),),))


def _take_back(t: Talk) -> None:
    sheet = t.run.sheet(t.member)
    if _settled(t):
        t.run = t.run.with_sheet(t.owner, replace(sheet, handed_in=False))
        t.effects.append(TakeBack(t.owner))
    _show_summary(t)


# -- rows ----------------------------------------------------------------------------------------------------------
def _take_field(t: Talk, key: str, value: Any) -> None:
    if t.visit.row is not None:
        row, rest = t.visit.row, t.visit.rest
        t.effects.append(KeepRow({key: value}, t.member, row))
        if rest:
            t.stand(rest=rest[1:])
            _ask(t, rest[0], saved=True)
            return
        t.stand(place=Place.DONE, key="", row=None, ticked=())
        t.say("row.saved", {"row": row})
        return
    t.stand(draft={**t.visit.draft, key: value})
    _next_field(t, key, saved=False, advised=advice(t.run.question(key), value))


def _next_field(t: Talk, after: str, *, saved: bool, advised: str | None = None) -> None:
    keys = t.keys
    position = keys.index(after) + 1 if after in keys else 0
    ahead = [key for key in keys[position:] if key not in t.visit.told]
    if t.visit.to_summary and t.can_save:
        _show_draft(t)
    elif t.visit.to_summary:  # from a question further on, which is still to be answered
        t.stand(to_summary=False)
        _ask(t, next(key for key in t.run.required() if key not in t.visit.draft))
    elif ahead:
        _ask(t, ahead[0], saved=saved, advised=advised)
    elif t.can_save:
        (_show_draft if t.reviewed else _save_row)(t)
    else:
        _ask(t, next(key for key in t.run.required() if key not in t.visit.draft))


def _show_draft(t: Talk, *, again: bool = False) -> None:
    """The new row as a whole, before it is saved: each field can be changed, and all of it thrown away."""
    t.stand(place=Place.SUMMARY, key="", to_summary=False, ticked=())
    last = (Button("pause", "", "pause"), Button("discard", "", "discard"))
    facts = {"draft": dict(t.visit.draft), "shown": list(t.keys)}
    t.say("row.summary", facts, ((Button("save", "", "save"),), *numbers(t), last), again=again)


def _save_row(t: Talk) -> None:
    t.effects.append(KeepRow(dict(t.visit.draft), t.member))
    t.stand(place=Place.DONE, key="", draft={}, ticked=(), fixed=(), told=())
    t.say("row.saved", {"row": None})
