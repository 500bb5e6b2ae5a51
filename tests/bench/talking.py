"""How many answers a second, how soon, at which cost: ours beside the plain bots, near and with a network between."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import statistics
from pathlib import Path

from tests.bench.bots import ours
from tests.bench.figures import Goal, Raw, Told, column, number, paragraph, percentile, ratios, shown, table
from tests.bench.people import Crowd
from tests.bench.processes import Trouble, Watch, running, standing_in
from tests.bench.setting import Setting
from tests.bench.town_rows import FIRST_USER
from tests.bench.towns import Shape, Town, last_row

A_GROUP = 8
OURS, MEMORY, COMMIT = "ours", "plain, in memory", "plain, a commit per answer"
PLAIN = {MEMORY: "memory", "plain, its own pickle persistence": "pickle", COMMIT: "commit"}
CROWDS = (200, 2000)
WHILE = 10.0  # seconds: a slow bot is measured for so long, and need not come to the end
PATIENCE = 300.0  # seconds until everyone has been asked, or one flush is done
MS = 50  # of network, there and back
COLUMNS = (
    ("answers_per_second", "answers/s", ""),
    ("p50_ms", "p50", " ms"),
    ("p99_ms", "p99", " ms"),
    ("cpu_per_1000", "CPU for 1 000 answers", " s"),
    ("peak_mb", "peak memory", " MB"),
)


# -- measuring ---------------------------------------------------------------------------------------------------------
def measure(setting: Setting) -> Raw:
    """Everyone answers at once, with no network between."""
    near = {}
    for people in CROWDS:
        runs = setting.runs if people == CROWDS[0] else max(2, setting.runs - 2)
        near[str(people)] = _side_by_side(setting, people, 0, runs)
    return {"ceiling": _ceiling(setting), "near": near, "flush": _flushes(setting)}


def measure_far(setting: Setting) -> Raw:
    """The same with a network that takes a while."""
    runs = max(2, setting.runs - 2)
    return {"ms": MS, "people": CROWDS[0], "while": WHILE, "runs": _side_by_side(setting, CROWDS[0], MS, runs)}


def _side_by_side(setting: Setting, people: int, delay_ms: float, runs: int) -> dict[str, list[Raw]]:
    """Every bot in turn, again and again, so that a machine that drifts is fair to all."""
    figures: dict[str, list[Raw]] = {bot: [] for bot in (*PLAIN, OURS)}
    prepared, crowds = prepare(setting, people)
    for run in range(runs):
        for bot, found in figures.items():
            if bot == OURS:
                shutil.copytree(prepared.path.parent, setting.folder / "run")
                program = {
                    "database": str(setting.folder / "run" / prepared.path.name),
                    "definitions": str(setting.definitions),
                    "unlimited": True,
                }
            else:
                (setting.folder / "run").mkdir()
                program = {"how": PLAIN[bot]}
            who = crowds if bot == OURS else [(FIRST_USER, people, "")]
            found.append(converse(setting, bot, program, who, delay_ms))
            shutil.rmtree(setting.folder / "run")
            far = f", {delay_ms:g} ms away" if delay_ms else ""
            setting.tell(
                f"{people} people{far}, run {run + 1} of {runs}, {bot}: "
                f"{number(found[-1]['answers_per_second'])} answers/s, p99 {number(found[-1]['p99_ms'])} ms"
            )
    shutil.rmtree(prepared.path.parent)
    return figures


def prepare(setting: Setting, people: int) -> tuple[Town, list[Crowd]]:
    """A town of groups of eight in which the exercise has been begun; who can answer there."""
    built = setting.towns.get(Shape(people // A_GROUP, A_GROUP))
    home = setting.folder / "prepared"
    shutil.copytree(built.path.parent, home)
    town = Town(home / built.path.name, built.shape)
    return town, asyncio.run(ours.begin_exercise(town, range(1, built.shape.groups + 1), setting.definitions))


def converse(
    setting: Setting, bot: str, program: Raw, crowds: list[Crowd], delay_ms: float = 0, flush: bool = False
) -> Raw:
    """One conversation of these people with one bot."""
    run = setting.folder / "run"
    database = Path(program["database"]) if bot == OURS else run / "plain.db" if bot == COMMIT else None
    with standing_in(people=crowds, delay_ms=delay_ms) as telegram:
        if bot == OURS:
            arguments = ["-m", "tests.bench.bots.ours", json.dumps({"url": telegram.url, **program})]
        else:
            arguments = ["-m", "tests.bench.bots.plain", telegram.url, program["how"], str(run)]
        with running(arguments) as process:
            asked, people = telegram.ask("begin", PATIENCE)["asked"], sum(count for _, count, _ in crowds)
            if asked < people:
                raise Trouble(f"{bot}: {asked} of {people} were asked the first question\n{process.complaint()}")
            kept = last_row(database) if database else 0
            watch = Watch(process, telegram)
            figures = telegram.ask(f"go {WHILE}", PATIENCE)
            (spent, busy), others, peak = watch.cpu(), watch.others(), process.peak_mb()
            if flush:
                process.signal(signal.SIGUSR1)
                figures["flush"] = float(process.line(PATIENCE))
    latencies, answers = figures.pop("latencies"), figures["answers"]
    if not figures["whole"] and figures["seconds"] < WHILE:
        raise Trouble(f"{bot} has fallen silent: {figures['finished']} people came to the end")
    if database and (stored := last_row(database) - kept) < answers:  # it was killed meanwhile
        raise Trouble(f"{bot}: {answers} answers were acknowledged, and only {stored} are in the database")
    return figures | {
        "answers_per_second": answers / figures["seconds"],
        "p50_ms": percentile(latencies, 0.50),
        "p99_ms": percentile(latencies, 0.99),
        "cpu_per_1000": 1000 * spent / answers,
        "peak_mb": peak,
        "stand_in_busy": busy / figures["seconds"],
        "others_cores": others,
    }


def _ceiling(setting: Setting) -> Raw:
    """What the stand-in can take: a bot that does nothing but ask on."""
    everybody = [(FIRST_USER, CROWDS[-1], "")]
    with (
        standing_in(people=everybody) as telegram,
        running(["-m", "tests.bench.bots.nothing", telegram.url]) as bot,
    ):
        telegram.ask("begin", PATIENCE)
        watch = Watch(telegram, bot)
        figures = telegram.ask(f"go {WHILE}", PATIENCE)
        busy, spent = watch.cpu()
    found = {
        "answers_per_second": figures["answers"] / figures["seconds"],
        "stand_in_busy": busy / figures["seconds"],
        "bot_busy": spent / figures["seconds"],
        "at_full": figures["answers"] / busy,
    }
    setting.tell(f"the stand-in by itself: {number(found['answers_per_second'])} answers/s")
    return found


def _flushes(setting: Setting) -> dict[str, float]:
    """For how long one flush of the library's own persistence stops everything, by the number of people."""
    found = {}
    for people in CROWDS:
        (setting.folder / "run").mkdir()
        figures = converse(setting, "plain, flushed", {"how": "pickle"}, [(FIRST_USER, people, "")], flush=True)
        shutil.rmtree(setting.folder / "run")
        found[str(people)] = figures["flush"]
        setting.tell(f"one flush of pickles for {people} people: {number(figures['flush'])} s")
    return found


# -- telling -----------------------------------------------------------------------------------------------------------
def told(raw: Raw) -> Told:
    """The page's part on this."""
    ceiling, lines, goals = raw["ceiling"], [], []
    for people, figures in raw["near"].items():
        lines += [f"**{number(int(people))} people at once**, {len(figures[OURS])} runs", "", *_table(figures), ""]
        if int(people) == CROWDS[0]:
            faster = ratios(*_both(figures, "answers_per_second"))
            sooner = ratios(*_both(figures, "p99_ms"))
            goals = [
                Goal(
                    f"Answers a second, {people} people, to a plain bot in memory",
                    "≥ 3× (aim: 4.5×)",
                    shown(faster, "×"),
                    statistics.median(faster) >= 3,
                ),
                Goal(f"p99, {people} people, to its", "< 0.33×", shown(sooner, "×"), statistics.median(sooner) < 1 / 3),
            ]
    busiest = max(run["stand_in_busy"] for figures in raw["near"].values() for runs in figures.values() for run in runs)
    flushes = ", ".join(
        f"{number(seconds)} s with {number(int(people))} people" for people, seconds in raw["flush"].items()
    )
    lines += [
        paragraph(
            f"The stand-in is not what is measured: it took {number(ceiling['answers_per_second'])} answers a second",
            f"from a bot that does nothing, which was itself busy for {100 * ceiling['bot_busy']:.0f} % of the time,",
            f"and by its own use of the processor could take {number(ceiling['at_full'])}. In the runs above it was",
            f"busy for {100 * busiest:.0f} % of the time at most.",
        ),
        "",
        paragraph(
            "Once a minute the library's pickle persistence is written out, and nobody is answered meanwhile:",
            f"{flushes}. The runs above are too short to meet that.",
        ),
    ]
    return Told(lines, goals)


def told_far(raw: Raw) -> Told:
    """The same for the network."""
    figures = raw["runs"]
    faster, (ours_rate, _) = ratios(*_both(figures, "answers_per_second")), _both(figures, "answers_per_second")
    one_call = 1000 / raw["ms"]
    lines = [
        f"**{raw['people']} people at once, {raw['ms']} ms there and back**, {len(figures[OURS])} runs",
        "",
        *_table(figures),
        "",
        paragraph(
            "A plain bot takes one update at a time, and makes two calls for each answer, as the library's guide has",
            "it: one stops the button's spinner, one asks on. So does ours, but no answer waits for another's calls.",
            f"(The measure ends after {raw['while']:.0f} s: the plain bots' slowest answers are not among these.) A",
            f"plain bot that left the spinner alone could take {number(one_call)} answers a second at most; ours takes",
            f"{number(statistics.median(ours_rate) / one_call)} times that.",
        ),
    ]
    goal = Goal(
        f"Answers a second with {raw['ms']} ms of network, to a plain bot in memory",
        "≥ 40×",
        shown(faster, "×"),
        statistics.median(faster) >= 40,
    )
    return Told(lines, [goal])


def _both(figures: dict[str, list[Raw]], key: str) -> tuple[list[float], list[float]]:
    return column(figures[OURS], key), column(figures[MEMORY], key)


def _table(figures: dict[str, list[Raw]]) -> list[str]:
    head = ["", *(title for _, title, _ in COLUMNS), "answers/s to plain in memory"]
    base = column(figures[MEMORY], "answers_per_second")
    rows = [
        [
            bot,
            *(shown(column(runs, key), unit) for key, _, unit in COLUMNS),
            shown(ratios(column(runs, "answers_per_second"), base), "×"),
        ]
        for bot, runs in figures.items()
    ]
    return table(head, rows)
