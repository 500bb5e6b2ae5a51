"""Finds likely full names in a Swedish text: two words with capitals, or a given name and a surname in any case.

A name that is also a place counts as a name after a given name, and as a place before words such as "gata" and
"kyrka". Two words with capitals of which neither is known to be a name count if one is spelt as no word of ours is, or
if the text speaks of a person.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.identities.numbers import Span
from bot.identities.scripts import in_other_letters
from bot.identities.words import endings, is_spelt_as_ours, listed, names, pattern

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+|:[a-zåäö]{1,3}(?!\w))*")
_NEXT_TO = re.compile(r"[\"”’'»)]?[ \t\u00a0]{1,3}[\"“”'‘’(«»]?|\.[ \t\u00a0]{0,2}")
_ASIDE = re.compile(r"[ \t\u00a0,:(\"”“]{0,4}")
_TURNED = re.compile(r"[ \t]?,[ \t]?")
_STARTS = re.compile(r"(?:^|[.!?:;•\n\r(\"”»–—]|\s[-*])\s*[\"”»(]*$")
_COMPOUND = re.compile(r"[^\W\d_a-zåäö]{2,}-[a-zåäö]+")  # "EU-medborgare", "HVB-hem"
_SENTENCE = re.compile(r"[.!?\n]")
_COPULAS = ("är", "var", "e")
_VERB = ("ade", "ar", "er", "te", "de", "it", "at", "ts", "es", "as", "nde")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    place: int  # among the words

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def shout(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()


def names_in(text: str) -> Iterator[Span]:
    """Yield start and end of each likely full name."""
    words = [_Word(match[0], *match.span(), place) for place, match in enumerate(_WORD.finditer(text))]
    for run in _runs(text, words):
        before, after = _beside(text, words, run[0].place - 1), _beside(text, words, run[-1].place, 1)
        subject = _beside(text, words, before.place - 1) if before is not None else None
        if before is not None and subject is not None:
            if before.low in listed("name_follows") and _is_thing(subject):
                continue  # "appen heter …"
            before = subject if before.low in _COPULAS and _is_person(subject) else before
        services = before is not None and before.low in listed("kinds_of_places", "kinds_of_things")
        if before is not None and not _joined(text, before, run[0]):
            services = services and not any(map(_is_given, run))  # "på hotellet, Anna Ek": not what it is called
        if before is not None and before.low in ("från", "av") and subject is not None:
            services = services or subject.low in listed("kinds_of_things")  # "en väska från …"
        if services or (after is not None and _is_named_after(run[-1], after)):
            continue
        for part in _people(text, run, before, after):
            yield part[0].start, part[-1].end
    yield from _in_lower_case(text, words)
    yield from _with_initial(text, words)
    yield from _turned(text, words)
    yield from _said(text, words)
    for match in pattern(r"(?<!\w)([^\W\d_]{2,20}(?:-[^\W\d_]{2,20})?)\s{whereabouts}").finditer(text):
        low = match[1].lower()
        if _is_known(_Word(match[1], *match.span(1), 0)) and low not in listed("also_words"):
            yield match.span(1)
    yield from in_other_letters(text)


def _runs(text: str, words: list[_Word]) -> Iterator[list[_Word]]:
    """Yield runs of adjacent words with capitals, with the small words that names may hold (von, al, de)."""
    run: list[_Word] = []
    for word in words:
        joined = bool(run) and _joined(text, run[-1], word)
        follows = next((w for w in words[word.place + 1 : word.place + 3] if w.low not in listed("particles")), None)
        inside = joined and word.low in listed("particles") and follows is not None and follows.capital
        if inside or (word.capital and (joined or not run)):
            run.append(word)
            continue
        if run:
            yield run
        run = [word] if word.capital else []
    if run:
        yield run


def _joined(text: str, first: _Word, second: _Word) -> bool:
    """True if two words are adjacent. A dot between them belongs to an initial, else it ends a sentence."""
    found = _NEXT_TO.fullmatch(text, first.end, second.start)
    return found is not None and (text[first.end] != "." or len(first.text) == 1)


def _beside(text: str, words: Sequence[_Word], place: int, step: int = 0) -> _Word | None:
    """Return the word before or after, if only a comma or a quotation mark is between."""
    first, second = place, place + 1
    if not (first >= 0 and second < len(words)):
        return None
    start = words[first].end
    if words[first].low in listed("titles", "surname_follows"):
        start += text.startswith(".", start)  # "Dr."
    if not _ASIDE.fullmatch(text, start, words[second].start):
        return None
    return words[second if step else first]


def _people(text: str, run: list[_Word], before: _Word | None, after: _Word | None) -> Iterator[list[_Word]]:
    """Yield the parts of a run that are people: places divide it, and a sentence's first word is left out.

    A whole sentence in capitals is divided by its ordinary words, too.
    """
    if run[0].low in listed("kinds_of_places") and not _is_given(run[0]):
        return
    starts = run[0].start == 0 or _STARTS.search(text, max(0, run[0].start - 6), run[0].start) is not None
    parts: list[list[_Word]] = [[]]
    sentence = len(run) > 3 and all(word.shout or len(word.text) == 1 for word in run)
    for word in run:
        ordinary = sentence and word.low in listed("starters", "common") and not _is_given(word)
        place = _is_place(word, parts[-1][-1] if parts[-1] else None)
        if ordinary or (place and not (not parts[-1] and _is_given(word) and len(run) > 1)):
            parts.append([])
        else:
            parts[-1].append(word)
    for part in filter(None, parts):
        first, last = part[0] is run[0], part[-1] is run[-1]
        yield from _judged(part, starts and first, before if first else None, after if last else None)


def _judged(part: list[_Word], starts: bool, before: _Word | None, after: _Word | None) -> Iterator[list[_Word]]:
    """Return the part, if it is a person's name. `starts`: it begins a sentence, so that its first word may be any."""
    part = [w for w in part if not w.shout or len(w.text) > 2]  # BUP, HVB and the like are longer; II and AB are not
    if starts and part and _is_first_word(part, before):
        before, part = part[0], part[1:]
    if len(part) > 2 and part[0].low in listed("titles"):
        before, part = part[0], part[1:]
    if len(part) == 1:
        if before is not None and _is_called(part[0], before):
            yield part
        return
    full = [w for w in part if ":" not in w.text and (w.capital or w.low not in listed("particles"))]  # not "FN:s"
    if len(full) < 2 or _is_something_else(part, full):
        return
    known = any(_is_given(w) or _is_surname(w) for w in part)
    if known or _is_spoken_of(before, after) or not all(is_spelt_as_ours(w.low) for w in full):
        yield part


