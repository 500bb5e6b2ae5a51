"""Proofreading: measures the words of a language, and finds names they may not use (`words.toml` in its folder).

LIX (läsbarhetsindex, Björnsson 1968) is the mean length of a sentence in words, plus the share of words longer than
six letters in percent; a line's end ends a sentence. Under 30 is very easy to read, over 50 is what authorities write.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from messages.language import HERE, Toml, WordsError, read_toml

FILE = "words.toml"
# What people may write, and what is looked for.
NO_PROSE = (
    FILE,
    "own_words.toml",
    "language.toml",
    "identities.toml",
    "identity-rules.toml",
    "distress.toml",
    "need.toml",
    "tongues.toml",
    "helplines.toml",
)
LONG_WORD = 6  # letters; a longer word counts as long
_CODE = re.compile(r"\{#.*?#\}|\{%-? *set .*?%\}", re.DOTALL)
_BRANCH = re.compile(r"\{%.*?%\}", re.DOTALL)
_FACT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_FOLDED = re.compile(r">>>.*?<<<", re.DOTALL)
_MARK = re.compile(r"^(?:#+|-|>) |\*\*?|`|>>>|<<<", re.MULTILINE)
_ENDS = re.compile(r"[.!?…]+[”\")]*(?=\s|$)|\n+|: ?$| [|] ")
_ADDRESS = re.compile(r"\S+@\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,4}(?:/\S*)?\b")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """One text: its file under the language's folder, where it stands in it, and its words without template code."""

    file: str
    path: str
    text: str
    unfolded: int  # characters seen before anything is unfolded; 0 with branches, as nobody sees all of them at once

    @property
    def place(self) -> str:
        """The place as it is named to an editor."""
        return f"{self.file}: {self.path}" if self.path else self.file

    @property
    def prose(self) -> bool:
        """True if it is made of sentences, and no label or name."""
        return bool(re.search(r"[.!?]", self.text))


@dataclass(slots=True)
class Measures:
    """The counts of one file."""

    words: int = 0
    running: int = 0  # words in sentences; labels and names are none
    long_words: int = 0  # of these
    sentences: int = 0
    longest_text: int = 0  # characters, unfolded
    longest_sentence: int = 0  # words

    @property
    def lix(self) -> float:
        """The readability index of all its sentences."""
        return self.running / self.sentences + 100 * self.long_words / self.running if self.running else 0.0

    def add(self, passage: Passage) -> None:
        """Count one more text."""
        self.longest_text = max(self.longest_text, passage.unfolded)
        for sentence in sentences(_ADDRESS.sub("", passage.text)):
            found = _WORD.findall(sentence)
            self.words += len(found)
            if passage.prose:
                self.sentences += 1
                self.running += len(found)
                self.long_words += sum(len(word) > LONG_WORD for word in found)
                self.longest_sentence = max(self.longest_sentence, len(found))


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a thing, and the names that are not used for it."""

    use: str
    avoid: re.Pattern[str]
    files: tuple[str, ...]  # beginnings of the files that it holds in; none: all
    places: frozenset[str]  # where another name stands all the same


@dataclass(frozen=True, slots=True)
class WordList:
    """The names of a language, what its texts may measure at most, and where they may measure more."""

    names: tuple[Name, ...]
    limits: Mapping[str, int]
    allowed: Mapping[str, str] = field(default_factory=dict)  # by place: the reason


def word_list(language: str, folder: Path = HERE) -> WordList:
    """The word list of a language. Raises WordsError if it is missing or lacks something."""
    file = f"{language}/{FILE}"
    data = read_toml(folder, file)
    try:
        names = tuple(map(_name, data["name"]))
        allowed = {place: str(one["why"]) for one in data.get("allowed", ()) for place in one["places"]}
        return WordList(names, {name: int(most) for name, most in data["limit"].items()}, allowed)
    except (KeyError, TypeError, re.error) as error:
        raise WordsError(f"{file}: {error} is missing or cannot be read; mend it") from None


def _name(one: Toml) -> Name:
    phrases = "|".join(one["avoid"])
    avoid = re.compile(rf"(?<!\w)(?:{phrases})(?!\w)", re.IGNORECASE)
    return Name(one["use"], avoid, tuple(one.get("files", ())), frozenset(one.get("except", ())))


def written(language: str, folder: Path = HERE) -> Iterator[tuple[str, str, str]]:
    """Yield all texts of a language as they are written: file, place in it (none in a template that is a file), text.

    Raises WordsError for a file that cannot be read.
    """
    home = folder / language
    for path in sorted((*home.rglob("*.toml"), *home.rglob("*.j2"))):
        file = path.relative_to(home).as_posix()
        if file in NO_PROSE:
            continue
        if path.suffix == ".j2":
            yield file, "", path.read_text(encoding="utf-8")
        else:
            yield from ((file, place, text) for place, text in _texts(read_toml(folder, f"{language}/{file}")))


def passages(language: str, folder: Path = HERE) -> Iterator[Passage]:
    """Yield all texts of a language. Raises WordsError for a file that cannot be read."""
    return (_passage(*one) for one in written(language, folder))


def _texts(data: Toml | list[Toml] | str, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(value, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data, 1):
            yield from _texts(value, f"{place}.{number}")


def _passage(file: str, path: str, text: str) -> Passage:
    written = _FACT.sub("x", _CODE.sub("", text))
    seen = 0 if _BRANCH.search(text) else len(_MARK.sub("", _FOLDED.sub("", written)).strip())
    return Passage(file, path, _MARK.sub("", _BRANCH.sub("\n", written)), seen)


def sentences(text: str) -> list[str]:
    """The sentences of a text that have words in them; a line's end ends one too."""
    return [sentence for sentence in _ENDS.split(text) if _WORD.search(sentence)]


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def measured(texts: list[Passage]) -> dict[str, Measures]:
    """Return what is counted in each file."""
    found: defaultdict[str, Measures] = defaultdict(Measures)
    for passage in texts:
        found[passage.file].add(passage)
    return dict(found)


