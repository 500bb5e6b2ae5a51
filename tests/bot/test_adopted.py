"""What organisations have approved is kept as they approved it, whatever becomes of the text."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from bot.context.context import Context
from bot.demo.player import Player
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import gathered
from bot.features.approvals import outcomes
from bot.features.documents import adopted
from bot.features.documents.archive_package import DC, METS, XLINK
from bot.features.documents.kept_versions import keep_version, versions_of
from messages.documents.material import Version
from storage.records.records import Group
from tests.bot.documents import content, files, text_of
from tests.bot.test_moving_chats import in_topic

PLAYED = "7.3-adopted"
TRANSCRIPT = (Path(__file__).parents[1] / "transcripts" / f"{PLAYED}.txt").read_text(encoding="utf-8")
TASKS = "Tar emot samtalet", "Svarar i telefon"  # when it was approved, and since


def _read(pdf: bytes) -> str:
    """Return the words of a PDF, with plain spaces and hyphens in its numbers."""
    return text_of(pdf).replace("\u00a0", " ").replace("\u2011", "-")


def _zips(played: Town) -> list[zipfile.ZipFile]:
    """Return what Alva has got: the archive as a package, and for people."""
    return [zipfile.ZipFile(io.BytesIO(content(played, file))) for file in files(played, "Alva")[-2:]]


@pytest.mark.slow
async def test_the_archive_holds_what_was_adopted(tmp_path: Path) -> None:
    """An archivist finds the routine as it was approved beside the one of today, by its name, day and the matter's
    number, and hears whose it is, of which years, and that it may be secret.
    """
    async with town(tmp_path) as played:
        player = Player(played)
        await player.play(PLAYED, TRANSCRIPT)
        named = files(played, "Alva")[-1]["file_name"]
        assert named == "Rutin för enskilda ärenden – Exempelstad – Version 1 antagen – 2027-01-25.pdf"
        then = _read(content(played, files(played, "Alva")[-1]))
        assert TASKS[0] in then
        assert TASKS[1] not in then
        for line in (
            "Alva gör: «/staden» [Hoppa över] [Hoppa över] [Hoppa över] «Socialnämnden» [Hoppa över] «SN 2027/12»",
            "Alva gör: «/svara» [Anordna ett event: gästerna] [Lägg till] «Nils Ny» [Hotell Exempel]",
            "Alva gör: «nils@exempel.invalid» [Inte än] [Inget svar än] [Spara nu]",
            "Alva gör: «/skydd» [Ta ut allt] [Be om arkivet]",
        ):
            await player.take(line)
        await played.wind(days=5, minutes=1)
        await player.take("Alva gör: «/skydd» [Ta ut allt] [Ta ut arkivet]")
        package, archive = _zips(played)
        kept = "adopted/routine-1-2027-01-25.pdf"
        assert {name for name in archive.namelist() if name.startswith("adopted/")} == {
            kept,
            "adopted/card-1-2027-01-25.pdf",
        }
        assert _read(archive.read(kept)) == then
        assert b"pdfaid" in archive.read(kept)
        assert TASKS[1] in _read(archive.read("documents/routine.pdf"))
        folder = package.namelist()[0].partition("/")[0]
        root = Xml.fromstring(package.read(f"{folder}/METS.xml"))  # noqa: S314 (our own)
        used = {
            str(where.get(f"{{{XLINK}}}href")).removeprefix("representations/data/data/"): file.get("USE")
            for file in root.iter(f"{{{METS}}}file")
            for where in file
        }
        assert used[kept] == used["statistics.csv"] == "bevaras"
        assert used["documents/routine.pdf"] == used["lists/guests.csv"] == "gallras"
        assert [name for name, use in used.items() if not use] == ["schemas/description.xsd"]
        assert "Dokumenthanteringsplan" in archive.read("readme.txt").decode()
        guests = archive.read("lists/guests.csv") + archive.read("lists/guests.json")
        assert b"Nils" in guests
        assert b"nils@" not in guests
        titled = {
            file.get(f"{{{XLINK}}}href", ""): file.get(f"{{{XLINK}}}title") for file in root.iter(f"{{{METS}}}FLocat")
        }
        assert titled[f"representations/data/data/{kept}"] == (
            "Rutin för enskilda ärenden, version 1, antagen 2027-01-25"
        )
        assert all(title for name, title in titled.items() if not name.startswith("schemas/"))
        told = Xml.fromstring(package.read(f"{folder}/metadata/descriptive/dc.xml"))  # noqa: S314 (our own)
        said = {name: [e.text for e in told.iter(f"{{{DC}}}{name}")] for name in ("creator", "identifier", "coverage")}
        assert said["creator"] == ["Socialnämnden"]
        assert said["identifier"] == [folder, "SN 2027/12"]
        assert "26 kap. offentlighets- och sekretesslagen" in (told.findtext(f"{{{DC}}}rights") or "")


@pytest.mark.slow
async def test_a_file_that_was_replaced_says_so_by_its_name(tmp_path: Path) -> None:
    """Whoever finds the old card in a folder sees that it holds no more."""
    name = "8.2-gone-through-again"
    again = (Path(__file__).parents[1] / "transcripts" / f"{name}.txt").read_text(encoding="utf-8")
    async with town(tmp_path) as played:
        await Player(played).play(name, again)
        named = files(played, "Alva")[-1]["file_name"]
        assert named == "Vem ringer jag – Exempelstad – Version 1 antagen – 2027-01-25 – ersatt 2028-02-01.pdf"


async def test_what_was_put_right_says_so_by_its_name(tmp_path: Path) -> None:
    """Whoever has the routine in a folder sees which of two is the one that was put right, and when."""
    name = "7.3-adopted-stays"
    stays = (Path(__file__).parents[1] / "transcripts" / f"{name}.txt").read_text(encoding="utf-8")
    async with town(tmp_path) as played:
        await Player(played).play(name, stays)
        names = [file["file_name"] for file in files(played, "Alva")]
        routine = "Rutin för enskilda ärenden – Exempelstad – Version 1"
        assert names == [
            f"{routine} antagen – 2027-01-25.pdf",
            f"{routine} rättad den 3 februari 2027 – 2027-02-03.pdf",
            f"{routine} antagen – 2027-01-25 – ersatt 2027-02-03.pdf",
        ]
        adopted_then, put_right = (_read(content(played, file)) for file in files(played, "Alva")[:2])
        assert "Samordnaren" in adopted_then
        assert "Utredaren" in put_right
        assert "Samordnaren" not in put_right
        assert "Fråga aldrig först" not in put_right


async def test_what_was_approved_before_there_was_room_is_kept_at_the_start(tmp_path: Path) -> None:
    """A town that had approved its routine with an older program has it kept from the first start with this one."""
    async with town(tmp_path) as played:
        before, _, _ = TRANSCRIPT.partition("# När rutinen prövas")
        await Player(played).play(PLAYED, before)
        async with played.bot.store.work() as work:
            for document in ("routine", "card"):
                await work.activity_states.drop(1, adopted.KEPT, f"{document}/1")
                await work.activity_states.drop(1, "document", document)
        await played.restart()
        await played.bot.job_runner.begin()
        await played.wind()
        async with played.bot.store.work() as work:
            assert set(await work.activity_states.of_kind(1, adopted.KEPT)) == {"routine/1", "card/1"}
            ctx = Context(played.bot.services, work, played.sandbox.now())
            await adopted.order_missing(ctx, await work.groups.get(1))
            assert await work.document_jobs.due() == []  # nothing is ordered twice


async def test_it_is_kept_also_while_nobody_coordinates(tmp_path: Path) -> None:
    """What is kept goes to nobody, so it waits for no new coordinator, by whose time the text may have gone on."""
    async with town(tmp_path) as played:
        before, _, _ = TRANSCRIPT.partition("# När rutinen prövas")
        await Player(played).play(PLAYED, before)
        async with played.bot.store.work() as work:
            await work.activity_states.drop(1, "document", "routine")
            for member in await work.members.active(1):
                await work.members.update(member.id, coordinator=False)
            ctx = Context(played.bot.services, work, played.sandbox.now())
            await adopted.order_missing(ctx, await work.groups.get(1))
            assert [(job.document, job.form) for job in await work.document_jobs.due()] == [("routine", "adopted")]


async def test_what_is_asked_for_in_a_topic_comes_there(tmp_path: Path) -> None:
    """A group with topics gets what was adopted in the topic where somebody asks for it."""
    async with town(tmp_path) as played:
        before, _, _ = TRANSCRIPT.partition("# När rutinen prövas")
        player = Player(played)
        await player.play(PLAYED, before)
        topic = await in_topic(played, "Stad för stad")
        await played.act("Alva", "send_text", chat=played.chat_id("Alva", GROUP), text="/dokument", thread=topic)
        await player.take("Alva trycker i gruppen [Rutin för enskilda ärenden] [PDF]")
        assert played.find("Alva", "Texten som den antogs den", GROUP).thread == topic


async def test_a_text_that_changes_before_it_is_made_is_not_kept(tmp_path: Path) -> None:
    """What reads otherwise by the time it is printed is not what was approved, and is not kept as if it were."""
    async with town(tmp_path) as played:
        before, _, rest = TRANSCRIPT.partition("# När rutinen prövas")
        _, _, change = rest.partition("# Det kärngruppen ändrar")
        await Player(played).play(PLAYED, before)
        async with played.bot.store.work() as work:
            await work.activity_states.drop(1, adopted.KEPT, "routine/1")
            await work.activity_states.drop(1, "document", "routine")
        await Player(played).play(PLAYED, "#" + change.partition("Greta: /ring")[0])
        async with played.bot.store.work() as work:
            ctx, group = Context(played.bot.services, work, played.sandbox.now()), await work.groups.get(1)
            routine = next(e for e in ctx.services.process.exercises.values() if e.approves and e.serves == ("7.3",))
            assert not (await outcomes.standing(ctx, group, routine)).final
            member = (await work.members.active(1))[0]
            await work.document_jobs.put(1, "g:1", "routine", "adopted", member_id=member.id)
        await played.wind()
        async with played.bot.store.work() as work:
            assert set(await work.activity_states.of_kind(1, adopted.KEPT)) == {"card/1"}


async def test_an_older_text_that_is_adopted_after_all_can_be_had(tmp_path: Path) -> None:
    """Also where a later version was given out before it was taken back."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            ctx, group = Context(played.bot.services, work, played.sandbox.now()), await work.groups.get(1)
            for version in (Version(2, ctx.today, {}), Version(1, ctx.today, {}, ctx.today)):
                await keep_version(ctx, group, "plan", version)
            known = (await versions_of(ctx, group))["plan"]
        assert [(version.number, version.adopted is not None) for version in known] == [(1, True), (2, False)]


