"""What a taken-over account cannot do alone: others hear of it and can stop it, and a day must pass."""

from pathlib import Path

import pytest

from bot.demo.town import Town
from bot.features.members.activation import CONSENT, new_code
from tests.incidents.scene import log, sent_file, watched

WAITS = "Något väntar på dig här."


async def asks(played: Town, name: str = "Alva", button: str = "Ta ut allt", asking: str = "Be om arkivet") -> None:
    """Ask for something under /skydd."""
    await played.write(name, "/skydd")
    await played.tap(name, button)
    await played.tap(name, asking)


async def coordinates(played: Town, name: str) -> None:
    """Let somebody coordinate too."""
    async with played.bot.store.work() as work:
        member = await work.members.find(1, played.person(name))
        assert member is not None
        await work.members.update(member.id, coordinator=True)


def files(played: Town, name: str) -> int:
    """How many files the bot has sent to a person."""
    return sum("document" in message.content for message in played.messages(name))


async def test_the_archive_needs_a_second_step(tmp_path: Path) -> None:
    """A forged or stolen tap on the confirmation gives no archive before everybody has had three working days."""
    async with watched(tmp_path) as played:
        await played.press("Alva", "export", run=1, arg="yes")
        await asks(played)
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 0
        await played.wind(days=2, hours=23)
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 0
        await played.wind(hours=1)
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 2  # for people, and for an e-archive
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 2  # for people, and for an e-archive


async def test_another_coordinator_confirms(tmp_path: Path) -> None:
    """The second coordinator hears at once that something waits, agrees in time, and the archive goes to who asked."""
    async with watched(tmp_path) as played:
        await coordinates(played, "Bo")
        await asks(played)
        assert "alla har fått veta det. Det går att bekräfta från den 14 januari" in played.last("Alva")
        assert "Alva vill ta ut en kopia av allt som gruppen har" in played.last("Bo")
        await played.tap("Bo", "Öppna")
        assert not any(key.startswith("Bekräfta") for key in played.keys("Bo"))
        await played.wind(days=3)
        await played.write("Bo", "/skydd")
        await played.tap("Bo", "Väntar på bekräftelse: 1")
        await played.tap("Bo", "Bekräfta: arkivet")
        assert "skickat till Alva" in played.last("Bo")
        assert (files(played, "Alva"), files(played, "Bo")) == (2, 0)
        assert sent_file(played, "Alva")[:2] == b"PK"
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Läslogg")
        lines = played.last("Alva")
        assert all(
            words in lines
            for words in ("Alva bad om att få ta ut en kopia", "Bo bekräftade", "Alva tog ut en kopia av allt")
        )


async def test_an_accomplice_made_coordinator_afterwards_waits_too(tmp_path: Path) -> None:
    """Whoever was made a coordinator after it was asked for cannot confirm at once, as the thief may have made them."""
    async with watched(tmp_path) as played:
        await asks(played)
        await coordinates(played, "Bo")
        await played.press("Bo", "export", run=1, arg="yes")
        assert files(played, "Alva") == files(played, "Bo") == 0


async def test_a_reader_stops_it(tmp_path: Path) -> None:
    """A reader who is no coordinator hears of it too, stops it, and whoever asked hears that; then nothing happens."""
    async with watched(tmp_path) as played:
        await asks(played)
        assert "Det går att bekräfta från den 14 januari kl. 9.00" in played.last("Alva")
        assert "Alva vill ta ut en kopia av allt som gruppen har" in played.last("Cia")
        await played.tap("Cia", "Öppna")
        assert [key for key in played.keys("Cia") if key.startswith("Bekräfta")] == []
        await played.tap("Cia", "Stoppa: arkivet")
        assert "Inget väntar" in played.last("Cia")
        assert played.last("Alva") == WAITS
        await played.wind(days=4)
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 0


@pytest.mark.parametrize("days", [10, 30])
async def test_what_nobody_confirms_lapses(tmp_path: Path, days: int) -> None:
    """What could have been confirmed for a week must be asked for anew."""
    async with watched(tmp_path) as played:
        await asks(played)
        await asks(played, button="Radera gruppen", asking="Be om radering")
        await played.wind(days=days)
        await played.press("Alva", "export", run=1, arg="yes")
        await played.press("Alva", "erase", run=1, arg="yes")
        assert files(played, "Alva") == 0
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).state == "active"


async def test_who_coordinates_no_more_gets_nothing(tmp_path: Path) -> None:
    """A request falls with the role of the one who made it."""
    async with watched(tmp_path) as played:
        await coordinates(played, "Bo")
        await asks(played)
        async with played.bot.store.work() as work:
            alva = await work.members.find(1, played.person("Alva"))
            assert alva is not None
            await work.members.update(alva.id, coordinator=False)
        await played.tap("Bo", "Öppna")
        assert "Inget väntar" in played.last("Bo")
        await played.press("Bo", "export", run=1, arg="yes")
        assert files(played, "Alva") == files(played, "Bo") == 0


