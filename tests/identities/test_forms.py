"""How people write what points somebody out, kind by kind. What is to be found stands in brackets; all is invented."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from bot.identities.finder import find
from flows.answers import plain

LEAST = 0.95
FORMS: dict[str, str] = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))
CLEAN = FORMS.pop("clean").strip().split("\n")


def notes(kind: str) -> list[tuple[str, list[str]]]:
    """The notes of a kind, with what is to be found in each."""
    found = []
    for line in FORMS[kind].strip().split("\n"):
        secrets = re.findall(r"\[((?:[^\[\]]|\[at\])+)\]", line)
        found.append((re.sub(r"\[((?:[^\[\]]|\[at\])+)\]", r"\1", line), secrets))
    return found


def is_found(text: str, secrets: list[str]) -> bool:
    """The whole of what points somebody out is covered, by whatever kind it was taken for."""
    text = plain(text)
    covered = {place for f in find(text) for place in range(f.start, f.end)}
    at = [(text.index(plain(secret)), plain(secret)) for secret in secrets]
    return all(
        place in covered or not text[place].isalnum() for start, s in at for place in range(start, start + len(s))
    )


@pytest.mark.parametrize("kind", FORMS)
def test_forms(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nearly every way in which a kind is written is seen."""
    missed = [text for text, secrets in notes(kind) if not is_found(text, secrets)]
    with capsys.disabled():
        sys.stdout.write(f"\n{kind}: {len(notes(kind)) - len(missed)} of {len(notes(kind))} forms found")
    assert len(missed) <= len(notes(kind)) * (1 - LEAST), missed


def test_clean() -> None:
    """Notes about places, authorities, sums and times come through."""
    assert [text for text in CLEAN if find(text)] == []
