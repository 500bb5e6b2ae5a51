"""Every command of OPERATIONS.md is run as it stands by `make drills`, or it is named why not."""

from tests.drills import guide

PAGE = guide.sections(guide.PAGE.read_text(encoding="utf-8"))
STEPS = guide.steps("token", "http://127.0.0.1:1", "HEAD", guide.VERSION)


def test_every_command_is_played_or_named() -> None:
    """A command that is new on the page is under a heading that the drill goes through, or has a reason not to be."""
    played = {step.heading for step in STEPS}
    assert len(played) == len(STEPS)
    left = [c for heading, found in PAGE.items() if heading not in played for c in found]
    assert [command for command in left if not guide.reason_not_to_run(command)] == []
    assert played <= PAGE.keys()


def test_nothing_stands_in_for_what_is_gone() -> None:
    """What is put in place of a word in brackets, what is typed, and what is not run, is on the page; all words are
    put in place of."""
    everything = [command for found in PAGE.values() for command in found]
    assert [begins for begins in guide.NOT_RUN if not any(c.startswith(begins) for c in everything)] == []
    for step in STEPS:
        commands = PAGE[step.heading]
        for part in (*step.put, *step.typed):
            assert any(part in command for command in commands), part
        for command in (c for c in commands if not guide.reason_not_to_run(c)):
            for word, stands_for in step.put.items():
                command = command.replace(word, stands_for)  # noqa: PLW2901 - a step at a time
            assert "<" not in command, command


def test_a_block_is_read_as_a_shell_reads_it() -> None:
    """Comments go, a line that ends in a pipe goes on, and a block in a list loses its indent."""
    block = "   sb backup   # says its name\n   # all of it\n   printf 'a b' |\n       tee x\n"
    assert list(guide.in_block(block, 3)) == ["sb backup", "printf 'a b' | tee x"]
