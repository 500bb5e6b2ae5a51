"""Edits in the outbox: one that waits folds into what waits, and each goes to the message that was sent."""

from typing import Any

import pytest

from storage.records.message_notes import MessageContext
from storage.records.records import OutboxKind, private_chat
from storage.store import Store
from tests.storage.conftest import START

ONE, OTHER = private_chat(1), private_chat(2)
KEYS: dict[str, Any] = {"keyboard": []}


async def take(store: Store, message_id: int | None = None) -> tuple[str, dict[str, Any], int | None]:
    """Send what is due in the chat of person 1, and say what it was."""
    async with store.work() as work:
        (item,) = await work.outbox.due(START, 1)
    async with store.work() as work:
        await work.outbox.sent(item.id, message_id)
    return item.kind, item.content, item.message_id


async def put(store: Store, kind: OutboxKind, slot: str | None = "card", **content: Any) -> int:
    """Queue something for person 1."""
    async with store.work() as work:
        return await work.outbox.put(ONE, kind, content, about=None, slot=slot)


async def test_edit_folds_into_the_unsent_message(store: Store) -> None:
    """A message that is edited before it was sent is sent once, as edited, and where it was to go."""
    first = await put(store, OutboxKind.MESSAGE, text="ett", plain=True, topic=4, **KEYS)
    assert await put(store, OutboxKind.EDIT, text="två") == first
    assert await take(store, 50) == (OutboxKind.MESSAGE, {"text": "två", "topic": 4}, None)


async def test_edit_of_the_keyboard_keeps_the_text(store: Store) -> None:
    """An edit of the buttons alone changes only the buttons of what waits."""
    await put(store, OutboxKind.MESSAGE, text="ett", **KEYS)
    await put(store, OutboxKind.EDIT_KEYBOARD)
    assert await take(store, 50) == (OutboxKind.MESSAGE, {"text": "ett"}, None)
    await put(store, OutboxKind.EDIT_KEYBOARD, **KEYS)
    await put(store, OutboxKind.EDIT, text="två")
    await put(store, OutboxKind.EDIT_KEYBOARD, **KEYS)
    assert await take(store) == (OutboxKind.EDIT, {"text": "två", **KEYS}, 50)


async def test_only_the_newest_edit_is_sent(store: Store) -> None:
    """Of several edits that wait only the last is sent, to the message that was sent."""
    await put(store, OutboxKind.MESSAGE, text="ett")
    await take(store, 50)
    for text in ("två", "tre", "fyra"):
        await put(store, OutboxKind.EDIT, text=text)
    assert await take(store) == (OutboxKind.EDIT, {"text": "fyra"}, 50)
    async with store.work() as work:
        assert await work.outbox.due(START, 9) == []


async def test_edit_of_a_message_on_its_way(store: Store) -> None:
    """An edit that comes while the message is being sent is not lost: it follows, with the id the message got."""
    await put(store, OutboxKind.MESSAGE, text="ett")
    async with store.work() as work:
        (item,) = await work.outbox.due(START, 1)
    await put(store, OutboxKind.EDIT, text="två")
    async with store.work() as work:
        await work.outbox.sent(item.id, 50)
    assert await take(store) == (OutboxKind.EDIT, {"text": "två"}, 50)


async def test_edit_of_a_message_that_failed(store: Store) -> None:
    """When a message could not be sent, neither are its edits."""
    await put(store, OutboxKind.MESSAGE, text="ett")
    async with store.work() as work:
        (item,) = await work.outbox.due(START, 1)
    await put(store, OutboxKind.EDIT, text="två")
    async with store.work() as work:
        await work.outbox.failed(item.id, "forbidden")
    async with store.work() as work:
        assert await work.outbox.due(START, 9) == []
        assert await work.outbox.latest(ONE, "card") is None


async def test_other_kinds_of_message_are_edited_in_turn(store: Store) -> None:
    """A picture that waits is not mixed up with an edit of another sort: both are sent, one after the other."""
    await put(store, OutboxKind.PHOTO, text="ett")
    await put(store, OutboxKind.EDIT, text="två")
    assert (await take(store, 50))[0] == OutboxKind.PHOTO
    assert await take(store) == (OutboxKind.EDIT, {"text": "två"}, 50)


async def test_nothing_to_edit(store: Store) -> None:
    """Editing what was never sent is the caller's mistake and is said at once."""
    with pytest.raises(ValueError, match="nothing has been sent"):
        await put(store, OutboxKind.EDIT, text="ett")


async def test_message_tells_what_it_is_about(store: Store) -> None:
    """A reply to a message finds what it is about, also after an edit that does not say so; its text is forgotten."""
    async with store.work() as work:
        about = MessageContext(1, "q1")
        await work.outbox.put(ONE, OutboxKind.MESSAGE, {"text": "ett"}, about=None, slot="card", context=about)
    await take(store, 50)
    async with store.work() as work:
        await work.outbox.put(ONE, OutboxKind.EDIT, {"text": "två"}, about=None, message_id=50)
        await work.outbox.put(ONE, OutboxKind.EDIT, {"text": "tre"}, about=None, message_id=50)
    assert await take(store) == (OutboxKind.EDIT, {"text": "tre"}, 50)
    async with store.work() as work:
        found = await work.outbox.by_message(ONE, 50)
        assert found is not None
        assert found.context == MessageContext(1, "q1")
        assert "tre" not in str(found)
        assert await work.outbox.latest(ONE, "card") == found
        assert await work.outbox.by_message(OTHER, 50) is None
