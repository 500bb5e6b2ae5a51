"""Every error that the library knows has a fate."""

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

from bot.wire.network import BrokenOff, NotSent
from bot.wire.telegram import Fate, fate
from tests.durability.conftest import PostOffice

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
        with pytest.raises(InvalidToken):
            await office.send(1)
        return
    await office.send(600)
    left = await office.item(item)
    assert (left.state, left.error is None) in (("sent", True), ("failed", False))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("message is not modified: specified new message content and reply markup are exactly the same", Fate.DONE),
        ("chat not found", Fate.BLOCKED),
        ("user is deactivated", Fate.BLOCKED),
        ("message is too long", Fate.REFUSED),
        ("BUTTON_DATA_INVALID", Fate.REFUSED),
    ],
)
def test_refusals_are_told_apart(words: str, expected: Fate) -> None:
    """A 400 of Telegram's may mean that all is well, that nobody is there, or that it will never succeed as it is."""
    assert fate(BadRequest(words)) is expected


def test_what_cannot_be_sent_is_not_tried_for_ever() -> None:
    """A body too large for Telegram, or one that cannot be put on the wire at all, is refused rather than retried."""
    assert fate(NetworkError("Request Entity Too Large")) is Fate.REFUSED
    unwritable = NetworkError("Unknown error in HTTP implementation")
    unwritable.__cause__ = UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed")
    assert fate(unwritable) is Fate.REFUSED
