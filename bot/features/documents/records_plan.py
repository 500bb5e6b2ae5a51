"""The plan of records (dokumenthanteringsplan): of each kind of file whether it is kept or weeded, when, and why.

It is a proposal, in the words of the group's language: what a town keeps is decided by its archive authority. It stands
in the archive's readme, and each file of the package says in METS what it is.
"""

from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from flows.definitions.loader import the_process
from flows.enums import ExerciseRole
from messages.documents.catalogue import DOCUMENTS, CatalogueEntry, needs
from messages.voice import Voice


class RecordKind(StrEnum):
    """The kinds of files in an archive, in the order in which the plan tells of them."""

    ADOPTED = "adopted"  # what the organisations have approved, as it was then: the record
    RECORD = "record"  # what is registered beside it: minutes, report, mapping, roles, the decision to begin
    FIGURES = "figures"
    PRESENT = "present"  # adopted texts as they read now, of which the adopted one is the record
    WORKING = "working"
    ANSWERS = "answers"
    GUESTS = "guests"
    INCIDENTS = "incidents"
    ABOUT = "about"  # what explains the files


KEPT: Final = frozenset({RecordKind.ADOPTED, RecordKind.RECORD, RecordKind.FIGURES, RecordKind.ABOUT})


def kind_of(name: str, language: str) -> RecordKind:
    """Return what kind of file this one of the archive is."""
    path = PurePosixPath(name)
    folder, thing = path.parts[0] if len(path.parts) > 1 else "", path.name.partition(".")[0]
    match folder:
        case "adopted":
            return RecordKind.ADOPTED
        case "documents":
            return _of_document(DOCUMENTS[thing], language)
        case "lists" if thing == the_process().with_role(ExerciseRole.GUESTS).id:
            return RecordKind.GUESTS
        case "answers" | "lists":
            return RecordKind.ANSWERS
    loose = {"statistics": RecordKind.FIGURES, "incidents": RecordKind.INCIDENTS}
    return loose.get(thing, RecordKind.ABOUT)


def use_of(voice: Voice, name: str) -> str:
    """Return whether a file is kept or weeded, in a word."""
    return voice.label("records.keep" if kind_of(name, voice.language) in KEPT else "records.weed")


def told(voice: Voice) -> str:
    """Return the plan as lines of text: kind, keep or weed, when, why."""
    lines = [f"- {voice.label(f'records.{kind}')}" for kind in RecordKind]
    return "\n".join([voice.label("records.title"), *lines])


def _of_document(entry: CatalogueEntry, language: str) -> RecordKind:
    exercises, asked = the_process().exercises, needs(entry.page_of or entry.id, language)
    if any(exercises[exercise].approves for exercise in asked):
        return RecordKind.PRESENT
    return RecordKind.RECORD if entry.record else RecordKind.WORKING
