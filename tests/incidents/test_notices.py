"""What lights up on a locked phone says that something waits, not what."""

import ast
from pathlib import Path

import pytest

from messages.structure.layout import laid_out
from messages.voice import Voice
from tests.incidents.scene import log, watched

FEATURES = Path(__file__).parents[2] / "bot" / "features"
# What the bot says to a person of itself, without having been spoken to just then.
UNASKED: dict[str, list[dict[str, object]]] = {
    "something_waits": [{}],
    "something_presses": [{"town": None, "stands_in": False}, {"town": None, "stands_in": True}],
}
# Words that tell a bystander what it is about.
TELLING = (
    "människohandel",
    "prostitution",
    "utsatt",
    "offer",
    "händelse",
    "incident",
    "rapport",
    "polis",
    "socialtjänst",
    "våld",
    "exploatering",
    "sexuell",
    "skydd",
    "logg",
    "gallra",
    "radera",
    "fara",
    "barn",
)


@pytest.mark.parametrize("name", UNASKED)
def test_nothing_is_told(name: str) -> None:
    """Not one word of a notice that comes unasked is of the kind that tells."""
    texts = [laid_out(Voice("sv").render(name, facts)).lower() for facts in UNASKED[name]]
    assert [word for text in texts for word in TELLING if word in text] == []


def test_every_notice_of_these_features_is_looked_at() -> None:
    """A message that is sent once and may go missing (`once`) is one that comes unasked; each is in the table above."""
    found = set()
    for path in (
        p for folder in ("incidents", "members", "outsiders", "documents") for p in (FEATURES / folder).glob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "to_person":
                once = any(k.arg == "context" and "once" in ast.unparse(k.value) for k in node.keywords)
                if once and isinstance(node.args[1], ast.Constant):
                    found.add(node.args[1].value)
    assert found == set(UNASKED)


async def test_the_buttons_tell_nothing_either(tmp_path: Path) -> None:
    """The button under such a notice says that it can be opened."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        assert (played.last("Cia"), played.keys("Cia")) == ("Något väntar på dig här.", ["Öppna"])


async def test_danger_is_told_at_once(tmp_path: Path) -> None:
    """Where somebody is in danger now a reader hears of it at once, in the middle of the night; else in the morning."""
    async with watched(tmp_path) as played:
        await played.wind(hours=14)  # eleven in the evening
        before = len(played.texts("Cia"))
        await log(played, "Bo")
        assert len(played.texts("Cia")) == before
        await log(played, "Bo", "Nu", "☐ Exploatering i arbete", "Klar", "Ja", "Hoppa över resten", "Spara")
        urgent = "Något brådskande väntar på dig här. Läs det så snart du kan."
        assert (played.last("Cia"), played.keys("Cia")) == (urgent, ["Öppna"])
        await played.wind(hours=10.5)
        assert len(played.texts("Cia")) == before + 3  # the calm one, and the urgent one again, as nobody has read it
        assert played.sandbox.now().hour == 8  # half past nine in the morning: it came at nine
