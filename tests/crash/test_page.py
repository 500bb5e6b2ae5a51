"""The page of results says what was found."""

from collections import Counter
from datetime import date

from tests.crash.judge import ANSWERS, Finding, Verdict
from tests.crash.page import Asked, written

ASKED = Asked(kills=2, seed=7, bots=1, on=date(2027, 3, 2), machine={"processor": "2 cores"})


def verdict(*findings: Finding) -> Verdict:
    """Two kills."""
    return Verdict(list(findings), Counter(answers=1200), Counter({"intake.polled": 2}), [0.9, 1.1], 6.0)


def test_kept() -> None:
    """Whoever reads the page sees what was kept, how often and where the bot was killed, and how to do it again."""
    page = written(verdict(), ASKED)
    assert "**Every promise was kept.** 2 kills of one bot" in page
    assert "1 200 versions of answers" in page
    assert "| `intake.polled` | updates have come, their transaction has not begun | 2 | 0 |" in page
    assert "--kills 2 --seed 7 --bots 1 --write" in page
    assert "broken" not in page


def test_broken() -> None:
    """A promise that was broken stands there as broken, with what was found, also where that would break a table."""
    page = written(verdict(*[Finding(ANSWERS, f"lost: {n}|\n") for n in range(12)]), ASKED)
    assert "**Not every promise was kept.**" in page
    assert f"| {ANSWERS} | lost: 0/ ; lost: 1/ ;" in page
    assert "and 2 more | **broken** |" in page
