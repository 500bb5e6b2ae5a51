"""Each rule of the finder does what it says: it finds its examples, and passes those that only look like them."""

from collections.abc import Mapping

import pytest

from bot.identities import full_names
from bot.identities.finder import find
from bot.identities.full_names import in_pairs, in_runs, split
from bot.identities.numbers import figures, spoken
from bot.identities.rules import Rule, Searched, rules
from bot.identities.words import RuleRow, rule_rows, trait_rows
from flows.answers import plain
from flows.identities import Identity

BY_FORM = [pytest.param(rule, id=f"{kind}: {rule.why}") for kind in Identity for rule in rules(kind)]
PAIRS = [
    pytest.param(traits, row, id=row["why"]) for traits, row in zip(trait_rows("pair"), rule_rows("pair"), strict=True)
]
RUNS = [
    pytest.param(table, place, id=f"{table}: {row['why']}")
    for table in ("no_run", "no_name", "name_run", "first_word", "called")
    for place, row in enumerate(rule_rows(table))
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


@pytest.mark.parametrize(("traits", "row"), PAIRS)
def test_a_rule_for_two_words(traits: Mapping[str, str], row: RuleRow) -> None:
    """It finds its examples alone, and neither it nor any other rule what is meant to pass."""
    assert [text for text in row["found"] if not list(in_pairs(text, split(text), [traits]))] == []
    assert [text for text in row["passes"] if find(text)] == []


@pytest.mark.parametrize(("table", "place"), RUNS)
def test_a_rule_for_words_with_capitals(table: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes what is found in its examples, and in those that it is not meant for it changes nothing."""
    row, all_rows = rule_rows(table)[place], trait_rows
    examples = [*row["found"], *row["passes"]]
    with_it = {text: list(in_runs(text, split(text))) for text in examples}
    fewer = [one for at, one in enumerate(all_rows(table)) if at != place]
    monkeypatch.setattr(full_names, "trait_rows", lambda name: fewer if name == table else all_rows(name))
    without = {text: list(in_runs(text, split(text))) for text in examples}
    meant, others = row["found"], row["passes"]
    if table.startswith("no_"):
        meant, others = others, meant
    assert [text for text in meant if with_it[text] == without[text]] == []
    assert [text for text in others if with_it[text] != without[text]] == []
