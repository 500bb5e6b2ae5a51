"""Transcripts: conversations in plain text that are played against the real bot, line by line.

A transcript is written so that a process leader can read it. Its first lines say what it shows, and which ids of the
process it covers. `#` begins a comment. People:

    Alva: text                      Alva writes in her private chat with the bot
    Alva i gruppen: text            … in the group's chat
    Alva svarar gruppen «words»: text   … as a reply to the bot's newest message there that holds the words
    Alva svarar boten «words»: text     … likewise in her private chat
    Alva svarar Bo i gruppen «words»: text   … as a reply to what Bo wrote there
    Alva trycker [Ja] [Ja]          Alva taps buttons, one after the other, in her private chat (a link is followed)
    Alva trycker i gruppen [Visa]   … in the group's chat
    Alva trycker igen [Ja]          Alva taps that very button once more, though it may be gone from the screen by now
    Alva trycker igen i gruppen [Visa]
    Alva ändrar «words» till: text  Alva edits her own newest message that holds the words (`ändrar i gruppen` likewise)
    Alva skickar bild               (röst, film, dokument, klistermärke, omröstning, kontakt, plats, album)
    Alva skickar bild: text         … with a caption (bild, film, dokument, album)
    Alva: lämnar | blockerar | avblockerar | startar | går med | lägger till boten | tar bort boten | gör supergrupp
    Alva: gör boten till administratör | tar ifrån boten rollen | döljer medlemmarna
    Alva: stänger av filer | tillåter filer    … in the group, for all who do not administer it
    Rut följer länken från Alva     Rut follows the newest link that the bot has given Alva to pass on
    Alva fäster i gruppen «words»   Alva pins the bot's newest message there that holds the words
    Boten startas om                with nothing but its database
    Alva: flyttar gruppen           with the newest link from the bot, to a new chat; the old one is `gamla` then
    Löftet får en ny version        with the bot's next start
    Klockan går 3 dagar             (timmar, minuter) what falls due on the way comes at its time

The bot, at once after what it answers:

    > Alva: words                   the bot's newest message to Alva holds these words; several lines, several demands
    > gruppen: words                … in the group's chat
    > gruppen någonstans: words     some message in the group holds them
    > notis: words                  the latest notice over a chat
    > Alva någonstans: words        … in Alva's private chat
    > Alva ser inte: words          no message in Alva's private chat holds these words (`gruppen ser inte` likewise)
    > Alva: inget nytt              the bot has said nothing new to Alva, and changed nothing, since the last deed
    > knappar Alva: [Ja] [Nej]      the buttons under the newest message, in order, by their first words; or `inga`

The first line of play says who there is: `Grupp: Alva, Bo` (the first one owns the chat, the bot is not in it yet) or
`Med: Alva, Bo` (the bot is there, Alva coordinates, everyone has joined). `I gång: Riktning, Staden` is short for the
coordinator finding these exercises and beginning them (their steps are then open), and `Steg öppet: 6` for a group that
has come so far. `Också i Grannstad: Cia, Bo` makes another group, likewise. `\\n` in a text is a line break.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.demo.town import FORMER, GROUP, Town, labels, of_bot, said
from bot.logs import describe
from bot.sandbox.errors import ActError
from bot.sandbox.sandbox import Sandbox
from storage.group_settings import Overruling
from storage.store import UnitOfWork

PEOPLE = {
    "Alva": ("Socialtjänsten", "Socialtjänst", ("Strategiskt", "Operativt"), "Ja"),
    "Bo": ("Polisen", "Polis", ("Strategiskt",), "Nej"),
    "Cia": ("Kvinnojouren", "Civilsamhälle", ("Operativt",), "Ja"),
    "David": ("Hotell Stjärnan", "Näringsliv", ("Operativt",), "Nej"),
    "Elin": ("Bostadsbolaget", "Näringsliv", ("Strategiskt",), "Nej"),
    "Farid": ("Polisen", "Polis", ("Operativt",), "Nej"),
}
DEEDS = {
    "lämnar": "leave",
    "blockerar": "block_bot",
    "avblockerar": "unblock_bot",
    "startar": "start",
    "går med": "join",
    "lägger till boten": "add_bot",
    "tar bort boten": "remove_bot",
    "gör supergrupp": "make_supergroup",
    "gör boten till administratör": "promote_bot",
    "tar ifrån boten rollen": "demote_bot",
    "döljer medlemmarna": "hide_members",
    "stänger av filer": "forbid",
    "tillåter filer": "permit",
}
FILES = {"right": "can_send_documents"}
DETAILS = {"forbid": FILES, "permit": FILES}  # of deeds to the group
ALONE = {"block_bot", "unblock_bot", "start"}  # deeds in the private chat; the others are done to the group
MEDIA = {
    "bild": "send_photo",
    "röst": "send_voice",
    "film": "send_video",
    "dokument": "send_document",
    "klistermärke": "send_sticker",
    "omröstning": "send_poll",
    "kontakt": "send_contact",
    "plats": "send_location",
    "album": "send_album",
}
UNITS = {"dag": "days", "dagar": "days", "timme": "hours", "timmar": "hours", "minut": "minutes", "minuter": "minutes"}
_TAPS = re.compile(r"\[([^\]]+)\]")


class Differs(AssertionError):
    """The bot did not say what the transcript says; the message names file and line and shows what it said."""


async def join(town: Town, name: str, group: str = GROUP) -> None:
    """Let someone follow the group's link, accept the agreement and answer the joining questions."""
    organisation, sector, levels, children = PEOPLE.get(
        name, ("Kommunen", "Kommunen i övrigt", ("Strategiskt",), "Nej")
    )
    await town.tap(name, "Jag är med", chat=group)
    await town.tap(name, "Jag lovar")
    await town.write(name, name)
    if organisation in town.keys(name):
        await town.tap(name, organisation)
    else:
        await town.write(name, organisation)
    await town.tap(name, sector)
    for level in levels:
        await town.tap(name, f"☐ {level}")
    await town.tap(name, "Klar")
    await town.tap(name, children)
    await town.tap(name, "Lämna in")


