"""A plugin of pytest that runs the tests once as they are, and then for each fault those that reach its function.

The tests are read once; each fault is tried in a fork, where the code of the living functions is exchanged. So nothing
is written to disk, and a fault costs no more than its tests.
"""

import functools
import gc
import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Final

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from bot.demo.town import Town
from tests.mutants.faults import ROOT, Fault, faults

LEAST, TIMES = 20, 10  # CPU seconds that a fault may take: at least, and as many times as its tests took
WAITS = 60  # seconds on the clock beside that: what waits for ever uses no CPU
OUTCOMES: Final = ("noticed", "the same", "lived", "not reached", "untrue")
Key = tuple[str, str, int]  # of code: its file, name and first line


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be tried, and where the result goes."""

    files: list[str]
    same: Mapping[str, str]  # places of faults that change nothing, and why
    share: float
    seed: int
    result: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take what is asked for, as a file."""
    parser.addoption("--mutants", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Begin."""
    config.pluginmanager.register(Mutants(Asked(**json.loads(config.getoption("--mutants").read_text("utf-8")))))


class Mutants:
    """The plugin, told what to try."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._took: dict[pytest.Item, float] = {}
        self._reached: dict[str, set[pytest.Item]] = {}  # by "path function"

    def pytest_sessionstart(self) -> None:
        """Let chance be the same each time, and seek no smaller example."""
        settings.register_profile(
            "mutants", deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
        )
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests as they are, then with each fault."""
        if not self._clean(session.items):
            raise pytest.UsageError("the tests fail without any fault")
        tried = [fault for path in self._asked.files for fault in faults(path)]
        chosen = random.Random(self._asked.seed)
        tried = [fault for fault in tried if chosen.random() < self._asked.share]
        gc.unfreeze()
        results: dict[str, list[dict[str, object]]] = {outcome: [] for outcome in OUTCOMES}
        for number, fault in enumerate(tried, 1):
            outcome = self._outcome(fault)
            if outcome in OUTCOMES:
                results[outcome].append(asdict(fault))
            if outcome in OUTCOMES[2:]:
                sys.stderr.write(f"{number} of {len(tried)}, {outcome}: line {fault.line}: {fault.place}\n")
        Path(self._asked.result).write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")
        return True

    def _outcome(self, fault: Fault) -> str:
        """Try a fault; one that is said to change nothing, and is noticed, has an untrue reason."""
        items = self._reached.get(f"{fault.path} {fault.function}", set())
        outcome = self._try(fault, items) if items else "not reached"
        if fault.place in self._asked.same:
            return "untrue" if outcome == "noticed" else "the same"
        return outcome

    def _clean(self, items: list[pytest.Item]) -> bool:
        """Note which test reaches which function, and how long it takes; False if one fails."""
        files = {str(ROOT / path): path for path in self._asked.files}
        reached = set[str]()

        def note(frame: FrameType, event: str, argument: object) -> None:
            if event == "call" and (path := files.get(frame.f_code.co_filename)):
                for name in frame.f_code.co_qualname.split("."):
                    reached.add(f"{path} {name}")

        for item, following in zip(items, [*items[1:], None], strict=True):
            reached.clear()
            began = time.process_time()
            sys.setprofile(note)
            reports = runtestprotocol(item, log=False, nextitem=following)
            sys.setprofile(None)
            if any(report.failed for report in reports):
                sys.stderr.write(f"{item.nodeid}\n" + "".join(f"{r.longreprtext}\n" for r in reports))
                return False
            self._took[item] = time.process_time() - began
            for name in reached:
                self._reached.setdefault(name, set()).add(item)
        return True

    def _try(self, fault: Fault, items: Iterable[pytest.Item]) -> str:
        """Return what became of a fault; the quickest tests come first."""
        ordered = sorted(items, key=lambda item: (self._took[item], item.nodeid))
        allowed = max(LEAST, TIMES * sum(self._took[item] for item in ordered))
        child = os.fork()
        if not child:
            _quiet(int(allowed))
            try:
                os._exit(_run(fault, ordered))
            except BaseException:  # noqa: BLE001
                os._exit(1)  # whatever comes out of a test's machinery has been noticed
        _, status = os.waitpid(child, 0)
        return {0: "lived", 3: "no fault"}.get(os.waitstatus_to_exitcode(status), "noticed")


def _quiet(seconds: int) -> None:
    """Say nothing, and end when the time is out."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds * 4 + WAITS)


def _run(fault: Fault, items: list[pytest.Item]) -> int:
    """Put the fault in and run the tests until one fails: 1 then, 0 if none does, 3 if nothing has changed by it."""
    if not _exchange(fault.put()):
        return 3
    Town.kept = {}  # what was played without the fault
    for item, following in zip(items, [*items[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return 1
    return 0


def _exchange(module: CodeType) -> bool:
    """Give the living functions of a module its new code, and forget what they have kept; False if it is as it was."""
    new = {_key(code): code for code in _codes(module)}
    changed = False
    for found in gc.get_objects():
        if isinstance(found, FunctionType):
            code = new.get(_key(found.__code__))
            if code is not None and code != found.__code__:
                found.__code__, changed = code, True
        elif isinstance(found, functools._lru_cache_wrapper):
            found.cache_clear()
    return changed


def _codes(code: CodeType) -> Iterable[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno
