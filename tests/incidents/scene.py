"""A town in which Alva coordinates, Cia reads incidents and everybody may log them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.app import Bot
from bot.demo.town import GROUP, Town, town
from storage.records.records import Incident, SeatState

SIX = ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "Spara")  # after "Logga en händelse"
NAMES = ("Alva", "Bo", "Cia")


@asynccontextmanager
async def watched(folder: Path, **more: Any) -> AsyncIterator[Town]:
    """Alva, Bo and Cia are in; Cia is named to read. How people come in is tested elsewhere."""
    async with town(folder, **more) as played:
        await played.prepared("watched", _prepare)
        yield played


async def _prepare(played: Town) -> None:
    played.group(GROUP, *NAMES)
    await played.act("Alva", "add_bot", chat=played.groups[GROUP])
    async with played.bot.store.work() as work:
        for name in NAMES:
            person = await work.people.ensure(played.person(name))
            member = await work.members.add(1, person.id, "core")
            member = await work.members.update(
                member.id, name=name, state=SeatState.ACTIVE, agreed_at=played.sandbox.now()
            )
        group = await work.groups.get(1)
        await work.groups.update(1, settings=replace(group.settings, readers=(member.id,)))
    for name in NAMES:
        await played.act(name, "start")


async def log(played: Town, name: str, *taps: str) -> str:
    """Log an incident by these taps, by the shortest ones if none are given; its receipt. What is due now comes."""
    await played.write(name, "/start")
    await played.tap(name, "Logga en händelse")
    for label in taps or SIX:
        await played.tap(name, label)
    assert played.last(name).startswith("✓ Sparat. Kvitto ")
    receipt = played.last(name).split()[3]
    await played.wind()
    return receipt


def in_group(played: Town) -> str:
    """Everything that the bot has said in the group."""
    return "\n".join(played.texts("Alva", GROUP))


async def logged(bot: Bot) -> list[Incident]:
    """What lies in the log of the first group."""
    async with bot.store.work() as work:
        return await work.incidents.all_of(1)


def sent_file(played: Town, name: str) -> bytes:
    """The newest file that the bot has sent to a person."""
    document = next(m.content["document"] for m in reversed(played.messages(name)) if "document" in m.content)
    return played.sandbox.world.files[document["file_id"]].data
