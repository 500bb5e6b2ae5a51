"""The one message a day: over all groups, at the person's own hours, and silent where they asked for silence."""

from datetime import date, time
from pathlib import Path

import pytest

from bot.context.context import Context
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered, join
from bot.exercises import rounds
from bot.features.calendar import lifecycle
from bot.reminders import open_items
from bot.reminders.kinds import CHECK_IN, MEETING
from storage.records.meetings import PlannedMeeting
from storage.records.records import Row

OTHER = "Kärngruppen i Provköping"
LIST = "Listan ”Rekrytera till kärngruppen” fylls på i gruppen just nu. Lägg gärna till det du vet."


async def task(played: Town, name: str, due: date, group_id: int = 1) -> Row:
    """A row of a register that somebody has taken on."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        group = await work.groups.get(group_id)
        (member,) = [m for m in await work.members.of_group(group.id) if m.name == name]
        row = await work.rows.add(group.id, "candidates", {}, author=None, assignee=member.id)
        row = await work.rows.change(row.id, None, None, due=due)
        await open_items.of_row(ctx, group, row)
        return row


async def registers(played: Town, *groups: int) -> None:
    """The register that the tasks stand in is open in these groups."""
    async with played.bot.store.work() as work:
        for group in groups:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            await rounds.begin(ctx, await work.groups.get(group), played.bot.services.process.exercises["candidates"])


def own_words(played: Town, name: str, since: int) -> list[str]:
    """What the bot has said to someone since then."""
    return played.texts(name)[since:]


async def test_two_groups_one_message(tmp_path: Path) -> None:
    """Someone in two groups who has something to do in both hears of it once."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        played.group(OTHER, "Alva", "Bo")
        await played.act("Alva", "add_bot", chat=played.groups[OTHER])
        await played.tap("Bo", "Jag är med", chat=OTHER)
        await played.tap("Bo", "Jag lovar")
        await played.write("Bo", "Bo")
        await played.write("Bo", "Polisen")
        for key in ("Polis", "☐ Strategiskt", "Klar", "Nej", "Lämna in"):
            await played.tap("Bo", key)
        await registers(played, 1, 2)
        await task(played, "Bo", date(2027, 1, 18), 1)
        await task(played, "Bo", date(2027, 1, 18), 2)
        before = len(played.texts("Bo"))
        await played.wind(days=4, hours=1)
        (told,) = own_words(played, "Bo", before)
        assert "2 saker du har tagit på dig ska vara klara den 18 januari." in told


async def test_own_hours(tmp_path: Path) -> None:
    """Whoever wants to hear at three on Tuesdays hears at three on Tuesdays."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await registers(played, 1)
        await played.write("Bo", "/franvaro")
        await played.tap("Bo", "Färre påminnelser")
        assert "Högst ett meddelande om dagen, kl. 9.00, mån–fre" in played.last("Bo")
        await played.tap("Bo", "15")
        for day in ("mån", "ons", "tor", "fre"):
            await played.tap("Bo", f"☑ {day}")
        assert "kl. 15.00, tis" in played.last("Bo")
        await task(played, "Bo", date(2027, 1, 22))
        before = len(played.texts("Bo"))
        await played.wind(days=8, hours=5)
        assert own_words(played, "Bo", before) == []
        await played.wind(hours=1, minutes=1)
        assert len(own_words(played, "Bo", before)) == 1
        assert played.sandbox.now().weekday() == 1


async def test_the_week_on_the_day_that_is_chosen(tmp_path: Path) -> None:
    """Whoever coordinates chooses on which day the week in one look comes, beside the hour; others are not asked."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Bo", "/franvaro")
        await played.tap("Bo", "Färre påminnelser")
        assert "Veckan i korthet till er" not in played.last("Bo")
        await played.write("Alva", "/franvaro")
        await played.tap("Alva", "Färre påminnelser")
        assert "till er som samordnar: mån (●)." in played.last("Alva")
        await played.tap("Alva", "○ ons")
        await played.tap("Alva", "10")
        assert "till er som samordnar: ons (●)." in played.last("Alva")
        before = len(played.texts("Alva"))
        await played.wind(days=2, hours=0.9)
        assert "Ny vecka" not in "\n".join(own_words(played, "Alva", before))
        await played.wind(hours=0.2)
        assert played.last("Alva") == "Ny vecka. Se hur ni ligger till."


