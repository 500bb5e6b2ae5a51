"""Each rule of the finder does what it says: it finds its examples, and passes those that only look like them."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.identities import full_names, words
from bot.identities.finder import find
from bot.identities.full_names import in_pairs, in_runs, split
from bot.identities.numbers import figures, spoken
from bot.identities.rules import Rule, Searched, rules
from flows.answers import plain
from flows.identities import Identity

BOOK = words.rule_book()
BY_FORM = [pytest.param(rule, id=f"{kind}: {rule.why}") for kind in Identity for rule in rules(kind)]
PAIRS = [pytest.param(row, id=row["why"]) for row in BOOK["pair"]]
RUNS = [
    pytest.param(table, place, id=f"{table}: {row['why']}")
    for table in ("no_run", "no_name", "name_run", "first_word", "called")
    for place, row in enumerate(BOOK[table])
]


def spans(rule: Rule, text: str) -> list[tuple[int, int]]:
    """What a rule finds in a text, as it is written and with its digits as they are said."""
    texts = (plain(text), figures(spoken(plain(text))[0]))
    return [span for one in texts for span in rule.spans(Searched(one))]


@pytest.mark.parametrize("rule", BY_FORM)
def test_a_rule_by_form(rule: Rule) -> None:
    """It finds its examples itself, and leaves what is meant to pass."""
    assert [text for text in rule.found if not spans(rule, text)] == []
    assert [text for text in rule.passes if spans(rule, text)] == []


@pytest.mark.parametrize("row", PAIRS)
def test_a_rule_for_two_words(row: Mapping[str, Any]) -> None:
    """It finds its examples alone, and neither it nor any other rule what is meant to pass."""
    assert [text for text in row["found"] if not list(in_pairs(text, split(text), [row]))] == []
    assert [text for text in row["passes"] if find(text)] == []


@pytest.mark.parametrize(("table", "place"), RUNS)
def test_a_rule_for_words_with_capitals(table: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes what is found in its examples, and in those that it is not meant for it changes nothing."""
    row, all_rows = BOOK[table][place], full_names.rows
    examples = [*row["found"], *row["passes"]]
    with_it = {text: list(in_runs(text, split(text))) for text in examples}
    fewer = [one for at, one in enumerate(all_rows(table)) if at != place]
    monkeypatch.setattr(full_names, "rows", lambda name: fewer if name == table else all_rows(name))
    without = {text: list(in_runs(text, split(text))) for text in examples}
    meant, others = ("passes", "found") if table.startswith("no_") else ("found", "passes")
    assert [text for text in row[meant] if with_it[text] == without[text]] == []
    assert [text for text in row[others] if with_it[text] != without[text]] == []
