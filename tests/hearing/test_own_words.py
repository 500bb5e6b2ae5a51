"""What people write in their own words is understood, and an honest answer is left alone: shares, by kind.

Measured on texts by two hands: `corpus/` beside this, and the everyday kinds of `tests/care/corpus`, whose writer has
seen no rule. Of each the half called `locked` is scored and never printed. Shown with `-rP`.
"""

import re
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from messages.language import HERE as WORDS
from messages.language import Language
from messages.own_words import Means
from tests.test_transcripts import TRANSCRIPTS

HERE = Path(__file__).parent
HALVES = sorted(path for folder in (HERE, HERE.parent / "care") for path in (folder / "corpus").glob("*.toml"))
ASKS: Final = frozenset((Means.QUESTION, Means.REQUEST))
MEANT: Final = {
    "absence": frozenset((Means.AWAY, Means.BACK, Means.LEAVES)),  # also who hands over, or says how long
    "back": frozenset((Means.BACK,)),
    "leaves": frozenset((Means.LEAVES,)),
    "wants_person": frozenset((Means.PERSON,)),
    "question": ASKS,
    "request": ASKS | {Means.LEAVES},
    "smalltalk": frozenset((Means.TALK,)),
}
HONEST: Final = ("answer", "plain_answer", "fear_answer")
# The least shares: of what was at hand, and of what nobody who wrote the rules has read.
AIMS: Final = dict.fromkeys(MEANT, 0.85) | {"question": 0.75, "smalltalk": 0.8}
UNSEEN: Final = 0.6
DISTURBED: Final = 0.02
# Transcripts whose subject is what is no answer, or that a feature or a person is asked something.
OF_THIS = ("asked-", "astray", "absence-", "P.5-process-leader")


def texts(half: Path) -> Iterator[tuple[str, str, bool]]:
    """Each text of a half: its kind, what was written, and whether a question stood above."""
    for text in tomllib.loads(half.read_text(encoding="utf-8"))["text"]:
        yield text["kind"], text["said"], text["place"] in ("question", "question_open")


def understood(rules: Language, kind: str, said: str, *, asked: bool) -> bool:
    """True if a text is taken for what it is; thanks have a reader of their own."""
    heard = rules.own_words.heard(said, asked=asked)
    return (heard is not None and heard.means in MEANT[kind]) or (kind == "smalltalk" and rules.thanks(said))


@pytest.mark.parametrize("half", HALVES, ids=lambda half: f"{half.parts[-3]}-{half.stem}")
def test_each_kind_is_understood(half: Path) -> None:
    """Who is away, back or leaves, wants a person, asks or chats is taken for that, mostly."""
    rules, count, right = Language("sv"), Counter[str](), Counter[str]()
    for kind, said, asked in texts(half):
        if kind in MEANT:
            count[kind] += 1
            right[kind] += understood(rules, kind, said, asked=asked)
    for kind in count:
        sys.stdout.write(f"{kind:14}{right[kind]:4} of {count[kind]:3}\n")
    for kind in count:
        assert right[kind] / count[kind] >= (AIMS[kind] if half.stem == "open" else UNSEEN), kind


def test_honest_answers_pass() -> None:
    """Of what is written under questions in all corpora and transcripts, hardly any is taken for something else."""
    rules = Language("sv")
    every = [said for half in HALVES for kind, said, _ in texts(half) if kind in HONEST]
    for path in (*TRANSCRIPTS, WORDS / "sv" / "finished-town.txt"):
        if not path.stem.startswith(OF_THIS):
            lines = [one for one in path.read_text(encoding="utf-8").splitlines() if not one.startswith((">", "#"))]
            every += [said for said in re.findall("«([^»]*)»", "\n".join(lines)) if not said.startswith("/")]
    taken = [said for said in every if rules.own_words.heard(said, asked=True)]
    sys.stdout.write(f"{len(taken)} of {len(every)}\n")
    assert len(every) > 1000
    assert len(taken) <= DISTURBED * len(every)


def test_each_rule_has_examples_and_holds_them() -> None:
    """Each rule hears its examples for it, and none against it, and has both."""
    own = Language("sv").own_words
    assert [rule.id for rule in own.rules if not (rule.hears and rule.passes)] == []
    assert own.mistakes() == []


def test_a_rule_that_hears_too_much_is_named(tmp_path: Path) -> None:
    """`stadsbot check` tells which rule hears what it must not, or does not hear what it should."""
    folder = tmp_path / "xx"
    folder.mkdir()
    rule = '[[rule]]\nid = "x"\nmeans = "talk"\nsays = ["^hej"]\nhears = ["tja"]\npasses = ["hej du"]\n'
    (folder / "own_words.toml").write_text(
        f"besides = []\nopens = []\ncommon = []\n[spellings]\n[words]\n{rule}", encoding="utf-8"
    )
    shutil.copy(WORDS / "sv" / "language.toml", folder)
    told = Language("xx", tmp_path).own_words.mistakes()
    assert [("does not hear “tja”" in one, "hears “hej du”" in one) for one in told] == [(True, False), (False, True)]
