"""Definition files: what is wrong in them is told all at once, each with file, place and cure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.loader import DefinitionError, exercise_id, load_process, read_exercise, the_process
from flows.model import Audience, How, Kind

OUTLINE = """
goals = ["plan"]
parts = ["prepare"]
ids = ["0.1"]

[[step]]
number = 0
part = "prepare"
goals = ["plan"]
exercises = ["talk", "people"]
"""
TALK = """
serves = ["0.1"]
how = "each"
minutes = 5
conclusion = true

[[question]]
id = "sure"
kind = "choice"
options = ["yes", "no"]
comment = "ask"

[[question]]
id = "need"
kind = "scale"
audience = "self"

[verdict]
measure = "sum"
plan = "people"
[[verdict.band]]
id = "low"
up_to = 3
[[verdict.band]]
id = "high"

[outcome]
question = "sure"
option = "yes"
opens = 0
"""
PEOPLE = """
serves = ["0.1"]
how = "rows"
minutes = 5

[[question]]
id = "name"
kind = "text"

[[question]]
id = "styles"
kind = "choice"
options = ["a", "b"]
many = true

[register]
title = "name"
columns = ["styles"]
counts = { styles = ["a"] }

[[register.gap]]
id = "size"
rule = "count"
low = 4
high = 8

[[register.gap]]
id = "styles"
rule = "covers"
question = "styles"
options = ["a"]
"""
FILES = {"process.toml": OUTLINE, "0.1-talk.toml": TALK, "0.1-people.toml": PEOPLE}
Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a small process, with some of its files changed, into a folder."""

    def _write(changed: dict[str, str]) -> Path:
        for name, text in (FILES | changed).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return _write


def mistakes(folder: Path) -> list[str]:
    """What the loader says is wrong, a line each."""
    with pytest.raises(DefinitionError) as caught:
        load_process(folder, ())
    return str(caught.value).split("\n")


def test_sound(write: Write) -> None:
    """Sound files become the model, with what they leave out filled in."""
    process = load_process(write({}), ())
    talk, people = process.exercises["talk"], process.exercises["people"]
    assert (talk.how, people.how) == (How.EACH, How.ROWS)
    sure, need = talk.questions
    assert (sure.kind, sure.comment, sure.ask_comment, sure.audience) == (Kind.CHOICE, True, True, Audience.GROUP)
    assert (need.low, need.high, need.required, need.audience) == (1, 5, True, Audience.SELF)
    assert people.register is not None
    assert people.register.counts == (("styles", ("a",)),)
    assert talk.version != people.version
    assert process.step_of("talk") == process.step(0)


