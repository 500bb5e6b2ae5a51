"""A night receptionist logs what she saw, is told where to turn, and writes nothing that could hurt anyone."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.demo.town import GROUP, START
from messages.language import Language
from storage.records.records import private_chat
from tests.incidents.scene import SIX, in_group, log, logged, watched


async def test_six_taps(tmp_path: Path) -> None:
    """The shortest sound log is six taps, start and saving among them, and the whole is shown before it is saved."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/start")
        assert "Logga en händelse" in played.keys("Bo")
        await played.tap("Bo", "Logga en händelse")
        assert played.texts("Bo")[-2].startswith("Ring 112 nu om någon är i fara.")
        assert all(number in played.texts("Bo")[-2] for number in ("112", "114 14", "/ring"))
        for label in SIX[:-1]:
            await played.tap("Bo", label)
        assert "2. Handlar om: Exploatering i arbete" in played.last("Bo")
        assert await logged(played.bot) == []
        await played.tap("Bo", SIX[-1])
        (incident,) = await logged(played.bot)
        assert incident.values == {"when": "2027-01-11", "kind": ["labour"]}
        assert len(SIX) + 1 == 6
        assert f"Kvitto {incident.receipt}" in played.last("Bo")


WHOLE = (
    *(
        "Nu",
        "☐ Exploatering i arbete",
        "Klar",
        "Nej",
        "Restaurang",
        "☐ Bor på jobbet",
        "Klar",
        "Såg det själv",
        "2",
        "Nej",
    ),
    *("☐ Inget än", "Klar", "☐ Min chef", "Klar", "Nej", "Spara"),
)


@pytest.mark.parametrize(
    ("taps", "most"), [(("Nu", "☐ Exploatering i arbete", "Klar", "Nej", *SIX[-2:]), 180), (WHOLE, 350)]
)
async def test_few_words(tmp_path: Path, taps: tuple[str, ...], most: int) -> None:
    """On a bad evening there is little to read: 180 words by the shortest way, with the question about danger, and 350
    if everything is answered; a tick that is set says nothing anew."""
    async with watched(tmp_path) as played:
        read, known = 0, set(played.texts("Bo"))
        for label in ("/incident", *taps):
            await (played.write("Bo", label) if label[0] == "/" else played.tap("Bo", label))
            fresh = [text for text in played.texts("Bo") if text not in known]
            known.update(fresh)
            read += sum(any(sign.isalpha() for sign in word) for text in fresh for word in text.split())
        assert "✓ Sparat. Kvitto" in played.last("Bo")
        assert read <= most


async def test_the_network_logs_too(tmp_path: Path) -> None:
    """A network participant logs like a member of the core group, and sees the statistics, but reads nothing."""
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            bo = await work.members.find(1, played.person("Bo"))
            assert bo is not None
            await work.members.update(bo.id, role="network")
        for label in ("/incident", *SIX):
            await (played.write("Bo", label) if label[0] == "/" else played.tap("Bo", label))
        assert "✓ Sparat" in played.last("Bo")
        await played.write("Bo", "/statistik")
        assert "Här räknas bara kvartal som är slut" in played.last("Bo")
        await played.write("Bo", "/handelser")
        assert "är valda för det kan läsa händelserna" in played.last("Bo")


async def test_the_group_hears_nothing(tmp_path: Path) -> None:
    """The group's chat says nothing of an incident; the reader gets a sentence that tells nothing, the others none."""
    async with watched(tmp_path) as played:
        before, alva = in_group(played), played.texts("Alva")
        receipt = await log(played, "Bo")
        await played.wind(hours=24)
        assert in_group(played) == before
        assert played.texts("Alva") == alva
        assert "Något väntar på dig här." in played.texts("Cia")
        assert receipt not in "\n".join(played.texts("Cia"))


