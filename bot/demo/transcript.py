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
    Alva trycker under «words» [Ja]   … under the newest message that holds the words (`i gruppen under` likewise)
    Alva trycker igen [Ja]          Alva taps that very button once more, though it may be gone from the screen by now
    Alva trycker igen i gruppen [Visa]
    Bo vidarebefordrar Alva «words»   Bo forwards to the bot what Alva wrote in the group's chat
    Alva ändrar «words» till: text  Alva edits her own newest message that holds the words (`ändrar i gruppen` likewise)
    Alva skickar bild               (röst, film, dokument, klistermärke, omröstning, kontakt, plats, album)
    Alva skickar bild: text         … with a caption (bild, film, dokument, album)
    Alva: lämnar | blockerar | avblockerar | startar | går med | lägger till boten | tar bort boten | gör supergrupp
    Alva: gör boten till administratör | tar ifrån boten rollen | döljer medlemmarna
    Alva: stänger av filer | tillåter filer    … in the group, for all who do not administer it
    Rut följer länken från Alva     Rut follows the newest link that the bot has given Alva to pass on
    Alva fäster i gruppen «words»   Alva pins the bot's newest message there that holds the words
    Boten startas om                with nothing but its database
    Alva: flyttar gruppen           with the newest link from the bot, to a new chat; the first one is `gamla` then
    Löftet får en ny version        with the bot's next start
    Klockan går 3 dagar             (timmar, minuter) what falls due on the way comes at its time
    Det är 2026-03-14 9.30          … until then, in the town's own time; one before the people is when the town begins

In a long town a whole exercise fits into one line, which goes on in lines that begin with spaces:

    Alva gör: [Börja] [Ja] «Därför att» [Klar]   Alva taps and writes, in her private chat (`gör i gruppen` likewise)
    Alva, Bo gör: [Börja] [Ja]      first Alva all of it, then Bo; `Alla gör` is everybody who is in the group

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
has come so far. `Också i Grannstad: Cia, Bo` makes another group, likewise. `\\n` in a text is a line break. Before
all of it, `Gruppen heter X` and `Alva är: organisation | sector | levels | children` say what the group is called and
what somebody answers who joins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType

from bot.demo.town import START, STOCKHOLM, Town
from flows.enums import ExerciseRole
from messages.voice import the_voice
from storage.records.group_settings import Overruling
from storage.store import UnitOfWork


def joined(text: str) -> list[tuple[int, str]]:
    """Yield what is played, with the number of its line; one that begins with spaces goes on with the one before."""
    whole: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith("  ") and whole:
            first, before = whole[-1]
            whole[-1] = (first, f"{before} {line.strip()}")
        else:
            whole.append((number, line))
    return whole


Newcomer = tuple[str, str, tuple[str, ...], str]  # organisation, sector, levels, whether children are their work
NEWCOMER: Newcomer = ("Kommunen", "Kommunen i övrigt", ("Strategiskt",), "Nej")
PEOPLE: dict[str, Newcomer] = {
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
MOMENT = re.compile(r"Det är (\d{4}-\d\d-\d\d) (\d{1,2})\.(\d\d)")


class Differs(AssertionError):
    """The bot did not say what the transcript says; the message names file and line and shows what it said."""


def begins(text: str) -> datetime:
    """Return when the town of a transcript begins: as it says before there is anybody, or else the usual day."""
    for line in text.splitlines():
        if found := MOMENT.fullmatch(line.strip()):
            return moment(found)
        if line.startswith(("Med:", "Grupp:")):
            break
    return START


def moment(found: re.Match[str]) -> datetime:
    """The day and the time that a line names, in the town's own time. Raises Differs if there is no such moment."""
    try:
        return datetime.fromisoformat(f"{found[1]} {int(found[2]):02}:{found[3]}").replace(tzinfo=STOCKHOLM)
    except ValueError:
        raise Differs("there is no such day or time") from None


async def join(town: Town, name: str, group: str = "", who: Newcomer = NEWCOMER) -> None:
    """Let someone follow the group's link, accept the agreement and answer the questions, in the bot's words."""
    organisation, sector, levels, children = PEOPLE.get(name, who)
    voice, options = town.bot.services.voice, _options(town)
    await town.tap(name, voice.label("join"), chat=group or town.title)
    await town.tap(name, voice.book("agreement")["agreement.accept"])
    await town.write(name, name)
    if organisation in town.keys(name):
        await town.tap(name, organisation)
    else:
        await town.write(name, organisation)
    await town.tap(name, options[sector])
    for level in levels:
        await town.tap(name, voice.label("unticked", {"option": options[level]}))
    await town.tap(name, voice.label("ok"))
    await town.tap(name, options[children])
    await town.tap(name, voice.label("send"))


def _options(town: Town) -> Mapping[str, str]:
    """Return what each option of the joining questions is called in the bot's language, by its Swedish name."""
    voice, exercises = town.bot.services.voice, town.bot.services.process.exercises
    joining = next(exercise for exercise in exercises.values() if exercise.role is ExerciseRole.JOINING)
    spoken, swedish = voice.exercise(joining.id), the_voice().exercise(joining.id)
    asked = [(question.id, option) for question in joining.questions for option in question.options]
    return {swedish.option(*one): spoken.option(*one) for one in asked}


async def gathered(town: Town, names: list[str], known: Mapping[str, Newcomer] = MappingProxyType({})) -> None:
    """A group with the bot in it, in which everyone named has joined; the first one coordinates.

    `known`: what those answer who are not among the usual people.
    """
    who = tuple((name, known.get(name)) for name in names)
    await town.prepared(who, partial(_join_all, names=names, known=known))


async def _join_all(town: Town, names: list[str], known: Mapping[str, Newcomer]) -> None:
    town.group(town.title, *names)
    await town.act(names[0], "add_bot", chat=town.groups[town.title])
    for name in names:
        await join(town, name, who=known.get(name, NEWCOMER))


async def begin(town: Town, title: str) -> None:
    """Let the coordinator find an exercise in the private chat and begin it; its step is open, however that came.

    Raises Differs if no exercise is called so.
    """
    coordinator, process = _owner(town), town.bot.services.process
    named = {town.bot.services.voice.exercise(exercise)["title"]: exercise for exercise in process.exercises}
    exercise = next((named[full] for full in sorted(named, key=len) if full.startswith(title)), None)
    if exercise is None:
        raise Differs(f"no exercise is called {title!r}")
    await open_step(town, getattr(process.step_of(exercise), "number", 0))
    await town.write(coordinator, "/steg")
    await town.press(coordinator, "view", ask=await group_id(town), arg=exercise)
    voice = town.bot.services.voice
    await town.tap(coordinator, voice.label("begin"))
    if (anyway := voice.label("begin_anyway")) in town.keys(coordinator):  # a text to be approved has gaps
        await town.tap(coordinator, anyway)


def _owner(town: Town) -> str:
    """Return who owns the group's chat, and coordinates."""
    members = town.sandbox.chat(town.chat_id("", town.title)).members
    owner = next(member.user_id for member in members.values() if member.status == "creator")
    return next(name for name, id in town.people.items() if id == owner)


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
    group = await work.groups.by_chat(town.chat_id(next(iter(town.people)), town.title))
    if group is None:
        raise Differs("the bot is in no group yet")
    return group.id


async def also_in(town: Town, title: str, names: list[str]) -> None:
    """A line that makes another group, in which these have joined; the first one coordinates."""
    town.group(title, *names)
    await town.act(names[0], "add_bot", chat=town.groups[title])
    for name in names:
        await join(town, name, title)
