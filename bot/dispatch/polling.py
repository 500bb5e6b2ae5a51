"""What comes is taken in order, a few dozen updates to a transaction, and the next offset is stored in the same.

Only when all that a poll has brought is taken is Telegram asked for more, which is what confirms it. So each update is
taken exactly once, whatever happens in between. (All of a poll in one transaction would save little, and the first of a
hundred would wait for the last.)

When one of them cannot be taken, all is undone and they are taken again, now each in a savepoint of its own: that one
is put aside as a dead letter, and the others go on. So the many polls without a fault pay nothing for the few with one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from bot.context.context import CallbackAnswer, Context, Services, StrangerMessage
from bot.dispatch import after_restore, dispatch_events
from bot.dispatch.route_update import handle
from bot.errors import passes
from bot.features.incidents import report
from bot.features.members import promise
from bot.logs import Log
from bot.telegram.channel import MOST_UPDATES, Away, Channel, Unusable
from bot.telegram.client import POLL_SECONDS, Fate
from bot.telegram.updates import CallbackQuery, Written, is_ordinary_talk, origin, read
from storage.errors import Damaged, StorageError
from storage.json_records import JsonObject
from storage.records import DeadLetter
from storage.store import Store, UnitOfWork

log = Log(__name__)

LIMIT = MOST_UPDATES
GRACE = 5.0  # seconds before a group is asked for its code: that of a link comes right after the adding
TOGETHER = 25  # updates in a transaction; their answers leave, and others can write, when it is over
BACK_OFF = (1, 2, 5, 10, 30)  # seconds between polls while Telegram or the disk is not well
PARTING = 1.0  # seconds that answers to taps are waited for at the end
REST = 30.0  # seconds without a sign of life while Telegram asks us to wait; the watchdog is more patient
BORNE = timedelta(minutes=1)  # for how long we bear that somebody else polls, now and then, before we give way
AGAIN_AFTER_CONFLICT = 5  # seconds; with the poll itself less than BORNE, so that two bots meet again in time
AWAY_TOO_LONG = timedelta(hours=23)  # Telegram keeps updates for 24 hours
MOST_OF_STRANGERS = 100  # updates that nobody we know has sent, and that could not be taken, are put aside
ANEW = 10_000  # an id so far below the next one is no repetition: after a silent week Telegram begins to count anew


class Poller:
    """Polls, takes, answers taps."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        services: Services,
        clock: Callable[[], datetime],
        alive: Callable[[], None],
        spare: Callable[[], bool],
    ) -> None:
        """`alive` is called at each turn of the loop (see `bot.operations.watchdog`).

        `spare` tells whether one message more can go now within Telegram's limits, and counts it.
        """
        self._store, self._channel, self._house, self._clock = store, channel, services, clock
        self._alive, self._spare = alive, spare
        self._answers: set[asyncio.Task[None]] = set()
        self._out_of_touch = True
        self._brought: set[int] = set()  # what a webhook brought lately, and was taken
        self.offset = 0
        self.grace = GRACE
        self.polls = self.updates = 0  # since the start, for whoever counts

    async def begin(self) -> None:
        """Find where to go on, and ask again for what a backup that was put back did not hold."""
        async with self._store.work() as work:
            self.offset = await work.update_log.next_offset()
            self._brought = await work.update_log.taken()
            ctx = Context(self._house, work, self._clock())
            for group_id in await work.groups.forged():  # they stand still; the others need not
                log.error("seal_does_not_fit", group_id=group_id)
            await after_restore.ask_again(ctx)
            await promise.renew(ctx)
            await dispatch_events.dispatch(ctx)

    async def run(self) -> None:
        """Poll for ever. Raises Unusable if somebody else goes on polling with our token or it is void, Damaged.

        One look by somebody else (a doctor, a bot that was started by mistake and stopped) is borne.
        """
        troubles = 0
        conflicts: list[datetime] = []  # the first and the last of those that came close upon each other
        while True:
            self._alive()
            try:
                await self.poll(POLL_SECONDS)
                troubles = 0
            except Unusable as error:
                if error.fate is not Fate.CONFLICT:
                    raise
                now = self._clock()
                conflicts = [conflicts[0] if conflicts and now - conflicts[-1] <= BORNE else now, now]
                if now - conflicts[0] >= BORNE:
                    raise
                log.warning("somebody_else_polls", seconds=(now - conflicts[0]).total_seconds())
                await self._rest(AGAIN_AFTER_CONFLICT)
            except (Away, StorageError) as error:
                if isinstance(error, Away) and error.wait is not None:
                    await self._rest(error.wait.total_seconds())
                    continue
                if isinstance(error, StorageError) and not passes(error):
                    raise
                self._out_of_touch = True
                kind = error.error if isinstance(error, Away) else type(error).__name__
                log.warning("poll_failed", error_type=kind)
                await self._rest(BACK_OFF[min(troubles, len(BACK_OFF) - 1)])
                troubles += 1

    async def _rest(self, seconds: float) -> None:
        while seconds > 0:
            self._alive()
            await asyncio.sleep(min(seconds, REST))
            seconds -= REST

    async def poll(self, seconds: int) -> int:
        """One poll that waits so long for something to come; how many updates came."""
        updates = await self._channel.updates(self.offset, seconds)
        self.polls += 1
        in_order = sorted(updates, key=itemgetter("update_id"))
        for start in range(0, max(1, len(in_order)), TOGETHER):  # an empty poll is a sign of life, too
            await self.take(in_order[start : start + TOGETHER])
        return len(updates)

    async def take(self, updates: Sequence[JsonObject], *, brought: bool = False) -> None:
        """Take updates in one transaction, in order, and those that have been taken before not again.

        Polls bring them in order, so the next offset tells which those are. What is brought by a webhook comes in any
        order, and leaves the offset alone: it is remembered one by one. Both are always looked at; so one can change
        between the two ways, and nothing is lost or taken twice.
        """
        ahead = {u["update_id"]: u for u in updates if not self.offset - ANEW <= u["update_id"] < self.offset}
        fresh = {id: update for id, update in ahead.items() if id not in self._brought}
        fresh = {id: update for id, update in fresh.items() if not is_ordinary_talk(update, self._house.username)}
        offset = max(ahead) + 1 if ahead and not brought else self.offset
        try:
            aside = await self._transact(fresh, offset, brought=brought)
        except Exception as error:
            if passes(error):
                raise  # the disk is full, say: nothing of this poll is taken, and it is polled for again
            aside = await self._transact(fresh, offset, brought=brought, each_alone=True)
        self._out_of_touch = False
        self.updates += len(fresh)
        self.offset = offset
        if brought:
            self._brought.update(fresh)
        for said in aside:
            if isinstance(said, CallbackAnswer) or self._spare():
                self._aside(self._say(said))

    async def _transact(
        self, fresh: Mapping[int, JsonObject], offset: int, *, brought: bool, each_alone: bool = False
    ) -> list[CallbackAnswer | StrangerMessage]:
        """The one transaction, with what is to be said aside. Undone as a whole when it raises."""
        aside: list[CallbackAnswer | StrangerMessage] = []
        dirty_runs: set[int] = set()  # what follows from all of them together, see Context
        async with self._store.work() as work:
            if not each_alone:
                senders = (origin(update)[0] for update in fresh.values())
                await work.prefetch.of_users(sender for sender in senders if sender is not None)
            if self._out_of_touch:
                await self._tell_of_absence(work)
            for id in sorted(fresh):
                update = fresh[id]
                aside += await (
                    self._handle_alone(work, update) if each_alone else self._handle(work, update, dirty_runs)
                )
            await dispatch_events.refresh_runs(Context(self._house, work, self._clock()), dirty_runs)
            if fresh and brought:
                await work.update_log.note_taken(fresh)
            if offset != self.offset:
                await work.update_log.set_offset(offset)
            await work.update_log.heartbeat(self._clock())
        return aside

    async def act(
        self, number: int, do: Callable[[Context], Awaitable[None]]
    ) -> list[CallbackAnswer | StrangerMessage] | None:
        """Do in one transaction what somebody asked for elsewhere than in the channel; what is to be said aside.

        Each has a number made by chance, so that one that comes twice is done once: then None. What it raises undoes
        all of it.
        """
        dirty_runs: set[int] = set()
        async with self._store.work() as work:
            if number in self._brought:
                return None
            ctx = Context(self._house, work, self._clock(), dirty_runs=dirty_runs)
            await do(ctx)
            await dispatch_events.dispatch(ctx)
            await dispatch_events.refresh_runs(Context(self._house, work, self._clock()), dirty_runs)
            await work.update_log.note_taken([number])
            work.after_commit.append(partial(self._brought.add, number))
        self.updates += 1
        return [*ctx.notices, *ctx.courtesies]

    async def rest(self) -> None:
        """In the place of polling, where there is nothing to poll: note a sign of life now and then, for ever."""
        while True:
            self._alive()
            async with self._store.work() as work:
                await work.update_log.heartbeat(self._clock())
            await asyncio.sleep(REST)

    async def forget_taken(self, before: datetime) -> None:
        """Forget what a webhook brought before that time."""
        async with self._store.work() as work:
            await work.update_log.forget_taken(before)
            kept = await work.update_log.taken()
        self._brought = kept

    async def retake(self, letter: DeadLetter) -> bool:
        """Take an update that was put aside, as after a fix; False if it cannot be taken now either, and stays."""
        if not letter.raw:
            return False
        async with self._store.work() as work:
            try:
                async with work.savepoint():
                    await self._handle(work, letter.raw)
            except Exception as error:
                if passes(error):
                    raise
                log.failure("dead_letter_retry_failed", error, update_id=letter.update_id)
                return False
            await work.update_log.remove_letter(letter.id)
        return True

    async def _tell_of_absence(self, work: UnitOfWork) -> None:
        """Tell the groups if we were away so long that Telegram may have thrown away what they wrote."""
        last, now = await work.update_log.last_heartbeat(), self._clock()
        if last is None or now - last <= AWAY_TOO_LONG:
            return
        ctx, since = Context(self._house, work, now), last.astimezone(self._house.zone).date()
        for group in await work.groups.all_active():
            if group.state == "active":
                await ctx.to_group(group, "group.was_away", {"since": since})

    async def _handle(
        self, work: UnitOfWork, update: JsonObject, dirty_runs: set[int] | None = None
    ) -> list[CallbackAnswer | StrangerMessage]:
        ctx = Context(self._house, work, self._clock(), dirty_runs=dirty_runs)
        heard = read(update, self._house.username)
        if heard is not None:
            await handle(ctx, heard)
        return [*ctx.notices, *ctx.courtesies]

    async def _handle_alone(self, work: UnitOfWork, update: JsonObject) -> list[CallbackAnswer | StrangerMessage]:
        """The same, but what cannot be taken leaves no trace and is put aside."""
        try:
            async with work.savepoint():
                return await self._handle(work, update)
        except Exception as error:
            if passes(error):
                raise
            return await self._set_aside(work, update, error)

    async def _set_aside(
        self, work: UnitOfWork, update: JsonObject, error: Exception
    ) -> list[CallbackAnswer | StrangerMessage]:
        """Keep an update that could not be taken, sealed, and tell the one who sent it."""
        number, kind = update["update_id"], type(error).__name__
        log.failure("dead_letter", error, update_id=number)
        try:
            person, about = await self._whose(work, update)
        except Damaged:  # somebody else has written into the file: nothing is done or kept in anybody's name
            log.error("seal_does_not_fit", update_id=number)
            heard = read(update, self._house.username)
            refused = self._house.voice.toast("dead_letter")
            return [CallbackAnswer(heard.query_id, refused, alert=True)] if isinstance(heard, CallbackQuery) else []
        if person is None and about is None and await work.update_log.letters_of_strangers() >= MOST_OF_STRANGERS:
            return []
        whose: JsonObject = {"person_id": person, "about": about}
        ctx = Context(self._house, work, self._clock())
        try:
            await work.update_log.dead_letter(number, await report.may_lie_aside(ctx, update), kind, **whose)
        except ValueError:  # text that is no text (half a surrogate pair) can be kept nowhere
            await work.update_log.dead_letter(number, {}, kind, **whose)
        try:
            async with work.savepoint():
                return await self._tell_sender(work, update)
        except Exception as another:
            if passes(another):
                raise
            log.failure("dead_letter_notice_failed", another, update_id=number)
            return []

    async def _whose(self, work: UnitOfWork, update: JsonObject) -> tuple[int | None, int | None]:
        """The person and the group of ours that an update is from, so that it is sealed and erased with them.

        What is written in private is most likely about the group that the person was in last.
        """
        user, chat = origin(update)
        person = await work.people.by_user(user) if user is not None else None
        group = await work.groups.by_chat(chat) if chat is not None else None
        about = group.id if group else person.current_group if person else None
        return person.id if person else None, about

    async def _tell_sender(self, work: UnitOfWork, update: JsonObject) -> list[CallbackAnswer | StrangerMessage]:
        """One sentence where it was tapped or written."""
        ctx, heard = Context(self._house, work, self._clock()), read(update, self._house.username)
        match heard:
            case CallbackQuery():
                return [CallbackAnswer(heard.query_id, self._house.voice.toast("dead_letter"), alert=True)]
            case Written() if heard.chat.private:
                if person := await work.people.by_user(heard.sender.user_id):
                    await ctx.to_person(person.id, "dead_letter")
            case Written() if heard.command or heard.reply_to:
                if (group := await work.groups.by_chat(heard.chat.id)) and group.state == "active":
                    await ctx.to_group(group, "dead_letter", thread=heard.thread)
        return []

    # -- said directly, outside of any transaction -----------------------------------------------------------------
    async def _say(self, said: CallbackAnswer | StrangerMessage) -> None:
        """What stops a button's spinner, or answers a stranger. If it comes too late or not at all, that is fine."""
        try:
            if isinstance(said, StrangerMessage) and said.unless_ours and await self._has_become_ours(said.chat_id):
                return
            match said:
                case CallbackAnswer(query_id, text, alert):
                    await self._channel.answer_tap(query_id, text, alert=alert)
                case StrangerMessage(chat_id, text, topic):
                    await self._channel.say(chat_id, text, topic)
        except (Away, Unusable, StorageError) as error:
            log.debug("callback_answer_failed", kind=type(said).__name__, error_type=str(error))

    async def _has_become_ours(self, chat_id: int) -> bool:
        """Whether a chat is a group of ours after the grace."""
        await asyncio.sleep(self.grace)
        async with self._store.work() as work:
            group = await work.groups.by_chat(chat_id)
        return group is not None and group.state == "active"

    def _aside(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def settle(self) -> None:
        """Wait for the answers that are under way."""
        if self._answers:
            await asyncio.wait(self._answers, timeout=PARTING)