async def gathered(town: Town, names: list[str]) -> None:
    """A group with the bot in it, in which everyone named has joined; the first one coordinates."""
    town.group(GROUP, *names)
    await town.act(names[0], "add_bot", chat=town.groups[GROUP])
    for name in names:
        await join(town, name)


async def begin(town: Town, title: str) -> None:
    """Let the coordinator find an exercise in the private chat and begin it; its step is open, however that came."""
    coordinator, process = next(iter(town.people)), town.bot.services.process
    named = {town.bot.services.voice.exercise(exercise)["title"]: exercise for exercise in process.exercises}
    exercise = next(named[full] for full in sorted(named, key=len) if full.startswith(title))
    await open_step(town, getattr(process.step_of(exercise), "number", 0))
    await town.write(coordinator, "/steg")
    await town.press(coordinator, "view", ask=await group_id(town), arg=exercise)
    await town.tap(coordinator, "Sätt i gång")
    if "Sätt i gång ändå" in town.keys(coordinator):  # a text to be approved has gaps
        await town.tap(coordinator, "Sätt i gång ändå")


async def open_step(town: Town, number: int) -> None:
    """Let this step and those before it be open, as if the group had come so far."""
    async with town.bot.store.work() as work:
        group = await work.groups.get(await group_id(town, work))
        steps = tuple(sorted({*group.settings.steps, *range(number + 1)}))
        passed = Overruling("Redo", "", date(2027, 1, 11))
        gates = {
            f"gate:{step.number}": passed
            for step in town.bot.services.process.steps
            if step.gate and step.number <= number
        }
        overruled = {**gates, **group.settings.overruled}
        await work.groups.update(group.id, settings=replace(group.settings, steps=steps, overruled=overruled))


async def group_id(town: Town, work: UnitOfWork | None = None) -> int:
    """The bot's own number of the group."""
    if work is None:
        async with town.bot.store.work() as opened:
            return await group_id(town, opened)
    group = await work.groups.by_chat(town.chat_id(next(iter(town.people)), GROUP))
    if group is None:
        raise Differs("the bot is in no group yet")
    return group.id


async def also_in(town: Town, title: str, names: list[str]) -> None:
    """Another group, in which these have joined; the first one coordinates."""
    town.group(title, *names)
    await town.act(names[0], "add_bot", chat=town.groups[title])
    for name in names:
        await join(town, name, title)


