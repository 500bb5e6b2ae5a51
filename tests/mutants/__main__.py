"""Put small faults into the code: `python -m tests.mutants [ROOM…] [--share 0.2] [--seed 1]` writes tests/MUTANTS.md.

Each room of the code (`rooms.toml`) is tried with the tests beside it; what no test notices is printed with its place.
With a share, faults are drawn by chance, the same ones for the same seed. Rooms that are not named keep their result.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.mutants.faults import ROOT

ROOMS, PAGE = Path(__file__).with_name("rooms.toml"), ROOT / "tests/MUTANTS.md"
HEAD = """# Small faults, and whether a test beside them notices

Made by `make mutants`, which puts one fault at a time into the code (`tests/mutants/faults.py`) and runs the tests that
reach its function, of those beside its room (`tests/mutants/rooms.toml`, which also says of some faults why they change
nothing that anybody could notice). A share was drawn by chance with the seed that is named.
"""
QUICK = "not slow and not browser"  # the tests of a room, unless it says otherwise
Found = Mapping[str, list[dict[str, Any]]]


def main() -> int:
    """Try the rooms one after the other; 1 if too few of a room's faults were noticed, or a reason is untrue."""
    rooms = tomllib.loads(ROOMS.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(rooms))
    parser.add_argument("--share", type=float, default=1.0, help="of the faults, such as 0.2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=95.0, help="per cent that must be noticed")
    given = parser.parse_args()
    enough = True
    for name in given.rooms or rooms:
        found = _tried(rooms[name], given.share, given.seed)
        share = _noticed(found)
        write(name, section(name, found, f"share {given.share:g}, seed {given.seed}"))
        sys.stdout.write(f"{name}: {share:.1f} % noticed\n")
        enough &= share >= given.least and not found["untrue"]
    return int(not enough)


def _tried(room: Mapping[str, Any], share: float, seed: int) -> Found:
    """Try a room in a process of its own, as the code of one room must not be exchanged under the next."""
    files = [str(path.relative_to(ROOT)) for pattern in room["code"] for path in sorted(ROOT.glob(pattern))]
    same = {one["fault"]: one["why"] for one in room.get("same", ())}
    with tempfile.TemporaryDirectory() as folder:
        request, result = Path(folder) / "asked.json", Path(folder) / "found.json"
        asked = {"files": files, "same": same, "share": share, "seed": seed, "result": str(result)}
        request.write_text(json.dumps(asked), encoding="utf-8")
        tests = ["-n0", "-q", "-p", "no:cacheprovider", "-m", room.get("marked", QUICK), *room["tests"]]
        plugin = ["-p", "tests.mutants.runner", "--mutants", str(request)]
        subprocess.run([sys.executable, "-m", "pytest", *plugin, *tests], cwd=ROOT, check=True)
        found: Found = json.loads(result.read_text(encoding="utf-8"))
        return found


def _noticed(found: Found) -> float:
    counted = sum(len(found[outcome]) for outcome in ("noticed", "lived", "not reached"))
    return 100 * len(found["noticed"]) / counted if counted else 100.0


def section(name: str, found: Found, drawn: str) -> str:
    """Return what the page says of a room."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    counts = ", ".join(f"{len(faults)} {outcome}" for outcome, faults in found.items())
    lines = [f"## {name}", "", f"{commit.stdout.strip()}, {drawn}: {counts}. **{_noticed(found):.1f} %**", ""]
    lines += [
        f"- {outcome}: `{one['path']}:{one['line']}` {one['function']}, {one['what']}: `{one['source']}`"
        for outcome in ("lived", "not reached", "untrue")
        for one in found[outcome]
    ]
    return "\n".join(lines).rstrip() + "\n"


def write(name: str, section: str) -> None:
    """Put a room's section in the place of the one that the page has."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    parts = {part.partition("\n")[0]: f"## {part}".rstrip() + "\n" for part in page.split("\n## ")[1:]}
    parts[name] = section
    PAGE.write_text("\n".join([HEAD, *(parts[one] for one in sorted(parts))]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
