"""Play an operator: every drill, or those named. Exit code 1 if one fails."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.drills import drills, guide, proxies, upgrades
from tests.drills.operator import machine


def all_drills() -> Iterator[tuple[str, drills.Drill, str]]:
    """Name, drill, and what keeps it from being played here."""
    for drill in (*drills.SHORT, *drills.LONG, *drills.AS_ROOT):
        rootless = "" if os.geteuid() == 0 or drill not in drills.AS_ROOT else "a disk of its own needs root"
        yield drill.__name__, drill, rootless
    yield "behind_nginx", proxies.behind_nginx, proxies.hindrance("nginx")
    yield "behind_caddy", proxies.behind_caddy, proxies.hindrance("caddy")
    yield "by_the_page", guide.by_the_page, guide.hindrance()
    history = "" if (upgrades.ROOT / ".git").exists() else "the older programs are in git's history, which is not here"
    for version in upgrades.VERSIONS:
        yield f"upgraded_from_{version}", partial(upgrades.upgraded, version), ""
        yield f"back_to_{version}", partial(upgrades.back_again, version), history


async def play(drill: drills.Drill) -> str:
    """Play one; what went wrong, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            async with machine(Path(folder)) as made:
                await drill(made)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are played
            return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])
    return ""


def main() -> int:
    """Play, and print how each went."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("names", nargs="*", help="those that begin so (all)")
    names, failed = tuple(parser.parse_args().names), 0
    for name, drill, hindered in all_drills():
        if names and not name.startswith(names):
            continue
        began = time.monotonic()
        trouble = "" if hindered else asyncio.run(play(drill))
        failed += bool(trouble)
        how = f"not played: {hindered}" if hindered else "FAILED" if trouble else "as it should be"
        sys.stdout.write(f"{name:24} {time.monotonic() - began:5.0f} s  {how}\n{trouble}")
        sys.stdout.flush()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
