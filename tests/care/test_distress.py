"""A cry for help is heard, and everyday talk about violence is not taken for one: measured on invented texts."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.context.refusals import required
from bot.features.wellbeing.distress import listen, presses
from bot.features.wellbeing.heard import Sure
from bot.features.wellbeing.hearing import Outcome, Where, decide

HERE = Path(__file__).parent
CRIES = (  # transcripts in which somebody does
    "P.9-half-words",
    "after-a-cry",
    "comment-in-need",
    "cry-for-help",
    "danger-seen",
    "danger-seen-a-child",
    "danger-seen-where",
    "english",
    "fear-is-an-answer",
    "greeting-in-front",
    "heavy-words",
    "hidden-wish",
    "in-need-in-trouble",
    "incident-asked",
    "incident-rung",
    "incident-words",
    "meeting-late-word",
    "must-stop-now",
    "nothing-yet",
    "pen-in-need",
    "ring",
    "shared-sheet-in-need",
    "stranger-in-need",
    "sure-in-words",
    "way-on",
    "wish-before-absence",
    "wish-in-vain",
    "wish-not-heard",
    "wish-somebody-else",
    "wish-unanswered",
    "worry-and-advice",
    "written-under",
    "worry-at-work",
)
CORPUS: dict[str, dict[str, list[str]]] = tomllib.loads((HERE / "cries.toml").read_text(encoding="utf-8"))
WORDS = HERE.parents[1] / "messages" / "sv"
# Of the texts that were written without sight of the phrases: so many cries are heard, and so few others taken for one.
HEARD, FALSE = 0.8, 0.1


def cries(text: str) -> bool:
    """True if a text is heard as its writer's own cry, or may be one."""
    found = listen(text)
    return found is not None and found.sure > Sure.LEANS and not found.seen


def sees(text: str) -> bool:
    """True if a text is heard as telling of somebody else's danger."""
    found = listen(text)
    return found is not None and found.sure > Sure.LEANS and found.seen


def heard(texts: list[str]) -> float:
    """The share of texts that are taken for cries, or for what somebody sees."""
    return sum(map(presses, texts)) / len(texts)


def test_what_was_at_hand() -> None:
    """Every cry that the phrases were written for is heard, and nothing else of that time is taken for one."""
    assert [text for text in CORPUS["seen"]["cries"] if not presses(text)] == []
    assert [text for text in CORPUS["seen"]["others"] if presses(text)] == []


def test_what_was_not_at_hand(record_property: Callable[[str, object], None]) -> None:
    """Of texts written without sight of the phrases, most cries are heard and few others are taken for one."""
    hits, false = heard(CORPUS["unseen"]["cries"]), heard(CORPUS["unseen"]["others"])
    record_property("heard", hits)
    record_property("false alarms", false)
    assert hits >= HEARD, [text for text in CORPUS["unseen"]["cries"] if not presses(text)]
    assert false <= FALSE, [text for text in CORPUS["unseen"]["others"] if presses(text)]


def test_what_was_written_later(record_property: Callable[[str, object], None]) -> None:
    """Of threats, and of what is seen, in other words than the phrases, most are heard, and few that are honest."""
    hits, false = heard(CORPUS["later"]["cries"]), heard(CORPUS["later"]["others"])
    record_property("heard later", hits)
    record_property("false alarms later", false)
    assert hits >= HEARD, [text for text in CORPUS["later"]["cries"] if not presses(text)]
    assert false <= FALSE, [text for text in CORPUS["later"]["others"] if presses(text)]


@pytest.mark.parametrize("player", ["played", "stranger"])
def test_what_was_met_wrongly(player: str) -> None:
    """Of what somebody played and was met wrongly by, most is met rightly now."""
    cries, others = CORPUS[player]["cries"], CORPUS[player]["others"]
    assert heard(cries) >= HEARD, [text for text in cries if not presses(text)]
    assert heard(others) <= FALSE, [text for text in others if presses(text)]


def strings(data: Any) -> Iterator[str]:
    """Every text in what a TOML file holds."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


def test_what_groups_write_is_no_cry() -> None:
    """None of a thousand examples, invented answers and texts from transcripts is taken for a cry."""
    texts: list[str] = []
    for path in sorted(WORDS.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        texts += strings(data if path.stem.startswith("demo") else data.get("examples", {}))
    for path in sorted((HERE.parent / "transcripts").glob("*.txt")):
        if path.stem not in CRIES:
            texts += re.findall(r"^[A-ZÅÄÖ]\w+: ([^/].+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(texts) > 1000
    assert [text for text in texts if presses(text)] == []


def test_what_is_seen() -> None:
    """What somebody sees done to another, now, is heard; what is supposed, past or meant of many is not."""
    assert [text for text in CORPUS["danger"]["cries"] if not presses(text)] == []
    assert [text for text in CORPUS["danger"]["others"] if presses(text)] == []


def test_what_is_honest() -> None:
    """An honest answer, a word about leaving or a request is kept, whatever is asked."""
    assert [text for text in CORPUS["honest"]["others"] if presses(text)] == []


@pytest.mark.parametrize(
    "said",
    [
        "min man slår mig ibland",
        "chefen hotar mig ofta",
        "han brukar slå mig när han druckit",
        "han tvingar mig att skriva annonser",
    ],
)
def test_often_is_no_less(said: str) -> None:
    """What is done to somebody is heard however usual they call it, under a question too."""
    assert decide(required(listen(said)), Where.QUESTION) is Outcome.ANSWER


@pytest.mark.parametrize(
    "said",
    [
        "det är jag som samordnar",
        "det var jag som ringde soc",
        "jag är en av dem som jobbar natt",
        "jag lever med en hund",
    ],
)
def test_what_one_does_at_work(said: str) -> None:
    """Who tells what is theirs to do is not one to whom it is done."""
    assert listen(said) is None


def test_a_plea_is_no_joke() -> None:
    """Who asks to be killed, or was struck by somebody near, is heard; a joke of a question and a hammock is not."""
    cries = (
        "snälla någon döda mig",
        "kan någon skjuta mig",
        "slå ihjäl mig någon",
        "jag önskar att någon skjuter mig",
        "fick ett slag i magen av min man",
        "jag fick en smäll av min sambo igår",
    )
    assert [text for text in cries if not presses(text)] == []
    jokes = (
        "slå ihjäl mig nån vilken fånig fråga 😂",
        "skjut mig någon, vilket möte",
        "hänga mig i en hängmatta hela juli",
    )
    assert [text for text in jokes if presses(text)] == []
