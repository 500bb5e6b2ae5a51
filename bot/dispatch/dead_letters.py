"""Dead letters: updates that could not be taken, kept sealed until they are taken again, read or dropped."""

from collections.abc import Callable
from datetime import datetime

from bot.channel.updates import CallbackQuery, Written
from bot.context.context import Context
from bot.context.message import CallbackAnswer
from bot.context.services import Services
from bot.dispatch.handlers import Handlers
from bot.errors import passes
from bot.logs import Log
from bot.telegram.updates import origin, read
from storage.errors import Damaged
from storage.json_records import JsonObject
from storage.store import UnitOfWork

log = Log(__name__)

MOST_OF_STRANGERS = 100  # dead letters of unknown senders that are kept


class DeadLetters:
    """Keeps what could not be taken, and tells its sender."""

    def __init__(self, services: Services, clock: Callable[[], datetime], handlers: Handlers) -> None:
        self._services, self._clock, self._handlers = services, clock, handlers

    async def set_aside(self, work: UnitOfWork, update: JsonObject, error: Exception) -> list[CallbackAnswer]:
        """Keep an update as a dead letter, sealed, and tell its sender."""
        number, kind = update["update_id"], type(error).__name__
        log.failure("dead_letter", error, update_id=number)
        try:
            person, about = await self._whose(work, update)
        except Damaged:  # the database was changed from outside: nothing is done or kept in anybody's name
            log.error("seal_does_not_fit", update_id=number)
            heard = read(update, self._services.username)
            refused = self._services.voice.toast("dead_letter")
            return [CallbackAnswer(heard.query_id, refused, alert=True)] if isinstance(heard, CallbackQuery) else []
        if person is None and about is None and await work.update_log.letters_of_strangers() >= MOST_OF_STRANGERS:
            return []
        ctx = Context(self._services, work, self._clock())
        try:
            may_lie = await self._handlers.may_lie_aside(ctx, update)
            await work.update_log.dead_letter(number, may_lie, kind, person_id=person, about=about)
        except ValueError:  # invalid text (half a surrogate pair) cannot be stored
            await work.update_log.dead_letter(number, {}, kind, person_id=person, about=about)
        try:
            async with work.savepoint():
                return await self._tell_sender(work, update)
        except Exception as another:
            if passes(another):
                raise
            log.failure("dead_letter_notice_failed", another, update_id=number)
            return []

    async def _whose(self, work: UnitOfWork, update: JsonObject) -> tuple[int | None, int | None]:
        """Return the person and the group that an update is from, so that it is sealed and erased with them.

        A private message is most likely about the group that the person turned to last.
        """
        user, chat = origin(update)
        person = await work.people.by_user(user) if user is not None else None
        group = await work.groups.by_chat(chat) if chat is not None else None
        about = group.id if group else person.current_group if person else None
        return person.id if person else None, about

    async def _tell_sender(self, work: UnitOfWork, update: JsonObject) -> list[CallbackAnswer]:
        """Tell the sender, in a sentence where it was tapped or written."""
        ctx, heard = Context(self._services, work, self._clock()), read(update, self._services.username)
        match heard:
            case CallbackQuery():
                return [CallbackAnswer(heard.query_id, self._services.voice.toast("dead_letter"), alert=True)]
            case Written() if heard.chat.private:
                if person := await work.people.by_user(heard.sender.user_id):
                    await ctx.to_person(person.id, "dead_letter")
                    await self._handlers.way_on(ctx)
            case Written() if heard.command or heard.reply_to:
                if (group := await work.groups.by_chat(heard.chat.id)) and group.state == "active":
                    await ctx.to_group(group, "dead_letter", thread=heard.thread)
        return []
