"""What an answer costs as the database grows: in a town of ten groups, and in one of ten thousand."""

from __future__ import annotations

import asyncio
import statistics

from tests.bench.bots import ours
from tests.bench.figures import Goal, Raw, Told, column, number, ratios, shown, table
from tests.bench.setting import Setting
from tests.bench.talking import OURS, converse
from tests.bench.towns import Shape

FEW, MANY = 10, 10_000
WAITING = 10  # members of each group with a reminder ahead: 100 000 in the large town
ALL_PLAYED = ("direction", "readiness", "commitment", "reflection_explore")  # 25 answers of each of 20 members
GROWTH = 0.10
PEOPLE = 20  # of each of so many groups at once as the small town has


def few(setting: Setting) -> Shape:
    """The small town."""
    return _shape(setting, FEW)


def many(setting: Setting) -> Shape:
    """The large one."""
    return _shape(setting, MANY)


def _shape(setting: Setting, groups: int) -> Shape:
    """In full size five million answers in the large town, else a fifth of that."""
    played = ALL_PLAYED if setting.full else ALL_PLAYED[:1]
    return Shape(groups, PEOPLE, played, WAITING, least=30, most=230)


def measure(setting: Setting) -> Raw:
    """The same people answer the same in both, in turn."""
    towns = {"few": setting.towns.get(few(setting)), "many": setting.towns.get(many(setting))}
    runs: dict[str, list[Raw]] = {name: [] for name in towns}
    for run in range(setting.runs):
        for name, town in towns.items():
            with town.opened(setting.folder) as mine:
                groups = mine.fresh_groups(FEW, ours.EXERCISE)
                crowds = asyncio.run(ours.begin_exercise(mine, groups, setting.definitions))
                program = {"database": str(mine.path), "definitions": str(setting.definitions), "unlimited": True}
                found = converse(setting, OURS, program, crowds)
            runs[name].append(found)
            setting.tell(
                f"growth, run {run + 1} of {setting.runs}, {town.shape.groups} groups: "
                f"{found['cpu_per_1000']:.2f} s of CPU for 1 000 answers, p99 {found['p99_ms']:.0f} ms"
            )
    return {"runs": runs, "sizes": {name: town.sizes() for name, town in towns.items()}}


def told(raw: Raw) -> Told:
    """The page's part on this."""
    columns = (("cpu_per_1000", " s"), ("per_1000", " s"), ("p50_ms", " ms"), ("p99_ms", " ms"), ("peak_mb", " MB"))
    runs = {
        name: [run | {"per_1000": 1000 / run["answers_per_second"]} for run in found]
        for name, found in raw["runs"].items()
    }
    rows = []
    for name, size in raw["sizes"].items():
        groups, answers, megabytes = (number(size[key]) for key in ("groups", "answers", "mb"))
        title = f"{groups} groups, {answers} answers ({megabytes} MB)"
        rows.append([title, *(shown(column(runs[name], key), unit) for key, unit in columns)])
    growth = {key: ratios(column(runs["many"], key), column(runs["few"], key)) for key, _ in columns}
    rows.append(["grown", *(shown(growth[key], "×") for key, _ in columns)])
    lines = [
        *table(["", "CPU for 1 000 answers", "time for 1 000 answers", "p50", "p99", "peak memory"], rows),
        "",
        f"{FEW * PEOPLE} people of {FEW} groups at once, who lie far from each other in the large town.",
    ]
    few, many = raw["sizes"]["few"], raw["sizes"]["many"]
    among = f"among {number(many['answers'])} in {number(many['groups'])} groups, to {number(few['groups'])} groups"
    goals = [
        Goal(
            f"{what} of an answer {among}",
            f"≤ {1 + GROWTH:.2f}×",
            shown(growth[key], "×"),
            statistics.median(growth[key]) <= 1 + GROWTH,
        )
        for what, key in (("CPU", "cpu_per_1000"), ("Time", "per_1000"))
    ]
    return Told(lines, goals)
