"""How a language writes dates, numbers and lists, and how people write dates in it: `language.toml` in its folder."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from jinja2 import Environment, StrictUndefined, TemplateError

from flows.answers import BARE, Stance
from flows.dates.date_ranges import SpanReader, SpanWords
from flows.dates.date_words import ClockWords, DateWords, DayWords
from flows.dates.dates import DateReader
from flows.dates.ordinal_days import OrdinalWords
from flows.toml_table import unreadable
from messages import line_breaks
from messages.command_names import CommandNames
from messages.own_words import Means, OwnWords
from messages.structure.blocks import Body, Inline
from messages.written_forms import WrittenForms

HERE = Path(__file__).parent
Toml: TypeAlias = dict[str, Any]  # a file of words, as it is read
Words = TypeVar("Words", DateWords, DayWords, ClockWords, OrdinalWords, SpanWords)
FILE = "language.toml"
WITH_WHY = 6  # words that a yes or a no with its reason has at most
_WRITTEN = (
    "tag",
    "decimal",
    "last",
    "more",
    "plural",
    "towns",
    "write",
    "read",
    "commands",
    "answer",
    "joins",
    "thanks",
    "moves",
    "no_time",
    "me",
    "unbroken",
)
SEPARATOR = " · "  # between names of options, which begin with a capital and may hold commas
ADVERB = 1  # words that may stand beside a no and give no reason for it: "inte som den är nu"
INFLECTED = 4  # letters of a word that may have an ending
_FORMS = ("day", "the_day", "date", "short_day", "month", "moment", "clock", "weekdays", "hours", "minutes")


def _words(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of these phrases, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")


def _bare(text: str) -> str:
    """Return the words of a text in small letters, without signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _correction(words: Toml) -> re.Pattern[str]:
    """Return how an answer is put right: what leads to it, what says so, what was meant, and what it was not."""
    lead, meant, isnt = ("|".join(map(re.escape, words[part])) for part in ("lead", "meant", "not"))
    sign = r"[\s,.!:;–-]"
    return re.compile(
        r"(?i)(?=.{1,100}\Z)"  # that is short: of sixteen thousand signs too much would be tried
        rf"(?:(?:{lead}){sign}+)*(?:{meant}){sign}+(?P<meant>.+?)(?:{sign}+(?:{isnt})\s.+)?[\s.!]*"
    )


class WordsError(Exception):
    """A word is missing or a file cannot be read; the message names file, word and cure."""


