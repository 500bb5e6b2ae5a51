"""Telegram as the rest of the bot knows it: items to carry out, and their outcomes, in the program's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from telegram.error import BadRequest, ChatMigrated, Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.channel.outcomes import Away, Commands, Declined, Fate, Refusal, SendOutcome, Unusable
from bot.telegram import calls
from bot.telegram.calls import AUDIENCES, answer_of, call_of
from bot.telegram.client import ALLOWED_UPDATES, Telegram, fate, is_bad_markup, is_lost_topic, is_nobody, wait_asked_for
from messages.structure.blocks import Body
from storage.json_records import Json, JsonObject
from storage.records.records import Attachment, OutboxKind, Outgoing

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - where the secret is shown, not the secret
MOST_UPDATES: Final = 100  # in a poll


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot's own account."""

    user_id: int
    username: str
    reads_all: bool  # privacy mode is off


class Channel:
    """The channel to Telegram."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def send(self, item: Outgoing, chat_id: int, files: Sequence[Attachment] = ()) -> SendOutcome:
        """Carry out an item. Raises only errors that are not the channel's."""
        try:
            result = await self._telegram.call(*call_of(item, chat_id), files)
        except TelegramError as error:
            return _failed(error)
        message_id = result.get("message_id") if isinstance(result, dict) else None
        try:
            return SendOutcome(Fate.SENT, message_id, answer_of(item, result) if item.reply is not None else None)
        except (
            KeyError,
            TypeError,
            IndexError,
        ):  # done, but not Telegram's answer
            return SendOutcome(
                Fate.UNSURE if item.kind == OutboxKind.ASK else Fate.SENT, message_id, error="Unreadable"
            )

    async def updates(self, offset: int, seconds: int) -> list[JsonObject]:
        """Return the updates from `offset` on, waiting up to so many seconds. Raises Away, Unusable."""
        params = {"offset": offset, "timeout": seconds, "limit": MOST_UPDATES}
        found = await self._call("getUpdates", {**params, "allowed_updates": list(ALLOWED_UPDATES)})
        if not isinstance(found, list) or not all(
            isinstance(update, dict) and type(update.get("update_id")) is int for update in found
        ):
            raise Away("no updates")
        return found

    async def bring_updates_to(self, url: str, secret: str) -> None:
        """Have updates brought to this address, with the secret in SECRET_HEADER. Raises Declined, Away, Unusable."""
        wanted = {"url": url, "secret_token": secret, "allowed_updates": list(ALLOWED_UPDATES)}
        await self._call("setWebhook", wanted)

    async def myself(self) -> Myself:
        """Ask who the bot is. Raises Away, Unusable."""
        me = await self._call("getMe", {})
        return Myself(me["id"], me["username"], bool(me.get("can_read_all_group_messages")))

    async def offer(self, commands: Commands, audience: str) -> None:
        """Offer these commands in all chats of a kind ("private", "groups"). Raises Away, Unusable."""
        await self._call("setMyCommands", calls.menu(commands, {"type": AUDIENCES[audience]}))

    async def say(self, chat_id: int, body: Body, topic: int | None) -> None:
        """Send a message to a chat at once. Raises Away, Unusable."""
        await self._call("sendMessage", calls.courtesy(chat_id, body, topic))

    async def answer_tap(self, query_id: str, text: str | None, *, alert: bool) -> None:
        """Answer a tap, with or without a notice. Raises Away, Unusable."""
        await self._call("answerCallbackQuery", calls.notice(query_id, text, alert=alert))

    async def _call(self, method: str, params: Mapping[str, Json]) -> Json:
        try:
            return await self._telegram.call(method, params)
        except (Conflict, InvalidToken) as error:
            raise Unusable(fate(error)) from error
        except RetryAfter as error:
            raise Away(type(error).__name__, wait_asked_for(error)) from error
        except BadRequest as error:
            raise Declined(type(error).__name__) from error
        except TelegramError as error:
            raise Away(type(error).__name__) from error


def _failed(error: TelegramError) -> SendOutcome:
    return SendOutcome(
        fate(error),
        error=type(error).__name__,
        refusal=_refusal(error),
        wait=wait_asked_for(error) if isinstance(error, RetryAfter) else None,
        late=isinstance(error, TimedOut),
        moved_to=error.new_chat_id if isinstance(error, ChatMigrated) else None,
    )


def _refusal(error: TelegramError) -> Refusal | None:
    if is_lost_topic(error):
        return Refusal.NO_TOPIC
    if is_nobody(error):
        return Refusal.NOBODY
    return Refusal.BAD_TEXT if is_bad_markup(error) else None
