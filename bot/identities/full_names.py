"""Finds likely full names in a Swedish text: two words with capitals, or a given name and a surname in any case.

What makes a name is said in the tables of messages/<language>/identity-rules.toml; here words are put beside each
other, and asked for the traits that the tables name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from bot.identities.checks import Span
from bot.identities.scripts import in_other_letters
from bot.identities.traits import Word, has
from bot.identities.words import trait_rows

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+|:[a-zåäö]{1,3}(?!\w))*")
_BETWEEN: Final = {
    "space": re.compile(r"[\"”’'»)]?[ \t\u00a0]{1,3}[\"“”'‘’(«»]?|\.[ \t\u00a0]{0,2}"),
    "comma": re.compile(r"[ \t]?,[ \t]?"),
    "line": re.compile(r"[ \t]?\n[ \t]?"),
}
_ASIDE = re.compile(r"[ \t\u00a0,:(\"”“]{0,4}")
_STARTS = re.compile(r"(?:^|[.!?:;•\n\r(\"”»–—]|\s[-*])\s*[\"”»(]*$")
_SENTENCE = re.compile(r"[.!?\n]")
_FIRM = re.compile(r"\s?(?:&|\+)\s?[^\W\d_]")
_Around = Mapping[str, Word | None]


def names_in(text: str) -> Iterator[Span]:
    """Yield start and end of each likely full name."""
    words = split(text)
    yield from in_runs(text, words)
    yield from in_pairs(text, words, trait_rows("pair"))
    yield from _said(text, words)
    yield from in_other_letters(text)


def split(text: str) -> list[Word]:
    """Return the words of a text."""
    return list(_words(text))


def _words(text: str) -> Iterator[Word]:
    alike: dict[tuple[str, bool, bool], dict[str, bool]] = {}
    for place, match in enumerate(_WORD.finditer(text)):
        start, end = match.span()
        dotted = text.startswith(".", end)
        heads = match[0][0].isupper() and (not start or _STARTS.search(text, max(0, start - 6), start) is not None)
        seen = alike.setdefault((match[0], dotted, heads), {})
        yield Word(match[0], start, end, place, dotted, heads, match[0].lower(), seen)


def _any_row(table: str, around: _Around, part: Sequence[Word] = (), **facts: str) -> bool:
    """True if a row of a table holds: of the words `around`, by name; of those of a `part`; and of plain `facts`."""
    return any(all(_holds(key, row[key], around, part, facts) for key in row) for row in trait_rows(table))


def _holds(key: str, traits: str, around: _Around, part: Sequence[Word], facts: Mapping[str, str]) -> bool:
    if key in facts:
        return facts[key] == traits
    match key:
        case "any":
            return any(has(word, traits) for word in part)
        case "all":
            return all(has(word, traits) for word in part)
        case "none":
            return not any(has(word, traits) for word in part)
    return has(around[key.removeprefix("not_")], traits) != key.startswith("not_")


def _of(part: Sequence[Word], **beside: Word | None) -> dict[str, Word | None]:
    """Return the words of a part by the names that the tables have for them, with those beside it."""
    places = {"first": 0, "second": 1, "third": 2, "last": -1, "last_but_one": -2}
    here = {name: part[at] if -len(part) <= at < len(part) else None for name, at in places.items()}
    return {**here, **beside}


# -- words with capitals -----------------------------------------------------------------------------------------------
def in_runs(text: str, words: list[Word]) -> Iterator[Span]:
    """Yield names that words with capitals make."""
    for run in _runs(text, words):
        for part in _people(text, words, run):
            yield part[0].start, part[-1].end


def _runs(text: str, words: list[Word]) -> Iterator[list[Word]]:
    """Yield runs of adjacent words with capitals, with the small words that names may hold (von, al, de)."""
    run: list[Word] = []
    for word in words:
        joined = bool(run) and _parted(text, run[-1], word) == "space"
        if (joined and _is_inside(words, word)) or (word.capital and (joined or not run)):
            run.append(word)
            continue
        if run:
            yield run
        run = [word] if word.capital else []
    if run:
        yield run


def _is_inside(words: list[Word], word: Word) -> bool:
    """True for a particle that a word with a capital follows."""
    if not has(word, "particles"):
        return False
    follows = next((w for w in words[word.place + 1 : word.place + 3] if not has(w, "particles")), None)
    return follows is not None and follows.capital


def _parted(text: str, first: Word, second: Word) -> str:
    """Return what parts two words, empty if too much. A dot belongs to an initial, else it ends a sentence."""
    if second.start - first.end > 5:
        return ""
    kind = next((kind for kind, shape in _BETWEEN.items() if shape.fullmatch(text, first.end, second.start)), "")
    return "" if kind == "space" and first.dotted and len(first.text) > 1 else kind


def _beside(text: str, words: Sequence[Word], place: int, step: int = 0) -> Word | None:
    """Return the word before or after, if only a comma or a quotation mark is between."""
    first, second = place, place + 1
    if not (first >= 0 and second < len(words)):
        return None
    start = words[first].end
    if words[first].dotted and has(words[first], "titles|surname_follows"):
        start += 1  # "Dr."
    return words[second if step else first] if _ASIDE.fullmatch(text, start, words[second].start) else None


def _people(text: str, words: list[Word], run: list[Word]) -> Iterator[list[Word]]:
    """Yield the parts of a run that are people: places divide it, and a sentence's first word is left out."""
    before, after = _beside(text, words, run[0].place - 1), _beside(text, words, run[-1].place, 1)
    if len(run) == 1 and not has(before, "surname_follows|titles|name_follows|copulas"):
        return  # nothing says that it is a name
    subject = _beside(text, words, before.place - 1) if before is not None else None
    touches = _parted(text, before, run[0]) if before is not None else ""
    around = _of(run, before=before, subject=subject, after=after)
    if _any_row("no_run", around, run, touches=touches, firm="yes" if _is_firm(text, run) else ""):
        return
    if has(before, "copulas") and has(subject, "person"):
        before = subject
    for part in filter(None, _divided(run)):
        first, last = part[0] is run[0], part[-1] is run[-1]
        yield from _judged(part, before if first else None, after if last else None)


