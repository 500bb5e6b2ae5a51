"""A position that is shared while logging: the part of town is kept, and the position is nowhere."""

import io
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.updates import Position
from bot.demo.town import START, Town
from bot.features.incidents import areas, report
from bot.telegram.updates import read
from storage.records.group_settings import GroupSettings, Places
from storage.records.records import Group, GroupState
from tests.incidents.scene import SIX, watched

PARTS = {"Centrum": (56.046, 12.694), "Hamnen": (56.031, 12.688)}  # of Helsingborg, which is the demo's example
SHARED = (56.03347, 12.69218)  # at the harbour, to the metre
PLACE = {"latitude": SHARED[0], "longitude": SHARED[1]}
EVERYWHERE = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


async def mapped(played: Town, points: dict[str, tuple[float, float]] = PARTS) -> None:
    """Give the group these parts of town, with these points."""
    async with played.bot.store.work() as work:
        group = await work.groups.get(1)
        settings = replace(group.settings, lists={"areas": tuple(PARTS)}, places=Places(points))
        await work.groups.update(1, settings=settings)


async def shares(played: Town, name: str, **more: float) -> None:
    """Share a position in the private chat."""
    where = {"latitude": SHARED[0], "longitude": SHARED[1], **more}
    await played.act(name, "send_location", chat=played.person(name), **where)


async def sends(played: Town, name: str, number: int, kind: str = "message", **content: Any) -> None:
    """Bring an update about a message with this content, as Telegram would; the sandbox knows no venues."""
    person = {"id": played.person(name), "first_name": name}
    message = {"message_id": 90, "date": 0, "chat": {**person, "type": "private"}, "from": person, **content}
    await played.bot.poller.take([{"update_id": 900_000 + number, kind: message}])
    await played.settle()


def traces() -> list[bytes]:
    """The ways in which the shared position could stand somewhere: its numbers, down to what still says which block."""
    return [f"{number:.{digits}f}".encode() for number in SHARED for digits in (3, 4, 5)]


async def test_the_part_of_town_is_all_that_is_kept(tmp_path: Path, loudest: io.StringIO) -> None:
    """No file, opened row or log line holds the position; the incident says the part, and the message is gone."""
    async with watched(tmp_path) as played:
        await mapped(played)
        await played.write("Bo", "/incident")
        await played.tap("Bo", "Nu")
        await shares(played, "Bo")
        assert "vilken del av staden det är: Hamnen" in played.texts("Bo")[-2]
        for label in SIX[1:]:
            await played.tap("Bo", label)
        async with played.bot.store.work() as work:
            (incident,) = await work.incidents.all_of(1)
            opened = [await work.runs.of_exercise(1, "incident"), await work.groups.get(1)]
            opened += [asdict(one) for one in await work.outbox._select("ORDER BY id")]
        assert incident.values == {"when": "2027-01-11", "kind": ["labour"], "area": "Hamnen"}
        standing = played.sandbox.chat(played.person("Bo")).messages.values()
        assert not any("location" in message.content for message in standing)
        await played.bot.store.backup(tmp_path / "data" / "backup.db")
        files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        held = {file.name: file.read_bytes() for file in files}
        held |= {"log": loudest.getvalue().encode(), "opened": repr(opened).encode()}
    assert {name: [t for t in traces() if t in content] for name, content in held.items()} == {n: [] for n in held}


