"""Rows that others point at: many of them, removed ones, and keyboards that stay within Telegram's hundred buttons."""

from pathlib import Path
from typing import Any

from bot.demo.screen import said
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered

MOST_BUTTONS = 100  # Bot API, InlineKeyboardMarkup: what Telegram shows of a keyboard
ACTOR = {"kind": "hotel", "groups": [], "contact": "no"}


async def with_actors(played: Town, count: int) -> list[int]:
    """A group whose list of actors has so many rows; their ids."""
    await gathered(played, ["Alva", "Bo"])
    async with played.bot.store.work() as work:
        group = await work.groups.by_chat(played.groups[GROUP])
        assert group is not None
        rows = [
            await work.rows.add(group.id, "actors", {"name": f"Aktör {n}", **ACTOR}, author=None)
            for n in range(1, count + 1)
        ]
    return [row.id for row in rows]


def buttons(played: Town) -> int:
    """The most buttons that any message in the town has."""
    chats = played.sandbox.world.chats.values()
    return max(sum(map(len, (m.markup or {}).get("inline_keyboard", []))) for c in chats for m in c.messages.values())


async def test_a_thousand_actors_can_be_chosen_among(tmp_path: Path) -> None:
    """Among a thousand actors the newest come first, the others are a page or a word away, and the database is asked
    as often as for fifty."""
    async with town(tmp_path / "small") as small, town(tmp_path / "large") as large:
        assert await asked_to_choose(large, 1000) == await asked_to_choose(small, 50)
        assert buttons(large) < MOST_BUTTONS


async def asked_to_choose(played: Town, count: int) -> int:
    """Choose one of so many actors; how often the database was asked for that."""
    await with_actors(played, count)
    await begin(played, "Analys av era lokala")
    await played.tap("Alva", "Öppna listan", chat=GROUP)
    await played.tap("Alva", "Lägg till")
    assert played.keys("Alva")[:2] == [f"Aktör {count}", f"Aktör {count - 1}"]
    asked: list[str] = []
    await played.bot.store._connection.set_trace_callback(asked.append)
    await played.tap("Alva", "Fler")
    assert played.keys("Alva")[0] == f"Aktör {count - 8}"
    await played.write("Alva", "tör 4")
    assert played.keys("Alva")[:2] == ["Aktör 499", "Aktör 498"] if count > 499 else ["Aktör 49", "Aktör 48"]
    await played.write("Alva", "aktör 7")
    assert "5 frågor" not in played.last("Alva")
    assert "Hur mycket kan aktören påverka det som händer?" in played.last("Alva")
    return len(asked)


async def test_a_long_list_is_searched_and_narrowed(tmp_path: Path) -> None:
    """A word finds rows by what they say, also by the name of what they point at; one can look at one's own."""
    async with town(tmp_path) as played:
        actors = await with_actors(played, 12)
        await begin(played, "Analys av era lokala")
        async with played.bot.store.work() as work:
            group = await work.groups.by_chat(played.groups[GROUP])
            assert group is not None
            (member, _) = await work.members.of_group(group.id)
            for number, actor in enumerate(actors):
                values: dict[str, Any] = {"actor": {"id": actor}, "influence": 3, "support": 2, "reason": "Tid"}
                mine = member.id if number == 2 else None
                await work.rows.add(group.id, "actor_matrix", values, author=None, assignee=mine)
        await played.tap("Alva", "Öppna listan", chat=GROUP)
        assert "12 i listan" in played.last("Alva")
        await played.tap("Alva", "Sök")
        await played.write("Alva", "AKTÖR 11")
        assert "1 i listan med" in played.last("Alva")
        await played.tap("Alva", "11. Aktör 11")
        await played.tap("Alva", "Hela listan")
        await played.tap("Alva", "Mina")
        assert played.keys("Alva")[0] == "3. Aktör 3"
        assert "Aktör 4" not in played.last("Alva")
        await played.tap("Alva", "Visa alla")
        assert "12 i listan" in played.last("Alva")


async def test_what_is_asked_of_many_stays_within_a_keyboard(tmp_path: Path) -> None:
    """An exercise that asks about each of sixty actors has a summary in pages, and a card that a group can read."""
    async with town(tmp_path) as played:
        await with_actors(played, 60)
        await begin(played, "Rätt nivå")
        assert "○ Aktör 60" in said(played.find("Alva", "Rätt nivå", GROUP))
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        for _ in range(59):
            await played.tap("Alva", "Hoppa till")
        await played.tap("Alva", "Nätverkande")
        await played.tap("Alva", "Hoppa över")
        assert "1. Aktör 1: " in played.last("Alva")
        await played.tap("Alva", "Fler")
        assert "26. Aktör 13: " in played.last("Alva")
        await played.tap("Alva", "27")
        assert "27 av 120" in played.last("Alva")
        assert buttons(played) < MOST_BUTTONS


async def test_a_round_of_an_empty_list_waits(tmp_path: Path) -> None:
    """What is asked about each actor cannot begin before there is one, and says where to add it."""
    async with town(tmp_path) as played:
        await with_actors(played, 0)
        await begin(played, "Rätt nivå")
        assert "väntar på det här: Hitta kontaktytan" in played.last("Alva")


async def test_a_member_who_is_erased_breaks_nothing(tmp_path: Path) -> None:
    """Where somebody who has been erased is named, the name is gone and the row is not."""
    async with town(tmp_path) as played:
        (actor,) = await with_actors(played, 1)
        await begin(played, "Hitta kontaktytan")
        async with played.bot.store.work() as work:
            row = await work.rows.get(actor)
            await work.rows.change(actor, None, None, values={**row.values, "known_by": {"id": 9999}})
        await played.tap("Bo", "Öppna listan", chat=GROUP)
        await played.tap("Bo", "1. Aktör 1")
        assert "Kontaktperson i gruppen: –" in played.last("Bo")