class Screen:
    """What the chats of a town show, looked at again and again."""

    def __init__(self, sandbox: Sandbox, chats: Callable[[], Mapping[str, int]]) -> None:
        """`chats` tells which there are now: their ids by what a transcript calls them."""
        self._sandbox, self._chats = sandbox, chats
        self._seen: dict[str, dict[int, tuple[str, list[str]]]] = {}
        self._toasts = 0

    def shown(self) -> dict[str, dict[int, tuple[str, list[str]]]]:
        """The bot's messages by chat: the text and the labels of the buttons, by the message's number."""
        there = {name: id for name, id in self._chats().items() if id in self._sandbox.world.chats}
        return {name: {m.id: (said(m), labels(m)) for m in of_bot(self._sandbox, id)} for name, id in there.items()}

    def changes(self) -> list[str]:
        """What is new or changed since the last look, as lines to read: the text, indented, and its buttons."""
        lines = []
        for chat, messages, _ in self._changed():
            for text, keys in messages:
                lines += [f"    {chat} ← {' '.join(text.split())}"]
                lines += [f"    {' ' * len(chat)}   {' '.join(f'[{key}]' for key in keys)}"] if keys else []
        lines += [f"    notis: {toast}" for toast in self._new_toasts()]
        return lines

    def expectations(self) -> list[str]:
        """The same as lines of a transcript: how each chat that has changed looks now."""
        lines = []
        for chat, _, (text, keys) in self._changed():
            first = next((line.strip() for line in text.splitlines() if line.strip()), "")
            lines += [f"> {chat}: {first}"] if first else []
            lines += [f"> knappar {chat}: {' '.join(f'[{key}]' for key in keys)}"] if keys else []
        return lines + [f"> notis: {toast}" for toast in self._new_toasts()]

    def _changed(self) -> Iterator[tuple[str, list[tuple[str, list[str]]], tuple[str, list[str]]]]:
        before, self._seen = self._seen, self.shown()
        for chat, messages in self._seen.items():
            known = before.get(chat, {})
            if fresh := [message for id, message in messages.items() if known.get(id) != message]:
                yield chat, fresh, list(messages.values())[-1]

    def _new_toasts(self) -> list[str]:
        toasts = [str(toast["text"]) for toast in self._sandbox.toasts[self._toasts :] if toast.get("text")]
        self._toasts = len(self._sandbox.toasts)
        return toasts