def _is_first_word(part: list[_Word], before: _Word | None) -> bool:
    """True if the first of these words has its capital only because a sentence begins with it."""
    first = part[0]
    if _is_given(first) and not (first.low in listed("also_words") and len(part) > 2):
        return False
    if first.low in listed("starters", "common"):
        return True
    named = _is_sure_surname(first) or (len(part) == 2 and _is_surname(part[1]))
    return first.low.endswith(endings("definite")) and not named and not (before is not None and _is_person(before))


def _is_called(word: _Word, before: _Word) -> bool:
    """True if the word before makes a single word a name: "doktor Ek", "fru Ek", "heter Anna"."""
    if before.low in listed("surname_follows"):
        return True
    return (before.low in listed("titles") and _is_surname(word)) or (
        before.low in listed("name_follows") and _is_given(word)
    )


def _is_something_else(part: list[_Word], full: list[_Word]) -> bool:
    """True for several words with capitals that name a role, a house, a firm or an institution, or are a heading."""
    first, last = part[0], part[-1]
    if any(
        w.low in listed("no_names") or w.low.endswith(endings("role_endings")) or _COMPOUND.fullmatch(w.text)
        for w in full
    ):
        return True
    if last.low in listed("after_places") and (part[-2].low.endswith("s") or not _is_surname(last)):
        return True  # a house named after somebody
    if first.low.endswith("ska") and last.low.endswith(endings("definite")) and last.low not in names("surnames"):
        return True  # an institution: "Karolinska Institutet"
    if any(map(_is_given, part)):
        return False
    heading = all(w.shout for w in part)
    several = any(w.low.endswith(endings("definite_plural")) for w in part)  # "Fastighetsägarna Mitt"
    firm = first.low.endswith("s") and _is_surname(first) and first.low not in listed("surnames")  # "Svenssons Bageri"
    return heading or several or firm


