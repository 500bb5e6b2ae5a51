"""What comes of an item of the outbox once it is sent, or refused: noted in the same transaction as its result."""

from dataclasses import replace
from datetime import timedelta

from bot.channel.outcomes import NOBODY, Answer, Fate, Refusal, SendOutcome, Unusable
from bot.context.contents import body_of
from bot.context.context import Context
from bot.dispatch.handlers import Handlers
from bot.errors import passes
from bot.logs import Log
from messages.structure.layout import laid_out
from storage.json_records import JsonObject
from storage.records.records import GroupState, OutboxKind, Outgoing
from storage.store import UnitOfWork

log = Log(__name__)

BACK_OFF = (1, 2, 5, 10, 30, 60, 120, 300)  # seconds
# Seconds before a message is repeated that may have arrived. No connection is kept so long, so that, if the network is
# dead, the repetition fails before it leaves: there is only one, which must not be wasted on that.
REPEAT = timedelta(seconds=45)
MOST_TRIES = 300  # about a day: then a call that keeps failing no longer blocks its chat
# Done twice, these are seen twice; edits and questions do no harm when they are repeated.
SEEN = frozenset({OutboxKind.MESSAGE, OutboxKind.PHOTO, OutboxKind.DOCUMENT, OutboxKind.ACTIVITY})


