"""What counts as a sign of life of a coordinator, and how they are told that the group will be asked."""

from datetime import date, time, timedelta
from pathlib import Path

from bot.context.context import Context
from bot.demo.town import Town, town
from bot.demo.transcript import gathered, group_id
from bot.features.digest import daily_message
from bot.features.wellbeing import check_ins
from bot.reminders.kinds import CHECK_IN, SILENCE
from storage.records.meetings import PlannedMeeting

WARNED = "Om du inte hör av dig inom tre arbetsdagar"


async def _met(played: Town, kind: str, day: date) -> None:
    async with played.bot.store.work() as work:
        group = await group_id(played, work)
        await work.meetings.put(group, PlannedMeeting(kind, 0, 1, 1, day, time(13), 90, 0))


async def test_whoever_held_a_meeting_is_not_silent(tmp_path: Path) -> None:
    """A meeting of the network's that has been is as good as a tap; a working session that nobody started is not."""
    for kind, silent in (("network", False), ("session", True)):
        (tmp_path / kind).mkdir()
        async with town(tmp_path / kind) as played:
            await gathered(played, ["Alva", "Bo", "Cia"])
            await _met(played, kind, played.sandbox.now().date() + timedelta(days=8))
            await played.wind(days=18)
            assert (WARNED in "\n".join(played.texts("Alva"))) is silent


async def test_the_warning_asks_nobody_how_they_are(tmp_path: Path) -> None:
    """A check-in that falls on the day of the warning waits for another day."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David"])
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            group = await work.groups.get(await group_id(played, work))
            await check_ins.begin(ctx, group)
            (alva,) = [m for m in await work.members.active(group.id) if m.coordinator]
            await work.open_items.put(alva, SILENCE, f"silence:{group.id}", ctx.today, ctx.today)
            (asked,) = [item for item in await work.open_items.of_member(alva.id) if item.kind == CHECK_IN]
            await work.open_items.put(alva, CHECK_IN, asked.ref, ctx.today, ctx.today)
            await daily_message.send(ctx, alva.person_id)
        await played.settle()
        assert WARNED in played.last("Alva")
        assert "just nu?" not in played.last("Alva")