def mistakes(texts: list[Passage], listed: WordList) -> list[str]:
    """Return a sentence for each text that uses another name or measures more than it may, with place and cure.

    An exception that is not needed is a mistake too, so that the list of exceptions stays short.
    """
    found: list[str] = []
    needed: set[str] = set()
    for passage in texts:
        found += _misnamed(passage, listed)
        for told in _beyond(passage, listed.limits):
            needed.add(passage.place)
            if passage.place not in listed.allowed:
                found.append(f"{passage.place}: {told}")
    for file, count in measured(texts).items():
        if (most := _most_lix(file, listed.limits)) and count.lix > most:
            needed.add(file)
            if file not in listed.allowed:
                found.append(f"{file}: LIX {count.lix:.0f}; make it {most} at most, with shorter sentences and words")
    there = {passage.place for passage in texts}
    excepted = {place for name in listed.names for place in name.places} - there
    found += [
        f"{FILE}: “{place}” is allowed more than it needs; take it away"
        for place in listed.allowed
        if place not in needed
    ]
    return found + [f"{FILE}: there is no “{place}” any more; take the exception away" for place in sorted(excepted)]


def _misnamed(passage: Passage, listed: WordList) -> Iterator[str]:
    for name in listed.names:
        if (name.files and not passage.file.startswith(name.files)) or passage.place in name.places:
            continue
        if met := name.avoid.search(passage.text):
            yield f"{passage.place}: “{met[0]}”; write “{name.use}”"


def _beyond(passage: Passage, limits: Mapping[str, int]) -> Iterator[str]:
    most = limits["guide" if passage.path == "guide" else "message"]
    if passage.path and passage.unfolded > most:
        yield f"{passage.unfolded} characters before anything is unfolded; make it {most} at most"
    for sentence in sentences(passage.text):
        count, most = len(_WORD.findall(sentence)), limits["sentence"]
        if count > most:
            yield f"a sentence of {count} words (“{' '.join(sentence.split()[:5])} …”); make it {most} at most"


def _most_lix(file: str, limits: Mapping[str, int]) -> int | None:
    """The highest index that a file may have: exercises are read by everybody."""
    return limits["lix"] if file[:1].isdigit() else None
