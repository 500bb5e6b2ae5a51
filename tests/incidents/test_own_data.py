"""What people may ask of what is stored: theirs as a file, to be erased, the group's archive, a chat that is hidden."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.demo.player import Player
from bot.demo.town import GROUP, Town, town
from bot.features.documents.worker import Died, Worker
from storage.records.records import GivenAnswer, private_chat
from tests.incidents.scene import log, sent_file, watched


async def test_all_about_me(tmp_path: Path) -> None:
    """A person gets all that is stored about them as a file, and incidents as receipts only."""
    async with watched(tmp_path) as played:
        receipt = await log(played, "Bo")
        async with played.bot.store.work() as work:
            (joining,) = await work.runs.of_exercise(1, "joining")
            bo = await work.members.find(1, played.person("Bo"))
            assert bo is not None
            await work.answers.keep(
                joining.id, GivenAnswer(f"m:{bo.id}", "children", "", "yes", None, "group", False), bo.id
            )
        await played.write("Bo", "/mina_uppgifter")
        await played.tap("Bo", "Få allt som fil")
        found = json.loads(sent_file(played, "Bo"))
        assert found["seat"]["name"] == "Bo"
        assert found["incidents_logged"] == [{"receipt": receipt, "on": "2027-01-11"}]
        assert [(answer["question"], answer["answer"]) for answer in found["answers"]] == [("Barn och unga", "Ja")]
        assert "labour" not in json.dumps(found)
        assert (found["away"], found["wishes"], found["access_log"]) == ([], [], [])


WROTE = """
Med: Alva, Bo
I gång: Jag & min organisation, Rekrytera till kärngruppen
Alva gör: «/svara» [Rekrytera] [Lägg till] «Bo Påhittad» [Polisen] [Polis] [☐ Strategiskt] [Klar] [Nej]
Alva gör: [☐ Arbetar] [Klar] [Hoppa över] [☐ Strateg] [Klar] [Har tackat ja] [Lägg till] «Bosse Påhittad»
Alva gör: [Pausa] «/atgard Skriv brev» [Alva] [Om en vecka]
Bo gör: «/uppgifter» [Hela gruppen] [Skriv brev] [Kommentera] «Jag har adressen»
Alva gör: «/mig» [1] «Bo» [Klart] «/uppgifter» [Skriv brev] [Kommentera] «Jag har frimärken»
Bo gör: «/svara» [Jag & min organisation] «Vi är noggranna» «/atgard» [Lägg till] «Ringa hotellet» [Pausa]
Bo gör: «/svara» [Jag & min organisation] «/svara» «Det här hör ingenstans hemma»
Bo gör: «/incident» [I natt] [☐ Tvingas tigga] [Pausa] «/personuppgifter» [Få allt som fil]
"""


async def test_all_that_somebody_has_written(tmp_path: Path) -> None:
    """The file has also what they wrote for their organisation, have begun or not placed, and the row about them.

    It says all in words, and nothing of an incident that is not handed in, which /dolj can hide.
    """
    async with town(tmp_path) as played:
        await Player(played).play("own", WROTE)
        written = sent_file(played, "Bo").decode()
        found = json.loads(written)
        (said,) = [answer for answer in found["answers"] if not answer["own"]]
        assert (said["exercise"], said["question"]) == ("Jag & min organisation", "Präglas av")
        assert said["answer"] == "Vi är noggranna"
        assert [begun["values"] for begun in found["begun"]] == [{"Vad": "Ringa hotellet"}]
        assert [kept["text"] for kept in found["texts_not_placed"]] == ["Det här hör ingenstans hemma"]
        assert [comment["text"] for comment in found["comments"]] == ["Jag har adressen"]
        (row,) = [row for row in found["rows"] if row["list"] == "Rekrytera till kärngruppen"]
        assert row["values"]["Namn"] == "Bo Påhittad"
        assert row["values"]["Arbetssätt"] == "Strateg"
        assert found["seat"]["organisation"] == "Polisen"
        assert "tigga" not in written
        assert "Bosse" not in written


async def test_comments_from_before_they_said_whose_seat_it_was(tmp_path: Path) -> None:
    """They are known by the name: in the file as long as nobody else has it, and gone from them with the person."""
    async with town(tmp_path) as played:
        await Player(played).play("old", "Med: Alva, Bo\nAlva: /atgard Skriv brev\nAlva trycker [Alva] [Om en vecka]")
        async with played.bot.store.work() as work:
            (row,) = await work.rows.of_registers(1, ("todos",))
            notes = [{"by": name, "on": "2026-11-02", "text": f"{name} har ringt"} for name in ("Alva", "Bo")]
            await work.rows.change(row.id, None, None, values={**row.values, "notes": notes})
        await Player(played).play("file", "Bo gör: «/personuppgifter» [Få allt som fil]")
        assert [one["text"] for one in json.loads(sent_file(played, "Bo"))["comments"]] == ["Bo har ringt"]
        await Player(played).play("gone", "Bo gör: «/personuppgifter» [Radera mig] [Ja]")
        async with played.bot.store.work() as work:
            (row,) = await work.rows.of_registers(1, ("todos",))
        assert [note["by"] for note in row.values["notes"]] == ["Alva", "–"]


async def test_all_about_a_reader(tmp_path: Path) -> None:
    """A reader's file says that they read, what stands about it in the log, and when they are away."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.tap("Cia", "Öppna")
        async with played.bot.store.work() as work:
            cia = await work.members.find(1, played.person("Cia"))
            bo = await work.members.find(1, played.person("Bo"))
            assert cia is not None
            assert bo is not None
            await work.absences.add(cia.person_id, date(2027, 2, 1), date(2027, 2, 3))
            await work.wishes.add(1, bo.id, cia.id, date(2027, 2, 5))
        await played.write("Cia", "/mina_uppgifter")
        await played.tap("Cia", "Få allt som fil")
        found = json.loads(sent_file(played, "Cia"))
        seat = found["seat"]
        assert (seat["reads_incidents"], seat["substitute"], seat["decides"]) == (True, False, False)
        assert found["away"] == [{"from": "2027-02-01", "to": "2027-02-03"}]
        assert found["wishes"] == [{"mine": False, "due": "2027-02-05", "state": "open", "text": ""}]
        assert [line["what"] for line in found["access_log"]] == ["open"]


