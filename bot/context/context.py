"""The context of a handler: one transaction, one moment, and the ways to say something.

Everything said here is rendered now, before the commit, and lies in the outbox when the transaction commits. Nothing
here talks to the channel.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Unpack

from bot.channel.limits import TEXT
from bot.context import confirmation
from bot.context.abuse_limits import STRANGER, STRANGERS, URGENT, URGENTS
from bot.context.cut import cut
from bot.context.events import DomainEvent
from bot.context.message import (
    AnyManner,
    CallbackAnswer,
    EditManner,
    Key,
    Keys,
    Manner,
    Message,
    StrangerMessage,
    matter_of,
    numbered,
)
from bot.context.message_names import ALONE, BESIDE, FOLDS, SHUT, WHERE_TO_TURN
from bot.context.offer import offering
from bot.context.permissions import Needed, NotProved, Proof, Rank, is_sensitive, rank_of
from bot.context.sealed_actions import LINK, Action, private_scope
from bot.context.services import Services
from bot.context.stored_messages import content, for_seat, known_by_words, under_receipt
from flows.dates.dates import DateReader
from flows.input_errors import Trouble
from messages.structure.blocks import Body, stored
from messages.voice import TemplateFacts
from storage.records.message_notes import AnswerNote, MessageContext, Purpose
from storage.records.records import Attachment, Group, Member, OutboxKind, Person, group_chat, private_chat
from storage.store import UnitOfWork

ANSWERABLE: Final = timedelta(days=365)  # how long it is remembered what a message of the bot's asked for
PATIENT, AWAITED = -1, 1  # priorities: a message that nobody waits for, and an edit of what somebody has just tapped
TICKS = ("☑", "☐", "●")  # the labels of buttons that show a state begin so


@dataclass(slots=True)
class Context:
    """The context of one transaction."""

    services: Services
    work: UnitOfWork
    now: datetime  # UTC
    notices: list[CallbackAnswer] = field(default_factory=list)
    untold: str = ""  # a notice that there was no tap for
    stranger_messages: list[StrangerMessage] = field(default_factory=list)
    # Handled by `bot.assembly.dispatch_events`, in this transaction.
    events: list[DomainEvent] = field(default_factory=list)
    # Open runs that somebody has handed in to. When updates are taken together, the group's cards of these runs are
    # refreshed once, at the end of the transaction; if this is None, at once.
    dirty_runs: set[int] | None = None
    written: int | None = None  # the message whose text is being handled
    tapped: int | None = None  # the message whose button is being handled
    pressed: Action | None = None  # the button that is being handled
    proof: Proof = Proof.NOT_ASKED
    browser: int = 0  # the sign-in of the browser in which the person acts; 0 elsewhere
    troubles: dict[str, Trouble] = field(default_factory=dict)  # of a form, by question
    # The item in the outbox with the last message to each person, if it leads nowhere.
    last_told: dict[int, int | None] = field(default_factory=dict)
    beside: dict[int, Body] = field(default_factory=dict)  # a line under the next receipt to a person
    cared: set[int] = field(default_factory=set)  # who is told where to turn, in a message of its own

    def prove(self) -> None:
        """Raise NotProved if the person who acts has to show first, by a one-time code, who they are."""
        if self.proof is Proof.LACKING:
            raise NotProved

    def prove_for(self, needed: Needed) -> None:
        """Do the same where what needs this role is sensitive."""
        if is_sensitive(needed):
            self.prove()

    @property
    def dates(self) -> DateReader:
        """The reader of dates as people write them."""
        return self.services.voice.rules.dates

    @property
    def today(self) -> date:
        """The date in the town."""
        return self.now.astimezone(self.services.zone).date()

    async def town_for(self, person_id: int, group: Group) -> str | None:
        """Return the group's name for somebody who is in several groups; None for somebody who is in one."""
        seats = [m for m in await self.work.members.of_person(person_id) if rank_of(m) > Rank.STRANGER]
        elsewhere = [await self.work.groups.get(m.group_id) for m in seats if m.group_id != group.id]
        return group.title if any(other.state == "active" for other in elsewhere) else None

    # -- saying --------------------------------------------------------------------------------------------------
    async def to_person(
        self, person_id: int, name: str, facts: TemplateFacts | None = None, keys: Keys = (), **more: Unpack[AnyManner]
    ) -> None:
        """Send a message to a person's private chat. One of `BESIDE` does not count as a change of subject there."""
        message = Message(
            self.services.voice.render(name, facts),
            keys,
            **more,
            shut=name in SHUT,
            folds=name in FOLDS,
            alone=name in ALONE,
        )
        await self.tell_person(person_id, message, beside=name in BESIDE)

    async def to_member(
        self, member: Member, name: str, facts: TemplateFacts | None = None, keys: Keys = (), **more: Unpack[EditManner]
    ) -> None:
        """Send a message to a member's private chat, about their group."""
        await self.to_person(member.person_id, name, facts, keys, about=member.group_id, **more)

    async def tell(
        self, actor: "Actor", name: str, facts: TemplateFacts | None = None, keys: Keys = (), **more: Unpack[EditManner]
    ) -> None:
        """Send a message to the person who acts, in their private chat, about the group that they act in."""
        await self.to_member(actor.member, name, facts, keys, **more)

    async def reply(
        self, actor: "Actor", name: str, facts: TemplateFacts | None = None, keys: Keys = (), **more: Unpack[Manner]
    ) -> None:
        """Send the same in the place of the message whose button was tapped; after a command, as a new one."""
        await self.tell(actor, name, facts, keys, edit=self.tapped, **more)

    async def to_group(
        self, group: Group, name: str, facts: TemplateFacts | None = None, keys: Keys = (), **more: Unpack[AnyManner]
    ) -> None:
        """Send a message to a group's chat, in the topic the bot writes in."""
        place: AnyManner = {"thread": group.thread_id, **more}
        await self.tell_group(group, Message(self.services.voice.render(name, facts), keys, **place))

    async def tell_person(self, person_id: int, message: Message, *, beside: bool = False) -> None:
        """Send a message to a person's private chat.

        One that asks for a text becomes the person's prompt. Every other comes between a prompt and its answer,
        which is noted with the prompt, unless it is sent `beside` it, or in the place of an earlier one.
        """
        scope, message = "", under_receipt(message, self.beside.pop(person_id, ()))
        if message.keys:
            person = await self.work.people.get(person_id)
            scope, message = private_scope(person), await for_seat(self.services, self.work, person, message)
        asked = confirmation.begun(self.now, message.context)
        message = replace(message, context=offering(asked, message.keys, confirmation.ends(self.now)))
        chat = private_chat(person_id)
        edits = message.living and await self.work.outbox.latest(chat, message.slot or "", message.about) is not None
        context = message.context or MessageContext()
        matter, asks = matter_of(context), bool(context.want or context.asks)
        if message.edit is None and not edits:  # it comes last
            await self._pass_by(chat, beside=beside)
            if not beside:
                await self.work.prompts.interrupt(person_id, but=matter)
        item = await self._put(chat, scope, message)
        if message.edit is None or (message.edit == self.tapped and person_id not in self.last_told):
            self.last_told[person_id] = item if message.is_bare and not asks else None
        if matter is not None and asks:
            group = context.group or message.about
            assert group is not None  # a message that asks is always about a group
            await self.work.prompts.ask(person_id, group, matter, context)

    async def _pass_by(self, chat: str, *, beside: bool) -> None:
        """Note with the latest message that is kept, and asks with its buttons, that something else follows it; with
        one that offers something, or holds a text, whatever follows."""
        last, item = await self.work.outbox.latest_two(chat)
        for one in (last, None if beside else item):
            if one is None or one.context.passed or one.context == MessageContext():
                continue
            if one.context.offer or one.context.only_holds or (one is item and matter_of(one.context) is None):
                await self.work.outbox.update(one.id, context=replace(one.context, passed=True))

    async def tell_group(self, group: Group, message: Message) -> None:
        """Send a message to a group's chat, in the topic that it names; nothing while the bot is out of it."""
        if group.state != "away":
            await self._put(group_chat(group.id), f"g{group.id}", replace(message, about=group.id))

    def to_stranger(
        self,
        chat_id: int,
        name: str,
        facts: TemplateFacts | None = None,
        *,
        thread: int | None = None,
        unless_ours: bool = False,
    ) -> None:
        """Send a message to an unknown chat. Nothing is stored for it, and a flood is not answered.

        Where to turn, to somebody who may be in need, has a limit of its own, which only a machine reaches; it is also
        all that somebody is told who writes on and on, in a line.
        """
        limits = self.services.limits
        allowed = name not in WHERE_TO_TURN and limits.allows(self.now, (STRANGER, chat_id), (STRANGERS, 0))
        if not allowed and chat_id > 0 and name not in WHERE_TO_TURN:
            name, facts = "stranger_again", None
        if allowed or (name in WHERE_TO_TURN and limits.allows(self.now, (URGENT, chat_id), (URGENTS, 0))):
            body = cut(self.services.voice.render(name, facts), TEXT)[0]
            self.stranger_messages.append(StrangerMessage(chat_id, body, thread, unless_ours))

    async def _put(self, chat: str, scope: str, message: Message) -> int:
        """Queue a message, with its buttons sealed, and return the item of its last part."""
        message = message.with_keys(numbered(message.keys))
        changes = bool(self.notices) and (message.living or message.edit is not None)
        if changes:
            self._answer_with_state(message.keys)
        item = 0
        for part in message.parts(TEXT):
            item = await self.work.outbox.put(
                chat,
                OutboxKind.MESSAGE if part.edit is None else OutboxKind.EDIT,
                content(self.services.buttons, self.now, scope, part, only=message.reply_to is not None),
                about=part.about,
                slot=part.slot,
                living=part.living,
                message_id=part.edit,
                context=known_by_words(part) if chat.startswith("g:") else part.context,
                reply=part.reply,
                priority=PATIENT if part.patient else AWAITED if changes else 0,
            )
        return item

    async def send_file(
        self, person_id: int, file: Attachment, caption: Body, *, about: int, shut: bool = False
    ) -> None:
        """Send a file to a person, with a caption. `shut`: the page shows it only after a one-time code."""
        chat, looks = private_chat(person_id), {"shut": True} if shut else {}
        content = {"body": stored(caption), **looks}
        await self.work.outbox.put(chat, OutboxKind(file.field), content, about=about, files=[file])

    async def delete(self, person_id: int, message_id: int, *, about: int) -> None:
        """Delete a person's message from their chat; they are told if that fails (Telegram allows 48 hours)."""
        reply = AnswerNote(Purpose.DELETED, group=about, person=person_id)
        await self.work.outbox.put(
            private_chat(person_id), OutboxKind.DELETE, {}, about=None, message_id=message_id, reply=reply
        )

    async def ask_administrators(self, group: Group, reply: AnswerNote) -> None:
        """Ask the channel who administers a group's chat; `reply` says what to do with the answer."""
        question = {"question": "administrators"}
        await self.work.outbox.put(group_chat(group.id), OutboxKind.ASK, question, about=group.id, reply=reply)

    async def ask_member(self, chat: str, user_id: int, reply: AnswerNote, *, about: int) -> None:
        """Ask the channel whether and as what somebody is in a group's chat. The question is queued in `chat`."""
        question = {"question": "member", "user": user_id}
        await self.work.outbox.put(chat, OutboxKind.ASK, question, about=about, reply=reply)

    def key(self, label: str, verb: str, run: int = 0, arg: str = "", ask: int = 0, **facts: object) -> Key:
        """Return a key with an action."""
        return Key(self.services.voice.label(label, facts), Action(verb, run, ask, arg))

    def link(self, action: Action, *, outside: bool = False) -> str:
        """Return a link that opens the private chat with this action. `outside`: for people who may have no app."""
        return self.services.address(self.services.buttons.seal(LINK, action), outside=outside)

    # -- answering a tap -----------------------------------------------------------------------------------------
    def toast(self, name: str, facts: TemplateFacts | None = None, *, alert: bool = False) -> bool:
        """Answer the tap with a notice. Returns False if there was no tap, so that the caller can send a message."""
        if not self.notices:
            self.untold = self.services.voice.toast(name, facts)
            return False
        self.notices[-1].text = self.services.voice.toast(name, facts)
        self.notices[-1].alert = alert
        return True

    def notify(self, name: str, facts: TemplateFacts | None = None) -> None:
        """Say something in passing to whoever is on the page, with a tap or without: it stands in no chat."""
        if not self.notices:
            self.notices.append(CallbackAnswer(""))
        self.toast(name, facts)

    def _answer_with_state(self, keys: Keys) -> None:
        """Answer the tap on a button that shows a state with the new state, as the edit may come a second later."""
        if self.pressed is None or self.notices[-1].text:
            return
        thing = self.pressed.thing()
        states = (key for row in keys for key in row if key.label.startswith(TICKS))
        self.notices[-1].text = next((k.label for k in states if k.action and k.action.thing() == thing), None)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, with their seat in a group; in the private chat or in the group's own."""

    person: Person
    group: Group
    member: Member
    in_group: bool = False
    message_id: int = 0  # the message that was tapped, or the command that was written
