"""From the start of the process to its first poll: seconds and memory, with few groups and with very many."""

from __future__ import annotations

import asyncio
import base64
import statistics
import time
from datetime import UTC, datetime

from messages.voice import the_voice
from storage.store import Store
from storage.vault.vault import Keyring
from tests.bench.bots.ours import TOKEN
from tests.bench.figures import Goal, Raw, Told, column, number, paragraph, shown, table
from tests.bench.growing import few, many
from tests.bench.processes import Trouble, running, standing_in
from tests.bench.setting import Setting
from tests.bench.towns import MASTER_KEY, Town

PATIENCE = 60.0  # seconds
SETTLED = 3.0  # seconds after the first poll, in which menus are set and the house is kept; their memory counts too
MOST_SECONDS, MOST_MB = 1.0, 120.0


def measure(setting: Setting) -> Raw:
    """`stadsbot run`, started again and again."""
    towns = {"few": setting.towns.get(few(setting)), "many": setting.towns.get(many(setting))}
    runs: dict[str, list[Raw]] = {name: [] for name in ("plain", *towns)}
    for run in range(setting.runs):
        runs["plain"].append(_plain(setting))
        for name, town in towns.items():
            with town.opened(setting.folder) as mine:
                runs[name].append(_ours(mine))
            setting.tell(
                f"start {run + 1} of {setting.runs}, {town.shape.groups} groups: "
                f"{runs[name][-1]['seconds']:.2f} s, {runs[name][-1]['peak_mb']:.0f} MB"
            )
    return {"runs": runs, "sizes": {name: town.sizes() for name, town in towns.items()}}


def _ours(town: Town) -> Raw:
    asyncio.run(_been_there_just_now(town))
    with standing_in() as telegram:
        environment = {
            "STADSBOT_TOKEN": TOKEN,
            "STADSBOT_MASTER_KEY": base64.urlsafe_b64encode(MASTER_KEY).decode(),
            "STADSBOT_DATABASE": str(town.path),
            "STADSBOT_API_URL": telegram.url,
        }
        arguments = ["-m", "bot", "--env-file", str(town.path.with_name("none")), "run"]
        with running(arguments, environment, grace=10) as bot:
            at = telegram.ask(f"polled {PATIENCE}", PATIENCE + 5)["at"]
            if at is None:
                raise Trouble(f"it never polled:\n{bot.complaint()}")
            found = {"seconds": at - bot.started, "cpu": bot.cpu(), "at_poll_mb": bot.peak_mb()}
            time.sleep(SETTLED)
            return found | {"peak_mb": bot.peak_mb()}


async def _been_there_just_now(town: Town) -> None:
    """Leave the file as a stopped bot does: one long away, or with a new promise, has something to tell all groups."""
    store = await Store.open(town.path, keyring=Keyring(MASTER_KEY), clock=lambda: datetime.now(UTC))
    async with store.work() as work:
        await work.update_log.heartbeat(datetime.now(UTC))
        await work.update_log.set_agreement(the_voice("sv").book("agreement")["version"])
    await store.close()


def _plain(setting: Setting) -> Raw:
    arguments = ["-m", "tests.bench.bots.plain"]
    with standing_in() as telegram, running([*arguments, telegram.url, "memory", str(setting.folder)]) as bot:
        at = telegram.ask(f"polled {PATIENCE}", PATIENCE + 5)["at"]
        memory = bot.peak_mb()
        return {"seconds": at - bot.started, "cpu": bot.cpu(), "at_poll_mb": memory, "peak_mb": memory}


def told(raw: Raw) -> Told:
    """The page's part on this."""
    names = {"plain": "plain, in memory, with nothing to remember"}
    for name, size in raw["sizes"].items():
        groups, reminders, answers, megabytes = (number(size[key]) for key in ("groups", "reminders", "answers", "mb"))
        names[name] = f"ours, {groups} groups, {reminders} reminders ahead, {answers} answers ({megabytes} MB)"
    columns = (("seconds", " s"), ("cpu", " s"), ("at_poll_mb", " MB"), ("peak_mb", " MB"))
    rows = [
        [names[name], *(shown(column(runs, key), unit) for key, unit in columns)] for name, runs in raw["runs"].items()
    ]
    lines = [
        *table(["", "to the first poll", "CPU for that", "memory then", f"peak {SETTLED:.0f} s later"], rows),
        "",
        paragraph(
            "Seconds are counted from the start of the process, so that Python and all libraries are loaded in them.",
            "The files lie in the page cache.",
        ),
    ]
    seconds, memory = column(raw["runs"]["many"], "seconds"), column(raw["runs"]["many"], "peak_mb")
    size = raw["sizes"]["many"]
    what = f"with {number(size['groups'])} groups and {number(size['reminders'])} reminders ahead"
    in_time, in_room = statistics.median(seconds) < MOST_SECONDS, statistics.median(memory) < MOST_MB
    return Told(
        lines,
        [
            Goal(f"First poll {what}", f"< {MOST_SECONDS:g} s", shown(seconds, " s"), in_time),
            Goal(f"Memory {what}", f"< {MOST_MB:g} MB", shown(memory, " MB"), in_room),
        ],
    )
