"""The bot is thrown out of a group and comes back: all is there, and what was to be reminded of is."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.context.context import Context
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered, group_id
from bot.exercises.run_json import from_json
from bot.features.calendar import lifecycle
from bot.features.wellbeing import check_ins
from bot.reminders.run_deadlines import start_timer
from storage.records.meetings import PlannedMeeting


async def test_nothing_is_lost_while_the_bot_is_out(tmp_path: Path) -> None:
    """Answers stay; the date that passed meanwhile is asked about once the bot is back, and what is to come comes."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await played.tap("Bo", "Börja")
        await played.tap("Bo", "Nej")
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        await played.wind(days=10)
        assert "Tiden går ut" not in "\n".join(played.texts("Alva"))
        await played.write("Bo", "/svara")
        assert "Jag är inte med i" in played.last("Bo")
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.wind(minutes=1)
        assert "nu är jag tillbaka" in "\n".join(played.texts("Alva", GROUP))
        assert "I ”Riktning” har ingen svarat än, och tiden gick ut den 18 januari" in played.last("Alva")
        await played.write("Bo", "/svara")
        assert "Riktning – 1 av 5 frågor besvarade" in played.last("Bo")


async def test_who_answers_is_told_where_to_write(tmp_path: Path) -> None:
    """A command that belongs to the private chat is sent there from the group."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.write("Alva", "/svara", chat=GROUP)
        assert "skriv /nu där" in played.last("Alva", GROUP)
        await played.tap("Alva", "Öppna vår egen chatt", chat=GROUP)
        assert played.last("Alva").startswith("Hej Alva!")


async def test_the_groups_own_agenda_goes_on(tmp_path: Path) -> None:
    """How everyone is, and the next meeting, is asked and told after the bot's return as it would have been."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            group = await work.groups.get(await group_id(played, work))
            await check_ins.plan(ctx, group, ctx.today - timedelta(weeks=4) + timedelta(days=1))
            for number, days in enumerate((5, 16), 1):
                day = ctx.today + timedelta(days=days)
                await work.meetings.put(group.id, PlannedMeeting("session", 1, number, 2, day, time(13), 90, 0))
            await lifecycle.announce(ctx, group)
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        before = played.texts("Bo")
        await played.wind(days=9)
        assert played.texts("Bo") == before, "while the bot is not there nobody is asked or told anything"
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.wind(days=2)
        assert "Hur har du det just nu?" in played.last("Bo")
        assert "Kalendern" not in played.keys("Bo")
        await played.wind(days=5)
        assert "Kalendern" in played.keys("Bo")


async def test_absence_that_ended_meanwhile(tmp_path: Path) -> None:
    """Who was away and is back is counted on again, though the bot was not in the group on the day of their return."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await played.write("Bo", "/franvaro 11–15 januari")
        await played.wind(minutes=1)
        await played.write("Alva", "/vantar")
        assert "Bo" not in played.last("Alva")
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        await played.wind(days=10)
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.write("Alva", "/vantar")
        assert "Bo" in played.last("Alva")


async def test_timer_that_rings_too_late(tmp_path: Path) -> None:
    """That the minutes to think are over is not told days afterwards."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        async with played.bot.store.work() as work:
            group = await work.groups.get(await group_id(played, work))
            (run,) = [r for r in await work.runs.all_of(group.id) if r.exercise == "direction"]
            ctx = Context(played.bot.services, work, played.sandbox.now())
            await start_timer(ctx, group, run.id, 5)
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        await played.wind(days=2)
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.wind(minutes=1)
        assert "Tiden är ute" not in "\n".join(played.texts("Alva", GROUP))


@pytest.mark.parametrize("lost", ["told", "lost", "late"])
async def test_group_that_throws_the_bot_out_and_takes_it_back(tmp_path: Path, lost: str) -> None:
    """Whether we hear of it, or the news is lost, or comes before an older refusal: the group is served again."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        chat = played.groups[GROUP]
        if lost == "told":
            await played.act("Alva", "remove_bot", chat=chat)
            await played.act("Alva", "add_bot", chat=chat)
        else:  # the sender is refused, and nobody tells us that we are in the group again
            async with played.bot.store.work() as work:
                group = await work.groups.get(await group_id(played, work))
                await Context(played.bot.services, work, played.sandbox.now()).to_group(
                    group, "notice", {"text": "Ohört"}
                )
            played.sandbox.act(played.people["Alva"], "remove_bot", chat=chat)
            if lost == "late":
                await played.bot.sender.drain()
            played.sandbox.world.updates.clear()
            await played.bot.sender.drain()
            played.sandbox.act(played.people["Alva"], "add_bot", chat=chat)
            played.sandbox.world.updates.clear()
        await played.write("Alva", "/steg", chat=GROUP)
        assert "steg 0" in played.last("Alva", GROUP).lower()
        async with played.bot.store.work() as work:
            assert (await work.groups.get(await group_id(played, work))).state == "active"


@pytest.mark.parametrize("way", ["unblocked", "writes", "taps", "command"])
async def test_person_who_had_blocked_the_bot(tmp_path: Path, way: str) -> None:
    """Whoever comes back is answered and reminded again, however we learn of it, and the roster shows it."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await played.tap("Bo", "Börja")
        await played.act("Bo", "block_bot")
        await played.write("Alva", "/deltagare")
        assert "går inte att nå just nu" in played.last("Alva")
        bo = played.people["Bo"]
        played.sandbox.act(bo, "unblock_bot")
        if way != "unblocked":
            played.sandbox.world.updates.clear()  # the news of it is lost
        match way:
            case "writes":
                await played.write("Bo", "Hej igen")
            case "taps":
                await played.tap("Bo", "Nej")
            case "command":
                await played.write("Bo", "/svara")
        await played.settle()
        await played.write("Alva", "/deltagare")
        assert "går inte att nå just nu" not in played.last("Alva")
        before = len(played.texts("Bo"))
        await played.wind(days=6)
        assert len(played.texts("Bo")) > before, "reminded again"


async def test_a_begun_row_goes_with_whoever_is_erased(tmp_path: Path) -> None:
    """A row that was begun waits for whoever has left, and is gone once they are erased."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await begin(played, "Vem ska göra vad")
        await played.write("Cia", "/svara")
        await played.tap("Cia", "Vem ska göra vad")
        await played.tap("Cia", "Lägg till")
        await played.write("Cia", "Ringa hotellet")
        await played.act("Cia", "leave", chat=played.groups[GROUP])
        assert await drafts_kept(played) == ["Ringa hotellet"]
        await played.write("Cia", "/personuppgifter")
        await played.tap("Cia", "Radera mig")
        await played.tap("Cia", "Ja, radera mig")
        assert await drafts_kept(played) == []


async def drafts_kept(played: Town) -> list[str]:
    """Return what stands in the rows that are begun and not saved."""
    async with played.bot.store.work() as work:
        exercises = played.bot.services.process.exercises
        records = [await work.runs.get(one.id) for one in await work.runs.all_of(await group_id(played, work))]
        runs = [from_json(exercises[record.exercise], record.id, record.state) for record in records]
        return [str(value) for run in runs for visit in run.visits.values() for value in visit.draft.values()]
