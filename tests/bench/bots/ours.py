"""The real bot, with a process of one exercise of ten questions, in a town where everyone has joined.

    python -m tests.bench.bots.ours URL FOLDER PEOPLE

It runs as `stadsbot run` does; only the definitions differ, Telegram's limits are off, and the groups are put into the
database beforehand.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import uvloop

import messages.voice
from bot import app
from bot.core.desk import Desk
from bot.turn import turns
from flows.loader import HERE, load_process
from messages.voice import Voice
from tests.bench.questions import COUNT, OPTIONS, TEXT
from tests.bench.standin import DONE, FIRST

TOKEN = "4200000001:" + "b" * 35
KEY = b"b" * 32
EXERCISE = "bench"
A_GROUP = 8


def definitions(folder: Path) -> tuple[Path, Path]:
    """The process and the words, with the exercise of the measurement among them."""
    process, words = folder / "process", folder / "words"
    shutil.copytree(HERE, process)
    shutil.copytree(messages.voice.HERE / "sv", words / "sv")
    outline = process / "process.toml"
    outline.write_text(outline.read_text().replace('"commitment"', f'"commitment", "{EXERCISE}"', 1))
    options = ", ".join(f'"{o.lower()}"' for o in OPTIONS)
    question = '[[question]]\nid = "q{n}"\nkind = "choice"\noptions = [' + options + "]\n"
    head = 'serves = ["0.1"]\nhow = "each"\nminutes = 5\naudience = "group"\n'
    (process / f"0.9-{EXERCISE}.toml").write_text(head + "".join(question.format(n=n) for n in range(COUNT)))
    texts = "".join(
        f'[question.q{n}]\ntext = "{TEXT.format(n=n + 1)}"\nshort = "Fråga {n + 1}"\n' for n in range(COUNT)
    )
    shared = "[options]\n" + "".join(f'{o.lower()} = "{o}"\n' for o in OPTIONS)
    head = 'title = "Mätning"\nlead = "Mäter."\nguide = "Mäter."\ndiscuss = "Mäter."\n'
    (words / "sv" / f"0.9-{EXERCISE}.toml").write_text(head + shared + texts)
    common = words / "sv" / "common.toml"
    common.write_text(common.read_text().replace("Tack, det är inlämnat", f"{DONE} Tack, det är inlämnat"))
    return process, words


async def populate(bot: app.Bot, people: int) -> None:
    """Groups of eight who have all joined, each with the exercise begun."""
    async with bot.store.work() as work:
        desk = Desk(bot.house, work, datetime.now(UTC))
        for start in range(0, people, A_GROUP):
            group = await work.groups.add(-1 - start, f"Grupp {start}")
            group = await work.groups.update(group.id, state="active", settings={"steps": [0], "link": 1})
            for user in range(FIRST + start, FIRST + min(people, start + A_GROUP)):
                person = await work.people.ensure(user)
                await work.people.update(person.id, reach="reachable", current_group=group.id)
                member = await work.members.add(group.id, person.id, "core")
                await work.members.update(member.id, state="active", name=f"P{user}")
            await turns.begin(desk, group, bot.house.process.exercises[EXERCISE])
        for item in await work.outbox.due(desk.now, people * 4):  # invitations: the people come by themselves
            await work.outbox.sent(item.id, 1)


async def main(url: str, folder: Path, people: int) -> None:
    """Run until killed."""
    process, words = definitions(folder)
    ticks = itertools.count(step=100)  # without Telegram's limits, which would be all that is measured
    async with app.assembled(
        token=TOKEN,
        master_key=KEY,
        database=folder / "data" / "bench.db",
        zone=ZoneInfo("Europe/Stockholm"),
        language="sv",
        api_url=url,
        clock=lambda: datetime.now(UTC),
        needs_activation=True,
        process=load_process(process),
        voice=Voice("sv", words),
        pace_clock=lambda: float(next(ticks)),
    ) as bot:
        await populate(bot, people)
        print("up", flush=True)
        await app.serve(bot, asyncio.Event())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as bot.app.run does
        runner.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
