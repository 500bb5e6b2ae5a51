"""A document as PDF, set by Typst: tagged for accessibility, with all fonts embedded."""

import dataclasses
from typing import Any

from messages.documents.blocks import Block, Document, Notes
from messages.documents.typeset import typeset


def write(document: Document, paper: str = "a4") -> bytes:
    """The document on the pages that its layout asks for. `paper` counts for forms only: "a4" or "a3"."""
    data = {
        "title": document.title,
        "town": document.town,
        "date": document.dated,
        "edition": document.edition,
        "language": document.language,
        "draft": document.draft,
        "contents": document.contents,
        "footer": document.footer,
        "labels": dict(document.labels),
        "paper": paper,
        "blocks": [_plain(block) for block in document.blocks if not isinstance(block, Notes)],
    }
    return typeset(document.layout, data, "pdf", document.on)


def _plain(block: Block) -> dict[str, Any]:
    """A block as plain data, with the name of its kind."""
    fields = {f.name: getattr(block, f.name) for f in dataclasses.fields(block) if f.name != "on"}
    return {"type": type(block).__name__} | {name: _data(value) for name, value in fields.items()}


def _data(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _data(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return [_data(v) for v in value] if isinstance(value, tuple) else value