class Language(WrittenForms, CommandNames):
    """The rules of one language. Raises WordsError that names what the file lacks or has wrong."""

    def __init__(self, language: str, folder: Path = HERE) -> None:
        self._file, self._folder = f"{language}/{FILE}", folder
        data = read_toml(folder, self._file)
        self._demand(data, _WRITTEN)
        self._demand(data["write"], _FORMS, "write.")
        self._demand(data["unbroken"], line_breaks.NAMES, "unbroken.")
        self._write = data["write"]
        self._decimal, self._last, self._more = data["decimal"], data["last"], data["more"]
        self.tag: str = data["tag"]
        read = data["read"]
        words = self._words_of(DateWords, read)
        days, clock = self._words_of(DayWords, read), self._words_of(ClockWords, read)
        self.dates = DateReader(words, days, clock, self._words_of(OrdinalWords, read, "places"))
        self.spans = SpanReader(self._words_of(SpanWords, read, "spans"), words)
        self.months, self.weekday_names = words.months, words.weekdays
        for name, found, most in (
            ("read.months", self.months, 12),
            ("read.weekdays", self.weekday_names, 7),
            ("write.weekdays", self._write["weekdays"], 7),
        ):
            if len(found) != most:
                raise WordsError(f"{self._file}: “{name}” has {len(found)} words; give it {most}")
        try:
            self._form = Environment(undefined=StrictUndefined).compile_expression(data["plural"])  # noqa: S701 - a number
            self._towns = [re.compile(title, re.IGNORECASE) for title in data["towns"]]
        except (TemplateError, re.error) as error:
            raise WordsError(f"{self._file}: “plural” or “towns” cannot be read ({error}); mend it") from None
        try:
            self._read_commands(data)
        except ValueError as error:
            raise WordsError(f"{self._file}: {error}") from None
        self.line_breaks = line_breaks.LineBreaks(data["unbroken"], self.months)
        self._joins = tuple(f"{word} " for word in data["joins"])
        self._yes = frozenset(data["answer"]["alone"])
        self._which = tuple(f"{word} " for word in data["asks"]["which"])
        self._urged: dict[str, str] = {one: said for said in ("yes", "no") for one in data["answer"]["urged"][said]}
        self._parts = {one: verb for verb in ("apart", "asis") for one in data["rows"][verb]}
        self._slips = frozenset(data["answer"]["slip"])
        self._corrects = _correction(data["correction"])
        self._instead = _words(data["answer"]["instead"])
        self._somebody_else = _words([*data["answer"]["instead"], *data["answer"]["somebody_else"]])
        self._coming = _words(data["answer"]["coming"])
        self._thanks = frozenset(data["thanks"])
        self._me = frozenset(data["me"])
        self._visitor_asks = {what: _words(phrases) for what, phrases in data["visitor_asks"].items()}
        self._doubts, self._unknown = _words(data["options"]["doubts"]), frozenset(data["options"]["unknown"])
        self._endings = f"(?:{'|'.join(data['options']['endings'])})?"
        self._moves = {verb: frozenset(words) for verb, words in data["moves"].items()}
        self._no_time = _words(data["no_time"])
        self._others: dict[str, list[str]] = data["tells_of"]
        self._approval = {what: _words(phrases) for what, phrases in data["answer"]["approval"].items()}
        self._answers = {said: _words(data["answer"][said]) for said in ("unsure", "no", "yes")}  # in this order

    def joins(self, text: str) -> bool:
        """True if a text begins as one goes on with what one has just said: "och en flygplats"."""
        return text.casefold().startswith(self._joins)

    def thanks(self, text: str) -> bool:
        """True if a text is thanks and nothing else, in words or in signs: "Tack så mycket!", "👍"."""
        words = re.findall(r"\w+", text.casefold())
        signs = [sign for sign in text if unicodedata.category(sign) == "So"]
        return " ".join(words) in self._thanks if words else bool(signs) and self._thanks.issuperset(signs)

    def moves(self, text: str) -> list[str]:
        """Return the verbs of the buttons under a question that a text can name and says nothing else: "Tillbaka!"."""
        said = _bare(text)
        return [verb for verb, words in self._moves.items() if said in words]

    def visitor_asks(self, text: str) -> str:
        """Return what a guest asks: "who", "what_becomes", "when" or "stop"; empty for anything else."""
        said = text.casefold()
        return next((what for what, words in self._visitor_asks.items() if words.search(said)), "")

    def named_in(self, labels: Mapping[str, str], text: str) -> list[str]:
        """Return the options that a sentence names for certain, by a part of their label: "vid hotellet" is "Hotell,
        boende". None where it denies, doubts or asks."""
        said = text.casefold()
        if "?" in text or self._doubts.search(said):
            return []
        return [option for option, label in labels.items() if any(map(self._says(said), label.casefold().split(", ")))]

    def _says(self, said: str) -> Callable[[str], bool]:
        def finds(part: str) -> bool:
            ended = self._endings if len(part) >= INFLECTED else ""
            return bool(re.search(rf"(?<!\w){re.escape(part)}{ended}(?!\w)", said))

        return finds

    def knows_nothing(self, text: str) -> bool:
        """True if a text says that its writer does not know, and nothing else."""
        return _bare(text) in self._unknown

    def means_me(self, text: str) -> bool:
        """True if a text names its writer and says nothing else: "Jag gör det!"."""
        return _bare(text) in self._me

    def says_by_the_way(self, text: str) -> bool:
        """True for what people say without meaning to add a word: thanks, a move ("klar"), a bare yes or no."""
        bare = self.answer_in(text) is not None and len(text.split()) <= BARE
        return bare or self.thanks(text) or bool(self.moves(text))

    @cached_property
    def own_words(self) -> OwnWords:
        """The rules for what people write in their own words, which are read when first asked for."""
        return OwnWords(self._file.partition("/")[0], self._folder)

    def absent(self, text: str) -> bool:
        """True if a text says that its writer is away for a time."""
        return self.own_words.means(text) is Means.AWAY

    def returns(self, text: str) -> bool:
        """True if a text says that its writer is away no longer."""
        return self.own_words.means(text) is Means.BACK

    def has_no_time(self, text: str) -> bool:
        """True if a text speaks of illness, of being away, or of no time now."""
        return self.absent(text) or bool(self._no_time.search(" ".join(text.casefold().split())))

    def tells_of(self, text: str, names: Iterable[str]) -> str | None:
        """Return of whom else than its writer a text tells: one of these names, or "" for somebody who has none; None
        if it may be of the writer."""
        said, others = text.casefold(), self._others
        if _words(others["writer"]).search(said):
            return None
        found = (name for name in (*names, *others["others"]) if self._begins(said, name.casefold()))
        name = next(found, None)
        return "" if name in others["others"] else name

    def _begins(self, said: str, name: str) -> bool:
        does = "|".join(map(re.escape, self._others["does"]))
        return re.search(rf"(?:^|[.,!?\n]) ?{re.escape(name)} (?:{does})(?!\w)", said) is not None

    def answer_in(self, text: str) -> str | None:
        """Return "yes" or "no" if a text says outright whether its writer comes; None for anything else.

        Who asks has not answered: "vem ser att jag kommer".
        """
        text = " ".join(text.casefold().split())
        if text.strip(".! ") in self._yes:
            return "yes"
        found = next((said for said, words in self._answers.items() if words.search(text)), None)
        asks = "?" in text or text.startswith(self._which) or self.visitor_asks(text) not in ("", "stop")
        return None if found == "unsure" or asks else found

    def stance_in(self, text: str) -> Stance | None:
        """Return what a text says to whether one stands behind something, None for anything else: a yes with which it
        begins, a no, with a reason or without, or what is neither: a yes with a condition, a no to any change."""
        said = " ".join(text.casefold().split())
        rest, phrases = self._approval["no"].sub(" ", said), self._approval
        agrees, conditions = phrases["yes"].search(rest), phrases["condition"].search(said)
        if "?" in text or (rest == said and not agrees):
            return None
        if rest == said and not conditions:
            return Stance.YES if phrases["yes"].match(said) else None
        if agrees or phrases["denied"].search(rest):
            return Stance.CONDITIONAL
        return Stance.NO_BECAUSE if len(_bare(rest).split()) > ADVERB else Stance.NO

    def decides(self, text: str) -> str | None:
        """Return "yes" or "no" if a text says that to whether something is to be done, perhaps with thanks or again in
        other words, and says nothing else: "Ja tack", "Ja, gör det", "Låt bli"; None for anything else.
        """
        word, _, rest = " ".join(text.casefold().split()).partition(" ")
        said, urged = self.answer_in(word) or self._urged.get(_bare(word)), self._urged.get(_bare(rest))
        if "?" in text:
            return None
        return said if said and (not rest or self.thanks(rest) or urged == said) else self._urged.get(_bare(text))

    def asks_whether(self, text: str) -> bool:
        """True if a question can be answered by a yes or a no: one of its sentences asks, and not which or how."""
        asked = re.findall(r"[^.?!]+(?=\?)", text)
        return any(not one.strip().casefold().startswith(self._which) for one in asked)

    def parts(self, text: str) -> str | None:
        """Return "apart" or "asis" if a text only says whether several lines are a row each; None for anything else."""
        return self._parts.get(_bare(text)) or {"yes": "apart", "no": "asis"}.get(self.decides(text) or "")

    def slips(self, text: str) -> bool:
        """True if a text only says that what was just done was a slip: "Oj fel", "ångra"."""
        return _bare(" ".join(text.casefold().split())) in self._slips or self.takes_back(text)

    def takes_back(self, text: str) -> bool:
        """True if a text only says that what its writer has just written is to go: "Förlåt, fel chatt"."""
        heard = self.own_words.heard(text)
        return heard is not None and heard.means is Means.TAKES_BACK and heard.whole

    def corrected_to(self, text: str) -> str:
        """Return what a text says was meant instead of what was just answered: "Sorry, menade 4, inte 3" is "4"."""
        said = self._corrects.fullmatch(" ".join(text.split()))
        return said["meant"] if said else ""

    def takes_up(self, text: str, *, bare: bool) -> str | None:
        """Return "yes" or "no" if a text says that to what is offered, a no perhaps with why: "Nej, jag hinner inte";
        None for anything else, as a yes that goes on may take itself back. `bare`: only if it says nothing but that.
        """
        said, words = self.decides(text), " ".join(text.casefold().split())
        if said or bare or len(words.split()) > WITH_WHY or "?" in words or self._answers["unsure"].search(words):
            return said
        word, _, _ = words.partition(" ")
        return "no" if self.decides(word.strip(".,!")) == "no" else None

    def speaks_of_coming(self, text: str) -> bool:
        """True if a text says outright yes or no, and in words that may be about a meeting: "Jag kan inte komma"."""
        return self.answer_in(text) is not None and bool(self._coming.search(" ".join(text.casefold().split())))

    def says_who_comes_instead(self, text: str) -> bool:
        """True if a text says that somebody else comes in its writer's place: "En kollega kommer i mitt ställe"; not if
        it asks that, or does not know.
        """
        text = " ".join(text.casefold().split())
        unsure = "?" in text or self._answers["unsure"].search(text)
        return not unsure and bool(self._instead.search(text))

    def names_somebody_else(self, text: str) -> bool:
        """True if a text tells that somebody else may come: "Kan inte, men min kollega kan"."""
        return bool(self._somebody_else.search(" ".join(text.casefold().split())))

    def _demand(self, data: Toml, names: Iterable[str], under: str = "") -> None:
        if missing := [name for name in names if name not in data]:
            raise WordsError("\n".join(f"{self._file}: “{under}{name}” is missing; add it" for name in missing))

    def _words_of(self, kind: type[Words], read: Toml, part: str = "") -> Words:
        """Return the words of `[read]`, or of a part of it, that a reader of dates looks for."""
        if part:
            self._demand(read, [part], "read.")
        table, names = read[part] if part else read, [field.name for field in fields(kind)]
        self._demand(table, names, f"read.{part}." if part else "read.")
        given: dict[str, Any] = {name: tuple(one) if isinstance(one := table[name], list) else one for name in names}
        return kind(**given)

    @property
    def filters(self) -> dict[str, Callable[..., str | Body | Inline]]:
        """Return the filters of templates, by name: every written form, and the town in a title."""
        forms = (name for name in vars(WrittenForms) if not name.startswith("_"))
        return {"town": self.town_of, **{name: getattr(self, name) for name in forms}}

    def town_of(self, title: str) -> str:
        """The town's name in a chat's title: "Kärngruppen i Exempelstad" is about Exempelstad; else the whole title."""
        found = next((match for town in self._towns if (match := town.fullmatch(title))), None)
        return found["town"] if found else title


def read_toml(folder: Path, file: str) -> Toml:
    """A file of words under a folder. Raises WordsError if it is missing or cannot be read."""
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WordsError(f"{file} is missing; put it back") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsError(unreadable(file, error)) from None