async def test_erase_me(tmp_path: Path) -> None:
    """Who asks to be erased is told what stays, and then is nowhere; what they logged still counts, without them."""
    async with watched(tmp_path) as played:
        await log(played, "Bo", "Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "11", "Ja", "Spara")
        await played.write("Bo", "/mina_uppgifter")
        await played.tap("Bo", "Radera mig")
        assert "blir kvar" in played.last("Bo")
        await played.tap("Bo", "Ja, radera mig")
        assert "Du är raderad" in played.last("Bo")
        await played.wind(minutes=2)
        async with played.bot.store.work() as work:
            assert await work.members.find(1, played.person("Bo")) is None
            assert "Bo" not in [m.name for m in await work.members.of_group(1, include_left=True)]
            assert await work.people.by_user(played.person("Bo")) is None
            (incident,) = await work.incidents.all_of(1)
        assert (incident.reporter, incident.values.get("contact")) == (None, None)
        await played.tap("Cia", "Öppna")
        assert "Exploatering i arbete" in played.last("Cia")


async def test_the_group_s_archive(tmp_path: Path) -> None:
    """The coordinator's archive holds what they may read, under safe names, and the taking of it stands in the log."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        async with played.bot.store.work() as work:
            await work.rows.add(1, "candidates", {"name": "=HYPERLINK(1)"}, author=None)
            await work.rows.add(1, "training", {"course": "safe_hand", "by": "2027-06-15"}, author=None)
        await played.write("Alva", "/beslut Vi ses på fredagar")  # so that there is something to minute
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Ta ut allt")
        await played.tap("Alva", "Be om arkivet")
        assert "Ta ut arkivet" not in played.keys("Alva")
        await played.wind(days=3, minutes=1)
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Ta ut allt")
        await played.tap("Alva", "Ta ut arkivet")
        with taken_out(played) as archive:
            names = archive.namelist()
            assert all(not name.startswith("/") and ".." not in name for name in names)
            assert {"readme.txt", "group.json", "fields.json", "statistics.csv", "lists/candidates.csv"} <= set(names)
            assert "Saknas" in archive.read("documents/start.html").decode()
            fields = json.loads(archive.read("fields.json"))["candidates"]["questions"]
            assert fields["name"]["name"]
            assert fields["status"]["options"]["yes"] == "Har tackat ja"
            assert json.loads(archive.read("lists/training.json"))[0]["id"]
            about, told = json.loads(archive.read("group.json")), json.loads(archive.read("fields.json"))["group.json"]
            assert about["people"][0].keys() == told["people"].keys()
            assert about["settings"].keys() == told["settings"].keys()
            assert about.keys() == told.keys()
            assert "[" not in repr(told)  # each has its words
            assert ";2027-06-15" in archive.read("lists/training.csv").decode()
            assert {"documents/minutes.pdf", "documents/minutes.html"} <= set(names)
            assert b"pdfaid" in archive.read("documents/start.pdf")
            assert all(
                name.partition("/")[0] in archive.read("readme.txt").decode() for name in names if name != "readme.txt"
            )
            assert "incidents.json" not in names
            assert b"'=HYPERLINK(1)" in archive.read("lists/candidates.csv")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Läslogg")
        assert "Alva tog ut en kopia av allt" in played.last("Alva")


LEFT = """
Med: Alva, Bo
Alva gör: «/atgard Skriv brev» [Bo] [Om en vecka]
Bo: lämnar
Alva gör: «/uppgifter» [Hela gruppen] [Skriv brev] [Ändra] [Vad] «Skriv till rektorn»
Bo gör: «/personuppgifter» [Få allt som fil]
"""


async def test_who_has_left_reads_nothing_new(tmp_path: Path) -> None:
    """A task that somebody was given before they left is not in their file once others have written more there."""
    async with town(tmp_path) as played:
        await Player(played).play("left", LEFT)
        assert "rektorn" not in sent_file(played, "Bo").decode()


TAKEN = """
Alva trycker [Be om arkivet]
Klockan går 4 dagar
Alva gör: «/skydd» [Ta ut allt] [Ta ut arkivet]
"""


def taken_out(played: Town) -> zipfile.ZipFile:
    """The archive that Alva has taken out."""
    return zipfile.ZipFile(io.BytesIO(sent_file(played, "Alva")))


LOGGED = """
Med: Alva, Bo
Alva gör: «/skydd» [Vem läser] [☐ Alva]
Bo gör: «/incident» [I natt] [☐ Vet inte] [Klar] [Hoppa över resten] [11] [Ja] [Spara]
Alva gör: «/skydd» [Ta ut allt]
> Alva: Händelser är med bara om den som tar ut arkivet får läsa dem, och aldrig vem som har loggat dem.
"""


async def test_an_archive_does_not_say_who_logged(tmp_path: Path) -> None:
    """Whoever has let the readers see their name, to be contacted, is not named to all who read the archive."""
    async with town(tmp_path) as played:
        await Player(played).play("logged", LOGGED + TAKEN)
        with taken_out(played) as archive:
            (incident,) = json.loads(archive.read("incidents.json"))
        assert incident.keys() == {"receipt", "logged_on", "when", "kind"}


UNSEEN = """
Med: Alva, Bo
I gång: Dödsfällan, Riktning
Alva gör: «/svara» [Dödsfällan] «En tanke som inte är visad»
Alva, Bo gör: «/svara» [Riktning] [Ja] [Ja] [Ja] [Ja] [Ja] [Lämna in]
Alva trycker i gruppen under «Riktning» [Visa svaren] [Visa ändå]
Alva gör: «/skydd» [Ta ut allt]
> Alva: Svar som gruppen inte har sett är inte med.
"""


async def test_an_archive_has_what_the_group_has_seen(tmp_path: Path) -> None:
    """What whoever takes it out has written and the group has not seen is not handed on to others with the archive."""
    async with town(tmp_path) as played:
        await Player(played).play("unseen", UNSEEN + TAKEN)
        with taken_out(played) as archive:
            answers = [name for name in archive.namelist() if name.startswith("answers/")]
            assert answers == ["answers/direction-1.json"]
            assert not [name for name in archive.namelist() if b"En tanke" in archive.read(name)]


async def test_an_archive_without_prints_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the process that prints dies, the archive comes with its texts, and tells whoever takes it what it lacks."""

    async def died(_self: Worker, *_work: object) -> None:
        raise Died

    monkeypatch.setattr(Worker, "do", died)
    async with watched(tmp_path) as played:
        await played.write("Alva", "/beslut Vi ses på fredagar")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Ta ut allt")
        await played.tap("Alva", "Be om arkivet")
        await played.wind(days=3, minutes=1)
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Ta ut allt")
        await played.tap("Alva", "Ta ut arkivet")
        with taken_out(played) as archive:
            assert "documents/minutes.html" in archive.namelist()
            assert not [name for name in archive.namelist() if name.endswith(".pdf")]
            assert "pdf" not in archive.read("readme.txt").decode().partition("adopted/")[0]
        captions = [str(message.content.get("caption")) for message in played.messages("Alva")]
        assert sum("Utskrifterna (pdf) gick inte att göra" in caption for caption in captions) == 2


async def test_erase_the_group(tmp_path: Path) -> None:
    """All hear of it, and three working days must pass; then all is gone."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Radera gruppen")
        await played.tap("Alva", "Be om radering")
        assert "Radera allt nu" not in played.keys("Alva")
        await played.wind(days=3, minutes=1)
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Radera gruppen")
        await played.tap("Alva", "Radera allt nu")
        assert "Gruppen är raderad" in played.last("Alva")
        assert "Alva bad om raderingen" in played.last("Bo", GROUP)
        assert "Allt som var sparat om dig där är borta" in played.last("Bo")
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).state == "erased"
            assert await work.incidents.all_of(1) == []
            for table in ("members", "runs", "rows", "access_log", "agenda"):
                query = f"SELECT count(*) FROM {table} WHERE group_id = 1"  # noqa: S608 - the names stand above
                (row,) = await work._session.rows(query)
                assert row[0] == 0, table


async def test_two_coordinators_erase(tmp_path: Path) -> None:
    """A second coordinator hears that something waits, and can confirm in time; or the first one takes it back."""
    async with watched(tmp_path) as played:
        await played.write("Alva", "/deltagare")
        await played.tap("Alva", "Dela")
        await played.tap("Alva", "Bo")
        await played.tap("Alva", "Ja, dela med Bo")
        await played.write("Alva", "/skydd")
        await played.tap("Alva", "Radera gruppen")
        await played.tap("Alva", "Be om radering")
        await played.tap("Alva", "Avbryt raderingen")
        await played.tap("Alva", "Be om radering")
        await played.wind(days=3)
        await played.tap("Bo", "Öppna")
        assert "Alva vill radera hela gruppen" in played.last("Bo")
        await played.tap("Bo", "Bekräfta: raderingen")
        assert "Gruppen är raderad" in played.last("Bo")
        assert "Alva bad om raderingen, och Bo bekräftade." in played.last("Alva", GROUP)
        assert "Du bad om raderingen, och Bo bekräftade." in played.last("Alva")


async def test_hide(tmp_path: Path) -> None:
    """A person can have the bot's messages of the last two days taken from their chat."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        assert len(played.texts("Bo")) > 3
        await played.write("Bo", "/dolj")
        await played.wind(minutes=1)
        assert played.texts("Bo") == []


async def test_hide_beside_what_is_too_old(tmp_path: Path) -> None:
    """Messages older than Telegram lets a bot delete do not keep the newer ones from leaving."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        old = played.texts("Bo")
        await played.wind(days=3)
        for _ in range(3):
            await played.write("Bo", "/ring")
        await played.write("Bo", "/dolj")
        await played.wind(minutes=1)
        assert played.texts("Bo") == old


WORD = """
Med: Alva, Bo
Bo: Nyckeln hänger i receptionen
Bo trycker [Skicka det till Alva] [Skicka till Alva]
Bo: Den andra nyckeln har jag
Bo trycker [Skicka det till Alva]
"""


async def test_a_word_to_a_person(tmp_path: Path) -> None:
    """What was written to somebody stands in both their data, until it is read or a month has passed; what was not sent
    is gone when the chat is emptied."""
    async with town(tmp_path) as played:
        await Player(played).play("word", WORD)
        async with played.bot.store.work() as work:
            alva, bo = [await work.members.find(1, played.person(name)) for name in ("Alva", "Bo")]
            assert alva is not None
            assert bo is not None
            (wish,) = await work.wishes.of_member(bo.id)
            chat = private_chat(bo.person_id)
            held = [one.context.held for one in await work.outbox.recent(chat, 9) if one.context.holds]
        assert held == ["Den andra nyckeln har jag"]
        for name in ("Alva", "Bo"):
            await played.write(name, "/mina_uppgifter")
            await played.tap(name, "Få allt som fil")
            (one,) = json.loads(sent_file(played, name))["wishes"]
            assert (one["mine"], one["text"]) == (name == "Bo", "Nyckeln hänger i receptionen")
        await played.write("Bo", "/dolj")
        async with played.bot.store.work() as work:
            assert not [one for one in await work.outbox.recent(chat, 9) if one.context.holds]
            await work.wishes.prune(wish.due)
            assert await work.wishes.of_member(alva.id) == [wish]
            await work.wishes.prune(wish.due + timedelta(days=1))
            assert await work.wishes.of_member(bo.id) == []
