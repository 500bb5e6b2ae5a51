"""The judge: evidence in, a verdict out. It knows no process, no clock and no database."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from tests.crash.evidence import Call, Evidence, Kept

ANSWERS = "Every acknowledged answer is stored exactly once, as it was said"
UPDATES = "No update is taken twice, skipped or put aside"
NOBODY_STUCK = "Nobody is stuck, and no message is left unsent"
REMINDERS = "Every reminder that fell due is sent"
DOUBLES = "A message comes twice only where the kill fell between Telegram's taking it and our mark"
POINTS = "There was a kill at every point"
WHOLE = "Database and backup are whole, and the bot never ended or complained by itself"
# What is broken even where everybody was given up on halfway.
FOR_CERTAIN = ("lost: ", "stored twice: ", "in another order: ")
STARVED = 0.15  # of the time in which a process wants to run; above that the machine is what was slow
PROMISES = (ANSWERS, UPDATES, NOBODY_STUCK, REMINDERS, DOUBLES, POINTS, WHOLE)


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was broken, and how."""

    promise: str
    what: str


@dataclass
class Verdict:
    """What was found. Verdicts of several bots can be added up."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)  # by point
    recoveries: list[float] = field(default_factory=list)  # seconds
    seconds: float = 0.0
    slow: list[str] = field(default_factory=list)  # what was given up on, as the machine was busy with others

    @property
    def held(self) -> bool:
        """Whether every promise was kept, and all could be judged."""
        return not self.findings and not self.slow

    def broken(self, promise: str) -> list[str]:
        """How a promise was broken."""
        return [finding.what for finding in self.findings if finding.promise == promise]

    def __add__(self, other: "Verdict") -> "Verdict":
        """Both together. The bots ran side by side, so the seconds are the longer ones."""
        return Verdict(
            [*self.findings, *other.findings],
            self.counts + other.counts,
            self.kills + other.kills,
            [*self.recoveries, *other.recoveries],
            max(self.seconds, other.seconds),
            [*self.slow, *other.slow],
        )


def judge(evidence: Evidence) -> Verdict:
    """Hold the evidence against the promises."""
    verdict = Verdict(seconds=evidence.seconds)
    for promise, look in (
        (ANSWERS, _answers),
        (UPDATES, _updates),
        (NOBODY_STUCK, _stuck),
        (REMINDERS, _reminders),
        (DOUBLES, _doubles),
        (POINTS, _points),
        (WHOLE, lambda evidence, _: iter(evidence.trouble)),
    ):
        verdict.findings += [Finding(promise, what) for what in look(evidence, verdict.counts)]
    if evidence.stuck and evidence.starved > STARVED:
        share = f"{evidence.starved:.0%} of the time was spent in waiting for a processor"
        verdict.slow = [f"{what} ({share})" for what in evidence.stuck]
        certain = [finding for finding in verdict.findings if finding.what.startswith(FOR_CERTAIN)]
        verdict.findings = certain + [f for f in verdict.findings if f.promise == UPDATES and "was taken in" in f.what]
    verdict.kills.update(kill.point for kill in evidence.kills)
    verdict.counts["unpolled"] += sum(not kill.polled for kill in evidence.kills)
    verdict.recoveries += [kill.recovered for kill in evidence.kills if kill.recovered is not None]
    verdict.counts.update({"people": evidence.people, "groups": evidence.groups})
    return verdict


def again_after(point: str) -> str:
    """How the calls are counted that were made again because of a kill at that point."""
    return f"again after {point}"


def recovery(verdict: Verdict) -> tuple[float, float]:
    """Seconds from a kill to the next poll: median and most."""
    found = verdict.recoveries or [0.0]
    return median(found), max(found)


# -- each promise ------------------------------------------------------------------------------------------------------
def _answers(evidence: Evidence, counts: Counter[str]) -> Iterator[str]:
    counts["answers"] += sum(map(len, evidence.told.values()))
    counts["rows"] += sum(map(len, evidence.rows_told.values()))
    yield from _compared(evidence.told, evidence.stored, in_order=True)
    yield from _compared(evidence.rows_told, evidence.rows_stored, in_order=False)


def _compared(told: Kept, stored: Kept, *, in_order: bool) -> Iterator[str]:
    for place in sorted({*told, *stored}):
        wanted, found = list(told.get(place, ())), list(stored.get(place, ()))
        lost, more = _beyond(wanted, found), _beyond(found, wanted)
        yield from (f"lost: {place}: {value}" for value in lost)
        yield from (
            f"{'stored twice' if value in wanted else 'stored, though nobody was told'}: {place}: {value}"
            for value in more
        )
        if in_order and not lost and not more and wanted != found:
            yield f"in another order: {place}: {found}"


def _beyond(these: Sequence[Any], those: Sequence[Any]) -> list[Any]:
    """What there is of these beyond those, each as often as it is."""
    left, beyond = list(those), []
    for one in these:
        if one in left:
            left.remove(one)
        else:
            beyond.append(one)
    return beyond


def _updates(evidence: Evidence, counts: Counter[str]) -> Iterator[str]:
    counts["updates"] += evidence.last_update - evidence.first_update + 1
    if evidence.next_offset != evidence.last_update + 1:
        yield f"the next offset is {evidence.next_offset}, after the last update {evidence.last_update}"
    lives = defaultdict(list)
    for update, life in evidence.taken:
        lives[update].append(life)
    for update in range(evidence.first_update, evidence.last_update + 1):
        if not lives[update]:
            yield f"update {update} was not taken"
        elif len(lives[update]) > 1:
            yield f"update {update} was taken in life {' and in life '.join(map(str, lives[update]))}"
    if evidence.dead_letters:
        yield f"{evidence.dead_letters} put aside"


def _stuck(evidence: Evidence, counts: Counter[str]) -> Iterator[str]:
    counts["messages"] += len(evidence.messages)
    refused = {call.row for call in evidence.calls if call.refused}
    yield from evidence.stuck
    for message in evidence.messages:
        if message.state == "failed" and message.row in refused:
            counts["refused"] += 1  # Telegram would not, whatever we do: the bot may not pin, say
        elif message.state in ("queued", "failed"):
            yield f"{message.kind} to {message.chat} is {message.state} at the end (row {message.row})"


def _reminders(evidence: Evidence, counts: Counter[str]) -> Iterator[str]:
    sent = defaultdict(list)
    for call in evidence.calls:
        if call.row and not call.refused and call.method == "sendMessage":
            sent[call.chat].append(call.row)
    for reminder in evidence.reminders:
        if reminder.at > evidence.ended:
            continue
        counts["reminders"] += 1
        rows = set(sent[reminder.chat])
        counts["reminders_twice"] += len(sent[reminder.chat]) > len(rows)
        if not rows:
            late = f"{evidence.ended - reminder.at:.1f} s after it fell due"
            yield f"not sent to {reminder.name}{', and not seen to' if reminder.waiting else ''}, {late}"
        elif len(rows) > 1:
            yield f"{reminder.name} was reminded {len(rows)} times, of different rows of the outbox"


def _doubles(evidence: Evidence, counts: Counter[str]) -> Iterator[str]:
    """A row that was not yet marked is the last of its queue in that life; only then a kill explains that it came
    again, and only in a later life."""
    taken: defaultdict[int, list[Call]] = defaultdict(list)
    last: dict[tuple[int, str | int], int] = {}
    for call in sorted((c for c in evidence.calls if c.row and not c.refused), key=lambda call: call.at):
        taken[call.row].append(call)
        last[call.life, _queue(call)] = call.row
    for message in evidence.messages:
        if message.state in ("sent", "replaced") and message.row not in taken:
            yield f"{message.kind} to {message.chat} is marked as sent, and Telegram has not seen it"
    killed = {kill.life: kill.point for kill in evidence.kills}
    between: set[int] = set()
    for row, calls in taken.items():
        for first, again in pairwise(calls):
            counts["doubled" if again.method.startswith("send") else "repeated"] += 1
            unmarked = last[first.life, _queue(first)] == row
            if first.life in killed and again.life > first.life and unmarked:
                between.add(first.life)
                counts[again_after(killed[first.life])] += 1
            else:
                yield f"{again.method} of row {row} came again in life {again.life}, and no kill explains it"
    counts["calls"] += sum(map(len, taken.values()))
    counts["kills_between"] += len(between)


def _queue(call: Call) -> str | int:
    """What the outbox does one at a time: a chat, but that of whoever asks for a question about a group."""
    return call.queue or call.chat


def _points(evidence: Evidence, _counts: Counter[str]) -> Iterator[str]:
    hit = Counter(kill.point for kill in evidence.kills)
    yield from (f"no kill at {point}" for point in evidence.wanted if not hit[point])
