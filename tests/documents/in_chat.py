"""A document as somebody reads it in the chat."""

from messages.documents.blocks import Document
from messages.documents.chat import write
from messages.structure.layout import laid_out


def as_chat(document: Document) -> str:
    """Return its lines."""
    return laid_out(write(document))
