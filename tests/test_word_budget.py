"""The word budget: how many of the bot's own words somebody reads in a situation, played as people play it.

`make test ARGS="tests/test_word_budget.py -s"` prints the table. What is folded has a ceiling of its own: as many words
as may be seen, unless the table says otherwise. Never folded is who sees an answer and with which name, that something
is seen at once, that Telegram can read it, what cannot be undone, and 112.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
import uvloop

from bot.demo import snapshot
from bot.demo.invented import Invented
from bot.demo.player import Player
from bot.demo.town import town
from bot.demo.transcript import begins
from flows.definitions.loader import load_process
from flows.definitions.model import Exercise
from flows.fields import ScaleField
from messages.voice import ExerciseWords, Voice
from tests.reading import WORD, Reading, read

THREE = "Med: Alva, Bo, Cia"
READERS = f"{THREE}\nAlva: /skydd\nAlva trycker [Vem läser] [☐ Cia] [☐ Alva]\nKlockan går 1 dag"
LONGEST, MOSTLY = 700, 500  # signs of a message as it is sent, before anything is unfolded; the latter in 19 of 20
WHO_SEES = re.compile(r"\bser (?:antal|det|gruppen|nätverket|svar)")
TWICE = 235  # in all messages of the finished town: mostly titles of exercises, and questions that are asked again
PAPERS = 7  # messages with a paper or a table that somebody asked to read in the chat
# Words around a question's own: which one of how many (3), who sees the answer (3 to 7), and where one may write beside
# the buttons, that one may (3). Eight were wished for.
AROUND = 14
OPENED = ("Nu öppnas steg", "Nu är steg")  # what the group is told then


@dataclass(frozen=True, slots=True)
class Situation:
    """What is played before it, what in it, how many words Bo then reads in private and in the group, and no more."""

    name: str
    before: str
    played: str
    most: int
    folded: int


ALL = """\
Bo: /incident
Bo trycker [Nu] [☐ Sexuell] [Klar] [Nej] [Hotell] [☐ Rädd] [Klar] [Såg det själv] [1] [Nej]
Bo trycker [☐ Tipsat polisen] [Klar] [☐ Min chef] [Klar] [Nej] [Spara]"""
SHORTEST = "Bo: /incident\nBo trycker [Nu] [☐ Sexuell] [Klar] [Nej] [Hoppa över resten] [Spara]"
A_LIST = "I gång: Rekrytera till kärngruppen\nBo: /nu\nBo trycker [Rekrytera]"
SITUATIONS: Final = (
    # What the law wants told to whoever gives personal data is folded; it cannot be said in sixty words.
    Situation("joining", "Grupp: Alva, Bo\nAlva: lägger till boten", "Bo trycker i gruppen [Jag är med]", 60, 110),
    Situation("exercise", THREE, "I gång: Engagemang", 150, 150),
    # The group is told who is counted before anything without names is shown, and asked whether it knows them all.
    Situation("exercise without names", f"{THREE}, David", "I gång: Hur skapar vi en modig miljö?", 190, 190),
    Situation("list", THREE, A_LIST, 150, 150),
    Situation("incident, the shortest way", READERS, SHORTEST, 180, 0),
    Situation("incident, whole", READERS, ALL, 350, 0),
    Situation("reminder", f"{THREE}\nI gång: Riktning\nKlockan går 3 dagar", "Klockan går 25 timmar", 40, 0),
)


@dataclass(frozen=True, slots=True)
class Steps:
    """How many words a reader of the finished town reads from one step to another, joining apart."""

    name: str
    reader: str  # "" for the group's chat alone
    until: int  # the step with whose opening it ends
    with_group: bool
    most: int
    folded: int


# Where a row is over what was wished for, the rest are the exercises' own words, without which they are not theirs:
# leads, questions, options, what to talk about, verdicts. One's own answers before handing in are counted too. Of a
# member's steps 0–4, 1,400 words are who sees an answer: at each of 150 questions, and whole before and after them.
STEPS: Final = (
    Steps("step 0, a member in private", "Hamid", 1, False, 1590, 1590),  # wished for: 1,600; it was 2,950
    Steps("step 0, the group's chat", "", 1, False, 895, 895),  # wished for: 900; it was 1,760
    Steps("steps 0–4, a member, both chats", "Hamid", 5, True, 10420, 9000),  # wished for: 9,000; it was 17,300
    Steps("steps 0–4, the coordinator in private", "Gunnel", 5, False, 14110, 14110),  # wished for: 15,000
)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name)
async def test_situation(situation: Situation, tmp_path: Path) -> None:
    """In this situation nobody reads more of our words than this."""
    async with town(tmp_path) as played:
        with read(played) as reading:
            player = Player(played)
            for line in situation.before.split("\n"):
                await player.take(line)
            begun = len(reading.screens)
            for line in situation.played.split("\n"):
                await player.take(line)
            there = (played.person("Bo"), played.chat_id("", played.title))
            shown, folded = (sum(words) for words in zip(*(reading.words(chat, begun) for chat in there), strict=True))
    print(f"\n{situation.name}: {shown} of {situation.most}, folded {folded} of {situation.folded}")  # noqa: T201
    assert 0 < shown <= situation.most
    assert folded <= situation.folded


@pytest.mark.slow
@pytest.mark.parametrize("steps", STEPS, ids=lambda one: one.name)
def test_steps(steps: Steps) -> None:
    """In these steps a reader of the finished town reads no more of our words than this."""
    reading, chats = finished()
    group = chats[""]
    since, until = _joined(reading, chats.get(steps.reader, group)), _opened(reading, group, steps.until)
    counted = [reading.words(chats[steps.reader], since, until)]
    if steps.with_group:
        counted.append(reading.words(group, 0, until))
    shown, folded = (sum(words) for words in zip(*counted, strict=True))
    print(f"\n{steps.name}: {shown} of {steps.most}, folded {folded} of {steps.folded}")  # noqa: T201
    assert shown <= steps.most
    assert folded <= steps.folded


@pytest.mark.slow
def test_screens_as_sent() -> None:
    """No message of the finished town, edits too, shows more than a phone's screen as it is sent; most much less."""
    signs = [len(screen.shown) for screen in finished()[0].screens]
    assert sum(one > LONGEST for one in signs) <= PAPERS
    assert sum(one > MOSTLY for one in signs) <= len(signs) / 20


