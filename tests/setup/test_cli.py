"""The program `stadsbot`: commands are found, help is there, and what is wrong is told without a traceback."""

import base64
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from markupsafe import escape

from bot import __main__ as program
from bot.__main__ import COMMANDS, main
from bot.assembly.reader_lists import LISTS
from bot.commands import coverage, key, requirements
from bot.config import PREFIX
from bot.context.sealed_actions import LINK, Buttons
from bot.features.members.activation import VERB, WAY_BACK
from bot.secret_files import new_master_key
from flows.definitions.loader import load_process
from messages import translation
from messages.language import HERE, Language, WordsError
from messages.proofreading import written
from messages.voice import Voice
from storage.errors import AlreadyRunning
from storage.vault.vault import Keyring


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start each test in an empty folder, without any setting of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot --help` names every command with a line on what it does."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert name in text
        assert (command.__doc__ or "").split()[0] in text


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command explains itself."""
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert name in capsys.readouterr().out


def test_readme_names_every_command() -> None:
    """The front page's list of commands is the program's, in its order."""
    page = (Path(program.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    listed = page.partition("`stadsbot` has the commands ")[2].partition(";")[0]
    assert re.findall(r"`([a-z-]+)`", listed) == list(COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot --version` tells which it is; the newest version in the list of changes is the one being built."""
    with pytest.raises(SystemExit):
        main(["--version"])
    assert re.fullmatch(r"stadsbot \d+\.\d+\.\d+\n", capsys.readouterr().out)
    root = Path(program.__file__).parents[1]
    (newest, *_) = re.findall(r"^## (\d\S*)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest == tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_python_m_bot() -> None:
    """`python -m bot` is the same program."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "key"], cwd=Path(program.__file__).parents[1], capture_output=True, check=False
    )
    assert done.returncode == 0
    assert len(base64.urlsafe_b64decode(done.stdout)) == 32
    assert done.stderr == b""


