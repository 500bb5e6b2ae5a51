"""What a handler works at: one transaction, one moment, and the ways to say something.

Everything said here is rendered now, before the commit, and lies in the outbox when the transaction commits. Nothing
here talks to Telegram.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.context.abuse_limits import STRANGER, STRANGERS, Limits
from bot.context.callback_data import LINK, Action, Buttons
from bot.context.events import DomainEvent
from bot.context.permissions import Role, role_of
from bot.context.run_cache import RunCache
from bot.context.split import split
from flows.model import Exercise, Process
from messages.voice import Voice
from storage.records import Group, Member, Person, group_chat, private_chat
from storage.store import UnitOfWork

ANSWERABLE: Final = timedelta(days=365)  # how long it is known what a message of ours asked for
FORM: Final = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
# What is said beside whatever the person is being asked: a receipt, or that something could not be taken.
BESIDE: Final = frozenset(
    (
        *("notice", "media", "slower", "edit_lost", "not_deleted", "dead_letter", "stray", "unknown_command"),
        *("held", "placed", "away.kept", "check_in.word_kept", "todo.noted", "nudge.sent"),
        *("leader.sent", "leader.replied", "incident.media", "incident.position", "incident.identity"),
    )
)
PATIENT = -1  # the priority of what nobody waits for


@dataclass(frozen=True, slots=True)
class Services:
    """What stays the same from start to stop."""

    process: Process
    voice: Voice
    buttons: Buttons
    zone: ZoneInfo
    username: str  # the bot's
    user_id: int  # the bot's
    needs_activation: bool = True
    allowed_groups: frozenset[int] = frozenset()
    limits: Limits = field(default_factory=Limits)
    run_cache: RunCache = field(default_factory=RunCache)
    exercise_versions: Mapping[str, Exercise] = field(default_factory=dict)  # exercises of earlier versions, by version
    allowed: frozenset[str] = frozenset()  # what the operator lets travel over Telegram, such as "notes"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a keyboard: a label with either something to do or somewhere to go."""

    label: str
    action: Action | None = None
    url: str | None = None


Keys = Sequence[Sequence[Key]]


@dataclass(slots=True)
class CallbackAnswer:
    """The answer to a tap, given once the transaction is committed. Telegram wants one for every tap."""

    query_id: str
    text: str | None = None
    alert: bool = False

    def call(self) -> tuple[str, dict[str, Any]]:
        """The call to Telegram that says it."""
        more = {"text": self.text[:200], "show_alert": self.alert} if self.text else {}
        return "answerCallbackQuery", {"callback_query_id": self.query_id, **more}


@dataclass(frozen=True, slots=True)
class StrangerMessage:
    """A sentence to someone of whom nothing is kept, said once the transaction is committed. Lost, it is lost."""

    chat_id: int
    text: str
    thread: int | None = None

    def call(self) -> tuple[str, dict[str, Any]]:
        """The call to Telegram that says it."""
        more = {} if self.thread is None else {"message_thread_id": self.thread}
        return "sendMessage", {"chat_id": self.chat_id, "text": self.text, **FORM, **more}