def _is_spoken_of(before: _Word | None, after: _Word | None) -> bool:
    """True if the words around speak of a person."""
    return (before is not None and (before.low in listed("before_people") or _is_person(before))) or (
        after is not None and after.low in listed("after_people")
    )


def _is_person(word: _Word) -> bool:
    """True for a word that says what somebody is: "läraren", "vittnet", "kontaktperson"."""
    low = word.low
    return low in listed("persons", "titles") or (
        low.endswith(endings("person_endings")) and low not in listed("no_persons")
    )


def _is_thing(word: _Word) -> bool:
    """True for what is no person, and is called something: "appen", "projektet"."""
    return word.low.endswith(endings("definite_singular")) and not _is_person(word)


# -- without capitals --------------------------------------------------------------------------------------------------
def _in_lower_case(text: str, words: Sequence[_Word]) -> Iterator[Span]:
    """Yield names without capitals: a given name and a surname, or a nickname and a word that is only a surname."""
    for first, second in pairwise(words):
        shouted = first.shout and second.shout
        if (first.capital and second.capital and not shouted) or not _joined(text, first, second):
            continue
        if second.low in listed("after_places") or second.low in listed("common") or len(second.text) < 3:
            continue
        if first.low in listed("surname_follows") and _is_sure_surname(second):
            yield second.start, second.end
        sure, given = _is_sure_surname(second), first.low in names("given")
        double = len(parts := set(first.low.split("-"))) > 1 and parts <= names("given")  # "per-erik"
        given, bare = given or double, double or _is_only_given(first)
        before = _beside(text, words, first.place - 1) if first.place else None
        called = before is not None and before.low in listed("name_follows")
        nick = len(first.text) > 2 and first.low not in listed("common") and first.low not in listed("starters")
        unknown = not second.low.endswith(_VERB) and not first.capital and len(second.text) > 3
        if (
            (bare and (_is_surname(second) or (unknown and not _is_place(second, first))))
            or (given and sure)
            or (nick and sure and second.low.endswith(endings("sure_endings")))
            or (_is_sure_surname(first) and _is_only_given(second))
            or (called and (given or sure) and not second.low.endswith(_VERB))
        ):
            given_before = first.place and _is_only_given(words[first.place - 1])
            start = words[first.place - 1].start if given_before else first.start
            yield start, second.end


def _with_initial(text: str, words: Sequence[_Word]) -> Iterator[Span]:
    """Yield a given name and an initial, or an initial and a surname, in any case."""
    for first, second in pairwise(words):
        if not _joined(text, first, second):
            continue
        dotted = text[first.end] == "."
        initial = (
            len(first.text) == 1
            and len(second.text) > 2
            and (_is_sure_surname(second) or (dotted and first.capital and second.capital))
        )
        loose = first.low not in "eioåö" and _is_sure_surname(second)  # "e" and "o" are written for "är" and "och"
        heading = _STARTS.search(text, max(0, first.start - 6), first.start) or not first.start  # "A. Bakgrund"
        unknown = dotted and first.capital and second.capital and not heading and not _is_place(second, None)
        if initial and (dotted or first.capital or loose) and (_is_surname(second) or unknown):
            yield first.start, second.end
        elif len(second.text) == 1 and second.capital and first.capital and _is_sure_surname(first):
            yield first.start, second.end  # as in a list: "Lindqvist J"
        elif len(second.text) == 1 and first.low in names("given") and second.low not in "iåö":
            plain = first.low not in listed("also_words") and (second.capital or not first.capital)
            if (first.capital and second.capital) or text[second.end : second.end + 1] == "." or plain:
                yield first.start, second.end


