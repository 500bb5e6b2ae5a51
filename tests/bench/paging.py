"""How long a page takes at the server, beside a tap in the chat: by as many people at once, who are asked the same."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from tests.bench.bots import ours
from tests.bench.figures import Raw, Told, column, number, paragraph, percentile, ratios, shown, table
from tests.bench.processes import Trouble, Watch, running, standing_in
from tests.bench.setting import Setting
from tests.bench.talking import A_GROUP, OURS, PATIENCE, converse, prepare
from tests.bench.towns import last_row
from tests.bench.visitors import ANSWER

PEOPLE = 200
TAP = "tap"
KINDS = {
    TAP: "a tap in the chat, to the next question",
    "home": "*Hem*",
    "conversation": "*Samtal*",
    "group": "*Gruppen*",
    "exercise": "*Övning*, all questions on a page",
    ANSWER: "an answer on the page, to the next question",
}


def measure(setting: Setting) -> Raw:
    """Everybody in the chat, then everybody on the page, again and again."""
    prepared, crowds = prepare(setting, PEOPLE)
    secrets = asyncio.run(ours.sign_in(prepared, range(1, PEOPLE // A_GROUP + 1)))
    tokens = [token for _, count, token in crowds for _ in range(count)]
    runs: list[Raw] = []
    for run in range(setting.runs):
        program = {"definitions": str(setting.definitions), "unlimited": True}
        found: Raw = {}
        for where in ("chat", "page"):
            shutil.copytree(prepared.path.parent, setting.folder / "run")
            database = setting.folder / "run" / prepared.path.name
            if where == "chat":
                told = converse(setting, OURS, {**program, "database": str(database)}, crowds)
                found[TAP] = {name: told[f"{name}_ms"] for name in ("p50", "p99")}
                found["others_cores"] = told["others_cores"]
            else:
                found |= _visited(database, program, list(zip(secrets, tokens, strict=True)))
            shutil.rmtree(setting.folder / "run")
        runs.append(found)
        setting.tell(f"page, run {run + 1} of {setting.runs}: " + _in_short(found))
    shutil.rmtree(prepared.path.parent)
    return {"people": PEOPLE, "runs": runs}


def _visited(database: Path, program: Raw, people: list[tuple[str, str]]) -> Raw:
    """Everybody is on the page. Raises Trouble, also where an answer that was shown as taken is not on the disk."""
    with standing_in(people=[]) as telegram:
        options = {"url": telegram.url, **program, "database": str(database), "page": True}
        with running(["-m", "tests.bench.bots.ours", json.dumps(options)]) as bot:
            port, kept, watch = int(bot.line(PATIENCE)), last_row(database), Watch(bot, telegram)
            with running(["-m", "tests.bench.visitors", json.dumps({"port": port, "people": people})], {}) as visitors:
                times: dict[str, list[float]] = json.loads(visitors.line(PATIENCE))
            others = watch.others()
    if (stored := last_row(database) - kept) < len(times[ANSWER]):
        raise Trouble(f"{len(times[ANSWER])} answers stood on the page, and only {stored} are in the database")
    found: Raw = {kind: {"p50": percentile(took, 0.50), "p99": percentile(took, 0.99)} for kind, took in times.items()}
    return found | {"page_others_cores": others}


def _in_short(found: Raw) -> str:
    return ", ".join(f"{kind} {number(found[kind]['p50'])} ms (p99 {number(found[kind]['p99'])})" for kind in KINDS)


def told(raw: Raw) -> Told:
    """The page's part on this."""
    columns = {kind: [run[kind] for run in raw["runs"]] for kind in KINDS}
    taps = column(columns[TAP], "p50")
    rows = [
        [
            title,
            shown(column(columns[kind], "p50"), " ms"),
            shown(column(columns[kind], "p99"), " ms"),
            shown(ratios(column(columns[kind], "p50"), taps), "×"),
            shown(ratios(column(columns[kind], "p99"), column(columns[TAP], "p99")), "×"),
        ]
        for kind, title in KINDS.items()
    ]
    head = ["", "median", "p99", "median, to a tap's", "p99, to a tap's"]
    lines = [
        paragraph(
            f"**{number(raw['people'])} people at once**, each asking again as soon as they are answered,",
            f"{len(raw['runs'])} runs",
        ),
        "",
        *table(head, rows),
        "",
        "With so many at once nearly all of the time is waiting in line, for a tap as for a page.",
    ]
    return Told(lines, [])
