"""Advertisements are thinned out by date, and can still be counted."""

from pathlib import Path

from bot.incidents.retention import RULES
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
    assert RULES["adverts"].months == 12
