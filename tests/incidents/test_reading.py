"""Reading, following up, the access log, statistics, and how long all of it is kept."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from bot.demo.player import Player
from bot.demo.town import GROUP, town
from bot.features.incidents.statistics import as_csv
from tests.incidents.scene import in_group, log, sent_file, watched


async def test_followed_up(tmp_path: Path) -> None:
    """A reader notes what came of it, with a day, and it stands on the incident and in the statistics."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.tap("Cia", "Öppna")
        for taps in (
            ("Stödsamtal", "I går"),
            ("Har polisen fått veta?", "Polisen har fått veta", "I dag"),
            ("Hur det gick", "Får stöd", "I dag"),
        ):
            for label in taps:
                await played.tap("Cia", label)
        card = played.last("Cia")
        assert "10 januari: Stödsamtal hållet" in card
        assert "11 januari: Polisen har fått veta" in card
        assert "11 januari: Får stöd" in card
        await played.write("Cia", "/statistik")
        assert "Stödsamtal: 1" in played.last("Cia")


async def test_only_the_named_read(tmp_path: Path) -> None:
    """A coordinator who was not named, and a reader whose name is taken away, read nothing, by button or command."""
    async with watched(tmp_path) as played:
        receipt = await log(played, "Bo")
        await played.write("Alva", "/handelser")
        assert "är valda för det kan läsa händelserna" in played.last("Alva")
        await played.tap("Cia", "Öppna")
        assert receipt in played.last("Cia")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Vem läser")
        await played.tap("Alva", "☑ Cia")
        assert receipt not in "".join(played.texts("Cia")), "what she has read has left her chat"
        await played.press("Cia", "openinc", run=1, arg="1")
        assert "är valda för det kan läsa händelserna" in played.toast()


async def test_the_coordinator_sees_who_has_read(tmp_path: Path) -> None:
    """Each opening leaves a line with name, time and receipt; never what the incident said."""
    async with watched(tmp_path) as played:
        receipt = await log(played, "Bo")
        await played.tap("Cia", "Öppna")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Läslogg")
        assert f"11 januari kl. 9.00: Cia öppnade {receipt}" in played.last("Alva")
        assert "Exploatering i arbete" not in played.last("Alva")


async def test_where_the_log_cannot_be_written_nothing_is_shown(tmp_path: Path) -> None:
    """A reader whose reading cannot be noted sees nothing of the incident, and is told that something went wrong."""
    async with watched(tmp_path) as played:
        await played.write("Cia", "/handelser")  # and Telegram has said today that she is there
        await log(played, "Bo")
        async with played.bot.store.work() as work:
            refuse = "CREATE TRIGGER full BEFORE INSERT ON access_log BEGIN SELECT raise(ABORT, 'no room'); END"
            await work._session.rows(refuse)
        await played.tap("Cia", "Öppna")
        assert "Något gick fel" in played.toast()
        await played.write("Cia", "/handelser")
        assert "Exploatering i arbete" not in "".join(played.texts("Cia"))


async def test_the_log_s_head_can_be_kept(tmp_path: Path) -> None:
    """The coordinator sees the log's head, which tells nothing of what was read."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.tap("Cia", "Öppna")
        async with played.bot.store.work() as work:
            head = await work.access_log.head(1)
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Läslogg")
        assert f"{head}" in played.last("Alva")


async def test_a_reader_who_leaves_and_comes_back(tmp_path: Path) -> None:
    """The right to read does not come back with the person."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.act("Cia", "leave", chat=played.groups[GROUP])
        await played.tap("Cia", "Öppna")
        assert "inte med i gruppen just nu" in played.toast()
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).settings.readers == ()


async def test_pages_and_filter(tmp_path: Path) -> None:
    """Many incidents come in pages, and a filter shows one kind."""
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            for number in range(15):
                kind = ["sexual"] if number % 5 == 0 else ["labour"]
                day = played.bot.services.zone.fromutc(
                    played.sandbox.now().replace(tzinfo=played.bot.services.zone)
                ).date()
                values = {"when": (day - timedelta(days=number)).isoformat(), "kind": kind}
                await work.incidents.add(1, 2, values, day)
        await played.write("Cia", "/handelser")
        assert "15 händelser, sida 1 av 3" in played.last("Cia")
        await played.tap("Cia", "Fler")
        assert "sida 2 av 3" in played.last("Cia")
        await played.tap("Cia", "Visa bara")
        await played.tap("Cia", "Sexuell")
        assert "3 händelser" in played.last("Cia")