async def test_in_the_group_it_leads_to_the_private_chat(tmp_path: Path) -> None:
    """Whoever writes /incident in the group is told why not there, and the button opens the questions."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident", chat=GROUP)
        assert "blir kvar i allas telefoner" in played.last("Bo", GROUP)
        await played.tap("Bo", "Logga en händelse", chat=GROUP)
        assert "När hände det?" in played.last("Bo")


async def test_december_logged_in_january(tmp_path: Path) -> None:
    """An incident begun before the New Year and saved after it counts on the day that was chosen."""
    async with watched(tmp_path, start=datetime(2026, 12, 31, 22, 30, tzinfo=UTC)) as played:
        await played.write("Bo", "/incident")
        await played.tap("Bo", "Nu")
        await played.wind(hours=3)
        await played.write("Bo", "/incident")
        for label in ("Fortsätt", *SIX[1:]):
            await played.tap("Bo", label)
        (incident,) = await logged(played.bot)
        assert (incident.values["when"], incident.logged_on) == ("2026-12-31", date(2027, 1, 1))


async def test_a_draft_survives(tmp_path: Path) -> None:
    """A pause of days in the midst of it loses nothing; going on asks what was asked."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        for label in SIX[:3]:
            await played.tap("Bo", label)
        await played.write("Bo", "/avbryt")
        await played.wind(days=3)
        await played.write("Bo", "/incident")
        await played.tap("Bo", "Fortsätt")
        assert "Är någon i fara nu?" in played.last("Bo")
        await played.tap("Bo", "Hoppa över resten")
        assert "1. När: måndag 11 januari 2027" in played.last("Bo")


async def test_where_to_turn_comes_first_also_on_going_on(tmp_path: Path) -> None:
    """Whoever goes on after a pause is told where to turn before the question; so is who follows the group's button."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        await played.tap("Bo", "Nu")
        await played.tap("Bo", "Pausa")
        before = len(played.texts("Bo"))
        await played.tap("Bo", "Fortsätt")
        first, question = played.texts("Bo")[before:]
        assert first.startswith("Ring 112 nu om någon är i fara. Polisen när det inte är akut: 114 14.")
        assert "Utan kvitto är inget sparat." in first
        assert "Vad tror du att det handlar om?" in question


async def test_logging_twice_by_a_double_tap(tmp_path: Path) -> None:
    """Two taps on the same button save one incident."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.tap_again("Bo", "Spara")
        assert len(await logged(played.bot)) == 1


async def test_thrown_away(tmp_path: Path) -> None:
    """What is thrown away before it is saved is nowhere."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        for label in SIX[:4]:
            await played.tap("Bo", label)
        await played.tap("Bo", "Spara inte")
        assert played.last("Bo") == "Inget är sparat."
        assert await logged(played.bot) == []
        async with played.bot.store.work() as work:
            assert "labour" not in str(await work.runs.of_exercise(1, "incident"))


async def test_left_over_night(tmp_path: Path) -> None:
    """At night nothing says who has left an incident half logged, in the file or in the chat; /incident goes on."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        for label in SIX[:2]:
            await played.tap("Bo", label)
        async with played.bot.store.work() as work:
            bo = await work.people.by_user(played.person("Bo"))
            assert bo is not None
            assert await work.prompts.of(bo.id)
        await played.wind(hours=18)
        async with played.bot.store.work() as work:
            assert await work.prompts.of(bo.id) == []
            assert await work._session.rows("SELECT * FROM outbox WHERE chat = ?", (private_chat(bo.id),)) == []
        assert "Vad tror du att det handlar om?" not in "\n".join(played.texts("Bo")), "nor in the chat"
        await played.write("Bo", "/incident")
        for label in ("Fortsätt", *SIX[2:]):
            await played.tap("Bo", label)
        assert played.last("Bo").startswith("✓ Sparat. Kvitto ")
        assert len(await logged(played.bot)) == 1


async def test_corrected_and_withdrawn(tmp_path: Path) -> None:
    """Whoever logged it can answer anew without seeing what was answered, and take it back."""
    async with watched(tmp_path) as played:
        receipt = await log(played, "Bo")
        await played.tap("Bo", "Ändra ett svar")
        await played.tap("Bo", "Handlar om")
        assert "Exploatering i arbete" not in played.last("Bo").replace("☐ Exploatering i arbete", "")
        await played.tap("Bo", "☐ Tvingas tigga")
        await played.tap("Bo", "Klar")
        assert played.last("Bo") == "✓ Din rättelse är sparad."
        (incident,) = await logged(played.bot)
        assert incident.values["kind"] == ["begging"]
        await played.write("Bo", "/incident")
        await played.tap("Bo", "Det jag har loggat")
        await played.tap("Bo", receipt)
        await played.tap("Bo", "Ta tillbaka")
        await played.tap("Bo", "Ja, ta bort den")
        assert await logged(played.bot) == []


