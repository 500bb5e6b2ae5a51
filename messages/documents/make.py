"""Makes the file of a document in a form. Pure: the same material gives the same bytes, in any process."""

import hashlib
from datetime import date
from importlib import import_module
from typing import Final

from messages.documents.catalogue import DOCUMENTS, entry, title
from messages.documents.compose import below, compose
from messages.documents.document_words import words_of
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.filenames import safe
from messages.documents.material import Material
from messages.documents.pictures import Frame, figure, png

LONGEST_NAME = 80  # characters of title and town in a file's name
WRITERS: Final = {"csv": "tables", "xlsx": "tables", "docx": "word", "pptx": "slides", "pdf": "pdf"}


class NoSuchForm(Exception):
    """The document does not exist in this form; the message names those that do."""


def make(document: str, form: str, material: Material) -> bytes:
    """Make the file of a document. Raises KeyError for an unknown one, NoSuchForm for a form that it does not have."""
    found = entry(document)
    if form not in found.forms:
        raise NoSuchForm(f"{document}: {', '.join(found.forms)}")
    # The libraries of a form are read when it is first asked for: a new worker's first paper waits for no others.
    writer = import_module(f"messages.documents.{WRITERS[form]}")
    made: bytes
    match form:
        case "csv":
            made = writer.csv(material, document.partition(".")[2])
        case "xlsx":
            made = writer.workbook(material, None if document == "tables" else document.partition(".")[2])
        case _:
            made = writer.write(compose(document, material))
    return made


def picture(kind: str, material: Material) -> tuple[bytes, str] | None:
    """Draw a picture for the chat: a PNG 1080 pixels wide, with its text alternative; None if there is none to draw."""
    facts = Facts(material)
    shown = figure(kind, facts)
    return (png(shown, material.today, frame=Frame(foot=below(kind, facts))), shown.alt) if shown else None


def fingerprint(document: str, form: str, material: Material) -> str:
    """Return a fingerprint of the file's content, quick to compute: while it is the same, an earlier file is good."""
    if form in ("docx", "pptx", "pdf"):
        content = repr(compose(document, material))
    else:
        content = repr((material.town, material.registers, material.rounds, material.years))
    return hashlib.sha256(f"{document} {form} {content}".encode()).hexdigest()[:32]


def filename(document: str, form: str, material: Material) -> str:
    """Return what the file is called on a disk: "Samverkansplan … – Exempelstad – Version 2 – 2027-03-14.docx".

    A later version does not overwrite an earlier one, and files sort by day. An empty form has neither, and says that
    it is one, as the document that it is for may be called the same.
    """
    edition, on = _dated(document, material)
    form_of = words_of(material.language)("label.form") if on is None else ""
    words = " – ".join(part for part in (title(document, material), form_of, material.town) if part)
    ending = " – ".join(part for part in (edition, on.isoformat() if on else "") if part)
    name = safe(words)[:LONGEST_NAME].rstrip(" .-–")
    return f"{f'{name} – {safe(ending)}' if ending else name}.{form}"


def _dated(document: str, material: Material) -> tuple[str, date | None]:
    """The version of a document, empty where it has none, and the day of its newest part; None for an empty form."""
    if document in DOCUMENTS:
        made = compose(document, material)
        adopted = Edition(document, material).adopted  # no file is older than the version it is of
        days = filter(None, (made.on, adopted))
        return (made.edition if DOCUMENTS[document].numbered else "", None if made.layout == "form" else max(days))
    register = document.partition(".")[2]
    chosen = [material.registers.get(register, ())] if register else list(material.registers.values())
    return "", max((row.on for rows in chosen for row in rows), default=material.today)