async def test_a_new_reader_waits_once_there_is_something_to_read(tmp_path: Path) -> None:
    """The first readers are named at once; when incidents lie there, a new one waits, and one is struck off at once."""
    async with watched(tmp_path) as played:
        await log(played, "Cia")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Vem läser")
        await played.tap("Alva", "☐ Bo")
        assert "◔ Bo" in played.keys("Alva")
        assert "Väntar på att bli läsare: Bo" in played.last("Alva")
        await played.write("Bo", "/handelser")
        assert "är valda för det kan läsa händelserna" in played.last("Bo")
        await played.wind(days=1)
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Väntar på bekräftelse: 1")
        assert "Du vill låta Bo läsa händelser" in played.last("Alva")
        await played.tap("Alva", "Bekräfta: Bo")
        await played.tap_again("Alva", "Bekräfta: Bo")
        await played.write("Bo", "/handelser")
        assert "1 händelse" in played.last("Bo")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Vem läser")
        await played.tap("Alva", "☑ Bo")
        await played.write("Bo", "/handelser")
        assert "är valda för det kan läsa händelserna" in played.last("Bo")


async def test_nobody_reads_of_themselves_by_name(tmp_path: Path) -> None:
    """Of a request that is about its reader, or about the one who made it, it says *dig* or leaves the name out."""
    async with watched(tmp_path) as played:
        await coordinates(played, "Bo")
        await log(played, "Cia")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Vem läser")
        await played.tap("Alva", "☐ Alva")
        await played.tap("Alva", "☐ Bo")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Väntar på bekräftelse: 2")
        assert "Du vill läsa händelser" in played.last("Alva")
        assert "Du vill låta Bo läsa händelser" in played.last("Alva")
        await played.write("Bo", "/skydd")
        await played.tap("Bo", "Väntar på bekräftelse: 2")
        assert "Alva vill läsa händelser" in played.last("Bo")
        assert "Alva vill låta dig läsa händelser" in played.last("Bo")
        assert "Stoppa: dig som läsare" in played.keys("Bo")


async def test_others_hear_of_each_sensitive_change(tmp_path: Path) -> None:
    """Readers changed, times changed, the archive taken: each time the other coordinator and reader hear at once."""
    async with watched(tmp_path) as played:
        await coordinates(played, "Bo")
        heard = [(name, len(played.texts(name))) for name in ("Bo", "Cia")]
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Vem läser")
        await played.tap("Alva", "☐ Bo")
        await played.write("Alva", "/skydd")
        for label in ("Hur länge", "Läslogg", "12 mån"):
            await played.tap("Alva", label)
        assert [(played.texts(name)[before:]) for name, before in heard] == [[WAITS] * 2] * 2
        await played.tap("Bo", "Öppna")
        assert "Alva ändrade hur länge något sparas" in played.last("Bo")
        assert "Alva ändrade vilka som läser händelser" in played.last("Bo")


async def test_a_shorter_time_begins_in_a_month(tmp_path: Path) -> None:
    """Nobody can have all removed overnight by choosing a short time: for a month it is told and can be undone."""
    async with watched(tmp_path) as played:
        await log(played, "Bo", "Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "3", "Ja", "Spara")
        await played.wind(days=120)
        await played.write("Alva", "/skydd")
        for label in ("Hur länge", "Händelser (inte statistiken)", "3 mån"):
            await played.tap("Alva", label)
        assert "tiden är förkortad" in played.last("Alva")
        await played.wind(days=25)
        async with played.bot.store.work() as work:
            (incident,) = await work.incidents.all_of(1)
        assert "danger" in incident.values
        await played.wind(days=10)
        async with played.bot.store.work() as work:
            (incident,) = await work.incidents.all_of(1)
        assert "danger" not in incident.values


async def test_the_operators_code_counts_once_after_an_objection(tmp_path: Path) -> None:
    """The operator's code lets the one who asked go on alone after an objection: nobody else, and nothing else."""
    async with watched(tmp_path) as played:

        async def uses(name: str, code: str) -> str:
            await played.write(name, f"/start {code}")
            return played.last(name)

        def code() -> str:
            return new_code(played.bot.services.buttons, played.sandbox.now(), CONSENT)

        vain = "Koden gick inte att använda. Kanske har ingen bett om mer tid"
        await asks(played)
        early = code()
        assert vain in await uses("Alva", early), "nobody has objected"
        await played.tap("Cia", "Vänta en vecka")
        await played.wind(days=11)
        assert vain in await uses("Alva", early), "it is older than a week"
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 0
        good = code()
        assert vain in await uses("Bo", good), "he has asked for nothing"
        assert "den som driver boten sa ja" in await uses("Alva", good)
        await played.press("Alva", "export", run=1, arg="yes")
        assert files(played, "Alva") == 2
        await asks(played)
        await played.tap("Cia", "Vänta en vecka")
        assert vain in await uses("Alva", good), "it has been used"