async def test_logged_by_one_who_is_removed_the_minute_after(tmp_path: Path) -> None:
    """What was logged stays when its reporter is removed; old buttons to change it are dead."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.act("Alva", "remove", chat=played.groups[GROUP], who=played.person("Bo"))
        await played.tap("Bo", "Ta tillbaka")
        assert "inte med i gruppen just nu" in played.toast()
        assert len(await logged(played.bot)) == 1


async def test_a_wish_to_be_contacted_is_by_name(tmp_path: Path) -> None:
    """Only who asks to be contacted is named to the reader; otherwise nobody knows who logged."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.tap("Cia", "Öppna")
        assert "Bo" not in played.last("Cia").replace("Bortförd", "").split()
        taps = ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "11", "Ja", "Spara")
        await log(played, "Bo", *taps)
        await played.write("Cia", "/handelser")
        assert "vill bli kontaktad" in played.last("Cia")


async def test_a_flood_is_told_and_waits(tmp_path: Path) -> None:
    """After five in an hour the way by telephone is shown and when one can go on; an hour later all is as before."""
    async with watched(tmp_path) as played:
        for _ in range(5):
            await log(played, "Bo")
        await played.write("Bo", "/incident")
        assert "vänta 60 minuter" in played.last("Bo")
        assert "112" in played.last("Bo")
        await played.wind(hours=1, minutes=1)
        await log(played, "Bo")


async def test_links_tried_one_after_the_other(tmp_path: Path) -> None:
    """Whoever tries made-up links is told to slow down, once, and nothing of it is kept; real buttons go on working."""
    async with watched(tmp_path) as played:
        for number in range(30):
            await played.act("Bo", "start", payload=f"gissning{number}")
        told = [text for text in played.texts("Bo") if "Det gick fort" in text]
        assert len(told) == 1
        assert len([text for text in played.texts("Bo") if "länken går inte" in text]) == 10
        await log(played, "Bo")


async def test_the_routine_s_own_numbers_come_first(tmp_path: Path) -> None:
    """Where the group's routine says whom to call at this hour, that stands above the national numbers."""
    async with watched(tmp_path) as played:
        async with played.bot.store.work() as work:
            team = await work.rows.add(1, "actors", {"name": "Mobila teamet"}, author=None)
            values = {"link": "first_contact", "actor": {"id": team.id}, "daytime": "040-6280400", "what": "Ring"}
            await work.rows.add(1, "chain", values, author=None)
        await played.write("Bo", "/incident")
        assert "Mobila teamet (Ring): 040-6280400" in played.texts("Bo")[-2]
        await played.wind(hours=12)
        await played.write("Bo", "/incident")
        assert "Mobila teamet" not in played.texts("Bo")[-2]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("i går", "2027-01-10"),
        ("i natt", "2027-01-11"),
        ("för tre dagar sedan", "2027-01-08"),
        ("i torsdags", "2027-01-07"),
        ("måndag", "2027-01-04"),
        ("14 mars", "2026-03-14"),
        ("2/1", "2027-01-02"),
        ("2027-01-12", None),
        ("om två veckor", None),
        ("31 februari", None),
    ],
)
def test_days_that_have_been(text: str, day: str | None) -> None:
    """A day without a year is the latest one; what is still to come is no answer to when it happened."""
    assert [found.isoformat() for found in Language("sv").dates.read_past(text, START.date())] == ([day] if day else [])


async def test_what_names_nobody_stays(tmp_path: Path) -> None:
    """What is written soon after an incident stays in the chat, unless it points somebody out."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        for text, stays in (("jag kommer till mötet i morgon", True), ("hon heter Anna och bor på rum 12", False)):
            await played.write("Bo", text)
            chat = played.sandbox.world.chats[played.person("Bo")]
            assert (text in [one.content.get("text") for one in chat.messages.values()]) is stays
