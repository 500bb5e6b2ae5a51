"""The real bot, run as `stadsbot run` does, on a database that is there.

    python -m tests.bench.bots.ours '{"url": …, "database": …, …}'

`definitions`: a folder with another process than the product's (`write_definitions`). `unlimited`: Telegram's limits
are off, which would else be all that is measured. `page`: it has its page too, and tells at which port. `shows`: what
the bot's clock shows at which moment of the monotonic clock that all processes of a machine share; it goes at the real
pace.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

import messages.language
from bot import app, service
from bot.context.context import Context
from bot.context.sealed_actions import Action, Buttons
from bot.context.services import Services
from bot.exercises import rounds, versions
from bot.page import sessions
from bot.settings import Address
from bot.telegram.rate_limit import Departure, Pace
from flows.definitions.loader import HERE, load_process, the_process
from flows.definitions.model import Process
from messages.voice import Voice
from storage.store import Store
from storage.vault.vault import Keyring
from tests.bench.people import BOT, Crowd
from tests.bench.questions import COUNT, DONE, OPTIONS, TEXT
from tests.bench.towns import MASTER_KEY, ZONE, Town

TOKEN = "4200000001:" + "b" * 35
EXERCISE = "bench"
PAGE = "http://127.0.0.1"  # what stands in links; nobody follows one from there


def write_definitions(folder: Path) -> Path:
    """Put the process and the words there, with the exercise of the measurement among them."""
    process, words = folder / "process", folder / "words"
    shutil.copytree(HERE, process)
    shutil.copytree(messages.language.HERE / "sv", words / "sv")
    outline = process / "process.toml"
    outline.write_text(outline.read_text().replace('"commitment"', f'"commitment", "{EXERCISE}"', 1))
    options = ", ".join(f'"{o.lower()}"' for o in OPTIONS)
    question = '[[question]]\nid = "q{n}"\nkind = "choice"\noptions = [' + options + "]\n"
    head = 'serves = ["0.1"]\nhow = "each"\nminutes = 5\naudience = "group"\n'
    (process / f"0.1-{EXERCISE}.toml").write_text(head + "".join(question.format(n=n) for n in range(COUNT)))
    texts = "".join(
        f'[question.q{n}]\ntext = "{TEXT.format(n=n + 1)}"\nshort = "Fråga {n + 1}"\n' for n in range(COUNT)
    )
    shared = "[options]\n" + "".join(f'{o.lower()} = "{o}"\n' for o in OPTIONS)
    head = 'title = "Mätning"\nlead = "Mäter."\nguide = "Mäter."\ndiscuss = "Mäter."\n'
    (words / "sv" / f"0.1-{EXERCISE}.toml").write_text(head + shared + texts)
    spoken = words / "sv" / "interface" / "exercises.toml"
    spoken.write_text(spoken.read_text().replace("Inlämnat, tack", f"{DONE} Inlämnat, tack"))
    return folder


def read_definitions(folder: Path) -> tuple[Process, Voice]:
    """What `write_definitions` has put there."""
    return load_process(folder / "process"), Voice("sv", folder / "words")


async def begin_exercise(town: Town, groups: Iterable[int], folder: Path) -> list[Crowd]:
    """Begin the exercise of `write_definitions` in these groups, as if the bot had been there and invited all just now.

    Returns the people who can answer.
    """
    keyring = Keyring(MASTER_KEY)
    process, voice = read_definitions(folder)
    people = []
    store = await Store.open(town.path, keyring=keyring, clock=lambda: datetime.now(UTC))
    try:
        process, earlier = await versions.load_versions(store, process, voice)
        services = Services(
            process, voice, Buttons(keyring.button_key), ZONE, str(BOT["username"]), 42, exercise_versions=earlier
        )
        async with store.work() as work:
            ctx = Context(services, work, datetime.now(UTC))
            await work.update_log.heartbeat(ctx.now)
            for number in groups:
                group = await work.groups.get(number)
                run = await rounds.begin(ctx, group, process.exercises[EXERCISE])
                members = await work.members.of_group(number)
                link = ctx.link(Action("open", run.number))
                people.append((members[0].user_id, len(members), link.partition("=")[2]))
            while waiting := await work.outbox.due(ctx.now, 1000):  # the people come by themselves
                for item in waiting:
                    await work.outbox.sent(item.id, 1)
    finally:
        await store.close()
    return people


async def sign_in(town: Town, groups: Iterable[int]) -> list[str]:
    """Sign everybody of these groups in on the page; the secrets of their browsers."""
    keyring, secrets = Keyring(MASTER_KEY), []
    store = await Store.open(town.path, keyring=keyring, clock=lambda: datetime.now(UTC))
    try:
        services = Services(
            the_process(), Voice("sv"), Buttons(keyring.button_key), ZONE, str(BOT["username"]), 42, page_url=PAGE
        )
        async with store.work() as work:
            ctx = Context(services, work, datetime.now(UTC))
            for number in groups:
                members = await work.members.of_group(number)
                secrets += [await sessions.begin(ctx, member.person_id, "") for member in members]
    finally:
        await store.close()
    return secrets


def ticking(shown: str, moment: float) -> Callable[[], datetime]:
    """A clock that shows this at that moment."""
    then = datetime.fromisoformat(shown)
    return lambda: then + timedelta(seconds=time.monotonic() - moment)


class Unlimited(Pace):
    """As fast as Telegram would take it if it had no limits."""

    def room(self) -> int:
        """How many more messages may go now."""
        return 1000

    def resting(self) -> dict[str, float]:
        """The chats that must wait."""
        return {}

    def count(self, chat: str, *, message: bool = True) -> Departure:
        """A call goes now."""
        return Departure(0.0)


async def main(options: dict[str, Any]) -> None:
    """Run until killed."""
    own = options.get("definitions")
    process, voice = read_definitions(Path(own)) if own else (the_process(), Voice("sv"))
    shows = options.get("shows")
    async with app.assembled(
        app.Setup(
            line=app.Line(TOKEN, options["url"]),
            master_key=MASTER_KEY,
            database=Path(options["database"]),
            zone=ZONE,
            language="sv",
            clock=ticking(*shows) if shows else lambda: datetime.now(UTC),
            needs_activation=True,
            contents=app.Contents(process, voice),
            page_url=PAGE if options.get("page") else "",
        )
    ) as bot:
        if options.get("unlimited"):
            bot.sender._pace = Unlimited(time.monotonic)
        service.settle_in()
        address = Address("127.0.0.1", 0) if options.get("page") else None
        async with service.paged(bot, lambda: datetime.now(UTC), address) as where:
            print("up", flush=True)
            if where:
                print(where[1], flush=True)
            await service.serve(bot, asyncio.Event())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:  # as bot.service.run does
        loop.run(main(json.loads(sys.argv[1])))
