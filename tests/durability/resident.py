"""People who use the bot as people do: they read their screen, tap and write, and wait for the answer.

They remember what the bot told them that it had saved; nothing but that is expected of its database.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bot.demo.screen import said
from bot.sandbox import Sandbox
from bot.sandbox.world import Message
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Question
from flows.enums import Kind
from messages.voice import the_voice
from tests.durability.process import until

VOICE = the_voice()
JOINING, EACH, REGISTER = (the_process().exercises[id] for id in ("joining", "commitment", "training"))
PROMISE = VOICE.book("agreement")["agreement.accept"]
JOIN, START, HAND_IN, READY, REDO, ADD, MAP = map(VOICE.label, ("join", "start", "send", "ready", "redo", "add", "map"))
SAVED, HANDED_IN = "✓ Sparat", "✓ Inlämnat, tack!"

History = list[tuple[Any, str | None]]  # of an answer: value and comment, each version that was told saved


class Stuck(AssertionError):
    """Somebody waits in vain; the message shows what they wait for and what their screen shows."""


@dataclass
class Told:
    """What somebody was told is saved."""

    answers: defaultdict[tuple[str, str], History] = field(default_factory=lambda: defaultdict(list))
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many times something was told saved."""
        return sum(map(len, self.answers.values())) + sum(len(row) for row in self.rows)


