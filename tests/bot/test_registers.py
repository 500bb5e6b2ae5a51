"""A register with many rows, and several people in it at once."""

from pathlib import Path

from bot.context.context import Context
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered, group_id
from bot.features.documents.load_material import material_of

ROW = {"sector": "civil", "level": ["operative"], "children": "no", "status": "not_asked"}


async def filled(played: Town, count: int) -> None:
    """A group whose candidate register has so many rows."""
    await gathered(played, ["Alva", "Bo"])
    await begin(played, "Rekrytera")
    async with played.bot.store.work() as work:
        group = await work.groups.by_chat(played.groups[GROUP])
        assert group is not None
        for number in range(1, count + 1):
            await work.rows.add(group.id, "candidates", {"name": f"Person {number}", **ROW}, author=None)


async def test_a_long_register_has_pages(tmp_path: Path) -> None:
    """Eight rows at a time, with a way to the rest and back."""
    async with town(tmp_path) as played:
        await filled(played, 18)
        await played.tap("Bo", "Öppna listan", chat=GROUP)
        assert "Sida 1 av 3, 18 i listan" in played.last("Bo")
        assert [key for key in played.keys("Bo") if "Fler" in key or "Tidigare" in key] == played.keys("Bo")[8:9]
        await played.tap("Bo", "Fler")
        assert played.keys("Bo")[0] == "9. Person 9"
        assert ["Tidigare" in played.keys("Bo")[8], "Fler" in played.keys("Bo")[9]] == [True, True]
        await played.tap("Bo", "Fler")
        assert played.keys("Bo")[:2] == ["17. Person 17", "18. Person 18"]
        assert "Fler" not in "".join(played.keys("Bo"))


async def test_a_register_of_more_than_a_thousand_rows(tmp_path: Path) -> None:
    """The last of them is found, opened and changed like the first, and stands in the table that is taken home."""
    async with town(tmp_path) as played:
        await filled(played, 1001)
        await played.tap("Bo", "Öppna listan", chat=GROUP)
        assert "Sida 1 av 126, 1001 i listan" in played.last("Bo")
        await played.tap("Bo", "Sök")
        await played.write("Bo", "son 1001")
        await played.tap("Bo", "1001. Person 1001")
        await played.tap("Bo", "Ändra")
        await played.tap("Bo", "Namn")
        await played.write("Bo", "Vera Ny")
        assert "Vera Ny" in played.last("Bo")
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            kept = (await material_of(ctx, await work.groups.get(1))).registers["candidates"]
        assert (len(kept), kept[-1].values["name"]) == (1001, "Vera Ny")


async def test_the_last_row_of_a_page_may_go(tmp_path: Path) -> None:
    """When the only row of the last page is removed, the list still opens from an old button."""
    async with town(tmp_path) as played:
        await filled(played, 9)
        await played.tap("Bo", "Öppna listan", chat=GROUP)
        await played.tap("Bo", "Fler")
        await played.tap("Bo", "9. Person 9")
        await played.tap("Bo", "Ta bort")
        await played.tap_again("Bo", "Fler")
        assert "8. Person 8" in played.last("Bo")


async def test_what_was_removed_comes_back_whatever_was_done_since(tmp_path: Path) -> None:
    """A date that somebody has set on a row after it was removed does not keep it from being brought back."""
    async with town(tmp_path) as played:
        await filled(played, 1)
        await played.tap("Bo", "Öppna listan", chat=GROUP)
        await played.tap("Bo", "1. Person 1")
        await played.tap("Bo", "Ta bort")
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            row = await work.rows.get(1)
            await work.rows.change(row.id, None, None, due=ctx.today)
        await played.tap("Bo", "Ångra borttagningen")
        assert "Borttagen" not in played.last("Bo")
        assert "Ta bort" in played.keys("Bo")


async def test_two_may_look_after_the_same_row(tmp_path: Path) -> None:
    """What one has changed is what the other sees, and an old button does not bring back what somebody removed."""
    async with town(tmp_path) as played:
        await filled(played, 1)
        for name in ("Alva", "Bo"):
            await played.tap(name, "Öppna listan", chat=GROUP)
            await played.tap(name, "1. Person 1")
        await played.tap("Alva", "Ändra")
        await played.tap("Alva", "Namn")
        await played.write("Alva", "Gunilla Hittepå")
        await played.tap("Bo", "Markera som klar")
        assert "Gunilla Hittepå" in played.last("Bo")
        await played.tap("Alva", "Ta bort")
        await played.tap("Bo", "Markera som inte klar")
        assert "Borttagen av Alva den 11 januari." in played.last("Bo")
        await played.tap("Alva", "Ångra borttagningen")
        await played.tap("Alva", "Historik")
        assert "borttagen" in played.last("Alva")


async def test_a_row_half_made_waits(tmp_path: Path) -> None:
    """Whoever looks at the list in the midst of a new row finds the row again where it was left."""
    async with town(tmp_path) as played:
        await filled(played, 1)
        await played.tap("Bo", "Öppna listan", chat=GROUP)
        await played.tap("Bo", "Lägg till")
        await played.write("Bo", "Gunnar Påhittad")
        await played.write("Bo", "/svara")
        await played.tap("Bo", "Rekrytera")
        await played.tap("Bo", "1. Person 1")
        await played.tap("Bo", "Hela listan")
        await played.tap("Bo", "Lägg till")
        assert "2 av 9" in played.last("Bo")


async def test_what_is_given_to_somebody_away_does_not_sound(tmp_path: Path) -> None:
    """Whoever is away was promised quiet: a task that a colleague gives them is there when they look."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Alva", "/atgard Ringa hotellet")
        await played.tap("Alva", "Bo")
        assert not played.find("Bo", "Ringa hotellet").silent
        await played.write("Bo", "/franvaro till fredag")
        await played.write("Alva", "/atgard Ringa hamnen")
        await played.tap("Alva", "Bo")
        assert played.find("Bo", "Ringa hamnen").silent


async def test_old_buttons_do_not_change_what_came_through_a_link(tmp_path: Path) -> None:
    """Whoever answers from outside is told that it stands; so it does under buttons from before the bot kept to it."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Branscher och kontaktytor")
        async with played.bot.store.work() as work:
            group, told = await group_id(played, work), {"general_controlled": 2, "answered": "2027-01-11"}
            actor = await work.rows.add(group, "actors", {"name": "Hotell Exempel"}, author=None)
            bo = next(m for m in await work.members.of_group(group) if m.name == "Bo")
            row = await work.rows.add(group, "indicators", {"actor": {"id": actor.id}, **told}, author=bo.id)
        await played.tap("Alva", "Öppna listan", chat=GROUP)
        for label in ("1. Hotell", "Ändra"):
            await played.tap("Alva", label)
        async with played.bot.store.work() as work:
            work._session.write("UPDATE rows SET author = NULL")
            work.rows._caches.forget()
        await played.tap("Alva", "Styrs av andra")
        assert "har fått löftet att svaret inte ändras" in played.toast()
        async with played.bot.store.work() as work:
            assert (await work.rows.get(row.id)).values["general_controlled"] == 2