async def test_what_was_said_of_the_week_is_not_said_again(tmp_path: Path) -> None:
    """The week is told when there is something new in it; what still waits is told again after six weeks."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.wind(days=8)
        for days, times in ((0, 1), (35, 1), (7, 2)):
            await played.wind(days=days)
            heard = "\n".join(played.texts("Alva"))
            assert heard.count("Ny vecka") == times


async def test_silence_is_kept_and_shown(tmp_path: Path) -> None:
    """Muting a kind silences it, stopping everything silences all; both stand in the roster and can be taken back."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await registers(played, 1)
        await task(played, "Bo", date(2027, 1, 18))
        await played.write("Bo", "/franvaro")
        await played.tap("Bo", "Färre påminnelser")
        await played.tap("Bo", "☑ Det jag har tagit på mig")
        await played.write("Alva", "/deltagare")
        assert "Bo, Polisen – har stängt av: ”Det jag har tagit på mig”" in played.last("Alva")
        before = len(played.texts("Bo"))
        await played.wind(days=10)
        assert own_words(played, "Bo", before) == [LIST]
        before = len(played.texts("Bo"))
        await played.tap("Bo", "☐ Det jag har tagit på mig")
        await played.tap("Bo", "Hör inte av dig alls")
        await played.write("Alva", "/deltagare")
        assert "Bo, Polisen – har stängt av mina meddelanden" in played.last("Alva")
        await begin(played, "Riktning")
        await played.wind(days=20)
        assert len(own_words(played, "Bo", before)) == 0
        await played.tap("Bo", "Hör av dig igen")
        await played.wind(minutes=1)
        assert len(own_words(played, "Bo", before)) == 1


async def test_a_coordinator_leaves_with_matters_pending(tmp_path: Path) -> None:
    """What was to be told to a coordinator who leaves is told to the one who takes over, and to nobody else."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await begin(played, "Riktning")
        await played.write("Alva", "/deltagare")
        await played.tap("Alva", "Dela eller lämna över")
        await played.tap("Alva", "Bo")
        await played.tap("Alva", "Ja, dela med Bo")
        await played.act("Alva", "leave", chat=played.groups[GROUP])
        alvas, before = len(played.texts("Alva")), len(played.texts("Bo"))
        await played.wind(days=4, hours=1)
        assert len(played.texts("Alva")) == alvas
        assert "I ”Riktning” har ingen svarat än" in "\n".join(own_words(played, "Bo", before))


@pytest.mark.parametrize("hours", [0, 7])
async def test_standing_still(tmp_path: Path, hours: int) -> None:
    """Three weeks without anything happening are mentioned quietly, to the coordinator alone, with advice, and again
    after six; also when the last thing happened in the afternoon."""
    async with town(tmp_path) as played:
        await played.wind(hours=hours)
        await gathered(played, ["Alva", "Bo"])
        bos = len(played.texts("Bo"))
        await played.wind(days=35)
        assert "Det har varit stilla i flera veckor" in "\n".join(played.texts("Alva"))
        assert "stilla" not in "\n".join(played.texts("Bo")[bos:])
        await played.tap("Alva", "Vad brukar hjälpa?")
        assert "har stått still i flera veckor" in played.last("Alva")
        await played.wind(days=6)
        assert "\n".join(played.texts("Alva")).count("Det har varit stilla") == 1
        await played.wind(days=15)
        assert "\n".join(played.texts("Alva")).count("Det har varit stilla") == 2
        await played.wind(days=27)
        assert "\n".join(played.texts("Alva")).count("Det har varit stilla") == 2


async def test_who_comes_later_hears_of_the_next_meeting(tmp_path: Path) -> None:
    """Someone who joins after the calendar was laid is told the day before like the others."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            await lifecycle.create_calendar(ctx, await work.groups.get(1), date(2027, 1, 20), 14, 1)
        await played.act("Bo", "join", chat=played.groups[GROUP])
        await join(played, "Bo")
        await played.wind(days=8, hours=1)
        assert "Ni ses onsdagen den 20 januari kl. 13.00." in played.last("Bo")


async def test_what_is_out_of_date_silences_nothing_else(tmp_path: Path) -> None:
    """When all that was to be told of is no more that morning, what else there is comes all the same."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            group = await work.groups.get(1)
            (bo,) = [m for m in await work.members.of_group(1) if m.name == "Bo"]
            await work.meetings.put(1, PlannedMeeting("session", 1, 1, 1, date(2027, 1, 10), time(13), 90, 0))
            await open_items.reconcile(ctx, group, "meeting:1", {(MEETING, bo.id): date(2027, 1, 10)})
            check_in = await work.check_ins.open(1, [bo.id], date(2027, 1, 3), date(2027, 1, 18))
            await open_items.reconcile(ctx, group, f"checkin:{check_in.id}", {(CHECK_IN, bo.id): date(2027, 1, 3)})
        await played.wind(days=1)
        assert "Hur har du det just nu?" in played.last("Bo")