CASES = [
    ("0.1-talk.toml", 'how = "each"', "how = ", "is not TOML"),
    (
        "0.1-talk.toml",
        'how = "each"',
        'how = "alone"',
        "0.1-talk.toml, how: is “alone”; choose one of each, org, group, rows",
    ),
    ("0.1-talk.toml", 'how = "each"', "", "0.1-talk.toml, how: is missing; add it"),
    ("0.1-talk.toml", "minutes = 5", 'minutes = "5"', "0.1-talk.toml, minutes: must be int, is str"),
    ("0.1-talk.toml", "minutes = 5", "minutes = true", "0.1-talk.toml, minutes: must be int, is bool"),
    ("0.1-talk.toml", "minutes = 5", "minuts = 5\nminutes = 5", "0.1-talk.toml, minuts: is not known here"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "stars"', "0.1-talk.toml [[question]] need, kind: is “stars”"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\nlow = 5', "[[question]] need, low: must be below high"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\nmany = true', "need, many: only a choice"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\noptions = ["a"]', "need, options: a choice needs options"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\nadvise = [1]', "need, advise: must be two whole numbers"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\nhigher = 6', "[[question]] need, higher: is not known"),
    (
        "0.1-talk.toml",
        'id = "need"',
        'id = "sure"',
        "0.1-talk.toml, question: two questions are called “sure”; rename one",
    ),
    ("0.1-talk.toml", 'id = "need"', 'id = "a@b"', "[[question]] a@b, id: at most 40 characters, without @"),
    ("0.1-talk.toml", 'id = "need"', "", "[[question]] 2, id: is missing"),
    ("0.1-talk.toml", '["yes", "no"]', '["yes", "yes"]', "[[question]] sure, options: has the same entry twice"),
    ("0.1-talk.toml", '["yes", "no"]', '["yes", 1]', "[[question]] sure, options: must be a list of texts"),
    ("0.1-talk.toml", 'comment = "ask"', 'comment = "maybe"', "[[question]] sure, comment: must be true (offered)"),
    (
        "0.1-talk.toml",
        'plan = "people"',
        'plan = "gone"',
        "0.1-talk.toml: “gone” is no register; name an exercise with",
    ),
    ("0.1-talk.toml", 'plan = "people"', 'plan = "talk"', "0.1-talk.toml: “talk” is no register"),
    (
        "0.1-talk.toml",
        "up_to = 3",
        "",
        "0.1-talk.toml [verdict], band: bands must rise, and only the last one has no up_to",
    ),
    ("0.1-talk.toml", 'measure = "sum"', 'measure = "share"', "[verdict], option: a share needs the option"),
    (
        "0.1-talk.toml",
        'option = "yes"',
        'option = "maybe"',
        "[outcome] question: “maybe” is no option of “sure”; use one of yes, no",
    ),
    (
        "0.1-talk.toml",
        'question = "sure"',
        'question = "gone"',
        "[outcome] question: names the question “gone”, which is not here",
    ),
    (
        "0.1-talk.toml",
        "opens = 0",
        "opens = 7",
        "0.1-talk.toml: opens step 7, which is no step of process.toml; mend it",
    ),
    ("0.1-talk.toml", '["0.1"]', '["9.9"]', "0.1-talk.toml: serves “9.9”, which is no id of the process"),
    (
        "0.1-talk.toml",
        "[outcome]",
        "[for_each]\n[outcome]",
        "0.1-talk.toml [for_each], items: give either items (or items_from) or a register",
    ),
    (
        "0.1-talk.toml",
        "[outcome]",
        '[calendar]\nbefore = "review"\n[outcome]',
        "is shaped by what the group writes together",
    ),
    ("0.1-talk.toml", "[outcome]", '[calendar]\nuntil = "need"\n[outcome]', "[calendar], step: is missing"),
    ("0.1-talk.toml", "[outcome]", '[calendar]\nuntil = "need"\n[outcome]', "[calendar]: “need” must be a date"),
    ("0.1-talk.toml", "[outcome]", '[calendar]\nmeetings = ["need"]\n[outcome]', "must be two questions"),
    ("0.1-talk.toml", "[outcome]", "[calendar]\nstep = 9\n[outcome]", "0.1-talk.toml: shapes step 9, which is no step"),
    (
        "0.1-talk.toml",
        "[outcome]",
        '[calendar]\nstep = 0\nspread = { sure = ["maybe"] }\n[outcome]',
        "[calendar] spread: “maybe” is no option of “sure”",
    ),
    ("0.1-talk.toml", "[outcome]", '[for_each]\nregister = "gone"\n[outcome]', "0.1-talk.toml: “gone” is no register"),
    (
        "0.1-people.toml",
        'how = "rows"',
        'how = "group"',
        '0.1-people.toml, register: how = "rows" needs a [register], and only it has one',
    ),
    (
        "0.1-people.toml",
        'how = "rows"',
        'how = "rows"\nconclusion = true',
        "0.1-people.toml, conclusion: what is written together",
    ),
    (
        "0.1-people.toml",
        'title = "name"',
        'title = "gone"',
        "[register] title: names the question “gone”, which is not here; use one of name",
    ),
    ("0.1-people.toml", '["styles"]', '["gone"]', "[register] columns: names the question “gone”"),
    ("0.1-people.toml", '{ styles = ["a"] }', '{ styles = ["z"] }', "[register] counts: “z” is no option of “styles”"),
    ("0.1-people.toml", '{ styles = ["a"] }', "{ styles = 3 }", "counts, styles: must be list, is int"),
    (
        "0.1-people.toml",
        'rule = "count"',
        'rule = "many"',
        "[[gap]] size, rule: is “many”; choose one of count, covers, every_row",
    ),
    (
        "0.1-people.toml",
        'rule = "count"',
        'rule = "covers"',
        "[[gap]] size, question: “count”, “late”, “taken”, “dated” look at the rows themselves",
    ),
    ("0.1-people.toml", "high = 8", "", "[[gap]] size, low: must not be above high"),
    (
        "0.1-people.toml",
        'options = ["a"]',
        'options = ["z"]',
        "[[register.gap]]: “z” is no option of “styles”; use one of a, b",
    ),
    ("0.1-people.toml", "[register]\n", "[[register]]\n", "0.1-people.toml, register: must be dict, is list"),
    ("process.toml", '["talk", "people"]', '["talk"]', "process.toml: “people” is in no step; add it to one"),
    (
        "process.toml",
        '["talk", "people"]',
        '["talk", "people", "gone"]',
        "process.toml, step 0: no file defines “gone”",
    ),
    (
        "process.toml",
        'goals = ["plan"]\nex',
        'goals = ["pla"]\nex',
        "process.toml, step 0: “pla” is no sub-goal; use one of plan",
    ),
    (
        "process.toml",
        'part = "prepare"',
        'part = "after"',
        "process.toml [[step]] 1, part: is “after”; choose one of prepare",
    ),
    ("process.toml", 'parts = ["prepare"]', "", "process.toml [[step]] 1, part: is “prepare”; choose one of"),
    (
        "process.toml",
        "[[step]]",
        '[[step]]\nnumber = 0\npart = "prepare"\n[[step]]',
        "process.toml: two steps have the number 0; change one",
    ),
    (
        "process.toml",
        "[[step]]",
        '[[step]]\nnumber = 1\npart = "prepare"\nexercises = ["talk"]\n[[step]]',
        "process.toml: “talk” stands in two places; keep one",
    ),
    ("process.toml", "[[step]]", "[step]", "process.toml, step: must be list, is dict"),
    (
        "process.toml",
        "[[step]]",
        '[[step]]\ngate = "people"',
        "process.toml, step 0: the gate “people” must be an exercise of the step with a verdict",
    ),
    (
        "0.1-people.toml",
        'kind = "text"',
        'kind = "text"\ncomment = true',
        "0.1-people.toml, comment: the rows of a register have no comments; ask a question of its own instead",
    ),
    (
        "0.1-people.toml",
        'kind = "text"',
        'kind = "row"',
        "register: a row needs the register that it is of, and only a row has one",
    ),
    (
        "0.1-talk.toml",
        'kind = "scale"',
        'kind = "row"\nregister = "talk"',
        "0.1-talk.toml: “talk” is no register whose rows have a text for a name; mend it",
    ),
    ("0.1-talk.toml", "minutes = 5", 'minutes = 5\nwho = ["guests"]', "0.1-talk.toml, who: “guests” is no role"),
    ("0.1-people.toml", "minutes = 5", "minutes = 5\nteams = 4", "0.1-people.toml, teams: small groups have two"),
    (
        "0.1-talk.toml",
        "minutes = 5",
        'minutes = 5\nneeds = ["people"]',
        '0.1-talk.toml: needs “people”, which must be an exercise with how = "group"',
    ),
    (
        "0.1-talk.toml",
        "minutes = 5",
        'minutes = 5\nbeside = ["people"]',
        '“people” beside others, which must be an exercise with how = "each" and with names',
    ),
    (
        "0.1-people.toml",
        'rule = "covers"',
        'rule = "linked"',
        "“linked” looks at a question that is answered with rows of a register",
    ),
    ("0.1-people.toml", 'id = "styles"\nkind', 'id = "name"\nkind', "two questions are called “name”; rename one"),
    (
        "0.1-talk.toml",
        'kind = "scale"',
        'kind = "scale"\nlater = true',
        "only a field of a register's row can be asked",
    ),
    ("0.1-people.toml", "minutes = 5", "minutes = 5\nkeeps = true", "what is written together is kept as it is"),
    ("0.1-talk.toml", 'id = "sure"', 'id = "sure"\nwhen = { need = ["1"] }', "the first question is always asked"),
    (
        "0.1-talk.toml",
        'kind = "scale"',
        'kind = "scale"\nmilestone = true',
        "only a date or a moment stands in the calendar",
    ),
    (
        "0.1-talk.toml",
        'kind = "scale"',
        'kind = "scale"\nnot_before = "need"',
        "only a day that a group writes together goes by another one",
    ),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\nsuggests = "people.name"', "only a text has suggestions"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\npast = true', "only a date can be one that has been"),
    (
        "0.1-talk.toml",
        'kind = "scale"',
        'kind = "scale"\nmany = true',
        "only a choice or a row can take several answers",
    ),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "row"', "a row needs the register that it is of"),
    ("0.1-talk.toml", 'kind = "scale"', 'kind = "scale"\ndefault = "today"', "only a date can be today's"),
    (
        "0.1-talk.toml",
        'comment = "ask"',
        'comment = "ask"\nreasons = ["maybe"]',
        "names what is no option; use some of yes, no",
    ),
    ("0.1-talk.toml", 'comment = "ask"', 'reasons = ["no"]', "a reason is a comment"),
    (
        "0.1-talk.toml",
        "[verdict]",
        '[for_each]\nitems_except = ["a"]\nitems = ["x"]\n\n[verdict]',
        "only what is taken from another list can be left out",
    ),
    (
        "0.1-talk.toml",
        "[verdict]",
        '[for_each]\nregister = "people"\nadd = true\n\n[verdict]',
        "what is added to a register",
    ),
    (
        "0.1-talk.toml",
        "[verdict]",
        '[for_each]\nregister = "people"\nfirst = "people.styles"\n\n[verdict]',
        "only named items",
    ),
    ("0.1-people.toml", 'title = "name"', 'title = "name"\nmonths = -1', "must be a number of months"),
    ("0.1-people.toml", 'rule = "covers"', 'rule = "count"\nbut = ["b"]', "leaves out some of all options"),
    ("0.1-people.toml", 'rule = "covers"', 'rule = "filled"', "“filled” needs a question for each option"),
    (
        "0.1-people.toml",
        'rule = "count"',
        'rule = "count"\nper = "name"',
        "“name” must be a date for rows to be counted",
    ),
    (
        "0.1-talk.toml",
        "minutes = 5",
        'minutes = 5\nbeside = ["nobody"]',
        "names “nobody”, which is no exercise; mend it",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES)