class Resident:
    """One person in one group."""

    def __init__(self, sandbox: Sandbox, name: str, *, luck: random.Random) -> None:
        self.sandbox, self.name, self.luck = sandbox, name, luck
        self.id = sandbox.add_person(name)
        self.group = 0
        self.told = Told()
        self._texts = 0
        self._since = 0  # messages before this one are history
        self._answered: set[str] = set()  # what was tapped, or stood under what was answered in writing

    # -- what they do ----------------------------------------------------------------------------------------------
    async def join(self) -> None:
        """Follow the group's link, accept the agreement and answer the joining questions."""
        await self._follow(JOIN)
        await self._tap(PROMISE)
        await self._answer(JOINING)
        await self._tap(HAND_IN)
        await self.sees(key=MAP)

    async def begin(self, exercise: Exercise, first_key: str) -> None:
        """Begin an exercise of step 0, as the coordinator does; `first_key` is what then can be tapped."""
        title = VOICE.exercise(exercise.id)["title"]
        self._since = self._newest()
        self._write("/steg")
        await self._tap(VOICE.label("about_step", {"n": 0}), page=True)
        await self._tap(title, page=True)
        await self._tap(VOICE.label("begin"), page=True)
        await self.sees(title, key=first_key)

    async def answer(self) -> None:
        """Answer the exercise that each answers, up to its summary."""
        await self._tap(START)
        await self._answer(EACH)

    async def hand_in(self) -> None:
        """Hand in from the summary."""
        await self._tap(HAND_IN)
        await self.sees(key=REDO)

    async def hand_in_late(self) -> None:
        """Come back to the summary that has been waiting, and hand in as the last: the answers are shown and final."""
        self._since = 0
        await self._tap(HAND_IN)
        await self.sees(HANDED_IN)

    async def change(self) -> None:
        """Change one answer that was handed in, and hand in again."""
        self._since = 0
        self._since = (await self.sees(key=REDO)).id
        await self._tap(REDO)
        place, question = self.luck.choice(list(enumerate(EACH.questions, 1)))
        await self._tap(str(place), under=READY)  # what was handed in holds until it is changed
        history = self.told.answers[EACH.id, question.id]
        value = self.luck.choice([option for option in question.options if option != history[-1][0]])
        await self._tap(VOICE.exercise(EACH.id).option(question.id, value))
        if value in question.ask_after:
            await self._tap(VOICE.label("no_comment"))
        await self.sees(key=HAND_IN)
        history.append((value, history[-1][1]))
        await self.hand_in()

    async def open_register(self) -> None:
        """Open the group's register from its card in the group."""
        await self._follow(VOICE.label("card.rows"))
        await self.sees(key=VOICE.label("about_list"))

    async def add_row(self) -> None:
        """Add a row to the register in the dialogue, and wait to be told that it is saved."""
        self._since = 0
        self._since = (await self.sees(key=ADD)).id
        await self._tap(ADD, page=True)
        row = await self._answer(REGISTER)
        self.told.rows.append(row)

    async def _answer(self, exercise: Exercise) -> dict[str, Any]:
        """Answer every question of a dialogue; what was answered, by question."""
        title, of = VOICE.exercise(exercise.id)["title"], len(exercise.questions)
        headers = [f"{title} · 1 av {of}", *(f"{place} av {of}" for place in range(2, of + 1))]
        given: dict[str, Any] = {}
        for question, header, following in zip(exercise.questions, headers, [*headers[1:], ""], strict=True):
            value = await self._answer_one(exercise, header, question)
            if value is not None:
                given[question.id] = value
            if not isinstance(value, list) and value in question.ask_after:  # it is asked why, and one need not say
                await self._tap(VOICE.label("no_comment"))
            if exercise.register is not None:  # a row is kept as a whole, when its dialogue ends
                if following:
                    await self.sees(following)
                else:
                    assert SAVED in said(await self.sees(str(given[exercise.questions[0].id]), key=ADD))
                continue
            await self.sees(following, key="" if following else HAND_IN)
            self.told.answers[exercise.id, question.id].append((value, None))
            if question.comment and value not in question.ask_after and self.luck.random() < 0.25:
                await self._comment(exercise, question, header, following)
        return given

    async def _answer_one(self, exercise: Exercise, header: str, question: Question) -> Any:
        match question.kind:
            case Kind.TEXT | Kind.ORGANISATION | Kind.PERSON:
                self._answered.update(_data(await self.sees(header)))
                return self._write(self._newsaid(question.id))
            case _ if not question.required:
                await self._tap(VOICE.label("skip"), header)
                return None
            case _:
                option = self.luck.choice(question.options)
                label = VOICE.exercise(exercise.id).option(question.id, option)
                if not question.many:
                    await self._tap(label, header)
                    return option
                await self._tap(VOICE.label("unticked", {"option": label}), header)
                await self.sees(header, key=VOICE.label("ticked", {"option": label}))
                await self._tap(VOICE.label("ok"), header)
                return [option]

    async def _comment(self, exercise: Exercise, question: Question, header: str, following: str) -> None:
        if following:  # one goes back to an answer to comment on it; on the whole sheet it stands under the last
            await self._tap(VOICE.label("back"), following, page=True)
        await self._tap(VOICE.label("add_comment"), header if following else "", under="" if following else HAND_IN)
        shown = await self.sees(key=VOICE.label("no_comment"))
        self._answered.update(_data(shown))
        text = self._write(self._newsaid("comment"))
        await self.sees(following, key="" if following else HAND_IN)
        history = self.told.answers[exercise.id, question.id]
        history.append((history[-1][0], text))

    # -- phone in hand ---------------------------------------------------------------------------------------------
    async def sees(self, words: str = "", *, key: str = "") -> Message:
        """Wait until a message that is not done with has these words and this key; the newest one. Raises Stuck."""
        found: list[Message] = []

        def look() -> bool:
            new = (m for m in self._screen() if self._answered.isdisjoint(_data(m)))
            found[:] = islice((m for m in new if words in said(m) and (not key or key in _labels(m))), 1)
            return bool(found)

        try:
            await until(self.sandbox, look)
        except TimeoutError:
            shown = "\n---\n".join(f"{m.id} {said(m)} {_labels(m)}" for m in reversed([*islice(self._screen(), 4)]))
            notices = [notice["text"] for notice in self.sandbox.toasts if notice["person"] == self.id][-3:]
            raise Stuck(f"{self.name} waits for {words!r} with {key!r}, and sees:\n{shown}\n{notices}") from None
        return found[0]

    async def _tap(self, label: str, words: str = "", *, under: str = "", page: bool = False) -> None:
        """Tap the key of this label under the newest message with these words, or with the key `under` too. What was
        tapped is done with, and so is another copy of the message, unless it is a page that one may come back to."""
        message = await self.sees(words, key=under or label)
        (data, *_) = (key["callback_data"] for key in _keys(message) if key["text"] == label)
        if not page:
            self._answered.add(data)
        self.sandbox.act(self.id, "press", chat=self.id, message_id=message.id, data=data)

    async def _follow(self, label: str) -> None:
        """Follow a link in the group."""
        links: list[str] = []

        def look() -> bool:
            shown = reversed(self.sandbox.chat(self.group).messages.values())
            links[:] = [k["url"] for m in shown for k in _keys(m) if k["text"] == label and "url" in k][:1]
            return bool(links)

        try:
            await until(self.sandbox, look)
        except TimeoutError:
            raise Stuck(f"{self.name} waits for the link {label!r} in the group") from None
        self._since = self._newest()
        self.sandbox.act(self.id, "open_link", url=links[0])

    def _write(self, text: str) -> str:
        self.sandbox.act(self.id, "send_text", chat=self.id, text=text)
        return text

    def _newsaid(self, about: str) -> str:
        self._texts += 1
        return f"{self.name} {about} {self._texts}"

    def _screen(self) -> Iterator[Message]:
        """What the bot has written, the newest first; a chat may be long, so no more of it is looked at than needed."""
        place = self.sandbox.world.chats.get(self.id)
        for message in reversed(place.messages.values()) if place else ():
            if message.id < self._since:
                return
            if message.sender == self.sandbox.bot.id:
                yield message

    def _newest(self) -> int:
        place = self.sandbox.world.chats.get(self.id)
        return max(place.messages, default=0) if place else 0


async def all_of(*people: Any) -> None:
    """Let people do things at the same time; the first one who is stuck ends it for all."""
    async with asyncio.TaskGroup() as group:
        for deed in people:
            group.create_task(deed)


def _keys(message: Message) -> list[dict[str, Any]]:
    return [key for row in (message.markup or {}).get("inline_keyboard", []) for key in row]


def _labels(message: Message) -> list[str]:
    return [str(key["text"]) for key in _keys(message)]


def _data(message: Message) -> list[str]:
    return [key["callback_data"] for key in _keys(message) if "callback_data" in key]
