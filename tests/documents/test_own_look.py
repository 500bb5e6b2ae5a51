import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from bot.demo.town import town as a_town
from bot.demo.transcript import gathered
from bot.doctor import towns
from bot.doctor.finding import Level
from bot.features.documents.town_folder import own_look
from messages.documents.make import fingerprint, make
from messages.documents.material import Material
from messages.documents.own_look import NAMES, OwnLook, Piece, look_of, size
from messages.documents.word_fields import field
from tests.bot.documents import material
from tests.documents.conformity import faults

LAW = "Ring kommunjuristen innan ni delar något."


def png(width: int, height: int) -> bytes:
    """A grey PNG."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = zlib.compress((b"\0" + b"\x77" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def letterhead(change: Callable[[Any], None] = lambda word: None) -> bytes:
    """A municipality's Word file, with a head and a heading of its own, and a style for tables."""
    word: Any = docx.Document()
    word.add_paragraph("Text som stod i mallen")
    word.sections[0].header.paragraphs[0].text = "EXEMPELKOMMUN"
    word.styles["Heading 1"].font.name = "Georgia"
    for name in ("List Bullet", "Title", "Table Grid"):
        word.styles[name].element.getparent().remove(word.styles[name].element)
    change(word)
    made = io.BytesIO()
    word.save(made)
    return made.getvalue()


def told(content: bytes, old: str, new: str) -> bytes:
    """A Word file with other words in the list of what its parts are."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(old.encode(), new.encode()) if name == "[Content_Types].xml" else part)
    return made.getvalue()


@pytest.fixture(scope="session")
def own() -> OwnLook:
    """A town with all three."""
    return look_of({Piece.LOGO: png(600, 200), Piece.REFERENCE: letterhead(), Piece.LAW: LAW.encode()})


MACROS = told(letterhead(), "wordprocessingml.document.main", "ms-word.document.macroEnabled.main")
BROKEN = told(letterhead(), "</Types>", "<Types>")


@pytest.mark.parametrize(
    ("name", "content", "says", "cure"),
    [
        ("logo.png", png(200, 200) + b"\0" * 20_000_000, "is 20.0 MB", "1000 pixels"),
        ("reference.docx", b"PK" + b"\0" * 30_000_000, "is 30.0 MB", "not needed"),
        ("logo.png", b"GIF89a", "is neither PNG nor JPEG", "Save the logo as PNG"),
        ("logo.png", png(600, 200)[:50], "can't be drawn", "save it as PNG"),
        ("logo.jpg", png(20, 20), "is 20 × 20 pixels", "about 1000 pixels"),
        ("reference.docx", b"just a text", "is no Word document", "save it as a Word document"),
        ("reference.docx", MACROS, "holds macros", "save it as a Word document"),
        ("reference.docx", BROKEN, "can't be written into", "save it as a Word document"),
        ("law.txt", "åäö".encode("latin-1"), "is no text in UTF-8", "plain text"),
        ("law.txt", b"x" * 9_000, "has 9000 characters", "what the routine needs"),
        ("law.txt", b"", "is empty", "take it away"),
        ("law.txt", b" \n\n", "is empty", "take it away"),
        ("Logga ny.pdf", b"%PDF", "is not read", "logo.png"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_cure(
    name: str, content: bytes, says: str, cure: str, tmp_path: Path
) -> None:
    """The doctor names each file of a town's folder that can't be used, why, and what to do; nothing breaks by it."""
    folder = tmp_path / "1 Exempelstad"
    folder.mkdir()
    (folder / name).write_bytes(content)
    (found,) = towns.look(tmp_path)
    assert found.level is Level.WARNING
    assert f"1 Exempelstad/{name}" in found.says
    assert says in found.says
    assert cure in found.cure
    if not says.startswith("can't be"):  # what only making a document tells
        assert own_look(tmp_path, 1, "Exempelstad") is None


def test_what_can_be_used_is_told(tmp_path: Path) -> None:
    """All that a town's documents take is named in one line; a folder with nothing in it, and none at all, as well."""
    for name, content in zip(NAMES, (png(300, 100), b"", letterhead(), LAW.encode()), strict=True):
        if content:
            (tmp_path / "2 Åstad").mkdir(exist_ok=True)
            (tmp_path / "2 Åstad" / name).write_bytes(content)
    (tmp_path / "Tomstad").mkdir()
    found = {(finding.level, finding.says) for finding in towns.look(tmp_path)}
    assert found == {
        (Level.OK, "2 Åstad: law.txt, logo.png, reference.docx."),
        (Level.WARNING, "Tomstad is empty."),
    }
    assert [finding.level for finding in towns.look(tmp_path / "Tomstad")] == [Level.WARNING]
    assert [finding.level for finding in towns.look(tmp_path / "gone")] == [Level.ERROR]


def test_size_of_a_jpeg() -> None:
    """A JPEG's size is the picture's own, not that of the thumbnail before it."""
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 80, 120) + b"\x03"
    picture = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", 800, 1200) + b"\x03"
    assert size(b"\xff\xd8\xff\xe0" + frame + picture) == (1200, 800)
    assert size(b"\xff\xd8\xff\xe0") is None


