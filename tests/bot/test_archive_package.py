import hashlib
import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from bot.features.documents.archive_package import METS, XLINK, Label, package

FILES = {
    "readme.txt": b"Om filerna",
    "fields.json": b"{}",
    "lists/places.csv": "plats;när\r\n".encode(),
    "documents/plan.html": b"<p>Plan</p>",
    "answers/swot-1.json": b"[]",
}
LABEL = Label(
    "stad-a1b2", "Stad för stad i Å-stad 🧡\x00<&", "Kärngruppen", "stadsbot", "1.0", datetime(2027, 3, 1, tzinfo=UTC)
)


def test_every_file_is_there_once_with_its_checksum() -> None:
    """An archivist can check every byte: the METS file names each file in the package once, with size and SHA-256."""
    with zipfile.ZipFile(io.BytesIO(package(FILES, LABEL))) as archive:
        names = {name.removeprefix("stad-a1b2/") for name in archive.namelist()}
        assert all(name.startswith("stad-a1b2/") for name in archive.namelist())
        root = Xml.fromstring(archive.read("stad-a1b2/METS.xml"))  # noqa: S314 (our own)
        told = {}
        for file in root.iter(f"{{{METS}}}file"):
            where = file.find(f"{{{METS}}}FLocat")
            assert where is not None
            name = where.attrib[f"{{{XLINK}}}href"]
            content = archive.read(f"stad-a1b2/{name}")
            assert file.attrib["SIZE"] == str(len(content))
            assert (file.attrib["CHECKSUMTYPE"], file.attrib["CHECKSUM"]) == (
                "SHA-256",
                hashlib.sha256(content).hexdigest(),
            )
            assert name not in told
            told[name] = content
    assert told.keys() == names - {"METS.xml"}
    assert sorted(told.values()) == sorted(FILES.values())
    assert {name for name in told if name.startswith("documentation/")} == {
        "documentation/readme.txt",
        "documentation/fields.json",
    }
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    assert len(ids) == len(set(ids))
    assert {pointer.attrib["FILEID"] for pointer in root.iter(f"{{{METS}}}fptr")} <= set(ids)