async def test_small_numbers_are_hidden_outside_the_circle(tmp_path: Path) -> None:
    """The reader sees one incident as it is; another member sees full quarters, and small numbers hidden."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.write("Cia", "/statistik")
        assert "Händelser: 1" in played.last("Cia")
        await played.write("Bo", "/statistik")
        assert "Händelser" not in played.last("Bo")
        await played.wind(days=90)
        await played.write("Bo", "/statistik")
        assert "Händelser: redovisas inte" in played.last("Bo")


async def test_a_quarter_of_an_older_version_learns_why_it_says_nothing(tmp_path: Path) -> None:
    """A quarter that was published before reasons were kept gets them once: nought, unknown, withheld; its number
    stays, and what is logged later into that quarter alters nothing of it.
    """
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            for day in range(1, 9):
                incident = await work.incidents.add(1, 2, {"when": f"2027-02-0{day}"}, date(2027, 2, 9))
            reader = next(one for one in await work.members.active(1) if one.name == "Cia")
            await work.incidents.follow_up(incident.id, reader, {"what": "talk", "day": "2027-02-09"})
            await work.published.add(1, "2027-1", {"reported": [7, 7]})
        await played.wind(days=90)
        said = (
            "Händelser: 7 Personer som kan vara utsatta: ingen uppgift Stödsamtal: redovisas inte Långsiktigt stöd: 0"
        )
        await played.write("Bo", "/statistik")
        assert said in " ".join(played.last("Bo").split())
        async with played.bot.store.work() as work:
            await work.incidents.add(1, 2, {"when": "2027-02-01", "exposed": 3}, date(2027, 4, 9))
        await played.write("Bo", "/statistik")
        assert said in " ".join(played.last("Bo").split())


async def test_earlier_years_by_hand_and_as_a_file(tmp_path: Path) -> None:
    """Helsingborg's figures are entered a line each and come out again in a file that a spreadsheet opens."""
    figures = "2017: 10\n2018: 23\n2019: 30 – 12\n2020: 34\n2021: 36\n2022: 90"
    async with watched(tmp_path) as played:
        await played.write("Alva", "/statistik")
        await played.tap("Alva", "Tidigare år")
        await played.write("Alva", "2019: trettio")
        assert "inget är ändrat" in played.last("Alva")
        await played.write("Alva", figures)
        assert "2022: 90 –" in played.last("Alva")
        await played.write("Alva", "/statistik")
        assert "Händelser: 90" in played.last("Alva")
        await played.tap("Alva", "Som CSV")
        text = sent_file(played, "Alva").decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert lines[0] == ["", "2017", "2018", "2019", "2020", "2021", "2022"]
        assert lines[1] == ["Händelser", "10", "23", "30", "34", "36", "90"]
        await played.tap("Alva", "Som Excel")
        page = openpyxl.load_workbook(io.BytesIO(sent_file(played, "Alva"))).active
        assert [cell.value for cell in page[2]] == ["Händelser", 10, 23, 30, 34, 36, 90]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|'/c calc'!A1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """Nothing that somebody wrote is calculated by the spreadsheet it is opened in."""
    (line,) = csv.reader(io.StringIO(as_csv([[cell]]).decode("utf-8-sig"), newline=""), delimiter=";")
    assert line == [f"'{cell}"]