def _is_firm(text: str, run: list[Word]) -> bool:
    """True with "&" beside it, but for a given name and a surname, which are somebody's with "&" too."""
    behind = _FIRM.match(text, run[-1].end)
    ahead = text[max(0, run[0].start - 3) : run[0].start].rstrip().endswith(("&", "+"))
    whole = len(run) == 2 and has(run[0], "given") and has(run[1], "surname !no_names")
    return (behind is not None or ahead) and not whole


def _divided(run: list[Word]) -> list[list[Word]]:
    """Return a run without its places; a sentence in which every word has a capital, without ordinary words too."""
    parts: list[list[Word]] = [[]]
    sentence = _is_sentence(run)
    for word in run:
        begins = not parts[-1] and len(run) > 1 and has(word, "given")  # "Sofia" is somebody here
        if (sentence and has(word, "ordinary !given")) or (_is_place(word, parts[-1]) and not begins):
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _is_sentence(run: list[Word]) -> bool:
    ordinary = [has(word, "ordinary !given") for word in run]
    titled = ordinary[0] and sum(ordinary) * 2 >= len(run)  # "Vi Har Sett Samma Bil"
    return len(run) > 3 and (titled or all(has(word, "shout|one") for word in run))


def _is_place(word: Word, part: list[Word]) -> bool:
    """True for a place or an organisation; after a given name some places are surnames."""
    return has(word, "place") and not (bool(part) and has(part[-1], "given") and has(word, "surname_place"))