def test_a_mistake(write: Write, file: str, old: str, new: str, told: str) -> None:
    """A mistake is told with the file and the place it stands in, and what to do about it."""
    assert old in FILES[file]
    lines = mistakes(write({file: FILES[file].replace(old, new, 1)}))
    assert any(told in line for line in lines), lines
    assert all(line.partition(":")[0].partition(",")[0].partition(" ")[0] in FILES for line in lines), lines


def test_several_at_once(write: Write) -> None:
    """Whoever mends files sees every mistake in every file, not one at a time."""
    talk = TALK.replace("minutes = 5", "minutes = 0.5").replace('kind = "scale"', 'kind = "scale"\nlow = 9')
    lines = mistakes(write({"0.1-talk.toml": talk, "0.1-people.toml": "how =", "process.toml": OUTLINE + "more = 1"}))
    files = [line.partition(",")[0].partition(":")[0].partition(" ")[0] for line in lines]
    assert {"0.1-talk.toml", "0.1-people.toml", "process.toml"} <= set(files)
    assert sum(name == "0.1-talk.toml" for name in files) >= 2


def test_not_utf_8(write: Write) -> None:
    """A file in an old encoding is told as such."""
    folder = write({})
    (folder / "0.1-talk.toml").write_bytes("# å".encode("latin-1"))
    assert any("0.1-talk.toml: is not TOML in UTF-8" in line for line in mistakes(folder))


