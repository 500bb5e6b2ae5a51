"""The bot's voice in one language: templates for what it says itself, and the words of each exercise.

Templates are a small Markdown (see `messages.structure.reader`). What they fill in is never read as such (`hold`); a
fact that a template asks for and does not get is an error at rendering (`StrictUndefined`), before anything is
committed.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.meta import find_undeclared_variables

from flows.definitions.model import Exercise
from flows.run.state import Example
from flows.toml_table import unreadable
from messages.help_lines import HelpLines
from messages.language import HERE, Language, Toml, WordsError, read_toml
from messages.structure.blocks import Body
from messages.structure.reader import LAST, hold, read

INTERFACE = "interface"  # the folder with what the bot itself says, a file for each feature
# "… Är ni redo?.": a title that asks has no full stop after it.
_TWO_ENDS = re.compile(rf"([?!]{LAST}[*{LAST}]*)\.(?![.\w])")
PLAIN = ("label.", "toast.")  # shown by Telegram as they are: buttons, notices

Text = Template | str
TemplateFacts = Mapping[str, object]  # what a template may show, by name; only templates look into it


class ExerciseWords:
    """The words of one exercise. Each accessor raises WordsError that names the file and what to add."""

    def __init__(self, file: str, data: Toml) -> None:
        self.file, self.data = file, data
        self._found: dict[str, str] = {}  # by path, as the same words are said again and again

    def __getitem__(self, path: str) -> str:
        found = self.get(path)
        if found is None:
            raise WordsError(f"{self.file}: “{path}” is missing; add it")
        return found

    def get(self, path: str) -> str | None:
        """The word at a dotted path, None if there is none."""
        if path in self._found:
            return self._found[path]
        here: object = self.data
        for part in path.split("."):
            if not isinstance(here, Mapping) or part not in here:
                return None
            here = here[part]
        if not isinstance(here, str):
            return None
        self._found[path] = here
        return here

    def list(self, path: str) -> list[str]:
        """The list at a dotted path (tips, examples), empty if there is none."""
        here: object = self.data
        for part in path.split("."):
            here = here.get(part, {}) if isinstance(here, Mapping) else {}
        return [str(item) for item in here] if isinstance(here, list) else []

    def examples(self, question: str) -> tuple[Example, ...]:
        """The examples of a question: plain texts, or tables with `text`, whose it is (`from`) and what it `gives`."""
        return self._examples.get(question, ())

    @cached_property
    def _examples(self) -> Mapping[str, tuple[Example, ...]]:
        return {question: _examples(given) for question, given in self.data.get("examples", {}).items()}

    def option(self, question: str, option: str) -> str:
        """Return what an option of a choice is called: its own word, or the one shared by the exercise's questions."""
        return self.get(f"question.{question}.options.{option}") or self[f"options.{option}"]


def _examples(given: Sequence[str | Toml]) -> tuple[Example, ...]:
    tables: list[Toml] = [{"text": one} if isinstance(one, str) else one for one in given]
    return tuple(
        Example(number, str(one["text"]), str(one.get("from", "")), one.get("gives", {}))
        for number, one in enumerate(tables, 1)
    )