async def test_what_is_adopted_is_kept_as_it_reads_also_where_a_draft_had_its_number(tmp_path: Path) -> None:
    """Drafts were counted as versions once: what is approved first is version 1, as the first of them was."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            ctx, group = Context(played.bot.services, work, played.sandbox.now()), await work.groups.get(1)
            given = [{"number": n, "on": "2026-10-01", "parts": {"Mål": f"draft {n}"}} for n in (1, 2)]
            await work.activity_states.keep(1, "document", "plan", {"versions": given})
            await keep_version(ctx, group, "plan", Version(1, ctx.today, {"Mål": "as approved"}, ctx.today))
            first, second = (await versions_of(ctx, group))["plan"]
        assert (first.parts, first.adopted) == ({"Mål": "as approved"}, ctx.today)
        assert second.parts == {"Mål": "draft 2"}


async def test_one_town_that_fails_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where looking for what was adopted fails at the start, documents are made all the same."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        asked = []

        async def fails(_: Context, group: Group) -> None:
            asked.append(group.id)
            raise RuntimeError

        monkeypatch.setattr(adopted, "order_missing", fails)
        for _ in range(2):
            await played.bot.job_runner.begin()
        assert asked == [1]
        assert [failure.__class__ for failure in played.failures] == [RuntimeError]
        played.failures.clear()