def test_no_outline(write: Write) -> None:
    """Without the process file nothing can be said about the rest but that it is missing."""
    folder = write({})
    (folder / "process.toml").unlink()
    assert mistakes(folder) == [f"process.toml: is missing in {folder.name}/; put it back"]


def test_two_files_of_one_id(write: Write) -> None:
    """Two files for the same exercise are told, whatever step their names begin with."""
    assert any("has the id “talk”" in line for line in mistakes(write({"0.9-talk.toml": TALK})))


@pytest.mark.parametrize(
    ("file", "wanted"), [("0.5-readiness.toml", "readiness"), ("joining.toml", "joining"), ("1.2-a-b.toml", "a-b")]
)
def test_ids(file: str, wanted: str) -> None:
    """An exercise's id is its file's name without the number in front."""
    assert exercise_id(file) == wanted


def test_what_we_ship() -> None:
    """The process is whole: nine steps, every id served by an exercise or by the bot itself, read once."""
    process = the_process()
    assert process is the_process()
    assert [step.number for step in process.steps] == list(range(9))
    served = {served for exercise in process.exercises.values() for served in exercise.serves}
    assert {name for name in process.ids if name[0] not in "PI"} <= served


def test_an_exercise_of_an_older_version() -> None:
    """A round goes on as it began: its exercise is read from the text that was kept, or it is told why not."""
    kept = read_exercise("talk", TALK, "v1")
    assert (kept.id, kept.version, kept.source) == ("talk", "v1", TALK)
    with pytest.raises(DefinitionError, match="talk: cannot be read"):
        read_exercise("talk", "how = ", "v1")
    with pytest.raises(DefinitionError, match="how: is missing"):
        read_exercise("talk", TALK.replace('how = "each"', ""), "v1")