def _turned(text: str, words: Sequence[_Word]) -> Iterator[Span]:
    """Yield a surname, a comma and a given name, as in a register, in any case."""
    for first, second in pairwise(words):
        short = len(second.text) == 1 and second.capital
        turned = _TURNED.fullmatch(text, first.end, second.start) and _is_sure_surname(first)
        if turned and (short or _is_given(second)):
            yield first.start, second.end


# -- a single name that is said to be one ------------------------------------------------------------------------------
def _said(text: str, words: Sequence[_Word]) -> Iterator[Span]:
    """One name where somebody is said to be called so: "en som heter …"; not what a house or a plan is called."""
    for cue in words:
        if cue.low in listed("one_of_mine"):
            after = _beside(text, words, cue.place, 1)
            if after is not None and _is_known(after):
                yield after.start, after.end
            continue
        if cue.low not in listed("name_follows", "called"):
            continue
        before = words[cue.place - 1] if cue.place else cue
        if before.low not in listed("also_words") and _is_known(before) and _joined(text, before, cue):
            yield before.start, before.end  # "Goran heter han"
            continue
        place = cue.place + 1
        while place < len(words) and place <= cue.place + 5 and words[place].low in listed("name_fillers"):
            place += 1
        if place == len(words) or _SENTENCE.search(text, cue.end, words[place].start):
            continue
        name, around = words[place], {word.low for word in words[max(0, cue.place - 4) : place]}
        if around & listed("kinds_of_places") or any(word.endswith(endings("place_endings")) for word in around):
            continue
        word = {name.low, name.low.removesuffix("s")} & listed("common", "starters", "no_names")
        said = cue.low in listed("called") or around & (listed("persons") | {"under"})
        unknown = name.capital and not name.shout and said
        if not word and (_is_known(name) or unknown) and not _is_place(name, None):
            yield name.start, name.end


def _is_known(word: _Word) -> bool:
    """A given name, and nothing else."""
    words = listed("also_words", "common", "starters", "places", "organisations")
    return word.low in names("given") and (word.capital or word.low not in words)


# -- what a word is ----------------------------------------------------------------------------------------------------
def _is_named_after(name: _Word, after: _Word) -> bool:
    """True if a street or house named after somebody follows: "Maria gata", "Anna Linds barnsjukhus"."""
    ends = tuple(word for word in listed("after_places") if len(word) > 3)
    return after.low in listed("after_places") or (name.low.endswith("s") and after.low.endswith(ends))


def _is_given(word: _Word) -> bool:
    given, low = names("given"), word.low
    return low in given or any(part in given for part in re.split(r"[-'’]", low)) or low.removesuffix("s") in given


def _is_only_given(word: _Word) -> bool:
    """True for a given name that is no ordinary word."""
    return word.low in listed("given") and word.low not in listed("also_words")


def _is_surname(word: _Word) -> bool:
    low = word.low
    bare = low.removesuffix("s")
    return {low, bare} & names("surnames") != set() or (
        len(low) > 4 and (bare.endswith(endings("surname_endings")) or low.endswith(endings("surname_endings")))
    )


def _is_sure_surname(word: _Word) -> bool:
    """True for a surname that is no place and no ordinary word."""
    bare = word.low.removesuffix("s")
    own = {word.low, bare}
    sure = not own.isdisjoint(names("surnames")) and own.isdisjoint(listed("places", "surname_words"))
    return sure or (len(bare) > 4 and bare.endswith(endings("sure_endings")))


def _is_place(word: _Word, previous: _Word | None) -> bool:
    """True for a place or an organisation; after a given name some places are surnames."""
    low, bare = word.low, word.low.removesuffix("s")
    if previous is not None and _is_given(previous) and {low, bare} & listed("surname_places"):
        return False
    named = {low, bare} & listed("places", "organisations")
    return bool(named) or (len(low) > 6 and low.endswith(endings("place_endings")) and not _is_given(word))