class Player:
    """Plays transcripts in a town, or the lines of one as they are typed."""

    def __init__(self, town: Town, tell: Callable[[str], None] = lambda _line: None) -> None:
        """`tell` is called with each line of the conversation as it went: what was done, and what the bot said."""
        self.town, self._tell = town, tell
        self.screen = Screen(town.sandbox, town.chats)
        self.before: dict[str, list[str]] = {}  # what everybody had before the last deed

    async def play(self, name: str, text: str) -> None:
        """Play a whole transcript. Raises Differs at the first line that does not hold or makes the bot fail."""
        for number, line in enumerate(text.splitlines(), 1):
            wrong = []
            try:
                await self.take(line)
            except (AssertionError, ActError) as error:
                wrong = [str(error)]
            for told in map(describe, self.town.failures):
                rest = [f"{name}={told[name]}" for name in ("exercise", "verb", "run_id") if name in told]
                wrong.append(" ".join(["the bot failed:", told["error_type"], "at", told.get("place", "?"), *rest]))
            if wrong:
                raise Differs("\n".join([f"{name}:{number}: {line.strip()}", *reversed(wrong)]))

    async def take(self, raw: str) -> None:
        """Play one line. Raises AssertionError or ActError when it does not hold, or cannot be done."""
        line = raw.strip()
        if line.startswith(">"):
            await self._expect(line[1:].strip())
        elif line and not line.startswith("#"):
            self._tell(line)
            await self._do(line)
            for said in self.screen.changes():
                self._tell(said)

    async def _do(self, line: str) -> None:
        self.before = {name: self._texts(name) for name in [*self.town.people, "gruppen"] if self.town.people}
        if match := re.fullmatch(r"(Grupp|Med): (.+)", line):
            names = [name.strip() for name in match[2].split(",")]
            if match[1] == "Med":
                await gathered(self.town, names)
            else:
                self.town.group(GROUP, *names)
        elif match := re.fullmatch(r"Också i (.+): (.+)", line):
            await also_in(self.town, match[1], [name.strip() for name in match[2].split(",")])
        elif match := re.fullmatch(r"Klockan går (\d+) (\w+)", line):
            await self.town.wind(**{UNITS[match[2]]: float(match[1])})
        elif match := re.fullmatch(r"Steg öppet: (\d)", line):
            await open_step(self.town, int(match[1]))
        elif match := re.fullmatch(r"I gång: (.+)", line):
            for title in match[1].split(", "):
                await begin(self.town, title)
        elif match := re.fullmatch(r"(\w+) trycker( igen)?( i gruppen)?((?: \[[^\]]+\])+)", line):
            tap = self.town.tap_again if match[2] else self.town.tap
            for label in _TAPS.findall(match[4]):
                await tap(match[1], label, chat=_chat(match[3]))
        elif match := re.fullmatch(r"(\w+) fäster i gruppen «([^»]+)»", line):
            status = self.town.find(match[1], match[2], GROUP)
            await self.town.act(match[1], "pin", chat=self.town.chat_id(match[1], GROUP), message_id=status.id)
        elif line == "Boten startas om":
            await self.town.restart()
        elif match := re.fullmatch(r"(\w+): flyttar gruppen", line):
            await self.town.move(match[1])
        elif line == "Löftet får en ny version":
            self.town.agreement = f"{self.town.agreement or 'ny'}+"
            await self.town.restart()
        elif (match := re.fullmatch(r"(\w+): ([\wåäö ]+)", line)) and match[2] in DEEDS:
            deed = DEEDS[match[2]]
            place = {} if deed in ALONE else {"chat": self.town.chat_id(match[1], GROUP)}
            await self.town.act(match[1], deed, **place, **DETAILS.get(deed, {}))
        else:
            await self._write(line)

    async def _write(self, line: str) -> None:
        """A deed with words: a message, a reply, an edit, something that is not text."""
        if match := re.fullmatch(r"(\w+) svarar gruppen «([^»]+)»: (.+)", line):
            await self.town.write(match[1], _text(match[3]), chat=GROUP, reply_to=match[2])
        elif match := re.fullmatch(r"(\w+) svarar boten «([^»]+)»: (.+)", line):
            await self.town.write(match[1], _text(match[3]), reply_to=match[2])
        elif match := re.fullmatch(r"(\w+) svarar (\w+) i gruppen «([^»]+)»: (.+)", line):
            await self.town.reply(match[1], match[2], match[3], _text(match[4]), chat=GROUP)
        elif match := re.fullmatch(r"(\w+) följer länken från (\w+)", line):
            found = re.findall(r"https://t\.me/\S+", "\n".join(self.town.texts(match[2])))
            if not found:
                raise Differs("no link has been given")
            await self.town.act(match[1], "open_link", url=found[-1])
        elif match := re.fullmatch(r"(\w+) ändrar( i gruppen)? «([^»]+)» till: (.+)", line):
            await self.town.edit(match[1], match[3], _text(match[4]), chat=_chat(match[2]))
        elif (match := re.fullmatch(r"(\w+) skickar (\w+)(?:: (.+))?", line)) and match[2] in MEDIA:
            caption = {"caption": match[3]} if match[3] else {}
            await self.town.act(match[1], MEDIA[match[2]], chat=self.town.person(match[1]), **caption)
        elif match := re.fullmatch(r"(\w+)( i gruppen)?: (.+)", line):
            await self.town.write(match[1], _text(match[3]), chat=_chat(match[2]))
        else:
            raise Differs("this line is of no known form; see bot/demo/transcript.py")

    async def _expect(self, line: str) -> None:
        if match := re.fullmatch(r"notis: (.+)", line):
            self._holds(match[1], self.town.toast())
        elif match := re.fullmatch(r"knappar (\w+): (inga|\[.+)", line):
            labels, chat = _TAPS.findall(match[2]), match[1]
            keys = self._keys(chat)
            same = len(keys) == len(labels) and all(
                key.startswith(label) for key, label in zip(keys, labels, strict=True)
            )
            if not same:
                raise Differs(f"the buttons are {keys}")
        elif match := re.fullmatch(r"(\w+) ser inte: (.+)", line):
            seen = "\n---\n".join(self._texts(match[1]))
            if match[2] in seen:
                raise Differs(f"but it says:\n{seen}")
        elif match := re.fullmatch(r"(\w+) någonstans: (.+)", line):
            self._holds(match[2], "\n---\n".join(self._texts(match[1])))
        elif match := re.fullmatch(r"(\w+): inget nytt", line):
            if self._texts(match[1]) != self.before[match[1]]:
                raise Differs(f"the bot said:\n{self._texts(match[1])[-1]}")
        elif match := re.fullmatch(r"(\w+): (.+)", line):
            self._holds(match[2], (self._texts(match[1]) or [""])[-1])
        else:
            raise Differs("this line is of no known form; see bot/demo/transcript.py")

    def _texts(self, whose: str) -> list[str]:
        if whose == "gamla":
            return self.town.texts(next(iter(self.town.people)), FORMER)
        return self.town.texts(next(iter(self.town.people)), GROUP) if whose == "gruppen" else self.town.texts(whose)

    def _keys(self, whose: str) -> list[str]:
        return self.town.keys(next(iter(self.town.people)), GROUP) if whose == "gruppen" else self.town.keys(whose)

    @staticmethod
    def _holds(words: str, text: str) -> None:
        flat = " ".join(text.split())
        if " ".join(words.split()) not in flat:
            raise Differs(f"the bot said:\n{text}")


def _chat(in_group: str | None) -> str:
    return GROUP if in_group else "privat"


def _text(written: str) -> str:
    return written.replace("\\n", "\n")
