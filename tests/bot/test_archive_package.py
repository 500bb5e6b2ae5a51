import hashlib
import importlib
import io
import zipfile
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from bot.features.documents.archive_package import METS, XLINK, Label, package
from messages.voice import the_voice
from storage.json_records import AMONG
from storage.records.group_settings import GroupSettings
from tests.bot.eark import NOT_TO_BE_HAD, validated

FILES = {
    "readme.txt": b"Om filerna",
    "fields.json": b"{}",
    "lists/places.csv": "plats;när\r\n".encode(),
    "documents/plan.html": b"<p>Plan</p>",
    "answers/swot-1.json": b"[]",
}
LABEL = Label(
    "stad-a1b2",
    "Stad för stad i Å-stad 🧡\x00<&",
    "Kärngruppen",
    "stadsbot",
    "1.0",
    datetime(2027, 3, 1, tzinfo=UTC),
    date(2025, 9, 1),
    "Kan innehålla uppgifter som omfattas av sekretess",
    "KS 2025/123 <&",
    {"documents/plan.html": "Samverkansplan 🧡\x00<&"},
    {"documents/plan.html": "gallras"},
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
    described = root.find(f"{{{METS}}}dmdSec/{{{METS}}}mdRef")
    assert described is not None
    with zipfile.ZipFile(io.BytesIO(package(FILES, LABEL))) as archive:
        content = archive.read(f"stad-a1b2/{described.attrib[f'{{{XLINK}}}href']}")
        assert described.attrib["CHECKSUM"] == hashlib.sha256(content).hexdigest()
        told[described.attrib[f"{{{XLINK}}}href"]] = content
    assert told.keys() == names - {"METS.xml"}
    ours = {"metadata/descriptive/dc.xml", "schemas/description.xsd"}
    assert sorted(content for name, content in told.items() if name not in ours) == sorted(FILES.values())
    assert {name for name in told if name.startswith("documentation/")} == {
        "documentation/readme.txt",
        "documentation/fields.json",
    }
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    assert len(ids) == len(set(ids))
    assert {pointer.attrib["FILEID"] for pointer in root.iter(f"{{{METS}}}fptr")} <= set(ids)


def test_every_setting_of_a_group_is_told_in_words() -> None:
    """The archive says of whatever is set in a group what it means; one that had no words would stop it being made."""
    stored = [name for one in fields(GroupSettings) for name in one.metadata.get(AMONG, {"": one.name}).values()]
    described = {name: the_voice("sv").label(f"rights.settings.{name}") for name in stored}
    assert len(set(described.values())) == len(stored) >= 40


@pytest.mark.parametrize(("lost", "rule"), [(b"OBJID=", "CSIP1"), (b"PROFILE=", "CSIP6")])
def test_a_broken_package_is_found(lost: bytes, rule: str, tmp_path: Path) -> None:
    """The validator refuses a package whose METS file has lost what the rules ask for."""
    broken = tmp_path / "broken.zip"
    with (
        zipfile.ZipFile(io.BytesIO(package(FILES, LABEL))) as whole,
        zipfile.ZipFile(broken, "w") as archive,
    ):
        for name in whole.namelist():
            archive.writestr(name, whole.read(name).replace(lost, b"X" + lost))
    assert rule in validated(broken)["errors"]


@pytest.mark.parametrize("more", [0, 160, 300])
def test_an_e_archive_takes_the_package(more: int, tmp_path: Path) -> None:
    """E-ARK's own validator finds no fault, by the schema of METS and by the rules of CSIP and SIP 2.1; nor in one of
    as many files as a finished town has, each with its title, which it reads in several blocks.
    """
    made = tmp_path / "package.zip"
    files = {**FILES, **{f"answers/exercise_{n}-1.json": b"[]" for n in range(more)}}
    titles = {**LABEL.titles, **{name: f"Övning, omgång {name}" for name in files if name not in FILES}}
    made.write_bytes(package(files, replace(LABEL, titles=titles, uses=dict.fromkeys(files, "gallras"))))
    found = validated(made)
    assert found["structure"] == "WELLFORMED"
    assert found["errors"].keys() == NOT_TO_BE_HAD
    etree = importlib.import_module("lxml.etree")
    with zipfile.ZipFile(made) as archive:
        schema, description = (
            etree.fromstring(archive.read(f"stad-a1b2/{name}"))
            for name in ("schemas/description.xsd", "metadata/descriptive/dc.xml")
        )
    etree.XMLSchema(schema).assertValid(description)
    assert description.findtext("{*}title") == "Stad för stad i Å-stad 🧡<&"
    assert [element.text for element in description.iterfind("{*}identifier")] == ["stad-a1b2", "KS 2025/123 <&"]
    assert description.findtext("{*}coverage") == "2025-09-01/2027-03-01"
