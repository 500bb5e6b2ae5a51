"""Advertisements are thinned out by date, and can still be counted."""

from pathlib import Path

from bot.context.context import Context
from bot.exercises.carried_over import of_exercise
from bot.exercises.runner import scene_of
from bot.features.incidents.retention import registers
from flows.loader import the_process
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