def test_word_takes_the_letterhead(own: OwnLook, town: Material) -> None:
    """A Word file on the town's letterhead has its head and styles and none of its text, with lists and contents."""
    opened = docx.Document(io.BytesIO(make("plan", "docx", replace(town, own=own))))
    text = "\n".join(paragraph.text for paragraph in opened.paragraphs)
    assert "Text som stod i mallen" not in text
    assert opened.sections[0].header.paragraphs[0].text == "EXEMPELKOMMUN"
    assert opened.styles["Heading 1"].font.name == "Georgia"
    bullets = [
        paragraph for paragraph in opened.paragraphs if paragraph.style and paragraph.style.name == "List Bullet"
    ]
    assert bullets
    assert "w:numPr" in opened.styles["List Bullet"].element.xml
    assert text.index("Innehåll") < text.index("Sammanfattning")
    role = docx.Document(io.BytesIO(make("network", "docx", replace(town, own=own))))
    assert {str(table.style.name) for table in role.tables if table.style} == {"Tabell", "Table Grid"}


def test_a_letterhead_keeps_version_and_page(town: Material) -> None:
    """Pages of a plan that lie loose say of which version they are and where they belong, below the town's own foot;
    one that counts its pages itself is left as it is.
    """

    def foot(word: Any) -> None:
        word.sections[0].footer.paragraphs[0].text = "Box 1, 000 00 Exempelstad"

    def counting(word: Any) -> None:
        foot(word)
        field(word.sections[0].footer.paragraphs[0], "PAGE")

    for change, lines in ((foot, 2), (counting, 1)):
        own = look_of({Piece.REFERENCE: letterhead(change)})
        written = docx.Document(io.BytesIO(make("plan", "docx", replace(town, own=own)))).sections[0].footer
        assert written.paragraphs[0].text.startswith("Box 1")
        assert len(written.paragraphs) == lines
        assert ("Version 2" in written.paragraphs[-1].text) == (change is foot)
        assert len(re.findall(r">\s*PAGE\s*<", written._element.xml)) == 1


def test_a_letterhead_that_cannot_be_read_is_left_out(town: Material) -> None:
    """Where the letterhead turns out to be broken, the document comes in the house's own look."""
    broken = replace(town, own=OwnLook(reference=BROKEN, mark="x"))
    opened = docx.Document(io.BytesIO(make("network", "docx", broken)))
    assert "Exempelstad" in opened.sections[0].header.paragraphs[0].text


@pytest.mark.parametrize("broken", [png(600, 200)[:50], png(600, 200)[:-40], b"\xff\xd8\xff" + png(600, 200)])
@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_logo_that_is_broken_is_left_out(form: str, broken: bytes, own: OwnLook, town: Material) -> None:
    """Where the logo turns out to be no whole picture, documents come without it."""
    without = replace(own, logo=b"", reference=b"")
    assert make("plan", form, replace(town, own=replace(without, logo=broken))) == make(
        "plan", form, replace(town, own=without)
    )


@pytest.mark.parametrize("document", ["routine", "flyer"])
def test_logo_and_lawyer_in_pdf(document: str, own: OwnLook, town: Material) -> None:
    """The logo stands on the first page and the lawyer's words in the routine, and the file keeps its standards."""
    dressed = replace(town, own=own)
    made = make(document, "pdf", dressed)
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages[0].images) == 1
    assert (LAW in " ".join(page.extract_text() for page in pages).replace("\n", " ")) == (document == "routine")
    assert fingerprint(document, "pdf", dressed) != fingerprint(document, "pdf", town)
    assert faults(made) == []


async def test_no_group_wears_anothers_letterhead(tmp_path: Path) -> None:
    """A group that calls itself as another one gets nothing of that one's, neither by the name nor by its number; until
    the folder has its group's number, neither gets it, and the doctor says so."""
    folders = tmp_path / "towns"
    (folders / "Exempelstad").mkdir(parents=True)
    (folders / "Exempelstad" / "law.txt").write_text(LAW, encoding="utf-8")
    assert any("has no number" in finding.says for finding in towns.look(folders))
    async with a_town(tmp_path / "bot", towns=folders) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            await work.groups.add_own("Kärngruppen i Exempelstad")
        assert (await material(played)).own is None
        (folders / "Exempelstad").rename(folders / "1 Exempelstad")
        own = (await material(played)).own
    assert own is not None
    assert own.law == LAW


async def test_the_folder_with_the_towns_name(tmp_path: Path) -> None:
    """A town's documents take what lies in the folder with its name, however that is spelt, and nothing outside it."""
    folders = tmp_path / "towns"
    (folders / "EXEMPELSTAD").mkdir(parents=True)
    (folders / "EXEMPELSTAD" / "law.txt").write_text(LAW, encoding="utf-8")
    (tmp_path / "law.txt").write_text("Fel", encoding="utf-8")
    async with a_town(tmp_path / "bot", towns=folders) as played:
        await gathered(played, ["Alva", "Bo"])
        given = await material(played)
        assert given.own is not None
        assert given.own.law == LAW
    found = own_look(folders, 1, "Exempelstad")
    assert found is not None
    assert found.law == LAW
    for name in ("..", "", "/etc", "Annan stad"):
        assert own_look(folders, 1, name) is None
    (folders / "1 Exempelstad").mkdir()
    (folders / "1 Exempelstad" / "law.txt").write_text("Nyare", encoding="utf-8")
    numbered, another = own_look(folders, 1, ""), own_look(folders, 11, "")
    assert numbered is not None
    assert numbered.law == "Nyare", "a number comes before a name"
    assert another is None
    assert own_look(tmp_path / "gone", 1, "Exempelstad") is None
