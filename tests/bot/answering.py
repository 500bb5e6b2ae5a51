"""Somebody who answers any question of any exercise, each time with other words, and changes what they have said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from string import ascii_lowercase

import pytest
from _pytest.mark import ParameterSet

from bot.context.context import Context
from bot.demo.screen import said
from bot.demo.town import GROUP, Town
from bot.demo.transcript import group_id
from bot.exercises import rounds, runner
from bot.views.names import answer_key
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Question
from flows.dialogue.days_in_order import goes_by
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import Kind
from flows.fields import ChoiceField, DateField, MomentField, NumberField, PersonField, RowField, ScaleField, TextField
from flows.run.state import Place, Run, Visit
from storage.records.records import Answer, Row

MOST = 400  # deeds in one go; more means that it goes round in circles
PAUSE = 60  # seconds between two of them: longer than two messages that are one answer
FORMS = {"alias": "{}", "domain": "{}.se", "person": "{}", "reach": "{}@exempel.se", "": "Vi talar om {}"}
WRITTEN = (Kind.TEXT, Kind.LINK, Kind.NUMBER, Kind.DATE, Kind.MOMENT, Kind.ORGANISATION, Kind.ROW)  # by whoever likes
FIRST_DAY = date(2027, 9, 1)

EXERCISES = the_process().exercises
COORDINATOR, WRITER, COLLEAGUE = "Alva", "Bo", "Farid"  # Bo and Farid are both of the police, who alone answer some


@dataclass
class Words:
    """Words that stand nowhere else, each of them once: those that hold now, and those that were changed."""

    made: int = 0
    now: dict[str, str] = field(default_factory=dict)  # by the place of the answer, or of its comment
    before: dict[str, str] = field(default_factory=dict)  # what stood there last
    names: set[str] = field(default_factory=set)
    old: set[str] = field(default_factory=set)

    def new(self, place: str, *, lasts: bool = False, more: bool = False) -> str:
        """A word for this place; the one before is old now, unless it `lasts`: a name that has a row elsewhere, or
        `more` is added to it."""
        self.made += 1
        word = "qz" + "".join(ascii_lowercase[self.made // 26**power % 26] for power in (2, 1, 0))
        if not more:
            self.gone(place)
        self.now[place] = word
        self.names |= {word} if lasts else set()
        return word

    def gone(self, place: str) -> None:
        """What stood there does no more."""
        if place in self.now:
            self.before[place] = self.now.pop(place)
            self.old |= {self.before[place]} - self.names

    def back(self, place: str) -> None:
        """What stood there last stands there again."""
        self.old.add(self.now[place])
        self.now[place] = self.before.pop(place)
        self.old.discard(self.now[place])

    def of(self, sheet: str) -> list[tuple[str, str]]:
        """The words that hold on a sheet now, each with its place."""
        return [(place, word) for place, word in self.now.items() if place.startswith(f"{sheet}/")]

    def stale(self, text: str) -> set[str]:
        """The old words that stand in a text all the same."""
        return {word for word in self.old if word in text}


@dataclass
class Answering:
    """A person in an exercise. `comments`: whether they say why, wherever they can."""

    town: Town
    name: str
    number: int  # of the round
    words: Words
    sheet: str = ""  # whose it is that they write on
    turns: Counter[str] = field(default_factory=Counter)  # how often they have changed each answer: never to the same

    # -- how it stands -------------------------------------------------------------------------------------------------
    async def member(self) -> int:
        """Their own number in the group."""
        async with self.town.bot.store.work() as work:
            found = await work.members.find(await group_id(self.town, work), self.town.person(self.name))
        assert found is not None
        return found.id

    async def run(self) -> Run:
        """The round, as it is fitted to the group and to them."""
        async with self.town.bot.store.work() as work:
            ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
            record = await work.runs.get(self.number)
            group = await work.groups.get(record.group_id)
            me = await work.members.find(group.id, self.town.person(self.name))
            return (await runner.prepared(ctx, group, await runner.fitted(ctx, group, record), me))[0]

    async def visit(self) -> Visit:
        """Where they stand."""
        return (await self.run()).visit(await self.member())

    async def keys(self) -> tuple[str, ...]:
        """What they are asked on their sheet."""
        run = await self.run()
        return tuple(
            k for k in run.asked(run.owner(await self.member())) if k.partition("@")[0] not in run.given.closed
        )

    async def kept(self) -> dict[str, Answer]:
        """What stands on their sheet, by its key."""
        owner = (await self.run()).owner(await self.member())
        async with self.town.bot.store.work() as work:
            answers = await work.answers.of_owner(self.number, owner)
        return {answer_key(answer): answer for answer in answers}

    async def shown(self) -> dict[str, tuple[str, str]]:
        """Their answers with the comments, as people read them."""
        run = await self.run()
        async with self.town.bot.store.work() as work:
            ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
            view = await runner.present_of(ctx, await work.groups.get(await group_id(self.town, work)), run.exercise)
        kept = (await self.kept()).items()
        return {key: (view.value(run.question(key), a.value), a.comment or "") for key, a in kept if key != CONCLUSION}

    async def rows(self) -> list[Row]:
        """The rows of the list, the newest last."""
        exercise = (await self.run()).exercise
        async with self.town.bot.store.work() as work:
            return list(await work.rows.all(await group_id(self.town, work), exercise.id))

    async def row(self, number: int) -> Row:
        """A row of the list."""
        return next(row for row in await self.rows() if row.id == number)

    async def row_shown(self, number: int) -> str:
        """A row as people read it."""
        run, row = await self.run(), await self.row(number)
        async with self.town.bot.store.work() as work:
            ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
            view = await runner.present_of(ctx, await work.groups.get(row.group_id), run.exercise)
        return str(view.row_card(row))

    # -- deeds ---------------------------------------------------------------------------------------------------------
    async def press(self, verb: str, arg: object = "", *, of_asking: bool = True) -> None:
        """Tap a button: of what is asked now, or of the round."""
        self.town.sandbox.wind(PAUSE)
        ask = (await self.visit()).ask if of_asking else 0
        await self.town.press(self.name, verb, run=self.number, ask=ask, arg=str(arg))
        self.nothing_failed()

    async def write(self, text: str) -> None:
        """Write in private."""
        self.town.sandbox.wind(PAUSE)
        await self.town.write(self.name, text)
        self.nothing_failed()

    def wrote(self, answer: Answer) -> bool:
        """True if a message of theirs gave an answer, or the comment to it."""
        chat, number = answer.source or (0, 0)
        message = self.town.sandbox.world.chats[chat].messages.get(number) if chat else None
        return message is not None and message.sender == self.town.person(self.name)

    async def edit(self, answer: Answer, text: str) -> None:
        """Edit the message that gave an answer."""
        self.town.sandbox.wind(PAUSE)
        chat, number = answer.source or (0, 0)
        await self.town.act(self.name, "edit_text", chat=chat, message_id=number, text=text)
        self.nothing_failed()

    def nothing_failed(self) -> None:
        """The bot has caught nothing."""
        assert self.town.failures == []

    def read(self, chat: str = GROUP) -> str:
        """All that stands in a chat of theirs now."""
        return "\n".join(said(message) for message in self.town.messages(self.name, chat))

    # -- answering -----------------------------------------------------------------------------------------------------
    async def answer(self, until: Iterable[Place] = (Place.SUMMARY, Place.DONE)) -> None:
        """Answer whatever is asked, until they stand there."""
        for _ in range(MOST):
            visit = await self.visit()
            if visit.place in until:
                return
            await self.one_step(await self.run(), visit)
        raise AssertionError(f"{self.name} never gets done: {self.town.last(self.name)}")

    async def one_step(self, run: Run, visit: Visit) -> None:
        """Do what takes them a step onward."""
        match visit.place:
            case Place.INTRO:
                await self.press("start")
            case Place.PICK:
                unticked = [str(n) for n in (0, 1) if n < len(run.items) and str(n) not in visit.ticked]
                await (self.press("on", unticked[0]) if unticked else self.press("ok"))
            case Place.COMMENT if await self.has_comment(visit.key):
                await self.press("skip")
            case Place.COMMENT:
                await self.write(f"Därför att {self.words.new(self.place(visit.key, of_comment=True))}")
            case Place.MET:
                await self.press("pick", "mine")
            case Place.ASK if visit.held and visit.held.lock:  # its key is in that button alone
                await self.town.tap(self.name, self.town.bot.services.voice.label("send"))
                self.nothing_failed()
            case Place.ASK if visit.held:
                await self.press("asis")
            case Place.ASK:
                await self.say(run, visit)
            case place:
                raise AssertionError(f"nothing to answer at {place}")

    def place(self, key: str, *, of_comment: bool = False) -> str:
        """What the words are known by that an answer, or its comment, has."""
        return f"{self.sheet}/{key}/why" if of_comment else f"{self.sheet}/{key}"

    async def say(self, run: Run, visit: Visit) -> None:
        """Answer a question, with a comment first where it takes one and has none yet."""
        key, question, turn = visit.key, run.question(visit.key), self.turns[visit.key]
        asked_why = bool(question.reasons) and bool(visit.ticked)
        offered = question.comment and not visit.remark.text and not await self.has_comment(key)
        if asked_why or offered:
            more = await self.has_comment(key)
            await self.write(f"Därför att {self.words.new(self.place(key, of_comment=True), more=more)}")
            return
        match question.field:
            case ChoiceField(many=True):
                wanted = {str((turn + n) % len(question.options)) for n in range(1 + (len(question.options) > 2))}
                ticked = {str(question.options.index(option)) for option in visit.ticked}
                wrong = sorted(wanted ^ ticked)
                await (self.press("on" if wrong[0] in wanted else "off", wrong[0]) if wrong else self.press("ok"))
            case ChoiceField():
                await self.press("pick", turn % len(question.options))
            case ScaleField(low=low, high=high):
                await self.press("pick", low + turn % (high - low + 1))
            case PersonField() as field:
                others = [seat for seat in run.seats if not field.others or seat != await self.member()]
                await self.press("pick", others[turn % len(others)])
            case MomentField() if visit.offered.readings:
                await self.press("pick", "h1")
            case RowField(many=True) if visit.ticked:
                now = self.words.now.get(self.place(key), "")
                old = [tick for tick in visit.ticked if tick != f"+{now}"]
                await (self.press("off", old[0]) if old else self.press("ok"))
            case _:
                await self.write(self.text(run, key, question))

    async def has_comment(self, key: str) -> bool:
        """True if a comment stands with the answer already."""
        answer = (await self.kept()).get(key)
        return answer is not None and answer.comment is not None

    def text(self, run: Run, key: str, question: Question) -> str:
        """What they write in answer to a question, with a word that nobody has written before."""
        turn = self.turns[key]
        field = question.field
        other, order = goes_by(run.exercise, question.id), run.exercise.in_order
        late = bool(other) and order.index(question.id) > order.index(other)
        early = bool(other) and not late
        day = FIRST_DAY + timedelta(days=200 * late - 40 * early + turn)
        match question.field:
            case NumberField(low=low):
                return str(low + 10 + turn)
            case DateField() as field:
                return str(day - timedelta(days=365) if field.past else day)
            case MomentField():
                return f"{day} kl. 13"
        named = question.kind in (Kind.ROW, Kind.ORGANISATION)
        word = self.words.new(self.place(key), lasts=named)
        if question.kind is Kind.LINK:
            return f"https://exempel.se/{word}"
        return word if named else FORMS[field.form if isinstance(field, TextField) else ""].format(word)


# -- exercises ---------------------------------------------------------------------------------------------------------
LONG = 10  # questions: to answer them all and change each takes more than three seconds


def some_slow(exercises: Iterable[Exercise]) -> list[ParameterSet]:
    """These exercises; slow are long ones, and those that ask for nothing that a shorter one does not ask for."""
    seen, found = set[tuple[object, ...]](), dict[str, ParameterSet]()
    every = list(exercises)
    for exercise in sorted(every, key=_length):
        asked = {(q.kind, q.many, q.comment, bool(q.reasons), q.required) for q in exercise.questions}
        shapes = {(exercise.how, exercise.anonymous, bool(exercise.for_each), *one) for one in asked}
        new = shapes - seen and _length(exercise) < LONG
        found[exercise.id] = pytest.param(exercise.id, marks=[] if new else [pytest.mark.slow])
        seen |= shapes
    return [found[exercise.id] for exercise in every]


def _length(exercise: Exercise) -> int:
    """How much is asked: each question of each item."""
    items = exercise.for_each.items if exercise.for_each else ()
    return len(exercise.questions) * (len(items) or 1)


async def begun(played: Town, exercise: Exercise, words: Words) -> int:
    """The number of a round of it, with what it needs before; if it is one of those that have begun, of that one."""
    for name in exercise.needs:  # which a yes opens, the first of its options
        for person in (WRITER, COLLEAGUE):
            needed = await taking_part(played, EXERCISES[name], person, words)
            await needed.answer()
            await needed.press("send")
    async with played.bot.store.work() as work:
        group = await work.groups.get(await group_id(played, work))
        if before := await work.runs.latest(group.id, exercise.id):
            return before.id
        if exercise.for_each and exercise.for_each.register:
            listed = EXERCISES[exercise.for_each.register]
            assert listed.register is not None
            for title in ("Det första", "Det andra"):
                await work.rows.add(group.id, listed.id, {listed.register.title: title}, author=None)
        ctx = Context(played.bot.services, work, played.sandbox.now())
        number = (await rounds.begin(ctx, group, exercise)).number
    await played.settle()
    return number


async def taking_part(played: Town, exercise: Exercise, name: str, words: Words) -> Answering:
    """Somebody who has opened a round of the exercise."""
    person = Answering(played, name, await begun(played, exercise, words), words)
    run = await person.run()
    person.sheet = run.owner(await person.member())
    await person.press("open", of_asking=False)
    return person