async def test_unread_and_unfinished(tmp_path: Path) -> None:
    """Unread for three days the coordinator hears that something waits; read but unfinished, the reader does again."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        before = "".join(played.texts("Alva"))
        await played.wind(days=7, hours=1)
        assert "".join(played.texts("Alva")).count("Något väntar på dig här") == before.count("Något väntar") + 1
        await played.tap("Cia", "Öppna")
        heard = "".join(played.texts("Cia")).count("Något väntar på dig här")
        await played.wind(days=21)
        assert "".join(played.texts("Cia")).count("Något väntar på dig här") == heard + 1
        alvas = "".join(played.texts("Alva")).count("Något väntar på dig här")
        await played.wind(days=300)
        assert "".join(played.texts("Cia")).count("Något väntar på dig här") == heard + 3
        assert "".join(played.texts("Alva")).count("Något väntar på dig här") == alvas + 1


TOLD_ONCE = """
Med: Alva, Bo, Cia
Alva gör: «/skydd» [Vem läser] [☐ Cia]
Alva gör: «/skydd» [Hur länge uppgifter sparas] [Händelser (inte] [3 mån]
Bo gör: «/handelse» [Nu] [☐ Exploatering i arbete] [Klar] [Nej] [Hoppa över resten] [Spara]
Klockan går 40 dagar
Bo gör: «/handelse» [Nu] [☐ Exploatering i arbete] [Klar] [Nej] [Hoppa över resten] [Spara]
Klockan går 37 dagar
Alva trycker [Se vad som tas bort] [Händelser (inte]
> Alva någonstans: Inom fyra månader tas 2 uppgifter bort.
"""


async def test_what_goes_is_told_once_a_quarter(tmp_path: Path) -> None:
    """Of two incidents that go at different times the coordinator hears once, with the number of both."""
    async with town(tmp_path) as played:
        await Player(played).play("told once", TOLD_ONCE)
        await played.wind(days=45)
        assert "tas bort inom fyra" not in "".join(played.texts("Alva")), (
            "the message that said so was tapped and is gone"
        )


async def test_thinned_out_in_time_with_a_warning(tmp_path: Path) -> None:
    """A month ahead the coordinator hears that something waits; after its time only figures are left."""
    async with watched(tmp_path) as played:
        await log(played, "Bo", "Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "3", "Ja", "Spara")
        await played.write("Alva", "/skydd")
        for label in ("Hur länge", "Händelser (inte statistiken)", "3 mån"):
            await played.tap("Alva", label)
        await played.wind(days=58)
        assert "tas bort inom fyra månader" not in "".join(played.texts("Alva"))
        await played.wind(days=20)
        assert "tas bort inom fyra månader" in "".join(played.texts("Alva"))
        await played.wind(days=19)
        async with played.bot.store.work() as work:
            (incident,) = await work.incidents.all_of(1)
        assert (incident.values, incident.reporter) == ({"when": "2027-01-11", "kind": ["labour"]}, None)
        await played.write("Cia", "/statistik")
        assert "Händelser: 1" in played.last("Cia")


async def test_put_off_with_a_reason(tmp_path: Path) -> None:
    """What is put off is kept three months more, and the reason stands where the coordinators see it."""
    async with watched(tmp_path) as played:
        await log(played, "Bo", "Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "3", "Ja", "Spara")
        await played.write("Alva", "/skydd")
        for label in ("Hur länge", "Händelser (inte statistiken)", "3 mån"):
            await played.tap("Alva", label)
        await played.wind(days=80)
        await played.write("Alva", "/skydd")
        for label in ("Hur länge", "Händelser (inte statistiken)", "Behåll längre"):
            await played.tap("Alva", label)
        await played.write("Alva", "Utredningen är inte klar.")
        await played.wind(days=30)
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Hur länge")
        assert "Utredningen är inte klar." in played.last("Alva")
        async with played.bot.store.work() as work:
            (incident,) = await work.incidents.all_of(1)
        assert "danger" in incident.values


async def test_areas_of_the_group(tmp_path: Path) -> None:
    """The parts of town that the coordinator names can be chosen; something that points somebody out cannot be one."""
    async with watched(tmp_path) as played:
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Delar av staden")
        await played.tap("Alva", "Lägg till")
        await played.write("Alva", "Anna Svenssons port")
        assert "peka ut" in played.last("Alva")
        await played.write("Alva", "Centrum, Hamnen")
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över", "Hamnen", "Hoppa över resten"):
            await played.tap("Bo", label)
        assert "Del av staden: Hamnen" in played.last("Bo")
        assert "Hamnen" not in in_group(played)


@pytest.mark.parametrize(("number", "told"), [(2, False), (3, True)])
async def test_the_week_counts_from_three(tmp_path: Path, number: int, told: bool) -> None:
    """The coordinator's week says how many incidents there were, but not of one or two, which would tell who."""
    async with watched(tmp_path) as played:
        for _ in range(number):
            await log(played, "Bo")
        await played.press("Alva", "weekly", run=1)
        assert ("Loggade händelser: 3" in played.last("Alva")) is told
        assert "Loggade händelser" not in played.last("Alva") or told
