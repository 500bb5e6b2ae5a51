"""Advertisements are thinned out by date, and can still be counted."""

from pathlib import Path

from bot.context.context import Context
from bot.demo.town import GROUP
from bot.exercises.earlier_results import of_exercise
from bot.exercises.runner import scene_of
from bot.features.incidents.retention import registers
from flows.definitions.loader import the_process
from tests.incidents.scene import watched


async def test_old_advertisements_can_only_be_counted(tmp_path: Path) -> None:
    """A year after the last change the name and all else are gone, and the date and the site stay."""
    told = {"date": "2027-01-11", "site": "exempelsidan", "name": "Blå", "other": "samma text"}
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            row = await work.rows.add(1, "adverts", told, author=None)
        await played.wind(days=364)
        async with played.bot.store.work() as work:
            assert (await work.rows.get(row.id)).values == told
        await played.wind(days=5)
        async with played.bot.store.work() as work:
            assert (await work.rows.get(row.id)).values == {"date": "2027-01-11", "site": "exempelsidan"}
            assert len(await work.rows.history(row.id)) == 1
    assert registers(the_process())["adverts"].months == 12


async def test_what_is_too_old_goes_also_where_the_bot_is_out_of_the_chat(tmp_path: Path) -> None:
    """What people were told to be kept for a year is not kept for longer because the group has removed the bot."""
    told = {"date": "2027-01-11", "site": "exempelsidan", "name": "Blå", "other": "samma text"}
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            row = await work.rows.add(1, "adverts", told, author=None)
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        said = played.texts("Alva"), played.texts("Alva", GROUP)
        await played.wind(days=370)
        async with played.bot.store.work() as work:
            assert (await work.rows.get(row.id)).values == {"date": "2027-01-11", "site": "exempelsidan"}
        assert (played.texts("Alva"), played.texts("Alva", GROUP)) == said


async def test_what_was_taken_off_a_list_of_people_goes(tmp_path: Path) -> None:
    """An advertisement or a guest that somebody has removed can be put back for a month; then nothing of it is kept."""
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            told = {"date": "2027-01-11", "site": "exempelsidan", "name": "Blå"}
            gone = [await work.rows.add(1, register, told, author=None) for register in ("adverts", "guests")]
            kept = [await work.rows.add(1, register, told, author=None) for register in ("adverts", "actors")]
            for row in (*gone, kept[1]):
                await work.rows.change(row.id, None, None, state="removed")
        await played.wind(days=29)
        async with played.bot.store.work() as work:
            assert [(await work.rows.get(row.id)).values for row in gone] == [told, told]
        await played.wind(days=4)
        async with played.bot.store.work() as work:
            assert [await work.rows.lookup(row.id) for row in gone] == [None, None]
            assert await work._session.rows("SELECT * FROM row_versions WHERE id = ?", (gone[0].id,)) == []
            assert [(await work.rows.get(row.id)).values for row in kept] == [told, told]


async def test_only_how_many_is_carried_on(tmp_path: Path) -> None:
    """Where the mapping is shown to the network, advertisements are counted and no advertiser is named."""
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            told = {"date": "2027-01-11", "site": "exempelsidan", "name": "Blå"}
            await work.rows.add(1, "adverts", told, author=None)
            ctx = Context(played.bot.services, work, played.sandbox.now())
            adverts = played.bot.services.process.exercises["adverts"]
            kept = await of_exercise(ctx, await scene_of(ctx, await work.groups.get(1)), adverts)
        assert kept is not None
        assert len(kept.lines) == 1
        assert "Blå" not in kept.lines[0]
