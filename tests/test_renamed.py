"""No id of an exercise, question or option is known to the program: rename them in both files, and all goes on."""

import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from bot.demo.player import Player
from bot.demo.town import town
from flows.definitions.loader import HERE, DefinitionError, load_process
from messages import completeness
from messages.language import HERE as MESSAGES
from messages.voice import Voice

pytestmark = pytest.mark.slow

# The exercise's file, the name it gets, its questions and options with theirs; and transcripts that come by them.
RENAMED = (
    (
        "5.4-guests",
        "5.4-visitors",
        {"name": "called", "organisation": "from", "invited": "asked", "coming": "attending", "join": "belong"}
        | {
            "shape": "form",
            "start": "begin",
            "no_answer": "silent",
            "not_yet": "unasked",
            "yes": "gladly",
            "no": "nay",
        },
        ("5.4-guests", "5.4-poster"),
    ),
    ("5.4-event", "5.4-meeting", {"date": "day", "place": "house", "next_date": "again"}, ("5.4-guests", "5.4-poster")),
    (
        "incident",
        "sighting",
        {"when": "day", "kind": "sort", "danger": "urgent", "area": "quarter", "known": "how", "exposed": "people"}
        | {"minors": "young", "contact": "call_me", "yes": "indeed", "labour": "toil"},
        ("I.1-incident", "I.1-places"),
    ),
    ("joining", "introduction", {"name": "called", "organisation": "from"}, ("coming-in", "P.5-handover")),
    ("todos", "jotted", {"what": "matter", "kind": "sort", "todo": "task", "decision": "verdict"}, ("todos-list",)),
)
TRANSCRIPTS = {
    path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "transcripts").glob("*.txt")
}
WALKS = [(*renamed[:3], transcript) for renamed in RENAMED for transcript in renamed[3]]


def rename(folder: Path, old: str, new: str, ids: dict[str, str]) -> tuple[Path, Path]:
    """Copy the definitions and the words, with an exercise, its questions and options called otherwise in both."""
    process, words = folder / "process", folder / "messages"
    shutil.copytree(HERE, process)
    shutil.copytree(MESSAGES / "sv", words / "sv")
    named = re.compile(rf'(?<!role = )(?<!kind = )"({"|".join(ids)})"')
    every = "|".join(ids)
    spoken = re.compile(rf"(?m)(?<=\[question\.)(?:{every})(?=[.\]])|(?:^|(?<=[{{,] ))(?:{every})(?= = )")
    for place, swap in ((process, named), (words / "sv", spoken)):
        text = (place / f"{old}.toml").read_text(encoding="utf-8")
        (place / f"{old}.toml").unlink()
        text = swap.sub(lambda found: _called(found, ids), text)
        (place / f"{new}.toml").write_text(text, encoding="utf-8")
    outer, inner = (name.rpartition("-")[2] for name in (old, new))
    for file in process.glob("*.toml"):  # who else names the exercise
        text = file.read_text(encoding="utf-8")
        text = re.sub(rf'(?<!role = )"{outer}"', f'"{inner}"', text)
        if outer == "todos":
            text = text.replace('feeds = { todos = { kind = "todo" } }', 'feeds = { jotted = { sort = "task" } }')
        file.write_text(text, encoding="utf-8")
    return process, words


def _called(found: re.Match[str], ids: dict[str, str]) -> str:
    """What stands in an id's place, with what stood around it."""
    return re.sub(r"\w+", lambda word: ids[word[0]], found[0])


@pytest.mark.parametrize(("old", "new", "ids", "transcript"), WALKS, ids=lambda value: str(value)[:20])
async def test_people_notice_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, ids: dict[str, str], transcript: str
) -> None:
    """The definitions and words agree under their new names, and a town is told what it always was."""
    folders = rename(tmp_path, old, new, ids)
    process = load_process(folders[0])
    assert completeness.of_process(process, Voice("sv", folders[1])) == []
    monkeypatch.setattr("bot.app.the_process", lambda: process)
    monkeypatch.setattr("bot.app.the_voice", partial(Voice, folder=folders[1]))
    async with town(tmp_path) as played:
        await Player(played).play(transcript, TRANSCRIPTS[transcript])
        async with played.bot.store.work() as work:
            assert await work.update_log.dead_letters() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("5.4-guests", 'role = "coming"\n', "", '[[question]]: no question has the role “coming”; add role = "coming"'),
        ("5.4-guests", 'no_answer = ["no_answer"], ', "", "coming, marks: “no_answer” must mark an option"),
        ("5.4-guests", 'no_answer = ["no_answer"]', 'no_answer = ["gone"]', "marks: names what is no option; use some"),
        ("5.4-guests", 'role = "coming"', 'role = "join"', "two questions have the role or the id “join”; take"),
        ("5.4-guests", 'role = "coming"', 'role = "comming"', "role: is “comming”; choose one of"),
        ("5.4-guests", 'id = "contact"', 'id = "notes"', "[[question]] notes: “notes” is kept beside the answers"),
        (
            "5.4-guests",
            'role = "contact"',
            'role = "area"',
            "the role “area” is not known here; remove it",
        ),
        ("2.3-mapping_choice", "minutes", 'role = "todos"\nminutes', "has the role “todos” already; take it from one"),
        ("incident", 'id = "note"', 'id = "kind"', "two questions are called “kind”; rename one"),
        ("2.1-places", 'id = "time"', 'id = "name"', "two questions have the role or the id “name”; take it from one"),
        ("incident", 'listed = "areas"', 'listed = "parts"', "listed: is “parts”; choose one of"),
        ("incident", 'role = "incident"\n', "", "no exercise has the role “incident”; add role = "),
        ("incident", 'role = "kind"\nkind = "choice"', 'role = "kind"\nkind = "text"', "kind: as “kind” it must be a"),
        (
            "joining",
            'id = "sector"',
            'id = "trade"',
            "[[group_gap]] core: “sector” is not asked in joining; use one of",
        ),
        ("joining", 'id = "sector"', 'id = "over"', "[[question]] over: “over” is kept beside the answers"),
        (
            "joining",
            'role = "organisation"\n',
            "",
            'no question has the role “organisation”; add role = "organisation"',
        ),
        ("todos", 'how = "rows"', 'how = "group"', 'how: with the role “todos” it must be "rows"'),
        ("7.3-chain", 'id = "evening"', 'id = "late"', "hours: “evening” needs a question of that id"),
        ("6.3-plan_approval", 'role = "signer"\n', "", "no question has the role “signer”"),
    ],
)
def test_what_the_program_would_miss_is_told(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    """A role that is gone, stands twice or does not fit, and an id that hides something, are refused with the cure."""
    folder = tmp_path / "process"
    shutil.copytree(HERE, folder)
    path = folder / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as told:
        load_process(folder)
    assert said in str(told.value)
    assert file in str(told.value) or "process.toml" in str(told.value)
