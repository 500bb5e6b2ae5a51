"""Rows that a text names, as the answer to a question that points at them: those that are there, and new ones."""

import re
from collections.abc import Collection

from flows.answers import clean
from flows.dates.date_patterns import any_of, bare_words
from flows.definitions.model import Question
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import ask, tick_rows
from flows.dialogue.transitions import take
from flows.fields import Offered
from flows.run.events import Wrote


def look_for(t: DialogueState, key: str, question: Question, text: str) -> None:
    """Find a row by its name: the one called so, else those that match, else a new one."""
    named = {offer.title.casefold(): offer for offer in reversed(t.run.given.offers.get(question.id, ()))}
    if text.casefold() in named:
        take(t, key, named[text.casefold()].value)
    elif any(text.casefold() in title for title in named):
        t.stand(offered=Offered(query=text))
        ask(t, key)
    else:
        take(t, key, {"name": text})


def look_for_several(t: DialogueState, key: str, question: Question, event: Wrote) -> None:
    """Tick the rows that a text names, all by "alla", and new ones for what is not there."""
    offers, words = t.run.given.offers.get(question.id, ()), event.dates.words
    if offers and bare_words(clean(event.text).rstrip("!. ")) in words.every:
        tick_rows(t, key, [offer.arg for offer in offers], "")
        return
    named = {offer.title.casefold(): offer for offer in reversed(offers)}
    ticks, query = list[str](), ""
    for name in _names_in(event, named):
        close = [offer for offer in offers if name.casefold() in offer.title.casefold()]
        if name.casefold() in named or len(close) == 1:
            ticks.append(named.get(name.casefold(), *close[:1]).arg)
        elif close:
            query = name
        else:
            ticks.append(f"+{name}")
    tick_rows(t, key, ticks, query)


def _names_in(event: Wrote, named: Collection[str]) -> list[str]:
    """Return the names in a text, parted by signs, and by "och" where one beside it is `named` already."""
    also, found = rf"\s(?:{any_of(event.dates.words.also)})\s", list[str]()
    for part in (" ".join(one.split())[:120] for one in re.split(r"[,;\n]", clean(event.text))):
        pieces = [] if part.casefold() in named else re.split(also, part)
        found += pieces if any(piece.casefold() in named for piece in pieces) else [part]
    return [name for name in found if name]
