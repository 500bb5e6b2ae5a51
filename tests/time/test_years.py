"""The network's years: laid on as they go, with a yearly look that opens by itself, also after a long absence."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.context.context import Context
from bot.demo.town import GROUP, STOCKHOLM, Town, town
from bot.demo.transcript import gathered, open_step
from bot.features.calendar import lifecycle
from flows.timing.calendar import Meeting, MeetingKind

LOOK = "yearly_review"


async def laid(played: Town) -> tuple[Meeting, ...]:
    """The calendar as it stands."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        return await lifecycle.planned(ctx, await work.groups.get(1))


async def lay(played: Town) -> None:
    """A calendar of fourteen months from 18 January 2027."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        await lifecycle.create_calendar(ctx, await work.groups.get(1), date(2027, 1, 18), 14, 1)
    await played.settle()


async def rounds(played: Town) -> int:
    """How often the yearly look has been begun."""
    async with played.bot.store.work() as work:
        return len(await work.runs.of_exercise(1, LOOK))


async def conclude(played: Town) -> None:
    """The group has looked at plan and routine, and the coordinator closes the exercise."""
    await played.tap("Alva", "Avsluta övningen", chat=GROUP)
    if "Avsluta ändå" in " ".join(played.keys("Alva", GROUP)):
        await played.tap("Alva", "Avsluta ändå", chat=GROUP)


async def to(played: Town, day: date, hour: int = 12, *, at_work: bool = True) -> None:
    """The bot is away until then, or the next Monday after a weekend, and finds at once all that fell due."""
    if at_work and day.weekday() >= 5:
        day += timedelta(7 - day.weekday())
    at = datetime(day.year, day.month, day.day, hour, tzinfo=STOCKHOLM).astimezone(UTC)
    played.sandbox.wind((at - played.sandbox.now()).total_seconds())
    await played.bot.scheduler.ring()
    await played.settle()


async def test_the_years_go_on(tmp_path: Path) -> None:
    """One year always lies ahead, for as long as the network lives: four meetings and a look, told to the group."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        for _ in range(6):
            last = max(m.on for m in await laid(played))
            await to(played, last - timedelta(250))
            now = await laid(played)
            assert max(m.on for m in now) > last + timedelta(300)
            assert "Ett år till i kalendern" in "\n".join(played.texts("Alva", GROUP)[-3:])
        after = [m for m in await laid(played) if m.kind is not MeetingKind.SESSION]
        by_year = [[m for m in after if m.part == year] for year in range(1, 9)]
        assert [sum(m.kind is MeetingKind.NETWORK for m in year) for year in by_year] == [6, *[4] * 7]
        assert all(sum(m.kind is MeetingKind.REVIEW for m in year) == 1 for year in by_year)
        assert all(m.on.month != 7 and m.on.weekday() < 5 for m in after)
        assert played.texts("Bo")[-1].count("Ett år till") == 0  # the group's chat is where it is told


async def test_the_yearly_look_opens_by_itself(tmp_path: Path) -> None:
    """A week before each look a new round begins, by day, with the meeting as its time; the old ones stay."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        await open_step(played, 8)
        for year in (1, 2, 3):
            look = next(m for m in await laid(played) if m.kind is MeetingKind.REVIEW and m.part == year)
            await to(played, look.on - timedelta(11))
            assert await rounds(played) == year - 1
            await to(played, look.on - timedelta(7))
            assert await rounds(played) == year
            said = "\n".join(played.texts("Alva", GROUP)[-4:])
            assert "Er årliga översyn är" in said
            await to(played, look.on - timedelta(5))
            assert await rounds(played) == year
            await conclude(played)


async def test_a_look_set_aside_comes_again(tmp_path: Path) -> None:
    """A look that the coordinator took back is left alone that year, and taken up a week before the next."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        await open_step(played, 8)
        first, second = (m.on for m in await laid(played) if m.kind is MeetingKind.REVIEW)
        await to(played, first - timedelta(7))
        await played.tap("Alva", "Ångra starten", chat=GROUP)
        await to(played, first - timedelta(4))
        assert "Övningen är lagd åt sidan" in "\n".join(played.texts("Alva", GROUP))
        await to(played, second - timedelta(7))
        assert await rounds(played) == 1
        assert "Er årliga översyn är" in "\n".join(played.texts("Alva", GROUP)[-4:])


async def test_nobody_is_woken_by_a_calendar(tmp_path: Path) -> None:
    """A bot that comes back at three in the night of a Saturday lays the next year, but tells on Monday morning."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        saturday = date(2029, 6, 2)
        before = len(played.texts("Alva", GROUP))
        await to(played, saturday, 3, at_work=False)
        assert "Ett år till i kalendern" not in "\n".join(played.texts("Alva", GROUP)[before:])
        await to(played, saturday + timedelta(2), 9)
        assert "Ett år till i kalendern" in "\n".join(played.texts("Alva", GROUP)[before:])


async def test_a_group_that_has_not_come_so_far(tmp_path: Path) -> None:
    """Where the last step is not open yet, no yearly look begins by itself."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        look = next(m for m in await laid(played) if m.kind is MeetingKind.REVIEW)
        await to(played, look.on - timedelta(5))
        assert await rounds(played) == 0


async def test_back_in_the_group_the_calendar_holds(tmp_path: Path) -> None:
    """Removed and added again, the bot still tells of the next meeting, the day before."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.wind(days=4, hours=1)
        assert "Ni ses måndagen den 18 januari kl. 13.00." in played.last("Bo")
