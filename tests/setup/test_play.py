"""`stadsbot play`: transcripts from anywhere, and a town that is played line by line and saved."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main

SHOWN = """Med: Alva, Bo
Alva: /ring
> Alva: 112
"""


def typed(*lines: str) -> Callable[[str], str]:
    """Somebody who types these lines and then ends the input."""
    left = list(lines)

    def ask(_prompt: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return ask


def test_a_transcript_from_another_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The conversation is printed as it went, with what the bot said and its buttons."""
    path = tmp_path / "mitt.txt"
    path.write_text(SHOWN, encoding="utf-8")
    assert main(["play", str(path)]) == 0
    told = capsys.readouterr().out
    assert "Alva: /ring" in told
    assert "Alva ← " in told
    assert "[Jag är med]" in told
    assert told.endswith("1 of 1 as written.\n")


def test_who_took_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --why it is told of each text which reader took it, why in that place, and which let it pass; never the text
    itself."""
    path = tmp_path / "mitt.txt"
    path.write_text("Med: Alva, Bo\nAlva: Tack!\nAlva: Blåbär\n", encoding="utf-8")
    assert main(["play", "--why", str(path)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    why: ")]
    assert "thanks: thanks alone answer nothing" in told[-2]
    assert "shrug: " in told[-1]
    assert "held" in told[-1].partition("let pass by")[2]
    assert "held" not in told[-2].partition("let pass by")[2]
    assert "Blåbär" not in "".join(told)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SHOWN + "> Alva: Detta sa ingen\n", "mitt.txt:4: > Alva: Detta sa ingen"),
        (SHOWN + "Alva trycker [Finns inte]\n", "no button begins with"),
        (SHOWN + "Alva trycker igen [Finns inte]\n", "has not tapped [Finns inte] here before"),
        (SHOWN + "Alva: flyttar gruppen\n", "the bot has given Alva no link"),
        (SHOWN + "I gång: Finns inte\n", "no exercise is called 'Finns inte'"),
        (SHOWN + "Det är 2027-13-41 9.30\n", "there is no such day or time"),
        (SHOWN + "Klockan går 3 månader\n", "no known form"),
        (SHOWN + "Alva hoppar\n", "no known form"),
        (SHOWN + "Alva ändrar «ord» till: annat\n", "mitt.txt:4"),
    ],
)
def test_what_does_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str) -> None:
    """A line that is missing, or cannot be done, is named with its place, and the command ends with 1."""
    path = tmp_path / "mitt.txt"
    path.write_text(text, encoding="utf-8")
    assert main(["play", "--quiet", str(path)]) == 1
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("> Alva: Detta sa ingen", "expected: Detta sa ingen\ncame: "),
        ("> knappar Alva: [Nej]", "expected: [Nej]\ncame: [Kopiera 90101]"),
        ("> Alva ser inte: 112", "expected: nothing that says: 112\ncame: "),
        ("> Alva: inget nytt", "expected: nothing new\ncame: "),
        ("Alva trycker [Finns inte]", "no button begins with 'Finns inte' here:\n"),
    ],
)
def test_what_was_expected_and_what_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    """Both are told, one under the other, and buttons as a transcript writes them: nothing of what they carry."""
    path = tmp_path / "mitt.txt"
    path.write_text(f"{SHOWN}{text}\n", encoding="utf-8")
    assert main(["play", "--quiet", str(path)]) == 1
    seen = capsys.readouterr().err
    assert told in seen
    assert "callback_data" not in seen
    assert "{" not in seen


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told which one cannot be read; the others are played."""
    path = tmp_path / "mitt.txt"
    path.write_text(SHOWN, encoding="utf-8")
    assert main(["play", "--quiet", str(tmp_path / "borta.txt"), str(path)]) == 1
    seen = capsys.readouterr()
    assert "borta.txt cannot be read" in seen.err
    assert "1 of 2 as written." in seen.out


def test_typed_saved_and_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed is played at once; saved, it is a transcript that holds, without what could not be done."""
    path = tmp_path / "sparat.txt"
    lines = ("Med: Alva, Bo", "Alva: /steg", "Bo trycker [Finns inte]", "Bo: /ring", f"spara {path}")
    monkeypatch.setattr("builtins.input", typed(*lines))
    assert main(["play"]) == 0
    saved = path.read_text(encoding="utf-8")
    assert "Alva: /steg\n> Alva: " in saved
    assert "Finns inte" not in saved
    assert main(["play", "--quiet", str(path)]) == 0
