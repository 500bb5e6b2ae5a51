"""The group's archive as a package for an e-archive, by E-ARK's common specification, CSIP 2.1, which the Swedish FGS
for packages builds on. A METS file names every file with its size and SHA-256, and the descriptions are beside the
data. The package itself is described in Dublin Core, with its schema.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as Xml

from messages.documents.template import cleaned

CONTENT = "stadsbot"  # the kind of content, which no common specification describes
STAMP = (1980, 1, 1, 0, 0, 0)  # the files' time in the package, as their real times would tell who worked when
METS, CSIP = "http://www.loc.gov/METS/", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
XLINK, XSI = "http://www.w3.org/1999/xlink", "http://www.w3.org/2001/XMLSchema-instance"
DC = "http://purl.org/dc/elements/1.1/"
PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"  # a package that is handed over (E-ARK SIP 2.1)
DOCUMENTATION = {"readme.txt", "fields.json"}  # what explains the data, and is none itself
GROUPS = {"Documentation": "documentation", "Schemas": "schemas", "Representations": "representations/data/data"}
DESCRIPTION = "metadata/descriptive/dc.xml"
SCHEMA = Path(__file__).parent / "description.xsd"  # of the description: our own, as Dublin Core's is far away
ENTRY = re.compile(rb"(<mets:file .*?</mets:file>)", re.DOTALL)
BLOCK = 1 << 14  # bytes; readers take so many, or a multiple of it, at a time
MEDIA = {
    ".txt": "text/plain",
    ".json": "application/json",
    ".csv": "text/csv",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
    ".xsd": "application/xml",
}


@dataclass(frozen=True, slots=True)
class Label:
    """A package's label: its id, title, the authority whose it is, and when and by which program it was made."""

    id: str
    title: str
    creator: str
    software: str
    version: str
    made: datetime
    since: date  # the first day of what is in it; the last one is that on which it was made
    rights: str  # what is to be considered before it is handed on
    reference: str = ""  # the authority's own number of the matter
    titles: Mapping[str, str] = field(default_factory=dict)  # of files, as a person would call them
    uses: Mapping[str, str] = field(default_factory=dict)  # of files: whether they are kept or weeded