@pytest.mark.parametrize("name", ["run", "doctor", "invite"])
def test_settings_missing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without settings a command says which two are missing, and nothing else."""
    assert main([name]) == 78
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.err.splitlines()] == ["STADSBOT_TOKEN", "STADSBOT_MASTER_KEY"]
    assert told.out == ""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Set what must be set, with a Telegram that cannot be reached (nothing listens on port 9 of this machine)."""
    values = {
        "STADSBOT_TOKEN": "123456789:" + "canaryToken_canaryToken-canaryToken",
        "STADSBOT_MASTER_KEY": new_master_key(),
        "STADSBOT_DATABASE": str(tmp_path / "private" / "town.db"),
        "STADSBOT_API_URL": "http://127.0.0.1:9",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def test_doctor(settings: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot doctor` prints a line for each finding, the cure under it, and fails when something must be mended."""
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert list(dict.fromkeys(line.split()[1] for line in told.splitlines() if "→" not in line)) == [
        *("disk", "files", "numbers", "backups", "database", "token")
    ]
    assert "error   token" in told
    assert "→ Check the network" in told
    assert not any(settings[name] in told for name in ("STADSBOT_TOKEN", "STADSBOT_MASTER_KEY"))


def test_doctor_before_a_start(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`stadsbot doctor --before-start` tells all the same, and fails only for what the bot would not start for."""
    for name, value in {"PAGE_URL": "http://127.0.0.1:9", "MAIL_SERVER": "127.0.0.1:9", "MAIL_FROM": "x@y.se"}.items():
        monkeypatch.setenv(f"STADSBOT_{name}", value)
    monkeypatch.setenv("STADSBOT_MAIL_TLS", "none")
    assert main(["doctor", "--before-start"]) == 0
    told = capsys.readouterr().out
    assert "error   token" in told
    assert "error   mail" in told
    database = Path(settings["STADSBOT_DATABASE"])
    database.parent.mkdir(mode=0o700)
    database.write_bytes(b"no database of the bot's")
    assert main(["doctor", "--before-start"]) == 1
    assert "error   database" in capsys.readouterr().out


@pytest.mark.parametrize(("option", "verb"), [([], VERB), (["--way-back"], WAY_BACK)])
def test_invite_without_telegram(
    option: list[str], verb: str, settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """`stadsbot invite` makes a code that this operator's bot knows, also when Telegram is away."""
    assert main(["invite", *option]) == 0
    told = capsys.readouterr().out
    code = max(told.split(), key=len)
    master = base64.urlsafe_b64decode(settings["STADSBOT_MASTER_KEY"])
    action = Buttons(Keyring(master).button_key).open(LINK, code)
    assert action is not None
    assert action.verb == verb


def test_database_in_use(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the storage refuses is told in its sentence, with an exit code of its own."""

    def refuse(_: object) -> int:
        raise AlreadyRunning(settings["STADSBOT_DATABASE"])

    monkeypatch.setattr(key, "main", refuse)
    assert main(["key"]) == 74
    assert capsys.readouterr().err.startswith("Another process already uses")


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends the program without a traceback."""

    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(key, "main", interrupt)
    assert main(["key"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_key_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot key` prints a new key each time."""
    assert main(["key"]) == main(["key"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first != second
    assert len(base64.urlsafe_b64decode(first)) == 32


def test_key_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot key FILE` makes a file that only its owner can read, and does not print the key."""
    assert main(["key", "master.key"]) == 0
    path = tmp_path / "master.key"
    assert path.stat().st_mode & 0o777 == 0o400
    told = capsys.readouterr().out
    assert f"{path} holds a new master key" in told
    assert path.read_text().strip() not in told


def test_key_never_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that exists is left as it is: it may hold the only copy of a key."""
    (tmp_path / "master.key").write_text("precious")
    assert main(["key", "master.key"]) == 1
    assert (tmp_path / "master.key").read_text() == "precious"
    assert main(["key", "no/such/folder"]) == 1
    assert "name a file in a folder of yours" in capsys.readouterr().err


@pytest.mark.slow
def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot check` finds nothing wrong with what we ship."""
    assert main(["check", "--tables"]) == 0, capsys.readouterr().out
    verdict, *rest = capsys.readouterr().out.splitlines()
    assert verdict.startswith("All is well")
    assert any("LIX" in line for line in rest), "the tables come after it, where they are asked for"


def test_what_is_not_translated(tmp_path: Path) -> None:
    """A copy of the Swedish folder is no English: each file is named with how many of its texts are Swedish still,
    until they are written anew. A name, or a few words, may be the same in both."""
    shutil.copytree(HERE / "sv", tmp_path / "sv")
    shutil.copytree(HERE / "sv", tmp_path / "en")
    told = translation.mistakes("en", tmp_path)
    assert any(
        re.fullmatch(r"en/0\.4-city\.toml: (\d+) of \1 texts are those of “sv”; translate them", one) for one in told
    )
    assert "en/own_words.toml is the file of “sv”; translate it" in told
    city = tmp_path / "en" / "0.4-city.toml"
    before = len(tomllib.loads(city.read_text(encoding="utf-8"))["lead"].split())
    assert before >= translation.SAID
    was = city.read_text(encoding="utf-8")
    text = re.sub(r'^lead = ".*"$', 'lead = "A city of your own, seen anew."', was, flags=re.MULTILINE)
    city.write_text(text, encoding="utf-8")
    (now,) = [one for one in translation.mistakes("en", tmp_path) if "0.4-city" in one]
    still, of = map(int, re.findall(r"(\d+) of (\d+)", now)[0])
    assert still == of - 1
    city.write_text('title = "SWOT"\n', encoding="utf-8")
    assert [one for one in translation.mistakes("en", tmp_path) if "0.4-city" in one] == []


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    """A new command by a name that is another's other name: both are told, and not that a command is missing."""
    shutil.copytree(HERE / "sv", tmp_path / "sv")
    rules = tmp_path / "sv" / "language.toml"
    text = rules.read_text(encoding="utf-8").replace("[commands]\n", '[commands]\ngreet = "hej"\n', 1)
    rules.write_text(text, encoding="utf-8")
    with pytest.raises(WordsError, match=r"/hej is what “greet” is called, .* another name of “start”; take one"):
        Language("sv", tmp_path)


def test_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot coverage` counts what is met of each id, lists what is not, and ends with both numbers."""
    assert main(["coverage"]) == 0
    lines = capsys.readouterr().out.splitlines()
    ids, wanted = load_process().ids, requirements.load(coverage.REQUIREMENTS, load_process().ids)
    assert [line.split()[0] for line in lines[: len(ids)]] == list(ids)
    assert all(re.search(r"  \d+ of \d+ +\d+ transcripts?( |$)", line) for line in lines[: len(ids)])
    assert {line.strip() for line in lines if line.startswith("  ")} == {
        f"{one.served}: {one.what}" for one in wanted if not one.met
    }
    assert lines[-1] == f"{sum(one.met for one in wanted)} of {len(wanted)}"
    assert len(wanted) >= 505, "so many single things were counted when the process was played through"


def test_what_no_transcript_shows_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that the bot does not show in its transcript, or that stands only in a comment, fails `coverage`."""
    ids = load_process().ids
    entries = "".join(f'"{served}" = [["it works"]]\n' for served in ids[1:])
    first = f'"{ids[0]}" = [["it is calm", "one", "Hej"], ["it is warm", "one", "Sol"], ["it rains", "one", "Regn"]]\n'
    (tmp_path / "all.toml").write_text(first + entries, encoding="utf-8")
    (tmp_path / "one.txt").write_text(f"# covers: {', '.join(ids)}\n# Sol\nBo: Regn\n> Bo: Hej\n", encoding="utf-8")
    folders = ["--transcripts", str(tmp_path), "--requirements", str(tmp_path)]
    assert main(["coverage", *folders]) == 1
    told = capsys.readouterr().out
    assert "“it is warm” – in one.txt the bot shows no “Sol”" in told
    assert "“it rains” – in one.txt the bot shows no “Regn”" in told, "what people write shows nothing"
    assert "it is calm" not in told
    (tmp_path / "all.toml").write_text('"9.9" = [["nothing"]]', encoding="utf-8")
    assert main(["coverage", *folders]) == 1
    assert "“9.9” is no id of the process" in capsys.readouterr().out
    (tmp_path / "all.toml").write_text(f'"{ids[0]}" = [["nothing", "one"]]', encoding="utf-8")
    assert main(["coverage", *folders]) == 1
    assert "write [" in capsys.readouterr().out


def test_a_promise_shows_nothing() -> None:
    """That something will be so is no proof that it is: no requirement is shown by words of the bot that promise it."""
    promises = re.compile("först när|säger jag till|visar jag|kommer jag")
    assert [
        one for one in requirements.load(coverage.REQUIREMENTS, load_process().ids) if promises.search(one.line)
    ] == []


def test_a_reader_who_stops_is_no_error() -> None:
    """`stadsbot coverage | head -1` ends without a traceback, as a shell reports any program whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as out:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "coverage"],
            cwd=Path(program.__file__).parents[1],
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (program.EXIT_BROKEN_PIPE, b"")


def test_a_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is named in a sentence, whichever command should write into it."""
    nowhere = tmp_path / "nowhere" / "page.html"
    assert main(["preview", str(nowhere)]) == program.EXIT_FILE
    assert capsys.readouterr().err == f"{nowhere} cannot be used: No such file or directory.\n"


def test_chart(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot chart` draws the process, the phases of runs and ballots, an exercise, and the order in which a text is
    heard, each reader with its reason; and says which there are."""
    for what in ([], ["phases"], ["ballots"], ["commitment"]):
        assert main(["chart", *what]) == 0
    assert capsys.readouterr().out.count("Diagram-v2") == 2
    assert main(["chart", "texts"]) == 0
    shown = capsys.readouterr().out
    assert [reader.why for readers in LISTS for reader in readers.rows if reader.why not in shown] == []
    assert main(["chart", "nonsense"]) == 1
    assert "commitment" in capsys.readouterr().err


def test_nothing_is_complete_without_a_transcript() -> None:
    """An id that no conversation shows, or no exercise serves, is told as such."""
    process = load_process()
    states = {row.served: row.state for row in coverage.table(process, [Voice("sv")], {"P.1": ["one"]})}
    assert (states["P.1"], states["0.1"]) == ("complete", "no transcript yet")
    emptied = replace(process, exercises={})
    states = {row.served: row.state for row in coverage.table(emptied, [Voice("sv")], {"0.1": ["one"]})}
    assert states["0.1"] == "no exercise yet"


def test_transcripts_are_named_by_what_they_cover(tmp_path: Path) -> None:
    """What a transcript covers is read from its own line."""
    (tmp_path / "one.txt").write_text("# Något.\n# covers: 0.1, P.9\n", encoding="utf-8")
    assert coverage.transcripts(tmp_path) == {"0.1": ["one"], "P.9": ["one"]}


def _without_texts(page: str) -> tuple[str, dict[str, str]]:
    """The page without the texts as they are written, and those by their places."""
    texts = re.compile(r'<dd [^>]*data-place="([^"]*)">(.*?)</dd>', re.DOTALL)
    return texts.sub("", page), {unescape(place): unescape(text) for place, text in texts.findall(page)}


def test_preview(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot preview` writes one page: each exercise and question as it looks, each text with its place."""
    assert main(["preview", str(tmp_path / "page.html")]) == 0
    assert "messages, " in capsys.readouterr().out
    page, voice = (tmp_path / "page.html").read_text(encoding="utf-8"), Voice("sv")
    for exercise in load_process().exercises.values():
        words = voice.exercise(exercise.id)
        assert escape(words["title"]) in page
        assert all(escape(words[f"question.{q.id}.text"]) in page for q in exercise.questions)
        assert escape(words.get("discuss") or "") in page, "the picture of the answers says what to talk about"
        assert all(escape(example.text) in page for q in exercise.questions for example in words.examples(q.id))
    assert escape(voice.label("add_comment")) in page, "that a comment can be given is seen"
    looks, found = _without_texts(page)
    assert "{{" not in looks
    assert "&lt;b&gt;" not in looks
    assert "9\N{NO-BREAK SPACE}frågor under varje rubrik som ni väljer" in looks, "of the branches none is picked yet"
    assert "Specifikt: S:" not in looks, "a hint stands as it is sent"
    texts = list(written("sv"))
    assert len(found) == len(texts) > 3000
    assert {f"sv/{file}: {place}".removesuffix(": ") for file, place, _ in texts} == set(found)
    assert found["sv/interface/help.toml: label.more"] == voice.label("more")
