"""The catalogue of documents: who may have each, in which forms, and its layout. The content is its template's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from flows.definitions.loader import the_process
from flows.enums import How
from messages.documents.adopted import report_year
from messages.documents.blocks import Missing
from messages.documents.facts import Facts
from messages.documents.helpers import helpers
from messages.documents.material import Material
from messages.documents.parts import Parts
from messages.documents.template import constants, render


class Reader(StrEnum):
    """The readers who may have a document; each kind includes those before it."""

    CORE = "core"  # the core group
    NETWORK = "network"  # the core group and the participants of the network
    GUEST = "guest"  # also the guests of the event: what invites them
    ANYONE = "anyone"  # also others from outside: empty forms


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A document of the catalogue."""

    id: str
    step: int | None  # its heading in the menu of documents; None for the empty forms
    reader: Reader = Reader.CORE
    forms: tuple[str, ...] = ("docx", "pdf")
    layout: str = "report"
    contents: bool = False
    numbered: bool = False  # has versions, and tells what differs from the last one
    working: bool = False  # names people and firms as the core group talks of them among themselves, and says so
    apart: bool = False  # what begins a page is a paper of its own, and its pages are numbered by themselves
    sent_out: bool = False  # read by others, who get it from the core group
    record: bool = False  # registered and kept; all else is weeded, or has its record in what was adopted
    page_of: str = ""  # the document whose page it is: approved with it, and of its version

    @property
    def to_guests(self) -> bool:
        """True for what is handed to guests: the day that counts in it is the event's, not the file's."""
        return self.reader is Reader.GUEST


PRINTED = ("pdf",)  # what hangs on a wall or is filled in by hand, and is not written on with

DOCUMENTS: Mapping[str, CatalogueEntry] = {
    entry.id: entry
    for entry in (
        CatalogueEntry("start", 0, numbered=True, record=True),
        CatalogueEntry("minutes", 1, apart=True, record=True),
        CatalogueEntry("mapping_presentation", 2, Reader.NETWORK, ("pptx", "pdf"), "slides"),
        CatalogueEntry("mapping_report", 2, Reader.NETWORK, contents=True, numbered=True, record=True),
        CatalogueEntry("actors", 3, working=True),
        CatalogueEntry("knowledge", 4),
        CatalogueEntry("coordination", 5, Reader.NETWORK, numbered=True, record=True),
        CatalogueEntry("network", 5, Reader.NETWORK, numbered=True, record=True),
        CatalogueEntry("invitation", 5, Reader.GUEST),
        CatalogueEntry("flyer", 5, Reader.GUEST, PRINTED, layout="flyer"),
        CatalogueEntry("programme", 5, Reader.GUEST, PRINTED),
        CatalogueEntry("guests", 5, forms=PRINTED, working=True),
        CatalogueEntry("plan", 6, Reader.NETWORK, contents=True, numbered=True),
        CatalogueEntry("routine", 7, Reader.NETWORK, numbered=True),
        CatalogueEntry("card", 7, Reader.NETWORK, PRINTED, layout="card", numbered=True, page_of="routine"),
        CatalogueEntry("feedback", 8, forms=PRINTED, sent_out=True),
        CatalogueEntry("yearly", 8, Reader.NETWORK, record=True),
        CatalogueEntry("journey", 8, contents=True, sent_out=True),
        *(
            CatalogueEntry(f"form_{name}", None, Reader.ANYONE, PRINTED, "form")
            for name in ("common_ground", "swot", "plan", "routine", "indicators", "actor_matrix")
        ),
        CatalogueEntry("form_adverts", None, Reader.CORE, PRINTED, "form"),
    )
}

TABLES = CatalogueEntry("tables", None, forms=("xlsx",))
# What was a paper of its own before it became a part of another: older buttons lead to that.
PART_NOW: Mapping[str, str] = {
    "readiness": "start",
    "mapping_summary": "mapping_report",
    "communication": "actors",
    "knowledge_own": "knowledge",
    **dict.fromkeys(("common_ground", "swot", "reflections"), "journey"),
}


def registers() -> tuple[str, ...]:
    """Return the ids of all registers, in the order of the process, and last those that are always there.

    Each is a table: "table.<id>" as xlsx or csv.
    """
    process = the_process()
    always = (e.id for e in process.exercises.values() if e.always)
    named = (*(e for step in process.steps for e in step.exercises), *always)
    return tuple(e for e in named if process.exercises[e].how is How.ROWS)