def package(files: Mapping[str, bytes], label: Label) -> bytes:
    """A zip file with one folder, named as the package: METS.xml, the documentation and the data."""
    placed = {_place(name): content for name, content in sorted(files.items())}
    titles, uses = ({_place(name): said for name, said in of.items()} for of in (label.titles, label.uses))
    label = replace(label, titles=titles, uses=uses)
    placed |= {DESCRIPTION: description(label), f"schemas/{SCHEMA.name}": SCHEMA.read_bytes()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"METS.xml": mets(placed, label), **placed}.items():
            archive.writestr(zipfile.ZipInfo(f"{label.id}/{name}", STAMP), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _place(name: str) -> str:
    group = "Documentation" if name in DOCUMENTATION else "Representations"
    return f"{GROUPS[group]}/{name}"


def mets(placed: Mapping[str, bytes], label: Label) -> bytes:
    """Return the METS file: who made the package and when, every file with its checksum, and their structure."""
    title, creator = cleaned(label.title), cleaned(label.creator)  # characters that XML cannot hold are left out
    for prefix, space in (("mets", METS), ("csip", CSIP), ("xlink", XLINK), ("xsi", XSI)):
        Xml.register_namespace(prefix, space)
    when = label.made.isoformat(timespec="seconds")
    root = Xml.Element(
        f"{{{METS}}}mets",
        {
            "OBJID": label.id,
            "LABEL": title,
            "TYPE": "Datasets",
            "PROFILE": PROFILE,
            f"{{{CSIP}}}CONTENTINFORMATIONTYPE": "MIXED",
            f"{{{XSI}}}schemaLocation": f"{METS} http://www.loc.gov/standards/mets/mets.xsd",
        },
    )
    _header(root, label, creator, when)
    described = _under(root, "dmdSec", ID=f"{label.id}-description", CREATED=when, STATUS="CURRENT")
    reference = _under(described, "mdRef", LOCTYPE="URL", MDTYPE="DC", **_told(DESCRIPTION, placed[DESCRIPTION], when))
    _points(reference, DESCRIPTION)
    section = _under(root, "fileSec", ID=f"{label.id}-files")
    division = _under(
        _under(root, "structMap", ID=f"{label.id}-structure", TYPE="PHYSICAL", LABEL="CSIP"),
        "div",
        ID=f"{label.id}-package",
        LABEL=label.id,
    )
    _under(division, "div", ID=f"{label.id}-metadata", LABEL="Metadata", DMDID=f"{label.id}-description")
    for number, (use, folder) in enumerate(GROUPS.items(), 1):
        inside = {name: content for name, content in placed.items() if name.startswith(f"{folder}/")}
        if not inside:
            continue
        group = _under(section, "fileGrp", ID=f"{label.id}-group-{number}", USE=use)
        group.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "OTHER")
        group.set(f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE", CONTENT)
        for place, (name, content) in enumerate(inside.items(), 1):
            located = _file(group, f"{label.id}-file-{number}-{place}", name, content, when)
            if name in label.uses:
                group[-1].set("USE", label.uses[name])
            if name in label.titles:
                located.set(f"{{{XLINK}}}title", cleaned(label.titles[name]))
        part = _under(division, "div", ID=f"{label.id}-part-{number}", LABEL=use)
        _under(part, "fptr", FILEID=f"{label.id}-group-{number}")
    Xml.indent(root)
    return _in_blocks(Xml.tostring(root, encoding="UTF-8", xml_declaration=True))


def _in_blocks(written: bytes) -> bytes:
    """Put blanks before the entry of a file that would lie across two blocks.

    E-ARK's validator (1.1.3) takes the file in blocks, and ends in an error if a block ends within an entry.
    """
    made = bytearray()
    for piece in ENTRY.split(written):
        if piece.startswith(b"<mets:file ") and len(made) // BLOCK != (len(made) + len(piece) - 1) // BLOCK:
            made += b" " * (-len(made) % BLOCK)
        made += piece
    return bytes(made)


def _header(root: Xml.Element, label: Label, creator: str, when: str) -> None:
    header = _under(root, "metsHdr", CREATEDATE=when, LASTMODDATE=when, RECORDSTATUS="NEW")
    header.set(f"{{{CSIP}}}OAISPACKAGETYPE", "SIP")
    software = _under(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    _under(software, "name").text = label.software
    note = _under(software, "note")
    note.text = label.version
    note.set(f"{{{CSIP}}}NOTETYPE", "SOFTWARE VERSION")
    _under(_under(header, "agent", ROLE="ARCHIVIST", TYPE="ORGANIZATION"), "name").text = creator


def description(label: Label) -> bytes:
    """Return the description in Dublin Core: title, creator, day, the time covered, language, kind, the numbers that it
    is known by, the program, and what is to be considered before it is handed on.
    """
    Xml.register_namespace("dc", DC)
    root = Xml.Element(f"{{{DC}}}description")
    made = label.made.date().isoformat()
    said = [
        ("title", label.title),
        ("creator", label.creator),
        ("date", made),
        ("coverage", f"{label.since.isoformat()}/{made}"),
        ("language", "sv"),
        ("type", "Dataset"),
        ("identifier", label.id),
        *([("identifier", label.reference)] if label.reference else []),
        ("source", f"{label.software} {label.version}"),
        ("rights", label.rights),
    ]
    for name, value in said:
        Xml.SubElement(root, f"{{{DC}}}{name}").text = cleaned(value)
    Xml.indent(root)
    written: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _told(name: str, content: bytes, when: str) -> dict[str, str]:
    """Return the METS entry of a file."""
    return {
        "MIMETYPE": MEDIA.get(PurePosixPath(name).suffix, "application/octet-stream"),
        "SIZE": str(len(content)),
        "CREATED": when,
        "CHECKSUM": hashlib.sha256(content).hexdigest(),
        "CHECKSUMTYPE": "SHA-256",
    }


def _points(element: Xml.Element, name: str) -> None:
    element.set(f"{{{XLINK}}}type", "simple")
    element.set(f"{{{XLINK}}}href", name)


def _file(group: Xml.Element, id: str, name: str, content: bytes, when: str) -> Xml.Element:
    """Add a file; return where it is."""
    described = _under(group, "file", ID=id, **_told(name, content, when))
    located = _under(described, "FLocat", LOCTYPE="URL")
    _points(located, name)
    return located


def _under(parent: Xml.Element, tag: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{METS}}}{tag}", attributes)
