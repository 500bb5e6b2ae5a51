"""Every error that the library knows has a fate."""

from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channel.outcomes import Fate, Unusable
from bot.telegram.client import Telegram, fate
from bot.telegram.network import BrokenOff, Network, NotSent
from tests.durability.conftest import PostOffice

TOKEN = "7000000001:" + "o" * 35
ERRORS = {
    Forbidden: (Forbidden("bot was blocked by the user"), Fate.BLOCKED),
    InvalidToken: (InvalidToken(), Fate.BAD_TOKEN),
    EndPointNotFound: (EndPointNotFound("no such method"), Fate.REFUSED),
    NetworkError: (NetworkError("Bad Gateway"), Fate.WAIT),
    BadRequest: (BadRequest("text is empty"), Fate.REFUSED),
    TimedOut: (TimedOut(), Fate.UNSURE),
    ChatMigrated: (ChatMigrated(-1001), Fate.MIGRATED),
    RetryAfter: (RetryAfter(5), Fate.WAIT),
    Conflict: (Conflict("terminated by other getUpdates request"), Fate.CONFLICT),
    PassportDecryptionError: (PassportDecryptionError("no"), Fate.REFUSED),
    TelegramError: (TelegramError("Invalid server response"), Fate.UNSURE),
    NotSent: (NotSent("ClientConnectorError"), Fate.WAIT),
    BrokenOff: (BrokenOff("ServerDisconnectedError"), Fate.UNSURE),
}


def kinds(root: type[TelegramError] = TelegramError) -> list[type[TelegramError]]:
    """Every class of error that the library and our door have."""
    return [root, *(kind for sub in root.__subclasses__() for kind in kinds(sub))]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
async def test_every_error_has_a_fate(office: PostOffice, kind: type[TelegramError]) -> None:
    """Whatever error the library raises, the message is sent or given up with a reason at last; only a token that
    Telegram does not know ends the sending."""
    error, expected = ERRORS[kind]
    assert fate(error) is expected
    alva = await office.person()
    office.line.trouble(alva.user_id, lambda: error, times=3)
    item = await office.put(alva, "Hej")
    if expected is Fate.BAD_TOKEN:
        with pytest.raises(Unusable):
            await office.send(1)
        return
    await office.send(600)
    async with office.bot.store.work() as work:
        left = await work.outbox.lookup(item)
    assert left is None or (left.state == "failed" and left.error), "what was sent in private leaves no trace"
    assert left is not None or office.texts(alva) == ["Hej"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("message is not modified: specified new message content and reply markup are exactly the same", Fate.DONE),
        ("chat not found", Fate.BLOCKED),
        ("user is deactivated", Fate.BLOCKED),
        ("not enough rights to send text messages to the chat", Fate.BLOCKED),
        ("have no rights to send a message", Fate.BLOCKED),
        ("not enough rights to send documents to the chat", Fate.REFUSED),
        ("not enough rights to send photos to the chat", Fate.REFUSED),
        ("message is too long", Fate.REFUSED),
        ("BUTTON_DATA_INVALID", Fate.REFUSED),
    ],
)
def test_refusals_are_told_apart(words: str, expected: Fate) -> None:
    """A 400 of Telegram's may mean that all is well, that nobody is there, or that it will never succeed as it is."""
    assert fate(BadRequest(words)) is expected


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, b"<html>", Fate.WAIT),
        (502, b"<html>", Fate.WAIT),
        (502, b'{"ok":false,"error_code":502,"description":"Bad Gateway"}', Fate.WAIT),
        (503, b"", Fate.WAIT),
        (504, b"<html>", Fate.UNSURE),
        (504, b'{"ok":false,"error_code":504,"description":"Gateway Timeout"}', Fate.UNSURE),
        (400, b"<html>", Fate.WAIT),
        (401, b"<html>", Fate.WAIT),
        (403, b"<html>", Fate.WAIT),
        (404, b"<html>", Fate.WAIT),
        (409, b"<html>", Fate.WAIT),
        (302, b"", Fate.WAIT),
        (403, b'{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}', Fate.BLOCKED),
        (404, b'{"ok":false,"error_code":404,"description":"Not Found"}', Fate.BAD_TOKEN),
        (200, b"<html>Sign in to the network</html>", Fate.UNSURE),
        (200, b'{"ok":true,"result":{"message_id"', Fate.UNSURE),
        (200, b"[]", Fate.UNSURE),
        (200, b"null", Fate.UNSURE),
        (200, b"{}", Fate.UNSURE),
        (200, b"\xff\xfe\x00", Fate.UNSURE),
        (500, b"[]", Fate.UNSURE),
    ],
)
async def test_only_telegram_refuses(status: int, body: bytes, expected: Fate) -> None:
    """What a proxy or the network's own page answers, with whatever status, blocks nobody and voids no token."""

    class Answers(Network):
        async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
            return status, body

    answers = Answers(1)
    bot = Telegram(TOKEN, base_url="http://127.0.0.1:9/bot", request=answers, get_updates_request=answers)
    with pytest.raises(TelegramError) as raised:
        await bot.call("sendMessage", {"chat_id": 1, "text": "Hej"})
    assert fate(raised.value) is expected
    assert "html" not in str(raised.value), "what else it said is nobody's business"


def test_what_cannot_be_sent_is_not_tried_for_ever() -> None:
    """A body too large for Telegram, or one that cannot be put on the wire at all, is refused rather than retried."""
    assert fate(NetworkError("Request Entity Too Large")) is Fate.REFUSED
    unwritable = NetworkError("Unknown error in HTTP implementation")
    unwritable.__cause__ = UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed")
    assert fate(unwritable) is Fate.REFUSED
