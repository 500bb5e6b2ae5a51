"""A text in words, of any length or of a certain form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from flows import phone
from flows.buttons import Button, Keyboard, paged, tick
from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import FieldType, Standing, There
from flows.fields.feed import Feed, feed_of
from flows.input_errors import Problem, Trouble
from flows.toml_table import TomlTable
from flows.values import Value

SAME = "same"  # and a place: the button that takes over an earlier answer, see `There.before`
MOST_NAMES = 5  # words of a person's name


@dataclass(frozen=True, slots=True)
class TextField(FieldType):
    """An answer in words."""

    # "person" is a name; "alias" one word without digits; "domain" of a site; "reach" how one is reached
    form: Literal["", "alias", "domain", "person", "reach"] = ""
    suggests: str = ""  # what the group has taken up of this exercise's items is offered
    ticks: bool = False  # it names a row: its examples can be ticked, and each becomes a row
    feeds: Feed | None = None  # its lines can become rows elsewhere
    invites: bool = False  # once it is ended, whoever is called to the step's meetings reads it there

    kind = Kind.TEXT
    words = True
    one_line = False

    @classmethod
    def of(cls, table: TomlTable) -> Self:
        """Read the keys that only a text can have."""
        return table.record(cls, feeds=feed_of(table.table("feeds")))

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        match self.form:
            case "person":
                return name if is_name(name := _called(text, dates.words.called)) else Trouble(Problem.NAME)
            case "alias" if not _ALIAS.fullmatch(text):
                return Trouble(Problem.ALIAS)
            case "reach" if not can_be_reached(text):
                return Trouble(Problem.REACH)
            case "reach" if _is_cut_short(text):
                return Trouble(Problem.NUMBER_SHORT)
            case "domain":
                return _site(text)
            case _:
                return text

    def choices(self, there: There) -> Mapping[str, Value]:
        """The texts that are offered."""
        return {offer.arg: offer.title for offer in there.offers}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """Examples to tick, an earlier answer to take over, or what the group has taken up elsewhere."""
        if self.ticks:
            return self._examples(there, at) if at.row is None else ()
        if there.before:
            told = [name for name in there.before if at.draft.get(name)]
            return ((Button("pick", f"{SAME}{there.before.index(told[-1])}", "same_as"),),) if told else ()
        return paged([Button("pick", offer.arg, "offer") for offer in there.offers], at.offered.page)

    @staticmethod
    def _examples(there: There, at: Standing) -> Keyboard:
        """Examples of what rows can be called, ticked or not."""
        marks = [tick(offer.arg, on=offer.arg in at.ticked, label="offer") for offer in there.offers]
        return (*paged(marks, at.offered.page), (Button("ok", "", "ok"),)) if marks else ()

    def join(self, theirs: Value, mine: Value, between: str) -> Value:
        """Both texts, one after the other."""
        return f"{theirs}{between}{mine}"


def is_name(text: str) -> bool:
    """True if a text can be what somebody is called: a few words, without numbers and the signs of a sentence."""
    return len(text.split()) <= MOST_NAMES and _NO_NAME.search(text) is None and any(map(str.isalpha, text))


def _called(text: str, called: Sequence[str]) -> str:
    """Return the name in a sentence that says what its writer is called ("jag heter cia"), else the text."""
    said = " ".join(text.split())
    for sentence in called:
        before, _, after = map(re.escape, sentence.partition("{name}"))
        if found := re.fullmatch(rf"{before}(.+?){after}[.!]*", said, re.IGNORECASE):
            return found[1][:1].upper() + found[1][1:]
    return text


def can_be_reached(text: str) -> bool:
    """True if a text has something by which one gets there: a number, a mail address, or one on the web."""
    return bool(phone.numbers_in(text)) or _CONTACT.search(text) is not None


def _is_cut_short(text: str) -> bool:
    """True if a number lacks digits: with its area code one has eight at least, and short ones begin with no zero."""
    lengths = [len(number) for number in phone.numbers_in(text) if number.startswith("0")]
    return bool(lengths) and max(lengths) < 8 and "@" not in text


def _site(text: str) -> str | Trouble:
    """The name of a site; with a path behind it, it would lead to somebody."""
    found = ADDRESS.fullmatch(text.rstrip("/"))
    return found[2].lower() if found and not re.search("[/?#:]", found[2]) else Trouble(Problem.DOMAIN)


_CONTACT = re.compile(r"@|\w\.[^\W\d_]{2}")  # by mail, or on the web
_NO_NAME = re.compile(r"\d\d|[,;:!?]|\.\s*$|\w{3,}\.\s")
_ALIAS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")  # one word, no digits
# A scheme or none, names with a dot between them, and whatever a path may hold; no user name, no other scheme.
ADDRESS = re.compile(r"(https?://)?((?:[\w-]{1,63}\.)+[^\W\d_]{2,63}(?::\d{1,5})?(?:[/?#]\S*)?)", re.IGNORECASE)