async def test_a_failure_keeps_no_position(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the program fails over it, what is put aside for the operator holds no position and no contact card."""

    def fails(*_: Any) -> None:
        raise RuntimeError("made to fail")

    monkeypatch.setattr(areas, "nearest", fails)
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        await shares(played, "Bo")
        await sends(played, "Bo", 1, location=PLACE, venue={"location": PLACE, "title": "Kajen", "address": "1"})
        assert "Något gick fel hos mig" in played.last("Bo")
        async with played.bot.store.work() as work:
            letters = await work.update_log.dead_letters()
    assert len(letters) == 2
    assert all(letter.raw["message"]["from"] for letter in letters)
    assert not any(trace in repr(letters).encode() for trace in traces())


async def test_a_failure_keeps_no_word_of_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the program fails over what was written while logging, what is put aside holds none of it."""

    def fails(*_: Any) -> None:
        raise RuntimeError("made to fail")

    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        monkeypatch.setattr(report, "identities_in", fails)
        await played.write("Bo", "Hon heter Zorica Petrovic")
        await played.act("Bo", "send_photo", chat=played.person("Bo"), caption="Zorica")
        assert "Något gick fel hos mig" in "".join(played.texts("Bo"))
        async with played.bot.store.work() as work:
            letters = await work.update_log.dead_letters()
    assert len(letters) == 1, "a picture fails over nothing"
    assert letters[0].raw["message"]["from"]
    assert "Zorica" not in repr(letters)


async def test_far_from_every_point(tmp_path: Path) -> None:
    """A place in no part that has a point is not guessed at: the parts are offered, and the tap is taken."""
    async with watched(tmp_path) as played:
        await mapped(played)
        await played.write("Bo", "/incident")
        await shares(played, "Bo", latitude=56.2)
        assert "Vilken del av staden gäller det?" in played.texts("Bo")[-2]
        await played.tap("Bo", "Centrum")
        for label in SIX:
            await played.tap("Bo", label)
        async with played.bot.store.work() as work:
            (incident,) = await work.incidents.all_of(1)
        assert incident.values["area"] == "Centrum"


async def test_a_venue_and_a_position_that_moves_on(tmp_path: Path) -> None:
    """A place by name is taken like a position; one that is shared live is answered once and not at every step."""
    async with watched(tmp_path) as played:
        await mapped(played)
        await played.write("Bo", "/incident")
        await sends(played, "Bo", 1, location=PLACE, venue={"location": PLACE, "title": "Kajen", "address": "1"})
        assert "Hamnen" in played.texts("Bo")[-2]
        said = len(played.texts("Bo"))
        await sends(played, "Bo", 2, "edited_message", edit_date=1, location={**PLACE, "live_period": 900})
        assert len(played.texts("Bo")) == said


async def test_a_point_is_rounded_and_its_message_goes(tmp_path: Path) -> None:
    """What the coordinator shares for a part of town is kept to a hundred metres, can be taken away, and leaves."""
    async with watched(tmp_path) as played:
        await mapped(played, {})
        await played.write("Alva", "/skydd")
        for label in ("Delar av staden", "Hamnen", "Ge delen en plats på kartan"):
            await played.tap("Alva", label)
        await shares(played, "Alva")
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).settings.places.area_points == {"Hamnen": (56.033, 12.692)}
        standing = played.sandbox.chat(played.person("Alva")).messages.values()
        assert not any("location" in message.content for message in standing)
        await played.tap("Alva", "Ta bort platsen")
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).settings.places.area_points == {}


async def test_only_the_coordinator_sets_points(tmp_path: Path) -> None:
    """Whoever stopped coordinating meanwhile sets no point with what was asked of them before."""
    async with watched(tmp_path) as played:
        await mapped(played, {})
        await played.write("Alva", "/skydd")
        for label in ("Delar av staden", "Hamnen", "Ge delen en plats på kartan"):
            await played.tap("Alva", label)
        async with played.bot.store.work() as work:
            alva = await work.members.find(1, played.person("Alva"))
            assert alva is not None
            await work.members.update(alva.id, coordinator=False)
        await shares(played, "Alva")
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).settings.places.area_points == {}


@given(EVERYWHERE, st.dictionaries(st.sampled_from("ABCDE"), EVERYWHERE, max_size=5))
def test_nearest(place: Position, points: dict[str, Position]) -> None:
    """Of the points within reach none is nearer than the one that is chosen; where none is within reach none is."""
    placed = {name: (p.latitude, p.longitude) for name, p in points.items()}
    settings = GroupSettings(lists={"areas": tuple("ABCDE")}, places=Places(placed))
    chosen = areas.nearest(Group(1, -1, "", None, GroupState.ACTIVE, settings, START, ""), place)
    reach = {name: areas.kilometres(place, point) for name, point in points.items()}
    near = [name for name, distance in reach.items() if distance <= areas.NEAR]
    assert (chosen in near) if near else (chosen is None)
    assert chosen is None or all(reach[chosen] <= distance for distance in reach.values())


@pytest.mark.parametrize(
    ("a", "b", "far"),
    [
        ((59.3293, 18.0686), (57.7089, 11.9746), 398),  # Stockholm and Gothenburg
        ((56.046, 12.694), (56.033, 12.69), 1.47),
        ((0, 179.9), (0, -179.9), 22),  # across the date line
        ((90, 0), (-90, 0), 20_015),
    ],
)
def test_distance(a: tuple[float, float], b: tuple[float, float], far: float) -> None:
    """Distances are those of a globe."""
    assert areas.kilometres(Position(*a), Position(*b)) == pytest.approx(far, rel=0.02)


def test_a_position_shows_itself_nowhere() -> None:
    """A message that was read says nothing of the place in a log or an error."""
    message = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "from": {"id": 1}}
    place = {"latitude": SHARED[0], "longitude": SHARED[1]}
    said = read({"message": {**message, "location": place}}, "bot")
    assert str(SHARED[0]) not in repr(said)
