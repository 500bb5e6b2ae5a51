"""The crash program in short: every point once, and a few kills at random. `make crash` does it a thousand times."""

import sys
from pathlib import Path

import pytest

from tests.crash.judge import judge, recovery
from tests.crash.run import Plan, Run

SHORT = Plan(kills=20, seed=1, towns=2, people=3, hurry=True)


@pytest.mark.slow
async def test_killed_in_the_midst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a person was told is saved is there, once and as it was said, wherever the process was killed; nobody is
    stuck, no update is taken twice or put aside, each reminder comes, and nothing comes twice without a reason."""
    verdict = judge(await Run(SHORT, tmp_path, lambda _: None).play())
    with capsys.disabled():
        counts = ", ".join(f"{count} {name}" for name, count in sorted(verdict.counts.items()))
        median, most = recovery(verdict)
        sys.stdout.write(f"\n{verdict.kills.total()} kills in {verdict.seconds:.0f} s, back after {median:.1f} s ")
        sys.stdout.write(f"({most:.1f} s at most): {counts}\n")
    assert verdict.held, "\n".join(f"{finding.promise}: {finding.what}" for finding in verdict.findings)
