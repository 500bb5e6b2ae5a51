"""The page of results, and the same in short for the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.bench.figures import number
from tests.crash import judge, points
from tests.crash.judge import Verdict, again_after, recovery

PAGE = Path(__file__).with_name("RESULTS.md")
FOUND = 10  # findings that are written out for each promise

INTRO = """\
# Killed again and again

The real bot runs against the sandbox over HTTP and is killed with SIGKILL, at random moments and at every point where
something could be lost, while people of several towns talk with it and reminders fall due. Then what people were told
is held against what is stored, and what Telegram saw against what is marked as sent. See [README.md](README.md).\
"""

EXPLAINED = """\
{unpolled} of the kills came before that life had polled: the bot was killed again while it was starting.

A call is made again when the kill fell after Telegram had taken it and before it was marked as sent; calls to several
chats are under way at once. Each call tells in a header of the test which row of the outbox it is about, so a message
that comes twice for any other reason is found. What Telegram refuses of itself (the bot may not pin messages in these
groups) was refused {refused} times, and is no trouble.\
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the run was asked for, and where and when it was made."""

    kills: int
    seed: int
    bots: int
    on: date
    machine: Mapping[str, str]


def lines(verdict: Verdict) -> list[tuple[str, str, bool]]:
    """Each promise: what was found, and whether it was kept."""
    count = defaultdict(lambda: "0", {name: number(many) for name, many in verdict.counts.items()})
    median, most = recovery(verdict)
    hit = [place for place in points.POINTS if verdict.kills[place]]
    figures = {
        judge.ANSWERS: f"{count['answers']} versions of answers and {count['rows']} rows of registers were told saved",
        judge.UPDATES: f"{count['updates']} updates taken",
        judge.NOBODY_STUCK: f"{count['people']} people in {count['groups']} towns came to the end; after a kill "
        f"the bot polled again within {median:.2f} s (median), {most:.2f} s at most",
        judge.REMINDERS: f"{count['reminders']} reminders fell due; {count['reminders_twice']} of them came twice",
        judge.DOUBLES: f"{count['doubled']} of {count['messages']} messages came twice, {count['repeated']} other "
        f"calls (edits, questions) were repeated; {count['kills_between']} kills fell in between",
        judge.POINTS: f"{len(hit)} of {len(points.POINTS)} points, {number(verdict.kills.total())} kills",
        judge.WHOLE: "looked into at the end; the newest backup was put back",
    }
    return [(what, _found(verdict, what) or figures[what], not verdict.broken(what)) for what in judge.PROMISES]


def written(verdict: Verdict, asked: Asked) -> str:
    """The page."""
    held = "**Every promise was kept.**" if verdict.held else "**Not every promise was kept.**"
    made = (
        f"{held} {number(verdict.kills.total())} kills of {_bots(asked.bots)} within "
        f"{verdict.seconds / 60:.1f} minutes, on {asked.on.isoformat()}. Again:"
    )
    again = f'```sh\nmake crash ARGS="--kills {asked.kills} --seed {asked.seed} --bots {asked.bots} --write"\n```'
    promises = ["| Promise | Found | |", "|---|---|---|"]
    promises += [f"| {what} | {found} | {'kept' if kept else '**broken**'} |" for what, found, kept in lines(verdict)]
    explained = EXPLAINED.format(unpolled=verdict.counts["unpolled"], refused=verdict.counts["refused"])
    machine = "\n".join(f"- {name}: {what}" for name, what in asked.machine.items())
    parts = [INTRO, made, again, "\n".join(promises), "## Where it was killed", _places(verdict), explained]
    return "\n\n".join([*parts, "## The machine", machine]) + "\n"


def _bots(count: int) -> str:
    return f"{count} bots side by side" if count > 1 else "one bot"


def _places(verdict: Verdict) -> str:
    rows = ["| Point | | kills | calls made again |", "|---|---|---:|---:|"]
    rows += [
        f"| `{place}` | {what} | {verdict.kills[place]} | {verdict.counts[again_after(place)]} |"
        for place, what in (points.RANDOM | points.POINTS).items()
    ]
    return "\n".join(rows)


def _found(verdict: Verdict, promise: str) -> str:
    broken = verdict.broken(promise)
    more = [f"and {len(broken) - FOUND} more"] if len(broken) > FOUND else []
    return "; ".join(what.replace("\n", " ").replace("|", "/") for what in [*broken[:FOUND], *more])
