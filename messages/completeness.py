"""Checks that the words of the process are complete: none that it asks for is missing, and none is unused."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from flows.definitions.model import Area, Band, Exercise, Gap, Process, Question, Register
from flows.enums import How, Kind
from flows.fields import ChoiceField, PersonField, ScaleField
from messages.language import WordsError
from messages.voice import ExerciseWords, Voice

# Characters; longer ones are cut on phones, or refused by Telegram (the placeholder).
MARKUP = re.compile(r"</?[A-Za-z][^>]*>|\*\*|\{\{|\{%|\{#")
LONGEST = {"short": 40, "options": 40, "placeholder": 64}


def of_process(process: Process, voice: Voice) -> list[str]:
    """Return what is wrong with the words of the process as a whole and of all of its exercises, a sentence each."""
    outline = voice.book("process")
    found = [*_compare(outline, set(_outline_needs(process)), set()), *_marked_up(outline)]
    for exercise in process.exercises.values():
        found += of_exercise(exercise, voice)
    return found


def of_exercise(exercise: Exercise, voice: Voice) -> list[str]:
    """Return what is wrong with the words of one exercise, a sentence each."""
    try:
        words = voice.exercise(exercise.id)
    except WordsError as error:
        return [str(error)]
    compared = _compare(words, set(_needs(exercise, words)), _may_have(exercise))
    return [*compared, *_too_long(words), *_marked_up(words), *_unwritten(words), *_unfit_examples(exercise, words)]


def _compare(words: ExerciseWords, needed: set[str], optional: set[str]) -> list[str]:
    there = set(_leaves(words.data))
    missing = sorted(needed - there)
    unused = sorted(there - needed - optional)
    return [f"{words.file}: “{path}” is missing; add it" for path in missing] + [
        f"{words.file}: nothing asks for “{path}”; take it away, or mend its name" for path in unused
    ]


def _needs(exercise: Exercise, words: ExerciseWords) -> Iterator[str]:
    """Yield the dotted paths of all words that an exercise cannot do without."""
    yield from ("title", "lead", "guide")
    if exercise.how in (How.EACH, How.ORG) and not exercise.private:
        yield "discuss"
    if exercise.conclusion:
        yield "conclusion"
    yield from _each("recall.{exercise}", exercise=exercise.recall)
    for question in exercise.questions:
        yield from _question_needs(question, words)
    if exercise.for_each:
        named = exercise.for_each.items if not exercise.for_each.items_from else ()
        yield from _each("item.{item}.{word}", item=named, word=("title", "text"))
    if exercise.verdict:
        yield from _each("verdict.{band.id}.text", band=exercise.verdict.bands)
    if exercise.register:
        yield from _register_needs(exercise.register)


def _each(path: str, **named: Iterable[str | Band | Gap | Area]) -> Iterator[str]:
    """Yield a path with each of what is named in the place of its slot."""
    return (path.format(**dict(zip(named, chosen, strict=True))) for chosen in product(*named.values()))


def _register_needs(register: Register) -> Iterator[str]:
    yield from _each("gap.{gap.id}.text", gap=register.gaps)
    yield from _each("area.{area.id}", area=register.areas)
    if register.months:
        yield "kept"
    if register.link == "form":
        yield from (f"outside.{word}" for word in ("title", "lead", "privacy", "thanks"))


def _question_needs(question: Question, words: ExerciseWords) -> Iterator[str]:
    place = f"question.{question.id}"
    yield from (f"{place}.text", f"{place}.short")
    match question.field:
        case ScaleField():
            yield from (f"{place}.low", f"{place}.high")
        case ChoiceField(advised_against=against):
            yield from (f"{place}.hint.{option}" for option in against)
        case PersonField(tells=True):
            yield f"{place}.tells"
    # An option has a word of its own, or shares one with the exercise's other questions.
    for option in question.options:
        own, shared = f"{place}.options.{option}", f"options.{option}"
        yield own if words.get(own) or not words.get(shared) else shared


def _may_have(exercise: Exercise) -> set[str]:
    items = exercise.for_each.items if exercise.for_each and exercise.for_each.items_from else ()
    texts = [question.id for question in exercise.questions if question.kind is Kind.TEXT and not exercise.private]
    options = [option for question in exercise.questions for option in question.options]
    return {
        "tips",
        "after",
        *(["counted"] if exercise.register else []),
        *(["discuss_apart"] if exercise.how in (How.EACH, How.ORG) else []),
        *_each("{of}.{option}", of=("meaning", "discuss_if"), option=options),
        *_each("examples.{question}", question=texts),
        *_each("item.{item}.{word}", item=items, word=("title", "text")),  # else as where they are taken from
        *_each("question.{question}.{word}", question=exercise.question_ids, word=("help", "placeholder")),
    }


def _outline_needs(process: Process) -> Iterator[str]:
    yield from ("name", "about")
    yield from _each("goal.{goal}.{word}", goal=process.goals, word=("title", "short"))
    yield from _each("part.{part}.{word}", part=process.parts, word=("title", "about"))
    for step in process.steps:
        yield from (f"step.{step.number}.{word}" for word in ("title", "guide", "work", "who", "result", "tips"))
    yield from _each("gap.{gap.id}.text", gap=process.group_gaps)
    yield from map(title_of, process.ids)


def title_of(served: str) -> str:
    """Return where the title of an id of the process stands: "id.3-4" for 3.4, as dots part the names of a place."""
    return f"id.{served.replace('.', '-')}"


def _too_long(words: ExerciseWords) -> Iterator[str]:
    for path in _leaves(words.data):
        *inner, last = path.split(".")
        limit = LONGEST["options"] if "options" in inner else LONGEST.get(last)
        length = len(words.get(path) or "")
        if limit and length > limit:
            yield f"{words.file}: “{path}” is {length} characters long; make it {limit} at most"


def _marked_up(words: ExerciseWords) -> Iterator[str]:
    """Yield words with markup in them. Exercise words are shown as they stand, so people would read the tags."""
    for path in _leaves(words.data):
        for text in (words.get(path) or "", *words.list(path)):
            if found := MARKUP.search(text):
                yield f"{words.file}: “{path}” has “{found[0]}” in it, and people would see just that; take it away"


def _unwritten(words: ExerciseWords) -> Iterator[str]:
    """Yield words that still have the placeholder of `stadsbot new`."""
    for path in _leaves(words.data):
        if (words.get(path) or "").startswith("FYLL I"):
            yield f"{words.file}: “{path}” is not written yet; fill it in"


def _unfit_examples(exercise: Exercise, words: ExerciseWords) -> Iterator[str]:
    """Yield examples that would be refused as answers."""
    questions = {question.id: question for question in exercise.questions}
    for question in exercise.questions:
        for example in words.examples(question.id):
            place = f"{words.file}: example {example.number} of “{question.id}”"
            for name, value in example.gives.items():
                given = questions.get(name)
                options = value if isinstance(value, list) else [value]
                if (
                    exercise.how is not How.ROWS
                    or given is None
                    or given.kind not in (Kind.CHOICE, Kind.TEXT, Kind.LINK)
                ):
                    yield f"{place} gives “{name}”, which is no choice, text or link of this list; take it away"
                elif given.kind is Kind.CHOICE and (
                    given.many is not isinstance(value, list) or set(options) - set(given.options)
                ):
                    yield f"{place} gives “{name}” what is none of its options; mend it"


def _leaves(data: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
