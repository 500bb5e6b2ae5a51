"""Plays transcripts line by line against the real bot; `transcript` tells how they are written."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ClassVar

from bot.demo.screen import Screen, in_brackets
from bot.demo.town import FORMER, Town
from bot.demo.transcript import (
    ALONE,
    DEEDS,
    DETAILS,
    MEDIA,
    MOMENT,
    UNITS,
    Differs,
    Newcomer,
    also_in,
    begin,
    gathered,
    joined,
    moment,
    open_step,
)
from bot.logs import describe
from bot.sandbox.errors import ActError

UNKNOWN = "this line is of no known form; see bot/demo/transcript.py"
_TAPS = re.compile(r"\[([^\]]+)\]")
_DEEDS = re.compile(r"\[(?P<tap>[^\]]+)\]|«(?P<text>[^»]+)»")


def _one_of(words: dict[str, str]) -> str:
    return "|".join(map(re.escape, words))


Form = tuple[re.Pattern[str], Callable[["Player", re.Match[str]], Awaitable[None]]]


class Player:
    """Plays transcripts in a town, or the lines of one as they are typed."""

    def __init__(self, town: Town, tell: Callable[[str], None] | None = None) -> None:
        """`tell` is called with each line of the conversation as it went: what was done, and what the bot said."""
        self.town, self._tell = town, tell
        self.screen = Screen(town.sandbox, town.chats)
        self.before: dict[str, list[str]] = {}  # what everybody had before the last deed
        self._known: dict[str, Newcomer] = {}

    async def play(self, name: str, text: str, passed: Callable[[float], None] = lambda _share: None) -> None:
        """Play a whole transcript. Raises Differs at the first line that does not hold or makes the bot fail.

        `passed` is called with the share of the lines that has been played.
        """
        lines = joined(text)
        for place, (number, line) in enumerate(lines):
            passed(place / len(lines))
            wrong = []
            looks = place + 1 < len(lines) and lines[place + 1][1].startswith(">")
            try:
                await self.take(line, looks=looks)
            except (AssertionError, ActError) as error:
                wrong = [str(error)]
            for told in map(describe, self.town.failures):
                rest = [f"{name}={told[name]}" for name in ("exercise", "verb", "run_id") if name in told]
                wrong.append(" ".join(["the bot failed:", told["error_type"], "at", told.get("place", "?"), *rest]))
            if wrong:
                raise Differs("\n".join([f"{name}:{number}: {line.strip()}", *reversed(wrong)]))

    async def take(self, raw: str, *, looks: bool = True) -> None:
        """Play one line. Raises AssertionError or ActError when it does not hold, or cannot be done.

        `looks`: whether the next line demands what is seen after it, for which all chats are read before.
        """
        line = raw.strip()
        if line.startswith(">"):
            await self._first(self.EXPECTATIONS, line[1:].strip())
        elif line and not line.startswith("#"):
            if looks and self.town.people:
                self.before = {name: self._texts(name) for name in [*self.town.people, "gruppen"]}
            if self._tell is None:
                await self._first(self.LINES, line)
                return
            self._tell(line)
            await self._first(self.LINES, line)
            for said in self.screen.changes():
                self._tell(said)

    async def _first(self, forms: list[Form], line: str) -> None:
        for pattern, take in forms:
            if match := pattern.fullmatch(line):
                await take(self, match)
                return
        raise Differs(UNKNOWN)

    # -- who there is, and time ------------------------------------------------------------------------------------
    async def _known_as(self, match: re.Match[str]) -> None:
        organisation, sector, levels, children = (part.strip() for part in match.groups()[1:])
        self._known[match[1]] = (organisation, sector, tuple(_names(levels)), children)

    async def _titled(self, match: re.Match[str]) -> None:
        self.town.title = match[1]

    async def _group(self, match: re.Match[str]) -> None:
        self.town.group(self.town.title, *_names(match[1]))

    async def _gathered(self, match: re.Match[str]) -> None:
        await gathered(self.town, _names(match[1]), self._known)

    async def _also_in(self, match: re.Match[str]) -> None:
        await also_in(self.town, match[1], _names(match[2]))

    async def _wind(self, match: re.Match[str]) -> None:
        await self.town.wind(**{UNITS[match[2]]: float(match[1])})

    async def _until(self, match: re.Match[str]) -> None:
        ahead = moment(match) - self.town.clock()
        if ahead < timedelta(0):
            raise Differs("that is past: the clock only goes forward")
        await self.town.wind(minutes=ahead / timedelta(minutes=1))

    async def _restart(self, _match: re.Match[str]) -> None:
        await self.town.restart()

    async def _move(self, match: re.Match[str]) -> None:
        await self.town.move(match[1])

    async def _new_agreement(self, _match: re.Match[str]) -> None:
        self.town.agreement = f"{self.town.agreement or 'ny'}+"
        await self.town.restart()

    async def _open_step(self, match: re.Match[str]) -> None:
        await open_step(self.town, int(match[1]))

    async def _begin(self, match: re.Match[str]) -> None:
        for title in match[1].split(", "):
            await begin(self.town, title)

    # -- what people do --------------------------------------------------------------------------------------------
    async def _tap(self, match: re.Match[str]) -> None:
        tap = self.town.tap_again if match[2] else self.town.tap
        for label in _TAPS.findall(match[4]):
            await tap(match[1], label, chat=self._chat(match[3]))

    async def _tap_under(self, match: re.Match[str]) -> None:
        for label in _TAPS.findall(match[4]):
            await self.town.tap(match[1], label, chat=self._chat(match[2]), under=match[3])

    async def _act(self, match: re.Match[str]) -> None:
        """Let each of them tap and write, one thing after the other."""
        chat = self._chat(match[2])
        for name in self._everyone() if match[1] == "Alla" else _names(match[1]):
            for deed in _DEEDS.finditer(match[3]):
                if deed["tap"]:
                    await self.town.tap(name, deed["tap"], chat=chat)
                else:
                    await self.town.write(name, _text(deed["text"]), chat=chat)

    def _everyone(self) -> list[str]:
        chat = self.town.sandbox.chat(self.town.chat_id("", self.town.title))
        return [name for name, user in self.town.people.items() if chat.present(user)]

    async def _pin(self, match: re.Match[str]) -> None:
        status = self.town.find(match[1], match[2], self.town.title)
        place = self.town.chat_id(match[1], self.town.title)
        await self.town.act(match[1], "pin", chat=place, message_id=status.id)

    async def _deed(self, match: re.Match[str]) -> None:
        deed = DEEDS[match[2]]
        place = {} if deed in ALONE else {"chat": self.town.chat_id(match[1], self.town.title)}
        await self.town.act(match[1], deed, **place, **DETAILS.get(deed, {}))

    async def _answer_in_group(self, match: re.Match[str]) -> None:
        await self.town.write(match[1], _text(match[3]), chat=self.town.title, reply_to=match[2])

    async def _answer(self, match: re.Match[str]) -> None:
        await self.town.write(match[1], _text(match[3]), reply_to=match[2])

    async def _reply(self, match: re.Match[str]) -> None:
        await self.town.reply(match[1], match[2], match[3], _text(match[4]), chat=self.town.title)

    async def _forward(self, match: re.Match[str]) -> None:
        await self.town.forward(match[1], match[2], match[3], chat=self.town.title)

    async def _follow(self, match: re.Match[str]) -> None:
        await self.town.act(match[1], "open_link", url=self.town.link(match[2]))

    async def _edit(self, match: re.Match[str]) -> None:
        await self.town.edit(match[1], match[3], _text(match[4]), chat=self._chat(match[2]))

    async def _send(self, match: re.Match[str]) -> None:
        caption = {"caption": match[3]} if match[3] else {}
        await self.town.act(match[1], MEDIA[match[2]], chat=self.town.person(match[1]), **caption)

    async def _write(self, match: re.Match[str]) -> None:
        await self.town.write(match[1], _text(match[3]), chat=self._chat(match[2]))

    # -- what the bot shows ----------------------------------------------------------------------------------------
    async def _toast(self, match: re.Match[str]) -> None:
        _holds(match[1], self.town.toast())

    async def _buttons(self, match: re.Match[str]) -> None:
        wanted, keys = _TAPS.findall(match[2]), self.town.keys(*self._place(match[1]))
        if len(keys) != len(wanted) or not all(map(str.startswith, keys, wanted)):
            raise _differs(match[2], in_brackets(keys) or "inga")

    async def _nowhere(self, match: re.Match[str]) -> None:
        seen = "\n---\n".join(self._texts(match[1]))
        if _flat(match[2]) in _flat(seen):
            raise _differs(f"nothing that says: {match[2]}", seen)

    async def _somewhere(self, match: re.Match[str]) -> None:
        _holds(match[2], "\n---\n".join(self._texts(match[1])))

    async def _nothing_new(self, match: re.Match[str]) -> None:
        if self._texts(match[1]) != self.before[match[1]]:
            raise _differs("nothing new", self._texts(match[1])[-1])

    async def _newest(self, match: re.Match[str]) -> None:
        _holds(match[2], (self._texts(match[1]) or [""])[-1])

    def _texts(self, whose: str) -> list[str]:
        return self.town.texts(*self._place(whose))

    def _place(self, whose: str) -> tuple[str, str]:
        chats = {"gruppen": self.town.title, "gamla": FORMER}
        return (next(iter(self.town.people)), chats[whose]) if whose in chats else (whose, "privat")

    def _chat(self, in_group: str | None) -> str:
        return self.town.title if in_group else "privat"

    # The forms of lines; the first that fits is taken.
    LINES: ClassVar[list[Form]] = [
        (re.compile(r"Grupp: (.+)"), _group),
        (re.compile(r"Med: (.+)"), _gathered),
        (re.compile(r"Också i (.+): (.+)"), _also_in),
        (re.compile(r"Gruppen heter (.+)"), _titled),
        (re.compile(r"(\w+) är: ([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)"), _known_as),
        (re.compile(rf"Klockan går (\d{{1,4}}) ({'|'.join(UNITS)})"), _wind),
        (MOMENT, _until),
        (re.compile(r"Steg öppet: (\d)"), _open_step),
        (re.compile(r"I gång: (.+)"), _begin),
        (re.compile(r"Boten startas om"), _restart),
        (re.compile(r"(\w+): flyttar gruppen"), _move),
        (re.compile(r"Löftet får en ny version"), _new_agreement),
        (re.compile(r"(\w+) trycker( igen)?( i gruppen)?((?: \[[^\]]+\])+)"), _tap),
        (re.compile(r"(\w+) trycker( i gruppen)? under «([^»]+)»((?: \[[^\]]+\])+)"), _tap_under),
        (re.compile(r"(\w+(?:, \w+)*) gör( i gruppen)?:((?: \[[^\]]+\]| «[^»]+»)+)"), _act),
        (re.compile(r"(\w+) fäster i gruppen «([^»]+)»"), _pin),
        (re.compile(rf"(\w+): ({_one_of(DEEDS)})"), _deed),
        (re.compile(r"(\w+) svarar gruppen «([^»]+)»: (.+)"), _answer_in_group),
        (re.compile(r"(\w+) svarar boten «([^»]+)»: (.+)"), _answer),
        (re.compile(r"(\w+) svarar (\w+) i gruppen «([^»]+)»: (.+)"), _reply),
        (re.compile(r"(\w+) vidarebefordrar (\w+) «([^»]+)»"), _forward),
        (re.compile(r"(\w+) följer länken från (\w+)"), _follow),
        (re.compile(r"(\w+) ändrar( i gruppen)? «([^»]+)» till: (.+)"), _edit),
        (re.compile(rf"(\w+) skickar ({_one_of(MEDIA)})(?:: (.+))?"), _send),
        (re.compile(r"(\w+)( i gruppen)?: (.+)"), _write),
    ]
    EXPECTATIONS: ClassVar[list[Form]] = [
        (re.compile(r"notis: (.+)"), _toast),
        (re.compile(r"knappar (\w+): (inga|\[.+)"), _buttons),
        (re.compile(r"(\w+) ser inte: (.+)"), _nowhere),
        (re.compile(r"(\w+) någonstans: (.+)"), _somewhere),
        (re.compile(r"(\w+): inget nytt"), _nothing_new),
        (re.compile(r"(\w+): (.+)"), _newest),
    ]


def _names(written: str) -> list[str]:
    return [name.strip() for name in written.split(",")]


def _text(written: str) -> str:
    return written.replace("\\n", "\n")


def _holds(words: str, text: str) -> None:
    if _flat(words) not in _flat(text):
        raise _differs(words, text)


def _differs(expected: str, came: str) -> Differs:
    return Differs(f"expected: {expected}\ncame: {came or '(nothing)'}")


def _flat(text: str) -> str:
    """The text on one line, as a transcript has it."""
    return " ".join(text.split())