class Voice:
    """All that the bot can say in one language.

    With `strict`, as in all tests, each fact of a template must be given, also those of branches that are not taken.
    """

    strict = False

    def __init__(self, language: str = "sv", folder: Path = HERE) -> None:
        self.language, self.rules = language, Language(language, folder)
        self._folder = folder / language
        self._plain = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - no HTML
        self._plain.filters.update(self.rules.filters)
        self._plain.globals.clear()  # no template asks for any, and each rendering would copy them
        self._marked = self._plain.overlay(finalize=hold)
        self._earlier: dict[str, ExerciseWords] = {}
        self._written: dict[str, str] = {}
        self._files: dict[str, str] = {}  # by the name of what stands there, for errors
        for path in sorted((self._folder / INTERFACE).glob("*.toml")):
            self._take(f"{INTERFACE}/{path.name}")
        self._compiled: dict[str, Text] = {}  # when first said: to compile all takes a fifth of a second at each start

    def render(self, name: str, facts: TemplateFacts | None = None) -> Body:
        """The message `name` with these facts.

        Raises WordsError for an unknown name or a missing fact.
        """
        if name.startswith(PLAIN):
            raise WordsError(f"{self._place(name)}: “{name}” is plain text, and no message")
        return read(_TWO_ENDS.sub(r"\1", self._said(name, facts)), self.rules.line_breaks.held)

    def label(self, name: str, facts: TemplateFacts | None = None) -> str:
        """The text of a button, or another piece of plain text."""
        return self._said(f"label.{name}", facts).strip()

    def toast(self, name: str, facts: TemplateFacts | None = None) -> str:
        """The text of a notice over the chat: plain, at most 200 characters (Bot API limit)."""
        return self._said(f"toast.{name}", facts).strip()

    def _said(self, name: str, facts: TemplateFacts | None) -> str:
        text = self._compiled.get(name)
        if text is None:
            text = self._compiled[name] = self._compile(name)
        if isinstance(text, str):
            return text
        if self.strict and (lacks := self.asks_for(name) - set(facts or {})):
            raise WordsError(f"{self._place(name)}, {name}: is not given {', '.join(sorted(lacks))}")
        try:
            return text.render(facts or {})
        except UndefinedError as error:
            raise WordsError(f"{self._place(name)}, {name}: {error}") from None

    def page(self, template: str, **facts: object) -> str:
        """A page for the browser, from a template beside this module. HTML in it must be marked as safe."""
        text = (HERE / template).read_text(encoding="utf-8")
        return self._plain.overlay(autoescape=True).from_string(text).render(facts)

    @cache  # noqa: B019 - there are few voices, and they live as long as the program
    def asks_for(self, name: str) -> frozenset[str]:
        """The facts that a template asks for, in whichever of its branches. Raises KeyError for an unknown name."""
        return frozenset(find_undeclared_variables(self._plain.parse(self._written[name])))

    def names(self) -> set[str]:
        """The names of all messages, labels and notices, for the test that looks for unused ones."""
        return set(self._written)

    def texts(self) -> Mapping[str, str]:
        """All messages, labels and notices by name, as they are written."""
        return self._written

    def compile_all(self) -> None:
        """Compile every template. Raises WordsError for the first that has a mistake."""
        for name in self._written:
            self._compiled[name] = self._compile(name)

    def exercise(self, exercise_id: str, version: str = "") -> ExerciseWords:
        """The words of an exercise, those of an earlier version if it was learnt. Raises WordsError without a file."""
        words = self._earlier.get(version) or self._exercises.get(exercise_id)
        if words is None:
            raise WordsError(f"{self.language}/: no file holds the words of “{exercise_id}”; add one")
        return words

    def title_of(self, exercise_id: str) -> str:
        """Return what an exercise is called. Raises WordsError without a file, or without a title."""
        return self.exercise(exercise_id)["title"]

    def item(self, exercise: Exercise, words: ExerciseWords, item: str) -> str | None:
        """Return what an item is called: by the exercise's words, or as the option it was taken from; else None."""
        named = words.get(f"item.{item}.title")
        if named is None and exercise.for_each and item in exercise.for_each.items:
            other, _, question = exercise.for_each.items_from.rpartition(".")
            named = self.exercise(other).option(question, item) if other else None
        return named

    def prefetch(self, exercise_id: str, version: str, text: str) -> None:
        """The words that an exercise had in an earlier version. Raises WordsError."""
        try:
            self._earlier[version] = ExerciseWords(f"{self.language}/{exercise_id}@{version}", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise WordsError(f"{self.language}/{exercise_id}@{version} is not TOML ({error})") from None

    def text_of(self, exercise_id: str) -> str:
        """The text of the file with an exercise's words. Raises WordsError if there is none."""
        file = self.exercise(exercise_id).file.partition("/")[2]
        return (self._folder / file).read_text(encoding="utf-8")

    def book(self, name: str) -> ExerciseWords:
        """Return other words by file: "process", "agreement", "help"."""
        if name not in self._books:
            self._books[name] = ExerciseWords(f"{self.language}/{name}.toml", self._read(f"{name}.toml"))
        return self._books[name]

    @cached_property
    def _books(self) -> dict[str, ExerciseWords]:
        return {}

    @cached_property
    def _exercises(self) -> dict[str, ExerciseWords]:
        found = {}
        for path in sorted(self._folder.glob("*.toml")):
            name = path.stem.partition("-")[2] or path.stem
            found[name] = ExerciseWords(f"{self.language}/{path.name}", self._read(path.name))
        return found

    @cached_property
    def help_lines(self) -> HelpLines:
        """The national help lines. Raises WordsError if their file is missing, or lacks something."""
        return HelpLines(self.language, self._folder.parent)

    @cached_property
    def contacts(self) -> Sequence[Mapping[str, str]]:
        """Whom anybody can turn to, 112 first; the number of a national help line is that of `helplines.toml`."""
        found: Sequence[Mapping[str, str]] = self.book("help").data["turn"]["contact"]
        return [
            {**one, "reach": self._plain.from_string(one["reach"]).render(line=self.help_lines)}
            if "{" in one["reach"]
            else one
            for one in found
        ]

    def _compile(self, name: str) -> Text:
        text = self._written.get(name)
        if text is None:
            raise WordsError(f"{self._place(name)}: “{name}” is missing; add it")
        if "{" not in text:
            return text  # most labels: there is nothing to fill in
        environment = self._plain if name.startswith(PLAIN) else self._marked
        try:
            return environment.from_string(text)
        except TemplateError as error:
            raise WordsError(f"{self._place(name)}, {name}: the template cannot be read ({error}); mend it") from None

    def _read(self, file: str) -> Toml:
        return read_toml(self._folder.parent, f"{self.language}/{file}")

    def _take(self, file: str) -> None:
        """Read a file of the interface. Raises WordsError for a name that another file has too."""
        for name, text in _flat(self._read(file)):
            if name in self._files:
                both = f"{self.language}/{self._files[name]} and {self.language}/{file}"
                raise WordsError(f"{both}: “{name}” stands in both; keep one")
            self._written[name], self._files[name] = text, file

    def _place(self, name: str) -> str:
        """The file that holds this name, or the folder that should."""
        return f"{self.language}/{self._files.get(name, INTERFACE)}"


@cache
def the_voice(language: str = "sv") -> Voice:
    """The language's words as this product ships them, read and compiled once."""
    return Voice(language)


def broken_files(language: str, folder: Path = HERE) -> list[str]:
    """Return a sentence for each file of a language that is no TOML, once, with its place and the usual causes."""
    found = []
    for path in sorted((folder / language).rglob("*.toml")):
        try:
            tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            found.append(unreadable(path.relative_to(folder).as_posix(), error))
    return found


def _flat(data: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Nested tables as dotted names."""
    found: list[tuple[str, str]] = []
    for key, value in data.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, Mapping) else [(name, str(value))]
    return found
