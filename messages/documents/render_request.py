"""A request for a file to a worker process. All that goes in and comes back can be pickled."""

import hashlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module

from messages.documents import chat
from messages.documents.catalogue import about, completeness, title
from messages.documents.compose import below, compose
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.material import Material, Version
from messages.documents.pictures import Frame, figure, png
from messages.documents.standing import CHAT
from messages.structure.blocks import Body, stored

PICTURE = "picture."  # before the kind of a picture
READ = "chat"  # the form of a document that is read in the chat
ADOPTED = "adopted"  # the form of one that is kept as the organisations have approved it: PDF
ANSWERED = "answered"  # the form of one of which only what it says is noted, as an organisation has answered it
NOT_SENT = frozenset({ADOPTED, ANSWERED})  # forms that nobody gets


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made, with its caption and facts about it."""

    fingerprint: str
    title: str
    filename: str
    text: str  # a sentence about the document, or what a picture shows in words
    differs: str  # what differs from the last version that was given out, in words; empty if nothing does
    missing: int  # how many exercises still have something to give
    version: Version | None  # to be kept when the document is given out; None if it has no versions
    content: bytes | None  # None where the fingerprint is known, so that the file need not be made again
    read: Body = ()  # for READ: the document as a message


def fulfil(document: str, form: str, material: Material, known: Collection[str]) -> Made | None:
    """Make a document or picture, unless its fingerprint is known; None for a picture with nothing to draw, and for
    a text that is to be kept as adopted and reads otherwise by now.

    Raises KeyError for an unknown one, make.NoSuchForm for a form that it does not have.
    """
    if document.startswith(PICTURE):
        return _picture(document.removeprefix(PICTURE), material, known)
    name, missing, edition = title(document, material), _lacking(document, material), Edition(document, material)
    if form == READ:
        body = edition.as_read or chat.write(compose(document, material))
        return Made("", name, "", "", "", missing, None, b"", body)
    if form == ANSWERED:
        return Made("", name, "", "", "", missing, edition.at_hand, b"")
    if form != ADOPTED:
        return _file(document, form, material, known)
    return None if edition.adopted is None else _file(document, "pdf", material, (), edition.adopted)


def _file(document: str, form: str, material: Material, known: Collection[str], adopted: date | None = None) -> Made:
    """Make a file, unless it is known. `adopted`: the day of the text, which is kept as it reads then."""
    # Loaded here, in the worker: the libraries that write files are a fifth of the bot's memory and of its start.
    make = import_module("messages.documents.make")
    fingerprint = make.fingerprint(document, form, material)
    edition = Edition(document, material)
    now = replace(edition.at_hand, adopted=adopted) if edition.entry.numbered else None
    if now and now.standing is not None and adopted:  # to be read in the chat as it was adopted, too
        now = replace(now, standing={**now.standing, CHAT: stored(chat.write(compose(document, material)))})
    return Made(
        fingerprint,
        title(document, material),
        make.filename(document, form, material),
        about(document, material),
        edition.differences if now and edition.kept and now != edition.kept[-1] else "",
        _lacking(document, material),
        now,
        None if fingerprint in known else make.make(document, form, material),
    )


def _lacking(document: str, material: Material) -> int:
    """Return how many exercises still have something to give; an adopted text has the gaps that it has."""
    return 0 if Edition(document, material).adopted else len(completeness(document, material).missing)


def pdfs(documents: Collection[str], material: Material) -> dict[str, bytes]:
    """Return these documents as PDF, by id, as an archive keeps them. One that can't be set is left out."""
    make, found = import_module("messages.documents.make"), {}
    for document in documents:
        with suppress(import_module("messages.documents.typeset").NotTypeset):
            found[document] = make.make(document, "pdf", material)
    return found


def _picture(kind: str, material: Material, known: Collection[str]) -> Made | None:
    facts = Facts(material)
    shown = figure(kind, facts)
    if shown is None:
        return None
    under = below(kind, facts)
    fingerprint = hashlib.sha256(f"{kind} {shown!r} {under}".encode()).hexdigest()[:32]
    content = None if fingerprint in known else png(shown, material.today, frame=Frame(foot=under))
    return Made(fingerprint, shown.alt, f"{kind}.png", shown.alt, "", 0, None, content)
