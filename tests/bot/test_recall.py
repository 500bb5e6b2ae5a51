"""What comes back of earlier exercises, and to whom: the network meets what was open to it or is shared with it."""

from pathlib import Path

from bot.context.context import Context
from bot.demo.invented import Invented
from bot.demo.town import START, town
from bot.exercises import runner
from bot.exercises.earlier_results import of_exercise, recalled
from tests import seeded_town


async def test_what_the_core_group_said_stays_there(tmp_path: Path) -> None:
    """The premortem was the core group's alone, so it comes back to the core group and not to the network."""
    async with town(tmp_path) as played, played.bot.store.work() as work:
        ctx, invented = Context(played.bot.services, work, START), Invented()
        await seeded_town.settle(ctx, -1, [1_000 + n for n in range(len(invented.people))], invented)
        scene = await runner.scene_of(ctx, await work.groups.get(1))
        exercises = ctx.services.process.exercises

        async def titles(exercise: str, role: str) -> set[str]:
            return {str(one["title"]) for one in await recalled(ctx, scene, exercises[exercise], role)}

        for exercise in ("reflection_plan", "reflection_routine", "ambition"):
            assert await titles(exercise, "core")
            assert not await titles(exercise, "network")
        assert await titles("swot_insights", "network") == await titles("swot_insights", "core") != set()
        assert await titles("common_ground", "network") == await titles("common_ground", "core") != set()


async def test_what_people_outside_answered_goes_on_as_means(tmp_path: Path) -> None:
    """Of the answers from outside nothing goes on while two actors have given some; from three on, means alone do."""
    async with town(tmp_path) as played, played.bot.store.work() as work:
        ctx, invented = Context(played.bot.services, work, START), Invented()
        await seeded_town.settle(ctx, -1, [1_000 + n for n in range(len(invented.people))], invented)
        scene, indicators = (
            await runner.scene_of(ctx, await work.groups.get(1)),
            ctx.services.process.exercises["indicators"],
        )
        for row in await work.rows.all(1, "indicators"):
            await work.rows._update(row.id, state="removed", version=row.version + 1)
        actors = [row.id for row in await work.rows.all(1, "actors")][:3]
        kept = []
        for place, actor in enumerate(actors):
            values = {"actor": {"id": actor}, "general_controlled": place + 2, "comment": "Ett hotell vid stationen."}
            await work.rows.add(1, "indicators", values, author=None)
            kept.append(await of_exercise(ctx, scene, indicators))
        assert kept[:2] == [None, None]
        assert kept[2] is not None
        assert kept[2].lines == ("Allmänna tecken: 3",)
