"""Run the measurements and print them as a table: `make bench`, or

python -m tests.bench [--runs 3] [--people 200] [--delay 0]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BOTS = ("plain memory", "plain pickle", "plain commit", "ours")
SHOWN = (
    ("answers_per_second", "answers/s"),
    ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
    ("cpu_per_1000", "CPU s/1000"),
    ("peak_mb", "peak MB"),
)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def once(bot: str, people: int, delay: float) -> dict[str, Any]:
    """One run of one bot."""
    port = free_port()
    start = "/svara" if bot == "ours" else "/start"
    with tempfile.TemporaryDirectory() as folder:
        stand_in = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.standin", str(port), str(people), str(delay), start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert stand_in.stdout is not None
        assert stand_in.stdin is not None
        stand_in.stdout.readline()
        url = f"http://127.0.0.1:{port}"
        program = (
            ["tests.bench.bots.ours", url, folder, str(people)]
            if bot == "ours"
            else ["tests.bench.bots.plain", url, bot.split()[1], folder]
        )
        log = Path(folder, "log")
        with log.open("w") as written:
            running = subprocess.Popen(
                [sys.executable, "-m", *program], stdout=subprocess.PIPE, stderr=written, text=True
            )
        assert running.stdout is not None
        if running.stdout.readline().strip() != "up":
            raise SystemExit(f"{bot} did not start:\n{log.read_text()}")
        before = cpu_of(running.pid)
        stand_in.stdin.write("go\n")
        stand_in.stdin.flush()
        figures: dict[str, Any] = json.loads(stand_in.stdout.readline())
        spent = cpu_of(running.pid) - before
        running.kill()
        _, _, usage = os.wait4(running.pid, 0)
        stand_in.wait()
    if figures["finished"] < people:
        print(f"  {bot}: only {figures['finished']} of {people} came to the end", file=sys.stderr)
    figures["cpu_per_1000"] = 1000 * spent / figures["answers"]
    figures["peak_mb"] = usage.ru_maxrss / 1024
    return figures


def cpu_of(pid: int) -> float:
    """User and system seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """All bots, several runs each, taken in turn so that a drifting machine is fair to all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds of network, there and back")
    parser.add_argument("--bots", default=",".join(BOTS))
    options = parser.parse_args()
    bots = options.bots.split(",")
    runs: dict[str, list[dict[str, Any]]] = {bot: [] for bot in bots}
    for _ in range(options.runs):
        for bot in bots:
            runs[bot].append(once(bot, options.people, options.delay))
    print(f"{options.people} people, {options.delay:g} ms of network, median of {options.runs} runs")
    print("| bot | " + " | ".join(title for _, title in SHOWN) + " | × plain memory |")
    print("|---|" + "---:|" * (len(SHOWN) + 1))
    medians = {b: {k: statistics.median(f[k] for f in runs[b]) for k, _ in SHOWN} for b in bots}
    base = medians[bots[0]]["answers_per_second"]
    for bot in bots:
        shown = " | ".join(f"{medians[bot][key]:.1f}" for key, _ in SHOWN)
        print(f"| {bot} | {shown} | {medians[bot]['answers_per_second'] / base:.2f} |")


if __name__ == "__main__":
    main()
