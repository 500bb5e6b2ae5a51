"""The small faults of `make mutants`: what can be made, where it is put, and what the page says of it."""

from pathlib import Path

import pytest

from tests.mutants import __main__ as program
from tests.mutants import faults

MODULE = '''"""Rules."""


def may(age: int, guests: list[int], *, open: bool = True) -> bool:
    """True for grown-ups, and for whoever they bring."""
    assert age >= 0
    if not open:
        return False
    return age >= 18 or any(guest > age for guest in guests if guest)
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module with a rule, in a house of its own."""
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    (tmp_path / "rules.py").write_text(MODULE, encoding="utf-8")
    return "rules.py"


def test_each_is_another_rule(module: str) -> None:
    """A condition left out, turned, or off by one: each is put where it is said to be, and nothing else changes. What
    an assertion, a default or a type says is left alone."""
    found = faults.faults(module)
    told = [(one.line, one.what) for one in found]
    assert (7, "without not") in told
    assert (7, "done never") in told
    assert (9, "compared the other way") in told
    assert (9, "19 for 18") in told
    assert (9, "without the condition") in told
    assert all(one.function == "may" and one.line in (7, 8, 9) for one in found)
    answers: dict[tuple[str, int], object] = {}
    for one in found:
        made: dict[str, object] = {}
        exec(one.put(), made)  # noqa: S102 - the module of this test
        answers.setdefault((one.what, one.line), made["may"])
    rule = answers["compared the other way", 9]
    assert callable(rule)
    assert [rule(age, []) for age in (17, 18, 19)] == [False, False, True]
    never = answers["done never", 7]
    assert callable(never)
    assert never(20, [], open=False) is True


def test_the_page_keeps_the_other_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying one room anew changes its section alone, and each survivor is named with its place."""
    monkeypatch.setattr(program, "PAGE", tmp_path / "MUTANTS.md")
    lived = {"path": "a.py", "line": 3, "function": "may", "what": "without not", "source": "if not open:"}
    found = {"noticed": [lived], "the same": [], "lived": [lived], "not reached": [], "untrue": []}
    for name in ("second", "first"):
        program.write(name, program.section(name, found, "share 1, seed 1"))
    program.write("second", program.section("second", found | {"lived": []}, "share 1, seed 1"))
    page = program.PAGE.read_text(encoding="utf-8")
    assert page.index("## first") < page.index("## second")
    assert page.count("- lived: `a.py:3` may, without not: `if not open:`") == 1
    assert "**50.0 %**" in page
    assert "**100.0 %**" in page