class Settlement:
    """Notes what came of items, and hands on what was asked."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._held_up = set[int]()  # items that wait for a channel that is down, to be hastened once it is back
        self._hastened = set[int]()  # those that have been, so that one that fails by itself is not tried without end

    async def settle(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> None:
        """Note what came of an item."""
        work = ctx.work
        self._held_up.discard(item.id)
        kept = await work.outbox.lookup(item.id)
        queued = kept is not None and kept.state == "queued"  # else its result is noted already
        if outcome.fate is Fate.SENT:
            self._hastened.discard(item.id)
            await work.outbox.hasten(self._held_up, ctx.now)
            self._hastened |= self._held_up
            self._held_up.clear()
            if queued:
                await self._answered(ctx, item, outcome.answer)
                await self._copy(work, item, outcome.message_id)
            elif kept is None and item.person_id and outcome.message_id:  # taken back on its way, or erased
                await work.outbox.put(item.chat, OutboxKind.DELETE, {}, about=None, message_id=outcome.message_id)
            await work.outbox.sent(item.id, outcome.message_id)
            return
        if not item.hides:
            log.info(
                "call_failed", kind=item.kind, error_type=outcome.error, reason=outcome.fate.value, outgoing_id=item.id
            )
        if queued:
            await self._failed(ctx, item, outcome)
        else:
            await work.outbox.failed(item.id, "gone")

    async def _copy(self, work: UnitOfWork, item: Outgoing, message_id: int | None) -> None:
        """Update the copy of the chat, if it is also read on the page."""
        if await work.chat_copies.is_kept(item.chat):
            files = await work.outbox.files(item.id) if item.with_files else ()
            await work.chat_copies.take(item, message_id, files)

    async def _failed(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> None:
        outbox = ctx.work.outbox
        match outcome.fate:
            case Fate.DONE:
                await outbox.sent(item.id, item.message_id)
            case Fate.UNSURE if not await self._worth_repeating(ctx, item, outcome):
                await outbox.failed(item.id, "unsure")
            case Fate.WAIT | Fate.CONFLICT | Fate.UNSURE if item.tries < MOST_TRIES:
                await outbox.retry(item.id, ctx.now + self._back_off(item, outcome))
                if outcome.fate is Fate.WAIT and outcome.wait is None and item.id not in self._hastened:
                    self._held_up.add(item.id)
            case Fate.MIGRATED if outcome.moved_to and (moved := item.asks_about or item.group_id):
                group = await ctx.work.groups.get(moved)
                await ctx.work.groups.migrate(group.chat_id, outcome.moved_to)
                await outbox.retry(item.id, ctx.now)
            case Fate.BLOCKED if item.asks_about is None or item.group_id is not None:  # no block by the person
                await self._blocked(ctx, item)
            case Fate.BAD_TOKEN:
                raise Unusable(outcome.fate)
            case _:
                await self._refused(ctx, item, outcome)

    async def _answered(self, ctx: Context, item: Outgoing, answer: Answer | None) -> None:
        """Hand the result, or the refusal (None), to whatever asked. An error there is no reason to repeat the call."""
        if item.reply is None:
            return
        try:
            async with ctx.work.savepoint():
                await self._handlers.answered(ctx, item.reply, answer)
        except Exception as error:
            if passes(error):
                raise
            log.failure("result_handler_failed", error, kind=item.kind, outgoing_id=item.id)

    def _back_off(self, item: Outgoing, outcome: SendOutcome) -> timedelta:
        if outcome.wait is not None:
            return outcome.wait + timedelta(seconds=1)  # the outbox keeps whole seconds, rounded down
        if outcome.late and item.kind in SEEN:
            return REPEAT
        return timedelta(seconds=BACK_OFF[min(item.tries, len(BACK_OFF) - 1)])

    async def _worth_repeating(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> bool:
        """True if a call that may have succeeded is to be repeated: never for a reminder, else once, if the channel may
        have received it."""
        if item.kind not in SEEN:
            return True
        if item.context.once:
            return False
        if not outcome.late:
            return True
        await ctx.work.outbox.update(item.id, context=replace(item.context, repeated=True))
        return not item.context.repeated

    async def _blocked(self, ctx: Context, item: Outgoing) -> None:
        """Stop sending to a chat that has blocked the bot. A person is shown as unreachable; a group waits."""
        await ctx.work.outbox.failed(item.id, "blocked", whole_chat=True)
        if item.group_id is not None:
            await ctx.work.groups.update(item.group_id, state=GroupState.AWAY)
            return
        assert item.person_id is not None
        await self._handlers.blocked(ctx, await ctx.work.people.get(item.person_id))

    async def _refused(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> None:
        """Handle a refusal: put the item in another form, at its place in the queue, if there is one; else give up."""
        other = await self._put_otherwise(ctx, item, outcome.refusal)
        if other is None:
            if outcome.refusal is Refusal.NO_TOPIC and item.group_id is not None:
                await self._handlers.no_topic(ctx, await ctx.work.groups.get(item.group_id))
            await self._answered(ctx, item, NOBODY if outcome.refusal is Refusal.NOBODY else None)
            await ctx.work.outbox.failed(item.id, "refused")
            return
        await ctx.work.outbox.update(item.id, **other)
        await ctx.work.outbox.retry(item.id, ctx.now)

    async def _put_otherwise(self, ctx: Context, item: Outgoing, why: Refusal | None) -> JsonObject | None:
        """Return what to change in a refused item before it is sent again; None if nothing helps."""
        content = dict(item.content)
        if why is Refusal.NO_TOPIC and content.pop("topic", None) and item.group_id is not None:
            await ctx.work.groups.update(item.group_id, thread_id=None)
            return {"content": content}
        if why is Refusal.BAD_TEXT and not content.get("plain") and (text := laid_out(body_of(content))):
            content.pop("body", None)
            return {"content": {**content, "text": text, "plain": True}}
        return await self._said_anew(ctx, item) if item.kind == OutboxKind.EDIT else None

    async def _said_anew(self, ctx: Context, item: Outgoing) -> JsonObject | None:
        """Return what makes an edit a message of its own; the channel has many descriptions for a message that is gone,
        and adds new ones."""
        newest = await ctx.work.outbox.latest(item.chat, item.slot) if item.slot else None
        if newest is not None and newest.id > item.id:
            return None  # a newer edit waits, and will be the new message
        topic = (await ctx.work.groups.get(item.group_id)).thread_id if item.group_id is not None else None
        content = {**item.content, "topic": topic} if topic else dict(item.content)
        return {"kind": OutboxKind.MESSAGE, "content": content, "message_id": None}