@dataclass(slots=True)
class Context:
    """One transaction's context."""

    services: Services
    work: UnitOfWork
    now: datetime  # UTC
    notices: list[CallbackAnswer] = field(default_factory=list)
    courtesies: list[StrangerMessage] = field(default_factory=list)
    events: list[DomainEvent] = field(
        default_factory=list
    )  # seen to by `bot.dispatch.dispatch_events`, still in this transaction
    # Open runs that somebody has handed in to, where others may do so in the same transaction: what follows for the
    # group is seen to at its end, by the same. Where nobody gathers them it follows at once.
    dirty_runs: set[int] | None = None
    tapped: int | None = None  # the message whose button is being handled

    @property
    def today(self) -> date:
        """The date in the town."""
        return self.now.astimezone(self.services.zone).date()

    async def town_for(self, person_id: int, group: Group) -> str | None:
        """The group's name, to who must be told which of their groups is meant; None where there is one."""
        seats = [m for m in await self.work.members.of_person(person_id) if role_of(m) > Role.STRANGER]
        elsewhere = [await self.work.groups.get(m.group_id) for m in seats if m.group_id != group.id]
        return group.title if any(other.state == "active" for other in elsewhere) else None

    # -- saying --------------------------------------------------------------------------------------------------
    async def to_person(
        self, person_id: int, name: str, facts: Mapping[str, Any] | None = None, keys: Keys = (), **more: Any
    ) -> None:
        """Say something in a person's private chat (see `_put` for what more there is).

        What asks for a text is noted as what the person is being asked; other news lies between that and the answer.
        """
        await self._put(private_chat(person_id), f"p{person_id}", name, facts, keys, **more)
        context = more.get("context") or {}
        matter = matter_of(context)
        if more.get("edit") is None and name not in BESIDE:
            await self.work.prompts.interrupt(person_id, but=matter)
        if matter is not None and ("want" in context or context.get("asks")):
            group = context["group"] if "want" in context else more["about"]
            await self.work.prompts.ask(person_id, group, matter, context)

    async def tell(
        self, actor: "Actor", name: str, facts: Mapping[str, Any] | None = None, keys: Keys = (), **more: Any
    ) -> None:
        """Say something to whoever acts, in their private chat, about the group that they act in."""
        await self.to_person(actor.person.id, name, facts, keys, about=actor.group.id, **more)

    async def reply(
        self, actor: "Actor", name: str, facts: Mapping[str, Any] | None = None, keys: Keys = (), **more: Any
    ) -> None:
        """The same, in the place of the message whose button was tapped."""
        await self.tell(actor, name, facts, keys, edit=self.tapped, **more)

    async def to_group(
        self, group: Group, name: str, facts: Mapping[str, Any] | None = None, keys: Keys = (), **more: Any
    ) -> None:
        """Say something in a group's chat, in the topic the bot writes in."""
        more.setdefault("thread", group.thread_id)
        await self._put(group_chat(group.id), f"g{group.id}", name, facts, keys, about=group.id, **more)

    def to_stranger(
        self, chat_id: int, name: str, facts: Mapping[str, Any] | None = None, *, thread: int | None = None
    ) -> None:
        """Say something where nobody and no group of ours is. It leaves no row; a flood is answered by silence."""
        limits, rules = self.services.limits, ((STRANGER, chat_id), (STRANGERS, 0))
        if any(limits.over(what, who, self.now) is not None for what, who in rules):
            return
        for what, who in rules:
            limits.count(what, who, self.now)
        self.courtesies.append(StrangerMessage(chat_id, split(self.services.voice.render(name, facts))[0], thread))

    async def _put(
        self,
        chat: str,
        scope: str,
        name: str,
        facts: Mapping[str, Any] | None,
        keys: Keys,
        *,
        about: int | None = None,
        slot: str | None = None,
        living: bool = False,
        edit: int | None = None,
        context: dict[str, Any] | None = None,
        thread: int | None = None,
        write_for: str | None = None,
        reply_to: int | None = None,
        reply: dict[str, Any] | None = None,
        patient: bool = False,
    ) -> None:
        """Render and queue a message.

        `about`: the group whose words it carries, and whose key seals it. `slot` with `living`: the message that was
        last sent there is edited instead. `edit`: this message is edited. `context`: what a reply to it is about.
        `write_for`: open the writing field, with this hint in it. `reply`: what to do once a new message is sent (see
        `bot.dispatch.channel_results`). `patient`: nobody waits for it, and it lets other chats go first.
        """
        parts = split(self.services.voice.render(name, facts))
        markup = self._markup(scope, keys)
        if markup is None and write_for is not None:
            markup = {"force_reply": True, "selective": reply_to is not None, "input_field_placeholder": write_for}
        if living:
            parts = parts[:1]  # a card is one message; what does not fit is read where it was written
        for number, text in enumerate(parts):
            first, last = number == 0, number == len(parts) - 1
            params: dict[str, Any] = {"text": text, **FORM}
            if markup is not None and last:
                params["reply_markup"] = markup
            editing = first and edit is not None
            if not editing and thread is not None:
                params["message_thread_id"] = thread
            if not editing and first and reply_to is not None:
                params["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
            await self.work.outbox.put(
                chat,
                "editMessageText" if editing else "sendMessage",
                params,
                about=about,
                slot=slot if last or slot is None else f"{slot}#{number}",
                living=living,
                message_id=edit if editing else None,
                context=context if last else None,
                reply=reply if first and not editing else None,
                priority=PATIENT if patient else 0,
            )

    async def delete(self, person_id: int, message_id: int, *, about: int) -> None:
        """Take a person's own message from their chat; they are told if it could not be (Telegram allows 48 hours)."""
        reply = {"what": "deleted", "group": about, "person": person_id}
        chat = private_chat(person_id)
        await self.work.outbox.put(chat, "deleteMessage", {}, about=None, message_id=message_id, reply=reply)

    async def ask(
        self, chat: str, method: str, params: dict[str, Any], reply: dict[str, Any], *, about: int | None = None
    ) -> None:
        """Queue a call whose answer matters; `reply` says what it is for (see `bot.dispatch.channel_results`)."""
        await self.work.outbox.put(chat, method, params, about=about, reply=reply)

    def _markup(self, scope: str, keys: Keys) -> dict[str, Any] | None:
        rows = [[self._key(scope, key) for key in row] for row in keys if row]
        return {"inline_keyboard": rows} if rows else None

    def _key(self, scope: str, key: Key) -> dict[str, str]:
        if key.action is not None:
            return {"text": key.label, "callback_data": self.services.buttons.seal(scope, key.action)}
        assert key.url is not None
        return {"text": key.label, "url": key.url}

    def key(self, label: str, verb: str, run: int = 0, arg: str = "", ask: int = 0, **facts: Any) -> Key:
        """A key that does something."""
        return Key(self.services.voice.label(label, facts), Action(verb, run, ask, arg))

    def link(self, action: Action) -> str:
        """A deep link that opens the private chat with this action."""
        return f"https://t.me/{self.services.username}?start={self.services.buttons.seal(LINK, action)}"

    # -- answering a tap -----------------------------------------------------------------------------------------
    def toast(self, name: str, facts: Mapping[str, Any] | None = None, *, alert: bool = False) -> bool:
        """Answer the tap with a notice. False when there was no tap, so that the caller can say it otherwise."""
        if not self.notices:
            return False
        self.notices[-1].text = self.services.voice.toast(name, facts)
        self.notices[-1].alert = alert
        return True


def matter_of(context: Mapping[str, Any]) -> str | None:
    """What a message belongs to, by its context: what a feature asks for in a group, or a run; None for nothing."""
    if "want" in context:
        return f"{context['want']}:{context['group']}"
    return f"run:{context['run']}" if context.get("run") else None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something where: a person with a seat in a group, in the private chat or in the group's own."""

    person: Person
    group: Group
    member: Member
    in_group: bool = False
    message_id: int = 0  # the message that was tapped, or the command that was written