def _judged(part: list[Word], before: Word | None, after: Word | None) -> Iterator[list[Word]]:
    """Return the part, if it is a person's name."""
    part, before = _without_lead(part, before)
    around = _of(part, before=before, after=after)
    if len(part) == 1 and _any_row("called", around):
        yield part
    full = [w for w in part if has(w, "capital|!particles") and ":" not in w.text]  # not "FN:s"
    if len(full) > 1 and not _any_row("no_name", around, full) and _any_row("name_run", around, full):
        yield part


def _without_lead(part: list[Word], before: Word | None) -> tuple[list[Word], Word | None]:
    """Return the part without the first word of a sentence and a title, and what then stands before it."""
    part = [w for w in part if not w.shout or len(w.text) > 2]  # BUP, HVB and the like are longer; II and AB are not
    if part and part[0].heads and _any_row("first_word", _of(part, before=before)):
        before, part = part[0], part[1:]
    if len(part) > 2 and has(part[0], "titles"):
        before, part = part[0], part[1:]
    return part, before


# -- two words beside each other ---------------------------------------------------------------------------------------
def in_pairs(text: str, words: Sequence[Word], table: Sequence[Mapping[str, str]]) -> Iterator[Span]:
    """Yield names that two words make by what they are, in any case, by the rows of a table."""
    asked = [[(key, row[key]) for key in ("second", "first", "before") if key in row] for row in table]
    for first, second, parted in _beside_each_other(text, words):
        around = {"first": first, "second": second, "before": _beside(text, words, first.place - 1)}
        lower = not (first.capital and second.capital) or (first.shout and second.shout)
        for row, traits in zip(table, asked, strict=True):
            fits = parted == row.get("between", "space") and (lower or "lower" not in row)
            if fits and all(has(around[key], those) for key, those in traits):
                yield _taken(row, first, second, words)
                break


def _beside_each_other(text: str, words: Sequence[Word]) -> Iterator[tuple[Word, Word, str]]:
    """Yield pairs of words of which one may be a name, and what parts them; over a particle of a name too."""
    for first, second in pairwise(words):
        if not (parted := _parted(text, first, second)):
            continue
        if (has(first, "maybe") or has(second, "maybe")) and (has(first, "!one") or has(second, "!one")):
            yield first, second, parted
        third = words[second.place + 1] if second.place + 1 < len(words) else None
        if third is not None and has(second, "sure_particles") and _parted(text, second, third) == "space":
            yield first, third, "particle"


def _taken(row: Mapping[str, str], first: Word, second: Word, words: Sequence[Word]) -> Span:
    if row.get("take") == "second":
        return second.start, second.end
    given_before = first.place > 0 and has(words[first.place - 1], "only_given")
    return words[first.place - given_before].start, second.end


# -- a single name that is said to be one ------------------------------------------------------------------------------
def _said(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """One name where somebody is said to be called so: "en som heter …"; not what a house or a plan is called."""
    for cue in words:
        name = None
        if has(cue, "one_of_mine"):
            after = _beside(text, words, cue.place, 1)
            name = after if has(after, "known") else None
        elif has(cue, "name_follows|called"):
            before = words[cue.place - 1] if cue.place else cue
            turned = has(before, "known !also_words") and _parted(text, before, cue) == "space"  # "Goran heter han"
            name = before if turned else _named_by(text, words, cue)
        if name is not None:
            yield name.start, name.end


def _named_by(text: str, words: Sequence[Word], cue: Word) -> Word | None:
    """Return the name that follows, with small words between, if it is not what a place is called."""
    end = min(len(words), cue.place + 6)
    place = next((at for at in range(cue.place + 1, end) if not has(words[at], "name_fillers")), end)
    if place == len(words) or _SENTENCE.search(text, cue.end, words[place].start):
        return None
    name, around = words[place], words[max(0, cue.place - 4) : place]
    if any(has(word, "kinds_of_places|place_endings") for word in around):
        return None
    said = has(cue, "called") or any(has(word, "persons|under_words") for word in around)
    unknown = name.capital and not name.shout and said
    return name if has(name, "!ordinary !place") and (unknown or has(name, "known|foreign")) else None
