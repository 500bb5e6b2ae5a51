"""The words in what the outbox and the copies of chats hold."""

from messages.structure.blocks import Body, restored, said
from messages.structure.older import from_html
from storage.json_records import JsonObject


def body_of(content: JsonObject) -> Body:
    """Return the message that an item holds; empty if it has no words. Before 0.14 it was HTML."""
    if "body" in content:
        return restored(content["body"])
    text = content.get("text", "")
    return said(text) if content.get("plain") else from_html(text)
