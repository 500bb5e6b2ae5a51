"""Hands each item of the outbox to the channel that has its chat: Telegram or the page.

People and chats with the bot's own numbers are not on Telegram. Their messages are kept in
`storage.records.chat_copies` and read on the page; questions about them, which Telegram would be asked, the
coordinators have answered (`bot.ballots.admissions`).
"""

from collections.abc import Awaitable, Callable, Sequence

from bot.ballots import admissions
from bot.channel.outcomes import Answer, Fate, Membership, SendOutcome
from bot.telegram.channel import Channel
from storage.records.records import Attachment, OutboxKind, Outgoing, is_own_number
from storage.records.repository import Clock
from storage.store import Store


class Channels:
    """The sender's outlet for both."""

    def __init__(
        self,
        telegram: Channel | None,
        store: Store,
        clock: Clock,
        nudge: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        """`nudge` tells a person by mail that something unasked was sent to them."""
        self._telegram, self._store, self._clock, self._nudge = telegram, store, clock, nudge

    async def send(self, item: Outgoing, chat_id: int, files: Sequence[Attachment] = ()) -> SendOutcome:
        """Carry out an item in its chat. Raises only errors that are not the channel's."""
        asked_about = item.content.get("user") if item.kind == OutboxKind.ASK else None
        if is_own_number(chat_id if asked_about is None else asked_about):
            return await self._own(item, asked_about, here=is_own_number(chat_id))
        if self._telegram is None:  # the operator has changed to the page alone
            return SendOutcome(Fate.BLOCKED, error="NoChannel")
        return await self._telegram.send(item, chat_id, files)

    async def _own(self, item: Outgoing, asked_about: int | None, *, here: bool) -> SendOutcome:
        """Carry out an item on the page; its message gets the item's id, which no other has."""
        match item.kind:
            case OutboxKind.MESSAGE:
                if self._nudge is not None and item.person_id is not None and item.context.once:
                    await self._nudge(item.person_id)
                return SendOutcome(Fate.SENT, item.id, item.id)
            case OutboxKind.PHOTO | OutboxKind.DOCUMENT if not item.with_files:  # a file that another channel has
                return SendOutcome(Fate.REFUSED, error="UnknownFile")
            case OutboxKind.PHOTO | OutboxKind.DOCUMENT:
                return SendOutcome(Fate.SENT, item.id, f"own:{item.id}")
            case OutboxKind.ASK:
                return SendOutcome(Fate.SENT, answer=await self._answer(item, asked_about, here=here))
            case _:
                return SendOutcome(Fate.SENT, item.message_id, answer=True)

    async def _answer(self, item: Outgoing, asked_about: int | None, *, here: bool) -> Answer:
        """Who is in a group, as those who coordinate have said; in a group without a chat elsewhere the first to come
        may coordinate it."""
        assert item.about is not None  # a question is always about a group
        async with self._store.work() as work:
            if asked_about is None:
                asked = await admissions.of_group(work, item.about)
                people = [person for person, ballot in asked.items() if admissions.is_in(ballot)]
                return [(await work.people.get(person)).user_id for person in people]
            known = await work.people.by_user(asked_about)
            ballot = await admissions.of(work, item.about, known.id) if known else None
            inside = admissions.is_in(ballot)
            if ballot is not None and inside and not admissions.is_fresh(ballot, self._clock().date()):
                return True  # not confirmed for a quarter of a year: no clear answer
            return Membership(inside=inside, admin=inside and here)
