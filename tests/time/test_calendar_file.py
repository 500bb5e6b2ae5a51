"""The calendar file that people get in their chat, read by another library."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import vobject

from bot.context.context import Context
from bot.demo.town import GROUP, STOCKHOLM, Town, town
from bot.demo.transcript import begin, gathered
from bot.features.calendar import lifecycle


async def lay(played: Town, months: int = 14) -> None:
    """Lay the group's calendar from 18 January 2027."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        await lifecycle.create_calendar(ctx, await work.groups.get(1), date(2027, 1, 18), months, 1)
    await played.settle()


async def the_file(played: Town, name: str) -> dict[str, Any]:
    """The meetings of the newest file, by UID."""
    await played.write(name, "/kalender")
    await played.tap(name, "Hämta som kalenderfil")
    document = played.messages(name)[-1].content["document"]
    assert document["file_name"] == "stad-for-stad.ics"
    data = played.sandbox.world.files[document["file_id"]].data
    return {event.uid.value: event for event in vobject.readOne(data.decode()).vevent_list}


async def test_a_move_reaches_the_calendar_program(tmp_path: Path) -> None:
    """After a move the new file has the same meeting, at its new time with a higher sequence; nothing else changes."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        before = await the_file(played, "Bo")
        assert len(before) == 23
        assert all("/kalender" in event.description.value for event in before.values())
        await played.write("Alva", "/kalender")
        await played.tap("Alva", "Flytta eller ställ in")
        await played.tap("Alva", "18 januari: Träff i steg 1")
        await played.tap("Alva", "Bara den här träffen")
        await played.write("Alva", "20 januari kl 9.30")
        await played.tap("Alva", "Ja, flytta")
        after = await the_file(played, "Bo")
        assert before.keys() == after.keys()
        (moved,) = [uid for uid in after if after[uid].sequence.value != before[uid].sequence.value]
        assert int(after[moved].sequence.value) == int(before[moved].sequence.value) + 1
        assert after[moved].dtstart.value.astimezone(UTC) == datetime(2027, 1, 20, 8, 30, tzinfo=UTC)


async def test_laid_again_from_the_same_start_nothing_changes(tmp_path: Path) -> None:
    """Concluding the decision once more does not undo what was moved by hand; another length lays it anew."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await lay(played)
        before = await the_file(played, "Alva")
        await lay(played)
        same = await the_file(played, "Alva")
        assert [e.sequence.value for e in same.values()] == [e.sequence.value for e in before.values()]
        await lay(played, months=18)
        other = await the_file(played, "Alva")
        assert other.keys() == before.keys()
        assert [e.sequence.value for e in other.values()] != [e.sequence.value for e in before.values()]


async def test_the_event_stands_in_the_file(tmp_path: Path) -> None:
    """The event is in the file at its hour, and moves there when the group moves it."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await lay(played)
        await begin(played, "Anordna ett event: upplägget")
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        await played.write("Alva", "Fler ska vara med")
        await played.write("Alva", "25 januari kl 13")
        before = await the_file(played, "Bo")
        (event,) = [uid for uid in before if before[uid].dtstart.value == datetime(2027, 1, 25, 13, tzinfo=STOCKHOLM)]
        assert "Anordna ett event" in before[event].description.value
        await played.write("Alva", "/svara")
        await played.tap("Alva", "Anordna ett event: upplägget")
        await played.tap("Alva", "‹ Tillbaka")  # noqa: RUF001 (as it stands on the button)
        await played.write("Alva", "28 januari kl 13")
        await played.wind(minutes=2)
        after = await the_file(played, "Bo")
        assert after[event].dtstart.value == datetime(2027, 1, 28, 13, tzinfo=STOCKHOLM)
        assert int(after[event].sequence.value) > int(before[event].sequence.value)


async def test_a_day_of_an_event_says_where(tmp_path: Path) -> None:
    """The day of the event has its place in the file, as other programs show it."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await lay(played)
        await begin(played, "Anordna ett event: upplägget")
        await played.write("Alva", "/svara")
        await played.tap("Alva", "Anordna ett event: upplägget")
        for answer in ("Vi vill bli fler", "25 januari kl 13", "Folkets hus"):
            await played.write("Alva", answer)
        found = [event for event in (await the_file(played, "Alva")).values() if hasattr(event, "location")]
        assert [event.location.value for event in found] == ["Folkets hus"]
