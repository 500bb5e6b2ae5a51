"""The process as it looks, message by message, for editors to read through: made with the bot's own engine and words.

A group of one invented person stands in for those who will read it. Nothing is asked of a database or of Telegram.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from markupsafe import Markup

from bot.page.written import PageWriter
from bot.views.button_labels import label
from bot.views.exercise import ExerciseView
from bot.views.names import Scene
from bot.views.process import step_outline
from bot.views.results import result
from flows.definitions.model import Exercise, Process, Step
from flows.engine.engine import Turn, advance
from flows.enums import Audience, How, Kind
from flows.fields import ChoiceField, Offer, ScaleField, TextField
from flows.run.effects import AskItems, AskQuestion
from flows.run.events import Began, Opened
from flows.run.state import NewRow, Place, Run, Seat, Sheet, Supplied, Visit
from messages.proofreading import written
from messages.structure.blocks import Body, said
from messages.voice import ExerciseWords, TemplateFacts, Voice
from storage.json_records import Json, JsonObject
from storage.records.group_settings import GroupSettings
from storage.records.members import Organisation
from storage.records.records import Answer, Group, GroupState, Member, SeatState

ME = 1
THAT_DAY = datetime(2027, 1, 1, tzinfo=UTC)  # on which all that is shown happens


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message with its keyboard. `about` says where it is shown, `place` where its words are in the file."""

    about: str
    body: Body
    keys: tuple[tuple[str, ...], ...] = ()
    place: str = ""

    @property
    def html(self) -> Markup:
        """The message as the page shows it."""
        return PageWriter().write(self.body)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step's guide, an exercise or another file: its messages, and its texts as they are written, by their place."""

    title: str
    file: str
    bubbles: tuple[Bubble, ...] = ()
    step: bool = False
    texts: tuple[tuple[str, str], ...] = ()