def entries() -> tuple[CatalogueEntry, ...]:
    """Everything that can be made and sent as a file: documents, forms, tables."""
    process = the_process()
    tables = (
        CatalogueEntry(f"table.{name}", step.number if (step := process.step_of(name)) else None, forms=("xlsx", "csv"))
        for name in registers()
    )
    return (*DOCUMENTS.values(), *tables, TABLES)


def entry(document: str) -> CatalogueEntry:
    """The entry with this id. Raises KeyError for an unknown one."""
    return {found.id: found for found in entries()}[document]


@cache
def needs(document: str, language: str) -> tuple[str, ...]:
    """The exercises that a document waits for, each of which counts towards how complete it is.

    They are what its template lacks for a group that has answered nothing; a table waits for its register.
    """
    if document not in DOCUMENTS:
        return () if document == TABLES.id else (document.partition(".")[2],)
    nothing = Parts(Material("", date.min, language=language))
    blocks = render(language, document, helpers(nothing), nothing.kept)
    return tuple(dict.fromkeys(block.exercise for block in blocks if isinstance(block, Missing)))


def made_of(exercise: str, language: str) -> tuple[str, ...]:
    """The documents that wait for this exercise alone."""
    return tuple(document for document in DOCUMENTS if needs(document, language) == (exercise,))


def drawn_on(document: str, material: Material) -> frozenset[str]:
    """Return the exercises that a document waits for, and all others that it would have something from now."""
    parts = Parts(material)
    if document in DOCUMENTS:
        render(material.language, document, helpers(parts), parts.kept)
    return frozenset(parts.drawn_on).union(needs(document, material.language))


@cache
def told_outside(language: str) -> frozenset[str]:
    """The exercises of which more than the core group reads in a document."""
    outside = [e.id for e in DOCUMENTS.values() if e.reader is not Reader.CORE and e.step is not None]
    named = {name for document in outside for name in constants(language, document)}
    return frozenset(named & the_process().exercises.keys())


@dataclass(frozen=True, slots=True)
class Completeness:
    """The share of what a document needs that is there (0–1), and the exercises that still have something to give."""

    needs: tuple[str, ...]
    share: float
    missing: tuple[str, ...]


def completeness(document: str, material: Material) -> Completeness:
    """Return how complete a document would be now. One that needs nothing is complete once it has something to tell; a
    form always is.
    """
    facts = Facts(material)
    shares = {exercise: facts.share(exercise) for exercise in needs(document, material.language)}
    share = sum(shares.values()) / len(shares) if shares else float(_tells(document, material))
    return Completeness(tuple(shares), share, tuple(e for e, part in shares.items() if part < 1))


def _tells(document: str, material: Material) -> bool:
    """True if a document would have more in it than that of a group that has done nothing; a form need not."""
    if document not in DOCUMENTS or DOCUMENTS[document].step is None:
        return True
    ours, nobodys = (Parts(one) for one in (material, Material("", date.min, language=material.language)))
    return render(material.language, document, helpers(ours), ours.kept) != render(
        material.language, document, helpers(nobodys), nobodys.kept
    )


def title(document: str, material: Material) -> str:
    """Return a document's name in lists; its own title may be another, as on a flyer."""
    facts = Facts(material)
    if document.startswith("table."):
        return facts.name(document.partition(".")[2])
    return facts.words.get(f"document.{document}.name") or facts.words(
        f"document.{document}.title", year=report_year(facts)
    )


def meant(word: str, among: Iterable[CatalogueEntry], material: Material) -> list[CatalogueEntry]:
    """Return the documents that somebody can mean who names them so: of what they are called in short, else of those
    with the word in their title. Where some have versions and others have not, those with versions are meant.
    """
    said, words = " ".join(word.casefold().split()).strip(".?!"), Facts(material).words
    titles = {entry: title(entry.id, material).casefold() for entry in among}
    short = [e for e in titles if said in (words.get(f"document.{e.id}.called") or "").split(", ") or titles[e] == said]
    found = short or [entry for entry, called in titles.items() if said in called]
    return [entry for entry in found if entry.numbered] or found


def about(document: str, material: Material) -> str:
    """Return the sentence that is sent with the file."""
    return Facts(material).words(f"document.{'table' if document.startswith('table.') else document}.about")
