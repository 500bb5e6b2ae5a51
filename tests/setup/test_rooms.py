"""The rooms of the house keep to their doors: which may import which, and which know the outside world."""

import ast
import re
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
MAY_IMPORT = {
    "flows": set(),
    "storage": {"aiosqlite", "cryptography"},
    "messages": {
        "flows",
        "docx",
        "jinja2",
        "manimgx_fonts",
        "manimgx_fonts_cjk",
        "markdown_it",
        "markupsafe",
        "pptx",
        "segno",
        "typst",
        "xlsxwriter",
    },
    "bot": {
        "flows",
        "storage",
        "messages",
        "aiohttp",
        "aiosmtplib",
        "apscheduler",
        "cryptography",
        "dotenv",
        "holidays",
        "httpx",
        "icalendar",
        "jinja2",
        "markupsafe",
        "personnummer",
        "phonenumbers",
        "pyreqwest",
        "telegram",
        "uvloop",
        "webauthn",
    },
}
# The rooms of bot/, from the ground up: each imports only those before it. `BASE` is at hand everywhere.
# The dispatcher stands below all features and names none; only the top floor, `assembly`, knows them.
ROOMS_OF_BOT = (
    *(
        "channel",
        "telegram",
        "context",
        "dispatch",
        "identities",
        "sandbox",
        "reminders",
        "ballots",
        "views",
        "exercises",
        "features",
        "assembly",
    ),
    *("page", "operations", "app", "service", "demo", "doctor", "commands", "__main__"),
)
# The features, in the same way: a folder each.
FEATURES = (
    *("help", "wellbeing", "identities", "registers", "incidents", "network", "process", "coordination", "home"),
    *("approvals", "calendar", "digest", "together", "members", "outsiders", "documents"),
)
# The rooms of flows/ and storage/, from the ground up; "" is what lies directly in the folder.
ROOMS_OF = {
    "flows": ("", "dates", "fields", "definitions", "run", "dialogue", "engine", "figures", "timing"),
    "storage": ("vault", "", "records", "migrations", "store", "backup"),
}
BASE = ("config", "errors", "logs", "secret_files", "settings")
PICKLES = {"pickle", "shelve", "marshal", "dill"}


@cache
def imports(room: str) -> tuple[tuple[str, str], ...]:
    """Return place and dotted name of every import in a room, also of those inside functions."""
    found = []
    for path in sorted((HOUSE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=aliases):
                    names = [alias.name for alias in aliases]
                case ast.ImportFrom(level=0, module=str(module), names=aliases):
                    names = [f"{module}.{alias.name}" for alias in aliases]
                case _:
                    continue
            found += [(f"{path.relative_to(HOUSE)}:{node.lineno}", name) for name in names]
    return tuple(found)


def top(name: str) -> str:
    """The top-level module of a dotted name."""
    return name.partition(".")[0]


def height(module: list[str]) -> tuple[int, int]:
    """How far up a module of bot/ stands: its room, and within the features its folder."""
    room = ROOMS_OF_BOT.index(module[1])
    return room, FEATURES.index(module[2]) if module[1] == "features" and module[2] != "__init__" else 0


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports(room: str) -> None:
    """A room imports itself, the standard library, and what its line in the table allows; nothing imports bot."""
    allowed = MAY_IMPORT[room] | {room} | sys.stdlib_module_names
    assert [f"{place} imports {name}" for place, name in imports(room) if top(name) not in allowed] == []


def test_rooms_of_bot() -> None:
    """Inside bot/ too, nothing imports what stands on it: the rooms have an order, and each has its place in it."""
    upwards = []
    for place, name in imports("bot"):
        if top(name) != "bot" or name.split(".")[1] in BASE:
            continue
        here = place.partition(".py")[0].split("/")
        if here[1] in BASE or height(name.split(".")) > height(here):
            upwards.append(f"{place} imports {name}")
    assert upwards == []


@pytest.mark.parametrize("house", ROOMS_OF)
def test_rooms_have_an_order(house: str) -> None:
    """In flows/ and storage/ too, a room imports only those before it."""

    def floor(module: list[str]) -> int:
        return ROOMS_OF[house].index(module[1] if module[1] in ROOMS_OF[house] else "")

    upwards = [
        f"{place} imports {name}"
        for place, name in imports(house)
        if top(name) == house and (there := name.split("."))[1] != "errors"
        if floor(there) > floor(place.partition(".py")[0].split("/"))
    ]
    assert upwards == []


def test_no_module_imports_in_a_circle() -> None:
    """Modules have an order, too: none needs itself by way of others, not even by an import inside a function."""
    modules = {
        ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")
        for room in MAY_IMPORT
        for path in (HOUSE / room).rglob("*.py")
    }
    order: TopologicalSorter[str] = TopologicalSorter()
    for room in MAY_IMPORT:
        for place, name in imports(room):
            here = place.partition(".py")[0].replace("/", ".").removesuffix(".__init__")
            there = name if name in modules else name.rpartition(".")[0]
            if there in modules - {here}:
                order.add(here, there)
    order.prepare()  # raises CycleError, which names the modules


@pytest.mark.parametrize("room", ["flows", "messages/documents"])
def test_every_module_of_a_room_is_on_its_page(room: str) -> None:
    """Whoever reads the page of such a room meets every module by name, and none that is no more."""
    page = (HOUSE / room / "README.md").read_text(encoding="utf-8")
    as_one = {"fields", "layout", "pictures"}  # folders that the page names as one
    modules = {path.stem for path in (HOUSE / room).rglob("*.py") if path.parent.name not in as_one} - {"__init__"}
    assert sorted(name for name in modules if f"`{name}`" not in page) == []
    table = page.partition("|---|---|\n")[2].partition("\n\n")[0]
    named = {name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert sorted(named - modules) == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_pickles(room: str) -> None:
    """Nothing is kept in a form that can run code when it is read, or that a kill in the midst of writing destroys."""
    assert [place for place, name in imports(room) if top(name) in PICKLES] == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_every_room_has_a_page(room: str) -> None:
    """Whoever opens a room finds a page on what it is for."""
    assert (HOUSE / room / "README.md").is_file()


def room_of(module: list[str]) -> str:
    """The room that a module stands in, as the picture of the architecture names it."""
    return module[0] if module[0] != "bot" else f"bot/{module[1]}"


def drawn() -> str:
    """The rooms and who imports whom, from the imports themselves; what follows from other arrows is left out."""
    apart = {f"bot/{name}" for name in (*BASE, "app", "service", "__main__", "demo", "doctor", "commands", "sandbox")}
    arrows: dict[str, set[str]] = {}
    for top_room in MAY_IMPORT:
        for place, name in imports(top_room):
            here, there = room_of(place.partition(".py")[0].split("/")), room_of(name.split("."))
            if top(name) in MAY_IMPORT and len({here, there} - apart) == 2 and there != "bot/__init__":
                arrows.setdefault(here, set()).add(there)

    def reached(room: str) -> set[str]:
        return {far for near in arrows.get(room, ()) for far in {near, *reached(near)}}

    lines = [
        f"    {here} --> {there}"
        for here in sorted(arrows)
        for there in sorted(arrows[here] - {far for near in arrows[here] for far in reached(near)})
    ]
    return "\n".join(["flowchart TD", *lines])


def test_the_picture_of_the_architecture() -> None:
    """The picture at the head of bot/README.md shows the imports as they are."""
    page = (HOUSE / "bot" / "README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{drawn()}\n```" in page, f"draw it anew:\n{drawn()}"
