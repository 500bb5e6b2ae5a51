"""Where to turn: 112 and 114 14 first, then the group's own numbers for this hour, then those for other times."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.town import GROUP, Town
from tests.incidents.scene import watched

CHAIN = (
    {"link": "follow_up", "daytime": "010-4", "what": "Träffas"},
    {
        "link": "discovery",
        "daytime": "010-1",
        "evening": "020-1",
        "weekend": "030-1",
        "otherwise": "112",
        "what": "Ring",
    },
    {"link": "protection", "daytime": "010-3", "evening": "010-3", "weekend": "030-3", "what": "Ordna en säng"},
    {"link": "first_contact", "weekend": "030-2", "what": "Lyssna"},
)
LINES = {
    "daytime": ["Skydd och stöd – Jouren: 010-3", "Upptäckt – Jouren: 010-1"],
    "evening": ["Skydd och stöd – Jouren: 010-3", "Upptäckt – Jouren: 020-1"],
    "weekend": ["Första kontakt – Jouren: 030-2", "Skydd och stöd – Jouren: 030-3", "Upptäckt – Jouren: 030-1"],
}


async def chained(played: Town) -> None:
    """Give the group a routine."""
    async with played.bot.store.work() as work:
        actor = await work.rows.add(1, "actors", {"name": "Jouren"}, author=None)
        for row in CHAIN:
            await work.rows.add(1, "chain", {**row, "actor": {"id": actor.id}}, author=None)


@pytest.mark.parametrize(
    ("start", "time"),
    [
        (datetime(2027, 1, 11, 8, tzinfo=UTC), "daytime"),
        (datetime(2027, 1, 11, 18, tzinfo=UTC), "evening"),
        (datetime(2027, 1, 16, 9, tzinfo=UTC), "weekend"),
        (datetime(2027, 1, 6, 9, tzinfo=UTC), "weekend"),  # Epiphany, a Wednesday
    ],
)
async def test_the_numbers_for_this_hour_come_first(tmp_path: Path, start: datetime, time: str) -> None:
    """At every hour every number can be reached: those that hold now above, whom one calls before whoever discovers."""
    async with watched(tmp_path, start=start) as played:
        await chained(played)
        await played.write("Bo", "/ring")
        await played.write("Bo", "/ring", chat=GROUP)
        for said in (played.last("Bo"), played.last("Bo", GROUP)):
            now, _, others = said.partition("Andra tider")
            places = [now.index(words) for words in ("112", "114 14", *LINES[time])]
            assert places == sorted(places)
            assert all(words in now + others for lines in LINES.values() for words in lines)
            assert "Om ingen svarar: 112" in now
            assert "010-4" not in said, "who evaluates is nobody to turn to"


async def test_without_a_routine(tmp_path: Path) -> None:
    """Where there is no routine yet, the national numbers stand alone."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/ring")
        assert "Enligt er rutin" not in played.last("Bo")
        assert "020-390 000" in played.last("Bo")


async def test_one_number_stands_once_where_something_was_seen(tmp_path: Path) -> None:
    """Above an incident's questions stands whom to call and what for, once for each number; not whoever discovers."""
    async with watched(tmp_path, start=datetime(2027, 1, 11, 8, tzinfo=UTC)) as played:
        async with played.bot.store.work() as work:
            names = ("Jouren", "Hotellet")
            jouren, hotel = [await work.rows.add(1, "actors", {"name": name}, author=None) for name in names]
            for link, what, actor in (
                ("discovery", "Ser", hotel),
                ("first_contact", "Lyssna", jouren),
                ("protection", "Ordna en säng", jouren),
            ):
                values = {"link": link, "daytime": f"010-{actor.id}", "what": what, "actor": {"id": actor.id}}
                await work.rows.add(1, "chain", values, author=None)
        await played.write("Bo", "/incident")
        said = "\n".join(played.texts("Bo")[-2:])
        assert f"Jouren (Lyssna · Ordna en säng): 010-{jouren.id}" in said
        assert "Hotellet" not in said
