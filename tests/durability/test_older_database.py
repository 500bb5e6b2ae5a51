"""What waits in a database that an older version has left still goes out."""

from pathlib import Path
from typing import Any

import pytest

from bot.app import assembled
from bot.demo.town import START, MachineClock, in_sandbox
from bot.sandbox import Sandbox
from bot.telegram.calls import call_of
from bot.telegram.older_messages import KINDS, content_of
from messages.codes import png
from storage.migrations import keyed_migrations
from storage.records.message_notes import AnswerNote, MessageContext, Purpose
from storage.records.records import Attachment, OutboxKind, Outgoing
from storage.store import Store
from tests.durability.conftest import PostOffice

FORM = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
KEYS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "sealed"}, {"text": "Se", "url": "https://exempel.se/"}]]}
FIELD = {"force_reply": True, "selective": False, "input_field_placeholder": "Skriv här"}


def opened(sandbox: Sandbox, folder: Path) -> Any:
    """The bot on this folder's database."""
    return assembled(in_sandbox(sandbox, folder / "stadsbot.db", MachineClock(sandbox)))


async def test_all_that_waits(tmp_path: Path) -> None:
    """Messages, edits, files, questions and the rest of version 0.1 are done as that version would have done them."""
    sandbox = Sandbox(start=START)
    async with opened(sandbox, tmp_path) as bot:
        old = PostOffice(sandbox, bot, MachineClock(sandbox))
        alva, group = await old.person(), await old.group()
        mine, ours = f"p:{alva.id}", f"g:{group.id}"
        member = AnswerNote(Purpose.MEMBER, group.id, person=alva.id, name="Alva")
        rows: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
            (mine, "sendMessage", {"text": "<b>Ett</b>", **FORM, "reply_markup": KEYS}, {"slot": "card"}),
            (mine, "sendMessage", {"text": "Två", **FORM, "reply_markup": FIELD}, {}),
            (mine, "sendMessage", {"text": "a < b"}, {}),
            (mine, "sendDocument", {"caption": "Planen & mer"}, {"files": [Attachment("document", "a.txt", b"A")]}),
            (mine, "sendPhoto", {"caption": "<i>Bild</i>", "parse_mode": "HTML"},
             {"files": [Attachment("photo", "a.png", png("a"))]}),
            (mine, "setMyCommands", {"commands": [{"command": "hjalp", "description": "Hjälp"}],
                                     "scope": {"type": "chat", "chat_id": alva.user_id}}, {}),
            (mine, "getChatMember", {"user_id": alva.user_id}, {"about": group.id, "reply": member}),
            (ours, "sendChatAction", {"action": "upload_document"}, {}),
            (ours, "sendMessage", {"text": "Till gruppen", **FORM}, {"slot": "status"}),
        ]  # fmt: skip
        async with bot.store.work() as work:
            for chat, method, params, more in rows:
                id = await work.outbox.put(chat, method, params, **{"about": None, **more})
                shown = await work.outbox.get(id)
                assert (shown.kind, shown.content) == (method, params)
            gone = await work.outbox.put(ours, OutboxKind.MESSAGE, {"text": "Kort"}, about=None, slot="card")
    async with opened(sandbox, tmp_path) as bot:
        now = PostOffice(sandbox, bot, MachineClock(sandbox))
        async with bot.store.work() as work:
            (waiting,) = await work._session.rows("SELECT count(*) FROM outbox WHERE kind GLOB '*[A-Z]*'")
            assert waiting[0] == 0
            assert (await work.outbox.get(gone)).kind == OutboxKind.MESSAGE
            await work.outbox.put(ours, OutboxKind.EDIT, {"text": "Ändrat"}, about=None, slot="status")
        await now.send(60)
        assert now.texts(alva)[:5] == ["Ett", "Två", "a < b", "Planen & mer", "Bild"]
        assert "inte är med i" in now.texts(alva)[-1], "the question was asked, and its answer taken"
        first, second, *_ = now.shown(alva)
        assert (first.markup, second.markup) == (KEYS, FIELD)
        assert first.content["entities"][0]["type"] == "bold"
        assert now.texts(group) == ["Ändrat", "Kort"], "an edit folds into what an older version queued"
        methods = [method for _, method, _ in now.line.calls]
        assert methods.count("setMyCommands") == methods.count("sendChatAction") == methods.count("getChatMember") == 1
        async with bot.store.work() as work:
            states = await work._session.rows("SELECT DISTINCT state FROM outbox")
            assert {row[0] for row in states} == {"sent"}


@pytest.mark.parametrize(
    ("method", "params", "content"),
    [
        ("editMessageText", {"text": "x", **FORM}, {"text": "x"}),
        ("editMessageReplyMarkup", {"reply_markup": KEYS}, None),
        ("deleteMessage", {}, {}),
        ("deleteMessages", {"message_ids": [3, 2]}, {"messages": [3, 2]}),
        ("pinChatMessage", {"disable_notification": True}, {}),
        ("getChatAdministrators", {}, {"question": "administrators"}),
        ("sendDocument", {"document": "attach://document", "caption": "x"}, {"text": "x", "plain": True}),
        ("sendPhoto", {"photo": "AgAC", "caption": "x", "parse_mode": "HTML"}, {"text": "x", "file": "AgAC"}),
        (
            "sendMessage",
            {"text": "x", **FORM, "message_thread_id": 7,
             "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True}},
            {"text": "x", "topic": 7, "reply_to": 5},
        ),
    ],
)  # fmt: skip
def test_each_call_of_before(method: str, params: dict[str, Any], content: dict[str, Any] | None) -> None:
    """What each call asked for is the same in the words of now; and made a call again it is as it was."""
    kind, translated = KINDS[method], content_of(method, params)
    if content is not None:
        assert translated == content
    item = Outgoing(
        id=1, chat="p:1", about=None, kind=kind, content=translated, slot=None, state="queued", priority=0, tries=0,
        not_before=START, message_id=None, context=MessageContext(), reply=None, error=None, with_files=False,
        changed_at=START,
    )  # fmt: skip
    again, given = call_of(item, 9)
    assert again == method
    assert given == {"chat_id": 9, **{name: value for name, value in params.items() if value != "attach://document"}}


@pytest.mark.parametrize(
    ("found", "told"), [(keyed_migrations.MIGRATION - 1, True), (keyed_migrations.MIGRATION, False), (None, False)]
)
async def test_an_upgrade_warns_of_older_backups(
    found: int | None, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first start with a database that named reporters tells that older backups still do, and no other start."""
    genuine = Store.open

    async def from_earlier(*arguments: Any, **more: Any) -> Store:
        store = await genuine(*arguments, **more)
        store.migrated_from = found
        return store

    monkeypatch.setattr(Store, "open", from_earlier)
    async with opened(Sandbox(start=START), tmp_path):
        pass
    assert ("older_backups_name_reporters" in caplog.text) is told