def chapters(process: Process, voice: Voice) -> Iterator[Chapter]:
    """Every step and exercise in the order of the process, then what belongs to no step, and last the other files."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for file, place, text in written(voice.language):
        texts.setdefault(f"{voice.language}/{file}", []).append((place, text))
    for chapter in _looks(process, voice):
        yield chapter if chapter.step else replace(chapter, texts=tuple(texts.pop(chapter.file, ())))
    for file, found in texts.items():
        yield Chapter(file.partition("/")[2], file, texts=tuple(found))


def _looks(process: Process, voice: Voice) -> Iterator[Chapter]:
    """Yield a chapter for each step and exercise."""
    for step in process.steps:
        yield _step(process, voice, step)
        for name in step.exercises:
            yield _exercise(process.exercises[name], voice)
    placed = {name for step in process.steps for name in step.exercises}
    for exercise in process.exercises.values():
        if exercise.id not in placed:
            yield _exercise(exercise, voice)


def _step(process: Process, voice: Voice, step: Step) -> Chapter:
    outline = step_outline(voice, step)
    facts = {**outline, "closed": None, "missing": [], "overruled": [], "unchosen": []}
    facts["outward"] = any(process.exercises[name].staging.outward for name in step.exercises)
    keys = tuple((voice.title_of(name),) for name in step.exercises)
    shown = Bubble("page", voice.render("step", facts), keys)
    return Chapter(voice.book("process")[f"step.{step.number}.title"], voice.book("process").file, (shown,), step=True)


def _exercise(exercise: Exercise, voice: Voice) -> Chapter:
    present = ExerciseView(voice, _scene(voice), exercise)
    words = present.words
    run = advance(_run(exercise, present), Began()).run
    return Chapter(words["title"], words.file, tuple(_bubbles(exercise, present, run)))


def _scene(voice: Voice) -> Scene:
    name, now = voice.label("preview.someone"), THAT_DAY
    group = Group(1, 1, voice.label("preview.town"), None, GroupState.ACTIVE, GroupSettings(), now, "")
    member = Member(ME, 1, 1, 1, name, 1, {}, True, "core", SeatState.ACTIVE, "1", now, now, None)
    return Scene(group, {ME: member}, {1: Organisation(1, 1, voice.label("preview.organisation"), None)})


def _run(exercise: Exercise, present: ExerciseView) -> Run:
    """Make a round with something to choose of each kind: an organisation, a row of each register."""
    items = exercise.for_each.items if exercise.for_each else ()
    row = present.voice.label("preview.row")
    pointing = [
        q for q in exercise.questions if q.field.register or (isinstance(q.field, TextField) and q.field.suggests)
    ]
    return Run(
        exercise.fitted(_lists(exercise, row), {q.needs for q in exercise.questions}),
        1,
        seats={ME: Seat(ME, 1)},
        items=items or ("",),
        picked=items,
        given=Supplied((1,), {question.id: (Offer("1", row),) for question in pointing}),
    )


def _lists(exercise: Exercise, row: str) -> dict[str, list[str]]:
    return {question.listed: [row] for question in exercise.questions if question.listed}


def _bubbles(exercise: Exercise, present: ExerciseView, run: Run) -> Iterator[Bubble]:
    voice, words = present.voice, present.words
    unpicked = replace(run, picked=())  # what one reads before anything is picked
    if not exercise.private:
        facts = {**present.outline(unpicked), **present.guide(), "phase": "new", "may_begin": True, "may_write": True}
        yield Bubble("page", voice.render("exercise", facts), ((voice.label("begin"),),))
    if exercise.how in (How.EACH, How.ORG) and not exercise.private:
        team = [present.scene.member(ME)] if exercise.teams else []
        facts = {**present.outline(run), "team": team, "recall": _recalled(exercise, voice, words)}
        facts |= {"town": None, "anew": False, "today": THAT_DAY.date()}
        yield Bubble("private", voice.render("run.invite", facts), ((voice.label("start"),),))
    elif exercise.recall:
        facts = {"title": words["title"], "recall": _recalled(exercise, voice, words)}
        yield Bubble("group", voice.render("run.recall", facts))
    if exercise.for_each and exercise.for_each.pick:
        yield _picked(present, advance(unpicked, Opened(ME, introduced=True)))
    for key in run.keys():
        yield _asked(present, run, key)
        yield from _besides(present, run, key)
    yield from _hints(present)
    yield from _afterwards(exercise, present, run)


def _asked(present: ExerciseView, run: Run, key: str) -> Bubble:
    """Show a question as it looks in the private chat, with its keyboard."""
    when, begun = run.question(key).when, JsonObject()
    row = 1 if run.exercise.register and run.question(key).later else None  # asked about a row that is there
    if run.exercise.how is How.ROWS:
        begun = {when.question: when.options[0]} if when and not when.exercise else {"": None}
    else:
        sheet = Sheet(also_asked=frozenset(run.keys()))
        run = run.with_sheet(run.owner(ME), sheet)
    turn = advance(run.with_visit(ME, Visit(Place.ASK, key, 1, row=row, new=NewRow(begun))), Opened(ME))
    say = next(effect for effect in turn.effects if isinstance(effect, AskQuestion))
    # a later field is not asked here
    beside = {"town": None, "urgent": "", "cared": False, "wrote": False}
    body = present.voice.render("visit.ask", {**present.ask(turn.run, replace(say, key=key), None), **beside})
    keys = [tuple(label(present, turn.run, say, b) for b in row) for row in say.keyboard]
    question = run.question(key)
    if question.comment and not question.ask_comment:  # in the chat it is on the next message
        keys.append((present.voice.label("add_comment"),))
    return Bubble("private", body, tuple(keys), place=f"question.{question.id}")


def _besides(present: ExerciseView, run: Run, key: str) -> Iterator[Bubble]:
    """Yield what a question can lead to before the next one: its examples, and the question why."""
    question, voice = run.question(key), present.voice
    if examples := present.words.examples(question.id):
        shown = [{"n": e.number, "text": e.text, "source": e.source} for e in examples]
        facts = {"short": present.short(key), "examples": shown, "row": run.exercise.how is How.ROWS}
        yield Bubble("example", voice.render("visit.examples", facts), place=f"examples.{question.id}")
    if question.comment and question.ask_comment:
        facts = {"short": present.short(key), "value": None, "comment": None, "saved": None}
        yield Bubble("comment", voice.render("visit.comment", facts), place=f"question.{question.id}.short")


def _picked(present: ExerciseView, turn: Turn) -> Bubble:
    """Show the items to pick among, with their keyboard."""
    say = next(effect for effect in turn.effects if isinstance(effect, AskItems))
    body = present.voice.render("visit.pick", {"title": present.words["title"], "trouble": None})
    return Bubble("private", body, tuple(tuple(label(present, turn.run, say, b) for b in row) for row in say.keyboard))


def _recalled(exercise: Exercise, voice: Voice, words: ExerciseWords) -> list[TemplateFacts]:
    line, on = voice.label("preview.kept"), "2027-01-01"
    return [
        {"text": words[f"recall.{n}"], "lines": [line], "more": 0, "title": voice.title_of(n), "on": on}
        for n in exercise.recall
    ]


def _hints(present: ExerciseView) -> Iterator[Bubble]:
    for question in present.exercise.questions:
        for option in question.field.advised_against if isinstance(question.field, ChoiceField) else ():
            place = f"question.{question.id}.hint.{option}"
            yield Bubble("hint", said(present.words[place]), place=place)


def _sample(present: ExerciseView, run: Run) -> list[Answer]:
    """Make an answer to each choice and text, so that the picture of the answers can be shown."""
    found, written = [], present.voice.label("preview.kept")
    for key in run.keys():
        question, item = run.question(key), key.partition("@")[2]
        chosen = list(question.options[:2]) if question.many else next(iter(question.options), "")
        values: dict[Kind, Json] = {Kind.CHOICE: chosen, Kind.TEXT: written}
        if isinstance(question.field, ScaleField):
            values[question.kind] = question.field.high
        if question.kind in values and question.audience is Audience.GROUP:
            made = (0, 1, f"m:{ME}", question.id, item, values[question.kind], written if question.comment else None)
            at = present.scene.group.created_at
            found.append(Answer(*made, "group", run.exercise.anonymous, True, 1, ME, 1, at, None, None))
    return found


def _afterwards(exercise: Exercise, present: ExerciseView, run: Run) -> Iterator[Bubble]:
    """Yield what is said once answers are there: their picture, verdicts, gaps, the conclusion asked for."""
    voice, words = present.voice, present.words
    if exercise.how in (How.EACH, How.ORG) and not exercise.private:
        yield Bubble("group", result(voice, present.picture(replace(run, admitted=1), _sample(present, run)))[0])
    for band in exercise.verdict.bands if exercise.verdict else ():
        place = f"verdict.{band.id}.text"
        yield Bubble("verdict", said(words[place]), place=place)
    for gap in exercise.register.gaps if exercise.register else ():
        place = f"gap.{gap.id}.text"
        yield Bubble("gap", said(words[place].replace("{missing}", "…")), place=place)
    if exercise.conclusion:
        someone = voice.label("preview.someone")
        facts = {"name": someone, "user_id": ME, "prompt": words.get("conclusion"), "title": words["title"]}
        yield Bubble("group", voice.render("run.pen", facts))


__all__ = ["Bubble", "Chapter", "chapters"]