@pytest.mark.slow
def test_said_twice() -> None:
    """Who sees an answer is marked under each question; no other sentence of ours is often said twice in a row."""
    found = Counter(one for one in finished()[0].said_twice() if not WHO_SEES.search(one))
    print("", *(f"{times} × {one}" for one, times in found.most_common(40)), sep="\n")  # noqa: T201
    assert 0 < found.total() <= TWICE


@pytest.mark.slow
def test_around_a_question() -> None:
    """A question is its own words and a few more: which one it is, who sees the answer, how to answer."""
    voice, exercises = Voice("sv"), load_process().exercises.values()
    own = dict(found for one in exercises if not one.for_each for found in _questions(voice.exercise(one.id), one))
    more = Counter[int]()
    for screen in finished()[0].screens:
        first = re.match(r"(✓ Sparat: .*\n)?(?P<title>(?:.+ · )?)\d+ av \d+\n\n", screen.shown.replace("\xa0", " "))
        asked = next((text for text in own if f"\n{text}\n" in screen.shown.replace("\xa0", " ")), None)
        if first and asked and not re.search("nu: |Din kommentar|Era egna", screen.shown):
            more[len(WORD.findall(screen.shown[first.end("title") :])) - own[asked]] += 1
    assert more.total() > 500
    assert sum(count for words, count in more.items() if words > AROUND) <= more.total() / 20, more


def _questions(words: ExerciseWords, exercise: Exercise) -> Iterator[tuple[str, int]]:
    """Yield each question's text with the number of words that are its own: help, ends and meanings too."""
    for question in exercise.questions:
        base, ends = f"question.{question.id}", ("low", "high") if isinstance(question.field, ScaleField) else ()
        told = [words.get(f"{base}.{name}") or "" for name in ("text", "help", *ends)]
        meant = [
            f"{words.option(question.id, one)} {words.get(f'meaning.{one}')}"
            for one in question.options
            if words.get(f"meaning.{one}")
        ]
        yield words[f"{base}.text"], len(WORD.findall(" ".join([*told, *meant]))) + len(ends)


@cache
def finished() -> tuple[Reading, dict[str, int]]:
    """The finished town as it is read, and its chats: people's by name, the group's under ""."""
    return uvloop.run(_played())


async def _played() -> tuple[Reading, dict[str, int]]:
    text = snapshot.transcript()
    with TemporaryDirectory() as folder:
        async with town(Path(folder), start=begins(text)) as played:
            with read(played) as reading:
                people = [played.sandbox.add_person(person["name"]) for person in Invented("sv").people]
                played.sandbox.create_group(Invented("sv").group, people[0], people[1:])
                await Player(played).play(snapshot.TRANSCRIPT, text)
                return reading, {**played.people, "": played.chat_id("", played.title)}


def _joined(reading: Reading, chat: int) -> int:
    """Where somebody has joined; 0 in the group."""
    mine = [n for n, screen in enumerate(reading.screens) if screen.chat == chat and "Nu är du med i" in screen.shown]
    return mine[0] if mine and chat > 0 else 0


def _opened(reading: Reading, group: int, step: int) -> int:
    """Where the group is told that a step is opened."""
    told = [f"{opened} {step}" for opened in OPENED]
    return next(
        n
        for n, one in enumerate(reading.screens)
        if one.chat == group and any(t in one.shown.replace("\xa0", " ") for t in told)
    )
