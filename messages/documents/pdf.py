"""A document as PDF, set by Typst: tagged for accessibility, with all fonts embedded."""

import dataclasses
from datetime import date
from functools import lru_cache
from typing import Any

from messages.documents.blocks import Block, Document, Notes
from messages.documents.endings import kept_at_end
from messages.documents.own_look import OwnLook, on_page
from messages.documents.typeset import NotTypeset, PageData, measured, typeset


def write(document: Document) -> bytes:
    """The document on the pages that its layout asks for."""
    return typeset(document.layout, _described(document), "pdf", document.on)


def pages_of(document: Document) -> list[int]:
    """Return on which page each heading of the first level stands."""
    return [int(page) for page in measured(document.layout, _described(document), "chapters")]


@lru_cache(maxsize=4)
def drawable_logo(own: OwnLook | None) -> bytes:
    """Return the town's logo; none if it turns out to be broken, as a document comes without it rather than not at all.

    Only drawing tells: half a picture begins as a whole one does.
    """
    if own is None or not own.logo:
        return b""
    try:
        typeset("logo", {"logo": _logo(own.logo, "logo")}, "pdf", date(2000, 1, 1))
    except NotTypeset:
        return b""
    return own.logo


def _logo(logo: bytes, alt: str) -> PageData:
    return {"bytes": list(logo), "alt": alt, "width": on_page(logo)}


def _described(document: Document) -> PageData:
    """The document as its page description takes it."""
    logo, alt = drawable_logo(document.own), f"{document.labels['logo']} {document.town}"
    blocks = [block for block in document.blocks if not isinstance(block, Notes)]
    return {
        "title": document.title,
        "town": document.town,
        "date": document.dated,
        "edition": document.edition,
        "reference": document.reference,
        "line": document.line,
        "meanwhile": document.meanwhile,
        "language": document.language,
        "draft": document.draft,
        "contents": document.contents,
        "footer": document.footer,
        "apart": document.apart,
        "labels": dict(document.labels),
        "logo": _logo(logo, alt) if logo else None,
        "blocks": [_plain(block) for block in blocks],
        "kept": sorted(kept_at_end(blocks)),
    }


def _plain(block: Block) -> PageData:
    """A block as plain data, with the name of its kind."""
    fields = {f.name: getattr(block, f.name) for f in dataclasses.fields(block) if f.name != "on"}
    return {"type": type(block).__name__} | {name: _data(value) for name, value in fields.items()}


def _data(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _data(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return [_data(v) for v in value] if isinstance(value, tuple) else value
