"""The client of the Bot API: python-telegram-bot's, called by method name with plain JSON.

Results stay JSON too: building the library's objects takes most of its time, and of a sent message only the id is used.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from telegram import Bot, InputFile
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
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channel.outcomes import Fate
from bot.telegram.network import BrokenOff, Network
from storage.json_records import Json
from storage.records.records import Attachment

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's coming way to tell times; the present one warns

CONNECTIONS = 128  # calls at the same time; some 60 KB each, and Telegram's limits leave most of them unopened
POLL_SECONDS = 30  # how long Telegram holds a poll open when there is nothing
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")

Transport = BaseRequest  # what carries a call: the network, or the sandbox's door


class Telegram(Bot):
    """The client. `call` is the only method the rest of the program uses."""

    async def initialize(self) -> None:
        """Open the connections. The library would also call getMe, which fails while Telegram is away."""
        for request in self._request:
            await request.initialize()
        self._requests_initialized = True

    async def call(self, method: str, params: Mapping[str, Json], files: Sequence[Attachment] = ()) -> Json:
        """Call a Bot API method and return its result as JSON. Raises telegram.error.TelegramError.

        The library's own layers take longer than all the rest of a call; so only a refusal goes through them.
        """
        fetches = method == "getUpdates"
        patience = POLL_SECONDS + 10 if fetches else BaseRequest.DEFAULT_NONE
        door = self._request[0 if fetches else 1]
        try:
            status, body = await door.do_request(f"{self.base_url}/{method}", "POST", _data(params, files), patience)
        except (TypeError, ValueError) as error:  # JSON cannot hold it
            raise NetworkError(type(error).__name__) from error
        if status != HTTPStatus.OK:
            raise await _refusal(status, body)
        try:
            return json.loads(body)["result"]
        except (KeyError, TypeError, ValueError):  # none of Telegram's
            raise TelegramError("Invalid server response") from None


def _data(params: Mapping[str, Json], files: Sequence[Attachment]) -> RequestData:
    """Return a call's data in the library's form; `params` are JSON already."""
    given = [RequestParameter(name, value, None) for name, value in params.items()]
    sent = ((file.field, InputFile(file.content, filename=file.filename)) for file in files)
    return RequestData([*given, *(RequestParameter.from_input(name, file) for name, file in sent)])


async def _refusal(status: int, body: bytes) -> TelegramError:
    """Return the library's error for a response that is not 200.

    A refusal counts only in Telegram's own form: the page of a proxy or a captive portal says 403 or 404 too, which
    does not mean that somebody has blocked the bot, or that the token is void.
    """
    try:
        await _Arrived(status, body).post("")
    except TelegramError as error:
        readable = not isinstance(error.__cause__, TelegramError)
        return error if readable else NetworkError(error.message.partition(". ")[0])
    except (AttributeError, KeyError, TypeError):  # JSON, but none of Telegram's
        pass
    return TelegramError("Invalid server response")


class _Arrived(BaseRequest):
    """A request whose response has come already, by which the library makes an error of it."""

    read_timeout = None

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = status, body

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        """The answer."""
        return self._answer


def client(token: str, api_url: str, request: BaseRequest | None = None) -> Telegram:
    """A client for this token; `request` replaces the network (the sandbox's in-process door)."""
    return Telegram(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=request or Network(CONNECTIONS),
        get_updates_request=request or Network(1),
    )


# Telegram's own words for a message that already is as it should be.
_ALREADY = ("message is not modified", "message to delete not found")
_NOBODY = ("member not found", "user not found")
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")
_SHUT_OUT = (
    "chat not found",
    "bot was kicked",
    "user is deactivated",
    "not enough rights to send text messages",  # of documents or photos alone it is told in the same way
    "have no rights to send a message",
)


def fate(error: TelegramError) -> Fate:
    """Classify an error. The order matters: in this library BadRequest and TimedOut are NetworkErrors, too."""
    match error:
        case ChatMigrated():
            return Fate.MIGRATED
        case RetryAfter():
            return Fate.WAIT
        case Conflict():
            return Fate.CONFLICT
        case InvalidToken():
            return Fate.BAD_TOKEN
        case Forbidden():
            return Fate.BLOCKED
        case BadRequest():
            return _fate_of_bad_request(error)
        case EndPointNotFound() | PassportDecryptionError():
            return Fate.REFUSED
        case NetworkError():
            return _fate_on_the_way(error)
        case _:
            return Fate.UNSURE  # an answer that is none, from a server that is not well


def _fate_of_bad_request(error: BadRequest) -> Fate:
    text = error.message.lower()
    if any(words in text for words in _ALREADY):
        return Fate.DONE
    return Fate.BLOCKED if any(words in text for words in _SHUT_OUT) else Fate.REFUSED


def _fate_on_the_way(error: NetworkError) -> Fate:
    """Classify an error without a response, or with a server error (5xx)."""
    if isinstance(error.__cause__, ValueError | TypeError) or "entity too large" in error.message.lower():
        return Fate.REFUSED  # it cannot be put on the wire, or not by anyone be received
    unsure = isinstance(error, TimedOut | BrokenOff) or "gateway timeout" in error.message.lower()
    return Fate.UNSURE if unsure else Fate.WAIT


def is_nobody(error: TelegramError) -> bool:
    """True if Telegram knows nobody like this in the chat, which is an answer rather than a refusal."""
    return isinstance(error, BadRequest) and any(words in error.message.lower() for words in _NOBODY)


def is_lost_topic(error: TelegramError) -> bool:
    """True if the topic was deleted or closed, so that the message belongs in the General topic."""
    return isinstance(error, BadRequest) and any(words in error.message.lower() for words in _NO_TOPIC)


def is_bad_markup(error: TelegramError) -> bool:
    """True if Telegram could not read the HTML, so that the text should be sent as plain text rather than be lost."""
    return isinstance(error, BadRequest) and "can't parse entities" in error.message.lower()


def wait_asked_for(error: RetryAfter) -> timedelta:
    """Return how long Telegram asks to wait; the library gives seconds or a timedelta, by its settings."""
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)
